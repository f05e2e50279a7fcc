//! One link of a chain: the digest of a record, its place, its ledger and the digest before it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::FORMAT;
use crate::ids::TenantId;

/// Whose records a chain seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ledger {
    /// What happens to logins and to the platform itself.
    Platform,
    /// A council's.
    Council(TenantId),
}

/// Text that names no ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\u{2018}{0}\u{2019} is no ledger: it is \u{2018}platform\u{2019} or a council\u{2019}s id")]
pub struct BadLedger(String);

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => f.write_str("platform"),
            Self::Council(council) => council.fmt(f),
        }
    }
}

impl FromStr for Ledger {
    type Err = BadLedger;

    fn from_str(given: &str) -> Result<Self, BadLedger> {
        let ledger = match given {
            "platform" => Some(Self::Platform),
            council => council.parse().ok().map(Self::Council),
        };
        // one name for each ledger: other spellings of an id are none
        ledger.filter(|ledger| ledger.to_string() == given).ok_or_else(|| BadLedger(given.to_owned()))
    }
}

/// SHA-256; shown and written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// Text or bytes that are no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 lower-case hexadecimal digits")]
pub struct BadDigest;

impl Digest {
    /// What stands before the first record.
    pub const GENESIS: Self = Self([0; 32]);

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = BadDigest;

    fn try_from(bytes: &[u8]) -> Result<Self, BadDigest> {
        Ok(Self(bytes.try_into().map_err(|_| BadDigest)?))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = BadDigest;

    fn from_str(given: &str) -> Result<Self, BadDigest> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(given, &mut bytes).map_err(|_| BadDigest)?;
        if given.bytes().any(|digit| digit.is_ascii_uppercase()) { Err(BadDigest) } else { Ok(Self(bytes)) }
    }
}

macro_rules! written_as_text {
    ($($type:ty),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
written_as_text!(Ledger, Digest);

/// Where a chain ends, or ended at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The last record's number, from 1.
    pub sequence: u64,
    /// Its digest.
    pub digest: Digest,
}

/// The digest of the record with a number; `record` is its [canonical](super::canonical()) text.
#[must_use]
pub fn digest(ledger: Ledger, sequence: u64, previous: Digest, record: &str) -> Digest {
    let whole = format!(
        "{{\"format\":{FORMAT},\"ledger\":\"{ledger}\",\"previous\":\"{previous}\",\"record\":{record},\
         \"sequence\":{sequence}}}"
    );
    Digest(Sha256::digest(whole.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_digest_is_what_the_published_recipe_gives() {
        // by the Python of the module's documentation
        let ledger = Ledger::Council(TenantId::from_uuid(uuid::Uuid::from_u128(7)));
        let record = "{\"action\":\"claim.state\",\"detail\":{\"pence\":1885,\"\u{a3}\":\"a\\nb\"}}";
        let first = digest(ledger, 1, Digest::GENESIS, record);
        assert_eq!(first.to_string(), "46cc99ffc9d637f17632bcabd886b6175c520f23196424dfd2a3c363e9862011");
        assert_eq!(
            digest(ledger, 2, first, "null").to_string(),
            "ac168ef640593913475458811d20f5a75a45c012cf41c89376feeb492824ea81"
        );
    }

    #[test]
    fn ledger_place_predecessor_and_record_each_count() {
        let council = Ledger::Council(TenantId::from_uuid(uuid::Uuid::from_u128(7)));
        let one = digest(council, 1, Digest::GENESIS, "{}");
        assert_ne!(one, digest(Ledger::Platform, 1, Digest::GENESIS, "{}"));
        assert_ne!(one, digest(council, 2, Digest::GENESIS, "{}"));
        assert_ne!(one, digest(council, 1, one, "{}"));
        assert_ne!(one, digest(council, 1, Digest::GENESIS, "[]"));
    }

    #[test]
    fn a_ledger_and_a_digest_have_one_spelling_each() {
        let council = Ledger::Council(TenantId::from_uuid(uuid::Uuid::from_u128(0xab)));
        assert_eq!(council.to_string().parse(), Ok(council));
        assert_eq!("platform".parse(), Ok(Ledger::Platform));
        assert!(council.to_string().to_uppercase().parse::<Ledger>().is_err());
        assert!("cnl_000000000000000000000000000000AB".parse::<Ledger>().is_err());
        assert!("cnl_00000000-0000-0000-0000-0000000000ab".parse::<Ledger>().is_err());
        let digest = digest(council, 1, Digest::GENESIS, "{}");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert!(digest.to_string().to_uppercase().parse::<Digest>().is_err());
        assert!("00".parse::<Digest>().is_err());
    }
}
