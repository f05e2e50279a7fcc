//! More than the council's tolerance: held with reason, rule and arithmetic that people can read, then settled by an
//! officer in each way there is, and paid in the next run exactly.

use counterfoil_core::disposition::{DisposedCharge, Disposition, Settlement};
use counterfoil_core::entry::EntryKind;
use counterfoil_core::ids::ClaimId;
use counterfoil_core::language::Language;
use counterfoil_core::pricing::facts::Unit;
use counterfoil_core::pricing::words::{Words, arithmetic_of};
use counterfoil_tenants::steps::settle_suspended::settle_suspended;
use counterfoil_tenants::{Error, Result};

use crate::support::{Care, Town, date, delivered, pence, saturday, week, winter};

const HELD: &str = "Held: 10 was claimed on this line against 7 planned, more than 1 above the plan.";

/// A council that lets an hour above the plan through on each line.
async fn town() -> Town {
    let town = Town::alone().await;
    town.hour_above_the_plan().await;
    town
}

/// Ten hours stated and confirmed where seven were planned.
async fn ten_hours(town: &Town, care: &Care) -> ClaimId {
    let id = town.claim(care, saturday()).await.id;
    town.state(id, delivered(10_000), "She came home from hospital.", winter(date(2024, 12, 21), 9, 0, 0)).await;
    town.confirm(id, winter(date(2024, 12, 21), 10, 0, 0)).await;
    id
}

async fn settle(town: &Town, id: ClaimId, settlement: Settlement, because: &str) -> Result<()> {
    let at = winter(date(2024, 12, 27), 9, 0, 0);
    settle_suspended(&town.officer, &town.world.means, at, id, (0, settlement, because)).await.map(drop)
}

/// A charge as people read it: what becomes of it, its arithmetic, and what moved it.
fn read(town: &Town, charge: &DisposedCharge) -> (Disposition, Option<String>, String) {
    let words = Words::of(Language::English, [&*town.world.means.words]);
    let moved = charge.moved_by.as_ref().map(|reason| words.sentence(reason).words);
    (charge.disposition, arithmetic_of(charge, Unit::Hour, Language::English), moved.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_over_is_paid_and_three_are_held_with_reason_rule_and_arithmetic() {
    let town = town().await;
    let (near, far) = (town.home_care(7_000).await, town.home_care(7_000).await);
    let near_id = town.claim(&near, saturday()).await.id;
    town.state(near_id, delivered(8_000), "Stayed on.", winter(date(2024, 12, 21), 9, 0, 0)).await;
    town.confirm(near_id, winter(date(2024, 12, 21), 10, 0, 0)).await;
    let far_id = ten_hours(&town, &far).await;

    let (row, charges) = town.assessed(far_id).await;
    assert_eq!((row.claimed_pence, row.suspended_pence, row.payable_pence), (pence(18_850), pence(18_850), pence(0)));
    assert_eq!((row.pack.as_str(), row.component_digest), ("standard", town.world.standard.0.clone()));
    assert!(charges.iter().all(|charge| read(&town, charge).2 == HELD), "{charges:?}");
    let arithmetic: Vec<String> = charges.iter().filter_map(|charge| read(&town, charge).1).collect();
    assert!(arithmetic.iter().any(|sum| sum == "7 hours x £18.85 = £131.95"), "{arithmetic:?}");
    assert!(arithmetic.iter().any(|sum| sum == "3 hours x £18.85 = £56.55"), "{arithmetic:?}");

    let run = town.run(saturday()).await;
    assert_eq!(town.story_of(near_id).await, [(EntryKind::First, pence(15_080))]);
    assert_eq!(town.story_of(far_id).await, []);
    assert_eq!(town.read_file(run).await.total, 15_080);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_settlement_is_paid_by_the_next_run_to_the_penny() {
    let town = town().await;
    let mut claims = Vec::new();
    for _ in 0..4 {
        let care = town.home_care(7_000).await;
        claims.push(ten_hours(&town, &care).await);
    }
    let first = town.run(saturday()).await;
    assert!(town.entries(first).await.is_empty(), "what is held is not paid");

    let [part, accept, reject, by_hand] = claims[..] else { panic!("four claims") };
    settle(&town, part, Settlement::Quantity { accepted: 8_000 }, "Eight hours were agreed.").await.unwrap();
    settle(&town, accept, Settlement::Accept, "All of it was agreed.").await.unwrap();
    settle(&town, reject, Settlement::Reject, "None of it was agreed.").await.unwrap();
    let alone = Settlement::Amount { amount: pence(16_000), second: town.council.officer };
    let refused = settle(&town, by_hand, alone, "As agreed by telephone.").await.unwrap_err();
    assert_eq!(refused.to_string(), "An amount set by hand needs a second person to agree to it.");
    let agreed = Settlement::Amount { amount: pence(16_000), second: town.second };
    let silent = settle(&town, by_hand, agreed.clone(), "  ").await;
    assert!(matches!(silent, Err(Error::Refused(_))), "a decision has a reason");
    settle(&town, by_hand, agreed, "As agreed by telephone.").await.unwrap();

    // the rule prices the eight hours; what is left of the ten is rejected
    let (row, charges) = town.assessed(part).await;
    assert_eq!((row.payable_pence, row.rejected_pence, row.suspended_pence), (pence(15_080), pence(3_770), pence(0)));
    let sum = |disposition| {
        let of_it = charges.iter().filter(|charge| charge.disposition == disposition);
        of_it.map(|charge| (charge.amount.pence(), charge.accounts_for)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    };
    assert_eq!(sum(Disposition::Payable), (15_080, 8_000));
    assert_eq!(sum(Disposition::Rejected), (3_770, 2_000));

    let second = town.run(week(1)).await;
    assert_eq!(town.story_of(part).await, [(EntryKind::First, pence(15_080))]);
    assert_eq!(town.story_of(accept).await, [(EntryKind::First, pence(18_850))]);
    assert_eq!(town.story_of(reject).await, []);
    assert_eq!(town.story_of(by_hand).await, [(EntryKind::First, pence(16_000))]);
    assert_eq!(town.read_file(second).await.total, 15_080 + 18_850 + 16_000);
    let advice = town.advice(second).await;
    let told = |amount: &str| advice.iter().find(|row| row[15] == amount).unwrap()[16].clone();
    assert!(told("150.80").contains("An officer accepted a part; the rest is not paid."), "{}", told("150.80"));
    assert!(told("188.50").contains("Accepted by an officer."), "{}", told("188.50"));
    assert!(told("188.50").contains("7 hours x £18.85 = £131.95"), "{}", told("188.50"));
    assert!(told("160.00").contains("An officer and a second person set the amount."), "{}", told("160.00"));
    let rule = format!("standard {} ({})", town.world.version, &town.world.standard.0[..12]);
    assert!(advice.iter().all(|row| row[17] == rule), "{advice:?}");
}
