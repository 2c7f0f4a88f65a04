//! The start page, the list of products, and one product.

use std::sync::Arc;

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::Category;
use super::model::by_category;
use super::queries::{self, From, Line, Plan, Product};
use crate::features::accounts::Visitor;
use crate::features::help::{self, Headline};
use crate::services::markdown::{Rendered, rendered};
use crate::web::forms::Asking;
use crate::web::lists::Rows;
use crate::web::slug::Slug;
use crate::web::{Actor, Error, Shell, Visit, page};

/// Products of each category on the start page.
const SHELF: usize = 2;
/// Announcements on the start page.
const NEWS: i64 = 4;

/// A product with its lowest price.
struct Offer {
    line: Line,
    from: Option<From>,
}

fn offers(lines: Vec<Line>, prices: &[From]) -> Vec<Offer> {
    let price = |id: i64| prices.iter().find(|from| from.product_id == id).copied();
    lines.into_iter().map(|line| Offer { from: price(line.id), line }).collect()
}

#[derive(Template)]
#[template(path = "catalogue/home.html")]
struct Home {
    shell: Shell,
    shelves: Vec<(Category, Vec<Offer>)>,
    news: Vec<Headline>,
}

pub(super) async fn home(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let (shell, (lines, prices, news)) = visit
        .read(|conn, visitor| {
            let shelves = by_category(queries::on_sale(conn)?, SHELF, |line| line.category);
            let lines: Vec<Line> = shelves.into_iter().flat_map(|(_, lines)| lines).collect();
            let prices = queries::lowest(conn, &lines)?;
            let news = help::newest(conn, visitor.context().now, NEWS)?;
            Ok((lines, prices, news))
        })
        .await?;
    let shelves = by_category(offers(lines, &prices), SHELF, |offer| offer.line.category);
    page(Home { shell, shelves, news })
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    q: String,
    category: String,
    after: String,
}

#[derive(Template)]
#[template(path = "catalogue/list.html")]
struct List {
    shell: Shell,
    q: String,
    category: Option<Category>,
    offers: Vec<Offer>,
    next: Option<String>,
    later: bool,
}

pub(super) async fn list(visit: Visit<Visitor>, Asking(query): Asking<Query>) -> Result<HttpResponse, Error> {
    let category = Category::parse(&query.category);
    let q = query.q.trim().to_string();
    let asked = q.clone();
    let (shell, (rows, prices)) = visit
        .read(move |conn, _| {
            let load = |after: Option<&Slug>| queries::list(conn, &asked, category, after);
            let rows = Rows::below(Slug::parse(&query.after), load, |row| row.slug.clone())?;
            let prices = if rows.is_empty() { Vec::new() } else { queries::lowest(conn, &rows.rows)? };
            Ok((rows, prices))
        })
        .await?;
    let Rows { rows, next, later } = rows;
    page(List { shell, q, category, offers: offers(rows, &prices), next, later })
}

#[derive(Template)]
#[template(path = "catalogue/show.html")]
struct Show {
    shell: Shell,
    product: Product,
    plans: Vec<Plan>,
    text: Arc<Rendered>,
}

pub(super) async fn show(visit: Visit<Visitor>, slug: Slug) -> Result<HttpResponse, Error> {
    let (shell, (product, plans)) = visit
        .read(move |conn, _| {
            let product = queries::product(conn, &slug)?;
            let plans = queries::plans_of(conn, product.id)?;
            Ok((product, plans))
        })
        .await?;
    let text = rendered(&product.body);
    page(Show { shell, product, plans, text })
}
