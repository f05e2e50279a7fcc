//! The provider's part: to agree the version that was read, or to reject it with a reason. Each version is answered once.

use chrono::{DateTime, Utc};
use counterfoil_core::contract_document::{LONGEST_NAME, LONGEST_REASON};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{DocumentId, OrganisationId, PersonId, TenantId};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;

use super::{Answer, Document, Status};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::record::{Kept as _, insert};
use crate::schema::{contract_document, contract_document_answer, contract_document_version};
use crate::scope::{Audited, ProviderActing, ProviderScope, Tx};

/// What somebody declares about a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared<'a> {
    /// The version that was read.
    pub version: u32,
    /// Its digest, as the page that was read had it, in hexadecimal.
    pub digest: &'a str,
    /// Whether it is agreed, and not rejected.
    pub agrees: bool,
    /// The name of whoever declares.
    pub name: &'a str,
    /// Their role at the provider.
    pub role: &'a str,
    /// Why it is rejected.
    pub reason: &'a str,
}

impl Declared<'_> {
    /// What is wrong with it, by field, in words for whoever declares.
    #[must_use]
    pub fn wrong(&self) -> Vec<(&'static str, &'static str)> {
        let mut wrong = Vec::new();
        let length = |text: &str| text.chars().count();
        match length(self.name) {
            0 => wrong.push(("name", "Enter your name")),
            1..=LONGEST_NAME => {}
            _ => wrong.push(("name", "Your name must be 120 characters or fewer")),
        }
        match length(self.role) {
            0 => wrong.push(("role", "Enter your role")),
            1..=LONGEST_NAME => {}
            _ => wrong.push(("role", "Your role must be 120 characters or fewer")),
        }
        match length(self.reason) {
            0 if !self.agrees => wrong.push(("reason", "Enter why you reject it")),
            0..=LONGEST_REASON => {}
            _ => wrong.push(("reason", "The reason must be 2,000 characters or fewer")),
        }
        wrong
    }
}

/// Agrees or rejects a document, for one organisation. The same declaration sent again is the one that there is.
///
/// # Errors
/// [`Error::Refused`] with what to mend; [`Error::Conflict`] where a newer version was published, or the document was
/// withdrawn or answered otherwise; [`Error::NotFound`] for one that the person does not see.
pub async fn answer_own(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    person: PersonId,
    (id, declared): (DocumentId, Declared<'_>),
) -> Result<()> {
    if let Some((_, words)) = declared.wrong().into_iter().next() {
        return Err(Error::Refused(words.to_owned()));
    }
    scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            let document = lock(tx, id).await?;
            if document.version != declared.version {
                return Err(Error::Conflict(format!(
                    "Version {} of this document was published after you opened the page. Read it before you answer.",
                    document.version
                )));
            }
            if let Some(before) = before(tx, &document).await? {
                let same = (before.agreed, before.answered_by) == (declared.agrees, person);
                if !same {
                    return Err(answered(&before));
                }
                tx.discard();
                return Ok(());
            }
            if document.status == Status::Withdrawn {
                return Err(Error::Conflict("The council has withdrawn this document.".to_owned()));
            }
            let digest = digest(tx, &document).await?;
            if hex::encode(&digest) != declared.digest {
                let words = "What you read is not what the council published. Load the page again.";
                return Err(Error::Conflict(words.to_owned()));
            }
            let action = if declared.agrees { Action::AgreeDocument } else { Action::RejectDocument };
            let detail = json!({ "version": document.version, "digest": declared.digest });
            let mut audited = tx.audited(Record::of(action, id).detail(detail)).await?;
            let row = Answer {
                document_id: id,
                version: document.version,
                organisation_id: organisation,
                contract_id: document.contract_id,
                agreed: declared.agrees,
                digest,
                answered_at: at,
                answered_by: person,
                name: declared.name.to_owned(),
                role: declared.role.to_owned(),
                reason: declared.reason.to_owned(),
            };
            write(&mut audited, row).await?;
            set(&mut audited, id, if declared.agrees { Status::Agreed } else { Status::Rejected }).await?;
            let told = Job::TellOfDocument { document: id, version: document.version, answered: true };
            jobs::enqueue(&mut audited, told).await
        })
        .await
}

async fn lock(tx: &mut Tx<'_, ProviderActing>, id: DocumentId) -> Result<Document> {
    let (tenant, organisation) = (tx.tenant().uuid(), tx.organisation().uuid());
    Ok(contract_document::table
        .filter(contract_document::tenant_id.eq(tenant))
        .filter(contract_document::organisation_id.eq(organisation))
        .filter(contract_document::id.eq(id.uuid()))
        .select(Document::as_select())
        .for_update()
        .first(tx.conn())
        .await?)
}

async fn before(tx: &mut Tx<'_, ProviderActing>, document: &Document) -> Result<Option<Answer>> {
    let tenant = tx.tenant().uuid();
    Ok(contract_document_answer::table
        .find((tenant, document.id.uuid(), document.version.raw()))
        .select(Answer::as_select())
        .first(tx.conn())
        .await
        .optional()?)
}

async fn digest(tx: &mut Tx<'_, ProviderActing>, document: &Document) -> Result<Vec<u8>> {
    let tenant = tx.tenant().uuid();
    Ok(contract_document_version::table
        .find((tenant, document.id.uuid(), document.version.raw()))
        .select(contract_document_version::digest)
        .first(tx.conn())
        .await?)
}

fn answered(before: &Answer) -> Error {
    let what = if before.agreed { "agreed" } else { "rejected" };
    Error::Conflict(format!("{} has {what} this version already.", before.name))
}

async fn write(audited: &mut Audited<'_, '_, ProviderActing>, row: Answer) -> Result<()> {
    insert!(audited, contract_document_answer, [row]);
    Ok(())
}

async fn set(audited: &mut Audited<'_, '_, ProviderActing>, id: DocumentId, status: Status) -> Result<()> {
    let (tenant, organisation, at) = (audited.tenant().uuid(), audited.organisation().uuid(), audited.at());
    let changed = diesel::update(contract_document::table)
        .filter(contract_document::tenant_id.eq(tenant))
        .filter(contract_document::organisation_id.eq(organisation))
        .filter(contract_document::id.eq(id.uuid()))
        .set((contract_document::status.eq(status.raw()), contract_document::changed_at.eq(at)))
        .execute(audited.conn())
        .await?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}
