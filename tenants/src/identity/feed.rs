//! Feeds of payment calendars for somebody's diary: an address with a token, which opens what its person may see for one
//! organisation at the moment of asking, and nothing else. Only the token's digest is kept, so that it is shown once; one
//! is in use at a time, and its person can put it out of use.

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{OrganisationId, PersonId};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::link::Token;
use super::{Access, Asked, Identity, person};
use crate::audit::{PlatformRecord, platform};
use crate::error::{Error, Result};
use crate::schema::calendar_feed;

impl Identity {
    /// When the feed that is in use was made; none where there is none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn calendar_feed(&self, person: PersonId, organisation: OrganisationId) -> Result<Option<DateTime<Utc>>> {
        self.ask(async |conn: &mut AsyncPgConnection| {
            Ok(calendar_feed::table
                .filter(calendar_feed::person_id.eq(person.uuid()))
                .filter(calendar_feed::organisation_id.eq(organisation.uuid()))
                .filter(calendar_feed::revoked_at.is_null())
                .select(calendar_feed::made_at)
                .first(conn)
                .await
                .optional()?)
        })
        .await
    }

    /// Makes a feed for whoever asks; the one before it is no longer good. Its token is told now and never again.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they do not act for the organisation; [`Error::Database`].
    pub async fn make_calendar_feed(&self, asked: &Asked, organisation: OrganisationId) -> Result<Token> {
        let person = self.acting_for(asked, organisation).await?;
        let token = Token::new()?;
        let digest = token.digest();
        self.transaction(async |conn: &mut AsyncPgConnection| {
            // of two that are made at once, one is the older one
            person::lock(conn, person).await?;
            revoke(conn, person, organisation, asked.at).await?;
            diesel::insert_into(calendar_feed::table)
                .values((
                    calendar_feed::id.eq(Uuid::now_v7()),
                    calendar_feed::person_id.eq(person.uuid()),
                    calendar_feed::organisation_id.eq(organisation.uuid()),
                    calendar_feed::digest.eq(&digest),
                    calendar_feed::made_at.eq(asked.at),
                ))
                .execute(conn)
                .await?;
            platform::write(conn, &record(Action::MakeFeed, asked, person, organisation)).await
        })
        .await?;
        Ok(token)
    }

    /// Puts the feed of whoever asks out of use; false where there is none.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they do not act for the organisation; [`Error::Database`].
    pub async fn revoke_calendar_feed(&self, asked: &Asked, organisation: OrganisationId) -> Result<bool> {
        let person = self.acting_for(asked, organisation).await?;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            if revoke(conn, person, organisation, asked.at).await? == 0 {
                return Ok(false);
            }
            platform::write(conn, &record(Action::RevokeFeed, asked, person, organisation)).await?;
            Ok(true)
        })
        .await
    }

    /// Whose feed a token opens, with what they may do at this moment; none where it is not in use, or its person no
    /// longer acts for the organisation.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn whose_calendar_feed(&self, token: &Token) -> Result<Option<(Access, OrganisationId)>> {
        let digest = token.digest();
        let found: Option<(Uuid, Uuid)> = self
            .ask(async |conn: &mut AsyncPgConnection| {
                Ok(calendar_feed::table
                    .filter(calendar_feed::digest.eq(&digest))
                    .filter(calendar_feed::revoked_at.is_null())
                    .select((calendar_feed::person_id, calendar_feed::organisation_id))
                    .first(conn)
                    .await
                    .optional()?)
            })
            .await?;
        let Some((person, organisation)) = found else { return Ok(None) };
        let organisation = OrganisationId::from_uuid(organisation);
        let access = self.access(PersonId::from_uuid(person)).await?;
        Ok(access.filter(|access| access.organisation(organisation).is_some()).map(|access| (access, organisation)))
    }

    async fn acting_for(&self, asked: &Asked, organisation: OrganisationId) -> Result<PersonId> {
        let person = asked.by.ok_or(Error::NotFound)?;
        let access = self.access(person).await?.ok_or(Error::NotFound)?;
        access.organisation(organisation).map(|_| person).ok_or(Error::NotFound)
    }
}

async fn revoke(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    organisation: OrganisationId,
    at: DateTime<Utc>,
) -> Result<usize> {
    let in_use = calendar_feed::table
        .filter(calendar_feed::person_id.eq(person.uuid()))
        .filter(calendar_feed::organisation_id.eq(organisation.uuid()))
        .filter(calendar_feed::revoked_at.is_null());
    Ok(diesel::update(in_use).set(calendar_feed::revoked_at.eq(at)).execute(conn).await?)
}

fn record(action: Action, asked: &Asked, person: PersonId, organisation: OrganisationId) -> PlatformRecord {
    PlatformRecord::of(action, asked.at, organisation)
        .by(person)
        .about(person)
        .for_organisation(organisation)
        .from(&asked.origin)
}
