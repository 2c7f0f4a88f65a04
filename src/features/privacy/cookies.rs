//! Which cookies there are, and the choice about those that nobody needs (F3, ML4).

mod choice;

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue, VARY};
use askama::Template;
use serde::Deserialize;

use crate::base::db::Conn;
use crate::features::accounts::Visitor;
use crate::services::consent::{self, ConsentEvent, Purpose};
use crate::services::context::{AuthorKind, Context};
use crate::web::cookies::{CHOICE, Kept, TABLE};
use crate::web::forms::Asking;
use crate::web::paths::local_path;
use crate::web::{Actor, Error, Errors, FieldError, Flash, Form, Goto, Shell, Stop, Visit, page};
use choice::Choice;

/// What people read beside each box; its hash proves later what was agreed to.
const BEHAVIOUR: &str = include_str!("../../../templates/privacy/behaviour.txt");
const RECOMMENDATIONS: &str = include_str!("../../../templates/privacy/recommendations.txt");

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    back: String,
}

/// The posted choice.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    back: String,
    behaviour: String,
    recommendations: String,
    answer: String,
}

#[derive(Template)]
#[template(path = "privacy/cookies.html")]
struct Edit {
    shell: Shell,
    table: &'static [Kept],
    choice: Option<Choice>,
    behaviour: bool,
    recommendations: bool,
    gpc: bool,
    back: String,
    errors: Errors,
}

impl Edit {
    fn text(purpose: Purpose) -> &'static str {
        if purpose == Purpose::Behaviour { BEHAVIOUR.trim() } else { RECOMMENDATIONS.trim() }
    }
}

pub(super) async fn edit(visit: Visit<Visitor>, Asking(query): Asking<Query>) -> Result<HttpResponse, Error> {
    let shell = visit.with_form(visit.admit().await?);
    let choice = visit.asked().jar.choice.as_deref().and_then(Choice::parse);
    let shown = choice.unwrap_or_default();
    let answer = page(Edit {
        shell,
        table: &TABLE,
        choice,
        behaviour: shown.behaviour,
        recommendations: shown.recommendations,
        gpc: visit.asked().gpc,
        back: local_path(&query.back).unwrap_or_default(),
        errors: Errors::none(),
    })?;
    Ok(varied(answer))
}

pub(super) async fn update(visit: Visit<Visitor>, form: Form<Fields>) -> Result<HttpResponse, Error> {
    let gpc = visit.asked().gpc;
    let ended = visit
        .write(&form, move |conn, visitor, fields: &Fields| {
            let choice = fields.choice()?;
            // The signal outweighs whatever was ticked.
            let choice = if gpc { Choice::default() } else { choice };
            keep(conn, visitor.context(), choice)?;
            let to = local_path(&fields.back).unwrap_or_else(|| "/cookies".to_string());
            Ok(Goto::to(to).saying(Flash::CookiesSaved).keeping(CHOICE, choice.word()))
        })
        .await?;
    let answer = ended.or(|shell, errors, form| Edit {
        shell,
        table: &TABLE,
        choice: visit.asked().jar.choice.as_deref().and_then(Choice::parse),
        behaviour: !form.behaviour.is_empty(),
        recommendations: !form.recommendations.is_empty(),
        gpc,
        back: local_path(&form.back).unwrap_or_default(),
        errors,
    })?;
    Ok(varied(answer))
}

impl Fields {
    fn choice(&self) -> Result<Choice, Stop> {
        match self.answer.as_str() {
            "accept" => Ok(Choice { behaviour: true, recommendations: true }),
            "refuse" => Ok(Choice::default()),
            "ticked" => {
                Ok(Choice { behaviour: !self.behaviour.is_empty(), recommendations: !self.recommendations.is_empty() })
            }
            _ => Err(Errors::one("form", FieldError::UnknownChoice).into()),
        }
    }
}

/// A visitor's choice lives in the cookie alone. Of a customer it is a consent, kept where it changes something.
fn keep(conn: &mut Conn, ctx: &Context, choice: Choice) -> Result<(), Stop> {
    let Some(person) = ctx.author.person_id.filter(|_| ctx.author.kind == AuthorKind::Customer) else { return Ok(()) };
    let before = consent::of_person(conn, person)?;
    let version = consent::current_policy(conn)?;
    for (purpose, yes) in [(Purpose::Behaviour, choice.behaviour), (Purpose::Recommendations, choice.recommendations)] {
        let last = before.iter().find(|row| row.purpose == purpose).map(|row| row.event);
        let event = match (yes, last) {
            (true, Some(ConsentEvent::Given)) | (false, Some(ConsentEvent::Refused | ConsentEvent::Withdrawn)) => {
                continue;
            }
            (true, _) => ConsentEvent::Given,
            (false, Some(ConsentEvent::Given)) => ConsentEvent::Withdrawn,
            (false, _) => ConsentEvent::Refused,
        };
        consent::keep(conn, ctx, person, purpose, event, version.as_ref(), Edit::text(purpose))?;
    }
    Ok(())
}

fn varied(mut answer: HttpResponse) -> HttpResponse {
    const NAME: HeaderName = VARY;
    answer.headers_mut().append(NAME, HeaderValue::from_static("Sec-GPC"));
    answer
}
