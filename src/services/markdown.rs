//! Texts of editors: Markdown in, allowlisted HTML out (IN4). Raw HTML is shown as typed, pictures are their words,
//! links to other hosts go over `/leave` (F5), headings begin at `h2` because the page has the one `h1`.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use ammonia::Builder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use sha2::{Digest, Sha256};

/// Rendered texts that are kept; the portal's own are fewer.
const MOST_KEPT: usize = 512;

/// A heading with its place in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 2 to 6, as it stands in the page.
    pub level: u8,
    /// The fragment that leads to it.
    pub id: String,
    /// Its words.
    pub text: String,
}

/// A text made ready for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Allowlisted HTML; goes into the page unescaped.
    pub html: String,
    /// The headings, in order.
    pub headings: Vec<Heading>,
}

type Shelf = Mutex<HashMap<[u8; 32], Arc<Rendered>>>;
static SHELF: LazyLock<Shelf> = LazyLock::new(Shelf::default);

/// Renders a text, or hands out what was rendered before.
pub fn rendered(text: &str) -> Arc<Rendered> {
    let key: [u8; 32] = Sha256::digest(text).into();
    if let Some(found) = SHELF.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Arc::clone(found);
    }
    let fresh = Arc::new(render(text));
    let mut shelf = SHELF.lock().unwrap_or_else(PoisonError::into_inner);
    if shelf.len() >= MOST_KEPT {
        shelf.clear();
    }
    shelf.insert(key, Arc::clone(&fresh));
    fresh
}

