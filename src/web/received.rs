//! What has arrived of a form that is not whole yet. When the sender hangs up, or anything else ends the request early,
//! it goes again: dropping is all that is needed.

use actix_web::web::Data;

use super::house::House;
use super::queries;
use super::uploads::Upload;
use crate::base::db::End;
use crate::services::storage::{Kind, Storage, StorageFault, Stored};

/// A file in the storage that has no row yet. Dropped without [`Loose::settled`] it is deleted.
pub(super) struct Loose {
    storage: Storage,
    file: Option<Stored>,
}

impl Loose {
    /// Takes charge of a file.
    pub(super) fn new(storage: &Storage, file: Stored) -> Self {
        Self { storage: storage.clone(), file: Some(file) }
    }

    /// Its key in the storage.
    pub(super) fn key(&self) -> &str {
        self.file.as_ref().map_or("", |file| &file.key)
    }

    /// What its content is.
    pub(super) fn kind(&self) -> Option<Kind> {
        self.file.as_ref().and_then(|file| file.kind)
    }

    /// Its length in bytes.
    pub(super) fn size(&self) -> u64 {
        self.file.as_ref().map_or(0, |file| file.size)
    }

    /// Deletes it now.
    pub(super) async fn delete(mut self) -> Result<(), StorageFault> {
        self.storage.delete(self.key()).await?;
        self.file = None;
        Ok(())
    }

    /// A row tells of it now.
    pub(super) fn settled(mut self) {
        self.file = None;
    }
}

impl Drop for Loose {
    fn drop(&mut self) {
        let Some(file) = self.file.take() else { return };
        let storage = self.storage.clone();
        afterwards(async move { delete(&storage, &file.key).await });
    }
}

/// Waits for a file to be whole, in a task that goes on when the request ends meanwhile: the storage finishes all the
/// same, and a file that nobody heard of would stay for ever.
pub(super) async fn landed(
    storage: &Storage,
    finishing: impl Future<Output = Result<Stored, StorageFault>> + 'static,
) -> Result<Loose, StorageFault> {
    let storage = storage.clone();
    let task = actix_web::rt::spawn(async move { Ok(Loose::new(&storage, finishing.await?)) });
    task.await.unwrap_or_else(|fault| Err(StorageFault::Failed(Box::new(fault))))
}

/// The uploads of a form that still arrives. Dropped without [`Arriving::whole`] they are forgotten, rows and files.
pub(super) struct Arriving {
    house: Data<House>,
    pub(super) uploads: Vec<Upload>,
}

impl Arriving {
    /// Nothing has arrived yet.
    pub(super) fn new(house: &Data<House>) -> Self {
        Self { house: house.clone(), uploads: Vec::new() }
    }

    /// The form is here.
    pub(super) fn whole(mut self) -> Vec<Upload> {
        std::mem::take(&mut self.uploads)
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if self.uploads.is_empty() {
            return;
        }
        let numbers: Vec<String> = self.uploads.drain(..).map(|upload| upload.number).collect();
        let house = self.house.clone();
        afterwards(async move {
            let forgotten = house.db.write(move |conn| match queries::forget_uploads(conn, &numbers) {
                Ok(keys) => End::Keep(Ok(keys)),
                Err(fault) => End::Undo(Err(fault)),
            });
            match forgotten.await {
                Ok(Ok(keys)) => {
                    for key in keys {
                        delete(&house.storage, &key).await;
                    }
                }
                // The sweeper takes the rows, and the files with them, after a day.
                Ok(Err(fault)) => tracing::warn!(%fault, "uploads of a broken form are left to the sweeper"),
                Err(fault) => tracing::warn!(%fault, "uploads of a broken form are left to the sweeper"),
            }
        });
    }
}

async fn delete(storage: &Storage, key: &str) {
    if let Err(fault) = storage.delete(key).await {
        tracing::error!(event = "file_left", %fault, "a file without a row could not be deleted");
    }
}

/// Runs on after the request has ended.
fn afterwards(work: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(work);
    }
}
