//! Workbooks made by hand, a part at a time: what no spreadsheet program would save.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A workbook with one sheet of this XML between its `sheetData`, and further parts.
pub(crate) fn workbook(rows: &str, more: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let sheet = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><worksheet \
         xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
    );
    archive(&[&parts(sheet.into_bytes()), more].concat())
}

/// The parts of a workbook around a sheet.
pub(crate) fn parts(sheet: Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        (
            "[Content_Types].xml",
            text(
                "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>",
            ),
        ),
        (
            "_rels/.rels",
            text(
                "<?xml version=\"1.0\"?><Relationships \
                 xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
                 Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>",
            ),
        ),
        (
            "xl/workbook.xml",
            text(
                "<?xml version=\"1.0\"?><workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                 xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
                 <sheet name=\"Actuals\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            text(
                "<?xml version=\"1.0\"?><Relationships \
                 xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
                 Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
                 Target=\"worksheets/sheet1.xml\"/></Relationships>",
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ]
}

/// An archive of parts.
pub(crate) fn archive(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An archive in which a part comes to so many bytes of nothing, written a piece at a time.
pub(crate) fn filled(name: &str, begin: &str, fill: &[u8], times: u64, end: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    for (other, bytes) in parts(b"<worksheet><sheetData/></worksheet>".to_vec()) {
        if other != name {
            writer.start_file(other, options).unwrap();
            writer.write_all(&bytes).unwrap();
        }
    }
    writer.start_file(name, options).unwrap();
    writer.write_all(begin.as_bytes()).unwrap();
    for _ in 0..times {
        writer.write_all(fill).unwrap();
    }
    writer.write_all(end.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

/// The parts of an archive, and one of them so many times.
pub(crate) fn copied(bytes: &[u8], name: &str, times: u32) -> Vec<u8> {
    let mut from = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        writer.raw_copy_file(from.by_index_raw(index).unwrap()).unwrap();
    }
    for number in 1..times {
        let part = from.by_name(name).unwrap();
        writer.raw_copy_file_rename(part, format!("xl/media/copy{number}.png")).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The same archive, saying of its largest part that it is this small, in its header and in the directory.
pub(crate) fn lying(mut bytes: Vec<u8>, real: u32, said: u32) -> Vec<u8> {
    let (real, said) = (real.to_le_bytes(), said.to_le_bytes());
    let mut changed = 0;
    // the size stands 22 bytes into a header of a part, and 24 into its line of the directory
    for (mark, place) in [(*b"PK\x03\x04", 22), (*b"PK\x01\x02", 24)] {
        for at in 0..bytes.len().saturating_sub(place + 4) {
            if bytes[at..at + 4] == mark && bytes[at + place..at + place + 4] == real {
                bytes[at + place..at + place + 4].copy_from_slice(&said);
                changed += 1;
            }
        }
    }
    assert!(changed > 0, "nothing said that size");
    bytes
}
