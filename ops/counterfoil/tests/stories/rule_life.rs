//! The life of a rule: uploaded, checked, approved by somebody else, switched on from the start of a period, found by a
//! process that has never seen it, rolled back, and put aside when it fails. What is paid keeps the rule that priced it.

mod rulings;

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::pricing::{Fault, Pricer as _, RuleDigest};
use counterfoil_core::statement::Actuals;
use counterfoil_rules::packs;
use counterfoil_tenants::rule_version::{self, Follows, State, Who};
use counterfoil_tenants::steps::activate_rule::{activate_rule, choices, preview_activation};
use counterfoil_tenants::steps::change_records::{Touched, reassess};
use counterfoil_tenants::steps::decide_rule::{Ruling, decide_rule};
use counterfoil_tenants::steps::quarantine_rule::set_rule_quarantine;
use counterfoil_tenants::steps::upload_rule::{Sent, Upload, add_rule_cases, download_rule, upload_rule};
use counterfoil_tenants::{Error, audit};

use crate::faults::trapping;
use crate::support::{Care, Town, World, saturday, week};

/// `standard` with a section that changes nothing but its digest.
pub(crate) fn new_version() -> Vec<u8> {
    let mut bytes = packs::standard().component.to_vec();
    bytes.extend([0, 5, 4, b'n', b'o', b't', b'e']);
    bytes
}

fn upload(component: Vec<u8>) -> Upload {
    let component = Sent { name: "rule.wasm".to_owned(), bytes: component };
    Upload { component, note: "The same, built again".to_owned(), cases: Vec::new() }
}

impl Town {
    pub(crate) fn uploader(&self) -> Who<'_> {
        Who { person: self.council.administrator, name: "An administrator" }
    }

    fn other(&self) -> Who<'_> {
        Who { person: self.second, name: "Another administrator" }
    }

    /// Uploads a component and lets the other person approve it.
    pub(crate) async fn approved(&self, component: Vec<u8>, at: DateTime<Utc>) -> String {
        let means = &self.world.means;
        let digest = upload_rule(&self.administrator, means, at, self.uploader(), &upload(component)).await.unwrap();
        decide_rule(&self.approver, means, at, self.other(), (&digest, Ruling::Approve, "")).await.unwrap();
        digest
    }

    /// States a week and gives the component that priced it, with the fault that it had.
    async fn stated(&self, care: &Care, number: u64) -> (String, Option<Fault>) {
        let claim = self.claim(care, week(number)).await;
        self.state(claim.id, Actuals::AsPlanned, "", self.run_day(week(number)) - TimeDelta::days(3)).await;
        let (row, _) = self.assessed(claim.id).await;
        (row.component_digest, row.fault)
    }

    async fn state_of(&self, digest: &str, at: DateTime<Utc>) -> State {
        let pricer = self.world.means.pricer.clone();
        let read = self.service.read(async |tx| rule_version::seen(tx, &*pricer, at.date_naive()).await).await;
        read.unwrap().1.into_iter().find(|seen| seen.digest == digest).unwrap().state
    }

    async fn has_recorded(&self, action: Action) -> bool {
        let records = self.service.read(async |tx| audit::newest(tx, 200).await).await.unwrap();
        records.iter().any(|record| record.action == action.code())
    }
}

