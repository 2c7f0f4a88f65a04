//! SQL of kept posts.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{LIFE, MOST};
use crate::base::db::Conn;
use crate::base::db::schema::{kept_posts, people, submissions};
use crate::base::types::Moment;
use crate::web::session::PersonKind;

/// Keeps one and forgets the oldest of too many; `NotFound` for a post that has been done already, or of nobody.
pub(super) fn keep(
    conn: &mut Conn,
    person_id: i64,
    (handle, once): (&str, &str),
    sealed: &[u8],
    now: Moment,
) -> QueryResult<PersonKind> {
    let kind = people::table.find(person_id).select(people::kind).first(conn)?;
    let done = submissions::table.find((format!("p{person_id}"), once)).select(submissions::created_at);
    if done.first::<Moment>(conn).optional()?.is_some() {
        return Err(diesel::result::Error::NotFound);
    }
    diesel::insert_into(kept_posts::table)
        .values((
            kept_posts::handle.eq(handle),
            kept_posts::person_id.eq(person_id),
            kept_posts::sealed_data.eq(sealed),
            kept_posts::created_at.eq(now),
            kept_posts::expires_at.eq(now.plus(LIFE)),
        ))
        .execute(conn)?;
    let surplus: Vec<i64> = kept_posts::table
        .filter(kept_posts::person_id.eq(person_id))
        .order(kept_posts::id.desc())
        .offset(MOST)
        .select(kept_posts::id)
        .load(conn)?;
    diesel::delete(kept_posts::table.filter(kept_posts::id.eq_any(surplus))).execute(conn)?;
    Ok(kind)
}

pub(super) fn list(conn: &mut Conn, person_id: i64, now: Moment) -> QueryResult<Vec<(String, Vec<u8>, Moment)>> {
    kept_posts::table
        .filter(kept_posts::person_id.eq(person_id))
        .filter(kept_posts::expires_at.gt(now))
        .order(kept_posts::id.desc())
        .limit(MOST)
        .select((kept_posts::handle, kept_posts::sealed_data, kept_posts::created_at))
        .load(conn)
}

pub(super) fn count(conn: &mut Conn, person_id: i64, now: Moment) -> QueryResult<i64> {
    kept_posts::table
        .filter(kept_posts::person_id.eq(person_id))
        .filter(kept_posts::expires_at.gt(now))
        .count()
        .get_result(conn)
}

pub(super) fn forget(conn: &mut Conn, person_id: i64, handle: &str) -> QueryResult<bool> {
    let one = kept_posts::table.filter(kept_posts::handle.eq(handle)).filter(kept_posts::person_id.eq(person_id));
    Ok(diesel::delete(one).execute(conn)? == 1)
}

pub(super) fn sweep(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    diesel::sql_query(
        "delete from kept_posts where id in \
         (select id from kept_posts where expires_at <= $1 order by expires_at limit $2)",
    )
    .bind::<BigInt, _>(now)
    .bind::<BigInt, _>(most)
    .execute(conn)
}
