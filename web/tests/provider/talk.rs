//! What both sides write about a claim, with files, and what shows that something was not read.

use counterfoil_core::event::Action;
use counterfoil_core::ids::{AttachmentId, ClaimId};
use counterfoil_core::notice::{NoticeEvent, NotificationSetting};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::steps::tell_of_message::tell_of_message;
use counterfoil_tenants::{audit, notice, notification};
use counterfoil_testkit::{TestDatabase, TestProvider, instant};
use uuid::Uuid;

use crate::browser::Web;
use crate::world::Council;

const MESSAGE: (&str, &str) = ("message", "Ten hours, not seven: the log is attached");

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_write_about_a_claim_and_see_what_they_have_not_read() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let contract = council.contract(&db, &own).await;
    council.contract(&db, &other).await;
    let claim = council.priced(&db, &contract, (0, 0)).await;
    let web = Web::new(&db);
    let (provider, officer) = (web.signed_in(own.person).await, web.signed_in(council.is.officer).await);
    let claims = council.claims_of(&own);
    let place = format!("{claims}/{}", claim.id);
    let desk = format!("/councils/worcestershire/claims/{}", claim.id);

    provider.get(&place).await.is(200).says(&["Nobody has written about this claim yet", "Dispute this claim"]);
    // nothing is sent without words, and nothing typed is lost beside a file that may not be sent
    provider.post_files(&place, &place, &[("message", "")], &[]).await.is(200).says(&["Enter a message"]);
    let wrong = provider.post_files(&place, &place, &[MESSAGE], &[("page.html", b"<p>log</p>")]).await;
    wrong
        .is(200)
        .says(&["\u{2018}page.html\u{2019} cannot be sent. You can send PDF, PNG, JPEG", "Ten hours, not seven"]);
    let disguised = provider.post_files(&place, &place, &[MESSAGE], &[("log.pdf", b"MZ\x90\x00")]).await;
    disguised.is(200).says(&["is not what its name says. Save it again as PDF", "Ten hours, not seven"]);
    let book = provider.post_files(&place, &place, &[MESSAGE], &[("log.xlsx", b"PK\x03\x04 no archive")]).await;
    book.is(200).says(&["\u{2018}log.xlsx\u{2019}", "Ten hours, not seven"]);
    let large = vec![b'a'; 5 * 1024 * 1024 + 7];
    let large = provider.post_files(&place, &place, &[MESSAGE], &[("log.txt", &large)]).await;
    large.is(200).says(&["is larger than 5MB", "Ten hours, not seven"]);
    let many = [("1.txt", b"a" as &[u8]); 6];
    provider.post_files(&place, &place, &[MESSAGE], &many).await.is(200).says(&["Choose at most 5 files"]);

    let log: (&str, &[u8]) = ("..\\log\u{202e}.csv", b"day,minutes\r\nMonday,75\r\n");
    let sent = provider.post_files(&place, &place, &[MESSAGE], &[log]).await;
    sent.leads_to(&format!("{place}?done=said#messages"));
    provider.get(&claims).await.is(200).says(&["1 message, all read"]);
    // the council sees that it has not read it, and once it has looked, that it has
    officer.get("/councils/worcestershire/claims").await.is(200).says(&["1 message, 1 unread"]);
    officer.get("/councils/worcestershire/claims?messages=unread").await.is(200).says(&["Showing 1 claim"]);
    officer.get("/").await.is(200).says(&["Read new messages about a claim"]);
    // whoever may only look has read nothing for the others
    let auditor = web.signed_in(council.member(&db, "Audrey", &[CouncilRole::Auditor]).await).await;
    auditor.get(&desk).await.is(200).says(&["log.csv"]).says_nothing_of(&["Write to the provider"]);
    auditor.post_files(&desk, &desk, &[MESSAGE], &[]).await.is(403);
    let page = officer.get(&desk).await;
    page.is(200)
        .says(&["1 message, 1 new", "for the provider", "log.csv</a> (CSV, 1KB)"])
        .says_nothing_of(&["\u{202e}"]);
    let href =
        page.after_in("<main", "counterfoil-breaks\"><a class=\"govuk-link govuk-link--no-visited-state\" ", "href");
    officer.get("/councils/worcestershire/claims").await.is(200).says(&["1 message, all read"]);
    officer.get("/").await.is(200).says_nothing_of(&["Read new messages"]);
    let file = officer.get(&href).await;
    assert_eq!(&file.is(200).bytes[..], log.1);
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"log.csv\"");
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert_eq!(file.headers["content-type"], "text/csv");
    let id: AttachmentId = href.rsplit_once('/').unwrap().1.parse().unwrap();
    assert_eq!(&provider.get(&format!("{place}/attachments/{id}")).await.is(200).bytes[..], log.1);

    let answered = officer.post_files(&desk, &desk, &[("message", "Thank you, we look at it.")], &[]).await;
    answered.leads_to(&format!("{desk}?done=said#messages"));
    provider.get(&claims).await.is(200).says(&["2 messages, 1 unread"]);
    provider.get("/").await.is(200).says(&["Read new messages about a claim", "Worcestershire"]);
    let week = format!("{}/payments/{}/2024-12-07", claims.trim_end_matches("/claims"), contract.contract);
    provider.get(&week).await.is(200).says(&["2 messages, 1 unread"]);
    provider.get(&place).await.is(200).says(&["Thank you, we look at it.", "for the council"]);
    provider.get(&claims).await.is(200).says(&["2 messages, all read"]);
    let read = council.is.scope.read(async |tx| audit::of(tx, claim.id).await).await.unwrap();
    let count = |action: Action| read.iter().filter(|record| record.action == action.code()).count();
    assert_eq!((count(Action::WriteMessage), count(Action::ReadMessages)), (2, 2));

    // another's claim and its files are as absent ones
    let rival = web.signed_in(other.person).await;
    let theirs = council.claims_of(&other);
    let absent = ClaimId::from_uuid(Uuid::from_u128(u128::MAX));
    let nowhere = rival.get(&format!("{theirs}/{absent}/attachments/{id}")).await;
    let hidden = rival.get(&format!("{theirs}/{}/attachments/{id}", claim.id)).await;
    assert_eq!(hidden.is(404).settled(), nowhere.settled());
    let form = format!("{}/queries/new", theirs.trim_end_matches("/claims"));
    rival.post_files(&form, &format!("{theirs}/{}", claim.id), &[MESSAGE], &[]).await.is(404);
    rival.get(&theirs).await.is(200).says_nothing_of(&["messages,"]);
    let stranger = Council::new(&db, "Bradford", "bradford").await;
    let stranger = web.signed_in(stranger.is.officer).await;
    stranger.get(&format!("/councils/bradford/claims/{}/attachments/{id}", claim.id)).await.is(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_side_is_told_once_who_wrote_and_where_and_never_what() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contract = council.contract(&db, &own).await;
    let claim = council.priced(&db, &contract, (0, 0)).await;
    let web = Web::new(&db);
    let (provider, officer) = (web.signed_in(own.person).await, web.signed_in(council.is.officer).await);
    let place = format!("{}/{}", council.claims_of(&own), claim.id);
    let desk = format!("/councils/worcestershire/claims/{}", claim.id);
    provider.post_files(&place, &place, &[("message", "She was in hospital")], &[]).await.is(303);
    officer.post_files(&desk, &desk, &[("message", "We know")], &[]).await.is(303);
    let now = instant(2024, 12, 20, 9);
    let tell = async |message| {
        let pages = "https://pay.example";
        tell_of_message(&council.is.scope, now, pages, (claim.id, message)).await.unwrap()
    };
    // a council that has switched nothing on tells nobody
    assert_eq!((tell(1).await, tell(2).await), (0, 0));
    let set = council.is.scope.transaction(now, async |tx| {
        let mut audited = tx.audited(Record::on(Action::SetUp, "notification")).await?;
        for event in [NoticeEvent::ClaimMessageForCouncil, NoticeEvent::ClaimMessageForProvider] {
            let setting = NotificationSetting {
                event,
                enabled: true,
                sender: "payments@worcestershire.example".to_owned(),
                reply_to: "help@worcestershire.example".to_owned(),
                lead_minutes: 0,
                subject: "{person}, {week}".to_owned(),
                body: "{writer} of {provider} to {council}: {link}".to_owned(),
            };
            notification::set(&mut audited, setting).await?;
        }
        Ok(())
    });
    set.await.unwrap();
    assert_eq!((tell(1).await, tell(2).await, tell(1).await), (1, 1, 0));
    let notices = council.is.scope.read(async |tx| notice::all(tx).await).await.unwrap();
    let to = |recipient: &str| notices.iter().find(|notice| notice.recipient.starts_with(recipient)).unwrap();
    let (council_told, provider_told) = (to("help@worcestershire.example"), to("payee"));
    assert!(council_told.body.ends_with(&format!(": https://pay.example{desk}#messages")), "{}", council_told.body);
    assert!(provider_told.body.ends_with(&format!(": https://pay.example{place}#messages")), "{}", provider_told.body);
    assert!(notices.iter().all(|notice| !notice.body.contains("hospital") && !notice.body.contains("We know")));
    assert!(notices.iter().all(|notice| notice.subject.ends_with("7 December 2024 to 13 December 2024")));
}
