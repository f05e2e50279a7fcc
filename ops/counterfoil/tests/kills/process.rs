//! The worker as a process of its own, and named places at which it is killed or held.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use counterfoil_services::SUPERUSER;
use counterfoil_testkit::TestDatabase;
use tokio::process::{Child, Command};

use crate::world::MASTER_KEY;

/// How long a job is lent: as short as can be, since whoever takes it over has to wait for the end.
pub(crate) const LEASE: Duration = Duration::from_secs(1);
/// How long to wait for something that takes a moment, before it counts as hanging.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// A place, and what is to happen there.
pub(crate) struct Failpoint {
    pub(crate) place: &'static str,
    /// How many times to pass it before.
    pub(crate) skip: u32,
    /// Made when the place is reached.
    pub(crate) mark: PathBuf,
    /// Whether the worker stands there until the mark is removed, instead of dying.
    pub(crate) stands: bool,
}

/// A worker on a database, with mail into a folder.
fn command(db: &TestDatabase, mail: &Path, failpoint: Option<&Failpoint>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    command.args(["worker", "--lease", &LEASE.as_secs().to_string(), "--mail"]).arg(mail);
    command
        .env("DATABASE_URL", db.url(SUPERUSER))
        .env("COUNTERFOIL_MASTER_KEY", MASTER_KEY)
        .env("COUNTERFOIL_LOG", "warn")
        .env_remove("SMTP_URL")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true);
    for name in ["", "_SKIP", "_MARK", "_WAIT"] {
        command.env_remove(format!("COUNTERFOIL_FAILPOINT{name}"));
    }
    if let Some(failpoint) = failpoint {
        command
            .env("COUNTERFOIL_FAILPOINT", failpoint.place)
            .env("COUNTERFOIL_FAILPOINT_SKIP", failpoint.skip.to_string())
            .env("COUNTERFOIL_FAILPOINT_MARK", &failpoint.mark);
        if failpoint.stands {
            command.env("COUNTERFOIL_FAILPOINT_WAIT", LIMIT.as_millis().to_string());
        }
    }
    command
}

/// A worker that does what is due and ends, or is killed.
pub(crate) async fn until_nothing_is_due(db: &TestDatabase, mail: &Path, failpoint: Option<&Failpoint>) -> ExitStatus {
    let mut worker = command(db, mail, failpoint);
    let status = tokio::time::timeout(LIMIT, worker.arg("--once").status()).await;
    status.expect("the worker hangs").unwrap()
}

/// Does what is due, undisturbed and without mail.
pub(crate) async fn once(db: &TestDatabase) {
    let mail = tempfile::tempdir().unwrap();
    assert!(until_nothing_is_due(db, mail.path(), None).await.success());
    assert_eq!(db.dispatcher().waiting().await.unwrap().0, 0);
}

/// A worker that goes on until it is told to stop.
pub(crate) fn working(db: &TestDatabase, mail: &Path, failpoint: &Failpoint) -> Child {
    command(db, mail, Some(failpoint)).spawn().unwrap()
}

/// Tells a worker to stop; it has to end by itself, in good order.
pub(crate) async fn stop(mut worker: Child) {
    assert!(worker.try_wait().unwrap().is_none(), "the worker gave up");
    let id = nix::unistd::Pid::from_raw(i32::try_from(worker.id().unwrap()).unwrap());
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    let status = tokio::time::timeout(LIMIT, worker.wait()).await.expect("the worker does not stop").unwrap();
    assert!(status.success(), "the worker ended with {status}");
}
