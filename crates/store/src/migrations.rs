//! The list of migrations. A new one gets the next number and a file of the same name in both folders.

/// One step of the schema, in the spelling of each engine.
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "V0001__first",
    sqlite: include_str!("../migrations/sqlite/V0001__first.sql"),
    postgres: include_str!("../migrations/postgres/V0001__first.sql"),
}];
