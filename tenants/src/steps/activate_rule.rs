//! Switches a version of the payment rule on from the start of a pay period, or rolls back to an earlier one: one more
//! activation, which claims that are not paid yet are assessed by again. What is paid or in a run keeps the rule that
//! priced it. Before it stands [`decide_rule`](super::decide_rule).

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::event::Action;
use counterfoil_core::ids::RuleId;
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use uuid::Uuid;

use super::Means;
use super::decide_rule::{check_comment, find, record};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::rule::{self, RuleActivation, counting};
use crate::rule_version::{EventKind, RuleSeen, Timeline, Who};
use crate::schema::{claim, pay_period, run, schedule};
use crate::scope::{Audited, CouncilScope, Tx};

/// How many starts of periods are offered.
const OFFERED: i64 = 8;

/// From when a version can be switched on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// The first day that is possible: nothing that begins then or later is paid or in a run. None where nothing was
    /// ever paid.
    pub earliest: Option<NaiveDate>,
    /// Starts of pay periods from then on, with the schedules that have one.
    pub starts: Vec<(NaiveDate, Vec<String>)>,
}

/// What switching on from a day comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Each schedule with the start of its first pay period that is affected; none where no such period is known yet.
    pub schedules: Vec<(String, Option<NaiveDate>)>,
    /// Claims that are there already and are priced again.
    pub claims: i64,
    /// Whether it goes back to a version that was in force before.
    pub rolls_back: bool,
    /// What prices from that day as it is now.
    pub replaces: Option<RuleActivation>,
    /// What was to be in force later and will not be, and from when.
    pub undone: Vec<(NaiveDate, RuleActivation)>,
}

/// The days from which a version can be switched on.
///
/// # Errors
/// [`Error::Database`].
pub async fn choices(tx: &mut Tx<'_>, today: NaiveDate) -> Result<Choices> {
    let earliest = earliest(tx).await?;
    let tenant = tx.tenant().uuid();
    // a council that never paid begins with the period that its calendars have next
    let from = earliest.unwrap_or(today);
    let days: Vec<NaiveDate> = pay_period::table
        .filter(pay_period::tenant_id.eq(tenant))
        .filter(pay_period::starts.ge(from))
        .select(pay_period::starts)
        .distinct()
        .order(pay_period::starts)
        .limit(OFFERED)
        .load(tx.conn())
        .await?;
    let schedules: BTreeMap<Uuid, String> = schedules(tx).await?.into_iter().collect();
    let named: Vec<(NaiveDate, Uuid)> = pay_period::table
        .filter(pay_period::tenant_id.eq(tenant))
        .filter(pay_period::starts.eq_any(&days))
        .order((pay_period::starts, pay_period::schedule_id))
        .select((pay_period::starts, pay_period::schedule_id))
        .load(tx.conn())
        .await?;
    let of = |day: NaiveDate| {
        let of_day = named.iter().filter(|(starts, _)| *starts == day);
        let mut names: Vec<String> = of_day.filter_map(|(_, id)| schedules.get(id).cloned()).collect();
        names.sort();
        names
    };
    Ok(Choices { earliest, starts: days.into_iter().map(|day| (day, of(day))).collect() })
}

/// The day after the last claim or period that begins and is paid or in a run.
async fn earliest(tx: &mut Tx<'_>) -> Result<Option<NaiveDate>> {
    let tenant = tx.tenant().uuid();
    let in_run = [ClaimState::Locked, ClaimState::Paid].map(crate::record::Kept::raw);
    let claim: Option<NaiveDate> = claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::state.eq_any(in_run).or(claim::posted_assessment_id.is_not_null()))
        .select(diesel::dsl::max(claim::starts))
        .first(tx.conn())
        .await?;
    let with_run = run::table.filter(run::tenant_id.eq(tenant)).select(run::period_id);
    let with_run: Vec<Uuid> = with_run.load(tx.conn()).await?;
    let period: Option<NaiveDate> = pay_period::table
        .filter(pay_period::tenant_id.eq(tenant))
        .filter(pay_period::id.eq_any(with_run))
        .select(diesel::dsl::max(pay_period::starts))
        .first(tx.conn())
        .await?;
    Ok(claim.max(period).and_then(|day| day.checked_add_days(Days::new(1))))
}

async fn schedules(tx: &mut Tx<'_>) -> Result<Vec<(Uuid, String)>> {
    let tenant = tx.tenant().uuid();
    Ok(schedule::table
        .filter(schedule::tenant_id.eq(tenant))
        .order(schedule::name)
        .select((schedule::id, schedule::name))
        .load(tx.conn())
        .await?)
}

