//! Payees with their bank details, contracts, the people who receive care, their service lines and stays.

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::PayeeId;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::bank::BankDetails;
use counterfoil_tenants::contract::{ClaimPeriod, Contract, ContractKind};
use counterfoil_tenants::payee::{Payee, PayeeKind};
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::service_line::{LineVersionRow, ServiceLine};
use counterfoil_tenants::service_user::{ServiceUser, StayRow};
use counterfoil_tenants::{bank, contract, payee, service_line, service_user};
use serde_json::json;

use super::One;
use crate::demo::world::care;
use crate::demo::world::council::CouncilWorld;

/// Payees, and where their money goes.
pub(super) async fn payees(one: &One<'_>) -> anyhow::Result<()> {
    let council = one.council;
    let rows: Vec<Payee> = council
        .payees
        .iter()
        .map(|own| Payee {
            id: own.id,
            organisation_id: own.organisation,
            kind: match own.kind {
                care::PayeeKind::Site => PayeeKind::Site,
                care::PayeeKind::Person => PayeeKind::Person,
                care::PayeeKind::ManagedAccount => PayeeKind::ManagedAccount,
            },
            supplier_number: own.supplier_number.clone(),
            name: own.name.clone(),
            remittance_email: Some(own.remittance_email.clone()),
        })
        .collect();
    let accounts: Vec<(PayeeId, BankDetails)> = council
        .payees
        .iter()
        .map(|own| {
            let details = BankDetails {
                sort_code: own.bank.sort_code.clone(),
                account: own.bank.account.clone(),
                name: own.bank.name.clone(),
            };
            (own.id, details)
        })
        .collect();
    let transaction = one.scope.transaction(council.taken_on, async |tx: &mut Tx<'_>| {
        let detail = json!({ "payees": rows.len() });
        let record = Record::of(Action::SetUp, council.id).detail(detail.clone());
        let mut audited = tx.audited(record).await?;
        payee::add(&mut audited, rows.clone()).await?;
        let record = Record::of(Action::ChangeBankDetails, council.id).detail(detail);
        let mut audited = tx.audited(record).await?;
        bank::set_payees(&mut audited, one.means.master_key, &accounts).await
    });
    Ok(transaction.await?)
}

/// Contracts.
pub(super) async fn contracts(one: &One<'_>) -> anyhow::Result<()> {
    let council = one.council;
    let rows: Vec<Contract> = council
        .contracts
        .iter()
        .map(|own| Contract {
            id: own.id,
            organisation_id: own.organisation,
            payee_id: own.payee,
            schedule_id: own.schedule,
            reference: own.reference.clone(),
            service_type: own.service_type.to_owned(),
            recording: own.recording,
            terms: own.terms,
            claim_period: match own.claim_period {
                care::ClaimPeriod::Week => ClaimPeriod::Week,
                care::ClaimPeriod::PayPeriod => ClaimPeriod::PayPeriod,
            },
            gross: own.gross,
            kind: match own.kind {
                care::ContractKind::Framework => ContractKind::Framework,
                care::ContractKind::Spot => ContractKind::Spot,
                care::ContractKind::Block => ContractKind::Block,
            },
            valid_from: own.from,
            valid_to: None,
            attributes: own.attributes.clone(),
        })
        .collect();
    let transaction = one.scope.transaction(council.taken_on, async |tx: &mut Tx<'_>| {
        let detail = json!({ "contracts": rows.len() });
        let record = Record::of(Action::SetUp, council.id).detail(detail);
        let mut audited = tx.audited(record).await?;
        contract::add(&mut audited, rows.clone()).await
    });
    Ok(transaction.await?)
}

/// People with their service lines and the stays that are known.
pub(super) async fn people(one: &One<'_>) -> anyhow::Result<()> {
    let council = one.council;
    let by = Actor::Council { person: council.staff.officer };
    let users: Vec<ServiceUser> = council.service_users.iter().map(user).collect();
    let mut lines = Vec::with_capacity(council.lines.len());
    let mut versions = Vec::with_capacity(council.lines.len());
    for own in &council.lines {
        let row = line(own, council.contract(own.contract));
        let rows = own.versions.iter();
        versions.extend(rows.map(|version| LineVersionRow::new(&row, version.clone(), by.clone())));
        lines.push(row);
    }
    let stays: Vec<StayRow> = council
        .stays
        .iter()
        .map(|known| StayRow {
            id: known.id,
            version: known.version,
            service_user_id: known.service_user,
            kind: known.kind,
            admitted: known.admitted,
            discharged: known.discharged,
            withdrawn: false,
            recorded_at: council.taken_on,
            recorded_by: by.clone(),
        })
        .collect();
    let transaction = one.scope.transaction(council.taken_on, async |tx: &mut Tx<'_>| {
        let detail = json!({
            "service_users": users.len(), "service_lines": lines.len(), "stays": stays.len(),
        });
        let record = Record::of(Action::SetUp, council.id).detail(detail);
        let mut audited = tx.audited(record).await?;
        service_user::add(&mut audited, users.clone()).await?;
        service_line::add(&mut audited, lines.clone()).await?;
        service_line::add_versions(&mut audited, versions.clone()).await?;
        service_user::add_stays(&mut audited, stays.clone()).await
    });
    Ok(transaction.await?)
}

/// Adds a person with a service line to a council that is at work, as an officer does who is late with an order. The
/// line's claims are generated by the next generation for their periods.
///
/// # Errors
/// When a reference is taken.
pub(crate) async fn add_line(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    council: &CouncilWorld,
    (own_user, own_line): (&care::ServiceUser, &care::ServiceLine),
) -> counterfoil_tenants::Result<()> {
    let row = line(own_line, council.contract(own_line.contract));
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let by = tx.actor();
            let versions = own_line.versions.iter();
            let versions = versions.map(|version| LineVersionRow::new(&row, version.clone(), by.clone())).collect();
            let record = Record::of(Action::VaryLine, row.id).detail(json!({ "version": 1 }));
            let mut audited = tx.audited(record).await?;
            service_user::add(&mut audited, vec![user(own_user)]).await?;
            service_line::add(&mut audited, vec![row.clone()]).await?;
            service_line::add_versions(&mut audited, versions).await
        })
        .await
}

/// A person as they are stored.
fn user(own: &care::ServiceUser) -> ServiceUser {
    ServiceUser { id: own.id, reference: own.reference.clone(), name: own.name.clone() }
}

/// A line as it is stored, with the organisation of its contract.
fn line(own: &care::ServiceLine, contract: Option<&care::Contract>) -> ServiceLine {
    ServiceLine {
        id: own.id,
        organisation_id: contract.and_then(|contract| contract.organisation),
        contract_id: own.contract,
        service_user_id: own.service_user,
        reference: own.reference.clone(),
        purchase_order: own.purchase_order.clone(),
    }
}
