//! Roles of a council's staff in forms: a box to tick for each, with what it lets somebody do.

use std::collections::BTreeSet;

use counterfoil_tenants::identity::CouncilRole;
use serde::Serialize;

use crate::form::Typed;

/// The name of the boxes.
pub(super) const FIELD: &str = "role";

/// Codes and words, for filters.
pub(super) const CHOICES: &[(&str, &str)] = &[
    ("officer", CouncilRole::Officer.words()),
    ("approver", CouncilRole::Approver.words()),
    ("commissioning", CouncilRole::Commissioning.words()),
    ("administrator", CouncilRole::Administrator.words()),
    ("auditor", CouncilRole::Auditor.words()),
];

/// A box, as GOV.UK's checkboxes take it.
#[derive(Serialize)]
pub(super) struct Item {
    value: &'static str,
    text: &'static str,
    hint: Hint,
}

#[derive(Serialize)]
struct Hint {
    text: &'static str,
}

/// The boxes.
pub(super) fn items() -> Vec<Item> {
    let item = |role: CouncilRole| Item { value: code(role), text: role.words(), hint: Hint { text: role.hint() } };
    CouncilRole::ALL.into_iter().map(item).collect()
}

/// How forms and addresses name a role.
pub(super) const fn code(role: CouncilRole) -> &'static str {
    match role {
        CouncilRole::Officer => "officer",
        CouncilRole::Approver => "approver",
        CouncilRole::Commissioning => "commissioning",
        CouncilRole::Administrator => "administrator",
        CouncilRole::Auditor => "auditor",
    }
}

/// The role that an address names.
pub(super) fn of_code(given: &str) -> Option<CouncilRole> {
    CouncilRole::ALL.into_iter().find(|role| code(*role) == given)
}

/// The roles that were ticked; what is none is passed over.
pub(super) fn ticked(typed: &Typed) -> BTreeSet<CouncilRole> {
    typed.all(FIELD).filter_map(of_code).collect()
}

/// Roles in words: `Finance officer, Auditor`.
pub(super) fn words(roles: &BTreeSet<CouncilRole>) -> String {
    roles.iter().map(|role| role.words()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_can_be_ticked_and_filtered_by() {
        let typed = Typed::parse(b"role=officer&role=auditor&role=king").unwrap();
        assert_eq!(words(&ticked(&typed)), "Finance officer, Auditor");
        let choices: Vec<_> = CHOICES.iter().map(|(code, words)| (of_code(code), *words)).collect();
        let all: Vec<_> = CouncilRole::ALL.into_iter().map(|role| (Some(role), role.words())).collect();
        assert_eq!(choices, all);
    }
}
