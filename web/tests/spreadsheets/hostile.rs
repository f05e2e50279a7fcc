//! Files that are meant to harm: each is refused with a sentence that says what to do, and soon.

use std::time::{Duration, Instant};

use counterfoil_web::spreadsheet::{MOST_BYTES, SheetFault, read};

use crate::archives::{archive, copied, filled, lying, parts, workbook};

const CELL: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Contract</t></is></c></row>";
const KB: &[u8] = &[b' '; 1024];

/// Refuses a file, within a few seconds, with a sentence that ends and says what to do.
#[track_caller]
fn refused(bytes: &[u8]) -> SheetFault {
    let begun = Instant::now();
    let fault = read(bytes).expect_err("a refusal");
    assert!(begun.elapsed() < Duration::from_secs(20), "{fault}: {:?}", begun.elapsed());
    let said = fault.to_string();
    assert!(said.ends_with('.') && said.len() > 10, "{said}");
    fault
}

fn text_cell(text: &str) -> Vec<u8> {
    workbook(&format!("<row r=\"7\"><c r=\"C7\" t=\"inlineStr\"><is><t>{text}</t></is></c></row>"), &[])
}

#[test]
fn a_workbook_made_by_hand_is_read_so_that_refusals_are_for_what_is_wrong() {
    let (_, table) = read(&workbook(CELL, &[])).unwrap();
    assert_eq!((table.rows.len(), table.rows[0].cell(0).text().as_str()), (1, "Contract"));
}

#[test]
fn ten_gigabytes_of_nothing_are_not_unpacked() {
    // packed once and copied as it is
    let gigabyte = filled("xl/media/image1.png", "", &[0; 1024 * 1024], 1024, "");
    let bomb = copied(&gigabyte, "xl/media/image1.png", 10);
    assert!(bomb.len() < MOST_BYTES, "{} bytes on the way", bomb.len());
    assert_eq!(refused(&bomb), SheetFault::TooMuchInside);
}

#[test]
fn an_archive_that_lies_about_its_sizes_is_not_believed() {
    let large = 150 * 1024 * 1024_u32;
    let honest = filled("xl/media/image1.png", "", &[0; 1024 * 1024], 150, "");
    assert_eq!(refused(&honest), SheetFault::TooMuchInside);
    // two parts have sizes of 64 bits where they may be large; this one is written small
    let small = archive(&[&parts(b"<worksheet/>".to_vec())[..], &[("xl/media/a.bin", vec![0; 5_000_000])]].concat());
    assert_eq!(refused(&lying(small.clone(), 5_000_000, 17)), SheetFault::Lying);
    assert_eq!(refused(&lying(small, 5_000_000, 6_000_000)), SheetFault::Lying);
    let deep =
        archive(&[&parts(b"<worksheet/>".to_vec())[..], &[("xl/media/a.bin", vec![0; large as usize])]].concat());
    assert_eq!(refused(&lying(deep, large, 1_000)), SheetFault::Lying);
}

#[test]
fn forty_two_megabytes_of_shared_strings_are_refused() {
    let bomb = filled("xl/sharedStrings.xml", "<sst><si><t>", KB, 42 * 1024, "</t></si></sst>");
    assert!(bomb.len() < 200_000);
    assert_eq!(refused(&bomb), SheetFault::TooMuchInside);
}

#[test]
fn sixteen_thousand_columns_are_refused_and_so_is_the_far_corner() {
    let name = |mut column: u32| {
        let mut letters = Vec::new();
        while column > 0 {
            letters.push(char::from(b'A' + u8::try_from((column - 1) % 26).unwrap()));
            column = (column - 1) / 26;
        }
        letters.into_iter().rev().collect::<String>()
    };
    let cells: String = (1..=16_384).map(|column| format!("<c r=\"{}1\"><v>1</v></c>", name(column))).collect();
    assert_eq!(refused(&workbook(&format!("<row r=\"1\">{cells}</row>"), &[])), SheetFault::TooManyColumns);
    // a grid from one corner to the other would be one of seventeen thousand million cells
    let corners =
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    assert_eq!(refused(&workbook(corners, &[])), SheetFault::TooManyColumns);
    let wide = format!("{}\n", "x,".repeat(16_384));
    assert_eq!(refused(wide.as_bytes()), SheetFault::TooManyColumns);
}

