//! Puts one question to each step, and gives its answer in the words that whoever asked would read.

use std::collections::BTreeSet;

use counterfoil_core::actor::Actor;
use counterfoil_core::disposition::Settlement;
use counterfoil_core::ids::{
    AdjustmentId, ClaimId, ContractId, DocumentId, NoticeId, OrganisationId, PayeeId, PeriodId, QueryId, RunId,
    ServiceLineId, ServiceUserId, TenantId,
};
use counterfoil_core::money::Quantity;
use counterfoil_core::plan::{LineVersion, Plan};
use counterfoil_core::pricing::facts::{EndingKind, StayKind, Unit};
use counterfoil_core::run::RunState;
use counterfoil_core::statement::{Actuals, LineStatement, Statement};
use counterfoil_tenants::Result;
use counterfoil_tenants::notice::NoticeState;
use counterfoil_tenants::scope::ProviderScope;
use counterfoil_tenants::service_user::{EndingRow, StayRow};
use counterfoil_tenants::statement::Source;
use counterfoil_tenants::steps::assess_claims::{Purpose, assess_claims, assess_stated};
use counterfoil_tenants::steps::change_records::{
    Touched, change_bank_details, reassess, record_ending, record_stay, vary_line,
};
use counterfoil_tenants::steps::confirm_claims::{
    Declared, confirm_claims, declare_claims, send_back, unconfirm_claim,
};
use counterfoil_tenants::steps::notify::{remind_of_cut_off, sent, tell_of_remittances, to_send};
use counterfoil_tenants::steps::open_actuals::open_actuals;
use counterfoil_tenants::steps::post_contract::{assess_on_plan, post_contract};
use counterfoil_tenants::steps::price_actuals::price_actuals;
use counterfoil_tenants::steps::refer_to_claims::{Referred, refer_to_claims};
use counterfoil_tenants::steps::reject_claims::reject_claims;
use counterfoil_tenants::steps::reprice_claims::{preview_repricing, reprice_claims};
use counterfoil_tenants::steps::request_payments::{Wanted, make_requested, request_payments};
use counterfoil_tenants::steps::send_file::{file_sent, reconcile};
use counterfoil_tenants::steps::state_actuals::{ToState, state_actuals};
use counterfoil_tenants::steps::state_non_delivery::{Asked, propose_non_delivery, state_non_delivery};
use counterfoil_tenants::steps::tell_of_adjustment::tell_of_adjustment;
use counterfoil_tenants::steps::tell_of_document::tell_of_document;
use counterfoil_tenants::steps::tell_of_message::tell_of_message;
use counterfoil_tenants::steps::tell_of_query::tell_of_query;
use counterfoil_tenants::steps::{
    approve_run::approve_run, finalise_run::finalise_run, generate_claims::generate_claims, issue_file::issue_file,
    open_run::open_run, settle_suspended::settle_suspended, write_remittances::write_remittances,
};
use uuid::Uuid;

use crate::support::{Town, account, date, winter};

/// Who asks: the people of a council, and a member of a provider's staff who says to act for an organisation.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) town: &'a Town,
    pub(crate) provider: &'a ProviderScope,
    pub(crate) pair: (TenantId, OrganisationId),
}

/// What is asked about.
pub(crate) struct Ids {
    pub(crate) claim: ClaimId,
    pub(crate) contract: ContractId,
    pub(crate) seen: u32,
    pub(crate) run: RunId,
    pub(crate) period: PeriodId,
    pub(crate) payee: PayeeId,
    pub(crate) line: ServiceLineId,
    pub(crate) person: ServiceUserId,
    pub(crate) notice: NoticeId,
    pub(crate) query: QueryId,
    pub(crate) document: DocumentId,
    pub(crate) adjustment: AdjustmentId,
}

fn said<T: std::fmt::Debug>(answer: Result<T>) -> String {
    answer.map_or_else(|error| error.to_string(), |value| format!("done: {value:?}"))
}

