//! What a council tells its providers: notices while they hold, and guidance with what changed and when.

use chrono::{Datelike as _, Days, NaiveDate, Utc};
use counterfoil_core::event::Action;
use counterfoil_tenants::audit;
use counterfoil_testkit::{TestDatabase, TestProvider};

use crate::browser::{Browser, Page, Web};
use crate::world::Council;

const NOTICES: &str = "/councils/worcestershire/settings/notices";
const GUIDANCE: &str = "/councils/worcestershire/settings/guidance";

/// The fields of a notice.
fn notice(title: &str, body: &str, (from, to): (NaiveDate, NaiveDate)) -> Vec<(&'static str, String)> {
    vec![
        ("title", title.to_owned()),
        ("body", body.to_owned()),
        ("from-day", from.day().to_string()),
        ("from-month", from.month().to_string()),
        ("from-year", from.year().to_string()),
        ("to-day", to.day().to_string()),
        ("to-month", to.month().to_string()),
        ("to-year", to.year().to_string()),
    ]
}

async fn send(browser: &Browser, page: &str, fields: &[(&str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(page, page, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_shown_to_every_provider_of_the_council_while_it_holds_and_to_nobody_else() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let elsewhere = Council::new(&db, "Bradford", "bradford").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    council.contract(&db, &own).await;
    elsewhere.contract(&db, &other).await;
    let web = Web::new(&db);
    let administrator = web.signed_in(council.is.administrator).await;
    let today = Utc::now().date_naive();
    let (yesterday, tomorrow) = (today - Days::new(1), today + Days::new(1));

    // what is wrong is said beside its field, and nothing typed is lost
    let wrong = send(&administrator, &format!("{NOTICES}/new"), &notice("", "# Early", (today, yesterday))).await;
    wrong.is(200).says(&["Enter a title", "The last day must be the same as or after the first day", "# Early"]);
    let body = "Actuals close early.\n\n# When\n- Sunday 22 December, 6pm\n- Monday <b>30</b> December, 6pm";
    let holds = notice("Early cut-offs", body, (today, tomorrow));
    let previewed: Vec<_> = holds.iter().cloned().chain([("preview", "yes".to_owned())]).collect();
    let preview = send(&administrator, &format!("{NOTICES}/new"), &previewed).await;
    preview.is(200).says(&["As providers read it", "<li>Sunday 22 December, 6pm</li>", "&lt;b&gt;30"]);
    administrator.get(NOTICES).await.is(200).says(&["There are no notices yet"]);
    let published = send(&administrator, &format!("{NOTICES}/new"), &holds).await;
    published.leads_to(&format!("{NOTICES}?done=published"));
    let over = notice("Last year", "It is over.", (today - Days::new(400), yesterday));
    send(&administrator, &format!("{NOTICES}/new"), &over).await.leads_to(&format!("{NOTICES}?done=published"));
    let all = administrator.get(NOTICES).await;
    all.is(200).says(&["Early cut-offs", "Shown now", "Last year", "Over"]);

    let provider = web.signed_in(own.person).await;
    let at_council = format!("/organisations/{}/councils/worcestershire", own.organisation);
    for page in ["/".to_owned(), format!("{at_council}/contracts"), format!("{at_council}/calendars")] {
        let shown = provider.get(&page).await;
        shown.is(200).says(&["Early cut-offs", "<li>Monday &lt;b&gt;30", "Actuals close early."]);
        shown.says_nothing_of(&["Last year", "<b>30"]);
    }
    let told = provider.get(&format!("{at_council}/guidance")).await;
    told.is(200).says(&["Early cut-offs", "Earlier notices", "Last year", "The council has published no guidance yet"]);
    let rival = web.signed_in(other.person).await;
    rival.get("/").await.is(200).says_nothing_of(&["Early cut-offs"]);

    // withdrawn, it is gone
    let text = all.text();
    let before = text.split_once("Early cut-offs").unwrap().0;
    let href = before.rsplit_once("href=\"").unwrap().1.split_once('"').unwrap().0.replace("&#x2f;", "/");
    let withdrawn = administrator.post(&href, &format!("{href}/withdraw"), &[]).await;
    withdrawn.leads_to(&format!("{NOTICES}?done=withdrawn"));
    provider.get("/").await.is(200).says_nothing_of(&["Early cut-offs"]);
    let read = council.is.scope.read(async |tx| audit::newest(tx, 3).await).await.unwrap();
    let actions: Vec<&str> = read.iter().map(|record| record.action.as_str()).collect();
    assert!(actions.contains(&Action::WithdrawNotice.code()) && actions.contains(&Action::PublishNotice.code()));
    // an officer is told that this is not theirs
    web.signed_in(council.is.officer).await.get(NOTICES).await.is(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn guidance_has_a_dated_list_of_what_changed() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    council.contract(&db, &own).await;
    let web = Web::new(&db);
    let administrator = web.signed_in(council.is.administrator).await;
    let guide = |body: &str, change: &str, day: &str| {
        [
            ("service", "Day care".to_owned()),
            ("body", body.to_owned()),
            ("change", change.to_owned()),
            ("dated-day", day.to_owned()),
            ("dated-month", "4".to_owned()),
            ("dated-year", "2024".to_owned()),
        ]
    };
    let new = format!("{GUIDANCE}/new");
    send(&administrator, &new, &guide("State the sessions.", "First published", "1"))
        .await
        .leads_to(&format!("{GUIDANCE}?done=published"));
    let twice = send(&administrator, &new, &guide("Another.", "First published", "1")).await;
    twice.is(200).says(&["There is guidance for Day care already", "Another."]);
    let impossible = send(&administrator, &new, &guide("Another.", "", "31")).await;
    impossible.is(200).says(&["Enter what has changed", "must be a real date"]);

    let provider = web.signed_in(own.person).await;
    let list = format!("/organisations/{}/councils/worcestershire/guidance", own.organisation);
    let seen = provider.get(&list).await;
    seen.is(200).says(&["Day care", "Last change of 1 April 2024"]);
    let id = seen.text().split_once("gui_").unwrap().1[..32].to_owned();
    let page = format!("{GUIDANCE}/gui_{id}");
    let changed = send(&administrator, &page, &guide("State the sessions, by name.", "Sessions by name", "15")).await;
    changed.leads_to(&format!("{GUIDANCE}?done=published"));
    let read = provider.get(&format!("{list}/gui_{id}")).await;
    read.is(200).says(&[
        "State the sessions, by name.",
        "15 April 2024",
        "Sessions by name",
        "1 April 2024",
        "First published",
    ]);
    let text = read.text();
    assert!(text.find("Sessions by name").unwrap() < text.find("First published").unwrap(), "the newest change first");

    administrator.post(&page, &format!("{page}/withdraw"), &[]).await.leads_to(&format!("{GUIDANCE}?done=withdrawn"));
    provider.get(&format!("{list}/gui_{id}")).await.is(404);
    provider.get(&list).await.is(200).says(&["The council has published no guidance yet"]);
}
