//! Asking the index: candidates, newest first, from any place on.
//!
//! PostgreSQL's index can't give matches in order of time. What is frequent is therefore looked for among the newest
//! documents first, and only what is rare there is asked of the index, which then has little to sort.

use model::{Id, Result, Scope, Timestamp, conversation::Conversation, search::Words};
use uuid::Uuid;

use super::{Kind, backlog, index, patterns};
use crate::{
    args,
    db::{Arg, Engine, Row, Tx},
};

/// How many finds are few: to read and to sort them takes less time than to come upon a page of them in a list's order,
/// where they may all stand at its end.
const FEW: i64 = 5_000;

/// How many of the newest documents are looked through before the index is asked.
const RECENT: i64 = 4_000;

/// One of so many that are asked for, found among these, is enough to go on with: among millions of documents the index may
/// have to collect tens of thousands.
const ENOUGH: i64 = 20;

crate::statements! {
    hot RECENT_ONES = "search.recent",
        postgres "SELECT number, object_id FROM (SELECT number, object_id, grams FROM search_document
                WHERE tenant_id = $1 AND kind = $2 AND number < $3 ORDER BY number DESC LIMIT $4) AS recent
            WHERE grams @@ CAST(CAST($5 AS TEXT) AS TSQUERY) ORDER BY number DESC LIMIT $6",
        // Not asked on SQLite, whose index runs by number.
        sqlite "SELECT number, object_id FROM search_document
            WHERE object_id = $1 AND kind = $2 AND number < $3 AND $4 = $5 LIMIT $6";
    hot INDEXED = "search.indexed",
        postgres "WITH found AS MATERIALIZED (SELECT number, object_id FROM search_document
                WHERE grams @@ CAST(CAST($1 AS TEXT) AS TSQUERY))
            SELECT number, object_id FROM found WHERE number < $2 ORDER BY number DESC LIMIT $3",
        sqlite "SELECT search_document.number, search_document.object_id
            FROM search_gram CROSS JOIN search_document ON search_document.number = search_gram.rowid
            WHERE search_gram MATCH $1 AND search_gram.rowid < $2 ORDER BY search_gram.rowid DESC LIMIT $3";
    hot COUNT = "search.count",
        postgres "SELECT COUNT(*) FROM (SELECT 1 FROM search_document
            WHERE grams @@ CAST(CAST($1 AS TEXT) AS TSQUERY) LIMIT $2) AS found",
        sqlite "SELECT COUNT(*) FROM (SELECT 1 FROM search_gram WHERE search_gram MATCH $1 LIMIT $2) AS found";
    hot OF_CONVERSATIONS = "search.of_conversations", "SELECT search_document.number, search_document.object_id
        FROM message JOIN search_document ON search_document.object_id = message.id
        WHERE {check}message.tenant_id = $1 AND search_document.number < $2 AND message.conversation_id IN ({in})
        ORDER BY search_document.number DESC LIMIT 500";
}

/// Something whose text may hold what was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Where the search goes on after it.
    pub number: i64,
    pub object: Uuid,
}

fn read(row: &Row) -> Result<Candidate> {
    Ok(Candidate { number: row.get(0)?, object: Uuid::from_bytes(row.get(1)?) })
}

/// The first number of which a search from the newest begins: `before` a time, or at the end.
pub fn start(before: Option<Timestamp>) -> i64 {
    before.map_or(i64::MAX, index::number_from)
}

/// At most `limit` candidates of smaller number than `below`, newest first; there may be more after fewer than that, but
/// none after none. There must be runs to look for.
pub fn candidates(
    tx: &mut Tx,
    scope: &Scope,
    kind: Kind,
    words: &Words,
    below: i64,
    limit: i64,
) -> Result<Vec<Candidate>> {
    let hashes = index::hashes(scope.tenant(), kind, &words.runs());
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = asked(tx, &hashes);
    if tx.engine() == Engine::Postgres {
        let recent = recent(tx, scope, kind, &wanted, below, limit)?;
        if recent.len() as i64 * ENOUGH >= limit {
            return Ok(recent);
        }
    }
    tx.query(INDEXED, &args![wanted, below, limit], read)
}

/// What to ask the index for what was typed, where it finds few. `None`: it finds many or can't help, and whoever reads
/// things in their order comes upon enough of them soon.
pub(crate) fn asked_for_few(tx: &mut Tx, scope: &Scope, kind: Kind, typed: &str) -> Result<Option<String>> {
    let words = Words::new(&patterns::form(typed));
    let hashes = index::hashes(scope.tenant(), kind, &words.runs());
    if hashes.is_empty() || backlog::is_behind(tx)? {
        return Ok(None);
    }
    let wanted = asked(tx, &hashes);
    Ok(finds_few(tx, scope, kind, &wanted)?.then_some(wanted))
}

fn finds_few(tx: &mut Tx, scope: &Scope, kind: Kind, wanted: &str) -> Result<bool> {
    // PostgreSQL collects all there are before it counts the first: not where one of a hundred is one of them.
    let many = RECENT / 100;
    if tx.engine() == Engine::Postgres && recent(tx, scope, kind, wanted, i64::MAX, many)?.len() as i64 >= many {
        return Ok(false);
    }
    let found: i64 = tx.query_one(COUNT, &args![wanted, FEW + 1], |row| row.get(0))?;
    Ok(found <= FEW)
}

/// What is found among the newest below a number.
fn recent(tx: &mut Tx, scope: &Scope, kind: Kind, wanted: &str, below: i64, limit: i64) -> Result<Vec<Candidate>> {
    tx.query(RECENT_ONES, &args![scope.tenant(), kind.as_str(), below, RECENT, wanted, limit], read)
}

/// Documents that hold all of these, in the engine's words.
fn asked(tx: &Tx, hashes: &[String]) -> String {
    index::listed(hashes, if tx.engine() == Engine::Sqlite { " " } else { " & " })
}

/// At most 500 entries of these conversations, whatever they say.
pub fn of_conversations(
    tx: &mut Tx,
    scope: &Scope,
    conversations: &[Id<Conversation>],
    below: i64,
) -> Result<Vec<Candidate>> {
    let list: Vec<_> = conversations.iter().map(Arg::from).collect();
    tx.query_in(OF_CONVERSATIONS, &args![scope.tenant(), below], &list, read)
}
