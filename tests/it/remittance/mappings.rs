//! What the columns of a bank's CSV are: said once, used for the files that come after, and asked anew when they moved.

use std::time::Duration;

use diesel::prelude::*;
use easylink::base::db::schema::{records, statement_entries, statement_mappings};
use easylink::base::types::Money;
use easylink::features::remittance::import_statement;

use super::{Company, balance, company, presses, tops_up};
use crate::support::page::Page;
use crate::support::portal::Portal;

/// Sends a file and answers what comes back.
async fn sends(people: &mut Company, file: &[u8]) -> Page {
    let page = people.fay.opens("/staff/statements/imports/new").await;
    let form = page.form("/staff/statements/imports/new").file("statement_file", "day.csv", "text/csv", file);
    people.fay.posts(&form).await
}

async fn place(people: &mut Company, file: &[u8]) -> String {
    let sent = sends(people, file).await;
    sent.header("location").unwrap_or_else(|| panic!("{}", sent.text())).to_owned()
}

async fn versions(portal: &Portal) -> Vec<(i64, String)> {
    let kept = statement_mappings::table.order(statement_mappings::id);
    portal
        .read(move |conn| kept.select((statement_mappings::version, statement_mappings::mapping)).load(conn).unwrap())
        .await
}

async fn imported(portal: &Portal, people: &mut Company, path: &str) -> String {
    presses(&mut people.fay, path, "/import").await;
    portal.later(Duration::from_secs(6));
    portal.run_jobs().await;
    people.fay.opens(path).await.text()
}

const HEADS: &str = "Booking date;Counterparty;Details;Amount;Serial;Balance\n";

