//! What the log says of a request: its route as a pattern, never the target; one line at its end.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::{HttpMessage, HttpRequest};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;

/// Names a request in logs and on error pages.
#[derive(Debug, Clone, Copy)]
pub struct RequestId;

impl RequestId {
    /// The id of this request.
    pub fn of(req: &HttpRequest) -> String {
        req.extensions().get::<tracing_actix_web::RequestId>().map(short).unwrap_or_default()
    }
}

/// Twelve characters are enough to find a line and short enough to read out on the telephone.
fn short(id: &tracing_actix_web::RequestId) -> String {
    let text = id.to_string().replace('-', "");
    text[text.len().saturating_sub(12)..].to_string()
}

/// Who makes a request, as the log names them where it was refused: by internal ids and the truncated network. Empty until
/// a session is found, which happens far from the request.
#[derive(Debug, Clone, Default)]
pub struct Caller(Arc<OnceLock<Known>>);

/// Somebody with a session.
#[derive(Debug)]
pub struct Known {
    /// Internal id of the person.
    pub person: i64,
    /// Internal id of the session.
    pub session: i64,
    /// The roles of a member of staff, or the one in the account.
    pub roles: String,
    /// The network, truncated.
    pub network: Arc<str>,
}

impl Caller {
    /// The place of this request where its caller is noted.
    pub(super) fn of(req: &HttpRequest) -> Self {
        if let Some(caller) = req.extensions().get::<Self>() {
            return caller.clone();
        }
        let caller = Self::default();
        req.extensions_mut().insert(caller.clone());
        caller
    }

    /// Notes who it is.
    pub(super) fn is(&self, known: impl FnOnce() -> Known) {
        self.0.get_or_init(known);
    }

    /// Who it is, when somebody was found.
    pub(super) fn known(&self) -> Option<&Known> {
        self.0.get()
    }
}

/// The pattern of a route, kept with its resource: asking the router for it would match the path once more.
#[derive(Debug, Clone, Copy)]
pub struct Pattern(pub &'static str);

/// The pattern of the route that was asked for, also where a request was refused before it came there; never the path.
pub fn route_of(req: &HttpRequest) -> Cow<'static, str> {
    match req.app_data::<Pattern>() {
        Some(pattern) => Cow::Borrowed(pattern.0),
        None => req.match_pattern().map_or(Cow::Borrowed("none"), Cow::Owned),
    }
}

/// The method as the log names it: a caller may send any word of any length.
fn method(req: &ServiceRequest) -> &str {
    let known = [&Method::GET, &Method::HEAD, &Method::POST, &Method::PUT, &Method::PATCH, &Method::DELETE];
    let known = known.into_iter().chain([&Method::OPTIONS, &Method::TRACE, &Method::CONNECT]);
    known.into_iter().find(|known| *known == req.method()).map_or("other", Method::as_str)
}

/// Makes the span of a request and writes its line.
#[derive(Debug, Clone, Copy)]
pub struct Trail;

impl RootSpanBuilder for Trail {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<tracing_actix_web::RequestId>().map(short).unwrap_or_default();
        tracing::info_span!("request", request_id = %id, method = method(request))
    }

    fn on_request_end<B: MessageBody>(_: Span, outcome: &Result<ServiceResponse<B>, actix_web::Error>) {
        match outcome {
            Ok(response) => {
                let route = route_of(response.request());
                let status = response.status();
                let caller = Caller::of(response.request());
                // Who did what they may is nobody's business; who was refused can be traced.
                let known = caller.known().filter(|_| status.is_client_error() || status.is_server_error());
                tracing::info!(
                    event = "answered",
                    %route,
                    status = status.as_u16(),
                    person = known.map(|known| known.person),
                    session = known.map(|known| known.session),
                    roles = known.map(|known| tracing::field::display(&known.roles)),
                    network = known.map(|known| tracing::field::display(&known.network)),
                );
            }
            Err(error) => {
                let status = error.as_response_error().status_code();
                // What a caller did is no fault of the portal.
                if status.is_server_error() {
                    tracing::error!(event = "failed", status = status.as_u16());
                } else {
                    tracing::info!(event = "failed", status = status.as_u16());
                }
            }
        }
    }
}
