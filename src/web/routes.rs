//! Declaring routes: full paths, GET with HEAD, 405 with `Allow`; and the list of them that `doctor --routes` prints.

use actix_web::dev::Handler;
use actix_web::http::header::ALLOW;
use actix_web::{FromRequest, HttpResponse, Resource, Responder, web};

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
    /// How a change is guarded: `token` for forms, `none` for what changes nothing.
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
}

/// Begins a route.
pub fn route(path: &'static str) -> Route {
    Route { path, resource: web::resource(path).app_data(Pattern(path)), allow: Vec::new(), listed: Vec::new() }
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

    /// Answers POST of a form.
    #[must_use]
    pub fn post<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + Asks + 'static,
        F::Output: Responder + 'static,
    {
        self.upload(handler, 64 * 1024)
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
        let allow = self.allow.join(", ");
        self.resource.default_service(web::to(move || {
            let allow = allow.clone();
            async move { HttpResponse::MethodNotAllowed().insert_header((ALLOW, allow)).finish() }
        }))
    }
}
