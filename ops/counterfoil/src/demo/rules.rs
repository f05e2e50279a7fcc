//! A version of the payment rule that one council's administrator has uploaded and a second one has yet to approve, so that
//! the served demo has one. Like the [open weeks](super::open) it is no part of what was played, and prices nothing.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use counterfoil_rules::packs;
use counterfoil_tenants::Connections;
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::rule_version::Who;
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::steps::upload_rule::{Sent, Upload, upload_rule};

use super::world::World;
use super::world::organisations::BRA;

/// A section of a component that says where it was built and nothing else: its name is five bytes long.
const BUILT: &[u8] = &[0, 14, 5, b'b', b'u', b'i', b'l', b't', b'B', b'r', b'a', b'd', b'f', b'o', b'r', b'd'];
/// A case with its published figure.
const CASE: &str = include_str!("../../../../rule-plugins/councils/standard/cases/extras-limit.json");

/// Uploads it.
///
/// # Errors
/// When the council is not there, or the check refuses.
pub(crate) async fn upload(
    connections: &Connections,
    means: &Means,
    world: &World,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let council = world.councils.iter().find(|council| council.slug == BRA).context("the council is not there")?;
    let person = council.staff.administrator;
    let administrator = world.people.iter().find(|one| one.id == person).context("nobody administers the council")?;
    let (scope, _) = Identity::new(connections).council_scope(person, council.id).await?;
    let upload = Upload {
        component: Sent {
            name: "standard-built-here.wasm".to_owned(),
            bytes: [packs::standard().component, BUILT].concat(),
        },
        note: "The published source of the standard rule, built by us. It is to pay exactly the same.".to_owned(),
        cases: vec![Sent { name: "extras-limit.json".to_owned(), bytes: CASE.as_bytes().to_vec() }],
    };
    upload_rule(&scope, means, now, Who { person, name: &administrator.name }, &upload).await?;
    Ok(())
}
