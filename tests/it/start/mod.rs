//! What the program looks at before it serves.

mod builds;
mod doctor;
mod keys;
mod logs;
mod modes;
mod roles;
mod slow;
