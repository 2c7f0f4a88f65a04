//! The mails that tell the owners of an account who may pay in for it. Their words stand in `templates/mail`.

use askama::Template;

use super::queries::NewPayer;
use crate::features::accounts::Reader;
use crate::services::context::Context;
use crate::services::mail::Mail;

/// What they say.
struct Facts<'a> {
    payer: &'a NewPayer,
    /// Who did it.
    by: &'a str,
    link: String,
}

macro_rules! letters {
    ($($(#[$meta:meta])* $name:ident($kind:literal, $text:tt, $html:tt, $subject:tt);)+) => { $(
        $(#[$meta])*
        pub(super) fn $name(ctx: &Context, payer: &NewPayer, by: &str, to: &Reader) -> Result<Mail, askama::Error> {
            #[derive(Template)]
            #[template(path = $text)]
            struct Text<'a> {
                facts: &'a Facts<'a>,
            }
            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> {
                facts: &'a Facts<'a>,
            }
            #[derive(Template)]
            #[template(path = $subject)]
            struct Subject;
            let facts = &Facts { payer, by, link: format!("{}/account/payers", ctx.base_url) };
            Ok(Mail {
                person_id: Some(to.id),
                kind: $kind,
                address: to.address.clone(),
                subject: Subject.render()?.trim().to_string(),
                text: Text { facts }.render()?,
                html: Html { facts }.render()?,
                holds_code: false,
            })
        }
    )+ };
}

letters! {
    /// A payer was approved.
    added("payer_added", "mail/payer_added.txt", "mail/payer_added.html", "mail/payer_added_subject.txt");
    /// A payer was removed.
    removed("payer_removed", "mail/payer_removed.txt", "mail/payer_removed.html", "mail/payer_removed_subject.txt");
}
