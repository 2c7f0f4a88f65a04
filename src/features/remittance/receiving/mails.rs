//! The mail to customers whose receiving account was closed. Its words stand in `templates/mail`. It names no account
//! number: forged mails do, ours lead to the page.

use askama::Template;

use crate::base::types::{Money, Number};
use crate::features::accounts::Reader;
use crate::services::mail::Mail;

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
