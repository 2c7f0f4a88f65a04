//! How a type of ours stands in a column, written once for every backend.

/// Stores `$ty` as `$plain` (SQL type `$sql`): `$out` borrows the plain value from it, `$back` makes it from one.
///
/// Generic over the backend, so the same impl serves `SQLite`, `PostgreSQL` and the connection that may be either.
macro_rules! stored_as {
    ($ty:ty, $sql:ident as $plain:ty, $owned:ty, $out:expr, $back:expr) => {
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::$sql, DB> for $ty
        where
            DB: diesel::backend::Backend,
            $plain: diesel::serialize::ToSql<diesel::sql_types::$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                let borrow: fn(&$ty) -> &$plain = $out;
                <$plain as diesel::serialize::ToSql<diesel::sql_types::$sql, DB>>::to_sql(borrow(self), out)
            }
        }

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::$sql, DB> for $ty
        where
            DB: diesel::backend::Backend,
            $owned: diesel::deserialize::FromSql<diesel::sql_types::$sql, DB>,
        {
            fn from_sql(raw: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let plain = <$owned as diesel::deserialize::FromSql<diesel::sql_types::$sql, DB>>::from_sql(raw)?;
                let back: fn($owned) -> Option<$ty> = $back;
                back(plain).ok_or_else(|| concat!("a column holds what is no ", stringify!($ty)).into())
            }
        }
    };
}
pub(crate) use stored_as;

#[cfg(test)]
pub(crate) mod tests {
    use diesel::prelude::*;

    /// An empty database in memory, to send a value there and back.
    pub(crate) fn engine() -> SqliteConnection {
        SqliteConnection::establish(":memory:").unwrap()
    }
}
