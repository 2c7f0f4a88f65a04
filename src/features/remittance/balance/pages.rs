//! The customer's balance.

use std::time::Duration;

use actix_web::HttpResponse;
use askama::Template;

use super::chart::{self, Chart};
use crate::base::types::{Money, Number};
use crate::features::accounts::{Billing, Member, MemberRole, Owner, Viewer};
use crate::services::ledger::{self, Holder, Movement, TransactionKind};
use crate::web::forms::Asking;
use crate::web::lists::{After, PAGE, Rows};
use crate::web::{Error, Shell, Visit, page};

/// More movements than this in a month are drawn from the newest on.
const DRAWN: i64 = 2_000;

#[derive(Template)]
#[template(path = "remittance/balance/show.html")]
struct Show {
    shell: Shell,
    balance: Money,
    /// What is taken out of the next money that arrives.
    owed: Money,
    rows: Rows<Movement>,
    chart: Option<Chart>,
    acts: bool,
}

pub(in crate::features::remittance) async fn show(
    visit: Visit<Member<(Owner, Billing, Viewer)>>,
    Asking(after): Asking<After>,
) -> Result<HttpResponse, Error> {
    let cursor = Number::parse('L', &after.after);
    let since = visit.asked().context.now.minus(Duration::from_secs(31 * 24 * 3600));
    let currency = visit.house().config.currency.clone();
    let (shell, (balance, owed, rows, recent, acts)) = visit
        .read(move |conn, member| {
            let holder = Holder::current(member.ctx()).ok_or(Error::NotFound)?;
            let load = |after: Option<&Number>| ledger::movements(conn, holder, &currency, after, PAGE + 1);
            let rows = Rows::below(cursor, load, |row| row.number.as_str().to_string())?;
            let recent = ledger::movements_since(conn, holder, &currency, since, DRAWN)?;
            let owed = ledger::owed_by(conn, holder, &currency)?;
            let balance = ledger::wallet_balance(conn, holder, &currency)?;
            Ok((balance, owed, rows, recent, member.role() != MemberRole::Viewer))
        })
        .await?;
    let today = visit.asked().context.now.day(&shell.zone);
    let chart = chart::draw(&recent, balance, today, &shell.zone);
    page(Show { shell, balance, owed, rows, chart, acts })
}
