//! What hostile components cost: memory of this process, which stands for the server, and of its workers; and how another
//! council's claims fare meanwhile.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use counterfoil_core::pricing::Pricer as _;
use counterfoil_rules::{RuleEngine, packs};
use nix::sys::resource::{UsageWho, getrusage};

use crate::support::claim;

/// One mebibyte.
pub(crate) const MIB: usize = 1024 * 1024;

/// This process before something was done.
pub(crate) struct Server {
    resident: usize,
}

impl Server {
    /// From now on the kernel keeps the peak.
    pub(crate) fn at_rest() -> Self {
        fs::write("/proc/self/clear_refs", "5").unwrap();
        Self { resident: status("VmRSS:") }
    }

    /// By how many bytes the process was larger meanwhile, at its largest.
    pub(crate) fn grew_by(&self) -> usize {
        status("VmHWM:").saturating_sub(self.resident)
    }
}

fn status(field: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() * 1024
}

/// The most memory that any worker had so far, in bytes.
pub(crate) fn workers_peak() -> usize {
    let kibibytes = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    usize::try_from(kibibytes).unwrap() * 1024
}

/// A council that goes on pricing its claims beside everything else.
pub(crate) struct Neighbour {
    priced: AtomicU64,
    done: AtomicBool,
}

/// How often the neighbour prices a claim.
const PACE: Duration = Duration::from_millis(2);

impl Neighbour {
    /// Does something while a neighbour prices, and prints how its waits compare with those before.
    pub(crate) fn beside(engine: &RuleEngine, work: impl FnOnce(&Self)) {
        let neighbour = Self { priced: AtomicU64::new(0), done: AtomicBool::new(false) };
        let alone = neighbour.waits(engine, Some(500));
        std::thread::scope(|scope| {
            let beside = scope.spawn(|| neighbour.waits(engine, None));
            // ended in any case, or a failed assertion would wait for ever
            let ends = Ends(&neighbour);
            work(&neighbour);
            drop(ends);
            let beside = beside.join().unwrap();
            println!(
                "others' claims: 99 of 100 within {:?} alone, {:?} beside ({} claims)",
                percentile(&alone),
                percentile(&beside),
                beside.len()
            );
        });
    }

    /// How many claims it has priced.
    pub(crate) fn priced(&self) -> u64 {
        self.priced.load(Ordering::Acquire)
    }

    /// How often it prices one.
    pub(crate) const fn pace(&self) -> Duration {
        PACE
    }

    fn waits(&self, engine: &RuleEngine, most: Option<usize>) -> Vec<Duration> {
        let rule = engine.load(packs::standard().component).unwrap();
        let expected = engine.assess(&rule, &claim()).unwrap();
        let mut waits = Vec::new();
        while !self.done.load(Ordering::Acquire) && most.is_none_or(|most| waits.len() < most) {
            let started = Instant::now();
            assert_eq!(engine.assess(&rule, &claim()).unwrap(), expected);
            waits.push(started.elapsed());
            self.priced.fetch_add(1, Ordering::AcqRel);
            std::thread::sleep(PACE);
        }
        waits.sort_unstable();
        waits
    }
}

struct Ends<'a>(&'a Neighbour);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.done.store(true, Ordering::Release);
    }
}

fn percentile(sorted: &[Duration]) -> Duration {
    sorted.get(sorted.len().saturating_sub(1) * 99 / 100).copied().unwrap_or_default()
}
