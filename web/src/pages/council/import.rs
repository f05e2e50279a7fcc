//! `/councils/{council}/providers/import`: many organisations at once, from a table. First it is said what the table would
//! do, then it is done.
//!
//! Between the two pages the table travels in a hidden field and is read and judged anew, since what a session keeps is
//! gone after ten minutes, which five thousand rows take longer to look through, and is the same for two windows.

use axum::body::Bytes;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::linking::{Column, MOST_BYTES, Preview, Rejected, Row, Wanted, text_of};
use serde::Serialize;

use super::{home, spreadsheet};
use crate::access::{AtCouncil, Changing, Permit, PostedFile, Staff, Visit};
use crate::download::attachment;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};

/// How many rows of each kind the page shows; the rest is counted.
const MOST_SHOWN: usize = 100;

#[derive(Serialize)]
struct Upload {
    form: FormShown,
    home: String,
}

#[derive(Serialize)]
struct Page {
    home: String,
    /// The table itself.
    file: String,
    new: Rows,
    already_invited: Rows,
    already_linked: Rows,
    rejected: Vec<RejectedShown>,
    /// How many rows, and not how many faults of theirs.
    rejected_rows: usize,
    more_rejected: usize,
}

#[derive(Serialize)]
struct Rows {
    rows: Vec<RowShown>,
    in_all: usize,
    more: usize,
}

#[derive(Serialize)]
struct RowShown {
    line: u64,
    name: String,
    reference: String,
    email: String,
    contact: String,
}

#[derive(Serialize)]
struct RejectedShown {
    line: u64,
    column: Option<&'static str>,
    reason: String,
    cure: String,
}

/// The form.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Changing>>) -> Result<Response, Fault> {
    upload(&visit, &pass, FormShown::empty()).await
}

/// What the table would do.
pub(crate) async fn preview(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    posted: PostedFile,
) -> Result<Response, Fault> {
    let (text, preview) = match read(&visit, &pass, &posted.file).await? {
        Ok(read) => read,
        Err(words) => return refused(&visit, &pass, words).await,
    };
    let lines = rejected_lines(&preview.rejected);
    let shown = preview.rejected.iter().take(MOST_SHOWN).map(|rejected| RejectedShown {
        line: rejected.line,
        column: rejected.column.map(Column::heading),
        reason: rejected.reason.clone(),
        cure: rejected.cure.clone(),
    });
    let page = Page {
        home: home(&pass),
        file: text,
        new: rows(&preview.new),
        already_invited: rows(&preview.already_invited),
        already_linked: rows(&preview.already_linked),
        rejected: shown.collect(),
        rejected_rows: lines,
        more_rejected: preview.rejected.len().saturating_sub(MOST_SHOWN),
    };
    visit.page("council/import_preview.html", &pass.shell(&visit).await?, page)
}

/// It is done. What somebody else has invited meanwhile is left as it is.
pub(crate) async fn confirm(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    posted: PostedFile,
) -> Result<Response, Fault> {
    let preview = match read(&visit, &pass, &posted.file).await? {
        Ok((_, preview)) => preview,
        Err(words) => return refused(&visit, &pass, words).await,
    };
    let wanted: Vec<Wanted> = preview.new.into_iter().map(|row| row.wanted).collect();
    let invited = visit.app.identity().invite_organisations(&visit.asked(), pass.council.id, &wanted).await;
    let invited = invited.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to(&format!("{}/providers?done=imported&count={invited}", home(&pass))).into_response())
}

/// The rows that were not taken, as a table to mend and to upload again.
pub(crate) async fn rejects(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    posted: PostedFile,
) -> Result<Response, Fault> {
    let preview = match read(&visit, &pass, &posted.file).await? {
        Ok((_, preview)) => preview,
        Err(words) => return refused(&visit, &pass, words).await,
    };
    let text = format!("{}{}", spreadsheet::MARK, spreadsheet::lines(to_mend(preview.rejected))?);
    Ok(attachment("to-mend.csv", "text/csv; charset=utf-8", text))
}

