//! Whoever tries to give a council something that would run, and may not: nothing that they sent is read, and the try is
//! recorded. Before it stands the gate of the pages; after it nothing.

use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::TenantId;

use super::{Access, Asked, Identity};
use crate::audit::{PlatformRecord, Record};
use crate::error::Result;

impl Identity {
    /// Records that somebody tried to upload a payment rule to the council of this name in addresses: with that council
    /// where they are of its staff or of one of its providers, else with the platform, which knows who they are. Where
    /// there is no such council nothing is recorded.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn turn_away_rule(&self, access: &Access, asked: &Asked, council: &str) -> Result<()> {
        let Some(council) = self.council_called(council).await? else { return Ok(()) };
        let about = "rule";
        match known_as(access, council.id) {
            Some(actor) => {
                let record = Record::on(Action::TurnAwayRule, about);
                self.record_for_council(council.id, asked.at, (&actor, &asked.origin), &record).await
            }
            None => {
                let record = PlatformRecord::on(Action::TurnAwayRule, asked.at, about);
                self.record(&record.by(access.person()).for_council(council.id).from(&asked.origin)).await
            }
        }
    }
}

/// In which capacity a council knows somebody.
fn known_as(access: &Access, council: TenantId) -> Option<Actor> {
    let person = access.person();
    if access.council(council).is_some() {
        return Some(Actor::Council { person });
    }
    let linked = access.organisations().iter().find(|one| one.councils.iter().any(|linked| linked.id == council));
    linked.map(|one| Actor::Provider { person, organisation: one.id })
}
