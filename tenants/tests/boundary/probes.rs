//! The probes: as each role in its scope, by direct SQL that names no council, everything that should be seen is seen and
//! nothing else; and another council's rows are neither changed, counted, nor hinted at by a conflict.
//!
//! A probe that finds nothing wrong says nothing; [`mutations`](crate::mutations) shows that it would.

use crate::server::{Server, tables};
use crate::world::{CONTRACT, COUNCIL, OF_BOTH_COUNCILS, ORGANISATION, OTHER_COUNCIL, PERSON, world};

/// A role with its scope set.
struct View {
    name: &'static str,
    role: &'static str,
    tenant: &'static str,
    organisation: &'static str,
    /// The contracts that somebody is limited to; none where they see everything of the organisation.
    limited_to: Option<&'static [&'static str]>,
    person: &'static str,
}

/// A role without any scope.
const NOBODY: View = View { name: "nobody", role: "", tenant: "", organisation: "", limited_to: None, person: "" };

const VIEWS: [View; 13] = [
    View { name: "a council", role: "counterfoil_council", tenant: COUNCIL, person: PERSON, ..NOBODY },
    View { name: "a council's role without a scope", role: "counterfoil_council", ..NOBODY },
    View {
        name: "a provider that reads",
        role: "counterfoil_provider",
        organisation: ORGANISATION,
        person: PERSON,
        ..NOBODY
    },
    View {
        name: "a provider that acts",
        role: "counterfoil_provider",
        tenant: COUNCIL,
        organisation: ORGANISATION,
        person: PERSON,
        ..NOBODY
    },
    View { name: "a provider's role without a scope", role: "counterfoil_provider", ..NOBODY },
    View {
        name: "a provider limited to a contract, who reads",
        role: "counterfoil_provider",
        organisation: OF_BOTH_COUNCILS,
        limited_to: Some(&[CONTRACT]),
        person: PERSON,
        ..NOBODY
    },
    View {
        name: "a provider limited to a contract, who acts",
        role: "counterfoil_provider",
        tenant: COUNCIL,
        organisation: OF_BOTH_COUNCILS,
        limited_to: Some(&[CONTRACT]),
        person: PERSON,
    },
    View {
        name: "a provider limited to no contract",
        role: "counterfoil_provider",
        tenant: COUNCIL,
        organisation: OF_BOTH_COUNCILS,
        limited_to: Some(&[]),
        person: PERSON,
    },
    View {
        name: "a provider limited to another's contract",
        role: "counterfoil_provider",
        tenant: COUNCIL,
        organisation: ORGANISATION,
        limited_to: Some(&[CONTRACT]),
        person: PERSON,
    },
    View { name: "identity", role: "counterfoil_identity", ..NOBODY },
    View {
        name: "identity, recording something for a council",
        role: "counterfoil_identity",
        tenant: COUNCIL,
        person: PERSON,
        ..NOBODY
    },
    View { name: "the dispatcher", role: "counterfoil_dispatcher", ..NOBODY },
    View {
        name: "an ordinary owner",
        role: "counterfoil_probe_owner",
        tenant: COUNCIL,
        organisation: ORGANISATION,
        person: PERSON,
        ..NOBODY
    },
];

/// Tables that a provider with a contract may read although they have no organisation.
const PUBLISHED: [&str; 10] = [
    "billing_period",
    "billing_schedule",
    "council_profile",
    "council_team",
    "dispute_setting",
    "explanation_setting",
    "invoice_setting",
    "non_delivery_reason",
    "pay_period",
    "schedule",
];

/// Tables whose rows belong to a provider's invoice.
const OF_AN_INVOICE: [&str; 2] = ["provider_invoice_line", "provider_invoice_withdrawal"];

/// Tables whose rows belong to a claim.
const OF_A_CLAIM: [&str; 9] = [
    "claim_line",
    "statement",
    "assessment",
    "decision",
    "charge",
    "claim_conversation",
    "claim_message",
    "attachment",
    "dispute",
];

