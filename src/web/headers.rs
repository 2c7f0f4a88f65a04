//! What every answer carries: security headers (WB2-WB5), caching, and the cookies that were laid down on the way.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};

use super::cookies;
use super::house::House;

const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'; script-src 'none'; object-src 'none'";
const CSP_HTTPS: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'; script-src 'none'; object-src 'none'; \
     upgrade-insecure-requests";
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()";

/// Marks an answer that shared caches may keep for a minute.
struct Cacheable;

/// The page is the same for everybody without cookies.
pub(super) fn public(req: &HttpRequest) {
    req.extensions_mut().insert(Cacheable);
}

/// The page is not.
pub(super) fn private(req: &HttpRequest) {
    req.extensions_mut().remove::<Cacheable>();
}

/// The middleware.
pub async fn dress(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let secure = req.app_data::<web::Data<House>>().is_some_and(|house| house.secure());
    let mut res = next.call(req).await?.map_into_boxed_body();
    let laid = cookies::take(res.request());
    let cacheable = res.request().extensions().get::<Cacheable>().is_some() && res.status() == StatusCode::OK;
    let sets = !laid.is_empty() || res.headers().contains_key(header::SET_COOKIE);
    for cookie in laid {
        res.response_mut().add_cookie(&cookie)?;
    }
    let headers = res.headers_mut();
    if cacheable && !sets && !headers.contains_key(header::CACHE_CONTROL) {
        put(headers, header::CACHE_CONTROL, "public, max-age=60");
        headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    }
    self::secure(headers, secure);
    Ok(res)
}

/// Puts what every answer carries; one that says nothing of caching is not kept.
pub(super) fn secure(headers: &mut HeaderMap, https: bool) {
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, header::REFERRER_POLICY, "same-origin");
    put(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(headers, HeaderName::from_static("permissions-policy"), PERMISSIONS);
    // A file of a user brings a stricter one of its own.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        put(headers, header::CONTENT_SECURITY_POLICY, if https { CSP_HTTPS } else { CSP });
    }
    if https {
        put(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        put(headers, header::CACHE_CONTROL, "no-store");
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
