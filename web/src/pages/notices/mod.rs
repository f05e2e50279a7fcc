//! What councils tell their providers: notices while they hold, on home and on the council's pages, and guidance for each
//! kind of service with what changed and when. `guidance` is what providers read; [`council`](super::council) has the pages
//! on which administrators write both.

pub(crate) mod guidance;

use chrono::NaiveDate;
use counterfoil_core::ids::TenantId;
use counterfoil_tenants::provider_notice::{self, NoticeSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use crate::london;
use crate::prose::{Block, blocks};

/// A notice as pages show it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NoticeShown {
    title: String,
    blocks: Vec<Block>,
    /// The council's name, where a page is about several.
    council: Option<String>,
    holds: String,
}

impl NoticeShown {
    pub(super) fn of(seen: &NoticeSeen) -> Self {
        Self {
            title: seen.title.clone(),
            blocks: blocks(&seen.body),
            council: None,
            holds: london::span(seen.holds_from, seen.holds_to),
        }
    }

    /// The same, on a page about several councils.
    pub(super) fn from(self, council: &str) -> Self {
        Self { council: Some(council.to_owned()), ..self }
    }
}

/// The notices of these councils that hold on a day.
pub(crate) async fn holding(
    tx: &mut Tx<'_, Provider>,
    councils: &[TenantId],
    today: NaiveDate,
) -> counterfoil_tenants::Result<Vec<NoticeShown>> {
    let seen = provider_notice::for_provider(tx, councils, (today, true)).await?;
    Ok(seen.iter().map(NoticeShown::of).collect())
}
