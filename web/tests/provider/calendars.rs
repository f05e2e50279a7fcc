//! Payment calendars, as a page, for spreadsheets, and as a feed for somebody's diary.

use chrono::{Datelike as _, Days, NaiveTime, TimeDelta};
use counterfoil_core::calendar::{AcceptedFinding, Finding, FindingCode, Origin, Severity, deadline};
use counterfoil_core::event::Action;
use counterfoil_core::ids::PeriodId;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::Asked;
use counterfoil_tenants::schedule::{self, PeriodRow};
use counterfoil_testkit::{TestDatabase, TestProvider, date, instant};

use crate::browser::{Page, Web};
use crate::world::{Council, administrator};

/// The second of the weeks, 14 to 20 December 2024, closes on Sunday the 22nd, and somebody let stand that it is paid soon
/// after its run.
async fn christmas(council: &Council) {
    let id = council.schedule.periods[1];
    council
        .is
        .scope
        .transaction(instant(2024, 12, 2, 9), async |tx| {
            let mut row = schedule::period(tx, id).await?;
            let said = counterfoil_core::calendar::PeriodDates {
                starts: row.starts,
                ends: row.ends,
                cut_off: row.cut_off,
                finalisation: row.finalisation,
                bank_date: row.bank_date,
            };
            row.cut_off -= TimeDelta::days(2);
            row.finalisation = date(2024, 12, 23);
            row.origin = Origin::Overridden {
                reason: "Early cut-off at Christmas".to_owned(),
                said,
                from: Box::new(Origin::Generated),
            };
            row.findings = vec![Finding {
                code: FindingCode::TooShortForBacs,
                severity: Severity::Warning,
                row: None,
                period_starts: Some(row.starts),
                dates: vec![row.bank_date],
                sentence: "There is less time than BACS takes".to_owned(),
            }];
            row.accepted = vec![AcceptedFinding {
                code: FindingCode::TooShortForBacs,
                period_starts: row.starts,
                reason: "agreed with the bank".to_owned(),
            }];
            let mut audited = tx.audited(Record::of(Action::SetUp, id)).await?;
            schedule::update_period(&mut audited, row).await
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_cut_off_is_set_out_plainly_with_the_holidays_that_it_is_because_of() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    // another schedule, by which nobody of theirs is paid
    let unused = council.is.weekly_schedule(&db, 2).await;
    council.contract(&db, &own).await;
    christmas(&council).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let home = format!("/organisations/{}/councils/worcestershire/calendars", own.organisation);
    let all = browser.get(&home).await;
    all.is(200).says(&["Weekly actuals", &council.schedule.id.to_string(), "The council has published no later dates"]);
    all.says_nothing_of(&[&unused.id.to_string()]);
    browser.get(&format!("{home}/{}", unused.id)).await.is(404);

    let address = format!("{home}/{}", council.schedule.id);
    let page = browser.get(&address).await;
    page.is(200).says(&[
        "Amendments usually close at 6pm on Tuesday, 4 days after the last day of care",
        "14 to 20 December 2024",
        "Early cut-off",
        "6pm on Sunday 22 December 2024",
        "Early, because of Christmas Day (25 December) and Boxing Day (26 December). Usually it closes at 6pm on Tuesday 24 \
         December 2024.",
        "The council says: Early cut-off at Christmas.",
        "There is less time than BACS takes. The council lets it stand: agreed with the bank",
        "Tuesday 31 December 2024",
    ]);
    assert_eq!(page.text().matches("govuk-tag--orange").count(), 1);
    let later = browser.get(&format!("{address}?from=28/12/2024")).await;
    later.is(200).says(&["Showing 1 pay period"]).says_nothing_of(&["14 to 20 December 2024"]);

    let csv = browser.get(&format!("{address}/csv")).await;
    csv.is(200).says(&[
        "2,22/12/2024 18:00:00,23/12/2024,14/12/2024,20/12/2024,31/12/2024,\"Early cut-off at Christmas\"\r\n",
    ]);
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"worcestershire-Weekly-actuals.csv\"");
    let ics = browser.get(&format!("{address}/ics")).await;
    ics.is(200).says(&[
        "BEGIN:VCALENDAR\r\n",
        "DTSTART:20241222T180000Z\r\n",
        "DESCRIPTION:Early cut-off at Christmas\r\n",
    ]);
    assert_eq!(ics.headers["content-type"], "text/calendar; charset=utf-8");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_cut_off_says_that_it_is_early() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    council.contract(&db, &own).await;
    // this week, which closes on Sunday instead of Tuesday, and the next, which does not
    let today = chrono::Utc::now().date_naive();
    let saturday = today - Days::new((u64::from(today.weekday().num_days_from_monday()) + 2) % 7);
    let ids = [PeriodId::from_uuid(db.id()), PeriodId::from_uuid(db.id())];
    council
        .is
        .scope
        .transaction(instant(2024, 12, 2, 9), async |tx| {
            let like = schedule::period(tx, council.schedule.periods[0]).await?;
            let row = |number: i32, id, weeks, closes| {
                let starts = saturday + Days::new(7 * weeks);
                let ends = starts + Days::new(6);
                PeriodRow {
                    id,
                    number,
                    starts,
                    ends,
                    cut_off: deadline(ends + Days::new(closes), NaiveTime::from_hms_opt(18, 0, 0).unwrap()),
                    finalisation: ends + Days::new(5),
                    bank_date: ends + Days::new(11),
                    ..like.clone()
                }
            };
            let rows = vec![row(101, ids[0], 0, 2), row(102, ids[1], 1, 4)];
            let mut audited = tx.audited(Record::of(Action::SetUp, council.schedule.id)).await?;
            schedule::add_periods(&mut audited, rows).await
        })
        .await
        .unwrap();
    let browser = Web::new(&db).signed_in(own.person).await;
    let page = browser.get(&format!("/organisations/{}/councils/worcestershire/calendars", own.organisation)).await;
    page.is(200).says(&["Early cut-off", "6pm on Sunday", "Usually it closes at 6pm on Tuesday"]);
}

/// The address that a page shows once.
fn address(page: &Page) -> String {
    let text = page.text();
    let (_, rest) = text.split_once("<code>").expect("it shows an address");
    let (address, _) = rest.split_once("</code>").unwrap();
    address.strip_prefix("http:&#x2f;&#x2f;localhost:8080").map_or_else(
        || address.trim_start_matches("http://localhost:8080").to_owned(),
        |path| path.replace("&#x2f;", "/"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_needs_its_token_only_and_is_gone_once_it_is_revoked_or_its_person_has_left() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let elsewhere = Council::new(&db, "Bradford", "bradford").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    council.contract(&db, &own).await;
    elsewhere.contract(&db, &own).await;
    council.contract(&db, &other).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let home = format!("/organisations/{}/calendar-feed", own.organisation);
    browser.get(&home).await.is(200).says(&["Make a calendar feed"]).says_nothing_of(&["<code>"]);
    let made = browser.post(&home, &home, &[]).await;
    made.is(200).says(&["Copy it now. It is not shown again"]);
    let feed = address(&made);
    assert!(feed.starts_with("/calendar-feed/"), "{feed}");
    browser.get(&home).await.is(200).says(&["The feed in use"]).says_nothing_of(&["<code>"]);

    let diary = web.stranger();
    let text = diary.get(&feed).await;
    text.is(200).says(&[
        "X-WR-CALNAME:Payments to Good Care\r\n",
        "Worcestershire\\, Weekly actuals",
        "Bradford\\, Weekly",
    ]);
    assert_eq!(text.headers["cache-control"], "private, no-store");
    text.says_nothing_of(&["Other Care", "C0000", "A. Person"]);
    let absent = diary.get("/calendar-feed/0123456789abcdef0123456789abcdef01234567").await;
    absent.is(404);

    // another address puts the first out of use
    let second = address(&browser.post(&home, &home, &[]).await);
    assert_ne!(second, feed);
    assert_eq!(diary.get(&feed).await.is(404).settled(), absent.settled());
    diary.get(&second).await.is(200);
    // another person of the organisation has one of their own
    let chief = administrator(&db, &own, "Chief").await;
    let theirs = address(&web.signed_in(chief).await.post(&home, &home, &[]).await);
    let revoked = browser.post(&home, &format!("{home}/revoke"), &[]).await;
    revoked.leads_to(&format!("{home}?done=revoked"));
    assert_eq!(diary.get(&second).await.is(404).settled(), absent.settled());
    diary.get(&theirs).await.is(200);
    // whoever has left has none, token or not
    let next = administrator(&db, &own, "Next Chief").await;
    let asked = Asked { by: Some(next), ..Asked::by_service(chrono::Utc::now()) };
    db.identity().remove_person(&asked, own.organisation, chief).await.unwrap();
    assert_eq!(diary.get(&theirs).await.is(404).settled(), absent.settled());
    // an organisation that one does not act for has no page for it
    browser.get(&format!("/organisations/{}/calendar-feed", other.organisation)).await.is(404);
}
