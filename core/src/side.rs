//! The two sides of a claim: whoever delivers care and whoever pays for it. What one of them writes, the other reads.

use serde::{Deserialize, Serialize};

/// Which side of the table somebody sits on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The provider.
    Provider,
    /// The council.
    Council,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Provider, Self::Council];

    /// The one across the table.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Provider => Self::Council,
            Self::Council => Self::Provider,
        }
    }

    /// As it is stored, and as addresses name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Council => "council",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Provider => "Provider",
            Self::Council => "Council",
        }
    }
}
