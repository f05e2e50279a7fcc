//! Foreign keys carry the council, and where a row has an organisation that too: another's row as a parent is refused,
//! even to whoever row level security does not bind.

use crate::server::Server;
use crate::world::world;

/// Foreign keys between tables that a council owns, as `table|column|parent|parent's column`: the column that names the
/// parent beside council and organisation. A row's own id is no reference.
const FOREIGN_KEYS: &str = "SELECT DISTINCT c.conrelid::regclass || '|' || a.attname || '|' || c.confrelid::regclass || '|' || \
    p.attname AS line \
    FROM pg_constraint c \
    CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k(child, parent) \
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.child \
    JOIN pg_attribute p ON p.attrelid = c.confrelid AND p.attnum = k.parent \
    WHERE c.contype = 'f' AND a.attname NOT IN ('tenant_id', 'organisation_id', 'id') AND cardinality(c.conkey) > 1 \
    AND format_type(a.atttypid, a.atttypmod) = 'uuid' \
    AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.confrelid AND t.attname = 'tenant_id') ORDER BY 1";

/// Whether a change of a table's row is refused because the row's own parent is missing. The foreign keys of others to
/// the table are dropped for the time, so that they are not what refuses it.
async fn refuses(server: &mut Server, table: &str, statement: &str) -> bool {
    server.run("BEGIN").await;
    let others = format!(
        "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname AS line FROM pg_constraint \
         WHERE contype = 'f' AND confrelid = '{table}'::regclass"
    );
    for drop in server.lines(&others).await {
        server.run(&drop).await;
    }
    let refused = server.try_run(statement).await;
    server.run("ROLLBACK").await;
    refused.is_err_and(|error| error.contains("insert or update on table") && error.contains("violates foreign key"))
}

#[tokio::test(flavor = "multi_thread")]
async fn another_councils_row_is_refused_as_a_parent() {
    let (_db, mut server) = world().await;
    let keys = server.lines(FOREIGN_KEYS).await;
    assert!(keys.len() > 20, "there are foreign keys to try");
    let mut accepted = Vec::new();
    for key in keys {
        let parts: Vec<&str> = key.split('|').collect();
        let [table, column, parent, parent_column] = parts[..] else { panic!("{key}") };
        let statement = format!(
            "UPDATE {table} SET {column} = (SELECT {parent_column} FROM {parent} \
             WHERE tenant_id = md5('council b')::uuid LIMIT 1) \
             WHERE ctid = (SELECT ctid FROM {table} WHERE tenant_id = md5('council a')::uuid LIMIT 1)"
        );
        if !refuses(&mut server, table, &statement).await {
            accepted.push(key);
        }
    }
    assert!(accepted.is_empty(), "{accepted:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisations_claim_is_refused_to_a_statement() {
    let (_db, mut server) = world().await;
    let of = |claim: &str| {
        format!(
            "INSERT INTO statement (tenant_id, organisation_id, claim_id, version, received_at, stated_by, source, body) \
             VALUES (md5('council a')::uuid, md5('organisation x')::uuid, md5('claim {claim}')::uuid, 2, now(), '{{}}', \
             'screen', '{{}}')"
        )
    };
    assert!(refuses(&mut server, "statement", &of("ay")).await);
    assert!(!refuses(&mut server, "statement", &of("ax")).await, "its own is accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_takes_the_organisation_of_its_payee_and_no_other() {
    let (_db, mut server) = world().await;
    let contract =
        "UPDATE contract SET organisation_id = md5('organisation y')::uuid WHERE id = md5('contract ax')::uuid";
    assert!(refuses(&mut server, "contract", contract).await);
}
