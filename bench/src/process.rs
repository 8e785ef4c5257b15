//! The real binary as a process of its own, and what the kernel says of it.

use std::{
    fs,
    net::TcpListener,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{client::Client, house::House, machine};

/// How long the binary may take until it is ready.
const READY_MAX: Duration = Duration::from_secs(60);

/// How often it is asked whether it is.
const LOOK: Duration = Duration::from_millis(2);

/// How long it may take to stop.
const STOP_MAX: Duration = Duration::from_secs(15);

/// Ticks of the kernel's accounts in a second, on every Linux that we know.
const TICKS: f64 = 100.0;

/// `jina-connect serve` at work; killed with this value.
#[derive(Debug)]
pub struct Service {
    child: Child,
    pid: u32,
    pub client: Client,
    /// From its start until it said that it is ready.
    pub ready_after: Duration,
    _folder: TempDir,
}

impl Service {
    /// Serves what `house` has in its database; `settings` come on top.
    pub async fn start(house: &House, url: &str, settings: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("service-").tempdir_in(machine::folder()?)?;
        let address = free_address()?;
        let mut command = Command::new(binary()?);
        command
            .arg("serve")
            .env("LISTEN_ADDR", &address)
            .env("BASE_URL", "https://bench.invalid")
            .env("DATA_DIR", folder.path())
            .env("DATABASE_URL", url)
            .env("FIELD_ENCRYPTION_KEY", &house.field_key)
            .env("SECRET_KEY", &house.secret_key)
            .env("TELEGRAM_API_BASE_URL", &house.telegram)
            .env("RUST_LOG", "warn")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let began = Instant::now();
        let mut child = command.spawn().context("can't start the binary")?;
        let pid = child.id().context("the binary ended at once")?;
        let client = Client::new(&format!("http://{address}"), &house.api_key);
        while !client.is_ready().await {
            if let Some(status) = child.try_wait()? {
                bail!("the binary ended with {status}");
            }
            ensure!(began.elapsed() < READY_MAX, "the binary did not become ready");
            tokio::time::sleep(LOOK).await;
        }
        Ok(Self { child, pid, client, ready_after: began.elapsed(), _folder: folder })
    }

    /// Resident memory in MiB.
    pub fn rss(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1_024.0)
    }

    /// Seconds of CPU so far, of all its threads.
    pub fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // The name, in brackets, may hold anything.
        let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
        let ticks =
            |at: usize| -> Result<f64> { Ok(fields.split_whitespace().nth(at).context("a short stat")?.parse()?) };
        Ok((ticks(11)? + ticks(12)?) / TICKS)
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        let told = Command::new("kill").args(["-TERM", &self.pid.to_string()]).status().await?;
        ensure!(told.success(), "the binary could not be told to stop");
        tokio::time::timeout(STOP_MAX, self.child.wait()).await.context("the binary did not stop")??;
        Ok(())
    }
}

/// `jina-connect` beside this program; `cargo xtask bench` builds both.
fn binary() -> Result<PathBuf> {
    let binary = std::env::current_exe()?.with_file_name("jina-connect");
    ensure!(binary.exists(), "jina-connect is not built; `cargo xtask bench` does it");
    Ok(binary)
}

/// Nobody else listens there now.
fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
