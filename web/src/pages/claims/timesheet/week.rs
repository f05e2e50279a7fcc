//! `/organisations/{organisation}/councils/{council}/timesheets/{week}/{claim}`: one person's week on a timesheet. Saving
//! stores the whole claim with this week's answers in it, and goes on to the next week or person; `/price` says what it
//! comes to while somebody answers.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{Days, NaiveDate};
use counterfoil_core::claim::ClaimState;

use super::super::actuals::live::Live;
use super::super::actuals::shown::Conflict;
use super::super::actuals::{Form, Saving};
use super::answers::{answers_of, as_form, as_last_week, as_planned};
use super::sheet::Sheet;
use super::shown::{Around, Page};
use crate::access::{ForOrganisationAt, Permit, PostedJson, PostedLong, ProviderAt, Visit};
use crate::actuals::{Read, read};
use crate::fault::Fault;
use crate::form::{Errors, Typed};
use crate::shell::Banner;

const TEMPLATE: &str = "timesheet/week.html";
/// The fields that say what the person saw when the page was opened.
const SEEN: [&str; 2] = ["version", "statement_version"];

type At = Path<(String, String, String, String)>;

/// A person's claim on a timesheet, and which of its weeks is looked at.
struct Open<'a> {
    visit: &'a Visit,
    pass: &'a ForOrganisationAt,
    sheet: Sheet,
    /// Its place on the sheet.
    place: usize,
    form: Form<'a>,
    /// From 1.
    week: usize,
}

impl<'a> Open<'a> {
    async fn of(
        visit: &'a Visit,
        pass: &'a ForOrganisationAt,
        (starts, claim): (&str, &str),
        week: &str,
    ) -> Result<Self, Fault> {
        let sheet = Sheet::of(visit, pass, starts).await?;
        let (place, _) = sheet.claim(claim)?;
        let form = Form::open(visit, pass, claim).await?;
        let open = Self { visit, pass, sheet, place, form, week: 1 };
        let week = week.parse::<usize>().unwrap_or(1).clamp(1, open.weeks());
        Ok(Self { week, ..open })
    }

    /// How many weeks the claim has; a part of one counts.
    fn weeks(&self) -> usize {
        let claim = &self.form.to_state().seen.claim;
        let days = (claim.ends - claim.starts).num_days().max(0) + 1;
        usize::try_from((days + 6) / 7).unwrap_or(1)
    }

    /// The first and last day of a week of the claim.
    fn days_of(&self, week: usize) -> (NaiveDate, NaiveDate) {
        let claim = &self.form.to_state().seen.claim;
        let after = |days: usize| {
            let days = Days::new(u64::try_from(days).unwrap_or_default());
            claim.starts.checked_add_days(days).unwrap_or(claim.ends)
        };
        (after(7 * week.saturating_sub(1)), after(7 * week - 1).min(claim.ends))
    }

    fn here(&self) -> String {
        let claim = &self.form.to_state().seen.claim;
        format!("{}/{}", self.sheet.address(self.pass), claim.id)
    }

    /// Where saving leads: to a week of this person, the next person, or what is sent.
    fn onward(&self, to: Option<usize>) -> String {
        let next = self.week + 1;
        match to.or_else(|| (next <= self.weeks()).then_some(next)) {
            Some(week) => format!("{}?week={week}&done=saved", self.here()),
            None => match self.sheet.next_after(self.place) {
                Some(next) => {
                    format!("{}/{}?week=1&done=saved", self.sheet.address(self.pass), next.seen.claim.id)
                }
                None => format!("{}?done=saved", self.sheet.address(self.pass)),
            },
        }
    }

    /// What the answers come to, the rest of the timesheet beside it.
    fn beside(&self, live: Live) -> Live {
        let beside = self.sheet.payable_beside(Some(self.form.to_state().seen.claim.id));
        live.with_the_rest_of_a_sheet(beside)
    }

    async fn page(
        &self,
        form: &Form<'_>,
        (typed, errors): (&Typed, &Errors),
        (live, conflict): (Live, Option<Conflict>),
    ) -> Result<Response, Fault> {
        let weeks: Vec<_> = (1..=self.weeks()).map(|week| self.days_of(week)).collect();
        let around = Around {
            here: self.here(),
            sheet: self.sheet.address(self.pass),
            claim: format!("{}/{}", super::super::provider::home(self.pass), form.to_state().seen.claim.id),
            person: (self.place + 1, self.sheet.claims.len()),
            week: self.week,
            weeks: &weeks,
            council: &self.pass.council.name,
            has_last_week: as_last_week(form, self.days_of(self.week)).is_some(),
            is_next_person: self.sheet.next_after(self.place).is_some(),
        };
        let page = Page::of(form, &around, (typed, errors), (self.beside(live), conflict));
        let mut shell = self.pass.shell(self.visit).await?;
        if self.visit.asked_for("done").as_deref() == Some("saved") && errors.is_empty() {
            shell = shell.banner(Banner::success("Saved"));
        }
        self.visit.page(TEMPLATE, &shell, page)
    }

