//! Remittances as a further proof of a real name (B2, B4): a company asks for a small amount to send, and a reviewer records
//! what arrived. What is proved, and by what, is said by the room `identity`; this one brings the money.

mod pages;
mod queries;

pub(super) use pages::{ask, create, list, record, show};
