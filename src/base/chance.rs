//! Chance, from the operating system's generator: every key, code, number and reference that nobody may guess.

/// Random bytes.
///
/// Without its generator the process could only hand out secrets that are none, so it stops.
#[allow(clippy::disallowed_methods, reason = "this is the one place that may ask the machine")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        tracing::error!("the operating system gives no random numbers");
        std::process::abort();
    }
    bytes
}

/// A number from 0 up to but not including `n`, each as likely as the others; 0 if `n` is 0.
pub fn below(n: u32) -> u32 {
    below_by(n, || u32::from_be_bytes(bytes()))
}

fn below_by(n: u32, mut draw: impl FnMut() -> u32) -> u32 {
    if n < 2 {
        return 0;
    }
    // The last, incomplete run of `n` numbers would favour the small ones: draw again.
    let limit = u32::MAX - (u32::MAX % n + 1) % n;
    loop {
        let drawn = draw();
        if drawn <= limit {
            return drawn % n;
        }
    }
}

/// A text of `n` decimal digits.
pub fn digits(n: usize) -> String {
    text(n, b"0123456789")
}

/// A text of `n` characters of an ASCII alphabet.
pub fn text(n: usize, alphabet: &[u8]) -> String {
    let size = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
    // The system is asked for eight numbers at a time.
    let mut left: Vec<u32> = Vec::with_capacity(8);
    let mut draw = || {
        if left.is_empty() {
            left.extend(bytes::<32>().chunks_exact(4).map(number));
        }
        left.pop().unwrap_or_default()
    };
    (0..n).filter_map(|_| alphabet.get(below_by(size, &mut draw) as usize)).map(|&sign| char::from(sign)).collect()
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum of squared distances from an even spread (chi-square).
    fn unevenness(counts: &[u32]) -> f64 {
        let even = f64::from(counts.iter().sum::<u32>()) / f64::from(u32::try_from(counts.len()).unwrap());
        counts.iter().map(|&count| (f64::from(count) - even).powi(2) / even).sum()
    }

    #[test]
    fn digits_are_spread_evenly_in_every_place() {
        let mut counts = [[0_u32; 10]; 6];
        for _ in 0..10_000 {
            let code = digits(6);
            assert_eq!(code.len(), 6);
            for (place, digit) in code.chars().enumerate() {
                counts[place][digit.to_digit(10).unwrap() as usize] += 1;
            }
        }
        for place in counts {
            // Nine degrees of freedom: above 45 once in a million runs.
            assert!(unevenness(&place) < 45.0, "{place:?}");
        }
    }

    #[test]
    fn below_reaches_all_and_no_more() {
        let mut counts = [0_u32; 31];
        for _ in 0..31_000 {
            counts[below(31) as usize] += 1;
        }
        // Thirty degrees of freedom: above 85 less than once in a million runs.
        assert!(unevenness(&counts) < 85.0, "{counts:?}");
        assert_eq!((below(0), below(1)), (0, 0));
        assert!((0..100).all(|_| below(u32::MAX) < u32::MAX));
    }

    #[test]
    fn bytes_do_not_repeat() {
        assert_ne!(bytes::<32>(), bytes::<32>());
        assert_eq!(text(5, b""), "");
    }
}
