//! The store, on a folder of its own.
#![allow(clippy::unwrap_used)]

use futures_util::TryStreamExt as _;

use super::*;

fn files(folder: &FilePath) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn chunk(byte: u8, len: usize) -> Bytes {
    Bytes::from(vec![byte; len])
}

#[tokio::test]
async fn a_file_comes_back_whole_and_in_parts() {
    let home = tempfile::tempdir().unwrap();
    let storage = Storage::folder(&home.path().join("files")).unwrap();
    let mut writer = storage.writer(3 << 20).await.unwrap();
    writer.write(Bytes::from_static(b"%PDF-1.7\n")).await.unwrap();
    for byte in 0..20 {
        writer.write(chunk(byte, 100_000)).await.unwrap();
    }
    let stored = writer.finish().await.unwrap();
    assert_eq!(stored.size, 2_000_009);
    assert_eq!(stored.kind, Some(Kind::Pdf));
    assert_eq!(storage.head(&stored.key).await.unwrap(), stored.size);
    let whole = storage.bytes(&stored.key).await.unwrap();
    let sent: Vec<u8> = [b"%PDF-1.7\n".to_vec()]
        .into_iter()
        .chain((0..20).map(|byte| chunk(byte, 100_000).to_vec()))
        .flatten()
        .collect();
    assert!(whole == sent, "what comes back is not what was sent");
    let reading = storage.read(&stored.key, Some(5..1_500_000)).await.unwrap();
    let pieces: Vec<Bytes> = reading.try_collect().await.unwrap();
    assert_eq!(pieces.concat(), whole[5..1_500_000]);
    storage.delete(&stored.key).await.unwrap();
    storage.delete(&stored.key).await.unwrap();
    assert!(matches!(storage.head(&stored.key).await, Err(StorageFault::NotFound)));
    assert!(files(home.path()).is_empty());
}

#[tokio::test]
async fn a_file_that_passes_its_limit_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let storage = Storage::folder(home.path()).unwrap();
    let mut writer = storage.writer(2 << 20).await.unwrap();
    writer.write(chunk(1, 2 << 20)).await.unwrap();
    assert_eq!(files(home.path()).len(), 1);
    assert!(matches!(writer.write(chunk(1, 1)).await, Err(StorageFault::TooLarge)));
    assert!(files(home.path()).is_empty());
    assert!(matches!(writer.write(chunk(1, 1)).await, Err(StorageFault::Ended)));
    assert!(matches!(writer.finish().await, Err(StorageFault::Ended)));
}

#[tokio::test]
async fn a_file_of_just_its_limit_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let storage = Storage::folder(home.path()).unwrap();
    let mut writer = storage.writer(10).await.unwrap();
    writer.write(chunk(1, 10)).await.unwrap();
    let stored = writer.finish().await.unwrap();
    assert_eq!((stored.size, stored.kind), (10, None));
    let empty = storage.keep(Bytes::new()).await.unwrap();
    assert_eq!((empty.size, empty.kind), (0, None));
    assert_ne!(stored.key, empty.key);
}

#[tokio::test]
async fn an_upload_given_up_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let storage = Storage::folder(home.path()).unwrap();
    let mut writer = storage.writer(1 << 30).await.unwrap();
    writer.write(chunk(1, 2 << 20)).await.unwrap();
    drop(writer);
    let begun = std::time::Instant::now();
    while !files(home.path()).is_empty() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "the unfinished file is still there");
        // It goes in a thread of its own, which tells nobody.
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn text_of_a_user_is_never_a_path() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("secret"), "x").unwrap();
    let storage = Storage::folder(&home.path().join("files")).unwrap();
    for key in [
        "",
        "../secret",
        "secret",
        "/etc/passwd",
        "C:\\x",
        "CON",
        "aa/../../secret/aaaaaaaaaaaaaaaa",
        "名名名名名名名名名名名",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\0",
    ] {
        assert!(matches!(storage.head(key).await, Err(StorageFault::NotFound)), "{key}");
        assert!(matches!(storage.delete(key).await, Err(StorageFault::NotFound)), "{key}");
    }
    assert!(home.path().join("secret").exists());
}

#[tokio::test]
async fn a_file_cut_behind_our_back_ends_in_a_fault() {
    let home = tempfile::tempdir().unwrap();
    let storage = Storage::folder(home.path()).unwrap();
    let stored = storage.keep(chunk(1, 100_000)).await.unwrap();
    let reading = storage.read(&stored.key, None).await.unwrap();
    let path = files(home.path()).remove(0);
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(10).unwrap();
    let pieces: Vec<_> = reading.collect().await;
    assert!(pieces.last().unwrap().is_err());
    assert!(pieces.len() <= 2);
}

#[tokio::test]
async fn what_a_killed_process_left_is_cleared() {
    let home = tempfile::tempdir().unwrap();
    let storage = Storage::folder(home.path()).unwrap();
    let kept = storage.keep(chunk(1, 10)).await.unwrap();
    let mut writer = storage.writer(1 << 30).await.unwrap();
    writer.write(chunk(1, 2 << 20)).await.unwrap();
    std::mem::forget(writer);
    assert_eq!(storage.clear_unfinished(Moment(0)).await.unwrap(), 0);
    assert_eq!(storage.clear_unfinished(Moment(i64::MAX)).await.unwrap(), 1);
    assert_eq!(storage.head(&kept.key).await.unwrap(), 10);
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("deep/files");
    Storage::folder(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    Storage::folder(&folder).unwrap();
    let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_full_disk_is_told_apart() {
    let full = object_store::Error::Generic {
        store: "LocalFileSystem",
        source: Box::new(std::io::Error::from(ErrorKind::StorageFull)),
    };
    assert!(matches!(StorageFault::from(full), StorageFault::Full));
}
