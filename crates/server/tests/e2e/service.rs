//! The binary as a process of its own, which can be killed at any moment and started again on the same data.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::TestDb;

use super::world::{World, client, until};

/// Where Debian puts the library that moves a process's clock.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// Where the server's log goes, in the data folder.
const LOG: &str = "serve.log";

/// A running Jina Connect with one tenant.
#[derive(Debug)]
pub struct Service {
    child: Option<Child>,
    pub url: String,
    key: String,
    http: reqwest::Client,
    settings: Vec<(&'static str, String)>,
    data: Arc<TempDir>,
}

impl Service {
    /// Starts with a fresh tenant; `more` are settings beside those that every test needs.
    pub async fn start(db: &TestDb, world: &World, more: &[(&'static str, &str)]) -> Self {
        let data = TempDir::with_prefix("jina-connect-e2e-").unwrap();
        std::fs::set_permissions(data.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let mut settings = vec![
            ("DATA_DIR", data.path().display().to_string()),
            ("DATABASE_URL", db.url().to_owned()),
            ("LISTEN_ADDR", format!("127.0.0.1:{port}")),
            ("BASE_URL", url.clone()),
            ("TELEGRAM_API_BASE_URL", world.url.clone()),
            ("WHATSAPP_API_BASE_URL", format!("{}/graph", world.url)),
            ("FIELD_ENCRYPTION_KEY", "c2l4dGVlbiBieXRlcyB0aGlydHkgdHdvIGJ5dGVzISE=".to_owned()),
            ("SECRET_KEY", "a secret key of 32 characters or more".to_owned()),
            ("LOG_FORMAT", "text".to_owned()),
            ("RUST_LOG", "warn".to_owned()),
        ];
        settings.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let data = Arc::new(data);
        let mut service = Self { child: None, url, key: String::new(), http: client(), settings, data };
        let made = service.command(&["tenant", "create", "--name", "Acme"]);
        service.key = made["api_key"].as_str().unwrap().to_owned();
        service.launch().await;
        service
    }

    /// One more node of the same installation, whose folder and public address are the first one's.
    pub async fn another(&self) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut settings = self.settings.clone();
        for (name, value) in &mut settings {
            if *name == "LISTEN_ADDR" {
                *value = format!("127.0.0.1:{port}");
            }
        }
        let url = format!("http://127.0.0.1:{port}");
        let data = self.data.clone();
        let mut node = Self { child: None, url, key: self.key.clone(), http: client(), settings, data };
        node.launch().await;
        node
    }

    fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jina-connect"));
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.envs(self.settings.iter().map(|(name, value)| (*name, value.as_str())));
        command
    }

    /// Runs a command to its end; its answer is exactly one JSON document.
    pub fn command(&self, arguments: &[&str]) -> Value {
        let (status, document, words) = self.ended(arguments);
        assert_eq!(status, 0, "{arguments:?}: {document} {words}");
        document
    }

    /// Runs a command with `--json` to its end, however it ends: exit status, document, words on standard error.
    pub fn ended(&self, arguments: &[&str]) -> (i32, Value, String) {
        let output = self.program().args(arguments).arg("--json").stdin(Stdio::null()).output().unwrap();
        let (text, words) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let document = serde_json::from_str(&text);
        let document = document.unwrap_or_else(|e| panic!("{arguments:?} printed no JSON: {e}: {text} {words}"));
        (output.status.code().unwrap_or(-1), document, words.into_owned())
    }

    /// Runs a command that reads something from standard input.
    pub fn fed(&self, arguments: &[&str], input: &str) -> Value {
        let mut program = self.program();
        program.args(arguments).arg("--json").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = program.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path(LOG)).unwrap_or_default()
    }

    /// Changes a setting from the next start on.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
    }

