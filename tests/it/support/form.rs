//! A form of a page, filled in as a person would: what the page does not offer cannot be answered.

pub use super::controls::{Button, Control};

/// A form with what would be sent if it were submitted now.
#[derive(Debug, Clone)]
pub struct FormInPage {
    /// `get` or `post`.
    pub method: String,
    /// Where it goes: path and query, or a whole foreign address.
    pub action: String,
    /// How it is encoded.
    pub enctype: String,
    /// What is sent, in the order of the page; files apart.
    pub fields: Vec<(String, String)>,
    /// The files chosen.
    pub files: Vec<Chosen>,
    /// Every control that can be filled in or is sent, in the order of the page.
    pub controls: Vec<Control>,
    /// Its submit buttons, in the order of the page.
    pub buttons: Vec<Button>,
    /// The button that was pressed; without one the first counts, as on the enter key.
    pub(super) pressed: usize,
}

/// A file chosen for a file field.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The name of the field.
    pub field: String,
    /// The name of the file.
    pub file_name: String,
    /// Its media type, as the sender claims it.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl FormInPage {
    /// Whether it has a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.controls.iter().any(|control| control.name == name)
    }

    /// What is sent under this name now.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Answers a field: types, ticks or chooses, replacing what stood there. Panics where a person could not.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        self.with_all(name, &[value])
    }

    /// Answers several fields.
    #[must_use]
    pub fn answered(self, answers: &[(&str, &str)]) -> Self {
        answers.iter().fold(self, |form, (name, value)| form.with(name, value))
    }

    /// Answers a field in which several may be chosen; none unticks them all.
    #[must_use]
    pub fn with_all(mut self, name: &str, values: &[&str]) -> Self {
        let control = self.control(name);
        assert!(control.kind != "hidden", "`{name}` is hidden in the form to {}: use `tampered`", self.action);
        assert!(control.kind != "file", "`{name}` takes a file: use `file`");
        assert!(control.many || values.len() <= 1, "`{name}` takes one answer, not {values:?}");
        let choice = ["radio", "checkbox", "select"].contains(&control.kind.as_str());
        for value in values {
            let offered = !choice || control.options.iter().any(|(offered, _)| offered == value);
            assert!(offered, "`{name}` offers no `{value}` but {:?}", control.options);
        }
        let position = self.position(name);
        self.fields.retain(|(found, _)| found != name);
        let position = position.min(self.fields.len());
        self.fields.splice(position..position, values.iter().map(|value| (name.to_owned(), (*value).to_owned())));
        self
    }

    /// Unticks a tick box.
    #[must_use]
    pub fn without(self, name: &str) -> Self {
        assert!(self.control(name).kind == "checkbox", "`{name}` is no tick box");
        self.with_all(name, &[])
    }

    /// Chooses a file.
    #[must_use]
    pub fn file(mut self, name: &str, file_name: &str, media_type: &str, bytes: &[u8]) -> Self {
        let control = self.control(name);
        assert!(control.kind == "file", "`{name}` takes no file");
        assert!(self.enctype == "multipart/form-data", "the form to {} would send the file's name only", self.action);
        if !control.many {
            self.files.retain(|chosen| chosen.field != name);
        }
        self.files.push(Chosen {
            field: name.to_owned(),
            file_name: file_name.to_owned(),
            media_type: media_type.to_owned(),
            bytes: bytes.to_vec(),
        });
        self
    }

    /// Presses the button on which this stands. Panics when there is none.
    #[must_use]
    pub fn pressing(mut self, label: &str) -> Self {
        let found = self.buttons.iter().position(|button| button.label == label);
        let Some(pressed) = found else {
            panic!("no button `{label}` but {:?} in the form to {}", self.buttons, self.action)
        };
        self.pressed = pressed;
        let button = &self.buttons[pressed];
        self.action = button.action.clone().unwrap_or(self.action);
        self.method = button.method.clone().unwrap_or(self.method);
        self
    }

    /// Sends what no person could: any value under any name, in place of what stood there.
    #[must_use]
    pub fn tampered(mut self, name: &str, value: &str) -> Self {
        let position = self.position(name).min(self.fields.len());
        self.fields.retain(|(found, _)| found != name);
        self.fields.insert(position.min(self.fields.len()), (name.to_owned(), value.to_owned()));
        self
    }

    /// What is sent besides files: the fields, and the button.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let button = self.buttons.get(self.pressed).and_then(|button| button.field.clone());
        self.fields.iter().cloned().chain(button).collect()
    }

    /// The body of the form, or its query, `application/x-www-form-urlencoded`.
    pub fn urlencoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }

    /// The body of the form, `multipart/form-data`; a file field left empty sends an empty file, as browsers do.
    pub fn multipart(&self) -> reqwest::multipart::Form {
        use reqwest::multipart::{Form, Part};
        let mut body = Form::new();
        let mut rest = self.pairs();
        for control in &self.controls {
            let chosen: Vec<_> = self.files.iter().filter(|chosen| chosen.field == control.name).collect();
            for file in &chosen {
                let part = Part::bytes(file.bytes.clone()).file_name(file.file_name.clone());
                body = body.part(file.field.clone(), part.mime_str(&file.media_type).unwrap());
            }
            if control.kind == "file" && chosen.is_empty() {
                let none = Part::bytes(Vec::new()).file_name("").mime_str("application/octet-stream").unwrap();
                body = body.part(control.name.clone(), none);
            }
            let (mine, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(name, _)| *name == control.name);
            rest = others;
            body = mine.into_iter().fold(body, |body, (name, value)| body.text(name, value));
        }
        rest.into_iter().fold(body, |body, (name, value)| body.text(name, value))
    }

    fn control(&self, name: &str) -> &Control {
        let found = self.controls.iter().find(|control| control.name == name);
        found.unwrap_or_else(|| {
            let names: Vec<_> = self.controls.iter().map(|control| &control.name).collect();
            panic!("no field `{name}` but {names:?} in the form to {}", self.action)
        })
    }

    /// Where a field belongs among what is sent: where it stands, or after all that stands before it on the page.
    fn position(&self, name: &str) -> usize {
        if let Some(found) = self.fields.iter().position(|(found, _)| found == name) {
            return found;
        }
        let before: Vec<_> =
            self.controls.iter().map(|control| control.name.as_str()).take_while(|found| *found != name).collect();
        let last = self.fields.iter().rposition(|(found, _)| before.contains(&found.as_str()));
        last.map_or(0, |last| last + 1)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::super::page::Page;
    use super::*;

    fn form() -> FormInPage {
        let html = r#"<form method="post" action="/tickets" enctype="multipart/form-data" id="f">
            <input type="hidden" name="token" value="t1"><input name="subject" value="Old">
            <textarea name="body">
Text</textarea><select name="kind"><option value="a">A<option value="b" selected>B</select>
            <input type="radio" name="size" value="s"><input type="radio" name="size" value="l" checked>
            <input type="checkbox" name="news"><input type="checkbox" name="tag" value="x"><input type="checkbox" name="tag" value="y" checked>
            <fieldset disabled><input name="gone"></fieldset><input type="file" name="proof">
            <button name="step" value="send">Send</button><button formaction="/drafts">Keep <b>draft</b></button></form>
            <input form="f" name="outside" value="o"><form action="/search"><input name="q"></form>"#;
        let page = Page { status: 200, url: "/tickets/new".into(), headers: Vec::new(), html: html.into() };
        assert_eq!(page.forms(), ["/tickets", "/search"]);
        page.form("/tickets")
    }

    #[test]
    fn it_sends_what_a_browser_sends() {
        assert_eq!(form().urlencoded(), "token=t1&subject=Old&body=Text&kind=b&size=l&tag=y&outside=o&step=send");
        let filled = form()
            .answered(&[("subject", "Ü 1"), ("size", "s"), ("news", "on"), ("kind", "a")])
            .with_all("tag", &["x", "y"]);
        assert_eq!(
            filled.urlencoded(),
            "token=t1&subject=%C3%9C+1&body=Text&kind=a&size=s&news=on&tag=x&tag=y&outside=o&step=send"
        );
        let draft = form().without("tag").pressing("Keep draft");
        assert_eq!((draft.action.as_str(), draft.has("tag"), draft.value("tag")), ("/drafts", true, None));
        assert_eq!(form().tampered("token", "t2").value("token"), Some("t2"));
        assert_eq!(form().file("proof", "a.png", "image/png", b"x").files.len(), 1);
    }

    #[test]
    fn it_refuses_what_no_person_could_do() {
        for (name, value) in
            [("missing", "x"), ("gone", "x"), ("token", "x"), ("kind", "c"), ("size", "m"), ("proof", "x")]
        {
            assert!(catch_unwind(|| form().with(name, value)).is_err(), "{name}");
        }
        assert!(catch_unwind(|| form().pressing("Delete")).is_err());
    }
}
