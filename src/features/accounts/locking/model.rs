//! Who locked a sign-in, and why staff do it and undo it.

use crate::base::types::text_enum;

text_enum! {
    /// Why staff lock a customer's sign-in (RC9). Its owner reads it in a mail.
    pub enum LockReason {
        /// The owner asked for it, by phone perhaps.
        Asked = "asked",
        /// Somebody else seems to use it.
        TakenOver = "taken_over",
        /// It is used against the rules.
        Misuse = "misuse",
        /// An authority demands it.
        Authority = "authority",
    }
}

text_enum! {
    /// Why staff let somebody in again.
    pub enum UnlockReason {
        /// The owner proved who they are.
        Proved = "proved",
        /// What it was locked for is cleared up.
        Cleared = "cleared",
        /// It was locked by mistake.
        Mistake = "mistake",
    }
}

/// Who locked a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Nobody.
    Open,
    /// Its owner, who unlocks it as well.
    Own,
    /// Staff, who alone unlock it; why, where that is known.
    Staff(Option<LockReason>),
    /// Nobody: the person is gone for good.
    Ended,
}
