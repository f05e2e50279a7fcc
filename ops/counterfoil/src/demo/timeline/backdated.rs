//! A service line that is added after its first week was paid: its claim is made, stated and confirmed late, and paid
//! with the next run.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use counterfoil_core::ids::{ServiceLineId, ServiceUserId};
use counterfoil_core::plan::LineVersion;
use counterfoil_core::statement::{Actuals, LineStatement, Statement};

use super::act::{Act, ClaimKey, Event, Pays, Source};
use super::round::Stage;
use crate::demo::world::care::{Contract, ServiceLine, ServiceUser};

/// From the first day of a claim to its last: the contracts are weekly.
const WEEK: Days = Days::new(6);

/// A new person's line under a contract for a service, from a day in the past, with the acts that pay its first week.
/// Nothing where the council has no such service.
#[must_use]
pub(crate) fn line(stage: &Stage<'_>, service: &str, tier: &str, from: NaiveDate, at: DateTime<Utc>) -> Vec<Event> {
    let Some((contract, model)) = model(stage, service, tier) else {
        return Vec::new();
    };
    let path = format!("{}/backdated", stage.council.slug);
    let user = ServiceUser {
        id: ServiceUserId::from_uuid(stage.seed.id(&format!("{path}/user"))),
        reference: format!("{}-BD", contract.reference),
        name: crate::demo::world::names::person(&mut stage.seed.random(&path)),
    };
    let line = ServiceLine {
        id: ServiceLineId::from_uuid(stage.seed.id(&format!("{path}/line"))),
        contract: contract.id,
        service_user: user.id,
        reference: format!("{}-BDL", contract.reference),
        purchase_order: Some(format!("PO{}BD", contract.reference)),
        versions: vec![LineVersion {
            version: 1,
            from,
            to: from.checked_add_days(WEEK),
            recorded_at: at,
            ..model.clone()
        }],
    };
    let submitter = stage.submitter(contract.organisation);
    let Some((organisation, by)) = contract.organisation.zip(submitter) else {
        return Vec::new();
    };
    let claim = ClaimKey { contract: contract.reference.clone(), service_user: user.reference.clone(), starts: from };
    let statement = Statement {
        lines: vec![LineStatement { line: 0, actuals: Actuals::AsPlanned, comment: String::new() }],
        payment_reference: String::new(),
        note: "Care started before the order came.".to_owned(),
    };
    let after = |minutes| at + TimeDelta::minutes(minutes);
    let pays = Pays { schedule: contract.schedule, period: from };
    vec![
        stage.event(at, Act::AddLine { service_user: user, line, by: stage.council.staff.officer }),
        stage.event(after(30), Act::GenerateClaims(pays)),
        stage.event(
            after(90),
            Act::State { organisation, by, source: Source::Screen, claims: vec![(claim.clone(), statement)] },
        ),
        stage.event(after(95), Act::Confirm { organisation, by, claims: vec![claim] }),
    ]
}

/// A contract for the service, and a version to model the line on.
fn model<'a>(stage: &Stage<'a>, service: &str, tier: &str) -> Option<(&'a Contract, &'a LineVersion)> {
    stage.council.lines.iter().find_map(|line| {
        let version = line.versions.first()?;
        let fits = version.service == service && version.tier == tier && version.to.is_none();
        Some((stage.council.contract(line.contract)?, fits.then_some(version)?))
    })
}