/// The table's text with what it would do, or what is wrong with it as a whole.
async fn read(visit: &Visit, pass: &AtCouncil, file: &Bytes) -> Result<Result<(String, Preview), String>, Fault> {
    if file.is_empty() {
        return Ok(Err("Select a file".to_owned()));
    }
    let too_large = || Ok(Err("The file must be smaller than 1MB. Split it into several.".to_owned()));
    if file.len() > MOST_BYTES {
        return too_large();
    }
    let text = match text_of(file) {
        Ok(text) if text.len() > MOST_BYTES => return too_large(),
        Ok(text) => text,
        Err(Error::Refused(words)) => return Ok(Err(words)),
        Err(error) => return Err(Fault::of(&error)),
    };
    match visit.app.identity().read_organisations_csv(pass.council.id, text.as_bytes()).await {
        Ok(preview) => Ok(Ok((text, preview))),
        Err(Error::Refused(words)) => Ok(Err(words)),
        Err(error) => Err(Fault::of(&error)),
    }
}

fn rows(all: &[Row]) -> Rows {
    let shown = all.iter().take(MOST_SHOWN).map(|row| RowShown {
        line: row.line,
        name: row.wanted.name().to_owned(),
        reference: row.wanted.reference().to_owned(),
        email: row.wanted.email().to_owned(),
        contact: row.wanted.contact().to_owned(),
    });
    Rows { rows: shown.collect(), in_all: all.len(), more: all.len().saturating_sub(MOST_SHOWN) }
}

/// How many rows have something wrong. A row's faults stand one after the other.
fn rejected_lines(rejected: &[Rejected]) -> usize {
    rejected.chunk_by(|one, other| one.line == other.line).count()
}

/// A row for each row, with the headings by which the table is read again and three columns that are passed over then.
fn to_mend(rejected: Vec<Rejected>) -> Vec<Vec<String>> {
    let headings = Column::ALL.map(Column::heading).into_iter().chain(["line", "what is wrong", "what to do"]);
    let mut table: Vec<Vec<String>> = vec![headings.map(str::to_owned).collect()];
    for row in rejected.chunk_by(|one, other| one.line == other.line) {
        let Some(first) = row.first() else { continue };
        let said = |of: fn(&Rejected) -> String| row.iter().map(of).collect::<Vec<_>>().join("; ");
        let wrong = said(|rejected| match rejected.column {
            Some(column) => format!("{column}: {}", rejected.reason),
            None => rejected.reason.clone(),
        });
        let told = [first.line.to_string(), wrong, said(|rejected| rejected.cure.clone())];
        table.push(first.typed.iter().cloned().chain(told).collect());
    }
    table
}

async fn refused(visit: &Visit, pass: &AtCouncil, words: String) -> Result<Response, Fault> {
    upload(visit, pass, FormShown::empty().with_errors(&Errors::of("file", words))).await
}

async fn upload(visit: &Visit, pass: &AtCouncil, form: FormShown) -> Result<Response, Fault> {
    visit.page("council/import.html", &pass.shell(visit).await?, Upload { form, home: home(pass) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(line: u64, column: Option<Column>, reason: &str) -> Rejected {
        let typed = ["Good Care", "S-1", "paygood.example", "Ada"].map(str::to_owned);
        Rejected { line, column, reason: reason.to_owned(), cure: "Mend it".to_owned(), typed }
    }

    #[test]
    fn a_row_with_two_faults_is_one_row_to_mend() {
        let rejected = vec![
            wrong(3, Some(Column::Name), "It is empty"),
            wrong(3, Some(Column::Email), "It is no email address"),
            wrong(7, None, "It has 5 cells under 4 headings"),
        ];
        assert_eq!(rejected_lines(&rejected), 2);
        let table = to_mend(rejected);
        assert_eq!(table[0][..4], ["name", "reference", "e-mail", "contact"]);
        assert_eq!(table[1][..5], ["Good Care", "S-1", "paygood.example", "Ada", "3"]);
        assert_eq!(table[1][5..], ["name: It is empty; e-mail: It is no email address", "Mend it; Mend it"]);
        assert_eq!(table[2][4..], ["7", "It has 5 cells under 4 headings", "Mend it"]);
    }
}