on_both!(
    async fn columns_are_named_once_and_the_next_file_is_read_without_asking(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "1250").await;
        let row = |day: &str, text: &str, amount: &str, serial: &str, left: &str| {
            format!("{day};Li Ming;{text};{amount};{serial};{left}\n")
        };
        let first = format!("{HEADS}{}", row("20.11.2026", &number, "1250,00", "B1", "2250,00"));
        let path = place(&mut people, first.as_bytes()).await;
        let waiting = path.strip_suffix("/mapping").expect("it leads to the columns").to_owned();

        let page = people.fay.opens(&path).await;
        assert!(page.text().contains("Nobody has said yet") && page.text().contains("D · Amount"), "{}", page.text());
        let form = page.form(&path);
        assert_eq!((form.value("day_style"), form.value("decimal")), (Some("DD.MM.YYYY"), Some("comma")));
        assert_eq!(form.value("serial"), Some(""), "a head that is not known is left to say");
        // Nothing of it can be imported before, not even by whoever knows the address.
        let shown = people.fay.opens(&waiting).await;
        assert!(shown.text().contains("Its columns are not named") && !shown.text().contains("Import 0"));
        let mut sly = shown.form(&format!("{waiting}/dropping"));
        sly.action = format!("{waiting}/import");
        assert_eq!(people.fay.posts(&sly).await.status, 409);

        // The preview alone keeps nothing; a contradiction is said at its field, and so is the first line that is not read.
        let looked = people.fay.posts(&form.clone().with("skip", "").pressing("Look again")).await;
        assert_eq!((looked.status, looked.text().contains("D · Amount")), (422, false));
        for (field, value, at, says) in [
            ("balance", "3", "balance", "Column D is chosen"),
            ("thousands", "comma", "thousands", "is the decimal mark"),
            ("day_style", "YYYY-MM-DD", "day", "Line 2:"),
            ("decimal", "point", "amount", "Line 2:"),
            ("amount_kind", "split", "credit", ""),
        ] {
            let wrong = people.fay.posts(&form.clone().with(field, value).pressing("Save and check")).await;
            assert_eq!(wrong.status, 422, "{field}");
            assert_eq!(wrong.wrong_fields()[0], at, "{field}: {}", wrong.text());
            assert!(wrong.text().contains(says), "{field}: {}", wrong.text());
            assert_eq!(wrong.form(&path).value("day"), Some("0"), "what was chosen is kept");
        }
        assert_eq!(versions(&portal).await, []);

        let saved = people.fay.posts(&form.with("serial", "4").pressing("Save and check")).await;
        assert_eq!((saved.status, saved.header("location")), (303, Some(waiting.as_str())));
        let done = imported(&portal, &mut people, &waiting).await;
        assert!(done.contains("1 new, 0 known before"), "{done}");
        assert_eq!(balance(&portal, &people.li).await.to_string(), "1,250.00");
        assert_eq!(people.fay.opens(&path).await.status, 409, "what is imported is read no more");

        // The next file is read so at once; from its page the columns can be changed, and what stays makes no new version.
        let next = format!("{HEADS}{}", row("21.11.2026", "rent", "7,00", "B2", "2257,00"));
        let second = place(&mut people, next.as_bytes()).await;
        let shown = people.fay.opens(&second).await;
        assert!(shown.text().contains("Import 1 entry") && shown.text().contains("Change how this bank"));
        let again = people.fay.opens(&format!("{second}/mapping")).await.form(&format!("{second}/mapping"));
        assert_eq!(people.fay.posts(&again.clone().pressing("Save and check")).await.status, 303);
        assert_eq!(versions(&portal).await.len(), 1);
        let again = people.fay.opens(&format!("{second}/mapping")).await.form(&format!("{second}/mapping"));
        people.fay.posts(&again.with("tail", "Total").pressing("Save and check")).await;
        let kept = versions(&portal).await;
        assert_eq!(kept.iter().map(|(version, _)| *version).collect::<Vec<_>>(), [1, 2]);
        assert!(kept[1].1.contains("\"tail\":[\"Total\"]") && kept[0].1.contains("\"tail\":[]"), "{kept:?}");
        imported(&portal, &mut people, &second).await;

        // The operator's command reads by it, too.
        let third = format!("{HEADS}{}Total;;;;;\n", row("22.11.2026", "rent", "8,00", "B3", "2265,00"));
        let file = portal.folder().join("day.csv");
        std::fs::write(&file, third).unwrap();
        let done = import_statement(&portal.house.db, (&portal.ctx(), &portal.house.clock, &portal.house.config.zone), &file, None, (Money::ZERO, &|_| ())).await.unwrap();
        assert_eq!((done.entries, done.fresh), (1, 1));
        let serials: Vec<Option<String>> = portal
            .read(|conn| statement_entries::table.select(statement_entries::bank_serial).load(conn).unwrap())
            .await;
        assert_eq!(serials, ["B1", "B2", "B3"].map(|serial| Some(serial.to_owned())));
        let events: Vec<String> = portal
            .read(|conn| {
                let mapped = records::table.filter(records::event.like("statement_%")).order(records::id);
                mapped.select(records::event).load(conn).unwrap()
            })
            .await;
        assert_eq!(events[..3], ["statement_unread", "statement_mapped", "statement_checked"]);
    }
);

