//! The mails to customers whose receiving account was closed, or to which their standing orders go, and to finance when one waits for a second person. Their
//! words stand in `templates/mail`. They name no account number: forged mails do, ours lead to the page.

use askama::Template;

use super::queries::standing::Beside;
use crate::base::types::{Money, Number};
use crate::features::accounts::Reader;
use crate::services::context::Context;
use crate::services::mail::Mail;
use crate::web::roles::Holder;

/// A remittance that named the closed account.
#[derive(Clone)]
pub struct Owed {
    /// The reference.
    pub number: Number,
    /// How much.
    pub amount: Money,
    /// Whether the customer says that the money is on its way.
    pub declared: bool,
    /// Whether it names another account now.
    pub redirected: bool,
    /// Its page.
    pub link: String,
}

#[derive(Template)]
#[template(path = "mail/receiving_closed_subject.txt")]
struct Subject;

#[derive(Template)]
#[template(path = "mail/receiving_closed.txt")]
struct Text<'a> {
    currency: &'a str,
    owed: &'a [Owed],
}

#[derive(Template)]
#[template(path = "mail/receiving_closed.html")]
struct Html<'a> {
    currency: &'a str,
    owed: &'a [Owed],
}

/// One mail about all of a person's remittances.
pub fn account_closed(to: Reader, currency: &str, owed: &[Owed]) -> Result<Mail, askama::Error> {
    Ok(Mail {
        person_id: Some(to.id),
        kind: "receiving_closed",
        address: to.address,
        subject: Subject.render()?.trim().to_string(),
        text: Text { currency, owed }.render()?,
        html: Html { currency, owed }.render()?,
        holds_code: false,
    })
}

#[derive(Template)]
#[template(path = "mail/receiving_standing_subject.txt")]
struct StandingSubject;

/// What an owner is told of the permanent references of their accounts.
struct Standing<'a> {
    references: &'a [Number],
    beside: &'a Beside,
    /// The currency in which customers pay.
    house: &'a str,
    link: String,
}

#[derive(Template)]
#[template(path = "mail/receiving_standing.txt")]
struct StandingText<'a> {
    standing: &'a Standing<'a>,
}

#[derive(Template)]
#[template(path = "mail/receiving_standing.html")]
struct StandingHtml<'a> {
    standing: &'a Standing<'a>,
}

/// One mail about all permanent references of an owner's accounts under which money came to the account that was closed.
pub(super) fn standing_account_closed(
    (ctx, house): (&Context, &str),
    to: Reader,
    references: &[Number],
    beside: &Beside,
) -> Result<Mail, askama::Error> {
    let standing = Standing { references, beside, house, link: format!("{}/account/payers", ctx.base_url) };
    Ok(Mail {
        person_id: Some(to.id),
        kind: "receiving_standing",
        address: to.address,
        subject: StandingSubject.render()?.trim().to_string(),
        text: StandingText { standing: &standing }.render()?,
        html: StandingHtml { standing: &standing }.render()?,
        holds_code: false,
    })
}

/// What one of finance asks a second one to decide.
pub(super) struct Asked {
    /// Who asks: name, else address.
    pub by: String,
    /// The bank and its branch.
    pub bank_name: String,
    /// Whether it is to be closed; else it is to be opened.
    pub closing: bool,
    /// Where it is decided.
    pub link: String,
}

#[derive(Template)]
#[template(path = "mail/receiving_asked_subject.txt")]
struct AskedSubject;

#[derive(Template)]
#[template(path = "mail/receiving_asked.txt")]
struct AskedText<'a> {
    asked: &'a Asked,
}

#[derive(Template)]
#[template(path = "mail/receiving_asked.html")]
struct AskedHtml<'a> {
    asked: &'a Asked,
}

/// An account waits for a second person.
pub(super) fn second_wanted(to: &Holder, asked: &Asked) -> Result<Mail, askama::Error> {
    Ok(Mail {
        person_id: Some(to.id),
        kind: "receiving_asked",
        address: to.address.clone(),
        subject: AskedSubject.render()?.trim().to_string(),
        text: AskedText { asked }.render()?,
        html: AskedHtml { asked }.render()?,
        holds_code: false,
    })
}
