//! What the program looks at before it serves.

mod keys;
