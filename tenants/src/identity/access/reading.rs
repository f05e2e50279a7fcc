//! How what a person may do is read: in full, in one statement of a dozen tables; and for every request whether that is
//! still so, which costs a sixth of it: two numbers, one that advances with every change of who may do what, one with
//! every change of what the person's councils show. What was taken away is gone with the next request all the same.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use counterfoil_core::ids::PersonId;
use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::{Access, Held};
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::prepared::Prepared;
use crate::schema::access_revision;

/// How council `c` shows itself.
macro_rules! brand {
    () => {
        "(SELECT json_build_object('name', b.name_shown, 'colour', b.colour, 'has_logo', b.logo IS NOT NULL, \
         'since', b.recorded_at) FROM council_brand b WHERE b.tenant_id = c.id ORDER BY b.recorded_at DESC LIMIT 1)"
    };
}

/// One statement, so that all of it belongs together and costs one round trip: with what the frame of every page shows,
/// and the [`Marks`] that it stands at.
const IN_FULL: &str = concat!(
    "SELECT json_build_object( \
    'name', p.name, 'email', p.email, 'sessions_after', p.sessions_after, \
    'has_factor', EXISTS (SELECT FROM totp_device d WHERE d.person_id = p.id AND d.confirmed) \
        OR EXISTS (SELECT FROM passkey k WHERE k.person_id = p.id), \
    'password_short_of_rule', p.password_hash IS NOT NULL AND NOT p.password_keeps_rule, \
    'language', p.explanations, \
    'operator', EXISTS (SELECT FROM platform_operator o WHERE o.person_id = p.id), \
    'councils', COALESCE((SELECT json_agg(json_build_object('id', c.id, 'slug', c.slug, 'name', c.name, \
            'published_password_rule', c.published_password_rule, 'roles', m.roles, 'brand', ",
    brand!(),
    ") ORDER BY c.name) \
        FROM (SELECT tenant_id, json_agg(role) AS roles FROM council_member WHERE person_id = p.id GROUP BY tenant_id) m \
        JOIN council c ON c.id = m.tenant_id AND c.suspended_at IS NULL), '[]'), \
    'organisations', COALESCE((SELECT json_agg(json_build_object('id', g.id, 'name', g.name, 'role', m.role, \
            'limited', m.limited, \
            'contracts', COALESCE((SELECT json_agg(l.contract_id ORDER BY l.contract_id) \
                FROM organisation_member_contract l \
                WHERE m.limited AND l.organisation_id = m.organisation_id AND l.person_id = m.person_id), '[]'), \
            'councils', COALESCE((SELECT json_agg(json_build_object('id', c.id, 'slug', c.slug, 'name', c.name, \
                    'published_password_rule', c.published_password_rule, 'brand', ",
    brand!(),
    ") ORDER BY c.name) \
                FROM council_organisation w JOIN council c ON c.id = w.tenant_id AND c.suspended_at IS NULL \
                WHERE w.organisation_id = g.id), '[]')) ORDER BY g.name) \
        FROM organisation_member m JOIN organisation g ON g.id = m.organisation_id WHERE m.person_id = p.id), '[]') \
    )::text, \
    (SELECT revision FROM access_revision), \
    (SELECT COALESCE(sum(r.revision), 0)::bigint FROM council_revision r \
        JOIN council c ON c.id = r.tenant_id AND c.suspended_at IS NULL \
        WHERE (c.id IN (SELECT tenant_id FROM council_member WHERE person_id = p.id) \
            OR c.id IN (SELECT w.tenant_id FROM council_organisation w \
                JOIN organisation_member m USING (organisation_id) WHERE m.person_id = p.id)) \
        AND (r.organisation_id = '00000000-0000-0000-0000-000000000000' \
            OR r.organisation_id IN (SELECT organisation_id FROM organisation_member WHERE person_id = p.id))) \
    FROM person p WHERE p.id = "
);

/// The same two numbers of councils and organisations that are known.
const MARKS: [&str; 3] = [
    "SELECT a.revision, (SELECT COALESCE(sum(r.revision), 0)::bigint FROM council_revision r WHERE r.tenant_id = ANY (",
    ") AND r.organisation_id = ANY (",
    ")) FROM access_revision a",
];

