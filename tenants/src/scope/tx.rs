//! A transaction within a scope, and what changing something in it takes. Query functions take `&mut Tx` to read and
//! `&mut Audited` to write; neither can be made anywhere else.

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use diesel_async::AsyncPgConnection;

use super::origin::Origin;
use super::revision;
use crate::audit::{self, Record};
use crate::error::{Error, Result};

/// A scope of one council.
#[derive(Debug, Clone)]
pub struct Council {
    pub(crate) tenant: TenantId,
    pub(crate) actor: Actor,
    pub(crate) origin: Origin,
}

/// A scope of the organisations that a person acts for, to read over all councils.
#[derive(Debug, Clone)]
pub struct Provider {
    pub(crate) organisations: Vec<OrganisationId>,
}

/// A scope of one organisation at one council, to change something.
#[derive(Debug, Clone)]
pub struct ProviderActing {
    pub(crate) tenant: TenantId,
    pub(crate) organisation: OrganisationId,
    pub(crate) person: PersonId,
    pub(crate) origin: Origin,
}

/// A scope in which something may be changed.
pub trait Acts {
    /// The council whose rows change.
    fn tenant(&self) -> TenantId;
    /// Who changes them.
    fn actor(&self) -> Actor;
    /// The organisation that a provider acts for.
    fn organisation(&self) -> Option<OrganisationId>;
    /// The request or job that it belongs to, and from where it came.
    fn origin(&self) -> &Origin;
    /// The request or job that it belongs to.
    fn request_id(&self) -> Option<&str> {
        self.origin().request_id.as_deref()
    }
}

impl Acts for Council {
    fn tenant(&self) -> TenantId {
        self.tenant
    }
    fn actor(&self) -> Actor {
        self.actor.clone()
    }
    fn organisation(&self) -> Option<OrganisationId> {
        None
    }
    fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl Acts for ProviderActing {
    fn tenant(&self) -> TenantId {
        self.tenant
    }
    fn actor(&self) -> Actor {
        Actor::Provider { person: self.person, organisation: self.organisation }
    }
    fn organisation(&self) -> Option<OrganisationId> {
        Some(self.organisation)
    }
    fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// What becomes of a transaction whose work succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It is committed, if nothing was changed.
    Unaudited,
    /// It is committed.
    Audited,
    /// It is rolled back: nothing was to be changed after all.
    Discarded,
}

/// An open transaction of a council, or with `Tx<'_, Provider>` of a provider.
pub struct Tx<'c, S = Council> {
    conn: &'c mut AsyncPgConnection,
    scope: S,
    at: DateTime<Utc>,
    end: End,
}

impl<'c, S> Tx<'c, S> {
    pub(super) const fn new(conn: &'c mut AsyncPgConnection, scope: S, at: DateTime<Utc>) -> Self {
        Self { conn, scope, at, end: End::Unaudited }
    }

    /// The connection, for the queries of this crate.
    pub(crate) const fn conn(&mut self) -> &mut AsyncPgConnection {
        self.conn
    }

    pub(crate) const fn scope(&self) -> &S {
        &self.scope
    }

    pub(super) const fn end(&self) -> End {
        self.end
    }
}

impl Tx<'_, Provider> {
    /// The organisations, as a query names them.
    pub(crate) fn organisations(&self) -> Vec<uuid::Uuid> {
        self.scope.organisations.iter().map(|organisation| organisation.uuid()).collect()
    }
}

impl Tx<'_, ProviderActing> {
    /// The organisation.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        self.scope.organisation
    }
}

impl<'c, S: Acts> Tx<'c, S> {
    /// The council.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.scope.tenant()
    }

    /// When this happens, as the caller gave it; the year 1970 in a transaction that only reads.
    #[must_use]
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.scope.actor()
    }

    /// Writes the audit record of a change and gives what the change needs. Call it once for each thing that
    /// happens; a change of many rows of one kind is one thing, with the count in its detail.
    ///
    /// # Errors
    /// [`Error::Database`] when the record cannot be written.
    pub async fn audited(&mut self, record: Record) -> Result<Audited<'_, 'c, S>> {
        audit::write(self, record).await?;
        if self.end == End::Unaudited {
            self.end = End::Audited;
        }
        Ok(Audited { tx: self })
    }

    /// Rolls the transaction back at its end and gives the work's result all the same: for work that locked rows and
    /// then found nothing to change.
    pub const fn discard(&mut self) {
        self.end = End::Discarded;
    }

    /// The last thing before the end: what was changed makes what is shown of it out of date.
    ///
    /// # Errors
    /// [`Error::Unaudited`] where something was changed and nothing recorded.
    pub(super) async fn settle(&mut self) -> Result<()> {
        match self.end {
            End::Unaudited => self.check_unchanged().await,
            End::Audited => revision::advance(self.conn, self.scope.tenant(), self.scope.organisation()).await,
            End::Discarded => Ok(()),
        }
    }

    /// Fails where something was changed and nothing recorded. A transaction has a number only once it has written.
    async fn check_unchanged(&mut self) -> Result<()> {
        use diesel_async::RunQueryDsl as _;
        let wrote: bool =
            diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>("pg_current_xact_id_if_assigned() IS NOT NULL"))
                .get_result(self.conn)
                .await?;
        if wrote { Err(Error::Unaudited) } else { Ok(()) }
    }
}

/// A transaction in which an audit record has been written: what every function that changes council data asks for.
/// It reads like the [`Tx`] beneath it.
pub struct Audited<'t, 'c, S = Council> {
    tx: &'t mut Tx<'c, S>,
}

impl<'c, S> Deref for Audited<'_, 'c, S> {
    type Target = Tx<'c, S>;

    fn deref(&self) -> &Self::Target {
        self.tx
    }
}

impl<S> DerefMut for Audited<'_, '_, S> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.tx
    }
}
