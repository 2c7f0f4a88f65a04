//! Draws the page of every error: the portal's own, and those of actix that bring none (404, 405, 413, time-outs).

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::cookies;
use super::error::{Door, Error};
use super::headers;
use super::house::House;
use super::kept;
use super::page::{Flash, Shell};
use super::session::PersonKind;
use super::trail::{Caller, RequestId, route_of};
use super::visit::{Met, bare_shell};

/// The error page.
#[derive(Template)]
#[template(path = "components/error.html")]
struct ErrorPage {
    shell: Shell,
    kind: &'static str,
    retry: u64,
}

/// A request that was given up. It is gone by then, and nobody may hold on to it meanwhile: so what its page needs is
/// taken along beforehand, and the page brings the headers that every answer carries.
pub(super) struct Late {
    house: Option<web::Data<House>>,
    request_id: String,
}

impl Late {
    /// Of a request that begins.
    pub(super) fn of(req: &ServiceRequest) -> Self {
        Self { house: req.app_data::<web::Data<House>>().cloned(), request_id: RequestId::of(req.request()) }
    }
}

impl std::fmt::Debug for Late {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Late").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

impl std::fmt::Display for Late {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the request took too long")
    }
}

impl ResponseError for Late {
    fn status_code(&self) -> StatusCode {
        StatusCode::REQUEST_TIMEOUT
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut fresh = HttpResponse::build(self.status_code());
        // The rest of what it was sending is waited for no more.
        fresh.force_close();
        let Some(house) = &self.house else { return fresh.finish() };
        let shell = bare_shell(house, "", None, &self.request_id, false);
        let mut answer = drawn(&mut fresh, &ErrorPage { shell, kind: "timeout", retry: 0 });
        headers::secure(answer.headers_mut(), house.secure());
        answer
    }
}

/// The middleware.
pub async fn draw(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let res = next.call(req).await?.map_into_boxed_body();
    let status = res.status();
    let raised = res.response().error().is_some();
    let bare =
        (status.is_client_error() || status.is_server_error()) && !res.headers().contains_key(header::CONTENT_TYPE);
    if !raised && !bare {
        return Ok(res);
    }
    let (req, old) = res.into_parts();
    let kept = match old.error().and_then(actix_web::Error::as_error::<Error>) {
        Some(Error::SignIn(_)) => kept::keep(&req, false).await,
        Some(Error::StepUp) => kept::keep(&req, true).await,
        _ => None,
    };
    let answer = answer(&req, &old, kept);
    Ok(ServiceResponse::new(req, answer))
}

fn answer(req: &HttpRequest, old: &HttpResponse<BoxBody>, kept: Option<PersonKind>) -> HttpResponse<BoxBody> {
    let cause = old.error().and_then(actix_web::Error::as_error::<Error>);
    let status = old.status();
    match cause {
        Some(Error::SignIn(door)) => return sign_in(req, *door, kept),
        Some(Error::StepUp) => return step_up(req, kept.is_some()),
        Some(Error::GoFirst(to)) => return see(to, req),
        Some(error @ (Error::Internal(_) | Error::Unavailable(_))) => {
            tracing::error!(event = "error", route = %route_of(req), cause = %error);
        }
        Some(
            error @ (Error::Forbidden
            | Error::Untrained
            | Error::CrossSite
            | Error::ExpiredForm
            | Error::CookiesBlocked
            | Error::TooMany(_)),
        ) => {
            let caller = Caller::of(req);
            let known = caller.known();
            tracing::warn!(
                event = "refused",
                route = %route_of(req),
                cause = %error,
                person = known.map(|known| known.person),
                session = known.map(|known| known.session),
                roles = known.map(|known| tracing::field::display(&known.roles)),
                network = known.map(|known| tracing::field::display(&known.network)),
            );
        }
        _ if status.is_server_error() => {
            let cause = old.error().map(ToString::to_string).unwrap_or_default();
            tracing::error!(event = "error", route = %route_of(req), %cause);
        }
        _ => {}
    }
    let retry = if let Some(Error::TooMany(seconds)) = cause { *seconds } else { 0 };
    let mut fresh = HttpResponse::build(status);
    for (name, value) in old.headers() {
        if *name == header::ALLOW || *name == header::RETRY_AFTER || *name == header::CONTENT_RANGE {
            fresh.append_header((name.clone(), value.clone()));
        }
    }
    if retry > 0 {
        fresh.insert_header((header::RETRY_AFTER, retry));
    } else if status == StatusCode::SERVICE_UNAVAILABLE {
        fresh.insert_header((header::RETRY_AFTER, 5));
    }
    let Some(house) = req.app_data::<web::Data<House>>() else { return fresh.finish() };
    let face = req.extensions_mut().remove::<Met>().map(|met| met.0);
    let choice = cookies::read(req, house.secure()).choice;
    let mut shell = bare_shell(house, req.path(), face, &RequestId::of(req), choice.is_none());
    // Without a token there is no sign-out form that could work, so the shell shows none.
    if shell.token.is_empty() {
        shell.places.clear();
    }
    drawn(&mut fresh, &ErrorPage { shell, kind: kind(cause, status), retry })
}

