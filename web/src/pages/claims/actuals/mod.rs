//! `/organisations/{organisation}/councils/{council}/claims/{claim}/actuals`: a provider states what it delivered. The form
//! is the same in all its states: opened, with a row added, with last week in it, sent back with what is wrong, and beside
//! what a colleague saved meanwhile. Prices come from the rule; `/price` gives them while somebody types.

pub(super) mod live;
pub(super) mod shown;

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::disposition::Assessment;
use counterfoil_core::ids::ClaimId;
use counterfoil_core::pricing::words::Words;
use counterfoil_core::pricing::{Finding, FindingLevel};
use counterfoil_core::statement::{Actuals, LineStatement, Statement};
use counterfoil_tenants::Error;
use counterfoil_tenants::claim::ToState;
use counterfoil_tenants::statement::Source;
use counterfoil_tenants::steps::open_actuals::{OpenActuals, open_actuals};
use counterfoil_tenants::steps::price_actuals::{PricedActuals, price_actuals};
use counterfoil_tenants::steps::state_actuals::{ToState as Stated, state_actuals};

use self::live::Live;
use self::shown::{Compared, Conflict, Page, Place};
use super::provider::home;
use crate::access::{ForOrganisationAt, Permit, PostedJson, PostedLong, ProviderAt, Visit};
use crate::actuals::{ADDED_AT_MOST, Mode, Read, field, fields_of, read, told, typed_in};
use crate::fault::Fault;
use crate::form::{Errors, Typed};
use crate::london;

const TEMPLATE: &str = "claims/actuals.html";
/// The code with which rules say that a comment is missing.
const COMMENT_NEEDED: &str = "comment-needed";

/// The fields that say what the person saw when the form was opened.
const SEEN: [&str; 2] = ["version", "statement_version"];

type At = Path<(String, String, String)>;

/// One claim that is being stated, whichever page it is stated on.
pub(super) struct Form<'a> {
    visit: &'a Visit,
    pass: &'a ForOrganisationAt,
    id: ClaimId,
    pub(super) open: OpenActuals,
    words: Words,
}

/// How saving a form ended.
pub(super) enum Saving<'a> {
    /// It is stored and priced.
    Stored,
    /// Nothing is stored: what is wrong, and what can be said of the price.
    Wrong(Errors, Live),
    /// Nothing is stored, because somebody was faster.
    Overtaken {
        /// The claim as they left it, where that was not known yet.
        now: Option<Box<Form<'a>>>,
        /// What one's own comes to.
        live: Live,
        /// Theirs beside one's own.
        conflict: Option<Conflict>,
    },
}

impl<'a> Form<'a> {
    pub(super) async fn open(visit: &'a Visit, pass: &'a ForOrganisationAt, claim: &str) -> Result<Self, Fault> {
        let id = claim.parse().map_err(|_| Fault::NotFound)?;
        let pricing = visit.app.pricing(pass.council.id, visit);
        let of = (pass.provider.organisation.id, id);
        let open = open_actuals(&pass.provider.scope, &pricing, visit.app.means(), visit.now, of).await;
        let open = open.map_err(|error| Fault::of(&error))?;
        Ok(Self { visit, pass, id, words: visit.words(&open.claim.seen.words.explaining), open })
    }

    /// Where the claim is.
    fn claim(&self) -> String {
        format!("{}/{}", home(self.pass), self.id)
    }

    pub(super) fn to_state(&self) -> &ToState {
        &self.open.claim
    }

    /// What was stated last, or all as planned.
    pub(super) fn as_it_stands(&self) -> Statement {
        let seen = &self.to_state().seen;
        let stated = seen.statement.as_ref().map(|row| row.body.clone());
        let mut stands = stated.unwrap_or_else(|| self.as_planned());
        // what was given apart from a statement is the newer one
        stands.payment_reference = seen.claim.provider_reference.clone().unwrap_or(stands.payment_reference);
        stands
    }

    pub(super) fn as_planned(&self) -> Statement {
        let line = |number: u32| LineStatement { line: number, actuals: Actuals::AsPlanned, comment: String::new() };
        Statement {
            lines: self.to_state().plans.iter().map(|plan| line(plan.number)).collect(),
            ..Statement::default()
        }
    }

    /// The fields for a statement.
    pub(super) fn filled(&self, statement: &Statement, mode: Mode) -> Typed {
        Typed::of(fields_of(self.to_state(), statement, mode))
    }

    async fn price(&self, statement: &Statement) -> Result<PricedActuals, Error> {
        let pricing = self.visit.app.pricing(self.pass.council.id, self.visit);
        let (means, now) = (self.visit.app.means(), self.visit.now);
        let organisation = self.pass.provider.organisation.id;
        let to_price = [(self.id, statement.clone())];
        let priced = price_actuals(&self.pass.provider.scope, &pricing, means, now, organisation, &to_price).await?;
        priced.into_iter().next().ok_or(Error::NotFound)
    }

