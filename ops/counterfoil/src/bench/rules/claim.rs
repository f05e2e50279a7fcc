//! The claim that the benchmark prices.

use counterfoil_core::pricing::facts::{
    Attribute, ClaimFacts, Day, DayFacts, DayKind, LineFacts, PlannedDay, PlannedVisit, RateRow, Recording, Setting,
    Span, StatedDay, StatedVisit, Terms, Unit, Value,
};

/// Its lines.
pub(super) const LINES: u32 = 20;

/// A week of home care for 20 service lines, stated as planned, by visits or else as a quantity: a rate card of two rows, a council's settings.
pub(super) fn of(visits: u32) -> ClaimFacts {
    let from = Day(20_071);
    let period = Span { from, to: Day(from.0 + 6) };
    let days = (0..7).map(|n| DayFacts {
        day: Day(from.0 + n),
        kind: match n {
            0 => DayKind::Saturday,
            1 => DayKind::Sunday,
            _ => DayKind::Weekday,
        },
        bank_holiday: false,
        closed: false,
    });
    let code = |key: &str, code: &str| Setting {
        key: key.to_owned(),
        scope: String::new(),
        from: Day(19_000),
        value: Value::Code(code.to_owned()),
    };
    ClaimFacts {
        period,
        recording: if visits == 0 { Recording::Quantities } else { Recording::Timetabled },
        terms: Terms::Actual,
        stated: true,
        attributes: vec![Attribute {
            key: "kind".to_owned(),
            from: Day(19_000),
            to: None,
            value: Value::Code("block".to_owned()),
        }],
        days: days.collect(),
        lines: (0..LINES).map(|number| line(number, visits, period)).collect(),
        stays: Vec::new(),
        ending: None,
        earlier: Vec::new(),
        settings: vec![code("rounding", "nearest"), code("frustrated", "all"), code("comment", "on-difference")],
    }
}

/// The same week as Norfolk has it: a framework, three prices by distance, and homes at every distance.
pub(super) fn of_norfolk(visits: u32) -> ClaimFacts {
    let mut facts = of(visits);
    let since = |key: &str, value| Attribute { key: key.to_owned(), from: Day(19_000), to: None, value };
    facts.attributes.push(since("framework", Value::Code("new".to_owned())));
    for line in &mut facts.lines {
        let distance = i64::from(line.line % 3) * 3_000 + 1_500;
        line.attributes.push(since("distance-thousandths-mile", Value::Number(distance)));
        let prices = [("0-3-miles", 174_000), ("3-6-miles", 196_800), ("over-6-miles", 217_200)];
        let Some(plain) = line.rates.first().cloned() else { continue };
        let row =
            |(row, (band, rate)): (u32, (&str, i64))| RateRow { row, band: band.to_owned(), rate, ..plain.clone() };
        line.rates = (0..).zip(prices).map(row).collect();
    }
    facts
}

fn line(number: u32, visits: u32, period: Span) -> LineFacts {
    let row = |row, day_kind, rate| RateRow {
        row,
        band: String::new(),
        minutes: None,
        day_kind,
        time_band: None,
        from: Day(19_000),
        to: None,
        unit: Unit::Hour,
        rate,
    };
    let of = |visit: u32| {
        let day = Day(period.from.0 + i32::try_from(visit % 7).unwrap_or_default());
        PlannedVisit { visit, day, start: 480, minutes: 45, carers: 1 }
    };
    let mut planned: Vec<PlannedVisit> = (0..visits).map(of).collect();
    planned.sort_by_key(|visit| (visit.day, visit.visit));
    for (visit, position) in planned.iter_mut().zip(0..) {
        visit.visit = position;
    }
    let stated = planned.iter().map(|plan| StatedVisit {
        visit: plan.visit,
        planned: Some(plan.visit),
        day: plan.day,
        start: plan.start,
        minutes: plan.minutes,
        actual_start: None,
        actual_minutes: None,
        carers: plan.carers,
        delivered: i64::from(plan.minutes),
        frustrated: 0,
        missed: 0,
        extra: 0,
        attributes: Vec::new(),
        reason: String::new(),
        comment: false,
    });
    let mut plan: Vec<PlannedDay> = Vec::new();
    for visit in &planned {
        match plan.last_mut().filter(|day| day.day == visit.day) {
            Some(day) => day.quantity += i64::from(visit.minutes),
            None => plan.push(PlannedDay { day: visit.day, quantity: i64::from(visit.minutes) }),
        }
    }
    let mut stated_days = Vec::new();
    if visits == 0 {
        // recorded as a quantity: what was delivered on one day
        plan.push(PlannedDay { day: period.from, quantity: 2_000 });
        stated_days.push(StatedDay {
            day: period.from,
            delivered: 2_000,
            frustrated: 0,
            missed: 0,
            extra: 0,
            visits: None,
            reason: String::new(),
            comment: false,
        });
    }
    LineFacts {
        line: number,
        service: "Domiciliary care".to_owned(),
        unit: Unit::Hour,
        tier: "tier-1".to_owned(),
        valid: period,
        tail: None,
        attributes: Vec::new(),
        plan,
        stated_visits: stated.collect(),
        planned_visits: planned,
        rates: vec![row(0, None, 188_500), row(1, Some(DayKind::BankHoliday), 377_000)],
        stated_days,
    }
}
