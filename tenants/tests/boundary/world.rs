//! A small world with a row in every table: two councils; a provider with a contract with the first only, one with two
//! there and one with the second, one linked with each and not contracted, and a person whom the second pays directly.

use counterfoil_testkit::TestDatabase;

use crate::server::{Server, tables};

/// A table's key that no other test world shares; quoted as SQL wants it.
fn id(what: &str) -> String {
    format!("md5('{what}')::uuid")
}

pub(crate) const COUNCIL: &str = "md5('council a')::uuid";
pub(crate) const OTHER_COUNCIL: &str = "md5('council b')::uuid";
/// Has a contract with the first council only.
pub(crate) const ORGANISATION: &str = "md5('organisation x')::uuid";
/// Has contracts with both, two of them with the first.
pub(crate) const OF_BOTH_COUNCILS: &str = "md5('organisation y')::uuid";
/// One of these two.
pub(crate) const CONTRACT: &str = "md5('contract ay')::uuid";
/// Whoever acts.
pub(crate) const PERSON: &str = "md5('somebody')::uuid";

/// A database with that world in it, whose tables belong to an ordinary role, so that FORCE matters.
pub(crate) async fn world() -> (TestDatabase, Server) {
    let db = TestDatabase::new().await;
    let mut server = Server::new(&db).await;
    let day = [("a", "'2024-01-01'::date"), ("b", "'2024-02-01'::date")];
    // v and w are linked with a council and not contracted
    for organisation in ["v", "w", "x", "y"] {
        let id = id(&format!("organisation {organisation}"));
        server
            .run(&format!(
                "INSERT INTO organisation (id, name, created_at) VALUES ({id}, 'Provider {organisation}', now())"
            ))
            .await;
    }
    for (number, (label, day)) in (1..).zip(day) {
        server.run(&put(include_str!("seed_council.sql"), label, day, number)).await;
        for payee in ["x", "y", "z", "n"] {
            // the provider x works for the first council only, y has two sites there, and a person is paid by the second
            let organisation = match (label, payee) {
                ("a", "x") | (_, "y") => id(&format!("organisation {payee}")),
                ("a", "z") => id("organisation y"),
                ("b", "n") => "NULL::uuid".to_owned(),
                _ => continue,
            };
            let rows = include_str!("seed.sql").replace("{organisation}", &organisation);
            let rows = rows.replace("{label}", &format!("{label}{payee}"));
            server.run(&put(&rows, label, day, number)).await;
        }
    }
    for (label, organisation) in [("a", "w"), ("a", "x"), ("a", "y"), ("b", "v"), ("b", "x"), ("b", "y")] {
        let (tenant, organisation) = (id(&format!("council {label}")), id(&format!("organisation {organisation}")));
        server.run(&format!("INSERT INTO council_organisation VALUES ({tenant}, {organisation}, now())")).await;
    }
    for (person, organisation) in [("somebody", "x"), ("somebody else", "y")] {
        let rows = include_str!("seed_person.sql").replace("{name}", person);
        let rows = rows.replace("{organisation}", &id(&format!("organisation {organisation}")));
        server.run(&rows.replace("{person}", &id(person))).await;
    }
    own_tables_ordinarily(&mut server).await;
    (db, server)
}

fn put(rows: &str, label: &str, day: &str, number: u32) -> String {
    rows.replace("{tenant}", &id(&format!("council {label}")))
        .replace("{schedule}", &id(&format!("schedule {label}")))
        .replace("{period}", &id(&format!("period {label}")))
        .replace("{run}", &id(&format!("run {label}")))
        .replace("{member}", &id(&format!("member {label}")))
        .replace("{label}", label)
        .replace("{day}", day)
        .replace("{number}", &number.to_string())
}

/// Superusers bypass row level security whether it is forced or not; an ordinary owner only where it is not.
async fn own_tables_ordinarily(server: &mut Server) {
    server
        .run(
            "DO $$ BEGIN CREATE ROLE counterfoil_probe_owner NOLOGIN; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$; \
             GRANT USAGE ON SCHEMA public TO counterfoil_probe_owner",
        )
        .await;
    for table in tables(server).await {
        server.run(&format!("ALTER TABLE {table} OWNER TO counterfoil_probe_owner")).await;
    }
}
