//! What is sought among the records.

use jiff::tz::TimeZone;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

use crate::base::types::{Day, Moment, Number};
use crate::services::records::Event;
use crate::web::forms::{Errors, FieldError};

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
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
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

    /// From when on and until when, in the portal's zone: both days as a whole.
    pub fn span(&self, zone: &TimeZone) -> Result<Span, Errors> {
        let mut errors = Errors::none();
        let first = day(&mut errors, "from", &self.from);
        let last = day(&mut errors, "until", &self.until);
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            errors.add("until", FieldError::EndsBefore);
        }
        errors.check()?;
        let start = |day: Day| day.start(zone);
        Ok((first.map(start), last.map(|last| start(last.plus(1)))))
    }

    /// The record before which the page begins.
    pub fn before(&self) -> Option<i64> {
        self.after.parse().ok()
    }

    /// Whether anything is sought.
    pub fn narrows(&self) -> bool {
        [&self.event, &self.who, &self.object, &self.from, &self.until].iter().any(|text| !text.trim().is_empty())
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
        add("from", self.from.trim());
        add("until", self.until.trim());
        add("after", after);
        let query = parts.join("&");
        if query.is_empty() { "/staff/audit".to_string() } else { format!("/staff/audit?{query}") }
    }
}

/// From when on, and until when.
pub(super) type Span = (Option<Moment>, Option<Moment>);

fn day(errors: &mut Errors, field: &'static str, typed: &str) -> Option<Day> {
    let typed = typed.trim();
    let day = Day::parse(typed);
    if day.is_none() && !typed.is_empty() {
        errors.add(field, FieldError::Malformed);
    }
    day
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
    fn a_span_holds_both_of_its_days_as_they_are_in_the_zone() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let sought = |from: &str, to: &str| Sought { from: from.into(), until: to.into(), ..Sought::default() };
        let at = |text: &str| Moment::parse(text);
        let both = (at("2026-11-22T16:00:00Z"), at("2026-11-24T16:00:00Z"));
        assert_eq!(sought("2026-11-23", "2026-11-24").span(&zone).unwrap(), both);
        assert_eq!(sought("", "").span(&zone).unwrap(), (None, None));
        for (from, to, wrong) in [("x", "", "from"), ("", "23.11.2026", "until"), ("2026-11-24", "2026-11-23", "until")]
        {
            assert!(sought(from, to).span(&zone).unwrap_err().of(wrong).is_some(), "{from} {to}");
        }
        assert!(sought("2026-11-23", "").narrows());
        assert_eq!(sought("2026-11-23", "").address("7"), "/staff/audit?from=2026%2D11%2D23&after=7");
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
