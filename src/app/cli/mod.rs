//! The command line. Every command opens the same house that `serve` does, so rules hold here as in the pages.

mod demo;
mod doctor;
mod keys;
mod ledger;
mod migrate;
mod serve;
mod staff;
mod statement;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::base::config::{Config, settings_in};
use crate::base::crypto::Keys;
use crate::base::process;
use crate::base::types::Moment;
use crate::services::context::{Author, AuthorKind, Context};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The customer portal of a cloud-services company.
#[derive(Parser)]
#[command(name = "easylink", version)]
struct Line {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the portal (the default).
    Serve {
        /// Fills an empty database with a small, lively company first, and prints its sign-ins.
        #[arg(long)]
        demo: bool,
    },
    /// Brings the database up to date.
    Migrate,
    /// Fills an empty database with a small, lively company and prints its sign-ins.
    Demo {
        /// Prints them as one JSON object: address → password, `totp_secret`, roles.
        #[arg(long)]
        json: bool,
    },
    /// Checks configuration and the reach of every part.
    Doctor {
        /// Lists every route instead: method, path, who is let in, how changes are guarded, most bytes.
        #[arg(long)]
        routes: bool,
    },
    /// The people who work here.
    Staff {
        #[command(subcommand)]
        command: StaffCommand,
    },
    /// The receiving banks' statements.
    Statement {
        #[command(subcommand)]
        command: StatementCommand,
    },
    /// The books.
    Ledger {
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// The key ring.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
}

#[derive(Subcommand)]
enum StaffCommand {
    /// Adds a person and prints the activation link, which works once and for 24 hours.
    Add {
        /// The e-mail address.
        email: String,
        /// A role: support consultant reviewer finance editor privacy auditor admin.
        #[arg(long = "role", value_name = "ROLE", num_args = 1.., required = true)]
        roles: Vec<String>,
    },
    /// Lists everybody: address, state, roles.
    List,
    /// Signs a person out everywhere.
    EndSessions {
        /// The e-mail address.
        email: String,
    },
    /// Locks a person out until unlocked.
    Lock {
        /// The e-mail address.
        email: String,
    },
    /// Lets a locked person in again.
    Unlock {
        /// The e-mail address.
        email: String,
    },
}

#[derive(Subcommand)]
enum StatementCommand {
    /// Imports a file (camt.053, MT940 or CSV): each entry once, however often it comes.
    Import {
        /// The file.
        file: PathBuf,
        /// The number of the receiving account, when the file does not say of which it is.
        #[arg(long)]
        account: Option<String>,
    },
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// Recomputes every balance from the transfers and names what differs.
    Verify,
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Adds a generation; the portal uses it from its next start on, and still opens what older ones sealed.
    Rotate,
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let line = Line::parse();
    process::keep_to_itself();
    let command = line.command.unwrap_or(Command::Serve { demo: false });
    let outcome = config(&command).and_then(|config| match command {
        Command::Serve { demo } => serve::serve(config, demo),
        Command::Migrate => migrate::migrate(&config),
        Command::Demo { json } => demo::demo(config, json),
        Command::Doctor { routes: true } => {
            doctor::routes(&config);
            Ok(())
        }
        Command::Doctor { routes: false } => doctor::check(&config),
        Command::Staff { command } => match command {
            StaffCommand::Add { email, roles } => staff::add(config, &email, &roles),
            StaffCommand::List => staff::list(config),
            StaffCommand::EndSessions { email } => staff::end_sessions(config, &email),
            StaffCommand::Lock { email } => staff::lock(config, &email),
            StaffCommand::Unlock { email } => staff::unlock(config, &email),
        },
        Command::Statement { command: StatementCommand::Import { file, account } } => {
            statement::import(&config, &file, account.as_deref())
        }
        Command::Ledger { command: LedgerCommand::Verify } => ledger::verify(&config),
        Command::Keys { command: KeysCommand::Rotate } => keys::rotate(&config),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("easylink: {fault}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place where the environment enters")]
fn config(command: &Command) -> Result<Config, Box<dyn std::error::Error>> {
    let file = Path::new("easylink.toml");
    let settings = settings_in(std::env::vars_os())?;
    let config = Config::load(settings.into_iter(), file.exists().then_some(file))?;
    // A list of routes is about the program alone: it leaves no folder behind.
    if !matches!(command, Command::Doctor { routes: true }) {
        process::own_folder(&config.data_dir)?;
    }
    Ok(config)
}

/// The circumstances of what an operator does.
fn operator(now: Moment, keys: Arc<Keys>, base_url: Arc<str>) -> Context {
    let author = Author::nobody(AuthorKind::CommandLine);
    Context { now, keys, base_url, network: "local".into(), device: "Command line".into(), author }
}

/// Runs a future on a runtime of its own, for commands that need the database for a moment.
fn wait<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work))
}
