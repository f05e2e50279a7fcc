//! Somebody with all rights on the database changes, removes, swaps and cuts off records: each time it is found by
//! verifying the database and by verifying an export, and when they compute the chain anew, by the anchor.

use std::collections::BTreeMap;

use counterfoil_core::audit_chain::{Anchor, Anchors, Digest, Fault, Ledger, Verdict, digest};
use counterfoil_core::event::Action;
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::audit::{Chain, PlatformRecord, Reach};
use counterfoil_tenants::scope::Origin;
use counterfoil_testkit::{TestCouncil, TestDatabase};

use crate::owner::{Owner, exported, ledger, noon, verified, work};

/// A council with eight sealed records, of which the first six are anchored.
struct Story {
    db: TestDatabase,
    council: TestCouncil,
    owner: Owner,
    anchors: Anchors,
}

/// Which of the records of a story is anchored last.
const ANCHORED: u64 = 6;

impl Story {
    async fn new() -> Self {
        let db = TestDatabase::new().await;
        let council = TestCouncil::new(&db, "Worcestershire").await;
        let chain = Chain::of_council(&council.scope);
        let mut anchors = Anchors::default();
        for records in [2, 3, 2] {
            anchors.extend(&chain, &council, records).await;
        }
        assert_eq!(anchors.newest().unwrap().sequence, ANCHORED);
        let owner = Owner::of(&db).await;
        Self { db, council, owner, anchors }
    }

    /// What verifying says: the database, and an export of it.
    async fn verdicts(&self) -> [Verdict; 2] {
        let chain = Chain::of_council(&self.council.scope);
        let in_database = chain.verify(self.anchors.clone(), noon()).await.unwrap();
        let export = exported(&self.council.scope).await;
        [in_database, verified(&export, &self.anchors)]
    }

    async fn finds(&self, expected: &[Fault]) {
        for verdict in self.verdicts().await {
            assert_eq!(verdict.faults, expected);
        }
    }

    async fn finds_something(&self, what: &str) {
        for verdict in self.verdicts().await {
            assert!(!verdict.is_sound(), "{what}");
        }
    }

    /// Computes the whole chain anew from the records as they are now, as somebody would who knows how.
    async fn cover_up(&mut self) {
        let ledger = ledger(&self.council);
        let lines = self.lines().await;
        let mut previous = Digest::GENESIS;
        let mut sequence = 0;
        for line in lines {
            let line: BTreeMap<String, serde_json::Value> = serde_json::from_str(&line).unwrap();
            sequence += 1;
            previous = digest(ledger, sequence, previous, &line["record"].to_string());
            let (was, id) = (&line["sequence"], line["record"]["id"].as_str().unwrap().to_owned());
            self.owner
                .run(&format!(
                    "UPDATE audit_link SET sequence = {sequence}, digest = '\\x{previous}' WHERE record_id = '{id}' \
                     AND sequence = {was}"
                ))
                .await;
        }
        self.owner.run(&format!("UPDATE audit_head SET sequence = {sequence}, digest = '\\x{previous}'")).await;
    }

    /// What an export of the database as it is would say; it is not recorded.
    async fn lines(&mut self) -> Vec<String> {
        self.owner.run("CREATE TABLE kept AS SELECT * FROM audit_record").await;
        self.owner.run("CREATE TABLE kept_link AS SELECT * FROM audit_link").await;
        self.owner.run("CREATE TABLE kept_head AS SELECT * FROM audit_head").await;
        let text = exported(&self.council.scope).await;
        self.owner
            .run(
                "DELETE FROM audit_link; DELETE FROM audit_record; DELETE FROM audit_head; \
                 INSERT INTO audit_record SELECT * FROM kept; INSERT INTO audit_link SELECT * FROM kept_link; \
                 INSERT INTO audit_head SELECT * FROM kept_head; DROP TABLE kept, kept_link, kept_head",
            )
            .await;
        let mut lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
        assert!(lines.pop().unwrap().contains("audit.export"), "the record of the export itself");
        lines
    }

    /// A record by its place.
    fn at(sequence: u64) -> String {
        format!("id = (SELECT record_id FROM audit_link WHERE sequence = {sequence})")
    }
}

trait Extend {
    async fn extend(&mut self, chain: &Chain, council: &TestCouncil, records: usize);
}

