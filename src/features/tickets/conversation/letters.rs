//! Mails about a work order. The first lines of an answer stand in the mail, the rest behind a link that asks for the
//! sign-in; subjects name the number alone.

use askama::Template;

use super::queries;
use crate::base::db::Conn;
use crate::features::tickets::queries::Ticket;
use crate::services::context::Context;
use crate::services::mail::{self, Mail};
use crate::web::Error;

/// What a mail tells.
struct Facts {
    number: String,
    subject: String,
    excerpt: String,
    link: String,
    due: String,
}

macro_rules! letter {
    ($write:ident, $kind:literal, $subject:literal, $text:literal, $html:literal) => {
        fn $write(facts: &Facts, person_id: i64, address: String) -> askama::Result<Mail> {
            #[derive(Template)]
            #[template(path = $subject)]
            struct Subject<'a> {
                facts: &'a Facts,
            }
            #[derive(Template)]
            #[template(path = $text)]
            struct Text<'a> {
                facts: &'a Facts,
            }
            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> {
                facts: &'a Facts,
            }
            Ok(Mail {
                person_id: Some(person_id),
                kind: $kind,
                address,
                subject: Subject { facts }.render()?.trim().to_string(),
                text: Text { facts }.render()?,
                html: Html { facts }.render()?,
                holds_code: false,
            })
        }
    };
}

letter!(
    opened_letter,
    "ticket_opened",
    "mail/ticket_opened_subject.txt",
    "mail/ticket_opened.txt",
    "mail/ticket_opened.html"
);
letter!(
    replied_letter,
    "ticket_replied",
    "mail/ticket_replied_subject.txt",
    "mail/ticket_replied.txt",
    "mail/ticket_replied.html"
);
letter!(
    resolved_letter,
    "ticket_resolved",
    "mail/ticket_resolved_subject.txt",
    "mail/ticket_resolved.txt",
    "mail/ticket_resolved.html"
);

/// The receipt, with the day until which we answer.
pub(in crate::features::tickets) fn opened(
    conn: &mut Conn,
    ctx: &Context,
    ticket: &Ticket,
    due: String,
) -> Result<(), Error> {
    send(conn, ctx, ticket, Facts { due, ..facts(ctx, ticket) }, opened_letter)
}

/// Support answered.
pub(super) fn replied(conn: &mut Conn, ctx: &Context, ticket: &Ticket, text: &str) -> Result<(), Error> {
    send(conn, ctx, ticket, Facts { excerpt: excerpt(text), ..facts(ctx, ticket) }, replied_letter)
}

/// Support holds it for done.
pub(super) fn resolved(conn: &mut Conn, ctx: &Context, ticket: &Ticket) -> Result<(), Error> {
    send(conn, ctx, ticket, facts(ctx, ticket), resolved_letter)
}

fn facts(ctx: &Context, ticket: &Ticket) -> Facts {
    Facts {
        number: ticket.number.to_string(),
        subject: ticket.subject.clone(),
        excerpt: String::new(),
        link: format!("{}/account/tickets/{}", ctx.base_url, ticket.number.as_str()),
        due: String::new(),
    }
}

fn send(
    conn: &mut Conn,
    ctx: &Context,
    ticket: &Ticket,
    facts: Facts,
    write: fn(&Facts, i64, String) -> askama::Result<Mail>,
) -> Result<(), Error> {
    // An account that nobody belongs to any more has no one to tell.
    if let Some((person_id, address)) = queries::reader(conn, ticket)? {
        mail::send(conn, ctx, write(&facts, person_id, address)?)?;
    }
    Ok(())
}

/// The first lines of an answer: at most three and 240 characters.
fn excerpt(text: &str) -> String {
    const LINES: usize = 3;
    const SIGNS: usize = 240;
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let first = lines.iter().take(LINES).copied().collect::<Vec<_>>().join("\n");
    let short: String = first.chars().take(SIGNS).collect();
    if lines.len() > LINES || short.len() < first.len() { format!("{} …", short.trim_end()) } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_says_when_there_is_more() {
        assert_eq!(excerpt("one\n\ntwo"), "one\ntwo");
        assert_eq!(excerpt("1\n2\n3\n4"), "1\n2\n3 …");
        assert_eq!(excerpt(&"线".repeat(300)).chars().count(), 242);
    }
}
