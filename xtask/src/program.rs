//! Running other programs: shown to the person before they start, and with an error that reads alone when they fail.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

/// The project's folder.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask is a folder of the project").to_path_buf()
}

/// The folder that builds go to.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Paths within the project are shown as a person there would type them.
fn short(argument: &OsStr) -> String {
    let inside = Path::new(argument).strip_prefix(root()).unwrap_or(Path::new(argument));
    inside.to_string_lossy().into_owned()
}

/// One call of another program, in the project's folder and without standard input.
#[derive(Debug)]
pub struct Program {
    command: Command,
    shown: String,
}

impl Program {
    pub fn new(name: impl AsRef<OsStr>) -> Self {
        let shown = short(name.as_ref());
        let mut command = Command::new(name);
        command.current_dir(root()).stdin(Stdio::null());
        Self { command, shown }
    }

    /// The cargo that runs this very program.
    ///
    /// It isn't told what that one told us of this package: some build scripts look at it, and would run anew whenever
    /// somebody calls cargo directly in between.
    pub fn cargo() -> Self {
        let mut program = Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        program.shown = "cargo".to_owned();
        let of_this_package = |name: &OsStr| {
            let name = name.to_string_lossy();
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        };
        for (name, _) in std::env::vars_os().filter(|(name, _)| of_this_package(name)) {
            program.command.env_remove(name);
        }
        program
    }

    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&short(argument.as_ref()));
        self.command.arg(argument);
        self
    }

    pub fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn envs(self, variables: &[(&str, String)]) -> Self {
        variables.iter().fold(self, |program, (name, value)| program.env(name, value))
    }

    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it with our own output streams; anything but exit status 0 is an error.
    pub fn run(mut self) -> Result<()> {
        eprintln!("$ {}", self.shown);
        let status = self.command.status().with_context(|| format!("`{}` does not start", self.shown))?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.shown);
        }
        Ok(())
    }

    /// Runs it to its end and passes its exit status on.
    pub fn hand_over(mut self) -> Result<ExitCode> {
        eprintln!("$ {}", self.shown);
        let status = self.command.status().with_context(|| format!("`{}` does not start", self.shown))?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
    }

    /// Becomes that program, so that Ctrl-C and signals reach it directly. Returns only when it can't be started.
    pub fn become_it(mut self) -> anyhow::Error {
        use std::os::unix::process::CommandExt;
        eprintln!("$ {}", self.shown);
        anyhow::Error::new(self.command.exec()).context(format!("`{}` does not start", self.shown))
    }

    /// Runs it quietly and returns what it printed on standard output.
    pub fn capture(mut self) -> Result<String> {
        let output = self.command.output().with_context(|| format!("`{}` does not start", self.shown))?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` failed ({}): {}", self.shown, output.status, words.trim());
        }
        String::from_utf8(output.stdout).with_context(|| format!("`{}` did not print UTF-8", self.shown))
    }

    /// Whether it runs and exits with 0; its words are dropped.
    pub fn works(mut self) -> bool {
        self.command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// Runs it, prints its output (both streams) as it comes and shows each line to `look`. Returns whether it succeeded.
    pub fn watch(mut self, mut look: impl FnMut(&str)) -> Result<bool> {
        eprintln!("$ {}", self.shown);
        if std::io::stderr().is_terminal() {
            // Through the pipe it would not see the terminal by itself.
            self.command.env("CARGO_TERM_COLOR", "always");
        }
        let (reader, writer) = std::io::pipe().context("no pipe to be had")?;
        self.command.stdout(writer.try_clone().context("no second pipe end")?).stderr(writer);
        let mut child = self.command.spawn().with_context(|| format!("`{}` does not start", self.shown))?;
        // The command holds our copies of the writing end: without them gone the reading would never end.
        drop(self.command);
        let mut lines = BufReader::new(reader);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line);
            eprint!("{text}");
            look(text.trim_end());
            line.clear();
        }
        Ok(child.wait()?.success())
    }
}
