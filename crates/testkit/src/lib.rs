//! What tests need: fresh databases of either engine, a clock that stands still, ids from a seed, and the whole
//! service in one process.
//!
//! Tests that use it live in `tests/`: a crate's own unit tests would meet a second copy of that crate here.
//!
//! Only ever a dev-dependency. Of Telegram it knows only how to start a Bot API server.

mod app;
mod client;
mod clock;
mod database;
mod events;
mod fixtures;
pub mod graph;
mod ids;
mod people;
mod postgres;
mod telegram;

pub use app::{TestApp, TestSettings};
pub use client::{Answer, Client};
pub use clock::FakeClock;
pub use database::TestDb;
pub use events::{Events, ServerEvent};
pub use fixtures::ACCOUNT;
pub use graph::Graph;
pub use ids::SeededIds;
pub use people::{Said, say, user};
pub use telegram::Telegram;

/// Writes one test body and runs it twice, as `name::sqlite` and `name::postgres`, each on a fresh, migrated database.
///
/// ```
/// testkit::db_test! {
///     async fn a_fresh_database_answers(db) {
///         assert_eq!(db.read(|_| Ok(1)).await.unwrap(), 1);
///     }
/// }
/// ```
#[macro_export]
macro_rules! db_test {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident $(: $ty:ty)?) $body:block)+) => {
        $(
            mod $name {
                #[allow(unused_imports, clippy::allow_attributes, reason = "a body may need nothing of its module")]
                use super::*;

                async fn body($db: $crate::TestDb) $body

                $(#[$meta])*
                #[test]
                fn sqlite() {
                    $crate::run(async { body($crate::TestDb::sqlite().await).await });
                }

                $(#[$meta])*
                #[test]
                fn postgres() {
                    $crate::run(async { body($crate::TestDb::postgres().await).await });
                }
            }
        )+
    };
}

/// Runs a test on a runtime of two threads.
pub fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime can be built").block_on(test);
}
