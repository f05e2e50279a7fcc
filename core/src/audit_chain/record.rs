//! A record as it is sealed and exported: every field that is kept of it, in one canonical text.

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::canonical::{NotCanonical, canonical, push_string};

/// A record of who did what, when, from where and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// `id`: its own.
    pub id: Uuid,
    /// `at`: when it happened, with six decimals of a second.
    pub at: DateTime<Utc>,
    /// `person_id`: who acted; none for the service itself.
    pub person_id: Option<Uuid>,
    /// `organisation_id`: the provider that they acted for, or whose people it is about.
    pub organisation_id: Option<Uuid>,
    /// `action`: what was done, a code of [`Action`](crate::event::Action).
    pub action: String,
    /// `object_kind`: to what kind of thing.
    pub object_kind: String,
    /// `object_id`: to which.
    pub object_id: Option<Uuid>,
    /// `detail`: what else was kept, as JSON.
    pub detail: String,
    /// `request_id`: the request or job that it belonged to.
    pub request_id: Option<String>,
    /// `address`: the client's address.
    pub address: Option<String>,
    /// What only one of the two kinds of ledger keeps.
    pub of: Of,
}

/// What only one kind of ledger keeps of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// A council's.
    Council {
        /// `actor`: who acted and in which capacity, as JSON.
        actor: String,
    },
    /// The platform's.
    Platform {
        /// `subject_id`: the person whom it concerns.
        subject_id: Option<Uuid>,
        /// `tenant_id`: the council that it is about.
        tenant_id: Option<Uuid>,
    },
}

impl Record {
    /// Its canonical text.
    ///
    /// # Errors
    /// [`NotCanonical`] when what is kept as JSON is none, which the database would not have accepted.
    pub fn canonical(&self) -> Result<String, NotCanonical> {
        let id = |id: Option<Uuid>| Field::Text(id.map(|id| id.to_string()));
        let mut fields = vec![
            ("id", id(Some(self.id))),
            ("at", Field::Text(Some(self.at.to_rfc3339_opts(SecondsFormat::Micros, true)))),
            ("person_id", id(self.person_id)),
            ("organisation_id", id(self.organisation_id)),
            ("action", Field::Text(Some(self.action.clone()))),
            ("object_kind", Field::Text(Some(self.object_kind.clone()))),
            ("object_id", id(self.object_id)),
            ("detail", Field::Json(&self.detail)),
            ("request_id", Field::Text(self.request_id.clone())),
            ("address", Field::Text(self.address.clone())),
        ];
        match &self.of {
            Of::Council { actor } => fields.push(("actor", Field::Json(actor))),
            Of::Platform { subject_id, tenant_id } => {
                fields.extend([("subject_id", id(*subject_id)), ("tenant_id", id(*tenant_id))]);
            }
        }
        fields.sort_unstable_by_key(|(name, _)| *name);
        let mut text = String::with_capacity(512);
        for (number, (name, field)) in fields.iter().enumerate() {
            text.push(if number == 0 { '{' } else { ',' });
            push_string(&mut text, name)?;
            text.push(':');
            match field {
                Field::Text(Some(string)) => push_string(&mut text, string)?,
                Field::Text(None) => text.push_str("null"),
                Field::Json(json) => text.push_str(&canonical(json)?),
            }
        }
        text.push('}');
        Ok(text)
    }
}

/// How a field is written.
enum Field<'a> {
    Text(Option<String>),
    Json(&'a str),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_field_is_there_in_the_order_of_their_names() {
        let record = Record {
            id: Uuid::from_u128(1),
            at: DateTime::from_timestamp_micros(1_732_473_600_000_001).unwrap(),
            person_id: None,
            organisation_id: None,
            action: "claim.state".to_owned(),
            object_kind: "claim".to_owned(),
            object_id: Some(Uuid::from_u128(2)),
            detail: "{\"b\": 1, \"a\": 2}".to_owned(),
            request_id: Some("req-1".to_owned()),
            address: Some("192.0.2.7".to_owned()),
            of: Of::Council { actor: "{\"kind\": \"system\", \"job\": \"work-run\"}".to_owned() },
        };
        let text = record.canonical().unwrap();
        assert_eq!(
            text,
            "{\"action\":\"claim.state\",\"actor\":{\"job\":\"work-run\",\"kind\":\"system\"},\
             \"address\":\"192.0.2.7\",\"at\":\"2024-11-24T18:40:00.000001Z\",\"detail\":{\"a\":2,\"b\":1},\
             \"id\":\"00000000-0000-0000-0000-000000000001\",\
             \"object_id\":\"00000000-0000-0000-0000-000000000002\",\"object_kind\":\"claim\",\
             \"organisation_id\":null,\"person_id\":null,\"request_id\":\"req-1\"}"
        );
        assert_eq!(canonical(&text).unwrap(), text, "it is canonical");
        let platform = Record { of: Of::Platform { subject_id: None, tenant_id: None }, ..record };
        let text = platform.canonical().unwrap();
        assert_eq!(canonical(&text).unwrap(), text, "it is canonical");
        assert!(text.ends_with("\"subject_id\":null,\"tenant_id\":null}"));
    }
}
