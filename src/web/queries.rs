//! SQL of the web floor: sessions, once-only forms, uploads.

mod devices;

pub(super) use devices::{came_in, devices, end_named, last_sign_in};

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::roles;
use super::session::{
    AccountPlace, AccountState, Displaced, Entering, NewSession, PersonKind, PersonState, SessionRow, Sitting, stands,
};
use super::uploads::Upload;
use crate::base::chance;
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, memberships, people, sessions, submissions, uploads};
use crate::base::types::{Moment, Number};
use crate::each;
use crate::services::context::Context;

const DAY: Duration = Duration::from_secs(24 * 3600);
const MOST_SESSIONS: usize = 10;
/// How late the last use of a session may be written.
const SEEN_LATE: Duration = Duration::from_secs(120);

/// The session with number, name and role of the account's place, each on its own as an outer join gives them.
type Found = (Sitting, Option<String>, Option<String>, Option<String>);

/// One statement finds the session, the person and the account that the person works in: every page asks for it.
pub(super) fn session(conn: &mut Conn, hashes: Vec<Vec<u8>>) -> QueryResult<Option<SessionRow>> {
    let account = accounts::id.nullable().eq(sessions::account_id).and(accounts::state.ne(AccountState::Closed));
    let membership = memberships::account_id
        .nullable()
        .eq(sessions::account_id)
        .and(memberships::person_id.eq(sessions::person_id))
        .and(memberships::ended_at.is_null());
    // One generation of keys is the rule, so this is one query; `eq_any` would not be cached as a statement.
    for hash in hashes {
        let asked = sessions::table
            .inner_join(people::table)
            .left_join(accounts::table.on(account))
            .left_join(memberships::table.on(membership))
            .filter(sessions::reference_hash.eq(hash))
            .filter(sessions::ended_at.is_null())
            .filter(people::state.eq(PersonState::Active))
            .select((
                (
                    sessions::id,
                    sessions::public_id,
                    sessions::person_id,
                    sessions::account_id,
                    sessions::method,
                    sessions::remembered,
                    sessions::signed_in_at,
                    sessions::seen_at,
                    sessions::stepped_up_at,
                    people::kind,
                    people::address,
                    people::name,
                    people::subject_id,
                ),
                accounts::number.nullable(),
                accounts::name.nullable(),
                memberships::role.nullable(),
            ));
        // On the very connection: a statement of a known type is not spelled out again to be found in the cache. The key is
        // unique, and no limit stands beside it: with one PostgreSQL plans as if a tenth of the rows were enough.
        let found: Option<Found> = each!(&mut *conn, c => asked.get_result(c).optional())?;
        if let Some((sitting, number, name, role)) = found {
            let place = number.zip(role).map(|(number, role)| AccountPlace { number, name, role });
            let roles = match sitting.kind {
                PersonKind::Staff => roles::of(conn, sitting.person_id)?,
                PersonKind::Customer => Vec::new(),
            };
            return Ok(Some(SessionRow { sitting, place, roles }));
        }
    }
    Ok(None)
}

/// Waits until no other transaction opens or ends sessions of this person. What is read after it holds until the change is
/// made: whoever ends all sessions also ends one that was being opened. SQLite has one writer and needs no lock.
pub(super) fn hold(conn: &mut Conn, person: i64) -> QueryResult<()> {
    if let Conn::Pg(pg) = conn {
        people::table.find(person).select(people::id).for_no_key_update().execute(pg)?;
    }
    Ok(())
}

/// Whether a session and its person have not ended.
pub(super) fn session_stands(conn: &mut Conn, session: i64) -> QueryResult<bool> {
    let standing = sessions::table
        .inner_join(people::table)
        .filter(sessions::id.eq(session))
        .filter(sessions::ended_at.is_null())
        .filter(people::state.eq(PersonState::Active));
    diesel::select(diesel::dsl::exists(standing)).get_result(conn)
}

/// The role of a session's person in the account that it works in, while all of them stand.
pub(super) fn standing_role(conn: &mut Conn, session: i64) -> QueryResult<Option<String>> {
    let here = memberships::account_id
        .nullable()
        .eq(sessions::account_id)
        .and(memberships::person_id.eq(sessions::person_id))
        .and(memberships::ended_at.is_null());
    let asked = sessions::table
        .inner_join(people::table)
        .inner_join(memberships::table.on(here))
        .filter(sessions::id.eq(session))
        .filter(sessions::ended_at.is_null())
        .filter(people::state.eq(PersonState::Active))
        .select(memberships::role);
    each!(conn, c => asked.get_result(c).optional())
}

