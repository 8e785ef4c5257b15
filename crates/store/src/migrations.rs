//! The list of migrations. A new one gets the next number and a file of the same name in both folders.

/// One step of the schema, in the spelling of each engine.
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$(Migration {
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }),+]
    };
}

pub(crate) const MIGRATIONS: &[Migration] = migrations![
    "V0001__first",
    "V0002__contact_orders",
    "V0003__start_links_and_imports",
    "V0040__search",
    "V0050__nodes",
    "V0070__realtime",
    "V0060__retention",
    "V0080__consent",
    "V0081__attributes_and_segments",
    "V0082__merges",
    "V0083__erasures",
    "V0090__broadcast_templates",
    "V0091__broadcast_steering",
    "V0092__broadcast_results",
    "V0100__team_inbox",
    "V0110__web_sessions",
    "V0111__members_and_links",
    "V0101__replies",
    "V0102__automation_and_activity",
    "V0120__webhooks",
    "V0121__bot_menus",
    "V0122__key_limits",
    "V0130__imports",
    "V0140__whatsapp",
    "V0160__receipts_of_broadcasts",
    "V0170__threads",
    "V0171__contact_jobs",
    "V0180__mail",
    "V0190__bot_ticks",
    "V0200__message_lists",
    "V0201__lean_tables",
    "V0210__message_times",
    "V0220__message_filters",
    "V0221__orders_by_column",
];

/// Tells one schema from another: it changes with every change of a migration.
pub fn schema_fingerprint() -> u64 {
    let texts = MIGRATIONS.iter().flat_map(|migration| [migration.name, migration.sqlite, migration.postgres]);
    // FNV-1a, because the hash must be the same in every process.
    texts
        .flat_map(str::bytes)
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
