//! Where a paid line came from: computed again from what is stored, whichever version of the rule priced it, and shown by
//! `counterfoil rules explain`. What does not fit is said.

use std::path::Path;
use std::process::{Output, Stdio};

use chrono::TimeDelta;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{AssessmentId, ClaimLineId};
use counterfoil_core::language::{Language, Offered};
use counterfoil_core::money::Money;
use counterfoil_core::remittance::to_csv;
use counterfoil_services::SUPERUSER;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::charge::{self, Charges};
use counterfoil_tenants::explanation::{self, NewSetting};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::steps::activate_rule::activate_rule;
use counterfoil_tenants::steps::recompute_line::{LineNamed, recompute_line};
use counterfoil_tenants::{Error, assessment};
use tokio::process::Command;

use crate::rule_life::new_version;
use crate::support::{Town, World, pence, saturday, week};

async fn explain(world: &World, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .env("DATABASE_URL", world.db.url(SUPERUSER))
        .env("COUNTERFOIL_LOG", "warn")
        .env_remove("COUNTERFOIL_MASTER_KEY")
        .args(["rules", "explain"])
        .args(args)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_paid_line_is_computed_again_to_the_penny_by_the_rule_that_priced_it() {
    let world = World::new().await;
    let town = Town::new(&world, "Worcestershire").await;
    let (means, service) = (&world.means, &town.service);
    let care = town.home_care(7_000).await;
    let first = town.confirmed_as_planned(&care, saturday()).await;
    town.run(saturday()).await;
    // the next week is priced by a version that the council uploaded, and paid at a rate that rises afterwards
    let at = town.run_day(saturday()) + TimeDelta::hours(1);
    let digest = town.approved(new_version(), at).await;
    activate_rule(&town.administrator, means, at, town.uploader(), (&digest, week(1), "")).await.unwrap();
    let second = town.confirmed_as_planned(&care, week(1)).await;
    town.run(week(1)).await;
    town.new_rate(&[(202_000, week(1))], town.run_day(week(1)) + TimeDelta::hours(2)).await;
    let last = town.run(week(2)).await;

    let entries = [town.posted(first).await, town.posted(second).await].concat();
    assert_eq!(entries.len(), 3, "{entries:?}");
    assert_eq!(entries[2].run_id, last, "the rise is a further entry of the second week");
    for entry in &entries {
        let again = recompute_line(service, means, LineNamed::Entry(entry.id)).await.unwrap();
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].differences, Vec::<String>::new());
        assert_eq!(again[0].payable().unwrap(), entry.entitlement_pence);
        let rule = if entry.claim_id == first { &world.standard.0 } else { &digest };
        assert_eq!(&again[0].assessment.component_digest, rule, "each names its own rule");
    }
    let both = recompute_line(service, means, LineNamed::Line(entries[1].claim_line_id)).await.unwrap();
    assert_eq!(both.iter().map(|line| line.payable().unwrap()).collect::<Vec<_>>(), [pence(13_195), pence(14_140)]);

    // as a program that has seen none of this, and knows the uploaded rule from the database alone
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("claims.jsonl");
    let line = entries[1].claim_line_id.to_string();
    let shown = explain(&world, &[&line, "--save", saved.to_str().unwrap()]).await;
    let text = said(&shown.stdout);
    assert_eq!(shown.status.code(), Some(0), "{text}{}", said(&shown.stderr));
    for words in [
        "posted £131.95 by run_",
        "posted £9.45 by run_",
        "worth £141.40 then, of which £131.95 had been posted before",
        "7 hours x £20.20 = £141.40",
        "computed again: £141.40, to the penny what was paid",
        digest.as_str(),
    ] {
        assert!(text.contains(words), "\u{2018}{words}\u{2019} is missing from:\n{text}");
    }
    tried(&saved).await;

    // its council has to be right, and a line has to be named
    let elsewhere = explain(&world, &[&line, "--council", "bradford"]).await;
    assert_eq!(elsewhere.status.code(), Some(1));
    assert!(
        said(&elsewhere.stderr).contains("there is no council \u{2018}bradford\u{2019}"),
        "{}",
        said(&elsewhere.stderr)
    );
    let nothing = explain(&world, &["seven"]).await;
    assert_eq!(nothing.status.code(), Some(2));
    assert!(said(&nothing.stderr).contains("names no line: give what was paid (ent_...)"), "{}", said(&nothing.stderr));
}

/// What was saved is priced by one component beside another.
async fn tried(saved: &Path) {
    let council = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rule-plugins/councils").join(path);
    let trial = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .args(["rules", "trial"])
        .arg(council("norfolk/norfolk.wasm"))
        .arg("--beside")
        .arg(council("standard/standard.wasm"))
        .arg(saved)
        .output()
        .await
        .unwrap();
    let text = said(&trial.stdout);
    assert_eq!(trial.status.code(), Some(0), "{text}{}", said(&trial.stderr));
    // Norfolk's rule leaves what is not recorded by visits to a person
    assert!(text.contains("line 0 External Domiciliary Care - Tiered: £273.35 -> £0.00 (-£273.35)"), "{text}");
    assert!(text.contains("2 claims, 1 lines, of which 1 change: payable £273.35 -> £0.00"), "{text}");
}

