//! Records of the audit in words: to what something was done, by whom in which capacity, and what else was kept.

use counterfoil_core::actor::Actor;
use serde_json::Value;
use uuid::Uuid;

/// Kinds of things as records name them, and as people do.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("claim", "Claim"),
    ("contract", "Contract"),
    ("council", "Council"),
    ("dispute", "Dispute"),
    ("organisation_invitation", "Invitation of a provider"),
    ("guidance", "Guidance for providers"),
    ("notice", "Notice"),
    ("provider_notice", "Notice to providers"),
    ("pay_period", "Pay period"),
    ("payee", "Payee"),
    ("payment_file", "Payment file"),
    ("run", "Payment run"),
    ("care_query", "Query of a provider"),
    ("contract_document", "Contract document"),
    ("adjustment", "Adjustment"),
    ("schedule", "Payment schedule"),
    ("person", "Person"),
    ("organisation", "Provider"),
    ("rate", "Rate"),
    ("rate_card", "Rate card"),
    ("rule", "Rule"),
    ("rule_trial", "Trial of a rule"),
    ("service_line", "Service line"),
    ("service_user", "Service user"),
    ("council_team", "Team"),
];

/// The longest detail that the table shows, in characters.
const LONGEST: usize = 300;

/// A kind of thing.
pub(super) fn kind(kind: &str) -> String {
    match KINDS.iter().find(|(code, _)| *code == kind) {
        Some((_, words)) => (*words).to_owned(),
        // one that a later version wrote
        None => kind.replace('_', " "),
    }
}

/// A thing by its reference, as every page writes it.
pub(super) fn reference(kind: &str, id: Uuid) -> String {
    let prefix = match kind {
        "claim" => "clm",
        "contract" => "ctr",
        "council" => "cnl",
        "organisation_invitation" => "inv",
        "notice" => "not",
        "pay_period" => "prd",
        "payee" => "pay",
        "payment_file" => "fil",
        "run" => "run",
        "schedule" => "sch",
        "person" => "per",
        "organisation" => "org",
        "rule" => "rul",
        "rule_trial" => "tri",
        "service_line" => "cpli",
        "service_user" => "su",
        "provider_notice" => "pnt",
        "guidance" => "gui",
        "council_team" => "tea",
        "care_query" => "qry",
        "dispute" => "dis",
        "contract_document" => "doc",
        "adjustment" => "adj",
        _ => return id.to_string(),
    };
    format!("{prefix}_{}", id.simple())
}

/// In which capacity somebody acted.
pub(super) fn capacity(actor: &Actor) -> String {
    match actor {
        Actor::Provider { organisation, .. } => format!("for the provider {organisation}"),
        Actor::Council { .. } => "of the council\u{2019}s staff".to_owned(),
        Actor::Invited { .. } => "invited for a provider".to_owned(),
        Actor::Operator { .. } => "operator of the platform".to_owned(),
        Actor::System { job } => job.clone(),
    }
}

/// What else was kept, as `name: value; name: value`.
pub(super) fn detail(detail: &Value) -> String {
    let text = match detail {
        Value::Object(parts) => {
            let parts = parts.iter().filter(|(_, value)| !value.is_null());
            parts
                .map(|(name, value)| format!("{}: {}", name.replace('_', " "), plain(value)))
                .collect::<Vec<_>>()
                .join("; ")
        }
        other => plain(other),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['\u{2026}']).collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use counterfoil_core::ids::{ClaimId, InvitationId, ServiceLineId};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_is_written_as_everywhere_else() {
        let id = Uuid::from_u128(7);
        assert_eq!(reference("claim", id), ClaimId::from_uuid(id).to_string());
        assert_eq!(reference("service_line", id), ServiceLineId::from_uuid(id).to_string());
        assert_eq!(reference("organisation_invitation", id), InvitationId::from_uuid(id).to_string());
        assert_eq!(reference("comet", id), id.to_string());
        assert_eq!((kind("pay_period"), kind("tail_of_comet")), ("Pay period".to_owned(), "tail of comet".to_owned()));
    }

    #[test]
    fn what_was_kept_is_said_plainly_and_not_at_length() {
        let kept = json!({"before": ["officer"], "roles": ["officer", "auditor"], "published_rule": true, "old": null});
        assert_eq!(detail(&kept), "before: officer; published rule: yes; roles: officer, auditor");
        assert_eq!(detail(&json!({})), "");
        let long = detail(&json!({"claims": vec!["clm"; 500]}));
        assert_eq!((long.chars().count(), long.ends_with('\u{2026}')), (301, true));
    }
}
