//! Uploaded files on their way into the storage.

use std::collections::BTreeMap;

use app::App;
use axum::body::Bytes;
use model::{
    Error, ErrorKind, Result,
    content::{Media, MediaKind, MediaSource},
};

/// Telegram takes photos of up to 10 MB.
const PHOTO_BYTES_MAX: usize = 10_000_000;

/// Telegram takes other files of up to 50 MB.
const FILE_BYTES_MAX: usize = 50_000_000;

/// One file of a form.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    /// Where it will stand in the storage.
    pub key: String,
    pub file_name: Option<String>,
    pub mime_type: Option<String>,
    pub bytes: Bytes,
}

/// The files of a form, by the names of their parts.
#[derive(Debug, Default)]
pub(crate) struct Files(BTreeMap<String, Upload>);

impl Upload {
    /// The file as media of a kind, if Telegram takes it as such.
    pub(super) fn media(&self, kind: MediaKind) -> Result<Media> {
        let most = if kind == MediaKind::Photo { PHOTO_BYTES_MAX } else { FILE_BYTES_MAX };
        if self.bytes.is_empty() {
            return Err(Error::invalid("The file is empty."));
        }
        if self.bytes.len() > most {
            let words =
                format!("The file has {} bytes; Telegram takes at most {most} for this kind.", self.bytes.len());
            return Err(Error::new(ErrorKind::Invalid, "file_too_large", words));
        }
        Ok(Media {
            url: None,
            kind,
            file_name: self.file_name.clone(),
            mime_type: self.mime_type.clone(),
            size: i64::try_from(self.bytes.len()).ok(),
            width: None,
            height: None,
            duration: None,
            source: Some(MediaSource::Stored(self.key.clone())),
        })
    }
}

impl Files {
    pub(super) fn insert(&mut self, name: String, upload: Upload) {
        self.0.insert(name, upload);
    }

    pub(super) fn get(&self, name: &str) -> Option<&Upload> {
        self.0.get(name)
    }

    /// Writes the files into the storage, before the message that names them is accepted.
    pub(super) async fn store(&self, app: &App) -> Result<()> {
        for upload in self.0.values() {
            app.storage.put(&upload.key, upload.bytes.clone()).await?;
        }
        Ok(())
    }

    /// Removes the files again when the message was not accepted.
    pub(super) async fn discard(&self, app: &App) {
        for upload in self.0.values() {
            if let Err(error) = app.storage.remove(&upload.key).await {
                tracing::warn!(error = ?error, "An uploaded file of a refused message could not be removed.");
            }
        }
    }
}
