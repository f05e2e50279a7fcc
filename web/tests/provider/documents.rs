//! Documents of contracts: published, read, agreed or rejected, put in the place of one another, and withdrawn.

use chrono::{DateTime, Days, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::DocumentId;
use counterfoil_core::notice::{NoticeEvent, NotificationSetting};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::steps::tell_of_document::tell_of_document;
use counterfoil_tenants::{audit, contract_document, notice, notification};
use counterfoil_testkit::{Contracted, TestDatabase, TestProvider};
use uuid::Uuid;

use crate::browser::{Browser, Page, Web};
use crate::world::{Council, administrator};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n";

struct World {
    db: TestDatabase,
    council: Council,
    own: TestProvider,
    contract: Contracted,
    web: Web,
    /// Where the provider's documents are.
    home: String,
    /// A day to come, in three fields.
    agree_by: [(&'static str, String); 3],
}

impl World {
    async fn new() -> Self {
        let db = TestDatabase::new().await;
        let council = Council::new(&db, "Worcestershire", "worcestershire").await;
        let own = TestProvider::new(&db, "Good Care").await;
        let contract = council.contract(&db, &own).await;
        let web = Web::new(&db);
        let home = format!("/organisations/{}/councils/worcestershire/documents", own.organisation);
        let day = Utc::now().date_naive() + Days::new(10);
        let part = |format: &str| day.format(format).to_string();
        let agree_by = [("agree_by-day", part("%-d")), ("agree_by-month", part("%-m")), ("agree_by-year", part("%Y"))];
        Self { db, council, own, contract, web, home, agree_by }
    }

    fn fields<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        self.agree_by.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied()).collect()
    }

    /// Publishes an agreement for the line.
    async fn published(&self, officer: &Browser, file: Option<(&str, &[u8])>) -> DocumentId {
        let form = format!("{DESK}/new?line={}", self.contract.service_line);
        let fields = self.fields(&[("kind", "agreement"), ("title", "Agreement"), ("terms", "# Care\n\nSeven hours.")]);
        led_to(&officer.post_document(&form, &form, &fields, file).await)
    }

    /// The digest that the page of a document has, which an answer names.
    async fn digest(&self, id: DocumentId) -> String {
        let read = self.council.is.scope.read(async |tx| contract_document::find(tx, id).await).await;
        read.unwrap().versions[0].digest.clone()
    }
}

const DESK: &str = "/councils/worcestershire/documents";

/// The document that a redirect leads to.
fn led_to(page: &Page) -> DocumentId {
    assert_eq!(page.status, 303, "{}", page.text());
    let to = page.headers["location"].to_str().unwrap();
    to.rsplit_once('/').unwrap().1.split_once('?').unwrap().0.parse().unwrap()
}

fn later() -> DateTime<Utc> {
    Utc::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_published_read_and_agreed_and_the_receipt_says_exactly_what() {
    let world = World::new().await;
    let manager = administrator(&world.db, &world.own, "Mara Manager").await;
    let commissioning =
        world.web.signed_in(world.council.member(&world.db, "Connie", &[CouncilRole::Commissioning]).await).await;
    let (staff, manager) = (world.web.signed_in(world.own.person).await, world.web.signed_in(manager).await);

    // nothing typed is lost, and a file is a PDF by what is in it
    let form = format!("{DESK}/new?line={}", world.contract.service_line);
    commissioning.get(&form).await.is(200).says(&[
        "Publish a document",
        "service line CPLI",
        "Individual service agreement",
    ]);
    let fields = world.fields(&[("kind", "agreement"), ("title", ""), ("terms", "Seven hours.")]);
    let wrong = commissioning.post_document(&form, &form, &fields, Some(("terms.pdf", b"MZ\x90"))).await;
    wrong.is(200).says(&["Enter a title", "The selected file must be a PDF", "Seven hours."]);
    let past = [("agree_by-day", "1"), ("agree_by-month", "1"), ("agree_by-year", "2024"), ("kind", "agreement")];
    let late = commissioning.post_document(&form, &form, &past, None).await;
    late.is(200).says(&["must be today or later", "Enter the terms, or attach a PDF"]);
    let large = vec![b' '; 5 * 1024 * 1024 + 1];
    let too_large = commissioning.post_document(&form, &form, &fields, Some(("terms.pdf", &large))).await;
    too_large.is(200).says(&["The file must be smaller than 5MB", "Seven hours."]);
    let id = world.published(&commissioning, Some(("The terms.pdf", PDF))).await;
    commissioning
        .get(&format!("{DESK}/{id}?done=published"))
        .await
        .is(200)
        .says(&["The document is published", "Waiting"]);

    // it waits at home, on the line and on the contract, and in the table
    let here = format!("{}/{id}", world.home);
    manager.get("/").await.is(200).says(&["Agree or reject 1 document", "documents?state=waiting"]);
    let at = world.home.replace("/documents", "");
    for place in [
        format!("{at}/contracts/{}", world.contract.contract),
        format!("{at}/contracts/lines/{}", world.contract.service_line),
        format!("{}?state=waiting", world.home),
    ] {
        staff.get(&place).await.is(200).says(&[&format!("{here}\""), "Waiting"]);
    }
    let read = staff.get(&here).await;
    read.is(200).says(&["Seven hours.", ">Care</h3>", "administrators agree or reject", "The terms.pdf (PDF, 1KB)"]);
    let file = staff.get(&format!("{here}/file/1")).await;
    assert_eq!(file.is(200).bytes, PDF);
    assert_eq!(file.headers["content-type"], "application/pdf");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    staff.get(&format!("{here}/file/2")).await.is(404);

    // staff read it; administrators sign
    let digest = world.digest(id).await;
    let answer = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![("version", "1".to_owned()), ("digest", digest.clone())];
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        fields
    };
    let send = async |browser: &Browser, fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(&here, &here, &fields).await
    };
    let (token, _) = staff.form(&format!("{at}/queries/new")).await;
    staff.post_with(&token, &here, &[("answer", "agree")]).await.is(403).says(&["administrators can do this"]);
    let unsaid = send(&manager, answer(&[("name", "Mara"), ("role", "")])).await;
    unsaid.is(200).says(&["Select whether you agree", "Enter your role", "value=\"Mara\""]);
    let unticked = send(&manager, answer(&[("answer", "agree"), ("name", "Mara"), ("role", "Manager")])).await;
    unticked.is(200).says(&["Tick the statement", "value=\"Manager\""]);
    let whole = || {
        answer(&[("answer", "agree"), ("statement", "yes"), ("name", "Mara Manager"), ("role", "Registered manager")])
    };
    let mut other = whole();
    other[1].1 = "00".repeat(32);
    send(&manager, other).await.is(200).says(&["What you read is not what the council published"]);
    let (token, _) = manager.form(&here).await;
    let fields = whole();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for _ in 0..2 {
        // sent twice, it is agreed once
        manager.post_with(&token, &here, &fields).await.leads_to(&format!("{here}?done=agreed"));
    }
    let receipt = ["Version 1 was agreed by Mara Manager, Registered manager", &digest];
    manager.get(&here).await.is(200).says(&receipt).says_nothing_of(&["Send your answer"]);
    commissioning.get(&format!("{DESK}/{id}")).await.is(200).says(&receipt).says(&["Good Care"]);
    commissioning.get(&format!("{DESK}?state=agreed")).await.is(200).says(&["Showing 1 document", "Good Care"]);
    manager.get("/").await.is(200).says_nothing_of(&["Agree or reject"]);
    let refused =
        [("answer", "reject"), ("reason", "No"), ("name", "M"), ("role", "R"), ("version", "1"), ("digest", "")];
    manager.post_with(&token, &here, &refused).await.is(200).says(&["Mara Manager has agreed this version already"]);
    let records = world.council.is.scope.read(async |tx| audit::of(tx, id).await).await.unwrap();
    let mut actions: Vec<&str> = records.iter().map(|record| record.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(actions, [Action::AgreeDocument.code(), Action::PublishDocument.code()]);

    // another organisation finds nothing, and an auditor reads
    let other = TestProvider::new(&world.db, "Other Care").await;
    world.council.contract(&world.db, &other).await;
    let rival = world.web.signed_in(other.person).await;
    let theirs = format!("/organisations/{}/councils/worcestershire/documents", other.organisation);
    let absent = rival.get(&format!("{theirs}/{}", DocumentId::from_uuid(Uuid::max()))).await;
    assert_eq!(rival.get(&format!("{theirs}/{id}")).await.is(404).settled(), absent.settled());
    rival.get(&format!("{theirs}/{id}/file/1")).await.is(404);
    rival.get(&theirs).await.is(200).says(&["There is no document to agree yet"]);
    let auditor = world.web.signed_in(world.council.member(&world.db, "Audrey", &[CouncilRole::Auditor]).await).await;
    auditor.get(&format!("{DESK}/{id}")).await.is(200).says_nothing_of(&["Publish a new version"]);
    auditor.get(&form).await.is(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_version_is_refused_and_what_is_rejected_says_why() {
    let world = World::new().await;
    let manager = administrator(&world.db, &world.own, "Mara Manager").await;
    let (officer, manager) = (world.web.signed_in(world.council.is.officer).await, world.web.signed_in(manager).await);
    let id = world.published(&officer, Some(("terms.pdf", PDF))).await;
    let (desk, here) = (format!("{DESK}/{id}"), format!("{}/{id}", world.home));
    let first = world.digest(id).await;
    manager.get(&here).await.is(200);

    // a second version while somebody reads the first; the file stays
    let form = format!("{desk}/new-version");
    officer.get(&form).await.is(200).says(&["Keep terms.pdf", "Seven hours.", "name=\"seen\" value=\"1\""]);
    let again = world.fields(&[("seen", "1"), ("keep", "yes"), ("title", "Agreement"), ("terms", "Nine hours.")]);
    officer.post_document(&form, &form, &again, None).await.leads_to(&format!("{desk}?done=published"));
    let twice = officer.post_document(&form, &form, &again, None).await;
    twice.is(200).says(&["Version 2 of this document was published meanwhile", "Nine hours."]);
    let person = [("statement", "yes"), ("name", "Mara"), ("role", "Manager")];
    let agreed: Vec<_> =
        [("answer", "agree"), ("version", "1"), ("digest", first.as_str())].into_iter().chain(person).collect();
    let stale = manager.post(&here, &here, &agreed).await;
    stale.is(200).says(&["Version 2 of this document was published after you opened the page", "Nine hours."]);
    manager.get(&format!("{here}?version=1")).await.is(200).says(&["Superseded", "Seven hours.", "A newer version"]);
    manager.get(&format!("{here}?version=3")).await.is(404);
    assert_eq!(manager.get(&format!("{here}/file/2")).await.is(200).bytes, PDF);

    let second = world.digest(id).await;
    assert_ne!(first, second);
    let silent = [("answer", "reject"), ("version", "2"), ("digest", &second), ("name", "Mara"), ("role", "Manager")];
    manager.post(&here, &here, &silent).await.is(200).says(&["Enter why you reject it"]);
    let said: Vec<_> = silent.into_iter().chain([("reason", "Nine is too many")]).collect();
    manager.post(&here, &here, &said).await.leads_to(&format!("{here}?done=rejected"));
    officer.get(&desk).await.is(200).says(&[
        "Version 2 was rejected by Mara, Manager",
        "Nine is too many",
        "Version 1",
    ]);
    officer.get(&format!("{DESK}?state=superseded")).await.is(200).says(&["Showing 1 document"]);
    officer.get(&format!("{DESK}?state=rejected&reference=agree")).await.is(200).says(&["Showing 1 document"]);
    officer.get(&format!("{DESK}?reference=nothing-has-this")).await.is(200).says(&["No documents match"]);

    // a third for the whole contract's sake is withdrawn before anybody answers
    let third = world.fields(&[("seen", "2"), ("title", "Agreement"), ("terms", "Eight hours.")]);
    officer.post_document(&form, &form, &third, None).await.leads_to(&format!("{desk}?done=published"));
    officer.post(&desk, &format!("{desk}/withdraw"), &[("seen", "2")]).await.is(200).says(&["published meanwhile"]);
    officer
        .post(&desk, &format!("{desk}/withdraw"), &[("seen", "3")])
        .await
        .leads_to(&format!("{desk}?done=withdrawn"));
    manager.get(&here).await.is(200).says(&["Withdrawn", "Eight hours."]).says_nothing_of(&["Send your answer"]);
    manager.get("/").await.is(200).says_nothing_of(&["Agree or reject"]);

    // each side is told once that there is something to see, and not what
    let setting = |event| NotificationSetting {
        event,
        enabled: true,
        sender: "payments@worcestershire.example".to_owned(),
        reply_to: "help@worcestershire.example".to_owned(),
        lead_minutes: 0,
        subject: "{kind}: {contract}".to_owned(),
        body: "{provider} has {answer} version {version} of {document} for {line} by {agree_by}".to_owned(),
    };
    let scope = &world.council.is.scope;
    let nobody = tell_of_document(scope, later(), id, 2, true).await.unwrap();
    assert_eq!(nobody, 0, "a council that has switched nothing on tells nobody");
    let set = scope.transaction(later(), async |tx| {
        let mut audited = tx.audited(Record::on(Action::SetUp, "notification")).await?;
        notification::set(&mut audited, setting(NoticeEvent::DocumentPublished)).await?;
        notification::set(&mut audited, setting(NoticeEvent::DocumentAnswered)).await
    });
    set.await.unwrap();
    for (version, answered, written) in [(1, false, 1), (2, true, 1), (2, true, 0)] {
        assert_eq!(tell_of_document(scope, later(), id, version, answered).await.unwrap(), written, "{version}");
    }
    let notices = scope.read(async |tx| notice::all(tx).await).await.unwrap();
    let told = |to: &str| notices.iter().find(|notice| notice.recipient.starts_with(to)).unwrap();
    assert!(told("payee").body.contains("version 1 of doc_"));
    let publisher = notices.iter().find(|notice| !notice.recipient.starts_with("payee")).unwrap();
    assert!(publisher.body.starts_with("Good Care has rejected version 2"), "{}", publisher.body);
    assert!(notices.iter().all(|notice| !notice.body.contains("hours") && !notice.body.contains("too many")));
}

#[tokio::test(flavor = "multi_thread")]
async fn commissioning_staff_read_every_providers_contracts_and_lines() {
    let world = World::new().await;
    let other = TestProvider::new(&world.db, "Other Care").await;
    let theirs = world.council.contract(&world.db, &other).await;
    let elsewhere = Council::new(&world.db, "Bradford", "bradford").await;
    let far = elsewhere.contract(&world.db, &world.own).await;
    let claim = world.council.priced(&world.db, &world.contract, (0, 0)).await;
    let commissioning =
        world.web.signed_in(world.council.member(&world.db, "Connie", &[CouncilRole::Commissioning]).await).await;
    let home = "/councils/worcestershire/contracts";
    let all = commissioning.get(home).await;
    all.is(200).says(&["Showing all 2 contracts", &world.contract.contract.to_string(), &theirs.contract.to_string()]);
    all.says_nothing_of(&["Report care without an order", &far.contract.to_string(), "A. Person"]);
    let one = commissioning.get(&format!("{home}/{}", world.contract.contract)).await;
    one.is(200).says(&["7 hours for each seven days", "Publish a document for this contract", "supplier number S"]);
    one.says_nothing_of(&["Ask the council", "Its payment calendar", "Its claims"]);
    let line = commissioning.get(&format!("{home}/lines/{}", world.contract.service_line)).await;
    line.is(200).says(&["£18.85 an hour", "What changed and when", "Publish a document for this line"]);
    line.says_nothing_of(&[&claim.id.to_string(), "Ask for an adjustment", "Ask the council"]);
    // whoever sees money sees the claims as well
    let officer = world.web.signed_in(world.council.is.officer).await;
    let line = officer.get(&format!("{home}/lines/{}", world.contract.service_line)).await;
    line.is(200).says(&[&format!("/councils/worcestershire/claims/{}", claim.id)]);
    for found in ["payee=payee", "service=home+care&state=current"] {
        commissioning.get(&format!("{home}?{found}")).await.is(200).says(&["2 contracts"]);
    }
    commissioning.get(&format!("{home}?payee=nobody")).await.is(200).says(&["No contracts match these filters"]);
    let reference = commissioning.get(&format!("{home}?reference=CPLI")).await;
    reference.is(200).says(&["Service lines that match", &format!("{home}/lines/{}", theirs.service_line)]);
    // another council's are as absent ones
    for place in [format!("{home}/{}", far.contract), format!("{home}/lines/{}", far.service_line)] {
        commissioning.get(&place).await.is(404);
    }
}
