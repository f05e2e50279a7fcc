//! What somebody of an organisation is to see, as a form asks for it: every contract, or certain ones, by council.

use std::collections::BTreeSet;

use counterfoil_core::ids::{ContractId, TenantId};
use counterfoil_tenants::contract::{self, ContractRef};
use counterfoil_tenants::identity::OrganisationRole;
use counterfoil_tenants::identity::people::Sees;
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use crate::access::ForOrganisation;
use crate::fault::Fault;
use crate::form::{Errors, Typed};

/// The contracts of an organisation, to choose from.
pub(super) struct Offered {
    contracts: Vec<ContractRef>,
}

/// Those with one council, as checkboxes.
#[derive(Serialize)]
pub(super) struct Group {
    council: String,
    slug: String,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
}

impl Offered {
    pub(super) async fn to(pass: &ForOrganisation) -> Result<Self, Fault> {
        let organisation = pass.organisation.id;
        let read = pass.scope.read(async |tx: &mut Tx<'_, Provider>| contract::references_of(tx, organisation).await);
        Ok(Self { contracts: read.await.map_err(|error| Fault::of(&error))? })
    }

    /// By council, those of councils that are in use.
    pub(super) fn groups(&self, pass: &ForOrganisation) -> Vec<Group> {
        let group = |council: &counterfoil_tenants::identity::access::LinkedCouncil| Group {
            council: council.name.clone(),
            slug: council.slug.clone(),
            items: self
                .contracts
                .iter()
                .filter(|contract| contract.tenant == council.id)
                .map(|contract| Item {
                    value: contract.id.to_string(),
                    text: format!("{}, {}", contract.reference, contract.service_type),
                })
                .collect(),
        };
        pass.organisation.councils.iter().map(group).filter(|group| !group.items.is_empty()).collect()
    }

    /// A contract in words.
    pub(super) fn words(&self, id: ContractId) -> Option<String> {
        self.contracts.iter().find(|contract| contract.id == id).map(|contract| contract.reference.clone())
    }

    /// What was chosen. `before` is what somebody sees now: of that, what is not on the form stays.
    pub(super) fn chosen(
        &self,
        typed: &Typed,
        before: Option<&Sees>,
        pass: &ForOrganisation,
        errors: &mut Errors,
    ) -> (OrganisationRole, Sees) {
        let role = match typed.text("role") {
            "administrator" => OrganisationRole::Administrator,
            "staff" => OrganisationRole::Staff,
            _ => {
                errors.add("role", "Select what they may do");
                OrganisationRole::Staff
            }
        };
        match typed.text("sees") {
            "everything" => (role, Sees::Everything),
            "certain" if typed.text("role") == "administrator" => {
                errors.add("sees", "Select all contracts: an administrator sees every one");
                (role, Sees::Everything)
            }
            "certain" => (role, Sees::Contracts(self.certain(typed, before, pass, errors))),
            _ => {
                errors.add("sees", "Select which contracts they see");
                (role, Sees::Everything)
            }
        }
    }

    fn certain(
        &self,
        typed: &Typed,
        before: Option<&Sees>,
        pass: &ForOrganisation,
        errors: &mut Errors,
    ) -> BTreeSet<(TenantId, ContractId)> {
        let on_form = |tenant: TenantId| pass.organisation.councils.iter().any(|council| council.id == tenant);
        let ticked = |contract: &&ContractRef| typed.chose("contract", &contract.id.to_string());
        let mut chosen: BTreeSet<_> =
            self.contracts.iter().filter(ticked).map(|contract| (contract.tenant, contract.id)).collect();
        if let Some(Sees::Contracts(before)) = before {
            // of a council that is suspended
            chosen.extend(before.iter().filter(|(tenant, _)| !on_form(*tenant)));
        }
        errors.unless(!chosen.is_empty(), "contract", "Select at least one contract");
        chosen
    }
}

/// What a form begins with.
pub(super) fn filled(role: OrganisationRole, sees: &Sees) -> Vec<(&'static str, String)> {
    let role = match role {
        OrganisationRole::Administrator => "administrator",
        OrganisationRole::Staff => "staff",
    };
    let mut values = vec![("role", role.to_owned())];
    match sees {
        Sees::Everything => values.push(("sees", "everything".to_owned())),
        Sees::Contracts(contracts) => {
            values.push(("sees", "certain".to_owned()));
            values.extend(contracts.iter().map(|(_, contract)| ("contract", contract.to_string())));
        }
    }
    values
}
