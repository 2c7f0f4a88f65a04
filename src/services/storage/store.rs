//! The store itself: streams in, streams out, under keys drawn by chance.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutPayload};

use super::sniff::{Kind, head_wanted, is_text, sniff};
use crate::base::chance;
use crate::base::crypto::{Keys, Unsealed};
use crate::base::types::Moment;

/// Signs a key is made of: thirty-two, so that each carries five bits, and none mistaken for another.
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Length of a key: 160 bits of chance.
const KEY: usize = 32;

/// Bytes gathered before they are written: also what one upload holds in memory.
const PIECE: usize = 1 << 20;

/// The most that one chunk of a request may add to a piece.
const LONGEST_CHUNK: usize = 1 << 20;

/// Why the store could not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageFault {
    /// The file passed its limit; what had arrived is gone again.
    #[error("the file is larger than allowed")]
    TooLarge,
    /// There is no such file.
    #[error("no such file")]
    NotFound,
    /// The disk or the quota is full; nothing half-kept remains.
    #[error("the storage is full")]
    Full,
    /// The writer had already ended in a fault.
    #[error("the upload has already ended")]
    Ended,
    /// Everything else: the cause is for the log.
    #[error("the storage failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A file as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its generated name in the store; it stands in the database and in no address.
    pub key: String,
    /// Its length in bytes.
    pub size: u64,
    /// What its content says it is; `None` for everything that is not accepted.
    pub kind: Option<Kind>,
}

/// A file on its way out, piece by piece. A file that turns out shorter than it should be ends in a fault.
pub type Reading = BoxStream<'static, Result<Bytes, StorageFault>>;

/// The place where files lie. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Storage {
    objects: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

impl Storage {
    /// Opens a folder, made if need be, and closes it to everyone but the portal's own user (mode 0700).
    pub fn folder(path: &FilePath) -> Result<Self, StorageFault> {
        private_folder(path).map_err(failed)?;
        let objects = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
        Ok(Self { objects: Arc::new(objects), folder: path.to_owned() })
    }

    /// Begins a file of at most `limit` bytes.
    pub async fn writer(&self, limit: u64) -> Result<Writer, StorageFault> {
        let key = chance::text(KEY, ALPHABET);
        let upload = self.objects.put_multipart(&place(&key)?).await?;
        Ok(Writer { key, upload: Some(upload), limit, size: 0, head: Vec::new(), piece: BytesMut::new(), seal: None })
    }

    /// Begins a text file of class S of at most `limit` bytes. It is sealed piece by piece under the key ring, and reads back with
    /// [`Storage::read_sealed`] alone.
    pub async fn sealed_writer(&self, limit: u64, keys: Arc<Keys>) -> Result<Writer, StorageFault> {
        let mut writer = self.writer(limit).await?;
        writer.seal = Some(Seal { keys, pieces: 0 });
        Ok(writer)
    }

    /// Reads a sealed file to its end. One that was cut, lengthened or changed ends in a fault.
    pub async fn read_sealed(&self, key: &str, size: u64, keys: Arc<Keys>) -> Result<Reading, StorageFault> {
        let sealed = self.read(key, None).await?;
        let key = key.to_string();
        let state = (sealed, BytesMut::new(), 0_u64, size, false);
        Ok(futures_util::stream::unfold(state, move |(mut sealed, mut held, piece, left, over)| {
            let (keys, key) = (keys.clone(), key.clone());
            async move {
                if over {
                    return None;
                }
                match next_piece(&mut sealed, &mut held, |bytes| keys.open_sealed(PLACE, &row(&key, piece), bytes))
                    .await
                {
                    Ok(Some(plain)) => match left.checked_sub(plain.len() as u64) {
                        Some(left) => Some((Ok(plain), (sealed, held, piece + 1, left, false))),
                        None => {
                            Some((Err(failed("the file is longer than it was")), (sealed, held, piece, left, true)))
                        }
                    },
                    Ok(None) if left == 0 => None,
                    Ok(None) => {
                        Some((Err(failed("the file is shorter than it was")), (sealed, held, piece, left, true)))
                    }
                    Err(fault) => Some((Err(fault), (sealed, held, piece, left, true))),
                }
            }
        })
        .boxed())
    }

    /// Keeps bytes that are at hand already, such as a picture that was developed anew.
    pub async fn keep(&self, bytes: Bytes) -> Result<Stored, StorageFault> {
        let mut writer = self.writer(u64::MAX).await?;
        writer.write(bytes).await?;
        writer.finish().await
    }

