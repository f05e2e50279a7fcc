//! Another council's ids, and another organisation's: every step answers exactly as for an id that nobody has, and
//! changes nothing. The list of steps is complete, which a test makes sure of.

mod ask;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use counterfoil_core::event::Action;
use counterfoil_core::ids::{
    AdjustmentId, ClaimId, ContractId, DocumentId, NoticeId, PayeeId, PeriodId, QueryId, RunId, ServiceLineId,
    ServiceUserId, TenantId,
};
use counterfoil_core::money::Quantity;
use counterfoil_core::notice::{NoticeEvent, NotificationSetting};
use counterfoil_core::run::RunState;
use counterfoil_tenants::adjustment::{self, NewAdjustment};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::care_query::{self, About, NewQuery, Urgency};
use counterfoil_tenants::contract_document::{self, Attached, Kind, NewDocument, Publisher};
use counterfoil_tenants::steps::notify::tell_of_remittances;
use counterfoil_tenants::{audit, bank, claim, notice, notification, run};
use counterfoil_testkit::{TestProvider, instant};
use uuid::Uuid;

use crate::support::{Town, World, saturday, week};
use ask::{Asker, Ids, ask};

/// Steps that are given ids, and so can be given somebody else's.
const GIVEN_IDS: &[&str] = &[
    "approve_run",
    "assess_claims",
    "assess_on_plan",
    "assess_stated",
    "change_bank_details",
    "confirm_claims",
    "declare_claims",
    "file_sent",
    "finalise_run",
    "generate_claims",
    "issue_file",
    "make_requested",
    "open_actuals",
    "open_run",
    "post_contract",
    "preview_repricing",
    "price_actuals",
    "propose_non_delivery",
    "reassess",
    "reconcile",
    "record_ending",
    "record_stay",
    "refer_to_claims",
    "reject_claims",
    "remind_of_cut_off",
    "reprice_claims",
    "request_payments",
    "send_back",
    "sent",
    "settle_suspended",
    "state_actuals",
    "state_non_delivery",
    "tell_of_adjustment",
    "tell_of_document",
    "tell_of_message",
    "tell_of_query",
    "tell_of_remittances",
    "to_send",
    "unconfirm_claim",
    "vary_line",
    "write_remittances",
];
/// Those of them that a provider takes.
const PROVIDERS: &[&str] = &[
    "confirm_claims",
    "declare_claims",
    "open_actuals",
    "preview_repricing",
    "price_actuals",
    "refer_to_claims",
    "reject_claims",
    "reprice_claims",
    "request_payments",
    "state_actuals",
    "state_non_delivery",
    "unconfirm_claim",
];
/// Steps that name nothing: they write to the council whose scope they have.
const GIVEN_NOTHING: &[&str] = &["record_rates", "set_rule_setting"];
/// Those about invoices, which few councils take: the pages' own story asks them with a rival's, in `web/tests/provider`.
const OF_INVOICES: &[&str] = &["submit_invoice", "withdraw_invoice"];
/// Those about versions of the rule, which are named by digest, and about their trials: the stories of a rule's life and of
/// trials ask them with a rival's.
const OF_RULES: &[&str] = &[
    "activate_rule",
    "add_rule_cases",
    "cancel_trial",
    "choices",
    "decide_rule",
    "download_rule",
    "preview_activation",
    "recompute_line",
    "set_rule_quarantine",
    "start_trial",
    "upload_rule",
    "work_trial",
];

#[test]
fn every_step_is_asked() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tenants/src/steps")];
    let mut found = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for line in source.lines().filter_map(|line| line.trim_start().strip_prefix("pub async fn ")) {
                let name = line.split(['(', '<']).next().unwrap();
                assert!(found.insert(name.to_owned()), "two steps are called {name}");
            }
        }
    }
    let listed: BTreeSet<String> = GIVEN_IDS
        .iter()
        .chain(GIVEN_NOTHING)
        .chain(OF_INVOICES)
        .chain(OF_RULES)
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(found, listed, "list each step here, and ask it in ask.rs");
}

/// A council with something of everything: a paid week, a confirmed one, and a notice to be sent.
async fn busy(world: &Arc<World>, name: &str) -> (Town, Ids) {
    let town = Town::new(world, name).await;
    let setting = NotificationSetting {
        event: NoticeEvent::RemittanceReady,
        enabled: true,
        sender: "payments@council.example".to_owned(),
        reply_to: String::new(),
        lead_minutes: 0,
        subject: "Remittance {number}".to_owned(),
        body: "{amount}".to_owned(),
    };
    town.administrator
        .transaction(instant(2024, 12, 1, 9), async |tx| {
            let mut audited = tx.audited(Record::on(Action::SetUp, "notification")).await?;
            notification::set(&mut audited, setting.clone()).await
        })
        .await
        .unwrap();
    let care = town.home_care(7_000).await;
    town.confirmed_as_planned(&care, saturday()).await;
    let paid = town.run(saturday()).await;
    tell_of_remittances(&town.service, town.run_day(saturday()), paid).await.unwrap();
    let notice = town.service.read(async |tx| notice::all(tx).await).await.unwrap()[0].id;
    let claim = town.confirmed_as_planned(&care, week(1)).await;
    let question = NewQuery {
        contract: care.contract,
        line: Some(care.line),
        about: About::Hours,
        person: String::new(),
        urgency: Urgency::Soon,
        message: "Ten hours, not seven.".to_owned(),
    };
    let writer = (town.provider.person, "B. Manager");
    let asked = care_query::ask(&town.provider.scope, instant(2024, 12, 20, 9), town.pair(), writer, &question).await;
    let at = instant(2024, 12, 20, 9);
    let agreement = NewDocument {
        title: "Agreement".to_owned(),
        terms: "Seven hours a week.".to_owned(),
        agree_by: at.date_naive(),
        attached: Attached::Nothing,
    };
    let publisher = Publisher { person: town.second, name: "An officer", email: "officer@council.example" };
    let about = (care.contract, Some(care.line), Kind::Agreement);
    let document = contract_document::publish(&town.administrator, at, publisher, about, &agreement).await.unwrap();
    let more = NewAdjustment {
        line: care.line,
        from: at.date_naive(),
        to: None,
        wanted: Quantity::from_thousandths(9_000),
        why: "She needs more.".to_owned(),
        claim: None,
        seen: 1,
    };
    let asker = adjustment::Asker { person: town.provider.person, name: "B. Manager", email: "manager@care.example" };
    let adjustment = adjustment::ask(&town.provider.scope, at, town.pair(), asker, &more).await.unwrap();
    let ids = Ids {
        query: asked.unwrap(),
        document,
        adjustment,
        claim,
        contract: town.again(claim).await.contract_id,
        seen: town.again(claim).await.version,
        run: paid,
        period: town.period(week(1)),
        payee: care.payee,
        line: care.line,
        person: care.person,
        notice,
    };
    (town, ids)
}

