//! `counterfoil audit` as a program: exports are verified with two files and nothing else, a kill between sealing and
//! anchoring does no harm, and a worker seals and anchors by itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use counterfoil_core::event::Action;
use counterfoil_services::SUPERUSER;
use counterfoil_tenants::audit::{Chain, Record};
use counterfoil_testkit::{TestCouncil, TestDatabase, instant};
use tokio::process::Command;

struct Story {
    db: TestDatabase,
    council: TestCouncil,
    folder: tempfile::TempDir,
}

/// What a command said, and its exit code; none when it was killed.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Story {
    async fn new() -> Self {
        let db = TestDatabase::new().await;
        let council = TestCouncil::new(&db, "Worcestershire").await;
        let story = Self { db, council, folder: tempfile::tempdir().unwrap() };
        story.work(5).await;
        story
    }

    async fn work(&self, records: usize) {
        for _ in 0..records {
            let done = self.council.scope.transaction(instant(2024, 12, 7, 9), async |tx| {
                tx.audited(Record::on(Action::RecordRate, "rate_card")).await.map(drop)
            });
            done.await.unwrap();
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn anchor(&self) -> PathBuf {
        self.path("anchors").join(format!("{}.anchor", self.council.tenant))
    }

    /// With a database and a folder for the anchor.
    fn command(&self) -> Command {
        let mut command = bare();
        command.env("DATABASE_URL", self.db.url(SUPERUSER)).env("COUNTERFOIL_ANCHOR", self.path("anchors"));
        command
    }

    async fn audit<const N: usize>(&self, args: [&str; N]) -> Said {
        said(self.command().arg("audit").args(args)).await
    }

    /// Verifies a file where there is no database at all.
    async fn verified(&self, export: &Path, anchor: &Path) -> Said {
        let mut command = bare();
        command.env("DATABASE_URL", "postgresql://nobody@localhost:1/none").args(["audit", "verify"]);
        said(command.arg(export).arg("--anchor").arg(anchor)).await
    }
}

fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    for name in ["COUNTERFOIL_ANCHOR", "COUNTERFOIL_FAILPOINT", "COUNTERFOIL_FAILPOINT_SKIP", "SMTP_URL"] {
        command.env_remove(name);
    }
    command.env("COUNTERFOIL_LOG", "warn").stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn said(command: &mut Command) -> Said {
    let output = command.output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_verified_with_two_files_and_nothing_else() {
    let story = Story::new().await;
    let anchored = story.audit(["anchor"]).await;
    assert_eq!(anchored.code, Some(0), "{}", anchored.err);
    assert!(anchored.out.contains("Worcestershire: ends at record 6 with digest "), "{}", anchored.out);
    let export = story.path("export.jsonl");
    let exported = story.audit(["export", "worcestershire", "--out", export.to_str().unwrap()]).await;
    assert_eq!(exported.code, Some(0), "{}", exported.err);
    assert!(exported.out.starts_with("Worcestershire: 7 sealed records are in "), "{}", exported.out);
    let again = story.audit(["export", "worcestershire", "--out", export.to_str().unwrap()]).await;
    assert_eq!(again.code, Some(2), "no file is written over");

    let sound = story.verified(&export, &story.anchor()).await;
    assert_eq!(sound.code, Some(0), "{}", sound.err);
    assert!(
        sound.out.starts_with("Worcestershire: 7 sealed records, everything is as it was sealed.\n"),
        "{}",
        sound.out
    );
    assert!(sound.out.contains("up to record 6, at "), "{}", sound.out);

    let text = std::fs::read_to_string(&export).unwrap();
    let tampered = story.path("tampered.jsonl");
    std::fs::write(&tampered, text.replacen("rate.record", "rate.forget", 1)).unwrap();
    let found = story.verified(&tampered, &story.anchor()).await;
    assert_eq!(found.code, Some(1));
    let expected =
        "Record 2 is not the one that was sealed: it was changed.\nWorcestershire: 7 sealed records, 1 fault.\n";
    assert!(found.out.starts_with(expected), "{}", found.out);

    let cut: Vec<&str> = text.lines().take(4).collect();
    std::fs::write(&tampered, cut.join("\n")).unwrap();
    let found = story.verified(&tampered, &story.anchor()).await;
    assert_eq!(found.code, Some(1));
    assert!(found.out.contains("The records end at 3, but the anchor of "), "{}", found.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_told_apart_from_a_fault() {
    let story = Story::new().await;
    story.audit(["anchor"]).await;
    let export = story.path("export.jsonl");
    story.audit(["export", "--platform", "--out", export.to_str().unwrap()]).await;
    let of_council = story.verified(&export, &story.anchor()).await;
    assert_eq!(of_council.code, Some(2), "the anchor is another ledger's");
    assert!(of_council.err.contains("the export is of the ledger platform"), "{}", of_council.err);
    let platform = story.path("anchors").join("platform.anchor");
    assert_eq!(story.verified(&export, &platform).await.code, Some(0));

    let empty = story.path("empty");
    std::fs::write(&empty, "").unwrap();
    for (export, anchor) in
        [(&empty, &platform), (&export, &empty), (&story.path("none"), &platform), (&platform, &platform)]
    {
        let unreadable = story.verified(export, anchor).await;
        assert_eq!((unreadable.code, unreadable.out.as_str()), (Some(2), ""), "{}", unreadable.err);
    }
    let unknown = story.audit(["verify", "nowhere"]).await;
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("there is no council \u{2018}nowhere\u{2019}"), "{}", unknown.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_sealing_and_anchoring_does_no_harm() {
    let story = Story::new().await;
    assert_eq!(story.audit(["anchor"]).await.code, Some(0));
    story.work(3).await;
    // the platform's ledger comes first
    let mut killed = story.command();
    killed.env("COUNTERFOIL_FAILPOINT", "audit-sealed").env("COUNTERFOIL_FAILPOINT_SKIP", "1");
    assert_eq!(said(killed.args(["audit", "anchor"])).await.code, None, "it was killed");
    assert_eq!(Chain::of_council(&story.council.scope).status().await.unwrap().sealed, 9, "after it had sealed");
    let lines = || std::fs::read_to_string(story.anchor()).unwrap().lines().count();
    assert_eq!(lines(), 1, "and before it anchored");

    let between = story.audit(["verify", "worcestershire"]).await;
    assert_eq!(between.code, Some(0), "{}", between.out);
    assert!(between.out.contains("9 sealed records, everything is as it was sealed"), "{}", between.out);
    assert!(between.out.contains("up to record 6, at "), "{}", between.out);
    assert_eq!(story.audit(["anchor"]).await.code, Some(0));
    assert_eq!(lines(), 2);
    let after = story.audit(["verify", "worcestershire"]).await;
    assert!(after.code == Some(0) && after.out.contains("up to record 9, at "), "{}", after.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_seals_and_anchors_by_itself() {
    let story = Story::new().await;
    let mail = story.path("mail");
    let mut command = story.command();
    command.env("COUNTERFOIL_MASTER_KEY", "11".repeat(32)).args(["worker", "--mail"]).arg(&mail);
    let mut worker = command.spawn().unwrap();
    let since = Instant::now();
    while !story.anchor().exists() {
        assert!(since.elapsed() < Duration::from_secs(120), "nothing is anchored");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let status = story.audit(["verify", "worcestershire"]).await;
    assert!(status.out.starts_with("Worcestershire: 6 sealed records, everything is as"), "{}", status.out);
    let id = nix::unistd::Pid::from_raw(i32::try_from(worker.id().unwrap()).unwrap());
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(60), worker.wait()).await.expect("it does not stop");
    assert!(ended.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_of_the_database_is_noticed() {
    let story = Story::new().await;
    story.audit(["anchor"]).await;
    let before = std::fs::read_to_string(story.anchor()).unwrap();
    story.work(4).await;
    story.audit(["anchor"]).await;
    // as if the records after the first anchor were never written
    let known = std::fs::read_to_string(story.anchor()).unwrap();
    let other = known.replacen(&before, "", 1).replace("\"sequence\":10", "\"sequence\":11");
    std::fs::write(story.anchor(), before + &other).unwrap();
    let verified = story.audit(["verify", "worcestershire"]).await;
    assert_eq!(verified.code, Some(1));
    assert!(verified.out.contains("The records end at 10, but the anchor of "), "{}", verified.out);
    let anchored = story.audit(["anchor"]).await;
    assert_eq!(anchored.code, Some(1));
    assert!(anchored.out.contains("records were changed or lost"), "{}", anchored.out);
}
