//! Undoing a change by the link in its notice.
