//! Counting guesses before they are compared (A7, EN4-EN6). Counters are shared by all instances and keep over a
//! restart; they are kept under keyed hashes, and alike for addresses that exist and that do not.

use std::time::Duration;

use data_encoding::HEXLOWER;
use diesel::QueryResult;

use super::browsers;
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
/// Tries of one network at the codes of one address, a day: a share, so that one network cannot use up all.
const MOST_TRIES_OF_NETWORK: i64 = 20;
/// Codes mailed to one address in an hour at the asking of one network, one known browser or one right password.
const MOST_SENDS: i64 = 5;
/// Codes mailed to one address in an hour at the asking of all strangers: several networks, so that one of them does
/// not keep the owner out (EN5), and few enough for a mailbox.
const MOST_SENDS_TO_ADDRESS: i64 = 20;
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

    fn none(now: Moment) -> Self {
        Self { counted: Vec::new(), shut: None, now }
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
/// of the person's: it has a counter of its own and does not wait, nor for its network, so that no stranger can lock an
/// owner out (EN5).
/// `password` is what was typed at a door: a network that tries a list of addresses and passwords is shut out there.
pub fn count(
    conn: &mut Conn,
    asked: &Asked,
    kind: PersonKind,
    address: &Address,
    known: Option<i64>,
    password: Option<&Secret>,
) -> Result<Guess, Stop> {
    let now = asked.context.now;
    let network = if known.is_none() { of_network(conn, asked)? } else { Guess::none(now) };
    let keys = &asked.context.keys;
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

/// Who asks for a code or tries one, as far as that is known. Each kind has counters of its own, so that no stranger
/// uses up what the owner needs (EN5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Anybody.
    Stranger,
    /// A browser that this person has signed in with; its id.
    Known(i64),
    /// Somebody who gave the right password a moment ago.
    Proved,
}

impl Asker {
    /// What the caller is to the person of this address, if there is one.
    pub fn of(conn: &mut Conn, asked: &Asked, person_id: Option<i64>) -> QueryResult<Self> {
        let known = person_id.map_or(Ok(None), |person| browsers::known(conn, asked, person))?;
        Ok(known.map_or(Self::Stranger, Self::Known))
    }
}

/// Counts a try at a mailed code: of the network, and of the address over all its codes of the day (OT7). `None` when
/// the tries are used up. One network gets a share of an address' tries only.
pub fn of_code(conn: &mut Conn, asked: &Asked, address: &Address, who: Asker) -> Result<Option<Guess>, Error> {
    let (keys, now) = (&asked.context.keys, asked.context.now);
    let mut guess = match who {
        Asker::Known(_) => Guess::none(now),
        Asker::Stranger | Asker::Proved => of_network(conn, asked)?,
    };
    let counters = match who {
        Asker::Stranger => vec![
            (bucket(keys, "code_from", &[address.as_str(), &asked.network_bucket()]), MOST_TRIES_OF_NETWORK),
            (bucket(keys, "code", &[address.as_str()]), MOST_OF_ACCOUNT),
        ],
        Asker::Known(browser) => vec![(bucket(keys, "code_known", &[&browser.to_string()]), MOST_OF_ACCOUNT)],
        Asker::Proved => vec![(bucket(keys, "code_proved", &[address.as_str()]), MOST_OF_ACCOUNT)],
    };
    for (bucket, most) in counters {
        if limits::count(conn, &bucket, DAY, now)? > most {
            return Ok(None);
        }
        guess = guess.and(Guess::of(bucket, DAY, now));
    }
    Ok(Some(guess))
}

/// Counts a code that is about to be mailed: of the asker, of the network and, for strangers, of the address.
pub fn send(conn: &mut Conn, asked: &Asked, address: &Address, who: Asker) -> Result<(), Error> {
    let (keys, now, network) = (&asked.context.keys, asked.context.now, asked.network_bucket());
    let from = || (bucket(keys, "send_from", &[&network]), MOST_SENDS_OF_NETWORK);
    // The asker's own counter comes first: whoever has used that up adds nothing to the one of the address.
    let counters = match who {
        Asker::Stranger => vec![
            (bucket(keys, "send", &[address.as_str(), &network]), MOST_SENDS),
            from(),
            (bucket(keys, "send_to", &[address.as_str()]), MOST_SENDS_TO_ADDRESS),
        ],
        Asker::Known(browser) => vec![(bucket(keys, "send_known", &[&browser.to_string()]), MOST_SENDS)],
        Asker::Proved => vec![(bucket(keys, "send_proved", &[address.as_str()]), MOST_SENDS), from()],
    };
    for (bucket, most) in counters {
        if limits::count(conn, &bucket, HOUR, now)? > most {
            return Err(Error::TooMany(left(HOUR, now)));
        }
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
