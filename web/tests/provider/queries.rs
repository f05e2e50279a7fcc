//! What a provider asks about care, whom it goes to, and what the council answers.

use counterfoil_core::event::Action;
use counterfoil_core::ids::{QueryId, TeamId};
use counterfoil_core::notice::{NoticeEvent, NotificationSetting};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::care_query::{self, Allocation, Team};
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::steps::tell_of_query::tell_of_query;
use counterfoil_tenants::{audit, notice, notification};
use counterfoil_testkit::{Contracted, TestDatabase, TestProvider, instant};
use uuid::Uuid;

use crate::browser::{Page, Web};
use crate::world::Council;

/// A team of an area, and one that is not by area.
async fn teams(db: &TestDatabase, council: &Council) -> [TeamId; 2] {
    let ids = [TeamId::from_uuid(db.id()), TeamId::from_uuid(db.id())];
    let row = |id, name: &str, area: &str| Team {
        id,
        name: name.to_owned(),
        area: area.to_owned(),
        email: format!("{}@worcestershire.example", name.split(' ').next().unwrap().to_lowercase()),
    };
    council
        .is
        .scope
        .transaction(instant(2024, 6, 1, 9), async |tx| {
            let mut audited = tx.audited(Record::on(Action::NameTeam, "council_team")).await?;
            let rows = vec![row(ids[0], "Redditch area team", "Redditch"), row(ids[1], "Young adults team", "")];
            care_query::add_teams(&mut audited, rows).await
        })
        .await
        .unwrap();
    ids
}

async fn allocate(council: &Council, contracted: &Contracted, month: u32, team: Option<TeamId>, worker: &str) {
    let allocation = Allocation {
        service_user: contracted.service_user,
        area: "Redditch".to_owned(),
        team,
        worker: (
            worker.to_owned(),
            if worker.is_empty() { String::new() } else { "wendy@worcestershire.example".to_owned() },
        ),
    };
    council
        .is
        .scope
        .transaction(instant(2024, month, 1, 9), async |tx| care_query::allocate(tx, vec![allocation.clone()]).await)
        .await
        .unwrap();
}

