//! Reads what was posted, paid and said.

use counterfoil_core::disposition::DisposedCharge;
use counterfoil_core::entry::EntryKind;
use counterfoil_core::ids::{ClaimId, RunId};
use counterfoil_core::money::Money;
use counterfoil_tenants::assessment::{self, AssessmentRow};
use counterfoil_tenants::charge;
use counterfoil_tenants::entry::{self, Entry};
use counterfoil_tenants::payment::{self, Payment};
use counterfoil_tenants::payment_file::{self, PaymentFile};
use counterfoil_tenants::remittance::{self, Remittance};
use counterfoil_tenants::run::{self, Run};

use super::Town;
use crate::bacs_reader::{self, ReadFile};

impl Town {
    pub(crate) async fn entries(&self, run: RunId) -> Vec<Entry> {
        self.service.read(async |tx| entry::of_run(tx, run).await).await.unwrap()
    }

    pub(crate) async fn posted(&self, claim: ClaimId) -> Vec<Entry> {
        self.service.read(async |tx| entry::of_claims(tx, &[claim]).await).await.unwrap()
    }

    /// What was posted for a claim, in order: kind and pence.
    pub(crate) async fn story_of(&self, claim: ClaimId) -> Vec<(EntryKind, Money)> {
        self.posted(claim).await.iter().map(|entry| (entry.kind, entry.pence)).collect()
    }

    pub(crate) async fn payments(&self, run: RunId) -> Vec<Payment> {
        self.service.read(async |tx| payment::of_run(tx, run).await).await.unwrap()
    }

    pub(crate) async fn run_row(&self, run: RunId) -> Run {
        self.service.read(async |tx| run::find(tx, run).await).await.unwrap()
    }

    pub(crate) async fn file(&self, run: RunId) -> Option<PaymentFile> {
        self.service.read(async |tx| payment_file::of_run(tx, run).await).await.unwrap()
    }

    /// The payment file of a run, read back.
    pub(crate) async fn read_file(&self, run: RunId) -> ReadFile {
        bacs_reader::read(&self.file(run).await.unwrap().bytes).unwrap()
    }

    pub(crate) async fn remittances(&self, run: RunId) -> Vec<Remittance> {
        self.service.read(async |tx| remittance::of_run(tx, run).await).await.unwrap()
    }

    /// The rows of a run's remittances as CSV, without headings.
    pub(crate) async fn advice(&self, run: RunId) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for advice in self.remittances(run).await {
            for row in csv::Reader::from_reader(advice.csv.as_slice()).records() {
                rows.push(row.unwrap().iter().map(str::to_owned).collect());
            }
        }
        rows
    }

    /// The assessment that counts for a claim, with its charges.
    pub(crate) async fn assessed(&self, claim: ClaimId) -> (AssessmentRow, Vec<DisposedCharge>) {
        let id = self.again(claim).await.assessment_id.unwrap();
        let read = self.service.read(async |tx| {
            let row = assessment::find(tx, id).await?;
            Ok((row, charge::of_assessments(tx, &[id]).await?))
        });
        let (row, charges) = read.await.unwrap();
        (row, charges.into_iter().map(DisposedCharge::from).collect())
    }
}
