//! Replacing and removing the phone.
