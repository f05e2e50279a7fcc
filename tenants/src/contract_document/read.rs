//! What both sides see of documents: every version in a table, what waits first, and one document with all its versions and
//! the receipts of what was answered.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::{ContractId, DocumentId, OrganisationId, ServiceLineId, TenantId};
use diesel::sql_types::{BigInt, Binary, Bool, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::{Answer, Document, Kind, State, Status};
use crate::care::Whose;
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::{contract_document, contract_document_answer};
use crate::scope::{Provider, Tx};

/// A page of documents that is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Where they stand.
    pub state: Option<State>,
    /// A part of the title, or of the reference of a contract, line, order or person, whatever its case.
    pub reference: Option<String>,
    /// Under one contract.
    pub contract: Option<ContractId>,
    /// For one line.
    pub line: Option<ServiceLineId>,
    /// How many to pass over.
    pub offset: i64,
    /// How many to give, at most.
    pub limit: i64,
}

/// A version in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The document.
    pub id: DocumentId,
    /// Which version of it.
    pub version: u32,
    /// What it is.
    pub kind: Kind,
    /// The title.
    pub title: String,
    /// The contract, by its reference.
    pub contract: String,
    /// The line, by its CPLI number, and the person, by the council's reference; none for the whole contract.
    pub line: Option<(String, String)>,
    /// Whose it is to agree; for a council.
    pub provider: Option<String>,
    /// Where it stands.
    pub state: State,
    /// The day by which it is to be agreed.
    pub agree_by: NaiveDate,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// What was declared about a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Whether it was agreed, and not rejected.
    pub agreed: bool,
    /// The digest of what was before them, in hexadecimal.
    pub digest: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The name that was declared.
    pub name: String,
    /// The role that was declared.
    pub role: String,
    /// Why it was rejected.
    pub reason: String,
}

/// A version as both sides read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionSeen {
    /// From 1.
    pub version: u32,
    /// The title.
    pub title: String,
    /// The terms, as paragraphs.
    pub terms: String,
    /// The day by which it is to be agreed.
    pub agree_by: NaiveDate,
    /// The attached file: what it is called, and its size in bytes.
    pub attachment: Option<(String, i64)>,
    /// Of everything that is agreed, in hexadecimal.
    pub digest: String,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// By whom.
    pub publisher: String,
    /// What was answered.
    pub receipt: Option<Receipt>,
    /// Where it stands.
    pub state: State,
}

/// A document with everything about it.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentSeen {
    /// As it stands.
    pub document: Document,
    /// Its newest version, as a table shows it.
    pub listed: Listed,
    /// Its versions, the newest first.
    pub versions: Vec<VersionSeen>,
}

type RowTypes = (
    (SqlUuid, Integer, Text, Text, Text, Nullable<Text>, Nullable<Text>),
    (Nullable<Text>, Bool, SmallInt, Date, Timestamptz),
);
type Row = (
    (Uuid, i32, String, String, String, Option<String>, Option<String>),
    (Option<String>, bool, i16, NaiveDate, DateTime<Utc>),
);

/// How many versions of one organisation at one council there are.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn count_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<i64> {
    let whose = Whose::of(tx, council, organisation)?;
    counted(tx.conn(), whose, wanted).await
}

/// A page of them, what waits first and of that what is due first.
///
/// # Errors
/// As [`count_own`].
pub async fn list_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<Vec<Listed>> {
    let whose = Whose::of(tx, council, organisation)?;
    load(tx.conn(), whose, wanted).await
}

/// One document.
///
/// # Errors
/// [`Error::NotFound`] for any other, and for one that the person does not see.
pub async fn find_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    id: DocumentId,
) -> Result<DocumentSeen> {
    let whose = Whose::of(tx, council, organisation)?;
    seen(tx.conn(), whose, id).await
}

/// What is attached to a version of it: the file's name and bytes.
///
/// # Errors
/// [`Error::NotFound`] as [`find_own`], and where nothing is attached.
pub async fn attachment_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    (id, version): (DocumentId, u32),
) -> Result<(String, Vec<u8>)> {
    let whose = Whose::of(tx, council, organisation)?;
    attached(tx.conn(), whose, (id, version)).await
}

