//! Confirming and taking it back: the first receipt, a stale version, and un-verify before a run, after it, and against it.

use std::time::Duration;

use counterfoil_core::claim::ClaimState;
use counterfoil_core::entry::EntryKind;
use counterfoil_core::statement::Actuals;
use counterfoil_tenants::Error;
use counterfoil_tenants::steps::confirm_claims::unconfirm_claim;
use counterfoil_tenants::steps::finalise_run::finalise_run;
use counterfoil_tenants::steps::open_run::open_run;
use counterfoil_tenants::steps::post_contract::post_contract;

use crate::support::{Town, date, pence, saturday, week, winter};

const IN_RUN: &str = "This claim is already in a payment run and can no longer be changed. A later change is paid or \
    recovered by the next run.";

#[tokio::test(flavor = "multi_thread")]
async fn the_same_confirmation_again_returns_the_first_receipt_and_a_stale_one_is_refused() {
    let town = Town::alone().await;
    let care = town.home_care(7_000).await;
    let id = town.claim(&care, saturday()).await.id;
    let unstated = town.try_confirm(id, town.again(id).await.version, winter(date(2024, 12, 21), 8, 0, 0)).await;
    assert_eq!(unstated.unwrap_err().to_string(), "Enter the actuals for this claim before confirming it.");
    let stale = town.again(id).await.version;
    town.state(id, Actuals::AsPlanned, "", winter(date(2024, 12, 21), 9, 0, 0)).await;
    let refused = town.try_confirm(id, stale, winter(date(2024, 12, 21), 10, 0, 0)).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict(_)), "{refused}");
    assert_eq!(town.again(id).await.state, ClaimState::Stated);

    let seen = town.again(id).await.version;
    let first = town.try_confirm(id, seen, winter(date(2024, 12, 21), 11, 0, 0)).await.unwrap();
    let after = town.again(id).await;
    // days later, past the cut-off, the same click still has its first receipt and its first run
    let again = town.try_confirm(id, seen, winter(date(2024, 12, 23), 8, 0, 0)).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(town.again(id).await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn un_verify_works_before_the_run_and_not_after() {
    let town = Town::alone().await;
    let care = town.home_care(7_000).await;
    let id = town.confirmed_as_planned(&care, saturday()).await;
    let back = async |at, seen| unconfirm_claim(&town.provider.scope, at, town.pair(), id, seen).await;
    let at = winter(date(2024, 12, 21), 12, 0, 0);
    let seen = town.again(id).await.version;
    assert!(matches!(back(at, seen - 1).await, Err(Error::Conflict(_))));
    back(at, seen).await.unwrap();
    let stands = town.again(id).await;
    assert_eq!((stands.state, stands.receipt, stands.run_period_id), (ClaimState::Stated, None, None));
    assert_eq!(back(at, stands.version).await.unwrap_err().to_string(), "This claim is not confirmed.");

    town.confirm(id, winter(date(2024, 12, 21), 13, 0, 0)).await;
    let run = town.finalised(saturday()).await;
    let locked = town.again(id).await;
    assert_eq!(locked.state, ClaimState::Locked);
    assert_eq!(back(town.run_day(saturday()), locked.version).await.unwrap_err().to_string(), IN_RUN);
    town.paid_out(run, saturday()).await;
    let paid = town.again(id).await;
    assert_eq!(paid.state, ClaimState::Paid);
    assert!(matches!(back(town.run_day(saturday()), paid.version).await, Err(Error::Refused(_))));
    assert_eq!(town.story_of(id).await, [(EntryKind::First, pence(13_195))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn un_verify_racing_the_run_has_exactly_one_winner() {
    let town = Town::alone().await;
    let care = town.home_care(7_000).await;
    let mut winners = (0, 0);
    for round in 0..20 {
        let starts = week(round);
        let id = town.confirmed_as_planned(&care, starts).await;
        let (at, seen) = (town.run_day(starts), town.again(id).await.version);
        let run = open_run(&town.officer, at, town.period(starts)).await.unwrap().run;
        // now one starts a little earlier, now the other
        let (head, other) = (Duration::from_micros(400 * (round % 8)), Duration::from_micros(400 * (7 - round % 8)));
        let (provider, pair) = (town.provider.scope.clone(), town.pair());
        let back = tokio::spawn(async move {
            tokio::time::sleep(head).await;
            unconfirm_claim(&provider, at, pair, id, seen).await
        });
        let service = town.service.clone();
        let posted = tokio::spawn(async move {
            tokio::time::sleep(other).await;
            post_contract(&service, at, run, "worker").await
        });
        let (back, posted) = (back.await.unwrap(), posted.await.unwrap().unwrap().unwrap());
        let stands = town.again(id).await;
        let amounts: Vec<_> = town.posted(id).await.iter().map(|entry| entry.pence).collect();
        match back {
            Ok(()) => {
                winners.0 += 1;
                assert_eq!((stands.state, stands.run_id, posted.claims), (ClaimState::Stated, None, 0));
                assert_eq!(amounts, []);
            }
            Err(refused) => {
                winners.1 += 1;
                assert_eq!(refused.to_string(), IN_RUN);
                assert_eq!((stands.state, stands.run_id, posted.claims), (ClaimState::Locked, Some(run), 1));
                assert_eq!(amounts, [pence(13_195)]);
            }
        }
        let finalised = finalise_run(&town.service, at, run).await.unwrap();
        assert_eq!(finalised.amount, if amounts.is_empty() { pence(0) } else { pence(13_195) });
    }
    println!("un-verify won {} times, the run {} times", winners.0, winners.1);
    assert_eq!(winners.0 + winners.1, 20);
}
