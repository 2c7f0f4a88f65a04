//! The page of one question.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::model::{Question, Terms};
use crate::features::accounts::{Fresh, Member, Owner};
use crate::features::identity::cases::IdentityMethod;
use crate::services::consent::{self, ConsentEvent};
use crate::web::forms::{Asking, Form};
use crate::web::{Error, Flash, Goto, House, Shell, Stop, Visit, page};

/// Which question, and for which way it is asked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    question: String,
    way: String,
}

impl Asked {
    /// A question that this way asks here; another one is not there.
    fn read(&self, terms: &Terms) -> Result<(Question, IdentityMethod), Error> {
        let method = IdentityMethod::parse(&self.way).ok_or(Error::NotFound)?;
        let asked = Question::parse(&self.question).filter(|question| Question::of(method, terms).contains(question));
        Ok((asked.ok_or(Error::NotFound)?, method))
    }
}

/// The same with the button that was pressed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Pressed {
    question: String,
    way: String,
    answer: String,
}

#[derive(Template)]
#[template(path = "identity/consent.html")]
struct Show {
    shell: Shell,
    question: Question,
    way: IdentityMethod,
    words: String,
}

/// What the wordings depend on here.
pub(in crate::features::identity) fn terms(house: &House) -> Terms {
    Terms { appeal: house.config.identity.appeal_days, provider: None }
}

pub(in crate::features::identity) async fn show(
    visit: Visit<Member<Owner>>,
    Asking(asked): Asking<Asked>,
) -> Result<HttpResponse, Error> {
    let shell = visit.admit().await?;
    let terms = terms(visit.house());
    let (question, way) = asked.read(&terms)?;
    let words = question.words(&terms)?;
    page(Show { shell, question, way, words })
}

pub(in crate::features::identity) async fn answer(
    visit: Visit<Fresh<Member<Owner>>>,
    form: Form<Pressed>,
) -> Result<HttpResponse, Error> {
    let terms = terms(visit.house());
    let ended = visit.write(&form, move |conn, member, form| {
        let (question, way) = Asked { question: form.question.clone(), way: form.way.clone() }.read(&terms)?;
        let event = match form.answer.as_str() {
            "agree" => ConsentEvent::Given,
            "refuse" => ConsentEvent::Refused,
            _ => return Err(Stop::Failed(Error::BadRequest)),
        };
        let words = question.words(&terms)?;
        consent::keep(conn, member.ctx(), member.person_id(), question.purpose(), event, None, &words)?;
        if event == ConsentEvent::Refused {
            return Ok(Goto::to("/account/identity").saying(Flash::IdentityRefused));
        }
        Ok(Goto::to(format!("/account/identity/new?way={way}")))
    });
    ended.await?.or_fail(Error::BadRequest)
}