pub(super) fn enter(conn: &mut Conn, ctx: &Context, entering: &Entering) -> QueryResult<NewSession> {
    hold(conn, entering.person_id)?;
    let reference = BASE64URL_NOPAD.encode(&chance::bytes::<32>());
    let hash = ctx.keys.hash("session", &[reference.as_bytes()]);
    let id = diesel::insert_into(sessions::table)
        .values((
            sessions::public_id.eq(Number::random('S')),
            sessions::reference_hash.eq(hash.to_vec()),
            sessions::person_id.eq(entering.person_id),
            sessions::account_id.eq(entering.account_id),
            sessions::method.eq(entering.method),
            sessions::remembered.eq(entering.remembered),
            sessions::created_at.eq(ctx.now),
            sessions::signed_in_at.eq(entering.signed_in_at),
            sessions::seen_at.eq(ctx.now),
            sessions::stepped_up_at.eq(entering.stepped_up_at),
            sessions::network.eq(&*ctx.network),
            sessions::device.eq(&*ctx.device),
        ))
        .returning(sessions::id)
        .get_result::<i64>(conn)?;
    let displaced = make_room(conn, entering.person_id, ctx.now)?;
    Ok(NewSession { reference, id, displaced })
}

/// Ends what a person has too many of, oldest first, but before any that stands those that ran out by themselves.
fn make_room(conn: &mut Conn, person_id: i64, now: Moment) -> QueryResult<Vec<Displaced>> {
    type Open = (i64, PersonKind, String, String, String, Moment, bool, Moment);
    let rows: Vec<Open> = sessions::table
        .inner_join(people::table)
        .filter(sessions::person_id.eq(person_id))
        .filter(sessions::ended_at.is_null())
        .order(sessions::id)
        .select((
            sessions::id,
            people::kind,
            sessions::public_id,
            sessions::device,
            sessions::network,
            sessions::signed_in_at,
            sessions::remembered,
            sessions::seen_at,
        ))
        .load(conn)?;
    let surplus = rows.len().saturating_sub(MOST_SESSIONS);
    let fresh = |open: &Open| stands(open.1, open.6, open.5, open.7, now.minus(SEEN_LATE));
    let (standing, over): (Vec<_>, Vec<_>) = rows.into_iter().partition(fresh);
    let mut displaced = Vec::new();
    let ran_out = over.len();
    for (nth, open) in over.into_iter().chain(standing).take(surplus).enumerate() {
        let (id, _, public_id, device, network, signed_in_at, ..) = open;
        end_session(conn, id, now)?;
        if nth >= ran_out {
            displaced.push(Displaced { public_id, device, network, signed_in_at });
        }
    }
    Ok(displaced)
}

pub(super) fn touch_sessions(conn: &mut Conn, seen: &[(i64, Moment)]) -> QueryResult<()> {
    for (id, at) in seen {
        diesel::update(sessions::table.find(*id).filter(sessions::seen_at.lt(*at)))
            .set(sessions::seen_at.eq(*at))
            .execute(conn)?;
    }
    Ok(())
}

pub(super) fn last_use(conn: &mut Conn, person_id: i64) -> QueryResult<Option<Moment>> {
    sessions::table
        .filter(sessions::person_id.eq(person_id))
        .order(sessions::seen_at.desc())
        .select(sessions::seen_at)
        .first(conn)
        .optional()
}

pub(super) fn end_session(conn: &mut Conn, id: i64, now: Moment) -> QueryResult<()> {
    diesel::update(sessions::table.find(id).filter(sessions::ended_at.is_null()))
        .set(sessions::ended_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn end_sessions(conn: &mut Conn, person: i64, except: Option<i64>, now: Moment) -> QueryResult<usize> {
    hold(conn, person)?;
    diesel::update(
        sessions::table
            .filter(sessions::person_id.eq(person))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::id.ne(except.unwrap_or(0))),
    )
    .set(sessions::ended_at.eq(Some(now)))
    .execute(conn)
}

pub(super) fn end_sessions_in(
    conn: &mut Conn,
    person: i64,
    account: i64,
    except: Option<i64>,
    now: Moment,
) -> QueryResult<usize> {
    hold(conn, person)?;
    diesel::update(
        sessions::table
            .filter(sessions::person_id.eq(person))
            .filter(sessions::account_id.eq(account))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::id.ne(except.unwrap_or(0))),
    )
    .set(sessions::ended_at.eq(Some(now)))
    .execute(conn)
}

pub(super) fn work_nowhere(conn: &mut Conn, session: i64) -> QueryResult<()> {
    diesel::update(sessions::table.find(session).filter(sessions::ended_at.is_null()))
        .set(sessions::account_id.eq(None::<i64>))
        .execute(conn)?;
    Ok(())
}

/// A form that was posted before: where it went and what it said.
pub(super) type Repeated = (Option<String>, Option<String>);

