//! Contracts and service lines as a provider reads them: what it is to deliver, for whom, by which order, at which rate.
//! Stands beside [`contract`](crate::contract) and [`service_line`](crate::service_line), which write what is read here;
//! `list` is the table of contracts, `contract` one of them, `line` one service line with everything about it.

mod contract;
mod line;
mod list;

use counterfoil_core::ids::{OrganisationId, TenantId};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::scope::{Provider, Tx};

pub use contract::{ContractSeen, LineListed, contract_own, lines_own};
pub use line::{ClaimOfLine, Late, LineSeen, VersionSeen, line_own};
pub use list::{ContractListed, LineFound, Standing, Wanted, count_own, found_own, list_own, services_own};

/// Whose rows a statement names, beside the policies.
#[derive(Clone, Copy)]
struct Whose {
    tenant: Uuid,
    organisation: Uuid,
}

impl Whose {
    /// One organisation of the transaction's, at one council.
    fn of(tx: &Tx<'_, Provider>, council: TenantId, organisation: OrganisationId) -> Result<Self> {
        if !tx.organisations().contains(&organisation.uuid()) {
            return Err(Error::NotFound);
        }
        Ok(Self { tenant: council.uuid(), organisation: organisation.uuid() })
    }
}
