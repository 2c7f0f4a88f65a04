//! QR codes, drawn on the server as one path of an SVG picture.

use std::fmt::Write;

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;

/// Around the squares of a QR code, in squares (ISO/IEC 18004).
const QUIET: usize = 4;

/// How much of a code may be damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// 15 %: level M.
    Medium,
    /// 25 %: level Q.
    Quartile,
}

/// A QR code as one path of an SVG picture with a view box of `size` squares.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Squares along a side, the quiet border included.
    pub size: usize,
    /// The dark squares, run by run.
    pub path: String,
}

impl Picture {
    /// Draws what a text says; none when it is too long for any code.
    pub fn of(text: &str, correction: Correction) -> Option<Self> {
        let level = match correction {
            Correction::Medium => ECL::M,
            Correction::Quartile => ECL::Q,
        };
        let code = QRBuilder::new(text).ecl(level).build().ok()?;
        let mut path = String::new();
        for row in 0..code.size {
            let mut column = 0;
            while column < code.size {
                let from = column;
                while column < code.size && code[row][column].value() {
                    column += 1;
                }
                if column > from {
                    let wide = column - from;
                    let (x, y) = (from + QUIET, row + QUIET);
                    let _ = write!(path, "M{x} {y}h{wide}v1h-{wide}z");
                }
                column += 1;
            }
        }
        Some(Self { size: code.size + 2 * QUIET, path })
    }
}
