//! The server: middleware in order, then every route. One builder for the binary and for the tests.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_session::SessionMiddleware;
use actix_session::config::{CookieContentSecurity, PersistentSession};
use actix_session::storage::CookieSessionStore;
use actix_web::cookie::time::Duration as Life;
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::{Server, Service};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use tokio::sync::Notify;
use tracing_actix_web::TracingLogger;

use super::{features, probes};
use crate::base::clock::Clock;
use crate::base::config::Config;
use crate::base::crypto::Hasher;
use crate::base::db::Db;
use crate::base::process;
use crate::services::keyring;
use crate::services::mail::Post;
use crate::services::sms::Gateway;
use crate::services::storage::{Darkroom, Storage};
use crate::web::feature::Feature;
use crate::web::routes::Route;
use crate::web::{House, assets, cookies, errors, headers, mailbox, origin, rekey, shield, trail};

/// Opens every part of the house. Does not migrate.
pub async fn open(config: Config, clock: Clock) -> Result<Data<House>, Box<dyn std::error::Error>> {
    let db = Db::open(&config.database_url)?;
    let keys = Arc::new(keyring::open(&config.keys_dir(), &db, clock.now()).await?);
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let post = match &config.smtp_url {
        Some(url) => Post::from_url(url)?,
        None => Post::Folder(config.data_dir.join("mail")),
    };
    let gateway = Gateway::of(&config.sms, config.outward, clock.clone())?;
    let house = House {
        db,
        hasher: Hasher::start(cores, 64 * cores, &keys)?,
        darkroom: Darkroom::start(1, 16)?,
        storage: Storage::folder(&config.storage)?,
        post,
        keys,
        clock,
        gateway,
        mail_bell: Notify::new(),
        text_bell: Notify::new(),
        seen: crate::web::session::Seen::default(),
        seats: crate::web::held::Seats::default(),
        features: features::features(),
        base_url: config.base_url.as_str().trim_end_matches('/').into(),
        config,
    };
    std::thread::spawn(crate::base::crypto::warm_up);
    Ok(Data::new(house))
}

/// Every route of the portal, the rooms' in their order.
pub fn routes(house: &House) -> Vec<Route> {
    all_routes(&house.config, &house.features)
}

/// The same before there is a house.
pub(super) fn all_routes(config: &Config, features: &[Feature]) -> Vec<Route> {
    let mut all = probes::routes();
    all.extend(assets::routes());
    if config.local() {
        all.extend(mailbox::routes());
    }
    for feature in features {
        all.extend((feature.routes)());
    }
    all
}

/// How many connections each worker takes. A quarter of the files that may be open is kept for databases, documents and
/// mail: accepting more than can be served would stop everything else, the probes first.
fn most_connections(open_files: u64, workers: usize) -> usize {
    const MOST: u64 = 25_000;
    let room = open_files.saturating_sub(open_files / 4);
    usize::try_from((room / workers.max(1) as u64).clamp(64, MOST)).unwrap_or(64)
}

/// Serves `house` on `listener` until the server's handle stops it.
pub fn serve(house: Data<House>, listener: TcpListener) -> std::io::Result<Server> {
    let workers = house.config.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from));
    let secure = house.secure();
    let name = cookies::SESSION.sent_name(secure);
    let cookie_keys: Arc<[Key]> = house.keys.cookie_keys().iter().map(|key| Key::from(key)).collect();
    let factory = move || {
        let first = cookie_keys.first().cloned().unwrap_or_else(Key::generate);
        let session = SessionMiddleware::builder(CookieSessionStore::default(), first)
            .cookie_name(name.clone())
            .cookie_secure(secure)
            .cookie_http_only(true)
            .cookie_same_site(SameSite::Lax)
            .cookie_path("/".into())
            .cookie_content_security(CookieContentSecurity::Private)
            .session_lifecycle(PersistentSession::default().session_ttl(Life::seconds(cookies::SESSION.seconds)))
            .build();
        let (rekey_name, rekey_keys) = (name.clone(), Arc::clone(&cookie_keys));
        App::new()
            .app_data(house.clone())
            .configure(|config| {
                for route in routes(&house) {
                    config.service(route.resource());
                }
            })
            .wrap(session)
            .wrap_fn(move |mut req, next| {
                rekey::rekey(&mut req, &rekey_name, &rekey_keys);
                next.call(req)
            })
            .wrap(from_fn(origin::same_origin))
            .wrap(from_fn(shield::shield))
            .wrap(from_fn(errors::draw))
            .wrap(from_fn(headers::dress))
            .wrap(Compress::default())
            .wrap(TracingLogger::<trail::Trail>::new())
    };
    Ok(HttpServer::new(factory)
        .workers(workers)
        .max_connections(most_connections(process::open_files(), workers))
        .worker_max_blocking_threads(4)
        .tcp_nodelay(true)
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(15))
        .shutdown_timeout(20)
        .listen(listener)?
        .run())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_room_for_other_files() {
        assert_eq!(most_connections(1024, 2), 384);
        assert_eq!(most_connections(65_536, 4), 12_288);
        assert_eq!(most_connections(u64::MAX, 2), 25_000);
        assert_eq!(most_connections(16, 4), 64);
    }
}
