//! Lists: `{"count", "next", "previous", "results"}` with opaque cursors. What a page is in SQL is `store::page`'s business.
//!
//! A cursor names the order, the side and the keys of the row beside it, and a hash of the address and its filters, so that
//! it is of use only where it came from. It carries a version; an unknown one is refused like any other text.

use app::App;
use axum::{extract::FromRequestParts, http::request::Parts};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{
    db::Arg,
    page::{List, Page, Position, Request, Start},
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{Json, Pairs, Written, pairs, read_pairs},
    problem::Failure,
};

const SIZE_DEFAULT: u32 = 50;
const SIZE_MAX: u32 = 200;
const CURSOR_VERSION: u8 = 1;
/// No cursor of ours is longer.
const CURSOR_CHARS_MAX: usize = 4_096;
/// What a large object of a list takes; an answer that turns out longer grows.
const OBJECT_BYTES: usize = 2_304;
const SEARCH_CHARS_MAX: usize = 200;

/// What every list takes. Put it into a handler's `params(PageQuery, …)`.
#[derive(Debug, Default, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many results a page has, at most 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    page_size: Option<u32>,
    /// From `next` or `previous` of an earlier answer.
    #[param(max_length = 4096)]
    cursor: Option<String>,
    /// The field to sort by, with `-` in front for the highest first.
    ordering: Option<String>,
    /// Whether to count all results, however many there are.
    count: Option<bool>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    /// How many there are in all; null unless `count=true` was asked for.
    count: Option<i64>,
    /// The address of the next page; null on the last one.
    next: Option<String>,
    /// The address of the page before; null on the first one.
    previous: Option<String>,
    results: Vec<T>,
}

/// The page that was asked for. `paging.of(&LIST)?` is what the store takes, `paging.answer(page)` what the client gets.
#[derive(Debug)]
pub struct Paging {
    query: PageQuery,
    base_url: String,
    path: String,
    pairs: Pairs,
}

impl FromRequestParts<App> for Paging {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let pairs = pairs(parts);
        let query = read_pairs(&pairs)?;
        let base_url = app.settings.base_url.trim_end_matches('/').to_owned();
        Ok(Self { query, base_url, path: parts.uri.path().to_owned(), pairs })
    }
}

impl Paging {
    /// The store's request for a page of `list`, in the list's first order, highest first, unless something else is asked.
    pub fn of(&self, list: &List) -> Result<Request> {
        let (sort, descending) = self.order(list)?;
        let start = match &self.query.cursor {
            None => Start::First,
            Some(cursor) => self.start(cursor).filter(|start| accepts(list, sort, start)).ok_or_else(invalid_cursor)?,
        };
        Ok(Request { sort, descending, start, size: self.size()?, count: self.query.count.unwrap_or(false) })
    }

    /// Whether the client follows an address of ours, rather than beginning.
    pub fn has_cursor(&self) -> bool {
        self.query.cursor.is_some()
    }

    fn order(&self, list: &List) -> Result<(usize, bool)> {
        let Some(ordering) = &self.query.ordering else { return Ok((0, true)) };
        let (name, descending) = match ordering.strip_prefix('-') {
            Some(name) => (name, true),
            None => (ordering.as_str(), false),
        };
        let names: Vec<&str> = list.sort_names().collect();
        let sort = names.iter().position(|known| *known == name);
        sort.map(|sort| (sort, descending)).ok_or_else(|| {
            Error::field(
                "ordering",
                format!("Enter one of {}, with - in front for the highest first.", names.join(", ")),
            )
        })
    }

    fn size(&self) -> Result<u32> {
        match self.query.page_size {
            None => Ok(SIZE_DEFAULT),
            Some(size @ 1..=SIZE_MAX) => Ok(size),
            Some(_) => Err(Error::field("page_size", format!("Enter a number from 1 to {SIZE_MAX}."))),
        }
    }

    /// The answer with absolute addresses of its neighbours, which keep every other parameter.
    pub fn answer<T: Serialize>(&self, page: Page<T>) -> Json<Listing<T>> {
        let next = page.next.map(|position| self.link(Side::After, &position));
        let previous = page.previous.map(|position| self.link(Side::Before, &position));
        Json(Listing { count: page.count, next, previous, results: page.rows })
    }

