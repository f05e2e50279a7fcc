//! The staff: inviting, changing, removing, and what stays forbidden.

use counterfoil_core::event::Action;
use counterfoil_tenants::audit::{Filter, page};
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::scope::Tx;
use counterfoil_web::events::Event;

use crate::pages::Site;
use crate::{fenmere, member};

const STAFF: &str = "/councils/fenmere/staff";

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_invites_somebody_who_then_signs_in() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let mut browser = site.sign_in(council.administrator).await;
    browser.open(&format!("{STAFF}/invite")).await;
    browser.has(&["Approves payment runs that somebody else prepared"]);

    // nothing typed: everything that is missing, at once
    browser.post_form(&format!("{STAFF}/invite"), &[]).await;
    browser.has(&["There is a problem", "Enter their full name", "name@example.com", "Select at least one role"]);
    let typed = [("name", "Ned \"Nine\" Price"), ("email", "ned"), ("role", "officer"), ("role", "auditor")];
    browser.post_form(&format!("{STAFF}/invite"), &typed).await;
    browser.has(&["Enter an email address in the correct format", "Ned &quot;Nine&quot; Price"]);
    assert_eq!(browser.text().matches(" checked").count(), 2, "what was ticked stays so");

    let typed = [("name", "Ned Price"), ("email", "ned@fenmere.example"), ("role", "officer"), ("role", "auditor")];
    browser.post_form(&format!("{STAFF}/invite"), &typed).await;
    assert_eq!(browser.location(), format!("{STAFF}?done=invited"));
    browser.follow().await;
    browser.has(&["The invitation is on its way", "Ned Price", "Finance officer, Auditor", "Invited"]);
    browser.open(&format!("{STAFF}/invite")).await;
    browser.post_form(&format!("{STAFF}/invite"), &typed).await;
    browser.has(&["Somebody with that email address is on the staff already"]);

    let ned = site.db.identity().person_with_email("ned@fenmere.example").await.unwrap().unwrap();
    let mut his = site.sign_in(ned).await;
    his.get("/councils/fenmere").await;
    his.has(&["Finance officer", "Auditor"]);
    browser.open(&format!("{STAFF}/{ned}")).await;
    browser.has_none(&["Send the invitation again"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_are_found_by_name_and_role() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    member(&site, &council, "Bea", CouncilRole::Auditor).await;
    let mut browser = site.sign_in(council.administrator).await;
    browser.get(&format!("{STAFF}?role=auditor")).await;
    browser.has(&["Showing 1 person", "Bea"]);
    browser.has_none(&["An officer"]);
    browser.get(&format!("{STAFF}?name=officer&sort=-seen")).await;
    browser.has(&["An officer", "aria-sort=\"descending\""]);
    browser.get(&format!("{STAFF}?name=nobody+of+that+name")).await;
    browser.has(&["No people match these filters"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays_and_nobody_takes_their_own_role() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let own = format!("{STAFF}/{}", council.administrator);
    let mut browser = site.sign_in(council.administrator).await;
    browser.open(&own).await;
    browser.has(&["You cannot remove yourself"]);
    browser.post_form(&format!("{own}/roles"), &[("role", "auditor")]).await;
    browser.has(&["There is a problem", "You cannot take the administrator role from yourself"]);
    browser.post_form(&format!("{own}/roles"), &[]).await;
    browser.has(&["Select at least one role"]);
    browser.open(&format!("{own}/remove")).await;
    browser.post_form(&format!("{own}/remove"), &[]).await;
    browser.has(&["There is a problem", "href=\"#remove\"", "You cannot remove yourself"]);

    // another role beside it is one's own to take
    browser.open(&own).await;
    browser.post_form(&format!("{own}/roles"), &[("role", "administrator"), ("role", "officer")]).await;
    browser.follow().await;
    browser.has(&["Their roles are changed", "Finance officer, Administrator"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_removed_is_out_with_the_next_request_and_open_pages_are_told() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let mut officer = site.sign_in(council.officer).await;
    officer.get("/councils/fenmere").await;
    assert_eq!(officer.status(), 200);
    let mut told = site.events.subscribe();

    let mut browser = site.sign_in(council.administrator).await;
    let page = format!("{STAFF}/{}", council.officer);
    browser.open(&format!("{page}/remove")).await;
    browser.has(&["Remove An officer from the staff?"]);
    browser.post_form(&format!("{page}/remove"), &[]).await;
    browser.follow().await;
    browser.has(&["They no longer belong to the staff"]);
    browser.has_none(&["officer@fenmere.example"]);

    officer.get("/councils/fenmere").await;
    assert_eq!(officer.status(), 404);
    let changed =
        Event::AccessChanged { person: Some(council.officer), tenant: Some(council.tenant), organisation: None };
    assert_eq!(told.next().await, Some(changed));
    browser.get(&page).await;
    assert_eq!(browser.status(), 404);

    let filter = Filter { action: Some(Action::RemoveMember.code().to_owned()), limit: 5, ..Filter::default() };
    let seen = council.scope.read(async |tx: &mut Tx<'_>| page_of(tx, &filter).await).await.unwrap();
    assert_eq!((seen.total, seen.rows[0].by.as_str()), (1, "An administrator"));
    assert!(seen.rows[0].record.request_id.is_some());
}

async fn page_of(tx: &mut Tx<'_>, filter: &Filter) -> counterfoil_tenants::Result<counterfoil_tenants::audit::Page> {
    page(tx, filter).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_goes_out_again_until_a_password_is_chosen() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let bea = member(&site, &council, "Bea", CouncilRole::Auditor).await;
    let page = format!("{STAFF}/{bea}");
    let mut browser = site.sign_in(council.administrator).await;
    browser.open(&page).await;
    browser.post_form(&format!("{page}/invite-again"), &[]).await;
    browser.follow().await;
    browser.has(&["The invitation is on its way again"]);
    site.sign_in(bea).await;
    // the page that was open all the while
    browser.post_form(&format!("{page}/invite-again"), &[]).await;
    browser.has(&["There is a problem", "They have chosen a password already"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_sees_everything_and_changes_nothing() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let auditor = member(&site, &council, "Bea", CouncilRole::Auditor).await;
    let mut browser = site.sign_in(auditor).await;
    let officer = format!("{STAFF}/{}", council.officer);
    for page in [STAFF, &officer] {
        browser.get(page).await;
        browser.has(&["An officer"]);
        browser.has_none(&["/invite\"", "/roles\"", "/remove\""]);
    }
    for page in ["staff/invite", "providers/invite", "providers/import"] {
        browser.get(&format!("/councils/fenmere/{page}")).await;
        assert_eq!(browser.status(), 403, "{page}");
    }
    for changes in ["staff/invite", "settings/sign-in", "settings/password-rule"] {
        browser.post(&format!("/councils/fenmere/{changes}"), "", &[("role", "administrator")]).await;
        assert_eq!(browser.status(), 403, "{changes}");
        browser.has(&["Only council administrators can do this"]);
    }
    for page in ["providers", "providers/invitations", "settings", "settings/brand", "settings/sign-in", "audit"] {
        browser.get(&format!("/councils/fenmere/{page}")).await;
        assert_eq!(browser.status(), 200, "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_good_for_its_own_council_only() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let other = counterfoil_testkit::TestCouncil::new(&site.db, "Bradford").await;
    let (identity, at) = (site.db.identity(), counterfoil_testkit::instant(2024, 6, 3, 9));
    identity.join_council(council.administrator, other.tenant, CouncilRole::Administrator, at).await.unwrap();
    let mut browser = site.sign_in(council.administrator).await;
    browser.open(&format!("{STAFF}/invite")).await;
    let token = browser.hidden("csrf");
    let typed = [("name", "Ned Price"), ("email", "ned@fenmere.example"), ("role", "officer")];
    browser.post("/councils/bradford/staff/invite", &token, &typed).await;
    assert_eq!(browser.status(), 403);
    browser.has(&["This page was out of date"]);
    assert_eq!(identity.person_with_email("ned@fenmere.example").await.unwrap(), None);
}
