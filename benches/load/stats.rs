//! From rounds to one line of the table.

use std::time::Duration;

use crate::Outcome;
use crate::client::Stretch;
use crate::process::Server;

/// The middle of some values, with the least and the greatest.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    /// `None` for no values.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let middle = values.len() / 2;
        let median =
            if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) };
        Some(Self { median, least, most })
    }
}

/// What one round showed of one server.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// Requests a second.
    pub rate: f64,
    /// Latency that half of the requests did not exceed, milliseconds.
    pub p50: f64,
    /// Latency that 99 of 100 requests did not exceed, milliseconds.
    pub p99: f64,
    /// CPU time the server used for one request, microseconds.
    pub cpu: f64,
    /// Memory the server held at the end, MiB.
    pub memory: f64,
}

impl Round {
    /// Puts the server under this load.
    pub fn of(server: &Server, load: impl FnOnce() -> Outcome<Stretch>) -> Outcome<Self> {
        let before = server.cpu()?;
        let stretch = load()?;
        let used = server.cpu()?.saturating_sub(before);
        Ok(Self {
            rate: stretch.per_second(),
            p50: stretch.percentile(50),
            p99: stretch.percentile(99),
            cpu: micros(used) / stretch.per_second() / stretch.took.as_secs_f64(),
            memory: server.memory()?,
        })
    }
}

/// The rounds of one kind of work, each beside a round of what it is compared with.
#[derive(Debug, Clone, Default)]
pub struct Rounds {
    pub own: Vec<Round>,
    /// Requests a second of the other.
    pub other: Vec<f64>,
    /// CPU time of the other for one request, microseconds, where it is known.
    pub other_cpu: Vec<f64>,
}

impl Rounds {
    /// Notes a round of the other server.
    pub fn beside(&mut self, other: &Round) {
        self.other.push(other.rate);
        self.other_cpu.push(other.cpu);
    }

    /// The rate of each round over that of the other server beside it.
    pub fn ratio(&self) -> Option<Spread> {
        Spread::of(self.own.iter().zip(&self.other).map(|(own, other)| own.rate / other))
    }

    /// The CPU time of the other server for a request over the own: as `ratio`, but the load client and whatever else
    /// runs on the machine have less say in it.
    pub fn cpu_ratio(&self) -> Option<Spread> {
        Spread::of(self.own.iter().zip(&self.other_cpu).map(|(own, other)| other / own.cpu))
    }

    /// One figure over all rounds.
    pub fn spread(&self, figure: impl Fn(&Round) -> f64) -> Option<Spread> {
        Spread::of(self.own.iter().map(figure))
    }
}

fn micros(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000_000.0
}
