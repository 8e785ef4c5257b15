//! Writing the index: one document per message and contact, in the transaction that writes the thing itself.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write,
};

use model::{Error, Id, Result, Tenant, Timestamp, search};
use uuid::Uuid;

use super::Kind;
use crate::{
    args,
    db::{Arg, Engine, Tx},
};

/// How many neighbours are tried when a number is taken.
const TRIES: i64 = 64;

crate::statements! {
    hot FIND = "search.find_document", "SELECT number FROM search_document WHERE object_id = $1";
    hot ADD = "search.add_document",
        postgres "INSERT INTO search_document (number, tenant_id, kind, object_id, grams)
            VALUES ($1, $2, $3, $4, CAST(CAST($5 AS TEXT) AS TSVECTOR)) ON CONFLICT DO NOTHING",
        sqlite "INSERT INTO search_document (number, tenant_id, kind, object_id)
            SELECT $1, $2, $3, $4 WHERE $5 IS NOT NULL ON CONFLICT DO NOTHING";
    hot ADD_MANY = "search.add_documents",
        postgres "INSERT INTO search_document (number, tenant_id, kind, object_id, grams)
            SELECT column1, column2, column3, column4, CAST(column5 AS TSVECTOR)
            FROM (VALUES {rows int, bytes, text, bytes, text}) AS new
            ON CONFLICT DO NOTHING RETURNING object_id",
        sqlite "INSERT INTO search_document (number, tenant_id, kind, object_id)
            SELECT column1, column2, column3, column4 FROM (VALUES {rows int, bytes, text, bytes, text}) AS new
            WHERE column5 IS NOT NULL ON CONFLICT DO NOTHING RETURNING object_id";
    // Each statement costs SQLite a segment of the index, so that it is deferred.
    hot SET = "search.set_grams",
        postgres "UPDATE search_document SET grams = CAST(new.column2 AS TSVECTOR)
            FROM (VALUES {rows int, text}) AS new WHERE search_document.number = new.column1",
        sqlite "INSERT INTO search_gram (rowid, grams) VALUES {rows int, text}";
    hot DROP_GRAMS = "search.drop_grams",
        // On PostgreSQL they stand in the document itself.
        postgres "DELETE FROM search_document WHERE false AND tenant_id = $1 AND object_id IN ({in})",
        sqlite "DELETE FROM search_gram
            WHERE rowid IN (SELECT number FROM search_document WHERE tenant_id = $1 AND object_id IN ({in}))";
    hot DROP = "search.drop_documents", "DELETE FROM search_document WHERE tenant_id = $1 AND object_id IN ({in})";
    hot DROP_GRAMS_OF = "search.drop_grams_of_conversations",
        postgres "DELETE FROM search_document WHERE false AND tenant_id = $1 AND object_id IN ({in})",
        sqlite "DELETE FROM search_gram WHERE rowid IN (SELECT number FROM search_document WHERE object_id IN
            (SELECT id FROM message WHERE {check}tenant_id = $1 AND conversation_id IN ({in})))";
    hot DROP_OF = "search.drop_documents_of_conversations", "DELETE FROM search_document WHERE object_id IN
        (SELECT id FROM message WHERE {check}tenant_id = $1 AND conversation_id IN ({in}))";
}

/// Makes a text the one by which a thing is found.
pub(crate) fn put(
    tx: &mut Tx,
    tenant: Id<Tenant>,
    (kind, object): (Kind, Uuid),
    at: Timestamp,
    text: &str,
) -> Result<()> {
    let grams = listed(&hashes(tenant, kind, &search::runs(text)), " ");
    let first = number(at, object);
    for number in first..first + TRIES {
        let args = args![number, tenant, kind.as_str(), object.as_bytes(), grams.as_str()];
        if tx.execute(ADD, &args)? > 0 {
            if tx.engine() == Engine::Sqlite {
                tx.defer_row(SET, args![number, grams].to_vec())?;
            }
            return Ok(());
        }
        let known: Option<i64> = tx.query_opt(FIND, &args![object.as_bytes()], |row| row.get(0))?;
        if let Some(number) = known {
            drop_grams(tx, tenant, &[Arg::from(object.as_bytes())])?;
            return tx.defer_row(SET, args![number, grams].to_vec());
        }
    }
    // As many things of one moment as this do not come by chance; the next try has another id.
    Err(Error::unavailable("the search index has no place at this moment"))
}