/// A council whose documents are Welsh: what is sent explains in Welsh, and keeps the English beside it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_is_explained_in_welsh_too() {
    let town = Town::alone().await;
    let (words, day) = (&town.world.means.words, saturday());
    let offered = Offered { welsh: true, usual: Language::Welsh };
    let own = town.administrator.read(async |tx: &mut Tx<'_>| explanation::to_translate(tx, words, day).await).await;
    let mut setting = NewSetting { offered, ..NewSetting::default() };
    setting.welsh.codes = own.unwrap().into_iter().map(|own| (own.code, "rheswm y cyngor".to_owned())).collect();
    let at = town.run_day(saturday()) - TimeDelta::hours(2);
    explanation::set(&town.administrator, at, (words, day), &setting).await.unwrap();
    let care = town.home_care(7_000).await;
    let claim = town.confirmed_as_planned(&care, saturday()).await;
    let run = town.run(saturday()).await;

    let sent = town.remittances(run).await.remove(0);
    let (csv, html) = (said(&sent.csv), said(&sent.html));
    assert!(csv.contains("Yn daladwy: 7 awr x £18.85 = £131.95 (Darparwyd yn ôl y cynllun.)"), "{csv}");
    let welsh =
        "<li lang=\"cy\">14 Rhagfyr 2024 i 20 Rhagfyr 2024: 7 awr x £18.85 = £131.95. Darparwyd yn ôl y cynllun.";
    assert!(html.contains(welsh), "{html}");
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en-GB\">"), "the rest of it is English");
    let advice = sent.advice.unwrap();
    let english = to_csv(&advice.clone().read_in(Language::English)).unwrap();
    assert!(said(&english).contains("Payable: 7 hours x £18.85 = £131.95 (Delivered as planned.)"));

    let line = format!("{claim}/0");
    let shown = explain(&town.world, &[&line, "--language", "cy"]).await;
    let text = said(&shown.stdout);
    assert_eq!(shown.status.code(), Some(0), "{text}{}", said(&shown.stderr));
    assert!(text.contains("7 awr x £18.85 = £131.95  Darparwyd yn ôl y cynllun."), "{text}");
    let json = explain(&town.world, &[&line, "--json"]).await;
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let charge = &json[0]["charges"][0];
    assert_eq!((&charge["language"], &charge["words"]), (&"en".into(), &"Delivered as planned.".into()));
    let unheard = explain(&town.world, &[&line, "--language", "kw"]).await;
    assert!(said(&unheard.stderr).contains("give en for English or cy for Welsh"), "{}", said(&unheard.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_penny_that_does_not_come_out_again_is_said() {
    let town = Town::alone().await;
    let (means, service) = (&town.world.means, &town.service);
    let care = town.home_care(7_000).await;
    let claim = town.confirmed_as_planned(&care, saturday()).await;
    let (mut row, mut charges) = town.assessed(claim).await;
    // an assessment as nobody made it: a penny more, by a unit of fuel more
    row.id = AssessmentId::from_uuid(town.world.db.id());
    row.fuel += 1;
    charges[0].amount = Money::from_pence(charges[0].amount.pence() + 1);
    let (id, organisation_id) = (row.id, row.organisation_id);
    town.service
        .transaction(town.run_day(saturday()), async |tx| {
            let mut audited = tx.audited(Record::of(Action::SetUp, claim)).await?;
            assessment::add(&mut audited, vec![row.clone()]).await?;
            let charges = Charges { assessment_id: id, organisation_id, claim_id: claim, charges: charges.clone() };
            charge::add(&mut audited, vec![charges]).await.map(drop)
        })
        .await
        .unwrap();
    let again = recompute_line(service, means, LineNamed::OfAssessment(id, Some(0))).await.unwrap();
    let differences = again[0].differences.join("; ");
    assert!(
        differences.contains("charge 1 comes to £131.95 payable, where £131.96 payable is stored"),
        "{differences}"
    );
    assert!(differences.contains("units of fuel"), "{differences}");
    let named = format!("{id}/0");
    let shown = explain(&town.world, &[&named]).await;
    assert_eq!(shown.status.code(), Some(1));
    assert!(said(&shown.stdout).contains("NOT THE SAME: charge 1 comes to £131.95"), "{}", said(&shown.stdout));
    let json = explain(&town.world, &[&named, "--json"]).await;
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json[0]["same"], &json[0]["payable_pence"]), (&false.into(), &13_195.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_councils_line_is_nobodys() {
    let world = World::new().await;
    let (town, rival) = (Town::new(&world, "Worcestershire").await, Town::new(&world, "Bradford").await);
    let care = town.home_care(7_000).await;
    let claim = town.confirmed_as_planned(&care, saturday()).await;
    town.run(saturday()).await;
    let entry = town.posted(claim).await.remove(0);
    let absent = ClaimLineId::from_uuid(world.db.id());
    for named in [
        LineNamed::Line(entry.claim_line_id),
        LineNamed::Entry(entry.id),
        LineNamed::OfClaim(claim, None),
        LineNamed::OfAssessment(entry.assessment_id, None),
        LineNamed::Line(absent),
    ] {
        let answer = recompute_line(&rival.administrator, &world.means, named).await;
        assert!(matches!(answer, Err(Error::NotFound)), "{named:?}: {answer:?}");
    }
}
