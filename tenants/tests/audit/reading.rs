//! A council's records as its pages show them.

use std::net::IpAddr;

use counterfoil_core::event::Action;
use counterfoil_core::ids::ClaimId;
use counterfoil_tenants::audit::{self, Chain, Filter, Page, Reach, Record};
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider, instant};

async fn page(scope: &CouncilScope, filter: Filter) -> Page {
    scope.read(async |tx| audit::page(tx, &filter).await).await.unwrap()
}

/// Everything that happened to claims, at most ten.
fn claims() -> Filter {
    Filter { object_kind: Some("claim".to_owned()), limit: 10, ..Filter::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_did_what_when_from_where_and_to_what() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let provider = TestProvider::new(&db, "Good Care").await;
    let schedule = council.weekly_schedule(&db, 1).await;
    council.contract_with(&db, &schedule, &provider).await;
    let claim = ClaimId::from_uuid(db.id());
    let officer = council.scope_of(&db, council.officer).await.with_origin("req-2", IpAddr::from([192, 0, 2, 2]));
    provider
        .scope
        .clone()
        .with_origin("req-1", IpAddr::from([192, 0, 2, 1]))
        .transaction(instant(2024, 12, 14, 9), council.tenant, provider.organisation, async |tx| {
            tx.audited(Record::of(Action::StateActuals, claim)).await.map(drop)
        })
        .await
        .unwrap();
    Chain::of_council(&council.scope).seal(Reach::Recent, instant(2024, 12, 14, 10)).await.unwrap();
    officer
        .transaction(instant(2024, 12, 15, 9), async |tx| {
            tx.audited(Record::of(Action::SettleSuspended, claim)).await.map(drop)
        })
        .await
        .unwrap();
    council
        .scope
        .transaction(instant(2024, 12, 16, 9), async |tx| {
            tx.audited(Record::of(Action::AssessClaim, claim)).await.map(drop)
        })
        .await
        .unwrap();

    let seen = page(&officer, claims()).await;
    let said: Vec<_> = seen
        .rows
        .iter()
        .map(|row| (row.by.as_str(), row.record.action.as_str(), row.record.address.as_deref(), row.sequence.is_some()))
        .collect();
    assert_eq!(
        said,
        [
            ("Service", "claim.assess", None, false),
            ("An officer", "claim.settle", Some("192.0.2.2"), false),
            ("A member of staff", "claim.state", Some("192.0.2.1"), true),
        ]
    );
    assert_eq!(seen.rows[2].record.organisation_id, Some(provider.organisation));

    let by_officer = page(&officer, Filter { person: Some(council.officer), ..claims() }).await;
    assert_eq!((by_officer.total, by_officer.rows.len()), (1, 1));
    let by_provider = page(&officer, Filter { organisation: Some(provider.organisation), ..claims() }).await;
    assert_eq!(by_provider.total, 1);
    let of_claim = page(&officer, Filter { object_id: Some(claim.uuid()), limit: 1, offset: 1, ..claims() }).await;
    assert_eq!((of_claim.total, of_claim.rows[0].record.action.as_str()), (3, "claim.settle"));
    let since = page(&officer, Filter { from: Some(instant(2024, 12, 15, 9)), ..claims() }).await;
    assert_eq!(since.total, 2);
    let until = page(&officer, Filter { to: Some(instant(2024, 12, 15, 9)), ..claims() }).await;
    assert_eq!(until.total, 1);
    for (action, total) in [("claim.", 3), ("claim.se", 1), ("claim.settle", 1), ("run.", 0), ("claim.shred", 0)] {
        let found = page(&officer, Filter { action: Some(action.to_owned()), ..claims() }).await;
        assert_eq!(found.total, total, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_left_the_councils_staff_keeps_a_name_in_its_record() {
    let db = TestDatabase::new().await;
    let (council, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let claim = ClaimId::from_uuid(db.id());
    council
        .scope_of(&db, council.officer)
        .await
        .transaction(instant(2024, 12, 15, 9), async |tx| {
            tx.audited(Record::of(Action::SettleSuspended, claim)).await.map(drop)
        })
        .await
        .unwrap();
    let mut owner = crate::owner::Owner::of(&db).await;
    owner.run(&format!("DELETE FROM council_member WHERE person_id = '{}'", council.officer.uuid())).await;
    let seen = page(&council.scope, claims()).await;
    assert_eq!(seen.rows[0].by, "An officer");
    assert_eq!(page(&other.scope, claims()).await.total, 0);
}
