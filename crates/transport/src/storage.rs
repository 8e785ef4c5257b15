//! Files: uploads on their way out, and media fetched from channels. A local folder, or whatever `object_store` reaches.

use std::{fmt, path::Path, sync::Arc};

use bytes::Bytes;
use model::{Error, Result};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path};

/// A place for files under keys such as `uploads/…`. Cheap to clone.
#[derive(Clone)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
}

impl Storage {
    /// Files in a folder, which is made when it does not exist.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)
            .map_err(|e| Error::unavailable(format!("media folder {}", folder.display())).with_source(e))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(unavailable)?;
        Ok(Self { store: Arc::new(store) })
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

    /// Removes a file; none of that key is as good.
    pub async fn remove(&self, key: &str) -> Result<()> {
        match self.store.delete(&path::Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(unavailable(e)),
        }
    }
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
