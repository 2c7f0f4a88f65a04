//! Filling the help centre and the announcements.

use diesel::prelude::*;

use super::{Topic, announcements, topics};
use crate::base::db::Conn;
use crate::base::types::Moment;

/// A published article.
#[derive(Debug, Clone, Copy)]
pub struct NewArticle<'a> {
    /// Its address below `/help/`.
    pub slug: &'a str,
    /// Where it stands.
    pub topic: Topic,
    /// Its heading.
    pub title: &'a str,
    /// What it answers, in a sentence.
    pub summary: &'a str,
    /// The text, Markdown.
    pub body: &'a str,
    /// Further words under which it is found.
    pub keywords: &'a str,
}

/// An announcement.
#[derive(Debug, Clone, Copy)]
pub struct NewAnnouncement<'a> {
    /// Its address below `/announcements/`.
    pub slug: &'a str,
    /// Its heading.
    pub title: &'a str,
    /// The text, Markdown.
    pub body: &'a str,
    /// From when on it is shown, UTC.
    pub published_at: Moment,
}

/// Adds a published article; its id.
pub fn add_article(conn: &mut Conn, new: &NewArticle<'_>, now: Moment) -> QueryResult<i64> {
    topics::add(conn, new, now)
}

/// Adds an announcement; its id.
pub fn add_announcement(conn: &mut Conn, new: &NewAnnouncement<'_>) -> QueryResult<i64> {
    announcements::add(conn, new)
}
