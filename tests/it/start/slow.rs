//! Many browsers that send their forms very slowly keep nobody else waiting (CS5).

use std::time::{Duration, Instant};

use easylink::base::process;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::faults::child::Estate;
use crate::support::given::loopback;
use crate::support::portal::Portal;

/// More than the usual limit of open files.
const SLOW: usize = 1080;

/// Which database serves makes no difference: no form arrives.
#[tokio::test]
async fn a_thousand_slow_forms_leave_the_portal_alive() {
    // The other ends are open in this process.
    assert!(process::raise_open_files() > 2 * SLOW as u64, "raise the limit of open files: ulimit -Hn");
    let portal = Portal::sqlite().await;
    let estate = Estate::of(&portal);
    let serving = estate.serves_under("ulimit -S -n 1024").await;
    let host = serving.base.trim_start_matches("http://").to_string();
    let begun = format!(
        "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 1000\r\n\r\ntoken="
    );
    let mut open = Vec::new();
    for _ in 0..SLOW {
        let mut wire = TcpStream::connect(&host).await.unwrap();
        wire.write_all(begun.as_bytes()).await.unwrap();
        open.push(wire);
    }
    for path in ["/healthz", "/readyz", "/login"] {
        let asked = Instant::now();
        let answer = loopback().get(format!("{}{path}", serving.base)).timeout(Duration::from_secs(5)).send().await;
        assert_eq!(answer.unwrap().status(), 200, "{path}");
        eprintln!("{path} beside {SLOW} slow forms: {} ms", asked.elapsed().as_millis());
    }
    // They are still being waited for: the answers came beside them, not after them.
    for wire in &open {
        let waits = wire.try_read(&mut [0]).map_err(|fault| fault.kind());
        assert_eq!(waits, Err(std::io::ErrorKind::WouldBlock));
    }
    serving.dies();
}
