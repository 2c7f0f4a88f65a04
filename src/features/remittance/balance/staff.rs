//! Finance's ledger page.

use std::collections::HashMap;

use actix_web::HttpResponse;
use askama::Template;
use serde_json::Value;

use crate::base::types::{Money, Number};
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
    sums: Sums,
    rows: Rows<TransactionRow>,
    /// Whose remittance each transaction is about, by reference.
    customers: HashMap<String, Customer>,
}

impl Ledger {
    /// A sum as an amount; sums above what an amount holds are shown as its greatest.
    fn amount(sum: &i128) -> Money {
        Money(i64::try_from(*sum).unwrap_or(i64::MAX))
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
    let (shell, (accounts, sums, rows, customers)) = visit
        .list("ledger", Value::Null, move |conn, _| {
            let load = |after: Option<&Number>| ledger::transactions(conn, after, PAGE + 1);
            let rows = Rows::below(cursor, load, |row| row.number.as_str().to_string())?;
            let numbers: Vec<&str> = rows.rows.iter().filter_map(|row| row.object.as_deref()).collect();
            let customers = customers(conn, &numbers)?;
            Ok((ledger::accounts_of_the_house(conn)?, ledger::sums(conn)?, rows, customers))
        })
        .await?;
    page(Ledger { shell, accounts, sums, rows, customers })
}