    /// A path in the data folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.data.path().join(name)
    }

    /// Moves the process's clock from the next start on; `FAKETIME` words such as `+1d`.
    pub fn move_clock(&mut self, by: &str) {
        let library = std::env::var("FAKETIME_LIBRARY").unwrap_or_else(|_| FAKETIME.to_owned());
        assert!(std::path::Path::new(&library).exists(), "libfaketime is missing: run `cargo xtask test`");
        self.settings.push(("LD_PRELOAD", library));
        self.settings.push(("FAKETIME", by.to_owned()));
        // Only the calendar moves: timers of the runtime must not jump.
        self.settings.push(("DONT_FAKE_MONOTONIC", "1".to_owned()));
    }

    /// Starts the server and waits until it is ready.
    pub async fn launch(&mut self) {
        let log = File::options().create(true).append(true).open(self.path(LOG)).unwrap();
        let mut child = self.program().arg("serve").stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        // Read to its end, so that the process never waits for a reader.
        std::thread::spawn(move || BufReader::new(stdout).lines().count());
        self.child = Some(child);
        let (http, url) = (self.http.clone(), format!("{}/readyz", self.url));
        until("the server is ready", || {
            let request = http.get(&url).send();
            async { request.await.is_ok_and(|answer| answer.status().is_success()) }
        })
        .await;
    }

    /// Kills the process as a power cut would.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Asks the process to stop; answers its exit status.
    pub fn stop(&mut self) -> i32 {
        let mut child = self.child.take().unwrap();
        Command::new("kill").arg(child.id().to_string()).status().unwrap();
        child.wait().unwrap().code().unwrap_or(-1)
    }

    /// Sends a signal such as `STOP` or `CONT`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// What the node tells of itself.
    pub async fn health(&self) -> Value {
        self.get("/healthz").await["node"].clone()
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// A request that says who asks.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    /// What a path answers, as text.
    pub async fn text(&self, path: &str) -> String {
        let response = self.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "GET {path}");
        response.text().await.unwrap()
    }

    /// Sends a file in a form, with further parts.
    pub async fn upload(&self, path: &str, name: &str, file: Vec<u8>, parts: &[(&str, &str)]) -> Value {
        let part = |(name, value): &(&str, &str)| {
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let mut body: Vec<u8> = parts.iter().map(part).collect::<String>().into();
        let head = format!("--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.bytes());
        body.extend(file);
        body.extend(b"\r\n--edge--\r\n");
        let request = self.request(Method::POST, path).header("content-type", "multipart/form-data; boundary=edge");
        let response = request.body(body).send().await.unwrap();
        let status = response.status();
        let answer: Value = response.json().await.unwrap();
        assert!(status.is_success(), "POST {path}: {status} {answer}");
        answer
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, None).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Registers a bot; answers its id.
    pub async fn bot(&self, bot_user_id: i64, rate_limit: Option<&str>, daily_limit: i64) -> String {
        let token = format!("{bot_user_id}:token-of-a-test");
        let body = json!({"name": "Bot", "bot_token": token, "rate_limit": rate_limit, "daily_limit": daily_limit});
        let (status, bot) = self.post("/telegram/v1/bots/", body).await;
        assert_eq!(status, 201, "{bot}");
        bot["bot_app_id"].as_str().unwrap().to_owned()
    }

    /// The id of a bot that is registered.
    pub async fn bot_id(&self, bot_user_id: i64) -> String {
        let bots = self.all("/telegram/v1/bots/").await;
        let bot = bots.iter().find(|bot| bot["bot_user_id"] == bot_user_id).unwrap();
        bot["bot_app_id"].as_str().unwrap().to_owned()
    }

    /// Every result of a list, over all its pages.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut results = Vec::new();
        let mut next = Some(format!("{path}{}page_size=200", if path.contains('?') { "&" } else { "?" }));
        while let Some(path) = next {
            let page = self.get(&path).await;
            results.extend(page["results"].as_array().unwrap().iter().cloned());
            next = page["next"].as_str().map(|url| url.strip_prefix(&self.url).unwrap().to_owned());
        }
        results
    }

    /// How many there are in a list.
    pub async fn count(&self, path: &str) -> i64 {
        let path = format!("{path}{}count=true&page_size=1", if path.contains('?') { "&" } else { "?" });
        self.get(&path).await["count"].as_i64().unwrap()
    }
}

impl Drop for Service {
    #[expect(clippy::print_stderr, reason = "a failed test shows what the server said")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the server's log\n{}", self.log());
        }
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
