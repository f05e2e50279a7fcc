//! How what prices claims is timed. The program of the peers (`ops/peers`) times with this too.

use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike as _};

/// Nanoseconds of processor time of one call, over as many as fit into a twentieth of a second: time in which this
/// thread did not run because something else did is not the rule's.
pub(crate) fn time(mut call: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<u64> {
    const SPAN: Duration = Duration::from_millis(50);
    let (started, spent, mut calls) = (Instant::now(), processor_time()?, 0_u64);
    while started.elapsed() < SPAN {
        for _ in 0..8 {
            call()?;
        }
        calls += 8;
    }
    let spent = processor_time()?.saturating_sub(spent);
    Ok(u64::try_from(spent.as_nanos()).unwrap_or(u64::MAX) / calls)
}

/// What this thread has used of a processor, in user and kernel mode.
fn processor_time() -> anyhow::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_THREAD)?;
    let of = |time: TimeVal| -> anyhow::Result<Duration> {
        Ok(Duration::from_micros(u64::try_from(time.num_microseconds())?))
    };
    Ok(of(usage.user_time())? + of(usage.system_time())?)
}

/// The middle one.
pub(crate) fn median(mut times: Vec<u64>) -> u64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
