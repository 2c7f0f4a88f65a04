//! Keeping and reading operation records.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::Event;
use super::subjects::{subject_key, subject_keys, subject_of_account};
use crate::base::crypto::{open_with, seal_with};
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, people, records, subjects};
use crate::base::types::{Moment, Number};
use crate::each;
use crate::services::context::{AuthorKind, Context};

const PLACE: &str = "records.sealed_payload";

/// Inserts one record in the running transaction.
pub fn keep(conn: &mut Conn, ctx: &Context, entry: super::Entry) -> QueryResult<()> {
    let author = &ctx.author;
    let own = author.kind == AuthorKind::Customer;
    let account_id = entry.account_id.or(author.account_id.filter(|_| own));
    let person_id = entry.person_id.or(author.person_id.filter(|_| own && !entry.of_all));
    let (subject_id, key) = match (entry.subject_id, entry.account_id, author.subject_id) {
        (None, Some(account), _) => {
            let (subject, key) = subject_of_account(conn, &ctx.keys, account)?;
            (Some(subject), key)
        }
        (Some(subject), ..) | (None, None, Some(subject)) => (Some(subject), subject_key(conn, &ctx.keys, subject)?),
        (None, None, None) => (None, None),
    };
    let sealed = key.map(|key| {
        let payload = json!({ "device": &*ctx.device, "details": entry.details });
        seal_with(&key, PLACE, &row(entry.event, ctx.now), payload.to_string().as_bytes())
    });
    let kept = diesel::insert_into(records::table).values((
        records::subject_id.eq(subject_id),
        records::account_id.eq(account_id),
        records::person_id.eq(person_id),
        records::actor.eq(author.kind),
        records::actor_id.eq(author.person_id),
        records::event.eq(entry.event),
        records::object.eq(entry.object),
        records::session_id.eq(author.session_id),
        records::network.eq(&*ctx.network),
        records::at.eq(ctx.now),
        records::sealed_payload.eq(sealed),
    ));
    each!(conn, c => kept.execute(c))?;
    Ok(())
}

/// One operation record as it is shown.
#[derive(Debug, Clone)]
pub struct Record {
    /// For the cursor of a list.
    pub id: i64,
    /// What happened.
    pub event: Event,
    /// Who did it.
    pub actor: AuthorKind,
    /// The person who did it.
    pub actor_id: Option<i64>,
    /// The name or address of the one who did it, for staff pages; customers see the kind only for staff.
    pub actor_name: Option<String>,
    /// The public number of what it is about.
    pub object: Option<String>,
    /// Truncated network.
    pub network: String,
    /// Browser and system.
    pub device: String,
    /// Facts kept with it.
    pub details: Value,
    /// When, UTC.
    pub at: Moment,
    /// The session that carried it.
    pub session_id: Option<i64>,
}

impl Record {
    /// The public number of what it is about, as people write it; what is no number stands as it is.
    pub fn thing(&self) -> Option<String> {
        let object = self.object.as_deref()?;
        let number = object.chars().next().and_then(|kind| Number::parse(kind, object));
        Some(number.map_or_else(|| object.to_string(), |number| number.to_string()))
    }
}

/// Kind, person and address of the one who did it.
type Actor = (AuthorKind, Option<i64>, Option<String>);
type Row = (i64, Event, Actor, Option<String>, String, Moment, Option<i64>, Option<i64>, Option<Vec<u8>>);

/// What a record is read from; the actor's address may be unknown.
macro_rules! columns {
    () => {
        (
            records::id,
            records::event,
            (records::actor, records::actor_id, people::address.nullable()),
            records::object,
            records::network,
            records::at,
            records::session_id,
            records::subject_id,
            records::sealed_payload,
        )
    };
}

/// Whose records a person reads (PR18): every one of their own and, where they own the account, what staff and jobs did
/// in it, without the device and network of the member of staff. What other members did is theirs.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    /// The person.
    pub person_id: i64,
    /// The account, when the person owns it.
    pub account_id: Option<i64>,
}

