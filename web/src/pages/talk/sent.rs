//! The files of a form, looked at before anything is kept: by what is in them, and an archive by every part of it.

use counterfoil_core::attachment::{self, Kind, MOST_FILES};
use counterfoil_tenants::talk::NewFile;

use crate::access::GivenFile;
use crate::fault::Fault;
use crate::form::Errors;
use crate::spreadsheet;

/// The files as they may be kept; what is wrong with one is said beside the field.
pub(in crate::pages) async fn checked(files: Vec<GivenFile>, errors: &mut Errors) -> Result<Vec<NewFile>, Fault> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    if files.len() > MOST_FILES {
        errors.add("files", format!("Choose at most {MOST_FILES} files. You can send {}.", attachment::MAY_BE_SENT));
        return Ok(Vec::new());
    }
    // unpacking is work for a thread of its own
    let looked = tokio::task::spawn_blocking(move || files.into_iter().map(looked_at).collect::<Result<Vec<_>, _>>());
    match looked.await.map_err(|error| Fault::internal(&error))? {
        Ok(files) => Ok(files),
        Err(words) => {
            errors.add("files", words);
            Ok(Vec::new())
        }
    }
}

fn looked_at(file: GivenFile) -> Result<NewFile, String> {
    let kind = attachment::kind_of(&file.name, &file.bytes).map_err(|refused| refused.to_string())?;
    let name = attachment::cleaned(&file.name);
    if kind == Kind::Xlsx {
        spreadsheet::look_into(&file.bytes).map_err(|fault| format!("\u{2018}{name}\u{2019}: {fault}"))?;
    }
    Ok(NewFile { name, kind, bytes: file.bytes })
}
