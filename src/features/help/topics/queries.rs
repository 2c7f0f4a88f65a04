//! Articles as the public reads them. Drafts are nowhere.

use diesel::prelude::*;

use super::{ArticleState, Topic};
use crate::base::db::Conn;
use crate::base::db::schema::articles;
use crate::base::types::Moment;
use crate::features::help::seeding::NewArticle;
use crate::services::markdown;
use crate::services::search::{patterns, searchable};

/// The most articles on one page; the help centre is written by hand.
const MOST: i64 = 200;
/// The most answers to a search.
const MOST_FOUND: i64 = 30;

/// An article in a list.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Line {
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub topic: Topic,
}

/// An article.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Article {
    pub id: i64,
    pub title: String,
    pub summary: String,
    pub body: String,
    pub topic: Topic,
    pub updated_at: Moment,
}

/// Every published article, in the order in which they were written.
pub(super) fn all(conn: &mut Conn) -> QueryResult<Vec<Line>> {
    articles::table
        .filter(articles::state.eq(ArticleState::Published))
        .order(articles::id)
        .limit(MOST)
        .select((articles::slug, articles::title, articles::summary, articles::topic))
        .load(conn)
}

/// The articles in which every word of `query` occurs; those that have it in the title first.
pub(super) fn found(conn: &mut Conn, query: &str) -> QueryResult<Vec<Line>> {
    let words = patterns(query);
    let mut asked = articles::table.filter(articles::state.eq(ArticleState::Published)).into_boxed();
    for word in &words {
        asked = asked.filter(articles::search_text.like(word.clone()).escape('\\'));
    }
    let mut lines: Vec<Line> = asked
        .order(articles::id)
        .limit(MOST_FOUND)
        .select((articles::slug, articles::title, articles::summary, articles::topic))
        .load(conn)?;
    let needle = crate::services::search::fold(query);
    lines.sort_by_key(|line| !crate::services::search::fold(&line.title).contains(&needle));
    Ok(lines)
}

/// A published article by its address.
pub(super) fn article(conn: &mut Conn, slug: &str) -> QueryResult<Article> {
    articles::table
        .filter(articles::slug.eq(slug))
        .filter(articles::state.eq(ArticleState::Published))
        .select((
            articles::id,
            articles::title,
            articles::summary,
            articles::body,
            articles::topic,
            articles::updated_at,
        ))
        .first(conn)
}

/// Others of the same topic.
pub(super) fn beside(conn: &mut Conn, article: &Article) -> QueryResult<Vec<Line>> {
    articles::table
        .filter(articles::state.eq(ArticleState::Published))
        .filter(articles::topic.eq(article.topic))
        .filter(articles::id.ne(article.id))
        .order(articles::id)
        .limit(6)
        .select((articles::slug, articles::title, articles::summary, articles::topic))
        .load(conn)
}

/// Publishes an article.
pub(in crate::features::help) fn add(conn: &mut Conn, new: &NewArticle<'_>, now: Moment) -> QueryResult<i64> {
    diesel::insert_into(articles::table)
        .values((
            articles::slug.eq(new.slug),
            articles::title.eq(new.title),
            articles::summary.eq(new.summary),
            articles::body.eq(new.body),
            articles::topic.eq(new.topic),
            articles::search_text.eq(searchable(&[new.title, new.summary, new.keywords, &markdown::plain(new.body)])),
            articles::state.eq(ArticleState::Published),
            articles::updated_at.eq(now),
        ))
        .returning(articles::id)
        .get_result(conn)
}
