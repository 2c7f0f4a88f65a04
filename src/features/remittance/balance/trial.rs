//! The trial balance of a day: as a page, and as a table to take along.

use std::borrow::Borrow;

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use crate::base::types::{Day, Money};
use crate::features::staff::{Auditor, Finance, Staff};
use crate::services::ledger::{self, AccountKind, TrialLine};
use crate::web::forms::{Asking, Errors, FieldError};
use crate::web::sheets::{self, Cell};
use crate::web::{Error, Shell, Visit, again, page};

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
    /// As it was asked for.
    asked: String,
    /// The day that is shown; none when what was asked for is no day of the books.
    day: Option<Day>,
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

/// The day that is asked for; today when none is.
fn day_of(asked: &Asked, today: Day) -> Result<Day, FieldError> {
    let typed = asked.day.trim();
    match Day::parse(typed) {
        _ if typed.is_empty() => Ok(today),
        Some(day) if day > today => Err(FieldError::InTheFuture),
        Some(day) => Ok(day),
        None => Err(FieldError::Malformed),
    }
}

/// The books of the day that is asked for, or the page that says why there are none.
async fn read(visit: &Visit<Reader>, asked: Asked) -> Result<Result<(Shell, Day, Day, Vec<Book>), Trial>, Error> {
    let zone = visit.house().config.zone.clone();
    let today = visit.asked().context.now.day(&zone);
    let day = match day_of(&asked, today) {
        Ok(day) => day,
        Err(error) => {
            let (shell, errors) = (visit.admit().await?, Errors::one("day", error));
            return Ok(Err(Trial { shell, asked: asked.day, day: None, today, books: Vec::new(), errors }));
        }
    };
    let (shell, ()) = visit.list("trial_balance", json!({ "day": day.as_str() }), |_, _| Ok(())).await?;
    let span = (day.start(&zone), day.plus(1).start(&zone));
    let lines = visit.house().db.read_snapshot(move |conn| ledger::trial_balance(conn, span)).await??;
    Ok(Ok((shell, day, today, books(lines))))
}

pub(in crate::features::remittance) async fn trial(
    visit: Visit<Reader>,
    Asking(asked): Asking<Asked>,
) -> Result<HttpResponse, Error> {
    match read(&visit, asked).await? {
        Ok((shell, day, today, books)) => {
            let asked = day.as_str().to_string();
            page(Trial { shell, asked, day: Some(day), today, books, errors: Errors::none() })
        }
        Err(refused) => again(refused),
    }
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
    let (day, books) = match read(&visit, asked).await? {
        Ok((_, day, _, books)) => (day, books),
        Err(refused) => return again(refused),
    };
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
    fn a_day_that_the_books_do_not_have_is_said() {
        let today = Day::parse("2026-11-27").unwrap();
        let of = |day: &str| day_of(&Asked { day: day.into() }, today);
        assert_eq!(of(" "), Ok(today));
        assert_eq!(of(" 2026-11-26 "), Day::parse("2026-11-26").ok_or(FieldError::Missing));
        assert_eq!(of("2026-11-28"), Err(FieldError::InTheFuture));
        assert_eq!((of("2026-02-30"), of("yesterday")), (Err(FieldError::Malformed), Err(FieldError::Malformed)));
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
