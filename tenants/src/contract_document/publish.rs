//! The council's part: to publish a document, to put a new version in the place of one, and to take it back.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::contract_document::{Agreed, LONGEST_TERMS, LONGEST_TITLE, wrong_with_attachment};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ContractId, DocumentId, PersonId, ServiceLineId};
use diesel::sql_types::{Binary, Nullable, Text};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use uuid::Uuid;

use super::{Document, Kind, Status, Version};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::prepared::Prepared;
use crate::record::{Kept as _, insert};
use crate::schema::contract_document;
use crate::scope::{Audited, CouncilScope, Tx};
use crate::{contract, service_line};

/// What is attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attached {
    /// Nothing.
    Nothing,
    /// What the version before has.
    AsBefore,
    /// A PDF, with what it is called.
    File(String, Vec<u8>),
}

/// A version to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDocument {
    /// The title.
    pub title: String,
    /// The terms, as paragraphs.
    pub terms: String,
    /// The day by which it is to be agreed.
    pub agree_by: NaiveDate,
    /// What is attached.
    pub attached: Attached,
}

/// A part of it that something can be wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The title.
    Title,
    /// The terms.
    Terms,
    /// The day.
    AgreeBy,
    /// The file.
    File,
}

impl NewDocument {
    /// What is wrong with it on a day, in words for whoever wrote it.
    #[must_use]
    pub fn wrong(&self, today: NaiveDate) -> Vec<(Part, &'static str)> {
        let mut wrong = Vec::new();
        match self.title.chars().count() {
            0 => wrong.push((Part::Title, "Enter a title")),
            1..=LONGEST_TITLE => {}
            _ => wrong.push((Part::Title, "Title must be 160 characters or fewer")),
        }
        if self.terms.is_empty() && self.attached == Attached::Nothing {
            wrong.push((Part::Terms, "Enter the terms, or attach a PDF that has them"));
        }
        if self.terms.chars().count() > LONGEST_TERMS {
            wrong.push((Part::Terms, "Terms must be 40,000 characters or fewer"));
        }
        if self.agree_by < today {
            wrong.push((Part::AgreeBy, "The day by which it is to be agreed must be today or later"));
        }
        if let Attached::File(_, bytes) = &self.attached {
            wrong.extend(wrong_with_attachment(bytes).map(|words| (Part::File, words)));
        }
        wrong
    }
}

/// Who publishes: the person with their name and where they are told of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Publisher<'a> {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: &'a str,
    /// Their address.
    pub email: &'a str,
}

/// Publishes a document under a contract, or for one of its lines.
///
/// # Errors
/// [`Error::Refused`] for one that is none, and for a contract that no provider signs in for; [`Error::NotFound`].
pub async fn publish(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    publisher: Publisher<'_>,
    (contract, line, kind): (ContractId, Option<ServiceLineId>, Kind),
    new: &NewDocument,
) -> Result<DocumentId> {
    check(new, at)?;
    let id = DocumentId::from_uuid(Uuid::now_v7());
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let under = contract::find(tx, contract).await?;
            if let Some(line) = line
                && service_line::find(tx, line).await?.contract_id != contract
            {
                return Err(Error::NotFound);
            }
            let words = "No organisation signs in for this contract, so that nobody can agree a document of it here.";
            let organisation = under.organisation_id.ok_or_else(|| Error::Refused(words.to_owned()))?;
            let document = Document {
                id,
                organisation_id: organisation,
                contract_id: contract,
                service_line_id: line,
                kind,
                version: 1,
                status: Status::Waiting,
                agree_by: new.agree_by,
                changed_at: at,
            };
            let version = version(&document, publisher, at, (new, None));
            let mut audited = record(tx, &version).await?;
            first(&mut audited, document).await?;
            write(&mut audited, version).await?;
            tell(&mut audited, id, 1).await
        })
        .await
        .map(|()| id)
}

/// Puts a new version in the place of the one that was seen, whatever has become of that.
///
/// # Errors
/// [`Error::Refused`] for one that is none; [`Error::Conflict`] where somebody published another meanwhile;
/// [`Error::NotFound`].
pub async fn publish_again(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    publisher: Publisher<'_>,
    (id, seen): (DocumentId, u32),
    new: &NewDocument,
) -> Result<()> {
    check(new, at)?;
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let document = lock(tx, id, seen).await?;
            let before = match new.attached {
                Attached::AsBefore => Some(attached(tx, &document).await?),
                _ => None,
            };
            let document = Document { version: seen + 1, ..document };
            let version = version(&document, publisher, at, (new, before.flatten()));
            if version.terms.is_empty() && version.attachment.is_none() {
                return Err(Error::Refused("Enter the terms, or attach a PDF that has them".to_owned()));
            }
            let mut audited = record(tx, &version).await?;
            write(&mut audited, version).await?;
            set(&mut audited, id, (document.version, Status::Waiting, Some(new.agree_by))).await?;
            tell(&mut audited, id, document.version).await
        })
        .await
}

