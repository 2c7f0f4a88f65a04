//! The trial balance of a day: as a page, and as a table to take along.

use std::borrow::Borrow;

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use crate::base::types::{Day, Money};
use crate::features::staff::{Auditor, Finance, Staff};
use crate::services::ledger::{self, AccountKind, TrialLine};
use crate::web::forms::{Asking, Errors};
use crate::web::sheets::{self, Cell};
use crate::web::{Error, Shell, Visit, page};

type Reader = Staff<(Finance, Auditor)>;

/// Which day is asked for; today when none is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `2026-11-26`.
    pub day: String,
}

/// The books of one currency.
struct Book {
    currency: String,
    lines: Vec<TrialLine>,
}

impl Book {
    fn sum(&self, of: impl Fn(&TrialLine) -> i128) -> i128 {
        self.lines.iter().map(of).sum()
    }

    fn debited(&self) -> i128 {
        self.sum(|line| line.debited)
    }

    fn credited(&self) -> i128 {
        self.sum(|line| line.credited)
    }

    /// What is left on the side of debits, and on that of credits.
    fn left(&self) -> (i128, i128) {
        (self.sum(|line| left(line).0), self.sum(|line| left(line).1))
    }

    /// Whether debits and credits agree, both of the day and of what is left.
    fn agrees(&self) -> bool {
        self.left().0 == self.left().1 && self.debited() == self.credited()
    }
}

/// What an account came to as a debit or a credit: below zero it stands on the side on which its kind does not grow.
fn left(line: &TrialLine) -> (i128, i128) {
    let debit = if line.kind.grows_by_debit() { line.closing } else { -line.closing };
    (debit.max(0), (-debit).max(0))
}

fn books(lines: Vec<TrialLine>) -> Vec<Book> {
    let mut books: Vec<Book> = Vec::new();
    for line in lines {
        match books.last_mut().filter(|book| book.currency == line.currency) {
            Some(book) => book.lines.push(line),
            None => books.push(Book { currency: line.currency.clone(), lines: vec![line] }),
        }
    }
    books
}

#[derive(Template)]
#[template(path = "remittance/balance/trial.html")]
struct Trial {
    shell: Shell,
    day: Day,
    today: Day,
    books: Vec<Book>,
    errors: Errors,
}

impl Trial {
    /// An amount with its currency; nothing where nothing moved.
    fn amount(amount: impl Borrow<i128>, currency: &str) -> String {
        let amount = *amount.borrow();
        if amount == 0 { String::new() } else { Money(i64::try_from(amount).unwrap_or(i64::MAX)).of(currency) }
    }

    /// The same of what is left, as a debit or a credit.
    fn left(line: &TrialLine) -> (i128, i128) {
        left(line)
    }
}

async fn read(visit: &Visit<Reader>, asked: &Asked) -> Result<(Shell, Day, Day, Vec<Book>), Error> {
    let zone = visit.house().config.zone.clone();
    let today = visit.asked().context.now.day(&zone);
    let day = Day::parse(asked.day.trim()).filter(|day| *day <= today).unwrap_or(today);
    let (shell, ()) = visit.list("trial_balance", json!({ "day": day.as_str() }), |_, _| Ok(())).await?;
    let span = (day.start(&zone), day.plus(1).start(&zone));
    let lines = visit.house().db.read_snapshot(move |conn| ledger::trial_balance(conn, span)).await??;
    Ok((shell, day, today, books(lines)))
}

pub(in crate::features::remittance) async fn trial(
    visit: Visit<Reader>,
    Asking(asked): Asking<Asked>,
) -> Result<HttpResponse, Error> {
    let (shell, day, today, books) = read(&visit, &asked).await?;
    page(Trial { shell, day, today, books, errors: Errors::none() })
}

/// Minor units as a spreadsheet reads them.
fn plain(amount: i128) -> Cell {
    let sign = if amount < 0 { "-" } else { "" };
    let digits = amount.unsigned_abs();
    Cell::Number(format!("{sign}{}.{:02}", digits / 100, digits % 100))
}

pub(in crate::features::remittance) async fn trial_csv(
    visit: Visit<Reader>,
    Asking(asked): Asking<Asked>,
) -> Result<HttpResponse, Error> {
    let (_, day, _, books) = read(&visit, &asked).await?;
    let mut rows = Vec::new();
    for book in &books {
        for line in &book.lines {
            let (debit, credit) = left(line);
            let code = line.code.clone().unwrap_or_else(|| format!("{}/*", line.kind));
            rows.push(vec![
                Cell::text(day.as_str()),
                Cell::text(&book.currency),
                Cell::text(code),
                Cell::text(line.kind.as_str()),
                Cell::Number(line.accounts.to_string()),
                plain(line.debited),
                plain(line.credited),
                plain(debit),
                plain(credit),
            ]);
        }
        rows.push(vec![
            Cell::text(day.as_str()),
            Cell::text(&book.currency),
            Cell::text(if book.agrees() { "total" } else { "total (does not agree)" }),
            Cell::text(""),
            Cell::Number(book.lines.iter().map(|line| line.accounts).sum::<i64>().to_string()),
            plain(book.debited()),
            plain(book.credited()),
            plain(book.left().0),
            plain(book.left().1),
        ]);
    }
    let heads =
        ["day", "currency", "account", "kind", "accounts", "debited", "credited", "debit balance", "credit balance"];
    Ok(sheets::serve(sheets::csv(&heads, &rows)?, &format!("trial-balance-{}.csv", day.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: AccountKind, debited: i128, credited: i128, closing: i128) -> TrialLine {
        let code = Some(kind.as_str().to_string());
        TrialLine { code, kind, currency: "CNY".into(), accounts: 1, debited, credited, closing }
    }

    #[test]
    fn a_balance_below_zero_stands_on_the_other_side() {
        let bank = line(AccountKind::Bank, 100, 0, 60);
        let outgoing = line(AccountKind::Suspense, 40, 0, -40);
        let wallet = line(AccountKind::Wallet, 0, 140, 100);
        assert_eq!((left(&bank), left(&outgoing), left(&wallet)), ((60, 0), (40, 0), (0, 100)));
        let mut all = books(vec![bank, outgoing, wallet]);
        assert!(all.len() == 1 && all[0].agrees());
        all[0].lines[0].closing += 1;
        assert!(!all[0].agrees());
        assert_eq!(plain(-5), Cell::Number("-0.05".into()));
    }
}