    /// What a form comes to, for people.
    pub(super) async fn live(&self, read: &Read) -> Result<Live, Fault> {
        if let Some(closed) = &self.open.closed {
            return Ok(Live::without(closed.clone()));
        }
        if !read.errors.is_empty() {
            return Ok(Live::to_mend(&read.errors));
        }
        match self.price(&read.statement).await {
            Ok(priced) => Ok(Live::of(&priced, self.to_state(), &self.words)),
            Err(Error::Refused(words)) => Ok(Live::without(words)),
            Err(error) => Err(Fault::of(&error)),
        }
    }

    /// What the claim comes to as it was opened.
    pub(super) fn live_as_opened(&self) -> Live {
        match (&self.open.closed, &self.open.priced) {
            (Some(_), _) | (_, None) => Live::default(),
            (None, Some(priced)) => Live::of(priced, self.to_state(), &self.words),
        }
    }

    async fn page(&self, typed: &Typed, errors: &Errors, live: Live) -> Result<Response, Fault> {
        self.page_beside(typed, errors, (live, None)).await
    }

    async fn page_beside(
        &self,
        typed: &Typed,
        errors: &Errors,
        (live, conflict): (Live, Option<Conflict>),
    ) -> Result<Response, Fault> {
        let place = Place { claim: self.claim(), council: &self.pass.council.name, now: self.visit.now };
        let mut page = Page::of(&self.open, place, (typed, errors), live);
        if conflict.is_some() {
            // whoever saves after having seen the other's saves over it
            let stands = &self.to_state().seen.claim;
            (page.version, page.statement_version) = (stands.version, stands.statement_version);
        }
        page.conflict = conflict;
        self.visit.page(TEMPLATE, &self.pass.shell(self.visit).await?, page)
    }

    /// Stores what was read, unless something is wrong with it or somebody was faster.
    pub(super) async fn store(&self, typed: &Typed, read: &Read) -> Result<Saving<'a>, Fault> {
        let refused = |words: String| Ok(Saving::Wrong(Errors::of("actuals", words.clone()), Live::without(words)));
        if let Some(closed) = &self.open.closed {
            return refused(closed.clone());
        }
        if let Some(conflict) = self.overtaken(typed, read) {
            return Ok(Saving::Overtaken { now: None, live: self.live(read).await?, conflict: Some(conflict) });
        }
        if !read.errors.is_empty() {
            return Ok(Saving::Wrong(read.errors.clone(), Live::to_mend(&read.errors)));
        }
        let priced = match self.price(&read.statement).await {
            Ok(priced) => priced,
            Err(Error::Refused(words)) => return refused(words),
            Err(error) => return Err(Fault::of(&error)),
        };
        let silent = comments_missing(&priced);
        if !silent.is_empty() {
            return Ok(Saving::Wrong(silent, Live::of(&priced, self.to_state(), &self.words)));
        }
        let (visit, pass) = (self.visit, self.pass);
        let seen = self.to_state().seen.claim.version;
        let stated = Stated { claim: self.id, seen, statement: read.statement.clone() };
        let pricing = visit.app.pricing(pass.council.id, visit);
        let by = (pass.provider.organisation.id, Source::Screen);
        match state_actuals(&pass.provider.scope, &pricing, visit.app.means(), visit.now, by, vec![stated]).await {
            Ok(_) => Ok(Saving::Stored),
            // somebody came between reading and writing
            Err(Error::Conflict(_)) => {
                let now = Form::open(visit, pass, &self.id.to_string()).await?;
                let conflict = now.overtaken(typed, read);
                let live = now.live(read).await?;
                Ok(Saving::Overtaken { now: Some(Box::new(now)), live, conflict })
            }
            Err(Error::Refused(words)) => refused(words),
            Err(error) => Err(Fault::of(&error)),
        }
    }

    /// What a colleague saved since the form was opened, beside what was typed into it.
    fn overtaken(&self, typed: &Typed, read: &Read) -> Option<Conflict> {
        let seen = &self.to_state().seen;
        let number = |name| typed.text(name).parse::<u32>().ok();
        let as_seen = number("version") == Some(seen.claim.version);
        if as_seen || number("statement_version") == Some(seen.claim.statement_version) {
            return None;
        }
        let row = seen.statement.as_ref()?;
        let words = |code: &str| seen.words.reason(code);
        let lines = self.to_state().plans.iter().map(|plan| {
            let line = |of: &Statement| of.lines.iter().find(|line| line.line == plan.number).cloned();
            let unit = seen.lines.iter().find(|line| line.number == plan.number).map(|line| line.unit);
            let unit = unit.unwrap_or(counterfoil_core::pricing::facts::Unit::Hour);
            let said = |of: &Statement| told(line(of).as_ref(), plan, (unit, &words));
            Compared { number: plan.number.saturating_add(1), theirs: said(&row.body), yours: said(&read.statement) }
        });
        Some(Conflict { at: london::moment(row.received_at), lines: lines.collect() })
    }
}

