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
use crate::web::error::whole_seconds;
use crate::web::limits::{self, Limit, bucket};
use crate::web::session::PersonKind;
use crate::web::{Error, Errors, FieldError, Stop};

const DAY: u64 = 86400;
const HOUR: u64 = 3600;
/// Failures of one network, after which it waits.
const OF_NETWORK: Limit = Limit::of(30, 600);
/// Failures of one account, and tries at all codes of one address.
const OF_ACCOUNT: Limit = Limit::of(100, DAY);
/// From this many failures on, the next guess waits.
const PATIENT_UNTIL: i64 = 5;
/// So many different pairs of address and password that failed, from one network, are a list being tried …
const OF_PAIRS: Limit = Limit::of(15, 3 * HOUR);
/// … and the network waits for so long, in browsers that are not known.
const STUFFING_PAUSE: Duration = Duration::from_secs(DAY);
/// Tries of one network at the codes of one address: a share, so that one network cannot use up all.
const TRIES_OF_NETWORK: Limit = Limit::of(20, DAY);
/// Codes mailed to one address at the asking of one network, one known browser or one right password.
const SENDS: Limit = Limit::of(5, HOUR);
/// Codes mailed to one address at the asking of all strangers: several networks, so that one of them does not keep the
/// owner out (EN5), and few enough for a mailbox.
const SENDS_TO_ADDRESS: Limit = Limit::of(20, HOUR);
/// Codes asked for by one network.
const SENDS_OF_NETWORK: Limit = Limit::of(20, HOUR);

/// A guess that was counted as a failure already. When it turns out right, `right` takes it back.
#[derive(Debug, Clone)]
#[must_use = "a right guess is to be taken back"]
pub struct Guess {
    counted: Vec<(String, Limit)>,
    /// The gates that this guess shut.
    shut: Vec<String>,
    now: Moment,
}

impl Guess {
    /// The guess was right: it is no failure. Nothing else is forgotten (EN6).
    pub fn right(&self, conn: &mut Conn) -> QueryResult<()> {
        for (bucket, limit) in &self.counted {
            limits::uncount(conn, bucket, *limit, self.now)?;
        }
        self.shut.iter().try_for_each(|bucket| limits::reopen(conn, bucket))
    }

    fn none(now: Moment) -> Self {
        Self { counted: Vec::new(), shut: Vec::new(), now }
    }

    fn of(bucket: String, limit: Limit, now: Moment) -> Self {
        Self { counted: vec![(bucket, limit)], shut: Vec::new(), now }
    }

    fn and(mut self, other: Self) -> Self {
        self.counted.extend(other.counted);
        self.shut.extend(other.shut);
        self
    }
}

/// Counts a guess of the caller's network alone; the 31st failure within ten minutes is refused.
pub fn of_network(conn: &mut Conn, asked: &Asked) -> Result<Guess, Error> {
    let now = asked.context.now;
    let bucket = bucket(&asked.context.keys, "network", &[&asked.network_bucket()]);
    if let Some(wait) = limits::count(conn, &bucket, OF_NETWORK, now)?.over {
        return Err(Error::too_many(wait));
    }
    Ok(Guess::of(bucket, OF_NETWORK, now))
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
        return Err(Error::too_many(still).into());
    }
    let bucket = match known {
        Some(browser) => bucket(keys, "browser", &[&browser.to_string()]),
        None => account(keys, kind, address),
    };
    let counted = limits::count(conn, &bucket, OF_ACCOUNT, now)?;
    if let Some(still) = counted.over {
        return Err(wait(still));
    }
    if known.is_none()
        && counted.nth >= PATIENT_UNTIL
        && let Err(still) = limits::pass(conn, &bucket, pause_after(counted.nth), now)?
    {
        return Err(wait(still));
    }
    let guess = network.and(Guess::of(bucket, OF_ACCOUNT, now));
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
    let mut guess = Guess::none(now);
    // A pair that was tried within the time is no further one.
    if limits::pass(conn, &pair, OF_PAIRS.window, now)?.is_ok() {
        guess.shut.push(pair);
        if limits::count(conn, &all, OF_PAIRS, now)?.nth >= OF_PAIRS.most {
            let _ = limits::pass(conn, &all, STUFFING_PAUSE, now)?;
            guess.shut.push(all.clone());
            tracing::warn!(event = "network_shut_out", network = %asked.context.network);
        }
        guess.counted.push((all, OF_PAIRS));
    }
    Ok(guess)
}

fn stuffing(asked: &Asked) -> String {
    bucket(&asked.context.keys, "stuffing", &[&asked.network_bucket()])
}

/// How many failures stand against an account today.
pub fn failures(conn: &mut Conn, keys: &Keys, kind: PersonKind, address: &Address, now: Moment) -> QueryResult<i64> {
    limits::counted(conn, &account(keys, kind, address), OF_ACCOUNT, now)
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
            (bucket(keys, "code_from", &[address.as_str(), &asked.network_bucket()]), TRIES_OF_NETWORK),
            (bucket(keys, "code", &[address.as_str()]), OF_ACCOUNT),
        ],
        Asker::Known(browser) => vec![(bucket(keys, "code_known", &[&browser.to_string()]), OF_ACCOUNT)],
        Asker::Proved => vec![(bucket(keys, "code_proved", &[address.as_str()]), OF_ACCOUNT)],
    };
    for (bucket, limit) in counters {
        if limits::count(conn, &bucket, limit, now)?.over.is_some() {
            return Ok(None);
        }
        guess = guess.and(Guess::of(bucket, limit, now));
    }
    Ok(Some(guess))
}

/// Counts a code that is about to be mailed: of the asker, of the network and, for strangers, of the address.
pub fn send(conn: &mut Conn, asked: &Asked, address: &Address, who: Asker) -> Result<(), Error> {
    let (keys, now, network) = (&asked.context.keys, asked.context.now, asked.network_bucket());
    let from = || (bucket(keys, "send_from", &[&network]), SENDS_OF_NETWORK);
    // The asker's own counter comes first: whoever has used that up adds nothing to the one of the address.
    let counters = match who {
        Asker::Stranger => vec![
            (bucket(keys, "send", &[address.as_str(), &network]), SENDS),
            from(),
            (bucket(keys, "send_to", &[address.as_str()]), SENDS_TO_ADDRESS),
        ],
        Asker::Known(browser) => vec![(bucket(keys, "send_known", &[&browser.to_string()]), SENDS)],
        Asker::Proved => vec![(bucket(keys, "send_proved", &[address.as_str()]), SENDS), from()],
    };
    for (bucket, limit) in counters {
        if let Some(wait) = limits::count(conn, &bucket, limit, now)?.over {
            return Err(Error::too_many(wait));
        }
    }
    Ok(())
}

fn account(keys: &Keys, kind: PersonKind, address: &Address) -> String {
    bucket(keys, "account", &[kind.as_str(), address.as_str()])
}

/// How long the gate stays shut after the nth failure of the day.
fn pause_after(nth: i64) -> Duration {
    const GROWING: [u64; 7] = [1, 3, 5, 10, 20, 30, 60];
    let Ok(over) = usize::try_from(nth - PATIENT_UNTIL) else { return Duration::ZERO };
    Duration::from_secs(GROWING.get(over).copied().unwrap_or(60))
}

fn wait(still: Duration) -> Stop {
    Stop::Refused(Errors::one("form", FieldError::Wait(whole_seconds(still))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_from_the_fifth_failure() {
        let waits: Vec<u64> = (1..=13).map(|nth| pause_after(nth).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 3, 5, 10, 20, 30, 60, 60, 60]);
    }
}
