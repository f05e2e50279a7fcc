//! A council explains in Welsh too, and whoever has chosen Welsh reads it: on a claim's page, in the week, in the API, and
//! in remittances. What has no Welsh is English, and nobody else is told anything else.

use std::sync::Arc;

use counterfoil_core::event::Action;
use counterfoil_core::language::Language;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::Asked;
use counterfoil_tenants::remittance::{self, Remittance};
use counterfoil_tenants::scope::Origin;
use counterfoil_testkit::{TestDatabase, TestProvider, instant};

use crate::actuals::{World, fields, typed};
use crate::browser::{Browser, Web};
use crate::runs::{advice, finalised};
use crate::world::Council;

const SETTINGS: &str = "/councils/worcestershire/settings/languages";

/// Welsh for the reasons that this council has of its own.
const OWN: [(&str, &str); 3] = [
    ("code-hospital", "yn yr ysbyty"),
    ("code-no-carer", "nid oedd gofalwr ar gael"),
    ("code-emergency", "roedd angen mwy o ofal"),
];

async fn chooses(browser: &Browser, language: &str) {
    browser.post("/account", "/account/language", &[("language", language)]).await.leads_to("/account?done=language");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_offers_welsh_once_its_own_words_have_some() {
    let world = World::new().await;
    let administrator = world.web.signed_in(world.council.is.administrator).await;
    let page = administrator.get(SETTINGS).await;
    page.is(200).says(&["In hospital", "No carer was available", "lang=\"cy\"", "value=\"yn yr ysbyty\""]);
    page.says_nothing_of(&["Ni thelir"]);

    let unsaid = administrator.post(SETTINGS, SETTINGS, &[("usual", "en")]).await;
    unsaid.is(200).says(&["There is a problem", "Select whether you explain in Welsh too"]);
    let halfway = [("welsh", "yes"), ("usual", "cy"), OWN[0], OWN[1]];
    let missing = administrator.post(SETTINGS, SETTINGS, &halfway).await;
    missing.is(200).says(&["Enter Welsh for ‘More care was needed’", "value=\"nid oedd gofalwr ar gael\""]);
    assert!(missing.text().contains("value=\"cy\" checked"), "what was chosen stays chosen");
    let braces = [("welsh", "yes"), ("usual", "en"), OWN[0], OWN[1], ("code-emergency", "angen {0}")];
    let places = administrator.post(SETTINGS, SETTINGS, &braces).await;
    places.is(200).says(&["must have no places in braces"]);
    let alone = administrator.post(SETTINGS, SETTINGS, &[("welsh", "no"), ("usual", "cy")]).await;
    alone.is(200).says(&["Welsh can be usual only where you explain in Welsh"]);
    administrator.get("/councils/worcestershire/settings").await.is(200).says(&["Languages", ">English</dd>"]);

    let all = [("welsh", "yes"), ("usual", "cy"), OWN[0], OWN[1], OWN[2]];
    administrator.post(SETTINGS, SETTINGS, &all).await.leads_to(&format!("{SETTINGS}?done=changed"));
    administrator.get("/councils/worcestershire/settings").await.says(&["English and Welsh; usually Welsh"]);
    let officer = world.web.signed_in(world.council.is.officer).await;
    officer.get(SETTINGS).await.is(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_chosen_welsh_reads_reasons_and_arithmetic_in_welsh_and_nobody_else_does() {
    let world = World::new().await;
    let contract = world.hours().await;
    let (_, here) = world.claim(&contract, 0).await;
    let provider = world.browser().await;
    let actuals = format!("{here}/actuals");
    let opened = fields(&provider.get(&actuals).await);
    let away = [
        ("line-1-actual", Some("5")),
        ("line-1-frustrated", Some("2")),
        ("line-1-reason", Some("hospital")),
        ("line-1-comment", Some("Two hours were missed")),
        ("do", Some("save")),
    ];
    provider.post(&actuals, &actuals, &typed(&opened, &away)).await.leads_to(&format!("{here}?done=stated"));
    let english = ["Delivered as planned.", "5 hours x £18.85 = £94.25", "In hospital. Not paid for this reason."];
    let welsh = [
        "<span lang=\"cy\">Darparwyd yn ôl y cynllun.</span>",
        "<span lang=\"cy\">5 awr x £18.85 = £94.25</span>",
        "dderbyn y gofal: yn yr ysbyty. Ni thelir am y rheswm hwn.</span>",
    ];
    // chosen where the council offers none: everything stays as it was
    provider.get("/account").await.is(200).says(&["Iaith esboniadau", "The rest of the service is in English"]);
    chooses(&provider, "cy").await;
    provider.get("/account?done=language").await.is(200).says(&["The language of your explanations is chosen"]);
    provider.get(&here).await.is(200).says(&english).says_nothing_of(&["lang=\"cy\""]);

    let administrator = world.web.signed_in(world.council.is.administrator).await;
    let all = [("welsh", "yes"), ("usual", "en"), OWN[0], OWN[1], OWN[2]];
    administrator.post(SETTINGS, SETTINGS, &all).await.leads_to(&format!("{SETTINGS}?done=changed"));
    let page = provider.get(&here).await;
    page.is(200).says(&welsh).says_nothing_of(&english);
    // the service itself is English
    page.says(&["How line 1 was worked out", "<html lang=\"en-GB\""]);
    let json = provider.get(&format!("/api/v1{here}")).await.is(200).json();
    let charge = &json["lines"][0]["charges"][0];
    assert_eq!((&charge["language"], &charge["arithmetic"]), (&"cy".into(), &"5 awr x £18.85 = £94.25".into()));
    assert_eq!(json["lines"][0]["charges"][1]["language"], "cy");
    let week = here.replace("/claims/", "/payments/");
    let week = week.rsplit_once('/').unwrap().0.to_owned();
    let week = provider.get(&format!("{week}/{}/2024-12-07", contract.contract)).await;
    week.is(200).says(&["<span lang=\"cy\">"]).says_nothing_of(&["Not paid for this reason"]);

    // an officer who has not chosen reads the council's usual language, and one who has chosen theirs
    let officer = world.web.signed_in(world.council.is.officer).await;
    let claim = format!("/councils/worcestershire/claims/{}", here.rsplit('/').next().unwrap());
    officer.get(&claim).await.is(200).says(&english).says_nothing_of(&["lang=\"cy\""]);
    let usual = [("welsh", "yes"), ("usual", "cy"), OWN[0], OWN[1], OWN[2]];
    administrator.post(SETTINGS, SETTINGS, &usual).await.leads_to(&format!("{SETTINGS}?done=changed"));
    officer.get(&claim).await.is(200).says(&welsh);
    chooses(&officer, "en").await;
    officer.get(&claim).await.is(200).says(&english).says_nothing_of(&["lang=\"cy\""]);
    officer.post("/account", "/account/language", &[("language", "kw")]).await.is(200).says(&["There is a problem"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_without_welsh_words_is_english_and_marked_as_nothing_else() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contract = council.contract(&db, &own).await;
    let claim = council.priced(&db, &contract, (0, 2_000)).await;
    let web = Web::new(&db);
    let administrator = web.signed_in(council.is.administrator).await;
    let fields = [("welsh", "yes"), ("usual", "cy")];
    administrator.post(SETTINGS, SETTINGS, &fields).await.leads_to(&format!("{SETTINGS}?done=changed"));
    let page = web.signed_in(own.person).await.get(&format!("{}/{}", council.claims_of(&own), claim.id)).await;
    page.is(200).says(&["<span lang=\"cy\">Darparwyd yn ôl y cynllun.</span>", ">Above plan (7)</td>"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remittance_is_read_in_welsh_and_its_documents_stay_as_they_were_sent() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contracted = council.contract(&db, &own).await;
    let run = finalised(&db, &council, &contracted, council.is.officer).await;
    let at = instant(2024, 12, 19, 9);
    council
        .is
        .scope
        .transaction(at, async |tx| {
            let mut audited = tx.audited(Record::of(Action::WriteRemittances, run)).await?;
            let sent = Remittance {
                run_id: run,
                payee_id: contracted.payee,
                organisation_id: contracted.organisation,
                number: "R-000017".to_owned(),
                csv: b"as it was sent".to_vec(),
                html: b"as it was sent".to_vec(),
                digest: "d".repeat(64),
                made_at: at,
                advice: Some(advice()),
            };
            remittance::add(&mut audited, vec![sent]).await
        })
        .await
        .unwrap();
    let printer = Arc::new(counterfoil_documents::RemittancePdf::new().unwrap());
    let web = Web::with(&db, 0, |app| app.with_printer(printer));
    let provider = web.signed_in(own.person).await;
    let here = format!("/organisations/{}/councils/worcestershire/remittances/R-000017", own.organisation);
    let english = "7 hours x £18.85 = £131.95. Delivered";
    let welsh = "<span lang=\"cy\">7 Rhagfyr 2024 i 13 Rhagfyr 2024: 7 awr x £18.85 = £131.95. Darparwyd.</span>";
    let asked = Asked { by: Some(own.person), at, origin: Origin::default() };
    db.identity().choose_language(&asked, own.person, Some(Language::Welsh)).await.unwrap();
    provider.get(&here).await.is(200).says(&[english]);
    assert_eq!(provider.get(&format!("{here}/csv")).await.is(200).text(), "as it was sent");

    let administrator = web.signed_in(council.is.administrator).await;
    let fields = [("welsh", "yes"), ("usual", "en")];
    administrator.post(SETTINGS, SETTINGS, &fields).await.leads_to(&format!("{SETTINGS}?done=changed"));
    provider.get(&here).await.is(200).says(&[welsh]).says_nothing_of(&[english]);
    let csv = provider.get(&format!("{here}/csv")).await;
    csv.is(200).says(&["Yn daladwy: 7 awr x £18.85 = £131.95 (Darparwyd.)", "How it was worked out"]);
    assert!(provider.get(&format!("{here}/xlsx")).await.is(200).bytes.starts_with(b"PK"));
    assert_eq!(provider.get(&format!("{here}/html")).await.is(200).text(), "as it was sent");
    let pdf = provider.get(&format!("{here}/pdf")).await;
    assert!(!pdf.is(200).bytes.windows(10).any(|bytes| bytes == b"/Lang (cy)"), "the PDF is as it was sent");
    chooses(&provider, "usual").await;
    provider.get(&here).await.is(200).says(&[english]);
    assert_eq!(provider.get(&format!("{here}/csv")).await.is(200).text(), "as it was sent");
}