/// Takes a document back. What was answered stays.
///
/// # Errors
/// [`Error::Conflict`] where somebody published a version meanwhile, or took it back already; [`Error::NotFound`].
pub async fn withdraw(scope: &CouncilScope, at: DateTime<Utc>, (id, seen): (DocumentId, u32)) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let document = lock(tx, id, seen).await?;
            if document.status == Status::Withdrawn {
                return Err(Error::Conflict("This document is withdrawn already.".to_owned()));
            }
            let detail = json!({ "version": document.version });
            let mut audited = tx.audited(Record::of(Action::WithdrawDocument, id).detail(detail)).await?;
            set(&mut audited, id, (document.version, Status::Withdrawn, None)).await
        })
        .await
}

fn check(new: &NewDocument, at: DateTime<Utc>) -> Result<()> {
    let wrong = new.wrong(clock::local_time(at).date());
    wrong.into_iter().next().map_or(Ok(()), |(_, words)| Err(Error::Refused(words.to_owned())))
}

/// The document, as whoever changes it saw it.
async fn lock(tx: &mut Tx<'_>, id: DocumentId, seen: u32) -> Result<Document> {
    let tenant = tx.tenant().uuid();
    let found: Document = contract_document::table
        .find((tenant, id.uuid()))
        .select(Document::as_select())
        .for_update()
        .first(tx.conn())
        .await?;
    if found.version == seen {
        return Ok(found);
    }
    Err(Error::Conflict(format!(
        "Version {} of this document was published meanwhile. Look at it before you change anything.",
        found.version
    )))
}

/// What the newest version has attached.
async fn attached(tx: &mut Tx<'_>, document: &Document) -> Result<Option<(String, Vec<u8>)>> {
    let tenant = tx.tenant().uuid();
    let sql: Prepared<(Nullable<Text>, Nullable<Binary>)> =
        Prepared::new("SELECT attachment_name, attachment FROM contract_document_version WHERE tenant_id = ")
            .id(tenant)
            .sql(" AND document_id = ")
            .id(document.id.uuid())
            .sql(" AND version = ")
            .number(i64::from(document.version));
    let (name, bytes): (Option<String>, Option<Vec<u8>>) = sql.get_result(tx.conn()).await?;
    Ok(name.zip(bytes))
}

fn version(
    document: &Document,
    publisher: Publisher<'_>,
    at: DateTime<Utc>,
    (new, before): (&NewDocument, Option<(String, Vec<u8>)>),
) -> Version {
    let attachment = match &new.attached {
        Attached::Nothing => None,
        Attached::AsBefore => before,
        Attached::File(name, bytes) => Some((name.clone(), bytes.clone())),
    };
    let agreed = Agreed {
        title: &new.title,
        version: document.version,
        terms: &new.terms,
        agree_by: new.agree_by,
        attachment: attachment.as_ref().map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
    };
    let digest = agreed.digest().to_vec();
    let (attachment_name, attachment) = attachment.unzip();
    Version {
        document_id: document.id,
        version: document.version,
        organisation_id: document.organisation_id,
        contract_id: document.contract_id,
        title: new.title.clone(),
        terms: new.terms.clone(),
        agree_by: new.agree_by,
        attachment_name,
        attachment,
        digest,
        published_at: at,
        published_by: publisher.person,
        publisher: publisher.name.to_owned(),
        publisher_email: publisher.email.to_owned(),
    }
}

async fn record<'t, 'c>(tx: &'t mut Tx<'c>, version: &Version) -> Result<Audited<'t, 'c>> {
    let detail = json!({
        "version": version.version, "digest": hex::encode(&version.digest), "agree_by": version.agree_by,
    });
    tx.audited(Record::of(Action::PublishDocument, version.document_id).detail(detail)).await
}

async fn first(audited: &mut Audited<'_, '_>, document: Document) -> Result<()> {
    insert!(audited, contract_document, [document]);
    Ok(())
}

async fn write(audited: &mut Audited<'_, '_>, version: Version) -> Result<()> {
    insert!(audited, contract_document_version, [version]);
    Ok(())
}

async fn set(
    audited: &mut Audited<'_, '_>,
    id: DocumentId,
    (version, status, agree_by): (u32, Status, Option<NaiveDate>),
) -> Result<()> {
    let (tenant, at) = (audited.tenant().uuid(), audited.at());
    diesel::update(contract_document::table.find((tenant, id.uuid())))
        .set((
            contract_document::version.eq(version.raw()),
            contract_document::status.eq(status.raw()),
            agree_by.map(|day| contract_document::agree_by.eq(day)),
            contract_document::changed_at.eq(at),
        ))
        .execute(audited.conn())
        .await?;
    Ok(())
}

async fn tell(audited: &mut Audited<'_, '_>, document: DocumentId, version: u32) -> Result<()> {
    jobs::enqueue(audited, Job::TellOfDocument { document, version, answered: false }).await
}
