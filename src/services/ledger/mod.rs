//! The ledger (D4): double entry in minor units.
//!
//! A transaction is one or more transfers, each with a debit account, a credit account and an amount above zero, so it
//! sums to zero by its form. Transfers are never changed; a wrong one is undone by a reversal, once. Balances are rows
//! that change in the same transaction.
//!
//! **Signs.** A balance is shown on the side on which its kind grows. What we own or are owed (`bank`, `receivable`,
//! `fees`) grows by debits; what we owe (`wallet`, `suspense`, `revenue`, `refunds_payable`) grows by credits. A
//! customer's money in the bank is therefore a debit of the bank and a credit of the wallet, and both balances rise. The
//! balances of the first group always sum to those of the second.
//!
//! A wallet never goes below zero: the update that takes money asks for it in the same statement, so no race gets past.

mod personal;
mod queries;
mod replay;

pub use personal::PERSONAL;
pub use queries::{
    Account, Holder, HouseAccount, Movement, Sums, TransactionRow, TrialLine, accounts_of_the_house, bank,
    credited_between, fees, hold, kind_of, moved_for, movements, movements_since, number_of, outgoing, owed_by, post,
    posted, receivable, receivable_of, refunds_payable, reverse, row_of, sums, suspense, transactions, trial_balance,
    wallet, wallet_balance,
};
pub use replay::{Discrepancy, verify};

use crate::base::types::{Money, text_enum};

text_enum! {
    /// What an account holds.
    pub enum AccountKind {
        /// Money in one of our bank accounts. Grows by debits.
        Bank = "bank",
        /// What we owe a customer. Grows by credits, never below zero.
        Wallet = "wallet",
        /// Received money whose owner is not known yet. Grows by credits.
        Suspense = "suspense",
        /// What was earned. Grows by credits.
        Revenue = "revenue",
        /// What a customer owes us. Grows by debits.
        Receivable = "receivable",
        /// Money on its way back to a customer. Grows by credits.
        RefundsPayable = "refunds_payable",
        /// Bank charges that we bear. Grows by debits.
        Fees = "fees",
    }
}

impl AccountKind {
    /// Whether a debit makes the balance grow.
    pub const fn grows_by_debit(self) -> bool {
        matches!(self, Self::Bank | Self::Receivable | Self::Fees)
    }
}

text_enum! {
    /// Why money moved.
    pub enum TransactionKind {
        /// The bank booked money that came in; whose it is stands elsewhere.
        ReceiveEntry = "receive_entry",
        /// The bank booked money that went out.
        SendEntry = "send_entry",
        /// A customer's transfer arrived.
        CreditRemittance = "credit_remittance",
        /// Received money that no open remittance takes goes to the balance of its owner.
        CreditBalance = "credit_balance",
        /// Received money goes back to who sent it: it is owed to them.
        SendBack = "send_back",
        /// It does not go back after all.
        KeepEntry = "keep_entry",
        /// The bank sent back what was owed.
        SentBack = "sent_back",
        /// The bank took a charge.
        BankCharge = "bank_charge",
        /// An entry counts no more that was booked when it was credited, and that credit was undone.
        VoidEntry = "void_entry",
        /// Money was credited to the wrong account, or by mistake.
        UndoCredit = "undo_credit",
        /// An earlier transaction was wrong.
        Reverse = "reverse",
    }
}

/// A transaction to be posted.
#[derive(Debug, Clone)]
pub struct Posting {
    /// Why money moves.
    pub kind: TransactionKind,
    /// The public number of what it is about.
    pub object: Option<String>,
    /// Debit account, credit account, amount above zero.
    pub transfers: Vec<(Account, Account, Money)>,
}

/// Why a posting was refused; nothing of it was written that a rolled-back transaction would keep.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The wallet holds less than is to be taken.
    #[error("the wallet holds too little")]
    Insufficient,
    /// A balance would not fit any more.
    #[error("a balance would be too large")]
    Overflow,
    /// Debit and credit are the same account.
    #[error("debit and credit are the same account")]
    SameAccount,
    /// An amount of zero or less, or no transfer at all.
    #[error("nothing to transfer")]
    NoAmount,
    /// The accounts are kept in different currencies.
    #[error("accounts of different currencies")]
    Currencies,
    /// There is no such transaction.
    #[error("no such transaction")]
    Unknown,
    /// It was reversed before, or is itself a reversal.
    #[error("already reversed")]
    AlreadyReversed,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}
