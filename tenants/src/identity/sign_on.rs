//! Single sign-on of a council's staff: where it is, with what secret, and whom it means. Its secret is encrypted with the
//! service's master key and bound to the council. Whoever signs on there for the first time is found by their address
//! among the council's staff; from then on only the provider's own name for them counts, since addresses are given away
//! again.

use counterfoil_core::event::Action;
use counterfoil_core::ids::{PersonId, TenantId};
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel::upsert::excluded;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryableByName,
    sql_query,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;
use uuid::Uuid;

use super::invite::one_line;
use super::{Asked, Identity, acting};
use crate::audit::{Record, platform};
use crate::error::{Error, Result};
use crate::schema::{council, council_member, council_sign_on, sign_on_subject};
use crate::vault::{MasterKey, Sealed};

/// The longest address or name of an identity provider's.
const LONGEST: usize = 500;

/// A council's sign-on, with its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SignOn {
    /// Where it is: the provider's own name for itself, an address.
    pub issuer: String,
    /// What the service is called there.
    pub client_id: String,
    /// With what the service proves itself there.
    pub secret: String,
    /// The domains of addresses that it vouches for, in small letters.
    pub domains: Vec<String>,
    /// Whether it is offered.
    pub enabled: bool,
}

impl std::fmt::Debug for SignOn {
    /// Never its secret in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOn").field("issuer", &self.issuer).field("enabled", &self.enabled).finish_non_exhaustive()
    }
}

/// What an administrator enters.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSignOn {
    /// Where it is.
    pub issuer: String,
    /// What the service is called there.
    pub client_id: String,
    /// Another secret; none keeps the one that there is.
    pub secret: Option<String>,
    /// The domains of addresses that it vouches for.
    pub domains: Vec<String>,
    /// Whether it is offered.
    pub enabled: bool,
}

/// A part of a sign-on that somebody types, as errors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The issuer.
    Issuer,
    /// The client ID.
    ClientId,
    /// The domains.
    Domains,
}

impl NewSignOn {
    /// Everything that is wrong with it, in words that say what to enter, in the order in which it is asked for.
    #[must_use]
    pub fn wrong(&self) -> Vec<(Part, String)> {
        let parts = [
            (Part::Issuer, issuer(&self.issuer).err()),
            (Part::ClientId, client_id(&self.client_id).err()),
            (Part::Domains, domains(&self.domains).err()),
        ];
        parts.into_iter().filter_map(|(part, wrong)| wrong.map(|error| (part, error.to_string()))).collect()
    }

    /// With everything checked, trimmed and in small letters where that is the same.
    fn checked(&self) -> Result<Self> {
        let secret = self.secret.as_deref().map(str::trim).filter(|secret| !secret.is_empty());
        Ok(Self {
            issuer: issuer(&self.issuer)?,
            client_id: client_id(&self.client_id)?,
            secret: secret.map(str::to_owned),
            domains: domains(&self.domains)?,
            enabled: self.enabled,
        })
    }
}

fn issuer(typed: &str) -> Result<String> {
    let issuer = one_line(typed, LONGEST, "the issuer")?;
    let host = issuer.strip_prefix("https://").or_else(|| on_this_machine(&issuer)).unwrap_or_default();
    if host.is_empty() || host.contains([' ', '?', '#', '@']) {
        return Err(Error::Refused("Enter the issuer as an address that starts with https://".to_owned()));
    }
    Ok(issuer)
}

fn client_id(typed: &str) -> Result<String> {
    let client_id = one_line(typed, LONGEST, "the client ID")?;
    if client_id.is_empty() {
        return Err(Error::Refused("Enter the client ID".to_owned()));
    }
    Ok(client_id)
}

fn domains(typed: &[String]) -> Result<Vec<String>> {
    let mut domains = typed.iter().map(|typed| domain(typed)).collect::<Result<Vec<_>>>()?;
    domains.sort_unstable();
    domains.dedup();
    if domains.is_empty() {
        return Err(Error::Refused("Enter at least one domain, like council.gov.uk".to_owned()));
    }
    Ok(domains)
}

/// The rest of an address of this machine, which tests and trials sign on with.
fn on_this_machine(issuer: &str) -> Option<&str> {
    let rest = issuer.strip_prefix("http://")?;
    let host = rest.split(['/', ':']).next()?;
    ["localhost", "127.0.0.1"].contains(&host).then_some(rest)
}

fn domain(typed: &str) -> Result<String> {
    let domain = typed.trim().trim_start_matches('@').to_ascii_lowercase();
    let letters =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if domain.contains('.') && domain.split('.').all(letters) {
        return Ok(domain);
    }
    Err(Error::Refused(format!("Enter a domain like council.gov.uk, not \u{2018}{typed}\u{2019}")))
}

