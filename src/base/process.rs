//! What the process asks of the system at its start, and what it asks of the folders that it finds.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};

/// What others than the owner may do.
const OTHERS: u32 = 0o077;

/// Why a file or folder cannot be used as it is.
#[derive(Debug, thiserror::Error)]
pub enum Wide {
    /// Others may look into the folder.
    #[error(
        "the data folder {0} may be opened by others than its owner (mode {1:04o}): run `chmod 700 {0}`, or name a folder of \
         its own with EASYLINK_DATA_DIR"
    )]
    Folder(String, u32),
    /// Others may read the file, and it cannot be closed to them.
    #[error("{0} may be read by others than its owner (mode {1:04o}), and cannot be closed to them: {2}")]
    File(String, u32, std::io::Error),
    /// It cannot be looked at.
    #[error("{0}: {1}")]
    Unseen(String, std::io::Error),
}

/// From now on whatever the process makes is its owner's alone, whatever the shell that started it said.
pub fn keep_to_itself() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Raises the number of files and connections that may be open to the most that the system allows, and answers it.
pub fn raise_open_files() -> u64 {
    let now = getrlimit(Resource::Nofile);
    // Where it cannot be raised, what there is serves as well.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, maximum: now.maximum });
    open_files()
}

/// How many files and connections may be open at once.
pub fn open_files() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// A folder that exists must be its owner's alone. It may hold things of others, so it is never changed, only refused.
pub fn own_folder(path: &Path) -> Result<(), Wide> {
    match mode(path)? {
        Some(mode) if mode & OTHERS != 0 => Err(Wide::Folder(path.display().to_string(), mode)),
        _ => Ok(()),
    }
}

/// Closes a file of the portal's own, if it exists, to everybody but its owner.
pub fn own_file(path: &Path) -> Result<(), Wide> {
    match mode(path)? {
        Some(mode) if mode & OTHERS != 0 => fs::set_permissions(path, Permissions::from_mode(0o600))
            .map_err(|fault| Wide::File(path.display().to_string(), mode, fault)),
        _ => Ok(()),
    }
}

fn mode(path: &Path) -> Result<Option<u32>, Wide> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(found.permissions().mode() & 0o7777)),
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(Wide::Unseen(path.display().to_string(), fault)),
    }
}
