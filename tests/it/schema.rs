//! Both live databases agree with each other and with `schema.rs`, every reference has a foreign key and an index, and
//! every column that may hold personal data is classed.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use easylink::app::features::personal;
use easylink::base::db::Conn;

use crate::support::portal::Portal;

#[derive(QueryableByName, Debug)]
struct Row {
    #[diesel(sql_type = Text)]
    a: String,
    #[diesel(sql_type = Text)]
    b: String,
    #[diesel(sql_type = Text)]
    c: String,
    #[diesel(sql_type = Text)]
    d: String,
}

/// Table, column → type and nullability, in the words of `schema.rs`.
type Shape = BTreeMap<(String, String), String>;

fn columns(conn: &mut Conn) -> Shape {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select m.name as a, p.name as b, lower(p.type) as c, \
             case when p.\"notnull\" = 1 or p.pk > 0 then 'no' else 'yes' end as d \
             from sqlite_master m join pragma_table_info(m.name) p where m.type = 'table' \
             and m.name not like 'sqlite_%' and m.name not like '\\_\\_%' escape '\\'"
        }
        Conn::Pg(_) => {
            "select table_name::text as a, column_name::text as b, data_type::text as c, lower(is_nullable)::text as d \
             from information_schema.columns where table_schema = 'public' and table_name not like '\\_\\_%'"
        }
    };
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter()
        .map(|row| {
            // `integer primary key` is SQLite's name for a bigint that counts itself.
            let kind = match (row.c.as_str(), row.b.as_str()) {
                ("integer", "id") | ("bigint", _) => "BigInt",
                ("integer", _) => "Integer",
                ("text", _) => "Text",
                ("blob" | "bytea", _) => "Binary",
                ("boolean", _) => "Bool",
                (other, _) => panic!("{}.{} is {other}", row.a, row.b),
            };
            let kind = if row.d == "yes" { format!("Nullable<{kind}>") } else { kind.to_string() };
            ((row.a, row.b), kind)
        })
        .collect()
}

/// `schema.rs` itself, read as text.
fn written() -> Shape {
    let text = std::fs::read_to_string("src/base/db/schema.rs").unwrap();
    let mut shape = Shape::new();
    let mut table = String::new();
    for line in text.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|(_, rest)| rest.ends_with(") {")) {
            table = name.to_string();
        } else if let Some((column, kind)) = line.trim_end_matches(',').split_once(" -> ")
            && !line.starts_with("diesel::")
        {
            shape.insert((table.clone(), column.to_string()), kind.to_string());
        }
    }
    shape
}

/// (table, column) that begin an index or are a key.
fn indexed(conn: &mut Conn) -> BTreeSet<(String, String)> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select m.name as a, i.name as b, '' as c, '' as d from sqlite_master m \
             join pragma_index_list(m.name) l join pragma_index_info(l.name) i where m.type = 'table' and i.seqno = 0"
        }
        Conn::Pg(_) => {
            "select t.relname::text as a, c.attname::text as b, '' as c, '' as d from pg_index i \
             join pg_class t on t.oid = i.indrelid join pg_attribute c on c.attrelid = t.oid and c.attnum = i.indkey[0] \
             join pg_namespace n on n.oid = t.relnamespace where n.nspname = 'public'"
        }
    };
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter().map(|row| (row.a, row.b)).collect()
}

/// (table, column, the table it refers to).
fn references(conn: &mut Conn) -> BTreeSet<(String, String, String)> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select m.name as a, f.\"from\" as b, f.\"table\" as c, '' as d from sqlite_master m \
             join pragma_foreign_key_list(m.name) f where m.type = 'table' and f.seq = 0"
        }
        Conn::Pg(_) => {
            "select t.relname::text as a, c.attname::text as b, r.relname::text as c, '' as d from pg_constraint k \
             join pg_class t on t.oid = k.conrelid join pg_class r on r.oid = k.confrelid \
             join pg_attribute c on c.attrelid = t.oid and c.attnum = k.conkey[1] where k.contype = 'f'"
        }
    };
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter().map(|row| (row.a, row.b, row.c)).collect()
}

