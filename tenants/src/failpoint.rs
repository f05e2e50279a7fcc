//! Named places where the kill tests stop a process for good, so that what a crash leaves behind is known and not
//! hoped for. Without `COUNTERFOIL_FAILPOINT` they do nothing.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `COUNTERFOIL_FAILPOINT` | the name of one place; the process kills itself with SIGKILL when it gets there |
//! | `COUNTERFOIL_FAILPOINT_SKIP` | how many times it passes the place before (0 unless it says otherwise) |
//! | `COUNTERFOIL_FAILPOINT_MARK` | a file that is created at the place, so that a test knows that it was reached |
//! | `COUNTERFOIL_FAILPOINT_WAIT` | not killed: it waits until the mark is removed, at most so many milliseconds |

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Every place, in the order of a run. A test kills a worker at each.
pub const PLACES: [&str; 14] = [
    "run-opening",
    "run-opening-before-commit",
    "run-opened",
    "contract-taking",
    "contract-entries-appended",
    "contract-before-commit",
    "contract-posted",
    "run-finalising-before-commit",
    "run-finalised",
    "file-issuing-before-commit",
    "file-issued",
    "remittances-before-commit",
    "remittances-written",
    "notice-sent-before-recorded",
];

struct Armed {
    place: String,
    skip: u64,
    passed: AtomicU64,
    mark: Option<std::path::PathBuf>,
    wait: Option<Duration>,
}

fn armed() -> Option<&'static Armed> {
    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    ARMED
        .get_or_init(|| {
            Some(Armed {
                place: std::env::var("COUNTERFOIL_FAILPOINT").ok()?,
                skip: number("COUNTERFOIL_FAILPOINT_SKIP").unwrap_or_default(),
                passed: AtomicU64::new(0),
                mark: std::env::var_os("COUNTERFOIL_FAILPOINT_MARK").map(Into::into),
                wait: number("COUNTERFOIL_FAILPOINT_WAIT").map(Duration::from_millis),
            })
        })
        .as_ref()
}

/// Passes a place; does nothing unless this very place is armed.
pub fn hit(place: &'static str) {
    let Some(armed) = armed().filter(|armed| armed.place == place) else {
        return;
    };
    if armed.passed.fetch_add(1, Ordering::SeqCst) != armed.skip {
        return;
    }
    if let Some(mark) = &armed.mark {
        // the test that armed it finds no mark and says so
        let _ = std::fs::write(mark, place);
    }
    match armed.wait {
        Some(wait) => stand(wait, armed.mark.as_deref()),
        None => {
            let itself = nix::unistd::Pid::this();
            let _ = nix::sys::signal::kill(itself, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

/// Waits until the test that armed the place has done what it wanted to do meanwhile, and says so by removing the mark.
fn stand(longest: Duration, mark: Option<&Path>) {
    let since = Instant::now();
    while since.elapsed() < longest && mark.is_none_or(Path::exists) {
        std::thread::sleep(Duration::from_millis(5));
    }
}
