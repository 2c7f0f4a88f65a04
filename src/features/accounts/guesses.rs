//! Counting guesses before they are compared (A7, EN4-EN6). Counters are shared by all instances and keep over a
//! restart; they are kept under keyed hashes, and alike for addresses that exist and that do not.

use std::time::Duration;

use data_encoding::HEXLOWER;
use diesel::QueryResult;

use crate::base::crypto::{Keys, Secret};
use crate::base::db::Conn;
use crate::base::types::{Address, Moment};
use crate::web::asked::Asked;
use crate::web::session::PersonKind;
use crate::web::{Error, Errors, FieldError, Stop, limits};

const DAY: Duration = Duration::from_secs(86400);
const HOUR: Duration = Duration::from_secs(3600);
/// Failures of one network in this time …
const NETWORK_WINDOW: Duration = Duration::from_secs(600);
/// … after which it waits.
const MOST_OF_NETWORK: i64 = 30;
/// Failures of one account a day.
const MOST_OF_ACCOUNT: i64 = 100;
/// From this many failures on, the next guess waits.
const PATIENT_UNTIL: i64 = 5;
/// So many different pairs of address and password that failed, from one network …
const MOST_PAIRS: i64 = 15;
/// … in this time are a list being tried …
const PAIRS_WINDOW: Duration = Duration::from_secs(3 * 3600);
/// … and the network waits for so long, in browsers that are not known.
const STUFFING_PAUSE: Duration = DAY;
/// Codes mailed to one address in an hour.
const MOST_SENDS_TO_ADDRESS: i64 = 5;
/// Codes asked for by one network in an hour.
const MOST_SENDS_OF_NETWORK: i64 = 20;

/// A guess that was counted as a failure already. When it turns out right, `right` takes it back.
#[derive(Debug, Clone)]
#[must_use = "a right guess is to be taken back"]
pub struct Guess {
    counted: Vec<(String, Duration)>,
    /// The gate that this guess shut.
    shut: Option<String>,
    now: Moment,
}

impl Guess {
    /// The guess was right: it is no failure. Nothing else is forgotten (EN6).
    pub fn right(&self, conn: &mut Conn) -> QueryResult<()> {
        for (bucket, window) in &self.counted {
            limits::uncount(conn, bucket, *window, self.now)?;
        }
        match &self.shut {
            Some(bucket) => limits::reopen(conn, bucket),
            None => Ok(()),
        }
    }

    fn of(bucket: String, window: Duration, now: Moment) -> Self {
        Self { counted: vec![(bucket, window)], shut: None, now }
    }

    fn and(mut self, other: Self) -> Self {
        self.counted.extend(other.counted);
        self.shut = self.shut.or(other.shut);
        self
    }
}

/// Counts a guess of the caller's network alone; the 31st failure within ten minutes is refused.
pub fn of_network(conn: &mut Conn, asked: &Asked) -> Result<Guess, Error> {
    let now = asked.context.now;
    let bucket = bucket(&asked.context.keys, "network", &[&asked.network_bucket()]);
    if limits::count(conn, &bucket, NETWORK_WINDOW, now)? > MOST_OF_NETWORK {
        return Err(Error::TooMany(left(NETWORK_WINDOW, now)));
    }
    Ok(Guess::of(bucket, NETWORK_WINDOW, now))
}

/// Counts a guess at a password or at what stands beside it. Pass the id of the known browser when the caller's is one
/// of the person's: it has a counter of its own and does not wait, so that no stranger can lock an owner out (EN5).
/// `password` is what was typed at a door: a network that tries a list of addresses and passwords is shut out there.
pub fn count(
    conn: &mut Conn,
    asked: &Asked,
    kind: PersonKind,
    address: &Address,
    known: Option<i64>,
    password: Option<&Secret>,
) -> Result<Guess, Stop> {
    let network = of_network(conn, asked)?;
    let (keys, now) = (&asked.context.keys, asked.context.now);
    let typed = password.filter(|_| known.is_none());
    if typed.is_some()
        && let Some(still) = limits::shut(conn, &stuffing(asked), now)?
    {
        return Err(Error::TooMany(seconds(still)).into());
    }
    let bucket = match known {
        Some(browser) => bucket(keys, "browser", &[&browser.to_string()]),
        None => account(keys, kind, address),
    };
    let nth = limits::count(conn, &bucket, DAY, now)?;
    if nth > MOST_OF_ACCOUNT {
        return Err(wait(left(DAY, now)));
    }
    if known.is_none()
        && nth >= PATIENT_UNTIL
        && let Err(still) = limits::pass(conn, &bucket, pause_after(nth), now)?
    {
        return Err(wait(seconds(still)));
    }
    let guess = network.and(Guess::of(bucket, DAY, now));
    Ok(match typed {
        Some(password) => guess.and(of_pair(conn, asked, kind, address, password)?),
        None => guess,
    })
}

