//! Filling the catalogue.

use diesel::prelude::*;

use super::{Category, Period, queries};
use crate::base::db::Conn;
use crate::base::types::{Moment, Money};

/// A product on sale.
#[derive(Debug, Clone, Copy)]
pub struct NewProduct<'a> {
    /// Its address below `/products/`.
    pub slug: &'a str,
    /// Its kind.
    pub category: Category,
    /// Its name.
    pub name: &'a str,
    /// What it is, in a sentence.
    pub summary: &'a str,
    /// The text, Markdown.
    pub body: &'a str,
    /// Further words under which it is found.
    pub keywords: &'a str,
    /// Its place within the category; the two lowest stand on the start page.
    pub position: i64,
}

/// A plan of a product.
#[derive(Debug, Clone, Copy)]
pub struct NewPlan<'a> {
    /// Its name, once for each product.
    pub name: &'a str,
    /// What it holds, in a line.
    pub summary: &'a str,
    /// The price of one period, minor units.
    pub price: Money,
    /// The period.
    pub period: Period,
    /// Its place in the list.
    pub position: i64,
}

/// Adds a product on sale; its id.
pub fn add_product(conn: &mut Conn, new: &NewProduct<'_>, now: Moment) -> QueryResult<i64> {
    queries::add_product(conn, new, now)
}

/// Adds a plan; its id.
pub fn add_plan(conn: &mut Conn, product_id: i64, new: &NewPlan<'_>) -> QueryResult<i64> {
    queries::add_plan(conn, product_id, new)
}
