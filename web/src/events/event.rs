//! What can be told.

use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something that happened. Holds ids and counts only: what it means is in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Who may see or do what has changed: for this person or for all, at this council or at any, for this
    /// organisation or whichever.
    AccessChanged {
        /// The person; nothing where more than one may be meant.
        person: Option<PersonId>,
        /// The council; nothing where it is not about one.
        tenant: Option<TenantId>,
        /// The organisation; nothing where it is not about one.
        organisation: Option<OrganisationId>,
    },
    /// A council has changed its settings.
    SettingsChanged {
        /// The council.
        tenant: TenantId,
    },
    /// A session has ended other than by running out.
    SessionEnded {
        /// Whose.
        person: PersonId,
        /// The login's id.
        session: Uuid,
    },
    /// A job has got further.
    Progress {
        /// The council.
        tenant: TenantId,
        /// What sort of thing is being worked on (`run`, `upload`, ...).
        kind: String,
        /// Which.
        id: Uuid,
        /// How many of its parts are done.
        done: u64,
        /// How many there are.
        of: u64,
    },
    /// Some events did not arrive: whoever has anything in memory checks it again.
    Missed,
}

/// An event on its way, with the replica that it comes from.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Envelope {
    pub(super) from: Uuid,
    #[serde(flatten)]
    pub(super) event: Event,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_on_the_wire_is_what_older_replicas_read() {
        let tenant = TenantId::from_uuid(Uuid::from_u128(3));
        let event = Event::Progress { tenant, kind: "run".to_owned(), id: Uuid::from_u128(5), done: 1, of: 8 };
        let text = serde_json::to_string(&Envelope { from: Uuid::nil(), event: event.clone() }).unwrap();
        assert_eq!(
            text,
            "{\"from\":\"00000000-0000-0000-0000-000000000000\",\"event\":\"progress\",\
             \"tenant\":\"00000000-0000-0000-0000-000000000003\",\"kind\":\"run\",\
             \"id\":\"00000000-0000-0000-0000-000000000005\",\"done\":1,\"of\":8}"
        );
        assert_eq!(serde_json::from_str::<Envelope>(&text).unwrap().event, event);
    }
}
