//! The same table, saved in whichever way spreadsheets and care systems save it.

use std::collections::BTreeMap;

use counterfoil_core::actuals_file::{Table, Value};
use counterfoil_web::spreadsheet::{Kind, csv, read, xlsx};

const TEXT: &str = "Contract,Comment\r\nC1,\"Llŷn, and\r\nmore\"\r\n\r\nC2,\u{20ac}5\r\n";

fn cells(table: &Table) -> Vec<(u32, Vec<String>)> {
    let of =
        |row: &counterfoil_core::actuals_file::Row| (row.number, row.cells.iter().map(|cell| cell.text()).collect());
    table.rows.iter().map(of).collect()
}

fn said(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
    let (kind, table) = read(bytes).unwrap();
    assert_eq!(kind, Kind::Csv);
    cells(&table)
}

#[test]
fn every_encoding_and_separator_gives_the_same_rows_numbered_as_a_spreadsheet_numbers_them() {
    let row = |number, cells: [&str; 2]| (number, cells.map(str::to_owned).to_vec());
    let expected =
        vec![row(1, ["Contract", "Comment"]), row(2, ["C1", "Llŷn, and\nmore"]), row(4, ["C2", "\u{20ac}5"])];
    assert_eq!(said(TEXT.as_bytes()), expected);
    assert_eq!(said(format!("\u{feff}{TEXT}").as_bytes()), expected);
    let marked = format!("\u{feff}{TEXT}");
    assert_eq!(said(&marked.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()), expected);
    assert_eq!(said(&marked.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()), expected);
    assert_eq!(said(TEXT.replace("\r\n", "\n").as_bytes()), expected);
    let semicolons = "Contract;Comment\nC1;\"Llŷn, and\nmore\"\n\nC2;\u{20ac}5\n";
    assert_eq!(said(semicolons.as_bytes()), expected);
    assert_eq!(said(format!("sep=;\n{semicolons}").as_bytes())[1].1, expected[1].1);
    assert_eq!(said("Contract\tComment\nC1\t\"Llŷn, and\nmore\"\n\nC2\t\u{20ac}5\n".as_bytes()), expected);
    let windows = b"Contract,Comment\nC1,it\x92s \x805\n";
    assert_eq!(said(windows)[1].1[1], "it\u{2019}s \u{20ac}5");
}

#[test]
fn what_is_written_is_never_computed_and_keeps_its_noughts() {
    let text = |text: &str| Value::Text(text.to_owned());
    let table = vec![
        vec![text("Contract"), text("Comment"), text("Date"), text("Start"), text("Delivered")],
        vec![
            text("00412"),
            text("=cmd|' /C calc'!A0"),
            Value::Day("2024-12-20".parse().unwrap()),
            Value::Time(510),
            Value::Number("7.25".parse().unwrap()),
        ],
    ];
    let written = csv(&table).unwrap();
    assert!(written.contains("00412,'=cmd|' /C calc'!A0,20/12/2024,08:30,7.25\r\n"), "{written}");
    let (_, from_csv) = read(written.as_bytes()).unwrap();
    let (kind, from_xlsx) = read(&xlsx(&table, &BTreeMap::new()).unwrap()).unwrap();
    assert_eq!(kind, Kind::Xlsx);
    assert_eq!(cells(&from_csv), cells(&from_xlsx));
    assert_eq!(cells(&from_csv)[1].1, ["00412", "=cmd|' /C calc'!A0", "20/12/2024", "08:30", "7.25"]);
}