    /// The same, written already: for lists whose objects are large, in the transaction that reads them.
    pub fn written<T: Serialize>(&self, page: Page<T>) -> Result<Written> {
        let bytes = page.rows.len() * OBJECT_BYTES;
        Written::new(&self.answer(page).0, bytes)
    }

    fn link(&self, side: Side, position: &Position) -> String {
        let others = self.pairs.iter().filter(|(name, _)| name != "cursor");
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(others)
            .append_pair("cursor", &self.cursor(side, position))
            .finish();
        format!("{}{}?{query}", self.base_url, self.path)
    }

    fn cursor(&self, side: Side, position: &Position) -> String {
        let cursor = Cursor(CURSOR_VERSION, side, self.fingerprint(), key(&position.unique), key(&position.sort));
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).expect("a cursor holds text and numbers only"))
    }

    fn start(&self, cursor: &str) -> Option<Start> {
        if cursor.len() > CURSOR_CHARS_MAX {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let Cursor(version, side, fingerprint, unique, sort) = serde_json::from_slice(&bytes).ok()?;
        if version != CURSOR_VERSION || fingerprint != self.fingerprint() {
            return None;
        }
        let position = Position { unique: argument(unique)?, sort: argument(sort)? };
        Some(match side {
            Side::After => Start::After(position),
            Side::Before => Start::Before(position),
        })
    }

    /// Of the address and all that decides which rows are in the list and in which order.
    fn fingerprint(&self) -> u32 {
        let mut pairs: Vec<_> =
            self.pairs.iter().filter(|(name, _)| !["cursor", "page_size", "count"].contains(&name.as_str())).collect();
        pairs.sort();
        let digest = Sha256::digest(format!("{} {pairs:?}", self.path));
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
    }
}

fn accepts(list: &List, sort: usize, start: &Start) -> bool {
    match start {
        Start::First => true,
        Start::After(position) | Start::Before(position) => list.accepts(sort, position),
    }
}

fn invalid_cursor() -> Error {
    Error::field("cursor", "This cursor is not valid here. Start again without one.").with_code("invalid_cursor")
}

/// Version, side, fingerprint, unique key, sort key.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor(u8, Side, u32, Key, Key);

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Side {
    #[serde(rename = "a")]
    After,
    #[serde(rename = "b")]
    Before,
}

#[derive(Debug, Serialize, Deserialize)]
enum Key {
    #[serde(rename = "n")]
    None,
    #[serde(rename = "i")]
    Int(i64),
    #[serde(rename = "t")]
    Text(String),
    /// Bytes in base64.
    #[serde(rename = "b")]
    Bytes(String),
}

fn key(arg: &Arg) -> Key {
    match arg {
        Arg::Int(value) => Key::Int(*value),
        Arg::Text(text) => Key::Text(text.clone()),
        Arg::Bytes(bytes) => Key::Bytes(BASE64_URL_SAFE_NO_PAD.encode(bytes)),
        // The store reads no key of another type.
        Arg::Null | Arg::Float(_) | Arg::Bool(_) => Key::None,
    }
}

fn argument(key: Key) -> Option<Arg> {
    Some(match key {
        Key::None => Arg::Null,
        Key::Int(value) => Arg::Int(value),
        Key::Text(text) if text.contains('\0') => return None,
        Key::Text(text) => Arg::Text(text),
        Key::Bytes(text) => Arg::from(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?),
    })
}

/// The `search` parameter of lists that have one.
#[derive(Debug, Default, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words to look for.
    #[param(max_length = 200)]
    search: Option<String>,
}

impl SearchQuery {
    /// The text to look for, if there is any.
    pub fn text(self) -> Result<Option<String>> {
        let Some(text) = self.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
        if text.chars().count() > SEARCH_CHARS_MAX {
            return Err(Error::field("search", format!("Enter at most {SEARCH_CHARS_MAX} characters.")));
        }
        Ok(Some(text.to_owned()))
    }
}
