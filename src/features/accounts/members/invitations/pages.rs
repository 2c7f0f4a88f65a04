//! What owners do with invitations, on the page of the members.

use std::time::Duration;

use actix_web::{HttpResponse, web};

use super::moves::{self, Needless};
use crate::base::db::Conn;
use crate::base::types::{Address, Number};
use crate::features::accounts::members::forms::Invite;
use crate::features::accounts::members::pages::listed;
use crate::features::accounts::members::{Deciding, Managing};
use crate::features::accounts::{Any, Member};
use crate::web::asked::Asked;
use crate::web::limits::{self, Limit, bucket};
use crate::web::pace::{self, Pace};
use crate::web::page::again_in;
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, Press, Stop, Visit};

const LIST: &str = "/account/members";
/// Invitations that one account mails within an hour.
const INVITATIONS: Pace = Pace::hourly("invitation", 20);
/// Those that all accounts together mail to one address within an hour: nobody's mailbox is filled by strangers.
const TO_ADDRESS: Limit = Limit::of(5, 3600);

pub(in crate::features::accounts::members) async fn create(
    visit: Visit<Deciding>,
    looking: Visit<Member<Any>>,
    form: Form<Invite>,
) -> Result<HttpResponse, Error> {
    let asked = visit.asked().clone();
    let ended = visit
        .write(&form, move |conn, owner, form| {
            let (address, role) = form.check()?;
            paced(conn, &asked, owner.account_id(), &address)?;
            moves::invite(conn, owner, &address, role)?.map_err(said)?;
            Ok(Goto::to(LIST).saying(Flash::Invited))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, form) => {
            let wait = errors.too_often();
            again_in(listed(&looking, errors).await?.typed(&form.email, &form.role), wait)
        }
    }
}

fn said(needless: Needless) -> Stop {
    let error = match needless {
        Needless::Member => FieldError::AlreadyMember,
        Needless::Invited => FieldError::AlreadyInvited,
    };
    Errors::one("email", error).into()
}

/// Counts one more mail of this account, and to this address.
fn paced(conn: &mut Conn, asked: &Asked, account_id: i64, address: &Address) -> Result<(), Stop> {
    pace::keep(conn, asked, account_id, INVITATIONS)?;
    let (keys, now) = (&asked.context.keys, asked.context.now);
    let counted = limits::count(conn, &bucket(keys, "invited", &[address.as_str()]), TO_ADDRESS, now)?;
    match counted.over {
        None => Ok(()),
        Some(wait) => Err(Errors::one("form", FieldError::TooOften(seconds(wait))).into()),
    }
}

fn seconds(wait: Duration) -> u64 {
    crate::web::error::whole_seconds(wait)
}

pub(in crate::features::accounts::members) async fn send_again(
    visit: Visit<Managing>,
    looking: Visit<Member<Any>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let asked = visit.asked().clone();
    let number = Number::parse('N', &path).ok_or(Error::NotFound)?;
    let ended = visit
        .write(&form, move |conn, owner, _| {
            let open = super::queries::by_number(conn, owner, &number)?.ok_or(Error::NotFound)?;
            paced(conn, &asked, owner.account_id(), &open.address)?;
            if !moves::send_again(conn, owner, &number)? {
                return Err(Stop::Failed(Error::Conflict));
            }
            Ok(Goto::to(LIST).saying(Flash::InvitedAgain))
        })
        .await?;
    pressed(&looking, ended).await
}

pub(in crate::features::accounts::members) async fn withdraw(
    visit: Visit<Managing>,
    looking: Visit<Member<Any>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = Number::parse('N', &path).ok_or(Error::NotFound)?;
    let ended = visit
        .write(&form, move |conn, owner, _| {
            if !moves::withdraw(conn, owner, &number)? {
                return Err(Stop::Failed(Error::Conflict));
            }
            Ok(Goto::to(LIST).saying(Flash::InvitationWithdrawn))
        })
        .await?;
    pressed(&looking, ended).await
}

/// A button has no page of its own: the list says what was wrong.
async fn pressed(looking: &Visit<Member<Any>>, ended: Ended<HttpResponse, Press>) -> Result<HttpResponse, Error> {
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, _) => {
            let wait = errors.too_often();
            again_in(listed(looking, errors).await?, wait)
        }
    }
}
