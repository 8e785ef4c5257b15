//! A private PostgreSQL for tests and benchmarks: thrown away afterwards, however this program ends.
//!
//! A shell supervises the server and reads our end of a pipe. The pipe closes when we drop the cluster, and also when
//! we are killed; then the shell stops the server and removes its folder.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::install::{self, Need};
use crate::program::Program;

const NEED: Need = Need { what: "PostgreSQL", packages: &["postgresql"] };
const SUPERVISOR: &str = include_str!("postgres.sh");
const START_TRIES: usize = 3;
/// Where Debian looks whether installing the server should also set one up and start it. We want only the programs.
const CREATE_CLUSTER: &str = "/etc/postgresql-common/createcluster.conf";

/// What the server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Tests,
    Measuring,
}

impl Use {
    /// The data of tests lives as long as their run: durability costs time and gains nothing. Without autovacuum, plans
    /// depend on what a test did and not on when it ran. What is measured is a server as it comes, durable.
    fn settings(self) -> &'static [&'static str] {
        match self {
            Use::Tests => &[
                "-c",
                "fsync=off",
                "-c",
                "synchronous_commit=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "autovacuum=off",
            ],
            Use::Measuring => &[],
        }
    }
}

/// A running server, or the one that `TEST_DATABASE_URL` names.
#[derive(Debug)]
pub struct Cluster {
    pub url: String,
    supervisor: Option<Child>,
}

impl Cluster {
    pub fn start(usage: Use) -> Result<Self> {
        if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
            return Ok(Self { url, supervisor: None });
        }
        let programs = programs()?;
        let mut last = None;
        for _ in 0..START_TRIES {
            // The port is free now and may be taken a moment later: hence the tries.
            match Self::start_at(&programs, free_port()?, usage) {
                Ok(cluster) => return Ok(cluster),
                Err(error) => last = Some(error),
            }
        }
        Err(last.expect("at least one try was made")).context("PostgreSQL does not start")
    }

    fn start_at(programs: &Path, port: u16, usage: Use) -> Result<Self> {
        let mut supervisor = shell_as_unprivileged_user()
            .args(["-c", SUPERVISOR, "postgres-supervisor"])
            .arg(programs)
            .arg(port.to_string())
            .arg(temporary_folder())
            .arg(locale())
            .args(usage.settings())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C in the terminal must reach us, not the server: tests still running would see it die.
            .process_group(0)
            .spawn()
            .context("the shell that supervises PostgreSQL does not start")?;
        let mut said = String::new();
        let out = supervisor.stdout.take().expect("standard output was asked for");
        BufReader::new(out).read_line(&mut said)?;
        if said.trim() != "ready" {
            let status = supervisor.wait()?;
            bail!("its supervisor ended ({status}); see above");
        }
        Ok(Self { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), supervisor: Some(supervisor) })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let Some(mut supervisor) = self.supervisor.take() else { return };
        drop(supervisor.stdin.take());
        if let Err(error) = supervisor.wait() {
            eprintln!("the private PostgreSQL may still run: {error}");
        }
    }
}

/// `cargo xtask pg [COMMAND…]`
pub fn command(arguments: &[String]) -> Result<ExitCode> {
    let cluster = Cluster::start(Use::Tests)?;
    if let [name, rest @ ..] = arguments {
        return Program::new(name).args(rest).env("TEST_DATABASE_URL", &cluster.url).hand_over();
    }
    println!("export TEST_DATABASE_URL={}", cluster.url);
    eprintln!("running until Ctrl-C");
    loop {
        std::thread::park();
    }
}

/// The folder of `initdb` and `postgres`: Debian keeps them off the path, one folder a version.
fn programs() -> Result<PathBuf> {
    if !Path::new("/usr/lib/postgresql").exists() && install::is_root() {
        keep_debian_from_making_a_cluster()?;
    }
    install::found_or_installed(&NEED, || newest_of_debian().or_else(on_the_path))
}

fn newest_of_debian() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|entry| {
        let entry = entry.ok()?;
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let folder = entry.path().join("bin");
        folder.join("initdb").exists().then_some((version, folder))
    });
    folders.max().map(|(_, folder)| folder)
}

fn on_the_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

fn keep_debian_from_making_a_cluster() -> Result<()> {
    let file = Path::new(CREATE_CLUSTER);
    if file.exists() || !Path::new("/usr/bin/apt-get").exists() {
        return Ok(());
    }
    let folder = file.parent().expect("the file stands in a folder");
    std::fs::create_dir_all(folder)?;
    std::fs::write(file, "create_main_cluster = false\n").with_context(|| format!("can't write {CREATE_CLUSTER}"))
}

/// The server refuses to run as root, so root becomes `postgres`, or `nobody` where that user is missing.
fn shell_as_unprivileged_user() -> Command {
    if !install::is_root() {
        return Command::new("sh");
    }
    let user = ["postgres", "nobody"].into_iter().find(|user| Program::new("id").arg(user).works());
    let user = user.unwrap_or("nobody");
    if Program::new("runuser").arg("--version").works() {
        let mut command = Command::new("runuser");
        command.args(["-u", user, "--", "sh"]);
        command
    } else {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", user, "--regid", user, "--init-groups", "sh"]);
        command
    }
}

/// A folder that the other user can read too; our own temporary folder may be closed to them.
fn temporary_folder() -> PathBuf {
    if install::is_root() { PathBuf::from("/tmp") } else { std::env::temp_dir() }
}

fn locale() -> &'static str {
    if cfg!(target_os = "linux") { "C.UTF-8" } else { "C" }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(listener.local_addr()?.port())
}