/// Marks a form key as used. `Some` when it was used before. Inserted first, so that two equal posts at once queue up
/// on the key.
pub(super) fn submit(conn: &mut Conn, actor: &str, key: &str, now: Moment) -> QueryResult<Option<Repeated>> {
    let row = (submissions::actor.eq(actor), submissions::form_key.eq(key), submissions::created_at.eq(now));
    let fresh =
        each!(conn, c => diesel::insert_into(submissions::table).values(row).on_conflict_do_nothing().execute(c))?;
    if fresh == 1 {
        return Ok(None);
    }
    submissions::table.find((actor, key)).select((submissions::location, submissions::flash)).first(conn).map(Some)
}

pub(super) fn submitted(conn: &mut Conn, actor: &str, key: &str, to: &str, flash: Option<&str>) -> QueryResult<()> {
    let led = diesel::update(submissions::table.find((actor, key)))
        .set((submissions::location.eq(Some(to)), submissions::flash.eq(flash)));
    each!(conn, c => led.execute(c))?;
    Ok(())
}

pub(super) fn unsubmit(conn: &mut Conn, actor: &str, key: &str) -> QueryResult<()> {
    diesel::delete(submissions::table.find((actor, key))).execute(conn)?;
    Ok(())
}

/// Deletes form keys after two days, at most `most`.
pub(super) fn sweep_submissions(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    diesel::sql_query(
        "delete from submissions where (actor, form_key) in \
         (select actor, form_key from submissions where created_at < $1 order by created_at limit $2)",
    )
    .bind::<BigInt, _>(now.minus(DAY * 2))
    .bind::<BigInt, _>(most)
    .execute(conn)
}

pub(super) fn keep_upload(
    conn: &mut Conn,
    person: i64,
    purpose: &str,
    upload: &Upload,
    now: Moment,
    until: Moment,
) -> QueryResult<()> {
    diesel::insert_into(uploads::table)
        .values((
            uploads::number.eq(&upload.number),
            uploads::person_id.eq(person),
            uploads::purpose.eq(purpose),
            uploads::file_name.eq(&upload.file_name),
            uploads::media_kind.eq(&upload.media_kind),
            uploads::size.eq(upload.size),
            uploads::storage_key.eq(&upload.storage_key),
            uploads::created_at.eq(now),
            uploads::expires_at.eq(until),
        ))
        .execute(conn)?;
    Ok(())
}

const UPLOAD: (uploads::number, uploads::file_name, uploads::media_kind, uploads::size, uploads::storage_key) =
    (uploads::number, uploads::file_name, uploads::media_kind, uploads::size, uploads::storage_key);

pub(super) fn waiting_uploads(
    conn: &mut Conn,
    person: i64,
    purpose: &str,
    numbers: &[String],
    now: Moment,
) -> QueryResult<Vec<Upload>> {
    uploads::table
        .filter(uploads::person_id.eq(person))
        .filter(uploads::purpose.eq(purpose))
        .filter(uploads::number.eq_any(numbers))
        .filter(uploads::expires_at.gt(now))
        .order(uploads::id)
        .select(UPLOAD)
        .load(conn)
}

pub(super) fn adopt_uploads(
    conn: &mut Conn,
    person: i64,
    purpose: &str,
    numbers: &[String],
    now: Moment,
) -> QueryResult<Vec<Upload>> {
    let mut taken: Vec<Upload> = diesel::delete(
        uploads::table
            .filter(uploads::person_id.eq(person))
            .filter(uploads::purpose.eq(purpose))
            .filter(uploads::number.eq_any(numbers))
            .filter(uploads::expires_at.gt(now)),
    )
    .returning(UPLOAD)
    .get_results(conn)?;
    // A deletion has no order of its own: files stay as they were chosen.
    taken.sort_by_key(|upload| numbers.iter().position(|number| *number == upload.number));
    Ok(taken)
}

/// Deletes uploads and answers where their files lie.
pub(super) fn forget_uploads(conn: &mut Conn, numbers: &[String]) -> QueryResult<Vec<String>> {
    diesel::delete(uploads::table.filter(uploads::number.eq_any(numbers)))
        .returning(uploads::storage_key)
        .get_results(conn)
}

/// Number and storage key of uploads whose time is over, at most `most`.
pub(super) fn expired_uploads(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<Vec<(String, String)>> {
    uploads::table
        .filter(uploads::expires_at.le(now))
        .order(uploads::expires_at)
        .limit(most)
        .select((uploads::number, uploads::storage_key))
        .load(conn)
}

/// Which of these files wait as uploads.
pub(super) fn holds(conn: &mut Conn, keys: &[String]) -> QueryResult<Vec<String>> {
    uploads::table.filter(uploads::storage_key.eq_any(keys)).select(uploads::storage_key).load(conn)
}
