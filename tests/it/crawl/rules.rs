//! What every page is held to, read from its headers and its parsed HTML (WB2, WB3).

use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};

use crate::support::page::Page;

const BANNED: [&str; 7] = ["script", "style", "iframe", "object", "embed", "frame", "base"];

/// Where links of a page lead on this portal: path and query, without the place in the page.
pub struct Read {
    /// What is wrong with the page.
    pub faults: Vec<String>,
    /// Where its links lead.
    pub links: Vec<String>,
}

fn all<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    document.select(&Selector::parse(selector).unwrap()).collect()
}

/// Headers that every answer carries.
pub fn headers(page: &Page) -> Vec<String> {
    let mut faults = Vec::new();
    let policy = page.header("content-security-policy").unwrap_or_default();
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
        if !policy.contains(part) && !policy.contains("sandbox") {
            faults.push(format!("its content security policy lacks {part}: {policy}"));
        }
    }
    if policy.contains("unsafe") || policy.contains('*') || policy.contains("data:") {
        faults.push(format!("its content security policy is too wide: {policy}"));
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        if page.header(name) != Some(value) {
            faults.push(format!("{name} is {:?}", page.header(name)));
        }
    }
    if page.header("permissions-policy").is_none_or(str::is_empty) {
        faults.push("no permissions-policy".into());
    }
    for leak in ["server", "x-powered-by"] {
        if page.header(leak).is_some() {
            faults.push(format!("it tells {leak}"));
        }
    }
    faults
}

/// Holds a page of HTML to the rules.
pub fn read(page: &Page, signed_in: bool) -> Read {
    let document = Html::parse_document(&page.html);
    let mut faults = headers(page);
    let cache = page.header("cache-control").unwrap_or_default();
    if signed_in && cache != "no-store" {
        faults.push(format!("signed in, it may be kept: {cache}"));
    }
    let headings = all(&document, "h1").len();
    if headings != 1 {
        faults.push(format!("{headings} h1"));
    }
    if all(&document, "html[lang]").len() != 1 {
        faults.push("no lang".into());
    }
    let title = page.title();
    if !(title.ends_with("· Easy Link") || title.starts_with("Easy Link · ")) {
        faults.push(format!("its title is {title:?}"));
    }
    shape(&document, &mut faults);
    labels(&document, &mut faults);
    let links = links(page, &document, &mut faults);
    Read { faults, links }
}

/// No script, no inline style, no handler, no address that runs.
fn shape(document: &Html, faults: &mut Vec<String>) {
    for element in all(document, "*") {
        let value = element.value();
        if BANNED.contains(&value.name()) {
            faults.push(format!("<{}>", value.name()));
        }
        for (name, text) in value.attrs() {
            let text = text.trim().to_ascii_lowercase();
            if name.starts_with("on") || name == "style" {
                faults.push(format!("{name}= on <{}>", value.name()));
            }
            if ["href", "src", "action", "formaction"].contains(&name)
                && ["javascript:", "data:", "vbscript:"].iter().any(|scheme| text.starts_with(scheme))
            {
                faults.push(format!("{name}={text:?}"));
            }
        }
    }
    for form in all(document, "form[method=post]") {
        if form.select(&Selector::parse("input[name=token][value]").unwrap()).count() != 1 {
            faults.push(format!("the form to {:?} has no token", form.attr("action")));
        }
    }
}

/// Every field has a name that is read out.
fn labels(document: &Html, faults: &mut Vec<String>) {
    let labelled: HashSet<&str> =
        all(document, "label[for]").into_iter().filter_map(|label| label.attr("for")).collect();
    for field in all(document, "input, select, textarea") {
        let kind = field.attr("type").unwrap_or_default();
        // A field for password managers only, which nobody can reach or hear.
        let unheard = field.attr("aria-hidden") == Some("true") && field.attr("tabindex") == Some("-1");
        if unheard || ["hidden", "submit", "button", "image"].contains(&kind) {
            continue;
        }
        let named = field.attr("aria-label").is_some()
            || field.attr("aria-labelledby").is_some()
            || field.attr("id").is_some_and(|id| labelled.contains(id))
            || field.ancestors().filter_map(ElementRef::wrap).any(|outer| outer.value().name() == "label");
        if !named {
            faults.push(format!("no label on {}", field.html()));
        }
    }
}

fn links(page: &Page, document: &Html, faults: &mut Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    for link in all(document, "a[href], link[href], img[src], source[src]") {
        let target = link.attr("href").or_else(|| link.attr("src")).unwrap_or_default();
        if let Some(id) = target.strip_prefix('#') {
            let there = all(document, "[id]").into_iter().any(|element| element.attr("id") == Some(id));
            if !there {
                faults.push(format!("a link leads to #{id}, which is not there"));
            }
            continue;
        }
        if target.starts_with("mailto:") || target.starts_with("tel:") || link.attr("rel") == Some("canonical") {
            continue;
        }
        let to = page.reach(target);
        if to.starts_with('/') {
            found.push(to);
        } else {
            faults.push(format!("a link leads away at once: {to}"));
        }
    }
    found
}
