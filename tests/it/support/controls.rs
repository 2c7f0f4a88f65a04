//! Reads the controls of a form and what they would send untouched (HTML, "constructing the entry list").

use scraper::{ElementRef, Html};

use super::form::FormInPage;
use super::page::{Page, name_of, select, words};

/// A control of a form; radio buttons and tick boxes of one name are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// The name under which it is sent.
    pub name: String,
    /// `text`, `password`, `hidden`, `file`, `radio`, `checkbox`, `select`, `textarea`, …
    pub kind: String,
    /// What can be chosen, as value and words (id, of a radio button or tick box); empty where one types.
    pub options: Vec<(String, String)>,
    /// Whether several may be chosen.
    pub many: bool,
}

/// A submit button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// Its name and value, when it has a name.
    pub field: Option<(String, String)>,
    /// Its own action and method, where it overrides the form's.
    pub action: Option<String>,
    /// Its own method.
    pub method: Option<String>,
}

impl FormInPage {
    /// Reads a form with the controls inside it and those that name it by its id.
    pub(super) fn read(page: &Page, document: &Html, form: ElementRef) -> Self {
        let mut read = Self {
            method: form.attr("method").unwrap_or("get").to_ascii_lowercase(),
            action: page.reach(form.attr("action").unwrap_or_default()),
            enctype: form.attr("enctype").unwrap_or("application/x-www-form-urlencoded").to_owned(),
            fields: Vec::new(),
            files: Vec::new(),
            controls: Vec::new(),
            buttons: Vec::new(),
            pressed: 0,
        };
        for element in select(document.root_element(), "input, textarea, select, button") {
            let owner = match element.attr("form") {
                Some(id) => form.attr("id") == Some(id),
                None => element.ancestors().any(|ancestor| ancestor.id() == form.id()),
            };
            if owner && !disabled(element) {
                read.take(page, element);
            }
        }
        read
    }

    fn take(&mut self, page: &Page, element: ElementRef) {
        let name = element.attr("name").unwrap_or_default();
        let value = element.attr("value");
        let kind = match element.value().name() {
            "input" => element.attr("type").unwrap_or("text").to_ascii_lowercase(),
            "button" => element.attr("type").unwrap_or("submit").to_ascii_lowercase(),
            other => other.to_owned(),
        };
        let mut send = |value: &str| self.fields.push((name.to_owned(), value.to_owned()));
        match kind.as_str() {
            "submit" | "image" => {
                let label = if element.value().name() == "input" {
                    value.unwrap_or("Submit").to_owned()
                } else {
                    name_of(element)
                };
                let field = (!name.is_empty()).then(|| (name.to_owned(), value.unwrap_or_default().to_owned()));
                let action = element.attr("formaction").map(|action| page.reach(action));
                let method = element.attr("formmethod").map(str::to_ascii_lowercase);
                self.buttons.push(Button { label, field, action, method });
            }
            "button" | "reset" => {}
            _ if name.is_empty() => {}
            "radio" | "checkbox" => {
                let value = value.unwrap_or("on");
                if element.attr("checked").is_some() {
                    send(value);
                }
                self.offer(name, &kind, (value.to_owned(), element.attr("id").unwrap_or_default().to_owned()));
            }
            "select" => {
                let many = element.attr("multiple").is_some();
                let options = select(element, "option").into_iter().filter(|option| !disabled(*option));
                let options: Vec<_> = options
                    .map(|option| {
                        let words = words(option);
                        (
                            option.attr("value").map_or_else(|| words.clone(), str::to_owned),
                            words,
                            option.attr("selected").is_some(),
                        )
                    })
                    .collect();
                let mut chosen = options.iter().filter(|option| option.2);
                if many {
                    chosen.for_each(|option| send(&option.0));
                } else if let Some(option) = chosen.next_back().or(options.first()) {
                    send(&option.0);
                }
                let options = options.into_iter().map(|(value, words, _)| (value, words)).collect();
                self.controls.push(Control { name: name.to_owned(), kind, options, many });
            }
            _ => {
                if kind == "textarea" {
                    send(&element.text().collect::<String>());
                } else if kind != "file" {
                    send(value.unwrap_or_default());
                }
                let many = element.attr("multiple").is_some();
                self.controls.push(Control { name: name.to_owned(), kind, options: Vec::new(), many });
            }
        }
    }

    /// Adds a choice to the radio buttons or tick boxes of a name.
    fn offer(&mut self, name: &str, kind: &str, option: (String, String)) {
        if let Some(control) = self.controls.iter_mut().find(|control| control.name == name && control.kind == kind) {
            control.options.push(option);
            control.many = kind == "checkbox";
        } else {
            self.controls.push(Control {
                name: name.to_owned(),
                kind: kind.to_owned(),
                options: vec![option],
                many: false,
            });
        }
    }
}

/// Whether it, or a field set around it, is disabled.
fn disabled(element: ElementRef) -> bool {
    let around = element.ancestors().filter_map(ElementRef::wrap);
    element.attr("disabled").is_some()
        || around.into_iter().any(|outer| outer.value().name() == "fieldset" && outer.attr("disabled").is_some())
}
