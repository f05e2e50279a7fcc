//! `/`: everything that waits for this person, at every council and for every organisation, by deadline.

use axum::response::{Html, IntoResponse as _, Response};
use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock::{deadline, local_time};
use counterfoil_core::dispute::DisputeState;
use counterfoil_core::ids::TenantId;
use counterfoil_core::run::RunState;
use counterfoil_core::side::Side;
use counterfoil_tenants::identity::access::LinkedCouncil;
use counterfoil_tenants::identity::linking::OpenInvitation;
use counterfoil_tenants::identity::{Access, CouncilAccess, CouncilRole};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::worklist::{self, RunWaiting, ToAgree, ToConfirm, ToSettle, Waiting};
use counterfoil_tenants::{adjustment, provider_notice, rule_version};
use serde::Serialize;

use crate::access::{Answering, Contracting, Home, Permit, Roles as _, Talking, Visit};
use crate::fault::Fault;
use crate::london;
use crate::pages::claims::timesheet::is_shared_lives;
use crate::pages::notices::NoticeShown;
use crate::shell::Banner;

/// At most so many pay periods of a provider; the rest is on the pages of the councils.
const MOST: i64 = 200;

#[derive(Serialize)]
struct Page {
    name: String,
    tasks: Vec<Task>,
    late: usize,
    councils: Vec<Place>,
    organisations: Vec<Place>,
    /// Invitations of councils that wait for an answer.
    invitations: Vec<Place>,
    operator: bool,
    /// What councils tell their providers at the moment.
    notices: Vec<NoticeShown>,
}

/// One thing that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Task {
    #[serde(skip)]
    due: DateTime<Utc>,
    /// The council that it is for.
    council: String,
    /// The organisation for which it is done; none for a council's staff.
    organisation: Option<String>,
    what: String,
    about: String,
    deadline: String,
    is_late: bool,
    href: String,
}

/// Somewhere to go.
#[derive(Debug, Serialize)]
struct Place {
    name: String,
    detail: String,
    href: String,
    /// Councils of an organisation.
    places: Vec<Place>,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<Home>) -> Result<Response, Fault> {
    let access = &pass.access;
    let open = visit.app.identity().invitations_for(access.person()).await.map_err(|error| Fault::of(&error))?;
    // invitations, and what waits for a council's staff, change without anything of the person's organisations
    if access.councils().is_empty() && open.is_empty() {
        return visit.kept(made(&visit, access, &open)).await;
    }
    Ok(Html(made(&visit, access, &open).await?).into_response())
}

async fn made(visit: &Visit, access: &Access, open: &[OpenInvitation]) -> Result<String, Fault> {
    let (mut tasks, notices) = of_provider(visit, access).await?;
    for council in access.councils() {
        tasks.extend(of_council(visit, access, council).await?);
    }
    tasks.sort_by(|one, other| (one.due, &one.council, &one.what).cmp(&(other.due, &other.council, &other.what)));
    let page = Page {
        name: access.name().to_owned(),
        invitations: open.iter().map(invitation_place).collect(),
        late: tasks.iter().filter(|task| task.is_late).count(),
        tasks,
        councils: access.councils().iter().map(council_place).collect(),
        organisations: organisation_places(access),
        operator: access.is_operator(),
        notices,
    };
    let mut shell = visit.shell().await?;
    if visit.asked_for("done").as_deref() == Some("declined") {
        shell =
            shell.banner(Banner::success("You have declined the invitation").text("The council sees that you did."));
    }
    if visit.asked_for("changed").as_deref() == Some("access") {
        let banner = Banner::info("What you may do has changed");
        shell = shell.banner(banner.text("You left the page that you were on. Here is what you may do now."));
    }
    visit.html("home.html", &shell, page)
}

