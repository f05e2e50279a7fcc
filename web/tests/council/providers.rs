//! Providers: inviting one or many, what becomes of invitations, who has access, and ending a link.

use counterfoil_tenants::identity::linking::AcceptAs;
use counterfoil_tenants::identity::{Asked, OrganisationRole};
use counterfoil_testkit::{TestCouncil, TestProvider, instant};

use crate::fenmere;
use crate::pages::Site;

const PROVIDERS: &str = "/councils/fenmere/providers";

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_invited_and_the_invitation_sent_again_and_withdrawn() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let mut browser = site.sign_in(council.administrator).await;
    browser.open(PROVIDERS).await;
    browser.has(&["Your council is linked with no provider yet", "No invitation waits for an answer"]);
    let invite = format!("{PROVIDERS}/invite");
    browser.open(&invite).await;
    browser.post_form(&invite, &[("name", "Good Care")]).await;
    browser.has(&["Enter an email address", "Enter the name of the person to invite", "value=\"Good Care\""]);
    let typed = [("name", "Good Care"), ("reference", "S-1"), ("email", "ada@good.example"), ("contact", "Ada")];
    browser.post_form(&invite, &typed).await;
    browser.follow().await;
    browser.has(&["The invitation is on its way", "1 invitation not answered yet", "ada@good.example"]);
    browser.open(&invite).await;
    browser.post_form(&invite, &typed).await;
    browser.has(&["You have invited this organisation already"]);

    browser.open(&format!("{PROVIDERS}/invitations?state=open")).await;
    browser.has(&["Showing 1 invitation", "S-1", "by An administrator"]);
    let text = browser.text();
    let id = text.split("/invitations/inv_").nth(1).unwrap()[..32].to_owned();
    let invitation = format!("{PROVIDERS}/invitations/inv_{id}");
    browser.post_form(&format!("{invitation}/again"), &[]).await;
    browser.follow().await;
    browser.has(&["on its way again"]);
    browser.post_form(&format!("{invitation}/withdraw"), &[]).await;
    browser.follow().await;
    browser.has(&["The invitation is withdrawn", "No invitations match these filters"]);
    browser.open(&format!("{PROVIDERS}/invitations?state=withdrawn")).await;
    browser.has(&["Good Care", "Withdrawn on"]);
}

