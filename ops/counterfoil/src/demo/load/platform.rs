//! Councils, organisations, the people who sign in, and whom they act for.

use counterfoil_tenants::identity::{Council, CouncilRole, Identity, Nation, OrganisationRole};

use super::Means;
use crate::demo::world::World;
use crate::demo::world::people::{ActsFor, Position, Post};

/// Writes the platform's tables. Everybody joins at the earliest moment at which a council was set up.
///
/// # Errors
/// When a name, address or id is taken.
pub(super) async fn write(means: &Means<'_>, world: &World) -> anyhow::Result<()> {
    let identity = Identity::new(means.connections);
    let set_up = world.councils.iter().map(|council| council.taken_on).min();
    let at = set_up.unwrap_or_default();
    for council in &world.councils {
        let row = Council {
            id: council.id,
            slug: council.slug.to_owned(),
            name: council.name.to_owned(),
            nation: Nation::England,
            suspended_at: None,
        };
        identity.add_council(&row, council.taken_on).await?;
    }
    for organisation in &world.organisations {
        identity.add_organisation(organisation.id, organisation.name, at).await?;
        for council in world.councils.iter().filter(|council| organisation.councils.contains(&council.slug)) {
            identity.link_organisation(council.id, organisation.id, at).await?;
        }
    }
    for person in &world.people {
        identity.add_person(person.id, &person.email, &person.name, at).await?;
        match person.acts_for {
            ActsFor::Council(council, post) => {
                let role = match post {
                    Post::Officer => CouncilRole::Officer,
                    Post::Administrator => CouncilRole::Administrator,
                    Post::Auditor => CouncilRole::Auditor,
                };
                identity.join_council(person.id, council, role, at).await?;
            }
            ActsFor::Organisation(organisation, position) => {
                let role = match position {
                    Position::Staff => OrganisationRole::Staff,
                    Position::Administrator => OrganisationRole::Administrator,
                };
                identity.join_organisation(person.id, organisation, role, at).await?;
            }
        }
    }
    Ok(())
}