on_both!(
    async fn looking_again_shows_the_entries_as_they_are_read_and_keeps_nothing(portal) {
        let mut people = company(&portal).await;
        let rows = "20.11.2026;Li Ming;rent;1250,00;B1;2250,00\n21.11.2026;;Charges;-12,00;B2;2238,00\n";
        let path = place(&mut people, format!("{HEADS}{rows}").as_bytes()).await;
        let page = people.fay.opens(&path).await;
        assert!(page.text().contains("The first entries, as they are read"), "{}", page.text());
        let form = page.form(&path);
        let entries = |page: &Page| page.all("tbody tr").into_iter().filter(|row| row.contains('¥')).collect::<Vec<_>>();
        let looked = people.fay.posts(&form.clone().with("serial", "4").pressing("Look again")).await;
        let shown = entries(&looked);
        assert_eq!((looked.status, shown.len()), (200, 2), "{}", looked.text());
        for (row, words) in shown.iter().zip([
            ["20 Nov 2026", "Li Ming", "rent", "B1", "¥ 1,250.00"],
            ["21 Nov 2026", "Not named", "Charges", "B2", "went out −¥ 12.00"],
        ]) {
            assert!(words.iter().all(|word| row.contains(word)), "{words:?} in {row}");
        }
        assert_eq!(looked.form(&path).value("serial"), Some("4"), "what was chosen is kept");

        // What cannot be read is said as saving says it, and nothing is shown as if it were.
        for (field, value, at, says) in [
            ("day_style", "DD/MM/YYYY", "day", "Line 2: day is not a day"),
            ("amount", "2", "amount", "Line 2: in “amount” stands what is not an amount: rent"),
            ("balance", "4", "balance", "Line 2:"),
            ("tail", "20.,21.", "skip", "holds no booked entry"),
            ("encoding", "", "encoding", "Choose one of"),
        ] {
            let looked = people.fay.posts(&form.clone().with(field, value).pressing("Look again")).await;
            assert_eq!((looked.status, entries(&looked).len()), (422, 0), "{field}: {}", looked.text());
            assert_eq!(looked.wrong_fields()[0], at, "{field}: {}", looked.text());
            assert!(looked.text().contains(says), "{field}: {}", looked.text());
            assert_eq!(looked.form(&path).value(field), Some(value), "what was chosen is kept");
        }
        assert_eq!(versions(&portal).await, []);
        let waiting = people.fay.opens(path.strip_suffix("/mapping").unwrap()).await;
        assert!(waiting.text().contains("Its columns are not named"), "{}", waiting.text());
    }
);

on_both!(
    async fn a_line_that_comes_late_is_found_by_saving(portal) {
        let mut people = company(&portal).await;
        let row = |nth: u32| format!("20.11.2026;Li;a;{};B{nth};", if nth == 12 { "one" } else { "1,00" });
        let rows: Vec<String> = (1..=12).map(row).collect();
        let path = place(&mut people, format!("{HEADS}{}\n", rows.join("\n")).as_bytes()).await;
        let form = people.fay.opens(&path).await.form(&path).with("balance", "");
        let looked = people.fay.posts(&form.clone().pressing("Look again")).await;
        assert_eq!((looked.status, looked.text().matches("20 Nov 2026").count()), (200, 10), "{}", looked.text());
        let saved = people.fay.posts(&form.pressing("Save and check")).await;
        assert!(saved.status == 422 && saved.text().contains("Line 13: in “amount”"), "{}", saved.text());
    }
);

on_both!(
    async fn columns_that_moved_are_asked_anew(portal) {
        let mut people = company(&portal).await;
        let file = |heads: &str, row: &str| format!("{heads}{row}\n");
        let path = place(&mut people, file(HEADS, "20.11.2026;Li;a;1,00;B1;1,00").as_bytes()).await;
        let form = people.fay.opens(&path).await.form(&path);
        people.fay.posts(&form.with("serial", "4").pressing("Save and check")).await;
        // The bank puts a column between two others.
        let moved = "Booking date;Value date;Counterparty;Details;Amount;Serial;Balance\n";
        let path = place(&mut people, file(moved, "21.11.2026;21.11.2026;Li;a;1,00;B2;2,00").as_bytes()).await;
        let page = people.fay.opens(&path).await;
        let text = page.text();
        assert!(text.contains("not those of the files before") && text.contains("Value date · Counterparty"), "{text}");
        let form = page.form(&path);
        assert_eq!((form.value("amount"), form.value("value_day")), (Some("4"), Some("1")));
        assert_eq!(people.fay.posts(&form.pressing("Save and check")).await.status, 303);
        assert_eq!(versions(&portal).await.len(), 2);
        // The heads are the same, but a line is not read by them: what was wrong is said, and the file can be dropped.
        let path = place(&mut people, file(moved, "22.11.2026;;Li;a;one;B3;3,00").as_bytes()).await;
        let page = people.fay.opens(&path).await;
        assert!(page.text().contains("Line 2: in “amount” stands what is not an amount: one"), "{}", page.text());
        let dropped = presses(&mut people.fay, &path, "/dropping").await;
        assert!(dropped.text().contains("Dropped"), "{}", dropped.text());
        // The first file had no sign by which one sees how the bank writes them.
        let path = place(&mut people, &[file(moved, "").trim_end().as_bytes(), b"\n22.11.2026;;M\xfcller;a;3,00;B3;5,00\n"].concat()).await;
        let page = people.fay.opens(&path).await;
        assert!(page.text().contains("bytes that UTF-8 does not know") && page.text().contains("another encoding"), "{}", page.text());
        let form = page.form(&path).with("encoding", "windows1252");
        assert_eq!(people.fay.posts(&form.pressing("Save and check")).await.status, 303);
        // A file of no entries is refused when it comes.
        assert_eq!(sends(&mut people, moved.as_bytes()).await.status, 422);
    }
);

