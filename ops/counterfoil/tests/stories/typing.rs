//! What a provider sees while it types is what is stored, what is confirmed and what is paid, to the penny; and looking
//! at it changes nothing.

use chrono::Days;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::disposition::Assessment;
use counterfoil_core::ids::ClaimId;
use counterfoil_core::money::{Money, Quantity};
use counterfoil_core::pricing::FindingLevel;
use counterfoil_core::pricing::facts::Day;
use counterfoil_core::statement::{Actuals, DayActual, LineStatement, Outcome, Statement, VisitActual};
use counterfoil_tenants::claim;
use counterfoil_tenants::steps::open_actuals::open_actuals;
use counterfoil_tenants::steps::price_actuals::{PricedActuals, price_actuals};
use counterfoil_tenants::{Error, Result, audit};

use crate::support::{Care, Town, date, delivered, pence, saturday, week, winter};

fn of(actuals: Actuals, comment: &str) -> Statement {
    let line = LineStatement { line: 0, actuals, comment: comment.to_owned() };
    Statement { lines: vec![line], ..Statement::default() }
}

async fn typed(town: &Town, id: ClaimId, statement: &Statement) -> Result<PricedActuals> {
    let at = winter(date(2024, 12, 21), 9, 0, 0);
    let (provider, means) = (&town.provider, &town.world.means);
    let to_price = [(id, statement.clone())];
    let priced = price_actuals(&provider.scope, &town.service, means, at, provider.organisation, &to_price).await?;
    Ok(priced.into_iter().next().unwrap())
}

fn some(delivered: i64, frustrated: i64, reason: &str) -> Actuals {
    Actuals::Period {
        delivered: Quantity::from_thousandths(delivered),
        frustrated: Quantity::from_thousandths(frustrated),
        reason: reason.to_owned(),
        visits: Some(7),
    }
}

/// The Monday's visit as something became of it, or one beside it.
fn visit(planned: Option<u32>, minutes: u16, carers: u8, (outcome, reason): (Outcome, &str)) -> VisitActual {
    VisitActual {
        planned,
        date: date(2024, 12, 16),
        start: if planned.is_some() { 9 * 60 } else { 18 * 60 },
        minutes,
        monitored: None,
        carers,
        outcome,
        reason: reason.to_owned(),
        comment: String::new(),
    }
}

/// Weeks of quantities: all there is to state, each with its care.
async fn quantities(town: &Town) -> Vec<(Care, Actuals)> {
    let by_day = (0..7)
        .map(|day| DayActual {
            date: saturday() + Days::new(day),
            delivered: Quantity::from_thousandths(if day == 2 { 2_333 } else { 1_000 }),
            frustrated: Quantity::ZERO,
            reason: String::new(),
            visits: None,
        })
        .collect();
    let mut stated = Vec::new();
    for actuals in [
        Actuals::AsPlanned,
        delivered(7_000),
        delivered(7_333),
        delivered(8_000),
        delivered(10_000),
        delivered(6_667),
        delivered(0),
        some(3_000, 4_000, "hospital"),
        some(5_500, 1_000, "not-in"),
        some(7_000, 7_000, "hospital"),
        Actuals::Days { days: by_day },
    ] {
        stated.push((town.home_care(7_000).await, actuals));
    }
    stated
}

