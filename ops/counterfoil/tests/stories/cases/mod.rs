//! Every case of every pack, lived through: a council that has just what the case says, on a real database; a provider
//! that types, stores and confirms; a run that pays. What was shown, what is stored and what is paid are one sum, which
//! is the case's own. A new case is found by listing the folders, so that none is forgotten.

mod acts;
mod council;
mod facts;
mod statement;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use counterfoil_core::disposition::{self, Assessed, Assessment, ClaimToAssess, DisposedCharge, Disposition, assess};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::{FindingLevel, Pricer as _, RuleDigest, Verdict};
use counterfoil_core::tolerance::Use;
use counterfoil_rules::case::{Case, Expected, ExpectedCharge};
use counterfoil_rules::packs;
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::steps::recompute_line::{LineNamed, recompute_line};
use futures_util::{StreamExt as _, stream};

use crate::support::World;
use council::CaseCouncil;

/// Cases whose facts no claim of the service can hold, each with the reason. One that can be held after all fails the
/// test, and so does one that is gone.
const CANNOT_BE_HELD: &[(&str, &str)] = &[(
    "standard/short-visit-with-condition",
    "no screen, file or statement asks for the statutory condition of a short visit, so that a visit has no attributes",
)];

/// How many cases are lived through side by side.
const SIDE_BY_SIDE: usize = 4;

/// A case of a pack, with the pack's component.
struct Told {
    /// `standard/tiers`.
    name: String,
    pack: &'static str,
    rule: RuleDigest,
    version: String,
    case: Case,
}

impl Told {
    fn expected(&self) -> &Expected {
        self.case.expect.as_ref().unwrap_or_else(|| panic!("{} expects nothing", self.name))
    }
}

fn told(world: &World) -> Vec<Told> {
    let councils = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rule-plugins/councils");
    let listed: BTreeSet<String> =
        fs::read_dir(&councils).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(listed, packs::ALL.iter().map(|pack| pack.name.to_owned()).collect(), "a pack that nobody loads");
    let mut all = Vec::new();
    for pack in packs::ALL {
        let rule = world.engine.load(pack.component).unwrap();
        let version = world.engine.describe(&rule).unwrap().version;
        let folder = councils.join(pack.name).join("cases");
        let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let name = format!("{}/{}", pack.name, file.file_stem().unwrap().to_string_lossy());
            let case = Case::from_json(&fs::read_to_string(&file).unwrap()).unwrap();
            let (rule, version) = (rule.clone(), version.clone());
            all.push(Told { name, pack: pack.name, rule, version, case });
        }
    }
    all
}