/// What switching a version on from a day comes to. Nothing is changed.
///
/// # Errors
/// As [`activate_rule`].
pub async fn preview_activation(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    who: Who<'_>,
    (digest, from): (&str, NaiveDate),
) -> Result<Preview> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let (rolls_back, _, _) = check(tx, means, who, (digest, from)).await?;
            let tenant = tx.tenant().uuid();
            let mut affected = Vec::new();
            for (id, name) in schedules(tx).await? {
                let first: Option<NaiveDate> = pay_period::table
                    .filter(pay_period::tenant_id.eq(tenant))
                    .filter(pay_period::schedule_id.eq(id))
                    .filter(pay_period::starts.ge(from))
                    .select(diesel::dsl::min(pay_period::starts))
                    .first(tx.conn())
                    .await?;
                affected.push((name, first));
            }
            let claims = claim::table
                .filter(claim::tenant_id.eq(tenant))
                .filter(claim::starts.ge(from))
                .filter(claim::assessment_id.is_not_null())
                .count()
                .get_result(tx.conn())
                .await?;
            // of what was recorded for later days only what still counts there
            let Timeline { now, comes } = Timeline::of(&rule::activations(tx).await?, from);
            let is_other = |row: &RuleActivation| row.component_digest != digest;
            let replaces = now.filter(is_other);
            let undone = comes.into_iter().filter(|(_, row)| is_other(row)).collect();
            tx.discard();
            Ok(Preview { schedules: affected, claims, rolls_back, replaces, undone })
        })
        .await
}

/// Switches a version on from a day. Of two that are, the one that was recorded last counts, also for what begins later.
///
/// # Errors
/// [`Error::Refused`] for a version that is not approved, fails its cases, is retired or in quarantine, and for a day on
/// which no pay period begins or on or after which something is paid or in a run; [`Error::NotFound`].
pub async fn activate_rule(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    who: Who<'_>,
    (digest, from, reason): (&str, NaiveDate, &str),
) -> Result<RuleId> {
    let id = RuleId::from_uuid(Uuid::now_v7());
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let (rolls_back, seen, second) = check(tx, means, who, (digest, from)).await?;
            check_comment(reason, rolls_back)?;
            let (kind, action) = if rolls_back {
                (EventKind::RollBack, Action::RollBackRule)
            } else {
                (EventKind::Activate, Action::ActivateRule)
            };
            let detail = json!({
                "digest": digest, "name": seen.name, "version": seen.version, "from": from, "reason": reason,
            });
            let mut audited = tx.audited(Record::of(action, id).detail(detail)).await?;
            let row = RuleActivation {
                id,
                component_digest: digest.to_owned(),
                pack: seen.name,
                version: seen.version,
                active_from: from,
                recorded_at: at,
                recorded_by: audited.actor(),
                approved_by: second,
            };
            rule::activate(&mut audited, row).await?;
            record(&mut audited, who, (digest, kind), (reason, Some(from))).await?;
            reassess_from(&mut audited, from).await
        })
        .await
        .map(|()| id)
}

/// Lets what is not paid and begins on a day or later be priced again.
pub(super) async fn reassess_from(audited: &mut Audited<'_, '_>, from: NaiveDate) -> Result<()> {
    jobs::enqueue(audited, Job::ReassessRule { from }).await
}

/// Whether a version can be switched on from a day: whether that rolls back, the version, and the second person.
async fn check(
    tx: &mut Tx<'_>,
    means: &Means,
    who: Who<'_>,
    (digest, from): (&str, NaiveDate),
) -> Result<(bool, RuleSeen, counterfoil_core::actor::Actor)> {
    let refused = |words: &str| Error::Refused(words.to_owned());
    let (_, seen) = find(tx, means, digest).await?;
    if !seen.can_be_switched_on() {
        return Err(refused(if seen.is_quarantined() {
            "This version is in quarantine. Lift the quarantine first"
        } else if seen.is_retired() {
            "This version is retired"
        } else {
            "A second administrator has to approve this version before it can be switched on"
        }));
    }
    let second = seen.second(who.person);
    let second = second.ok_or_else(|| {
        refused("Nobody but you has approved this version. Another administrator has to switch it on")
    })?;
    check_day(tx, from).await?;
    let activations = rule::activations(tx).await?;
    let before = counting(&activations, from);
    let undoes = activations.iter().any(|row| row.active_from > from && row.component_digest != digest);
    if before.is_some_and(|before| before.component_digest == digest) && !undoes {
        return Err(refused("This version is in force from that day already"));
    }
    let rolls_back = !seen.activations.is_empty() && before.is_some();
    Ok((rolls_back, seen, second))
}

/// Whether what prices claims can be another from a day on.
///
/// # Errors
/// [`Error::Refused`] for a day on which no pay period begins, or on or after which something is paid or in a run.
pub(super) async fn check_day(tx: &mut Tx<'_>, from: NaiveDate) -> Result<()> {
    let choices = choices(tx, counterfoil_core::calendar::clock::local_time(tx.at()).date()).await?;
    if let Some(earliest) = choices.earliest.filter(|earliest| from < *earliest) {
        return Err(Error::Refused(format!(
            "Claims that begin after that day are paid or in a run, and keep the rule that priced them. The first day \
             possible is {}",
            earliest.format("%-d %B %Y")
        )));
    }
    if !choices.starts.is_empty() && !begins_period(tx, from).await? {
        return Err(Error::Refused("Select a day on which a pay period begins".to_owned()));
    }
    Ok(())
}

async fn begins_period(tx: &mut Tx<'_>, day: NaiveDate) -> Result<bool> {
    let tenant = tx.tenant().uuid();
    let period = pay_period::table
        .filter(pay_period::tenant_id.eq(tenant))
        .filter(pay_period::starts.eq(day))
        .select(pay_period::id);
    Ok(period.first::<Uuid>(tx.conn()).await.optional()?.is_some())
}