/// What waits at every council that their organisations work for, and the notices of these councils that hold today.
async fn of_provider(visit: &Visit, access: &Access) -> Result<(Vec<Task>, Vec<NoticeShown>), Fault> {
    let Ok(scope) = access.provider_scope() else { return Ok((Vec::new(), Vec::new())) };
    let linked: Vec<&LinkedCouncil> =
        access.organisations().iter().flat_map(|organisation| &organisation.councils).collect();
    let councils: Vec<TenantId> = linked.iter().map(|council| council.id).collect();
    let today = local_time(visit.now).date();
    let read = scope
        .read(async |tx: &mut Tx<'_, _>| {
            let waiting = worklist::of_provider(tx, &councils, MOST).await?;
            let said = worklist::said_to_provider(tx, &councils, MOST).await?;
            let documents = worklist::to_agree(tx, &councils).await?;
            let notices = provider_notice::for_provider(tx, &councils, (today, true)).await?;
            Ok((waiting, said, documents, notices))
        })
        .await;
    let (waiting, said, documents, notices) = read.map_err(|error| Fault::of(&error))?;
    let shown = notices.iter().filter_map(|notice| {
        let council = linked.iter().find(|council| council.id == notice.tenant)?;
        Some(NoticeShown::of(notice).from(&council.name))
    });
    let tasks = waiting.into_iter().filter_map(|waits| to_confirm(waits, access, visit.now));
    let said = said.into_iter().filter_map(|(council, organisation, waits)| {
        let organisation = access.organisation(organisation)?;
        let council = organisation.councils.iter().find(|own| own.id == council)?;
        let at = At {
            council: council.name.clone(),
            organisation: Some(organisation.name.clone()),
            home: format!("/organisations/{}/councils/{}", organisation.id, council.slug),
            side: Side::Provider,
        };
        Some(said_task(waits, at, visit.now))
    });
    let documents = documents.iter().filter_map(|waits| to_agree(waits, access, visit.now));
    Ok((tasks.chain(said).chain(documents).collect(), shown.collect()))
}

fn to_agree(waits: &ToAgree, access: &Access, now: DateTime<Utc>) -> Option<Task> {
    let organisation = access.organisation(waits.organisation)?;
    let council = organisation.councils.iter().find(|council| council.id == waits.council)?;
    let due = end_of(waits.agree_by);
    Some(Task {
        due,
        council: council.name.clone(),
        organisation: Some(organisation.name.clone()),
        what: format!("Agree or reject {}", counted(waits.documents, "document", "documents")),
        about: "Documents of contracts".to_owned(),
        deadline: format!("By {}", london::weekday(waits.agree_by)),
        is_late: due < now,
        href: format!("/organisations/{}/councils/{}/documents?state=waiting", organisation.id, council.slug),
    })
}

fn to_confirm(waits: ToConfirm, access: &Access, now: DateTime<Utc>) -> Option<Task> {
    let organisation = access.organisation(waits.organisation)?;
    let council = organisation.councils.iter().find(|council| council.id == waits.council)?;
    let by_timesheet = waits.quantities && waits.service_types.iter().all(|service| is_shared_lives(service));
    let claims = counted(waits.claims, "claim", "claims");
    let people = counted(waits.claims, "person", "people");
    let what = match waits.sent_back {
        0 => format!("Confirm {claims}"),
        back if back == waits.claims => format!("Mend {claims} that the council sent back"),
        back => format!("Confirm {claims}, of which {back} sent back by the council"),
    };
    let what = if by_timesheet && waits.sent_back == 0 { format!("Timesheet for {people}") } else { what };
    let at = format!("/organisations/{}/councils/{}", organisation.id, council.slug);
    Some(Task {
        due: waits.cut_off,
        council: council.name.clone(),
        organisation: Some(organisation.name.clone()),
        what,
        about: format!("{}, {}", waits.schedule, london::span(waits.period.0, waits.period.1)),
        deadline: london::deadline(waits.cut_off),
        is_late: waits.cut_off < now,
        href: if by_timesheet {
            format!("{at}/timesheets/{}", waits.period.0)
        } else {
            format!("{at}/claims?state=open&starts={}", waits.period.0)
        },
    })
}