/// A step's answer.
pub(crate) async fn ask(step: &str, asker: &Asker<'_>, ids: &Ids) -> String {
    let (town, at) = (asker.town, winter(date(2025, 1, 20), 9, 0, 0));
    let (scope, means, now) = (&town.approver, &town.world.means, (Purpose::Shown, at));
    let by = Actor::Council { person: town.second };
    match step {
        "approve_run" => said(approve_run(scope, at, ids.run).await),
        "assess_claims" => said(assess_claims(scope, means, at, now, &[ids.claim]).await),
        "assess_on_plan" => said(assess_on_plan(scope, means, at, ids.run).await),
        "assess_stated" => said(assess_stated(scope, means, at, &[ids.claim]).await),
        "change_bank_details" => said(change_bank_details(scope, &means.master_key, at, ids.payee, account(1)).await),
        "confirm_claims" => {
            said(confirm_claims(asker.provider, at, asker.pair, &[(ids.claim, ids.seen)], "B. Manager").await)
        }
        "declare_claims" => {
            let declared = Declared { name: "B. Manager", comment: "As it was." };
            said(declare_claims(asker.provider, at, asker.pair, &[(ids.claim, ids.seen)], declared).await)
        }
        "file_sent" => said(file_sent(scope, at, ids.run).await),
        "finalise_run" => said(finalise_run(scope, at, ids.run).await),
        "generate_claims" => said(generate_claims(scope, at, ids.period).await),
        "issue_file" => said(issue_file(scope, means, at, ids.run).await),
        "make_requested" => said(make_requested(scope, means, at, ids.contract.uuid(), &|_, _| {}).await),
        "open_actuals" => said(open_actuals(asker.provider, &town.service, means, at, (asker.pair.1, ids.claim)).await),
        "open_run" => said(open_run(scope, at, ids.period).await),
        "post_contract" => said(post_contract(scope, at, ids.run, "worker").await),
        "preview_repricing" => {
            said(preview_repricing(asker.provider, &town.service, means, at, asker.pair.1, &[ids.claim]).await)
        }
        "price_actuals" => {
            let to_price = [(ids.claim, as_planned())];
            said(price_actuals(asker.provider, &town.service, means, at, asker.pair.1, &to_price).await)
        }
        "propose_non_delivery" => {
            let asked = Asked {
                contracts: vec![ids.contract],
                people: Vec::new(),
                days: (date(2024, 12, 14), date(2024, 12, 27)),
                reason: "hospital".to_owned(),
                comment: "In hospital.".to_owned(),
                left_out: BTreeSet::new(),
            };
            said(propose_non_delivery(asker.provider, &town.service, (means, at), asker.pair.1, &asked).await)
        }
        "reassess" => {
            let line = said(reassess(scope, means, at, Touched::Line(ids.line)).await);
            let person = said(reassess(scope, means, at, Touched::Person(ids.person)).await);
            format!("{line} {person}")
        }
        "reconcile" => said(reconcile(scope, at, ids.run, RunState::Settled).await),
        "record_ending" => said(record_ending(scope, at, ending(ids.person, by)).await),
        "record_stay" => said(record_stay(scope, at, stay(ids.person, by)).await),
        "refer_to_claims" => {
            let referred = Referred { reference: None, dated: Some(date(2025, 1, 10)) };
            said(refer_to_claims(asker.provider, at, asker.pair, &[ids.claim], referred).await)
        }
        "reject_claims" => {
            let declared = Declared { name: "B. Manager", comment: "The rate is wrong." };
            said(reject_claims(asker.provider, at, asker.pair, &[(ids.claim, ids.seen)], declared).await)
        }
        "remind_of_cut_off" => said(remind_of_cut_off(scope, at, ids.period).await),
        "reprice_claims" => {
            said(reprice_claims(asker.provider, &town.service, means, at, asker.pair.1, &[ids.claim]).await)
        }
        "request_payments" => {
            let (batch, up_to) = (Uuid::from_u128(43), date(2024, 12, 20));
            let wanted = Wanted { batch, contracts: &[ids.contract], up_to };
            said(request_payments(asker.provider, at, asker.pair, wanted).await)
        }
        "send_back" => said(send_back(scope, at, ids.claim, "The hours are wrong.").await),
        "sent" => said(sent(scope, at, ids.notice, NoticeState::Failed, (None, Some("No such mailbox."))).await),
        "settle_suspended" => {
            said(settle_suspended(scope, means, at, ids.claim, (0, Settlement::Accept, "Agreed.")).await)
        }
        "state_actuals" => {
            let to_state = vec![ToState { claim: ids.claim, seen: ids.seen, statement: as_planned() }];
            let source = (asker.pair.1, Source::Screen);
            said(state_actuals(asker.provider, &town.service, means, at, source, to_state).await)
        }
        "state_non_delivery" => {
            let to_state = vec![ToState { claim: ids.claim, seen: ids.seen, statement: as_planned() }];
            let by = (asker.provider, &town.service);
            let stated = state_non_delivery(by.0, by.1, (means, at), asker.pair.1, to_state).await;
            stated.into_iter().map(|(_, outcome)| said(outcome)).collect()
        }
        "tell_of_adjustment" => said(tell_of_adjustment(scope, at, ids.adjustment, false).await),
        "tell_of_document" => said(tell_of_document(scope, at, ids.document, 1, false).await),
        "tell_of_message" => said(tell_of_message(scope, at, "", (ids.claim, 1)).await),
        "tell_of_query" => said(tell_of_query(scope, at, ids.query, 1).await),
        "tell_of_remittances" => said(tell_of_remittances(scope, at, ids.run).await),
        "to_send" => said(to_send(scope, ids.notice).await),
        "unconfirm_claim" => said(unconfirm_claim(asker.provider, at, asker.pair, ids.claim, ids.seen).await),
        "vary_line" => said(vary_line(scope, at, ids.line, version()).await),
        "write_remittances" => said(write_remittances(scope, means, at, ids.run).await),
        other => panic!("nothing is asked of {other}"),
    }
}

fn as_planned() -> Statement {
    let line = LineStatement { line: 0, actuals: Actuals::AsPlanned, comment: String::new() };
    Statement { lines: vec![line], ..Statement::default() }
}

fn ending(person: ServiceUserId, by: Actor) -> EndingRow {
    let day = date(2024, 12, 1);
    EndingRow {
        service_user_id: person,
        version: 1,
        kind: EndingKind::Death,
        happened: day,
        notified: day,
        withdrawn: false,
        recorded_at: winter(day, 9, 0, 0),
        recorded_by: by,
    }
}

fn stay(person: ServiceUserId, by: Actor) -> StayRow {
    let day = date(2024, 12, 1);
    StayRow {
        id: Uuid::from_u128(42),
        version: 1,
        service_user_id: person,
        kind: StayKind::Hospital,
        admitted: day,
        discharged: None,
        withdrawn: false,
        recorded_at: winter(day, 9, 0, 0),
        recorded_by: by,
    }
}

fn version() -> LineVersion {
    LineVersion {
        version: 2,
        from: date(2024, 12, 14),
        to: None,
        recorded_at: winter(date(2024, 12, 14), 9, 0, 0),
        service: "Other care".to_owned(),
        unit: Unit::Hour,
        tier: "1".to_owned(),
        tier_need: String::new(),
        attributes: Vec::new(),
        plan: Plan::Week { quantity: Quantity::from_thousandths(1_000) },
    }
}
