//! Products and plans as the public reads them. Drafts are nowhere; what is retired keeps its page only.

use diesel::prelude::*;

use super::model::State;
use super::seeding::{NewPlan, NewProduct};
use super::{Category, Period};
use crate::base::db::Conn;
use crate::base::db::schema::{plans, products};
use crate::base::types::{Moment, Money};
use crate::each;
use crate::services::markdown;
use crate::services::search::{patterns, searchable};
use crate::web::lists::PAGE;
use crate::web::slug::Slug;

/// The most products that the start page chooses from.
const MOST: i64 = 200;

/// A product in a list.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Line {
    pub id: i64,
    pub slug: String,
    pub category: Category,
    pub name: String,
    pub summary: String,
}

/// A product.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Product {
    pub id: i64,
    pub slug: String,
    pub category: Category,
    pub name: String,
    pub summary: String,
    pub body: String,
    pub state: State,
}

impl Product {
    /// Whether it can still be bought.
    pub(super) fn on_sale(&self) -> bool {
        self.state == State::OnSale
    }
}

/// What a plan costs.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Plan {
    pub name: String,
    pub summary: String,
    pub price: Money,
    pub period: Period,
}

/// The lowest price of a product.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct From {
    pub product_id: i64,
    pub price: Money,
    pub period: Period,
}

/// Everything on sale, in the order of the shelves.
pub(super) fn on_sale(conn: &mut Conn) -> QueryResult<Vec<Line>> {
    products::table
        .filter(products::state.eq(State::OnSale))
        .order((products::category, products::position, products::id))
        .limit(MOST)
        .select((products::id, products::slug, products::category, products::name, products::summary))
        .load(conn)
}

/// One page of what is on sale, of one category or all, in which every word of `query` occurs.
pub(super) fn list(
    conn: &mut Conn,
    query: &str,
    category: Option<Category>,
    after: Option<&Slug>,
) -> QueryResult<Option<Vec<Line>>> {
    let mut asked = products::table.filter(products::state.eq(State::OnSale)).into_boxed();
    if let Some(category) = category {
        asked = asked.filter(products::category.eq(category));
    }
    for word in patterns(query) {
        asked = asked.filter(products::search_text.like(word).escape('\\'));
    }
    if let Some(slug) = after {
        let found: Option<(Category, i64, i64)> = products::table
            .filter(products::slug.eq(&**slug))
            .filter(products::state.ne(State::Draft))
            .select((products::category, products::position, products::id))
            .first(conn)
            .optional()?;
        let Some((category, position, id)) = found else { return Ok(None) };
        let further = products::position.gt(position).or(products::position.eq(position).and(products::id.gt(id)));
        asked = asked.filter(products::category.gt(category).or(products::category.eq(category).and(further)));
    }
    asked
        .order((products::category, products::position, products::id))
        .limit(PAGE + 1)
        .select((products::id, products::slug, products::category, products::name, products::summary))
        .load(conn)
        .map(Some)
}

/// The lowest price of each of these products.
pub(super) fn lowest(conn: &mut Conn, of: &[Line]) -> QueryResult<Vec<From>> {
    let ids: Vec<i64> = of.iter().map(|line| line.id).collect();
    let mut all: Vec<From> = plans::table
        .filter(plans::product_id.eq_any(ids))
        .order((plans::product_id, plans::price))
        .select((plans::product_id, plans::price, plans::period))
        .load(conn)?;
    all.dedup_by_key(|from| from.product_id);
    Ok(all)
}

/// A product that has a page.
pub(super) fn product(conn: &mut Conn, slug: &str) -> QueryResult<Product> {
    let asked = products::table.filter(products::slug.eq(slug)).filter(products::state.ne(State::Draft)).select((
        products::id,
        products::slug,
        products::category,
        products::name,
        products::summary,
        products::body,
        products::state,
    ));
    each!(conn, c => asked.first(c))
}

/// The plans of a product, in their order.
pub(super) fn plans_of(conn: &mut Conn, product_id: i64) -> QueryResult<Vec<Plan>> {
    let asked = plans::table.filter(plans::product_id.eq(product_id)).order((plans::position, plans::id)).select((
        plans::name,
        plans::summary,
        plans::price,
        plans::period,
    ));
    each!(conn, c => asked.load(c))
}

/// Puts a product on sale.
pub(super) fn add_product(conn: &mut Conn, new: &NewProduct<'_>, now: Moment) -> QueryResult<i64> {
    let words = searchable(&[new.name, new.summary, new.category.as_str(), new.keywords, &markdown::plain(new.body)]);
    diesel::insert_into(products::table)
        .values((
            products::slug.eq(new.slug),
            products::category.eq(new.category),
            products::name.eq(new.name),
            products::summary.eq(new.summary),
            products::body.eq(new.body),
            products::search_text.eq(words),
            products::state.eq(State::OnSale),
            products::position.eq(new.position),
            products::created_at.eq(now),
            products::updated_at.eq(now),
        ))
        .returning(products::id)
        .get_result(conn)
}

/// Adds a plan to a product.
pub(super) fn add_plan(conn: &mut Conn, product_id: i64, new: &NewPlan<'_>) -> QueryResult<i64> {
    diesel::insert_into(plans::table)
        .values((
            plans::product_id.eq(product_id),
            plans::name.eq(new.name),
            plans::summary.eq(new.summary),
            plans::price.eq(new.price),
            plans::period.eq(new.period),
            plans::position.eq(new.position),
        ))
        .returning(plans::id)
        .get_result(conn)
}
