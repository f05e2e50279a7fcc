//! The front page, and what everybody may see.

use counterfoil_tenants::identity::CouncilRole;
use counterfoil_testkit::TestCouncil;

use crate::pages::Site;
use crate::{fenmere, member};

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_what_they_may_do_and_commissioning_sees_no_money() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let mut officer = site.sign_in(council.officer).await;
    officer.get("/councils/fenmere").await;
    officer.has(&["Fenmere", "Finance officer", "Payment runs", "There are no payment runs yet"]);
    officer.has_none(&["/councils/fenmere/staff", "/councils/fenmere/audit"]);

    let mut administrator = site.sign_in(council.administrator).await;
    administrator.get("/councils/fenmere").await;
    administrator.has(&["Invite and manage staff", "/councils/fenmere/providers", "/councils/fenmere/settings"]);

    let commissioning = member(&site, &council, "Cora", CouncilRole::Commissioning).await;
    let mut commissioning = site.sign_in(commissioning).await;
    commissioning.get("/councils/fenmere").await;
    commissioning.has(&["Commissioning", "Sees contracts and service lines, and no money"]);
    commissioning.has_none(&["Payment runs", "£", "/councils/fenmere/runs"]);
    for closed in ["runs", "staff", "providers", "audit", "settings"] {
        commissioning.get(&format!("/councils/fenmere/{closed}")).await;
        assert_eq!(commissioning.status(), 403, "{closed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_councils_pages_answer_as_those_of_a_council_that_does_not_exist() {
    let site = Site::new().await;
    let (council, other) = (fenmere(&site).await, TestCouncil::new(&site.db, "Bradford").await);
    let mut stranger = site.sign_in(other.administrator).await;
    for page in
        ["", "/staff", "/staff/invite", "/providers", "/providers/import", "/audit", "/audit/export", "/settings"]
    {
        stranger.get(&format!("/councils/fenmere{page}")).await;
        let theirs = (stranger.status(), stranger.without_nonce());
        stranger.get(&format!("/councils/nowhere{page}")).await;
        assert_eq!((stranger.status(), stranger.without_nonce()), theirs, "{page}");
        assert_eq!(theirs.0, 404, "{page}");
    }
    // nor is there a person or an organisation of another's in one's own
    for object in [format!("staff/{}", council.officer), format!("staff/{}/remove", council.officer)] {
        stranger.get(&format!("/councils/bradford/{object}")).await;
        assert_eq!(stranger.status(), 404, "{object}");
    }
    let mut nobody = site.browser();
    nobody.get("/councils/fenmere/staff").await;
    assert_eq!(nobody.location(), "/sign-in?next=%2Fcouncils%2Ffenmere%2Fstaff");
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_there_for_everybody_and_for_no_council_that_does_not_exist() {
    let site = Site::new().await;
    fenmere(&site).await;
    let mut nobody = site.browser();
    for page in ["help", "contact", "accessibility"] {
        nobody.get(&format!("/{page}")).await;
        assert_eq!(nobody.status(), 200, "{page}");
        nobody.has_none(&["Fenmere"]);
        nobody.get(&format!("/councils/fenmere/{page}")).await;
        assert_eq!(nobody.status(), 200, "{page}");
        nobody.has(&["Fenmere"]);
        nobody.get(&format!("/councils/nowhere/{page}")).await;
        assert_eq!(nobody.status(), 404, "{page}");
    }
    nobody.get("/councils/fenmere/logo/1").await;
    assert_eq!(nobody.status(), 404, "it has none");
}
