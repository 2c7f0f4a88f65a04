//! `docs/validation.md`, read: the list that the forms are held to.

use crate::support::form::FormInPage;
use crate::support::page::Page;

const TEXT: &str = include_str!("../../../docs/validation.md");

/// A route that is posted to.
#[derive(Debug)]
pub struct Listed {
    pub path: &'static str,
    pub fields: Vec<Field>,
}

/// A field of its form.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: &'static str,
    pub kind: &'static str,
    pub needed: bool,
    /// The most characters.
    pub most: Option<usize>,
}

impl Field {
    /// Whether the form says what is wrong with it.
    pub fn refuses(&self) -> bool {
        !["tick", "hidden", "trap"].contains(&self.kind)
    }

    /// Whether it is typed and shown again as it was typed.
    pub fn shown_again(&self) -> bool {
        ["line", "lines", "address", "phone", "mobile", "amount", "day", "bank number"].contains(&self.kind)
    }

    /// Whether nothing of it may ever be shown.
    pub fn secret(&self) -> bool {
        ["password", "new password", "repeat", "code"].contains(&self.kind)
    }
}

/// The list, in its order.
pub fn list() -> Vec<Listed> {
    let mut all: Vec<Listed> = Vec::new();
    for line in TEXT.lines() {
        if let Some(path) = line.strip_prefix("### POST ") {
            all.push(Listed { path, fields: Vec::new() });
        }
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let ["", name, kind, needed, most, _, ""] = cells[..] else { continue };
        if name == "Field" || name.starts_with("--") {
            continue;
        }
        let needed = match needed {
            "yes" => true,
            "no" => false,
            other => panic!("`{name}` is needed: {other}?"),
        };
        assert!(TEXT.contains(&format!("\n| {kind} | ")), "the list does not say what `{kind}` is");
        let most = (!most.is_empty()).then(|| most.parse().unwrap());
        all.last_mut().unwrap().fields.push(Field { name, kind, needed, most });
    }
    all
}

/// The path of the route that an address belongs to; one without a parameter is meant before one with.
pub fn route_of(all: &[Listed], address: &str) -> Option<&'static str> {
    let address = address.split('?').next().unwrap_or_default();
    let fits = |path: &str| {
        let (own, asked): (Vec<_>, Vec<_>) = (path.split('/').collect(), address.split('/').collect());
        own.len() == asked.len() && own.iter().zip(&asked).all(|(own, asked)| own == asked || own.starts_with('{'))
    };
    let fitting = all.iter().map(|route| route.path).filter(|path| fits(path));
    fitting.min_by_key(|path| path.matches('{').count())
}

/// The names under which a form sends something, its token apart.
pub fn names(form: &FormInPage) -> Vec<String> {
    let buttons = form.buttons.iter().filter_map(|button| Some(button.field.as_ref()?.0.clone()));
    let controls = form.controls.iter().map(|control| control.name.clone());
    controls.chain(buttons).filter(|name| name != "token").collect()
}

/// The fields of this page's forms that are not in the list.
pub fn unlisted(page: &Page) -> Vec<String> {
    let all = list();
    let mut found = Vec::new();
    for form in page.posted_forms() {
        let path = route_of(&all, &form.action);
        let route = all.iter().find(|route| Some(route.path) == path);
        let known = |name: &String| route.is_some_and(|route| route.fields.iter().any(|field| field.name == name));
        found.extend(
            names(&form)
                .into_iter()
                .filter(|name| !known(name))
                .map(|name| format!("`{name}` of the form to {} is not in docs/validation.md", form.action)),
        );
    }
    found
}
