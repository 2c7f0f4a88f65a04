//! What the policy says of terms is what the code says and does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use diesel::prelude::*;
use easylink::app::features::personal;
use easylink::base::db::schema::{challenges, mails};
use easylink::services::mail::{self, Mail};

use crate::support::portal::Portal;

const DAY: Duration = Duration::from_secs(86400);
/// Under which name the policy tells of a table, or of a column of it.
const TOLD: [(&str, &str); 46] = [
    ("people.password_hash", "Password, as a hash"),
    ("people.password_class", "Password, as a hash"),
    ("people.password_at", "Password, as a hash"),
    ("people.lock_reason", "Why we locked your sign-in"),
    ("people", "Your address, your name and the account's"),
    ("accounts", "Your address, your name and the account's"),
    ("phones", "Your phone"),
    ("contact_changes", "Changes of phone and address"),
    ("text_messages.sealed_number", "Text messages sent by the portal: to whom"),
    ("text_messages.sealed_text", "Text messages sent by the portal: the text"),
    ("invitations", "Invitations into an account"),
    ("known_browsers", "Browsers that passed a code"),
    ("trusted_browsers", "Browsers that passed a code"),
    ("totp_factors", "Key of your authenticator, recovery codes"),
    ("recovery_codes", "Key of your authenticator, recovery codes"),
    ("pending_sign_ins", "Unfinished registration, codes, links"),
    ("challenges", "Unfinished registration, codes, links"),
    ("identity_results", "Result of real-name authentication"),
    ("sessions", "Sign-ins and sessions"),
    ("limits", "Counters of guesses and uploads"),
    ("uploads", "Files of a form that is not sent"),
    ("kept_posts", "What you typed when you were signed out"),
    ("records", "Your operation records"),
    ("consents", "Consent records"),
    ("mails.address", "Mails sent by the portal: to whom and what about"),
    ("mails.subject", "Mails sent by the portal: to whom and what about"),
    ("mails", "Mails sent by the portal: the text"),
    ("remittances", "Orders, remittances, receipts, ledger"),
    ("entry_decisions", "Orders, remittances, receipts, ledger"),
    ("aml_cases", "Why a transfer was looked at, as the law on money laundering asks"),
    ("statement_imports.file_key", "Files of the bank's statements"),
    ("approved_payers", "Orders, remittances, receipts, ledger"),
    ("statement_entries", "Orders, remittances, receipts, ledger"),
    ("tickets", "Work orders"),
    ("ticket_entries", "Work orders"),
    ("ticket_files", "Attachments of work orders"),
    ("identity_cases.sealed_key", "Identity documents and pictures"),
    ("identity_cases.sealed_details", "Identity documents and pictures"),
    ("identity_cases", "Result of real-name authentication"),
    ("identity_proofs", "Result of real-name authentication"),
    ("identity_files", "Identity documents and pictures"),
    ("account_recoveries.sealed_key", "What you show when the second step is lost"),
    ("account_recoveries.sealed_number", "What you show when the second step is lost"),
    ("recovery_files", "What you show when the second step is lost"),
    ("account_recoveries", "That the second step was lost, and from where it was said"),
    ("identity_contacts", "Consent records"),
];
/// Tables that hold nothing of a customer: the staff's own, and keys that say nothing.
const OTHERS: [&str; 3] = ["staff_proposals", "activations", "subjects"];

#[test]
fn the_policy_says_the_terms_of_every_personal_column() {
    let policy = std::fs::read_to_string("templates/privacy/policy-1.md").unwrap();
    let table = policy.split("## 4.2").nth(1).unwrap().split("## 4.3").next().unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    let published: BTreeMap<&str, &str> = rows.filter(|(kind, _)| *kind != "Kind").collect();
    let told: BTreeMap<&str, &str> = TOLD.into_iter().collect();
    for column in personal().into_iter().flat_map(|data| data.columns) {
        if OTHERS.contains(&column.table) {
            continue;
        }
        let name = format!("{}.{}", column.table, column.column);
        let kind = told.get(name.as_str()).or_else(|| told.get(column.table));
        let kind = kind.unwrap_or_else(|| panic!("the policy does not tell of {name}"));
        assert_eq!(published.get(kind), Some(&column.term), "the term of {name}, told as {kind}");
    }
    let kinds: BTreeSet<&str> = told.values().copied().collect();
    assert_eq!(published.keys().copied().collect::<BTreeSet<_>>(), kinds, "what the policy tells of and nobody holds");
}

/// How many mails there are, and how many bodies among them.
async fn kept(portal: &Portal) -> (usize, usize) {
    let bodies: Vec<Option<Vec<u8>>> =
        portal.read(|conn| mails::table.select(mails::sealed_text).load(conn).unwrap()).await;
    (bodies.len(), bodies.iter().flatten().count())
}

on_both!(
    async fn mails_go_after_thirty_days_dead_ones_too(portal) {
        let ctx = portal.ctx();
        portal
            .write(move |conn| {
                for (address, holds_code) in [("plain@example.com", false), ("code@example.com", true), ("dead@example.com", false)] {
                    let (address, text) = (address.to_string(), "words".to_string());
                    let mail = Mail { person_id: None, kind: "test", address, subject: "of".into(), html: text.clone(), text, holds_code };
                    mail::send(conn, &ctx, mail).unwrap();
                }
                let dead = mails::table.filter(mails::address.eq("dead@example.com"));
                diesel::update(dead).set(mails::state.eq("dead")).execute(conn).unwrap();
            })
            .await;
        for (wait, left) in [(Duration::ZERO, (3, 3)), (DAY, (3, 2)), (DAY * 28, (3, 2)), (DAY, (0, 0))] {
            portal.later(wait);
            portal.run_jobs().await;
            assert_eq!(kept(&portal).await, left);
        }
    }
);

on_both!(
    async fn many_unfinished_sign_ins_are_told_of_and_gone_within_a_day(portal) {
        let li = portal.enters("li@example.com").await;
        let (person, now) = (li.person_id, portal.house.clock.now());
        portal
            .write(move |conn| {
                for nth in 0..45_u8 {
                    let row = (
                        challenges::handle_hash.eq(vec![nth]),
                        challenges::purpose.eq("second_step"),
                        challenges::step.eq("code"),
                        challenges::address.eq("li@example.com"),
                        challenges::person_id.eq(Some(person)),
                        challenges::code_hash.eq(vec![nth]),
                        challenges::opens.eq(true),
                        challenges::tries.eq(0),
                        challenges::sends.eq(1),
                        challenges::remembered.eq(false),
                        (challenges::network.eq("10.0.0.0/24"), challenges::device.eq("Another")),
                        challenges::created_at.eq(now),
                        challenges::sent_at.eq(now),
                        challenges::expires_at.eq(now.plus(Duration::from_secs(600))),
                    );
                    diesel::insert_into(challenges::table).values(row).execute(conn).unwrap();
                }
            })
            .await;
        portal.minutes(4);
        assert_eq!(portal.mails_to("li@example.com").await.len(), 45);
        assert_eq!(portal.mails_to("li@example.com").await.len(), 45, "told twice");
        portal.minutes(23 * 60);
        portal.run_jobs().await;
        let steps = challenges::table.filter(challenges::purpose.eq("second_step"));
        assert_eq!(portal.read(move |conn| steps.count().get_result::<i64>(conn).unwrap()).await, 0);
    }
);