#[test]
fn formulas_are_refused_with_their_cell() {
    let computed = workbook("<row r=\"7\"><c r=\"C7\"><f>SUM(A1:A6)</f><v>7</v></c></row>", &[]);
    assert_eq!(refused(&computed), SheetFault::Formula("C7".to_owned()));
    let shared = workbook(
        "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" ref=\"A1:A2\" si=\"0\">B1</f><v>7</v></c></row>\
         <row r=\"2\"><c r=\"A2\"><f t=\"shared\" si=\"0\"/><v>7</v></c></row>",
        &[],
    );
    assert_eq!(refused(&shared), SheetFault::Formula("A1".to_owned()));
    assert_eq!(refused(b"Contract,Comment\nC1,\"=HYPERLINK(\"\"http://x\"\")\""), SheetFault::Formula("B2".to_owned()));
    assert_eq!(refused("Contract\n\u{ff1d}1+1".as_bytes()), SheetFault::Formula("A2".to_owned()));
}

#[test]
fn invisible_characters_are_refused_with_their_cell() {
    assert_eq!(refused(b"Contract,CPLI\nC1,L\x00001"), SheetFault::Control("B2".to_owned()));
    assert_eq!(refused("Contract\nC\u{202e}1".as_bytes()), SheetFault::Turning("A2".to_owned()));
    assert_eq!(refused("Contract\nC\u{2066}1".as_bytes()), SheetFault::Turning("A2".to_owned()));
    assert_eq!(refused(&text_cell("C\u{202e}1")), SheetFault::Turning("C7".to_owned()));
    assert_eq!(refused(&text_cell("C\x001")), SheetFault::ZeroBytes);
    assert!(matches!(refused(&text_cell("C&#x1;1")), SheetFault::Control(_) | SheetFault::Unreadable));
    assert_eq!(refused(&text_cell(&"x".repeat(40_000))), SheetFault::LongCell("C7".to_owned()));
}

#[test]
fn external_entities_and_entities_that_grow_are_refused() {
    for declared in [
        "<!DOCTYPE x [<!ENTITY file SYSTEM \"file:///etc/passwd\">]>",
        "<!doctype x SYSTEM \"http://192.0.2.1/x.dtd\">",
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
    ] {
        let sheet = format!("<?xml version=\"1.0\"?>{declared}<worksheet><sheetData>{CELL}</sheetData></worksheet>");
        assert_eq!(refused(&archive(&parts(sheet.into_bytes()))), SheetFault::Entities, "{declared}");
        // in any part, and over the edge of a piece that is looked at
        let strings = format!("{}{declared}<sst/>", " ".repeat(64 * 1024 - 4));
        let more = [("xl/sharedStrings.xml", strings.into_bytes())];
        assert_eq!(refused(&workbook(CELL, &more)), SheetFault::Entities, "{declared}");
    }
    // the same in UTF-16, which a parser would follow
    let wide: Vec<u8> = "\u{feff}<!DOCTYPE x []><worksheet/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refused(&archive(&parts(wide))), SheetFault::ZeroBytes);
}

#[test]
fn what_is_no_table_is_refused_with_what_to_save_it_as() {
    assert_eq!(refused(b""), SheetFault::Empty);
    assert_eq!(refused(&vec![b'a'; MOST_BYTES + 1]), SheetFault::TooLarge);
    assert_eq!(refused(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), SheetFault::OldExcel);
    assert_eq!(refused(b"PK\x03\x04 and nothing else"), SheetFault::Unreadable);
    assert_eq!(refused(&archive(&[("hello.txt", b"hello".to_vec())])), SheetFault::Unreadable);
    assert_eq!(refused(&workbook(CELL, &[("xl/vbaProject.bin", vec![1])])), SheetFault::Macros);
    let names: Vec<String> = (0..300).map(|number| format!("xl/part{number}.xml")).collect();
    let many: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (name.as_str(), b"<x/>".to_vec())).collect();
    assert_eq!(refused(&workbook(CELL, &many)), SheetFault::TooMuchInside);
    assert!(matches!(refused(b"a,b\n1,\"never ends\n2,3\n4,5\n"), SheetFault::Quotation(2)));
    assert!(matches!(refused("x\n".repeat(150_002).as_bytes()), SheetFault::TooManyRows));
}