/// The words of a text without its marks, for search columns, descriptions and lists.
pub fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for event in parser(text) {
        match event {
            Event::Text(part) | Event::Code(part) | Event::Html(part) | Event::InlineHtml(part) => {
                words.push_str(&part);
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => words.push(' '),
            Event::End(end) if is_block(end) => words.push(' '),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text in at most `most` characters, cut at a word.
pub fn excerpt(text: &str, most: usize) -> String {
    let words = plain(text);
    if words.chars().count() <= most {
        return words;
    }
    let cut: String = words.chars().take(most).collect();
    let at = cut.rfind(' ').filter(|at| *at * 3 > cut.len() * 2).unwrap_or(cut.len());
    format!("{}…", cut[..at].trim_end_matches([',', '.', ';', ':', ' ']))
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

fn is_block(end: TagEnd) -> bool {
    !matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

fn render(text: &str) -> Rendered {
    let mut headings = Vec::new();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut opened: Option<usize> = None;
    let mut links: Vec<bool> = Vec::new();
    let mut levels = Levels::of(text);
    for event in parser(text) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                opened = Some(events.len());
                let level = levels.next(level);
                events.push(Event::Start(Tag::Heading { level, id: None, classes: vec![], attrs: vec![] }));
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some(at) = opened.take() {
                    name_heading(&mut events, at, &mut headings);
                }
                events.push(Event::End(TagEnd::Heading(levels.current)));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let to = destination(&dest_url);
                links.push(to.is_some());
                if let Some(to) = to {
                    events.push(Event::Start(Tag::Link { link_type, dest_url: to.into(), title, id }));
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop().unwrap_or(false) {
                    events.push(Event::End(TagEnd::Link));
                }
            }
            // No picture is fetched for a text; its words stay.
            Event::Start(Tag::Image { .. } | Tag::HtmlBlock) | Event::End(TagEnd::Image | TagEnd::HtmlBlock) => {}
            Event::Html(raw) | Event::InlineHtml(raw) => events.push(Event::Text(raw)),
            other => events.push(other),
        }
    }
    let mut raw = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut raw, events.into_iter());
    Rendered { html: CLEANER.clean(&raw).to_string(), headings }
}

/// Brings headings into the page's order: the highest of the text becomes `h2`, and none skips a level.
struct Levels {
    highest: usize,
    current: HeadingLevel,
}

impl Levels {
    fn of(text: &str) -> Self {
        let level =
            |event| if let Event::Start(Tag::Heading { level, .. }) = event { Some(level as usize) } else { None };
        Self { highest: parser(text).filter_map(level).min().unwrap_or(1), current: HeadingLevel::H1 }
    }

    fn next(&mut self, level: HeadingLevel) -> HeadingLevel {
        let wanted = level as usize + 2 - self.highest;
        let level = wanted.min(self.current as usize + 1);
        self.current = HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6);
        self.current
    }
}

/// Gives the heading that was opened at `at` an id of its own: the clause number where it has one ("2.1.4 …" becomes
/// `clause-2-1-4`), so that people can cite it, else its words.
fn name_heading(events: &mut [Event<'_>], at: usize, headings: &mut Vec<Heading>) {
    let words: String = events[at..]
        .iter()
        .filter_map(|event| match event {
            Event::Text(part) | Event::Code(part) => Some(part.as_ref()),
            _ => None,
        })
        .collect();
    let first = words.split(' ').next().unwrap_or_default().trim_end_matches('.');
    let clause = !first.is_empty() && first.chars().all(|sign| sign.is_ascii_digit() || sign == '.');
    let stem = if clause { format!("clause-{}", first.replace('.', "-")) } else { format!("to-{}", slug(&words)) };
    let mut id = stem.clone();
    let mut times = 2;
    while headings.iter().any(|heading| heading.id == id) {
        id = format!("{stem}-{times}");
        times += 1;
    }
    if let Some(Event::Start(Tag::Heading { level, id: place, .. })) = events.get_mut(at) {
        *place = Some(CowStr::from(id.clone()));
        headings.push(Heading { level: u8::try_from(*level as usize).unwrap_or(6), id, text: words });
    }
}

fn slug(words: &str) -> String {
    let mut slug = String::new();
    for sign in words.chars().flat_map(char::to_lowercase).take(60) {
        if sign.is_alphanumeric() {
            slug.push(sign);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_string()
}

/// Where a link may lead; `None` leaves only its words.
fn destination(to: &str) -> Option<String> {
    let lower = to.to_ascii_lowercase();
    if lower.starts_with("https://") || lower.starts_with("http://") {
        return Some(format!("/leave?to={}", utf8_percent_encode(to, NON_ALPHANUMERIC)));
    }
    let local = to.starts_with('/') && !to.starts_with("//") && !to.contains('\\') && !to.chars().any(char::is_control);
    let known = local || to.starts_with('#') || lower.starts_with("mailto:") || lower.starts_with("tel:");
    known.then(|| to.to_string())
}

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "a",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "del",
        "code",
        "pre",
        "blockquote",
        "hr",
        "br",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    let id = || ["id"].into();
    let mut builder = Builder::empty();
    builder
        .tags(tags.into())
        .tag_attributes(HashMap::from([
            ("a", ["href"].into()),
            ("ol", ["start"].into()),
            ("h2", id()),
            ("h3", id()),
            ("h4", id()),
            ("h5", id()),
            ("h6", id()),
        ]))
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(None);
    builder
});

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        render(text).html
    }

    #[test]
    fn marks_become_elements_below_the_one_h1() {
        assert_eq!(html("# A\n\ntext **b**"), "<h2 id=\"to-a\">A</h2>\n<p>text <strong>b</strong></p>\n");
        assert_eq!(html("###### deep"), "<h2 id=\"to-deep\">deep</h2>\n");
        let levels = render("## a\n\n#### b\n\n##### c\n\n### d").headings.into_iter().map(|one| one.level);
        assert_eq!(levels.collect::<Vec<_>>(), [2, 3, 4, 3]);
        assert!(html("|a|b|\n|-|-|\n|1|2|").contains("<th>a</th>"));
        assert_eq!(html("3. a"), "<ol start=\"3\">\n<li>a</li>\n</ol>\n");
    }

    #[test]
    fn clauses_can_be_cited() {
        let text = "# 2 Use\n\n## 2.1.4 Orders\n\n## 2.1.4 Again\n\n# Cookies & you\n\n# 云服务器";
        let ids: Vec<_> = render(text).headings.into_iter().map(|heading| (heading.level, heading.id)).collect();
        let expected =
            [(2, "clause-2"), (3, "clause-2-1-4"), (3, "clause-2-1-4-2"), (2, "to-cookies-you"), (2, "to-云服务器")];
        assert_eq!(ids, expected.map(|(level, id)| (level, id.to_string())));
    }

    #[test]
    fn raw_html_is_shown_as_typed() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<svg/onload=alert(1)>",
            "<math><mi>x",
            "<style>*{}</style>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<!-- c -->",
            "<iframe src=//evil.example>",
        ] {
            let html = html(text);
            assert!(
                !html.contains("<s") && !html.contains("<i") && !html.contains("<a") && !html.contains("<m"),
                "{html}"
            );
            assert!(html.contains("&lt;"), "{html}");
        }
    }

    #[test]
    fn links_lead_to_known_places_only() {
        let leave = "<p><a href=\"/leave?to=https%3A%2F%2Fa%2Eexample%2F%3Fb%3D1%26c\">x</a></p>\n";
        assert_eq!(html("[x](https://a.example/?b=1&c)"), leave);
        assert_eq!(html("<https://a.example/?b=1&c>").matches("/leave?to=").count(), 1);
        assert_eq!(html("[x](/help#y)"), "<p><a href=\"/help#y\">x</a></p>\n");
        assert_eq!(html("[x](mailto:a@b.example)"), "<p><a href=\"mailto:a@b.example\">x</a></p>\n");
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "/\\evil.example",
            "vbscript:x",
            "relative",
        ] {
            assert_eq!(html(&format!("[x]({bad})")), "<p>x</p>\n", "{bad}");
        }
        assert_eq!(html("![words](https://a.example/p.png)"), "<p>words</p>\n");
        assert_eq!(html("[![w](x)](https://a.example)").matches("<img").count(), 0);
    }

    #[test]
    fn a_text_has_words_and_a_beginning() {
        assert_eq!(plain("# A\n\nb **c**\nd\n\n- e\n- `f`"), "A b c d e f");
        assert_eq!(excerpt("one two three", 9), "one two…");
        assert_eq!(excerpt("one", 9), "one");
        assert_eq!(excerpt(&"长".repeat(20), 5), "长长长长长…");
    }

    #[test]
    fn is_rendered_once() {
        assert!(Arc::ptr_eq(&rendered("kept *text*"), &rendered("kept *text*")));
    }
}
