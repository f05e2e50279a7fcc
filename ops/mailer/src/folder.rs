//! Mail into files, for the demo and for machines without a relay.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;

use crate::error::{Lasting, SendError};
use crate::{Message, Receipt};

/// The folder with the `.eml` files.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_path_buf() }
    }

    /// Writes beside the final name and renames: whoever looks into the folder sees whole messages only.
    /// The same message again is the same file.
    pub(crate) async fn write(&self, message: &Message, built: &lettre::Message) -> Result<Receipt, SendError> {
        let file = self.path.join(file_name(&message.message_id));
        let unfinished = file.with_extension("eml.part");
        let written: io::Result<()> = async {
            fs::create_dir_all(&self.path).await?;
            fs::write(&unfinished, built.formatted()).await?;
            fs::rename(&unfinished, &file).await
        }
        .await;
        written
            .map_err(|e| SendError::because(Lasting::Temporary, format!("{} cannot be written", file.display()), e))?;
        Ok(Receipt { message_id: format!("<{}>", message.message_id), reply: None, file: Some(file) })
    }
}

/// The message's id with every character that a file name should not have as `%` and its number, so that
/// two ids never share a file.
fn file_name(id: &str) -> String {
    let mut name = String::with_capacity(id.len() + 4);
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'@' => {
                name.push(char::from(byte));
            }
            b'.' if !name.is_empty() => name.push('.'),
            _ => name.push_str(&format!("%{byte:02x}")),
        }
    }
    name.push_str(".eml");
    name
}
