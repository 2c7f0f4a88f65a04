//! How a bank writes its MT940: told by its files, kept for those to come, and said by a person where it was guessed wrongly.

use super::desk::newest;
use super::imports::{books_are_right, imports, message, sends, states};
use super::{Company, balance, company, presses, tops_up};
use crate::support::page::Page;
use crate::support::portal::Portal;

/// A message of one credit of these bytes of information.
fn of_one(day: &str, amount: &str, serial: &str, information: &[u8]) -> Vec<u8> {
    let text = message(&[(day, amount, "", "INFORMATION", serial)]);
    let (before, after) = text.split_once("/REMI/INFORMATION").unwrap();
    [before.as_bytes(), information, after.as_bytes()].concat()
}

async fn sends_bytes(people: &mut Company, file: &[u8]) -> Page {
    let page = people.fay.opens("/staff/statements/imports/new").await;
    let form = page.form("/staff/statements/imports/new").file("statement_file", "day.sta", "text/plain", file);
    people.fay.posts(&form).await
}

async fn agrees(portal: &Portal, people: &mut Company, path: &str) {
    presses(&mut people.fay, path, "/import").await;
    portal.later(std::time::Duration::from_secs(6));
    portal.run_jobs().await;
}

on_both!(
    async fn a_payer_does_not_write_a_name_where_the_bank_writes_none(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        let plain = String::from_utf8(of_one("20", "5.00", "A1", b"rent of November")).unwrap();
        let told = imports(&portal, &mut people, &plain).await;
        assert!(told.contains("As plain text, which names nobody"), "{told}");
        // The payer's words come first at this bank, and look like the bank's at another one.
        for (day, serial, words) in [
            ("21", "A2", format!("/NAME/LI MING/REMI/{number}")),
            ("22", "A3", format!("166?20SVWZ+{number}?30COBADEFFXXX?32LI MING")),
        ] {
            let file = String::from_utf8(of_one(day, "70.00", serial, words.as_bytes())).unwrap();
            let path = sends(&mut people, &file).await.header("location").unwrap().to_owned();
            let page = people.fay.opens(&path).await;
            assert!(page.text().contains("It is written otherwise than the files before"), "{}", page.text());
            assert!(page.text().contains("Not named"), "{}", page.text());
            agrees(&portal, &mut people, &path).await;
            assert_eq!(states(&portal).await.pop().unwrap(), ("held".to_owned(), Some("no_name".to_owned())));
            let text = people.finn.opens(&newest(&portal).await).await.text();
            assert!(text.contains("LI MING") && text.contains("Not named by the bank"), "{text}");
        }
        assert_eq!(balance(&portal, &people.li).await.to_string(), "0.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn whoever_brought_a_file_says_how_it_is_written_and_the_next_is_read_so(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        let plain = String::from_utf8(of_one("20", "5.00", "A1", b"the first one")).unwrap();
        imports(&portal, &mut people, &plain).await;
        let file = message(&[("21", "70.00", "Li Ming", &number, "A2")]);
        let path = sends(&mut people, &file).await.header("location").unwrap().to_owned();
        let reading = format!("{path}/reading");
        assert_eq!(people.finn.gets(&reading).await.status, 404, "a colleague did not bring it");
        let page = people.fay.opens(&reading).await;
        let form = page.form(&reading);
        assert_eq!((form.value("encoding"), form.value("dialect")), ("utf8".into(), "plain".into()));
        let refused = people.fay.posts(&form.clone().with("dialect", "").with("encoding", "")).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["encoding".into(), "dialect".into()]));
        let done = people.fay.submits(&form.with("dialect", "code_words")).await;
        assert!(done.text().contains("In code words") && done.text().contains("Li Ming"), "{}", done.text());
        assert!(!done.text().contains("otherwise than the files before"), "{}", done.text());
        agrees(&portal, &mut people, &path).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        assert_eq!(people.fay.gets(&reading).await.status, 404, "it waits no more");
        // And the next file is read as this one was.
        let more = tops_up(&mut people.li, "8").await;
        imports(&portal, &mut people, &message(&[("22", "8.00", "Li Ming", &more, "A3")])).await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "78.00");
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn a_sign_that_the_guess_does_not_know_is_read_in_another_encoding(portal) {
        let mut people = company(&portal).await;
        // The first 64 KiB are ASCII alone.
        let serials: Vec<String> = (0..1_200).map(|nth| format!("N{nth:05}")).collect();
        let mut lines: Vec<_> =
            serials.iter().map(|serial| ("20", "0.01", "Wu Xia", "a text that goes on for a while", serial.as_str())).collect();
        lines.push(("20", "0.01", "M_ller", "last", "LAST"));
        let file = message(&lines);
        assert!(file.find("M_ller").unwrap() > 64 * 1024);
        let bytes: Vec<u8> = file.into_bytes();
        let at = bytes.windows(6).position(|six| six == b"M_ller").unwrap();
        let mut western = bytes.clone();
        western[at + 1] = 0xfc;
        let sent = sends_bytes(&mut people, &western).await;
        let path = sent.header("location").unwrap_or_else(|| panic!("{}", sent.text())).to_owned();
        agrees(&portal, &mut people, &path).await;
        assert!(people.finn.opens(&newest(&portal).await).await.text().contains("Müller"));
        // GBK is told by its signs, and by a person where it is not.
        let sent = sends_bytes(&mut people, &of_one("21", "1.00", "G1", b"/NAME/\xc0\xee\xc3\xf7/REMI/x")).await;
        let path = sent.header("location").unwrap().to_owned();
        let page = people.fay.opens(&path).await;
        assert!(page.text().contains("ÀîÃ÷"), "read as the file before: {}", page.text());
        let reading = format!("{path}/reading");
        let form = people.fay.opens(&reading).await.form(&reading);
        let refused = people.fay.posts(&form.clone().with("encoding", "utf8")).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["encoding".to_string()]));
        let done = people.fay.submits(&form.with("encoding", "gbk")).await;
        assert!(done.text().contains("李明"), "{}", done.text());
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn a_line_without_serial_number_is_known_however_its_bank_is_said_to_write(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        let plain = String::from_utf8(of_one("20", "5.00", "", b"the first one")).unwrap();
        imports(&portal, &mut people, &plain).await;
        let file = message(&[("21", "70.00", "Li Ming", &number, ""), ("21", "3.00", "Wu Xia", "rent", "")]);
        imports(&portal, &mut people, &file).await;
        assert_eq!(states(&portal).await.len(), 3);
        let path = sends(&mut people, &file).await.header("location").unwrap().to_owned();
        let form = people.fay.opens(&format!("{path}/reading")).await.form(&format!("{path}/reading"));
        people.fay.submits(&form.with("dialect", "code_words")).await;
        agrees(&portal, &mut people, &path).await;
        let told = people.fay.opens(&path).await.text();
        assert!(told.contains("0 new, 2 known before"), "{told}");
        assert_eq!(states(&portal).await.len(), 3);
        books_are_right(&portal).await;
    }
);

