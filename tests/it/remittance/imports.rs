//! Statements that are imported: each line once, and what the rules make of it.

use std::fmt::Write;
use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::End;
use easylink::base::db::schema::{allocations, ledger_accounts, remittances, statement_entries, statement_imports};
use easylink::base::types::Money;
use easylink::features::remittance::{self, NotImported, import_statement};
use easylink::services::ledger;

use super::{Company, balance, company, enters_line, presses, tops_up};
use crate::support::page::Page;
use crate::support::portal::Portal;

/// A line of a statement: day of November 2026, amount, who paid, text, serial number of the bank.
pub type Line<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// An MT940 message of the receiving account of these tests.
pub fn message(lines: &[Line<'_>]) -> String {
    let mut cents = 100_000_i64;
    let mut body = format!(":20:TEST\r\n:25:310000012345\r\n:28C:1/1\r\n:60F:C261101CNY{}\r\n", comma(cents));
    for (day, amount, name, text, serial) in lines {
        cents += amount.replace('.', "").parse::<i64>().unwrap();
        let side = if amount.starts_with('-') { 'D' } else { 'C' };
        let unsigned = amount.trim_start_matches('-').replace('.', ",");
        write!(body, ":61:2611{day}11{day}{side}{unsigned}NTRFNONREF").unwrap();
        if !serial.is_empty() {
            write!(body, "//{serial}").unwrap();
        }
        body.push_str("\r\n:86:");
        if !name.is_empty() {
            write!(body, "/NAME/{name}").unwrap();
        }
        write!(body, "/REMI/{text}\r\n").unwrap();
    }
    body + &format!(":62F:C261130CNY{}\r\n-\r\n", comma(cents))
}

fn comma(cents: i64) -> String {
    format!("{},{:02}", cents / 100, cents % 100)
}

/// Sends a file and answers the page with what it says.
pub async fn sends(people: &mut Company, file: &str) -> Page {
    let page = people.fay.opens("/staff/statements/imports/new").await;
    let form =
        page.form("/staff/statements/imports/new").file("statement_file", "day.sta", "text/plain", file.as_bytes());
    people.fay.posts(&form).await
}

/// Sends a file, agrees to it as one person or as two, and lets the jobs do their work; answers what its page says then.
pub async fn imports(portal: &Portal, people: &mut Company, file: &str) -> String {
    let sent = sends(people, file).await;
    let path = sent.header("location").unwrap_or_else(|| panic!("{}", sent.text())).to_owned();
    // What brings much takes a second person.
    let alone = people.fay.opens(&path).await.forms().iter().any(|form| form.ends_with("/import"));
    presses(if alone { &mut people.fay } else { &mut people.finn }, &path, "/import").await;
    portal.later(Duration::from_secs(6));
    portal.run_jobs().await;
    people.fay.opens(&path).await.text()
}

pub async fn states(portal: &Portal) -> Vec<(String, Option<String>)> {
    let entries = statement_entries::table.order(statement_entries::id);
    portal
        .read(move |conn| entries.select((statement_entries::state, statement_entries::hold)).load(conn).unwrap())
        .await
}

pub async fn reasons(portal: &Portal) -> Vec<String> {
    let kept = allocations::table.order(allocations::id).select(allocations::why);
    portal.read(move |conn| kept.load(conn).unwrap()).await
}

pub async fn books_are_right(portal: &Portal) {
    let (wrong, sums) = portal.read(|conn| (ledger::verify(conn).unwrap(), ledger::sums(conn).unwrap())).await;
    assert_eq!(wrong, []);
    assert_eq!(portal.read(|conn| remittance::verify(conn).unwrap()).await, []);
    assert_eq!(sums.debits, sums.credits);
}

on_both!(
    async fn a_transfer_is_found_and_credited_by_its_file_and_each_line_counts_once(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "1250").await;
        let text = format!("top up {}", number.to_lowercase());
        let file = message(&[("20", "1250.00", "LI MING", &text, "B1"), ("21", "7.00", "Wu Xia", "rent", "B2")]);

        let sent = sends(&mut people, &file).await;
        let path = sent.header("location").unwrap().to_owned();
        let looked = people.fay.opens(&path).await.text();
        assert!(looked.contains("LI MING") && looked.contains("Import 2 entries"), "{looked}");
        assert_eq!(states(&portal).await, [], "nothing is imported before somebody agreed");
        presses(&mut people.fay, &path, "/import").await;
        portal.later(Duration::from_secs(6));
        portal.run_jobs().await;
        let done = people.fay.opens(&path).await.text();
        assert!(done.contains("2 new, 0 known before"), "{done}");
        assert_eq!(balance(&portal, &people.li).await.to_string(), "1,250.00");
        assert!(people.li.opens(&format!("/account/remittances/{number}")).await.text().contains("Credited"));
        assert!(portal.mails_to("li@example.com").await.pop().unwrap().subject.contains("is in your balance"));
        assert_eq!(states(&portal).await, [("credited".into(), None), ("open".into(), None)]);

        let again = imports(&portal, &mut people, &file).await;
        assert!(again.contains("0 new, 2 known before"), "{again}");
        let longer = message(&[
            ("20", "1250.00", "LI MING", &text, "B1"),
            ("21", "7.00", "Wu Xia", "rent", "B2"),
            ("22", "8.00", "Wu Xia", "rent", "B3"),
        ]);
        let overlapping = imports(&portal, &mut people, &longer).await;
        assert!(overlapping.contains("1 new, 2 known before"), "{overlapping}");
        let charged = imports(&portal, &mut people, &message(&[("23", "-1.50", "", "charges", "B4")])).await;
        assert!(charged.contains("1 new, 0 known before"), "{charged}");
        let bank = portal.read(|conn| ledger::accounts_of_the_house(conn).unwrap()).await;
        let bank: Vec<i64> = bank.iter().filter(|one| one.code.starts_with("bank/")).map(|one| one.balance.0).collect();
        assert_eq!(bank, [126_350], "1,250.00 + 7.00 + 8.00 came in and 1.50 went out");
        assert_eq!(balance(&portal, &people.li).await.to_string(), "1,250.00");
        let files: Vec<Option<String>> = portal
            .read(|conn| statement_imports::table.select(statement_imports::file_key).load(conn).unwrap())
            .await;
        assert_eq!(files, [None, None, None, None], "the files are gone once they are imported");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn amounts_that_differ_come_to_what_the_rules_say(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        let here = format!("/account/remittances/{number}");
        // Too little is reserved, and the rest completes it.
        imports(&portal, &mut people, &message(&[("03", "60.00", "Li Ming", &number, "P1")])).await;
        let page = people.li.opens(&here).await.text();
        assert!(page.contains("A part has arrived") && page.contains("40.00"), "{page}");
        assert_eq!(balance(&portal, &people.li).await.to_string(), "0.00");
        assert!(portal.mails_to("li@example.com").await.pop().unwrap().subject.contains("still to come"));
        // More than the rest: what is left goes to the balance, and so does a second payment.
        imports(&portal, &mut people, &message(&[("04", "45.00", "Li Ming", &number, "P2")])).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "105.00");
        imports(&portal, &mut people, &message(&[("05", "100.00", "Li Ming", &number, "P3")])).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "205.00");
        assert!(portal.mails_to("li@example.com").await.pop().unwrap().subject.contains("more is in your balance"));
        // One that was taken back, and one transfer for two.
        let (late, one, two) = (
            tops_up(&mut people.li, "10").await,
            tops_up(&mut people.li, "20").await,
            tops_up(&mut people.li, "30").await,
        );
        presses(&mut people.li, &format!("/account/remittances/{late}/withdrawal"), "/withdrawal").await;
        let both = format!("{one} and {two}");
        let lines = [("06", "10.00", "Li Ming", late.as_str(), "P4"), ("06", "50.00", "Li Ming", both.as_str(), "P5")];
        imports(&portal, &mut people, &message(&lines)).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "265.00");
        let reasons = reasons(&portal).await;
        assert_eq!(reasons, ["part", "rest", "surplus", "surplus", "late", "exact", "exact"]);
        let reserved: i64 = portal
            .read(|conn| {
                let open = allocations::table.filter(allocations::transaction_id.is_null());
                open.count().get_result(conn).unwrap()
            })
            .await;
        assert_eq!(reserved, 0);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_the_rules_do_not_trust_waits_for_a_person(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "100").await;
        let nameless = portal.enters("zoe@example.com").await;
        let other = tops_up(&mut people.li, "5").await;
        enters_line(&mut people.finn, "5.00", &other, "T1").await;
        let day = {
            let now = portal.house.clock.now();
            now.day(&portal.house.config.zone)
        };
        drop(nameless);
        let lines = [
            ("07", "100.00", "Wu Xia", number.as_str(), "H1"),
            ("07", "100.00", "", number.as_str(), "H2"),
            ("07", "100.00", "Li Ming", "no reference at all", "H3"),
            ("07", "70.00", "Li Ming", "R7KM3X9Q26WA", "H4"),
        ];
        imports(&portal, &mut people, &message(&lines)).await;
        assert_eq!(day.as_str().len(), 10);
        let held = |why: &str| ("held".to_owned(), Some(why.to_owned()));
        let open = ("open".to_owned(), None);
        assert_eq!(
            states(&portal).await,
            [open.clone(), held("third_party"), held("no_name"), open.clone(), open.clone()]
        );
        assert_eq!(balance(&portal, &people.li).await.to_string(), "0.00");
        let list = people.fay.opens("/staff/statements?state=held").await.text();
        assert!(list.contains("not whose real name was authenticated") && list.contains("does not name"), "{list}");
        // The same day once more, as another file of the bank words it: the money may have come once.
        let text = format!("repeated {number}");
        imports(&portal, &mut people, &message(&[("07", "100.00", "Li Ming", &text, "OTHER9")])).await;
        assert_eq!(states(&portal).await.pop(), Some(held("twin")));
        assert_eq!(reasons(&portal).await, Vec::<String>::new());
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn a_file_that_is_wrong_imports_nothing_and_says_where(portal) {
        let mut people = company(&portal).await;
        let good = message(&[("08", "1.00", "Li Ming", "x", "W1"), ("08", "2.00", "Li Ming", "y", "W2")]);
        for (file, says) in [
            (good.replace("C2,00", "C2,x"), "Line 7:"),
            (good.replace(":62F:C261130CNY1003,00", ":62F:C261130CNY1004,00"), "Line 9:"),
            (good.replace("310000012345", "310000099999"), "is of the account 310000099999"),
            (good.replace("CNY", "EUR"), "The file is in EUR"),
            (good.replace("2611081108C2,00", "2611251125C2,00"), "Line 7: booked on 25 Nov 2026, which has not come yet"),
            (good.replace("2611081108C2,00", "1611081108C2,00"), "Line 7: booked on 8 Nov 2016, which is more than ten"),
            (good.replace("C2,00", "C100000000,01").replace("CNY1003,00", "CNY100001001,01"), "Line 7: an amount of 100,000,000.01"),
            ("%PDF-1.7 no statement".to_owned(), "no bank statement"),
        ] {
            let page = sends(&mut people, &file).await;
            assert_eq!(page.status, 422, "{says}");
            assert!(page.text().contains(says), "{says}: {}", page.text());
        }
        let empty = people.fay.opens("/staff/statements/imports/new").await;
        let nothing = empty.form("/staff/statements/imports/new");
        assert_eq!(people.fay.posts(&nothing).await.status, 422);
        let kept: i64 = portal.read(|conn| statement_imports::table.count().get_result(conn).unwrap()).await;
        assert_eq!((kept, states(&portal).await.len()), (0, 0));
        // What is well can be dropped, and is neither imported nor dropped once more.
        let path = sends(&mut people, &good).await.header("location").unwrap().to_owned();
        let agree = people.fay.opens(&path).await.form(&format!("{path}/import"));
        let drop = people.fay.opens(&path).await.form(&format!("{path}/dropping"));
        assert_eq!(people.fay.posts(&drop).await.status, 303);
        assert_eq!(people.fay.posts(&agree).await.status, 409);
        portal.later(Duration::from_secs(6));
        portal.run_jobs().await;
        assert_eq!(states(&portal).await, []);
    }
);

