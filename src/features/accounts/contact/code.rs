//! The page that asks for the codes of a change, one after the other; and taking back a change that waits.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::model::{Change, ContactKind, Proof};
use super::moves::{self, Made};
use super::{guard, queries, sending};
use crate::base::db::Conn;
use crate::features::accounts::Person;
use crate::features::accounts::codes::{self, Challenge, Purpose};
use crate::features::accounts::scene::Scene;
use crate::web::{Error, Errors, FieldError, Flash, Form, Goto, Press, Shell, Stop, Visit, cookies, page};

const PURPOSES: &[Purpose] = &[Purpose::PhoneNew, Purpose::PhoneOld, Purpose::AddressOld, Purpose::AddressNew];
const SECURITY: &str = "/account/security";
const HERE: &str = "/account/security/code";

#[derive(Template)]
#[template(path = "accounts/contact/code.html")]
struct Show {
    shell: Shell,
    errors: Errors,
    asked: Option<AskedFor>,
}

/// What the code is for.
#[derive(Clone)]
struct AskedFor {
    /// Where it went.
    to: String,
    purpose: Purpose,
    change: Change,
}

impl AskedFor {
    fn by_text(&self) -> bool {
        self.purpose.by_text()
    }

    /// Whether it proves the old means; else the new.
    fn old(&self) -> bool {
        matches!(self.purpose, Purpose::PhoneOld | Purpose::AddressOld)
    }

    fn phone(&self) -> bool {
        self.change.kind == ContactKind::Phone
    }

    /// Whether a phone goes and nothing comes.
    fn removal(&self) -> bool {
        !self.change.brings()
    }

    fn waits(&self) -> bool {
        self.change.proof == Proof::Wait
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Code {
    code: String,
}

/// The challenge of this browser and this person, with the change that it belongs to.
fn current(conn: &mut Conn, scene: &Scene, person: &Person) -> Result<Option<(Challenge, Change)>, Error> {
    let found = codes::current(conn, &scene.asked, PURPOSES)?;
    let Some(found) = found.filter(|found| found.person_id == Some(person.person_id())) else { return Ok(None) };
    let Some(number) = codes::data_of(&scene.asked, &found) else { return Ok(None) };
    let change = queries::by_number(conn, person.person_id(), &number)?;
    // A code of a step that is over opens nothing (OT6).
    Ok(change.filter(|change| change.state.open() && change.next_code() == found.purpose).map(|change| (found, change)))
}

async fn asked_for(visit: &Visit<Person>) -> Result<(Shell, Option<AskedFor>), Error> {
    let scene = Scene::of(visit);
    visit
        .read(move |conn, person| {
            let Some((challenge, change)) = current(conn, &scene, person)? else { return Ok(None) };
            let purpose = challenge.purpose;
            let to = sending::target(conn, person, &change, purpose)?.shown(purpose);
            Ok(Some(AskedFor { to, purpose, change }))
        })
        .await
}

pub(super) async fn show(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let (shell, asked) = asked_for(&visit).await?;
    if asked.is_none() {
        return visit.lead(SECURITY, Flash::CodeElsewhere);
    }
    page(Show { shell, errors: Errors::none(), asked })
}

pub(super) async fn create(visit: Visit<Person>, form: Form<Code>) -> Result<HttpResponse, Error> {
    let (_, asked) = asked_for(&visit).await?;
    let (scene, rules) = (Scene::of(&visit), visit.house().config.sms.clone());
    let ended = visit.write(&form, move |conn, person, form| {
        let over = || Stop::Counted(Errors::one("code", FieldError::CodeEnded));
        let Some((_, change)) = current(conn, &scene, person)? else { return Err(over()) };
        let challenge = codes::redeem(conn, &scene.asked, PURPOSES, &form.code)?;
        let ctx = person.ctx();
        let mut change = change;
        if matches!(challenge.purpose, Purpose::PhoneOld | Purpose::AddressOld) {
            change = moves::prove(conn, ctx, &change)?.ok_or_else(over)?;
            if change.brings() {
                let handle = sending::next_code(conn, &scene, person, &change, &rules, "code")?;
                return Ok(Goto::to(HERE).saying(Flash::ContactProved).keeping(cookies::CHALLENGE, handle));
            }
        } else if change.proof == Proof::Wait {
            if !moves::wait(conn, ctx, scene.zone(), &change, &rules)? {
                return Err(over());
            }
            return Ok(Goto::to(SECURITY).saying(Flash::ContactWaiting).dropping(cookies::CHALLENGE));
        }
        let here = Some(person.session().id);
        let made = moves::make(conn, ctx, scene.zone(), &change, &rules, here)?.ok_or_else(over)?;
        Ok(after(made, &change))
    });
    ended.await?.or(|shell, errors, _| Show { shell, errors, asked })
}

fn after(made: Made, change: &Change) -> Goto {
    let (to, flash) = match (made, change.kind) {
        (Made::Done, ContactKind::Phone) if !change.brings() => (SECURITY, Flash::PhoneRemoved),
        (Made::Done, ContactKind::Phone) if change.replaces() => (SECURITY, Flash::PhoneReplaced),
        (Made::Done, ContactKind::Phone) => (SECURITY, Flash::PhoneBound),
        (Made::Done, ContactKind::Address) => (SECURITY, Flash::AddressReplaced),
        (Made::Taken, ContactKind::Phone) => ("/account/security/phone", Flash::PhoneUsedUp),
        (Made::Taken, ContactKind::Address) => ("/account/security/address", Flash::CodeElsewhere),
    };
    let goto = Goto::to(to).saying(flash).dropping(cookies::CHALLENGE);
    if made == Made::Done && change.replaces() { goto.dropping(cookies::BROWSER) } else { goto }
}

pub(super) async fn resend(visit: Visit<Person>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let (_, asked) = asked_for(&visit).await?;
    let (scene, rules) = (Scene::of(&visit), visit.house().config.sms.clone());
    let ended = visit.write(&form, move |conn, person, _| {
        let over = || Stop::from(Errors::one("code", FieldError::CodeEnded));
        let Some((_, change)) = current(conn, &scene, person)? else { return Err(over()) };
        let (challenge, code) = codes::send_again(conn, &scene.asked, PURPOSES)?;
        if let sending::Target::Phone(phone) = sending::target(conn, person, &change, challenge.purpose)? {
            guard::count(conn, &scene.asked, &rules, person.person_id(), &phone, "code")?;
        }
        sending::deliver(conn, &scene, person, &change, challenge.purpose, code.as_ref())?;
        Ok(Goto::to(HERE).saying(Flash::CodeSent))
    });
    ended.await?.or(|shell, errors, _| Show { shell, errors, asked })
}

/// Takes back a change that waits.
pub(super) async fn cancel(
    visit: Visit<Person>,
    number: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number.into_inner();
    let ended = visit.write(&form, move |conn, person, _| {
        let change = queries::by_number(conn, person.person_id(), &number)?.ok_or(Error::NotFound)?;
        if !moves::cancel(conn, person.ctx(), &change)? {
            return Err(Error::Conflict.into());
        }
        Ok(Goto::to(SECURITY).saying(Flash::ContactCancelled))
    });
    ended.await?.or_fail(Error::Conflict)
}
