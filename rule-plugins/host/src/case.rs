//! A case: the facts of a claim as somebody writes them down, and what they must come to to the penny. Every pack has
//! one for each published rule that it claims to follow; `counterfoil rules assess` reads the same form.

use std::collections::BTreeSet;

use counterfoil_core::pricing::facts::{Day, DayFacts, DayKind, Setting};
use counterfoil_core::pricing::{Answer, Charge, ClaimFacts, Fault, FindingLevel, Verdict};
use serde::Deserialize;

use crate::abi::refused;
use crate::configuration;

/// A case as it is written. Days of the claim may be left out: they follow from its period.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Who published the rule and its figures.
    #[serde(default)]
    pub source: String,
    /// A configuration of the repository whose settings hold before those of the facts.
    #[serde(default)]
    pub configuration: Option<String>,
    /// Bank holidays, where the facts give no days.
    #[serde(default)]
    pub bank_holidays: BTreeSet<Day>,
    /// Closed days, where the facts give no days.
    #[serde(default)]
    pub closed: BTreeSet<Day>,
    /// The claim.
    pub facts: ClaimFacts,
    /// What it must come to.
    #[serde(default)]
    pub expect: Option<Expected>,
}

/// What a case must come to. Sums are in pence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expected {
    /// The sum of payable charges.
    pub payable: i64,
    /// The sum of suspended charges.
    pub suspended: i64,
    /// The sum of rejected charges.
    pub rejected: i64,
    /// The sum of pending charges.
    pub pending: i64,
    /// Every charge, in order; what is left out of one is not compared.
    pub charges: Vec<ExpectedCharge>,
    /// Every finding, in order.
    pub findings: Vec<ExpectedFinding>,
}

/// A charge as far as the case says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedCharge {
    /// The line; the first if left out.
    pub line: u32,
    /// First day.
    pub from: Option<Day>,
    /// Last day.
    pub to: Option<Day>,
    /// Thousandths of a unit.
    pub units: Option<i64>,
    /// Pence.
    pub pence: i64,
    /// The verdict; payable if left out.
    pub verdict: Option<Verdict>,
    /// The reason's code.
    pub reason: String,
}

/// A finding of a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFinding {
    /// How much it weighs.
    pub level: FindingLevel,
    /// The reason's code.
    pub code: String,
}

impl Case {
    /// Reads a case, or bare facts.
    ///
    /// # Errors
    /// [`Fault::NotARule`] with the place where reading stopped, or for a configuration that does not exist.
    pub fn from_json(json: &str) -> Result<Self, Fault> {
        let written: serde_json::Value = serde_json::from_str(json).map_err(|cause| unreadable(&cause))?;
        let bare = written.get("facts").is_none();
        let mut case = if bare {
            Self::of(serde_json::from_value(written).map_err(|cause| unreadable(&cause))?)
        } else {
            serde_json::from_value(written).map_err(|cause| unreadable(&cause))?
        };
        case.complete()?;
        Ok(case)
    }

    fn of(facts: ClaimFacts) -> Self {
        Self {
            name: String::new(),
            source: String::new(),
            configuration: None,
            bank_holidays: BTreeSet::new(),
            closed: BTreeSet::new(),
            facts,
            expect: None,
        }
    }

    fn complete(&mut self) -> Result<(), Fault> {
        if let Some(name) = &self.configuration {
            let mut settings: Vec<Setting> = configuration::published(name)?.settings;
            settings.append(&mut self.facts.settings);
            self.facts.settings = settings;
        }
        if self.facts.days.is_empty() {
            let period = self.facts.period;
            if period.to.0.saturating_sub(period.from.0) > 400 {
                return Err(refused("a claim period of more than 400 days cannot be a case".to_owned()));
            }
            self.facts.days = (period.from.0..=period.to.0).map(Day).map(|day| self.day(day)).collect();
        }
        Ok(())
    }

    fn day(&self, day: Day) -> DayFacts {
        let kind = match day.0.rem_euclid(7) {
            2 => DayKind::Saturday,
            3 => DayKind::Sunday,
            _ => DayKind::Weekday,
        };
        let (bank_holiday, closed) = (self.bank_holidays.contains(&day), self.closed.contains(&day));
        DayFacts { day, kind, bank_holiday, closed }
    }

