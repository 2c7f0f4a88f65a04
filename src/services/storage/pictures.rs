//! Pictures, developed anew: decoded within limits and written again, so that only what is seen remains (ASVS 14.2.8).

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{PngDecoder, PngEncoder};
use image::codecs::webp::{WebPDecoder, WebPEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, Limits};
use tokio::sync::oneshot;

use super::sniff::Kind;
use crate::services::faces::{self, FaceFault};

/// Most pixels a picture may have: a telephone's best camera, and some room.
pub const MAX_PIXELS: u64 = 40_000_000;

/// Longest side of a picture in pixels.
pub const MAX_SIDE: u32 = 12_000;

/// Most memory a decoded picture may take, in bytes.
const MAX_MEMORY: u64 = 256 << 20;

/// Quality of a JPEG that is written again.
const QUALITY: u8 = 85;

/// Longest time a caller waits for a picture, the queue included.
const PATIENCE: Duration = Duration::from_secs(20);

/// A picture without anything but its pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file's new bytes.
    pub bytes: Bytes,
    /// Width in pixels, after turning it upright.
    pub width: u32,
    /// Height in pixels, after turning it upright.
    pub height: u32,
    /// The kind of file: the one that came in.
    pub kind: Kind,
}

/// Why a picture was not developed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// The kind is no picture.
    #[error("not a picture")]
    NotAPicture,
    /// More than [`MAX_PIXELS`], a side over [`MAX_SIDE`], or more memory than a picture may take.
    #[error("the picture has too many pixels")]
    TooLarge,
    /// It moves; only still pictures are taken.
    #[error("the picture is animated")]
    Animated,
    /// It cannot be decoded.
    #[error("the picture is damaged")]
    Damaged,
    /// Too many pictures are waiting: answer 503 and ask to try again.
    #[error("the darkroom is full")]
    Full,
    /// It took too long.
    #[error("the picture took too long")]
    TooSlow,
}

/// Decodes a picture and writes it again in its own kind, turned upright, without metadata, profile or trailing bytes.
/// The size is judged from the header before anything is decoded. Slow: call it through a [`Darkroom`].
pub fn reencode(bytes: &[u8], kind: Kind) -> Result<Picture, PictureFault> {
    if !kind.picture() {
        return Err(PictureFault::NotAPicture);
    }
    // Decoders have panicked on hostile files before; a panic must cost this one picture only.
    catch_unwind(AssertUnwindSafe(|| develop(bytes, kind))).unwrap_or(Err(PictureFault::Damaged))
}

fn develop(bytes: &[u8], kind: Kind) -> Result<Picture, PictureFault> {
    let input = Cursor::new(bytes);
    let image = match kind {
        Kind::Jpeg => {
            jpeg_is_whole(bytes)?;
            let mut decoder = JpegDecoder::new(input)?;
            decoder.set_limits(limits())?;
            expose(decoder)?
        }
        Kind::Png => {
            png_fits(bytes)?;
            expose(PngDecoder::with_limits(input, limits())?)?
        }
        _ => {
            webp_fits(bytes)?;
            expose(WebPDecoder::new(input)?)?
        }
    };
    let mut out = Vec::new();
    match kind {
        Kind::Jpeg => image.write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY))?,
        Kind::Png => image.write_with_encoder(PngEncoder::new(&mut out))?,
        _ => image.write_with_encoder(WebPEncoder::new_lossless(&mut out))?,
    }
    Ok(Picture { width: image.width(), height: image.height(), bytes: Bytes::from(out), kind })
}

/// Decodes what the header allows, eight bits a channel, and turns it as the camera was held.
fn expose(mut decoder: impl ImageDecoder) -> Result<DynamicImage, PictureFault> {
    let (width, height) = decoder.dimensions();
    fits(width, height)?;
    if decoder.total_bytes() > MAX_MEMORY {
        return Err(PictureFault::TooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = match DynamicImage::from_decoder(decoder)? {
        DynamicImage::ImageLuma16(deep) => DynamicImage::ImageLuma16(deep).into_luma8().into(),
        DynamicImage::ImageLumaA16(deep) => DynamicImage::ImageLumaA16(deep).into_luma_alpha8().into(),
        DynamicImage::ImageRgb16(deep) => DynamicImage::ImageRgb16(deep).into_rgb8().into(),
        DynamicImage::ImageRgba16(deep) => DynamicImage::ImageRgba16(deep).into_rgba8().into(),
        plain => plain,
    };
    let mut image: DynamicImage = image;
    image.apply_orientation(orientation);
    Ok(image)
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    limits
}

fn fits(width: u32, height: u32) -> Result<(), PictureFault> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        Err(PictureFault::Damaged)
    } else if pixels > MAX_PIXELS || width.max(height) > MAX_SIDE {
        Err(PictureFault::TooLarge)
    } else {
        Ok(())
    }
}