/// How many people's access is remembered as it was read last.
const REMEMBERED: usize = 10_000;

/// How long what was read counts although nothing says that it has changed: for changes that somebody made by hand, past
/// the service.
const COUNTS_FOR: Duration = Duration::from_secs(60);

/// Where something was read: how often who may do what has changed, and how often what councils show a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Marks {
    access: i64,
    shown: i64,
}

/// What the database said of a person, and where.
#[derive(Clone)]
struct Reading {
    marks: Marks,
    stated: Arc<str>,
    held: Arc<Held>,
    at: Instant,
}

/// What was read of each person last.
#[derive(Clone, Default)]
pub(in crate::identity) struct Readings(Arc<Mutex<HashMap<PersonId, Reading>>>);

impl Readings {
    fn of(&self, person: PersonId) -> Option<Reading> {
        self.known().get(&person).filter(|reading| reading.at.elapsed() < COUNTS_FOR).cloned()
    }

    fn remember(&self, person: PersonId, reading: Reading) {
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(person, reading);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<PersonId, Reading>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a transaction changed makes what was read before out of date. Its last statement, so that the one row is locked
/// for no longer than committing takes; one that changed nothing leaves the row alone.
pub(in crate::identity) async fn advance(conn: &mut AsyncPgConnection) -> Result<()> {
    let changed = sql::<Bool>("pg_current_xact_id_if_assigned() IS NOT NULL");
    diesel::update(access_revision::table.filter(changed))
        .set(access_revision::revision.eq(access_revision::revision + 1))
        .execute(conn)
        .await?;
    Ok(())
}

impl Held {
    /// The councils that it is about, and the organisations, with nobody's id for what is a council's own.
    fn about(&self) -> (Vec<Uuid>, Vec<Uuid>) {
        let linked = self.organisations.iter().flat_map(|organisation| organisation.councils.iter().map(|one| one.id));
        let councils: BTreeSet<_> = self.councils.iter().map(|council| council.id).chain(linked).collect();
        let organisations = self.organisations.iter().map(|organisation| organisation.id.uuid());
        (councils.iter().map(|council| council.uuid()).collect(), organisations.chain([Uuid::nil()]).collect())
    }
}

impl Identity {
    /// What a person may do at this moment; none for a person whom nobody knows.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Unreachable`].
    pub async fn access(&self, person: PersonId) -> Result<Option<Access>> {
        let reading = match self.readings.of(person) {
            Some(known) if self.marks(&known.held).await? == known.marks => Some(known),
            _ => self.read_in_full(person).await?,
        };
        Ok(reading.map(|reading| Access {
            connections: self.connections().clone(),
            person,
            held: reading.held,
            stated: reading.stated,
            shown: reading.marks.shown,
        }))
    }

    async fn marks(&self, held: &Held) -> Result<Marks> {
        let (councils, organisations) = held.about();
        let (access, shown) = self
            .ask(async |conn: &mut AsyncPgConnection| {
                let [of, and, end] = MARKS;
                let query: Prepared<(BigInt, BigInt)> =
                    Prepared::new(of).ids(councils.clone()).sql(and).ids(organisations.clone()).sql(end);
                Ok(query.get_result(conn).await?)
            })
            .await?;
        Ok(Marks { access, shown })
    }

    async fn read_in_full(&self, person: PersonId) -> Result<Option<Reading>> {
        let row: Option<(String, i64, i64)> = self
            .ask(async |conn: &mut AsyncPgConnection| {
                let query: Prepared<(Text, BigInt, BigInt)> = Prepared::new(IN_FULL).id(person.uuid());
                Ok(query.get_result(conn).await.optional()?)
            })
            .await?;
        let Some((text, access, shown)) = row else { return Ok(None) };
        let held = serde_json::from_str(&text)
            .map_err(|error| Error::Unreadable { what: format!("the access of {person}: {error}") })?;
        let marks = Marks { access, shown };
        let reading = Reading { marks, stated: text.into(), held: Arc::new(held), at: Instant::now() };
        self.readings.remember(person, reading.clone());
        Ok(Some(reading))
    }
}
