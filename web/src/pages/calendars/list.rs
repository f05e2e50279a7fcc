//! Every schedule by which a provider is paid, with what comes next.

use axum::response::Response;
use counterfoil_core::calendar::Usual;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_tenants::calendar::{self, CalendarSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::{billing, schedule};
use crate::access::{Permit, ProviderAt, Visit};
use crate::fault::Fault;
use crate::london;
use crate::pages::notices::{self, NoticeShown};

#[derive(Serialize)]
struct Page {
    council: String,
    schedules: Vec<Row>,
    billing: Vec<billing::Row>,
    notices: Vec<NoticeShown>,
    feed: String,
}

#[derive(Serialize)]
struct Row {
    name: String,
    href: String,
    contracts: String,
    /// The next cut-off and the bank date that belongs to it.
    next: Option<Next>,
    last: Option<String>,
}

#[derive(Serialize)]
struct Next {
    care: String,
    cut_off: String,
    bank_date: String,
    /// Why the cut-off is early, where it is.
    early: Vec<String>,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let today = local_time(visit.now).date();
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let calendars = calendar::of_organisation(tx, &[council], organisation).await?;
        let billing = counterfoil_tenants::billing::of_organisation(tx, &[council], organisation).await?;
        Ok((calendars, billing, notices::holding(tx, &[council], today).await?))
    });
    let (calendars, billed, notices) = read.await.map_err(|error| Fault::of(&error))?;
    let home = format!("{}/calendars", pass.home());
    let page = Page {
        council: pass.council.name.clone(),
        schedules: calendars.iter().map(|seen| Row::of(seen, &home, &visit)).collect(),
        billing: billed.iter().map(|seen| billing::Row::of(seen, &home, visit.now)).collect(),
        notices,
        feed: format!("/organisations/{organisation}/calendar-feed"),
    };
    visit.page("calendars/list.html", &pass.shell(&visit).await?, page)
}

impl Row {
    fn of(seen: &CalendarSeen, home: &str, visit: &Visit) -> Self {
        let next = seen.periods.iter().find(|seen| seen.period.dates.cut_off >= visit.now);
        let usual = Usual::of(&seen.dates());
        Self {
            name: seen.name.clone(),
            href: format!("{home}/{}", seen.id),
            contracts: match seen.contracts.len() {
                0..=4 => seen.contracts.join(", "),
                many => format!("{many} contracts"),
            },
            next: next.map(|next| {
                let dates = &next.period.dates;
                Next {
                    care: london::span(dates.starts, dates.ends),
                    cut_off: london::deadline(dates.cut_off),
                    bank_date: london::weekday(dates.bank_date),
                    early: schedule::Row::of(next, usual.as_ref(), seen, visit).early(),
                }
            }),
            last: seen.periods.last().map(|seen| london::day(seen.period.dates.ends)),
        }
    }
}
