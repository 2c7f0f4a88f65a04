//! Statements written out by hand that are prepared once for each connection, as those of the query builder are.
//! `diesel::sql_query` has each of its statements parsed and planned anew, and on PostgreSQL asks the server twice for it.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text};

/// One value of a statement.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// A number or a moment.
    Number(i64),
    /// A text.
    Text(&'a str),
}

/// A statement with its values, of which `$1` is the first. `Row` says what a row of its answer holds, if it has any.
/// Run it on the connection that is really there (`each!`).
#[derive(Debug)]
pub struct Prepared<'a, Row = ()> {
    sql: &'static str,
    values: &'a [Value<'a>],
    row: PhantomData<Row>,
}

impl<'a, Row> Prepared<'a, Row> {
    /// The statement with these values.
    pub fn new(sql: &'static str, values: &'a [Value<'a>]) -> Self {
        Self { sql, values, row: PhantomData }
    }
}

impl<Row, DB> QueryFragment<DB> for Prepared<'_, Row>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text>,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut parts = self.sql.split('$');
        out.push_sql(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (nth, rest) = part.split_at(digits);
            let value = nth.parse::<usize>().ok().and_then(|nth| self.values.get(nth.checked_sub(1)?));
            match value.ok_or_else(|| diesel::result::Error::QueryBuilderError("a value is missing".into()))? {
                Value::Number(number) => out.push_bind_param::<BigInt, i64>(number)?,
                Value::Text(text) => out.push_bind_param::<Text, str>(text)?,
            }
            out.push_sql(rest);
        }
        Ok(())
    }
}

/// Found among the prepared ones by its text.
impl<Row> QueryId for Prepared<'_, Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> Query for Prepared<'_, Row> {
    type SqlType = Row;
}

impl<Row, C> diesel::RunQueryDsl<C> for Prepared<'_, Row> {}