on_both!(
    async fn twins_count_by_occurrence_and_the_command_brings_each_line_once_however_many_at_once(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "30").await;
        let twins = [("09", "10.00", "Li Ming", number.as_str(), ""), ("09", "10.00", "Li Ming", number.as_str(), "")];
        let path = portal.folder().join("day.sta");
        std::fs::write(&path, message(&twins)).unwrap();
        let brings = async || {
            let (db, ctx, path) = (portal.house.db.clone(), portal.ctx(), path.clone());
            import_statement(&db, (&ctx, &portal.house.clock, &portal.house.config.zone), &path, None, (Money::ZERO, &|_| ())).await.map(|done| (done.entries, done.fresh))
        };
        assert_eq!(brings().await.unwrap(), (2, 2));
        assert_eq!(brings().await.unwrap(), (2, 0));
        let three = [twins[0], twins[1], ("09", "10.00", "Li Ming", number.as_str(), "")];
        std::fs::write(&path, message(&three)).unwrap();
        let (one, two, other) = futures_util::join!(brings(), brings(), brings());
        let fresh: u64 = [one, two, other].into_iter().map(|done| done.unwrap().1).sum();
        assert_eq!(fresh, 1, "the third twin, once");
        assert_eq!(balance(&portal, &people.li).await.to_string(), "30.00");
        let received: Vec<i64> =
            portal.read(|conn| remittances::table.select(remittances::received).load(conn).unwrap()).await;
        assert_eq!(received, [3000]);
        std::fs::write(&path, message(&three).replace("310000012345", "999")).unwrap();
        assert!(matches!(brings().await, Err(NotImported::Account)));
        std::fs::write(&path, message(&[("25", "1.00", "Li Ming", "early", "")])).unwrap();
        let Err(NotImported::Refused(early)) = brings().await else { panic!("it is imported") };
        assert!(early.starts_with("line 5: booked on 25 Nov 2026"), "{early}");
        books_are_right(&portal).await;
    }
);

