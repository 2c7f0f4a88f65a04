//! Faces in a picture (B2): whether a face photo shows one face, large and sharp enough. Offline, nothing leaves the
//! machine, and no face is ever compared with another.
//!
//! Slow: call it in the darkroom (`storage::Darkroom`). The model is read when the first picture is judged and stays.

pub mod drawing;
mod features;
mod finder;
mod model;

use image::{DynamicImage, GrayImage, imageops};

/// Longest side of what is searched, in pixels; larger pictures are made smaller first.
const SEARCHED: u32 = 640;

/// A face this part of the picture's shorter side is looked for; smaller ones are background.
const SMALLEST: u32 = 8;

/// A face must have this part of the picture's shorter side.
const LARGE: u32 = 5;

/// Least width of a face in pixels of the picture that came in: below, a reviewer sees too little.
const LEAST_WIDTH: u32 = 100;

/// Least score of a face, as the finder adds it up.
const LEAST_SCORE: f64 = 2.0;

/// Width to which a face is made smaller before its sharpness is measured, in pixels.
const MEASURED: u32 = 120;

/// Least sharpness: see [`sharpness`].
const LEAST_SHARPNESS: f64 = 0.01;

/// A face in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// Pixels from the left; the face may hang over the edge.
    pub x: i32,
    /// Pixels from the top; the face may hang over the edge.
    pub y: i32,
    /// In pixels, from ear to ear.
    pub width: u32,
    /// In pixels, from the brows to the chin and some.
    pub height: u32,
    /// How sure the finder is; a clear face has 10 and more.
    pub score: f64,
}

/// Why a picture is no face photo: a question to the person who took it, never a verdict about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FaceFault {
    /// No face was found.
    #[error("no face was found")]
    None,
    /// More than one.
    #[error("more than one face was found")]
    Several,
    /// The face is a small part of the picture, or has too few pixels.
    #[error("the face is too small")]
    TooSmall,
    /// The face is out of focus or was moved.
    #[error("the face is blurred")]
    Blurred,
}

/// The faces of a picture, the surest first. Nothing smaller than an eighth of its shorter side, or than forty pixels.
pub fn find(gray: &GrayImage) -> Vec<Face> {
    let Some(model) = model::model() else { return Vec::new() };
    let scale = f64::max(1.0, f64::from(gray.width().max(gray.height())) / f64::from(SEARCHED));
    let searched = smaller(gray, scale);
    let (width, height) = searched.dimensions();
    let size = |side: u32| usize::try_from(side).unwrap_or(0);
    let picture = finder::Gray { width: size(width), height: size(height), pixels: searched.into_raw() };
    let smallest = size(width.min(height) / SMALLEST).max(features::WINDOW);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a picture")]
    let mut faces: Vec<Face> = finder::find(model, &picture, smallest)
        .into_iter()
        .filter(|window| window.score >= LEAST_SCORE)
        .map(|window| Face {
            x: (f64::from(window.x) * scale).round() as i32,
            y: (f64::from(window.y) * scale).round() as i32,
            width: (f64::from(window.width) * scale).round() as u32,
            height: (f64::from(window.height) * scale).round() as u32,
            score: window.score,
        })
        .collect();
    faces.sort_by(|one, other| other.score.total_cmp(&one.score));
    faces
}

/// A picture this many times smaller; as it is for one.
fn smaller(gray: &GrayImage, times: f64) -> GrayImage {
    if times <= 1.0 {
        return gray.clone();
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "smaller than it was")]
    let side = |side: u32| ((f64::from(side) / times).round() as u32).max(1);
    imageops::thumbnail(gray, side(gray.width()), side(gray.height()))
}

/// Whether a picture shows one face that is large and sharp enough. Takes what the darkroom has decoded.
///
/// How bright a face is is not judged: a dark picture cannot be told from dark skin by it.
pub fn judge(picture: &DynamicImage) -> Result<(), FaceFault> {
    let gray = picture.to_luma8();
    let faces = find(&gray);
    let face = match faces[..] {
        [] => return Err(FaceFault::None),
        [face] => face,
        _ => return Err(FaceFault::Several),
    };
    if face.width < LEAST_WIDTH || face.width < gray.width().min(gray.height()) / LARGE {
        return Err(FaceFault::TooSmall);
    }
    if sharpness(&gray, face) < LEAST_SHARPNESS { Err(FaceFault::Blurred) } else { Ok(()) }
}

/// Variance of the Laplacian of a face of [`MEASURED`] pixels, as part of the variance of its pixels: the same for light
/// and dark skin, and for much light and little.
fn sharpness(gray: &GrayImage, face: Face) -> f64 {
    let from = |place: i32| u32::try_from(place).unwrap_or(0);
    let over = |place: i32, size: u32| size.saturating_sub(place.min(0).unsigned_abs());
    let (width, height) = (over(face.x, face.width), over(face.y, face.height));
    let cut = imageops::crop_imm(gray, from(face.x), from(face.y), width, height).to_image();
    let cut = smaller(&cut, f64::from(face.width) / f64::from(MEASURED));
    let at = |x: u32, y: u32| f64::from(cut.get_pixel(x, y).0[0]);
    let inner =
        || (1..cut.height().saturating_sub(1)).flat_map(|y| (1..cut.width().saturating_sub(1)).map(move |x| (x, y)));
    let edges = inner().map(|(x, y)| at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y));
    let contrast = variance(inner().map(|(x, y)| at(x, y)));
    if contrast > 0.0 { variance(edges) / contrast } else { 0.0 }
}

