//! Bank details at rest: readable with the master key, in their own place, and nowhere else.

use counterfoil_core::bacs::Originator;
use counterfoil_core::event::Action;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::bank::{self, BankDetails};
use counterfoil_tenants::vault::MasterKey;
use counterfoil_tenants::{Error, Result};
use counterfoil_testkit::{TestCouncil, TestDatabase, instant};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};

fn details(account: &str) -> BankDetails {
    BankDetails { sort_code: "200000".to_owned(), account: account.to_owned(), name: "A PERSON".to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_another_version_and_the_newest_is_opened() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let schedule = council.weekly_schedule(&db, 1).await;
    let payee = council.direct_payment(&db, &schedule).await.payee;
    let master = MasterKey::new([7; 32]);
    let officer = council.scope_of(&db, council.officer).await;
    let originator = Originator {
        sun: "123456".to_owned(),
        sort_code: "300000".to_owned(),
        account: "87654321".to_owned(),
        name: "WORCESTERSHIRE".to_owned(),
    };
    for account in ["11111111", "22222222"] {
        officer
            .transaction(instant(2024, 12, 9, 9), async |tx| {
                let mut audited = tx.audited(Record::of(Action::ChangeBankDetails, payee)).await?;
                bank::ensure_key(&mut audited, &master).await?;
                bank::set_originator(&mut audited, &master, &originator).await?;
                bank::set_payee(&mut audited, &master, payee, &details(account)).await
            })
            .await
            .unwrap();
    }
    let (opened, sender, editors) = officer
        .read(async |tx| {
            Ok((
                bank::open_payees(tx, &master, &[payee]).await?,
                bank::open_originator(tx, &master).await?,
                bank::editors(tx, &[payee]).await?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(opened, [(payee, 2, details("22222222"))]);
    assert_eq!((sender.sun, sender.account), (originator.sun, originator.account));
    assert_eq!(editors, [council.officer]);

    let wrong = MasterKey::new([8; 32]);
    let refused = officer.read(async |tx| bank::open_payees(tx, &wrong, &[payee]).await).await;
    assert!(matches!(refused, Err(Error::Unreadable { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn details_that_were_copied_to_another_payee_do_not_open() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let schedule = council.weekly_schedule(&db, 1).await;
    let payee = council.direct_payment(&db, &schedule).await.payee;
    let thief = council.direct_payment(&db, &schedule).await.payee;
    let master = MasterKey::new([7; 32]);
    let set: Result<()> = council
        .scope
        .transaction(instant(2024, 12, 9, 9), async |tx| {
            let mut audited = tx.audited(Record::of(Action::ChangeBankDetails, payee)).await?;
            bank::ensure_key(&mut audited, &master).await?;
            bank::set_payees(&mut audited, &master, &[(payee, details("11111111")), (thief, details("99999999"))]).await
        })
        .await;
    set.unwrap();
    // whoever owns the tables may do what no role of ours may
    let mut owner = AsyncPgConnection::establish(&db.url("postgres")).await.unwrap();
    owner
        .batch_execute(&format!(
            "UPDATE payee_bank SET (nonce, details) = (SELECT nonce, details FROM payee_bank WHERE payee_id = '{}') \
             WHERE payee_id = '{}'",
            thief.uuid(),
            payee.uuid()
        ))
        .await
        .unwrap();
    let opened = council.scope.read(async |tx| bank::open_payees(tx, &master, &[payee]).await).await;
    assert!(matches!(opened, Err(Error::Unreadable { .. })));
}

#[test]
fn details_are_never_shown_in_a_log() {
    assert!(!format!("{:?}", details("11111111")).contains("11111111"));
}