fn drawn(fresh: &mut HttpResponseBuilder, page: &ErrorPage) -> HttpResponse<BoxBody> {
    match page.render() {
        Ok(html) => fresh.content_type(header::ContentType::html()).body(html),
        Err(fault) => {
            tracing::error!(event = "error", cause = %fault);
            fresh.content_type(header::ContentType::plaintext()).body("The portal could not draw this page.")
        }
    }
}

fn kind(cause: Option<&Error>, status: StatusCode) -> &'static str {
    match (cause, status) {
        (Some(Error::ExpiredForm), _) => "expired_form",
        (Some(Error::CookiesBlocked), _) => "cookies_blocked",
        (Some(Error::CrossSite), _) => "cross_site",
        (Some(Error::Untrained), _) => "untrained",
        (_, StatusCode::FORBIDDEN) => "forbidden",
        (_, StatusCode::NOT_FOUND) => "not_found",
        (_, StatusCode::METHOD_NOT_ALLOWED) => "method",
        (_, StatusCode::CONFLICT) => "conflict",
        (_, StatusCode::TOO_MANY_REQUESTS) => "too_many",
        (_, StatusCode::PAYLOAD_TOO_LARGE) => "too_large",
        (_, StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT) => "timeout",
        (_, StatusCode::SERVICE_UNAVAILABLE | StatusCode::INSUFFICIENT_STORAGE) => "unavailable",
        (_, status) if status.is_client_error() => "bad_request",
        _ => "internal",
    }
}

/// Where what was typed is offered again.
const KEPT: &str = "/account/kept";
const STEP_UP: &str = "/account/step-up";

/// To the right door, and back to a page (never to a post) after it.
fn sign_in(req: &HttpRequest, door: Door, kept: Option<PersonKind>) -> HttpResponse<BoxBody> {
    let door = match (kept, door) {
        (Some(PersonKind::Customer), _) | (None, Door::Customer) => "/login",
        (Some(PersonKind::Staff), _) | (None, Door::Staff) => "/staff/login",
    };
    if !posted(req) {
        return see(door, req);
    }
    let flash = if kept.is_some() { Flash::LostSessionKept } else { Flash::LostSession };
    if let Some(house) = req.app_data::<web::Data<House>>() {
        cookies::lay(req, cookies::FLASH.set(house.secure(), flash.as_str()));
    }
    match kept.map(|_| KEPT.to_string()).or_else(|| page_before(req)) {
        Some(page) => redirect(leading(door, &page)),
        None => redirect(door.to_string()),
    }
}

/// To the page that asks for a fresh proof, and from there to what was asked for, or to the post that was kept.
fn step_up(req: &HttpRequest, kept: bool) -> HttpResponse<BoxBody> {
    if !posted(req) {
        return see(STEP_UP, req);
    }
    let after = if kept { Some(KEPT.to_string()) } else { page_before(req) };
    redirect(after.map_or_else(|| STEP_UP.to_string(), |page| leading(STEP_UP, &page)))
}

fn posted(req: &HttpRequest) -> bool {
    req.method() != Method::GET && req.method() != Method::HEAD
}

fn leading(to: &str, next: &str) -> String {
    format!("{to}?next={}", utf8_percent_encode(next, NON_ALPHANUMERIC))
}

/// The page of this portal that the form stood on.
fn page_before(req: &HttpRequest) -> Option<String> {
    let house = req.app_data::<web::Data<House>>()?;
    let page = req.headers().get(header::REFERER)?.to_str().ok()?.strip_prefix(&*house.base_url)?;
    page.starts_with('/').then(|| page.to_string())
}

fn see(to: &str, req: &HttpRequest) -> HttpResponse<BoxBody> {
    // A way with a query says itself where it leads on.
    if to.contains('?') {
        return redirect(to.to_string());
    }
    let here = req.uri().path_and_query().map_or("/", |target| target.as_str());
    redirect(leading(to, here))
}

fn redirect(to: String) -> HttpResponse<BoxBody> {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}
