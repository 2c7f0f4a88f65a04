//! The overview of the account. Every room may add cards; this page only orders them.

use actix_web::HttpResponse;
use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::{Any, Member};
use crate::base::types::Moment;
use crate::services::records::{self, Line};
use crate::web::feature::{CardSpec, Look};
use crate::web::{Error, House, Shell, Visit, page};

/// Below this position a card is a task.
const FIRST_CARD: u16 = 10;
const LATEST: usize = 5;

#[derive(Template)]
#[template(path = "accounts/overview.html")]
struct Show {
    shell: Shell,
    /// The hour of the day in the configured zone, for the greeting.
    hour: i8,
    name: Option<String>,
    /// HTML that the rooms drew from their own templates.
    tasks: Vec<String>,
    cards: Vec<String>,
    records: Vec<Line>,
    session: Option<i64>,
}

pub(super) async fn show(visit: Visit<Member<Any>>) -> Result<HttpResponse, Error> {
    let house = visit.house().clone();
    let (shell, (hour, name, tasks, cards, records, session)) = visit
        .read(move |conn, member| {
            let look = Look { zone: &house.config.zone, currency: house.config.currency.as_str() };
            let (mut tasks, mut cards) = (Vec::new(), Vec::new());
            for card in cards_for(&house, member.role().as_str()) {
                let Some(html) = (card.draw)(conn, member.ctx(), &look)? else { continue };
                if card.position < FIRST_CARD { tasks.push(html) } else { cards.push(html) }
            }
            let records = records::lines_of_person(conn, member.ctx(), member.own_records(), None, LATEST)?;
            let name = member.name().map(str::to_string);
            let hour = hour(member.now(), &house.config.zone);
            Ok((hour, name, tasks, cards, records, member.ctx().author.session_id))
        })
        .await?;
    page(Show { shell, hour, name, tasks, cards, records, session })
}

/// The cards that this role sees, in their order.
fn cards_for(house: &House, role: &str) -> Vec<CardSpec> {
    let all = house.features.iter().flat_map(|feature| feature.overview);
    let mut cards: Vec<CardSpec> =
        all.filter(|card| card.roles.is_empty() || card.roles.contains(&role)).copied().collect();
    cards.sort_by_key(|card| card.position);
    cards
}

fn hour(now: Moment, zone: &TimeZone) -> i8 {
    Timestamp::from_microsecond(now.0).map_or(12, |stamp| zone.to_datetime(stamp).hour())
}
