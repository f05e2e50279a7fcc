//! Disputes from both sides: opened, answered by a deadline, answered back, closed; and what is told of them elsewhere.

use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::event::Action;
use counterfoil_core::ids::DisputeId;
use counterfoil_core::notice::{NoticeEvent, NotificationSetting};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::scope::Provider;
use counterfoil_tenants::steps::tell_of_message::tell_of_message;
use counterfoil_tenants::{audit, claim, dispute, notice, notification};
use counterfoil_testkit::{TestDatabase, TestProvider, instant};
use uuid::Uuid;

use crate::browser::{Browser, Page, Web};
use crate::world::Council;

/// The dispute that a redirect leads to.
fn led_to(page: &Page) -> DisputeId {
    assert_eq!(page.status, 303, "{}", page.text());
    let to = page.headers["location"].to_str().unwrap();
    to.rsplit_once('/').unwrap().1.split_once('?').unwrap().0.parse().unwrap()
}

/// Does something in a dispute, having seen its page.
async fn act(browser: &Browser, place: &str, what: &str, message: &str) -> Page {
    let version = browser.get(place).await.after_in("<main", "name=\"version\"", "value");
    let fields = [("version", &*version), ("do", what), ("message", message)];
    browser.post_files(place, place, &fields, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_disputes_a_paid_claim_and_the_council_answers() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let contract = council.contract(&db, &own).await;
    council.contract(&db, &other).await;
    let claimed = council.priced(&db, &contract, (0, 0)).await;
    council.moved(claimed.id, ClaimState::Paid).await;
    let web = Web::new(&db);
    let (provider, officer) = (web.signed_in(own.person).await, web.signed_in(council.is.officer).await);
    let at = format!("/organisations/{}/councils/worcestershire", own.organisation);
    let (home, desk) = (format!("{at}/disputes"), "/councils/worcestershire/disputes".to_owned());
    provider.get(&home).await.is(200).says(&["There are no disputes", "begin on the claim"]);
    provider.get(&format!("{home}/new")).await.is(200).says(&["Find the claim"]);

    // nothing typed is lost
    let id = claimed.id.to_string();
    let form = format!("{home}/new?claim={id}");
    provider.get(&form).await.is(200).says(&["within 10 working days", "The whole claim", "Line 1: "]);
    let fields =
        [("claim", &*id), ("line", "1"), ("wanted", "=Tier 2"), ("amount", "about 20"), ("message", "Since May")];
    let wrong = provider.post_files(&form, &format!("{home}/new"), &fields, &[]).await;
    wrong.is(200).says(&[
        "Select what the dispute is about",
        "Enter the amount in pounds and pence",
        "=Tier 2",
        "Since May",
    ]);
    let fields = [
        ("claim", &*id),
        ("line", "1"),
        ("reason", "rate"),
        ("wanted", "=Tier 2"),
        ("amount", "\u{a3}141.40"),
        ("message", "She has been on Tier 2 since May."),
    ];
    let letter: (&str, &[u8]) = ("letter.pdf", b"%PDF-1.7 the decision");
    let dispute = led_to(&provider.post_files(&form, &format!("{home}/new"), &fields, &[letter]).await);
    let (mine, theirs) = (format!("{home}/{dispute}"), format!("{desk}/{dispute}"));
    let page = provider.get(&mine).await;
    page.is(200).says(&[
        "Rate or price",
        "Waits for an answer",
        "Respond by 5pm on",
        "\u{a3}141.40",
        "letter.pdf",
        "Withdraw",
    ]);
    page.says_nothing_of(&["Overdue", "value=\"agree\""]);
    // the claim says that it is disputed; what it comes to is as before
    provider.get(&format!("{at}/claims/{id}")).await.is(200).says(&["Rate or price: waits for an answer"]);

    // a workbook goes along with a message, once every part of it was looked at
    let book = provider.get(&format!("{home}/file/xlsx")).await;
    let fields = [("version", "1"), ("do", "write"), ("message", "All our disputes")];
    let with_book = provider.post_files(&mine, &mine, &fields, &[("disputes.xlsx", &book.is(200).bytes)]).await;
    with_book.leads_to(&format!("{mine}?done=write"));
    provider.get(&mine).await.is(200).says(&["disputes.xlsx</a> (XLSX, "]);
    // the council finds it on its home page and answers; two officers at once do not answer twice
    officer.get("/").await.is(200).says(&["Answer a dispute", "Respond by 5pm on", &theirs]);
    let listed = officer.get(&format!("{desk}?awaits=council&reason=rate&words=good")).await;
    listed.is(200).says(&["Showing 1 dispute", "Good Care", "Us, the council"]);
    officer.get(&format!("{desk}?contract=nowhere")).await.is(200).says(&["No disputes match"]);
    officer.get(&format!("{desk}?state=closed")).await.is(200).says(&["No disputes match"]);
    let csv = officer.get(&format!("{desk}/file/csv?awaits=council")).await;
    csv.is(200).says(&["Dispute,Claim,Person", ",Good Care,", "Rate or price,Waits for an answer", ",141.40"]);
    officer.get(&format!("{desk}/file/csv?awaits=provider")).await.is(200).says_nothing_of(&["Good Care"]);
    let unsaid = officer.post_files(&theirs, &theirs, &[("version", "1"), ("message", "Hm")], &[]).await;
    unsaid.is(200).says(&["Select what you want to do", "Hm"]);
    act(&officer, &theirs, "disagree", "").await.is(200).says(&["Enter a message"]);
    let first = act(&officer, &theirs, "disagree", "Tier 2 begins in June.").await;
    first.leads_to(&format!("{theirs}?done=disagree"));
    let stale = [("version", "1"), ("do", "agree"), ("message", "")];
    let stale = officer.post_files(&theirs, &theirs, &stale, &[]).await;
    stale.is(200).says(&["Something was written or done in this dispute since you looked"]);
    officer.get("/").await.is(200).says_nothing_of(&["Answer a dispute"]);

    provider.get("/").await.is(200).says(&["Answer back or close a dispute", &mine]);
    provider.get(&mine).await.is(200).says(&["Not agreed", "Tier 2 begins in June.", "did not agree"]);
    act(&provider, &mine, "agree", "").await.is(200).says(&["Your side opened this dispute"]);
    act(&provider, &mine, "answer_back", "The letter says May.").await.leads_to(&format!("{mine}?done=answer_back"));
    act(&officer, &theirs, "write", "We ask the social worker.").await.leads_to(&format!("{theirs}?done=write"));
    act(&officer, &theirs, "agree", "").await.leads_to(&format!("{theirs}?done=agree"));
    officer.get(&theirs).await.is(200).says(&["Decide or reprice the claim", &format!("/claims/{id}")]);
    let agreed = provider.get(&mine).await;
    agreed.is(200).says(&["Agreed", "Take back and correct the claim"]);
    act(&provider, &mine, "close", "").await.leads_to(&format!("{mine}?done=close"));
    provider.get(&mine).await.is(200).says(&["Closed"]).says_nothing_of(&["What do you want to do"]);
    act_over(&officer, &theirs, &format!("/councils/worcestershire/claims/{id}")).await;
    officer.get("/").await.is(200).says_nothing_of(&["Answer a dispute", "new in a dispute"]);

    // no money moved, and everything stands in the record
    let kept = council.is.scope.read(async |tx| claim::find(tx, claimed.id).await).await.unwrap();
    assert_eq!(kept.state, ClaimState::Paid);
    let read = council.is.scope.read(async |tx| audit::of(tx, dispute).await).await.unwrap();
    let count = |action: Action| read.iter().filter(|record| record.action == action.code()).count();
    assert_eq!((count(Action::OpenDispute), count(Action::MoveDispute)), (1, 6));

    // another's dispute is as an absent one
    let rival = web.signed_in(other.person).await;
    let rivals = format!("/organisations/{}/councils/worcestershire/disputes", other.organisation);
    let absent = rival.get(&format!("{rivals}/{}", DisputeId::from_uuid(Uuid::from_u128(u128::MAX)))).await;
    assert_eq!(rival.get(&format!("{rivals}/{dispute}")).await.is(404).settled(), absent.settled());
    rival.get(&format!("{rivals}/new?claim={id}")).await.is(404);
    rival.get(&rivals).await.is(200).says(&["There are no disputes"]);
    let bradford = Council::new(&db, "Bradford", "bradford").await;
    let stranger = web.signed_in(bradford.is.officer).await;
    stranger.get(&format!("/councils/bradford/disputes/{dispute}")).await.is(404);
    stranger.get("/councils/bradford/disputes").await.is(200).says(&["There are no disputes"]);
}

/// What is over stays over.
async fn act_over(officer: &Browser, place: &str, form: &str) {
    officer.get(place).await.is(200).says_nothing_of(&["name=\"do\""]);
    let late = [("version", "9"), ("do", "write"), ("message", "One more thing")];
    let late = officer.post_files(form, place, &late, &[]).await;
    late.is(200).says(&["This dispute is over. Open another one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_disputes_a_claim_the_provider_lets_the_deadline_pass_and_the_time_is_the_councils_to_set() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contract = council.contract(&db, &own).await;
    let claimed = council.priced(&db, &contract, (0, 0)).await;
    let web = Web::new(&db);
    let (provider, officer) = (web.signed_in(own.person).await, web.signed_in(council.is.officer).await);
    let administrator = web.signed_in(council.is.administrator).await;
    let days = "/councils/worcestershire/settings/disputes";
    administrator.get(days).await.is(200).says(&["value=\"10\""]);
    let wrong = administrator.post(days, days, &[("days", "many")]).await;
    wrong.is(200).says(&["Working days must be a number from 1 to 60", "value=\"many\""]);
    administrator.post(days, days, &[("days", "3")]).await.leads_to(&format!("{days}?done=set"));
    let auditor = web.signed_in(council.member(&db, "Audrey", &[CouncilRole::Auditor]).await).await;
    auditor.get(days).await.is(200).says(&["3 working days", "Administrators can change this"]);

    let desk = "/councils/worcestershire/disputes";
    let id = claimed.id.to_string();
    let form = format!("{desk}/new?claim={id}");
    officer.get(&form).await.is(200).says(&["The provider is asked to answer within 3 working days"]);
    let fields = [
        ("claim", &*id),
        ("line", ""),
        ("reason", "paid_too_much"),
        ("wanted", "6 hours"),
        ("message", "She was away."),
    ];
    let dispute = led_to(&officer.post_files(&form, &format!("{desk}/new"), &fields, &[]).await);
    let mine = format!("/organisations/{}/councils/worcestershire/disputes/{dispute}", own.organisation);
    provider.get("/").await.is(200).says(&["Answer a dispute", "Paid too much", &mine]);
    // the same, opened before Christmas 2024: three working days later is Monday 30 December, and that is over
    let asked = instant(2024, 12, 23, 12);
    let new = dispute::NewDispute {
        claim: claimed.id,
        line: None,
        reason: counterfoil_core::dispute::DisputeReason::Quantity,
        wanted: "6 hours",
        wanted_pence: None,
        message: counterfoil_tenants::talk::NewMessage {
            writer: (council.is.officer, "Olive"),
            body: "Seen?",
            files: &[],
        },
    };
    let holidays = counterfoil_core::calendar::BankHolidays::bundled().unwrap();
    let old = dispute::open(&council.is.scope, asked, &holidays, &new).await.unwrap();
    let (tenant, organisation) = (council.is.tenant, own.organisation);
    let seen = own
        .scope
        .read(async |tx: &mut counterfoil_tenants::scope::Tx<'_, Provider>| {
            dispute::find_own(tx, tenant, organisation, old).await
        })
        .await
        .unwrap();
    let due = local_time(seen.dispute.respond_by);
    assert_eq!(due.to_string(), "2024-12-30 17:00:00");
    let place = format!("/organisations/{}/councils/worcestershire/disputes/{old}", own.organisation);
    provider.get(&place).await.is(200).says(&["Overdue", "The answer was due by 5pm on Monday 30 December 2024"]);
    provider.get("/").await.is(200).says(&["Late", "Respond by 5pm on Monday 30 December 2024"]);
    officer.get(&format!("{desk}/{old}")).await.is(200).says(&["Overdue"]);
    // an auditor reads and does not answer; commissioning staff see no money
    let at = format!("{desk}/{dispute}");
    auditor.get(&at).await.is(200).says(&["Finance staff and administrators can answer this"]);
    auditor.post_files(&at, &at, &[("do", "withdraw"), ("version", "1")], &[]).await.is(403);
    auditor.get(&form).await.is(403);
    let connie = web.signed_in(council.member(&db, "Connie", &[CouncilRole::Commissioning]).await).await;
    connie.get(&at).await.is(403);
    act(&officer, &at, "withdraw", "").await.leads_to(&format!("{at}?done=withdraw"));

    // the provider is told who, what and until when
    let now = instant(2024, 12, 23, 13);
    let set = council.is.scope.transaction(now, async |tx| {
        let mut audited = tx.audited(Record::on(Action::SetUp, "notification")).await?;
        let setting = NotificationSetting {
            event: NoticeEvent::DisputeForProvider,
            enabled: true,
            sender: "payments@worcestershire.example".to_owned(),
            reply_to: String::new(),
            lead_minutes: 0,
            subject: "{reason}: {writer} {what}".to_owned(),
            body: "By {respond_by}: {link}".to_owned(),
        };
        notification::set(&mut audited, setting).await
    });
    set.await.unwrap();
    assert_eq!(tell_of_message(&council.is.scope, now, "", (claimed.id, 2)).await.unwrap(), 1);
    let notices = council.is.scope.read(async |tx| notice::all(tx).await).await.unwrap();
    assert_eq!(notices[0].subject, "Quantity: Olive opened the dispute");
    assert_eq!(notices[0].body, format!("By 5pm on Monday 30 December 2024: {place}"));
}
