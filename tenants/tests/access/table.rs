//! Organisations from a table.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use counterfoil_tenants::Error;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::linking::{AcceptAs, Preview, Row, Wanted};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider};
use serde_json::json;

use crate::support::{administrator_of, asks, letters, noon, recorded, somebody};

fn names(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.wanted.name()).collect()
}

fn wanted(rows: &[Row]) -> Vec<Wanted> {
    rows.iter().map(|row| row.wanted.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_says_what_is_new_and_what_is_there_and_stores_nothing_before_it_is_told_to() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let (linked, elsewhere) = (TestProvider::new(&db, "Ash Care").await, TestProvider::new(&db, "Elm Care").await);
    administrator_of(&db, &elsewhere, "elm@care.example").await;
    identity.link_organisation(one.tenant, linked.organisation, noon()).await.unwrap();
    identity.link_organisation(other.tenant, elsewhere.organisation, noon()).await.unwrap();
    let (by, tenant) = (asks(one.administrator), one.tenant);
    let invited = Wanted::typed("Birch Care", "", "birch@care.example", "Bo").unwrap();
    identity.invite_organisation(&by, tenant, &invited).await.unwrap();
    // accepted under a name of its own, and in the table under the old one
    let accepted = Wanted::typed("Cedar Care", "", "cedar@care.example", "Cy").unwrap();
    let cy = somebody(&db, "cedar@care.example", "Cy").await;
    identity.invite_organisation(&by, tenant, &accepted).await.unwrap();
    let id = identity.invitations_for(cy).await.unwrap()[0].id;
    identity.accept_invitation(&asks(cy), tenant, id, AcceptAs::New("Cedar Homes")).await.unwrap();
    letters(&identity).await;

    let table = "name,reference,e-mail,contact\n\
        ash care,R1,ash@care.example,Ann\n\
        Birch Care,R2,BIRCH@care.example,Bo\n\
        Cedar Care,R3,cedar@care.example,Cy\n\
        Cedar Homes,R4,cedar@care.example,Cy\n\
        Elm Care,R5,elm@care.example,Ed\n\
        Fir Care,R6,fir@care.example,Flo\n\
        Gorse Care,R7,fir@care.example,Flo\n\
        Hazel Care,R8,nowhere,\n";
    let Preview { new, already_invited, already_linked, rejected } =
        identity.read_organisations_csv(tenant, table.as_bytes()).await.unwrap();
    assert_eq!(names(&new), ["Elm Care", "Fir Care", "Gorse Care"], "what another council works with is new here");
    assert_eq!(names(&already_invited), ["Birch Care"]);
    assert_eq!(names(&already_linked), ["ash care", "Cedar Care", "Cedar Homes"]);
    assert_eq!(rejected.iter().map(|wrong| wrong.line).collect::<Vec<_>>(), [9, 9]);
    assert!(letters(&identity).await.is_empty());
    assert_eq!(identity.organisation_invitations(tenant).await.unwrap().len(), 2);

    assert_eq!(identity.invite_organisations(&by, tenant, &wanted(&new)).await.unwrap(), 3);
    let sent = letters(&identity).await;
    let told: BTreeSet<_> = sent.iter().map(|letter| (letter.email.as_str(), letter.kind)).collect();
    let elm = ("elm@care.example", LetterKind::Invitation);
    assert_eq!(told, BTreeSet::from([elm, ("fir@care.example", LetterKind::Invitation)]));
    let fir = sent.iter().find(|letter| letter.email == "fir@care.example").unwrap();
    assert_eq!(fir.context, json!({ "council": "Worcestershire", "organisations": ["Fir Care", "Gorse Care"] }));

    assert_eq!(
        identity.invite_organisations(&by, tenant, &wanted(&new)).await.unwrap(),
        0,
        "once more changes nothing"
    );
    assert!(letters(&identity).await.is_empty());
    let again = identity.read_organisations_csv(tenant, table.as_bytes()).await.unwrap();
    assert!(again.new.is_empty());
    assert_eq!(again.already_invited.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_table_is_one_transaction_and_two_of_them_at_once_are_one() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let (by, tenant) = (asks(council.administrator), council.tenant);
    let mut table = "name,reference,e-mail,contact\n".to_owned();
    for number in 0..5_000 {
        writeln!(table, "Care {number},R{number},care{number}@care.example,Bo {number}").unwrap();
    }
    let new = wanted(&identity.read_organisations_csv(tenant, table.as_bytes()).await.unwrap().new);
    assert_eq!(new.len(), 5_000);
    let (first, second) = tokio::join!(
        identity.invite_organisations(&by, tenant, &new),
        identity.invite_organisations(&by, tenant, &new)
    );
    assert_eq!(first.unwrap() + second.unwrap(), 5_000);
    assert_eq!(identity.organisation_invitations(tenant).await.unwrap().len(), 5_000);
    assert_eq!(identity.health().await.unwrap().letters_waiting, 5_000);
    assert_eq!(recorded(&db, tenant).await, ["organisation.invite"], "one act, with the count in it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_none_is_refused_whole() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    for wrong in [&b""[..], b"PK\x03\x04\0", b"name,phone\nCare,1"] {
        let refused = db.identity().read_organisations_csv(council.tenant, wrong).await;
        assert!(matches!(refused, Err(Error::Refused(_))));
    }
}
