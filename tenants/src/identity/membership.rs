//! Who may act for whom, and as what.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use diesel::ExpressionMethods as _;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

use super::{Identity, taken};
use crate::error::Result;
use crate::record::{Kept as _, kept_words};
use crate::schema::{council_member, organisation_member};

/// What a member of a council's staff may do. One person may have several; what two people have to do (prepare and
/// approve) the steps keep apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouncilRole {
    /// Finance officer: reviews, settles, runs.
    Officer,
    /// Finance approver: approves what officers prepared.
    Approver,
    /// Contracts and service lines; no money.
    Commissioning,
    /// Calendars, rates, tolerance, notifications, rules, users.
    Administrator,
    /// Reads only.
    Auditor,
}

impl CouncilRole {
    /// All of them, in the order in which pages list them.
    pub const ALL: [Self; 5] = [Self::Officer, Self::Approver, Self::Commissioning, Self::Administrator, Self::Auditor];

    /// Its name on pages.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Officer => "Finance officer",
            Self::Approver => "Finance approver",
            Self::Commissioning => "Commissioning",
            Self::Administrator => "Administrator",
            Self::Auditor => "Auditor",
        }
    }

    /// What it lets somebody do, in a line.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Officer => "Reviews claims, settles what is suspended and prepares payment runs",
            Self::Approver => "Approves payment runs that somebody else prepared",
            Self::Commissioning => "Sees contracts and service lines, and no money",
            Self::Administrator => "Manages staff, providers and the council\u{2019}s settings",
            Self::Auditor => "Sees everything, and changes nothing",
        }
    }
}

/// What a member of a provider's staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationRole {
    /// Submits.
    Staff,
    /// Manages the organisation's own users as well.
    Administrator,
}

impl OrganisationRole {
    /// Its name on pages.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Staff => "Staff",
            Self::Administrator => "Administrator",
        }
    }
}

kept_words!(CouncilRole, OrganisationRole);

impl Identity {
    /// Makes a person a member of a council's staff.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::Error::Conflict) when they are one already.
    pub async fn join_council(
        &self,
        person: PersonId,
        tenant: TenantId,
        role: CouncilRole,
        at: DateTime<Utc>,
    ) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| join_council(conn, person, tenant, role, at).await)
            .await
            .map_err(|error| taken(error, "They have that role at the council already."))
    }

    /// Makes a person a member of an organisation's staff.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::Error::Conflict) when they are one already.
    pub async fn join_organisation(
        &self,
        person: PersonId,
        organisation: OrganisationId,
        role: OrganisationRole,
        at: DateTime<Utc>,
    ) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            join_organisation(conn, person, organisation, role, at).await
        })
        .await
        .map_err(|error| taken(error, "They are a member of the organisation\u{2019}s staff already."))
    }
}

pub(crate) async fn join_council(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    tenant: TenantId,
    role: CouncilRole,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(council_member::table)
        .values((
            council_member::tenant_id.eq(tenant.uuid()),
            council_member::person_id.eq(person.uuid()),
            council_member::role.eq(role.raw()),
            council_member::since.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn join_organisation(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    organisation: OrganisationId,
    role: OrganisationRole,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(organisation_member::table)
        .values((
            organisation_member::organisation_id.eq(organisation.uuid()),
            organisation_member::person_id.eq(person.uuid()),
            organisation_member::role.eq(role.raw()),
            organisation_member::since.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
