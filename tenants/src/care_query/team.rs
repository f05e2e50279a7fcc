//! To whom a question goes: the person's allocated worker, if the council has named one; else a team that is not by area,
//! if the person is theirs; else the team of the person's area. A council that has named nobody is asked as a whole.

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ServiceUserId, TeamId};
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use uuid::Uuid;

use crate::audit::Record;
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::{Kept as _, insert, record};
use crate::schema::{care_allocation, council_team};
use crate::scope::{Audited, CouncilScope, ProviderActing, Tx};

record! {
    /// A team.
    pub struct Team in council_team {
        /// Its id.
        pub id: TeamId,
        /// Its name; unique.
        pub name: String,
        /// The area that it is for; empty for a team that is not by area.
        pub area: String,
        /// Where its mail goes.
        pub email: String,
    }
}

/// Who looks after somebody's care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// Whose care.
    pub service_user: ServiceUserId,
    /// Where they live, as the teams name areas.
    pub area: String,
    /// A team that is not by area.
    pub team: Option<TeamId>,
    /// The allocated worker: name and address; empty where there is none.
    pub worker: (String, String),
}

/// Whom a question was sent to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SentTo {
    pub(super) team: Option<TeamId>,
    pub(super) words: String,
}

/// Names teams.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database), with the constraint where a name is taken.
pub async fn add_teams(audited: &mut Audited<'_, '_>, rows: Vec<Team>) -> Result<()> {
    insert!(audited, council_team, rows);
    Ok(())
}

/// Names a team, or changes its name, area or address.
///
/// # Errors
/// [`Error::Refused`] for a name that is none or taken, in words for the administrator; [`Error::NotFound`] for a team that
/// there is not.
pub async fn name_team(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    id: Option<TeamId>,
    (name, area, email): (&str, &str, &str),
) -> Result<TeamId> {
    match name.chars().count() {
        0 => return Err(Error::Refused("Enter the name of the team".to_owned())),
        1..=120 => {}
        _ => return Err(Error::Refused("Name must be 120 characters or fewer".to_owned())),
    }
    let made = id.unwrap_or_else(|| TeamId::from_uuid(Uuid::now_v7()));
    let named = scope.transaction(at, async |tx: &mut Tx<'_>| {
        let detail = json!({ "name": name, "area": area });
        let mut audited = tx.audited(Record::of(Action::NameTeam, made).detail(detail)).await?;
        let row = Team { id: made, name: name.to_owned(), area: area.to_owned(), email: email.to_owned() };
        if id.is_none() {
            return add_teams(&mut audited, vec![row]).await;
        }
        let tenant = audited.tenant().uuid();
        let changed = diesel::update(council_team::table.find((tenant, made.uuid())))
            .set((council_team::name.eq(name), council_team::area.eq(area), council_team::email.eq(email)))
            .execute(audited.conn())
            .await?;
        if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
    });
    match named.await {
        Ok(()) => Ok(made),
        Err(error) if error.constraint() == Some("council_team_tenant_id_name_key") => {
            Err(Error::Refused("There is a team of that name already".to_owned()))
        }
        Err(error) => Err(error),
    }
}

/// The teams of the council, by name.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn teams(tx: &mut Tx<'_>) -> Result<Vec<Team>> {
    let tenant = tx.tenant().uuid();
    Ok(council_team::table
        .filter(council_team::tenant_id.eq(tenant))
        .order(council_team::name)
        .select(Team::as_select())
        .load(tx.conn())
        .await?)
}

/// Records who looks after people's care, by whoever acts and at the time of the transaction.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database), with the constraint for a person or team that is not the council's.
pub async fn allocate(tx: &mut Tx<'_>, allocations: Vec<Allocation>) -> Result<()> {
    let (tenant, at, by) = (tx.tenant().uuid(), tx.at(), tx.actor().raw());
    let detail = json!({ "people": allocations.len() });
    let record = match allocations.as_slice() {
        [one] => Record::of(Action::AllocateCare, one.service_user),
        _ => Record::on(Action::AllocateCare, "service_user").detail(detail),
    };
    let mut audited = tx.audited(record).await?;
    for batch in allocations.chunks(1_000) {
        let rows: Vec<_> = batch
            .iter()
            .map(|allocation| {
                (
                    care_allocation::tenant_id.eq(tenant),
                    care_allocation::service_user_id.eq(allocation.service_user.uuid()),
                    care_allocation::recorded_at.eq(at),
                    care_allocation::recorded_by.eq(by.clone()),
                    care_allocation::area.eq(&allocation.area),
                    care_allocation::team_id.eq(allocation.team.map(TeamId::uuid)),
                    care_allocation::worker_name.eq(&allocation.worker.0),
                    care_allocation::worker_email.eq(&allocation.worker.1),
                )
            })
            .collect();
        diesel::insert_into(care_allocation::table).values(rows).execute(audited.conn()).await?;
    }
    Ok(())
}

/// Whom a question about somebody's care goes to, as far as a provider may know. The newest allocation counts.
pub(super) async fn for_person(tx: &mut Tx<'_, ProviderActing>, person: ServiceUserId) -> Result<SentTo> {
    let tenant = tx.tenant().uuid();
    let sql: Prepared<(Text, Nullable<SqlUuid>, Nullable<Text>)> = Prepared::new(
        "SELECT a.worker_name, t.id, t.name FROM \
         (SELECT * FROM (SELECT tenant_id, area, team_id, worker_name, recorded_at FROM care_allocation \
            WHERE tenant_id = ",
    )
    .id(tenant)
    .sql(" AND service_user_id = ")
    .id(person.uuid())
    .sql(
        " ORDER BY recorded_at DESC LIMIT 1) newest) a \
         LEFT JOIN council_team t ON t.tenant_id = a.tenant_id \
            AND CASE WHEN a.team_id IS NULL THEN t.area <> '' AND t.area = a.area ELSE t.id = a.team_id END \
         ORDER BY t.name LIMIT 1",
    );
    let found: Option<(String, Option<Uuid>, Option<String>)> = sql.get_result(tx.conn()).await.optional()?;
    Ok(match found {
        Some((worker, _, _)) if !worker.is_empty() => SentTo { team: None, words: worker },
        Some((_, team, name)) => SentTo { team: team.map(TeamId::from_uuid), words: name.unwrap_or_default() },
        None => SentTo::default(),
    })
}
