//! Letters as files.

use std::path::Path;

/// Writes the letter beside its place first, so that a reader of the folder never sees half of one.
pub(super) fn keep(folder: &Path, id: &str, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut make = std::fs::DirBuilder::new();
    let mut open = std::fs::OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        make.mode(0o700);
        open.mode(0o600);
    }
    make.recursive(true).create(folder)?;
    let part = folder.join(format!(".{id}.part"));
    let _ = std::fs::remove_file(&part);
    open.write(true).create_new(true).open(&part)?.write_all(bytes)?;
    std::fs::rename(&part, folder.join(format!("{id}.eml")))
}
