//! Every table has one owner, and every column that may hold personal data is classed.

use std::collections::{BTreeMap, BTreeSet};

use easylink::app::features::personal;

use super::columns;
use crate::support::portal::Portal;

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
const IMPERSONAL: [&str; 27] = [
    "approved_payers.agreement_hash",
    "account_recoveries.notice_hash",
    "accounts.subject_id",
    "people.subject_id",
    "records.subject_id",
    "announcements.body",
    "articles.body",
    "articles.search_text",
    "consents.notice_hash",
    "identity_contacts.notice_hash",
    "identity_messages.message_hash",
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
    "statement_imports.file_name",
    "statement_imports.file_size",
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
