//! People at their browsers: each a jar of cookies, reading pages and posting the forms they find there.

use std::collections::BTreeMap;
use std::time::Duration;

use easylink::base::clock::Hands;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};

use super::form::FormInPage;
use super::page::Page;

/// A password that the portal takes.
pub const PASSWORD: &str = "seven purple lanterns";

/// A browser.
#[derive(Clone)]
pub struct Visitor {
    base: String,
    client: Client,
    network: [u8; 4],
    hands: Hands,
    pub jar: BTreeMap<String, String>,
    /// Headers sent with every request.
    pub headers: Vec<(String, String)>,
}

impl Visitor {
    pub fn new(base: &str, hands: Hands) -> Self {
        Self::from_network(base, hands, [127, 0, 0, 1])
    }

    /// One who calls from another address of this machine.
    pub fn from_network(base: &str, hands: Hands, network: [u8; 4]) -> Self {
        let client = Client::builder()
            .local_address(std::net::IpAddr::from(network))
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .unwrap();
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let headers = vec![("user-agent".to_string(), agent.to_string())];
        Self { base: base.to_string(), client, network, hands, jar: BTreeMap::new(), headers }
    }

    /// Where this browser calls from.
    pub fn address(&self) -> std::net::IpAddr {
        self.network.into()
    }

    /// The same browser in a second window: cookies copied, not shared.
    #[must_use]
    pub fn twin(&self) -> Self {
        self.clone()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_string() } else { format!("{}{path}", self.base) };
        let mut request = self.client.request(method, url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.jar.is_empty() {
            let jar: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", jar.join("; "));
        }
        request
    }

    async fn send(&mut self, request: RequestBuilder) -> Page {
        let response = request.send().await.unwrap();
        for header in response.headers().get_all("set-cookie") {
            let header = header.to_str().unwrap();
            let (name, value) = header.split(';').next().unwrap().split_once('=').unwrap();
            if header.contains("Max-Age=0") || value.is_empty() {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_string(), value.to_string());
            }
        }
        Page::of(response).await
    }

    /// One GET, redirects not followed.
    pub async fn gets(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Opens a page as a person does: redirects are followed.
    pub async fn opens(&mut self, path: &str) -> Page {
        let page = self.gets(path).await;
        self.follows(page).await
    }

    /// Posts a filled form, redirects not followed. A person takes some seconds for it.
    pub async fn posts(&mut self, form: &FormInPage) -> Page {
        self.hands.forward(Duration::from_secs(3));
        self.posts_now(form).await
    }

    /// Posts a filled form without letting time pass.
    pub async fn posts_now(&mut self, form: &FormInPage) -> Page {
        let request = self.request(Method::POST, &form.action).header("sec-fetch-site", "same-origin");
        let request = if form.enctype == "multipart/form-data" {
            request.multipart(form.multipart())
        } else {
            request.header("content-type", "application/x-www-form-urlencoded").body(form.urlencoded())
        };
        self.send(request).await
    }

    /// Posts a filled form and follows where it leads.
    pub async fn submits(&mut self, form: &FormInPage) -> Page {
        let page = self.posts(form).await;
        self.follows(page).await
    }

    /// Posts any body to any path, as no browser would.
    pub async fn posts_raw(&mut self, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Page {
        let request = self.request(Method::POST, path).header("content-type", kind).body(body);
        self.send(request).await
    }

    async fn follows(&mut self, mut page: Page) -> Page {
        for _ in 0..6 {
            if !(300..400).contains(&page.status) {
                return page;
            }
            let to = page.header("location").unwrap().to_string();
            page = self.gets(&to).await;
        }
        panic!("a loop of redirects at {}", page.url);
    }
}
