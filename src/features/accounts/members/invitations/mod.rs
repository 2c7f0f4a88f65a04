//! Invitations (A8): an owner asks somebody in by mail. The link proves the address, so whoever has no sign-in yet makes one
//! behind it; whoever has one signs in and accepts. Neither mail nor page tells which of the two it is.

pub(super) mod link;
mod model;
mod moves;
pub(super) mod pages;
mod queries;

pub(super) use model::Invitation;
pub(super) use moves::withdraw_those_of;
pub use moves::{invite_as, join};
pub(super) use queries::open_of;

use crate::base::db::Conn;
use crate::services::context::Context;
use crate::web::Error;

/// Ends what nobody accepted in time, at most `most`; answers how many those were.
pub(in crate::features::accounts) fn sweep(conn: &mut Conn, ctx: &Context, most: i64) -> Result<usize, Error> {
    moves::expire(conn, ctx, most)
}

/// Deletes what was answered or ended thirty days ago, at most `most`; the records tell of it.
pub(in crate::features::accounts) fn tidy(conn: &mut Conn, ctx: &Context, most: i64) -> diesel::QueryResult<usize> {
    queries::delete_settled(conn, ctx.now.minus(model::KEPT), most)
}
