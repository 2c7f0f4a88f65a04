//! A stored file as what a parser reads: the parser runs on a thread of its own and waits there, never on an async worker.

use std::io::{self, BufRead, BufReader, Read};

use actix_web::web::Bytes;
use futures_util::StreamExt;
use tokio::sync::mpsc::{Receiver, channel};

use crate::base::crypto::Keys;
use crate::features::remittance::statements::formats::{Line, Piece, Reading, Summary, Why, Wrong, read};
use crate::services::storage::{Storage, StorageFault};

/// Pieces of a file that are under way at once, each of a mebibyte.
const UNDER_WAY: usize = 2;
/// Lines that are handed over together: what one transaction keeps.
pub const PIECE: usize = 500;

/// A file that arrives piece by piece.
pub struct Arriving {
    from: Receiver<Result<Bytes, StorageFault>>,
    held: Bytes,
}

impl Read for Arriving {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.held.is_empty() {
            match self.from.blocking_recv() {
                Some(piece) => self.held = piece.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let most = into.len().min(self.held.len());
        into[..most].copy_from_slice(&self.held.split_to(most));
        Ok(most)
    }
}

/// A sealed file of this many bytes, as it is read on another thread.
pub async fn stored(
    storage: &Storage,
    key: &str,
    size: u64,
    keys: std::sync::Arc<Keys>,
) -> Result<BufReader<Arriving>, StorageFault> {
    let mut pieces = storage.read_sealed(key, size, keys).await?;
    let (to, from) = channel(UNDER_WAY);
    tokio::spawn(async move {
        while let Some(piece) = pieces.next().await {
            // Whoever reads has read enough.
            if to.send(piece).await.is_err() {
                break;
            }
        }
    });
    Ok(BufReader::new(Arriving { from, held: Bytes::new() }))
}

/// Does this with a file on a thread that may wait.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|fault| fault.to_string())
}

/// The lines of a file, in pieces; and how its reading ended.
pub fn lines(
    reading: Reading,
    source: impl BufRead + Send + 'static,
) -> (Receiver<Vec<Line>>, tokio::task::JoinHandle<Result<Summary, Wrong>>) {
    let (to, from) = channel(UNDER_WAY);
    let ended = tokio::task::spawn_blocking(move || {
        let mut held = Vec::with_capacity(PIECE);
        let summary = read(&reading, source, &mut |piece| {
            if let Piece::Line(line) = piece {
                let place = line.place;
                held.push(line);
                if held.len() == PIECE {
                    let full = std::mem::replace(&mut held, Vec::with_capacity(PIECE));
                    to.blocking_send(full).map_err(|_| Wrong::at(place, Why::Stopped))?;
                }
            }
            Ok(())
        })?;
        if !held.is_empty() {
            let _ = to.blocking_send(held);
        }
        Ok(summary)
    });
    (from, ended)
}

/// The first bytes of a file, at most so many.
pub fn head(source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    source.take(most).read_to_end(&mut head)?;
    Ok(head)
}