/// Ids that nobody has.
fn absent(like: &Ids) -> Ids {
    let none = Uuid::max();
    Ids {
        query: QueryId::from_uuid(none),
        document: DocumentId::from_uuid(none),
        adjustment: AdjustmentId::from_uuid(none),
        claim: ClaimId::from_uuid(none),
        contract: ContractId::from_uuid(none),
        seen: like.seen,
        run: RunId::from_uuid(none),
        period: PeriodId::from_uuid(none),
        payee: PayeeId::from_uuid(none),
        line: ServiceLineId::from_uuid(none),
        person: ServiceUserId::from_uuid(none),
        notice: NoticeId::from_uuid(none),
    }
}

/// Everything that a step could change: a change of council data has its audit record.
async fn everything(town: &Town, ids: &Ids) -> String {
    let read = town.service.read(async |tx| {
        Ok((
            audit::newest(tx, 10_000).await?,
            claim::find_all(tx, &[ids.claim]).await?,
            run::all(tx).await?,
            notice::all(tx).await?,
            bank::versions(tx, &[ids.payee]).await?.len(),
        ))
    });
    format!("{:?}", read.await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_councils_ids_answer_as_if_absent_to_every_step() {
    let world = World::new().await;
    let ((ours, our_ids), (theirs, their_ids)) = (busy(&world, "Worcestershire").await, busy(&world, "Bradford").await);
    let nobody = absent(&their_ids);
    let before = (everything(&ours, &our_ids).await, everything(&theirs, &their_ids).await);
    let asker = Asker { town: &ours, provider: &ours.provider.scope, pair: ours.pair() };
    for step in GIVEN_IDS {
        let (told, expected) = (ask(step, &asker, &their_ids).await, ask(step, &asker, &nobody).await);
        assert_eq!(told, expected, "{step} tells another council's from none");
    }
    // and where the request names the other council or its provider as well
    let none = TenantId::from_uuid(Uuid::max());
    for step in PROVIDERS {
        for organisation in [ours.provider.organisation, theirs.provider.organisation] {
            let named = Asker { pair: (theirs.council.tenant, organisation), ..asker };
            let nobodys = Asker { pair: (none, organisation), ..asker };
            assert_eq!(ask(step, &named, &their_ids).await, ask(step, &nobodys, &nobody).await, "{step}");
        }
    }
    assert_eq!((everything(&ours, &our_ids).await, everything(&theirs, &their_ids).await), before);

    // the questions are real ones: to their own council these answer otherwise
    let own = Asker { town: &theirs, provider: &theirs.provider.scope, pair: theirs.pair() };
    for step in ["to_send", "assess_claims", "confirm_claims", "reconcile", "write_remittances", "vary_line"] {
        assert_ne!(ask(step, &own, &their_ids).await, ask(step, &own, &nobody).await, "{step}");
    }
    assert_eq!(theirs.run_row(their_ids.run).await.state, RunState::Settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisations_claim_answers_as_if_absent_to_every_step_of_a_provider() {
    let world = World::new().await;
    let (town, ids) = busy(&world, "Worcestershire").await;
    let nobody = absent(&ids);
    let neighbour = TestProvider::new(&world.db, "Other Care").await;
    let before = everything(&town, &ids).await;
    for organisation in [neighbour.organisation, town.provider.organisation] {
        let asker = Asker { town: &town, provider: &neighbour.scope, pair: (town.council.tenant, organisation) };
        for step in PROVIDERS {
            let told = ask(step, &asker, &ids).await;
            assert_eq!(told, "There is nothing here with that reference.", "{step}");
            assert_eq!(told, ask(step, &asker, &nobody).await, "{step}");
        }
    }
    assert_eq!(everything(&town, &ids).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_moves_the_claims_of_the_council_that_recorded_it_and_no_others() {
    let world = World::new().await;
    let ((ours, our_ids), (theirs, their_ids)) = (busy(&world, "Worcestershire").await, busy(&world, "Bradford").await);
    let before = everything(&theirs, &their_ids).await;
    ours.new_rate(&[(202_000, saturday())], ours.run_day(week(1))).await;
    assert_eq!(ours.assessed(our_ids.claim).await.0.payable_pence.pence(), 14_140);
    assert_eq!(theirs.assessed(their_ids.claim).await.0.payable_pence.pence(), 13_195);
    assert_eq!(everything(&theirs, &their_ids).await, before);
}