async fn of_council(visit: &Visit, access: &Access, council: &CouncilAccess) -> Result<Vec<Task>, Fault> {
    let has = |role| council.roles.contains(&role);
    let any = |roles: &[CouncilRole]| roles.iter().any(|role| has(*role));
    let (talks, answers, decides) = (any(Talking::ANY_OF), any(Answering::ANY_OF), any(Contracting::ANY_OF));
    if !talks && !answers && !decides {
        return Ok(Vec::new());
    }
    let administers = has(CouncilRole::Administrator);
    let pays = has(CouncilRole::Officer) || has(CouncilRole::Approver);
    let scope = access.council_scope(council.id).map_err(|error| Fault::of(&error))?;
    let read = scope.read(async |tx: &mut Tx<'_>| {
        let said = worklist::said_to_council(tx, MOST).await?;
        let adjustments = if decides { adjustment::waiting(tx).await? } else { None };
        let rules = if administers { rule_version::waiting(tx, access.person()).await? } else { None };
        if !pays {
            return Ok((said, (adjustments, rules), Vec::new(), Vec::new()));
        }
        Ok((said, (adjustments, rules), worklist::to_settle(tx).await?, worklist::runs_waiting(tx).await?))
    });
    let (said, (adjustments, rules), settle, runs) = read.await.map_err(|error| Fault::of(&error))?;
    let may = |waits: &Waiting| if matches!(waits, Waiting::Queries { .. }) { answers } else { talks };
    let said = said.into_iter().filter(may).map(|waits| {
        let home = format!("/councils/{}", council.slug);
        let at = At { council: council.name.clone(), organisation: None, home, side: Side::Council };
        said_task(waits, at, visit.now)
    });
    let settle =
        settle.into_iter().filter(|_| has(CouncilRole::Officer)).map(|waits| to_settle(waits, council, visit.now));
    let runs = runs.into_iter().filter_map(|run| waiting(run, council, visit.now));
    let adjustments = adjustments.map(|waits| to_decide(waits, council));
    let rules = rules.map(|waits| to_approve(waits, council));
    Ok(settle.chain(runs).chain(said).chain(adjustments).chain(rules).collect())
}

/// Where something waits, and for whom.
struct At {
    council: String,
    organisation: Option<String>,
    /// Where the side's pages at the council begin.
    home: String,
    side: Side,
}

/// What waits because the other side has written. What has no deadline stands at the time since when it waits.
fn said_task(waits: Waiting, at: At, now: DateTime<Utc>) -> Task {
    let home = at.home.clone();
    let since = |moment: DateTime<Utc>| format!("Since {}", london::moment(moment));
    let (due, what, about, deadline, href) = match waits {
        Waiting::Dispute(waits) => {
            let is_ours = waits.state.awaits(waits.opened_by) == Some(at.side);
            let what = match waits.state {
                DisputeState::Open if is_ours => "Answer a dispute",
                DisputeState::Agreed if is_ours => "Close a dispute: the other side agrees",
                DisputeState::NotAgreed if is_ours => "Answer back or close a dispute: the other side does not agree",
                _ => "Read what is new in a dispute",
            };
            let (due, deadline) = if is_ours && waits.state == DisputeState::Open {
                (waits.respond_by, format!("Respond by {}", london::deadline(waits.respond_by)))
            } else {
                (waits.changed_at, since(waits.changed_at))
            };
            let about = format!("{}, about {}", waits.reason.words(), waits.person);
            let late = is_ours && waits.state == DisputeState::Open && due < now;
            return at.task((due, late), what.to_owned(), about, (deadline, format!("{home}/disputes/{}", waits.id)));
        }
        Waiting::Messages { claim, claims: 1 } => {
            let what = "Read new messages about a claim".to_owned();
            (now, what, String::new(), "No deadline".to_owned(), format!("{home}/claims/{claim}#messages"))
        }
        Waiting::Messages { claims, .. } => {
            let what = format!("Read new messages about {claims} claims");
            (now, what, String::new(), "No deadline".to_owned(), format!("{home}/claims?messages=unread"))
        }
        Waiting::Answer { id, about, at: answered } => {
            let what = "Read the answer to a query".to_owned();
            (answered, what, about.words().to_owned(), since(answered), format!("{home}/queries/{id}"))
        }
        Waiting::Queries { count, since: asked } => {
            let what = format!("Answer {}", counted(count, "query of a provider", "queries of providers"));
            (asked, what, "The most urgent first".to_owned(), since(asked), format!("{home}/queries?status=open"))
        }
    };
    at.task((due, false), what, about, (deadline, href))
}

impl At {
    fn task(
        self,
        (due, is_late): (DateTime<Utc>, bool),
        what: String,
        about: String,
        (deadline, href): (String, String),
    ) -> Task {
        Task { due, council: self.council, organisation: self.organisation, what, about, deadline, is_late, href }
    }
}

