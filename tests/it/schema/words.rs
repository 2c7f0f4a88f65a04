//! A column of an enum takes its words and no other.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use easylink::base::db::Conn;

use super::{Row, columns};

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
            // Of a single word PostgreSQL makes `column = 'a'::text`.
            let single = rest.starts_with(" = '") && rest.ends_with("'::text))");
            if !rest.starts_with(" in (") && !rest.starts_with(" = ANY (ARRAY[") && !single {
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
            if path.extension().is_none_or(|ending| ending != "rs") {
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
const FREE: [&str; 69] = [
    "relation",
    "agreement_on",
    "remittance",
    "account_key",
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
    "paper",
    "last_error",
    "location",
    "masked_name",
    "masked_number",
    "handle",
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
    "removal_reason",
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
    "void_reason",
    "reading",
    "file_key",
    "first_on",
    "last_on",
    "failure",
    "value_on",
    "line_key",
    "remitter_hash",
    "shares",
    "note",
    "mapping",
];
/// Enums that grow with every room: a check would mean rebuilding the table, and `records` is never rebuilt. The type
/// refuses unknown words when they are read.
const GROWING: [&str; 10] = [
    "records.event",
    "submissions.flash",
    "mails.kind",
    "text_messages.kind",
    "uploads.purpose",
    "ledger_transactions.kind",
    "statement_entries.hold",
    "statement_entries.set_aside_hold",
    "allocations.why",
    "aml_cases.rule",
];

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
