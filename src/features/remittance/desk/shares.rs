//! Finance's page on which an entry is split.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::model::{DecisionKind, Planned};
use super::moves::{self, Wish};
use super::pages::{address, flash, note, number_in, one_entry};
use super::splitting::{self, Split};
use crate::base::db::Conn;
use crate::base::types::{Money, Number};
use crate::features::remittance::allocating;
use crate::features::remittance::entries::{EntryMove, StatementEntry};
use crate::features::staff::{Finance, Officer, Staff};
use crate::services::ledger::Holder;
use crate::web::forms::{Errors, FieldError, Form};
use crate::web::{self, Ended, Error, Goto, Shell, Stop, Visit, page};

#[derive(Template)]
#[template(path = "remittance/desk/split.html")]
struct SplitPage {
    shell: Shell,
    entry: StatementEntry,
    form: Split,
    errors: Errors,
}

pub(in crate::features::remittance) async fn split_ask(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, entry) = one_entry(&visit, number_in(&path)?).await?;
    if !entry.state.allows(EntryMove::Credit) {
        return Err(Error::Conflict);
    }
    page(SplitPage { shell, entry, form: Split::default(), errors: Errors::none() })
}

/// What was typed, against the top-ups as they stand.
fn split(conn: &mut Conn, officer: &Officer, entry: &Number, form: &Split) -> Result<Vec<Planned>, Stop> {
    let arrived = allocating::arrived(conn, entry)?.ok_or(Error::NotFound)?;
    let mut errors = Errors::none();
    let shares = form.read(arrived.amount, &mut errors);
    errors.check()?;
    let numbers: Vec<Number> = shares.iter().map(|(number, ..)| number.clone()).collect();
    let targets = allocating::target_of(conn, &numbers)?;
    let accounts = allocating::permanent_of(conn, &numbers, &arrived.currency)?;
    let own = crate::features::staff::own_accounts(conn, officer)?;
    let mut errors = Errors::none();
    for (number, _, field) in &shares {
        let target = targets.iter().find(|target| target.number == *number);
        let account = accounts.iter().find(|account| account.number == *number);
        let whose = target.map(|one| one.holder).or(account.map(|one| one.holder)).map(Holder::account_id);
        match whose {
            Some(account_id) if !own.contains(&account_id) => {}
            _ => errors.add(field, FieldError::UnknownReference),
        }
        if target.is_some_and(|target| target.currency != arrived.currency) {
            errors.add(field, FieldError::CurrenciesDiffer);
        }
    }
    errors.check()?;
    let rest_of = |number: &Number| {
        let target = targets.iter().find(|target| target.number == *number);
        let open = target.filter(|one| one.state.allows(crate::features::remittance::model::Move::Credit));
        open.map_or(Money::ZERO, allocating::Target::rest)
    };
    Ok(splitting::planned(&shares, rest_of))
}

pub(in crate::features::remittance) async fn split_do(
    visit: Visit<Staff<Finance>>,
    path: Path<String>,
    form: Form<Split>,
) -> Result<HttpResponse, Error> {
    let (number, limit) = (number_in(&path)?, visit.house().config.money.four_eyes_from);
    let target = number.clone();
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let mut errors = Errors::none();
            let note = note(&mut errors, &form.note);
            errors.check()?;
            let shares = split(conn, officer, &target, form)?;
            let wish = Wish { kind: DecisionKind::Credit, shares, note };
            let outcome = moves::decide(conn, officer, &target, &wish, limit)?;
            Ok(Goto::to(address(&target)).saying(flash(outcome)))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, entry) = one_entry(&visit, number).await?;
            web::again(SplitPage { shell: *shell, entry, form: Split::clone(&form), errors })
        }
    }
}