/// Walks the segments of a JPEG file (ITU-T T.81, B.1) to the end of its picture. The decoder fills up with grey what a file that
/// was cut lacks, and nobody would see before a reviewer does that half of a document is missing.
fn jpeg_is_whole(bytes: &[u8]) -> Result<(), PictureFault> {
    let mut at = 2;
    while let Some(&[mark, code]) = bytes.get(at..).and_then(<[u8]>::first_chunk::<2>) {
        match (mark, code) {
            (0xFF, 0xD9) => return Ok(()),
            // Fill bytes, and marks that stand alone.
            (0xFF, 0xFF) => at += 1,
            (0xFF, 0x01 | 0xD0..=0xD8) => at += 2,
            (0xFF, 0x02..) => {
                let length = bytes.get(at + 2..).and_then(<[u8]>::first_chunk::<2>);
                at += 2 + usize::from(u16::from_be_bytes(*length.ok_or(PictureFault::Damaged)?));
            }
            // Coded data, in which only a mark other than a restart ends the scan.
            _ => at += 1,
        }
    }
    Err(PictureFault::Damaged)
}

fn png_fits(bytes: &[u8]) -> Result<(), PictureFault> {
    let side = |at: usize| -> Option<u32> { Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk::<4>()?)) };
    let (Some(width), Some(height)) = (side(16), side(20)) else {
        return Err(PictureFault::Damaged);
    };
    fits(width, height)
}

/// Walks the chunks of a WebP file. Each must lie inside the file, and the picture inside an extended file must have the
/// size of its canvas: the decoder compares only after it has decoded.
fn webp_fits(bytes: &[u8]) -> Result<(), PictureFault> {
    let mut rest = bytes.get(12..).ok_or(PictureFault::Damaged)?;
    let mut canvas = None;
    while let Some((name, tail)) = rest.split_first_chunk::<4>() {
        let Some((size, tail)) = tail.split_first_chunk::<4>() else {
            break;
        };
        let size = usize::try_from(u32::from_le_bytes(*size)).unwrap_or(usize::MAX);
        let Some(data) = tail.get(..size) else {
            return Err(PictureFault::Damaged);
        };
        let sides = match (name, data) {
            (b"VP8X", [flags, ..]) if flags & 2 != 0 => return Err(PictureFault::Animated),
            (b"ANIM" | b"ANMF", _) => return Err(PictureFault::Animated),
            (b"VP8X", [_, _, _, _, sides @ ..]) if sides.len() >= 6 => Some((
                u32::from_le_bytes([sides[0], sides[1], sides[2], 0]) + 1,
                u32::from_le_bytes([sides[3], sides[4], sides[5], 0]) + 1,
            )),
            (b"VP8 ", [_, _, _, _, _, _, a, b, c, d, ..]) => Some((
                u32::from(u16::from_le_bytes([*a, *b]) & 0x3FFF),
                u32::from(u16::from_le_bytes([*c, *d]) & 0x3FFF),
            )),
            (b"VP8L", [_, a, b, c, d, ..]) => {
                let packed = u32::from_le_bytes([*a, *b, *c, *d]);
                Some(((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1))
            }
            (b"VP8X" | b"VP8 " | b"VP8L", _) => return Err(PictureFault::Damaged),
            _ => None,
        };
        if let Some((width, height)) = sides {
            fits(width, height)?;
            if *canvas.get_or_insert((width, height)) != (width, height) {
                return Err(PictureFault::Damaged);
            }
        }
        // Chunks are padded to an even length.
        rest = tail.get(size + size % 2..).unwrap_or_default();
    }
    canvas.map(|_| ()).ok_or(PictureFault::Damaged)
}

impl From<ImageError> for PictureFault {
    fn from(fault: ImageError) -> Self {
        match fault {
            ImageError::Limits(_) => Self::TooLarge,
            _ => Self::Damaged,
        }
    }
}

/// What a thread does; it looks first whether anybody still waits for it.
type Job = Box<dyn FnOnce() + Send>;

/// The few threads that develop pictures, and the short queue before them: memory and processor stay bounded however
/// many pictures arrive. Each thread may need some 350 MB for the largest picture. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Darkroom {
    jobs: SyncSender<Job>,
}

impl Darkroom {
    /// Starts `threads` threads that take from a queue of `queue` pictures. They end with the last clone.
    pub fn start(threads: usize, queue: usize) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(queue);
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..threads.max(1) {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new().name(format!("darkroom-{number}")).spawn(move || work(&waiting))?;
        }
        Ok(Self { jobs })
    }

    /// Develops a picture (see [`reencode`]); `Full` when the queue is, `TooSlow` after twenty seconds.
    pub async fn develop(&self, bytes: Bytes, kind: Kind) -> Result<Picture, PictureFault> {
        self.run(move || reencode(&bytes, kind)).await
    }

    /// Whether a picture that was developed here shows one face, large and sharp enough.
    pub async fn judge_face(&self, bytes: Bytes) -> Result<Result<(), FaceFault>, PictureFault> {
        self.run(move || Ok(faces::judge(&image::load_from_memory(&bytes)?))).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PictureFault> + Send + 'static,
    ) -> Result<T, PictureFault> {
        let (answer, done) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Whoever asked may have gone away while the picture waited.
            if !answer.is_closed() {
                let _ = answer.send(work());
            }
        });
        match self.jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                return Err(PictureFault::Full);
            }
        }
        match tokio::time::timeout(PATIENCE, done).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(PictureFault::Damaged),
            Err(_) => Err(PictureFault::TooSlow),
        }
    }
}

fn work(waiting: &Mutex<Receiver<Job>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else {
            return;
        };
        // A panic is one picture's failure: its answer is dropped, and the thread goes on.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
#[path = "pictures_tests.rs"]
mod tests;
