//! Values that a database keeps by their names: of an enum type there, or texts.

use std::error::Error;
use std::fmt::Debug;
use std::str::FromStr;

use bytes::BytesMut;
use postgres_types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::store_error::StoreError;

/// A value that is kept by its name: whatever is made into one, and parsed from one. (Enums derive
/// both, with strum.)
pub trait Named: Copy {
    /// Its name.
    fn name(self) -> &'static str;

    /// The value of a name.
    fn from_name(name: &str) -> Result<Self, StoreError>;
}

impl<T: Copy + Into<&'static str> + FromStr> Named for T {
    fn name(self) -> &'static str {
        self.into()
    }

    fn from_name(name: &str) -> Result<Self, StoreError> {
        name.parse().map_err(|_| StoreError::UnknownName(name.to_owned()))
    }
}

/// A value on its way to or from the database: one of an enum type there, or a text.
#[derive(Debug, Clone, Copy)]
pub struct Stored<T>(
    /// The value.
    pub T,
);

fn is_named(ty: &Type) -> bool {
    *ty == Type::TEXT || matches!(ty.kind(), Kind::Enum(_))
}

impl<T: Named + Debug> ToSql for Stored<T> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(self.0.name().as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        is_named(ty)
    }

    to_sql_checked!();
}

impl<'a, T: Named> FromSql<'a> for Stored<T> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(T::from_name(std::str::from_utf8(raw)?)?))
    }

    fn accepts(ty: &Type) -> bool {
        is_named(ty)
    }
}
