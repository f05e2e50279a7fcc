//! A version of the rule, or another value of a setting, is tried on weeks that are paid: what it would come to is known to
//! the penny, and no claim is changed by it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, PeriodId, TrialId};
use counterfoil_core::pricing::facts::Value;
use counterfoil_rules::packs;
use counterfoil_tenants::audit;
use counterfoil_tenants::jobs::{Dispatcher, Job};
use counterfoil_tenants::rule_trial::{self, ContractTried, LineFilter, LineTried, State, Sums, Trial, TriedSetting};
use counterfoil_tenants::rule_version::Who;
use counterfoil_tenants::steps::try_rule::{Pace, ToStart, Worked, cancel_trial, start_trial, work_trial};
use counterfoil_tenants::steps::upload_rule::{Sent, Upload, upload_rule};
use counterfoil_tenants::{Error, Result};

use crate::faults::trapping;
use crate::support::{Care, Town, World, date, delivered, pence, week, winter};

/// Three people's care over four weeks, all of it paid: seven hours as planned, ten where seven were planned, and a visit.
struct Past {
    town: Town,
    /// The care of whoever had ten hours.
    over: Care,
    claims: Vec<ClaimId>,
}

impl Past {
    async fn new() -> Self {
        Self::of(&World::new().await).await
    }

    async fn of(world: &Arc<World>) -> Self {
        let town = Town::new(world, "Worcestershire").await;
        let (hours, over, visit) =
            (town.home_care(7_000).await, town.home_care(7_000).await, town.monday_visit(30).await);
        let mut claims = Vec::new();
        for number in 0..4 {
            claims.push(town.confirmed_as_planned(&hours, week(number)).await);
            claims.push(town.confirmed_as_planned(&visit, week(number)).await);
            let id = town.claim(&over, week(number)).await.id;
            let at = winter(week(number + 1), 10, 0, 0);
            town.state(id, delivered(10_000), "More care was needed.", at).await;
            town.confirm(id, at).await;
            claims.push(id);
            town.run(week(number)).await;
        }
        Self { town, over, claims }
    }

    fn at(&self) -> DateTime<Utc> {
        self.town.run_day(week(3)) + TimeDelta::hours(1)
    }

    fn weeks(&self) -> Vec<PeriodId> {
        (0..4).map(|number| self.town.period(week(number))).collect()
    }

    fn who(&self) -> Who<'_> {
        Who { person: self.town.council.administrator, name: "An administrator" }
    }

    async fn uploaded(&self, component: Vec<u8>) -> String {
        let component = Sent { name: "rule.wasm".to_owned(), bytes: component };
        let upload = Upload { component, note: "To be tried".to_owned(), cases: Vec::new() };
        upload_rule(&self.town.administrator, &self.town.world.means, self.at(), self.who(), &upload).await.unwrap()
    }

    async fn start(&self, digest: &str, settings: &[(&str, Value)]) -> Result<TrialId> {
        let setting = |(key, value): &(&str, Value)| TriedSetting {
            key: (*key).to_owned(),
            scope: String::new(),
            value: value.clone(),
        };
        let to_start = ToStart {
            digest: digest.to_owned(),
            periods: self.weeks(),
            settings: settings.iter().map(setting).collect(),
        };
        start_trial(&self.town.administrator, &self.town.world.means, self.at(), self.who(), &to_start).await
    }

    async fn work(&self, id: TrialId, pace: Pace) -> Worked {
        work_trial(&self.town.service, &self.town.world.means, self.at(), id, pace).await.unwrap()
    }

    /// A whole trial, worked as a job works it.
    async fn tried(&self, digest: &str, settings: &[(&str, Value)]) -> TrialId {
        let id = self.start(digest, settings).await.unwrap();
        assert_eq!(self.work(id, Pace::default()).await, Worked::Finished);
        id
    }

    async fn seen(&self, id: TrialId) -> (Trial, Sums) {
        let read = self
            .town
            .administrator
            .read(async |tx| Ok((rule_trial::find(tx, id).await?, rule_trial::sums(tx, id).await?)));
        read.await.unwrap()
    }

    async fn by_contract(&self, id: TrialId) -> Vec<ContractTried> {
        self.town.administrator.read(async |tx| rule_trial::by_contract(tx, id).await).await.unwrap()
    }

    async fn lines(&self, id: TrialId, filter: LineFilter) -> Vec<LineTried> {
        let read = self.town.administrator.read(async |tx| rule_trial::lines(tx, id, (filter, None), (0, 100)).await);
        let (counted, lines) = read.await.unwrap();
        assert_eq!(usize::try_from(counted).unwrap(), lines.len());
        lines
    }

    /// Everything about the claims that a trial could change.
    async fn standing(&self) -> Vec<String> {
        let mut standing = Vec::new();
        for id in &self.claims {
            let (claim, (row, charges)) = (self.town.again(*id).await, self.town.assessed(*id).await);
            standing.push(format!("{claim:?} {row:?} {charges:?}"));
        }
        standing
    }
}