    /// The page with these answers, priced, and nothing said to be wrong yet.
    async fn again(&self, typed: &Typed) -> Result<Response, Fault> {
        let live = self.form.live(&self.read(typed)).await?;
        self.page(&self.form, (typed, &Errors::new()), (live, None)).await
    }

    fn read(&self, typed: &Typed) -> Read {
        let mut read = read(self.form.to_state(), &as_form(&self.form, typed));
        read.errors = at_the_reason(&read.errors);
        read
    }

    async fn saved(&self, typed: &Typed, read: Read, onward: String) -> Result<Response, Fault> {
        match self.form.store(&as_form(&self.form, typed), &read).await? {
            Saving::Stored => Ok(Redirect::to(&onward).into_response()),
            Saving::Wrong(errors, live) => self.page(&self.form, (typed, &at_the_reason(&errors)), (live, None)).await,
            Saving::Overtaken { now, live, conflict } => {
                let form = now.as_deref().unwrap_or(&self.form);
                self.page(form, (typed, &Errors::new()), (live, conflict)).await
            }
        }
    }
}

/// What is wrong with a frustrated quantity is shown where the day says why: a timesheet has no field for it.
fn at_the_reason(errors: &Errors) -> Errors {
    let mut moved = Errors::new();
    for (field, message) in errors.iter() {
        let place = field.strip_suffix("-frustrated").map_or_else(|| field.to_owned(), |day| format!("{day}-reason"));
        moved.add(place, message.to_owned());
    }
    moved
}

/// The answers of a week, as the claim stands or as planned.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, starts, claim)): At,
) -> Result<Response, Fault> {
    let week = visit.asked_for("week").unwrap_or_default();
    let open = Open::of(&visit, &pass, (&starts, &claim), &week).await?;
    let stands = open.form.as_it_stands();
    let typed = Typed::of(answers_of(open.form.to_state(), &stands));
    let live = open.form.live_as_opened();
    open.page(&open.form, (&typed, &Errors::new()), (live, None)).await
}

/// What the page's buttons do.
enum Asked {
    /// Saves, and goes on; or to the week that was named.
    Save(Option<usize>),
    /// Saves the whole claim as planned, and goes on to the next person.
    AllAsPlanned,
    SameAsPlan,
    SameAsLastWeek,
    Price,
}

impl Asked {
    fn of(typed: &Typed) -> Self {
        match typed.text("do") {
            "all-planned" => Self::AllAsPlanned,
            "plan" => Self::SameAsPlan,
            "last-week" => Self::SameAsLastWeek,
            "price" => Self::Price,
            other => Self::Save(other.strip_prefix("week-").and_then(|week| week.parse().ok())),
        }
    }
}

/// What was answered: saved, or shown again with what was asked for.
pub(crate) async fn save(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, starts, claim)): At,
    PostedLong(typed): PostedLong,
) -> Result<Response, Fault> {
    let mut open = Open::of(&visit, &pass, (&starts, &claim), typed.text("week")).await?;
    match Asked::of(&typed) {
        Asked::Save(to) => {
            let to = to.map(|week| week.clamp(1, open.weeks()));
            let onward = open.onward(to);
            let read = open.read(&typed);
            open.saved(&typed, read, onward).await
        }
        Asked::AllAsPlanned => {
            let statement = open.form.as_planned();
            let answers = answers_of(open.form.to_state(), &statement);
            let typed = Typed::of(answers).with(&typed, &SEEN);
            open.week = open.weeks();
            let onward = open.onward(None);
            open.saved(&typed, Read::of(statement), onward).await
        }
        Asked::SameAsPlan => {
            let week = open.days_of(open.week);
            open.again(&over(typed, as_planned(&open.form, week))).await
        }
        Asked::SameAsLastWeek => {
            let answers = as_last_week(&open.form, open.days_of(open.week)).unwrap_or_default();
            open.again(&over(typed, answers)).await
        }
        Asked::Price => {
            let read = open.read(&typed);
            let live = open.form.live(&read).await?;
            open.page(&open.form, (&typed, &read.errors), (live, None)).await
        }
    }
}

/// Answers in the place of those that were given.
fn over(typed: Typed, answers: Vec<(String, String)>) -> Typed {
    answers.iter().fold(typed, |typed, (name, value)| typed.with_value(name, value))
}

/// What the answers come to. The script sends the page's form as it would be posted.
pub(crate) async fn price(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, starts, claim)): At,
    PostedJson(sent): PostedJson,
) -> Result<Response, Fault> {
    let fields = sent.get("form").and_then(serde_json::Value::as_str).unwrap_or_default();
    let typed = Typed::parse_long(fields.as_bytes()).map_err(|_| Fault::BadRequest(None))?;
    let open = Open::of(&visit, &pass, (&starts, &claim), typed.text("week")).await?;
    let live = open.form.live(&open.read(&typed)).await?;
    Ok(Json(open.beside(live)).into_response())
}

/// Whether a claim that a run holds or has paid is only looked at.
pub(super) const fn is_settled(state: ClaimState) -> bool {
    matches!(state, ClaimState::Locked | ClaimState::Paid)
}