/// How many versions the council has published.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<i64> {
    let whose = Whose::council(tx);
    counted(tx.conn(), whose, wanted).await
}

/// A page of them, what waits first and of that what is due first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Vec<Listed>> {
    let whose = Whose::council(tx);
    load(tx.conn(), whose, wanted).await
}

/// One document.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: DocumentId) -> Result<DocumentSeen> {
    let whose = Whose::council(tx);
    seen(tx.conn(), whose, id).await
}

/// What is attached to a version of it.
///
/// # Errors
/// [`Error::NotFound`], also where nothing is attached.
pub async fn attachment(tx: &mut Tx<'_>, of: (DocumentId, u32)) -> Result<(String, Vec<u8>)> {
    let whose = Whose::council(tx);
    attached(tx.conn(), whose, of).await
}

const FROM: &str = " FROM contract_document_version v \
     JOIN contract_document d ON d.tenant_id = v.tenant_id AND d.id = v.document_id \
     JOIN contract k ON k.tenant_id = v.tenant_id AND k.id = v.contract_id \
     LEFT JOIN service_line l ON l.tenant_id = d.tenant_id AND l.id = d.service_line_id \
     LEFT JOIN service_user u ON u.tenant_id = l.tenant_id AND u.id = l.service_user_id";

async fn counted(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<i64> {
    let sql: Prepared<BigInt> = filtered(Prepared::new("SELECT count(*)").sql(FROM), whose, wanted);
    Ok(sql.get_result(conn).await?)
}

fn table(whose: Whose) -> Prepared<RowTypes> {
    let sql = Prepared::new("SELECT d.id, v.version, d.kind, v.title, k.reference, l.reference, u.reference, ");
    let sql = sql.sql(if whose.organisation.is_some() { "NULL::text" } else { "o.name" });
    let sql = sql.sql(", v.version = d.version, d.status, v.agree_by, v.published_at").sql(FROM);
    if whose.organisation.is_some() { sql } else { sql.sql(" LEFT JOIN organisation o ON o.id = d.organisation_id") }
}

fn filtered<ST>(sql: Prepared<ST>, whose: Whose, wanted: &Wanted) -> Prepared<ST> {
    let mut sql = sql.sql(" WHERE v.tenant_id = ").id(whose.tenant);
    if let Some(organisation) = whose.organisation {
        sql = sql.sql(" AND v.organisation_id = ").id(organisation);
    }
    if let Some(contract) = wanted.contract {
        sql = sql.sql(" AND v.contract_id = ").id(contract.uuid());
    }
    if let Some(line) = wanted.line {
        sql = sql.sql(" AND d.service_line_id = ").id(line.uuid());
    }
    sql = match wanted.state {
        None => sql,
        Some(State::Superseded) => sql.sql(" AND v.version <> d.version"),
        Some(State::Newest(Status::Waiting)) => sql.sql(" AND v.version = d.version AND d.status = 0"),
        Some(State::Newest(Status::Agreed)) => sql.sql(" AND v.version = d.version AND d.status = 1"),
        Some(State::Newest(Status::Rejected)) => sql.sql(" AND v.version = d.version AND d.status = 2"),
        Some(State::Newest(Status::Withdrawn)) => sql.sql(" AND v.version = d.version AND d.status = 3"),
    };
    match &wanted.reference {
        Some(words) => sql
            .sql(
                " AND strpos(lower(concat_ws(E'\\n', v.title, k.reference, l.reference, l.purchase_order, u.reference)), \
                 lower(",
            )
            .words(words)
            .sql(")) > 0"),
        None => sql,
    }
}

async fn load(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<Vec<Listed>> {
    let sql = filtered(table(whose), whose, wanted)
        .sql(
            " ORDER BY (v.version = d.version AND d.status = 0) DESC, \
             CASE WHEN v.version = d.version AND d.status = 0 THEN v.agree_by END, v.published_at DESC, d.id, v.version \
             LIMIT ",
        )
        .number(wanted.limit)
        .sql(" OFFSET ")
        .number(wanted.offset);
    let rows: Vec<Row> = sql.load(conn).await?;
    rows.into_iter().map(listed).collect()
}

async fn seen(conn: &mut AsyncPgConnection, whose: Whose, id: DocumentId) -> Result<DocumentSeen> {
    let sql =
        filtered(table(whose), whose, &Wanted::default()).sql(" AND v.version = d.version AND d.id = ").id(id.uuid());
    let listed = listed(sql.get_result(conn).await?)?;
    let document: Document =
        contract_document::table.find((whose.tenant, id.uuid())).select(Document::as_select()).first(conn).await?;
    let versions = versions(conn, whose, &document).await?;
    Ok(DocumentSeen { document, listed, versions })
}

async fn versions(conn: &mut AsyncPgConnection, whose: Whose, document: &Document) -> Result<Vec<VersionSeen>> {
    type Types = (Integer, Text, Text, Date, Nullable<Text>, Nullable<Integer>, Binary, Timestamptz, Text);
    type Row = (i32, String, String, NaiveDate, Option<String>, Option<i32>, Vec<u8>, DateTime<Utc>, String);
    let sql: Prepared<Types> = Prepared::new(
        "SELECT v.version, v.title, v.terms, v.agree_by, v.attachment_name, octet_length(v.attachment), v.digest, \
         v.published_at, v.publisher FROM contract_document_version v WHERE v.tenant_id = ",
    )
    .id(whose.tenant)
    .sql(" AND v.document_id = ")
    .id(document.id.uuid())
    .sql(" ORDER BY v.version DESC");
    let rows: Vec<Row> = sql.load(conn).await?;
    let answers: Vec<Answer> = contract_document_answer::table
        .filter(contract_document_answer::tenant_id.eq(whose.tenant))
        .filter(contract_document_answer::document_id.eq(document.id.uuid()))
        .select(Answer::as_select())
        .load(conn)
        .await?;
    rows.into_iter()
        .map(|(version, title, terms, agree_by, name, size, digest, published_at, publisher)| {
            let version = u32::of(version).map_err(|what| Error::Unreadable { what })?;
            let receipt = answers.iter().find(|answer| answer.version == version).map(|answer| Receipt {
                agreed: answer.agreed,
                digest: hex::encode(&answer.digest),
                at: answer.answered_at,
                name: answer.name.clone(),
                role: answer.role.clone(),
                reason: answer.reason.clone(),
            });
            let newest = version == document.version;
            Ok(VersionSeen {
                version,
                title,
                terms,
                agree_by,
                attachment: name.zip(size.map(i64::from)),
                digest: hex::encode(digest),
                published_at,
                publisher,
                receipt,
                state: if newest { State::Newest(document.status) } else { State::Superseded },
            })
        })
        .collect()
}

async fn attached(
    conn: &mut AsyncPgConnection,
    whose: Whose,
    (id, version): (DocumentId, u32),
) -> Result<(String, Vec<u8>)> {
    let mut sql: Prepared<(Text, Binary)> = Prepared::new(
        "SELECT attachment_name, attachment FROM contract_document_version WHERE attachment IS NOT NULL AND tenant_id = ",
    )
    .id(whose.tenant);
    if let Some(organisation) = whose.organisation {
        sql = sql.sql(" AND organisation_id = ").id(organisation);
    }
    let sql = sql.sql(" AND document_id = ").id(id.uuid()).sql(" AND version = ").number(i64::from(version));
    Ok(sql.get_result(conn).await?)
}

fn listed(row: Row) -> Result<Listed> {
    let ((id, version, kind, title, contract, line, person), (provider, newest, status, agree_by, published_at)) = row;
    let unreadable = |what| Error::Unreadable { what };
    let status = Status::of(status).map_err(unreadable)?;
    Ok(Listed {
        id: DocumentId::from_uuid(id),
        version: u32::of(version).map_err(unreadable)?,
        kind: Kind::of(kind).map_err(unreadable)?,
        title,
        contract,
        line: line.zip(person),
        provider,
        state: if newest { State::Newest(status) } else { State::Superseded },
        agree_by,
        published_at,
    })
}
