//! Changes come only from the portal's own pages (CS1): `Sec-Fetch-Site` where the browser sends it, else `Origin` or
//! `Referer`; where all are absent the form's token decides.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};

use super::error::Error;
use super::house::House;

/// Where other machines post: the signature of what they send is their right, no token and no page of ours (CS3).
pub const SIGNED: [&str; 1] = ["/hooks/identity"];

/// The middleware.
pub async fn same_origin(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if req.method().is_safe() || SIGNED.contains(&req.path()) || own(&req) {
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    // Put together by hand: `into_response` would lose the error, from which the page is drawn and the log is written.
    let (req, _) = req.into_parts();
    Ok(ServiceResponse::new(req, HttpResponse::from_error(Error::CrossSite)))
}

fn own(req: &ServiceRequest) -> bool {
    let text = |name: &str| req.headers().get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let Some(house) = req.app_data::<web::Data<House>>() else { return false };
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    if let Some(origin) = text(header::ORIGIN.as_str()) {
        return origin == &*house.base_url;
    }
    match text(header::REFERER.as_str()) {
        Some(referer) => referer.strip_prefix(&*house.base_url).is_some_and(|rest| rest.starts_with('/')),
        None => true,
    }
}
