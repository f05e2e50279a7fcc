//! Every stored assessment can be made again: from its input bytes and its component come the same charges and the same
//! fuel.

use counterfoil_core::disposition::{Assessment, ClaimToAssess, Decision, DisposedCharge, Settlement, assess};
use counterfoil_core::pricing::{Pricer as _, RuleDigest, canonical};
use counterfoil_core::statement::Actuals;
use counterfoil_core::tolerance::{Limit, Use};
use counterfoil_rules::{Limits, RuleEngine, packs};
use counterfoil_tenants::assessment;
use counterfoil_tenants::charge;
use counterfoil_tenants::steps::settle_suspended::settle_suspended;

use crate::support::{Town, date, delivered, saturday, week, winter};

#[tokio::test(flavor = "multi_thread")]
async fn every_stored_assessment_is_made_again_to_the_byte_and_the_unit_of_fuel() {
    let town = Town::alone().await;
    let (hours, visit, over) = (town.home_care(7_000).await, town.monday_visit(30).await, town.home_care(7_000).await);
    town.hour_above_the_plan().await;
    let mut claims = vec![town.confirmed_as_planned(&hours, saturday()).await];
    claims.push(town.confirmed_as_planned(&visit, saturday()).await);
    let id = town.claim(&over, saturday()).await.id;
    let at = winter(date(2024, 12, 21), 9, 0, 0);
    town.state(id, Actuals::AsPlanned, "", at).await;
    town.state(id, delivered(10_000), "More care was needed.", at).await;
    claims.push(id);
    let part = (0, Settlement::Quantity { accepted: 8_000 }, "Eight hours were agreed.");
    settle_suspended(&town.officer, &town.world.means, at, id, part).await.unwrap();
    town.confirm(id, at).await;
    town.run(saturday()).await;
    town.new_rate(&[(202_000, date(2024, 12, 18))], winter(date(2024, 12, 28), 9, 0, 0)).await;
    town.run(week(1)).await;

    // an engine that has seen none of this
    let fresh = RuleEngine::new(Limits::default()).unwrap();
    let rule = fresh.load(packs::standard().component).unwrap();
    let mut replayed = 0;
    for id in claims {
        let (rows, charges) = town
            .service
            .read(async |tx| {
                let rows = assessment::history(tx, id).await?;
                let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
                Ok((rows, charge::of_assessments(tx, &ids).await?))
            })
            .await
            .unwrap();
        for row in rows {
            assert_eq!(RuleDigest(row.component_digest.clone()), rule);
            assert_eq!(canonical::digest(&row.input), row.input_digest);
            let facts = canonical::read(&row.input).unwrap();
            assert_eq!(canonical::bytes(&facts).unwrap(), row.input, "the bytes are canonical");
            let priced = fresh.assess(&rule, &facts).unwrap();
            assert_eq!((priced.fuel, priced.engine, priced.interface), (row.fuel, row.engine, row.interface));

            let weighed = |key: &str| row.weighed[key].clone();
            let limits: Vec<Limit> = serde_json::from_value(weighed("limits")).unwrap();
            let others: Use = serde_json::from_value(weighed("others")).unwrap();
            let decisions: Vec<Decision> = serde_json::from_value(weighed("decisions")).unwrap();
            let again =
                assess(&fresh, &ClaimToAssess { rule: rule.clone(), facts, limits, others, decisions }).unwrap();
            let Assessment::Priced(again) = again else { panic!("{again:?}") };
            let stored: Vec<DisposedCharge> =
                charges.iter().filter(|charge| charge.assessment_id == row.id).cloned().map(Into::into).collect();
            assert_eq!(again.charges, stored);
            assert_eq!((again.totals.payable, again.findings), (row.payable_pence, row.findings));
            replayed += 1;
        }
    }
    assert!(replayed >= 8, "{replayed} assessments: stated, settled, and at another rate");
}
