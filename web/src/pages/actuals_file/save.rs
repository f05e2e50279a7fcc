//! 'Save these actuals': what the preview showed is stated, some claims at a time, and goes on when its page is closed.
//! Every claim names the version that the preview saw, so that what somebody else changed meanwhile is refused.

use std::time::Duration;

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::actuals_file::Wrong;
use counterfoil_core::ids::{OrganisationId, TenantId};
use counterfoil_tenants::Error;
use counterfoil_tenants::scope::{CouncilScope, ProviderScope};
use counterfoil_tenants::statement::Source;
use counterfoil_tenants::steps::state_actuals::{ToState, state_actuals};
use uuid::Uuid;

use super::held::{One, Part, Progress, Refused, ToMend, Upload, Work};
use super::home;
use super::seen::{gone, led_to};
use crate::access::{Permit, Posted, ProviderAt};
use crate::events::Event;
use crate::fault::Fault;
use crate::server::App;

/// What kind of progress this is, among events.
pub(super) const KIND: &str = "actuals-file";
/// Claims that are stated together: one that is refused holds up so many, which are then stated one by one.
const TOGETHER: usize = 50;
/// How soon a page is told again how far it is.
const TOLD: Duration = Duration::from_millis(400);

/// Begins. Pressed twice, it begins once.
pub(crate) async fn save(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, upload)): Path<(String, String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let (upload, _) = match Upload::find(&visit, &pass, &upload).await {
        Err(Fault::NotFound) => return Ok(gone(&home(&pass))),
        found => found?,
    };
    let here = format!("{}/{}", home(&pass), upload.id.simple());
    let Some(work) = upload.take::<Work>(Part::Work).await? else {
        return Ok(led_to(&here));
    };
    let Work { changes: mut claims, as_planned } = work;
    if typed.chose("as_planned", "yes") {
        claims.extend(as_planned);
    }
    let progress =
        Progress { of: claims.len(), saved: 0, refused: Vec::new(), finished: claims.is_empty(), at: visit.now };
    upload.put(Part::Progress, &progress).await?;
    let saving = Saving {
        app: visit.app.clone(),
        provider: pass.provider.scope.clone(),
        pricing: visit.app.pricing(pass.council.id, &visit),
        organisation: pass.provider.organisation.id,
        council: pass.council.id,
        upload,
        progress,
        to_mend: Vec::new(),
    };
    tokio::spawn(saving.all(claims));
    Ok(led_to(&here))
}

struct Saving {
    app: App,
    provider: ProviderScope,
    pricing: CouncilScope,
    organisation: OrganisationId,
    council: TenantId,
    upload: Upload,
    progress: Progress,
    to_mend: ToMend,
}

impl Saving {
    async fn all(mut self, claims: Vec<One>) {
        let mut told = std::time::Instant::now();
        for together in claims.chunks(TOGETHER) {
            match self.state(together).await {
                Ok(()) => self.progress.saved += together.len(),
                Err(_) if together.len() > 1 => self.one_by_one(together).await,
                Err(error) => self.refuse(together, &error),
            }
            if told.elapsed() >= TOLD {
                told = std::time::Instant::now();
                self.tell(false).await;
            }
        }
        self.mend().await;
        self.tell(true).await;
    }

    async fn one_by_one(&mut self, together: &[One]) {
        for one in together {
            let alone = std::slice::from_ref(one);
            match self.state(alone).await {
                Ok(()) => self.progress.saved += 1,
                Err(error) => self.refuse(alone, &error),
            }
        }
    }

    async fn state(&self, claims: &[One]) -> Result<(), Error> {
        let to_state = claims
            .iter()
            .map(|one| ToState { claim: one.claim, seen: one.seen, statement: one.statement.clone() })
            .collect();
        let whose = (self.organisation, Source::File);
        state_actuals(&self.provider, &self.pricing, self.app.means(), self.app.now(), whose, to_state).await?;
        Ok(())
    }

    fn refuse(&mut self, claims: &[One], error: &Error) {
        let (reason, cure) = match error {
            Error::Conflict(_) => (
                "Somebody changed this claim after the file was checked.".to_owned(),
                "Download the file again, make your change in it, and upload that.",
            ),
            Error::Refused(words) => (words.clone(), "Mend the rows and upload them again."),
            Error::NotFound => (
                "You can no longer see this claim.".to_owned(),
                "Ask an administrator of your organisation if you need it.",
            ),
            other => {
                tracing::error!(error = %other, "actuals of a file could not be saved");
                ("This claim could not be saved just now.".to_owned(), "Upload these rows again.")
            }
        };
        for one in claims {
            self.progress.refused.push(Refused { called: one.called.clone(), reason: format!("{reason} {cure}") });
            for (place, index) in one.rows.iter().enumerate() {
                let wrong = (place == 0).then(|| Wrong {
                    place: "all rows of this claim".to_owned(),
                    reason: reason.clone(),
                    cure: cure.to_owned(),
                });
                self.to_mend.push((*index, wrong.into_iter().collect()));
            }
        }
    }

    /// Puts the rows of what was refused to those that were to be mended before.
    async fn mend(&mut self) {
        if self.to_mend.is_empty() {
            return;
        }
        let before: Option<ToMend> = self.upload.look(Part::ToMend).await.ok().flatten();
        self.to_mend.extend(before.unwrap_or_default());
        self.to_mend.sort_by_key(|(index, _)| *index);
        if let Err(fault) = self.upload.put(Part::ToMend, &self.to_mend).await {
            tracing::warn!(?fault, "rows to mend could not be held");
        }
    }

    async fn tell(&mut self, finished: bool) {
        self.progress.finished = finished;
        self.progress.at = self.app.now();
        if let Err(fault) = self.upload.put(Part::Progress, &self.progress).await {
            tracing::warn!(?fault, "how far a file is saved could not be held");
        }
        self.app.events().publish(self.event()).await;
    }

    fn event(&self) -> Event {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        // the last step is told once nothing more is to come
        let done = if self.progress.finished { self.progress.of } else { self.progress.done().min(self.progress.of) };
        Event::Progress {
            tenant: self.council,
            kind: KIND.to_owned(),
            id: self.id(),
            done: count(done),
            of: count(self.progress.of),
        }
    }

    const fn id(&self) -> Uuid {
        self.upload.id
    }
}
