//! What a database holds, in short: to see that something changed nothing.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use easylink::base::db::Conn;

use super::portal::Portal;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

fn values(conn: &mut Conn, query: &str) -> Vec<String> {
    let rows: Vec<Row> = sql_query(query).load(conn).unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.into_iter().map(|row| row.value).collect()
}

fn short(rows: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    rows.hash(&mut hasher);
    hasher.finish()
}

fn table(conn: &mut Conn, name: &str) -> u64 {
    let query = match conn {
        Conn::Pg(_) => format!("select t::text as value from \"{name}\" t order by 1"),
        Conn::Sqlite(_) => {
            let columns = values(conn, &format!("select name as value from pragma_table_info('{name}')"));
            let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
            format!("select {} as value from \"{name}\" order by 1", quoted.join(" || ',' || "))
        }
    };
    short(&values(conn, &query))
}

impl Portal {
    /// A short mark of the content of every table. Two are equal when nothing was changed between them.
    pub async fn digest(&self) -> BTreeMap<String, u64> {
        self.read(|conn| {
            let query = match conn {
                Conn::Pg(_) => {
                    "select table_name::text as value from information_schema.tables where table_schema = 'public'"
                }
                Conn::Sqlite(_) => {
                    "select name as value from sqlite_master where type = 'table' and name not like 'sqlite_%' \
                     and sql not like 'CREATE VIRTUAL%'"
                }
            };
            let names = values(conn, query);
            assert!(names.len() > 20, "the tables were not found");
            names.into_iter().map(|name| (name.clone(), table(conn, &name))).collect()
        })
        .await
    }
}

/// The tables that differ.
pub fn differing(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> Vec<String> {
    after.iter().filter(|(name, mark)| before.get(*name) != Some(mark)).map(|(name, _)| name.clone()).collect()
}

on_both!(
    async fn a_change_shows_in_its_table_alone(portal) {
        let before = portal.digest().await;
        assert_eq!(before, portal.digest().await);
        portal
            .write(|conn| {
                use easylink::base::db::schema::marks;
                diesel::insert_into(marks::table)
                    .values((marks::name.eq("test"), marks::value.eq("1")))
                    .execute(conn)
                    .unwrap()
            })
            .await;
        assert_eq!(differing(&before, &portal.digest().await), ["marks"]);
    }
);
