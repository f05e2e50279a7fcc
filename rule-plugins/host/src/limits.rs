//! What one claim may use of the machine, and what a component may be. The core's ceilings on claims and answers
//! stand in `counterfoil_core::pricing::check`.

use std::time::Duration;

use counterfoil_core::pricing::check::{MOST_LINES, MOST_VISITS};
use counterfoil_core::pricing::upload::LARGEST_COMPONENT;
use counterfoil_core::pricing::{ClaimFacts, Fault};

use crate::class::{Class, MIB};

/// The limits of an engine. The defaults are the service's for ordinary rules; tests tighten them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Which class of rules they are for: how these are compiled, and of what they may consist.
    pub class: Class,
    /// The largest component accepted, in bytes. The packs of the repository are under 200 kB.
    pub component_bytes: usize,
    /// Fuel for any claim at all: starting the component, the settings.
    pub fuel_base: u64,
    /// Fuel for each line. A 20-line claim of `standard` takes about 5,000 a line.
    pub fuel_per_line: u64,
    /// Fuel for each planned or stated visit.
    pub fuel_per_visit: u64,
    /// Fuel for each day of the claim, and each day planned, stated or looked back on.
    pub fuel_per_day: u64,
    /// Linear memory of one instance, in bytes. Growing past it ends the call.
    pub memory_bytes: usize,
    /// Stack of the guest's calls, in bytes.
    pub stack_bytes: usize,
    /// How much may be copied out of the guest for one answer, in bytes.
    pub answer_bytes: usize,
    /// When a call is killed, whatever fuel it has left. Fuel decides; this only guards the machine, and
    /// what it kills is tried again.
    pub deadline: Duration,
    /// How many claims are priced at once; further ones wait for a slot.
    pub concurrent: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            class: Class::Ordinary,
            component_bytes: LARGEST_COMPONENT,
            fuel_base: 5_000_000,
            fuel_per_line: 500_000,
            fuel_per_visit: 100_000,
            fuel_per_day: 50_000,
            memory_bytes: 32 * MIB,
            stack_bytes: 512 * 1024,
            answer_bytes: 4 * MIB,
            deadline: Duration::from_secs(10),
            concurrent: 64,
        }
    }
}

impl Limits {
    /// The service's limits for rules with an interpreter inside.
    #[must_use]
    pub fn interpreted() -> Self {
        Self {
            class: Class::Interpreted,
            component_bytes: 32 * MIB,
            // the example in TypeScript takes 3,000,000 to begin with, 700,000 a line and 1,300,000 a visit
            fuel_base: 20_000_000,
            fuel_per_line: 5_000_000,
            fuel_per_visit: 4_000_000,
            fuel_per_day: 1_000_000,
            memory_bytes: 64 * MIB,
            deadline: Duration::from_secs(20),
            concurrent: 8,
            ..Self::default()
        }
    }

    /// The fuel that a claim is given: so much to begin with, and for each line, visit and day.
    #[must_use]
    pub fn fuel(&self, facts: &ClaimFacts) -> u64 {
        let days: usize = facts.lines.iter().map(|line| line.plan.len() + line.stated_days.len()).sum();
        let days = days + facts.days.len() + facts.earlier.len();
        [(facts.lines.len(), self.fuel_per_line), (visits(facts), self.fuel_per_visit), (days, self.fuel_per_day)]
            .into_iter()
            .fold(self.fuel_base, |fuel, (count, each)| {
                let count = u64::try_from(count).unwrap_or(u64::MAX);
                fuel.saturating_add(count.saturating_mul(each))
            })
    }

    /// The memory limit in whole mebibytes, for messages.
    #[must_use]
    pub fn memory_mib(&self) -> u32 {
        u32::try_from(self.memory_bytes / MIB).unwrap_or(u32::MAX)
    }

    /// Refuses a claim that is larger than a rule may be given.
    ///
    /// # Errors
    /// [`Fault::ClaimTooLarge`] with the limit.
    pub fn admit(&self, facts: &ClaimFacts) -> Result<(), Fault> {
        let too_large = |what: &str, found: usize, most: usize| Fault::ClaimTooLarge {
            detail: format!(
                "it has {found} {what}, and at most {most} are priced together; use a shorter claim period"
            ),
        };
        let lines = facts.lines.len();
        if lines > MOST_LINES {
            return Err(too_large("lines", lines, MOST_LINES));
        }
        let visits = visits(facts);
        if visits > MOST_VISITS {
            return Err(too_large("visits", visits, MOST_VISITS));
        }
        Ok(())
    }
}

/// Planned visits, or stated ones where there are more: the two lists mostly answer each other.
fn visits(facts: &ClaimFacts) -> usize {
    facts.lines.iter().map(|line| line.planned_visits.len().max(line.stated_visits.len())).sum()
}