/// Tables whose rows stand under a contract: documents to agree, and adjustments of its lines.
const UNDER_A_CONTRACT: [&str; 5] =
    ["contract_document", "contract_document_version", "contract_document_answer", "adjustment", "adjustment_answer"];

impl View {
    /// Which rows of a table it should see, as a condition that a superuser can ask for.
    fn should_see(&self, table: &str) -> String {
        let council = self.tenant;
        let organisation = self.organisation;
        match (self.role, table) {
            ("counterfoil_identity" | "counterfoil_dispatcher", _) => "true".to_owned(),
            ("counterfoil_council", _) if council.is_empty() => "false".to_owned(),
            ("counterfoil_council", "council") => format!("id = {council}"),
            ("counterfoil_council", "organisation") => {
                format!(
                    "id IN (SELECT organisation_id FROM payee WHERE tenant_id = {council}) \
                     OR id IN (SELECT organisation_id FROM council_organisation WHERE tenant_id = {council})"
                )
            }
            ("counterfoil_council", "person") => {
                // its staff, and whoever did something there
                format!(
                    "id IN (SELECT person_id FROM council_member WHERE tenant_id = {council}) \
                     OR id IN (SELECT person_id FROM audit_record WHERE tenant_id = {council})"
                )
            }
            ("counterfoil_council", _) => format!("tenant_id = {council}"),
            ("counterfoil_provider", _) if organisation.is_empty() => "false".to_owned(),
            ("counterfoil_provider", "organisation") => format!("id = {organisation}"),
            ("counterfoil_provider", "council") => format!(
                "id IN (SELECT tenant_id FROM contract WHERE {}) \
                 OR id IN (SELECT tenant_id FROM council_organisation WHERE organisation_id = {organisation})",
                self.contracts("id")
            ),
            ("counterfoil_provider", "council_brand" | "provider_notice" | "guidance") => format!(
                "tenant_id IN (SELECT tenant_id FROM council_organisation WHERE organisation_id = {organisation})"
            ),
            ("counterfoil_provider", "service_user") => format!(
                "(tenant_id, id) IN (SELECT tenant_id, service_user_id FROM service_line WHERE {})",
                self.contracts("contract_id")
            ),
            ("counterfoil_provider", "service_line_version") => format!(
                "(tenant_id, service_line_id) IN (SELECT tenant_id, id FROM service_line WHERE {})",
                self.contracts("contract_id")
            ),
            ("counterfoil_provider", "care_allocation") => format!(
                "(tenant_id, service_user_id) IN (SELECT tenant_id, service_user_id FROM service_line WHERE {})",
                self.contracts("contract_id")
            ),
            ("counterfoil_provider", "rate_row") => format!(
                "(tenant_id, service, tier) IN (SELECT tenant_id, service, tier FROM service_line_version \
                 WHERE (tenant_id, service_line_id) IN (SELECT tenant_id, id FROM service_line WHERE {}))",
                self.contracts("contract_id")
            ),
            ("counterfoil_provider", "care_query_message") => format!(
                "(tenant_id, query_id) IN (SELECT tenant_id, id FROM care_query WHERE {})",
                self.contracts("contract_id")
            ),
            ("counterfoil_provider", of_invoice) if OF_AN_INVOICE.contains(&of_invoice) => format!(
                "(tenant_id, invoice_id) IN (SELECT tenant_id, id FROM provider_invoice WHERE {})",
                self.contracts("contract_id")
            ),
            ("counterfoil_provider", of_claim) if OF_A_CLAIM.contains(&of_claim) => format!(
                "(tenant_id, claim_id) IN (SELECT tenant_id, id FROM claim WHERE {})",
                self.contracts("contract_id")
            ),
            ("counterfoil_provider", published) if PUBLISHED.contains(&published) => {
                format!("tenant_id IN (SELECT tenant_id FROM contract WHERE {})", self.contracts("id"))
            }
            ("counterfoil_provider", "contract") => self.contracts("id"),
            (
                "counterfoil_provider",
                "service_line" | "claim" | "entry" | "payment_request" | "care_query" | "provider_invoice",
            ) => self.contracts("contract_id"),
            ("counterfoil_provider", agreed) if UNDER_A_CONTRACT.contains(&agreed) => self.contracts("contract_id"),
            ("counterfoil_provider", "payment" | "remittance") if self.limited_to.is_some() => "false".to_owned(),
            ("counterfoil_provider", _) => format!("organisation_id = {organisation}"),
            _ => "false".to_owned(),
        }
    }

