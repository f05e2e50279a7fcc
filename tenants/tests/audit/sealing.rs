//! Sealing: once, whoever does it and however many at a time, and nothing is passed over.

use counterfoil_core::audit_chain::{Anchors, Ledger};
use counterfoil_core::event::Action;
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::audit::{self, AnchorFolder, Appended, Chain, Pace, PlatformRecord, Reach, Record};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider, instant};

use crate::owner::{Owner, exported, noon, verified, work};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_committed_is_sealed_once() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let chain = Chain::of_council(&council.scope);
    work(&council, 4).await;
    let before = council.scope.read(async |tx| audit::status(tx).await).await.unwrap();
    assert_eq!((before.records, before.sealed, before.unsealed, before.head), (5, 0, 5, None));

    assert_eq!(chain.seal(Reach::Recent, noon()).await.unwrap().records, 5);
    assert_eq!(chain.seal(Reach::Recent, noon()).await.unwrap().records, 0);
    assert_eq!(chain.seal(Reach::All, noon()).await.unwrap().records, 0);
    let after = council.scope.read(async |tx| audit::status(tx).await).await.unwrap();
    assert_eq!((after.records, after.sealed, after.unsealed, after.sealed_at), (5, 5, 0, Some(noon())));
    assert_eq!(after.head, chain.head().await.unwrap());
    let verdict = chain.verify(Anchors::default(), noon()).await.unwrap();
    assert!(verdict.is_sound(), "{:?}", verdict.faults);
    assert_eq!((verdict.rows, verdict.head), (5, after.head));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_council_and_the_platform_has_a_chain_of_its_own() {
    let db = TestDatabase::new().await;
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let provider = TestProvider::new(&db, "Good Care").await;
    let schedule = one.weekly_schedule(&db, 1).await;
    one.contract_with(&db, &schedule, &provider).await;
    provider
        .scope
        .clone()
        .with_origin("req-1", std::net::IpAddr::from([192, 0, 2, 1]))
        .transaction(noon(), one.tenant, provider.organisation, async |tx| {
            tx.audited(Record::on(Action::StateActuals, "claim")).await.map(drop)
        })
        .await
        .unwrap();
    let (identity, person) = (db.identity(), provider.person);
    identity.record(&PlatformRecord::by_themselves(Action::SignIn, noon(), person)).await.unwrap();

    let chains = [Chain::of_council(&one.scope), Chain::of_council(&other.scope), Chain::of_platform(&db.identity())];
    let mut sealed = Vec::new();
    for chain in &chains {
        sealed.push(chain.seal(Reach::Recent, noon()).await.unwrap().records);
        assert!(chain.verify(Anchors::default(), noon()).await.unwrap().is_sound());
    }
    assert_eq!(sealed, [4, 1, 1]);
    assert_eq!(chains[2].status().await.unwrap().records, 1);
    assert_ne!(chains[1].head().await.unwrap(), chains[2].head().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn sealers_at_once_make_one_chain() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let mut owner = Owner::of(&db).await;
    owner
        .run(
            "INSERT INTO audit_record (tenant_id, at, actor, action, object_kind, detail) \
             SELECT tenant_id, at, actor, action, object_kind, detail FROM audit_record, generate_series(1, 3500)",
        )
        .await;
    let seal = || {
        let chain = Chain::of_council(&council.scope);
        tokio::spawn(async move { chain.seal(Reach::Recent, noon()).await.unwrap().records })
    };
    let sealers: Vec<_> = (0..6).map(|_| seal()).collect();
    // records go on being written meanwhile
    work(&council, 20).await;
    let mut sealed = 0;
    for sealer in sealers {
        sealed += sealer.await.unwrap();
    }
    let chain = Chain::of_council(&council.scope);
    sealed += chain.seal(Reach::Recent, noon()).await.unwrap().records;
    assert_eq!(sealed, 3_521);
    let verdict = chain.verify(Anchors::default(), noon()).await.unwrap();
    assert!(verdict.is_sound(), "{:?}", verdict.faults);
    assert_eq!((verdict.rows, verdict.unsealed), (3_521, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_commit_is_sealed_however_early_it_says_that_it_happened() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let chain = Chain::of_council(&council.scope);
    let mut late = Owner::of(&db).await;
    late.run(
        "BEGIN; INSERT INTO audit_record (tenant_id, at, actor, action, object_kind, detail) \
         SELECT tenant_id, '2020-01-01', actor, action, 'late', detail FROM audit_record",
    )
    .await;
    // more than are read again without being asked
    work(&council, 250).await;
    assert_eq!(chain.seal(Reach::Recent, noon()).await.unwrap().records, 251);
    work(&council, 1).await;
    assert_eq!(chain.seal(Reach::Recent, noon()).await.unwrap().records, 1);

    let settled = "SELECT (settled <= pg_current_xact_id()::text::bigint)::text AS line FROM audit_head \
                   WHERE settled > 0";
    assert_eq!(late.line(settled).await, "true", "what still runs is not passed over");
    late.run("COMMIT").await;
    assert_eq!(chain.seal(Reach::Recent, noon()).await.unwrap().records, 1);
    let last = late.line("SELECT object_kind AS line FROM audit_record r JOIN audit_link l ON l.record_id = r.id ORDER BY sequence DESC LIMIT 1").await;
    assert_eq!(last, "late");
    let verdict = chain.verify(Anchors::default(), noon()).await.unwrap();
    assert!(verdict.is_sound() && verdict.rows == 253, "{:?}", verdict.faults);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_counts_its_transactions_anew_is_sealed_on() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let chain = Chain::of_council(&council.scope);
    chain.seal(Reach::Recent, noon()).await.unwrap();
    // as after a dump of an old server was loaded into a new one
    let mut owner = Owner::of(&db).await;
    owner.run("UPDATE audit_head SET settled = 1000000000").await;
    work(&council, 2).await;
    assert_eq!(chain.seal(Reach::Recent, noon()).await.unwrap().records, 2);

    // and if that went unnoticed, because the new server had counted far already
    owner.run("UPDATE audit_record SET written_in = 1").await;
    work(&council, 1).await;
    owner.run("UPDATE audit_record SET written_in = 1").await;
    assert_eq!(chain.seal(Reach::Recent, noon()).await.unwrap().records, 0);
    assert_eq!(chain.seal(Reach::All, noon()).await.unwrap().records, 1);
    assert!(chain.verify(Anchors::default(), noon()).await.unwrap().is_sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_and_not_anchored_yet_is_anchored_the_next_time() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let chain = Chain::of_council(&council.scope);
    let dir = tempfile::tempdir().unwrap();
    let anchor = AnchorFolder::new(dir.path().into());
    let head = chain.seal(Reach::Recent, noon()).await.unwrap().head.unwrap();
    assert_eq!(anchor.append(chain.ledger(), head, noon(), Pace::Unhurried).await.unwrap(), Appended::Added);
    // sealed, and killed before it is anchored
    work(&council, 3).await;
    chain.seal(Reach::Recent, noon()).await.unwrap();
    let verdict = chain.verify(anchor.read(chain.ledger()).await.unwrap(), noon()).await.unwrap();
    assert!(verdict.is_sound(), "{:?}", verdict.faults);
    assert_eq!((verdict.anchored.unwrap().sequence, verdict.rows), (1, 4));
    // the next
    let again = Chain::of_council(&council.scope);
    let sealed = again.seal(Reach::All, noon()).await.unwrap();
    assert_eq!(sealed.records, 0);
    let later = instant(2024, 12, 7, 13);
    let head = sealed.head.unwrap();
    assert_eq!(anchor.append(again.ledger(), head, later, Pace::Unhurried).await.unwrap(), Appended::Added);
    let verdict = again.verify(anchor.read(again.ledger()).await.unwrap(), later).await.unwrap();
    assert!(verdict.is_sound());
    assert_eq!(verdict.anchored.unwrap().sequence, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_everything_and_itself_and_says_what_is_not_sealed_yet() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let mut owner = Owner::of(&db).await;
    owner
        .run(
            "INSERT INTO audit_record (tenant_id, at, actor, action, object_kind, detail) \
             SELECT tenant_id, at, actor, action, object_kind, detail FROM audit_record, generate_series(1, 2400)",
        )
        .await;
    let officer =
        council.scope_of(&db, council.officer).await.with_origin("req-9", std::net::IpAddr::from([192, 0, 2, 9]));
    let text = exported(&officer).await;
    let verdict = verified(&text, &Anchors::default());
    assert!(verdict.is_sound(), "{:?}", verdict.faults);
    assert_eq!((verdict.rows, verdict.unsealed), (2_402, 0));
    let last = text.lines().last().unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(last["record"]["action"], "audit.export");
    assert_eq!(last["record"]["address"], "192.0.2.9");
    assert_eq!(last["record"]["person_id"], PersonId::uuid(council.officer).to_string());

    // somebody is in the middle of something while it is verified
    work(&council, 1_100).await;
    let verdict = Chain::of_council(&officer).verify(Anchors::default(), noon()).await.unwrap();
    assert!(verdict.is_sound());
    assert_eq!((verdict.rows, verdict.unsealed), (2_402, 1_100));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_ledger_is_sound() {
    let db = TestDatabase::new().await;
    let chain = Chain::of_platform(&db.identity());
    assert_eq!(chain.ledger(), Ledger::Platform);
    assert_eq!(chain.seal(Reach::All, noon()).await.unwrap().records, 0);
    let verdict = chain.verify(Anchors::default(), noon()).await.unwrap();
    assert!(verdict.is_sound());
    assert_eq!((verdict.rows, verdict.head), (0, None));
}
