//! The trial balance of a day, and the pictures of finance's desk.

use easylink::base::types::Money;

use super::{Company, balance, company, declares, enters_line, presses, tops_up};

async fn sheet(people: &mut Company, day: &str) -> Vec<Vec<String>> {
    let page = people.fay.opens(&format!("/staff/ledger/trial-balance.csv?day={day}")).await;
    assert_eq!(page.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(page.header("content-disposition").unwrap().contains("trial-balance-"));
    let text = page.html.strip_prefix('\u{feff}').expect("a byte order mark").to_owned();
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn row<'a>(rows: &'a [Vec<String>], account: &str) -> &'a [String] {
    &rows.iter().find(|row| row[2].starts_with(account)).unwrap_or_else(|| panic!("{account}: {rows:?}"))[4..]
}

on_both!(
    async fn each_day_has_its_turnovers_and_what_is_left_at_its_end(portal) {
        let mut people = company(&portal).await;
        let empty = people.fay.opens("/staff/ledger/trial-balance").await;
        assert!(empty.text().contains("No account has been used yet"), "{}", empty.text());
        let credit = async |people: &mut Company, amount: &str, serial: &str| {
            let number = tops_up(&mut people.li, amount).await;
            declares(&mut people.li, &number).await;
            enters_line(&mut people.finn, amount, &number, serial).await;
            presses(&mut people.fay, &format!("/staff/remittances/{number}"), "/confirmation").await;
        };
        credit(&mut people, "100.00", "S1").await;
        let zone = portal.house.config.zone.clone();
        let first = portal.house.clock.now().day(&zone);
        portal.minutes(24 * 60);
        let mut people = Company {
            fay: portal.returns(&people.fay.address).await,
            finn: portal.returns(&people.finn.address).await,
            li: portal.returns(&people.li.address).await,
        };
        credit(&mut people, "40.00", "S2").await;
        assert_eq!(balance(&portal, &people.li).await, Money(14_000));

        let rows = sheet(&mut people, first.as_str()).await;
        assert_eq!(row(&rows, "bank/"), ["1", "100.00", "0.00", "100.00", "0.00"]);
        assert_eq!(row(&rows, "suspense/CNY"), ["1", "100.00", "100.00", "0.00", "0.00"]);
        assert_eq!(row(&rows, "wallet/*"), ["1", "0.00", "100.00", "0.00", "100.00"]);
        assert_eq!(row(&rows, "total"), ["3", "200.00", "200.00", "100.00", "100.00"]);
        let second = first.plus(1);
        let rows = sheet(&mut people, second.as_str()).await;
        assert_eq!(row(&rows, "bank/"), ["1", "40.00", "0.00", "140.00", "0.00"]);
        assert_eq!(row(&rows, "wallet/*"), ["1", "0.00", "40.00", "0.00", "140.00"]);
        let rows = sheet(&mut people, first.plus(-1).as_str()).await;
        assert_eq!(row(&rows, "wallet/*"), ["1", "0.00", "0.00", "0.00", "0.00"], "before the first transfer");

        let page = people.fay.opens(&format!("/staff/ledger/trial-balance?day={}", first.as_str())).await.text();
        assert!(page.contains("Debits and credits agree") && page.contains("Customers: 1 account"), "{page}");
        // A day that the books do not have is said to be none, and is kept to be mended.
        for (day, says) in [("2026-02-30", "does not have the right form"), ("2999-01-01", "has not come yet")] {
            for sheet in ["", ".csv"] {
                let page = people.fay.gets(&format!("/staff/ledger/trial-balance{sheet}?day={day}")).await;
                assert_eq!((page.status, page.wrong_fields()), (422, vec!["day".to_owned()]), "{}", page.text());
                assert_eq!(page.attribute("#day", "value").as_deref(), Some(day));
                assert!(page.text().contains(says) && !page.text().contains("agree"), "{}", page.text());
            }
        }
        let desk = people.fay.opens("/staff/ledger").await;
        assert!(desk.text().contains("Credited, last 30 days") && desk.text().contains("140.00 in all"));
        assert_eq!(desk.all(".chart-bar").len(), 35);
    }
);
