//! Every field of every form is held to `docs/validation.md` (BL1, WB8): each is sent empty, too long, of the wrong
//! kind and hostile; the form comes back with a sentence at the field and what was typed, and nothing changes.

mod attacks;
mod list;
mod ways;

use std::collections::BTreeSet;
use std::time::Duration;

use easylink::app::server::routes;

use self::attacks::{Attack, MARK, against, body};
pub use self::list::unlisted;
use self::list::{Field, Listed, list, names};
use self::ways::{WAYS, Way};
use crate::support::digest::differing;
use crate::support::form::FormInPage;
use crate::support::page::Page;
use crate::support::portal::Portal;

/// Fields that a form has only when something came before it.
const LATER: [&str; 6] = ["kept", "number_checked", "checked", "another_checked", "another", "printed_so"];

#[tokio::test]
async fn the_list_names_every_form_and_no_other() {
    let portal = Portal::sqlite().await;
    let posted: BTreeSet<&str> = routes(&portal.house)
        .iter()
        .flat_map(|route| route.listed().to_vec())
        .filter(|listed| listed.guard == "token")
        .map(|listed| listed.path)
        .collect();
    let all = list();
    let named: BTreeSet<&str> = all.iter().map(|route| route.path).collect();
    assert_eq!(named.len(), all.len(), "a route stands twice in docs/validation.md");
    assert_eq!(named, posted, "docs/validation.md and the routes that are posted to");
    let walked: BTreeSet<&str> = WAYS.iter().map(|way| way.path).collect();
    let with_fields: BTreeSet<&str> =
        all.iter().filter(|route| !route.fields.is_empty()).map(|route| route.path).collect();
    assert_eq!(walked, with_fields, "the ways and the routes with fields");
}

on_both!(
    async fn every_field_refuses_what_it_does_not_take(portal) {
        portal.careless();
        portal.opens_the_demo().await;
        let (all, mut wrong) = (list(), Vec::new());
        for (nth, way) in WAYS.iter().enumerate() {
            let route = all.iter().find(|route| route.path == way.path).unwrap();
            let found = tried(&portal, way, route, u8::try_from(nth + 1).unwrap()).await;
            wrong.extend(found.into_iter().map(|fault| format!("{}: {fault}", way.path)));
        }
        assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
    }
);

/// Sends each field of one form whatever it must refuse.
async fn tried(portal: &Portal, way: &Way, route: &Listed, network: u8) -> Vec<String> {
    let (mut browser, form) = way.walked(portal, network).await;
    let mut wrong = same_fields(route, &form);
    // Nobody fills a form in no time.
    portal.later(Duration::from_secs(5));
    let before = portal.digest().await;
    for field in &route.fields {
        // What the form would take in this field is seen with another one missing.
        let needed = route.fields.iter().filter(|other| other.needed && other.name != field.name);
        let other = needed.clone().map(|other| other.name).next();
        let said = needed.filter(|other| other.refuses()).map(|other| other.name).next();
        for attack in against(field) {
            let harmless = !field.refuses() && !attack.values.is_empty();
            let left_out = other.filter(|_| harmless && !attack.broken);
            let (kind, sent) = body(&form, field, &attack, left_out);
            let page = browser.posts_raw(&form.action, &kind, sent).await;
            let faults = faults(&page, &form, (route, field), &attack, left_out);
            wrong.extend(faults.into_iter().map(|fault| format!("`{}`, {}: {fault}", field.name, attack.what)));
        }
        if let (Some(most), Some(other)) = (field.most.filter(|_| ["line", "lines"].contains(&field.kind)), said) {
            let full = Attack {
                what: "",
                // The number of a bank account has no signs but those of numbers.
                values: vec![if field.name == "account_number" { "5" } else { "線" }.repeat(most).into_bytes()],
                raw: false,
                text: true,
                broken: false,
            };
            let (kind, sent) = body(&form, field, &full, Some(other));
            let page = browser.posts_raw(&form.action, &kind, sent).await;
            if page.status != 422 || page.wrong_fields().iter().any(|name| name == field.name) {
                wrong.push(format!("`{}` does not take {most} characters: {}", field.name, page.status));
            }
        }
    }
    let changed = differing(&before, &portal.digest().await);
    let changed: Vec<_> = changed.into_iter().filter(|table| !way.counts.contains(&table.as_str())).collect();
    if !changed.is_empty() {
        wrong.push(format!("refused posts changed {changed:?}"));
    }
    wrong
}

