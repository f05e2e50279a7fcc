//! What the catalogue has to say. Every table, column, policy and grant stands in `classified.txt`, where a person wrote
//! down whose it is and how private; one that nobody classified fails here.

use std::collections::BTreeSet;

use counterfoil_testkit::TestDatabase;

use crate::server::Server;

const CLASSIFIED: &str = include_str!("classified.txt");

/// How private a column is.
const CLASSES: [&str; 5] = ["public", "internal", "personal", "bank", "secret"];

/// Whose a table is.
const OWNERS: [&str; 2] = ["platform", "council"];

/// The lines of the classification, without comments.
fn classified() -> impl Iterator<Item = &'static str> {
    CLASSIFIED.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Lines of one sort, without their last word, which a person chose.
fn named(sort: &str) -> BTreeSet<String> {
    classified().filter(|line| line.starts_with(sort)).map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

fn whole(sort: &str) -> BTreeSet<String> {
    classified().filter(|line| line.starts_with(sort)).map(str::to_owned).collect()
}

/// Tables of the council, by name.
fn council_tables() -> Vec<&'static str> {
    classified().filter_map(|line| line.strip_prefix("table ")?.strip_suffix(" council")).collect()
}

async fn server() -> (TestDatabase, Server) {
    let db = TestDatabase::new().await;
    let server = Server::new(&db).await;
    (db, server)
}

