//! The load client: some keep-alive connections on one thread, each sending its next request when it has its answer
//! (closed loop). Small on purpose, because it shares the cores with what it measures.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::wire;
use crate::{Fault, Outcome};

/// Where the load goes.
#[derive(Debug, Clone, Copy)]
pub struct Aim {
    /// The server.
    pub server: SocketAddr,
    /// How many connections are open at once.
    pub connections: usize,
    /// The status that every answer must have.
    pub expected: u16,
}

/// What a stretch of load came to.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// From the first request to the last answer.
    pub took: Duration,
    /// One a request, microseconds, ascending.
    latencies: Vec<u32>,
}

impl Stretch {
    /// How many requests were answered.
    pub fn requests(&self) -> usize {
        self.latencies.len()
    }

    /// Requests a second.
    #[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub fn per_second(&self) -> f64 {
        self.requests() as f64 / self.took.as_secs_f64()
    }

    /// The latency that this share (in hundredths) of the requests did not exceed, milliseconds.
    pub fn percentile(&self, hundredths: usize) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * hundredths / 100).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }
}

/// Gives each connection its next request; `None` ends the stretch.
type Next<'a> = Box<dyn FnMut() -> Option<Rc<[u8]>> + 'a>;
/// Takes the bodies, where they are wanted.
type Keep<'a> = Box<dyn FnMut(&[u8]) + 'a>;

/// Sends one request again and again for this long.
pub fn repeat(aim: Aim, request: &[u8], length: Duration) -> Outcome<Stretch> {
    let request: Rc<[u8]> = request.into();
    let end = Instant::now() + length;
    drive(aim, Box::new(move || (Instant::now() < end).then(|| Rc::clone(&request))), Box::new(|_| ()))
}

/// Sends each of these once.
pub fn each(aim: Aim, requests: Vec<Vec<u8>>) -> Outcome<Stretch> {
    let mut requests = requests.into_iter();
    drive(aim, Box::new(move || requests.next().map(Rc::from)), Box::new(|_| ()))
}

/// Sends one request so many times, or for at most this long, and gives what `read` finds in each body.
pub fn gather<T>(
    aim: Aim,
    request: &[u8],
    (most, length): (usize, Duration),
    read: impl Fn(&[u8]) -> Option<T>,
) -> Outcome<Vec<T>> {
    let request: Rc<[u8]> = request.into();
    let (end, mut sent) = (Instant::now() + length, 0);
    let mut found = Vec::new();
    let next = move || {
        sent += 1;
        (sent <= most && Instant::now() < end).then(|| Rc::clone(&request))
    };
    drive(aim, Box::new(next), Box::new(|body| found.extend(read(body))))?;
    Ok(found)
}

fn drive<'a>(aim: Aim, next: Next<'a>, keep: Keep<'a>) -> Outcome<Stretch> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (next, keep) = (RefCell::new(next), RefCell::new(keep));
    let started = Instant::now();
    let lines = (0..aim.connections).map(|_| line(aim, &next, &keep));
    let local = LocalSet::new();
    let done = runtime.block_on(local.run_until(futures_util::future::join_all(lines)));
    let took = started.elapsed();
    let mut latencies = Vec::new();
    for line in done {
        latencies.extend(line?);
    }
    latencies.sort_unstable();
    Ok(Stretch { took, latencies })
}

/// One connection's life.
async fn line(aim: Aim, next: &RefCell<Next<'_>>, keep: &RefCell<Keep<'_>>) -> Outcome<Vec<u32>> {
    let mut latencies = Vec::new();
    let mut held = Vec::with_capacity(64 * 1024);
    let mut stream = connect(aim).await?;
    loop {
        let Some(request) = (next.borrow_mut())() else { return Ok(latencies) };
        let started = Instant::now();
        stream.write_all(&request).await?;
        held.clear();
        let answer = loop {
            if stream.read_buf(&mut held).await? == 0 {
                return Err("the server hung up in the middle of an answer".into());
            }
            if let Some(answer) = wire::answer(&held)? {
                break answer;
            }
        };
        latencies.push(u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX));
        if answer.status != aim.expected {
            return Err(unexpected(aim.expected, answer.status, answer.body));
        }
        (keep.borrow_mut())(answer.body);
        if answer.closes {
            stream = connect(aim).await?;
        }
    }
}

async fn connect(aim: Aim) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(aim.server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn unexpected(expected: u16, status: u16, body: &[u8]) -> Fault {
    let page = String::from_utf8_lossy(body);
    let heading = wire::between(&page, "<h1", "</h1>").map(|text| text.trim_start_matches('>')).unwrap_or_default();
    format!("an answer has status {status} instead of {expected}: {heading}").into()
}
