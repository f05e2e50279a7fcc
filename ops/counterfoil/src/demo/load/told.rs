//! Notices, guidance, and the teams and workers that questions about care go to.

use counterfoil_core::event::Action;
use counterfoil_core::ids::TeamId;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::care_query::{self, Allocation, Team};
use counterfoil_tenants::guidance::{self, NewGuidance};
use counterfoil_tenants::invoice;
use counterfoil_tenants::provider_notice::{self, NewNotice};
use counterfoil_tenants::scope::Tx;
use serde_json::json;

use super::One;
use crate::demo::dates::day;
use crate::demo::world::organisations::STY;
use crate::demo::world::{names, told};

/// What the council publishes to its providers.
pub(super) async fn published(one: &One<'_>) -> anyhow::Result<()> {
    let (slug, at) = (one.council.slug, one.council.taken_on);
    for notice in told::notices(slug) {
        let new = NewNotice {
            title: notice.title.to_owned(),
            body: notice.body.to_owned(),
            holds_from: notice.from,
            holds_to: notice.to,
        };
        provider_notice::publish(one.scope, at, None, &new).await?;
    }
    // where providers write invoices themselves
    if slug == STY {
        invoice::allow(one.scope, at, true).await?;
    }
    for guide in told::guidance(slug) {
        let mut id = None;
        for (year, month, of_month, change) in guide.changes {
            let new = NewGuidance {
                service: guide.service.to_owned(),
                body: guide.body.to_owned(),
                dated: day(*year, *month, *of_month),
                change: (*change).to_owned(),
            };
            id = Some(guidance::publish(one.scope, at, id, &new).await?);
        }
    }
    Ok(())
}

/// Teams, and who looks after whom: everybody lives in an area, some are with a team that is not by area, and some have a
/// worker of their own.
pub(super) async fn teams(one: &One<'_>) -> anyhow::Result<()> {
    let council = one.council;
    let own = told::teams(council.slug);
    if own.is_empty() {
        return Ok(());
    }
    let teams: Vec<Team> = own
        .iter()
        .map(|(name, area)| Team {
            id: TeamId::from_uuid(one.id(&format!("team/{name}"))),
            name: (*name).to_owned(),
            area: (*area).to_owned(),
            email: format!("{}@{}.example", name.to_lowercase().replace(' ', "-"), council.slug),
        })
        .collect();
    let (by_area, others): (Vec<&Team>, Vec<&Team>) = teams.iter().partition(|team| !team.area.is_empty());
    let allocations: Vec<Allocation> = council
        .service_users
        .iter()
        .map(|person| {
            let mut random = one.means.seed.random(&format!("{}/care-of/{}", council.slug, person.reference));
            let area = by_area.get(random.index(by_area.len())).map(|team| team.area.clone());
            let other = others.get(random.index(others.len())).filter(|_| random.chance(15));
            let worker = match random.chance(30) {
                true => {
                    let name = names::person(&mut random);
                    let email = format!("{}@{}.example", name.to_lowercase().replace(' ', "."), council.slug);
                    (name, email)
                }
                false => (String::new(), String::new()),
            };
            Allocation {
                service_user: person.id,
                area: area.unwrap_or_default(),
                team: other.map(|team| team.id),
                worker,
            }
        })
        .collect();
    let transaction = one.scope.transaction(council.taken_on, async |tx: &mut Tx<'_>| {
        let detail = json!({ "teams": teams.len() });
        let mut audited = tx.audited(Record::on(Action::NameTeam, "council_team").detail(detail)).await?;
        care_query::add_teams(&mut audited, teams.clone()).await?;
        care_query::allocate(tx, allocations.clone()).await
    });
    Ok(transaction.await?)
}
