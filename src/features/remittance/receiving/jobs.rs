//! Tells those who are too many for the transaction that closed their receiving account.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Data;

use super::telling::{PIECE, tell};
use crate::base::db::End;
use crate::base::types::Moment;
use crate::web::House;
use crate::web::feature::JobSpec;

pub(in crate::features::remittance) const JOB: JobSpec =
    JobSpec { name: "remittance_closed_accounts", every: Duration::from_secs(30), run: tell_all };

/// Piece after piece, each in a transaction of its own.
fn tell_all(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let ctx = house.own_context(now);
        loop {
            let (ctx, currency) = (ctx.clone(), house.config.currency.clone());
            let piece = house.db.write(move |conn| match tell(conn, &ctx, &currency) {
                Ok(told) => End::Keep(Ok(told)),
                Err(fault) => End::Undo(Err(fault.to_string())),
            });
            if piece.await.map_err(|fault| fault.to_string())?? < PIECE {
                return Ok(());
            }
        }
    })
}
