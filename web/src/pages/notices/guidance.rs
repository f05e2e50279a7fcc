//! `/organisations/{organisation}/councils/{council}/guidance`: what a council says about each kind of service, and its
//! notices, those that held before as well.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::{guidance, provider_notice};
use serde::Serialize;

use super::NoticeShown;
use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::london;
use crate::prose::{Block, blocks};

#[derive(Serialize)]
struct ListPage {
    council: String,
    guidance: Vec<Row>,
    notices: Vec<NoticeShown>,
    earlier: Vec<NoticeShown>,
}

#[derive(Serialize)]
struct Row {
    service: String,
    href: String,
    changed: String,
}

#[derive(Serialize)]
struct Page {
    council: String,
    service: String,
    blocks: Vec<Block>,
    changes: Vec<(String, String)>,
    published: String,
    back: String,
}

/// The list.
pub(crate) async fn list(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let today = local_time(visit.now).date();
    let council = pass.council.id;
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let all = guidance::for_provider(tx, council).await?;
        Ok((all, provider_notice::for_provider(tx, &[council], (today, false)).await?))
    });
    let (all, notices) = read.await.map_err(|error| Fault::of(&error))?;
    let home = format!("{}/guidance", pass.home());
    let row = |seen: &guidance::GuidanceSeen| Row {
        service: seen.service.clone(),
        href: format!("{home}/{}", seen.id),
        changed: seen.changes.first().map(|(dated, _)| london::day(*dated)).unwrap_or_default(),
    };
    let (now, before): (Vec<_>, Vec<_>) = notices.into_iter().partition(|seen| seen.holds_to >= today);
    let page = ListPage {
        council: pass.council.name.clone(),
        guidance: all.iter().map(row).collect(),
        notices: now.iter().map(NoticeShown::of).collect(),
        earlier: before.iter().map(NoticeShown::of).collect(),
    };
    visit.page("guidance/list.html", &pass.shell(&visit).await?, page)
}

/// One kind of service.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let council = pass.council.id;
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| guidance::for_provider(tx, council).await);
    let all = read.await.map_err(|error| Fault::of(&error))?;
    let seen = all.into_iter().find(|seen| seen.id == id).ok_or(Fault::NotFound)?;
    let page = Page {
        council: pass.council.name.clone(),
        blocks: blocks(&seen.body),
        changes: seen.changes.iter().map(|(dated, change)| (london::day(*dated), change.clone())).collect(),
        published: london::moment(seen.recorded_at),
        service: seen.service,
        back: format!("{}/guidance", pass.home()),
    };
    visit.page("guidance/guidance.html", &pass.shell(&visit).await?, page)
}
