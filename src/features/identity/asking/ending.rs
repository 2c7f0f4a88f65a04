//! Taking a case back, and withdrawing what was authenticated (B7).

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde_json::json;

use super::own::number_in;
use crate::base::db::Conn;
use crate::features::accounts::{Customer, Fresh, Member, Owner};
use crate::features::identity::cases::{self, Case, Move};
use crate::features::identity::consents::Question;
use crate::features::identity::fault::Fault;
use crate::features::identity::results::{self, result_of};
use crate::services::consent::{self, ConsentEvent};
use crate::services::ledger;
use crate::services::records::{self, Entry, Event};
use crate::web::{Error, Flash, Form, Goto, Press, Shell, Stop, Visit, page};

#[derive(Template)]
#[template(path = "identity/end.html")]
struct End {
    shell: Shell,
    case: Case,
}

pub(in crate::features::identity) async fn end_ask(
    visit: Visit<Member<Owner>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (shell, case) =
        visit.read(move |conn, member| cases::own(conn, member, &number)?.ok_or(Error::NotFound)).await?;
    if case.state.allows(Move::Withdraw) { page(End { shell, case }) } else { Err(Error::Conflict) }
}

pub(in crate::features::identity) async fn end_do(
    visit: Visit<Member<Owner>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let ended = visit.write(&form, move |conn, member, _| {
        let case = cases::own(conn, member, &number)?.ok_or(Fault::NotFound)?;
        cases::withdraw(conn, member, &case)?;
        withdraw_consents(conn, member)?;
        Ok(Goto::to("/account/identity").saying(Flash::IdentityCaseWithdrawn))
    });
    ended.await?.or_fail(Error::Conflict)
}

#[derive(Template)]
#[template(path = "identity/withdraw.html")]
struct Withdraw {
    shell: Shell,
    /// Whether there is something to withdraw.
    stands: bool,
    /// Whether money has moved for the account: then the law makes us keep the result, closed away.
    bought: bool,
}

pub(in crate::features::identity) async fn withdraw_ask(visit: Visit<Member<Owner>>) -> Result<HttpResponse, Error> {
    let (shell, (stands, bought)) = visit
        .read(|conn, member| Ok((result_of(conn, member)?.is_some(), ledger::moved_for(conn, member.account_id())?)))
        .await?;
    page(Withdraw { shell, stands, bought })
}

/// The functions close with this very transaction; an open case goes with the result.
pub(in crate::features::identity) async fn withdraw_do(
    visit: Visit<Fresh<Member<Owner>>>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let ended = visit.write(&form, move |conn, member, _| {
        let Some(bought) = results::end(conn, member.account_id())? else {
            return Err(Stop::Failed(Error::Conflict));
        };
        let newest = cases::newest(conn, member)?;
        if let Some(case) = newest.as_ref().filter(|case| case.state.is_open()) {
            cases::withdraw(conn, member, case)?;
        }
        withdraw_consents(conn, member)?;
        let mut entry = Entry::new(Event::IdentityWithdrawn).of_account(member.account_id());
        // So that it stands at the end of the case's own thread.
        if let Some(case) = &newest {
            entry = entry.about(case.number.as_str());
        }
        records::keep(conn, member.ctx(), entry.with(json!({ "restricted": bought })))?;
        crate::features::identity::letters::withdrawn(conn, member)?;
        Ok(Goto::to("/account/identity").saying(Flash::IdentityWithdrawn))
    });
    ended.await?.or_fail(Error::Conflict)
}

/// Every consent of this room that stands ends with what it was given for.
fn withdraw_consents(conn: &mut Conn, member: &Customer) -> Result<(), Stop> {
    for question in Question::ALL {
        let said = consent::latest(conn, member.person_id(), &[question.purpose()])?;
        if said.is_some_and(|(event, _)| event == ConsentEvent::Given) {
            let (ctx, event) = (member.ctx(), ConsentEvent::Withdrawn);
            consent::keep(conn, ctx, member.person_id(), question.purpose(), event, None, "identity/withdraw")?;
        }
    }
    Ok(())
}