#[tokio::test]
async fn both_databases_and_the_written_schema_agree() {
    let (sqlite, postgresql) = (Portal::sqlite().await, Portal::postgresql().await);
    let (one, other) = (sqlite.read(columns).await, postgresql.read(columns).await);
    assert!(one.len() > 100);
    assert_eq!(one, other, "the two databases differ");
    assert_eq!(one, written(), "schema.rs differs from the databases");
    let (one, other) = (sqlite.read(references).await, postgresql.read(references).await);
    assert_eq!(one, other, "the foreign keys differ");
    let (one, other) = (sqlite.read(checks).await, postgresql.read(checks).await);
    assert_eq!(one, other, "the number of checks differs");
}

/// How many checks each table has.
fn checks(conn: &mut Conn) -> BTreeMap<String, usize> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select name as a, sql as b, '' as c, '' as d from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_\\_%' escape '\\'"
        }
        Conn::Pg(_) => {
            "select t.relname::text as a, 'check (' as b, '' as c, '' as d from pg_constraint k \
             join pg_class t on t.oid = k.conrelid where k.contype = 'c'"
        }
    };
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).unwrap();
    let mut counted = BTreeMap::new();
    for row in rows {
        let found = row.b.matches("check (").count();
        if found > 0 {
            *counted.entry(row.a).or_insert(0) += found;
        }
    }
    counted
}

