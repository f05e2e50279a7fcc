//! The calendars by which councils bill their clients.

use counterfoil_core::event::Action;
use counterfoil_core::ids::BillingId;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::billing::{self, BillingPeriod, BillingSchedule};
use counterfoil_tenants::scope::Tx;

use super::One;
use crate::demo::world::councils::billing::of;

/// Writes the council's, if it has one.
pub(super) async fn calendars(one: &One<'_>) -> anyhow::Result<()> {
    let Some((definition, (from, to))) = of(one.council.slug) else { return Ok(()) };
    let id = BillingId::from_uuid(one.id("billing"));
    let calendar = definition.calendar(from, to, one.means.holidays)?;
    let periods: Vec<BillingPeriod> = BillingPeriod::of(id, &calendar).collect();
    let row = BillingSchedule { id, name: definition.name.clone(), definition };
    let written = one.scope.transaction(one.council.taken_on, async |tx: &mut Tx<'_>| {
        let mut audited = tx.audited(Record::of(Action::SetUp, id)).await?;
        billing::add(&mut audited, row.clone(), periods.clone()).await
    });
    Ok(written.await?)
}
