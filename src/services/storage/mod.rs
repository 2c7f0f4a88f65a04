//! Files that people hand in: recognised by content, pictures developed anew, kept under generated names.
//!
//! A file never chooses where it lies: its key is drawn by chance, and the name its owner gave is only ever shown.
//! Attachments are of class P and lie as they came, in a folder that the portal alone may open.

mod names;
mod pictures;
mod sniff;
mod store;

pub use names::{content_disposition, display_name};
pub use pictures::{Darkroom, MAX_PIXELS, MAX_SIDE, Picture, PictureFault, reencode};
pub use sniff::{HEAD, Kind, extension_agrees, head_wanted, sniff};
pub use store::{Reading, Storage, StorageFault, Stored, Writer};
