//! How far a claim may exceed its plan.

use counterfoil_core::event::Action;
use counterfoil_core::money::Quantity;
use counterfoil_core::tolerance::Level;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::tolerance::{self, LimitRow};
use counterfoil_testkit::{date, instant};

use super::Town;

impl Town {
    /// Lets an hour above the plan through on each line.
    pub(crate) async fn hour_above_the_plan(&self) {
        let at = instant(2024, 3, 1, 9);
        let limit = LimitRow {
            id: self.world.db.id(),
            level: Level::Line,
            contract_id: None,
            service: None,
            units: Some(Quantity::from_thousandths(1_000)),
            percent: None,
            pence: None,
            valid_from: date(2024, 3, 1),
            valid_to: None,
            recorded_at: at,
            recorded_by: self.by(),
        };
        self.service
            .transaction(at, async |tx| {
                let mut audited = tx.audited(Record::on(Action::SetUp, "tolerance")).await?;
                tolerance::add(&mut audited, vec![limit.clone()]).await
            })
            .await
            .unwrap();
    }
}