/// What the world has, with the words of every pack.
fn means(world: &World) -> Means {
    let words = packs::ALL
        .iter()
        .fold(disposition::messages().unwrap(), |words, pack| words.overlaid_with(pack.words().unwrap()));
    Means { words: Arc::new(words), ..world.means.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_of_every_pack_is_typed_stored_and_paid_to_the_same_penny() {
    let world = World::new().await;
    let means = means(&world);
    let told = told(&world);
    assert!(told.len() >= 50, "{} cases", told.len());
    for (name, why) in CANNOT_BE_HELD {
        assert!(told.iter().any(|told| told.name == *name), "{name} is gone: it is no longer needed that {why}");
    }
    let lived: Vec<Vec<String>> = stream::iter(&told)
        .map(|told| live_through(&world, &means, told))
        .buffer_unordered(SIDE_BY_SIDE)
        .collect()
        .await;
    let wrong: Vec<String> = lived.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One case from its council to its payment; gives what went otherwise than it says.
async fn live_through(world: &World, means: &Means, told: &Told) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut says = |what: String| wrong.push(format!("{}: {what}", told.name));
    let council = CaseCouncil::of(world, means, told).await;
    let claim = council.generated().await;
    let shown = council.shown(claim).await;
    let stored = council.stored(claim).await;

    let differences = facts::differences(&told.case.facts, &stored.facts);
    if let Some((_, why)) = CANNOT_BE_HELD.iter().find(|(name, _)| *name == told.name) {
        if differences.is_empty() {
            says(format!("can be held: it is no longer true that {why}"));
        }
    } else {
        differences.into_iter().for_each(&mut says);
    }
    if let Some(shown) = &shown {
        if shown.charges != stored.charges || shown.totals != stored.totals || shown.findings != stored.findings {
            says(format!("shown {:?}, stored {:?}", shown.charges, stored.charges));
        }
    } else if told.case.facts.stated {
        says("nothing was shown while typing".to_owned());
    }
    let priced = of_the_case(world, told);
    if priced.charges != stored.charges || priced.totals != stored.totals {
        says(format!("the case {:?}, stored {:?}", priced.charges, stored.charges));
    }
    as_expected(told.expected(), &priced).into_iter().for_each(&mut says);

    // what waits for a comment cannot be confirmed, what waits for actuals is not due: neither is paid anything
    let mend = stored.findings.iter().any(|finding| finding.level == FindingLevel::Mend);
    let due = council.confirmed(claim, mend).await;
    let payable = if due { stored.totals.payable } else { Money::ZERO };
    let paid = council.paid(claim).await;
    if paid.posted != stored.payable_by_line(due) {
        says(format!("posted {:?}, payable {:?}", paid.posted, stored.payable_by_line(due)));
    }
    for (what, sum) in [("entries", paid.entries), ("payments", paid.payments), ("the payment file", paid.file)] {
        if sum != payable {
            says(format!("{what} come to {sum}, payable is {payable}"));
        }
    }
    // and each of its lines is computed again from what is stored: the same charges, for the same fuel
    match recompute_line(&council.service, means, LineNamed::OfClaim(claim, None)).await {
        Ok(lines) => lines.into_iter().flat_map(|line| line.differences).for_each(&mut says),
        Err(error) => says(format!("is not computed again: {error}")),
    }
    wrong
}

/// The case as its pack prices it, with nothing else around it.
fn of_the_case(world: &World, told: &Told) -> Assessed {
    let to_assess = ClaimToAssess {
        rule: told.rule.clone(),
        facts: facts::as_given(&told.case.facts),
        limits: Vec::new(),
        others: Use::default(),
        decisions: Vec::new(),
    };
    match assess(&*world.engine, &to_assess).unwrap() {
        Assessment::Priced(assessed) => *assessed,
        Assessment::Faulted { fault } => panic!("{}: {fault}", told.name),
    }
}

/// How charges differ in pence, reason or fate from what the case expects, whatever their order: the service keeps one
/// of its own.
fn as_expected(expected: &Expected, assessed: &Assessed) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut found: Vec<&DisposedCharge> = assessed.charges.iter().collect();
    found.sort_by_key(|charge| (charge.line, charge.amount.pence(), charge.reason.code.as_str()));
    let mut wanted: Vec<&ExpectedCharge> = expected.charges.iter().collect();
    wanted.sort_by_key(|charge| (charge.line, charge.pence, charge.reason.as_str()));
    if found.len() != wanted.len() {
        wrong.push(format!("expected {wanted:?}, found {found:?}"));
    }
    for (charge, wanted) in found.into_iter().zip(wanted) {
        let fate = match wanted.verdict.unwrap_or(Verdict::Payable) {
            Verdict::Payable => Disposition::Payable,
            Verdict::Suspended => Disposition::Suspended,
            Verdict::Rejected => Disposition::Rejected,
            Verdict::Pending => Disposition::Pending,
        };
        let same = charge.line == wanted.line
            && charge.amount.pence() == wanted.pence
            && charge.reason.code == wanted.reason
            // what has to be mended is held by the service, whatever the rule says of it
            && (charge.disposition == fate || charge.moved_by.is_some());
        if !same {
            wrong.push(format!("expected {wanted:?}, found {charge:?}"));
        }
    }
    let all = expected.payable + expected.suspended + expected.rejected + expected.pending;
    if assessed.totals.claimed.pence() != all || !assessed.totals.add_up() {
        wrong.push(format!("claimed {:?}, expected {all}p", assessed.totals));
    }
    wrong
}