on_both!(
    async fn the_samples_of_three_encodings_are_read_as_they_are_guessed(portal) {
        let mut people = company(&portal).await;
        for (name, encoding) in
            [("csv-utf8", "utf8"), ("csv-gbk", "gbk"), ("csv-windows1252", "windows1252")]
        {
            let bytes = std::fs::read(format!("tests/samples/statements/{name}.csv")).unwrap();
            let sent = sends(&mut people, &bytes).await;
            let path = sent.header("location").unwrap_or_else(|| panic!("{name}: {}", sent.text())).to_owned();
            let page = people.fay.opens(&path).await;
            assert_eq!(page.form(&path).value("encoding"), Some(encoding), "{name}");
        }
    }
);

on_both!(
    async fn who_names_the_columns_imports_no_more_alone_than_who_brings_the_file(portal) {
        let mut people = company(&portal).await;
        let file = format!("{HEADS}20.11.2026;Wu Xia;Li Ming;12345,00;B1;13345,00\n");
        let path = place(&mut people, file.as_bytes()).await;
        let waiting = path.strip_suffix("/mapping").unwrap().to_owned();
        let form = people.finn.opens(&path).await.form(&path).pressing("Save and check");
        let saved = people.finn.posts(&form).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        let mut kim = portal.employs("Kim", &[easylink::web::feature::StaffRole::Finance]).await;
        let theirs = kim.opens(&waiting).await.form(&format!("{waiting}/import"));
        let seen = theirs.value("seen").unwrap().to_owned();
        for who in [&mut people.fay, &mut people.finn] {
            let page = who.opens(&waiting).await;
            assert!(page.text().contains("A colleague of finance imports it"), "{}", page.text());
            let mut forged = page.form(&format!("{waiting}/dropping"));
            forged.action = format!("{waiting}/import");
            forged.fields.push(("seen".into(), seen.clone()));
            assert_eq!(who.posts(&forged).await.status, 403);
        }
        presses(&mut kim, &waiting, "/import").await;
        portal.later(Duration::from_secs(6));
        portal.run_jobs().await;
        let kept: i64 = portal.read(|conn| statement_entries::table.count().get_result(conn).unwrap()).await;
        assert_eq!(kept, 1);
    }
);

on_both!(
    async fn a_file_whose_columns_are_others_than_were_seen_is_not_imported(portal) {
        let mut people = company(&portal).await;
        let file = format!("{HEADS}20.11.2026;Wu Xia;Li Ming;5,00;B1;1005,00\n");
        let path = place(&mut people, file.as_bytes()).await;
        let waiting = path.strip_suffix("/mapping").unwrap().to_owned();
        let form = people.fay.opens(&path).await.form(&path).with("serial", "4");
        assert_eq!(people.fay.posts(&form.pressing("Save and check")).await.status, 303);
        let seen = people.finn.opens(&waiting).await;
        assert!(seen.text().contains("Wu Xia"), "{}", seen.text());
        let agreed = seen.form(&format!("{waiting}/import"));
        // As many entries and as much money, but others pay.
        let form = people.fay.opens(&path).await.form(&path).with("remitter", "2").with("text", "1");
        let saved = people.fay.posts(&form.pressing("Save and check")).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        assert_eq!(people.finn.posts(&agreed).await.status, 409);
        let done = imported(&portal, &mut people, &waiting).await;
        assert!(done.contains("1 new, 0 known before"), "{done}");
    }
);
