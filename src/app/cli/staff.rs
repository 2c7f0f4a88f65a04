//! `easylink staff`: the first people on the staff, and what helps when nobody on it can sign in.

use actix_web::web::Data;

use super::{Outcome, operator, wait};
use crate::app::server;
use crate::base::clock::Clock;
use crate::base::config::Config;
use crate::base::db::{Conn, End};
use crate::base::types::Address;
use crate::features::staff::{self, Refusal};
use crate::services::context::Context;
use crate::web::House;
use crate::web::feature::StaffRole;

/// Adds a person with roles and prints the activation link, which works once and for 24 hours (PW10).
pub(super) fn add(config: Config, address: &str, roles: &[String]) -> Outcome {
    let (address, roles) = (parsed(address)?, roles_of(roles)?);
    let shown = address.to_string();
    on_house(config, |house| async move {
        let base = house.base_url.clone();
        let path = change(&house, move |conn, ctx| staff::invite(conn, ctx, &address, &roles)).await?;
        println!("{shown} can set up a staff sign-in within 24 hours, once, at");
        println!("{base}{path}");
        Ok(())
    })
}

/// Prints everybody on the staff: address, state, roles.
pub(super) fn list(config: Config) -> Outcome {
    on_house(config, |house| async move {
        for one in house.db.read(staff::everybody).await?? {
            println!("{}\t{}\t{}", one.address, one.standing, one.roles.join(","));
        }
        Ok(())
    })
}

/// Ends all sessions of a person.
pub(super) fn end_sessions(config: Config, address: &str) -> Outcome {
    let address = parsed(address)?;
    on_house(config, |house| async move {
        let ended = change(&house, move |conn, ctx| staff::end_sessions(conn, ctx, &address)).await?;
        println!("{ended} sessions ended");
        Ok(())
    })
}

/// Locks a person out.
pub(super) fn lock(config: Config, address: &str) -> Outcome {
    let address = parsed(address)?;
    on_house(config, |house| async move {
        change(&house, move |conn, ctx| staff::lock(conn, ctx, &address)).await?;
        println!("locked, and signed out everywhere");
        Ok(())
    })
}

/// Lets a locked person in again.
pub(super) fn unlock(config: Config, address: &str) -> Outcome {
    let address = parsed(address)?;
    on_house(config, |house| async move {
        change(&house, move |conn, ctx| staff::unlock(conn, ctx, &address)).await?;
        println!("unlocked");
        Ok(())
    })
}

fn parsed(address: &str) -> Result<Address, String> {
    Address::parse(address).ok_or_else(|| format!("{address} is no e-mail address"))
}

fn roles_of(words: &[String]) -> Result<Vec<StaffRole>, String> {
    let mut roles = Vec::new();
    for word in words {
        let known: Vec<&str> = StaffRole::ALL.iter().map(|role| role.as_str()).collect();
        let role = StaffRole::parse(word).ok_or_else(|| format!("{word} is no role; roles: {}", known.join(" ")))?;
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    if roles.is_empty() { Err("name at least one role with --role".into()) } else { Ok(roles) }
}

fn on_house<F: Future<Output = Outcome>>(config: Config, work: impl FnOnce(Data<House>) -> F) -> Outcome {
    wait(async { work(server::open(config, Clock::system()).await?).await })?
}

/// One transaction by an operator.
async fn change<T: Send + 'static>(
    house: &House,
    work: impl FnOnce(&mut Conn, &Context) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Box<dyn std::error::Error>> {
    let ctx = operator(house.clock.now(), house.keys.clone(), house.base_url.clone());
    let done = house.db.write(move |conn| match work(conn, &ctx) {
        Ok(done) => End::Keep(Ok(done)),
        Err(refusal) => End::Undo(Err(refusal)),
    });
    Ok(done.await??)
}