fn assert_same(classified: BTreeSet<String>, found: Vec<String>) {
    let found: BTreeSet<String> = found.into_iter().collect();
    let unclassified: Vec<_> = found.difference(&classified).collect();
    let gone: Vec<_> = classified.difference(&found).collect();
    assert!(
        unclassified.is_empty() && gone.is_empty(),
        "not classified: {unclassified:#?}\nno longer there: {gone:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_classified_by_whose_it_is() {
    let (_db, mut server) = server().await;
    let found = server
        .lines(
            "SELECT 'table ' || relname AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace \
             AND relkind IN ('r', 'p') AND relname <> '__diesel_schema_migrations'",
        )
        .await;
    assert_same(named("table "), found);
    for line in whole("table ") {
        assert!(OWNERS.contains(&line.rsplit_once(' ').unwrap().1), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_is_classified_by_how_private_it_is() {
    let (_db, mut server) = server().await;
    let found = server
        .lines(
            "SELECT 'column ' || c.relname || '.' || a.attname AS line FROM pg_class c JOIN pg_attribute a \
             ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') \
             AND c.relname <> '__diesel_schema_migrations'",
        )
        .await;
    assert_same(named("column "), found);
    for line in whole("column ") {
        assert!(CLASSES.contains(&line.rsplit_once(' ').unwrap().1), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_policy_is_classified() {
    let (_db, mut server) = server().await;
    let found = server
        .lines(
            "SELECT 'policy ' || tablename || ' ' || policyname || ' ' || lower(cmd) || ' to ' || \
             array_to_string(roles, ',') AS line FROM pg_policies WHERE schemaname = 'public'",
        )
        .await;
    assert_same(whole("policy "), found);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_grant_is_classified() {
    let (_db, mut server) = server().await;
    let found = server
        .lines(
            "WITH role AS (SELECT oid, rolname FROM pg_roles WHERE rolname LIKE 'counterfoil\\_%' \
               AND rolname <> 'counterfoil_probe_owner'), \
             whole AS (SELECT c.oid AS relid, c.relname, r.rolname, p.privilege FROM pg_class c CROSS JOIN role r \
               CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) \
               AS p(privilege) WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
               AND has_table_privilege(r.oid, c.oid, p.privilege)), \
             part AS (SELECT c.relname, r.rolname, p.privilege, string_agg(a.attname, ', ' ORDER BY a.attname) AS listed \
               FROM pg_class c CROSS JOIN role r CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS p(privilege) \
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
               AND has_column_privilege(r.oid, c.oid, a.attnum, p.privilege) \
               AND NOT has_table_privilege(r.oid, c.oid, p.privilege) GROUP BY 1, 2, 3) \
             SELECT 'grant ' || relname || ' ' || lower(privilege) || ' to ' || rolname AS line FROM whole UNION ALL \
             SELECT 'grant ' || relname || ' ' || lower(privilege) || ' (' || listed || ') to ' || rolname FROM part",
        )
        .await;
    assert_same(whole("grant "), found);
}

/// Access is read in full only after `access_revision` or `council_revision` has advanced: the one by every transaction
/// of the identity role, the other by every one of a council's.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_do_what_is_written_where_its_revision_advances() {
    let said_in = [
        "person",
        "totp_device",
        "passkey",
        "platform_operator",
        "council",
        "council_member",
        "organisation",
        "organisation_member",
        "organisation_member_contract",
        "council_organisation",
        "council_brand",
    ];
    for table in said_in {
        let grants = whole(&format!("grant {table} "));
        assert!(!grants.is_empty(), "{table}");
        for grant in grants {
            let reads = grant.split(' ').nth(2) == Some("select");
            let advances = grant.ends_with(" to counterfoil_identity")
                || (table == "council_brand" && grant.ends_with(" to counterfoil_council"));
            assert!(reads || advances, "{grant}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_append_only_cannot_be_changed_and_nobody_may_truncate() {
    for line in whole("grant ") {
        let privilege = line.split(' ').nth(2).unwrap();
        assert!(["select", "insert", "update", "delete"].contains(&privilege), "{line}");
        if privilege == "delete" {
            assert!(line.ends_with("counterfoil_identity"), "{line}");
        }
        assert!(privilege != "update" || line.contains('('), "only named columns may be changed: {line}");
    }
    let kept = ["audit_record", "audit_link", "platform_record", "platform_link"];
    for kept in
        kept.into_iter().chain(["statement", "assessment", "charge", "decision", "entry", "payee_bank", "rate_row"])
    {
        let changed = format!("grant {kept} update");
        assert!(!whole("grant ").iter().any(|line| line.starts_with(&changed)), "{kept} is append-only");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bank_details_and_keys_are_read_by_the_role_whose_they_are_and_by_no_other() {
    let (_db, mut server) = server().await;
    let own = council_tables();
    for line in whole("column ") {
        let (column, class) = line.strip_prefix("column ").unwrap().rsplit_once(' ').unwrap();
        if !["bank", "secret"].contains(&class) {
            continue;
        }
        let (table, column) = column.split_once('.').unwrap();
        // hashes and secrets of people are the platform's, and a council no more sees them than the other way round
        let other = if own.contains(&table) { "counterfoil_identity" } else { "counterfoil_council" };
        for role in ["counterfoil_provider", other, "counterfoil_dispatcher"] {
            let readable = server
                .lines(&format!("SELECT has_column_privilege('{role}', '{table}', '{column}', 'SELECT')::text AS line"))
                .await;
            assert_eq!(readable, ["false"], "{role} {table}.{column}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn council_tables_have_the_council_first_in_every_key() {
    let (_db, mut server) = server().await;
    for table in council_tables() {
        let wrong = server
            .lines(&format!(
                "SELECT i.indexrelid::regclass::text AS line FROM pg_index i JOIN pg_attribute a \
                 ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
                 WHERE i.indrelid = '{table}'::regclass AND i.indisunique AND a.attname <> 'tenant_id' UNION ALL \
                 SELECT c.conname::text FROM pg_constraint c JOIN pg_attribute a \
                 ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.conrelid = '{table}'::regclass \
                 AND c.contype IN ('p', 'u', 'f') AND a.attname <> 'tenant_id' \
                 AND c.confrelid <> 'organisation'::regclass"
            ))
            .await;
        assert!(wrong.is_empty(), "{table}: {wrong:?}");
        let keys = format!(
            "SELECT count(*)::text AS line FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'p'"
        );
        assert_eq!(server.lines(&keys).await, ["1"], "{table} has a primary key");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_level_security_is_on_and_forced_everywhere() {
    let (_db, mut server) = server().await;
    let off = server
        .lines(
            "SELECT relname::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
             AND relname <> '__diesel_schema_migrations' AND NOT (relrowsecurity AND relforcerowsecurity)",
        )
        .await;
    assert!(off.is_empty(), "{off:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_policy_is_for_one_role_and_survives_an_empty_setting() {
    let (_db, mut server) = server().await;
    let shared = server
        .lines(
            "SELECT tablename || ' ' || policyname AS line FROM pg_policies WHERE schemaname = 'public' \
             AND (cardinality(roles) <> 1 OR roles = '{public}' OR permissive <> 'PERMISSIVE')",
        )
        .await;
    assert!(shared.is_empty(), "{shared:?}");
    let bare = server
        .lines(
            "SELECT tablename || ' ' || policyname AS line FROM pg_policies WHERE schemaname = 'public' \
             AND (coalesce(qual, '') || coalesce(with_check, '')) ~ 'current_setting' \
             AND regexp_replace(coalesce(qual, '') || coalesce(with_check, ''), \
               'NULLIF\\(current_setting\\(''app\\.[a-z_]+''::text, true\\), ''''::text\\)', '', 'g') ~ 'current_setting'",
        )
        .await;
    assert!(bare.is_empty(), "{bare:?}");
    // a cast outside of its subquery is made again for every row
    let cast_for_every_row = server
        .lines(
            "SELECT tablename || ' ' || policyname AS line FROM pg_policies WHERE schemaname = 'public' \
             AND (coalesce(qual, '') || coalesce(with_check, '')) ~ 'nullif.\\)\\)::uuid'",
        )
        .await;
    assert!(cast_for_every_row.is_empty(), "{cast_for_every_row:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roles_own_nothing_and_bypass_nothing() {
    let (_db, mut server) = server().await;
    let roles = server
        .lines(
            "SELECT rolname || ' ' || (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)::text \
             AS line FROM pg_roles WHERE rolname IN ('counterfoil_council', 'counterfoil_provider', \
             'counterfoil_identity', 'counterfoil_dispatcher') ORDER BY 1",
        )
        .await;
    assert_eq!(
        roles,
        [
            "counterfoil_council false",
            "counterfoil_dispatcher false",
            "counterfoil_identity false",
            "counterfoil_provider false"
        ]
    );
    let memberships = server
        .lines(
            "SELECT m.member::regrole::text AS line FROM pg_auth_members m WHERE m.member::regrole::text IN \
             ('counterfoil_council', 'counterfoil_provider', 'counterfoil_identity', 'counterfoil_dispatcher')",
        )
        .await;
    assert!(memberships.is_empty(), "{memberships:?}");
    let owned = server
        .lines(
            "SELECT c.relname::text AS line FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner \
             WHERE r.rolname IN ('counterfoil_council', 'counterfoil_provider', 'counterfoil_identity', \
             'counterfoil_dispatcher')",
        )
        .await;
    assert!(owned.is_empty(), "{owned:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_spans_councils_or_runs_as_somebody_else() {
    let (_db, mut server) = server().await;
    let sequences_and_copies = server
        .lines(
            "SELECT relname::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace \
             AND relkind IN ('S', 'm', 'f')",
        )
        .await;
    assert!(sequences_and_copies.is_empty(), "{sequences_and_copies:?}");
    let views = server
        .lines(
            "SELECT relname::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v' \
             AND NOT coalesce(reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on'], false)",
        )
        .await;
    assert!(views.is_empty(), "{views:?}");
    // diesel's own helper is neither a definer nor about council data
    let functions = server
        .lines(
            "SELECT proname::text AS line FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
             AND (prosecdef OR proname NOT IN ('diesel_manage_updated_at', 'diesel_set_updated_at'))",
        )
        .await;
    assert!(functions.is_empty(), "{functions:?}");
}