impl Identity {
    /// A council's sign-on; none where it has none.
    ///
    /// # Errors
    /// [`Error::Unreadable`] where the secret was encrypted with another key.
    pub async fn sign_on(&self, key: &MasterKey, tenant: TenantId) -> Result<Option<SignOn>> {
        type Row = (String, String, Vec<u8>, Vec<u8>, Vec<String>, bool);
        let row: Option<Row> = self
            .read(async |conn: &mut AsyncPgConnection| {
                Ok(council_sign_on::table
                    .find(tenant.uuid())
                    .select((
                        council_sign_on::issuer,
                        council_sign_on::client_id,
                        council_sign_on::secret_nonce,
                        council_sign_on::secret,
                        council_sign_on::domains,
                        council_sign_on::enabled,
                    ))
                    .first(conn)
                    .await
                    .optional()?)
            })
            .await?;
        let Some((issuer, client_id, nonce, bytes, domains, enabled)) = row else { return Ok(None) };
        let plain = key.open(&Sealed { nonce, bytes }, &place(tenant))?;
        let secret = String::from_utf8(plain)
            .map_err(|_| Error::Unreadable { what: format!("the sign-on secret of {tenant}") })?;
        Ok(Some(SignOn { issuer, client_id, secret, domains, enabled }))
    }

    /// The council whose staff sign on with addresses of a domain, where one offers it: the first page of signing in
    /// leads there.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sign_on_for_email(&self, email: &str) -> Result<Option<TenantId>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = SqlUuid)]
            tenant_id: Uuid,
        }
        let Some((_, domain)) = email.trim().rsplit_once('@') else { return Ok(None) };
        let domain = domain.to_ascii_lowercase();
        let rows: Vec<Row> = self
            .read(async |conn: &mut AsyncPgConnection| {
                Ok(sql_query(
                    "SELECT s.tenant_id FROM council_sign_on s JOIN council c ON c.id = s.tenant_id \
                     WHERE $1 = ANY (s.domains) AND s.enabled AND c.suspended_at IS NULL LIMIT 2",
                )
                .bind::<Text, _>(&domain)
                .load(conn)
                .await?)
            })
            .await?;
        // where two councils share a domain, people choose theirs
        match rows.as_slice() {
            [only] => Ok(Some(TenantId::from_uuid(only.tenant_id))),
            _ => Ok(None),
        }
    }

    /// Sets a council's sign-on.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the council; [`Error::Refused`] for what will not do, and
    /// without a secret the first time.
    pub async fn set_sign_on(&self, key: &MasterKey, asked: &Asked, tenant: TenantId, new: &NewSignOn) -> Result<()> {
        let new = new.checked()?;
        let sealed = new.secret.as_ref().map(|secret| key.seal(secret.as_bytes(), &place(tenant))).transpose()?;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let of = acting::for_council(conn, asked, tenant).await?;
            let kept: Option<(Vec<u8>, Vec<u8>)> = council_sign_on::table
                .find(tenant.uuid())
                .select((council_sign_on::secret_nonce, council_sign_on::secret))
                .first(conn)
                .await
                .optional()?;
            let (nonce, secret) = sealed
                .clone()
                .map(|sealed| (sealed.nonce, sealed.bytes))
                .or(kept)
                .ok_or_else(|| Error::Refused("Enter the client secret".to_owned()))?;
            diesel::insert_into(council_sign_on::table)
                .values((
                    council_sign_on::tenant_id.eq(tenant.uuid()),
                    council_sign_on::issuer.eq(&new.issuer),
                    council_sign_on::client_id.eq(&new.client_id),
                    council_sign_on::secret_nonce.eq(nonce),
                    council_sign_on::secret.eq(secret),
                    council_sign_on::domains.eq(&new.domains),
                    council_sign_on::enabled.eq(new.enabled),
                    council_sign_on::changed_at.eq(asked.at),
                ))
                .on_conflict(council_sign_on::tenant_id)
                .do_update()
                .set((
                    council_sign_on::issuer.eq(excluded(council_sign_on::issuer)),
                    council_sign_on::client_id.eq(excluded(council_sign_on::client_id)),
                    council_sign_on::secret_nonce.eq(excluded(council_sign_on::secret_nonce)),
                    council_sign_on::secret.eq(excluded(council_sign_on::secret)),
                    council_sign_on::domains.eq(excluded(council_sign_on::domains)),
                    council_sign_on::enabled.eq(excluded(council_sign_on::enabled)),
                    council_sign_on::changed_at.eq(excluded(council_sign_on::changed_at)),
                ))
                .execute(conn)
                .await?;
            let detail = json!({
                "issuer": new.issuer, "client_id": new.client_id, "domains": new.domains, "enabled": new.enabled,
                "secret": if sealed.is_some() { "replaced" } else { "kept" },
            });
            of.record(conn, asked, Record::on(Action::SetSignOn, "council").detail(detail)).await
        })
        .await
    }

    /// Whom a council's identity provider means: whoever it has meant before, else whoever of the council's staff has
    /// that address, which is then remembered. Nobody else, nobody who has left, and nobody whom it knows under another
    /// name already.
    ///
    /// The caller has proved what the provider said: issuer, subject, and that the address is verified.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn person_for(
        &self,
        asked: &Asked,
        tenant: TenantId,
        (issuer, subject): (&str, &str),
        email: &str,
    ) -> Result<Option<PersonId>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let Some(domains) = offered(conn, tenant, issuer).await? else { return Ok(None) };
            if is_suspended(conn, tenant).await? {
                return Ok(None);
            }
            if let Some(person) = meant(conn, tenant, (issuer, subject)).await? {
                return Ok(on_staff(conn, tenant, person).await?.then_some(person));
            }
            let domain = email.trim().rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
            if !domain.is_some_and(|domain| domains.contains(&domain)) {
                return Ok(None);
            }
            let Some(person) = super::person::with_email(conn, email).await? else { return Ok(None) };
            if !on_staff(conn, tenant, person).await? {
                return Ok(None);
            }
            let remembered = diesel::insert_into(sign_on_subject::table)
                .values((
                    sign_on_subject::tenant_id.eq(tenant.uuid()),
                    sign_on_subject::issuer.eq(issuer),
                    sign_on_subject::subject.eq(subject),
                    sign_on_subject::person_id.eq(person.uuid()),
                    sign_on_subject::since.eq(asked.at),
                ))
                .on_conflict_do_nothing()
                .execute(conn)
                .await?;
            if remembered == 0 {
                // another window was faster; or the provider knows them under another name already
                return meant(conn, tenant, (issuer, subject)).await;
            }
            let record = acting::on_platform(asked, Action::EnrolFactor, person).about(person).for_council(tenant);
            platform::write(conn, &record.detail(json!({ "what": "sign_on", "issuer": issuer }))).await?;
            Ok(Some(person))
        })
        .await
    }

    /// Forgets whom a council's identity provider means by somebody, so that they are found by their address again.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the council, and where nothing was remembered.
    pub async fn clear_sign_on_subject(&self, asked: &Asked, tenant: TenantId, person: PersonId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let of = acting::for_council(conn, asked, tenant).await?;
            let meant = sign_on_subject::table
                .filter(sign_on_subject::tenant_id.eq(tenant.uuid()).and(sign_on_subject::person_id.eq(person.uuid())));
            if diesel::delete(meant).execute(conn).await? == 0 {
                return Err(Error::NotFound);
            }
            let record = Record::of(Action::ChangeMember, person).detail(json!({ "sign_on": "cleared" }));
            of.record(conn, asked, record).await
        })
        .await
    }
}

