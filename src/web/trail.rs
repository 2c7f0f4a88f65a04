//! What the log says of a request: its route as a pattern, never the target; one line at its end.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
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

/// The pattern of a route, kept with its resource: asking the router for it would match the path once more.
#[derive(Debug, Clone, Copy)]
pub struct Pattern(pub &'static str);

/// Makes the span of a request and writes its line.
#[derive(Debug, Clone, Copy)]
pub struct Trail;

impl RootSpanBuilder for Trail {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<tracing_actix_web::RequestId>().map(short).unwrap_or_default();
        tracing::info_span!("request", request_id = %id, method = %request.method())
    }

    fn on_request_end<B: MessageBody>(_: Span, outcome: &Result<ServiceResponse<B>, actix_web::Error>) {
        match outcome {
            Ok(response) => {
                let route = response.request().app_data::<Pattern>().map_or("none", |pattern| pattern.0);
                tracing::info!(event = "answered", route, status = response.status().as_u16());
            }
            Err(error) => tracing::error!(event = "failed", status = error.as_response_error().status_code().as_u16()),
        }
    }
}
