//! A PostgreSQL of a test's own, which it may stop and start.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// A server with durable data in a folder of its own.
pub struct Cluster {
    pub url: String,
    port: u16,
    programs: PathBuf,
    folder: TempDir,
    server: Option<Child>,
}

impl Cluster {
    pub fn start() -> Self {
        let programs = programs();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // In /tmp, where the other user can read it too.
        let folder = TempDir::with_prefix_in("jina-connect-pg-", "/tmp").unwrap();
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(folder.path()).status();
            assert!(owned.unwrap().success(), "PostgreSQL's user is missing");
        }
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut cluster = Self { url, port, programs, folder, server: None };
        let data = cluster.data();
        let made = cluster
            .program("initdb")
            .args(["--auth=trust", "--username=postgres", "--no-sync", "--pgdata", &data])
            .output();
        let made = made.unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster.go_on();
        cluster
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// One of PostgreSQL's programs; they refuse to run as root.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        if !is_root() {
            return Command::new(path);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path);
        command.current_dir("/");
        command
    }

    /// Starts the server, the first time or again, and waits until it takes connections.
    pub fn go_on(&mut self) {
        let (port, data) = (self.port.to_string(), self.data());
        let sockets = self.folder.path().display().to_string();
        let mut server = self.program("postgres");
        server.args(["-D", &data, "-p", &port, "-h", "127.0.0.1", "-k", &sockets]);
        let mut server = server.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut words = BufReader::new(server.stderr.take().unwrap()).lines();
        let is_ready = words.by_ref().map_while(Result::ok).any(|line| line.contains("ready to accept connections"));
        assert!(is_ready, "PostgreSQL did not start");
        // Read to its end, so that the server never waits for a reader.
        std::thread::spawn(move || words.count());
        self.server = Some(server);
    }

    /// Stops the server at once; connections break.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let data = self.data();
            let stopped = self.program("pg_ctl").args(["stop", "--mode=immediate", "--pgdata", &data]).output();
            assert!(stopped.unwrap().status.success(), "PostgreSQL did not stop");
            server.wait().unwrap();
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

/// Debian keeps them off the path, one folder a version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = versions.map(|version| version.path().join("bin")).filter(|folder| folder.join("initdb").exists());
    let newest = folders.max();
    newest.or_else(on_the_path).expect("PostgreSQL is missing: run `cargo xtask test`")
}

fn on_the_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| folder.join("initdb").exists())
}
