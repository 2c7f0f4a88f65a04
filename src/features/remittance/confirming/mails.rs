//! The mail that tells a customer that a declaration was refused. Its words stand in `templates/mail`.

use askama::Template;

use crate::base::types::{Money, Number};
use crate::features::accounts::Reader;
use crate::services::context::Context;
use crate::services::mail::Mail;

/// What it says.
struct Facts {
    number: Number,
    amount: Money,
    currency: String,
    reason: String,
    link: String,
}

#[derive(Template)]
#[template(path = "mail/remittance_refused_subject.txt")]
struct RefusedSubject<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/remittance_refused.txt")]
struct RefusedText<'a> {
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "mail/remittance_refused.html")]
struct RefusedHtml<'a> {
    facts: &'a Facts,
}

/// Finance could not accept the declaration.
pub(super) fn refused(
    ctx: &Context,
    number: &Number,
    amount: Money,
    currency: &str,
    reason: &str,
    to: &Reader,
) -> Result<Mail, askama::Error> {
    let facts = Facts {
        number: number.clone(),
        amount,
        currency: currency.to_string(),
        reason: reason.to_string(),
        link: link(ctx, number),
    };
    let facts = &facts;
    Ok(Mail {
        person_id: Some(to.id),
        kind: "remittance_refused",
        address: to.address.clone(),
        subject: RefusedSubject { facts }.render()?.trim().to_string(),
        text: RefusedText { facts }.render()?,
        html: RefusedHtml { facts }.render()?,
        holds_code: false,
    })
}

fn link(ctx: &Context, number: &Number) -> String {
    format!("{}/account/remittances/{}", ctx.base_url, number.as_str())
}
