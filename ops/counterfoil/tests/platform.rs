//! `counterfoil council` and `counterfoil operator` as a program: whoever operates the platform takes councils on and says
//! who may do so on its pages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::process::Stdio;

use counterfoil_services::SUPERUSER;
use counterfoil_tenants::identity::Nation;
use counterfoil_testkit::TestDatabase;
use tokio::process::Command;

/// What a command said, and its exit code.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

async fn counterfoil<const N: usize>(db: &TestDatabase, key: Option<&str>, args: [&str; N]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    command.env("DATABASE_URL", db.url(SUPERUSER)).env("COUNTERFOIL_LOG", "warn").env_remove("COUNTERFOIL_MASTER_KEY");
    if let Some(key) = key {
        command.env("COUNTERFOIL_MASTER_KEY", key);
    }
    let output = command.args(args).stdin(Stdio::null()).kill_on_drop(true).output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

const FENMERE: [&str; 14] = [
    "council",
    "add",
    "--slug",
    "fenmere",
    "--name",
    "Fenmere County Council",
    "--nation",
    "northern-ireland",
    "--colour",
    "#5a4500",
    "--administrator",
    "head@fenmere.example",
    "--administrator-name",
    "Hal Head",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_council_is_taken_on_suspended_and_resumed() {
    let db = TestDatabase::new().await;
    let key = "7".repeat(64);
    let none = counterfoil(&db, None, ["council", "list"]).await;
    assert!(none.out.contains("There is no council yet"), "{}", none.out);
    let without_key = counterfoil(&db, None, FENMERE).await;
    assert_eq!(without_key.code, Some(1));
    assert!(without_key.err.contains("COUNTERFOIL_MASTER_KEY is not set"), "{}", without_key.err);

    let added = counterfoil(&db, Some(&key), FENMERE).await;
    assert_eq!(added.code, Some(0), "{}", added.err);
    assert!(added.out.starts_with("Fenmere County Council is taken on as \u{2018}fenmere\u{2019}.\n"), "{}", added.out);
    assert!(added.out.contains("The invitation to head@fenmere.example goes out by e-mail"), "{}", added.out);
    let identity = db.identity();
    let council = identity.council_called("fenmere").await.unwrap().unwrap();
    assert_eq!((council.nation, council.suspended_at), (Nation::NorthernIreland, None));
    assert_eq!(identity.staff_of(council.id).await.unwrap()[0].name, "Hal Head");

    let again = counterfoil(&db, Some(&key), FENMERE).await;
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("There is a council of that name in addresses already."), "{}", again.err);
    let listed = counterfoil(&db, None, ["council", "list"]).await;
    let line = "fenmere  Fenmere County Council; staff 1, organisations 0 with 0 people; not used yet\n";
    assert_eq!(listed.out, line);

    let suspended = counterfoil(&db, None, ["council", "suspend", "fenmere", "--reason", "Contract ended"]).await;
    assert_eq!(suspended.code, Some(0), "{}", suspended.err);
    assert!(counterfoil(&db, None, ["council", "list"]).await.out.contains("; suspended on "));
    let resumed = counterfoil(&db, None, ["council", "resume", "fenmere"]).await;
    assert_eq!(resumed.out, "Fenmere County Council is in use again, with the people it had.\n");
    let absent = counterfoil(&db, None, ["council", "resume", "nowhere"]).await;
    assert_eq!(absent.code, Some(1));
    assert!(absent.err.contains("there is no council \u{2018}nowhere\u{2019}"), "{}", absent.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_operator_is_made_by_a_command() {
    let db = TestDatabase::new().await;
    let add = ["operator", "add", "ola@platform.example", "--name", "Ola Operator"];
    let added = counterfoil(&db, None, add).await;
    assert_eq!(added.code, Some(0), "{}", added.err);
    assert!(added.out.starts_with("Ola Operator is an operator of the platform.\n"), "{}", added.out);
    let ola = db.identity().person_with_email("ola@platform.example").await.unwrap().unwrap();
    assert!(db.identity().access(ola).await.unwrap().unwrap().is_operator());
    assert_eq!(counterfoil(&db, None, add).await.code, Some(1), "once is enough");
    let listed = counterfoil(&db, None, ["operator", "list"]).await;
    assert!(listed.out.starts_with("ola@platform.example  Ola Operator, since "), "{}", listed.out);
    let removed = counterfoil(&db, None, ["operator", "remove", "OLA@platform.example"]).await;
    assert_eq!(removed.out, "Ola Operator is no longer an operator of the platform.\n");
    assert!(!db.identity().access(ola).await.unwrap().unwrap().is_operator());
    assert!(counterfoil(&db, None, ["operator", "list"]).await.out.starts_with("There is no operator yet"));
}
