//! What ends by time: codes a day after they died, known browsers after thirty days.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Data;

use super::{browsers, codes};
use crate::base::db::{Conn, End};
use crate::base::types::Moment;
use crate::web::House;
use crate::web::feature::JobSpec;

pub(super) const JOBS: &[JobSpec] = &[JobSpec { name: "accounts_sweep", every: Duration::from_secs(3600), run: sweep }];

fn sweep(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let both = move |conn: &mut Conn| codes::sweep(conn, now).and_then(|_| browsers::sweep(conn, now));
        let ended = house.db.write(move |conn| match both(conn) {
            Ok(_) => End::Keep(Ok(())),
            Err(fault) => End::Undo(Err(fault.to_string())),
        });
        ended.await.map_err(|fault| fault.to_string())?
    })
}