/// The records that a person may read, newest first, from below `before`.
pub fn of_person(conn: &mut Conn, ctx: &Context, own: Own, before: Option<i64>, most: i64) -> QueryResult<Vec<Record>> {
    let before = before.unwrap_or(i64::MAX);
    let newest = || {
        let actors = people::table.on(records::actor_id.eq(people::id.nullable()));
        records::table.left_join(actors).filter(records::id.lt(before)).order(records::id.desc()).limit(most)
    };
    let mut rows: Vec<Row> = newest().filter(records::person_id.eq(own.person_id)).select(columns!()).load(conn)?;
    // Two questions, each along its index, cost a page; one with `or` would sort all that was ever kept.
    if let Some(account) = own.account_id {
        let others = newest()
            .filter(records::account_id.eq(account))
            .filter(records::person_id.is_null())
            .filter(records::event.ne_all(Event::INTERNAL));
        merge(&mut rows, others.select(columns!()).load(conn)?, most);
    }
    let mut list = opened(conn, ctx, rows)?;
    // From where others work is theirs alone.
    let others = |record: &Record| match record.actor {
        AuthorKind::Staff => true,
        AuthorKind::Customer => record.actor_id != Some(own.person_id),
        _ => false,
    };
    for record in list.iter_mut().filter(|record| others(record)) {
        (record.network, record.device) = (String::new(), String::new());
    }
    Ok(list)
}

/// Newest first out of two such lists, at most `most`.
fn merge(rows: &mut Vec<Row>, others: Vec<Row>, most: i64) {
    rows.extend(others);
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.0));
    rows.truncate(usize::try_from(most).unwrap_or_default());
}

/// How many sign-ins of a person failed since then.
pub fn failed_sign_ins(conn: &mut Conn, person_id: i64, since: Moment) -> QueryResult<i64> {
    records::table
        .filter(records::person_id.eq(person_id))
        .filter(records::event.eq(Event::SignInFailed))
        .filter(records::at.gt(since))
        .count()
        .get_result(conn)
}

/// Whether this happened to a person since then.
pub fn happened(conn: &mut Conn, person_id: i64, event: Event, since: Moment) -> QueryResult<bool> {
    let found = records::table
        .filter(records::person_id.eq(person_id))
        .filter(records::event.eq(event))
        .filter(records::at.ge(since));
    diesel::select(diesel::dsl::exists(found)).get_result(conn)
}

/// When this event happened to each of these people since; a line for each time.
pub fn times_of(conn: &mut Conn, people: &[i64], event: Event, since: Moment) -> QueryResult<Vec<(i64, Moment)>> {
    let rows: Vec<(Option<i64>, Moment)> = records::table
        .filter(records::person_id.eq_any(people))
        .filter(records::event.eq(event))
        .filter(records::at.ge(since))
        .select((records::person_id, records::at))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(person, at)| Some((person?, at))).collect())
}

/// The records about one object of an account, oldest first: the knots of its thread.
pub fn of_object(conn: &mut Conn, ctx: &Context, account_id: i64, object: &str) -> QueryResult<Vec<Record>> {
    let rows: Vec<Row> = records::table
        .left_join(people::table.on(records::actor_id.eq(people::id.nullable())))
        .filter(records::object.eq(object))
        .filter(records::account_id.eq(account_id))
        .order(records::id.asc())
        .select(columns!())
        .load(conn)?;
    opened(conn, ctx, rows)
}

/// What an auditor seeks among all records; what is empty does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// One kind of event.
    pub event: Option<Event>,
    /// A person's public number: what they did and what concerns them.
    pub person: Option<Number>,
    /// The public number of a thing, in every way in which it may be written.
    pub objects: Vec<String>,
    /// Not earlier than this.
    pub since: Option<Moment>,
    /// Earlier than this.
    pub until: Option<Moment>,
    /// What was typed can be found nowhere.
    pub none: bool,
}

impl Search {
    /// Whether it is narrowed to days, or to an event and maybe days, and to nothing else.
    fn by_time(&self) -> bool {
        let narrowed = self.since.is_some() || self.until.is_some() || self.event.is_some();
        narrowed && self.person.is_none() && self.objects.is_empty()
    }
}

