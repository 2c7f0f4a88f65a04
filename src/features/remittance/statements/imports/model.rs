//! The states of an import and the moves between them.

use crate::base::types::text_enum;
use crate::features::remittance::model::IllegalMove;

text_enum! {
    /// Where the import of a file stands.
    pub enum ImportState {
        /// The file is well; somebody looks at what it says.
        Checked = "checked",
        /// Its lines become entries, piece by piece.
        Importing = "importing",
        /// All its lines are there.
        Imported = "imported",
        /// It could not be read to its end.
        Failed = "failed",
        /// It was not imported.
        Dropped = "dropped",
    }
}

/// What can be done with an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMove {
    /// Somebody agrees to what the file says.
    Agree,
    /// The last line was read.
    Finish,
    /// The file cannot be read any more.
    Fail,
    /// Somebody does not want it.
    Drop,
}

impl ImportState {
    /// Where a move leads. The one place that knows which moves there are.
    pub const fn after(self, by: ImportMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Checked, ImportMove::Agree) => Ok(Self::Importing),
            (Self::Checked, ImportMove::Drop) => Ok(Self::Dropped),
            (Self::Importing, ImportMove::Finish) => Ok(Self::Imported),
            (Self::Importing, ImportMove::Fail) => Ok(Self::Failed),
            _ => Err(IllegalMove { from: self.as_str(), by: by.word() }),
        }
    }

    /// Whether this move is allowed; for buttons.
    pub const fn allows(self, by: ImportMove) -> bool {
        self.after(by).is_ok()
    }
}

impl ImportMove {
    const fn word(self) -> &'static str {
        match self {
            Self::Agree => "importing",
            Self::Finish => "finishing",
            Self::Fail => "failing",
            Self::Drop => "dropping",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_agreed_to_or_dropped_and_then_read_or_not() {
        use ImportMove::{Agree, Drop, Fail, Finish};
        use ImportState::{Checked, Dropped, Failed, Imported, Importing};
        let allowed = [
            (Checked, Agree, Importing),
            (Checked, Drop, Dropped),
            (Importing, Finish, Imported),
            (Importing, Fail, Failed),
        ];
        for &state in ImportState::ALL {
            for by in [Agree, Finish, Fail, Drop] {
                let expected = allowed.iter().find(|(from, with, _)| (*from, *with) == (state, by)).map(|(.., to)| *to);
                assert_eq!(state.after(by).ok(), expected, "{state} {by:?}");
            }
        }
    }
}
