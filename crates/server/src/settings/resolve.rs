//! Finds each setting's value and where it came from. What it means is read in `typed`.

use std::{collections::BTreeMap, fmt, path::Path};

use clap::ArgMatches;
use model::{Error, Result};

use super::names::SETTINGS;

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Flag,
    Environment,
    File,
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Origin::Flag => "flag",
            Origin::Environment => "environment",
            Origin::File => "file",
            Origin::Default => "default",
        })
    }
}

/// The values in force, by name.
#[derive(Debug, Default)]
pub struct Resolved {
    values: BTreeMap<&'static str, (String, Origin)>,
}

impl Resolved {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|(value, _)| value.as_str())
    }

    pub fn origin(&self, name: &str) -> Option<Origin> {
        self.values.get(name).map(|(_, origin)| *origin)
    }

    /// The error for a value that can't be understood: it names the setting and where the value stands.
    pub fn wrong(&self, name: &str, what: impl fmt::Display) -> Error {
        match self.origin(name) {
            Some(origin) => Error::invalid(format!("{name} (from the {origin}): {what}")),
            None => Error::invalid(format!("{name}: {what}")),
        }
    }

    /// Puts a value in force, as commands do that bring a setting along.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.values.insert(name, (value.into(), Origin::Flag));
    }
}

/// Reads flags, the environment and the file that `--config` names.
pub fn resolve(
    flags: &ArgMatches,
    environment: impl Fn(&str) -> Option<String>,
    file: Option<&Path>,
) -> Result<Resolved> {
    let file = file.map(read_file).transpose()?.unwrap_or_default();
    let mut resolved = Resolved::default();
    for setting in SETTINGS {
        let found = flag(flags, setting.name)
            .map(|value| (value, Origin::Flag))
            .or_else(|| environment(setting.name).filter(|v| !v.is_empty()).map(|value| (value, Origin::Environment)))
            .or_else(|| file.get(setting.name).map(|value| (value.clone(), Origin::File)))
            .or_else(|| setting.default.map(|value| (value.to_owned(), Origin::Default)));
        if let Some(found) = found {
            resolved.values.insert(setting.name, found);
        }
    }
    Ok(resolved)
}

/// What stands behind a flag, which may be one of the command's own.
fn flag(flags: &ArgMatches, name: &str) -> Option<String> {
    let of_command = flags.subcommand().map(|(_, flags)| flags);
    [Some(flags), of_command].into_iter().flatten().find_map(|flags| flags.try_get_one(name).ok().flatten().cloned())
}

fn read_file(path: &Path) -> Result<BTreeMap<String, String>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| Error::invalid(format!("--config {shown}: {e}")))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
        let line = e.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        Error::invalid(format!("--config {shown}: line {line}: {}", e.message().replace('\n', ", ")))
    })?;
    table.into_iter().map(|(name, value)| entry(path, name, value)).collect()
}

fn entry(path: &Path, name: String, value: toml::Value) -> Result<(String, String)> {
    let shown = path.display();
    if !SETTINGS.iter().any(|setting| setting.name == name) {
        let words = format!("--config {shown}: unknown key {name}; \"jina-connect config\" lists the known ones");
        return Err(Error::invalid(words));
    }
    let text = match value {
        toml::Value::String(text) => text,
        toml::Value::Integer(number) => number.to_string(),
        other => {
            let words = format!("--config {shown}: {name} must be a text or an integer, not {}", other.type_str());
            return Err(Error::invalid(words));
        }
    };
    Ok((name, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn flags(args: &[&str]) -> ArgMatches {
        crate::cli::command().get_matches_from([&["jina-connect"], args, &["config"]].concat())
    }

    #[test]
    fn a_role_is_a_nodes_where_it_serves_and_a_persons_elsewhere() {
        crate::cli::command().debug_assert();
        let role = |args: &[&str]| {
            let flags = crate::cli::command().try_get_matches_from([&["jina-connect"], args].concat()).unwrap();
            resolve(&flags, |_| None, None).unwrap().get("ROLE").map(str::to_owned)
        };
        assert_eq!(role(&["serve", "--role", "api"]).as_deref(), Some("api"));
        let create = ["user", "create", "--tenant", "x", "--email", "a@example.com", "--role", "AGENT"];
        assert_eq!(role(&create).as_deref(), Some("api,engine"));
    }

    #[test]
    fn flags_beat_the_environment_which_beats_the_file() {
        let file = file("LISTEN_ADDR = \"1.1.1.1:1\"\nBASE_URL = \"http://file\"\nTELEGRAM_MAX_RETRIES = 5\n");
        let environment = |name: &str| (name != "TELEGRAM_MAX_RETRIES").then(|| format!("env {name}"));
        let found = resolve(&flags(&["--listen-addr", "2.2.2.2:2"]), environment, Some(file.path())).unwrap();
        assert_eq!(found.get("LISTEN_ADDR"), Some("2.2.2.2:2"));
        assert_eq!(found.get("BASE_URL"), Some("env BASE_URL"));
        assert_eq!(found.get("TELEGRAM_MAX_RETRIES"), Some("5"));
    }

    #[test]
    fn an_unknown_key_in_the_file_is_named() {
        let file = file("LISTEN_ADR = \"1.1.1.1:1\"\n");
        let error = resolve(&flags(&[]), |_| None, Some(file.path())).unwrap_err();
        assert!(error.message().contains("unknown key LISTEN_ADR"), "{error}");
    }
}
