//! A remittance advice on paper: its words, how it is read, and that the validator of PDF/UA-1 lets it pass, from none to
//! a thousand lines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use chrono::NaiveDate;
use counterfoil_core::disposition::Disposition;
use counterfoil_core::entry::EntryKind;
use counterfoil_core::language::Language;
use counterfoil_core::money::Money;
use counterfoil_core::remittance::{ChargeWords, Printer as _, Remittance, RemittanceCharge, RemittanceLine};
use counterfoil_core::run::PayeePayment;
use counterfoil_documents::RemittancePdf;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 12, day).unwrap()
}

fn line(number: i64) -> RemittanceLine {
    let charge = |pence, disposition| RemittanceCharge {
        days: (day(14), day(20)),
        words: ChargeWords {
            language: Language::English,
            arithmetic: "7 hours x £18.85 = £131.95".to_owned(),
            reason: "Delivered as planned".to_owned(),
        },
        also: Vec::new(),
        disposition,
        amount: Money::from_pence(pence),
    };
    RemittanceLine {
        contract: "W000123".to_owned(),
        service_user: format!("SS{number:05}"),
        service_line: format!("CPLI{number:06}"),
        purchase_order: "PO000077".to_owned(),
        service: "External Domiciliary Care - Tiered".to_owned(),
        care: (day(14), day(20)),
        provider_reference: "INV-7".to_owned(),
        invoice_date: None,
        kind: EntryKind::First,
        entitlement: Money::from_pence(13_195),
        posted_before: Money::ZERO,
        amount: Money::from_pence(13_195),
        charges: vec![charge(13_195, Disposition::Payable), charge(1_885, Disposition::Suspended)],
        rule: "standard 1.2.0 (0123456789ab)".to_owned(),
    }
}

fn advice(lines: i64) -> Remittance {
    Remittance {
        council: "Worcestershire County Council".to_owned(),
        number: "R-17".to_owned(),
        payee: "Caer Wyddfa \u{2018}Gofal\u{2019} Ŵyn & Sons".to_owned(),
        supplier_number: "S000042".to_owned(),
        schedule: "Weekly actuals".to_owned(),
        period: (day(14), day(20)),
        bank_date: day(31),
        lines: (1..=lines).map(line).collect(),
        payment: PayeePayment {
            brought_forward: Money::from_pence(-500),
            entries: Money::from_pence(13_195 * lines),
            payment: Money::from_pence(13_195 * lines - 500),
            carried_forward: Money::ZERO,
        },
    }
}

fn print(advice: &Remittance) -> Vec<u8> {
    RemittancePdf::new().unwrap().pdf(advice).unwrap()
}

fn has(pdf: &[u8], words: &str) -> bool {
    pdf.windows(words.len()).any(|window| window == words.as_bytes())
}

#[test]
fn an_advice_passes_the_validator_whatever_its_length() {
    for lines in [0, 1, 7, 40, 400] {
        let pdf = print(&advice(lines));
        assert!(pdf.starts_with(b"%PDF-1.7"), "{lines} lines");
        for words in ["pdfuaid", "/StructTreeRoot", "/MarkInfo", "DisplayDocTitle", "/Lang"] {
            assert!(has(&pdf, words), "{words} with {lines} lines");
        }
    }
}

#[test]
fn one_line_with_more_charges_than_fit_on_a_page_goes_on_on_the_next() {
    let mut advice = advice(2);
    let charge = advice.lines[0].charges[0].clone();
    advice.lines[0].charges = vec![charge; 120];
    assert!(print(&advice).len() > print(&crate::advice(2)).len());
}

#[test]
fn what_no_letter_stands_for_is_no_reason_to_print_nothing() {
    let mut advice = advice(1);
    advice.payee = "\u{1f9d1}\u{200d}\u{2695} \u{202e}evil\u{0}\u{7} \u{4e2d}\u{6587}".to_owned();
    advice.lines[0].charges[0].words.reason = "x".repeat(500);
    advice.lines[0].provider_reference = String::new();
    assert!(has(&print(&advice), "/StructTreeRoot"));
}

#[test]
fn what_is_explained_in_welsh_passes_the_validator_too() {
    let mut welsh = advice(1);
    for charge in &mut welsh.lines[0].charges {
        charge.words.language = Language::Welsh;
        charge.words.reason = "Darparwyd yn ôl y cynllun".to_owned();
    }
    assert!(welsh.lines[0].charges[0].sentence().starts_with("14 Rhagfyr 2024 i 20 Rhagfyr 2024: "));
    assert!(has(&print(&welsh), "/StructTreeRoot"));
}

/// Where poppler is installed, what a reader sees is looked at as well.
#[test]
fn the_words_come_out_in_the_order_in_which_they_are_read() {
    let folder = std::env::temp_dir().join(format!("counterfoil-advice-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("advice.pdf");
    std::fs::write(&file, print(&advice(30))).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = std::process::Command::new(program).args(arguments).arg(&file).arg("-").output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    if let Some(text) = run("pdftotext", &["-layout"]) {
        for words in [
            "Remittance advice R-17 from Worcestershire County Council",
            "Caer Wyddfa",
            "Ŵyn & Sons (supplier S000042)",
            "14 December 2024 to 20 December 2024: 7 hours x £18.85 =",
            "(Suspended, not in this payment)",
            "Brought forward from the last payment",
            "£3,953.50",
            "page 1 of",
        ] {
            assert!(text.contains(words), "{words} in\n{text}");
        }
        assert_eq!(text.matches("SS00030").count(), 1);
    }
    let structure = std::process::Command::new("pdfinfo").arg("-struct-text").arg(&file).output();
    if let Ok(structure) = structure {
        let text = String::from_utf8_lossy(&structure.stdout).into_owned();
        for tag in ["H1", "H2", "LBody", "Table", "THead", "TH", "TBody", "TD", "TFoot"] {
            assert!(text.contains(tag), "{tag} in\n{text}");
        }
        // headings that come again on later pages are ornament, and are read once
        assert_eq!(text.matches("Posted before").count(), 1);
        assert!(!text.contains("page 1 of"), "page numbers are not read");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
