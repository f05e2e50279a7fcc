//! Councils, organisations, the people who sign in, and whom they act for.

use anyhow::Context as _;
use counterfoil_tenants::identity::people::Sees;
use counterfoil_tenants::identity::{Asked, Council, CouncilRole, Identity, Nation, OrganisationRole};

use super::Means;
use crate::demo::world::World;
use crate::demo::world::people::{self, ActsFor, Position, Post};

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
        if council.brand.published_password_rule {
            identity.set_published_password_rule(&Asked::by_service(council.taken_on), council.id, true).await?;
        }
    }
    for organisation in &world.organisations {
        identity.add_organisation(organisation.id, organisation.name, at).await?;
        for council in world.councils.iter().filter(|council| organisation.councils.contains(&council.slug)) {
            identity.link_organisation(council.id, organisation.id, at).await?;
        }
    }
    for person in &world.people {
        identity.add_person(person.id, &person.email, &person.name, at).await?;
        for acts_for in &person.acts_for {
            match *acts_for {
                ActsFor::Council(council, post) => {
                    let role = match post {
                        Post::Officer => CouncilRole::Officer,
                        Post::Approver => CouncilRole::Approver,
                        Post::Commissioning => CouncilRole::Commissioning,
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
                ActsFor::Platform => identity.add_operator(person.id, at).await?,
            }
        }
    }
    Ok(())
}

/// Limits those people who see one council's contracts only, as their manager does once there are contracts.
///
/// # Errors
/// When the database refuses.
pub(super) async fn limit(means: &Means<'_>, world: &World) -> anyhow::Result<()> {
    let identity = Identity::new(means.connections);
    for person in &world.people {
        let Some(slug) = person.limited_to else { continue };
        let council = world.councils.iter().find(|council| council.slug == slug);
        let council = council.with_context(|| format!("{} is limited to no council", person.email))?;
        for organisation in &world.organisations {
            let own = |acts_for: &ActsFor| matches!(acts_for, ActsFor::Organisation(id, _) if *id == organisation.id);
            if !person.acts_for.iter().any(own) {
                continue;
            }
            let contracts = council.contracts.iter().filter(|contract| contract.organisation == Some(organisation.id));
            let sees = Sees::Contracts(contracts.map(|contract| (council.id, contract.id)).collect());
            let by = Some(people::manager(means.seed, organisation));
            let asked = Asked { by, ..Asked::by_service(council.taken_on) };
            let role = OrganisationRole::Staff;
            identity.change_person(&asked, organisation.id, person.id, (role, &sees)).await?;
        }
    }
    Ok(())
}
