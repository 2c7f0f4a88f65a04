//! What time it is. Everything that asks, asks a [`Clock`], so that tests can let fifteen days pass.

use crate::base::types::Moment;

/// A clock, handed to whatever needs the time. Clones tell the same time.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    #[cfg(any(test, debug_assertions))]
    Hands(Hands),
}

impl Clock {
    /// The clock of the machine.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// The present moment, in UTC.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that may ask the machine")]
    pub fn now(&self) -> Moment {
        match &self.0 {
            Source::System => Moment::from(jiff::Timestamp::now()),
            #[cfg(any(test, debug_assertions))]
            Source::Hands(hands) => hands.read(),
        }
    }

    /// A clock that stands still until its hands are moved. It does not exist in release builds.
    #[cfg(any(test, debug_assertions))]
    pub fn movable(start: Moment) -> (Self, Hands) {
        let hands = Hands(std::sync::Arc::new(std::sync::atomic::AtomicI64::new(start.0)));
        (Self(Source::Hands(hands.clone())), hands)
    }
}

/// The hands of a [`Clock::movable`].
#[cfg(any(test, debug_assertions))]
#[derive(Debug, Clone)]
pub struct Hands(std::sync::Arc<std::sync::atomic::AtomicI64>);

#[cfg(any(test, debug_assertions))]
impl Hands {
    /// Lets this much time pass.
    pub fn forward(&self, span: std::time::Duration) {
        self.set(self.read().plus(span));
    }

    /// Turns the clock back, as a machine's clock may be.
    pub fn back(&self, span: std::time::Duration) {
        self.set(self.read().minus(span));
    }

    /// Sets the clock.
    pub fn set(&self, moment: Moment) {
        self.0.store(moment.0, std::sync::atomic::Ordering::SeqCst);
    }

    fn read(&self) -> Moment {
        Moment(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn hands_move_every_clone() {
        let (clock, hands) = Clock::movable(Moment(0));
        let other = clock.clone();
        hands.forward(Duration::from_secs(90));
        hands.back(Duration::from_secs(30));
        assert_eq!(clock.now(), Moment(60_000_000));
        assert_eq!(other.now(), clock.now());
    }

    #[test]
    fn the_system_clock_is_of_this_century() {
        let clock = Clock::system();
        let now = clock.now();
        assert!(now > Moment::parse("2026-01-01T00:00:00Z").unwrap());
        assert!(clock.now() >= now);
    }
}
