//! Everything that a run leaves behind, without the times, so that what was disturbed and what was not can be compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use counterfoil_core::ids::{PayeeId, RunId};
use counterfoil_core::money::Money;
use counterfoil_core::run::RunState;
use counterfoil_tenants::entry::Entry;
use counterfoil_tenants::notice::NoticeState;
use counterfoil_tenants::payment::Payment;
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::{audit, claim, entry, notice, payment, payment_file, remittance, run};
use counterfoil_testkit::{TestDatabase, date};

use crate::world::World;

/// What is there once every job is done.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) runs: Vec<(RunId, RunState)>,
    /// Contracts to do, and done.
    pub(crate) progress: (i64, i64),
    pub(crate) entries: Vec<Entry>,
    pub(crate) payments: Vec<Payment>,
    /// Serial, items, total, digest and bytes of the payment file.
    pub(crate) file: (u32, u32, Money, String, String),
    pub(crate) remittances: Vec<(PayeeId, String, String, Vec<u8>)>,
    /// Each claim's state, run and version.
    pub(crate) claims: Vec<String>,
    /// What was written to whom, under which Message-ID it went out, and how often it was recorded as sent.
    pub(crate) notices: Vec<(String, NoticeState, Option<String>, u32, String)>,
    /// The messages by file, without their dates.
    pub(crate) mail: BTreeMap<String, String>,
    /// Every change on record, in no order.
    pub(crate) changes: Vec<String>,
    pub(crate) jobs_left: i64,
    pub(crate) dead_letters: usize,
}

impl Outcome {
    /// Reads it.
    pub(crate) async fn of(db: &TestDatabase, world: &World, mail: &Path) -> Self {
        let dispatcher = db.dispatcher();
        let scope = CouncilScope::system(db.connections(), world.tenant, "test");
        let mut outcome = scope.read(async |tx: &mut Tx<'_>| read(tx).await).await.unwrap();
        outcome.mail = messages(mail);
        outcome.jobs_left = dispatcher.waiting().await.unwrap().0;
        outcome.dead_letters = dispatcher.dead_letters().await.unwrap().len();
        outcome
    }

    /// The sum of what was posted.
    pub(crate) fn posted(&self) -> Money {
        Money::total(self.entries.iter().map(|entry| entry.pence)).unwrap()
    }

    /// The sum of what is paid.
    pub(crate) fn paid(&self) -> Money {
        Money::total(self.payments.iter().map(|payment| payment.pays_pence)).unwrap()
    }

    /// Fails on whatever differs from a control that nobody disturbed.
    pub(crate) fn assert_same(&self, control: &Self, what: &str) {
        assert_eq!((self.jobs_left, self.dead_letters), (0, 0), "{what}: jobs");
        assert_eq!(self.runs, control.runs, "{what}: runs");
        assert_eq!(self.progress, control.progress, "{what}: contracts");
        assert_eq!(self.posted(), control.posted(), "{what}: posted");
        assert_eq!(self.paid(), control.paid(), "{what}: paid");
        assert_eq!(self.entries, control.entries, "{what}: entries");
        assert_eq!(self.payments, control.payments, "{what}: payments");
        assert_eq!(self.file, control.file, "{what}: the payment file");
        assert_eq!(self.remittances, control.remittances, "{what}: remittances");
        assert_eq!(self.claims, control.claims, "{what}: claims");
        assert_eq!(self.notices, control.notices, "{what}: notices");
        assert_eq!(self.mail, control.mail, "{what}: mail");
        assert_eq!(self.changes, control.changes, "{what}: changes on record");
    }
}

/// The one run of the council.
pub(crate) async fn only_run(scope: &CouncilScope) -> RunId {
    let runs = scope.read(async |tx: &mut Tx<'_>| run::all(tx).await).await.unwrap();
    assert_eq!(runs.len(), 1, "{runs:?}");
    runs[0].id
}

async fn read(tx: &mut Tx<'_>) -> counterfoil_tenants::Result<Outcome> {
    let runs = run::all(tx).await?;
    let id = runs[0].id;
    let file = payment_file::of_run(tx, id).await?.expect("the run has a payment file");
    let remittances = remittance::of_run(tx, id).await?;
    let mut claims = claim::since(tx, date(2024, 1, 1)).await?;
    claims.sort_by_key(|claim| claim.id);
    let mut notices: Vec<_> = notice::all(tx)
        .await?
        .into_iter()
        .map(|row| {
            (row.dedupe_key, row.state, row.message_id, row.attempts, format!("{}: {}", row.recipient, row.body))
        })
        .collect();
    notices.sort_by(|a, b| a.0.cmp(&b.0));
    let mut entries = entry::of_run(tx, id).await?;
    entries.sort_by_key(|entry| (entry.claim_line_id, entry.sequence));
    let mut payments = payment::of_run(tx, id).await?;
    payments.sort_by_key(|payment| payment.payee_id);
    let records = audit::newest(tx, 10_000).await?;
    let mut changes: Vec<String> = records
        .into_iter()
        .map(|row| format!("{} {} {:?} {:?} {}", row.action, row.object_kind, row.object_id, row.actor, row.detail))
        .collect();
    changes.sort();
    Ok(Outcome {
        runs: runs.iter().map(|run| (run.id, run.state)).collect(),
        progress: run::progress(tx, id).await?,
        entries,
        payments,
        file: (file.serial, file.items, file.total_pence, file.digest, String::from_utf8(file.bytes).unwrap()),
        remittances: remittances.into_iter().map(|row| (row.payee_id, row.number, row.digest, row.html)).collect(),
        claims: claims
            .iter()
            .map(|claim| format!("{} {:?} {:?} {}", claim.id, claim.state, claim.run_id, claim.version))
            .collect(),
        notices,
        mail: BTreeMap::new(),
        changes,
        jobs_left: 0,
        dead_letters: 0,
    })
}

fn messages(folder: &Path) -> BTreeMap<String, String> {
    // a folder for the council, and in it the messages
    let councils = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let files = councils.flat_map(|council| fs::read_dir(council).unwrap()).map(|entry| entry.unwrap().path());
    files
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let text: Vec<&str> = text.lines().filter(|line| !line.starts_with("Date:")).collect();
            (file.file_name().unwrap().to_string_lossy().into_owned(), text.join("\n"))
        })
        .collect()
}
