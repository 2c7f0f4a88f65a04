//! Finance's ledger page.

use std::collections::HashMap;

use actix_web::HttpResponse;
use askama::Template;
use serde_json::Value;

use super::banks::{self, Compared, Uncompared};
use super::bars::{self, Age, Bar};
use super::queries;
use crate::base::types::{Day, Money, Number};
use crate::features::remittance::confirming::{Customer, customers};
use crate::features::staff::{Auditor, Finance, Staff};
use crate::services::ledger::{self, AccountKind, HouseAccount, Sums, TransactionKind, TransactionRow};
use crate::web::forms::Asking;
use crate::web::lists::{After, PAGE, Rows};
use crate::web::{Error, Shell, Visit, page};

#[derive(Template)]
#[template(path = "remittance/balance/ledger.html")]
struct Ledger {
    shell: Shell,
    accounts: Vec<HouseAccount>,
    /// What the banks say beside what the books do.
    banks: Vec<Compared>,
    sums: Sums,
    rows: Rows<TransactionRow>,
    /// Whose remittance each transaction is about, by reference.
    customers: HashMap<String, Customer>,
    /// What was credited each day.
    credited: Vec<Bar<Day>>,
    /// Entries that wait, by how long.
    ages: Vec<Bar<Age>>,
}

impl Ledger {
    /// A sum as an amount; sums above what an amount holds are shown as its greatest.
    fn amount(sum: &i128) -> Money {
        Money(i64::try_from(*sum).unwrap_or(i64::MAX))
    }

    /// What all bars stand for together.
    fn whole<T>(bars: &[Bar<T>]) -> Money {
        Self::amount(&bars.iter().map(|bar| bar.value).sum())
    }

    /// What the highest bar stands for.
    fn most<T>(bars: &[Bar<T>]) -> Money {
        Self::amount(&bars.iter().map(|bar| bar.value).max().unwrap_or_default())
    }

    /// Who is behind a transaction.
    fn customer(&self, row: &TransactionRow) -> Option<String> {
        self.customers.get(row.object.as_ref()?).map(Customer::called)
    }
}

pub(in crate::features::remittance) async fn ledger(
    visit: Visit<Staff<(Finance, Auditor)>>,
    Asking(after): Asking<After>,
) -> Result<HttpResponse, Error> {
    let cursor = Number::parse('L', &after.after);
    let house = visit.house();
    let (zone, currency) = (house.config.zone.clone(), house.config.currency.clone());
    let today = visit.asked().context.now.day(&zone);
    let (days, spans) = bars::days(today, &zone);
    let (shell, ((accounts, banks), sums, rows, customers, credited, waiting)) = visit
        .list("ledger", Value::Null, move |conn, _| {
            let load = |after: Option<&Number>| ledger::transactions(conn, after, PAGE + 1);
            let rows = Rows::below(cursor, load, |row| row.number.as_str().to_string())?;
            let numbers: Vec<&str> = rows.rows.iter().filter_map(|row| row.object.as_deref()).collect();
            let customers = customers(conn, &numbers)?;
            let credited = ledger::credited_between(conn, &currency, &spans)?;
            let waiting = queries::waiting_by_day(conn)?;
            let accounts = ledger::accounts_of_the_house(conn)?;
            let banks = banks::compared(conn, &accounts)?;
            Ok(((accounts, banks), ledger::sums(conn)?, rows, customers, credited, waiting))
        })
        .await?;
    let credited = bars::bars(days.into_iter().zip(credited).collect());
    page(Ledger { shell, accounts, banks, sums, rows, customers, credited, ages: bars::ages(&waiting, today) })
}