const TABLE: &str = "name;reference;e-mail;contact\r\n\
    Good Care;S-1;ada@good.example;Ada\r\n\
    Zest Homes;S-2;zoe@zest.example;Zo\u{e9}\r\n\
    =cmd|calc;S-3;not an address;\r\n\
    Good Care;S-4;ada@good.example;Ada\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_looked_at_first_then_sent_and_the_same_again_changes_nothing() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let mut browser = site.sign_in(council.administrator).await;
    let import = format!("{PROVIDERS}/import");
    browser.open(&import).await;
    browser.post_file(&import, &[], ("file", Some(""), b"")).await;
    browser.has(&["There is a problem", "Select a file"]);
    browser.post_file(&import, &[], ("file", Some("list.csv"), b"who\nAda\n")).await;
    browser.has(&["The first line of the file must have the headings"]);
    browser.post_file(&import, &[], ("file", Some("list.csv"), &vec![b'a'; (1 << 20) + 1])).await;
    assert_eq!(browser.status(), 413);

    browser.open(&import).await;
    browser.post_file(&import, &[], ("file", Some("list.csv"), TABLE.as_bytes())).await;
    browser.has(&["Invite 2 organisations", "2 rows with something wrong", "Zo\u{e9}"]);
    browser.has(&["It is no email address", "Enter the name of the person to invite", "It is the same as on line 2"]);
    let carried = browser.hidden("file");
    let preview = browser.clone();

    browser.post_file(&format!("{import}/rejects"), &[], ("file", None, carried.as_bytes())).await;
    assert!(browser.header("content-disposition").contains("to-mend.csv"));
    let mend = browser.text();
    assert!(mend.starts_with("\u{feff}name,reference,e-mail,contact,line,"), "{mend}");
    assert!(mend.contains("\n'=cmd|calc,S-3,not an address,,4,"), "no spreadsheet computes it: {mend}");

    browser = preview.clone();
    browser.post_file(&format!("{import}/confirm"), &[], ("file", None, carried.as_bytes())).await;
    browser.follow().await;
    browser.has(&["2 invitations are on their way", "Zest Homes"]);
    browser = preview;
    browser.post_file(&format!("{import}/confirm"), &[], ("file", None, carried.as_bytes())).await;
    browser.follow().await;
    browser.has(&["0 invitations are on their way"]);
    let made = site.db.identity().organisation_invitations(council.tenant).await.unwrap();
    assert_eq!(made.len(), 2);

    // mended, it is taken
    browser.open(&import).await;
    let mended = mend.replace("'=cmd|calc", "Calc Care").replace("not an address,", "cal@calc.example,Cal");
    browser.post_file(&import, &[], ("file", Some("to-mend.csv"), mended.as_bytes())).await;
    browser.has(&["Invite 1 organisation", "1 organisation: nothing is sent again"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_sees_who_of_its_providers_has_access_and_nobody_elses() {
    let site = Site::new().await;
    let (council, other) = (fenmere(&site).await, TestCouncil::new(&site.db, "Bradford").await);
    let (own, foreign) =
        (TestProvider::new(&site.db, "Good Care").await, TestProvider::new(&site.db, "Far Care").await);
    let (identity, at) = (site.db.identity(), instant(2024, 6, 3, 9));
    identity.link_organisation(council.tenant, own.organisation, at).await.unwrap();
    identity.link_organisation(other.tenant, foreign.organisation, at).await.unwrap();
    let mut browser = site.sign_in(council.administrator).await;
    browser.open(PROVIDERS).await;
    browser.has(&["Good Care", "Showing 1 provider"]);
    browser.has_none(&["Far Care"]);
    browser.open(&browser.link(&format!("{PROVIDERS}/org_"))).await;
    browser.has(&["A member of staff", "staff@good-care.example", "All"]);
    for page in ["", "/unlink"] {
        browser.get(&format!("{PROVIDERS}/{}{page}", foreign.organisation)).await;
        assert_eq!(browser.status(), 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_where_there_was_never_a_contract() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let (with, without) =
        (TestProvider::new(&site.db, "Good Care").await, TestProvider::new(&site.db, "New Care").await);
    let schedule = council.weekly_schedule(&site.db, 1).await;
    council.contract_with(&site.db, &schedule, &with).await;
    let (identity, at) = (site.db.identity(), instant(2024, 6, 3, 9));
    for provider in [&with, &without] {
        identity.link_organisation(council.tenant, provider.organisation, at).await.unwrap();
    }
    let mut theirs = site.sign_in(without.person).await;
    theirs.get("/").await;
    theirs.has(&["Fenmere"]);

    let mut browser = site.sign_in(council.administrator).await;
    let page = format!("{PROVIDERS}/{}/unlink", with.organisation);
    browser.open(&page).await;
    browser.post_form(&page, &[]).await;
    browser.has(&["There is a problem", "You have or had contracts with this organisation"]);
    let page = format!("{PROVIDERS}/{}/unlink", without.organisation);
    browser.open(&page).await;
    browser.post_form(&page, &[]).await;
    browser.follow().await;
    browser.has(&["no longer linked with your council", "Good Care"]);
    browser.has_none(&["New Care"]);
    theirs.get("/").await;
    theirs.has_none(&["Fenmere"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_was_accepted_leads_to_the_organisation() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let provider = TestProvider::new(&site.db, "Good Care").await;
    let (identity, at) = (site.db.identity(), instant(2024, 6, 3, 9));
    let ada = counterfoil_core::ids::PersonId::from_uuid(site.db.id());
    identity.add_person(ada, "ada@good.example", "Ada", at).await.unwrap();
    identity.join_organisation(ada, provider.organisation, OrganisationRole::Administrator, at).await.unwrap();
    let mut browser = site.sign_in(council.administrator).await;
    browser.open(&format!("{PROVIDERS}/invite")).await;
    let typed = [("name", "Good Care Ltd"), ("email", "ada@good.example"), ("contact", "Ada")];
    browser.post_form(&format!("{PROVIDERS}/invite"), &typed).await;
    let open = identity.invitations_for(ada).await.unwrap();
    let asked = Asked { by: Some(ada), ..Asked::by_service(at) };
    let own = AcceptAs::Own(provider.organisation);
    identity.accept_invitation(&asked, council.tenant, open[0].id, own).await.unwrap();
    browser.open(&format!("{PROVIDERS}/invitations")).await;
    browser.has(&["Good Care Ltd", "Accepted on", &format!("{PROVIDERS}/{}", provider.organisation)]);
    browser.has_none(&["Send again"]);
}
