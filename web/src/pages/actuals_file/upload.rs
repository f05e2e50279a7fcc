//! What a file would do: read, compared with the organisation's claims, and held. Nothing is stored.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::TimeDelta;
use counterfoil_core::actuals_file::{
    Compared, Keyed, OpenClaim, Outcome, Preview as Said, Table, Wrong, compare, reference_key,
};
use counterfoil_core::ids::ContractId;
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::{claim, contract};

use super::held::{One, Part, Preview, ToMend, Upload, Work};
use super::shown::{ChangeShown, MOST_SHOWN, WrongShown, called};
use super::{home, page, today};
use crate::access::{ForOrganisationAt, Permit, PostedSheet, ProviderAt, Visit};
use crate::fault::Fault;
use crate::form::Errors;
use crate::session::HELD;
use crate::spreadsheet;

/// The file with what it would do.
pub(crate) async fn upload(Permit { visit, pass }: Permit<ProviderAt>, posted: PostedSheet) -> Result<Response, Fault> {
    let bytes = posted.file.clone();
    let read = blocking(move || {
        let (_, table) = spreadsheet::read(&bytes).map_err(|fault| fault.to_string())?;
        let keyed = Keyed::of(&table).map_err(|fault| fault.to_string())?;
        Ok::<_, String>((table, keyed))
    });
    let (table, keyed) = match read.await? {
        Ok(read) => read,
        Err(words) => return page(&visit, &pass, &Errors::of("file", words)).await,
    };
    let (claims, reasons) = known(&visit, &pass, &keyed).await?;
    let (organisation, council, now) = (pass.provider.organisation.id, pass.council.id, visit.now);
    let day = today(&visit);
    let made = blocking(move || {
        let said = compare(&table, &keyed, &claims, &reasons, day);
        let until = now + TimeDelta::from_std(HELD).unwrap_or_default();
        (preview(&said, &claims, &table, (organisation, council, until)), work(&said, &claims), to_mend(&said, &table))
    });
    let (preview, work, to_mend) = made.await?;
    let upload = Upload::new(&visit).await?;
    upload.put_bytes(Part::File, &posted.file).await?;
    upload.put(Part::Work, &work).await?;
    upload.put(Part::ToMend, &to_mend).await?;
    upload.put(Part::Preview, &preview).await?;
    Ok(Redirect::to(&format!("{}/{}", home(&pass), upload.id.simple())).into_response())
}

/// Work for a thread that may block.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::internal(&error))
}

/// The claims of the contracts and days that the file names, and the council's reasons.
async fn known(
    visit: &Visit,
    pass: &ForOrganisationAt,
    keyed: &Keyed,
) -> Result<(Vec<OpenClaim>, BTreeMap<String, String>), Fault> {
    let (council, organisation, now, today) = (pass.council.id, pass.provider.organisation.id, visit.now, today(visit));
    let named: BTreeSet<String> = keyed.contracts();
    let (from, to) = keyed.days().unwrap_or((today, today));
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let contracts = contract::references_of(tx, organisation).await?;
        let wanted: Vec<ContractId> = contracts
            .into_iter()
            .filter(|one| one.tenant == council && named.contains(&reference_key(&one.reference)))
            .map(|one| one.id)
            .collect();
        let claims = claim::open_own(tx, council, organisation, (&wanted, from, to), now).await?;
        Ok((claims, claim::reasons_own(tx, council, to).await?))
    });
    read.await.map_err(|error| Fault::of(&error))
}

type Whose = (counterfoil_core::ids::OrganisationId, counterfoil_core::ids::TenantId, chrono::DateTime<chrono::Utc>);

fn preview(said: &Said, claims: &[OpenClaim], table: &Table, (organisation, council, until): Whose) -> Preview {
    let mut changes = Vec::new();
    let mut in_all = 0;
    for compared in &said.claims {
        let Some(claim) = claims.get(compared.claim) else { continue };
        in_all += compared.changes.len();
        let room = MOST_SHOWN.saturating_sub(changes.len());
        let shown = compared.changes.iter().take(room);
        changes.extend(shown.map(|change| ChangeShown::of(claim, compared.outcome, change)));
    }
    let wrong = || {
        let of_claims = said.claims.iter().flat_map(|compared| &compared.wrong);
        said.loose.iter().flat_map(|(_, wrong)| wrong).chain(of_claims)
    };
    Preview {
        organisation,
        council,
        until,
        rows: table.rows.len().saturating_sub(1),
        new: said.count(Outcome::New),
        changed: said.count(Outcome::Changed),
        unchanged: said.count(Outcome::Unchanged) + said.count(Outcome::AsPlanned),
        as_planned: said.count(Outcome::AsPlanned),
        rejected: said.count(Outcome::Rejected),
        loose: said.loose.len(),
        ignored: said.ignored.clone(),
        more_changes: in_all - changes.len(),
        changes,
        wrong: wrong().take(MOST_SHOWN).map(WrongShown::from).collect(),
        more_wrong: wrong().count().saturating_sub(MOST_SHOWN),
    }
}

fn work(said: &Said, claims: &[OpenClaim]) -> Work {
    let one = |compared: &Compared| {
        let claim = claims.get(compared.claim)?;
        Some(One {
            claim: claim.id,
            seen: claim.version,
            statement: compared.statement.clone()?,
            called: called(claim),
            rows: compared.rows.clone(),
        })
    };
    let of = |outcomes: &[Outcome]| {
        said.claims.iter().filter(|compared| outcomes.contains(&compared.outcome)).filter_map(one).collect()
    };
    Work { changes: of(&[Outcome::New, Outcome::Changed]), as_planned: of(&[Outcome::AsPlanned]) }
}

/// All rows of what was rejected, each with what is wrong in it; what is said of a claim as a whole goes with its first.
fn to_mend(said: &Said, table: &Table) -> ToMend {
    let mut rows: ToMend = said.loose.clone();
    for compared in said.claims.iter().filter(|compared| compared.outcome == Outcome::Rejected) {
        rows.extend(spread(&compared.rows, &compared.wrong, table));
    }
    rows.sort_by_key(|(index, _)| *index);
    rows
}

pub(super) fn spread(rows: &[usize], wrong: &[Wrong], table: &Table) -> ToMend {
    let number = |index: usize| table.rows.get(index).map(|row| row.number);
    let of_place = |wrong: &Wrong| {
        let figures: String = wrong.place.chars().filter(char::is_ascii_digit).collect();
        let row: Option<u32> = figures.parse().ok();
        rows.iter().copied().find(|index| number(*index) == row).or(rows.first().copied())
    };
    let mut by_row: BTreeMap<usize, Vec<Wrong>> = rows.iter().map(|index| (*index, Vec::new())).collect();
    for wrong in wrong {
        if let Some(found) = of_place(wrong).and_then(|index| by_row.get_mut(&index)) {
            found.push(wrong.clone());
        }
    }
    by_row.into_iter().collect()
}
