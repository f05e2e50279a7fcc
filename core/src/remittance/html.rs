//! The remittance advice as a page that stands alone: it can be opened, printed or filed without the service.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::{Remittance, RemittanceCharge, RemittanceLine};
use crate::disposition::Disposition;
use crate::language::Language;
use crate::money::Money;
use crate::pricing::words::date;

const STYLE: &str = "body{font-family:Arial,Helvetica,sans-serif;color:#0b0c0c;line-height:1.4;margin:2rem auto;\
max-width:70rem;padding:0 1rem}h1{font-size:1.6rem}table{border-collapse:collapse;width:100%;margin:1rem 0}\
caption{text-align:left;font-weight:bold}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;\
border-bottom:1px solid #b1b4b6}td.sum,th.sum{text-align:right;white-space:nowrap}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:bold}dd{margin:0}\
ul{margin:0;padding-left:1.1rem}.scroll{overflow-x:auto}.kept{color:#505a5f}@media print{body{margin:0}}";

/// Writes a remittance advice as one HTML page.
#[must_use]
pub fn to_html(remittance: &Remittance) -> String {
    let mut page = String::new();
    let title = format!("Remittance advice {} from {}", remittance.number, remittance.council);
    // writing to a string cannot fail
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        title = escaped(&title)
    );
    summary(&mut page, remittance);
    page.push_str(
        "<div class=\"scroll\" role=\"region\" aria-label=\"What this payment was made of\" tabindex=\"0\">\n<table>\n\
         <caption>What this payment was made of</caption>\n<thead>\n<tr><th scope=\"col\">Care</th>\
         <th scope=\"col\">Service</th><th scope=\"col\">How it was worked out</th>\
         <th scope=\"col\" class=\"sum\">Entitled</th><th scope=\"col\" class=\"sum\">Posted before</th>\
         <th scope=\"col\" class=\"sum\">This payment</th></tr>\n</thead>\n<tbody>\n",
    );
    for line in &remittance.lines {
        row(&mut page, line);
    }
    page.push_str("</tbody>\n<tfoot>\n");
    let payment = &remittance.payment;
    let carried = Money::from_pence(payment.carried_forward.pence().saturating_neg());
    for (label, amount, always) in [
        ("Total of the lines above", payment.entries, true),
        ("Brought forward from the last payment", payment.brought_forward, false),
        ("Carried forward to the next payment", carried, false),
        ("Paid into your bank", payment.payment, true),
    ] {
        if always || !amount.is_zero() {
            let _ =
                writeln!(page, "<tr><th scope=\"row\" colspan=\"5\">{label}</th><td class=\"sum\">{amount}</td></tr>");
        }
    }
    page.push_str("</tfoot>\n</table>\n</div>\n</main>\n</body>\n</html>\n");
    page
}

fn summary(page: &mut String, remittance: &Remittance) {
    page.push_str("<dl>\n");
    for (term, value) in [
        ("To", format!("{} (supplier {})", remittance.payee, remittance.supplier_number)),
        ("Paid into your bank", format!("{} on {}", remittance.payment.payment, day(remittance.bank_date))),
        ("Schedule", remittance.schedule.clone()),
        ("Period", format!("{} to {}", day(remittance.period.0), day(remittance.period.1))),
    ] {
        let _ = writeln!(page, "<dt>{term}</dt><dd>{}</dd>", escaped(&value));
    }
    page.push_str("</dl>\n");
}

fn row(page: &mut String, line: &RemittanceLine) {
    let _ = write!(
        page,
        "<tr><td>{}<br>{} to {}<br>Contract {}</td><td>{}<br>Line {}{}{}{}</td><td>{}<ul>",
        escaped(&line.service_user),
        day(line.care.0),
        day(line.care.1),
        escaped(&line.contract),
        escaped(&line.service),
        escaped(&line.service_line),
        labelled("Order", &line.purchase_order),
        labelled("Your reference", &line.provider_reference),
        labelled("Invoice date", &line.invoice_date.map(day).unwrap_or_default()),
        line.kind.words(),
    );
    for charge in &line.charges {
        page.push_str(&item(charge));
    }
    let _ = writeln!(
        page,
        "</ul>Priced by {}</td><td class=\"sum\">{}</td><td class=\"sum\">{}</td><td class=\"sum\">{}</td></tr>",
        escaped(&line.rule),
        line.entitlement,
        line.posted_before,
        line.amount
    );
}

/// A charge, marked with its language where that is not the page's.
fn item(charge: &RemittanceCharge) -> String {
    let words = &charge.words;
    let unpaid = if charge.disposition == Disposition::Payable {
        String::new()
    } else {
        format!(" <span class=\"kept\">{}</span>", escaped(charge.unpaid().trim_start()))
    };
    let (marked, to) = match words.language {
        Language::English => ("", "to"),
        Language::Welsh => (" lang=\"cy\"", "i"),
    };
    format!(
        "<li{marked}>{} {to} {}: {}. {}{unpaid}</li>",
        date(charge.days.0, words.language),
        date(charge.days.1, words.language),
        escaped(&words.arithmetic),
        escaped(&words.reason),
    )
}

fn labelled(label: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("<br>{label} {}", escaped(value)) }
}

fn day(day: NaiveDate) -> String {
    date(day, Language::English)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
