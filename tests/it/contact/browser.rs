//! Phone and notices in a browser without scripts: bound, replaced, and brought back by the link in the notice. Pictures of
//! every step stay in `target/screenshots/contact-…`.

use std::time::Duration;

use super::{shown, undo_link};
use crate::support::browser::Browser;
use crate::support::portal::Portal;

struct Walk {
    portal: Portal,
    browser: Browser,
    database: &'static str,
    count: usize,
}

impl Walk {
    /// Presses a button; a person took some seconds for the form. Holds where that leads.
    async fn presses(&mut self, button: &str, to: &str) {
        self.portal.later(Duration::from_secs(5));
        self.browser.press(button).await;
        let (path, text) = (self.browser.path().await, self.browser.text().await);
        assert_eq!(path.split('?').next(), Some(to), "{text}");
        self.picture().await;
    }

    async fn picture(&mut self) {
        self.count += 1;
        let name = self.browser.path().await.split('?').next().unwrap_or_default().replace('/', "-");
        let name: String = name.chars().take(40).collect();
        self.browser.screenshot(&format!("contact-{}/{:02}{name}", self.database, self.count)).await;
    }

    async fn reads(&self, words: &str) {
        let text = self.browser.text().await;
        assert!(text.contains(words), "no `{words}` in {text}");
    }
}

async fn walks(portal: Portal, database: &'static str) {
    let li = portal.enters("li@example.com").await;
    let browser = Browser::open(&portal.base).await;
    browser.takes_over(&li.visitor).await;
    let mut walk = Walk { portal, browser, database, count: 0 };

    walk.browser.goto("/account/security").await;
    walk.picture().await;
    walk.browser.follow("Bind phone").await;
    walk.browser.fill("phone", "12345").await;
    walk.presses("Send code", "/account/security/phone").await;
    walk.reads("There is a problem").await;
    walk.browser.fill("phone", "138 0013 8000").await;
    walk.presses("Send code", "/account/security/code").await;
    walk.reads("138****8000").await;
    let code = walk.portal.texted_code("+8613800138000").await;
    walk.browser.fill("code", &code).await;
    walk.presses("Go on", "/account/security").await;
    walk.reads("Your phone is bound.").await;

    walk.browser.goto("/account/security/phone").await;
    walk.picture().await;
    walk.browser.follow("Replace it").await;
    walk.picture().await;
    walk.browser.fill("phone", "139 0013 9000").await;
    walk.presses("Go on", "/account/security/code").await;
    let code = walk.portal.code_for("li@example.com").await;
    walk.browser.fill("code", &code).await;
    walk.presses("Go on", "/account/security/code").await;
    walk.reads("Now the new one").await;
    let code = walk.portal.texted_code("+8613900139000").await;
    walk.browser.fill("code", &code).await;
    walk.presses("Go on", "/account/security").await;
    walk.reads("139****9000").await;

    let link = undo_link(&walk.portal, "li@example.com").await;
    walk.browser.goto(&link).await;
    walk.picture().await;
    walk.reads("undo the change").await;
    walk.presses("Sign out everywhere and mail me a code", "/password/reset").await;
    walk.reads("The change is undone").await;
    let mut again = walk.portal.signed_in(li.person_id, Some(li.account_id)).await;
    assert!(shown(&mut again).await.starts_with("138****8000"));
}

#[tokio::test]
async fn bound_replaced_and_brought_back_on_sqlite() {
    walks(Portal::sqlite().await, "sqlite").await;
}

#[tokio::test]
async fn bound_replaced_and_brought_back_on_postgresql() {
    walks(Portal::postgresql().await, "postgresql").await;
}
