//! What `tests/run` hands to the tests through the environment.

/// The value `tests/run` exported under this name.
#[allow(clippy::disallowed_methods, reason = "the portal's configuration is no business of the tests' own tools")]
pub fn given(name: &str) -> String {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => panic!(
            "{name} is not set: run the tests through tests/run, which starts PostgreSQL, \
             a browser and the page checker and tells the tests where they are"
        ),
    }
}

/// Whether somebody asked for more than the usual run does.
#[allow(clippy::disallowed_methods, reason = "the portal's configuration is no business of the tests' own tools")]
pub fn asked_for(name: &str) -> bool {
    std::env::var(name).is_ok_and(|value| !value.is_empty())
}

/// The number somebody asked for. Panics when it is none.
#[allow(clippy::disallowed_methods, reason = "the portal's configuration is no business of the tests' own tools")]
pub fn asked_number(name: &str) -> Option<usize> {
    let asked = std::env::var(name).ok().filter(|value| !value.is_empty())?;
    Some(asked.parse().unwrap_or_else(|_| panic!("{name} is no number: {asked}")))
}

/// A client for loopback services, deaf to the machine's proxy settings; the page checker answers none that does not name itself.
pub fn loopback() -> reqwest::Client {
    reqwest::Client::builder().user_agent("easylink-tests").no_proxy().build().unwrap()
}
