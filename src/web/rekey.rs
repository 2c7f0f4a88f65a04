//! Session cookies outlive a rotation of keys: one that was sealed under an older key is sealed anew before the session
//! middleware, which knows one key only, reads it.

use actix_web::HttpMessage;
use actix_web::cookie::{Cookie, CookieJar, Key};
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{COOKIE, HeaderValue};

/// Left in the request when the cookie was sealed anew, so that the visit hands the new one to the browser.
pub(super) struct Rekeyed;

/// Replaces the session cookie in the request when an older key opens it. The header is parsed by hand: asking the
/// request for its cookies would cache them before the change.
pub fn rekey(req: &mut ServiceRequest, name: &str, keys: &[Key]) {
    let Some((current, older)) = keys.split_first().filter(|(_, older)| !older.is_empty()) else { return };
    let Some(header) = req.headers().get(COOKIE).and_then(|value| value.to_str().ok()) else { return };
    let mut parts: Vec<String> = header.split(';').map(|part| part.trim().to_string()).collect();
    let prefix = format!("{name}=");
    let Some(at) = parts.iter().position(|part| part.starts_with(&prefix)) else { return };
    let sealed = percent_encoding::percent_decode_str(&parts[at][prefix.len()..]).decode_utf8_lossy().into_owned();
    let open = |key: &Key| CookieJar::new().private(key).decrypt(Cookie::new(name.to_string(), sealed.clone()));
    if open(current).is_some() {
        return;
    }
    let Some(plain) = older.iter().find_map(open) else { return };
    let mut jar = CookieJar::new();
    jar.private_mut(current).add(plain);
    let Some(fresh) = jar.get(name) else { return };
    parts[at] = fresh.encoded().stripped().to_string();
    if let Ok(value) = HeaderValue::from_str(&parts.join("; ")) {
        req.headers_mut().insert(COOKIE, value);
        req.extensions_mut().insert(Rekeyed);
    }
}
