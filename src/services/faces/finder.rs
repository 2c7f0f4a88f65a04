//! The funnel-structured cascade of the `SeetaFace` Engine (Wu, Kan, He, Shan, Chen: "Funnel-structured cascade for
//! multi-view face detection with alignment awareness"), written anew without unsafe code: a window that a net has moved
//! out of the picture ends there. Algorithm and model: copyright 2016 VIPL group, Institute of Computing Technology,
//! Chinese Academy of Sciences; BSD 2-Clause, `seeta_fd_frontal_v1.0.LICENSE`.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "places and sizes of a small picture, reckoned as the model was trained"
)]

use super::features::{Gradients, Patch, Patterns, VALUES, WINDOW, patches};
use super::model::{Branch, Close, Layer, Model, Quick};

/// Pixels between two windows of a quick look.
const STEP: usize = 4;

/// From one size of windows to the next.
const SHRINK: f32 = 0.8;

/// Patterns that are counted between two looks at the sum.
const GROUP: usize = 10;

/// A window with less contrast shows nothing.
const FLAT: f64 = 10.0;

/// Two windows that share more than this are one while the cascade runs, and at its end.
const SAME: f32 = 0.8;
const SAME_FACE: f32 = 0.3;

/// A picture in gray, one byte a pixel, row by row.
pub(super) struct Gray {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

impl Gray {
    fn at(&self, x: i64, y: i64) -> f64 {
        let inside = (0..self.width as i64).contains(&x) && (0..self.height as i64).contains(&y);
        if inside { f64::from(self.pixels[y as usize * self.width + x as usize]) } else { 0.0 }
    }

    /// The part of the picture under `window`, black outside, in another size.
    fn resized(&self, window: Window, width: usize, height: usize) -> Vec<u8> {
        let (across, down) = (f64::from(window.width) / width as f64, f64::from(window.height) / height as f64);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = (across * x as f64, down * y as f64);
                let left = (from_x as i64).min(i64::from(window.width) - 2);
                let top = (from_y as i64).min(i64::from(window.height) - 2);
                let (right, below) = (from_x - left as f64, from_y - top as f64);
                let (left, top) = (left + i64::from(window.x), top + i64::from(window.y));
                let upper = (1.0 - right) * self.at(left, top) + right * self.at(left + 1, top);
                let lower = (1.0 - right) * self.at(left, top + 1) + right * self.at(left + 1, top + 1);
                pixels.push(((1.0 - below) * upper + below * lower) as u8);
            }
        }
        pixels
    }
}

/// A place where a face may be, in pixels of the picture; it may hang over the edges.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
    pub score: f64,
}

impl Window {
    /// Whether something of the picture lies under it, and it is large enough to be resized.
    fn sees(&self, gray: &Gray) -> bool {
        let within =
            |from: i32, size: i32, whole: usize| from.saturating_add(size) > 0 && i64::from(from) < whole as i64;
        self.width >= 2
            && self.width as usize <= 4 * gray.width.max(gray.height)
            && within(self.x, self.width, gray.width)
            && within(self.y, self.height, gray.height)
    }

    /// Shared area by area together.
    fn shared(&self, other: &Self) -> f32 {
        let across = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let down = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        if across <= 0 || down <= 0 {
            return 0.0;
        }
        let area = |width: i32, height: i32| i64::from(width) * i64::from(height);
        let both = area(across, down);
        both as f32 / (area(self.width, self.height) + area(other.width, other.height) - both) as f32
    }
}

/// Finds faces no smaller than `smallest` pixels, which is at least the model's window.
pub(super) fn find(model: &Model, gray: &Gray, smallest: usize) -> Vec<Window> {
    let pool = patches();
    let mut found = quick_look(model, gray, smallest);
    for (number, level) in model.levels.iter().enumerate() {
        let last = number + 1 == model.levels.len();
        let mut kept = Vec::new();
        for branch in level {
            let place = branch.sources[0];
            let windows = branch.sources.iter().flat_map(|&source| found[source].clone()).collect();
            let windows = close_look(branch, windows, gray, &pool, last, |merged| found[place] = merged);
            kept.push(windows);
        }
        for (place, windows) in kept.into_iter().enumerate() {
            found[place] = windows;
        }
    }
    found.into_iter().next().unwrap_or_default()
}

