//! What handlers take: the caller, and input that has been checked whole, so that every complaint comes at once.

mod caller;
pub(crate) mod cookie;
mod fields;
mod json;
mod keyed_id;
mod path;
mod query;
mod strict;
mod types;

pub use caller::{Caller, MayAdminister, MayConverse, MayManage, MayRead, Whoami};
pub(crate) use caller::{TENANT_HEADER, authenticated, authenticated_for_mcp, origin};
pub use json::{BODY_BYTES_MAX, Json, LARGE_BODY_BYTES_MAX, Written};
pub(crate) use json::{collect, is_json, object, read_map};
pub use keyed_id::KeyedId;
pub(crate) use keyed_id::MadeUnderKey;
pub use path::Path;
pub use query::Query;
pub(crate) use query::{Pairs, pairs, read_pairs};
pub(crate) use strict::parse as parse_json;
pub use types::{ReadOnly, TelegramId, nullable};
