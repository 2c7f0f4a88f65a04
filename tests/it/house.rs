//! The shape of the house, held by reading its `use` lines and sizes: floors go down only, rooms see only those above
//! them, SQL stands in `queries`, files stay small (docs/architecture.md).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use easylink::app::features::features;

const FLOORS: [&str; 5] = ["base", "services", "web", "features", "app"];

struct Source {
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new("src"), &mut found);
    found.sort();
    assert!(found.len() > 50, "the sources were not found");
    found
        .into_iter()
        .map(|path| Source { text: fs::read_to_string(&path).unwrap(), path: path.display().to_string() })
        .collect()
}

/// Every `crate::…` path of a file, outside its unit tests.
fn imports(source: &Source) -> Vec<String> {
    let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
    code.match_indices("crate::")
        .filter(|(at, _)| !code[..*at].ends_with('$'))
        .map(|(at, _)| {
            let rest = &code[at + "crate::".len()..];
            let end =
                rest.find(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == ':')).unwrap_or(rest.len());
            rest[..end].to_string()
        })
        .collect()
}

fn floor_of(path: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| path.starts_with(&format!("src/{floor}/")))
}

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = floor_of(&source.path) else { continue };
        for import in imports(&source) {
            let first = import.split("::").next().unwrap_or_default();
            if FLOORS.iter().position(|floor| *floor == first).is_some_and(|floor| floor > own) {
                wrong.push(format!("{} uses {import}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "imports go down only:\n{}", wrong.join("\n"));
}

#[test]
fn a_room_uses_only_those_above_it() {
    let order: Vec<&str> = features().iter().map(|feature| feature.name).collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(rest) = source.path.strip_prefix("src/features/") else { continue };
        let Some((own, _)) = rest.split_once('/') else { continue };
        let place = order.iter().position(|name| *name == own).unwrap_or_else(|| panic!("{own} is not in the list"));
        for import in imports(&source) {
            let Some(room) = import.strip_prefix("features::").and_then(|rest| rest.split("::").next()) else {
                continue;
            };
            if order.iter().position(|name| *name == room).is_none_or(|other| other > place) {
                wrong.push(format!("{} uses {import}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "a room uses only those above it:\n{}", wrong.join("\n"));
}

#[test]
fn sql_stands_in_queries() {
    let marks = ["diesel::insert_into", "diesel::update(", "diesel::delete(", "sql_query(", "::table\n", "::table."];
    let mut wrong = Vec::new();
    for source in sources() {
        let path = &source.path;
        let home = is_queries(path) || path.starts_with("src/base/db/");
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        if !home && marks.iter().any(|mark| code.contains(mark)) {
            wrong.push(path.clone());
        }
    }
    assert!(wrong.is_empty(), "SQL outside queries: {wrong:?}");
}

/// A move decides a state, keeps it, its record and its mail: all of that stands in `moves.rs`. What asks the database
/// knows neither moves nor mails nor forms.
#[test]
fn queries_know_neither_moves_nor_mails_nor_pages() {
    let forbidden = ["Stop", "Errors", "web::Error", "mail::", "letters", ".after("];
    let mut wrong = Vec::new();
    for source in sources().into_iter().filter(|source| is_queries(&source.path)) {
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        wrong.extend(
            forbidden.iter().filter(|word| code.contains(*word)).map(|word| format!("{}: {word}", source.path)),
        );
    }
    assert!(wrong.is_empty(), "queries know more than the database:\n{}", wrong.join("\n"));
}

fn is_queries(path: &str) -> bool {
    path.ends_with("/queries.rs") || path.contains("/queries/")
}

/// Who acts is admitted: rooms name their actors by traits, and nobody but the room itself and the people of the demo
/// company stands for one. From outside of the crate there is no way to these traits at all.
#[test]
fn nobody_forges_an_actor() {
    let mut found = Vec::new();
    for source in sources() {
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        for word in ["Steward", "Payer", "Treasurer", "Asker", "Helper"] {
            if code.contains(&format!("{word} for ")) {
                found.push((word, source.path.clone()));
            }
        }
    }
    let homes = ["src/app/demo/people.rs", "src/features/remittance/actor.rs", "src/features/tickets/actor.rs"];
    let forged: Vec<_> = found.iter().filter(|(_, path)| !homes.contains(&path.as_str())).collect();
    assert!(found.len() >= 10 && forged.is_empty(), "forged actors: {forged:?}");
    for room in ["remittance", "tickets"] {
        let door = fs::read_to_string(format!("src/features/{room}/mod.rs")).unwrap();
        assert!(!door.contains("pub mod ") && !door.contains("pub use actor"), "{room} shows its actors to everybody");
    }
}

/// What every row refers to: read (joined) anywhere, changed by its owner only.
const TRUNK: [&str; 3] = ["people", "accounts", "memberships"];

/// The room, service or floor that a file belongs to.
fn room_of(path: &str) -> String {
    let parts: Vec<&str> = path.trim_start_matches("src/").split('/').collect();
    match parts[0] {
        "features" | "services" => format!("{}/{}", parts[0], parts[1]),
        floor => floor.to_string(),
    }
}

/// Table → the room whose `PersonalData` lists it.
fn owners(sources: &[Source]) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for source in sources {
        for (at, mark) in source.text.match_indices("tables: &[") {
            let list = &source.text[at + mark.len()..];
            let list = &list[..list.find(']').unwrap()];
            for table in list.split(',').map(|name| name.trim().trim_matches('"')).filter(|name| !name.is_empty()) {
                owners.insert(table.to_string(), room_of(&source.path));
            }
        }
    }
    assert!(owners.len() > 25, "the owners were not found: {owners:?}");
    owners
}

/// The tables that a file names: imported from the schema, or in a statement of its own.
fn tables_named<'a>(code: &str, owners: &'a BTreeMap<String, String>) -> Vec<&'a str> {
    let mut imported = String::new();
    for (at, mark) in code.match_indices("db::schema::") {
        let rest = &code[at + mark.len()..];
        let end = if rest.starts_with('{') { rest.find('}') } else { rest.find([';', ':', ',', ')', ' ']) };
        imported.push_str(&rest[..end.unwrap_or(rest.len())]);
        imported.push(' ');
    }
    let words: Vec<&str> = imported.split(|sign: char| !(sign.is_alphanumeric() || sign == '_')).collect();
    let stated = |table: &str| ["from", "join", "into", "update"].iter().any(|verb| says(code, verb, table));
    owners.keys().map(String::as_str).filter(|table| words.contains(table) || stated(table)).collect()
}

/// Whether a statement in SQL has this table after this word.
fn says(code: &str, verb: &str, table: &str) -> bool {
    code.match_indices(&format!("{verb} {table}")).any(|(at, found)| {
        let next = code[at + found.len()..].chars().next();
        let before = code[..at].lines().last().unwrap_or_default();
        !before.contains("//") && matches!(next, Some(' ' | '"' | ')'))
    })
}

#[test]
fn a_table_is_used_by_its_owner_only() {
    let sources = sources();
    let owners = owners(&sources);
    let mut wrong = Vec::new();
    // The floor of the floors may see everything: a demonstration fills the house.
    for source in sources.iter().filter(|source| !source.path.starts_with("src/app/")) {
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        let room = room_of(&source.path);
        for table in tables_named(code, &owners).into_iter().filter(|table| owners[*table] != room) {
            let changes = ["insert_into(", "update(", "delete("].iter().any(|verb| {
                code.match_indices(verb).any(|(at, _)| {
                    let target = code[at + verb.len()..].trim_start();
                    target.starts_with(&format!("{table}::table"))
                })
            });
            if changes || says(code, "into", table) || says(code, "update", table) {
                wrong.push(format!("{} changes {table}, which is of {}", source.path, owners[table]));
            } else if !TRUNK.contains(&table) {
                wrong.push(format!("{} reads {table}, which is of {}", source.path, owners[table]));
            }
        }
    }
    assert!(wrong.is_empty(), "a table is used by its owner only:\n{}", wrong.join("\n"));
}

/// The functions that stand at the edge of a file: name, and all from there to the closing bracket.
fn functions(code: &str) -> Vec<(&str, &str)> {
    let starts = code.match_indices("fn ").filter(|(at, _)| {
        let line = code[..*at].rsplit('\n').next().unwrap_or_default();
        line.is_empty() || line.starts_with("pub") || line.starts_with("async")
    });
    starts
        .filter_map(|(at, _)| {
            let rest = &code[at + "fn ".len()..];
            let name = &rest[..rest.find(|sign: char| !(sign.is_alphanumeric() || sign == '_'))?];
            Some((name, &rest[..rest.find("\n}")?]))
        })
        .collect()
}

/// The fields of a form are sealed until a verb has judged whose it is. A button has no field to miss, so this holds its
/// handler to a verb as well: whoever takes a form goes through `write`, `step` or `open`.
#[test]
fn every_form_is_opened_by_a_verb() {
    let opens = |body: &str| [".write(", ".step(", ".open("].iter().any(|verb| body.contains(verb));
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for source in sources().into_iter().filter(|source| source.path.starts_with("src/features/")) {
        let all = functions(source.text.split("#[cfg(test)]").next().unwrap_or_default());
        let verbs: Vec<&str> = all.iter().filter(|(_, body)| opens(body)).map(|(name, _)| *name).collect();
        for (name, body) in &all {
            let (taken, done) = body.split_once(" {\n").unwrap_or((body, ""));
            if !(taken.contains("Visit<") && (taken.contains("Form<") || taken.contains("Parts"))) {
                continue;
            }
            seen += 1;
            if !opens(done) && !verbs.iter().any(|verb| done.contains(&format!("{verb}("))) {
                wrong.push(format!("{}: {name}", source.path));
            }
        }
    }
    assert!(seen > 40, "only {seen} handlers of forms were found");
    assert!(wrong.is_empty(), "these take a form past the verbs: {wrong:#?}");
}

#[test]
fn no_text_is_left_half_merged() {
    fn walk(folder: &Path, wrong: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, wrong);
            } else if let Ok(text) = fs::read_to_string(&path)
                && text.lines().any(|line| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> "))
            {
                wrong.push(path.display().to_string());
            }
        }
    }
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "templates", "migrations", "docs", "benches", "static"] {
        walk(Path::new(folder), &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn files_stay_small() {
    let mut sizes: Vec<(usize, String)> = sources()
        .into_iter()
        // One table after another, no code.
        .filter(|source| source.path != "src/base/db/schema.rs")
        .map(|source| (source.text.split("#[cfg(test)]").next().unwrap_or_default().lines().count(), source.path))
        .collect();
    sizes.sort();
    let at = |share: usize| &sizes[sizes.len() * share / 100];
    assert!(at(50).0 <= 120, "half the files are larger than 120 lines: {:?}", at(50));
    assert!(at(90).0 <= 300, "a tenth of the files is larger than 300 lines: {:?}", at(90));
    let last = sizes.last().unwrap();
    assert!(last.0 <= 500, "a file is larger than 500 lines: {last:?}");
}

#[test]
fn every_event_is_written_somewhere() {
    let all: Vec<String> = sources().into_iter().map(|source| source.text).collect();
    let written = |name: &str| {
        let whole = |text: &str| {
            text.match_indices(&format!("Event::{name}")).any(|(at, found)| {
                let before = text[..at].chars().next_back();
                let after = text[at + found.len()..].chars().next();
                !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
            })
        };
        all.iter().any(|text| whole(text))
    };
    let events = fs::read_to_string("src/services/records/events.rs").unwrap();
    let names = events.lines().filter_map(|line| line.trim().split_once(" = \"")).map(|(name, _)| name);
    let unwritten: Vec<&str> = names.filter(|name| !written(name)).collect();
    assert!(unwritten.is_empty(), "events that nothing keeps: {unwritten:?}");
}

#[test]
fn pages_hold_no_script_and_no_inline_style() {
    fn walk(folder: &Path, wrong: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, wrong);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap().to_lowercase();
            let mail = path.starts_with("templates/mail");
            for mark in
                ["<script", "javascript:", " onclick=", " onload=", " onchange=", "<iframe", "<object", "<embed"]
            {
                if text.contains(mark) {
                    wrong.push(format!("{}: {mark}", path.display()));
                }
            }
            if !mail && text.contains(" style=") {
                wrong.push(format!("{}: style=", path.display()));
            }
        }
    }
    let mut wrong = Vec::new();
    walk(Path::new("templates"), &mut wrong);
    walk(Path::new("static"), &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