/// Windows of every size and place that the quick looks let pass, one list for each of them.
fn quick_look(model: &Model, gray: &Gray, smallest: usize) -> Vec<Vec<Window>> {
    let whole = Window { x: 0, y: 0, width: gray.width as i32, height: gray.height as i32, score: 0.0 };
    let mut found = vec![Vec::new(); model.quick.len()];
    let mut scale = (WINDOW as f32 / smallest as f32).min(1.0);
    loop {
        let (width, height) = ((gray.width as f32 * scale) as usize, (gray.height as f32 * scale) as usize);
        if width.min(height) < WINDOW {
            break;
        }
        let patterns = Patterns::of(&Gray { width, height, pixels: gray.resized(whole, width, height) });
        let side = (WINDOW as f32 / scale + 0.5) as i32;
        for y in (0..=height - WINDOW).step_by(STEP) {
            for x in (0..=width - WINDOW).step_by(STEP) {
                for (quick, list) in model.quick.iter().zip(&mut found) {
                    if let Some(score) = quick.passes(&patterns, x, y) {
                        let place = |at: usize| (at as f32 / scale + 0.5) as i32;
                        list.push(Window { x: place(x), y: place(y), width: side, height: side, score });
                    }
                }
            }
        }
        scale *= SHRINK;
    }
    found.into_iter().map(|list| merged(list, SAME)).collect()
}

impl Quick {
    fn passes(&self, patterns: &Patterns, x: usize, y: usize) -> Option<f64> {
        let mut score = 0.0;
        for ((places, weights), thresholds) in
            self.places.chunks(GROUP).zip(self.weights.chunks(GROUP)).zip(self.thresholds.chunks(GROUP))
        {
            for ((right, below), weights) in places.iter().zip(weights) {
                score += weights[patterns.at(x + right, y + below)];
            }
            if thresholds.last().is_some_and(|least| score < *least) {
                return None;
            }
        }
        (patterns.deviation(x, y) > FLAT).then_some(f64::from(score))
    }
}

/// The windows that every net of a branch lets pass, moved to where it sees the face. `merge` is told the windows after
/// each merging: later branches of the same level take them from there.
fn close_look(
    branch: &Branch,
    mut windows: Vec<Window>,
    gray: &Gray,
    pool: &[Patch],
    last: bool,
    mut merge: impl FnMut(Vec<Window>),
) -> Vec<Window> {
    for (stage, net) in branch.nets.iter().enumerate() {
        windows = windows.into_iter().filter_map(|window| net.moved(window, gray, pool)).collect();
        let same = if stage + 1 < branch.nets.len() { SAME } else { SAME_FACE };
        if stage + 1 < branch.nets.len() || last {
            windows = merged(windows, same);
            merge(windows.clone());
        }
    }
    windows
}

impl Close {
    /// The window where the net sees the face, if it does.
    fn moved(&self, mut window: Window, gray: &Gray, pool: &[Patch]) -> Option<Window> {
        if !window.sees(gray) {
            return None;
        }
        let gradients = Gradients::of(&gray.resized(window, WINDOW, WINDOW));
        let mut values = Vec::with_capacity(self.features.len() * VALUES);
        for patch in self.features.iter().filter_map(|&feature| pool.get(feature)) {
            gradients.append(*patch, &mut values);
        }
        let output = self.layers.len() - 1;
        for (number, layer) in self.layers.iter().enumerate() {
            values = layer.outputs(&values, if number == output { sigmoid } else { relu });
        }
        let [score, across, down, growth, ..] = values[..] else { return None };
        if score <= self.threshold {
            return None;
        }
        window.x = window.x.max(0);
        window.y = window.y.max(0);
        let (x, y, side, height) = (window.x as f32, window.y as f32, window.width as f32, window.height as f32);
        let new = ((growth * 2.0 - 1.0) * side + side + 0.5).floor();
        Some(Window {
            x: ((across * 2.0 - 1.0) * side + x + (side - new) * 0.5 + 0.5).floor() as i32,
            y: ((down * 2.0 - 1.0) * height + y + (height - new) * 0.5 + 0.5).floor() as i32,
            width: new as i32,
            height: new as i32,
            score: f64::from(score),
        })
    }
}

impl Layer {
    fn outputs(&self, inputs: &[f32], bend: fn(f32) -> f32) -> Vec<f32> {
        let sum = |row: &Vec<f32>| row.iter().zip(inputs).map(|(weight, input)| weight * input).sum::<f32>();
        self.rows.iter().zip(&self.biases).map(|(row, bias)| bend(sum(row) + bias)).collect()
    }
}

fn relu(value: f32) -> f32 {
    value.max(0.0)
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

/// The best of the windows that are the same, with the scores of all of them.
fn merged(mut windows: Vec<Window>, same: f32) -> Vec<Window> {
    windows.sort_by(|one, other| other.score.total_cmp(&one.score));
    let mut taken = vec![false; windows.len()];
    let mut kept = Vec::new();
    for at in 0..windows.len() {
        if taken[at] {
            continue;
        }
        let mut best = windows[at];
        for other in at + 1..windows.len() {
            if !taken[other] && windows[at].shared(&windows[other]) > same {
                taken[other] = true;
                best.score += windows[other].score;
            }
        }
        kept.push(best);
    }
    kept
}
