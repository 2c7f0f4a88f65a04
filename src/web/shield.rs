//! Bounds on a request before any handler sees it (CS5, RC8): the host it names, the length of its address and headers,
//! and the time it may take.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::HOST;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};

use super::errors::Late;
use super::house::House;
use super::trickle::{Rate, watched};

const LONGEST_TARGET: usize = 8 * 1024;
const LONGEST_HEADERS: usize = 16 * 1024;
/// A form must be in and answered within this; files take as long as they keep coming.
const LONGEST: Duration = Duration::from_secs(60);
const LONGEST_UPLOAD: Duration = Duration::from_secs(1800);

/// The middleware.
pub async fn shield(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    within(LONGEST, Rate::USUAL, req, next).await
}

/// The middleware with a time of its own for what is no upload, and a rate of its own for what is one.
pub async fn within(
    longest: Duration,
    rate: Rate,
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Some(status) = refused(&req) {
        let response = HttpResponse::new(status);
        return Ok(req.into_response(response));
    }
    let multipart = req
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("multipart/form-data"));
    let most = if multipart { LONGEST_UPLOAD } else { longest };
    let late = Late::of(&req);
    let mut given_up = None;
    if multipart {
        let (body, told) = watched(req.take_payload(), rate);
        req.set_payload(body);
        given_up = Some(told);
    }
    let Ok(answer) = tokio::time::timeout(most, next.call(req)).await else { return Err(late.into()) };
    // What a form says that broke off is no fault of its sender's writing.
    let broke_off = answer.as_ref().map_or(true, |answer| answer.status() == StatusCode::BAD_REQUEST);
    if broke_off && given_up.is_some_and(|told| told.get()) {
        return Err(late.into());
    }
    Ok(answer?.map_into_boxed_body())
}

fn refused(req: &ServiceRequest) -> Option<StatusCode> {
    if req.uri().to_string().len() > LONGEST_TARGET {
        return Some(StatusCode::URI_TOO_LONG);
    }
    let headers: usize = req.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if headers > LONGEST_HEADERS {
        return Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    let house = req.app_data::<web::Data<House>>()?;
    // Probes come by address; every page comes by the portal's own name.
    if matches!(req.path(), "/healthz" | "/readyz") {
        return None;
    }
    // A target in absolute form names the host a second time: both must be the portal's own (RFC 9112, 3.2.2).
    let target = req.uri().authority().map(ToString::to_string);
    let host = req.headers().get(HOST).map(|value| value.to_str().unwrap_or_default().to_string());
    let own = house.base_url.split("://").nth(1).unwrap_or_default();
    let mut named = target.into_iter().chain(host).peekable();
    let right = named.peek().is_some() && named.all(|name| name == own);
    (!right).then_some(StatusCode::MISDIRECTED_REQUEST)
}
