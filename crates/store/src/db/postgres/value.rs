//! Values in PostgreSQL's binary format.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use super::super::{Arg, Column};

type Fault = Box<dyn Error + Sync + Send>;

/// What stands for one placeholder.
#[derive(Debug)]
pub(in super::super) enum Param<'a> {
    One(&'a Arg),
    /// An array.
    List(Vec<&'a Arg>),
}

impl<'a> Param<'a> {
    pub(in super::super) fn args(&self) -> &[&'a Arg] {
        match self {
            Param::One(arg) => std::slice::from_ref(arg),
            Param::List(args) => args,
        }
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match (self, ty.kind()) {
            (Param::One(arg), _) => arg.to_sql(ty, out),
            (Param::List(args), Kind::Array(_)) => args.to_sql(ty, out),
            (Param::List(_), _) => Err(format!("a list given for a parameter of type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Binds an argument as the type that the statement was prepared with.
impl ToSql for Arg {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match (self, ty) {
            (Arg::Null, _) => Ok(IsNull::Yes),
            (Arg::Int(value), &Type::INT8) => value.to_sql(ty, out),
            (Arg::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(ty, out),
            (Arg::Int(value), &Type::INT2) => i16::try_from(*value)?.to_sql(ty, out),
            (Arg::Int(value), &Type::FLOAT8) => (*value as f64).to_sql(ty, out),
            (Arg::Float(value), &Type::FLOAT8) => value.to_sql(ty, out),
            (Arg::Bool(value), &Type::BOOL) => value.to_sql(ty, out),
            (Arg::Text(value), ty) if <&str as ToSql>::accepts(ty) => value.to_sql(ty, out),
            (Arg::Bytes(value), &Type::BYTEA) => value.as_slice().to_sql(ty, out),
            (value, ty) => Err(format!("{} given for a parameter of type {ty}", name(value)).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The kind of a value; never the value, which may be private.
fn name(arg: &Arg) -> &'static str {
    match arg {
        Arg::Null => "NULL",
        Arg::Int(_) => "an integer",
        Arg::Float(_) => "a float",
        Arg::Bool(_) => "a boolean",
        Arg::Text(_) => "text",
        Arg::Bytes(_) => "bytes",
    }
}

impl<'a> FromSql<'a> for Column<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        Ok(match *ty {
            Type::INT8 => Column::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Column::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Column::Int(i16::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Column::Float(f64::from_sql(ty, raw)?),
            Type::BOOL => Column::Bool(bool::from_sql(ty, raw)?),
            Type::BYTEA => Column::Bytes(raw),
            ref ty if <&str as FromSql>::accepts(ty) => Column::Text(<&str>::from_sql(ty, raw)?),
            ref ty => return Err(format!("{ty} is of no type that both engines share").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Fault> {
        Ok(Column::Null)
    }

    /// Asked before each value; `from_sql` looks at the type anyway.
    fn accepts(_: &Type) -> bool {
        true
    }
}

pub(in super::super) fn column(row: &tokio_postgres::Row, index: usize) -> Option<Column<'_>> {
    row.try_get(index).ok()
}

/// Whether a result of this type can be read at all.
pub(in super::super) fn is_readable(ty: &Type) -> bool {
    let scalar = [Type::INT8, Type::INT4, Type::INT2, Type::FLOAT8, Type::BOOL, Type::BYTEA];
    scalar.contains(ty) || <&str as FromSql>::accepts(ty)
}