    /// Rows of its own organisation, by the column that names their contract.
    fn contracts(&self, column: &str) -> String {
        let own = format!("organisation_id = {}", self.organisation);
        match self.limited_to {
            None => own,
            Some([]) => "false".to_owned(),
            Some(contracts) => format!("{own} AND {column} IN ({})", contracts.join(", ")),
        }
    }

    /// Which rows it should be able to write.
    fn should_write(&self, table: &str) -> String {
        match (self.role, table) {
            ("counterfoil_provider", _) | ("counterfoil_identity", "audit_record") if self.tenant.is_empty() => {
                "false".to_owned()
            }
            ("counterfoil_identity", "audit_record") => {
                format!("tenant_id = {} AND person_id = {}", self.tenant, self.person)
            }
            // whoever sees no contract of the council has nothing to do there
            ("counterfoil_provider", "job" | "audit_record") if self.sees_no_contract() => "false".to_owned(),
            ("counterfoil_provider", "job") => format!("tenant_id = {}", self.tenant),
            (
                "counterfoil_provider",
                "claim"
                | "statement"
                | "payment_request"
                | "care_query"
                | "claim_conversation"
                | "dispute"
                | "provider_invoice"
                | "provider_invoice_line"
                | "provider_invoice_withdrawal",
            ) => {
                format!("tenant_id = {} AND {}", self.tenant, self.should_see(table))
            }
            // what is asked of a provider is answered, and what it asks of its council taken back
            ("counterfoil_provider", "contract_document" | "contract_document_answer" | "adjustment") => {
                format!("tenant_id = {} AND {}", self.tenant, self.should_see(table))
            }
            ("counterfoil_provider", "adjustment_answer") => {
                format!("tenant_id = {} AND outcome = 3 AND {}", self.tenant, self.should_see(table))
            }
            // nobody speaks for the other side
            ("counterfoil_provider", "care_query_message" | "claim_message" | "attachment") => {
                format!("tenant_id = {} AND side = 'provider' AND {}", self.tenant, self.should_see(table))
            }
            ("counterfoil_provider", _) => {
                format!("tenant_id = {} AND organisation_id = {}", self.tenant, self.organisation)
            }
            _ => self.should_see(table),
        }
    }

    /// Whether what it is limited to is nothing, or another organisation's.
    fn sees_no_contract(&self) -> bool {
        self.limited_to.is_some_and(|contracts| contracts.is_empty() || self.organisation != OF_BOTH_COUNCILS)
    }

    fn enter(&self) -> String {
        let text = |id: &str| {
            if id.is_empty() { "''".to_owned() } else { format!("({id})::text") }
        };
        let array = |ids: &[&str]| match ids {
            [] => "'{}'".to_owned(),
            ids => format!("'{{' || {} || '}}'", ids.join(" || ',' || ")),
        };
        let organisations = [self.organisation].map(|own| if own.is_empty() { "''".to_owned() } else { array(&[own]) });
        let whole = if self.limited_to.is_some() { "'{}'" } else { &organisations[0] };
        let contracts = array(self.limited_to.unwrap_or_default());
        format!(
            "SELECT set_config('app.tenant_id', {}, true), set_config('app.organisation_ids', {}, true), \
             set_config('app.whole_organisation_ids', {whole}, true), set_config('app.contract_ids', {contracts}, true), \
             set_config('app.person_id', {}, true); SET LOCAL ROLE {}",
            text(self.tenant),
            organisations[0],
            text(self.person),
            self.role
        )
    }
}

