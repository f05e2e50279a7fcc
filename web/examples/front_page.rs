//! Serves the pages with a few invented runs on a free port, for the browser tests and for looking at them.
//! Prints the address once it listens. Needs what `ops/assets` makes.

use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::Arc;

use chrono::NaiveDate;
use counterfoil_core::money::Money;
use counterfoil_web::{Answer, App, Assets, NotReady, RunRow, RunsSource, SourceError, serve};
use tokio::net::TcpListener;

struct Invented;

impl RunsSource for Invented {
    fn runs(&self) -> Answer<'_, Result<Vec<RunRow>, SourceError>> {
        Box::pin(async { Ok(runs().unwrap_or_default()) })
    }

    fn ready(&self) -> Answer<'_, Result<(), NotReady>> {
        Box::pin(async { Ok(()) })
    }
}

fn runs() -> Option<Vec<RunRow>> {
    let weekly = RunRow {
        council: "Worcestershire".to_owned(),
        schedule: "Weekly actuals".to_owned(),
        period_start: NaiveDate::from_ymd_opt(2024, 12, 14)?,
        period_end: NaiveDate::from_ymd_opt(2024, 12, 20)?,
        state: "File issued".to_owned(),
        claims: 412,
        paid: Money::from_pence(14_305_567),
        suspended: Money::from_pence(188_500),
        bank_date: NaiveDate::from_ymd_opt(2024, 12, 31),
        files: vec!["bacs-000014.txt".to_owned(), "remittances.csv".to_owned()],
    };
    let open = RunRow {
        period_start: NaiveDate::from_ymd_opt(2024, 12, 21)?,
        period_end: NaiveDate::from_ymd_opt(2024, 12, 27)?,
        state: "Open".to_owned(),
        bank_date: None,
        files: Vec::new(),
        ..weekly.clone()
    };
    let other = RunRow {
        council: "South Tyneside".to_owned(),
        schedule: "Nursing and residential, four-weekly".to_owned(),
        ..weekly.clone()
    };
    Some(vec![open, weekly, other])
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = App::new(Assets::load(&Assets::folder())?, Arc::new(Invented))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("http://{}", listener.local_addr()?);
    serve(listener, app, std::future::pending()).await?;
    Ok(())
}
