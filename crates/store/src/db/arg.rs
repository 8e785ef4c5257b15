//! Values that go into statements, in the few types that both engines share.

use std::sync::Arc;

use model::{Id, Timestamp};
use smallvec::SmallVec;

/// One bound value. Text must not hold U+0000, because PostgreSQL refuses it.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    Null,
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(String),
    /// Most are ids, which need no place elsewhere.
    Bytes(SmallVec<[u8; 16]>),
}

/// The list of a question about these: each once, however often it is among them.
pub fn listed<T>(ids: impl IntoIterator<Item = Id<T>>) -> Arc<[Arg]> {
    let mut ids: Vec<_> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(Arg::from).collect()
}

/// The arguments of a statement: `args![tenant, now, name]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::db::Arg::from($value)),*] };
}

macro_rules! from {
    ($($source:ty => |$value:ident| $arg:expr;)+) => {
        $(impl From<$source> for Arg {
            fn from($value: $source) -> Self {
                $arg
            }
        })+
    };
}

from! {
    i64 => |value| Arg::Int(value);
    i32 => |value| Arg::Int(value.into());
    u32 => |value| Arg::Int(value.into());
    u16 => |value| Arg::Int(value.into());
    u8 => |value| Arg::Int(value.into());
    f64 => |value| Arg::Float(value);
    bool => |value| Arg::Bool(value);
    &str => |value| Arg::Text(value.to_owned());
    &String => |value| Arg::Text(value.clone());
    String => |value| Arg::Text(value);
    &[u8] => |value| Arg::Bytes(value.into());
    &Vec<u8> => |value| Arg::Bytes(value.as_slice().into());
    Vec<u8> => |value| Arg::Bytes(value.into());
    Timestamp => |value| Arg::Int(value.as_ms());
}

impl<const N: usize> From<[u8; N]> for Arg {
    fn from(value: [u8; N]) -> Self {
        Arg::from(value.as_slice())
    }
}

impl<const N: usize> From<&[u8; N]> for Arg {
    fn from(value: &[u8; N]) -> Self {
        Arg::from(value.as_slice())
    }
}

impl<T> From<Id<T>> for Arg {
    fn from(value: Id<T>) -> Self {
        Arg::from(value.as_bytes())
    }
}

impl<T> From<&Id<T>> for Arg {
    fn from(value: &Id<T>) -> Self {
        Arg::from(*value)
    }
}

impl<T: Into<Arg>> From<Option<T>> for Arg {
    fn from(value: Option<T>) -> Self {
        value.map_or(Arg::Null, Into::into)
    }
}

impl From<&Arg> for Arg {
    fn from(value: &Arg) -> Self {
        value.clone()
    }
}