/// One thing and the text by which it is found.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub object: Uuid,
    pub at: Timestamp,
    pub text: String,
}

/// As [`put`] for many things that are new: those that find their places free go in together.
pub(crate) fn put_new(tx: &mut Tx, tenant: Id<Tenant>, kind: Kind, documents: &[Document]) -> Result<()> {
    let row = |one: &Document| {
        let grams = listed(&hashes(tenant, kind, &search::runs(&one.text)), " ");
        args![number(one.at, one.object), tenant, kind.as_str(), one.object.as_bytes(), grams]
    };
    let rows: Vec<[Arg; 5]> = documents.iter().map(row).collect();
    let placed: HashSet<[u8; 16]> = tx.query_rows(ADD_MANY, &[], &rows, |row| row.get(0))?.into_iter().collect();
    if tx.engine() == Engine::Sqlite {
        let is_placed = |(one, _): &(&Document, &[Arg; 5])| placed.contains(one.object.as_bytes());
        let grams = documents
            .iter()
            .zip(&rows)
            .filter(is_placed)
            .map(|(_, [number, .., grams])| [number, grams].map(Clone::clone));
        grams.into_iter().try_for_each(|row| tx.defer_row(SET, row.to_vec()))?;
    }
    let others = documents.iter().filter(|one| !placed.contains(one.object.as_bytes()));
    others.into_iter().try_for_each(|one| put(tx, tenant, (kind, one.object), one.at, &one.text))
}

/// Things that are gone are found no more.
pub(crate) fn forget(tx: &mut Tx, tenant: Id<Tenant>, objects: &[Arg]) -> Result<()> {
    drop_grams(tx, tenant, objects)?;
    tx.execute_in(DROP, &args![tenant], objects).map(drop)
}

/// Takes runs out of the index, also those that were to go in with the commit.
fn drop_grams(tx: &mut Tx, tenant: Id<Tenant>, objects: &[Arg]) -> Result<()> {
    tx.write_deferred()?;
    tx.execute_in(DROP_GRAMS, &args![tenant], objects).map(drop)
}

/// The entries of these conversations are found no more.
pub(crate) fn forget_conversations(tx: &mut Tx, tenant: Id<Tenant>, conversations: &[Arg]) -> Result<()> {
    tx.write_deferred()?;
    tx.execute_in(DROP_GRAMS_OF, &args![tenant], conversations)?;
    tx.execute_in(DROP_OF, &args![tenant], conversations).map(drop)
}

/// Milliseconds, then 20 bits of the id, so that things of one moment have numbers of their own.
fn number(at: Timestamp, object: Uuid) -> i64 {
    let bytes = object.as_bytes();
    let low = u32::from_be_bytes([0, bytes[6] & 0x0f, bytes[7], bytes[15]]);
    (at.as_ms().clamp(0, (1 << 42) - 1) << 20) | i64::from(low)
}

/// The least number that a thing of this moment can have.
pub(super) fn number_from(at: Timestamp) -> i64 {
    at.as_ms().clamp(0, (1 << 42) - 1) << 20
}

/// Hashes of runs with tenant and kind, as words of eight characters that both engines take as they are.
pub(super) fn hashes(tenant: Id<Tenant>, kind: Kind, runs: &BTreeSet<String>) -> Vec<String> {
    let seed = [tenant.as_bytes().as_slice(), kind.as_str().as_bytes()].concat();
    runs.iter().map(|run| word(fnv(fnv(FNV_OFFSET, &seed), run.as_bytes()))).collect()
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, because the index outlives the process and must be read by the next version.
fn fnv(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn word(hash: u64) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    // The low bits of FNV are its weaker ones, so both halves go in.
    let mixed = hash ^ (hash >> 32);
    // The first is a letter: PostgreSQL's query language then takes it for a word.
    let letter = |place: u32| LETTERS[usize::try_from((mixed >> (5 * place)) & 31).unwrap_or_default()];
    let mut word = String::with_capacity(9);
    word.push('x');
    (0..8).for_each(|place| word.push(char::from(letter(place))));
    word
}

pub(super) fn listed(words: &[String], separator: &str) -> String {
    let mut text = String::with_capacity(words.len() * 12);
    for word in words {
        let between = if text.is_empty() { "" } else { separator };
        write!(text, "{between}{word}").expect("writing to a String cannot fail");
    }
    text
}
