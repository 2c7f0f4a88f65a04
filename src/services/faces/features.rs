//! What the cascade sees in a picture: local patterns for the quick look, gradients for the close one.

use super::finder::Gray;

/// Side of the window that the model was trained on, in pixels.
pub(super) const WINDOW: usize = 40;

/// Sums of squares from the upper left corner, to have the sum of any rectangle by four of them.
struct Sums {
    width: usize,
    sums: Vec<u64>,
}

impl Sums {
    fn of(gray: &Gray, value: impl Fn(u8) -> u64) -> Self {
        let width = gray.width + 1;
        let mut sums = vec![0; width * (gray.height + 1)];
        for y in 0..gray.height {
            let mut row = 0;
            for x in 0..gray.width {
                row += value(gray.pixels[y * gray.width + x]);
                sums[(y + 1) * width + x + 1] = sums[y * width + x + 1] + row;
            }
        }
        Self { width, sums }
    }

    fn square(&self, x: usize, y: usize, side: usize) -> u64 {
        let at = |x: usize, y: usize| self.sums[y * self.width + x];
        at(x + side, y + side) + at(x, y) - at(x + side, y) - at(x, y + side)
    }
}

/// Locally assembled binary patterns: how each square of three pixels compares with its eight neighbours.
pub(super) struct Patterns {
    width: usize,
    signs: Vec<u8>,
    values: Sums,
    squares: Sums,
}

impl Patterns {
    /// Neighbours by the bit they set.
    const NEIGHBOURS: [(usize, usize, u8); 8] = [
        (0, 0, 0x80),
        (3, 0, 0x40),
        (6, 0, 0x20),
        (6, 3, 0x08),
        (6, 6, 0x01),
        (3, 6, 0x02),
        (0, 6, 0x04),
        (0, 3, 0x10),
    ];

    /// The patterns of a picture that is no smaller than the window.
    pub fn of(gray: &Gray) -> Self {
        let values = Sums::of(gray, u64::from);
        let squares = Sums::of(gray, |value| u64::from(value) * u64::from(value));
        let (width, height) = (gray.width - 2, gray.height - 2);
        let threes: Vec<u64> =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| values.square(x, y, 3)).collect();
        let mut signs = vec![0; width * height];
        for y in 0..height - 6 {
            for x in 0..width - 6 {
                let middle = threes[(y + 3) * width + x + 3];
                signs[y * width + x] = Self::NEIGHBOURS
                    .iter()
                    .filter(|(right, below, _)| middle >= threes[(y + below) * width + x + right])
                    .fold(0, |all, (_, _, bit)| all | bit);
            }
        }
        Self { width, signs, values, squares }
    }

    /// The pattern at this place.
    pub fn at(&self, x: usize, y: usize) -> usize {
        usize::from(self.signs[y * self.width + x])
    }

    /// Standard deviation of the window at this place: nothing is to be seen in one that is flat.
    #[allow(clippy::cast_precision_loss, reason = "sums of a window are small")]
    pub fn deviation(&self, x: usize, y: usize) -> f64 {
        let area = (WINDOW * WINDOW) as f64;
        let mean = self.values.square(x, y, WINDOW) as f64 / area;
        (self.squares.square(x, y, WINDOW) as f64 / area - mean * mean).sqrt()
    }
}

/// Kinds of gradients that are summed: across and down, signed and not, by the sign of the other.
const CHANNELS: usize = 8;

/// Values of a feature: four cells of each kind.
pub(super) const VALUES: usize = 4 * CHANNELS;

/// Sums of gradients of one window, from its upper left corner.
pub(super) struct Gradients(Vec<[i32; CHANNELS]>);

impl Gradients {
    /// Of a window of [`WINDOW`] times [`WINDOW`] pixels.
    pub fn of(window: &[u8]) -> Self {
        let at = |x: usize, y: usize| i32::from(window[y * WINDOW + x]);
        // At the edges the difference to the one neighbour, twice.
        let slope = |place: usize, at: &dyn Fn(usize) -> i32| match place {
            0 => 2 * (at(1) - at(0)),
            last if last == WINDOW - 1 => 2 * (at(last) - at(last - 1)),
            place => at(place + 1) - at(place - 1),
        };
        let stride = WINDOW + 1;
        let mut sums = vec![[0; CHANNELS]; stride * stride];
        for y in 0..WINDOW {
            let mut row = [0; CHANNELS];
            for x in 0..WINDOW {
                let across = slope(x, &|x| at(x, y));
                let down = slope(y, &|y| at(x, y));
                let first = if down >= 0 { 0 } else { 2 };
                row[first] += across;
                row[first + 1] += across.abs();
                let first = if across >= 0 { 4 } else { 6 };
                row[first] += down;
                row[first + 1] += down.abs();
                let above = sums[y * stride + x + 1];
                for (channel, sum) in sums[(y + 1) * stride + x + 1].iter_mut().enumerate() {
                    *sum = above[channel] + row[channel];
                }
            }
        }
        Self(sums)
    }

    /// Appends the values of a patch, normed to length one.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "as the model was trained")]
    pub fn append(&self, patch: Patch, values: &mut Vec<f32>) {
        let stride = WINDOW + 1;
        let (width, height) = (patch.width / 2, patch.height / 2);
        let mut sums = Vec::with_capacity(VALUES);
        for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let (left, top) = (patch.x + column * width, patch.y + row * height);
            let corner = |x: usize, y: usize| &self.0[y * stride + x];
            let (one, two) = (corner(left, top), corner(left + width, top));
            let (three, four) = (corner(left, top + height), corner(left + width, top + height));
            sums.extend((0..CHANNELS).map(|at| four[at] + one[at] - two[at] - three[at]));
        }
        let length = sums.iter().map(|&sum| f64::from(sum) * f64::from(sum)).sum::<f64>().sqrt() as f32;
        values.extend(sums.iter().map(|&sum| if length > 0.0 { sum as f32 / length } else { 0.0 }));
    }
}

/// A rectangle of the window whose four quarters are compared.
#[derive(Clone, Copy)]
pub(super) struct Patch {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

/// Every patch there is, in the order in which the model counts them.
pub(super) fn patches() -> Vec<Patch> {
    let mut all = Vec::new();
    for (wide, high) in [(1, 1), (1, 2), (2, 1), (2, 3), (3, 2)] {
        for height in (16..=WINDOW).step_by(2).filter(|height| height % high == 0) {
            let width = height / high * wide;
            if width % 2 != 0 || !(16..=WINDOW).contains(&width) {
                continue;
            }
            for y in (0..=WINDOW - height).step_by(16) {
                all.extend((0..=WINDOW - width).step_by(16).map(|x| Patch { x, y, width, height }));
            }
        }
    }
    all
}
