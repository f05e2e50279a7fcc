//! What a council sets about itself: profile, keys and the account that it pays from, its rule, its prices, limits and
//! reasons, and its calendars.

use anyhow::Context as _;
use counterfoil_core::actor::Actor;
use counterfoil_core::calendar::{Calendar, Submission};
use counterfoil_core::event::Action;
use counterfoil_core::ids::RuleId;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::brand::{self, Contacts, NewBrand, NewLogo, Picture};
use counterfoil_tenants::profile::{PaymentFormat, Profile, SubmissionDay};
use counterfoil_tenants::rate::RateRecord;
use counterfoil_tenants::reason::{NonDeliveryReason, ReasonKind};
use counterfoil_tenants::rule::{RuleActivation, RuleSettingRow};
use counterfoil_tenants::schedule::{PeriodRow, ScheduleRow};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::tolerance::LimitRow;
use counterfoil_tenants::{bank, notification, profile, rate, reason, rule, schedule, tolerance};
use rust_decimal::Decimal;
use serde_json::json;

use super::{LoadedPack, One, period_id};
use crate::demo::timeline::act::Pays;
use crate::demo::world::council::{self, CouncilWorld, PaySchedule};

/// Who the council's records name: its administrator.
fn recorded_by(council: &CouncilWorld) -> Actor {
    Actor::Council { person: council.staff.administrator }
}

fn pack<'a>(one: &One<'a>) -> anyhow::Result<&'a LoadedPack> {
    let name = &one.council.rule.pack;
    let found = one.means.packs.get(name);
    found.with_context(|| format!("the rule pack {name} is not loaded"))
}

/// Its name, colour and logo, and whom to ask.
pub(super) async fn brand(one: &One<'_>) -> anyhow::Result<()> {
    let (council, looks) = (one.council, &one.council.brand);
    let new = NewBrand {
        name: council.name.to_owned(),
        colour: looks.colour.to_owned(),
        logo: NewLogo::Replace(Picture::read(&looks.logo(council.slug)?)?),
        contacts: Contacts {
            name: looks.contact.to_owned(),
            email: format!("providers@{}.example", council.slug),
            phone: looks.phone.to_owned(),
            hours: "Monday to Friday, 9am to 5pm".to_owned(),
            accessibility_email: format!("accessibility@{}.example", council.slug),
        },
        help_text: looks.help.to_owned(),
    };
    Ok(brand::set(one.scope, council.taken_on, &new).await?)
}

/// Profile, key, account and notifications.
pub(super) async fn profile(one: &One<'_>) -> anyhow::Result<()> {
    let council = one.council;
    let row = Profile {
        valid_from: council.rule.active_from,
        recorded_at: council.taken_on,
        recorded_by: recorded_by(council),
        name_shown: council.name.to_owned(),
        vocabulary: council.profile.vocabulary,
        payment_format: PaymentFormat::Bacs,
        small_balance_pence: council.profile.small_balance,
        submission: match council.profile.submission {
            Submission::OnFinalisation => SubmissionDay::FinalisationDay,
            Submission::NextWorkingDay => SubmissionDay::NextWorkingDay,
        },
        messages: pack(one)?.messages.clone(),
        verification_statement: council.profile.verification_statement.to_owned(),
    };
    let transaction = one.scope.transaction(council.taken_on, async |tx: &mut Tx<'_>| {
        let mut audited = tx.audited(Record::of(Action::SetUp, council.id)).await?;
        profile::add(&mut audited, row.clone()).await?;
        bank::ensure_key(&mut audited, one.means.master_key).await?;
        bank::set_originator(&mut audited, one.means.master_key, &council.originator).await?;
        for setting in &council.notifications {
            notification::set(&mut audited, setting.clone()).await?;
        }
        Ok(())
    });
    Ok(transaction.await?)
}

/// The rule, switched on by one administrator and approved by another, with its settings.
pub(super) async fn rule(one: &One<'_>) -> anyhow::Result<()> {
    let council = one.council;
    let loaded = pack(one)?;
    let activation = RuleActivation {
        id: RuleId::from_uuid(one.id("rule")),
        component_digest: loaded.digest.0.clone(),
        pack: council.rule.pack.clone(),
        version: loaded.version.clone(),
        active_from: council.rule.active_from,
        recorded_at: council.taken_on,
        recorded_by: recorded_by(council),
        approved_by: Actor::Council { person: council.staff.second_administrator },
    };
    let settings = council.rule.settings.iter().map(|setting| {
        Ok(RuleSettingRow {
            key: setting.key.clone(),
            scope: setting.scope.clone(),
            valid_from: setting.from.date().context("a setting has no date")?,
            recorded_at: council.taken_on,
            recorded_by: recorded_by(council),
            value: setting.value.clone(),
        })
    });
    let settings = settings.collect::<anyhow::Result<Vec<_>>>()?;
    let transaction = one.scope.transaction(council.taken_on, async |tx: &mut Tx<'_>| {
        let detail = json!({ "settings": settings.len() });
        let record = Record::of(Action::SetUp, activation.id).detail(detail);
        let mut audited = tx.audited(record).await?;
        rule::activate(&mut audited, activation.clone()).await?;
        rule::add_settings(&mut audited, settings.clone()).await
    });
    Ok(transaction.await?)
}

