//! A database for one test: a copy of a template that is migrated once per schema, gone after the test.

use std::{ops::Deref, path::Path};

use store::db::{Db, Options};
use tempfile::TempDir;
use uuid::Uuid;

use crate::postgres;

/// A fresh, migrated database. Derefs to [`Db`].
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    url: String,
    _home: Home,
}

#[derive(Debug)]
enum Home {
    Folder { _folder: TempDir },
    Cluster { _database: postgres::Database },
}

impl TestDb {
    pub async fn sqlite() -> Self {
        let folder = TempDir::with_prefix("jina-connect-test-").expect("a temporary folder can be made");
        let path = folder.path().join("jina-connect.db");
        copy_template(&path).await;
        let url = format!("sqlite://{}", path.display());
        let db = Db::open(&url, options()).await.expect("a copied SQLite file opens");
        Self { db, url, _home: Home::Folder { _folder: folder } }
    }

    /// On the cluster that `TEST_DATABASE_URL` names.
    pub async fn postgres() -> Self {
        let database = postgres::Database::create().await;
        let url = database.url().to_owned();
        let db = Db::open(&url, options()).await.expect("a PostgreSQL database that was just made opens");
        Self { db, url, _home: Home::Cluster { _database: database } }
    }

    /// For opening it once more, as another node or process would.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

pub(crate) fn options() -> Options {
    Options { readers: 2, pool_size: 8, ..Options::default() }
}

/// A name that no other test has, also in other processes.
#[expect(clippy::disallowed_methods, reason = "nothing of a test may depend on this name")]
pub(crate) fn unique_name(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::now_v7().simple())
}

async fn copy_template(target: &Path) {
    let template = std::env::temp_dir().join(format!("jina-connect-template-{:016x}.db", store::schema_fingerprint()));
    if !template.exists() {
        let draft = std::env::temp_dir().join(unique_name("jina-connect-template"));
        let db = Db::open(&format!("sqlite://{}", draft.display()), options()).await.expect("a new SQLite file opens");
        db.migrate().await.expect("the SQLite migrations run");
        db.close().await;
        // Another process may do the same: the last one wins, and both files are equal.
        std::fs::rename(&draft, &template).expect("the template can be put in place");
    }
    std::fs::copy(&template, target).expect("the template can be copied");
}