/// `standard` with a section that changes nothing but its digest.
fn built_again() -> Vec<u8> {
    let mut bytes = packs::standard().component.to_vec();
    bytes.extend([0, 5, 4, b'n', b'o', b't', b'e']);
    bytes
}

fn code(word: &str) -> Value {
    Value::Code(word.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_changes_nothing_comes_to_the_same_pence_and_fuel_and_no_claim_is_touched() {
    let past = Past::new().await;
    let standing = past.standing().await;
    let digest = past.uploaded(built_again()).await;
    let (trial, sums) = past.seen(past.tried(&digest, &[]).await).await;
    assert_eq!((trial.state, trial.claims, trial.done, trial.listed), (State::Finished, 12, 12, 0));
    // four weeks of 7 hours, 10 hours, and half an hour, at £18.85 an hour
    let whole = pence(4 * (13_195 + 18_850 + 943));
    assert_eq!((sums.payable, sums.suspended), ((whole, whole), (pence(0), pence(0))));
    assert_eq!((sums.claims, sums.lines, sums.differing, sums.faulted, sums.left_out), (12, 12, 0, 0, 0));
    assert!(sums.fuel.0 > 0);
    assert_eq!(sums.fuel.0, sums.fuel.1, "the same work takes the same fuel");
    let slowest: Vec<u64> = trial.slowest.iter().map(|slow| slow.now).collect();
    assert_eq!(slowest.len(), 12);
    assert!(slowest.is_sorted_by(|a, b| a >= b));
    assert_eq!(past.standing().await, standing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_is_tried_as_if_it_had_held_all_along() {
    let past = Past::new().await;
    let id = past.tried(&past.town.world.standard.0, &[("extras", code("never"))]).await;
    let (trial, sums) = past.seen(id).await;
    // three hours above the plan, four times
    assert_eq!(sums.difference(), pence(-4 * 5_655));
    assert_eq!((sums.differing, sums.newly_suspended, trial.listed), (4, 0, 4));
    let contracts = past.by_contract(id).await;
    let moved: Vec<_> = contracts.iter().filter(|tried| tried.sums.differing > 0).collect();
    assert_eq!(contracts.len(), 3);
    assert_eq!(moved.iter().map(|tried| tried.contract).collect::<Vec<_>>(), [past.over.contract]);
    assert_eq!(moved[0].sums.payable, (pence(4 * 18_850), pence(4 * 13_195)));
    let lines = past.lines(id, LineFilter::Less).await;
    assert_eq!(lines.len(), 4);
    assert!(lines.iter().all(|line| line.payable == (pence(18_850), pence(13_195)) && line.fault.is_none()));
    assert_eq!(lines[0].reference, format!("CPLI{:06}", past.over.number));
    assert!(past.lines(id, LineFilter::More).await.is_empty());
    let elsewhere = past.town.administrator.read(async |tx| {
        let contract = contracts.iter().map(|tried| tried.contract).find(|other| *other != past.over.contract);
        rule_trial::lines(tx, id, (LineFilter::All, contract), (0, 100)).await
    });
    assert_eq!(elsewhere.await.unwrap().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_suspended_is_counted_with_its_reason() {
    let past = Past::new().await;
    let needs = Value::Codes(vec!["1".to_owned()]);
    let id = past.tried(&past.town.world.standard.0, &[("tiers-with-need", needs)]).await;
    let (_, sums) = past.seen(id).await;
    let whole = pence(4 * (13_195 + 18_850 + 943));
    assert_eq!((sums.payable, sums.suspended), ((whole, pence(0)), (pence(0), whole)));
    assert_eq!((sums.differing, sums.newly_suspended), (12, 12));
    let lines = past.lines(id, LineFilter::NewlySuspended).await;
    assert_eq!(lines.len(), 12);
    assert!(lines.iter().all(|line| line.reason.as_ref().is_some_and(|reason| reason.code == "tier-without-need")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_fails_is_found_out_before_it_pays_anybody() {
    let past = Past::new().await;
    let digest = past.uploaded(trapping()).await;
    let id = past.tried(&digest, &[]).await;
    let (trial, sums) = past.seen(id).await;
    assert_eq!((trial.state, sums.faulted, sums.lines, sums.differing), (State::Finished, 12, 12, 12));
    assert_eq!((sums.payable.1, sums.suspended.1), (pence(0), pence(0)));
    let failed = past.lines(id, LineFilter::Failed).await;
    assert_eq!(failed.len(), 12);
    let why = failed[0].fault.as_deref().unwrap();
    assert!(why.starts_with("the rule stopped with an error of its own"), "{why}");
    assert!(past.lines(id, LineFilter::Less).await.is_empty(), "what failed is not called dearer or cheaper");
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_are_killed_or_do_the_same_count_each_claim_once() {
    let past = Past::new().await;
    let standard = past.town.world.standard.0.clone();
    let (_, undisturbed) = past.seen(past.tried(&standard, &[("extras", code("never"))]).await).await;
    let id = past.start(&standard, &[("extras", code("never"))]).await.unwrap();
    let pace = Pace { claims: 1, batches: 1 };

    // killed after its first batch: what it had done stands, and its job is done again
    assert_eq!(past.work(id, pace).await, Worked::GoesOn);
    assert_eq!(past.seen(id).await.0.done, 1);
    // killed at any moment: what is kept of a batch is all of it or nothing
    for moment in 0..8 {
        let killed = work_trial(&past.town.service, &past.town.world.means, past.at(), id, pace);
        let _killed_or_not = tokio::time::timeout(Duration::from_millis(1 << moment), killed).await;
        let (trial, sums) = past.seen(id).await;
        assert_eq!(i64::from(trial.done), sums.claims);
    }
    let before = past.seen(id).await.0.done;
    // lent twice: one of them is first, and the other leaves it
    let (one, other) = tokio::join!(past.work(id, pace), past.work(id, pace));
    let done = past.seen(id).await.0.done;
    let kept = [one, other].iter().filter(|worked| **worked == Worked::GoesOn).count();
    assert_eq!(usize::try_from(done - before).unwrap(), kept, "{one:?} {other:?}");
    while past.work(id, pace).await == Worked::GoesOn {}

    let (trial, sums) = past.seen(id).await;
    assert_eq!((trial.state, trial.done, trial.listed), (State::Finished, 12, 4));
    assert_eq!(sums, undisturbed);
    assert_eq!(past.lines(id, LineFilter::All).await.len(), 4);
    assert_eq!(past.work(id, pace).await, Worked::Stopped, "the job that is left finds it done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_leaves_the_rest_to_the_next_and_a_cancelled_trial_keeps_what_was_tried() {
    let past = Past::new().await;
    let standard = past.town.world.standard.0.clone();
    let id = past.start(&standard, &[("extras", code("never"))]).await.unwrap();
    assert_eq!(past.work(id, Pace { claims: 1, batches: 2 }).await, Worked::GoesOn);
    let dispatcher = Dispatcher::new(past.town.world.db.connections());
    let mut waiting = 0;
    while let Some(taken) = dispatcher.take("test", past.at(), TimeDelta::minutes(10)).await.unwrap() {
        waiting += usize::from(taken.job == Job::TryRule { trial: id });
        dispatcher.done(&taken).await.unwrap();
    }
    assert_eq!(waiting, 2, "the first job, and the one that goes on");
    cancel_trial(&past.town.administrator, past.at(), id).await.unwrap();
    cancel_trial(&past.town.administrator, past.at(), id).await.unwrap();
    assert_eq!(past.work(id, Pace::default()).await, Worked::Stopped);
    let (trial, sums) = past.seen(id).await;
    assert_eq!((trial.state, trial.done, sums.claims), (State::Cancelled, 2, 2));
    let finished = past.tried(&standard, &[]).await;
    let late = cancel_trial(&past.town.administrator, past.at(), finished).await;
    assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    let records = past.town.service.read(async |tx| audit::newest(tx, 100).await).await.unwrap();
    for action in [Action::StartTrial, Action::TryClaims, Action::CancelTrial] {
        assert!(records.iter().any(|record| record.action == action.code()), "{action:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_tried_is_said_and_another_councils_trial_is_nothing() {
    let world = World::new().await;
    let past = Past::of(&world).await;
    let rival = Town::new(&world, "Bradford").await;
    let (standard, at) = (world.standard.0.as_str(), past.at());
    let start = async |town: &Town, digest: &str, periods: Vec<PeriodId>| {
        let who = Who { person: town.council.administrator, name: "An administrator" };
        let to_start = ToStart { digest: digest.to_owned(), periods, settings: Vec::new() };
        start_trial(&town.administrator, &world.means, at, who, &to_start).await
    };
    let said = |outcome: Result<TrialId>| match outcome {
        Err(Error::Refused(words)) => words,
        other => panic!("{other:?}"),
    };
    assert_eq!(said(start(&past.town, standard, Vec::new()).await), "Select at least one pay period");
    let future = vec![past.town.period(date(2025, 6, 7))];
    assert!(said(start(&past.town, standard, future).await).contains("No claim of these pay periods was assessed"));
    assert!(said(past.start(standard, &[("price", code("7"))]).await).contains("has no setting"));
    let unknown = start(&past.town, &"0".repeat(64), past.weeks()).await;
    assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
    let theirs = start(&rival, standard, past.weeks()).await;
    assert!(matches!(theirs, Err(Error::NotFound)), "{theirs:?}");

    let id = past.start(standard, &[]).await.unwrap();
    let seen = rival.administrator.read(async |tx| rule_trial::find(tx, id).await).await;
    assert!(matches!(seen, Err(Error::NotFound)), "{seen:?}");
    let cancelled = cancel_trial(&rival.administrator, at, id).await;
    assert!(matches!(cancelled, Err(Error::NotFound)), "{cancelled:?}");
    let pace = Pace { batches: 1, claims: 10 };
    let worked = work_trial(&rival.service, &world.means, at, id, pace).await;
    assert!(matches!(worked, Err(Error::NotFound)), "{:?}", worked.err());
    for _ in 0..2 {
        past.start(standard, &[]).await.unwrap();
    }
    assert!(said(past.start(standard, &[]).await).contains("3 trials are running"));
}
