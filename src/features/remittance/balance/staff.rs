//! Finance's ledger page.

use actix_web::HttpResponse;
use askama::Template;
use serde_json::Value;

use crate::base::types::{Money, Number};
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
}

impl Ledger {
    /// A sum as an amount; sums above what an amount holds are shown as its greatest.
    fn amount(sum: &i128) -> Money {
        Money(i64::try_from(*sum).unwrap_or(i64::MAX))
    }
}

pub(in crate::features::remittance) async fn ledger(
    visit: Visit<Staff<(Finance, Auditor)>>,
    Asking(after): Asking<After>,
) -> Result<HttpResponse, Error> {
    let cursor = Number::parse('L', &after.after);
    let (shell, (accounts, sums, rows)) = visit
        .list("ledger", Value::Null, move |conn, _| {
            let load = |after: Option<&Number>| ledger::transactions(conn, after, PAGE + 1);
            let rows = Rows::below(cursor, load, |row| row.number.as_str().to_string())?;
            Ok((ledger::accounts_of_the_house(conn)?, ledger::sums(conn)?, rows))
        })
        .await?;
    page(Ledger { shell, accounts, sums, rows })
}
