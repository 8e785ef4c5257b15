//! The installation's two keys: as set, or made on first start and kept in the data folder, readable by its owner only.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use model::{Error, Ids, Result};
use secrecy::{ExposeSecret, SecretString};
use store::Cipher;

use crate::settings::Settings;

/// Where the keys are kept that were not set.
pub const FIELD_ENCRYPTION_FILE: &str = "field_encryption.key";
pub const SECRET_FILE: &str = "secret.key";

/// Keys that are in force.
#[derive(Debug)]
pub struct Keys {
    pub cipher: Cipher,
    pub secret_key: SecretString,
}

/// The keys that were set, or those of the data folder, made there when missing.
pub fn keys(settings: &Settings, ids: &dyn Ids) -> Result<Keys> {
    let field_encryption_key = match &settings.field_encryption_key {
        Some(key) => key.clone(),
        None => kept(&settings.data_dir.join(FIELD_ENCRYPTION_FILE), || Cipher::generate(ids))?,
    };
    let secret_key = match &settings.secret_key {
        Some(key) => key.clone(),
        None => kept(&settings.data_dir.join(SECRET_FILE), || Cipher::generate(ids))?,
    };
    let cipher = Cipher::from_base64(&field_encryption_key)?;
    Ok(Keys { cipher, secret_key })
}

fn kept(path: &Path, make: impl Fn() -> SecretString) -> Result<SecretString> {
    match fs::read_to_string(path) {
        Ok(text) => return Ok(text.trim().into()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(Error::invalid(format!("The key file {} can't be read: {e}", path.display()))),
    }
    let key = make();
    write_new(path, &key)
        .map_err(|e| Error::invalid(format!("The key file {} can't be written: {e}", path.display())))?;
    // Another process may have been faster; what stands in the file holds.
    fs::read_to_string(path)
        .map(|text| text.trim().into())
        .map_err(|e| Error::invalid(format!("The key file {} can't be read: {e}", path.display())))
}

/// Written aside and linked into place, so that nobody ever reads half a key, and an existing one is never replaced.
fn write_new(path: &Path, key: &SecretString) -> std::io::Result<()> {
    let aside = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    writeln!(file, "{}", key.expose_secret())?;
    file.sync_all()?;
    let linked = fs::hard_link(&aside, path);
    fs::remove_file(&aside)?;
    match linked {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}