/// What a council's secret is bound to.
fn place(tenant: TenantId) -> String {
    format!("{tenant} sign-on")
}

/// The domains for which a council offers sign-on by this issuer; none where it does not.
async fn offered(conn: &mut AsyncPgConnection, tenant: TenantId, issuer: &str) -> Result<Option<Vec<String>>> {
    Ok(council_sign_on::table
        .find(tenant.uuid())
        .filter(council_sign_on::issuer.eq(issuer).and(council_sign_on::enabled))
        .select(council_sign_on::domains)
        .first(conn)
        .await
        .optional()?)
}

async fn is_suspended(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<bool> {
    Ok(council::table.find(tenant.uuid()).select(council::suspended_at.is_not_null()).first(conn).await?)
}

/// Whom the provider has meant before.
async fn meant(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    (issuer, subject): (&str, &str),
) -> Result<Option<PersonId>> {
    let known = sign_on_subject::table.find((tenant.uuid(), issuer, subject)).select(sign_on_subject::person_id);
    let person: Option<Uuid> = known.first(conn).await.optional()?;
    Ok(person.map(PersonId::from_uuid))
}

async fn on_staff(conn: &mut AsyncPgConnection, tenant: TenantId, person: PersonId) -> Result<bool> {
    let own = council_member::table
        .filter(council_member::tenant_id.eq(tenant.uuid()).and(council_member::person_id.eq(person.uuid())));
    Ok(diesel::select(diesel::dsl::exists(own)).get_result(conn).await?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn typed(issuer: &str, domain: &str) -> Result<NewSignOn> {
        NewSignOn {
            issuer: issuer.to_owned(),
            client_id: "counterfoil".to_owned(),
            secret: Some(" ".to_owned()),
            domains: vec![domain.to_owned()],
            enabled: true,
        }
        .checked()
    }

    #[test]
    fn an_issuer_is_reached_safely_and_a_domain_is_one() {
        let checked = typed(" https://login.example/council ", "@Council.GOV.uk").unwrap();
        assert_eq!(
            (checked.issuer.as_str(), checked.domains[0].as_str()),
            ("https://login.example/council", "council.gov.uk")
        );
        assert_eq!(checked.secret, None, "blanks are no secret");
        assert!(typed("http://127.0.0.1:8080/x", "a.example").is_ok(), "on this machine, for trials");
        for wrong in ["", "https://", "http://login.example", "http://localhost.evil.example", "https://a@b", "ftp://x"]
        {
            assert!(typed(wrong, "a.example").is_err(), "{wrong}");
        }
        for wrong in ["", "council", "a..b", "a b.example", "ann@council.example"] {
            assert!(typed("https://login.example", wrong).is_err(), "{wrong}");
        }
    }
}
