//! SQLite's one writer: a thread that gathers waiting jobs into one durable commit. Each job is a savepoint, so one
//! that fails takes none of its neighbours along.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::connect::connect;
use super::piece::{begin_immediate, commit, depth, piece};
use super::{Conn, ConnectFault, End, Fault};
use crate::base::config::DatabaseUrl;

/// Tells a caller whether its batch was committed.
type Answer = Box<dyn FnOnce(bool) + Send>;
/// `Err`: the batch cannot be committed any more.
type Job = Box<dyn FnOnce(&mut Conn) -> Result<Answer, Answer> + Send>;

const MOST_WAITING: usize = 1000;
const MOST_IN_A_BATCH: usize = 256;

pub(super) struct Writer {
    queue: SyncSender<Job>,
}

impl Writer {
    pub(super) fn start(url: DatabaseUrl) -> Result<Self, ConnectFault> {
        let first = connect(&url, false)?;
        let (queue, jobs) = sync_channel(MOST_WAITING);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || serve(&url, first, &jobs))
            .map_err(|fault| ConnectFault(fault.to_string()))?;
        Ok(Self { queue })
    }

    pub(super) async fn run<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Conn) -> End<T> + Send + 'static,
    ) -> Result<T, Fault> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            let result = piece(conn, f);
            let dead = matches!(result, Err(Fault::Lost(_)));
            let answer: Answer = Box::new(move |committed| {
                // The asker may have gone: the change stands all the same.
                let _ = tell.send(if committed {
                    result
                } else {
                    result.and(Err(Fault::Lost("the batch was not committed".into())))
                });
            });
            if dead { Err(answer) } else { Ok(answer) }
        });
        self.queue.try_send(job).map_err(|fault| match fault {
            TrySendError::Full(_) => Fault::Busy,
            TrySendError::Disconnected(_) => Fault::Lost("the writer has stopped".into()),
        })?;
        told.await.unwrap_or(Err(Fault::Lost("the writer gave the job up".into())))
    }
}

fn serve(url: &DatabaseUrl, first: Conn, jobs: &Receiver<Job>) {
    let mut held = Some(first);
    while let Ok(job) = jobs.recv() {
        let conn = match held.take().map_or_else(|| connect(url, false), Ok) {
            Ok(conn) => held.insert(conn),
            Err(fault) => {
                tracing::error!(%fault, "the writer cannot reopen the database");
                // Dropping the job tells its asker that it was lost.
                continue;
            }
        };
        if !batch(conn, job, jobs) {
            held = None;
        }
    }
}

/// Runs one batch; false when the connection must be opened anew. A full disk makes SQLite end the transaction by
/// itself: the depth is then no longer 1, and a further job would commit alone.
fn batch(conn: &mut Conn, first: Job, jobs: &Receiver<Job>) -> bool {
    if let Err(fault) = begin_immediate(conn) {
        tracing::error!(%fault, "the writer cannot begin");
        // Whoever waited along is told so now: else each would wait as long again, one after the other.
        let given_up = jobs.try_iter().take(MOST_IN_A_BATCH).count();
        tracing::warn!(given_up, "waiting jobs were given up");
        return false;
    }
    let mut answers = Vec::new();
    let mut next = Some(first);
    let mut alive = true;
    while let Some(job) = next.take() {
        match job(conn) {
            Ok(answer) => answers.push(answer),
            Err(answer) => {
                answers.push(answer);
                alive = false;
            }
        }
        alive = alive && depth(conn) == Some(1);
        if alive && answers.len() < MOST_IN_A_BATCH {
            next = jobs.try_recv().ok();
        }
    }
    let committed = alive && commit(conn).inspect_err(|fault| tracing::error!(%fault, "a batch was lost")).is_ok();
    for answer in answers {
        answer(committed);
    }
    committed
}
