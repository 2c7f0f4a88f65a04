//! What happens when something breaks: the process is killed, the relay or the database is away, a wire is cut.

mod books;
pub mod child;
mod database;
mod imports;
mod killed;
mod relay;
mod uploads;
mod wire;

use std::path::{Path, PathBuf};

/// Every file below a folder.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}