/// Fields of the form that are not in the list, and the other way round.
fn same_fields(route: &Listed, form: &FormInPage) -> Vec<String> {
    let drawn: BTreeSet<String> = names(form).into_iter().collect();
    let named: BTreeSet<String> = route.fields.iter().map(|field| field.name.to_owned()).collect();
    let more = drawn.difference(&named).map(|name| format!("`{name}` is not in the list"));
    let less = named.difference(&drawn).filter(|name| !LATER.contains(&name.as_str()));
    more.chain(less.map(|name| format!("`{name}` of the list is not in the form"))).collect()
}

/// What is wrong with the answer.
fn faults(
    page: &Page,
    form: &FormInPage,
    (route, field): (&Listed, &Field),
    attack: &Attack,
    left_out: Option<&str>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let taken: &[u16] = match field.refuses() {
        _ if attack.broken => &[400],
        true => &[422],
        // A box on a form in which nothing can be wrong.
        false if field.kind == "tick" && left_out.is_none() && !field.needed => &[303],
        false => &[400, 404, 409, 422],
    };
    if !taken.contains(&page.status) {
        wrong.push(format!("{}, not {taken:?}", page.status));
        return wrong;
    }
    if page.status != 303 && page.h1().is_empty() {
        wrong.push("no page".into());
    }
    if !page.all("[data-x]").is_empty() || (field.secret() && page.html.contains(MARK)) {
        wrong.push("what was sent has become part of the page".into());
    }
    if page.status == 422 {
        wrong.extend(said(page, field, left_out));
        wrong.extend(kept(page, form, (route, field), attack, left_out));
    }
    wrong
}

/// The sentence at the field, or in the summary where it concerns several.
fn said(page: &Page, field: &Field, left_out: Option<&str>) -> Option<String> {
    let told = page.wrong_fields();
    let whole = page.all("[role=alert] li").len() > told.len();
    if left_out.is_some() || !field.refuses() || ["password", "code", "button"].contains(&field.kind) && whole {
        return page.all("[role=alert] li").is_empty().then(|| "no sentence".into());
    }
    // What is a good new password differs from its repetition.
    let at = ["again", field.name].into_iter().find(|name| {
        (*name == field.name || field.kind == "new password") && !page.all(&format!("#{name}-error")).is_empty()
    });
    let Some(at) = at else { return Some(format!("no sentence at the field, but at {told:?}")) };
    let choice = field.kind.starts_with("choice") || field.kind == "tick";
    (!choice && !told.iter().any(|name| name == at)).then(|| format!("the summary leads to {told:?}"))
}

/// What was typed in the other fields and is not in the form that came back, and in this one where it is shown again.
fn kept(
    page: &Page,
    form: &FormInPage,
    (route, field): (&Listed, &Field),
    attack: &Attack,
    left_out: Option<&str>,
) -> Vec<String> {
    let visible = |found: &&FormInPage| {
        let kind =
            |form: &FormInPage| form.controls.iter().find(|control| control.name == field.name).map(|c| c.kind.clone());
        found.action == form.action && kind(found) == kind(form)
    };
    let forms = page.posted_forms();
    let Some(again) = forms.iter().find(visible) else { return vec!["the form did not come back".into()] };
    let all = |form: &FormInPage, name: &str| -> Vec<String> {
        form.fields.iter().filter(|(found, _)| found == name).map(|(_, value)| value.clone()).collect()
    };
    let mut wrong = Vec::new();
    for other in &route.fields {
        // What was agreed to was the version of the policy that the page names.
        let asked_again = (field.name, other.name) == ("policy", "agreement");
        let passed = other.name == field.name || Some(other.name) == left_out || asked_again;
        if passed || other.secret() || ["file", "trap", "button"].contains(&other.kind) {
            continue;
        }
        let (sent, shown) = (all(form, other.name), all(again, other.name));
        if sent != shown {
            wrong.push(format!("`{}` was {sent:?} and came back as {shown:?}", other.name));
        }
    }
    let plain = |value: &str| !value.chars().any(char::is_control);
    let typed = attack.values.first().and_then(|value| String::from_utf8(value.clone()).ok());
    if let Some(typed) = typed.filter(|typed| field.shown_again() && !attack.raw && plain(typed))
        && again.value(field.name) != Some(typed.as_str())
    {
        wrong.push(format!("came back as {:?}", again.value(field.name)));
    }
    wrong
}