/// What is wrong with these tables, in words; nothing when the boundary holds. Call it within a transaction.
pub(crate) async fn probe(server: &mut Server, tables: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for view in &VIEWS {
        for table in tables {
            let wrong =
                [reads(server, view, table).await, changes(server, view, table).await, adds(server, view, table).await];
            found.extend(wrong.into_iter().flatten().map(|what| format!("{} {what} of {table}", view.name)));
        }
    }
    found
}

/// Columns that a role has a privilege on, in order.
async fn columns(server: &mut Server, view: &View, table: &str, privilege: &str) -> Vec<String> {
    server
        .lines(&format!(
            "SELECT attname::text AS line FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 \
             AND NOT attisdropped AND has_column_privilege('{}', attrelid, attnum, '{privilege}') ORDER BY attnum",
            view.role
        ))
        .await
}

/// Runs something as the view and undoes it.
async fn within<T>(server: &mut Server, view: &View, work: impl AsyncFnOnce(&mut Server) -> T) -> T {
    server.run("SAVEPOINT probe").await;
    server.run(&view.enter()).await;
    let outcome = work(server).await;
    server.run("ROLLBACK TO SAVEPOINT probe; RELEASE SAVEPOINT probe").await;
    outcome
}

async fn reads(server: &mut Server, view: &View, table: &str) -> Option<String> {
    let readable = columns(server, view, table, "SELECT").await;
    let first = readable.first()?;
    // the key, as far as the role may read it
    let listed = readable.join(", ");
    let rows = format!("SELECT row({listed})::text AS line FROM {table}");
    let expected = server.lines(&format!("{rows} WHERE {} ORDER BY 1", view.should_see(table))).await;
    let seen = within(server, view, async |server| server.try_lines(&format!("{rows} ORDER BY 1")).await).await;
    let count = format!("SELECT count({first})::text AS line FROM {table}");
    let counted = within(server, view, async |server| server.try_lines(&count).await).await;
    match (seen, counted) {
        (Ok(seen), Ok(counted)) if seen == expected && counted == [expected.len().to_string()] => None,
        (Ok(seen), _) => Some(format!("sees {} rows instead of {}", seen.len(), expected.len())),
        (Err(error), _) => Some(format!("cannot read ({error}) rows")),
    }
}

/// A column that a role may change and that no key, foreign key or other column's check depends on.
async fn plain_column(server: &mut Server, view: &View, table: &str) -> Option<String> {
    let keyed = server
        .lines(&format!(
            "SELECT DISTINCT a.attname::text AS line FROM pg_constraint c JOIN pg_attribute a \
             ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) WHERE c.conrelid = '{table}'::regclass \
             AND (c.contype <> 'c' OR cardinality(c.conkey) > 1)"
        ))
        .await;
    let changeable = columns(server, view, table, "UPDATE").await;
    changeable.into_iter().find(|column| !keyed.contains(column) && column != "email")
}

async fn changes(server: &mut Server, view: &View, table: &str) -> Option<String> {
    if view.role == "counterfoil_probe_owner" {
        return None; // an owner has every privilege; what it sees is enough
    }
    let mut statements = Vec::new();
    if let Some(column) = plain_column(server, view, table).await {
        // any stored value will do; without a WHERE only the policies for changing apply
        let value = server.lines(&format!("SELECT quote_nullable({column}) AS line FROM {table} LIMIT 1")).await;
        let kind = server
            .lines(&format!(
                "SELECT format_type(atttypid, atttypmod) AS line FROM pg_attribute \
                 WHERE attrelid = '{table}'::regclass AND attname = '{column}'"
            ))
            .await;
        statements.push(format!("UPDATE {table} SET {column} = {}::{}", value[0], kind[0]));
    }
    let deletes = format!("SELECT has_table_privilege('{}', '{table}', 'DELETE')::text AS line", view.role);
    if server.lines(&deletes).await == ["true"] {
        statements.push(format!("DELETE FROM {table}"));
    }
    if statements.is_empty() {
        return None;
    }
    let writable = format!("SELECT 1::text AS line FROM {table} WHERE {}", view.should_write(table));
    let expected = server.lines(&writable).await.len();
    for statement in statements {
        match within(server, view, async |server| server.touched(&statement).await).await {
            Ok(touched) if touched == expected => {}
            Ok(touched) => return Some(format!("changes {touched} rows instead of {expected}")),
            Err(error) => return Some(format!("cannot change ({error}) rows")),
        }
    }
    None
}

