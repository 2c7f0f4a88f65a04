//! A page as the server answered it, read as a person without scripts would read it.

use scraper::{ElementRef, Html, Node, Selector};
use url::Url;

pub use super::form::FormInPage;

/// An answer of the server.
#[derive(Debug, Clone)]
pub struct Page {
    /// The status code.
    pub status: u16,
    /// Where it came from: a whole address, or path and query.
    pub url: String,
    /// Its headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub html: String,
}

/// An entry of the error summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageError {
    /// The name of the field it leads to; empty when it concerns the whole form.
    pub field: String,
    /// What it says.
    pub message: String,
}

impl Page {
    /// Takes in an answer, body and all.
    pub async fn of(response: reqwest::Response) -> Self {
        let headers = response.headers().iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        Self {
            status: response.status().as_u16(),
            url: response.url().to_string(),
            headers: headers.collect(),
            html: response.text().await.unwrap(),
        }
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Path and query of the page.
    pub fn path(&self) -> String {
        path_of(&self.resolve(""))
    }

    /// A form: by its action when this begins with `/`, else by a selector. Panics unless there is exactly one.
    pub fn form(&self, selector_or_action: &str) -> FormInPage {
        let document = self.document();
        let by_action = selector_or_action.starts_with('/');
        let forms = select(document.root_element(), if by_action { "form" } else { selector_or_action });
        let forms = forms.into_iter().map(|form| FormInPage::read(self, &document, form));
        let mut forms: Vec<_> = forms
            .filter(|form| {
                !by_action
                    || form.action == selector_or_action
                    || form.action.split('?').next() == Some(selector_or_action)
            })
            .collect();
        assert!(forms.len() == 1, "{} forms for `{selector_or_action}`, not one, {}", forms.len(), self.describe());
        forms.remove(0)
    }

    /// The actions of all forms of the page, in order.
    pub fn forms(&self) -> Vec<String> {
        let document = self.document();
        select(document.root_element(), "form")
            .into_iter()
            .map(|form| FormInPage::read(self, &document, form).action)
            .collect()
    }

    /// Every form of the page that is posted, in order.
    pub fn posted_forms(&self) -> Vec<FormInPage> {
        let document = self.document();
        let forms = select(document.root_element(), "form").into_iter();
        forms.map(|form| FormInPage::read(self, &document, form)).filter(|form| form.method == "post").collect()
    }

    /// The words of the page, each block on a line of its own, blanks collapsed.
    pub fn text(&self) -> String {
        let document = self.document();
        select(document.root_element(), "body").first().map_or_else(|| self.html.clone(), |body| words(*body))
    }

    /// The one heading of the first level. Panics unless there is exactly one.
    pub fn h1(&self) -> String {
        let mut headings = self.all("h1");
        assert!(headings.len() == 1, "{} h1, not one, {}", headings.len(), self.describe());
        headings.remove(0)
    }

    /// The title.
    pub fn title(&self) -> String {
        self.all("title").into_iter().next().unwrap_or_default()
    }

    /// The words of every element the selector finds.
    pub fn all(&self, selector: &str) -> Vec<String> {
        select(self.document().root_element(), selector).into_iter().map(words).collect()
    }

    /// An attribute of the first element the selector finds.
    pub fn attribute(&self, selector: &str, attribute: &str) -> Option<String> {
        let document = self.document();
        let found = select(document.root_element(), selector);
        found.first().and_then(|element| element.attr(attribute)).map(str::to_owned)
    }

    /// Every link of the page: its name, and where it leads (path and query, or a whole foreign address).
    pub fn links(&self) -> Vec<(String, String)> {
        let document = self.document();
        let links = select(document.root_element(), "a[href]").into_iter();
        links.map(|link| (name_of(link), self.reach(link.attr("href").unwrap_or_default()))).collect()
    }

    /// Where the link of this name leads. Panics when there is none.
    pub fn link(&self, name: &str) -> String {
        let links = self.links();
        let found = links.iter().find(|(found, _)| found == name);
        match found {
            Some((_, target)) => target.clone(),
            None => panic!(
                "no link `{name}` but {:?}, {}",
                links.iter().map(|link| &link.0).collect::<Vec<_>>(),
                self.describe()
            ),
        }
    }

    /// The entries of the error summary (the links into the page inside `role="alert"`).
    ///
    /// Panics when one leads nowhere, to a field that is not marked as wrong, or calls it otherwise than its label does.
    pub fn errors(&self) -> Vec<PageError> {
        let document = self.document();
        let links = select(document.root_element(), "[role=alert] a[href^=\"#\"]").into_iter();
        links
            .map(|link| {
                let id = link.attr("href").unwrap_or_default().trim_start_matches('#');
                let target =
                    select(document.root_element(), "[id]").into_iter().find(|element| element.attr("id") == Some(id));
                let Some(target) = target else {
                    panic!("the error summary leads to #{id}, which is not there, {}", self.describe())
                };
                let message = words(link);
                let called = message.split(": ").next().unwrap_or_default();
                let labels = labels_of(document.root_element(), target, id);
                let named = labels.is_empty() || labels.iter().any(|label| holds(label, called));
                assert!(named, "`{called}` in the error summary is none of {labels:?}, {}", self.describe());
                let field = target.attr("name").unwrap_or_default().to_owned();
                // Radio buttons and tick boxes carry the mark on their group, if at all.
                let choice = ["radio", "checkbox"].map(Some).contains(&target.attr("type"));
                let marked = field.is_empty() || choice || target.attr("aria-invalid") == Some("true");
                assert!(marked, "`{field}` is in the error summary but not aria-invalid, {}", self.describe());
                PageError { field, message }
            })
            .collect()
    }

    /// The names of the fields in the error summary.
    pub fn wrong_fields(&self) -> Vec<String> {
        self.errors().into_iter().map(|error| error.field).collect()
    }

    /// A target as a client would ask for it: path and query here, a whole address elsewhere.
    pub fn reach(&self, target: &str) -> String {
        let (here, there) = (self.resolve(""), self.resolve(target));
        if here.origin() == there.origin() { path_of(&there) } else { there.to_string() }
    }

    fn resolve(&self, target: &str) -> Url {
        // A page known by its path alone stands on an origin that nothing else has.
        let base = Url::parse("http://page.invalid/").and_then(|base| base.join(&self.url)).unwrap();
        base.join(target).unwrap_or_else(|error| panic!("`{target}` is no address: {error}, {}", self.describe()))
    }

    fn document(&self) -> Html {
        Html::parse_document(&self.html)
    }

    /// For the end of a panic's sentence.
    pub(super) fn describe(&self) -> String {
        format!("on {} ({}):\n{}", self.url, self.status, self.text())
    }
}

/// What a field is called on the page: its labels and the legend of its group.
fn labels_of(root: ElementRef, target: ElementRef, id: &str) -> Vec<String> {
    let mut labels: Vec<String> = select(root, &format!("label[for=\"{id}\"]")).into_iter().map(words).collect();
    for around in target.ancestors().filter_map(ElementRef::wrap) {
        match around.value().name() {
            "label" => labels.push(words(around)),
            "fieldset" => labels.extend(select(around, "legend").into_iter().take(1).map(words)),
            _ => {}
        }
    }
    labels
}

/// Whether a label holds these words, one after the other.
fn holds(label: &str, called: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    plain(label).contains(&plain(called))
}

fn path_of(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// Every element the selector finds.
pub(super) fn select<'a>(within: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    let parsed = Selector::parse(selector).unwrap_or_else(|error| panic!("`{selector}` is no selector: {error}"));
    within.select(&parsed).collect()
}

/// The name of a link or button: its label, else its words.
pub(super) fn name_of(element: ElementRef) -> String {
    element.attr("aria-label").map_or_else(|| words(element), str::to_owned)
}

/// The words of an element, each block on a line of its own, what is hidden left out.
pub(super) fn words(element: ElementRef) -> String {
    let mut text = String::new();
    gather(element, &mut text);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn gather(element: ElementRef, text: &mut String) {
    const INLINE: [&str; 24] = [
        "a", "abbr", "b", "bdi", "bdo", "button", "cite", "code", "data", "dfn", "em", "i", "kbd", "mark", "q", "s",
        "samp", "small", "span", "strong", "sub", "sup", "time", "u",
    ];
    for child in element.children() {
        match child.value() {
            // A line break in the source is a blank on the page.
            Node::Text(found) => text.push_str(&found.replace('\n', " ")),
            Node::Element(found) => {
                let Some(child) = ElementRef::wrap(child) else {
                    continue;
                };
                if ["script", "style", "template"].contains(&found.name()) || found.attr("hidden").is_some() {
                    continue;
                }
                let block = !INLINE.contains(&found.name());
                text.push_str(if block { "\n" } else { "" });
                gather(child, text);
                text.push_str(if block { "\n" } else { "" });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> Page {
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><title>T – Easy Link</title></head><body>{body}</body></html>"
        );
        Page { status: 200, url: "http://127.0.0.1:1/tickets/?page=2".to_owned(), headers: Vec::new(), html }
    }

    #[test]
    fn it_is_read_as_words_and_links() {
        let page = page(
            "<h1>My\n tickets</h1><p>Hello <b>Zoë</b>.</p><p hidden>no</p><a href=\"new\">New</a> <a href=\"/x\" aria-label=\"Out\"><svg></svg></a>",
        );
        assert_eq!(
            (page.h1(), page.title(), page.path()),
            ("My tickets".into(), "T – Easy Link".into(), "/tickets/?page=2".into())
        );
        assert_eq!(page.text(), "My tickets\nHello Zoë.\nNew");
        assert_eq!((page.link("New"), page.link("Out")), ("/tickets/new".into(), "/x".into()));
    }

    #[test]
    fn the_error_summary_leads_to_its_fields() {
        let summary = "<div role=\"alert\"><a href=\"#f\">Enter a subject</a></div>";
        let page_with = page(&format!("{summary}<input id=\"f\" name=\"subject\" aria-invalid=\"true\">"));
        assert_eq!(page_with.errors(), [PageError { field: "subject".into(), message: "Enter a subject".into() }]);
        assert!(std::panic::catch_unwind(|| page(summary).errors()).is_err());
    }
}