fn refused<T>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Refused(words)) => words,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_approved_by_somebody_else_switched_on_and_rolled_back_and_what_is_paid_keeps_its_rule() {
    let world = World::new().await;
    let town = Town::new(&world, "Worcestershire").await;
    let (means, standard) = (&world.means, world.standard.0.as_str());
    let care = town.home_care(7_000).await;
    town.confirmed_as_planned(&care, saturday()).await;
    town.run(saturday()).await;
    let at = town.run_day(saturday()) + TimeDelta::hours(1);

    let component = new_version();
    let sent = upload(component.clone());
    let digest = upload_rule(&town.administrator, means, at, town.uploader(), &sent).await.unwrap();
    assert_eq!(town.state_of(&digest, at).await, State::Checked);
    assert!(!world.engine.holds(&RuleDigest(digest.clone())), "a check keeps nothing");
    assert_eq!(download_rule(&town.administrator, means, at, &digest).await.unwrap(), component);
    let again = upload_rule(&town.administrator, means, at, town.uploader(), &sent).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");

    // whoever uploaded it does not approve it, and unapproved it prices nothing
    let own = decide_rule(&town.administrator, means, at, town.uploader(), (&digest, Ruling::Approve, "")).await;
    assert!(refused(own).contains("Another administrator"));
    let early = activate_rule(&town.administrator, means, at, town.uploader(), (&digest, week(1), "")).await;
    assert!(refused(early).contains("second administrator"));
    decide_rule(&town.approver, means, at, town.other(), (&digest, Ruling::Approve, "Tried")).await.unwrap();

    // not what is paid, and only from the start of a period
    let paid = activate_rule(&town.administrator, means, at, town.uploader(), (&digest, saturday(), "")).await;
    assert!(refused(paid).contains("paid or in a run"));
    let midweek =
        activate_rule(&town.administrator, means, at, town.uploader(), (&digest, week(1).succ_opt().unwrap(), ""));
    assert!(refused(midweek.await).contains("pay period begins"));
    let offered = town.service.read(async |tx| choices(tx, at.date_naive()).await).await.unwrap();
    assert_eq!(offered.starts.first().map(|(day, _)| *day), Some(week(1)));
    let preview =
        preview_activation(&town.administrator, means, at, town.uploader(), (&digest, week(1))).await.unwrap();
    assert_eq!(preview.schedules.iter().map(|(_, first)| *first).collect::<Vec<_>>(), [Some(week(1))]);
    assert!(!preview.rolls_back);
    activate_rule(&town.administrator, means, at, town.uploader(), (&digest, week(1), "")).await.unwrap();
    assert_eq!(
        town.state_of(&digest, at).await,
        if at.date_naive() < week(1) { State::Comes(week(1)) } else { State::InForce }
    );

    // a process that has never seen it takes it from the database and compiles it once
    let one = town.confirmed_as_planned(&care, week(1)).await;
    assert!(world.engine.holds(&RuleDigest(digest.clone())));
    assert_eq!(town.assessed(one).await.0.component_digest, digest);
    town.run(week(1)).await;

    let back = town.run_day(week(1)) + TimeDelta::hours(1);
    let past = activate_rule(&town.approver, means, back, town.other(), (standard, week(1), "It is wrong")).await;
    assert!(refused(past).contains("paid or in a run"));
    let silent = activate_rule(&town.approver, means, back, town.other(), (standard, week(2), "")).await;
    assert_eq!(refused(silent), "Enter why");
    activate_rule(&town.approver, means, back, town.other(), (standard, week(2), "It is wrong")).await.unwrap();
    assert_eq!(town.stated(&care, 2).await, (standard.to_owned(), None));
    reassess(&town.service, means, back, Touched::From(saturday())).await.unwrap();
    assert_eq!(town.assessed(one).await.0.component_digest, digest, "what is paid keeps the rule that priced it");
    for action in
        [Action::UploadRule, Action::ApproveRule, Action::ActivateRule, Action::RollBackRule, Action::DownloadRule]
    {
        assert!(town.has_recorded(action).await, "{action:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_councils_version_is_nothing_to_another() {
    let world = World::new().await;
    let (town, rival) = (Town::new(&world, "Worcestershire").await, Town::new(&world, "Bradford").await);
    let (means, at) = (&world.means, town.run_day(saturday()));
    let digest = town.approved(new_version(), at).await;
    let (scope, who) = (&rival.administrator, rival.uploader());
    let case = [Sent { name: "case.json".to_owned(), bytes: b"{}".to_vec() }];
    let answers = [
        decide_rule(scope, means, at, who, (&digest, Ruling::Approve, "")).await.err(),
        activate_rule(scope, means, at, who, (&digest, week(1), "")).await.err(),
        preview_activation(scope, means, at, who, (&digest, week(1))).await.err(),
        download_rule(scope, means, at, &digest).await.err(),
        add_rule_cases(scope, means, at, who, (&digest, &case)).await.err(),
    ];
    assert!(answers.iter().all(|answer| matches!(answer, Some(Error::NotFound))), "{answers:?}");
    let own = rival.approved(new_version(), at).await;
    assert_eq!(own, digest, "the same bytes are its own when it uploads them itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_rule_is_refused_with_what_to_change_and_that_is_kept() {
    let town = Town::alone().await;
    let (means, at) = (&town.world.means, town.run_day(saturday()));
    let sent = upload(b"%PDF-1.7".to_vec());
    let words = refused(upload_rule(&town.administrator, means, at, town.uploader(), &sent).await);
    let kept = town.service.read(async |tx| rule_version::refusals(tx, 10).await).await.unwrap();
    assert_eq!(kept.iter().map(|refusal| refusal.sentence.as_str()).collect::<Vec<_>>(), [words.as_str()]);
    assert!(town.has_recorded(Action::RefuseRule).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_fails_too_often_is_put_aside_until_somebody_lifts_it() {
    let town = Town::alone().await;
    let (means, at) = (&town.world.means, town.run_day(saturday()));
    let care = town.home_care(7_000).await;
    set_rule_quarantine(&town.administrator, at, (1, Follows::Suspend)).await.unwrap();
    let digest = town.approved(trapping(), at).await;
    activate_rule(&town.administrator, means, at, town.uploader(), (&digest, week(1), "")).await.unwrap();
    let (_, fault) = town.stated(&care, 1).await;
    assert!(matches!(fault, Some(Fault::Trapped { .. })), "{fault:?}");
    assert_eq!(town.state_of(&digest, at).await, State::Quarantined);
    assert!(town.has_recorded(Action::QuarantineRule).await);
    assert_eq!(town.stated(&care, 2).await, (digest.clone(), Some(Fault::Quarantined)));

    // a council that wants its providers paid lets the rule before it price
    let later = town.run_day(week(2));
    set_rule_quarantine(&town.administrator, later, (1, Follows::LastGood)).await.unwrap();
    assert_eq!(town.stated(&care, 3).await, (town.world.standard.0.clone(), None));
    let lift = (digest.as_str(), Ruling::LiftQuarantine, "Its author has looked");
    decide_rule(&town.administrator, means, town.run_day(week(3)), town.uploader(), lift).await.unwrap();
    assert!(matches!(town.stated(&care, 4).await.1, Some(Fault::Trapped { .. })), "it prices again, and fails again");
}
