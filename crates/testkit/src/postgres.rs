//! Databases on a PostgreSQL cluster, copied from a template.

use model::Result;
use store::db::{Db, postgres_commands};

use crate::database::{options, unique_name};

/// One database, dropped with this value.
#[derive(Debug)]
pub(crate) struct Database {
    cluster: String,
    name: String,
    url: String,
}

impl Database {
    pub(crate) async fn create() -> Self {
        let cluster = std::env::var("TEST_DATABASE_URL").expect(
            "this test needs PostgreSQL: run `cargo xtask test`, or set TEST_DATABASE_URL to a cluster's URL \
             whose user may create databases",
        );
        let template = format!("jina_template_{:016x}", store::schema_fingerprint());
        let name = unique_name("jina_test");
        if copy(&cluster, &template, &name).await.is_err() {
            make_template(&cluster, &template).await;
            copy(&cluster, &template, &name).await.expect("a database can be copied from the template");
        }
        let url = with_database(&cluster, &name);
        Self { cluster, name, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let cluster = self.cluster.clone();
        let drop_it = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A thread of its own, because the test's runtime may be the one that drops this.
        let dropped = std::thread::spawn(move || {
            crate::run(async move {
                postgres_commands(&cluster, &[drop_it]).await.expect("a test's database can be dropped");
            });
        });
        let outcome = dropped.join();
        assert!(std::thread::panicking() || outcome.is_ok(), "the test's database was left behind");
    }
}

async fn copy(cluster: &str, template: &str, name: &str) -> Result<()> {
    postgres_commands(cluster, &[format!("CREATE DATABASE {name} TEMPLATE {template}")]).await
}

/// Makes the template under another name first, so that nobody copies a half of it.
async fn make_template(cluster: &str, template: &str) {
    let draft = unique_name("jina_draft");
    postgres_commands(cluster, &[format!("CREATE DATABASE {draft} TEMPLATE template0")])
        .await
        .expect("TEST_DATABASE_URL names a cluster whose user may create databases");
    let db = Db::open(&with_database(cluster, &draft), options()).await.expect("the new database opens");
    db.migrate().await.expect("the PostgreSQL migrations run");
    db.close().await;
    if postgres_commands(cluster, &[format!("ALTER DATABASE {draft} RENAME TO {template}")]).await.is_err() {
        // Another process was faster.
        postgres_commands(cluster, &[format!("DROP DATABASE {draft} WITH (FORCE)")]).await.expect("a draft can go");
    }
}

/// The same URL with another database.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let host = address.find("://").map_or(0, |index| index + 3);
    let end = address[host..].find('/').map_or(address.len(), |index| host + index);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_a_url_is_replaced() {
        assert_eq!(with_database("postgres://u@h:1/a?x=y", "b"), "postgres://u@h:1/b?x=y");
        assert_eq!(with_database("postgres://u@h", "b"), "postgres://u@h/b");
    }
}
