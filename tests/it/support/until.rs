//! Waiting for what tells nobody that it has happened: rows, files, another process.

use std::time::{Duration, Instant};

/// Asks again and again until it is so, up to half a minute, because a busy machine is slow; whether it was.
pub async fn until(mut so: impl AsyncFnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        if so().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}
