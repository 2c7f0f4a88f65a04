//! What a page looks like and measures in the browser, and what axe-core says of it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::browser::Browser;
use super::given::given;

/// What axe-core objects to.
#[derive(Debug, Clone)]
pub struct Violation {
    /// The id of the rule, such as `color-contrast`.
    pub rule: String,
    /// What the rule asks.
    pub help: String,
    /// The places: selector, markup, and what is wrong there.
    pub places: Vec<String>,
}

/// Where pictures of pages are kept.
pub fn screenshots() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots")
}

impl Browser {
    /// Makes the page so many CSS pixels wide and high.
    pub async fn size(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Prefers the dark scheme, or the light one.
    pub async fn dark(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        // Without motion, so that no colour is seen on its way from one scheme to the other.
        let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }, still] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// Shows pages as they are printed.
    pub async fn prints(&self) {
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    }

    /// Puts the colours of pages away for those of the system.
    pub async fn forces_colours(&self) {
        let features = json!({ "features": [{ "name": "forced-colors", "value": "active" }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// Whether anything that a selector names takes room on the page.
    pub async fn shows(&self, selector: &str) -> bool {
        let script =
            format!("return [...document.querySelectorAll('{selector}')].some(e => e.getClientRects().length > 0)");
        self.ask(&script).await.as_bool().unwrap()
    }

    /// A computed property of the first element that a selector names.
    pub async fn style(&self, selector: &str, property: &str) -> String {
        let script = format!("return getComputedStyle(document.querySelector('{selector}'))['{property}']");
        self.ask(&script).await.as_str().unwrap().to_owned()
    }

    /// The heads of cards with a link: their words, and whether the link stands at the right end beside the heading.
    pub async fn card_heads(&self) -> Vec<(String, bool)> {
        let script = "return [...document.querySelectorAll('.card > .card-head:has(> a)')].map(head => {
                const [all, title, link] = [head, ...head.children].map(e => e.getBoundingClientRect());
                return [head.innerText, link.left >= title.right && Math.abs(link.right - all.right) < 1 && link.top < title.bottom];
            })";
        let found = self.ask(script).await;
        let heads = found.as_array().unwrap().iter();
        heads.map(|one| (one[0].as_str().unwrap().to_owned(), one[1].as_bool().unwrap())).collect()
    }

    /// The width the page needs, in CSS pixels: more than the window's means scrolling sideways.
    pub async fn scroll_width(&self) -> u64 {
        self.ask("return document.documentElement.scrollWidth").await.as_u64().unwrap()
    }

    /// The width that the content of each table box needs, and the width that the box has, in CSS pixels.
    pub async fn table_boxes(&self) -> Vec<(u64, u64)> {
        let script = "return [...document.querySelectorAll('.table-box')].map(e => [e.scrollWidth, e.clientWidth])";
        let found = self.ask(script).await;
        found.as_array().unwrap().iter().map(|one| (one[0].as_u64().unwrap(), one[1].as_u64().unwrap())).collect()
    }

    /// Every link, button and field whose target is smaller than this many CSS pixels either way, links in running text apart.
    pub async fn small_targets(&self, least: u32) -> Vec<String> {
        let script = format!(
            "return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter(e => {{
                const target = ['radio', 'checkbox'].includes(e.type) && e.labels?.[0] || e;
                const box = target.getBoundingClientRect();
                return box.width > 0 && getComputedStyle(target).display !== 'inline'
                    && (box.width < {least} - 0.5 || box.height < {least} - 0.5);
            }}).map(e => {{ const box = e.getBoundingClientRect(); return `${{Math.round(box.width)}}×${{Math.round(box.height)}} ${{e.outerHTML.slice(0, 120)}}`; }})"
        );
        let found = self.ask(&script).await;
        found.as_array().unwrap().iter().map(|target| target.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Keeps a picture of the whole page as `screenshots/<name>.png` in the target folder.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let taken =
            self.devtools("Page.captureScreenshot", json!({ "format": "png", "captureBeyondViewport": true })).await;
        let png = data_encoding::BASE64.decode(taken["data"].as_str().unwrap().as_bytes()).unwrap();
        let path = screenshots().join(format!("{name}.png"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, png).unwrap();
        path
    }

    /// What axe-core objects to: WCAG 2.2 A and AA, and its best practices.
    pub async fn axe(&self) -> Vec<Violation> {
        let axe = std::fs::read_to_string(given("EASYLINK_TEST_AXE")).unwrap();
        // With scripts off promises still come through but timers never fire. axe-core uses those of at most
        // a millisecond to go on, and longer ones to give up, which the driver does for it.
        let script = format!(
            "const setTimeout = (f, ms, ...a) => {{ if (!(ms > 1)) Promise.resolve().then(() => f(...a)); return 0; }};
            const clearTimeout = () => {{}};
            {axe};
            const done = arguments[arguments.length - 1];
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
            axe.run(document, {{ runOnly: tags, resultTypes: ['violations'] }}).then(r => done(r.violations), e => done(String(e)))"
        );
        let answer = self.client.execute_async(&script, Vec::new()).await.unwrap();
        let Some(violations) = answer.as_array() else { panic!("axe-core failed: {answer}") };
        violations.iter().map(Violation::read).collect()
    }
}

impl Violation {
    fn read(found: &Value) -> Self {
        let told = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let places = found["nodes"].as_array().into_iter().flatten();
        let places = places.map(|node| {
            format!("{} {} {}", node["target"], told(&node["html"]), told(&node["failureSummary"]).replace('\n', " "))
        });
        Self { rule: told(&found["id"]), help: told(&found["help"]), places: places.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::browser::tests::serve;
    use super::*;

    #[tokio::test]
    async fn a_page_is_measured_pictured_and_checked() {
        let browser = Browser::open(&serve()).await;
        browser.goto("/new").await;
        browser.size(320, 640).await;
        assert_eq!(browser.scroll_width().await, 320);
        let light = std::fs::read(browser.screenshot("support-light").await).unwrap();
        browser.dark(true).await;
        let dark = std::fs::read(browser.screenshot("support-dark").await).unwrap();
        assert_ne!(light, dark);
        browser.dark(false).await;
        let violations = browser.axe().await;
        assert!(violations.is_empty(), "{violations:#?}");
        assert!(browser.small_targets(44).await.iter().any(|target| target.contains("<button")));
        browser.ask("document.querySelector('label').remove()").await;
        assert!(browser.axe().await.iter().any(|violation| violation.rule == "label"));
    }
}
