//! A wire between the portal and a server, which can be cut.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// What happens to connections.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Mode {
    #[default]
    Through,
    /// They are closed at once.
    Cut,
    /// They stand, and nobody ever answers.
    Silent,
}

#[derive(Default)]
struct State {
    mode: Mode,
    open: Vec<TcpStream>,
    /// How many connections met silence.
    silent: watch::Sender<usize>,
}

/// A wire on loopback. Its port stays its own while it is cut.
pub struct Wire {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Wire {
    /// A wire to this server.
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let wire = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        let state = Arc::clone(&wire.state);
        // It listens until the process ends: tests are short.
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                connect(near, server, &mut state.lock().unwrap());
            }
        });
        wire
    }

    /// Cuts every connection, and those to come.
    pub fn cut(&self) {
        self.set(Mode::Cut);
    }

    /// Cuts every connection; new ones meet a server that says nothing.
    pub fn silence(&self) {
        self.set(Mode::Silent);
    }

    /// Works again; connections that met silence are cut.
    pub fn mend(&self) {
        self.set(Mode::Through);
    }

    /// How many connections met silence.
    pub fn silenced(&self) -> usize {
        *self.state.lock().unwrap().silent.borrow()
    }

    /// Waits until more connections than these have met silence, up to ten seconds.
    pub async fn silences_more_than(&self, met: usize) {
        let mut silent = self.state.lock().unwrap().silent.subscribe();
        let more = silent.wait_for(|count| *count > met);
        timeout(Duration::from_secs(10), more).await.expect("nobody came to the silent wire").unwrap();
    }

    fn set(&self, mode: Mode) {
        let mut state = self.state.lock().unwrap();
        state.mode = mode;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if let Ok(mut state) = self.state.lock() {
            state.open.clear();
        }
    }
}

fn connect(near: TcpStream, server: SocketAddr, state: &mut State) {
    match state.mode {
        Mode::Cut => drop(near),
        Mode::Silent => {
            state.silent.send_modify(|count| *count += 1);
            state.open.push(near);
        }
        Mode::Through => {
            let Ok(far) = TcpStream::connect(server) else { return };
            for (from, to) in [(&near, &far), (&far, &near)] {
                let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                thread::spawn(move || pass(from, to));
            }
            state.open.extend([near, far]);
        }
    }
}

/// Passes bytes on until either side is gone, then closes both.
fn pass(mut from: TcpStream, mut to: TcpStream) {
    let _ = to.set_nodelay(true);
    let mut bytes = [0; 16 * 1024];
    while let Ok(count) = from.read(&mut bytes) {
        if count == 0 || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
