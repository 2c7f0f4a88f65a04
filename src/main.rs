//! `easylink`: parses the command line and calls one function of `app`.

use std::process::ExitCode;

fn main() -> ExitCode {
    easylink::app::cli::run()
}
