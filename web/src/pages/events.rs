//! `/events`: an open page hears at once that its person was signed out, or may no longer do what they could.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use axum::response::{IntoResponse as _, Response, sse};
use counterfoil_core::ids::TenantId;
use counterfoil_tenants::identity::Access;
use uuid::Uuid;

use crate::access::{Listening, Me, Permit, Visit};
use crate::events::{self, Event, Standing, Watch};
use crate::fault::Fault;

/// The stream.
pub(crate) async fn stream(Permit { visit, pass }: Permit<Listening>) -> Result<Response, Fault> {
    Ok(open(&visit, &pass, None, |_| None))
}

/// A stream for one page, which puts into words what concerns it.
pub(super) fn open(
    visit: &Visit,
    pass: &Me,
    council: Option<TenantId>,
    shows: impl Fn(&Event) -> Option<sse::Event> + Send + 'static,
) -> Response {
    let app = visit.app.clone();
    let (login, confined_to) = (pass.login.clone(), pass.login.confined_to);
    let watch = Watch { person: login.person, session: login.id, council };
    // taken out before the person is looked up, so that nothing falls in between
    let subscriber = app.events().subscribe();
    let before = print_of(&pass.access);
    let authorise = move || {
        let (app, login) = (app.clone(), login.clone());
        async move {
            match app.sessions().is_in(login.person, login.id, app.now()).await {
                Ok(true) => {}
                Ok(false) => return Standing::Out,
                Err(_) => return Standing::Unknown,
            }
            let access = match app.identity().access(login.person).await {
                Ok(Some(access)) => access,
                Ok(None) => return Standing::Out,
                Err(_) => return Standing::Unknown,
            };
            let access = match confined_to {
                Some(tenant) => access.confined_to(tenant),
                None => access,
            };
            let ended = access.sessions_after().is_some_and(|after| login.began < after);
            // somebody who may do less or more than when the page was opened has to see another page
            Standing::from(!ended && print_of(&access) == before)
        }
    };
    events::stream(subscriber, watch, shows, authorise).into_response()
}

/// How far a piece of work at a council is, for [`open`]: `progress` with how many of how many, and `finished` once the
/// page is to be loaded again.
pub(super) fn progress(
    council: TenantId,
    work: &'static str,
    piece: Uuid,
) -> impl Fn(&Event) -> Option<sse::Event> + Send + 'static {
    move |event| match event {
        Event::Progress { tenant, kind, id, done, of } if *tenant == council && kind == work && *id == piece => {
            Some(if done >= of {
                finished()
            } else {
                sse::Event::default().event("progress").data(format!("{done} {of}"))
            })
        }
        _ => None,
    }
}

/// What a page hears whose work is done.
pub(super) fn finished() -> sse::Event {
    sse::Event::default().event("finished").data("finished")
}

/// What somebody may do, as one number.
fn print_of(access: &Access) -> u64 {
    let mut hasher = DefaultHasher::new();
    for council in access.councils() {
        (council.id, &council.roles).hash(&mut hasher);
    }
    for organisation in access.organisations() {
        (organisation.id, organisation.role, organisation.limited, &organisation.contracts).hash(&mut hasher);
        for council in &organisation.councils {
            council.id.hash(&mut hasher);
        }
    }
    access.is_operator().hash(&mut hasher);
    hasher.finish()
}