on_both!(
    async fn every_reference_has_a_foreign_key_and_an_index(portal) {
        let (columns, indexed) = (portal.read(columns).await, portal.read(indexed).await);
        let references: BTreeSet<(String, String)> =
            portal.read(references).await.into_iter().map(|(table, column, _)| (table, column)).collect();
        // Names that end so and refer to nothing inside the database.
        let free = ["public_id", "message_id"];
        let mut wrong = Vec::new();
        for (table, column) in columns.keys().filter(|(_, column)| column.ends_with("_id") && !free.contains(&column.as_str())) {
            let key = (table.clone(), column.clone());
            if !references.contains(&key) {
                wrong.push(format!("{table}.{column} has no foreign key"));
            }
            if !indexed.contains(&key) {
                wrong.push(format!("{table}.{column} has no index"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
);

/// Table, column → the words of its check, sorted.
fn words(conn: &mut Conn) -> BTreeMap<(String, String), Vec<String>> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select name as a, sql as b, '' as c, '' as d from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        }
        Conn::Pg(_) => {
            "select t.relname::text as a, pg_get_constraintdef(k.oid)::text as b, '' as c, '' as d from pg_constraint k \
             join pg_class t on t.oid = k.conrelid where k.contype = 'c'"
        }
    };
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).unwrap();
    let mut found = BTreeMap::new();
    for row in rows {
        // SQLite keeps `column in ('a', 'b')`; PostgreSQL makes it `column = ANY (ARRAY['a'::text, 'b'::text])`.
        for part in row.b.split("check (").skip(1).chain(row.b.split("CHECK ((").skip(1)) {
            let Some(column) = part.split([' ', '(']).next() else { continue };
            let rest = &part[column.len()..];
            if !rest.starts_with(" in (") && !rest.starts_with(" = ANY (ARRAY[") {
                continue;
            }
            let list = &rest[..rest.find([']', ')']).unwrap()];
            let mut words: Vec<String> = list.split('\'').skip(1).step_by(2).map(str::to_string).collect();
            words.sort();
            found.insert((row.a.clone(), column.to_string()), words);
        }
    }
    found
}

/// The words of every enum of the sources that may stand in a column, sorted.
fn enums() -> BTreeSet<Vec<String>> {
    fn walk(folder: &std::path::Path, found: &mut BTreeSet<Vec<String>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for block in text.split("text_enum! {").skip(1) {
                let block = &block[..block.find("\n    }").unwrap_or(block.len())];
                let lines = block.lines().map(str::trim).filter(|line| !line.starts_with("//"));
                let mut words: Vec<String> = lines
                    .filter_map(|line| line.split_once(" = \"")?.1.split('"').next().map(str::to_string))
                    .collect();
                words.sort();
                found.insert(words);
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(std::path::Path::new("src"), &mut found);
    found
}

/// Names of columns whose text is anything: what people write, public numbers, paths, days.
const FREE: [&str; 50] = [
    "account_number",
    "account_tail",
    "actor",
    "address",
    "bank_name",
    "bank_serial",
    "serial_key",
    "body",
    "booked_on",
    "bucket",
    "code",
    "contact_address",
    "contact_company",
    "contact_industry",
    "contact_name",
    "contact_phone",
    "contact_position",
    "currency",
    "device",
    "file_name",
    "fingerprint",
    "form_key",
    "holder",
    "instructions",
    "last_error",
    "location",
    "masked_name",
    "masked_number",
    "media_kind",
    "message_id",
    "name",
    "network",
    "number",
    "object",
    "password_hash",
    "public_id",
    "reference",
    "refusal",
    "remittance_text",
    "remitted_on",
    "search_text",
    "slip_key",
    "slip_media_kind",
    "slip_name",
    "slug",
    "storage_key",
    "subject",
    "summary",
    "title",
    "value",
];
/// Enums that grow with every room: a check would mean rebuilding the table, and `records` is never rebuilt. The type
/// refuses unknown words when they are read.
const GROWING: [&str; 4] = ["records.event", "submissions.flash", "mails.kind", "uploads.purpose"];

on_both!(
    async fn a_column_of_an_enum_takes_its_words_and_no_other(portal) {
        let (columns, words, enums) = (portal.read(columns).await, portal.read(words).await, enums());
        assert!(enums.len() > 20 && words.len() > 20, "{enums:?} {words:?}");
        let mut wrong = Vec::new();
        for ((table, column), kind) in columns.iter().filter(|(_, kind)| kind.contains("Text")) {
            let name = format!("{table}.{column}");
            match words.get(&(table.clone(), column.clone())) {
                Some(found) if !enums.contains(found) => wrong.push(format!("{name} takes {found:?}, which is no enum")),
                Some(_) => {}
                None if GROWING.contains(&name.as_str()) => {}
                None if FREE.contains(&column.as_str()) && name != "records.actor" => {}
                None => wrong.push(format!("{name} ({kind}) has no check")),
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
);

/// What a published text, a record or a consent is worth: it stays as it is.
const KEPT: [&str; 3] = ["policy_versions", "records", "consents"];

on_both!(
    async fn what_was_published_or_recorded_is_never_changed(portal) {
        use easylink::base::db::End;
        portal.enters("li@example.com").await;
        let mut visitor = portal.visitor();
        visitor.gets("/privacy").await;
        let ctx = portal.ctx();
        portal
            .write(move |conn| {
                use easylink::services::{consent, records};
                records::keep(conn, &ctx, records::Entry::new(records::Event::DemoMade)).unwrap();
                let given = consent::ConsentEvent::Given;
                consent::keep(conn, &ctx, 1, consent::Purpose::Agreement, given, None, "words").unwrap();
            })
            .await;
        for table in KEPT {
            let rows = portal.read(move |conn| count(conn, table)).await;
            assert!(rows > 0, "{table} is empty");
            for sql in [format!("delete from {table}"), format!("update {table} set id = id + 1000")] {
                let refused = portal.house.db.write(move |conn| End::Undo(diesel::sql_query(&sql).execute(conn).is_err()));
                assert!(refused.await.unwrap(), "{table} was changed");
            }
            assert_eq!(portal.read(move |conn| count(conn, table)).await, rows);
        }
    }
);

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

fn count(conn: &mut Conn, table: &str) -> i64 {
    diesel::sql_query(format!("select count(*) as n from {table}")).get_result::<Counted>(conn).unwrap().n
}

/// How a statement is answered, in the words of the engine. PostgreSQL reads a small table from end to end unless it is
/// told not to.
fn plan(conn: &mut Conn, sql: &str) -> String {
    #[derive(QueryableByName)]
    struct Detail {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        line: String,
    }
    if let Conn::Sqlite(_) = conn {
        let steps: Vec<Detail> = diesel::sql_query(format!("explain query plan {sql}")).load(conn).unwrap();
        return steps.into_iter().map(|step| step.detail + "\n").collect();
    }
    diesel::sql_query("set local enable_seqscan = off").execute(conn).unwrap();
    let steps: Vec<Step> = diesel::sql_query(format!("explain {sql}")).load(conn).unwrap();
    steps.into_iter().map(|step| step.line + "\n").collect()
}

on_both!(
    async fn searches_and_sweeps_go_along_an_index(portal) {
        let cases = [
            ("select id from records where event = 'listed' order by id desc limit 21", "records_of_event"),
            ("select id from records where actor_id = 1 order by id desc limit 21", "records_by_actor"),
            ("select id from records where person_id = 1 order by id desc limit 21", "records_of_person"),
            ("select id from records where object in ('T1', 'T2') order by id desc limit 21", "records_of_object"),
            (
                "select id from challenges where purpose = 'second_step' and step = 'code' and told_at is null \
                 and created_at <= 5 order by created_at, id limit 200",
                "challenges_untold",
            ),
            ("select id from challenges where expires_at < 5 order by expires_at limit 500", "challenges_by_end"),
            ("select id from known_browsers where expires_at <= 5 order by expires_at limit 500", "known_browsers_by_end"),
            ("select number from uploads where expires_at <= 5 order by expires_at limit 500", "uploads_by_end"),
            ("select bucket from limits where ends_at < 5 order by ends_at limit 500", "limits_by_end"),
            ("select actor from submissions where created_at < 5 order by created_at limit 500", "submissions_by_age"),
            (
                "select id from mails where sealed_text is not null and holds_code and created_at <= 5 \
                 order by created_at, id limit 500",
                "mails_unwiped",
            ),
            ("select id from mails where created_at <= 5 order by created_at, id limit 500", "mails_by_age"),
        ];
        for (sql, index) in cases {
            let plan = portal.write(move |conn| plan(conn, sql)).await;
            assert!(plan.contains(index), "{sql}\n{plan}");
        }
    }
);

/// Words in a column's name that say that it holds something of a person.
const TELLING: [&str; 23] = [
    "address",
    "name",
    "phone",
    "network",
    "device",
    "sealed",
    "hash",
    "body",
    "subject",
    "text",
    "contact",
    "remitter",
    "company",
    "industry",
    "position",
    "masked",
    "refusal",
    "file",
    "slip",
    "bank",
    "tail",
    "bucket",
    "storage_key",
];
/// Columns that are named so and hold nothing of a person.
const IMPERSONAL: [&str; 21] = [
    "accounts.subject_id",
    "people.subject_id",
    "records.subject_id",
    "announcements.body",
    "articles.body",
    "articles.search_text",
    "consents.notice_hash",
    "jobs.name",
    "marks.name",
    "plans.name",
    "plans.position",
    "policy_versions.body",
    "policy_versions.body_hash",
    "products.body",
    "products.name",
    "products.position",
    "products.search_text",
    "receiving_accounts.bank_name",
    "remittances.slip_media_kind",
    "remittances.slip_size",
    "statement_entries.bank_serial",
];

#[tokio::test]
async fn every_table_has_one_owner_and_every_personal_column_a_class() {
    let portal = Portal::sqlite().await;
    let columns = portal.read(columns).await;
    let tables: BTreeSet<&String> = columns.keys().map(|(table, _)| table).collect();
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    let mut classed = BTreeSet::new();
    for personal in personal() {
        for table in personal.tables {
            *owners.entry(table).or_insert(0) += 1;
        }
        for column in personal.columns {
            assert!(
                personal.tables.contains(&column.table),
                "{}.{} is classed by another's list",
                column.table,
                column.column
            );
            assert!(!column.purpose.is_empty() && !column.term.is_empty());
            let key = (column.table.to_string(), column.column.to_string());
            assert!(columns.contains_key(&key), "{}.{} is classed and does not exist", column.table, column.column);
            assert!(classed.insert(key), "{}.{} is classed twice", column.table, column.column);
        }
    }
    for table in &tables {
        assert_eq!(owners.get(table.as_str()), Some(&1), "owners of {table}");
    }
    for name in IMPERSONAL {
        let (table, column) = name.split_once('.').unwrap();
        let key = (table.to_string(), column.to_string());
        assert!(columns.contains_key(&key) && !classed.contains(&key), "{name} is exempt and needs no exemption");
    }
    let unclassed: Vec<String> = columns
        .keys()
        .filter(|(_, column)| TELLING.iter().any(|word| column.contains(word)))
        .filter(|key| !classed.contains(*key))
        .map(|(table, column)| format!("{table}.{column}"))
        .filter(|name| !IMPERSONAL.contains(&name.as_str()))
        .collect();
    assert!(unclassed.is_empty(), "columns without a class: {unclassed:#?}");
}
