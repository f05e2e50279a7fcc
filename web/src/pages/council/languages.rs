//! `/councils/{council}/settings/languages`: in which languages the council explains what it pays, and Welsh for what it
//! says in words of its own.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::language::{Language, Offered};
use counterfoil_core::pricing::words::MessageTable;
use counterfoil_tenants::Error;
use counterfoil_tenants::explanation::{self, NewSetting, OwnWords};
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::{home, may_change, shell};
use crate::access::{AtCouncil, Changing, Managing, Permit, PostedLong, Staff, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};
use crate::shell::Banner;

#[derive(Serialize)]
struct Page {
    home: String,
    changes: bool,
    welsh: bool,
    welsh_is_usual: bool,
    own: Vec<Own>,
    form: FormShown,
}

/// Words of the council's own, and the field for their Welsh.
#[derive(Serialize)]
struct Own {
    field: String,
    english: String,
    welsh: String,
}

/// What counts now.
struct Kept {
    offered: Offered,
    own: Vec<OwnWords>,
}

async fn kept(visit: &Visit, pass: &AtCouncil) -> Result<Kept, Fault> {
    let (service, today) = (visit.app.words(), local_time(visit.now).date());
    let read = pass.scope.read(async |tx: &mut Tx<'_>| {
        let (offered, _) = explanation::kept(tx).await?;
        Ok(Kept { offered, own: explanation::to_translate(tx, service, today).await? })
    });
    read.await.map_err(|error| Fault::of(&error))
}

fn field(own: &OwnWords) -> String {
    format!("{}-{}", if own.is_sentence { "sentence" } else { "code" }, own.code)
}

/// The form.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let kept = kept(&visit, &pass).await?;
    let own = kept.own.iter().map(|own| (field(own), own.welsh.clone().unwrap_or_default()));
    let form = FormShown::filled(own.collect::<Vec<_>>());
    let offered = kept.offered;
    page(&visit, &pass, (&kept, offered), form).await
}

/// The page with what is chosen, whether it is kept yet or not.
async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    (kept, offered): (&Kept, Offered),
    form: FormShown,
) -> Result<Response, Fault> {
    let own = kept.own.iter().map(|own| Own {
        field: field(own),
        english: own.english.clone(),
        welsh: own.welsh.clone().unwrap_or_default(),
    });
    let page = Page {
        home: home(pass),
        changes: may_change(pass),
        welsh: offered.welsh,
        welsh_is_usual: offered.usual == Language::Welsh,
        own: own.collect(),
        form,
    };
    visit.page("council/languages.html", &shell(visit, pass, done).await?, page)
}

fn done(what: &str) -> Option<Banner> {
    (what == "changed").then(|| Banner::success("The languages of explanations are changed"))
}

fn chosen(typed: &Typed, own: &[OwnWords]) -> NewSetting {
    let offered = Offered {
        welsh: typed.chose("welsh", "yes"),
        usual: if typed.chose("usual", "cy") { Language::Welsh } else { Language::English },
    };
    let mut welsh = MessageTable::default();
    for one in own {
        let words = typed.text(&field(one));
        if !words.is_empty() {
            let table = if one.is_sentence { &mut welsh.reasons } else { &mut welsh.codes };
            table.insert(one.code.clone(), words.to_owned());
        }
    }
    NewSetting { offered, welsh }
}

/// Chooses them.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    PostedLong(typed): PostedLong,
) -> Result<Response, Fault> {
    let kept = kept(&visit, &pass).await?;
    let new = chosen(&typed, &kept.own);
    let mut errors = Errors::new();
    errors.unless(!typed.text("welsh").is_empty(), "welsh", "Select whether you explain in Welsh too");
    for (own, words) in new.wrong(&kept.own) {
        errors.add(field(own), words);
    }
    if errors.is_empty() {
        let today = local_time(visit.now).date();
        match explanation::set(&pass.scope, visit.now, (visit.app.words(), today), &new).await {
            Ok(()) => {
                visit.app.events().publish(Event::SettingsChanged { tenant: pass.council.id }).await;
                return Ok(Redirect::to(&format!("{}/settings/languages?done=changed", home(&pass))).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("usual", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    page(&visit, &pass, (&kept, new.offered), FormShown::returned(&typed, &errors)).await
}