    /// How an answer differs from what the case expects, one sentence each; none when it is as expected.
    #[must_use]
    pub fn differences(&self, answer: &Answer) -> Vec<String> {
        self.expect.as_ref().map_or_else(Vec::new, |expect| expect.differences(answer))
    }
}

fn unreadable(cause: &serde_json::Error) -> Fault {
    refused(format!("the claim cannot be read: {cause}"))
}

impl Expected {
    fn differences(&self, answer: &Answer) -> Vec<String> {
        let mut differences = Vec::new();
        let sums = [
            (Verdict::Payable, self.payable),
            (Verdict::Suspended, self.suspended),
            (Verdict::Rejected, self.rejected),
            (Verdict::Pending, self.pending),
        ];
        for (verdict, expected) in sums {
            let found: i64 = answer.charges.iter().filter(|c| c.verdict == verdict).map(|c| c.pence).sum();
            if found != expected {
                differences.push(format!("{} comes to {found}p, not {expected}p", named(verdict)));
            }
        }
        if answer.charges.len() != self.charges.len() {
            differences.push(format!("{} charges, not {}", answer.charges.len(), self.charges.len()));
        }
        for (number, (expected, found)) in (1..).zip(self.charges.iter().zip(&answer.charges)) {
            let differs = expected.differs(found);
            if !differs.is_empty() {
                let days = shown(found.from, found.to);
                differences.push(format!("charge {number} ({days}) is {}", differs.join("; ")));
            }
        }
        let found: Vec<ExpectedFinding> = answer
            .findings
            .iter()
            .map(|finding| ExpectedFinding { level: finding.level, code: finding.reason.code.clone() })
            .collect();
        if found != self.findings {
            differences.push(format!("findings are {}, not {}", listed(&found), listed(&self.findings)));
        }
        differences
    }
}

impl ExpectedCharge {
    /// What is otherwise, each as `this, not that`.
    fn differs(&self, found: &Charge) -> Vec<String> {
        let mut differs = Vec::new();
        let mut compare = |same: bool, is: String, not: String| {
            if !same {
                differs.push(format!("{is}, not {not}"));
            }
        };
        compare(self.pence == found.pence, format!("{}p", found.pence), format!("{}p", self.pence));
        let verdict = self.verdict.unwrap_or(Verdict::Payable);
        compare(verdict == found.verdict, named(found.verdict).to_owned(), named(verdict).to_owned());
        let reason = &found.reason.code;
        compare(self.reason == *reason, format!("for the reason {reason}"), self.reason.clone());
        if let Some(units) = self.units {
            compare(units == found.units, format!("{} thousandths of a unit", found.units), units.to_string());
        }
        compare(self.line == found.line, format!("of line {}", found.line), self.line.to_string());
        for (word, expected, found) in [("from", self.from, found.from), ("to", self.to, found.to)] {
            let expected = expected.unwrap_or(found);
            compare(expected == found, format!("{word} {}", day(found)), day(expected));
        }
        differs
    }
}

const fn named(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Payable => "payable",
        Verdict::Suspended => "suspended",
        Verdict::Rejected => "rejected",
        Verdict::Pending => "pending",
    }
}

fn day(day: Day) -> String {
    day.date().map_or_else(|| format!("day {}", day.0), |date| date.format("%-d %B %Y").to_string())
}

fn shown(from: Day, to: Day) -> String {
    if from == to { day(from) } else { format!("{} to {}", day(from), day(to)) }
}

fn listed(findings: &[ExpectedFinding]) -> String {
    let one = |finding: &ExpectedFinding| {
        let level = match finding.level {
            FindingLevel::Note => "to note",
            FindingLevel::Mend => "to mend",
            FindingLevel::Suspend => "to suspend for",
        };
        format!("{level} {}", finding.code)
    };
    if findings.is_empty() { "none".to_owned() } else { findings.iter().map(one).collect::<Vec<_>>().join(", ") }
}
