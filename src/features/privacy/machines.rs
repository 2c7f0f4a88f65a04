//! What machines ask: where to report a weakness (RFC 9116), whether Global Privacy Control is honoured.

use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::{HttpResponse, web};

use crate::base::types::Moment;
use crate::web::House;

/// For how long a copy of `security.txt` may be trusted; RFC 9116 advises less than a year.
const TRUSTED: Duration = Duration::from_secs(180 * 86400);
/// Since when the portal honours the signal.
const GPC: &str = "{\"gpc\":true,\"lastUpdate\":\"2026-11-23\"}\n";
const A_DAY: (actix_web::http::header::HeaderName, &str) = (CACHE_CONTROL, "public, max-age=86400");

pub(super) async fn security(house: web::Data<House>) -> HttpResponse {
    let text = security_txt(&house.base_url, house.config.hotline.as_deref(), house.clock.now());
    HttpResponse::Ok().content_type(ContentType::plaintext()).insert_header(A_DAY).body(text)
}

pub(super) async fn gpc() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).insert_header(A_DAY).body(GPC)
}

fn security_txt(base: &str, hotline: Option<&str>, now: Moment) -> String {
    let expires = now.plus(TRUSTED).seconds() / 86400 * 86400;
    let expires = Moment(expires * 1_000_000).rfc3339();
    let hotline = hotline.map(dial).map(|number| format!("Contact: tel:{number}\n")).unwrap_or_default();
    format!(
        "Contact: {base}/contact\n{hotline}Expires: {expires}\nCanonical: {base}/.well-known/security.txt\n\
         Preferred-Languages: en, zh\nPolicy: {base}/contact#security\n"
    )
}

/// A telephone number as a link dials it.
pub(super) fn dial(shown: &str) -> String {
    shown.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_txt_has_what_the_rfc_asks() {
        let now = Moment::parse("2026-11-23T08:02:03Z").unwrap();
        let text = security_txt("https://a.example", Some("+86 (10) 1234-5678"), now);
        let of = |name: &str| text.lines().filter(|line| line.starts_with(name)).collect::<Vec<_>>();
        assert_eq!(of("Contact: "), ["Contact: https://a.example/contact", "Contact: tel:+861012345678"]);
        assert_eq!(of("Expires: "), ["Expires: 2027-05-22T00:00:00Z"]);
        assert_eq!(of("Canonical: "), ["Canonical: https://a.example/.well-known/security.txt"]);
        assert_eq!((of("Preferred-Languages: ").len(), of("Policy: ").len()), (1, 1));
    }
}
