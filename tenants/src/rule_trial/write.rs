//! Writes trials, and what came of them.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::TrialId;
use diesel::sql_types::{Array, BigInt, Integer, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, sql_query};
use diesel_async::RunQueryDsl as _;

use super::{Part, Slow, State, Trial, TrialLine, TrialPeriod};
use crate::error::Result;
use crate::record::{Kept as _, insert};
use crate::schema::rule_trial;
use crate::scope::Audited;

/// Adds a trial with its pay periods and parts.
pub(crate) async fn add(
    audited: &mut Audited<'_, '_>,
    trial: Trial,
    periods: Vec<TrialPeriod>,
    parts: Vec<Part>,
) -> Result<()> {
    insert!(audited, rule_trial, [trial]);
    insert!(audited, rule_trial_period, periods);
    insert!(audited, rule_trial_part, parts);
    Ok(())
}

/// Keeps lines that differ.
pub(crate) async fn add_lines(audited: &mut Audited<'_, '_>, lines: Vec<TrialLine>) -> Result<()> {
    insert!(audited, rule_trial_line, lines);
    Ok(())
}

/// Keeps the sums of parts that were not tried before, and says how many of them there were.
pub(crate) async fn parts_done(audited: &mut Audited<'_, '_>, trial: TrialId, parts: &[Part]) -> Result<usize> {
    let (tenant, at) = (audited.tenant().uuid(), audited.at());
    let counts = |of: fn(&Part) -> u32| parts.iter().map(|part| of(part).raw()).collect::<Vec<i32>>();
    let sums = |of: fn(&Part) -> i64| parts.iter().map(of).collect::<Vec<i64>>();
    let updated = sql_query(
        "UPDATE rule_trial_part p SET done_at = $3, left_out = d.left_out, faulted = d.faulted, lines = d.lines, \
         differing = d.differing, newly_suspended = d.newly_suspended, payable_before = d.payable_before, \
         payable_now = d.payable_now, suspended_before = d.suspended_before, suspended_now = d.suspended_now, \
         fuel_before = d.fuel_before, fuel_now = d.fuel_now \
         FROM UNNEST($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS d (number, left_out, faulted, lines, \
             differing, newly_suspended, payable_before, payable_now, suspended_before, suspended_now, fuel_before, \
             fuel_now) \
         WHERE p.tenant_id = $1 AND p.trial_id = $2 AND p.number = d.number AND p.done_at IS NULL",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(trial.uuid())
    .bind::<Timestamptz, _>(at)
    .bind::<Array<Integer>, _>(counts(|part| part.number))
    .bind::<Array<Integer>, _>(counts(|part| part.left_out))
    .bind::<Array<Integer>, _>(counts(|part| part.faulted))
    .bind::<Array<Integer>, _>(counts(|part| part.lines))
    .bind::<Array<Integer>, _>(counts(|part| part.differing))
    .bind::<Array<Integer>, _>(counts(|part| part.newly_suspended))
    .bind::<Array<BigInt>, _>(sums(|part| part.payable_before.pence()))
    .bind::<Array<BigInt>, _>(sums(|part| part.payable_now.pence()))
    .bind::<Array<BigInt>, _>(sums(|part| part.suspended_before.pence()))
    .bind::<Array<BigInt>, _>(sums(|part| part.suspended_now.pence()))
    .bind::<Array<BigInt>, _>(sums(|part| part.fuel_before.raw()))
    .bind::<Array<BigInt>, _>(sums(|part| part.fuel_now.raw()));
    Ok(updated.execute(audited.conn()).await?)
}

/// Keeps how far a trial has come.
pub(crate) async fn progress(
    audited: &mut Audited<'_, '_>,
    trial: TrialId,
    (done, listed): (u32, u32),
    slowest: Vec<Slow>,
) -> Result<()> {
    let tenant = audited.tenant().uuid();
    diesel::update(rule_trial::table.find((tenant, trial.uuid())))
        .set((
            rule_trial::done.eq(done.raw()),
            rule_trial::listed.eq(listed.raw()),
            rule_trial::slowest.eq(slowest.raw()),
        ))
        .execute(audited.conn())
        .await?;
    Ok(())
}

/// Ends a trial.
pub(crate) async fn end(
    audited: &mut Audited<'_, '_>,
    trial: TrialId,
    (state, at): (State, DateTime<Utc>),
) -> Result<()> {
    let tenant = audited.tenant().uuid();
    diesel::update(rule_trial::table.find((tenant, trial.uuid())))
        .set((rule_trial::state.eq(state.raw()), rule_trial::ended_at.eq(Some(at))))
        .execute(audited.conn())
        .await?;
    Ok(())
}
