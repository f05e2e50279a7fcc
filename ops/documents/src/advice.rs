//! What a remittance advice says, in the order in which it is read: headings, what was paid to whom, a row for each entry
//! with how it was worked out, and the sums that make the payment.

use chrono::NaiveDate;
use counterfoil_core::language::Language;
use counterfoil_core::money::Money;
use counterfoil_core::pricing::words::{self, date};
use counterfoil_core::remittance::{Remittance, RemittanceLine};

/// A paragraph of a cell, in its language.
pub(crate) struct Paragraph {
    pub(crate) text: String,
    pub(crate) language: Language,
}

impl From<String> for Paragraph {
    fn from(text: String) -> Self {
        Self { text, language: Language::English }
    }
}

/// A document.
pub(crate) struct Content {
    /// The title, which is the first heading too.
    pub(crate) title: String,
    pub(crate) author: String,
    /// Terms with what they are.
    pub(crate) facts: Vec<(String, String)>,
    /// The heading of the table.
    pub(crate) heading: String,
    pub(crate) columns: [&'static str; 6],
    /// Rows of cells of paragraphs; the first cell is the row's heading.
    pub(crate) rows: Vec<[Vec<Paragraph>; 6]>,
    /// Sums below them.
    pub(crate) sums: Vec<(String, String)>,
}

pub(crate) fn content(advice: &Remittance) -> Content {
    let payment = &advice.payment;
    let carried = Money::from_pence(payment.carried_forward.pence().saturating_neg());
    let sums = [
        ("Total of the lines above", payment.entries, true),
        ("Brought forward from the last payment", payment.brought_forward, false),
        ("Carried forward to the next payment", carried, false),
        ("Paid into your bank", payment.payment, true),
    ];
    Content {
        title: format!("Remittance advice {} from {}", advice.number, advice.council),
        author: advice.council.clone(),
        facts: vec![
            ("To".to_owned(), format!("{} (supplier {})", advice.payee, advice.supplier_number)),
            ("Paid into your bank".to_owned(), format!("{} on {}", payment.payment, day(advice.bank_date))),
            ("Schedule".to_owned(), advice.schedule.clone()),
            ("Period".to_owned(), span(advice.period)),
        ],
        heading: "What this payment was made of".to_owned(),
        columns: ["Care", "Service", "How it was worked out", "Entitled", "Posted before", "This payment"],
        rows: advice.lines.iter().map(row).collect(),
        sums: sums
            .into_iter()
            .filter(|(_, sum, always)| *always || !sum.is_zero())
            .map(|(words, sum, _)| (words.to_owned(), sum.to_string()))
            .collect(),
    }
}

fn row(line: &RemittanceLine) -> [Vec<Paragraph>; 6] {
    let labelled = |label: &str, value: &str| (!value.is_empty()).then(|| format!("{label} {value}"));
    let service = [
        Some(line.service.clone()),
        labelled("Line", &line.service_line),
        labelled("Order", &line.purchase_order),
        labelled("Your reference", &line.provider_reference),
        line.invoice_date.map(|dated| format!("Invoice date {}", day(dated))),
    ];
    let mut worked_out = vec![Paragraph::from(line.kind.words().to_owned())];
    worked_out.extend(
        line.charges.iter().map(|charge| Paragraph {
            text: format!("\u{2022} {}", charge.sentence()),
            language: charge.words.language,
        }),
    );
    worked_out.push(format!("Priced by {}", line.rule).into());
    let about = [line.service_user.clone(), span(line.care), format!("Contract {}", line.contract)];
    [
        about.into_iter().map(Paragraph::from).collect(),
        service.into_iter().flatten().map(Paragraph::from).collect(),
        worked_out,
        vec![line.entitlement.to_string().into()],
        vec![line.posted_before.to_string().into()],
        vec![line.amount.to_string().into()],
    ]
}

fn span(days: (NaiveDate, NaiveDate)) -> String {
    words::span(days, Language::English)
}

fn day(day: NaiveDate) -> String {
    date(day, Language::English)
}