/// Rate card, limits of tolerance, and reasons.
pub(super) async fn prices(one: &One<'_>) -> anyhow::Result<()> {
    let council = one.council;
    let by = || recorded_by(council);
    let rates: Vec<RateRecord> = (0..)
        .zip(&council.rates)
        .map(|(number, row)| RateRecord::new(one.id(&format!("rate/{number}")), row.clone(), by()))
        .collect();
    let limits: Vec<LimitRow> =
        (0..).zip(&council.limits).map(|(number, set)| limit(one, number, set)).collect::<anyhow::Result<_>>()?;
    let reasons: Vec<NonDeliveryReason> = council
        .reasons
        .iter()
        .map(|reason| NonDeliveryReason {
            code: reason.code.to_owned(),
            valid_from: council.rule.active_from,
            recorded_at: council.taken_on,
            recorded_by: by(),
            valid_to: None,
            words: reason.words.to_owned(),
            kind: match reason.kind {
                council::ReasonKind::Frustrated => ReasonKind::Frustrated,
                council::ReasonKind::Missed => ReasonKind::Missed,
                council::ReasonKind::Extra => ReasonKind::Extra,
            },
            comment_needed: reason.comment_needed,
        })
        .collect();
    let transaction = one.scope.transaction(council.taken_on, async |tx: &mut Tx<'_>| {
        let detail = json!({ "rows": rates.len() });
        let mut audited = tx.audited(Record::on(Action::RecordRate, "rate_card").detail(detail)).await?;
        rate::add(&mut audited, rates.clone()).await?;
        let detail = json!({ "limits": limits.len(), "reasons": reasons.len() });
        let mut audited = tx.audited(Record::of(Action::SetUp, council.id).detail(detail)).await?;
        tolerance::add(&mut audited, limits.clone()).await?;
        reason::add(&mut audited, reasons.clone()).await
    });
    Ok(transaction.await?)
}

fn limit(one: &One<'_>, number: u32, set: &council::ToleranceLimit) -> anyhow::Result<LimitRow> {
    let hundredths = |percent: Decimal| {
        let whole = (percent * Decimal::ONE_HUNDRED).round();
        i32::try_from(whole.mantissa()).context("a limit is beyond any percentage")
    };
    Ok(LimitRow {
        id: one.id(&format!("limit/{number}")),
        level: set.limit.level,
        contract_id: None,
        service: set.service.map(str::to_owned),
        units: set.limit.units,
        percent: set.limit.percent.map(hundredths).transpose()?,
        pence: set.limit.pounds,
        valid_from: set.from,
        valid_to: None,
        recorded_at: one.council.taken_on,
        recorded_by: recorded_by(one.council),
    })
}

/// Schedules with their pay periods, what is unusual about each beside it.
pub(super) async fn schedules(one: &One<'_>) -> anyhow::Result<()> {
    for own in &one.council.schedules {
        let calendar = own.calendar(one.means.holidays)?;
        let row = ScheduleRow {
            id: own.id,
            name: own.definition.name.clone(),
            published_name: own.definition.name.clone(),
            basis: own.basis,
            definition: own.definition.clone(),
        };
        let rows = periods(one, own, &calendar);
        let at = one.council.taken_on;
        let transaction = one.scope.transaction(at, async |tx: &mut Tx<'_>| {
            let detail = json!({ "periods": rows.len() });
            let record = Record::of(Action::SetUp, own.id).detail(detail);
            let mut audited = tx.audited(record).await?;
            schedule::add(&mut audited, vec![row.clone()]).await?;
            schedule::add_periods(&mut audited, rows.clone()).await?;
            Ok(())
        });
        transaction.await?;
    }
    Ok(())
}

fn periods(one: &One<'_>, own: &PaySchedule, calendar: &Calendar) -> Vec<PeriodRow> {
    let periods = calendar.periods.iter().map(|period| {
        let starts = period.dates.starts;
        let pays = Pays { schedule: own.id, period: starts };
        let findings = calendar.findings.iter();
        let accepted = calendar.accepted.iter();
        PeriodRow {
            findings: findings.filter(|finding| finding.period_starts == Some(starts)).cloned().collect(),
            accepted: accepted.filter(|finding| finding.period_starts == starts).cloned().collect(),
            ..PeriodRow::of(period_id(one.means.seed, pays), own.id, calendar, period)
        }
    });
    periods.collect()
}
