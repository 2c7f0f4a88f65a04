//! Folders and files that others may open are refused or closed, and what the program makes is its owner's alone.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use easylink::base::config::DatabaseUrl;

use crate::faults::child::Estate;
use crate::faults::files_in;

fn set(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Everything below the data folder that others than the owner may open.
fn open_to_others(folder: &Path) -> Vec<String> {
    let files = files_in(folder);
    let all = files.iter().flat_map(|file| file.ancestors().take_while(|path| path.starts_with(folder)));
    // What the test itself wrote there.
    let all = all.filter(|path| !path.ends_with("log"));
    all.filter(|path| mode(path) & 0o077 != 0).map(|path| format!("{} {:o}", path.display(), mode(path))).collect()
}

on_both!(
    async fn a_folder_that_others_may_open_is_refused(portal) {
        let estate = Estate::of(&portal);
        let (data, keys) = (estate.folder().to_path_buf(), estate.folder().join("keys"));
        for (path, modes, sentence) in [
            (&data, [0o755, 0o750, 0o707], "may be opened by others than its owner (mode 0"),
            (&keys, [0o755, 0o750, 0o720], "may be opened by others than its owner; set its mode to 0700"),
            (&keys.join("0001.key"), [0o644, 0o640, 0o604], "may be read by others than its owner; set its mode to 0600"),
        ] {
            let right = mode(path);
            for wide in modes {
                set(path, wide);
                for arguments in [&["serve"][..], &["doctor"], &["staff", "list"]] {
                    let (well, said) = estate.runs(arguments).await;
                    assert!(!well && said.contains(sentence), "{arguments:?} {wide:o}: {said}");
                    assert!(said.contains(&path.display().to_string()), "{said}");
                }
                assert_eq!(mode(path), wide, "a refused start changes nothing");
            }
            set(path, right);
        }
        estate.serves().await.dies();
    }
);

on_both!(
    async fn what_is_the_portals_own_is_closed_and_made_closed(portal) {
        let estate = Estate::of(&portal);
        let files = estate.folder().join("files");
        fs::create_dir(&files).unwrap();
        set(&files, 0o777);
        // A killed program leaves its log of changes behind, too.
        estate.serves().await.dies();
        set(&files, 0o755);
        let database: Vec<_> = files_in(estate.folder()).into_iter().filter(|path| path.display().to_string().contains("easylink.db")).collect();
        assert_eq!(database.is_empty(), matches!(estate.database, DatabaseUrl::Postgres(_)));
        for file in &database {
            set(file, 0o666);
        }
        // Whatever the shell would have let others do.
        let serving = estate.serves_under("umask 000").await;
        assert_eq!(open_to_others(estate.folder()), Vec::<String>::new());
        serving.dies();
    }
);
