//! What benchmarks do as the tables' owner, without row level security and without an audit record: store the same rows
//! for comparison, and fill a council with claims to page through. Nothing else uses it, and it is of no use where the
//! owner's account is not known.

use chrono::NaiveDate;
use counterfoil_core::ids::TenantId;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};

use crate::charge::{self, Charges};
use crate::connections::Config;
use crate::entry::{self, Entry};
use crate::error::{Error, Result};

/// The owner's connection.
pub struct Bare(AsyncPgConnection);

impl Bare {
    /// Connects as the owner.
    ///
    /// # Errors
    /// [`Error::Unreachable`].
    pub async fn connect(config: &Config) -> Result<Self> {
        let connected = AsyncPgConnection::establish(config.owner_url()).await;
        Ok(Self(connected.map_err(|error| Error::Unreachable(Box::new(error)))?))
    }

    /// Writes charges and entries in one transaction.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn store(&mut self, tenant: TenantId, charges: Vec<Charges>, entries: &[Entry]) -> Result<()> {
        self.0
            .transaction(async |conn| {
                charge::write(conn, tenant, charges).await?;
                entry::write(conn, tenant, entries).await?;
                Ok(())
            })
            .await
    }

    /// Empties both tables, so that every round begins alike, and has what was written before put on disk.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn empty(&mut self) -> Result<()> {
        self.0.batch_execute("TRUNCATE charge, entry").await?;
        Ok(self.0.batch_execute("CHECKPOINT").await?)
    }

    /// Gives a council so many claims, each with the assessment that counts: one a week for each person under each
    /// contract, counted back from the week that begins on `newest`, for as many weeks as it takes. That week is stated
    /// by nobody, the one before is confirmed with something suspended here and there, all others are paid. There are
    /// no lines and no charges: it is for lists.
    ///
    /// # Errors
    /// [`Error::Database`], also where the owner may not put triggers and foreign keys aside, which are most of the time
    /// that it would take.
    pub async fn fill_with_claims(&mut self, tenant: TenantId, claims: u32, newest: NaiveDate) -> Result<()> {
        let tenant = tenant.uuid();
        let pairs = format!(
            "SELECT DISTINCT k.organisation_id, k.schedule_id, l.contract_id, l.service_user_id \
             FROM service_line l JOIN contract k ON k.tenant_id = l.tenant_id AND k.id = l.contract_id \
             WHERE l.tenant_id = '{tenant}'"
        );
        self.0
            .batch_execute(&format!(
                "BEGIN; SET LOCAL session_replication_role = replica; \
                 CREATE TEMPORARY TABLE filled ON COMMIT DROP AS \
                 SELECT gen_random_uuid() AS claim, gen_random_uuid() AS assessment, pair.*, week.ago, \
                     DATE '{newest}' - 7 * week.ago AS starts, 9000 + 37 * (row_number() OVER () % 400) AS pence \
                 FROM generate_series(0, {claims} / (SELECT greatest(count(*), 1) FROM ({pairs}) p)::int) AS week (ago) \
                 CROSS JOIN ({pairs}) pair ORDER BY week.ago, pair.contract_id, pair.service_user_id LIMIT {claims}; \
                 INSERT INTO claim (tenant_id, id, organisation_id, contract_id, service_user_id, schedule_id, period_id, \
                     starts, ends, state, assessment_id, created_at) \
                 SELECT '{tenant}', f.claim, f.organisation_id, f.contract_id, f.service_user_id, f.schedule_id, \
                     (SELECT p.id FROM pay_period p WHERE p.tenant_id = '{tenant}' AND p.schedule_id = f.schedule_id \
                      ORDER BY abs(p.starts - f.starts), p.starts LIMIT 1), \
                     f.starts, f.starts + 6, CASE f.ago WHEN 0 THEN 0 WHEN 1 THEN 2 ELSE 4 END, f.assessment, f.starts \
                 FROM filled f; \
                 INSERT INTO assessment (tenant_id, id, organisation_id, claim_id, statement_version, purpose, input, \
                     input_digest, component_digest, pack, pack_version, interface, engine, fuel, findings, weighed, \
                     uses, assessed_at, planned_pence, claimed_pence, payable_pence, suspended_pence, rejected_pence, \
                     pending_pence) \
                 SELECT '{tenant}', f.assessment, f.organisation_id, f.claim, 0, 0, convert_to(repeat('.', 600), 'UTF8'), \
                     repeat('0', 64), repeat('0', 64), 'standard', '1', '1', 'bench', 0, '[]', '{{}}', '[]', f.starts, \
                     f.pence, f.pence, f.pence - f.held, f.held, 0, 0 \
                 FROM (SELECT *, CASE WHEN ago = 1 AND pence % 5 = 0 THEN 450 ELSE 0 END AS held FROM filled) f; \
                 COMMIT"
            ))
            .await?;
        // as a database is that has been in use: its pages known to be visible, its contents counted
        Ok(self.0.batch_execute("VACUUM (ANALYZE)").await?)
    }
}
