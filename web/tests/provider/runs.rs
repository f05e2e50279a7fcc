//! Payment runs: what they come to, who approves them, and the files that they leave behind.

use std::sync::Arc;

use counterfoil_core::actor::Actor;
use counterfoil_core::disposition::Disposition;
use counterfoil_core::entry::EntryKind;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PaymentFileId, PersonId, RunId};
use counterfoil_core::language::Language;
use counterfoil_core::money::Money;
use counterfoil_core::remittance::{ChargeWords, Remittance as Advice, RemittanceCharge, RemittanceLine};
use counterfoil_core::run::{PayeePayment, RunState};
use counterfoil_documents::RemittancePdf;
use counterfoil_tenants::audit::{self, Record};
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::payment::{self, Payment};
use counterfoil_tenants::payment_file::{self, PaymentFile};
use counterfoil_tenants::profile::PaymentFormat;
use counterfoil_tenants::remittance::{self, Remittance};
use counterfoil_tenants::run::{self, Run};
use counterfoil_tenants::scope::Tx;
use counterfoil_testkit::{Contracted, TestDatabase, TestProvider, date, instant};
use uuid::Uuid;

use crate::browser::Web;
use crate::world::Council;

const PAGE: &[u8] = b"<!DOCTYPE html><script>alert(1)</script>";
const TABLE: &[u8] = b"\xef\xbb\xbfnumber,sum\r\nR-000017,12.00\r\n";
const FILE: &[u8] = b"VOL1 1234\r\n";

/// A finalised run, opened by somebody, that carries a payee's balance of -£12.00 forward.
pub(crate) async fn finalised(db: &TestDatabase, council: &Council, contracted: &Contracted, by: PersonId) -> RunId {
    let id = RunId::from_uuid(db.id());
    let at = instant(2024, 12, 18, 9);
    let new = Run {
        id,
        schedule_id: council.schedule.id,
        period_id: council.schedule.periods[0],
        sequence: 1,
        state: RunState::Open,
        rule_digest: "a".repeat(64),
        created_at: at,
        opened_by: Actor::Council { person: by },
        finalised_at: None,
        finalised_by: None,
        approved_at: None,
        approved_by: None,
        banks_digest: None,
    };
    let owed = Money::from_pence(-1_200);
    let carried = Payment {
        run_id: id,
        payee_id: contracted.payee,
        organisation_id: contracted.organisation,
        sequence: 1,
        brought_forward_pence: Money::ZERO,
        entries_pence: owed,
        carried_forward_pence: owed,
        pays_pence: Money::ZERO,
        bank_version: None,
        reference: "R-000017".to_owned(),
    };
    let scope = &council.is.scope;
    scope
        .transaction(at, async |tx| {
            let mut audited = tx.audited(Record::of(Action::FinaliseRun, id)).await?;
            let (mut run, _) = run::open(&mut audited, new.clone()).await?;
            run.state = RunState::Finalised;
            (run.finalised_at, run.finalised_by) = (Some(at), Some(Actor::system("finalise-run")));
            run::update(&mut audited, RunState::Open, &run).await?;
            payment::add(&mut audited, vec![carried.clone()]).await
        })
        .await
        .unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_person_approves_a_run_and_nobody_else() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contracted = council.contract(&db, &own).await;
    let both = council.member(&db, "Olive Officer", &[CouncilRole::Officer, CouncilRole::Approver]).await;
    let id = finalised(&db, &council, &contracted, both).await;
    let web = Web::new(&db);
    let (page, approve) =
        (format!("/councils/worcestershire/runs/{id}"), format!("/councils/worcestershire/runs/{id}/approve"));

    let preparer = web.signed_in(both).await;
    let list = preparer.get("/councils/worcestershire/runs").await;
    list.is(200).says(&[&page, "Finalised"]);
    preparer.get(&page).await.is(200).says(&[
        "Olive Officer, 18 December 2024 at 9am",
        "Service, 18 December 2024",
        "Nobody yet",
        "-£12.00",
        "Approve this run",
    ]);
    let refused = preparer.post(&page, &approve, &[]).await;
    refused.is(200).says(&["There is a problem", "You prepared this run, so somebody else has to approve it."]);

    let officer = web.signed_in(council.is.officer).await;
    officer.get(&page).await.is(200).says_nothing_of(&["Approve this run"]);
    officer.post("/account", &approve, &[]).await.is(403);

    let second = web.signed_in(council.member(&db, "Amy Approver", &[CouncilRole::Approver]).await).await;
    let (token, _) = second.form(&page).await;
    let done = second.post_with(&token, &approve, &[]).await;
    done.leads_to(&format!("{page}?done=approved"));
    second.get(&format!("{page}?done=approved")).await.is(200).says(&["The run is approved", "Amy Approver, "]);
    second.get(&page).await.is(200).says_nothing_of(&["Approve this run", "The run is approved"]);
    let twice = second.post_with(&token, &approve, &[]).await;
    twice.is(200).says(&["This run cannot be approved now: it is approved."]);
    // a page of another council is no good for it
    let (account, _) = second.form("/account").await;
    second.post_with(&account, &approve, &[]).await.is(403).says(&["out of date"]);

    let api = second.get(&format!("/api/v1{page}")).await.is(200).json();
    assert_eq!((&api["state"], &api["carried_pence"]), (&"approved".into(), &(-1_200).into()));
    assert_eq!(api["payments"][0]["reference"], "R-000017");
}

