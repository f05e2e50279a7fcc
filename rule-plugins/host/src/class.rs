//! The two classes of rules. A rule that was compiled for WebAssembly is some tens of kilobytes; one in TypeScript or Python
//! carries the interpreter of its language, which is megabytes to store, seconds to compile and a hundred times as much to
//! run. The second class is there only where whoever runs the service permits it, in a pool of its own, so that the first
//! stays as narrow and as quick as it is.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::limits::Limits;

/// The environment variable by which whoever runs the service permits [`Class::Interpreted`].
pub const PERMITTED_BY: &str = "COUNTERFOIL_INTERPRETED_RULES";

/// One mebibyte.
pub(crate) const MIB: usize = 1024 * 1024;

/// Which limits a rule is under. Its size decides: what is too large for the ordinary class is of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Class {
    /// Compiled for WebAssembly; every pack of the repository.
    #[default]
    Ordinary,
    /// With an interpreter inside: TypeScript, Python.
    Interpreted,
}

/// What one compilation may use of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Compilation {
    /// Processor time, in seconds.
    pub(crate) cpu_seconds: u64,
    /// Address space, in bytes.
    pub(crate) memory_bytes: u64,
    /// The most machine code that is taken, in bytes.
    pub(crate) output_bytes: u64,
    /// How long the parent waits, however little processor time the worker got.
    pub(crate) patience: Duration,
}

/// What a component of the class may consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// How many core modules: its own, and those that encoders add.
    pub(crate) modules: u32,
    /// The engine's own record of one of them, which grows with its functions, in bytes.
    pub(crate) instance_bytes: usize,
    /// How much of an instance's memory stays with its slot of the pool, in bytes.
    pub(crate) kept_resident: usize,
}

impl Class {
    /// Both, the narrower first.
    pub const ALL: [Self; 2] = [Self::Ordinary, Self::Interpreted];

    /// The limits of the service for it.
    #[must_use]
    pub fn limits(self) -> Limits {
        match self {
            Self::Ordinary => Limits::default(),
            Self::Interpreted => Limits::interpreted(),
        }
    }

    pub(crate) const fn compilation(self) -> Compilation {
        match self {
            // the packs of the repository take under two seconds
            Self::Ordinary => Compilation {
                cpu_seconds: 20,
                memory_bytes: 2 << 30,
                output_bytes: 64 << 20,
                patience: Duration::from_secs(60),
            },
            // an interpreter takes about ten seconds, 420 MB and 40 MB of code
            Self::Interpreted => Compilation {
                cpu_seconds: 120,
                memory_bytes: 4 << 30,
                output_bytes: 160 << 20,
                patience: Duration::from_secs(240),
            },
        }
    }

    pub(crate) const fn shape(self) -> Shape {
        match self {
            Self::Ordinary => Shape { modules: 4, instance_bytes: 64 * 1024, kept_resident: MIB / 2 },
            // Python comes as its libraries, forty modules that share a memory; JavaScript as one of many functions
            Self::Interpreted => Shape { modules: 64, instance_bytes: 2 * MIB, kept_resident: 8 * MIB },
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ordinary => "ordinary",
            Self::Interpreted => "interpreted",
        })
    }
}

/// Neither of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the class of a rule is \u{2018}ordinary\u{2019} or \u{2018}interpreted\u{2019}")]
pub struct NoClass;

impl FromStr for Class {
    type Err = NoClass;

    fn from_str(word: &str) -> Result<Self, NoClass> {
        Self::ALL.into_iter().find(|class| class.to_string() == word).ok_or(NoClass)
    }
}