/// Adds a copy of every row as it stands, and a copy of every other council's row as the view's own.
async fn adds(server: &mut Server, view: &View, table: &str) -> Option<String> {
    let insertable = columns(server, view, table, "INSERT").await;
    if insertable.is_empty() || view.role == "counterfoil_probe_owner" {
        return None;
    }
    let own = server.lines(&copies(table, &view.should_write(table))).await;
    let other = server.lines(&copies(table, &format!("NOT coalesce(({}), false)", view.should_write(table)))).await;
    let insert = |row: &str| {
        let listed = insertable.join(", ");
        let row = row.replace('\'', "''");
        format!("INSERT INTO {table} ({listed}) SELECT {listed} FROM json_populate_record(NULL::{table}, '{row}')")
    };
    for row in &own {
        // that it is there already is no matter: the policy is asked before the key
        match within(server, view, async |server| server.touched(&insert(row)).await).await {
            Err(error) if error.contains("row-level security") => {
                return Some("cannot add its own rows".to_owned());
            }
            _ => {}
        }
    }
    for row in &other {
        match within(server, view, async |server| server.touched(&insert(row)).await).await {
            Err(error) if error.contains("row-level security") => {}
            Err(error) => return Some(format!("is told ({error}) of other rows")),
            Ok(_) => return Some("adds rows for others".to_owned()),
        }
        let Some(as_own) = as_own(server, view, table, row).await else {
            continue;
        };
        match within(server, view, async |server| server.touched(&insert(&as_own)).await).await {
            Err(error) if error.contains("duplicate key") => {
                return Some(format!("is told ({error}) by a conflict of other rows"));
            }
            _ => {}
        }
    }
    None
}

fn copies(table: &str, condition: &str) -> String {
    format!("SELECT row_to_json({table})::text AS line FROM {table} WHERE {condition}")
}

/// Another council's row with the view's own council and organisation in it; none for a row of the view's own council.
async fn as_own(server: &mut Server, view: &View, table: &str, row: &str) -> Option<String> {
    // a table with one row for each council, or for each organisation there, has that row already
    if view.tenant.is_empty() || ["file_serial", "audit_head", "council_revision"].contains(&table) {
        return None;
    }
    let organisation = match view.organisation {
        "" => String::new(),
        own => format!(", 'organisation_id', {own}"),
    };
    let row = row.replace('\'', "''");
    let query = format!(
        "SELECT (r::jsonb || jsonb_build_object('tenant_id', {}{organisation}))::text AS line \
         FROM (SELECT '{row}'::jsonb AS r) AS other WHERE r ->> 'tenant_id' = ({OTHER_COUNCIL})::text",
        view.tenant
    );
    server.lines(&query).await.pop()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_sees_changes_and_adds_what_is_its_own_and_nothing_else() {
    let (_db, mut server) = world().await;
    let tables = tables(&mut server).await;
    for table in &tables {
        let rows = server.lines(&format!("SELECT count(*)::text AS line FROM {table}")).await;
        assert_ne!(rows, ["0"], "{table} has no row to probe: add one to seed.sql");
    }
    server.run("BEGIN").await;
    let found = probe(&mut server, &tables).await;
    assert!(found.is_empty(), "{found:#?}");
}
