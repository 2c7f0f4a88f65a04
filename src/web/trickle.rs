//! A body that only trickles in is given up (CS5): files may take long as long as they keep coming. One that sends a byte now
//! and then would else hold a connection, and what stands ready for its files, for half an hour.

use std::cell::Cell;
use std::io::ErrorKind;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::{Sleep, sleep};

/// How slowly a body may come. Only time counts for which the portal waited for its sender: its own work costs nobody theirs.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// The longest silence.
    pub silence: Duration,
    /// So much waiting is asked nothing for.
    pub grace: Duration,
    /// Bytes a second, over all the waiting.
    pub least: u64,
}

impl Rate {
    /// What every upload is held to: a mobile line at its worst brings more.
    pub const USUAL: Self = Self { silence: Duration::from_secs(10), grace: Duration::from_secs(10), least: 1024 };

    /// Whether so much came within so much waiting.
    fn kept(self, bytes: u64, waited: Duration) -> bool {
        waited <= self.grace || u128::from(bytes) * 1000 >= u128::from(self.least) * waited.as_millis()
    }
}

/// Whether a body was given up.
pub(super) type GivenUp = Rc<Cell<bool>>;

/// A body that is held to its rate. What reads it gets a fault where it is given up.
struct Watched {
    body: Payload,
    rate: Rate,
    bytes: u64,
    waited: Duration,
    /// Since when nothing came, and what rings when that is too long.
    silent: Option<(Instant, Pin<Box<Sleep>>)>,
    given_up: GivenUp,
}

/// Holds a body to its rate.
pub(super) fn watched(body: Payload, rate: Rate) -> (Payload, GivenUp) {
    let given_up = GivenUp::default();
    let told = Rc::clone(&given_up);
    let watched = Watched { body, rate, bytes: 0, waited: Duration::ZERO, silent: None, given_up };
    (Payload::Stream { payload: Box::pin(watched) }, told)
}

impl Watched {
    fn give_up(&self) -> Poll<Option<Result<Bytes, PayloadError>>> {
        self.given_up.set(true);
        Poll::Ready(Some(Err(PayloadError::Io(ErrorKind::TimedOut.into()))))
    }
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let came = Pin::new(&mut this.body).poll_next(cx);
        let Poll::Ready(came) = came else {
            let silence = this.rate.silence;
            let (_, alarm) = this.silent.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(silence))));
            return if alarm.as_mut().poll(cx).is_ready() { this.give_up() } else { Poll::Pending };
        };
        if let Some((since, _)) = this.silent.take() {
            this.waited += since.elapsed();
        }
        if let Some(Ok(chunk)) = &came {
            this.bytes += chunk.len() as u64;
            if !this.rate.kept(this.bytes, this.waited) {
                return this.give_up();
            }
        }
        Poll::Ready(came)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use futures_util::stream::{iter, pending};

    use super::*;

    fn of(chunks: &'static [&'static [u8]]) -> impl Stream<Item = Result<Bytes, PayloadError>> {
        iter(chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk))))
    }

    #[test]
    fn what_comes_steadily_may_take_long_and_what_trickles_may_not() {
        let kept = |bytes: u64, seconds: u64| Rate::USUAL.kept(bytes, Duration::from_secs(seconds));
        assert!(kept(0, 10), "a slow start");
        assert!(!kept(11, 11) && !kept(200, 200), "a byte a second");
        assert!(kept(11 * 1024, 11) && kept(1800 * 1024, 1800));
        assert!(!kept(11 * 1024 - 1, 11));
        assert!(!kept(100 * 1024, 101), "what came quickly pays for no end of waiting");
    }

    #[actix_web::test]
    async fn silence_ends_a_body_and_an_end_does_not() {
        let rate = Rate { silence: Duration::from_millis(5), ..Rate::USUAL };
        let (body, given_up) = watched(Payload::Stream { payload: Box::pin(of(&[b"a", b"b"])) }, rate);
        assert!(body.map(Result::unwrap).collect::<Vec<_>>().await.concat() == b"ab" && !given_up.get());
        let silent = of(&[b"a"]).chain(pending());
        let (mut body, given_up) = watched(Payload::Stream { payload: Box::pin(silent) }, rate);
        assert!(body.next().await.is_some_and(|chunk| chunk.is_ok()) && !given_up.get());
        assert!(body.next().await.is_some_and(|chunk| chunk.is_err()) && given_up.get());
    }
}
