//! Exports of any records, and every way of changing one of them.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use crate::audit_chain::*;
use crate::ids::TenantId;

/// An export that can be tampered with.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub(super) ledger: Ledger,
    /// Place and canonical text of each.
    pub(super) rows: Vec<(Head, Option<String>)>,
    pub(super) unsealed: Vec<String>,
}

impl Chain {
    pub(super) fn of(ledger: Ledger, records: impl IntoIterator<Item = String>) -> Self {
        let mut chain = Self { ledger, rows: Vec::new(), unsealed: Vec::new() };
        chain.rows =
            records.into_iter().map(|record| (Head { sequence: 0, digest: Digest::GENESIS }, Some(record))).collect();
        chain.reseal();
        chain
    }

    /// Numbers the rows and computes the whole chain anew, as somebody would who covers up.
    pub(super) fn reseal(&mut self) {
        let mut previous = Digest::GENESIS;
        for (number, (head, record)) in (1..).zip(&mut self.rows) {
            previous = digest(self.ledger, number, previous, record.as_deref().unwrap_or("null"));
            *head = Head { sequence: number, digest: previous };
        }
    }

    pub(super) fn head(&self) -> Option<Head> {
        self.rows.last().map(|(head, _)| *head)
    }

    pub(super) fn anchors(&self, places: impl IntoIterator<Item = usize>) -> Anchors {
        let anchor = |place: usize| Anchor::of(self.ledger, self.rows[place].0, at(place));
        places.into_iter().map(anchor).collect()
    }

    /// With a first line that tells of the last row that is there.
    pub(super) fn verify(&self, anchors: &Anchors) -> Verdict {
        self.verify_as(self.head(), anchors)
    }

    pub(super) fn verify_as(&self, head: Option<Head>, anchors: &Anchors) -> Verdict {
        let lines = self.rows.iter().map(|(head, record)| sealed_line(*head, record.as_deref()));
        verify_lines(self.ledger, head, lines, &self.unsealed, anchors)
    }
}

pub(super) fn verify_lines(
    ledger: Ledger,
    head: Option<Head>,
    sealed: impl IntoIterator<Item = String>,
    unsealed: &[String],
    anchors: &Anchors,
) -> Verdict {
    let header = Header::new(ledger, "Worcestershire", at(0), head);
    let header = Header::read(&header.line().unwrap()).unwrap();
    let mut verifier = Verifier::new(header, anchors.clone()).unwrap();
    sealed.into_iter().chain(unsealed.iter().map(|record| unsealed_line(record))).for_each(|line| verifier.line(&line));
    verifier.finish()
}

pub(super) fn at(minutes: usize) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(i64::try_from(minutes).unwrap())
}

pub(super) fn record() -> impl Strategy<Value = Record> {
    let id = || prop::option::of(any::<u128>().prop_map(Uuid::from_u128));
    let words = "[ -~\u{a3}\u{e9}\u{1f600}\n\t\u{1}]{0,12}";
    let detail = (any::<i64>(), words, "[a-z]{1,5}")
        .prop_map(|(pence, words, key)| serde_json::json!({ "pence": pence, key: [words, null] }).to_string());
    let origin = (prop::option::of("req-[0-9]{1,4}"), prop::option::of("192\\.0\\.2\\.[0-9]"));
    let of = prop_oneof![
        any::<u128>().prop_map(|id| {
            let person = Uuid::from_u128(id);
            Of::Council { actor: format!("{{\"kind\": \"council\", \"person\": \"{person}\"}}") }
        }),
        (id(), id()).prop_map(|(subject_id, tenant_id)| Of::Platform { subject_id, tenant_id }),
    ];
    let acted = (any::<u128>(), 0..4_000_000_000_000_000_i64, id(), id());
    let object = ("(claim|run)\\.[a-z]{3,6}", "(claim|run)", id());
    (acted, object, detail, origin, of).prop_map(|(acted, object, detail, origin, of)| Record {
        id: Uuid::from_u128(acted.0),
        at: DateTime::from_timestamp_micros(acted.1).unwrap(),
        person_id: acted.2,
        organisation_id: acted.3,
        action: object.0,
        object_kind: object.1,
        object_id: object.2,
        detail,
        request_id: origin.0,
        address: origin.1,
        of,
    })
}

/// Every way of changing one field of a record.
pub(super) fn changes(record: &Record) -> Vec<(&'static str, Record)> {
    let other = |id: Option<Uuid>| if id.is_some() { None } else { Some(Uuid::max()) };
    let text = |text: &Option<String>| if text.is_some() { None } else { Some(String::new()) };
    let of = match &record.of {
        Of::Council { .. } => vec![Of::Council { actor: "{\"kind\":\"system\",\"job\":\"\"}".to_owned() }],
        Of::Platform { subject_id, tenant_id } => vec![
            Of::Platform { subject_id: other(*subject_id), tenant_id: *tenant_id },
            Of::Platform { subject_id: *subject_id, tenant_id: other(*tenant_id) },
        ],
    };
    let mut changed = vec![
        ("id", Record { id: Uuid::max(), ..record.clone() }),
        ("at", Record { at: record.at + TimeDelta::microseconds(1), ..record.clone() }),
        ("person_id", Record { person_id: other(record.person_id), ..record.clone() }),
        ("organisation_id", Record { organisation_id: other(record.organisation_id), ..record.clone() }),
        ("action", Record { action: format!("{}d", record.action), ..record.clone() }),
        ("object_kind", Record { object_kind: format!("{} ", record.object_kind), ..record.clone() }),
        ("object_id", Record { object_id: other(record.object_id), ..record.clone() }),
        ("detail", Record { detail: record.detail.replace("null", "0"), ..record.clone() }),
        ("request_id", Record { request_id: text(&record.request_id), ..record.clone() }),
        ("address", Record { address: text(&record.address), ..record.clone() }),
    ];
    changed.extend(of.into_iter().map(|of| ("of", Record { of, ..record.clone() })));
    changed
}

pub(super) fn ledger() -> impl Strategy<Value = Ledger> {
    prop_oneof![
        Just(Ledger::Platform),
        any::<u128>().prop_map(|id| Ledger::Council(TenantId::from_uuid(Uuid::from_u128(id))))
    ]
}

/// A chain of at least two records that differ, and a place in it.
pub(super) fn chain() -> impl Strategy<Value = (Vec<Record>, Chain, usize, usize)> {
    (ledger(), prop::collection::vec(record(), 2..12), any::<prop::sample::Index>(), any::<prop::sample::Index>())
        .prop_map(|(ledger, mut records, one, other)| {
            // as in the database, where ids are unique
            for (number, record) in (0..).zip(&mut records) {
                record.id = Uuid::from_u128(number);
            }
            let chain = Chain::of(ledger, records.iter().map(|record| record.canonical().unwrap()));
            let (one, mut other) = (one.index(records.len()), other.index(records.len()));
            if one == other {
                other = (one + 1) % records.len();
            }
            (records, chain, one.min(other), one.max(other))
        })
}

pub(super) fn sequence(place: usize) -> u64 {
    u64::try_from(place).unwrap() + 1
}

pub(super) fn faults_at(verdict: &Verdict) -> Vec<u64> {
    verdict.faults.iter().filter_map(Fault::sequence).collect()
}
