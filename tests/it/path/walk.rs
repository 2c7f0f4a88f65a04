//! Several people who take turns at one browser, each with an own jar of cookies, before a portal whose clock goes on
//! while they type.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use easylink::app::demo;
use easylink::features::staff::TotpSecret;

use crate::support::browser::Browser;
use crate::support::people::Visitor;
use crate::support::portal::Portal;
use crate::tickets::png;

/// The browser and whoever sits before it.
pub struct Walk {
    pub portal: Portal,
    pub browser: Browser,
    jars: BTreeMap<&'static str, BTreeMap<String, String>>,
    here: &'static str,
    count: usize,
    database: &'static str,
}

impl Walk {
    /// Somebody comes first.
    pub async fn begin(portal: Portal, database: &'static str) -> Self {
        let browser = Browser::open(&portal.base).await;
        Self { portal, browser, jars: BTreeMap::new(), here: "first", count: 0, database }
    }

    /// Somebody has signed in elsewhere and brings the cookies.
    pub fn knows(&mut self, who: &'static str, visitor: &Visitor) {
        self.jars.insert(who, visitor.jar.clone());
    }

    /// Somebody sits down, with the cookies of the last time; a new name is a browser that was never here.
    pub async fn turn(&mut self, who: &'static str) {
        let left = self.browser.cookies().await;
        self.jars.insert(self.here, left);
        self.browser.has_cookies(&self.jars.get(who).cloned().unwrap_or_default()).await;
        self.here = who;
    }

    pub async fn goto(&self, path: &str) {
        self.browser.goto(path).await;
    }

    pub async fn follow(&self, link: &str) {
        self.browser.follow(link).await;
    }

    pub async fn fill(&self, fields: &[(&str, &str)]) {
        for (field, text) in fields {
            self.browser.fill(field, text).await;
        }
    }

    /// Presses a button; a person took some seconds for the form.
    pub async fn press(&self, button: &str) {
        self.portal.later(Duration::from_secs(5));
        self.browser.press(button).await;
    }

    /// Holds that the page is there, by its path without a query, and keeps its picture.
    pub async fn at(&mut self, path: &str) {
        let found = self.browser.path().await;
        let (heading, text) = (self.browser.h1().await, self.browser.text().await);
        assert_eq!(found.split('?').next(), Some(path), "{heading}\n{text}");
        self.picture().await;
    }

    /// Holds that the page says so.
    pub async fn reads(&self, words: &str) {
        let text = self.browser.text().await;
        assert!(text.contains(words), "no `{words}` on {}:\n{text}", self.browser.path().await);
    }

    /// Keeps a picture of the page.
    pub async fn picture(&mut self) {
        self.count += 1;
        let name: String = self.browser.path().await.split('?').next().unwrap_or_default().replace('/', "-");
        self.browser.screenshot(&format!("path-{}/{:02}{name}", self.database, self.count)).await;
    }

    /// Types the code that was mailed and goes on.
    pub async fn types_the_code(&self, address: &str, button: &str) {
        let code = self.portal.code_for(address).await;
        self.fill(&[("code", &code)]).await;
        self.press(button).await;
    }

    /// A member of staff signs in with the code of this moment (none works twice), or goes on where they signed in before.
    pub async fn enters_as_staff(&mut self, who: &'static str) {
        let is_in = self.here == who || self.jars.contains_key(who);
        self.turn(who).await;
        if is_in {
            return;
        }
        self.portal.later(Duration::from_secs(31));
        let secret = data_encoding::BASE32_NOPAD.decode(demo::totp_secret().as_bytes()).unwrap();
        let secret = TotpSecret::new(secret.try_into().unwrap());
        self.goto("/staff/login").await;
        let code = secret.code_at(self.portal.house.clock.now().plus(Duration::from_secs(5))).unwrap();
        let address = format!("{who}@staff.example.com");
        self.fill(&[("address", &address), ("password", demo::PASSWORD), ("code", &code)]).await;
        self.press("Sign in").await;
        self.at("/staff").await;
    }

    /// A picture file to send.
    pub fn picture_file(&self, name: &str) -> PathBuf {
        let path = self.portal.folder().join(name);
        std::fs::write(&path, png(48)).unwrap();
        path
    }

    /// The last part of the path that is shown: the number of what was opened.
    pub async fn number(&self) -> String {
        let path = self.browser.path().await;
        path.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned()
    }
}
