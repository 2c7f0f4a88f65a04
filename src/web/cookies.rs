//! Every cookie of the portal stands in one table; `/cookies` is drawn from it and any other `Set-Cookie` fails a test.

use std::cell::RefCell;

use actix_web::cookie::time::Duration as Life;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpMessage, HttpRequest};

/// One cookie: what it is called, how long it lives and who sets it. Its purpose is told by `/cookies`.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// The name, after `__Host-` on https.
    pub name: &'static str,
    /// Seconds; 0 until the browser is closed.
    pub seconds: i64,
    /// Whether the portal works without it.
    pub necessary: bool,
    /// Sent only from the portal's own pages.
    strict: bool,
}

/// The encrypted reference of a sign-in.
pub const SESSION: Kept = Kept { name: "session", seconds: 30 * 86400, necessary: true, strict: false };
/// Ties a form to the browser that opened it, before sign-in.
pub const FORM: Kept = Kept { name: "form", seconds: 86400, necessary: true, strict: false };
/// What the next page says, once.
pub const FLASH: Kept = Kept { name: "flash", seconds: 60, necessary: true, strict: false };
/// Ties a mailed code to the browser that asked for it.
pub const CHALLENGE: Kept = Kept { name: "challenge", seconds: 1800, necessary: true, strict: true };
/// A browser that passed a mailed code.
pub const BROWSER: Kept = Kept { name: "browser", seconds: 30 * 86400, necessary: true, strict: false };
/// The cookie choice.
pub const CHOICE: Kept = Kept { name: "choice", seconds: 180 * 86400, necessary: true, strict: false };

/// All of them.
pub const TABLE: [Kept; 6] = [SESSION, FORM, FLASH, CHALLENGE, BROWSER, CHOICE];

impl Kept {
    /// The name as it is sent.
    pub fn sent_name(&self, secure: bool) -> String {
        if secure { format!("__Host-{}", self.name) } else { self.name.to_string() }
    }

    /// This cookie with a value.
    pub fn set(&self, secure: bool, value: &str) -> Cookie<'static> {
        let same_site = if self.strict { SameSite::Strict } else { SameSite::Lax };
        let mut cookie = Cookie::build(self.sent_name(secure), value.to_string())
            .path("/")
            .secure(secure)
            .http_only(true)
            .same_site(same_site)
            .finish();
        if self.seconds > 0 {
            cookie.set_max_age(Life::seconds(self.seconds));
        }
        cookie
    }

    /// Takes this cookie away.
    pub fn end(&self, secure: bool) -> Cookie<'static> {
        let mut cookie = self.set(secure, "");
        cookie.set_max_age(Life::ZERO);
        cookie
    }
}

/// The portal's cookies of a request, except the session's.
#[derive(Debug, Clone, Default)]
pub struct Jar {
    /// The form cookie.
    pub form: Option<String>,
    /// The flash code.
    pub flash: Option<String>,
    /// The handle of a mailed code.
    pub challenge: Option<String>,
    /// The known browser's token.
    pub browser: Option<String>,
    /// The cookie choice.
    pub choice: Option<String>,
    /// Whether any cookie came at all.
    pub any: bool,
}

pub(super) fn read(req: &HttpRequest, secure: bool) -> Jar {
    let one = |kept: &Kept| {
        req.cookie(&kept.sent_name(secure)).map(|cookie| cookie.value().to_string()).filter(|value| value.len() <= 512)
    };
    Jar {
        form: one(&FORM),
        flash: one(&FLASH),
        challenge: one(&CHALLENGE),
        browser: one(&BROWSER),
        choice: one(&CHOICE),
        any: req.cookies().is_ok_and(|cookies| !cookies.is_empty()),
    }
}

/// Cookies to be set on the answer, whichever it becomes.
#[derive(Default)]
pub(super) struct Basket(RefCell<Vec<Cookie<'static>>>);

pub(super) fn lay(req: &HttpRequest, cookie: Cookie<'static>) {
    let mut extensions = req.extensions_mut();
    if extensions.get::<Basket>().is_none() {
        extensions.insert(Basket::default());
    }
    if let Some(basket) = extensions.get::<Basket>() {
        let mut cookies = basket.0.borrow_mut();
        cookies.retain(|laid| laid.name() != cookie.name());
        cookies.push(cookie);
    }
}

pub(super) fn take(req: &HttpRequest) -> Vec<Cookie<'static>> {
    req.extensions_mut().remove::<Basket>().map(|basket| basket.0.into_inner()).unwrap_or_default()
}