/// An MT940 message of one line of 10.00 that came in, with this `:86:`.
fn told(text: &str, serial: &str) -> String {
    message(&[("20", "10.00", "", "*", serial)]).replace("/REMI/*", text)
}

/// A camt.053 document of one line of 10.00 that came in, with these parties.
fn parties(said: &str) -> String {
    let balance = |code, amount| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">{amount}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"
        )
    };
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.06\"><BkToCstmrStmt><Stmt><Id>1</Id>\
         <Acct><Id><Othr><Id>310000012345</Id></Othr></Id></Acct>{}{}<Ntry><Amt Ccy=\"CNY\">10.00</Amt>\
         <CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls><TxDtls>{said}\
         </TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", "0.00"),
        balance("CLBD", "10.00")
    )
}

on_both!(
    async fn a_payer_does_not_say_who_pays(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "1000").await;
        let held = |why: &str| ("held".to_owned(), Some(why.to_owned()));
        let remitted = format!("<RmtInf><Ustrd>{number}</Ustrd></RmtInf>");
        let behind = |named: &str| format!("<RltdPties>{named}<UltmtDbtr><Nm>LI MING</Nm></UltmtDbtr></RltdPties>{remitted}");
        let files = [
            (told(&format!("/EREF/1/NAME/LI MING/CNTP/NL32INGB0000012345/INGBNL2A/WANG FANG/Utrecht//REMI/USTD//{number}/"), "F1"), "no_name"),
            (told(&format!("/EREF/1/NAME/LI MING/TRTP/SEPA/NAME/WANG FANG/REMI/{number}"), "F2"), "no_name"),
            (told(&format!("166?20SVWZ+{number}?33MING?32LI"), "F3"), "no_name"),
            (told(&format!("/NAME/NOTPROVIDED/REMI/{number}"), "F4"), "no_name"),
            (parties(&behind("")), "no_name"),
            (parties(&behind("<Dbtr><Nm>WANG FANG</Nm></Dbtr>")), "third_party"),
        ];
        for (file, why) in files {
            imports(&portal, &mut people, &file).await;
            assert_eq!(states(&portal).await.pop(), Some(held(why)), "{file}");
        }
        assert_eq!(states(&portal).await.len(), 6);
        assert_eq!(balance(&portal, &people.li).await.to_string(), "0.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn a_day_without_entries_is_imported_and_what_does_not_go_on_is_said(portal) {
        let mut people = company(&portal).await;
        let quiet = message(&[]).replace("C261130", "C261122");
        let sent = sends(&mut people, &quiet).await;
        let path = sent.header("location").unwrap_or_else(|| panic!("{}", sent.text())).to_owned();
        assert!(people.fay.opens(&path).await.text().contains("Import this file"));
        presses(&mut people.fay, &path, "/import").await;
        assert!(!people.fay.opens(&path).await.text().contains("progress"), "there is none");
        portal.later(Duration::from_secs(6));
        portal.run_jobs().await;
        assert!(people.fay.opens(&path).await.text().contains("0 new, 0 known before"));
        let kept: (String, Option<String>, i64) = portal
            .read(|conn| {
                let one = statement_imports::table;
                one.select((statement_imports::state, statement_imports::last_on, statement_imports::entries)).first(conn).unwrap()
            })
            .await;
        assert_eq!(kept, ("imported".into(), Some("2026-11-22".into()), 0));
        assert_eq!(sends(&mut people, &message(&[])).await.status, 422, "its day has not come yet");

        // Of the same day: one that goes on, one that does not, and one that begins once more like the first.
        let first = message(&[("22", "7.00", "Wu Xia", "rent", "G1")]);
        imports(&portal, &mut people, &first).await;
        let begins = |cents: &str| message(&[("22", "8.00", "Wu Xia", "rent", "G2")]).replace("CNY1000,00", cents);
        for (file, gap) in [
            (begins("CNY1007,00").replace("CNY1008,00", "CNY1015,00"), false),
            (begins("CNY1100,00").replace("CNY1008,00", "CNY1108,00"), true),
            (begins("CNY1000,00"), false),
        ] {
            let path = sends(&mut people, &file).await.header("location").unwrap().to_owned();
            let page = people.fay.opens(&path).await.text();
            assert_eq!(page.contains("A day may be missing"), gap, "{file}");
            assert!(page.contains("Import 1 entry"), "{page}");
        }
    }
);

