//! Where the provider posts what it found out later.

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;

use super::protocol::{self, Direction, Reply, Signed};
use super::{moves, queries};
use crate::base::db::{Conn, End};
use crate::features::identity::fault::Fault;
use crate::services::context::Context;
use crate::web::House;

/// The address of the hook.
pub(super) const PATH: &str = "/hooks/identity";
/// The most bytes of a message.
pub(in crate::features::identity) const MOST_BYTES: u64 = 8 * 1024;

/// `POST /hooks/identity`: 204 when the message was taken, or taken before by another id; 401 when it is not the
/// provider's, not of now, or a copy; 400 when it cannot be read; 404 when there is no such attempt. Only a 204 has changed
/// anything.
pub(in crate::features::identity) async fn result(
    house: Data<House>,
    req: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    match taken(&house, &req, payload).await {
        Ok(()) => {
            house.mail_bell.notify_one();
            HttpResponse::NoContent().finish()
        }
        Err((status, cause)) => {
            tracing::warn!(event = "identity_hook_refused", status = status.as_u16(), cause);
            HttpResponse::build(status).content_type(ContentType::plaintext()).body(cause)
        }
    }
}

type Refusal = (StatusCode, &'static str);

async fn taken(house: &Data<House>, req: &HttpRequest, payload: Payload) -> Result<(), Refusal> {
    let none = (StatusCode::NOT_FOUND, "no provider is set");
    let provider = house.config.identity_provider.as_ref().ok_or(none)?;
    let body = whole(payload).await?;
    let text = |name: &str| {
        let mut all = req.headers().get_all(name);
        let first = all.next().filter(|_| all.next().is_none())?;
        first.to_str().ok()
    };
    let foreign = (StatusCode::UNAUTHORIZED, "not signed, or not by us both");
    let signed = Signed::of(text).ok_or(foreign)?;
    let now = house.clock.now();
    protocol::verify(&provider.secrets, Direction::Result, PATH, now, signed, &body).map_err(|_| foreign)?;
    let reply = Reply::parse(&body).ok_or((StatusCode::BAD_REQUEST, "not a result"))?;
    let (ctx, rules, id) = (house.own_context(now), house.config.identity, signed.id.to_string());
    let written = house.db.write(move |conn| match keep(conn, &ctx, &id, &reply, rules) {
        Ok(Ok(())) => End::Keep(Ok(())),
        Ok(Err(refusal)) => End::Undo(Err(refusal)),
        Err(fault) => {
            tracing::error!(event = "error", cause = %fault);
            End::Undo(Err((StatusCode::SERVICE_UNAVAILABLE, "not now")))
        }
    });
    written.await.unwrap_or(Err((StatusCode::SERVICE_UNAVAILABLE, "not now")))
}

/// A message counts once; the same word in a further message changes nothing and is answered alike.
fn keep(
    conn: &mut Conn,
    ctx: &Context,
    id: &str,
    reply: &Reply,
    rules: crate::base::config::IdentityRules,
) -> Result<Result<(), Refusal>, Fault> {
    // A message can be copied for as long as its time is believed, before and after now.
    let until = ctx.now.plus(std::time::Duration::from_secs(2 * protocol::WINDOW.unsigned_abs() + 1));
    if !queries::take_message(conn, &ctx.keys, id, until)? {
        return Ok(Err((StatusCode::UNAUTHORIZED, "taken before")));
    }
    let Some((attempt, case)) = queries::named(conn, &reply.attempt, &reply.case)? else {
        return Ok(Err((StatusCode::NOT_FOUND, "no such attempt")));
    };
    if let Some(said) = reply.said {
        moves::settle(conn, ctx, (&attempt, &case), said, rules)?;
    }
    Ok(Ok(()))
}

async fn whole(mut payload: Payload) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|_| (StatusCode::BAD_REQUEST, "broken off"))?;
        if (body.len() + piece.len()) as u64 > MOST_BYTES {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, "too long"));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
