//! Eight who start the same run at once: one run, each contract posted once, and the totals of one worker alone.

use std::collections::BTreeSet;

use counterfoil_core::money::Money;
use counterfoil_tenants::steps::finalise_run::finalise_run;
use counterfoil_tenants::steps::open_run::open_run;
use counterfoil_tenants::steps::post_contract::post_contract;

use crate::support::{Care, Town, World, saturday};

/// Twelve contracts of one to twelve hours, all confirmed.
async fn confirmed(town: &Town) -> Vec<Care> {
    let mut all = Vec::new();
    for hours in 1..=12 {
        let care = town.home_care(1_000 * hours).await;
        town.confirmed_as_planned(&care, saturday()).await;
        all.push(care);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_starts_make_one_run_and_pay_what_one_worker_pays() {
    let world = World::new().await;
    let (town, control) = (Town::new(&world, "Worcestershire").await, Town::new(&world, "Bradford").await);
    let care = confirmed(&town).await;
    confirmed(&control).await;

    let (at, period) = (town.run_day(saturday()), town.period(saturday()));
    let starts = (0..8).map(|number| {
        let (officer, service) = (town.officer.clone(), town.service.clone());
        tokio::spawn(async move {
            let opened = open_run(&officer, at, period).await.unwrap();
            let mut worked = Vec::new();
            while let Some(posted) = post_contract(&service, at, opened.run, &format!("worker {number}")).await.unwrap()
            {
                worked.push(posted.contract);
            }
            (opened, worked)
        })
    });
    let mut done = Vec::new();
    for start in starts.collect::<Vec<_>>() {
        done.push(start.await.unwrap());
    }
    assert_eq!(done.iter().filter(|(opened, _)| !opened.already).count(), 1);
    let runs: BTreeSet<_> = done.iter().map(|(opened, _)| opened.run).collect();
    assert_eq!(runs.len(), 1);
    let mut worked: Vec<_> = done.iter().flat_map(|(_, worked)| worked.iter().copied()).collect();
    worked.sort_unstable();
    let mut contracts: Vec<_> = care.iter().map(|care| care.contract).collect();
    contracts.sort_unstable();
    assert_eq!(worked, contracts, "each contract was worked once");

    let run = done[0].0.run;
    let eight = finalise_run(&town.service, at, run).await.unwrap();
    let entries = town.entries(run).await;
    let lines: BTreeSet<_> = entries.iter().map(|entry| (entry.claim_line_id, entry.sequence)).collect();
    assert_eq!((entries.len(), lines.len()), (12, 12));
    // 78 hours at £18.85
    assert_eq!(eight.amount, Money::from_pence(78 * 1_885));

    let alone = control.finalised(saturday()).await;
    let total = |entries: &[counterfoil_tenants::entry::Entry]| {
        let mut amounts: Vec<_> = entries.iter().map(|entry| entry.pence).collect();
        amounts.sort_unstable();
        amounts
    };
    assert_eq!(total(&entries), total(&control.entries(alone).await));
    let (town_pays, control_pays) = (town.payments(run).await, control.payments(alone).await);
    let sum = |payments: &[counterfoil_tenants::payment::Payment]| {
        Money::total(payments.iter().map(|payment| payment.pays_pence)).unwrap()
    };
    assert_eq!((sum(&town_pays), town_pays.len()), (sum(&control_pays), control_pays.len()));
    assert!(finalise_run(&town.service, at, run).await.unwrap().already);
}