/// The query that a redirect leads to.
fn led_to(page: &Page) -> QueryId {
    assert_eq!(page.status, 303, "{}", page.text());
    let to = page.headers["location"].to_str().unwrap();
    to.rsplit_once('/').unwrap().1.split_once('?').unwrap().0.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_goes_to_the_worker_or_else_to_the_team_and_is_answered_and_closed() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let contract = council.contract(&db, &own).await;
    council.contract(&db, &other).await;
    let [_, adults] = teams(&db, &council).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let home = format!("/organisations/{}/councils/worcestershire/queries", own.organisation);
    let form = format!("{home}/new?line={}", contract.service_line);
    let line = contract.service_line.to_string();
    let ask = async |message: &str| {
        let fields = [("line", line.as_str()), ("about", "hours"), ("urgency", "urgent"), ("message", message)];
        browser.post(&form, &format!("{home}/new"), &fields).await
    };
    // nothing typed is lost
    let wrong = browser.post(&form, &format!("{home}/new"), &[("line", &line), ("message", "Ten hours")]).await;
    wrong.is(200).says(&["Select what is wrong", "Select how soon you need an answer", "Ten hours"]);

    // nobody is named: the council as a whole
    let unnamed = led_to(&ask("Ten hours, not seven, since 1 December").await);
    browser.get(&format!("{home}/{unnamed}")).await.is(200).says(&["Payments team", "Urgent", "Open", "Ten hours"]);
    // by area, then to a team that is not by area, then to a worker
    allocate(&council, &contract, 7, None, "").await;
    let by_area = led_to(&ask("By area").await);
    browser.get(&format!("{home}/{by_area}")).await.is(200).says(&["Redditch area team"]);
    allocate(&council, &contract, 8, Some(adults), "").await;
    let not_by_area = led_to(&ask("Not by area").await);
    browser.get(&format!("{home}/{not_by_area}")).await.is(200).says(&["Young adults team"]);
    allocate(&council, &contract, 9, Some(adults), "Wendy Worker").await;
    let to_worker = led_to(&ask("To her worker").await);
    let page = browser.get(&format!("{home}/{to_worker}")).await;
    page.is(200).says(&["Wendy Worker"]).says_nothing_of(&["wendy@"]);

    // commissioning staff see money nowhere and answer here
    let commissioning = web.signed_in(council.member(&db, "Connie", &[CouncilRole::Commissioning]).await).await;
    let desk = "/councils/worcestershire/queries";
    commissioning.get("/").await.is(200).says(&["Answer 4 queries of providers"]);
    let all = commissioning.get(desk).await;
    all.is(200).says(&["Showing all 4 queries", "Good Care", "Wrong number of hours or days"]);
    commissioning.get(&format!("{desk}?to=wendy")).await.is(200).says(&["Showing 1 query", &to_worker.to_string()]);
    let at = format!("{desk}/{to_worker}");
    commissioning.post(&at, &format!("{at}/reply"), &[("message", "")]).await.is(200).says(&["Enter a message"]);
    let answered = commissioning.post(&at, &format!("{at}/reply"), &[("message", "It is ten from Monday on.")]).await;
    answered.leads_to(&format!("{at}?done=answered"));
    // the answer waits on the home page until it is read
    let place = format!("{home}/{to_worker}");
    browser.get("/").await.is(200).says(&["Read the answer to a query", &place]);
    let page = browser.get(&format!("{home}/{to_worker}")).await;
    page.is(200).says(&["Answered", "It is ten from Monday on.", "Connie, for the council"]);
    browser.get("/").await.is(200).says_nothing_of(&["Read the answer to a query"]);
    // the provider says more, which opens it again, and then closes it
    let more = browser.post(&place, &format!("{place}/reply"), &[("message", "And last week?")]).await;
    more.leads_to(&format!("{place}?done=replied"));
    browser.get(&format!("{home}?status=open")).await.is(200).says(&[&to_worker.to_string()]);
    browser.post(&place, &format!("{place}/close"), &[]).await.leads_to(&format!("{place}?done=closed"));
    browser.get(&format!("{home}?status=closed")).await.is(200).says(&["Showing 1 query", &to_worker.to_string()]);
    let read = council.is.scope.read(async |tx| audit::of(tx, to_worker).await).await.unwrap();
    let actions: Vec<&str> = read.iter().map(|record| record.action.as_str()).collect();
    let mut expected =
        [Action::AskQuery, Action::AnswerQuery, Action::ReadAnswer, Action::AnswerQuery, Action::CloseQuery]
            .map(Action::code)
            .to_vec();
    expected.sort_unstable();
    let mut sorted = actions.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);

    // another's query is as an absent one
    let rival = web.signed_in(other.person).await;
    let theirs = format!("/organisations/{}/councils/worcestershire/queries", other.organisation);
    let absent = rival.get(&format!("{theirs}/{}", QueryId::from_uuid(Uuid::from_u128(u128::MAX)))).await;
    assert_eq!(rival.get(&format!("{theirs}/{to_worker}")).await.is(404).settled(), absent.settled());
    rival.get(&format!("{theirs}/new?line={line}")).await.is(404);
    rival.get(&theirs).await.is(200).says(&["You have asked nothing yet"]);
    // an auditor reads and does not answer
    let auditor = web.signed_in(council.member(&db, "Audrey", &[CouncilRole::Auditor]).await).await;
    auditor.get(&at).await.is(200).says(&["Finance and commissioning staff can answer this"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn care_without_an_order_is_reported_under_a_contract_and_passed_on() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contract = council.contract(&db, &own).await;
    let [redditch, _] = teams(&db, &council).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let home = format!("/organisations/{}/councils/worcestershire/queries", own.organisation);
    let form = format!("{home}/new?about=no_order");
    let id = contract.contract.to_string();
    let fields = [("about", "no_order"), ("urgency", "soon"), ("contract", id.as_str()), ("message", "Since Monday")];
    let wrong = browser.post(&form, &format!("{home}/new"), &fields).await;
    wrong.is(200).says(&["Enter how you and the council know the person", "Since Monday"]);
    let all: Vec<(&str, &str)> = fields.into_iter().chain([("person", "SS-9991")]).collect();
    let asked = led_to(&browser.post(&form, &format!("{home}/new"), &all).await);
    browser.get(&format!("{home}/{asked}")).await.is(200).says(&["Care without an order", "SS-9991", "Payments team"]);

    let officer = web.signed_in(council.is.officer).await;
    let at = format!("/councils/worcestershire/queries/{asked}");
    let neither = officer.post(&at, &format!("{at}/pass-on"), &[("team", ""), ("worker", "")]).await;
    neither.is(200).says(&["Choose a team, or enter the name of a worker"]);
    let passed = officer.post(&at, &format!("{at}/pass-on"), &[("team", &redditch.to_string())]).await;
    passed.leads_to(&format!("{at}?done=passed"));
    browser.get(&format!("{home}/{asked}")).await.is(200).says(&["Redditch area team"]);
    let closing = officer.post(&at, &format!("{at}/reply"), &[("message", "Ordered now"), ("closes", "yes")]).await;
    closing.leads_to(&format!("{at}?done=answered"));
    browser.get(&format!("{home}/{asked}")).await.is(200).says(&["Closed", "Ordered now"]);

    // each side is told once that there is something to read, and not what
    let setting = |event| NotificationSetting {
        event,
        enabled: true,
        sender: "payments@worcestershire.example".to_owned(),
        reply_to: "help@worcestershire.example".to_owned(),
        lead_minutes: 0,
        subject: "{about}: {contract}".to_owned(),
        body: "{provider} and {to}, {urgency}: {query}".to_owned(),
    };
    let now = instant(2024, 12, 1, 9);
    let set = council.is.scope.transaction(now, async |tx| {
        let mut audited = tx.audited(Record::on(Action::SetUp, "notification")).await?;
        notification::set(&mut audited, setting(NoticeEvent::QueryAsked)).await?;
        notification::set(&mut audited, setting(NoticeEvent::QueryAnswered)).await
    });
    set.await.unwrap();
    for (message, written) in [(1, 1), (2, 1), (1, 0)] {
        assert_eq!(tell_of_query(&council.is.scope, now, asked, message).await.unwrap(), written, "message {message}");
    }
    let notices = council.is.scope.read(async |tx| notice::all(tx).await).await.unwrap();
    let mut told: Vec<&str> = notices.iter().map(|notice| notice.recipient.as_str()).collect();
    told.sort_unstable();
    assert!(told[0].starts_with("payee") && told[1] == "redditch@worcestershire.example", "{told:?}");
    assert!(notices.iter().all(|notice| !notice.body.contains("Since Monday") && !notice.body.contains("SS-9991")));
    assert!(notices.iter().all(|notice| notice.subject.starts_with("Care without an order: C")));
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_name_the_teams_that_queries_go_to() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let web = Web::new(&db);
    let administrator = web.signed_in(council.is.administrator).await;
    let teams = "/councils/worcestershire/settings/teams";
    administrator.get(teams).await.is(200).says(&["No team is named yet"]);
    let wrong = administrator.post(teams, teams, &[("name", ""), ("area", "Redditch"), ("email", "nobody")]).await;
    wrong.is(200).says(&["Enter the name of the team", "Enter an email address in the correct format", "Redditch"]);
    let fields = [("name", "Redditch area team"), ("area", "Redditch"), ("email", "redditch@worcestershire.example")];
    administrator.post(teams, teams, &fields).await.leads_to(&format!("{teams}?done=named"));
    let twice = administrator.post(teams, teams, &fields).await;
    twice.is(200).says(&["There is a team of that name already"]);
    let page = administrator.get(teams).await;
    page.is(200).says(&["Redditch area team", "redditch@worcestershire.example"]);
    let id = page.text().split_once("tea_").unwrap().1[..32].to_owned();
    let one = format!("{teams}/tea_{id}");
    administrator.get(&one).await.is(200).says(&["value=\"Redditch area team\""]);
    let renamed = [("name", "Redditch team"), ("area", "Redditch"), ("email", "")];
    administrator.post(&one, &one, &renamed).await.leads_to(&format!("{teams}?done=named"));
    administrator.get(teams).await.is(200).says(&["Redditch team", "No address"]);
    administrator.get(&format!("{teams}/tea_ffffffffffffffffffffffffffffffff")).await.is(404);
}
