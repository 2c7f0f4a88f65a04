//! The list of records.

use actix_web::HttpResponse;
use askama::Template;

use super::super::{Any, Member};
use super::cursor;
use crate::services::records::{self as kept, Line};
use crate::web::forms::Asking;
use crate::web::lists::{After, PAGE, Rows};
use crate::web::{Error, Shell, Visit, page};

#[derive(Template)]
#[template(path = "accounts/records.html")]
struct List {
    shell: Shell,
    records: Rows<Line>,
    session: Option<i64>,
}

impl List {
    fn newer(&self) -> Option<&'static str> {
        self.records.later.then_some("/account/records")
    }

    fn older(&self) -> Option<String> {
        self.records.next.as_ref().map(|next| format!("/account/records?after={next}"))
    }
}

pub(super) async fn list(visit: Visit<Member<Any>>, asking: Asking<After>) -> Result<HttpResponse, Error> {
    let (shell, (records, session)) = visit
        .read(move |conn, member| {
            let before = cursor::opened(member.keys(), member.person_id(), &asking.0.after);
            let most = usize::try_from(PAGE + 1).unwrap_or_default();
            let load = |before: Option<&i64>| {
                kept::lines_of_person(conn, member.ctx(), member.own_records(), before.copied(), most).map(Some)
            };
            let next = |line: &Line| cursor::sealed(member.keys(), member.person_id(), line.oldest_id());
            Ok((Rows::below(before, load, next)?, member.ctx().author.session_id))
        })
        .await?;
    page(List { shell, records, session })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::base::types::Moment;
    use crate::services::context::AuthorKind;
    use crate::services::records::{Event, Record};

    #[derive(Template)]
    #[template(source = r#"{% import "components/events.html" as ev %}{{ ev::event(record) }}"#, ext = "html")]
    struct Said {
        record: Record,
    }

    #[test]
    fn every_event_has_words_of_its_own() {
        let mut seen = std::collections::BTreeMap::new();
        for event in Event::ALL {
            let record = Record {
                id: 1,
                event: *event,
                actor: AuthorKind::Customer,
                actor_id: None,
                actor_name: None,
                object: None,
                network: String::new(),
                device: String::new(),
                details: Value::Null,
                at: Moment(0),
                session_id: None,
            };
            let said = Said { record }.render().unwrap();
            assert!(!said.contains("data-unsaid"), "no words for {event} in templates/components/events.html");
            if let Some(other) = seen.insert(said.clone(), event) {
                panic!("{event} and {other} both read {said:?}");
            }
        }
    }
}
