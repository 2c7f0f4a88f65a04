//! Announcements as the public reads them, newest first.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::announcements;
use crate::base::types::Moment;
use crate::features::help::seeding::NewAnnouncement;
use crate::web::lists::PAGE;
use crate::web::slug::Slug;

/// An announcement in a list.
#[derive(Debug, Clone, Queryable)]
pub struct Headline {
    /// Its address below `/announcements/`.
    pub slug: String,
    /// Its heading.
    pub title: String,
    /// Since when, UTC.
    pub published_at: Moment,
}

/// One announcement.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Announcement {
    pub slug: String,
    pub title: String,
    pub body: String,
    pub published_at: Moment,
}

/// The newest headlines at this moment.
pub fn newest(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<Vec<Headline>> {
    announcements::table
        .filter(announcements::published_at.le(now))
        .order((announcements::published_at.desc(), announcements::id.desc()))
        .limit(most)
        .select((announcements::slug, announcements::title, announcements::published_at))
        .load(conn)
}

/// What is published, newest first, from below `after`; one more than a page. `None` when there is no such announcement.
pub(super) fn list(conn: &mut Conn, now: Moment, after: Option<&Slug>) -> QueryResult<Option<Vec<Announcement>>> {
    let mut asked = announcements::table.filter(announcements::published_at.le(now)).into_boxed();
    if let Some(slug) = after {
        let found: Option<(Moment, i64)> = announcements::table
            .filter(announcements::slug.eq(&**slug))
            .filter(announcements::published_at.le(now))
            .select((announcements::published_at, announcements::id))
            .first(conn)
            .optional()?;
        let Some((at, id)) = found else { return Ok(None) };
        asked = asked.filter(
            announcements::published_at.lt(at).or(announcements::published_at.eq(at).and(announcements::id.lt(id))),
        );
    }
    asked
        .order((announcements::published_at.desc(), announcements::id.desc()))
        .limit(PAGE + 1)
        .select((announcements::slug, announcements::title, announcements::body, announcements::published_at))
        .load(conn)
        .map(Some)
}

pub(super) fn announcement(conn: &mut Conn, now: Moment, slug: &str) -> QueryResult<Announcement> {
    announcements::table
        .filter(announcements::slug.eq(slug))
        .filter(announcements::published_at.le(now))
        .select((announcements::slug, announcements::title, announcements::body, announcements::published_at))
        .first(conn)
}

/// Publishes an announcement.
pub(in crate::features::help) fn add(conn: &mut Conn, new: &NewAnnouncement<'_>) -> QueryResult<i64> {
    diesel::insert_into(announcements::table)
        .values((
            announcements::slug.eq(new.slug),
            announcements::title.eq(new.title),
            announcements::body.eq(new.body),
            announcements::published_at.eq(new.published_at),
        ))
        .returning(announcements::id)
        .get_result(conn)
}
