//! A `PostgreSQL` server for one run, with its own defaults (so it waits for the disk), reached over its socket.

use std::fs::{DirBuilder, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use crate::Outcome;

/// A running server. Dropping it stops it.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
}

impl Postgres {
    /// Starts the newest server that is installed, inside `folder`; `None` when there is none.
    pub fn start(folder: &Path) -> Outcome<Option<Self>> {
        let Some(programs) = newest() else { return Ok(None) };
        let folder = folder.join("postgresql");
        DirBuilder::new().create(&folder)?;
        if is_root() {
            // PostgreSQL refuses to run as root and gets an account of its own, which must be able to come here.
            let way = folder.parent().unwrap_or(&folder);
            std::fs::set_permissions(way, Permissions::from_mode(0o711))?;
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let server = Self { programs, folder };
        let data = server.folder.join("data");
        let account = ["-U", "easylink", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"];
        run(server.command("initdb").arg("-D").arg(&data).args(account))?;
        let options = format!("-c listen_addresses= -k {}", server.folder.display());
        let log = server.folder.join("log");
        run(server.command("pg_ctl").args(["start", "-w", "-D"]).arg(&data).arg("-l").arg(log).args(["-o", &options]))?;
        Ok(Some(server))
    }

    /// Makes an empty database and tells its address.
    pub fn database(&self, name: &str) -> Outcome<String> {
        let address = |name: &str| format!("postgres://easylink@/{name}?host={}", self.folder.display());
        PgConnection::establish(&address("postgres"))?.batch_execute(&format!("create database {name}"))?;
        Ok(address(name))
    }

    /// The version, such as `17.2`.
    pub fn version(&self) -> Outcome<String> {
        let said = Command::new(self.programs.join("postgres")).arg("--version").output()?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        Ok(said
            .split_whitespace()
            .find(|word| word.starts_with(|sign: char| sign.is_ascii_digit()))
            .unwrap_or("")
            .into())
    }

    fn command(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let _ = run(self.command("pg_ctl").args(["stop", "-m", "immediate", "-D"]).arg(data));
    }
}

fn newest() -> Option<PathBuf> {
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path());
    let newest =
        versions.filter(|path| path.join("bin/postgres").exists()).max_by_key(|path| version(path).unwrap_or(0_u32))?;
    Some(newest.join("bin"))
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn run(command: &mut Command) -> Outcome<()> {
    let done = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).status()?;
    if done.success() { Ok(()) } else { Err(format!("{}: {done}", command.get_program().display()).into()) }
}
