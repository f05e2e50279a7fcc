//! Who does something: every step takes an [`Actor`], and the audit record keeps it.

use serde::{Deserialize, Serialize};

use crate::ids::{OrganisationId, PersonId};

/// Who acts, and in which capacity. A person who works for a council and for a provider acts as one of them at
/// a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A member of a provider's staff, acting for that organisation.
    Provider {
        /// The person.
        person: PersonId,
        /// The organisation that the person acts for.
        organisation: OrganisationId,
    },
    /// A member of the council's staff.
    Council {
        /// The person.
        person: PersonId,
    },
    /// Somebody whom a council has invited, and who acts for no organisation there yet.
    Invited {
        /// The person.
        person: PersonId,
    },
    /// An operator of the platform, taking a council on or mending its access; never at its claims.
    Operator {
        /// The person.
        person: PersonId,
    },
    /// The service itself: a scheduled job, named.
    System {
        /// Which job, for example `finalise-run`.
        job: String,
    },
}

impl Actor {
    /// A scheduled job of the service.
    #[must_use]
    pub fn system(job: &str) -> Self {
        Self::System { job: job.to_owned() }
    }

    /// The person behind the act; none for the service itself.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Provider { person, .. }
            | Self::Council { person }
            | Self::Invited { person }
            | Self::Operator { person } => Some(*person),
            Self::System { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_stored_says_in_which_capacity_somebody_acted() {
        let person = PersonId::from_uuid(uuid::Uuid::from_u128(7));
        let operator = serde_json::to_value(Actor::Operator { person }).unwrap();
        assert_eq!(operator, serde_json::json!({ "kind": "operator", "person": person.uuid() }));
        assert_eq!(serde_json::from_value::<Actor>(operator).unwrap().person(), Some(person));
    }
}
