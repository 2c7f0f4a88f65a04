//! Leaving the other side alone when it fails again and again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::base::clock::Clock;
use crate::base::types::Moment;

/// Failures in a row after which nobody is let through.
const MOST_FAILURES: u32 = 5;
/// How long nobody is.
const PAUSE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Everybody is let through; so many failed in a row.
    Closed(u32),
    /// Nobody is before this moment; then one who tries.
    Open(Moment),
    /// One is trying: the others wait for how it ends.
    Trying,
}

/// Counts how calls end and says who may make one. Each process has its own.
#[derive(Debug)]
pub(super) struct Breaker {
    clock: Clock,
    state: Mutex<State>,
}

impl Breaker {
    pub fn new(clock: Clock) -> Self {
        Self { clock, state: Mutex::new(State::Closed(0)) }
    }

    /// Lets a call through, or says how long nobody is.
    pub fn enter(&self) -> Result<Call<'_>, Duration> {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Closed(_) => {}
            State::Open(until) if until <= now => *state = State::Trying,
            State::Open(until) => return Err(until.since(now)),
            State::Trying => return Err(PAUSE),
        }
        Ok(Call { breaker: self, went_well: false })
    }

    fn note(&self, went_well: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = match *state {
            _ if went_well => State::Closed(0),
            State::Closed(failures) if failures + 1 < MOST_FAILURES => State::Closed(failures + 1),
            State::Closed(_) | State::Trying => State::Open(self.clock.now().plus(PAUSE)),
            // Somebody who was let through before it opened: the pause stands as it is.
            open @ State::Open(_) => open,
        };
    }
}

/// A call under way. Unless it says that it went well it has failed, also when nobody waits for it any more.
pub(super) struct Call<'a> {
    breaker: &'a Breaker,
    went_well: bool,
}

impl Call<'_> {
    pub fn went_well(mut self) {
        self.went_well = true;
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.breaker.note(self.went_well);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            drop(breaker.enter().unwrap_or_else(|_| panic!("open too early")));
        }
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_no_others() {
        let (clock, _) = Clock::movable(Moment(0));
        let breaker = Breaker::new(clock);
        failing(&breaker, MOST_FAILURES - 1);
        breaker.enter().unwrap_or_else(|_| panic!("open")).went_well();
        failing(&breaker, MOST_FAILURES);
        assert_eq!(breaker.enter().err(), Some(PAUSE));
    }

    #[test]
    fn after_the_pause_one_tries_and_decides_for_all() {
        let (clock, hands) = Clock::movable(Moment(0));
        let breaker = Breaker::new(clock);
        failing(&breaker, MOST_FAILURES);
        hands.forward(Duration::from_secs(59));
        assert_eq!(breaker.enter().err(), Some(Duration::from_secs(1)));
        hands.forward(Duration::from_secs(1));
        let trying = breaker.enter().unwrap_or_else(|_| panic!("nobody may try"));
        assert!(breaker.enter().is_err(), "two try at once");
        drop(trying);
        assert_eq!(breaker.enter().err(), Some(PAUSE), "a failed try opens it anew");
        hands.forward(PAUSE);
        breaker.enter().unwrap_or_else(|_| panic!("nobody may try")).went_well();
        failing(&breaker, MOST_FAILURES - 1);
        assert!(breaker.enter().is_ok(), "a good try begins anew");
    }

    #[test]
    fn what_was_under_way_when_it_opened_does_not_make_the_pause_longer() {
        let (clock, hands) = Clock::movable(Moment(0));
        let breaker = Breaker::new(clock);
        let late = breaker.enter().unwrap_or_else(|_| panic!("open"));
        failing(&breaker, MOST_FAILURES);
        hands.forward(Duration::from_secs(59));
        drop(late);
        assert_eq!(breaker.enter().err(), Some(Duration::from_secs(1)));
    }
}
