//! A fresh, migrated database for each measurement, with the options that the service uses, but for patience with statements.

use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;
use model::Ids;
use serde::{Deserialize, Serialize};
use store::db::{Db, Options, postgres_commands};
use tempfile::TempDir;

use crate::machine::{self, SystemIds};

/// Which database runs underneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub enum Kind {
    #[serde(rename = "SQLite")]
    Sqlite,
    #[serde(rename = "PostgreSQL")]
    Postgres,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sqlite => "SQLite",
            Kind::Postgres => "PostgreSQL",
        }
    }
}

/// How long a statement may run: what makes rows by the million takes longer than any statement of the service may.
const LEISURE: Duration = Duration::from_secs(3_600);

/// One database; to be removed with [`Database::remove`].
#[derive(Debug)]
pub struct Database {
    pub db: Db,
    pub kind: Kind,
    pub url: String,
    home: Home,
}

#[derive(Debug)]
enum Home {
    Folder(TempDir),
    Cluster { url: String, name: String },
}

impl Database {
    pub async fn create(kind: Kind) -> Result<Self> {
        let (url, home) = match kind {
            Kind::Sqlite => in_folder()?,
            Kind::Postgres => in_cluster().await?,
        };
        let db = Db::open(&url, Options { statement_timeout: LEISURE, ..Options::default() }).await?;
        db.migrate().await?;
        Ok(Self { db, kind, url, home })
    }

    pub async fn remove(self) -> Result<()> {
        self.db.close().await;
        match self.home {
            Home::Folder(folder) => folder.close()?,
            Home::Cluster { url, name } => {
                postgres_commands(&url, &[format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")]).await?;
            }
        }
        Ok(())
    }
}

/// The cluster that `TEST_DATABASE_URL` names.
pub fn cluster() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

fn in_folder() -> Result<(String, Home)> {
    let folder = tempfile::Builder::new().prefix("database-").tempdir_in(machine::folder()?)?;
    let url = format!("sqlite://{}", folder.path().join("jina-connect.db").display());
    Ok((url, Home::Folder(folder)))
}

async fn in_cluster() -> Result<(String, Home)> {
    let url = cluster().ok_or_else(|| anyhow::anyhow!("TEST_DATABASE_URL is not set"))?;
    let name = format!("jina_bench_{}", SystemIds::new().next().simple());
    postgres_commands(&url, &[format!("CREATE DATABASE {name} TEMPLATE template0")]).await?;
    let (server, _) = url.rsplit_once('/').ok_or_else(|| anyhow::anyhow!("TEST_DATABASE_URL names no database"))?;
    Ok((format!("{server}/{name}"), Home::Cluster { url, name }))
}