impl Extend for Anchors {
    /// Anchors what is sealed so far, and writes and seals more.
    async fn extend(&mut self, chain: &Chain, council: &TestCouncil, records: usize) {
        chain.seal(Reach::Recent, noon()).await.unwrap();
        self.add(Anchor::of(chain.ledger(), chain.head().await.unwrap().unwrap(), noon()));
        work(council, records).await;
        chain.seal(Reach::Recent, noon()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_touched_is_sound_with_what_came_after_the_anchor_and_what_is_not_sealed() {
    let story = Story::new().await;
    work(&story.council, 2).await;
    let [in_database, export] = story.verdicts().await;
    assert_eq!((in_database.rows, in_database.unsealed), (8, 2));
    // exporting seals, and adds a record
    assert_eq!((export.rows, export.unsealed), (11, 0));
    for verdict in [in_database, export] {
        assert!(verdict.is_sound(), "{:?}", verdict.faults);
        assert_eq!(verdict.anchored.unwrap().sequence, ANCHORED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_any_column_is_found_where_it_is() {
    let mut story = Story::new().await;
    let columns = story
        .owner
        .lines(
            "SELECT attname || ' ' || format_type(atttypid, atttypmod) AS line FROM pg_attribute \
             WHERE attrelid = 'audit_record'::regclass AND attnum > 0 AND NOT attisdropped",
        )
        .await;
    let mut changed = 0;
    for column in columns {
        let (column, kind) = column.split_once(' ').unwrap();
        let to = match (column, kind) {
            // whose it is, and what only the sealer looks at
            ("tenant_id" | "written_in", _) => continue,
            // by its id it is found
            ("id", _) => continue,
            ("action", _) => "'claim.confirm'",
            ("address", _) => "'192.0.2.66'",
            (_, "uuid") => "gen_random_uuid()",
            (_, "text") => "'another'",
            (_, "jsonb") => "jsonb_build_object('kind', 'system', 'job', 'nothing')",
            (_, "timestamp with time zone") => "at + interval '1 microsecond'",
            other => panic!("{other:?}"),
        };
        let place = Story::at(3);
        story.owner.run("CREATE TABLE kept AS SELECT * FROM audit_record").await;
        story.owner.run(&format!("UPDATE audit_record SET {column} = {to} WHERE {place}")).await;
        story.finds(&[Fault::Changed { sequence: 3 }]).await;
        story
            .owner
            .run(&format!("UPDATE audit_record r SET {column} = k.{column} FROM kept k WHERE k.id = r.id"))
            .await;
        story.owner.run("DROP TABLE kept").await;
        changed += 1;
    }
    assert_eq!(changed, 10);
    story.finds(&[]).await;
    let place = Story::at(3);
    // a number that is the same to a reader who rounds
    story
        .owner
        .run(&format!("UPDATE audit_record SET detail = jsonb_set(detail, '{{number}}', '0.00') WHERE {place}"))
        .await;
    story.finds(&[Fault::Changed { sequence: 3 }]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_covered_up_is_found_by_the_anchor_after_it() {
    let mut story = Story::new().await;
    let place = Story::at(2);
    story.owner.run(&format!("UPDATE audit_record SET detail = '{{\"number\": 99}}' WHERE {place}")).await;
    story.cover_up().await;
    story.finds(&[Fault::NotAnchored { sequence: 3, anchored_at: noon(), sound_to: 1 }]).await;
    let unanchored = Chain::of_council(&story.council.scope).verify(Anchors::default(), noon()).await.unwrap();
    assert!(unanchored.is_sound(), "without an anchor nobody can tell");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_removed_is_found() {
    let mut story = Story::new().await;
    let place = Story::at(4);
    story.owner.run(&format!("DELETE FROM audit_record WHERE {place}")).await;
    story.finds(&[Fault::Removed { sequence: 4 }]).await;
    story.owner.run("DELETE FROM audit_link WHERE sequence = 4").await;
    story.finds(&[Fault::Missing { from: 4, to: 4 }]).await;
    story.cover_up().await;
    story.finds(&[Fault::NotAnchored { sequence: 6, anchored_at: noon(), sound_to: 3 }]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_were_swapped_are_found() {
    let mut story = Story::new().await;
    // what stands at the places
    story
        .owner
        .run(
            "ALTER TABLE audit_link DROP CONSTRAINT audit_link_tenant_id_record_id_key; \
             UPDATE audit_link l SET record_id = o.record_id FROM audit_link o \
             WHERE (l.sequence = 2 AND o.sequence = 5) OR (l.sequence = 5 AND o.sequence = 2)",
        )
        .await;
    story.finds(&[Fault::Changed { sequence: 2 }, Fault::Changed { sequence: 5 }]).await;
    story.cover_up().await;
    story.finds(&[Fault::NotAnchored { sequence: 3, anchored_at: noon(), sound_to: 1 }]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_was_cut_off_is_found() {
    let mut story = Story::new().await;
    story.owner.run("DELETE FROM audit_record WHERE id IN (SELECT record_id FROM audit_link WHERE sequence > 4)").await;
    story.owner.run("DELETE FROM audit_link WHERE sequence > 4").await;
    story.finds_something("the head tells of the end").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_was_cut_off_and_covered_up_is_found_by_the_anchor() {
    let mut story = Story::new().await;
    story.owner.run("DELETE FROM audit_record WHERE id IN (SELECT record_id FROM audit_link WHERE sequence > 4)").await;
    story.owner.run("DELETE FROM audit_link WHERE sequence > 4").await;
    story.cover_up().await;
    let chain = Chain::of_council(&story.council.scope);
    let verdict = chain.verify(story.anchors.clone(), noon()).await.unwrap();
    assert_eq!(verdict.faults, [Fault::Truncated { last: 4, known: ANCHORED, anchored_at: Some(noon()) }]);
    // the records that go on being sealed take the places of those that are gone
    work(&story.council, 4).await;
    chain.seal(Reach::Recent, noon()).await.unwrap();
    story.finds(&[Fault::NotAnchored { sequence: 6, anchored_at: noon(), sound_to: 3 }]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_put_in_is_found() {
    let mut story = Story::new().await;
    story
        .owner
        .run(
            "UPDATE audit_link SET sequence = sequence + 100 WHERE sequence > 2; \
             UPDATE audit_link SET sequence = sequence - 99 WHERE sequence > 100; \
             INSERT INTO audit_record (tenant_id, id, at, actor, action, object_kind, detail) \
             SELECT tenant_id, md5('forged')::uuid, at, actor, 'run.approve', 'run', '{}' FROM audit_record LIMIT 1; \
             INSERT INTO audit_link SELECT tenant_id, 3, md5('forged')::uuid, sha256('forged') FROM audit_link LIMIT 1; \
             UPDATE audit_head SET sequence = sequence + 1",
        )
        .await;
    story.finds_something("its digest is none").await;
    story.cover_up().await;
    story.finds(&[Fault::NotAnchored { sequence: 3, anchored_at: noon(), sound_to: 1 }]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_was_changed_makes_no_chain_that_hides_it() {
    let mut story = Story::new().await;
    story.owner.run("UPDATE audit_head SET digest = sha256('x')").await;
    story.finds_something("the head has another digest").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_own_records_are_sealed_alike() {
    let story = Story::new().await;
    let (identity, chain) = (story.db.identity(), Chain::of_platform(&story.db.identity()));
    let person = PersonId::from_uuid(story.db.id());
    let origin = Origin::new("req-1", std::net::IpAddr::from([192, 0, 2, 5]));
    for action in [Action::SignIn, Action::SetPassword, Action::SignOut] {
        identity.record(&PlatformRecord::by_themselves(action, noon(), person).from(&origin)).await.unwrap();
    }
    chain.seal(Reach::Recent, noon()).await.unwrap();
    let anchors: Anchors =
        [Anchor::of(Ledger::Platform, chain.head().await.unwrap().unwrap(), noon())].into_iter().collect();
    assert!(chain.verify(anchors.clone(), noon()).await.unwrap().is_sound());
    let mut owner = story.owner;
    for (column, to) in [
        ("subject_id", "gen_random_uuid()"),
        ("tenant_id", "gen_random_uuid()"),
        ("address", "'192.0.2.6'"),
        ("action", "'person.return'"),
        ("detail", "'{\"a\": 1}'"),
    ] {
        owner.run("CREATE TABLE kept AS SELECT * FROM platform_record").await;
        let second = "id = (SELECT record_id FROM platform_link WHERE sequence = 2)";
        owner.run(&format!("UPDATE platform_record SET {column} = {to} WHERE {second}")).await;
        let verdict = chain.verify(anchors.clone(), noon()).await.unwrap();
        assert_eq!(verdict.faults, [Fault::Changed { sequence: 2 }], "{column}");
        owner.run(&format!("UPDATE platform_record r SET {column} = k.{column} FROM kept k WHERE k.id = r.id")).await;
        owner.run("DROP TABLE kept").await;
    }
    owner.run("DELETE FROM platform_link WHERE sequence = 3; UPDATE platform_head SET sequence = 2, digest = (SELECT digest FROM platform_link WHERE sequence = 2)").await;
    let verdict = chain.verify(anchors, noon()).await.unwrap();
    assert_eq!(verdict.faults, [Fault::Truncated { last: 2, known: 3, anchored_at: Some(noon()) }]);
    assert_eq!(verdict.unsealed, 1, "it is as if it had not been sealed yet");
}