fn variance(values: impl Iterator<Item = f64>) -> f64 {
    let (number, sum, squares) = values
        .fold((0.0, 0.0, 0.0), |(number, sum, squares), value| (number + 1.0, sum + value, squares + value * value));
    if number == 0.0 { 0.0 } else { squares / number - (sum / number) * (sum / number) }
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::drawing::drawn;
    use super::*;

    fn shown(faces: &[(f32, f32, f32)]) -> DynamicImage {
        drawn(360, 480, faces).into()
    }

    const PORTRAIT: (f32, f32, f32) = (180.0, 230.0, 160.0);

    #[test]
    fn one_face_is_taken_wherever_it_is() {
        for face in [PORTRAIT, (120.0, 180.0, 120.0), (250.0, 300.0, 130.0), (180.0, 250.0, 260.0)] {
            let picture = shown(&[face]);
            assert_eq!(judge(&picture), Ok(()), "{face:?}");
            let found = find(&picture.to_luma8())[0];
            let middle =
                (f64::from(found.x) + f64::from(found.width) / 2.0, f64::from(found.y) + f64::from(found.height) / 2.0);
            let (left, top) = (middle.0 - f64::from(face.0), middle.1 - f64::from(face.1));
            assert!(left.hypot(top) < f64::from(face.2) / 4.0, "{face:?} was found at {found:?}");
            assert!((0.8..1.3).contains(&(f64::from(found.width) / f64::from(face.2))), "{face:?} as {found:?}");
        }
    }

    #[test]
    fn large_pictures_light_and_dark_ones_are_judged_the_same() {
        let picture = shown(&[PORTRAIT]);
        let large = picture.resize(1440, 1920, imageops::FilterType::CatmullRom);
        assert!(find(&large.to_luma8())[0].width > 4 * 120);
        for picture in
            [picture.brighten(-70), picture.brighten(25), picture.adjust_contrast(-50.0), picture.grayscale()]
        {
            assert_eq!(judge(&picture), Ok(()));
        }
    }

    #[test]
    fn what_is_no_face_is_none() {
        let rings = GrayImage::from_fn(320, 320, |x, y| {
            let far = (f64::from(x) - 160.0).hypot(f64::from(y) - 160.0);
            Luma([if far % 40.0 < 20.0 { 220 } else { 40 }])
        });
        for picture in [shown(&[]), rings.into(), shown(&[PORTRAIT]).rotate90(), shown(&[PORTRAIT]).rotate180()] {
            assert_eq!(judge(&picture), Err(FaceFault::None));
        }
    }

    #[test]
    fn two_faces_are_several() {
        let picture: DynamicImage = drawn(480, 320, &[(130.0, 160.0, 110.0), (350.0, 160.0, 110.0)]).into();
        assert_eq!(judge(&picture), Err(FaceFault::Several));
    }

    #[test]
    fn a_face_that_shows_too_little_is_too_small() {
        assert_eq!(judge(&shown(&[(180.0, 230.0, 80.0)])), Err(FaceFault::TooSmall));
        // Enough pixels, but the picture is of something else.
        let far = shown(&[(180.0, 230.0, 62.0)]).resize(900, 1200, imageops::FilterType::CatmullRom);
        assert!(find(&far.to_luma8())[0].width > LEAST_WIDTH);
        assert_eq!(judge(&far), Err(FaceFault::TooSmall));
    }

    #[test]
    fn a_face_out_of_focus_is_blurred() {
        let picture = shown(&[PORTRAIT]);
        assert_eq!(judge(&picture.fast_blur(1.0)), Ok(()));
        assert_eq!(judge(&picture.fast_blur(5.0)), Err(FaceFault::Blurred));
        assert_eq!(judge(&picture.brighten(-70).fast_blur(5.0)), Err(FaceFault::Blurred));
    }

    #[test]
    fn no_picture_is_too_strange() {
        for (width, height) in [(1, 1), (1, 3000), (3000, 1), (39, 39), (40, 40), (41, 640), (700, 45)] {
            let speckled = GrayImage::from_fn(width, height, |x, y| Luma([((x * 37) ^ (y * 101)).to_le_bytes()[0]]));
            let _ = judge(&speckled.into());
        }
        // Faces that hang over each edge and corner.
        for (x, y) in
            [(0.0, 0.0), (100.0, 0.0), (200.0, 0.0), (0.0, 100.0), (200.0, 100.0), (0.0, 200.0), (200.0, 200.0)]
        {
            let _ = judge(&drawn(200, 200, &[(x, y, 120.0)]).into());
        }
    }
}
