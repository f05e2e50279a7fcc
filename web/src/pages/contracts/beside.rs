//! What stands on the pages of a contract and of a line beside them: documents to agree, and adjustments of the plan.

use counterfoil_core::ids::{ContractId, OrganisationId, ServiceLineId, TenantId};
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::{Result, adjustment, contract_document};
use serde::Serialize;

use super::Links;
use crate::pages::{adjustments, documents};

/// The most of each that such a page shows; all of them are in their tables.
const MOST: i64 = 10;

/// What the page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Contract(ContractId),
    Line(ServiceLineId),
}

/// What was found.
pub(super) struct Found {
    documents: Vec<contract_document::Listed>,
    adjustments: Vec<adjustment::Listed>,
}

impl Of {
    fn documents(self) -> contract_document::Wanted {
        let all = contract_document::Wanted { limit: MOST, ..contract_document::Wanted::default() };
        match self {
            Self::Contract(id) => contract_document::Wanted { contract: Some(id), ..all },
            Self::Line(id) => contract_document::Wanted { line: Some(id), ..all },
        }
    }

    fn adjustments(self) -> adjustment::Wanted {
        let all = adjustment::Wanted { limit: MOST, ..adjustment::Wanted::default() };
        match self {
            Self::Contract(id) => adjustment::Wanted { contract: Some(id), ..all },
            Self::Line(id) => adjustment::Wanted { line: Some(id), ..all },
        }
    }

    /// As addresses say it.
    fn named(self) -> String {
        match self {
            Self::Contract(id) => format!("contract={id}"),
            Self::Line(id) => format!("line={id}"),
        }
    }
}

impl Found {
    /// For a provider.
    pub(super) async fn own(
        tx: &mut Tx<'_, Provider>,
        (council, organisation): (TenantId, OrganisationId),
        of: Of,
    ) -> Result<Self> {
        let documents = contract_document::list_own(tx, council, organisation, &of.documents()).await?;
        let adjustments = adjustment::list_own(tx, council, organisation, &of.adjustments()).await?;
        Ok(Self { documents, adjustments })
    }

    /// For the council's staff.
    pub(super) async fn of_council(tx: &mut Tx<'_>, of: Of) -> Result<Self> {
        let documents = contract_document::list(tx, &of.documents()).await?;
        Ok(Self { documents, adjustments: adjustment::list(tx, &of.adjustments()).await? })
    }
}

/// As the pages show it.
#[derive(Serialize)]
pub(super) struct Beside {
    documents: Vec<documents::Row>,
    all_documents: String,
    /// Where one is published.
    publish: Option<String>,
    adjustments: Vec<adjustments::Row>,
    all_adjustments: String,
    /// Where one is asked for.
    adjust: Option<String>,
}

impl Beside {
    /// `possible`: whether a document can be agreed, or a plan changed.
    pub(super) fn of(found: &Found, links: &Links, (of, possible): (Of, bool)) -> Self {
        let (documents, adjustments) = (format!("{}/documents", links.home), format!("{}/adjustments", links.home));
        let asks = possible && !links.is_council && matches!(of, Of::Line(_));
        Self {
            documents: found.documents.iter().map(|row| documents::Row::of(row, &documents)).collect(),
            publish: (possible && links.publishes).then(|| format!("{documents}/new?{}", of.named())),
            all_documents: documents,
            adjustments: found.adjustments.iter().map(|row| adjustments::Row::of(row, &adjustments)).collect(),
            adjust: asks.then(|| format!("{adjustments}/new?{}", of.named())),
            all_adjustments: adjustments,
        }
    }
}
