//! The file to edit: the claims of one contract that wait for actuals, filled in with what stands or else the plan.

use axum::response::Response;
use chrono::NaiveDate;
use counterfoil_core::actuals_file::{OpenClaim, written};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::ContractId;
use counterfoil_tenants::claim;
use counterfoil_tenants::scope::{Provider, Tx};

use super::{ALL, open, page, today};
use crate::access::{Permit, ProviderAt};
use crate::download::attachment;
use crate::fault::Fault;
use crate::form::Errors;
use crate::spreadsheet::{self, Kind};

/// `?contract=ctr_...&week=2024-12-20&kind=xlsx`
pub(crate) async fn download(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let asked = |name| visit.asked_for(name).unwrap_or_default();
    let open = open(&visit, &pass).await?;
    let contract: Option<ContractId> = asked("contract").parse().ok();
    let of_contract: Vec<_> = open.iter().filter(|one| Some(one.contract) == contract && one.claims > 0).collect();
    let Some(one) = of_contract.first() else {
        return page(&visit, &pass, &Errors::of("contract", "Select a contract")).await;
    };
    let week: Option<NaiveDate> = asked("week").parse().ok().filter(|_| asked("week") != ALL);
    let weeks: Vec<NaiveDate> =
        of_contract.iter().map(|one| one.ends).filter(|ends| week.is_none_or(|week| week == *ends)).collect();
    let (Some(from), Some(to)) = (weeks.iter().min(), weeks.iter().max()) else {
        let words = "Nothing of this contract waits for actuals in that week. Select another";
        return page(&visit, &pass, &Errors::of("week", words)).await;
    };
    let (council, organisation, today, now) =
        (pass.council.id, pass.provider.organisation.id, today(&visit), visit.now);
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let found = claim::open_own(tx, council, organisation, (&[one.contract], *from, *to), now).await?;
        Ok((found, claim::reasons_own(tx, council, *to).await?))
    });
    let (mut claims, reasons) = read.await.map_err(|error| Fault::of(&error))?;
    claims.retain(|claim| waits(claim, today) && weeks.contains(&claim.ends));
    let kind = if asked("kind") == "csv" { Kind::Csv } else { Kind::Xlsx };
    let name = format!("actuals-{}-{}", one.reference, week.map_or_else(|| today.to_string(), |week| week.to_string()));
    let made = tokio::task::spawn_blocking(move || file(&name, kind, &written(&claims), &reasons));
    made.await.map_err(|error| Fault::internal(&error))?
}

fn waits(claim: &OpenClaim, today: NaiveDate) -> bool {
    matches!(claim.state, ClaimState::Generated | ClaimState::Stated) && claim.ends < today
}

/// A table as a file of a kind; blocks.
pub(super) fn file(
    name: &str,
    kind: Kind,
    table: &[Vec<counterfoil_core::actuals_file::Value>],
    reasons: &std::collections::BTreeMap<String, String>,
) -> Result<Response, Fault> {
    Ok(match kind {
        Kind::Csv => {
            let text = spreadsheet::csv(table).map_err(|error| Fault::internal(&error))?;
            attachment(&format!("{name}.csv"), spreadsheet::CSV, text)
        }
        Kind::Xlsx => {
            let bytes = spreadsheet::xlsx(table, reasons).map_err(|error| Fault::internal(&error))?;
            attachment(&format!("{name}.xlsx"), spreadsheet::XLSX, bytes)
        }
    })
}
