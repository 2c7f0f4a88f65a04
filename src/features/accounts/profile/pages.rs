//! The form of the profile.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

use super::super::{Any, Customer, Member, MemberRole};
use super::queries;
use crate::base::types::Number;
use crate::services::records::{self, Entry, Event};
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, Shell, Visit, page};

const LONGEST: usize = 80;

#[derive(Template)]
#[template(path = "accounts/profile.html")]
struct Edit {
    shell: Shell,
    facts: Facts,
    form: Profile,
    errors: Errors,
}

/// What this page shows and does not change.
struct Facts {
    address: String,
    account_number: String,
    owner: bool,
}

/// The typed names.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Profile {
    name: String,
    account_name: String,
}

impl Profile {
    fn check(&self) -> Result<(), Errors> {
        let mut errors = Errors::none();
        for (field, typed) in [("name", &self.name), ("account_name", &self.account_name)] {
            if typed.trim().chars().count() > LONGEST {
                errors.add(field, FieldError::TooLong(LONGEST as u64));
            } else if typed.trim().chars().any(char::is_control) {
                errors.add(field, FieldError::Malformed);
            }
        }
        errors.check()
    }
}

fn named(typed: &str) -> Option<&str> {
    Some(typed.trim()).filter(|name| !name.is_empty())
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

pub(super) async fn edit(visit: Visit<Member<Any>>) -> Result<HttpResponse, Error> {
    let (shell, (facts, form)) = visit
        .read(|_, member| {
            let name = member.name().unwrap_or_default().to_string();
            let account_name = member.account_name().unwrap_or_default().to_string();
            Ok((facts(member), Profile { name, account_name }))
        })
        .await?;
    page(Edit { shell, facts, form, errors: Errors::none() })
}

pub(super) async fn update(visit: Visit<Member<Any>>, form: Form<Profile>) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, member, form| {
            form.check()?;
            let (name, account_name) = (named(&form.name), named(&form.account_name));
            let mut changed = Vec::new();
            if name != member.name() {
                queries::name_person(conn, member, name)?;
                changed.push("name");
            }
            // The field is drawn for owners only; from anybody else it is not taken.
            if member.role() == MemberRole::Owner && account_name != member.account_name() {
                queries::name_account(conn, member, account_name)?;
                changed.push("account_name");
            }
            if !changed.is_empty() {
                let entry = Entry::new(Event::ProfileChanged).with(json!({ "changed": changed }));
                records::keep(conn, member.ctx(), entry)?;
            }
            Ok(Goto::to("/account/profile").saying(Flash::ProfileSaved))
        })
        .await?;
    let facts = match &ended {
        Ended::Done(_) => None,
        Ended::Again(..) => Some(visit.read(|_, member| Ok(facts(member))).await?.1),
    };
    ended.or(|shell, errors| Edit {
        shell,
        facts: facts.unwrap_or(Facts { address: String::new(), account_number: String::new(), owner: false }),
        form: (*form).clone(),
        errors,
    })
}