fn to_decide((count, first): (i64, DateTime<Utc>), council: &CouncilAccess) -> Task {
    Task {
        due: first,
        council: council.name.clone(),
        organisation: None,
        what: format!("Decide on {}", counted(count, "adjustment", "adjustments")),
        about: "Changes of plans that providers ask for".to_owned(),
        deadline: format!("Asked on {}", london::weekday(local_time(first).date())),
        is_late: false,
        href: format!("/councils/{}/adjustments?state=open", council.slug),
    }
}

fn to_approve((count, first): (i64, DateTime<Utc>), council: &CouncilAccess) -> Task {
    Task {
        due: first,
        council: council.name.clone(),
        organisation: None,
        what: format!("Approve or decline {}", counted(count, "payment rule", "payment rules")),
        about: "Versions that another administrator has uploaded".to_owned(),
        deadline: format!("Since {}", london::moment(first)),
        is_late: false,
        href: format!("/councils/{}/rules", council.slug),
    }
}

fn to_settle(waits: ToSettle, council: &CouncilAccess, now: DateTime<Utc>) -> Task {
    let due = end_of(waits.finalisation);
    Task {
        due,
        council: council.name.clone(),
        organisation: None,
        what: format!("Settle {}", counted(waits.claims, "suspended claim", "suspended claims")),
        about: format!("{} on {}, {}", waits.suspended, waits.name, london::span(waits.period.0, waits.period.1)),
        deadline: london::weekday(waits.finalisation),
        is_late: due < now,
        href: format!("/councils/{}/claims?state=suspended&starts={}", council.slug, waits.period.0),
    }
}

fn waiting(run: RunWaiting, council: &CouncilAccess, now: DateTime<Utc>) -> Option<Task> {
    let has = |role| council.roles.contains(&role);
    let what = match run.state {
        RunState::Finalised if has(CouncilRole::Approver) => "Approve a payment run",
        RunState::Open if has(CouncilRole::Officer) => "See a payment run being prepared",
        RunState::Approved if has(CouncilRole::Officer) => "Issue the payment file of a run",
        RunState::FileIssued if has(CouncilRole::Officer) => "Send the payment file of a run",
        RunState::Unknown if has(CouncilRole::Officer) => "Check a payment run with the bank",
        _ => return None,
    };
    let due = end_of(run.bank_date);
    Some(Task {
        due,
        council: council.name.clone(),
        organisation: None,
        what: what.to_owned(),
        about: format!("{}, {}", run.schedule, london::span(run.period.0, run.period.1)),
        deadline: format!("In the bank on {}", london::weekday(run.bank_date)),
        is_late: due < now,
        href: format!("/councils/{}/runs/{}", council.slug, run.run),
    })
}

/// The end of office hours of a day in London: what is due on a day is due by then.
fn end_of(day: NaiveDate) -> DateTime<Utc> {
    let five = chrono::NaiveTime::from_hms_opt(17, 0, 0).unwrap_or_default();
    deadline(day, five)
}

fn counted(count: i64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

fn council_place(council: &CouncilAccess) -> Place {
    let roles = council.roles.iter().map(|role| role.words()).collect::<Vec<_>>().join(", ");
    Place { name: council.name.clone(), detail: roles, href: format!("/councils/{}", council.slug), places: Vec::new() }
}

fn invitation_place(open: &OpenInvitation) -> Place {
    Place {
        name: open.council.clone(),
        detail: format!("{}, invited on {}", open.name, london::moment(open.invited_at)),
        href: format!("/invitations/{}/{}", open.slug, open.id),
        places: Vec::new(),
    }
}

fn organisation_places(access: &Access) -> Vec<Place> {
    let organisations = access.organisations().iter();
    organisations
        .map(|organisation| {
            let href = format!("/organisations/{}", organisation.id);
            let councils = organisation.councils.iter().map(|council| Place {
                name: council.name.clone(),
                detail: String::new(),
                href: format!("{href}/councils/{}/claims", council.slug),
                places: Vec::new(),
            });
            let detail = organisation.role.words().to_owned();
            Place { name: organisation.name.clone(), detail, places: councils.collect(), href: href.clone() }
        })
        .collect()
}