    /// Reads a file, or the bytes of `range`, which must lie inside it.
    pub async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Reading, StorageFault> {
        let options = GetOptions { range: range.map(Into::into), ..GetOptions::default() };
        let found = self.objects.get_opts(&place(key)?, options).await?;
        let pieces = found.into_stream().map(|piece| match piece {
            // A file cut behind our back would be read as empty pieces without end.
            Ok(piece) if piece.is_empty() => Err(failed("the file is shorter than it was")),
            Ok(piece) => Ok(piece),
            Err(fault) => Err(StorageFault::from(fault)),
        });
        let mut broken = false;
        let whole = pieces.take_while(move |piece| {
            let go_on = !broken;
            broken |= piece.is_err();
            std::future::ready(go_on)
        });
        Ok(whole.boxed())
    }

    /// The length of a file in bytes.
    pub async fn head(&self, key: &str) -> Result<u64, StorageFault> {
        Ok(self.objects.head(&place(key)?).await?.size)
    }

    /// A whole file at once: for pictures and the like, whose size was limited when they came.
    pub async fn bytes(&self, key: &str) -> Result<Bytes, StorageFault> {
        Ok(self.objects.get(&place(key)?).await?.bytes().await?)
    }

    /// Takes a file away; one that is gone already is no fault.
    pub async fn delete(&self, key: &str) -> Result<(), StorageFault> {
        match self.objects.delete(&place(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The keys of the finished files that were written from one moment on and before another, in no order.
    pub fn written_between(&self, from: Moment, until: Moment) -> BoxStream<'static, Result<String, StorageFault>> {
        let written = move |file: ObjectMeta| {
            let key = file.location.filename().filter(|key| place(key).is_ok_and(|own| own == file.location));
            let at = file.last_modified.timestamp_micros();
            std::future::ready(Ok(key.filter(|_| from.0 <= at && at < until.0).map(ToString::to_string)))
        };
        self.objects.list(None).map_err(StorageFault::from).try_filter_map(written).boxed()
    }

    /// Takes away what uploads left unfinished when the process was killed, if last touched before `before`. Gives
    /// their number. Choose a moment hours back: another instance may be writing right now.
    pub async fn clear_unfinished(&self, before: Moment) -> Result<usize, StorageFault> {
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || clear_folder(&folder, before)).await.map_err(failed)?.map_err(failed)
    }
}

/// A file on its way in. Dropping it, or any fault, takes away what had arrived.
#[derive(Debug)]
pub struct Writer {
    key: String,
    upload: Option<Box<dyn MultipartUpload>>,
    limit: u64,
    size: u64,
    head: Vec<u8>,
    piece: BytesMut,
    seal: Option<Seal>,
}

/// How the pieces of a file are sealed: each with its number as associated data, so that none changes its place.
#[derive(Debug)]
struct Seal {
    keys: Arc<Keys>,
    pieces: u64,
}

/// What a sealed piece is tied to, beside key and number.
const PLACE: &str = "storage.piece";

fn row(key: &str, piece: u64) -> String {
    format!("{key}/{piece}")
}

/// The next piece of a sealed file, whose length stands before it; nothing at its end.
async fn next_piece(
    sealed: &mut Reading,
    held: &mut BytesMut,
    open: impl FnOnce(&[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, Unsealed>,
) -> Result<Option<Bytes>, StorageFault> {
    loop {
        let length = held.first_chunk::<4>().map(|length| u32::from_be_bytes(*length) as usize);
        if let Some(length) = length {
            if length > 2 * PIECE + LONGEST_CHUNK {
                return Err(failed("the file is not what it was"));
            }
            if held.len() >= 4 + length {
                let piece = held.split_to(4 + length);
                let plain = open(&piece[4..]).map_err(|_| failed("the file is not what it was"))?;
                return Ok(Some(Bytes::copy_from_slice(&plain)));
            }
        }
        match sealed.next().await {
            Some(chunk) => held.extend_from_slice(&chunk?),
            None if held.is_empty() => return Ok(None),
            None => return Err(failed("the file is shorter than it was")),
        }
    }
}

impl Writer {
    /// Adds a chunk. As soon as the limit is passed nothing more is taken, and what had arrived is taken away.
    pub async fn write(&mut self, chunk: Bytes) -> Result<(), StorageFault> {
        if self.upload.is_none() {
            return Err(StorageFault::Ended);
        }
        self.size = self.size.saturating_add(chunk.len() as u64);
        if self.size > self.limit {
            self.give_up().await;
            return Err(StorageFault::TooLarge);
        }
        self.look_at(&chunk);
        self.piece.extend_from_slice(&chunk);
        if self.piece.len() >= PIECE {
            self.put().await?;
        }
        Ok(())
    }

    /// Bytes taken so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Ends the file: only now does it exist, flushed to the disk.
    pub async fn finish(mut self) -> Result<Stored, StorageFault> {
        if !self.piece.is_empty() {
            self.put().await?;
        }
        let mut upload = self.upload.take().ok_or(StorageFault::Ended)?;
        upload.complete().await?;
        let kind = match self.seal {
            Some(_) => is_text(&self.head).then_some(Kind::Text),
            None => sniff(&self.head, self.size),
        };
        Ok(Stored { kind, key: std::mem::take(&mut self.key), size: self.size })
    }

    /// Ends the attempt and waits until what had arrived is gone.
    pub async fn abort(mut self) {
        self.give_up().await;
    }

    async fn put(&mut self) -> Result<(), StorageFault> {
        let piece = self.piece.split().freeze();
        let piece = match &mut self.seal {
            None => PutPayload::from(piece),
            Some(seal) => {
                let sealed = seal.keys.seal(PLACE, &row(&self.key, seal.pieces), &piece);
                seal.pieces += 1;
                let length = u32::try_from(sealed.len()).map_err(failed)?.to_be_bytes();
                PutPayload::from_iter([Bytes::copy_from_slice(&length), Bytes::from(sealed)])
            }
        };
        let upload = self.upload.as_mut().ok_or(StorageFault::Ended)?;
        if let Err(fault) = upload.put_part(piece).await {
            self.give_up().await;
            return Err(fault.into());
        }
        Ok(())
    }

    async fn give_up(&mut self) {
        self.piece = BytesMut::new();
        if let Some(mut upload) = self.upload.take()
            && let Err(fault) = upload.abort().await
        {
            tracing::warn!(%fault, "an unfinished upload could not be taken away");
        }
    }

    /// Keeps as much of the start as is needed to tell the kind.
    fn look_at(&mut self, chunk: &[u8]) {
        let mut rest = chunk;
        while !rest.is_empty() {
            let room = head_wanted(&self.head).saturating_sub(self.head.len());
            if room == 0 {
                break;
            }
            // The first ten bytes first: they say how many more are wanted.
            let step = if self.head.len() < 10 { 10 - self.head.len() } else { room };
            let (now, later) = rest.split_at(step.min(rest.len()));
            self.head.extend_from_slice(now);
            rest = later;
        }
    }
}

impl From<object_store::Error> for StorageFault {
    fn from(fault: object_store::Error) -> Self {
        if matches!(fault, object_store::Error::NotFound { .. }) {
            return Self::NotFound;
        }
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&fault);
        while let Some(now) = cause {
            if let Some(io) = now.downcast_ref::<std::io::Error>()
                && matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
            {
                return Self::Full;
            }
            cause = now.source();
        }
        failed(fault)
    }
}

fn failed(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StorageFault {
    StorageFault::Failed(cause.into())
}

/// Where a key lies. Whatever is not a key of ours is simply not there, so no text of a user becomes a path.
fn place(key: &str) -> Result<Path, StorageFault> {
    let ours = key.len() == KEY && key.bytes().all(|sign| ALPHABET.contains(&sign));
    if !ours {
        return Err(StorageFault::NotFound);
    }
    Ok(Path::from_iter([&key[..2], key]))
}

#[cfg(unix)]
fn private_folder(path: &FilePath) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn private_folder(path: &FilePath) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Unfinished files lie beside their place, with `#` and a number behind the key.
fn clear_folder(folder: &FilePath, before: Moment) -> std::io::Result<usize> {
    let mut cleared = 0;
    for shelf in std::fs::read_dir(folder)? {
        let shelf = shelf?;
        if !shelf.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(shelf.path())? {
            let file = file?;
            let name = file.file_name();
            let unfinished =
                name.to_str().and_then(|name| name.split_once('#')).is_some_and(|(key, _)| place(key).is_ok());
            let touched = |file: &std::fs::DirEntry| -> Option<i64> {
                let since = file.metadata().ok()?.modified().ok()?.duration_since(UNIX_EPOCH);
                i64::try_from(since.ok()?.as_micros()).ok()
            };
            if unfinished && touched(&file).is_some_and(|at| at < before.0) {
                std::fs::remove_file(file.path())?;
                cleared += 1;
            }
        }
    }
    Ok(cleared)
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