on_both!(
    async fn a_file_that_never_fits_keeps_no_other_one_back(portal) {
        let mut people = company(&portal).await;
        imports(&portal, &mut people, &message(&[("20", "1.00", "Wu Xia", "rent", "O1")])).await;
        let full = |balance: i64| {
            portal.house.db.write(move |conn| {
                let bank = ledger_accounts::table.filter(ledger_accounts::code.like("bank/%"));
                End::Keep(diesel::update(bank).set(ledger_accounts::balance.eq(balance)).execute(conn).unwrap())
            })
        };
        // The books are wrong from here on; what counts is what becomes of the files.
        full(i64::MAX - 100).await.unwrap();
        let number = tops_up(&mut people.li, "0.50").await;
        let large = message(&[("21", "2.00", "Wu Xia", "rent", "O2")]);
        let said = imports(&portal, &mut people, &large).await;
        assert!(said.contains("the entries 1 to 1 cannot be kept: a balance would be larger"), "{said}");
        let path = portal.folder().join("day.sta");
        std::fs::write(&path, &large).unwrap();
        let (ctx, house) = (portal.ctx(), &portal.house);
        let command = import_statement(&house.db, (&ctx, &house.clock, &house.config.zone), &path, None, (Money::ZERO, &|_| ())).await;
        assert!(matches!(command, Err(NotImported::Failed(_))));
        imports(&portal, &mut people, &message(&[("21", "0.50", "Li Ming", &number, "O3")])).await;
        assert_eq!(states(&portal).await.pop(), Some(("credited".into(), None)));
        let kept: Vec<String> = portal
            .read(|conn| {
                let all = statement_imports::table.order(statement_imports::id);
                all.select(statement_imports::state).load(conn).unwrap()
            })
            .await;
        assert_eq!(kept, ["imported", "failed", "failed", "imported"]);
    }
);
