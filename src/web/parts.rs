//! What a form with files is sent as: in parts by browsers, plain by whatever sends no files.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::forms::{plain_kind, whole};

/// The body of a form that takes files.
pub enum Parts {
    /// Fields and files, one after the other.
    Several(Box<Multipart>),
    /// Fields alone.
    Plain(web::Bytes),
}

impl FromRequest for Parts {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !plain_kind(req) {
            let parts = Multipart::from_request(req, payload);
            return Box::pin(async move { Ok(Self::Several(Box::new(parts.await?))) });
        }
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let body = whole(&req, &mut payload).await?;
            Ok(Self::Plain(body.freeze()))
        })
    }
}
