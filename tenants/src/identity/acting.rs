//! In which capacity somebody changes who has access. Pages have proved it already; here it is asked once more in the
//! transaction that makes the change, under a lock of the council or the organisation, so that two changes at once see
//! one another: nobody acts who was removed a moment before, and the last administrator stays.

use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::Value;

use super::{Asked, CouncilRole, OrganisationRole};
use crate::audit::{self, By, Object, PlatformRecord, Record, platform};
use crate::error::{Error, Result};
use crate::record::Kept as _;
use crate::schema::{council, council_member, organisation, organisation_member, platform_operator};

/// The job in whose name the service itself changes who has access: a command of whoever operates it.
const COMMAND: &str = "command";

/// A council whose access changes, locked until the transaction ends.
#[derive(Debug)]
pub(crate) struct OfCouncil {
    pub(crate) tenant: TenantId,
    pub(crate) name: String,
    actor: Actor,
}

/// Locks a council, for whoever administers it or, where nobody asks, for the service itself.
///
/// # Errors
/// [`Error::NotFound`] for anybody else, and while it is suspended.
pub(crate) async fn for_council(conn: &mut AsyncPgConnection, asked: &Asked, tenant: TenantId) -> Result<OfCouncil> {
    let (name, suspended) = lock_council(conn, tenant).await?;
    let actor = match asked.by {
        None => Actor::system(COMMAND),
        Some(person) if !suspended && administers_council(conn, person, tenant).await? => Actor::Council { person },
        Some(_) => return Err(Error::NotFound),
    };
    Ok(OfCouncil { tenant, name, actor })
}

/// The same for an operator of the platform, who may do so while the council is suspended as well.
///
/// # Errors
/// [`Error::NotFound`] for anybody else.
pub(crate) async fn for_council_as_operator(
    conn: &mut AsyncPgConnection,
    asked: &Asked,
    tenant: TenantId,
) -> Result<OfCouncil> {
    let actor = as_operator(conn, asked).await?;
    let (name, _) = lock_council(conn, tenant).await?;
    Ok(OfCouncil { tenant, name, actor })
}

/// The same for whoever answers for an organisation, of which they may have become the administrator a moment ago.
///
/// # Errors
/// [`Error::NotFound`] where there is no such council, or it is suspended.
pub(crate) async fn for_council_as(conn: &mut AsyncPgConnection, actor: Actor, tenant: TenantId) -> Result<OfCouncil> {
    match lock_council(conn, tenant).await? {
        (name, false) => Ok(OfCouncil { tenant, name, actor }),
        (_, true) => Err(Error::NotFound),
    }
}

impl OfCouncil {
    /// Writes the council's own record of the change.
    pub(crate) async fn record(&self, conn: &mut AsyncPgConnection, asked: &Asked, record: Record) -> Result<()> {
        let by = By { actor: self.actor.clone(), origin: asked.origin.clone() };
        audit::write_for_council(conn, self.tenant, asked.at, by, record).await
    }
}

/// Who acts for the platform: an operator or, where nobody asks, the service itself.
///
/// # Errors
/// [`Error::NotFound`] for anybody else.
pub(crate) async fn as_operator(conn: &mut AsyncPgConnection, asked: &Asked) -> Result<Actor> {
    let Some(person) = asked.by else { return Ok(Actor::system(COMMAND)) };
    let own = platform_operator::table.find(person.uuid());
    let operates: bool = diesel::select(diesel::dsl::exists(own)).get_result(conn).await?;
    if operates { Ok(Actor::Operator { person }) } else { Err(Error::NotFound) }
}

/// An organisation whose access changes, locked until the transaction ends.
#[derive(Debug)]
pub(crate) struct OfOrganisation {
    pub(crate) id: OrganisationId,
    pub(crate) name: String,
}

/// Locks an organisation, for whoever administers it.
///
/// # Errors
/// [`Error::NotFound`] for anybody else.
pub(crate) async fn for_organisation(
    conn: &mut AsyncPgConnection,
    asked: &Asked,
    id: OrganisationId,
) -> Result<OfOrganisation> {
    let row = organisation::table.find(id.uuid()).select(organisation::name).for_no_key_update();
    let name: String = row.first(conn).await.optional()?.ok_or(Error::NotFound)?;
    match asked.by {
        Some(person) if administers_organisation(conn, person, id).await? => Ok(OfOrganisation { id, name }),
        _ => Err(Error::NotFound),
    }
}

impl OfOrganisation {
    /// Writes the platform's record of what happened to a person's access.
    pub(crate) async fn record(
        &self,
        conn: &mut AsyncPgConnection,
        asked: &Asked,
        (action, person): (Action, PersonId),
        detail: Value,
    ) -> Result<()> {
        let record = on_platform(asked, action, person).about(person).for_organisation(self.id).detail(detail);
        platform::write(conn, &record).await
    }
}

/// A record of the platform, with who asked and from where.
pub(crate) fn on_platform(asked: &Asked, action: Action, object: impl Object) -> PlatformRecord {
    let record = PlatformRecord::of(action, asked.at, object).from(&asked.origin);
    match asked.by {
        Some(person) => record.by(person),
        None => record,
    }
}

/// Whether a person administers an organisation.
pub(crate) async fn administers_organisation(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    id: OrganisationId,
) -> Result<bool> {
    let own = organisation_member::table
        .find((id.uuid(), person.uuid()))
        .filter(organisation_member::role.eq(OrganisationRole::Administrator.raw()));
    Ok(diesel::select(diesel::dsl::exists(own)).get_result(conn).await?)
}

async fn administers_council(conn: &mut AsyncPgConnection, person: PersonId, tenant: TenantId) -> Result<bool> {
    let own = council_member::table.filter(
        council_member::tenant_id
            .eq(tenant.uuid())
            .and(council_member::person_id.eq(person.uuid()))
            .and(council_member::role.eq(CouncilRole::Administrator.raw())),
    );
    Ok(diesel::select(diesel::dsl::exists(own)).get_result(conn).await?)
}

/// Its name, and whether it is suspended. The lock lets others refer to the council meanwhile: nobody who pays waits.
async fn lock_council(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<(String, bool)> {
    let row = council::table.find(tenant.uuid()).select((council::name, council::suspended_at.is_not_null()));
    row.for_no_key_update().first(conn).await.optional()?.ok_or(Error::NotFound)
}
