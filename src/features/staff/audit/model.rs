//! What is sought among the records.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

use crate::base::types::Number;
use crate::services::records::Event;

/// The query of the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sought {
    /// The word of an event.
    pub event: String,
    /// The number of a person: what they did and what concerns them.
    pub who: String,
    /// The public number of a thing.
    pub object: String,
    /// The record before which the page begins.
    pub after: String,
}

impl Sought {
    /// The event, when it is one.
    pub fn event(&self) -> Option<Event> {
        Event::parse(&self.event)
    }

    /// The person's number, when it is one.
    pub fn person(&self) -> Option<Number> {
        Number::parse('P', &self.who)
    }

    /// The ways in which the number of a thing may stand in a record: as it was typed, and as all numbers are written.
    pub fn objects(&self) -> Vec<String> {
        let typed = self.object.trim();
        if typed.is_empty() {
            return Vec::new();
        }
        let mut ways = vec![typed.to_string()];
        let kind = typed.chars().next().unwrap_or_default();
        if let Some(number) = Number::parse(kind, typed) {
            ways.extend([number.as_str().to_string(), number.to_string()]);
        }
        ways
    }

    /// The record before which the page begins.
    pub fn before(&self) -> Option<i64> {
        self.after.parse().ok()
    }

    /// Whether anything is sought.
    pub fn narrows(&self) -> bool {
        [&self.event, &self.who, &self.object].iter().any(|text| !text.trim().is_empty())
    }

    /// The address of the page before or after, with the same search.
    pub fn address(&self, after: &str) -> String {
        let mut parts = Vec::new();
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                parts.push(format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
            }
        };
        add("event", self.event.trim());
        add("who", self.who.trim());
        add("object", self.object.trim());
        add("after", after);
        let query = parts.join("&");
        if query.is_empty() { "/staff/audit".to_string() } else { format!("/staff/audit?{query}") }
    }
}

/// The facts of a record, name by name, as they are shown.
pub(super) fn facts(details: &Value) -> Vec<(String, String)> {
    let Value::Object(map) = details else { return Vec::new() };
    map.iter()
        .map(|(name, value)| (name.replace('_', " "), shown(value)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_search_survives_turning_the_page() {
        let sought = Sought { event: "signed_in".into(), object: "a b&c".into(), ..Sought::default() };
        assert_eq!(sought.address("7"), "/staff/audit?event=signed%5Fin&object=a%20b%26c&after=7");
        assert_eq!(Sought::default().address(""), "/staff/audit");
        assert!(sought.narrows() && !Sought::default().narrows());
    }

    #[test]
    fn a_number_is_found_however_it_is_typed() {
        let number = Number::random('T');
        let sought = Sought { object: number.to_string().to_lowercase(), ..Sought::default() };
        assert!(sought.objects().contains(&number.as_str().to_string()));
        assert!(sought.objects().contains(&number.to_string()));
        assert_eq!(Sought { object: "réf".into(), ..Sought::default() }.objects(), ["réf"]);
    }

    #[test]
    fn facts_are_shown_as_text() {
        let facts = facts(&json!({ "roles": ["admin", "auditor"], "times": 3, "why_so": null }));
        assert_eq!(facts, [("roles".into(), "admin, auditor".into()), ("times".into(), "3".into())]);
    }
}
