//! A real browser with scripts switched off, used by what a person sees: labels, buttons, links.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::given::{given, loopback};
use super::people::Visitor;
use super::until::until;

/// Browsers open at once: more than there are cores only slow one another down.
static ROOM: Semaphore = Semaphore::const_new(2);

/// A browser session of its own, with no cookie and no cache; it ends when dropped.
pub struct Browser {
    pub(super) client: Client,
    driver: String,
    session: String,
    base: String,
    // Dropped after the session is ended, in this order.
    _profile: TempDir,
    _place: SemaphorePermit<'static>,
}

impl Browser {
    /// Opens a browser on a portal, 1280 by 800, in the light scheme. Panics if scripts of a page ran.
    pub async fn open(base: &str) -> Self {
        let browser = Self::start(base, false).await;
        let probe = "data:text/html,<title>off</title><script>document.title='on'</script>";
        browser.client.goto(probe).await.unwrap();
        assert_eq!(browser.client.title().await.unwrap(), "off", "the browser runs the scripts of pages");
        browser.size(1280, 800).await;
        browser.dark(false).await;
        browser
    }

    async fn start(base: &str, scripts: bool) -> Self {
        let place = ROOM.acquire().await.unwrap();
        let profile = tempfile::Builder::new().prefix("easylink-browser-").tempdir().unwrap();
        let driver = given("EASYLINK_TEST_CHROMEDRIVER");
        let mut flags: Vec<String> = [
            // Chromium refuses its sandbox to root, and containers often lack what it needs.
            "--headless=new --no-sandbox --disable-dev-shm-usage --disable-gpu --hide-scrollbars --lang=en-GB",
            // No word to the outside.
            "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync",
        ]
        .iter()
        .flat_map(|line| line.split(' '))
        .map(str::to_owned)
        .collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let allowed = if scripts { 1 } else { 2 };
        let wishes = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "args": flags,
                "prefs": { "profile.managed_default_content_settings.javascript": allowed },
            },
        });
        let wishes: Capabilities = serde_json::from_value(wishes).unwrap();
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(wishes).connect(&driver).await;
        let client = client.unwrap_or_else(|error| panic!("no browser at {driver}: {error}"));
        let session = client.session_id().await.unwrap().unwrap();
        Self { client, driver, session, base: base.trim_end_matches('/').to_owned(), _profile: profile, _place: place }
    }

    /// Goes to a path of the portal, or to a whole address.
    pub async fn goto(&self, path: &str) {
        let address = if path.starts_with('/') { format!("{}{path}", self.base) } else { path.to_owned() };
        self.client.goto(&address).await.unwrap_or_else(|error| panic!("cannot open {address}: {error}"));
    }

    /// Takes over the cookies of somebody who is signed in elsewhere.
    pub async fn takes_over(&self, visitor: &Visitor) {
        self.has_cookies(&visitor.jar).await;
    }

    /// Has these cookies and no others.
    pub async fn has_cookies(&self, jar: &BTreeMap<String, String>) {
        self.goto("/healthz").await;
        self.client.delete_all_cookies().await.unwrap();
        for (name, value) in jar {
            let cookie = json!({ "name": name, "value": value, "url": self.base, "path": "/", "httpOnly": true });
            let answer = self.devtools("Network.setCookie", cookie).await;
            assert_eq!(answer["success"], true, "{name}: {answer}");
        }
    }

    /// The cookies of the page that is shown, values by names.
    pub async fn cookies(&self) -> BTreeMap<String, String> {
        let all = self.client.get_all_cookies().await.unwrap();
        all.into_iter().map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned())).collect()
    }

    /// Where the first link leads whose address begins so.
    pub async fn first_link_to(&self, beginning: &str) -> String {
        let path = format!("//main//a[starts-with(@href, {})]", quote(beginning));
        let found = self.client.find(Locator::XPath(&path)).await;
        let found = found.unwrap_or_else(|error| panic!("no link to {beginning}: {error}"));
        found.attr("href").await.unwrap().unwrap()
    }

    /// Opens the menu of whoever is signed in.
    pub async fn press_menu(&self) {
        self.click("button", "menu", "//button[@popovertarget='you']").await;
    }

    /// Signs out the first device of the list that is not this one.
    pub async fn press_device_but_this(&self) {
        let path = "//main//td//button[starts-with(normalize-space(), 'Sign out')][not(contains(., 'this device'))]";
        self.click("button", "Sign out", path).await;
    }

    /// Presses the first button of the page's own part whose words begin so.
    pub async fn press_starting(&self, beginning: &str) {
        let path = format!("//main//button[starts-with(normalize-space(), {})]", quote(beginning));
        self.click("button", beginning, &path).await;
    }

    /// Path and query of the page that is shown.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// Types into a field, replacing what stands there, or chooses the option of this name from a list.
    pub async fn fill(&self, label_or_name: &str, text: &str) {
        let field = self.field(label_or_name).await;
        if field.tag_name().await.unwrap() == "select" {
            field
                .select_by_label(text)
                .await
                .unwrap_or_else(|error| panic!("`{label_or_name}` offers no `{text}`: {error}"));
            return;
        }
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Types a day such as `2026-11-23` into a field of days, in the order in which this browser asks for its parts.
    pub async fn fill_day(&self, label_or_name: &str, day: &str) {
        let parts: Vec<&str> = day.split('-').collect();
        for order in [[2, 1, 0], [1, 2, 0], [0, 1, 2]] {
            // Three steps left bring the cursor to the first part; clearing would leave it outside of the field.
            let typed = format!("{0}{0}{0}{1}", char::from(Key::Left), order.map(|part| parts[part]).concat());
            self.field(label_or_name).await.send_keys(&typed).await.unwrap();
            if self.value(label_or_name).await == day {
                return;
            }
        }
        panic!("`{label_or_name}` does not take {day}: {}", self.value(label_or_name).await);
    }

    /// Chooses a radio button or ticks a tick box, by its label.
    pub async fn choose(&self, label: &str) {
        let field = self.field(label).await;
        if !field.is_selected().await.unwrap() {
            field.click().await.unwrap();
        }
    }

    /// Chooses a file.
    pub async fn choose_file(&self, label_or_name: &str, path: &Path) {
        let whole = path.canonicalize().unwrap();
        self.field(label_or_name).await.send_keys(&whole.display().to_string()).await.unwrap();
    }

    /// What stands in a field.
    pub async fn value(&self, label_or_name: &str) -> String {
        self.field(label_or_name).await.prop("value").await.unwrap().unwrap_or_default()
    }

    /// Presses the button on which this stands; a summary that opens is one, too.
    pub async fn press(&self, text: &str) {
        let quoted = quote(text);
        let path = format!(
            "//button[normalize-space()={quoted} or @aria-label={quoted}] | //summary[normalize-space()={quoted}] \
             | //input[@type='submit' and @value={quoted}]"
        );
        self.click("button", text, &path).await;
    }

    /// Follows the link of this name.
    pub async fn follow(&self, text: &str) {
        let quoted = quote(text);
        self.click("link", text, &format!("//a[@href][normalize-space()={quoted} or @aria-label={quoted}]")).await;
    }

    /// The words of the page as they are seen.
    pub async fn text(&self) -> String {
        self.client.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
    }

    /// The one heading of the first level. Panics unless there is exactly one.
    pub async fn h1(&self) -> String {
        let headings = self.client.find_all(Locator::Css("h1")).await.unwrap();
        assert!(
            headings.len() == 1,
            "{} h1, not one, on {}:\n{}",
            headings.len(),
            self.path().await,
            self.text().await
        );
        headings[0].text().await.unwrap()
    }

    /// Presses the tab key and tells what has the focus then: its label, words or name.
    pub async fn tab(&self) -> String {
        self.client.active_element().await.unwrap().send_keys(&Key::Tab.to_string()).await.unwrap();
        let told = "const e = document.activeElement; return e.ariaLabel || e.labels?.[0]?.innerText || e.innerText || e.name || e.tagName";
        self.ask(told).await.as_str().unwrap_or_default().trim().to_owned()
    }

    /// A field by its name, else by its label or the beginning of its label.
    async fn field(&self, label_or_name: &str) -> Element {
        let quoted = quote(label_or_name);
        let control = "(self::input[not(@type='hidden')] or self::select or self::textarea)";
        let labelled = |test: &str| format!("//*[{control}][@id=//label[{test}]/@for] | //label[{test}]//*[{control}]");
        let ways = [
            format!("//*[{control}][@name={quoted}]"),
            labelled(&format!("normalize-space()={quoted}")),
            format!("//*[{control}][@aria-label={quoted}]"),
            labelled(&format!("starts-with(normalize-space(), {quoted})")),
        ];
        // A busy browser may say that a page is there a moment before its fields are.
        let mut found = None;
        until(async || {
            for way in &ways {
                found = self.client.find_all(Locator::XPath(way)).await.unwrap().into_iter().next();
                if found.is_some() {
                    return true;
                }
            }
            false
        })
        .await;
        if let Some(found) = found {
            return found;
        }
        panic!("no field `{label_or_name}` on {}:\n{}", self.path().await, self.text().await)
    }

    /// Clicks the first element that is seen and waits until the page it leads to is there: a mark left in the old page
    /// is gone then. A summary leads nowhere.
    async fn click(&self, kind: &str, text: &str, path: &str) {
        for _ in 0..50 {
            for element in self.client.find_all(Locator::XPath(path)).await.unwrap() {
                if element.is_displayed().await.unwrap() {
                    let leads = element.tag_name().await.unwrap() != "summary";
                    self.ask("document.documentElement.setAttribute('data-left', '')").await;
                    element.click().await.unwrap_or_else(|error| panic!("cannot click the {kind} `{text}`: {error}"));
                    if leads {
                        self.arrives().await;
                    }
                    return;
                }
            }
            // A busy machine may not have drawn the page yet: it is asked again.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("no {kind} `{text}` on {}:\n{}", self.path().await, self.text().await)
    }

    /// Waits until the marked page is gone and the next one is whole; some buttons stay on their page, so not for ever.
    async fn arrives(&self) {
        for _ in 0..250 {
            let there = "return document.readyState === 'complete' && \
                         !document.documentElement.hasAttribute('data-left')";
            if self.client.execute(there, Vec::new()).await.is_ok_and(|answer| answer == true) {
                return;
            }
            // The driver tells of no page by itself, and a page that has gone answers nothing: it is asked again.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Asks the page through the driver, whose own scripts run where those of pages do not.
    pub(super) async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// A command of Chrome's own protocol (CDP), which chromedriver passes on.
    pub(super) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let address = format!("{}/session/{}/goog/cdp/execute", self.driver, self.session);
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        let answer =
            loopback().post(address).header("content-type", "application/json").body(body).send().await.unwrap();
        let status = answer.status();
        let answer = answer.text().await.unwrap();
        assert!(status.is_success(), "{command}: {answer}");
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        answer["value"].take()
    }
}

impl Drop for Browser {
    /// Ends the session without a runtime, so that a failing test leaves no browser behind either.
    fn drop(&mut self) {
        let address = self.driver.trim_start_matches("http://");
        let Ok(mut stream) = TcpStream::connect(address) else {
            return;
        };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
        let end = format!("DELETE /session/{} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n", self.session);
        let _ = stream.write_all(end.as_bytes());
        // The answer comes once the browser is gone; how the connection ends after it is of no interest.
        let _ = stream.read(&mut [0; 1024]);
    }
}

/// A string of an `XPath` 1.0 expression, which knows no escapes.
fn quote(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

#[cfg(test)]
pub(super) mod tests {
    use std::net::TcpListener;

    use super::*;

    const PAGE: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Open a ticket</title>
        <meta name="viewport" content="width=device-width"><style>:root{color-scheme:light dark}</style></head><body><main><h1>Open a ticket</h1>
        <form action="/sent"><p><label for="s">Subject (required)</label> <input id="s" name="subject" value="old"></p>
        <p><label for="k">Kind</label> <select id="k" name="kind"><option>Billing</option><option>Network</option></select></p>
        <p><label><input type="checkbox" name="urgent" value="yes"> It's urgent</label></p>
        <p><label for="f">Proof</label> <input type="file" id="f" name="proof"></p>
        <button>Send</button></form><p><a href="/other">Other page</a></p>
        <noscript><p>Works without scripts</p></noscript><script>document.title = 'scripted'</script></main></body></html>"#;

    /// Answers every request with the page.
    pub fn serve() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut request = [0; 4096];
                    let _ = stream.read(&mut request);
                    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length";
                    let _ = write!(stream, "{head}: {}\r\n\r\n{PAGE}", PAGE.len());
                });
            }
        });
        base
    }

    #[tokio::test]
    async fn a_form_is_filled_in_and_sent_without_scripts() {
        let browser = Browser::open(&serve()).await;
        browser.goto("/new").await;
        assert_eq!(browser.h1().await, "Open a ticket");
        assert!(browser.text().await.contains("Works without scripts"));
        browser.fill("Subject", "Füße & co").await;
        browser.fill("Kind", "Network").await;
        browser.choose("It's urgent").await;
        browser.choose_file("proof", Path::new(file!())).await;
        assert_eq!(
            (browser.value("subject").await, browser.value("Kind").await),
            ("Füße & co".into(), "Network".into())
        );
        browser.press("Send").await;
        let sent = format!(
            "/sent?subject=F%C3%BC%C3%9Fe+%26+co&kind=Network&urgent=yes&proof={}",
            Path::new(file!()).file_name().unwrap().display()
        );
        assert_eq!(browser.path().await, sent);
        browser.follow("Other page").await;
        assert_eq!(browser.path().await, "/other");
        browser.goto("/new").await;
        assert_eq!(browser.tab().await, "Subject (required)");
    }

    #[tokio::test]
    async fn the_probe_for_scripts_would_see_them() {
        let browser = Browser::start(&serve(), true).await;
        browser.goto("/new").await;
        assert_eq!(browser.client.title().await.unwrap(), "scripted");
        browser.goto("data:text/html,<title>off</title><script>document.title='on'</script>").await;
        assert_eq!(browser.client.title().await.unwrap(), "on");
    }
}
