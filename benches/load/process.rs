//! The servers under load as child processes, and what the kernel says of them.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::wire;

/// Linux counts CPU time for programs in hundredths of a second (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server. Dropping it ends it.
pub struct Server {
    pub address: SocketAddr,
    /// From the start of the process to its first answer with status 200.
    pub start_up: Duration,
    child: Child,
}

impl Server {
    /// The portal in a folder of its own, with no setting but these; its log goes to a file there, as in service.
    pub fn portal(program: &Path, folder: &Path, database: &str) -> Outcome<Self> {
        let address = free_address()?;
        let mut command = portal_command(program, folder, database, address)?;
        Self::start(command.arg("serve"), address, "/")
    }

    /// The bare server: this program once more.
    pub fn hello() -> Outcome<Self> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--hello", &address.to_string()]).stdin(Stdio::null());
        Self::start(&mut command, address, "/")
    }

    fn start(command: &mut Command, address: SocketAddr, path: &str) -> Outcome<Self> {
        let request = wire::request(address, "GET", path, "", None, None);
        let started = Instant::now();
        let child = command.spawn()?;
        let mut server = Self { address, start_up: Duration::ZERO, child };
        while started.elapsed() < PATIENCE {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("a server ended at its start: {status}").into());
            }
            if let Ok(bytes) = wire::exchange(address, &request) {
                let status = wire::answer(&bytes)?.map_or(0, |answer| answer.status);
                if status == 200 {
                    server.start_up = started.elapsed();
                    return Ok(server);
                }
                return Err(format!("a server's first answer has status {status}").into());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err("a server did not answer".into())
    }

    /// CPU time used so far, by the program and for it in the kernel.
    pub fn cpu(&self) -> Outcome<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program, in brackets, may hold anything; fields 14 and 15 are counted from behind it.
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
        Ok(TICK * (ticks(11) + ticks(12)))
    }

    /// Memory held now, MiB (`VmRSS`).
    pub fn memory(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = wire::between(&status, "VmRSS:", "kB").and_then(|text| text.trim().parse::<f64>().ok());
        Ok(kib.ok_or("no VmRSS in /proc")? / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let asked = Instant::now();
        while asked.elapsed() < Duration::from_secs(5) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Brings a database up to date with the portal's own command.
pub fn migrate(program: &Path, folder: &Path, database: &str) -> Outcome<()> {
    let status = portal_command(program, folder, database, free_address()?)?.arg("migrate").status()?;
    if status.success() { Ok(()) } else { Err(format!("easylink migrate: {status}").into()) }
}

fn portal_command(program: &Path, folder: &Path, database: &str, listen: SocketAddr) -> Outcome<Command> {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log"))?;
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("EASYLINK_LISTEN", listen.to_string())
        .env("EASYLINK_DATA_DIR", folder)
        .env("DATABASE_URL", database)
        .env("EASYLINK_TRUSTED_PROXIES", "127.0.0.1")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    Ok(command)
}

fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}
