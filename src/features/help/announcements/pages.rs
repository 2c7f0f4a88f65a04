//! The list of announcements and one of them.

use std::sync::Arc;

use actix_web::HttpResponse;
use askama::Template;

use super::queries::{self, Announcement};
use crate::features::accounts::Visitor;
use crate::services::markdown::{Rendered, excerpt, rendered};
use crate::web::forms::Asking;
use crate::web::lists::{After, Rows};
use crate::web::slug::Slug;
use crate::web::{Actor, Error, Shell, Visit, page};

/// Characters of the text that a list or a description shows.
const BEGINNING: usize = 180;

#[derive(Template)]
#[template(path = "help/announcements.html")]
struct List {
    shell: Shell,
    rows: Rows<(Announcement, String)>,
}

pub(in crate::features::help) async fn list(
    visit: Visit<Visitor>,
    Asking(after): Asking<After>,
) -> Result<HttpResponse, Error> {
    let cursor = Slug::parse(&after.after);
    let (shell, rows) = visit
        .read(move |conn, visitor| {
            let load = |after: Option<&Slug>| queries::list(conn, visitor.context().now, after);
            Ok(Rows::below(cursor, load, |row| row.slug.clone())?)
        })
        .await?;
    let Rows { rows, next, later } = rows;
    let rows =
        rows.into_iter().map(|row| (excerpt(&row.body, BEGINNING), row)).map(|(text, row)| (row, text)).collect();
    page(List { shell, rows: Rows { rows, next, later } })
}

#[derive(Template)]
#[template(path = "help/announcement.html")]
struct Show {
    shell: Shell,
    announcement: Announcement,
    beginning: String,
    text: Arc<Rendered>,
}

pub(in crate::features::help) async fn show(visit: Visit<Visitor>, slug: Slug) -> Result<HttpResponse, Error> {
    let (shell, announcement) =
        visit.read(move |conn, visitor| Ok(queries::announcement(conn, visitor.context().now, &slug)?)).await?;
    let text = rendered(&announcement.body);
    let beginning = excerpt(&announcement.body, BEGINNING);
    page(Show { shell, announcement, beginning, text })
}
