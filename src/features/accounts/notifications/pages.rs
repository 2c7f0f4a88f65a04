//! The form of the choices.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::super::{Any, Member};
use super::model::{KINDS, Wording, wanted};
use crate::services::consent::{ConsentEvent, Purpose, current_policy, keep};
use crate::web::{Error, Errors, Flash, Form, Goto, Shell, Visit, page};

#[derive(Template)]
#[template(path = "accounts/notifications.html")]
struct Edit {
    shell: Shell,
    address: String,
    choices: Vec<Choice>,
    errors: Errors,
}

struct Choice {
    kind: &'static str,
    wording: Wording,
    wanted: bool,
}

/// The ticked kinds.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Choices {
    new_products: String,
    service_changes: String,
}

impl Choices {
    fn wants(&self, kind: Purpose) -> bool {
        match kind {
            Purpose::NewProducts => !self.new_products.is_empty(),
            Purpose::ServiceChanges => !self.service_changes.is_empty(),
            _ => false,
        }
    }
}

pub(super) async fn edit(visit: Visit<Member<Any>>) -> Result<HttpResponse, Error> {
    let (shell, (address, choices)) = visit
        .read(|conn, member| {
            let mut choices = Vec::new();
            for kind in KINDS {
                let wanted = wanted(conn, member.person_id(), kind)?;
                choices.push(Choice { kind: kind.as_str(), wording: Wording::of(kind), wanted });
            }
            Ok((member.address().to_string(), choices))
        })
        .await?;
    page(Edit { shell, address, choices, errors: Errors::none() })
}

pub(super) async fn update(visit: Visit<Member<Any>>, form: Form<Choices>) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, member, form| {
            let policy = current_policy(conn)?;
            for kind in KINDS {
                let wants = form.wants(kind);
                if wants == wanted(conn, member.person_id(), kind)? {
                    continue;
                }
                let event = if wants { ConsentEvent::Given } else { ConsentEvent::Withdrawn };
                let notice = Wording::of(kind).render()?;
                keep(conn, member.ctx(), member.person_id(), kind, event, policy.as_ref(), &notice)?;
            }
            Ok(Goto::to("/account/notifications").saying(Flash::PreferencesSaved))
        })
        .await?;
    ended.or(|shell, errors, form| {
        let address = shell.face.as_ref().map(|face| face.name.clone()).unwrap_or_default();
        let choice =
            |kind: Purpose| Choice { kind: kind.as_str(), wording: Wording::of(kind), wanted: form.wants(kind) };
        Edit { shell, address, choices: KINDS.into_iter().map(choice).collect(), errors }
    })
}
