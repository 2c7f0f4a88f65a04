//! The table, and which targets are met.

use std::fmt::Write;

use crate::measure::{CALLERS, CONNECTIONS, Findings, Plan, Work};
use crate::stats::{Round, Rounds, Spread};

/// Everything as Markdown.
pub fn written(plan: &Plan, all: &[Findings], postgres: Option<&str>) -> String {
    let mut text = String::new();
    let (cores, model) = machine();
    let _ = writeln!(
        text,
        "{cores} cores, {model}; PostgreSQL {}. {CONNECTIONS} connections ({CALLERS} for sign-in), {} rounds of {:.1} s each; \
         median (least – most).\n",
        postgres.unwrap_or("not run"),
        plan.rounds,
        plan.stretch.as_secs_f64(),
    );
    let _ = writeln!(
        text,
        "| work | database | requests/s | ratio | p50 ms | p99 ms | CPU µs/request | CPU of hello / own | memory MiB |"
    );
    let _ = writeln!(text, "|---|---|---|---|---|---|---|---|---|");
    let own = all.iter().flat_map(|found| found.hello.clone()).collect();
    let hello = Rounds { own, ..Rounds::default() };
    line(&mut text, "hello (bare actix)", "none", &hello, "1");
    for found in all {
        for (work, rounds) in &found.rows {
            match rounds {
                Ok(rounds) => line(&mut text, words(*work), found.engine, rounds, &ratio(*work, rounds)),
                Err(fault) => {
                    let _ = writeln!(text, "| {} | {} | not measured: {fault} |||||||", words(*work), found.engine);
                }
            }
        }
    }
    if postgres.is_none() {
        let _ = writeln!(text, "| all of the above | PostgreSQL | not run |||||||");
    }
    let _ = writeln!(text, "\n| | database | |\n|---|---|---|");
    for found in all {
        if let Some(start_up) = found.start_up {
            let _ = writeln!(text, "| start to first page, ms | {} | {} |", found.engine, spread(start_up, 0));
        }
        let _ = writeln!(text, "| memory after the start, MiB | {} | {:.1} |", found.engine, found.idle);
    }
    targets(&mut text, all);
    text
}

fn words(work: Work) -> &'static str {
    match work {
        Work::Login => "`/login`",
        Work::Search => "`/products?q=`",
        Work::Product => "page of a product",
        Work::List => "list: 20 of 100,000 work orders",
        Work::Ticket => "page of a work order",
        Work::Post => "new work order (post)",
        Work::SignIn => "sign-in (to the limit of Argon2)",
        Work::LargeList => "list: 20 of 1,000,000 (time, to that of 10,000)",
    }
}

fn ratio(work: Work, rounds: &Rounds) -> String {
    let found = if work == Work::LargeList { times(rounds) } else { rounds.ratio() };
    found.map_or_else(String::new, |found| spread(found, 3))
}

/// How many times as long a request takes as on the server beside it.
fn times(rounds: &Rounds) -> Option<Spread> {
    Spread::of(rounds.own.iter().zip(&rounds.other).map(|(own, other)| other / own.rate))
}

fn line(text: &mut String, work: &str, engine: &str, rounds: &Rounds, ratio: &str) {
    let cell = |figure: fn(&Round) -> f64, digits| {
        rounds.spread(figure).map_or_else(String::new, |found| spread(found, digits))
    };
    let _ = writeln!(
        text,
        "| {work} | {engine} | {} | {ratio} | {} | {} | {} | {} | {} |",
        cell(|round| round.rate, 0),
        cell(|round| round.p50, 2),
        cell(|round| round.p99, 2),
        cell(|round| round.cpu, 0),
        rounds.cpu_ratio().map_or_else(String::new, |found| spread(found, 3)),
        cell(|round| round.memory, 1),
    );
}

fn spread(found: Spread, digits: usize) -> String {
    format!("{:.digits$} ({:.digits$} – {:.digits$})", found.median, found.least, found.most)
}

fn targets(text: &mut String, all: &[Findings]) {
    let _ = writeln!(text, "\n| target | database | at least / at most | measured | |\n|---|---|---|---|---|");
    for found in all {
        let sqlite = found.engine == "SQLite";
        let to_hello = |work| found.rounds(work).and_then(Rounds::ratio).map(|spread| spread.median);
        let loaded = found.rounds(Work::List).and_then(|rounds| rounds.spread(|round| round.memory));
        let scale = found.rounds(Work::LargeList).and_then(times);
        let mut goal = |what: &str, bound: f64, least: bool, measured: Option<f64>| {
            let sign = if least { "≥" } else { "≤" };
            let (value, verdict) = match measured {
                None => ("–".to_string(), "not measured"),
                Some(value) if if least { value >= bound } else { value <= bound } => (format!("{value:.3}"), "met"),
                Some(value) => (format!("{value:.3}"), "missed"),
            };
            let _ = writeln!(text, "| {what} | {} | {sign} {bound} | {value} | {verdict} |", found.engine);
        };
        goal("list of 20 of 100,000, to hello", if sqlite { 0.16 } else { 0.08 }, true, to_hello(Work::List));
        if sqlite {
            goal("page of a product, to hello", 0.30, true, to_hello(Work::Product));
            goal("new work order, to hello", 0.08, true, to_hello(Work::Post));
        }
        goal("sign-in, to the limit of Argon2", 0.90, true, to_hello(Work::SignIn));
        goal("time of the list at 1,000,000, to 10,000", 1.15, false, scale.map(|spread| spread.median));
        goal("memory after the start, MiB", 30.0, false, Some(found.idle));
        goal("memory under the list, MiB", 64.0, false, loaded.map(|spread| spread.most));
        goal("start to first page, ms", 100.0, false, found.start_up.map(|spread| spread.median));
    }
}

/// Cores and the model of the processor.
fn machine() -> (usize, String) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let said = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = said.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(':'));
    (cores, model.map_or_else(|| "unknown processor".to_string(), |(_, model)| model.trim().to_string()))
}
