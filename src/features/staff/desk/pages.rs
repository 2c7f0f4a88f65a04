//! The page of the desk.

use actix_web::HttpResponse;
use askama::Template;

use crate::features::staff::{AnyRole, Staff};
use crate::web::feature::{CardSpec, Look};
use crate::web::{Error, Shell, Visit, page};

#[derive(Template)]
#[template(path = "staff/desk/show.html")]
struct Show {
    shell: Shell,
    name: String,
    /// HTML that the rooms drew with their own templates.
    cards: Vec<String>,
}

pub(super) async fn show(visit: Visit<Staff<AnyRole>>) -> Result<HttpResponse, Error> {
    let house = visit.house().clone();
    let (shell, (name, cards)) = visit
        .read(move |conn, officer| {
            let held: Vec<&str> = officer.roles().iter().map(|role| role.as_str()).collect();
            let open = |card: &&CardSpec| card.roles.is_empty() || card.roles.iter().any(|role| held.contains(role));
            let mut specs: Vec<&CardSpec> = house.features.iter().flat_map(|room| room.desk).filter(open).collect();
            specs.sort_by_key(|card| card.position);
            let look = Look { zone: &house.config.zone, currency: house.config.currency.as_str() };
            let mut cards = Vec::new();
            for spec in specs {
                cards.extend((spec.draw)(conn, officer.ctx(), &look)?);
            }
            Ok((officer.name().to_string(), cards))
        })
        .await?;
    page(Show { shell, name, cards })
}