/// Mondays with a visit.
async fn timetabled(town: &Town) -> Vec<(Care, Actuals)> {
    let came = (Outcome::Delivered, "");
    let mut stated = Vec::new();
    for visits in [
        vec![visit(Some(0), 30, 1, came)],
        vec![visit(Some(0), 23, 1, came)],
        vec![visit(Some(0), 37, 1, came)],
        vec![visit(Some(0), 38, 1, came)],
        vec![visit(Some(0), 53, 1, came)],
        vec![visit(Some(0), 30, 2, came)],
        vec![visit(Some(0), 30, 1, (Outcome::Frustrated, "hospital"))],
        vec![visit(Some(0), 30, 1, (Outcome::Missed, ""))],
        vec![visit(Some(0), 30, 1, came), visit(None, 45, 2, (Outcome::Delivered, "extra-care"))],
        Vec::new(),
    ] {
        stated.push((town.monday_visit(30).await, Actuals::Visits { visits }));
    }
    stated.push((town.monday_visit(30).await, Actuals::AsPlanned));
    stated
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_shown_while_typing_are_those_stored_and_those_paid() {
    let town = Town::alone().await;
    town.hour_above_the_plan().await;
    // the rate changes in the middle of the week
    town.new_rate(&[(201_950, date(2024, 12, 17))], winter(date(2024, 12, 10), 9, 0, 0)).await;
    let mut cares = quantities(&town).await;
    cares.extend(timetabled(&town).await);
    let mut payable = Vec::new();
    for (care, actuals) in &cares {
        let id = town.claim(care, saturday()).await.id;
        let before = (town.again(id).await, records(&town).await);
        let shown = typed(&town, id, &of(actuals.clone(), "As it was.")).await.unwrap();
        assert_eq!(before, (town.again(id).await, records(&town).await), "looking at the price changes nothing");
        let Assessment::Priced(shown) = shown.assessment else { panic!("{:?}", shown.assessment) };

        town.state(id, actuals.clone(), "As it was.", winter(date(2024, 12, 21), 9, 0, 0)).await;
        let (row, charges) = town.assessed(id).await;
        assert_eq!(shown.charges, charges, "{actuals:?}");
        let sums = [row.planned_pence, row.claimed_pence, row.payable_pence, row.suspended_pence, row.rejected_pence];
        let totals = shown.totals;
        assert_eq!([shown.planned, totals.claimed, totals.payable, totals.suspended, totals.rejected], sums);
        assert_eq!((shown.findings, shown.uses), (row.findings, row.uses));
        town.confirm(id, winter(date(2024, 12, 21), 10, 0, 0)).await;
        payable.push((id, totals.payable));
    }
    let run = town.run(saturday()).await;
    for (id, shown) in &payable {
        let paid = Money::total(town.posted(*id).await.iter().map(|entry| entry.pence)).unwrap();
        assert_eq!(paid, *shown);
    }
    let all = Money::total(payable.iter().map(|(_, shown)| *shown)).unwrap();
    assert!(all > pence(100_000) && town.read_file(run).await.total == u64::try_from(all.pence()).unwrap());
    // the story is about money of every fate
    let fates: Vec<bool> = payable.iter().map(|(_, shown)| shown.is_zero()).collect();
    assert!(fates.contains(&true) && fates.contains(&false));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_stated_has_no_price_and_says_why_in_the_same_words() {
    let town = Town::alone().await;
    let care = town.home_care(7_000).await;
    let id = town.claim(&care, saturday()).await.id;
    let refused = async |statement: Statement| typed(&town, id, &statement).await.unwrap_err().to_string();
    let too_much = refused(of(some(0, 9_000, "hospital"), "")).await;
    assert!(too_much.contains("Frustrated care cannot be more than the plan"), "{too_much}");
    let unknown = refused(of(some(0, 1_000, "moonlight"), "")).await;
    assert!(unknown.contains("not one of this council's reasons"), "{unknown}");
    let visits = refused(of(Actuals::Visits { visits: Vec::new() }, "")).await;
    assert!(visits.contains("recorded as quantities"), "{visits}");

    let later = town.claim(&care, week(1)).await.id;
    let early = typed(&town, later, &of(Actuals::AsPlanned, "")).await.unwrap_err().to_string();
    assert_eq!(early, "The week to Friday 27 December 2024 is not over yet. Enter its actuals from the day after.");

    town.state(id, Actuals::AsPlanned, "", winter(date(2024, 12, 21), 9, 0, 0)).await;
    town.confirm(id, winter(date(2024, 12, 21), 9, 5, 0)).await;
    let confirmed = refused(of(Actuals::AsPlanned, "")).await;
    assert!(confirmed.starts_with("This claim is confirmed."), "{confirmed}");
    let nobody = typed(&town, ClaimId::from_uuid(uuid::Uuid::max()), &of(Actuals::AsPlanned, "")).await;
    assert!(matches!(nobody, Err(Error::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opened_claim_brings_its_plan_its_price_and_last_week() {
    let town = Town::alone().await;
    let care = town.monday_visit(30).await;
    let before = town.claim(&care, saturday()).await.id;
    let came = visit(Some(0), 45, 2, (Outcome::Delivered, "extra-care"));
    town.state(before, Actuals::Visits { visits: vec![came] }, "Two were needed.", winter(date(2024, 12, 21), 9, 0, 0))
        .await;
    let id = town.claim(&care, week(1)).await.id;
    let open = async |at| {
        let (provider, means) = (&town.provider, &town.world.means);
        open_actuals(&provider.scope, &town.service, means, at, (provider.organisation, id)).await.unwrap()
    };
    let early = open(winter(date(2024, 12, 27), 23, 59, 59)).await;
    assert!(early.closed.unwrap().contains("is not over yet"));
    let opened = open(winter(date(2024, 12, 28), 0, 0, 0)).await;
    assert_eq!(opened.closed, None);
    assert!(opened.comment_needed, "Worcestershire asks for comments");
    assert!(!opened.claim.visits_required);
    let [plan] = &opened.claim.plans[..] else { panic!("one line") };
    assert_eq!((plan.planned.visits.len(), plan.planned.visits[0].day), (1, Day::of(date(2024, 12, 23))));
    assert_eq!(opened.rates[&0].iter().map(ToString::to_string).collect::<Vec<_>>(), ["£18.85"]);
    let Some(PricedActuals { assessment: Assessment::Priced(planned), .. }) = opened.priced else { panic!("a price") };
    assert_eq!((planned.totals.payable, planned.planned), (pence(943), pence(943)));

    let copied = opened.claim.before.unwrap();
    let Actuals::Visits { visits } = &copied.lines[0].actuals else { panic!("visits") };
    let [one] = &visits[..] else { panic!("one visit") };
    assert_eq!((one.planned, one.date, one.minutes, one.carers), (Some(0), date(2024, 12, 23), 45, 2));
    assert_eq!((copied.lines[0].comment.as_str(), one.reason.as_str()), ("", "extra-care"));
    // copied without its comment it has something to mend
    let at = winter(date(2024, 12, 28), 9, 0, 0);
    let (provider, means) = (&town.provider, &town.world.means);
    let to_price = [(id, copied)];
    let priced = price_actuals(&provider.scope, &town.service, means, at, provider.organisation, &to_price).await;
    let Assessment::Priced(assessed) = priced.unwrap().remove(0).assessment else { panic!("a price") };
    let to_mend = assessed.findings.iter().filter(|finding| finding.level == FindingLevel::Mend);
    assert_eq!(to_mend.map(|finding| finding.reason.code.as_str()).collect::<Vec<_>>(), ["comment-needed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_week_is_stated_again_and_the_next_run_has_the_difference() {
    let town = Town::alone().await;
    let care = town.home_care(7_000).await;
    let id = town.confirmed_as_planned(&care, saturday()).await;
    town.run(saturday()).await;
    assert_eq!(town.again(id).await.state, ClaimState::Paid);
    let less = of(some(5_000, 0, ""), "Two hours were missed.");
    let shown = typed(&town, id, &less).await.unwrap();
    let Assessment::Priced(shown) = shown.assessment else { panic!("a price") };
    assert_eq!(shown.totals.payable, pence(9_425));
    let at = winter(date(2024, 12, 28), 9, 0, 0);
    town.state(id, some(5_000, 0, ""), "Two hours were missed.", at).await;
    town.confirm(id, at).await;
    town.run(week(1)).await;
    let paid = Money::total(town.posted(id).await.iter().map(|entry| entry.pence)).unwrap();
    assert_eq!(paid, shown.totals.payable);
}

async fn records(town: &Town) -> usize {
    let read = town.service.read(async |tx| {
        Ok((audit::newest(tx, 10_000).await?.len(), claim::due_in(tx, town.period(saturday())).await?.len()))
    });
    let (records, claims) = read.await.unwrap();
    records + claims
}