/// The records of everybody, newest first, from below `before`; nothing when there is no such record.
pub fn search(
    conn: &mut Conn,
    ctx: &Context,
    sought: &Search,
    before: Option<i64>,
    most: i64,
) -> QueryResult<Option<Vec<Record>>> {
    if sought.none {
        return Ok(Some(Vec::new()));
    }
    let before: Option<(i64, Moment)> = match before {
        None => None,
        Some(id) => {
            let at = records::table.find(id).select(records::at).first(conn).optional()?;
            let Some(at) = at else { return Ok(None) };
            Some((id, at))
        }
    };
    let narrowed = || {
        let mut query = records::table
            .left_join(people::table.on(records::actor_id.eq(people::id.nullable())))
            .limit(most)
            .into_boxed();
        if let Some(event) = sought.event {
            query = query.filter(records::event.eq(event));
        }
        if !sought.objects.is_empty() {
            query = query.filter(records::object.eq_any(&sought.objects));
        }
        if let Some(since) = sought.since {
            query = query.filter(records::at.ge(since));
        }
        if let Some(until) = sought.until {
            query = query.filter(records::at.lt(until));
        }
        query
    };
    if sought.by_time() {
        // Days go along the index of times, or that of the event's; ids differ from it in order where requests took long.
        let mut query = narrowed().order((records::at.desc(), records::id.desc()));
        if let Some((before, at)) = before {
            // The first condition is what the index follows.
            query = query.filter(records::at.le(at)).filter(records::at.lt(at).or(records::id.lt(before)));
        }
        let rows = query.select(columns!()).load(conn)?;
        return opened(conn, ctx, rows).map(Some);
    }
    let narrowed = || {
        let query = narrowed().order(records::id.desc());
        match before {
            Some((before, _)) => query.filter(records::id.lt(before)),
            None => query,
        }
    };
    let rows: Vec<Row> = match &sought.person {
        None => narrowed().select(columns!()).load(conn)?,
        // Again two questions, each along its index.
        Some(number) => {
            let person: Option<i64> =
                people::table.filter(people::public_id.eq(number)).select(people::id).first(conn).optional()?;
            let person = person.unwrap_or(0);
            let mut rows: Vec<Row> = narrowed().filter(records::actor_id.eq(person)).select(columns!()).load(conn)?;
            let of_others = records::actor_id.is_null().or(records::actor_id.ne(person));
            let concerns = narrowed().filter(records::person_id.eq(person)).filter(of_others);
            merge(&mut rows, concerns.select(columns!()).load(conn)?, most);
            rows
        }
    };
    opened(conn, ctx, rows).map(Some)
}

/// Opens the payloads; a destroyed key leaves them empty. The keys of all subjects on the page are one question.
fn opened(conn: &mut Conn, ctx: &Context, rows: Vec<Row>) -> QueryResult<Vec<Record>> {
    let sealed_for = |row: &Row| row.7.filter(|_| row.8.is_some());
    let keys = subject_keys(conn, &ctx.keys, rows.iter().filter_map(sealed_for).collect())?;
    let record = |(id, event, (actor, actor_id, actor_name), object, network, at, session_id, subject, sealed): Row| {
        let key = subject.and_then(|subject| keys.get(&subject));
        let plain = key.zip(sealed).and_then(|(key, sealed)| open_with(key, PLACE, &row(event, at), &sealed).ok());
        let payload: Value = plain.and_then(|plain| serde_json::from_slice(&plain).ok()).unwrap_or(Value::Null);
        let device = payload["device"].as_str().unwrap_or_default().to_string();
        let details = payload["details"].clone();
        Record { id, event, actor, actor_id, actor_name, object, network, device, details, at, session_id }
    };
    Ok(rows.into_iter().map(record).collect())
}

/// Ties a payload to its row by facts that are known before the row has an id.
fn row(event: Event, at: Moment) -> String {
    format!("{}@{}", event.as_str(), at.0)
}

/// Makes a subject that has no key yet.
pub(super) fn insert_subject(conn: &mut Conn, now: Moment) -> QueryResult<i64> {
    diesel::insert_into(subjects::table).values(subjects::created_at.eq(now)).returning(subjects::id).get_result(conn)
}

/// Stores the sealed key of a subject.
pub(super) fn set_subject_key(conn: &mut Conn, subject_id: i64, sealed: Vec<u8>) -> QueryResult<()> {
    diesel::update(subjects::table.find(subject_id)).set(subjects::sealed_key.eq(Some(sealed))).execute(conn)?;
    Ok(())
}

/// The sealed key of a subject, while it stands.
pub(super) fn sealed_subject_key(conn: &mut Conn, subject_id: i64) -> QueryResult<Option<Vec<u8>>> {
    let asked = subjects::table.find(subject_id).select(subjects::sealed_key);
    Ok(each!(conn, c => asked.get_result(c).optional())?.flatten())
}

/// The sealed keys of several subjects, where they stand.
pub(super) fn sealed_subject_keys(conn: &mut Conn, subjects: &BTreeSet<i64>) -> QueryResult<Vec<(i64, Vec<u8>)>> {
    subjects::table
        .filter(subjects::id.eq_any(subjects))
        .filter(subjects::sealed_key.is_not_null())
        .select((subjects::id, subjects::sealed_key.assume_not_null()))
        .load(conn)
}

/// The subject of an account and its sealed key, in one statement: every record of an account asks for it.
pub(super) fn sealed_key_of_account(conn: &mut Conn, account_id: i64) -> QueryResult<(i64, Option<Vec<u8>>)> {
    let asked = accounts::table
        .inner_join(subjects::table)
        .filter(accounts::id.eq(account_id))
        .select((subjects::id, subjects::sealed_key));
    each!(conn, c => asked.get_result(c))
}