on_both!(
    async fn what_is_read_otherwise_since_it_was_seen_is_not_imported(portal) {
        let mut people = company(&portal).await;
        let number = tops_up(&mut people.li, "70").await;
        let plain = String::from_utf8(of_one("20", "5.00", "A1", b"the first one")).unwrap();
        imports(&portal, &mut people, &plain).await;
        let file = message(&[("21", "70.00", "Li Ming", &number, "A2")]);
        let path = sends(&mut people, &file).await.header("location").unwrap().to_owned();
        let seen = people.finn.opens(&path).await;
        assert!(seen.text().contains("Not named"), "{}", seen.text());
        let agreed = seen.form(&format!("{path}/import"));
        assert_eq!(agreed.value("seen").map(str::len), Some(16));
        // Who brought it says how it is written while Finn has its page open.
        let reading = format!("{path}/reading");
        let form = people.fay.opens(&reading).await.form(&reading).with("dialect", "code_words");
        people.fay.submits(&form).await;
        let late = people.finn.posts(&agreed).await;
        assert_eq!(late.status, 409, "{}", late.text());
        let page = people.finn.opens(&path).await;
        assert!(page.text().contains("Li Ming"), "{}", page.text());
        let blind = page.form(&format!("{path}/import")).tampered("seen", "");
        assert_eq!(people.finn.posts(&blind).await.status, 409);
        portal.later(std::time::Duration::from_secs(6));
        portal.run_jobs().await;
        assert_eq!(states(&portal).await.len(), 1, "nothing of it is imported");
        presses(&mut people.finn, &path, "/import").await;
        portal.later(std::time::Duration::from_secs(6));
        portal.run_jobs().await;
        assert_eq!(balance(&portal, &people.li).await.to_string(), "70.00");
        books_are_right(&portal).await;
    }
);
