//! Councils, as the platform knows them.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::TenantId;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

use super::{Identity, taken};
use crate::error::Result;
use crate::record::{Kept as _, kept_words};
use crate::schema::{council, council_sign_on};

/// A country of the United Kingdom, which decides on bank holidays and on the language of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nation {
    /// England.
    England,
    /// Wales.
    Wales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
}

kept_words!(Nation);

impl Nation {
    /// All four.
    pub const ALL: [Self; 4] = [Self::England, Self::Wales, Self::Scotland, Self::NorthernIreland];

    /// Whose bank holidays it keeps: `england-and-wales`, `scotland` or `northern-ireland`.
    #[must_use]
    pub const fn division(self) -> &'static str {
        match self {
            Self::England | Self::Wales => "england-and-wales",
            Self::Scotland => "scotland",
            Self::NorthernIreland => "northern-ireland",
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::England => "England",
            Self::Wales => "Wales",
            Self::Scotland => "Scotland",
            Self::NorthernIreland => "Northern Ireland",
        }
    }
}

/// A council, as the platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Council {
    /// Its id.
    pub id: TenantId,
    /// Its name in addresses: lower-case letters, digits and hyphens, at most 60.
    pub slug: String,
    /// Its full name.
    pub name: String,
    /// Its country.
    pub nation: Nation,
    /// Since when nobody acts for it; none while it is in use.
    pub suspended_at: Option<DateTime<Utc>>,
}

type Row = (uuid::Uuid, String, String, String, Option<DateTime<Utc>>);
const COLUMNS: (council::id, council::slug, council::name, council::nation, council::suspended_at) =
    (council::id, council::slug, council::name, council::nation, council::suspended_at);

impl Council {
    fn of((id, slug, name, nation, suspended_at): Row) -> Result<Self> {
        let nation = Nation::of(nation).map_err(|what| crate::Error::Unreadable { what })?;
        Ok(Self { id: TenantId::from_uuid(id), slug, name, nation, suspended_at })
    }
}

impl Identity {
    /// Every council, by name.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn councils(&self) -> Result<Vec<Council>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let rows: Vec<Row> = council::table.order(council::name).select(COLUMNS).load(conn).await?;
            rows.into_iter().map(Council::of).collect()
        })
        .await
    }

    /// The council with this name in addresses.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn council_called(&self, slug: &str) -> Result<Option<Council>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let row: Option<Row> =
                council::table.filter(council::slug.eq(slug)).select(COLUMNS).first(conn).await.optional()?;
            row.map(Council::of).transpose()
        })
        .await
    }

    /// The councils whose staff can sign in through their own identity provider, by name.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn sign_on_councils(&self) -> Result<Vec<Council>> {
        self.read(async |conn: &mut AsyncPgConnection| {
            let offered = council_sign_on::table.filter(council_sign_on::enabled).select(council_sign_on::tenant_id);
            let ids: Vec<uuid::Uuid> = offered.load(conn).await?;
            let rows: Vec<Row> = council::table
                .filter(council::id.eq_any(ids))
                .filter(council::suspended_at.is_null())
                .order(council::name)
                .select(COLUMNS)
                .load(conn)
                .await?;
            rows.into_iter().map(Council::of).collect()
        })
        .await
    }

    /// Takes a council on.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::Error::Conflict) when its slug is taken.
    pub async fn add_council(&self, new: &Council, at: DateTime<Utc>) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| insert(conn, new, at).await)
            .await
            .map_err(|error| taken(error, "There is a council of that name already."))
    }
}

pub(crate) async fn insert(conn: &mut AsyncPgConnection, new: &Council, at: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(council::table)
        .values((
            council::id.eq(new.id.uuid()),
            council::slug.eq(&new.slug),
            council::name.eq(&new.name),
            council::division.eq(new.nation.division()),
            council::nation.eq(new.nation.raw()),
            council::suspended_at.eq(new.suspended_at),
            council::created_at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
