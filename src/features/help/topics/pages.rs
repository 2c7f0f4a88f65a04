//! The help centre and one article.

use std::sync::Arc;

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::Topic;
use super::queries::{self, Article, Line};
use crate::features::accounts::Visitor;
use crate::services::markdown::{Rendered, rendered};
use crate::services::search::fold;
use crate::web::forms::Asking;
use crate::web::slug::Slug;
use crate::web::{Error, Shell, Visit, page};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::features::help) struct Query {
    q: String,
}

#[derive(Template)]
#[template(path = "help/list.html")]
struct List {
    shell: Shell,
    q: String,
    found: Option<Vec<Line>>,
    topics: Vec<(Topic, Vec<Line>)>,
}

pub(in crate::features::help) async fn list(
    visit: Visit<Visitor>,
    Asking(query): Asking<Query>,
) -> Result<HttpResponse, Error> {
    let q = query.q.trim().to_string();
    let asked = !fold(&q).is_empty();
    let searched = q.clone();
    let (shell, lines) = visit
        .read(move |conn, _| Ok(if asked { queries::found(conn, &searched)? } else { queries::all(conn)? }))
        .await?;
    if asked {
        return page(List { shell, q, found: Some(lines), topics: Vec::new() });
    }
    let mut topics: Vec<(Topic, Vec<Line>)> = Topic::ALL.iter().map(|topic| (*topic, Vec::new())).collect();
    for line in lines {
        if let Some((_, of_topic)) = topics.iter_mut().find(|(topic, _)| *topic == line.topic) {
            of_topic.push(line);
        }
    }
    topics.retain(|(_, of_topic)| !of_topic.is_empty());
    page(List { shell, q, found: None, topics })
}

#[derive(Template)]
#[template(path = "help/show.html")]
struct Show {
    shell: Shell,
    slug: String,
    article: Article,
    text: Arc<Rendered>,
    beside: Vec<Line>,
}

pub(in crate::features::help) async fn show(visit: Visit<Visitor>, slug: Slug) -> Result<HttpResponse, Error> {
    let asked = slug.clone();
    let (shell, (article, beside)) = visit
        .read(move |conn, _| {
            let article = queries::article(conn, &asked)?;
            let beside = queries::beside(conn, &article)?;
            Ok((article, beside))
        })
        .await?;
    let text = rendered(&article.body);
    page(Show { shell, slug: slug.to_string(), article, text, beside })
}