/// Counts different pairs of address and password from one network (EN4). The last one that is let through shuts the
/// gate behind it; should it turn out right, it opens the gate again.
fn of_pair(
    conn: &mut Conn,
    asked: &Asked,
    kind: PersonKind,
    address: &Address,
    password: &Secret,
) -> QueryResult<Guess> {
    let (keys, now) = (&asked.context.keys, asked.context.now);
    let all = stuffing(asked);
    let typed = [kind.as_str(), address.as_str(), password.expose()];
    let hash = keys.hash("pair", &typed.map(str::as_bytes));
    // Sixteen bits tell a few pairs apart and say too little about a password that was nearly right.
    let pair = format!("{all}:{}", HEXLOWER.encode(&hash[..2]));
    let first = limits::count(conn, &pair, PAIRS_WINDOW, now)? == 1;
    let mut guess = Guess::of(pair, PAIRS_WINDOW, now);
    if first {
        if limits::count(conn, &all, PAIRS_WINDOW, now)? >= MOST_PAIRS {
            let _ = limits::pass(conn, &all, STUFFING_PAUSE, now)?;
            guess.shut = Some(all.clone());
            tracing::warn!(event = "network_shut_out", network = %asked.context.network);
        }
        guess.counted.push((all, PAIRS_WINDOW));
    }
    Ok(guess)
}

fn stuffing(asked: &Asked) -> String {
    bucket(&asked.context.keys, "stuffing", &[&asked.network_bucket()])
}

/// How many failures stand against an account today.
pub fn failures(conn: &mut Conn, keys: &Keys, kind: PersonKind, address: &Address, now: Moment) -> QueryResult<i64> {
    limits::counted(conn, &account(keys, kind, address), DAY, now)
}

/// Forgets an account's failures. Only for a sign-in or a reset that was finished.
pub fn clear(conn: &mut Conn, keys: &Keys, kind: PersonKind, address: &Address) -> QueryResult<()> {
    limits::clear(conn, &account(keys, kind, address))
}

/// Counts a try at a mailed code: of the network, and of the address over all its codes of the day (OT7). `None` when
/// the address has used up its tries.
pub fn of_code(conn: &mut Conn, asked: &Asked, address: &Address) -> Result<Option<Guess>, Error> {
    let network = of_network(conn, asked)?;
    let now = asked.context.now;
    let bucket = bucket(&asked.context.keys, "code", &[address.as_str()]);
    if limits::count(conn, &bucket, DAY, now)? > MOST_OF_ACCOUNT {
        return Ok(None);
    }
    Ok(Some(network.and(Guess::of(bucket, DAY, now))))
}

/// Counts a code that is about to be mailed. `proved` codes follow a right password and have a count of their own, so
/// that asking for codes in somebody's name does not keep the owner out.
pub fn send(conn: &mut Conn, asked: &Asked, address: &Address, proved: bool) -> Result<(), Error> {
    let (keys, now) = (&asked.context.keys, asked.context.now);
    let to = bucket(keys, if proved { "send_proved" } else { "send" }, &[address.as_str()]);
    let from = bucket(keys, "send_from", &[&asked.network_bucket()]);
    let many = limits::count(conn, &to, HOUR, now)? > MOST_SENDS_TO_ADDRESS;
    if limits::count(conn, &from, HOUR, now)? > MOST_SENDS_OF_NETWORK || many {
        return Err(Error::TooMany(left(HOUR, now)));
    }
    Ok(())
}

fn account(keys: &Keys, kind: PersonKind, address: &Address) -> String {
    bucket(keys, "account", &[kind.as_str(), address.as_str()])
}

fn bucket(keys: &Keys, what: &str, parts: &[&str]) -> String {
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    let hash = keys.hash("limit", &parts);
    let short: &[u8] = &hash[..16];
    format!("{what}:{}", HEXLOWER.encode(short))
}

/// How long the gate stays shut after the nth failure of the day.
fn pause_after(nth: i64) -> Duration {
    const GROWING: [u64; 7] = [1, 3, 5, 10, 20, 30, 60];
    let Ok(over) = usize::try_from(nth - PATIENT_UNTIL) else { return Duration::ZERO };
    Duration::from_secs(GROWING.get(over).copied().unwrap_or(60))
}

fn wait(seconds: u64) -> Stop {
    Stop::Refused(Errors::one("form", FieldError::Wait(seconds)))
}

/// Seconds until the present window ends.
fn left(window: Duration, now: Moment) -> u64 {
    let length = window.as_secs().max(1);
    length - u64::try_from(now.seconds()).unwrap_or(0) % length
}

fn seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_micros() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_from_the_fifth_failure() {
        let waits: Vec<u64> = (1..=13).map(|nth| pause_after(nth).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 3, 5, 10, 20, 30, 60, 60, 60]);
    }

    #[test]
    fn a_window_ends_within_its_length() {
        assert_eq!(left(Duration::from_secs(600), Moment(0)), 600);
        assert_eq!(left(Duration::from_secs(600), Moment(599_000_000)), 1);
        assert_eq!(seconds(Duration::from_millis(1)), 1);
        assert_eq!(seconds(Duration::from_secs(3)), 3);
    }
}
