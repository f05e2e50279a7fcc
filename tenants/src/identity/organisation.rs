//! Provider organisations, and which councils they are linked with.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{OrganisationId, TenantId};
use diesel::ExpressionMethods as _;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

use super::{Identity, taken};
use crate::error::Result;
use crate::schema::{council_organisation, organisation};

impl Identity {
    /// Takes an organisation on.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::Error::Conflict) when the id is taken.
    pub async fn add_organisation(&self, id: OrganisationId, name: &str, at: DateTime<Utc>) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| insert(conn, id, name, at).await)
            .await
            .map_err(|error| taken(error, "There is that organisation already."))
    }

    /// Links an organisation with a council that works with it; once more changes nothing.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn link_organisation(
        &self,
        tenant: TenantId,
        organisation: OrganisationId,
        at: DateTime<Utc>,
    ) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| link(conn, tenant, organisation, at).await).await
    }
}

pub(crate) async fn insert(
    conn: &mut AsyncPgConnection,
    id: OrganisationId,
    name: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(organisation::table)
        .values((organisation::id.eq(id.uuid()), organisation::name.eq(name), organisation::created_at.eq(at)))
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn link(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    organisation: OrganisationId,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(council_organisation::table)
        .values((
            council_organisation::tenant_id.eq(tenant.uuid()),
            council_organisation::organisation_id.eq(organisation.uuid()),
            council_organisation::since.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}
