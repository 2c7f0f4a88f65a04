//! What machines ask: is the portal alive, can it serve.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};

use crate::base::db::pending;
use crate::web::House;
use crate::web::routes::{Route, route};

/// `/healthz`, `/readyz`, `/robots.txt` and what stands under `/.well-known`.
pub fn routes() -> Vec<Route> {
    vec![
        route("/healthz").open(alive),
        route("/readyz").open(ready),
        route("/robots.txt").open(robots),
        route("/.well-known/change-password").open(change_password),
    ]
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).body("alive\n")
}

/// Ready when the database answers and has every migration.
async fn ready(house: web::Data<House>) -> HttpResponse {
    match house.db.read(pending).await {
        Ok(Ok(missing)) if missing.is_empty() => {
            HttpResponse::Ok().content_type(ContentType::plaintext()).body("ready\n")
        }
        _ => HttpResponse::ServiceUnavailable().content_type(ContentType::plaintext()).body("not ready\n"),
    }
}

async fn robots() -> HttpResponse {
    let text = "User-agent: *\nDisallow: /account\nDisallow: /staff\nDisallow: /leave\n";
    HttpResponse::Ok().content_type(ContentType::plaintext()).body(text)
}

async fn change_password() -> HttpResponse {
    HttpResponse::Found().insert_header(("Location", "/account/security/password")).finish()
}
