//! Contracts and service lines as a provider reads them, and the council's staff: what is to be delivered, for whom, by
//! which order, at which rate. Stands beside [`contract`](crate::contract) and [`service_line`](crate::service_line), which write what is read here;
//! `list` is the table of contracts, `contract` one of them, `line` one service line with everything about it.

mod contract;
mod line;
mod list;

use counterfoil_core::ids::{OrganisationId, TenantId};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::scope::{Provider, Tx};

pub use contract::{ContractSeen, LineListed, contract, contract_own, lines, lines_own};
pub use line::{ClaimOfLine, Late, LineSeen, VersionSeen, line, line_own};
pub use list::{
    ContractListed, LineFound, Standing, Wanted, count, count_own, found, found_own, list, list_own, services,
    services_own,
};

/// Whose rows a statement names, beside the policies: one organisation's at one council, or all of a council.
#[derive(Clone, Copy)]
pub(crate) struct Whose {
    pub(crate) tenant: Uuid,
    pub(crate) organisation: Option<Uuid>,
}

impl Whose {
    /// One organisation of the transaction's, at one council.
    pub(crate) fn of(tx: &Tx<'_, Provider>, council: TenantId, organisation: OrganisationId) -> Result<Self> {
        if !tx.organisations().contains(&organisation.uuid()) {
            return Err(Error::NotFound);
        }
        Ok(Self { tenant: council.uuid(), organisation: Some(organisation.uuid()) })
    }

    /// All of the transaction's council.
    pub(crate) fn council(tx: &Tx<'_>) -> Self {
        Self { tenant: tx.tenant().uuid(), organisation: None }
    }

    /// Goes on with a condition on whose a row is; `column` is `AND l.organisation_id = `.
    fn and<ST>(self, sql: Prepared<ST>, column: &'static str) -> Prepared<ST> {
        match self.organisation {
            Some(organisation) => sql.sql(column).id(organisation),
            None => sql,
        }
    }
}
