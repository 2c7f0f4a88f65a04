//! `/dev/mailbox`: the mails of a portal without a relay. It exists only while listener and base URL are loopback, and
//! answers only callers on this machine that came without a proxy (AZ8).

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::error::Error;
use super::house::House;
use super::page::{Shell, page};
use super::routes::{Route, route};
use super::trail::RequestId;
use super::visit::bare_shell;
use crate::services::mail::{Delivered, latest};

/// How the names begin of headers in which proxies tell for whom they ask.
const PROXIES: [&str; 8] = [
    "x-forwarded",
    "forwarded",
    "via",
    "cf-connecting-ip",
    "true-client-ip",
    "x-client-ip",
    "x-real-ip",
    "x-cluster-client-ip",
];

#[derive(Template)]
#[template(path = "dev/mailbox.html")]
struct Mailbox {
    shell: Shell,
    mails: Vec<Delivered>,
}

/// The one route.
pub fn routes() -> Vec<Route> {
    vec![route("/dev/mailbox").open(show)]
}

async fn show(req: HttpRequest, house: actix_web::web::Data<House>) -> Result<HttpResponse, Error> {
    let near = req.peer_addr().is_some_and(|peer| peer.ip().is_loopback());
    let proxied = req.headers().keys().any(|name| PROXIES.iter().any(|known| name.as_str().starts_with(known)));
    if !house.config.local() || !near || proxied {
        return Err(Error::NotFound);
    }
    let keys = house.keys.clone();
    let mails = house.db.read(move |conn| latest(conn, &keys, 50)).await??;
    let shell = bare_shell(&house, req.path(), None, &RequestId::of(&req), false);
    page(Mailbox { shell, mails })
}
