//! A face that is nobody's, drawn: for tests and for the demo company, which must show no real person.

use image::{Rgb, RgbImage};

type Colour = [f32; 3];

const WALL: Colour = [198.0, 206.0, 214.0];
const COAT: Colour = [52.0, 70.0, 96.0];
const HAIR: Colour = [38.0, 30.0, 28.0];
const SKIN: Colour = [226.0, 188.0, 164.0];
const SHADE: Colour = [126.0, 84.0, 70.0];
const LIGHT: Colour = [250.0, 224.0, 206.0];
const WHITE: Colour = [236.0, 232.0, 228.0];
const LIPS: Colour = [158.0, 84.0, 80.0];
const DARK: Colour = [30.0, 20.0, 20.0];

/// An ellipse: middle, half axes (in half widths of the face, downwards), colour, opacity, and how much of it fades out.
struct Stroke(f32, f32, f32, f32, Colour, f32, f32);

/// From the back to the front. What has a left has a right.
const STROKES: [(Stroke, bool); 27] = [
    (Stroke(0.0, -0.3, 1.14, 1.22, HAIR, 1.0, 0.03), false),
    (Stroke(0.0, 1.35, 0.54, 0.95, SHADE, 1.0, 0.03), false),
    (Stroke(0.0, 1.55, 0.52, 0.8, SKIN, 0.8, 0.3), false),
    (Stroke(0.0, 3.35, 2.3, 1.6, COAT, 1.0, 0.02), false),
    (Stroke(1.02, 0.05, 0.14, 0.28, SHADE, 1.0, 0.08), true),
    (Stroke(0.0, 0.0, 1.0, 1.32, SHADE, 1.0, 0.03), false),
    (Stroke(0.0, -0.02, 1.0, 1.32, SKIN, 1.0, 0.3), false),
    // Forehead, cheeks and chin catch the light.
    (Stroke(0.0, -0.55, 0.62, 0.3, LIGHT, 0.55, 0.9), false),
    (Stroke(0.52, 0.28, 0.3, 0.26, LIGHT, 0.6, 0.9), true),
    (Stroke(0.0, 1.02, 0.28, 0.16, LIGHT, 0.4, 0.9), false),
    (Stroke(0.0, -1.14, 0.93, 0.42, HAIR, 1.0, 0.08), false),
    // Eyes.
    (Stroke(0.42, -0.13, 0.34, 0.22, SHADE, 0.6, 0.8), true),
    (Stroke(0.43, -0.36, 0.3, 0.075, HAIR, 0.9, 0.4), true),
    (Stroke(0.42, -0.13, 0.2, 0.085, WHITE, 0.9, 0.2), true),
    (Stroke(0.42, -0.185, 0.23, 0.04, DARK, 0.9, 0.4), true),
    (Stroke(0.42, -0.13, 0.095, 0.095, DARK, 1.0, 0.15), true),
    (Stroke(0.45, -0.16, 0.025, 0.025, WHITE, 1.0, 0.3), true),
    // Nose.
    (Stroke(0.17, 0.1, 0.07, 0.34, SHADE, 0.35, 0.9), true),
    (Stroke(0.0, 0.08, 0.07, 0.36, LIGHT, 0.7, 0.9), false),
    (Stroke(0.0, 0.42, 0.26, 0.1, SHADE, 0.7, 0.8), false),
    (Stroke(0.0, 0.33, 0.11, 0.09, LIGHT, 0.6, 0.9), false),
    (Stroke(0.11, 0.4, 0.06, 0.035, DARK, 0.8, 0.4), true),
    // Mouth.
    (Stroke(0.0, 0.72, 0.38, 0.12, LIPS, 0.9, 0.3), false),
    (Stroke(0.0, 0.7, 0.36, 0.03, DARK, 0.75, 0.5), false),
    (Stroke(0.0, 0.77, 0.18, 0.03, LIGHT, 0.35, 0.9), false),
    (Stroke(0.0, 0.9, 0.26, 0.06, SHADE, 0.5, 0.9), false),
    (Stroke(0.0, 0.55, 0.05, 0.08, SHADE, 0.3, 0.9), false),
];

/// A picture with a drawn face for each middle (from the left and the top) and width, all in pixels.
pub fn drawn(width: u32, height: u32, faces: &[(f32, f32, f32)]) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        #[allow(clippy::cast_precision_loss, reason = "pictures are small")]
        let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "colours are 0 to 255")]
        Rgb(faces.iter().fold(WALL, |under, face| paint(under, face, x, y)).map(|value| value as u8))
    })
}

fn paint(mut colour: Colour, &(left, top, width): &(f32, f32, f32), x: f32, y: f32) -> Colour {
    let half = width / 2.0;
    let (x, y) = ((x - left) / half, (y - top) / half);
    for (Stroke(middle, down, across, high, paint, opacity, soft), both) in &STROKES {
        let side = if *both { x.abs() } else { x };
        let far = ((side - middle) / across).hypot((y - down) / high);
        // Nothing is sharper than a pixel.
        let edge = soft.max(1.0 / (half * across.min(*high)));
        let cover = ((1.0 - far) / edge).clamp(0.0, 1.0) * opacity;
        for (value, paint) in colour.iter_mut().zip(paint) {
            *value += (paint - *value) * cover;
        }
    }
    colour
}