/// The form, as the claim stands or as planned.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, claim)): At,
) -> Result<Response, Fault> {
    let form = Form::open(&visit, &pass, &claim).await?;
    let stands = form.as_it_stands();
    let by = visit.asked_for("by");
    let mode = by.map_or_else(|| Mode::of(&stands), |by| Mode::named(&by));
    let typed = form.filled(&stands, mode);
    let live = form.live_as_opened();
    form.page(&typed, &Errors::new(), live).await
}

/// What the form's buttons do.
enum Asked {
    Save,
    AcceptThePlan,
    CopyLastWeek,
    AddVisit(u32),
    By(Mode),
    Price,
}

impl Asked {
    fn of(typed: &Typed) -> Self {
        match typed.text("do") {
            "accept" => Self::AcceptThePlan,
            "copy" => Self::CopyLastWeek,
            "by-day" => Self::By(Mode::Days),
            "by-period" => Self::By(Mode::Period),
            "price" => Self::Price,
            other => match other.strip_prefix("add-").and_then(|line| line.parse::<u32>().ok()) {
                Some(line) => Self::AddVisit(line.saturating_sub(1)),
                None => Self::Save,
            },
        }
    }
}

/// What was typed: saved, or shown again with what was asked for.
pub(crate) async fn save(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, claim)): At,
    PostedLong(typed): PostedLong,
) -> Result<Response, Fault> {
    let form = Form::open(&visit, &pass, &claim).await?;
    match Asked::of(&typed) {
        Asked::Save => saved(&form, &typed, read(form.to_state(), &typed)).await,
        Asked::AcceptThePlan => {
            let kept = read(form.to_state(), &typed).statement;
            let statement =
                Statement { payment_reference: kept.payment_reference, note: kept.note, ..form.as_planned() };
            let of_plan = form.filled(&statement, Mode::Period).with(&typed, &SEEN);
            saved(&form, &of_plan, Read::of(statement)).await
        }
        Asked::CopyLastWeek => {
            let kept = read(form.to_state(), &typed).statement;
            let before = form.to_state().before.clone().unwrap_or_else(|| form.as_planned());
            let copied = Statement { payment_reference: kept.payment_reference, note: kept.note, ..before };
            again(&form, &form.filled(&copied, Mode::of(&copied)).with(&typed, &SEEN)).await
        }
        Asked::AddVisit(line) => {
            let rows = typed_in(&typed, line).saturating_add(1).min(ADDED_AT_MOST);
            again(&form, &typed.with_value(&field(line, "added"), &rows.to_string())).await
        }
        Asked::By(mode) => {
            let read = read(form.to_state(), &typed);
            if !read.is_readable() {
                // what cannot be read cannot be laid out anew, and is not lost
                let live = form.live(&read).await?;
                return form.page(&typed, &read.errors, live).await;
            }
            again(&form, &form.filled(&read.statement, mode).with(&typed, &SEEN)).await
        }
        Asked::Price => {
            let read = read(form.to_state(), &typed);
            let live = form.live(&read).await?;
            form.page(&typed, &read.errors, live).await
        }
    }
}

/// The form with these fields, priced as far as it can be, and nothing said to be wrong yet.
async fn again(form: &Form<'_>, typed: &Typed) -> Result<Response, Fault> {
    let read = read(form.to_state(), typed);
    let live = form.live(&read).await?;
    form.page(typed, &Errors::new(), live).await
}

async fn saved(form: &Form<'_>, typed: &Typed, read: Read) -> Result<Response, Fault> {
    match form.store(typed, &read).await? {
        Saving::Stored => Ok(Redirect::to(&format!("{}?done=stated", form.claim())).into_response()),
        Saving::Wrong(errors, live) => form.page(typed, &errors, live).await,
        Saving::Overtaken { now, live, conflict } => {
            now.as_deref().unwrap_or(form).page_beside(typed, &Errors::new(), (live, conflict)).await
        }
    }
}

/// The lines whose difference from the plan the rule wants explained.
fn comments_missing(priced: &PricedActuals) -> Errors {
    let mut errors = Errors::new();
    if let Assessment::Priced(assessed) = &priced.assessment {
        let missing = |finding: &&Finding| finding.level == FindingLevel::Mend && finding.reason.code == COMMENT_NEEDED;
        for line in assessed.findings.iter().filter(missing).filter_map(|finding| finding.line) {
            let words =
                format!("Line {}: enter a comment. What was delivered differs from the plan", line.saturating_add(1));
            errors.add(field(line, "comment"), words);
        }
    }
    errors
}

/// What the form comes to while somebody types. The script sends the form as it would be posted.
pub(crate) async fn price(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, claim)): At,
    PostedJson(sent): PostedJson,
) -> Result<Response, Fault> {
    let form = Form::open(&visit, &pass, &claim).await?;
    let fields = sent.get("form").and_then(serde_json::Value::as_str).unwrap_or_default();
    let typed = Typed::parse_long(fields.as_bytes()).map_err(|_| Fault::BadRequest(None))?;
    let read = read(form.to_state(), &typed);
    Ok(Json(form.live(&read).await?).into_response())
}
