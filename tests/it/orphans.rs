//! A file without a row, left by a process that was killed between the two, goes after a day; nothing else does.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use easylink::base::types::Moment;

use crate::faults::files_in;
use crate::remittance::{company, declaration, sends, tops_up};
use crate::support::portal::Portal;
use crate::tickets::{filled, pdf};

const HOUR: Duration = Duration::from_secs(3600);

/// Makes every file of the storage as old as this.
fn all_written_at(portal: &Portal, at: Moment) {
    for file in files_in(&portal.folder().join("files")) {
        let at = UNIX_EPOCH + Duration::from_micros(at.0.unsigned_abs());
        std::fs::File::options().write(true).open(file).unwrap().set_modified(at).unwrap();
    }
}

async fn kept(portal: &Portal, at: Moment, text: &'static str) -> String {
    let stored = portal.house.storage.keep(Bytes::from_static(text.as_bytes())).await.unwrap();
    let path = files_in(&portal.folder().join("files")).into_iter().find(|path| path.ends_with(&stored.key)).unwrap();
    let at = UNIX_EPOCH + Duration::from_micros(at.0.unsigned_abs());
    std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    stored.key
}

async fn is_there(portal: &Portal, key: &str) -> bool {
    portal.house.storage.head(key).await.is_ok()
}

on_both!(
    async fn a_file_without_a_row_goes_after_a_day(portal) {
        let born = portal.house.clock.now();
        portal.later(HOUR);
        let mut company = company(&portal).await;
        let number = tops_up(&mut company.li, "100.00").await;
        let form = declaration(&mut company.li, &number).await.file("slip", "slip.pdf", "application/pdf", &pdf(60));
        sends(&mut company.li, &form).await;
        let form = filled(&mut company.li, "With a file").await.file("files", "a.pdf", "application/pdf", &pdf(50));
        let page = company.li.submits(&form).await;
        assert_eq!(page.status, 200);
        portal.run_jobs().await;
        let held = files_in(&portal.folder().join("files"));
        assert_eq!(held.len(), 2, "a slip and an attachment");
        all_written_at(&portal, born.plus(HOUR));

        let orphan = kept(&portal, born.plus(HOUR), "orphan").await;
        let young = kept(&portal, born.plus(30 * HOUR), "young").await;
        // It lay there before this database was made: another one knows it, perhaps.
        let foreign = kept(&portal, born.minus(HOUR), "foreign").await;
        // A name that the storage never gave.
        let strange = portal.folder().join("files/notes.txt");
        std::fs::write(&strange, "by hand").unwrap();

        portal.later(born.plus(24 * HOUR).since(portal.house.clock.now()));
        portal.run_jobs().await;
        assert!(is_there(&portal, &orphan).await, "a day is not over");
        portal.later(25 * HOUR);
        portal.run_jobs().await;
        assert!(!is_there(&portal, &orphan).await);
        assert!(is_there(&portal, &young).await && is_there(&portal, &foreign).await && strange.exists());
        assert!(held.iter().all(|file| file.exists()), "a file with a row is gone");
        let file = page.links().into_iter().find(|(_, to)| to.contains("/files/")).unwrap().1;
        assert_eq!(portal.returns("li@example.com").await.gets(&file).await.status, 200);

        portal.later(25 * HOUR);
        portal.run_jobs().await;
        assert!(!is_there(&portal, &young).await);
        assert!(is_there(&portal, &foreign).await && held.iter().all(|file| file.exists()));
    }
);

on_both!(
    async fn a_storage_that_this_database_hardly_knows_is_left_alone(portal) {
        portal.careless();
        let born = portal.house.clock.now();
        let foreign = kept(&portal, born.plus(HOUR), "another portal's").await;
        portal.later(30 * HOUR);
        let swept = easylink::web::orphans::sweep(&portal.house, portal.house.clock.now()).await;
        assert!(swept.unwrap_err().contains("is this the storage's database?"));
        assert!(is_there(&portal, &foreign).await);
    }
);
