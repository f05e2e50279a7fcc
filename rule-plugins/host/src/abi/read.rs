//! Reads the outermost imports and exports of a component, without believing its sizes: the parser walks the
//! bytes once and keeps only names.

use counterfoil_core::pricing::Fault;
use wasmparser::{Encoding, Parser, Payload};

use super::refused;

/// The most names kept of a component's surface; a rule has one export.
const MOST_NAMES: usize = 64;

/// What a component asks for and offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surface {
    /// The names of its imports.
    pub imports: Vec<String>,
    /// The names of its exports.
    pub exports: Vec<String>,
}

/// The surface of a component.
///
/// # Errors
/// [`Fault::NotARule`] when the bytes are no component: no WebAssembly at all, a core module, cut off, damaged.
pub fn surface(bytes: &[u8]) -> Result<Surface, Fault> {
    if !bytes.starts_with(b"\0asm") {
        return Err(refused(
            "it is not a WebAssembly file: choose the .wasm file that \u{2018}counterfoil rules build\u{2019} wrote"
                .to_owned(),
        ));
    }
    let mut surface = Surface::default();
    // Modules and components nest; only the names of the outermost component are its surface.
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|cause| damaged(&cause))? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(refused(
                    "it is a core WebAssembly module, not a component: encode it with \u{2018}counterfoil rules build\u{2019}"
                        .to_owned(),
                ));
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    keep(&mut surface.imports, import.map_err(|cause| damaged(&cause))?.name.name);
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    keep(&mut surface.exports, export.map_err(|cause| damaged(&cause))?.name.name);
                }
            }
            _ => {}
        }
    }
    Ok(surface)
}

fn keep(names: &mut Vec<String>, name: &str) {
    if names.len() < MOST_NAMES {
        names.push(name.to_owned());
    }
}

fn damaged(cause: &wasmparser::BinaryReaderError) -> Fault {
    refused(format!(
        "it is damaged or cut off at byte {} of the file: build it again and upload the whole file",
        cause.offset()
    ))
}
