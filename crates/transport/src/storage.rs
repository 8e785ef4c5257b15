//! Files: uploads on their way out, and media fetched from channels. A local folder, or whatever `object_store` reaches.

use std::{ffi::OsString, fmt, ops::Range, path::Path, sync::Arc};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use model::{Error, ErrorKind, Result};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart, local::LocalFileSystem, path};

/// Parts of one file on their way at the same time.
const UPLOADS_AT_ONCE: usize = 4;

/// A place for files under keys such as `uploads/…`. Cheap to clone.
#[derive(Clone)]
pub struct Storage {
    pub(crate) store: Arc<dyn ObjectStore>,
}

impl Storage {
    /// Files in a folder, which is made when it does not exist.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)
            .map_err(|e| Error::unavailable(format!("media folder {}", folder.display())).with_source(e))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(unavailable)?;
        Ok(Self { store: Arc::new(store) })
    }

    /// What `STORAGE_URL` names: `file:///folder` or `s3://bucket/folder`. Nothing is looked at yet but the address.
    pub fn at(url: &str) -> Result<Self> {
        match url.split_once("://") {
            Some(("file", path)) if !path.is_empty() => Self::in_folder(Path::new(path)),
            Some(("s3", _)) => Self::in_s3(url),
            _ => Err(Error::invalid("STORAGE_URL must begin with file:// or s3://")),
        }
    }

    #[cfg(feature = "s3")]
    fn in_s3(url: &str) -> Result<Self> {
        let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Ok(Self { store: crate::s3::open(url, std::env::vars_os().filter_map(text))? })
    }

    #[cfg(not(feature = "s3"))]
    fn in_s3(_: &str) -> Result<Self> {
        Err(Error::invalid("STORAGE_URL: this build has no S3; build it with the feature s3, or use file://"))
    }

    /// Writes a file whole, or not at all.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        self.store.put(&path::Path::from(key), PutPayload::from_bytes(bytes)).await.map_err(unavailable)?;
        Ok(())
    }

    /// A file's bytes; `None` when there is none of that key.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        match self.store.get(&path::Path::from(key)).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(unavailable)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(unavailable(e)),
        }
    }

    /// Writes a file of at most `bytes_max` piece by piece, so that memory holds a few pieces; nothing stays of one that is
    /// larger or breaks off. Answers its size.
    pub async fn put_stream<E>(
        &self,
        key: &str,
        pieces: impl Stream<Item = Result<Bytes, E>>,
        bytes_max: u64,
    ) -> Result<u64>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let upload = self.store.put_multipart(&path::Path::from(key)).await.map_err(unavailable)?;
        let mut writer = WriteMultipart::new(upload);
        match write_all(&mut writer, pieces, bytes_max).await {
            Ok(size) => {
                writer.finish().await.map_err(unavailable)?;
                Ok(size)
            }
            Err(error) => {
                writer.abort().await.map_err(unavailable)?;
                Err(error)
            }
        }
    }

    /// A part of a file; `range` must lie within it.
    pub async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Option<Bytes>> {
        match self.store.get_range(&path::Path::from(key), range).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(unavailable(e)),
        }
    }

    /// Removes a file; none of that key is as good.
    pub async fn remove(&self, key: &str) -> Result<()> {
        match self.store.delete(&path::Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(unavailable(e)),
        }
    }
}

async fn write_all<E>(
    writer: &mut WriteMultipart,
    pieces: impl Stream<Item = Result<Bytes, E>>,
    bytes_max: u64,
) -> Result<u64>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let mut pieces = std::pin::pin!(pieces);
    let mut size = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| Error::invalid("The file ended early.").with_source(error))?;
        size += piece.len() as u64;
        if size > bytes_max {
            let words = format!("The file is larger than {bytes_max} bytes.");
            return Err(Error::new(ErrorKind::TooLarge, "too_large", words));
        }
        writer.wait_for_capacity(UPLOADS_AT_ONCE).await.map_err(unavailable)?;
        writer.put(piece);
    }
    Ok(size)
}

fn unavailable(error: object_store::Error) -> Error {
    Error::unavailable("file storage").with_source(error)
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Storage({})", self.store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_there_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::in_folder(&folder.path().join("media")).unwrap();
        storage.put("uploads/a b", Bytes::from_static(b"x")).await.unwrap();
        assert_eq!(storage.get("uploads/a b").await.unwrap().as_deref(), Some(b"x".as_slice()));
        storage.remove("uploads/a b").await.unwrap();
        assert_eq!(storage.get("uploads/a b").await.unwrap(), None);
        storage.remove("uploads/a b").await.unwrap();
    }
}