/// One line and a balance: what makes £126.95.
pub(crate) fn advice() -> Advice {
    let week = (date(2024, 12, 7), date(2024, 12, 13));
    let sum = Money::from_pence(13_195);
    let charge = RemittanceCharge {
        days: week,
        words: ChargeWords {
            language: Language::English,
            arithmetic: "7 hours x £18.85 = £131.95".to_owned(),
            reason: "Delivered".to_owned(),
        },
        also: vec![ChargeWords {
            language: Language::Welsh,
            arithmetic: "7 awr x £18.85 = £131.95".to_owned(),
            reason: "Darparwyd.".to_owned(),
        }],
        disposition: Disposition::Payable,
        amount: sum,
    };
    Advice {
        council: "Worcestershire".to_owned(),
        number: "R-000017".to_owned(),
        payee: "Good Care".to_owned(),
        supplier_number: "S000001".to_owned(),
        schedule: "Weekly actuals".to_owned(),
        period: week,
        bank_date: date(2024, 12, 24),
        lines: vec![RemittanceLine {
            contract: "C000001".to_owned(),
            service_user: "SS00042".to_owned(),
            service_line: "CPLI000001".to_owned(),
            purchase_order: "PO000001".to_owned(),
            service: "Home care".to_owned(),
            care: week,
            provider_reference: "=1+1".to_owned(),
            invoice_date: None,
            kind: EntryKind::First,
            entitlement: sum,
            posted_before: Money::ZERO,
            amount: sum,
            charges: vec![charge],
            rule: "standard 1.2.0 (0123456789ab)".to_owned(),
        }],
        payment: PayeePayment {
            brought_forward: Money::from_pence(-500),
            entries: sum,
            payment: Money::from_pence(12_695),
            carried_forward: Money::ZERO,
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_handed_out_as_they_are_stored_and_never_shown() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let elsewhere = Council::new(&db, "Bradford", "bradford").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let contracted = council.contract(&db, &own).await;
    council.contract(&db, &other).await;
    let run = finalised(&db, &council, &contracted, council.is.officer).await;
    let file = PaymentFileId::from_uuid(db.id());
    let at = instant(2024, 12, 19, 9);
    council
        .is
        .scope
        .transaction(at, async |tx| {
            let mut audited = tx.audited(Record::of(Action::IssuePaymentFile, run)).await?;
            let issued = PaymentFile {
                id: file,
                run_id: run,
                serial: 7,
                format: PaymentFormat::Bacs,
                bytes: FILE.to_vec(),
                digest: "c".repeat(64),
                items: 0,
                total_pence: Money::ZERO,
                issued_at: at,
            };
            payment_file::add(&mut audited, issued).await?;
            let advice = Remittance {
                run_id: run,
                payee_id: contracted.payee,
                organisation_id: contracted.organisation,
                number: "R-000017".to_owned(),
                csv: TABLE.to_vec(),
                html: PAGE.to_vec(),
                digest: "d".repeat(64),
                made_at: at,
                advice: Some(advice()),
            };
            remittance::add(&mut audited, vec![advice]).await
        })
        .await
        .unwrap();
    let web = Web::with(&db, 0, |app| app.with_printer(Arc::new(RemittancePdf::new().unwrap())));
    let provider = web.signed_in(own.person).await;
    let list = format!("/organisations/{}/councils/worcestershire/remittances", own.organisation);
    provider.get(&list).await.is(200).says(&["R-000017", "19 December 2024", &format!("{list}/R-000017/html")]);
    let page = provider.get(&format!("{list}/R-000017")).await;
    page.is(200).says(&["SS00042", "7 hours x £18.85 = £131.95", "Brought forward from the last payment", "£126.95"]);
    let pdf = provider.get(&format!("{list}/R-000017/pdf")).await;
    assert!(pdf.is(200).bytes.starts_with(b"%PDF-1.7"));
    assert_eq!(pdf.headers["content-type"], "application/pdf");
    assert_eq!(pdf.headers["content-disposition"], "attachment; filename=\"R-000017.pdf\"");
    let xlsx = provider.get(&format!("{list}/R-000017/xlsx")).await;
    assert!(xlsx.is(200).bytes.starts_with(b"PK"));
    for (what, kind, stored) in [("csv", "text/csv; charset=utf-8", TABLE), ("html", "text/html; charset=utf-8", PAGE)]
    {
        let given = provider.get(&format!("{list}/R-000017/{what}")).await;
        assert_eq!(given.is(200).bytes, stored);
        assert_eq!(given.headers["content-type"], kind);
        assert_eq!(given.headers["content-disposition"], format!("attachment; filename=\"R-000017.{what}\""));
        let policy = given.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
    }
    let absent = provider.get(&format!("{list}/R-000018/csv")).await.is(404).settled();
    let theirs = format!("/organisations/{}/councils/worcestershire/remittances/R-000017/csv", other.organisation);
    assert_eq!(web.signed_in(other.person).await.get(&theirs).await.settled(), absent);

    let officer = web.signed_in(council.is.officer).await;
    let address = format!("/councils/worcestershire/payment-files/{file}");
    let given = officer.get(&address).await;
    assert_eq!(given.is(200).bytes, FILE);
    assert_eq!(given.headers["content-disposition"], "attachment; filename=\"worcestershire-payments-7.txt\"");
    let kept = council.is.scope.read(async |tx: &mut Tx<'_>| audit::of(tx, file).await).await.unwrap();
    let had = kept.iter().filter(|record| record.action == Action::DownloadPaymentFile.code());
    assert_eq!(had.map(|record| record.actor.person()).collect::<Vec<_>>(), [Some(council.is.officer)]);
    let page = officer.get(&format!("/councils/worcestershire/runs/{run}")).await;
    page.is(200).says(&[&address, "BACS Standard 18"]);
    let auditor = web.signed_in(council.member(&db, "Ann", &[CouncilRole::Auditor]).await).await;
    auditor.get(&address).await.is(403);
    auditor.get(&format!("/councils/worcestershire/runs/{run}")).await.is(200).says_nothing_of(&[&address]);
    let stranger = web.signed_in(elsewhere.is.officer).await;
    let nowhere = PaymentFileId::from_uuid(Uuid::from_u128(u128::MAX));
    let absent = stranger.get(&format!("/councils/bradford/payment-files/{nowhere}")).await.is(404).settled();
    for address in [
        format!("/councils/bradford/payment-files/{file}"),
        "/councils/bradford/payment-files/7".to_owned(),
        format!("/councils/bradford/runs/{run}"),
        address,
    ] {
        assert_eq!(stranger.get(&address).await.settled(), absent, "{address}");
    }
}
