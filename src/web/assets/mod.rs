//! Static files: embedded, named by their content, compressed beforehand, kept by browsers for a year.

use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use actix_web::{HttpRequest, HttpResponse, web};

use super::error::Error;
use super::routes::{Route, route};

struct File {
    name: &'static str,
    media: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The route of all static files.
pub fn routes() -> Vec<Route> {
    vec![route("/static/{name}").open(show)]
}

async fn show(req: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, Error> {
    let file = FILES.iter().find(|file| file.name == name.as_str()).ok_or(Error::NotFound)?;
    let accepts = req.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts = |coding: &str| accepts.split(',').any(|part| part.trim().split(';').next() == Some(coding));
    let (coding, body) = if accepts("br") {
        ("br", file.brotli)
    } else if accepts("gzip") {
        ("gzip", file.gzip)
    } else {
        ("identity", file.plain)
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, file.media))
        .insert_header((CONTENT_ENCODING, coding))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((VARY, "Accept-Encoding"))
        .body(body))
}
