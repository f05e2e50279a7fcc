//! The council's part: to answer, to close, and to pass on to whoever knows.

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PersonId, QueryId, ServiceUserId, TeamId};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use uuid::Uuid;

use super::team::{Allocation, allocate, teams};
use super::{Message, Query, Side, Status, wrong_with};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::record::{Kept as _, insert};
use crate::schema::{care_allocation, care_query, care_query_message, service_line};
use crate::scope::{Audited, CouncilScope, Tx};

/// Answers a question, and closes it where there is nothing more to say.
///
/// # Errors
/// [`Error::Refused`] for a message that is none, in words for whoever wrote it; [`Error::NotFound`].
pub async fn reply(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    (person, name): (PersonId, &str),
    (id, message, closes): (QueryId, &str, bool),
) -> Result<()> {
    if let Some(wrong) = wrong_with(message) {
        return Err(Error::Refused(wrong.to_owned()));
    }
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let query = lock(tx, id).await?;
            let tenant = tx.tenant().uuid();
            let newest: Option<i32> = care_query_message::table
                .filter(care_query_message::tenant_id.eq(tenant))
                .filter(care_query_message::query_id.eq(id.uuid()))
                .select(diesel::dsl::max(care_query_message::number))
                .first(tx.conn())
                .await?;
            let number = newest.and_then(|newest| u32::try_from(newest).ok()).unwrap_or_default() + 1;
            let mut audited =
                tx.audited(Record::of(Action::AnswerQuery, id).detail(json!({ "closes": closes }))).await?;
            let row = Message {
                query_id: id,
                number,
                organisation_id: query.organisation_id,
                side: Side::Council,
                written_by: person,
                writer: name.to_owned(),
                written_at: at,
                body: message.to_owned(),
            };
            write(&mut audited, row).await?;
            let status = if closes { Status::Closed } else { Status::Answered };
            diesel::update(care_query::table.find((tenant, id.uuid())))
                .set((
                    care_query::status.eq(status.raw()),
                    care_query::changed_at.eq(at),
                    care_query::answer_read.eq(false),
                ))
                .execute(audited.conn())
                .await?;
            jobs::enqueue(&mut audited, Job::TellOfQuery { query: id, message: number }).await
        })
        .await
}

async fn write(audited: &mut Audited<'_, '_>, row: Message) -> Result<()> {
    insert!(audited, care_query_message, [row]);
    Ok(())
}

/// Passes a question on: to a team, or to a worker by name and address, whom the council names for the person's care from
/// now on if `remembers` says so.
///
/// # Errors
/// [`Error::Refused`] for neither or both of them, in words for whoever chose; [`Error::NotFound`].
pub async fn pass_on(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    id: QueryId,
    (team, worker): (Option<TeamId>, (&str, &str)),
    remembers: bool,
) -> Result<()> {
    if team.is_some() != worker.0.is_empty() {
        return Err(Error::Refused("Choose a team, or enter the name of a worker".to_owned()));
    }
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let query = lock(tx, id).await?;
            let words = match team {
                Some(team) => {
                    let known = teams(tx).await?.into_iter().find(|known| known.id == team);
                    known.ok_or(Error::NotFound)?.name
                }
                None => worker.0.to_owned(),
            };
            let tenant = tx.tenant().uuid();
            let mut audited = tx.audited(Record::of(Action::PassQueryOn, id).detail(json!({ "to": words }))).await?;
            diesel::update(care_query::table.find((tenant, id.uuid())))
                .set((
                    care_query::team_id.eq(team.map(TeamId::uuid)),
                    care_query::sent_to.eq(words),
                    care_query::changed_at.eq(at),
                ))
                .execute(audited.conn())
                .await?;
            let Some(line) = query.service_line_id.filter(|_| remembers) else { return Ok(()) };
            let whose: Uuid = service_line::table
                .filter(service_line::tenant_id.eq(tenant))
                .filter(service_line::id.eq(line.uuid()))
                .select(service_line::service_user_id)
                .first(tx.conn())
                .await?;
            let area: Option<String> = care_allocation::table
                .filter(care_allocation::tenant_id.eq(tenant))
                .filter(care_allocation::service_user_id.eq(whose))
                .order(care_allocation::recorded_at.desc())
                .select(care_allocation::area)
                .first(tx.conn())
                .await
                .optional()?;
            let allocation = Allocation {
                service_user: ServiceUserId::from_uuid(whose),
                area: area.unwrap_or_default(),
                team,
                worker: (worker.0.to_owned(), worker.1.to_owned()),
            };
            allocate(tx, vec![allocation]).await
        })
        .await
}

async fn lock(tx: &mut Tx<'_>, id: QueryId) -> Result<Query> {
    let tenant = tx.tenant().uuid();
    Ok(care_query::table.find((tenant, id.uuid())).select(Query::as_select()).for_update().first(tx.conn()).await?)
}
