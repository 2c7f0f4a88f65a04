//! The forms of the profile: what oneself is called, and for owners what the account is called.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::super::members::Held;
use super::super::queries::name_person;
use super::super::{Any, Customer, Member, MemberRole, Owner};
use super::queries;
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::forms::plain;
use crate::web::{Actor, Ended, Error, Errors, Flash, Form, Goto, Shell, Stop, Visit, again, page};

const LONGEST: usize = 80;

#[derive(Template)]
#[template(path = "accounts/profile.html")]
struct Edit {
    shell: Shell,
    facts: Facts,
    /// What stands in the two fields.
    own_name: String,
    account_name: String,
    errors: Errors,
}

/// What this page shows and does not change.
struct Facts {
    address: String,
    account_number: String,
    owner: bool,
}

/// What oneself is to be called.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct OwnName {
    name: String,
}

/// What the account is to be called.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AccountName {
    account_name: String,
}

/// A name, or none.
fn named(field: &'static str, typed: &str) -> Result<Option<String>, Errors> {
    let name = plain::line(typed, LONGEST).map_err(|error| Errors::one(field, error))?;
    Ok(Some(name).filter(|name| !name.is_empty()))
}

fn facts(member: &Customer) -> Facts {
    Facts {
        address: member.address().to_string(),
        account_number: shown(member.account_number()),
        owner: member.role() == MemberRole::Owner,
    }
}

/// A number in fours.
fn shown(number: &str) -> String {
    Number::parse('A', number).map_or_else(|| number.to_string(), |number| number.to_string())
}

async fn drawn<A>(visit: &Visit<A>, errors: Errors) -> Result<Edit, Error>
where
    A: Actor + std::ops::Deref<Target = Customer>,
{
    let (shell, (facts, own_name, account_name)) = visit
        .read(|_, member| {
            let name = member.name().unwrap_or_default().to_string();
            Ok((facts(member), name, member.account_name().unwrap_or_default().to_string()))
        })
        .await?;
    Ok(Edit { shell, facts, own_name, account_name, errors })
}

pub(super) async fn edit(visit: Visit<Member<Any>>) -> Result<HttpResponse, Error> {
    page(drawn(&visit, Errors::none()).await?)
}

pub(super) async fn update(visit: Visit<Member<Any>>, form: Form<OwnName>) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, member, form| {
            let name = named("name", &form.name)?;
            if name.as_deref() == member.name() {
                return Ok(saved());
            }
            name_person(conn, member.person_id(), name.as_deref())?;
            changed(conn, member.ctx(), "name")
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, form) => again(Edit { own_name: form.name.clone(), ..drawn(&visit, errors).await? }),
    }
}

pub(super) async fn name_account(
    visit: Visit<Held<Member<Owner>>>,
    looking: Visit<Member<Owner>>,
    form: Form<AccountName>,
) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, owner, form| {
            let name = named("account_name", &form.account_name)?;
            if name.as_deref() == owner.account_name() {
                return Ok(saved());
            }
            queries::name_account(conn, owner, name.as_deref())?;
            changed(conn, owner.ctx(), "account_name")
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, form) => {
            again(Edit { account_name: form.account_name.clone(), ..drawn(&looking, errors).await? })
        }
    }
}

fn changed(conn: &mut Conn, ctx: &Context, what: &str) -> Result<Goto, Stop> {
    records::keep(conn, ctx, Entry::new(Event::ProfileChanged).with(json!({ "changed": [what] })))?;
    Ok(saved())
}

fn saved() -> Goto {
    Goto::to("/account/profile").saying(Flash::ProfileSaved)
}
