//! How often what a council shows has changed: advanced by every transaction of a scope that changes anything, as its
//! last statement, so that the row is locked for no longer than committing takes. Whoever keeps what they were shown
//! asks for it with [`Access`](crate::identity::Access), and knows by it whether it is still so.

use counterfoil_core::ids::{OrganisationId, TenantId};
use diesel::ExpressionMethods as _;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::error::Result;
use crate::schema::council_revision;

/// Advances an organisation's at a council, or without one the council's own.
pub(super) async fn advance(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    organisation: Option<OrganisationId>,
) -> Result<()> {
    let whose = organisation.map_or_else(Uuid::nil, |organisation| organisation.uuid());
    diesel::insert_into(council_revision::table)
        .values((
            council_revision::tenant_id.eq(tenant.uuid()),
            council_revision::organisation_id.eq(whose),
            council_revision::revision.eq(1),
        ))
        .on_conflict((council_revision::tenant_id, council_revision::organisation_id))
        .do_update()
        .set(council_revision::revision.eq(council_revision::revision + 1))
        .execute(conn)
        .await?;
    Ok(())
}
