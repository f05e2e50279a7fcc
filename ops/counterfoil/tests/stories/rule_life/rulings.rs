//! What stands in the way of a version: a case that fails, an administrator who declines it, its retirement; and a run that
//! is open, which keeps the version with which it began.

use chrono::TimeDelta;
use counterfoil_core::claim::Basis;
use counterfoil_core::event::Action;
use counterfoil_core::pricing::RuleDigest;
use counterfoil_tenants::rule_version::{self, State};
use counterfoil_tenants::steps::activate_rule::activate_rule;
use counterfoil_tenants::steps::decide_rule::{Ruling, decide_rule};
use counterfoil_tenants::steps::open_run::open_run;
use counterfoil_tenants::steps::upload_rule::{Sent, Upload, add_rule_cases, upload_rule};

use super::{new_version, refused, upload};
use crate::support::{Town, World, pence, saturday, week};

/// A published case, with so many pence more than it comes to.
fn case(wrong_by: i64) -> Sent {
    let text = include_str!("../../../../../rule-plugins/councils/standard/cases/admission-and-discharge-day.json");
    let mut case: serde_json::Value = serde_json::from_str(text).unwrap();
    let payable = case["expect"]["payable"].as_i64().unwrap();
    case["expect"]["payable"] = (payable + wrong_by).into();
    Sent { name: "case.json".to_owned(), bytes: case.to_string().into_bytes() }
}

impl Town {
    /// What each case of a version differs in.
    async fn differences(&self, digest: &str) -> Vec<Vec<String>> {
        let cases = self.service.read(async |tx| rule_version::cases(tx, digest).await).await.unwrap();
        cases.into_iter().map(|case| case.differences).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_fails_keeps_a_version_from_being_approved_until_a_corrected_one_takes_its_place() {
    let town = Town::alone().await;
    let (means, at) = (&town.world.means, town.run_day(saturday()));
    let sent = Upload { cases: vec![case(1)], ..upload(new_version()) };
    let digest = upload_rule(&town.administrator, means, at, town.uploader(), &sent).await.unwrap();
    assert_eq!(town.state_of(&digest, at).await, State::Failing);
    let approve = (digest.as_str(), Ruling::Approve, "");
    let early = decide_rule(&town.approver, means, at, town.other(), approve).await;
    assert!(refused(early).contains("comes to something else than it expects"));

    let corrected = [case(0)];
    let ran = add_rule_cases(&town.approver, means, at, town.other(), (&digest, &corrected)).await.unwrap();
    assert_eq!((ran, town.differences(&digest).await), (1, vec![Vec::<String>::new()]));
    decide_rule(&town.approver, means, at, town.other(), approve).await.unwrap();
    assert_eq!(town.state_of(&digest, at).await, State::Approved);
    assert!(town.has_recorded(Action::AddRuleCases).await);

    // an approval does not outlive a case that fails
    let later = [case(7)];
    add_rule_cases(&town.administrator, means, at, town.uploader(), (&digest, &later)).await.unwrap();
    let on = activate_rule(&town.administrator, means, at, town.uploader(), (&digest, week(1), "")).await;
    assert!(on.is_err(), "it prices nothing while a case fails");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declined_or_retired_prices_nothing_and_what_prices_is_not_retired() {
    let town = Town::alone().await;
    let (means, at, standard) = (&town.world.means, town.run_day(saturday()), town.world.standard.0.clone());
    let sent = upload(new_version());
    let digest = upload_rule(&town.administrator, means, at, town.uploader(), &sent).await.unwrap();
    let decide = async |digest: &str, ruling, why: &str| {
        decide_rule(&town.approver, means, at, town.other(), (digest, ruling, why)).await
    };
    assert_eq!(refused(decide(&digest, Ruling::Decline, "").await), "Enter why");
    decide(&digest, Ruling::Decline, "No figures with it").await.unwrap();
    assert_eq!(town.state_of(&digest, at).await, State::Declined);
    let on = activate_rule(&town.administrator, means, at, town.uploader(), (&digest, week(1), "")).await;
    assert!(refused(on).contains("second administrator"));
    // who declined it may be convinced
    decide(&digest, Ruling::Approve, "Figures seen").await.unwrap();
    assert!(refused(decide(&digest, Ruling::Approve, "").await).contains("approved already"));

    assert!(refused(decide(&standard, Ruling::Retire, "Old").await).contains("Switch another one on"));
    decide(&digest, Ruling::Retire, "Not needed").await.unwrap();
    assert_eq!(town.state_of(&digest, at).await, State::Retired);
    assert!(refused(decide(&digest, Ruling::Retire, "Twice").await).contains("retired already"));
    assert!(refused(decide(&digest, Ruling::Approve, "").await).contains("used or retired"));
    let on = activate_rule(&town.administrator, means, at, town.uploader(), (&digest, week(1), "")).await;
    assert!(refused(on).contains("retired"));
    for action in [Action::DeclineRule, Action::ApproveRule, Action::RetireRule] {
        assert!(town.has_recorded(action).await, "{action:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_open_keeps_the_version_with_which_it_began() {
    let world = World::new().await;
    let town = Town::paying(&world, "Worcestershire", Basis::Plan).await;
    let (means, standard) = (&world.means, world.standard.0.as_str());
    let care = town.care_on_plan(7_000).await;
    let claim = town.claim(&care, saturday()).await.id;
    let at = town.run_day(saturday());
    let digest = town.approved(new_version(), at - TimeDelta::days(1)).await;
    let run = open_run(&town.officer, at, town.period(saturday())).await.unwrap().run;

    // while it is open its period is nobody's to switch
    let late = activate_rule(&town.administrator, means, at, town.uploader(), (&digest, saturday(), "")).await;
    assert!(refused(late).contains("paid or in a run"));
    // and were another version recorded all the same, the run would go by the one that it was opened with
    town.switch_on(&RuleDigest(digest.clone()), saturday(), at + TimeDelta::minutes(1)).await;
    assert_eq!(town.finalised(saturday()).await, run);
    let (row, _) = town.assessed(claim).await;
    assert_eq!((row.component_digest.as_str(), row.payable_pence), (standard, pence(13_195)));
    assert_eq!(town.run_row(run).await.rule_digest, standard);
    town.paid_out(run, saturday()).await;

    // the next one goes by what is in force when it is opened
    let next = town.claim(&care, week(1)).await.id;
    let run = town.run(week(1)).await;
    assert_eq!(town.assessed(next).await.0.component_digest, digest);
    assert_eq!(town.run_row(run).await.rule_digest, digest);
}
