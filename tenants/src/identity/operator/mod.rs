//! Operators of the platform: they take councils on, suspend and resume them, mend a council's access when nobody there
//! can, and see how much the platform is used and whether it is well. They never see a claim: nothing here opens a
//! council's data but for setting it up, and each of these acts stands in the council's own record.
//!
//! `council` takes councils on, `figures` counts.

mod council;
mod figures;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PersonId, TenantId};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;
use uuid::Uuid;

use super::invite::{self, Invited};
use super::{Asked, CouncilRole, Identity, acting, membership, person, staff};
use crate::audit::{Record, platform};
use crate::error::{Error, Result};
use crate::record::Kept as _;
use crate::schema::{council_member, platform_operator};

pub use council::{NewCouncil, Onboarded};
pub use figures::{Health, Usage};

/// An operator of the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorSeen {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The address that they sign in with.
    pub email: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Timestamptz)]
    since: DateTime<Utc>,
}

const OPERATORS: &str = "SELECT p.id, p.name, p.email, o.since FROM platform_operator o \
    JOIN person p ON p.id = o.person_id ORDER BY p.name, p.id";

impl Identity {
    /// The operators, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn operators(&self) -> Result<Vec<OperatorSeen>> {
        let rows: Vec<Row> =
            self.read(async |conn: &mut AsyncPgConnection| Ok(sql_query(OPERATORS).load(conn).await?)).await?;
        let seen = rows.into_iter().map(|row| OperatorSeen {
            person: PersonId::from_uuid(row.id),
            name: row.name,
            email: row.email,
            since: row.since,
        });
        Ok(seen.collect())
    }

    /// Makes a person who is known an operator, without a word to anybody.
    ///
    /// # Errors
    /// [`Error::Conflict`] where they are one already.
    pub async fn add_operator(&self, person: PersonId, at: DateTime<Utc>) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            diesel::insert_into(platform_operator::table)
                .values((platform_operator::person_id.eq(person.uuid()), platform_operator::since.eq(at)))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
        .map_err(|error| super::taken(error, "They are an operator already."))
    }

    /// Makes somebody an operator and writes to them.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever is none; [`Error::Refused`] for an address or a name that will not do;
    /// [`Error::Conflict`] where they are one already.
    pub async fn appoint_operator(&self, asked: &Asked, email: &str, name: &str) -> Result<Invited> {
        let (email, name) = (person::email(email)?, invite::name(name)?);
        self.transaction(async |conn: &mut AsyncPgConnection| {
            acting::as_operator(conn, asked).await?;
            let person = invite::find_or_make(conn, &email, &name, asked.at).await?;
            let appointed = diesel::insert_into(platform_operator::table)
                .values((platform_operator::person_id.eq(person.uuid()), platform_operator::since.eq(asked.at)))
                .on_conflict_do_nothing()
                .execute(conn)
                .await?;
            if appointed == 0 {
                return Err(Error::Conflict("They are an operator already.".to_owned()));
            }
            let invited_by = invite::inviter(conn, asked.by).await?;
            let context = json!({ "operator": true, "roles": ["Platform operator"], "invited_by": invited_by });
            let invited = invite::welcome(conn, person, &context, asked.at).await?;
            platform::write(conn, &acting::on_platform(asked, Action::AppointOperator, person).about(person)).await?;
            Ok(invited)
        })
        .await
    }

    /// Somebody is no longer an operator. What they do for councils and organisations stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever is none, and where they are none; [`Error::Refused`] for oneself.
    pub async fn dismiss_operator(&self, asked: &Asked, person: PersonId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            acting::as_operator(conn, asked).await?;
            if asked.by == Some(person) {
                return Err(Error::Refused("You cannot dismiss yourself. Ask another operator.".to_owned()));
            }
            if diesel::delete(platform_operator::table.find(person.uuid())).execute(conn).await? == 0 {
                return Err(Error::NotFound);
            }
            platform::write(conn, &acting::on_platform(asked, Action::DismissOperator, person).about(person)).await
        })
        .await
    }

    /// Makes somebody an administrator of a council where none of its own can: the only one has left, for example. It
    /// stands in the council's record.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever is no operator, and for a council that is none; [`Error::Refused`] for oneself;
    /// [`Error::Conflict`] where they administer it already.
    pub async fn appoint_administrator(
        &self,
        asked: &Asked,
        tenant: TenantId,
        email: &str,
        name: &str,
    ) -> Result<Invited> {
        let (email, name) = (person::email(email)?, invite::name(name)?);
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council_as_operator(conn, asked, tenant).await?;
            let person = invite::find_or_make(conn, &email, &name, asked.at).await?;
            if asked.by == Some(person) {
                let words = "An operator of the platform does not look into a council\u{2019}s data.";
                return Err(Error::Refused(words.to_owned()));
            }
            let role = CouncilRole::Administrator;
            let own = council_member::table.filter(
                council_member::tenant_id
                    .eq(tenant.uuid())
                    .and(council_member::person_id.eq(person.uuid()))
                    .and(council_member::role.eq(role.raw())),
            );
            if diesel::select(diesel::dsl::exists(own)).get_result(conn).await? {
                return Err(Error::Conflict("They administer the council already.".to_owned()));
            }
            membership::join_council(conn, person, tenant, role, asked.at).await?;
            let roles = BTreeSet::from([role]);
            let context = staff::context(conn, asked, &council, &roles).await?;
            let invited = invite::welcome(conn, person, &context, asked.at).await?;
            let record = Record::of(Action::InviteMember, person).detail(json!({ "roles": roles }));
            council.record(conn, asked, record).await?;
            Ok(invited)
        })
        .await
    }
}
