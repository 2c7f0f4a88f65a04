//! `easylink demo`.

use super::{Outcome, migrate, wait};
use crate::app::{demo, server};
use crate::base::clock::Clock;
use crate::base::config::Config;

/// Fills an empty database, or finds a filled one, and prints the sign-ins.
pub(super) fn demo(config: Config, json: bool) -> Outcome {
    migrate::bring_up_if_behind(&config, demo::founded(Clock::system().now()))?;
    wait(async {
        let house = server::open(config, Clock::system()).await?;
        demo::fill_or_greet(&house).await.map_err(Into::into)
    })?
    .map_err(|fault: Box<dyn std::error::Error>| fault)?;
    if json {
        println!("{:#}", demo::sign_ins());
    } else {
        print!("{}", demo::greeting());
    }
    Ok(())
}
