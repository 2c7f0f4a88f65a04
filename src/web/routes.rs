//! Declaring routes: full paths, GET with HEAD, 405 with `Allow`; and the list of them that `doctor --routes` prints.

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, LOCATION};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Resource, Responder, web};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::forms::MOST_OF_SESSIONS;
use super::trail::Pattern;
use super::visit::{Actor, Visit};

/// Who a handler lets in, read from the type of its first argument.
pub trait Asks {
    /// The actor in words, e.g. `member(owner|billing)`.
    fn who() -> String;
}

macro_rules! asks {
    ($($more:ident),*) => {
        impl<A: Actor, $($more),*> Asks for (Visit<A>, $($more,)*) {
            fn who() -> String {
                A::door()
            }
        }
    };
}
asks!();
asks!(B);
asks!(B, C);
asks!(B, C, D);

/// One method of one path.
#[derive(Debug, Clone)]
pub struct Listed {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path with its parameters.
    pub path: &'static str,
    /// Who is let in.
    pub who: String,
    /// How a change is guarded: `token` for forms, `signature` for other machines, `none` for what changes nothing.
    pub guard: &'static str,
    /// The most bytes that a body may have.
    pub most_bytes: u64,
}

/// A path with its handlers.
pub struct Route {
    path: &'static str,
    resource: Resource,
    allow: Vec<&'static str>,
    listed: Vec<Listed>,
    form_at: Option<&'static str>,
}

/// Begins a route.
pub fn route(path: &'static str) -> Route {
    Route {
        path,
        resource: web::resource(path).app_data(Pattern(path)),
        allow: Vec::new(),
        listed: Vec::new(),
        form_at: None,
    }
}

impl Route {
    /// Answers GET and HEAD.
    #[must_use]
    pub fn get<F, Args>(mut self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + Asks + 'static,
        F::Output: Responder + 'static,
    {
        self.note("GET", Args::who(), "none", 0);
        self.read(handler)
    }

    /// Answers GET and HEAD to anybody, without a visit: machines' pages and files.
    #[must_use]
    pub fn open<F, Args>(mut self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.note("GET", "anyone".to_string(), "none", 0);
        self.read(handler)
    }

    /// Answers POST of a form. Of visitors it takes less (`forms/body.rs`).
    #[must_use]
    pub fn post<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + Asks + 'static,
        F::Output: Responder + 'static,
    {
        self.upload(handler, MOST_OF_SESSIONS as u64)
    }

    /// Answers POST of a form with files of up to `most_bytes` together.
    #[must_use]
    pub fn upload<F, Args>(mut self, handler: F, most_bytes: u64) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + Asks + 'static,
        F::Output: Responder + 'static,
    {
        self.note("POST", Args::who(), "token", most_bytes);
        self.allow.push("POST");
        self.resource = self.resource.route(web::post().to(handler));
        self
    }

    /// Answers POST of another machine, whose right is the signature of what it sends (`web/origin.rs` lists the paths).
    #[must_use]
    pub fn hook<F, Args>(mut self, handler: F, most_bytes: u64) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.note("POST", "anyone".to_string(), "signature", most_bytes);
        self.allow.push("POST");
        self.resource = self.resource.route(web::post().to(handler));
        self
    }

    /// Where the form of an address stands that only takes posts, with the parameters of this route: whoever opens the
    /// address itself, by the history or a bookmark, is led there.
    #[must_use]
    pub fn form_at(mut self, page: &'static str) -> Self {
        self.form_at = Some(page);
        self
    }

    fn read<F, Args>(mut self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.allow.extend(["GET", "HEAD"]);
        self.resource = self.resource.route(web::get().to(handler.clone())).route(web::head().to(handler));
        self
    }

    fn note(&mut self, method: &'static str, who: String, guard: &'static str, most_bytes: u64) {
        self.listed.push(Listed { method, path: self.path, who, guard, most_bytes });
    }

    /// The methods of this path.
    pub fn listed(&self) -> &[Listed] {
        &self.listed
    }

    /// The actix resource; other methods get 405 with `Allow`.
    pub fn resource(self) -> Resource {
        let (allow, page) = (self.allow.join(", "), self.form_at);
        self.resource.default_service(web::to(move |req: HttpRequest| {
            let page = page.filter(|_| req.method() == Method::GET || req.method() == Method::HEAD);
            let answer = match page {
                Some(page) => HttpResponse::SeeOther().insert_header((LOCATION, filled(page, &req))).finish(),
                None => HttpResponse::MethodNotAllowed().insert_header((ALLOW, allow.clone())).finish(),
            };
            std::future::ready(answer)
        }))
    }
}

/// A path with the parameters of the request in their places.
fn filled(page: &str, req: &HttpRequest) -> String {
    let parts = page.split('/').map(|part| {
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        name.map_or(part.to_string(), |name| {
            utf8_percent_encode(req.match_info().query(name), NON_ALPHANUMERIC).to_string()
        })
    });
    parts.collect::<Vec<_>>().join("/")
}
