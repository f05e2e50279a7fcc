//! That the probes would notice: each policy dropped and each widened, row level security switched off and no longer
//! forced, one at a time. A control without any change passes first.

use crate::probes::probe;
use crate::server::{Server, tables};
use crate::world::world;

async fn notices(server: &mut Server, table: &str, change: &str) -> bool {
    server.run("BEGIN").await;
    server.run(change).await;
    let found = probe(server, &[table.to_owned()]).await;
    server.run("ROLLBACK").await;
    !found.is_empty()
}

/// Policies as `table|name|condition`.
async fn policies(server: &mut Server) -> Vec<(String, String, String)> {
    server
        .lines(
            "SELECT tablename || '|' || policyname || '|' || coalesce(qual, '') || ';' || coalesce(with_check, '') \
             AS line FROM pg_policies WHERE schemaname = 'public' ORDER BY 1",
        )
        .await
        .iter()
        .map(|line| {
            let mut parts = line.splitn(3, '|').map(str::to_owned);
            (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probes_notice_every_policy_that_is_dropped() {
    let (_db, mut server) = world().await;
    let policies = policies(&mut server).await;
    assert!(policies.len() > 50, "there are policies to drop");
    let mut unnoticed = Vec::new();
    for (table, policy, _) in policies {
        assert!(!notices(&mut server, &table, "SELECT 1").await, "the control finds nothing in {table}");
        if !notices(&mut server, &table, &format!("DROP POLICY {policy} ON {table}")).await {
            unnoticed.push(format!("{policy} on {table}"));
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probes_notice_every_policy_that_lets_everything_through() {
    let (_db, mut server) = world().await;
    let mut unnoticed = Vec::new();
    for (table, policy, condition) in policies(&mut server).await {
        let (using, check) = condition.split_once(';').unwrap();
        if using == "true" {
            continue; // a platform role's own tables
        }
        let using = if using.is_empty() { "" } else { "USING (true)" };
        let check = if check.is_empty() { "" } else { "WITH CHECK (true)" };
        if !notices(&mut server, &table, &format!("ALTER POLICY {policy} ON {table} {using} {check}")).await {
            unnoticed.push(format!("{policy} on {table}"));
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probes_notice_every_policy_that_forgets_limits_by_contract() {
    let (_db, mut server) = world().await;
    let mut unnoticed = Vec::new();
    let mut limits = 0;
    for (table, policy, condition) in policies(&mut server).await {
        if !condition.contains("app.whole_organisation_ids") {
            continue;
        }
        limits += 1;
        // as though everybody saw everything of their organisations
        let forgetful = condition.replace("app.whole_organisation_ids", "app.organisation_ids");
        let (using, check) = forgetful.split_once(';').unwrap();
        let using = if using.is_empty() { String::new() } else { format!("USING ({using})") };
        let check = if check.is_empty() { String::new() } else { format!("WITH CHECK ({check})") };
        if !notices(&mut server, &table, &format!("ALTER POLICY {policy} ON {table} {using} {check}")).await {
            unnoticed.push(format!("{policy} on {table}"));
        }
    }
    assert!(limits > 10, "there are limits to forget");
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probes_notice_row_level_security_that_is_off_or_not_forced() {
    let (_db, mut server) = world().await;
    let mut unnoticed = Vec::new();
    for table in tables(&mut server).await {
        for change in ["DISABLE", "NO FORCE"] {
            if !notices(&mut server, &table, &format!("ALTER TABLE {table} {change} ROW LEVEL SECURITY")).await {
                unnoticed.push(format!("{change} on {table}"));
            }
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}
