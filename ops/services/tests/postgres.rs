//! The private PostgreSQL as its users meet it: started, asked, killed, restarted, left alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use counterfoil_services::{
    Binaries, PgServer, PostgresOptions, PrivatePostgres, SUPERUSER, ServiceError, TEST_PG_VARIABLE,
};

/// What `psql` prints for a query at a URL.
fn ask(url: &str, sql: &str) -> Result<String, String> {
    let psql = Binaries::find(None).unwrap().program("psql");
    let said = Command::new(psql).args(["-XAtqc", sql, url]).output().unwrap();
    if said.status.success() {
        Ok(String::from_utf8(said.stdout).unwrap().trim().to_owned())
    } else {
        Err(String::from_utf8(said.stderr).unwrap())
    }
}

fn alive(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

fn eventually(what: &str, check: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !check() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn quick() -> PostgresOptions {
    PostgresOptions { durable: false, ..PostgresOptions::default() }
}

#[test]
fn answers_on_its_socket_only_and_is_gone_afterwards() {
    let postgres = PrivatePostgres::start(quick()).unwrap();
    let pid = postgres.process_id().unwrap();
    let socket = postgres.socket_folder();
    let url = postgres.url(SUPERUSER, "postgres");

    assert_eq!(ask(&url, "SELECT 6 * 7").unwrap(), "42");
    assert_eq!(ask(&url, "SHOW listen_addresses").unwrap(), "");
    assert_eq!(ask(&url, "SHOW fsync").unwrap(), "off");
    assert!(ask(&url, "SHOW server_version_num").unwrap().parse::<u32>().unwrap() >= 150_000);

    postgres.stop().unwrap();
    assert!(!alive(pid));
    assert!(!socket.parent().unwrap().exists(), "a temporary folder goes with its server");
    assert!(ask(&url, "SELECT 1").is_err());
}

#[test]
fn a_kept_folder_keeps_its_data_and_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = open_folder();
    let folder = parent.path().join("database");
    let options = PostgresOptions { folder: Some(folder.clone()), ..PostgresOptions::default() };

    let first = PrivatePostgres::start(options.clone()).unwrap();
    let url = first.url(SUPERUSER, "postgres");
    assert_eq!(ask(&url, "SHOW fsync").unwrap(), "on");
    ask(&url, "CREATE TABLE paid AS SELECT 943 AS pence").unwrap();
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);

    let second = PrivatePostgres::start(options.clone());
    assert!(matches!(second, Err(ServiceError::InUse(_))), "{second:?}");
    drop(first);

    let again = PrivatePostgres::start(options).unwrap();
    assert_eq!(ask(&again.url(SUPERUSER, "postgres"), "SELECT pence FROM paid").unwrap(), "943");
}

#[test]
fn what_was_committed_survives_a_kill_and_a_restart_at_the_same_address() {
    let mut postgres = PrivatePostgres::start(PostgresOptions::default()).unwrap();
    let url = postgres.url(SUPERUSER, "postgres");
    ask(&url, "CREATE TABLE paid (pence int); INSERT INTO paid VALUES (2020)").unwrap();

    postgres.kill_hard().unwrap();
    assert!(!postgres.is_running());
    assert!(ask(&url, "SELECT 1").is_err(), "a killed server still answered");

    postgres.restart().unwrap();
    let logged = postgres.last_words();
    assert!(logged.contains("not properly shut down"), "{logged}");
    assert!(logged.lines().count() <= 20, "{logged}");
    assert_eq!(ask(&url, "SELECT pence FROM paid").unwrap(), "2020");
    postgres.restart().unwrap();
    assert_eq!(ask(&url, "SELECT pence FROM paid").unwrap(), "2020");
}

#[test]
fn a_stale_process_file_does_not_keep_it_from_starting() {
    let parent = open_folder();
    let folder = parent.path().join("database");
    let options = PostgresOptions { folder: Some(folder.clone()), ..quick() };
    PrivatePostgres::start(options.clone()).unwrap().stop().unwrap();

    // The number now belongs to somebody else: this test.
    let stale = format!("{}\n/elsewhere\n0\n5432\n\n\n\nready\n", std::process::id());
    std::fs::write(folder.join("data/postmaster.pid"), stale).unwrap();
    let again = PrivatePostgres::start(options).unwrap();
    assert_eq!(ask(&again.url(SUPERUSER, "postgres"), "SELECT 1").unwrap(), "1");
}

#[test]
fn it_stops_when_the_process_that_started_it_is_killed() {
    let mut wrapper = Command::new(env!("CARGO_BIN_EXE_counterfoil-test-services"))
        .args(["sh", "-c", &format!("echo \"${TEST_PG_VARIABLE}\"; exec cat >/dev/null")])
        .env_remove(TEST_PG_VARIABLE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(wrapper.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let url = url.trim();
    let run = ask(url, "SHOW unix_socket_directories").unwrap();
    let folder = Path::new(&run).parent().unwrap();
    let file = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    let postmaster: i32 = file.lines().next().unwrap().parse().unwrap();
    assert!(alive(postmaster));

    wrapper.kill().unwrap();
    wrapper.wait().unwrap();

    eventually("the server stops", || !alive(postmaster));
    eventually("its folder is removed", || !folder.exists());
}

#[test]
fn it_outlives_the_thread_that_started_it() {
    let postgres = std::thread::spawn(|| PrivatePostgres::start(quick()).unwrap()).join().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert!(postgres.is_running());
    assert_eq!(ask(&postgres.url(SUPERUSER, "postgres"), "SELECT 1").unwrap(), "1");
}

#[test]
fn the_wrapper_hands_on_the_exit_code() {
    let run = |script: &str| {
        Command::new(env!("CARGO_BIN_EXE_counterfoil-test-services"))
            .args(["sh", "-c", script])
            .env(TEST_PG_VARIABLE, "postgresql://postgres@%2Fnowhere/postgres")
            .status()
            .unwrap()
            .code()
    };
    assert_eq!(run("exit 0"), Some(0));
    assert_eq!(run("exit 7"), Some(7));
    assert_eq!(run("kill -9 $$"), Some(137));
}

#[test]
fn a_path_too_long_for_a_socket_is_refused_in_words() {
    let parent = open_folder();
    let folder = parent.path().join("d".repeat(90));
    let refused = PrivatePostgres::start(PostgresOptions { folder: Some(folder), ..quick() });
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("too long"), "{said}");
}

#[test]
fn users_and_databases_change_and_the_rest_of_an_address_stays() {
    let server = PgServer::of_url("postgresql://admin:secret@db.example:6432/postgres?sslmode=require").unwrap();
    assert_eq!(server.url("council app", "a/b"), "postgresql://council%20app@db.example:6432/a%2Fb?sslmode=require");
    let socket = PgServer::at_socket(Path::new("/run/counter foil"));
    let url = socket.url("postgres", "postgres");
    assert_eq!(url, "postgresql://postgres@%2Frun%2Fcounter%20foil/postgres");
    assert_eq!(PgServer::of_url(&url), Some(socket));
    assert_eq!(PgServer::of_url("not a url"), None);
}

/// A folder that every account may enter, as the server's may not be this test's.
fn open_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}
