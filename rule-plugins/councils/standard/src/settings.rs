//! The council's settings for one service level, by date: read once, so that a line only looks them up.

use counterfoil_rule_sdk::{ClaimFacts, Day, Setting, Terms, Value, lookup};

/// How minutes of a visit become paid minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounding {
    Exact,
    Nearest,
    Up,
    Down,
}

/// How the price of a visit follows from its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VisitPricing {
    Hourly,
    PriceList,
    LargestBandAndRest,
}

/// When the bank-holiday price is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BankHoliday {
    ByContract,
    Always,
    Never,
}

/// Whether plan or actuals are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayBy {
    Contract,
    Planned,
    Actual,
}

/// Which frustrated care is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrustratedPaid {
    None,
    ByReason,
    InHospital,
    All,
}

/// Which care above the plan is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExtrasPaid {
    Payable,
    Limited,
    Never,
}

/// The settings in force on a day; the schema documents each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Methods<'a> {
    pub(crate) rounding: Rounding,
    pub(crate) rounding_minutes: i64,
    pub(crate) visit_pricing: VisitPricing,
    pub(crate) split_at_edges: bool,
    pub(crate) bank_holiday: BankHoliday,
    pub(crate) pay_by: PayBy,
    pub(crate) missed_on_plan_paid: bool,
    pub(crate) frustrated: FrustratedPaid,
    pub(crate) frustrated_reasons: &'a [String],
    hospital_reasons: Option<&'a [String]>,
    pub(crate) extras: ExtrasPaid,
    pub(crate) extras_days: i64,
    pub(crate) comment_on_difference: bool,
    pub(crate) closed_paid: bool,
    pub(crate) sevenths: bool,
    pub(crate) discharge_day_charged: bool,
    pub(crate) hospital_full_days: Option<i64>,
    pub(crate) hospital_band: &'a str,
    pub(crate) hospital_band_days: Option<i64>,
    pub(crate) death_days: i64,
    pub(crate) death_from_notified: bool,
    pub(crate) end_days: i64,
    pub(crate) night_ceiling_band: &'a str,
    pub(crate) short_visit_minutes: i64,
    pub(crate) variance_minutes: Option<i64>,
    pub(crate) tiers_with_need: &'a [String],
    pub(crate) band_attribute: &'a str,
    /// A setting that is not one of these, or has a value that it cannot have.
    pub(crate) not_understood: Option<&'a str>,
}

impl Default for Methods<'_> {
    fn default() -> Self {
        Self {
            rounding: Rounding::Exact,
            rounding_minutes: 15,
            visit_pricing: VisitPricing::Hourly,
            split_at_edges: false,
            bank_holiday: BankHoliday::ByContract,
            pay_by: PayBy::Contract,
            missed_on_plan_paid: true,
            frustrated: FrustratedPaid::ByReason,
            frustrated_reasons: &[],
            hospital_reasons: None,
            extras: ExtrasPaid::Payable,
            extras_days: 7,
            comment_on_difference: true,
            closed_paid: false,
            sevenths: false,
            discharge_day_charged: true,
            hospital_full_days: None,
            hospital_band: "",
            hospital_band_days: None,
            death_days: 0,
            death_from_notified: false,
            end_days: 0,
            night_ceiling_band: "",
            short_visit_minutes: 0,
            variance_minutes: None,
            tiers_with_need: &[],
            band_attribute: "",
            not_understood: None,
        }
    }
}

impl<'a> Methods<'a> {
    /// Whether the plan is paid whatever was delivered.
    pub(crate) fn pays_plan(&self, terms: Terms) -> bool {
        match self.pay_by {
            PayBy::Contract => terms == Terms::Planned,
            PayBy::Planned => true,
            PayBy::Actual => false,
        }
    }

    /// Whether a reason says that the person was in hospital.
    pub(crate) fn is_hospital(&self, reason: &str) -> bool {
        match self.hospital_reasons {
            Some(reasons) => reasons.iter().any(|given| given == reason),
            None => reason == "hospital",
        }
    }

    fn take(&mut self, key: &str, value: &'a Value) -> Option<()> {
        match (key, value) {
            ("rounding", Value::Code(code)) => {
                self.rounding = match code.as_str() {
                    "exact" => Rounding::Exact,
                    "nearest" => Rounding::Nearest,
                    "up" => Rounding::Up,
                    "down" => Rounding::Down,
                    _ => return None,
                };
            }
            ("rounding-minutes", Value::Number(n @ 1..=60)) => self.rounding_minutes = *n,
            ("visit-pricing", Value::Code(code)) => {
                self.visit_pricing = match code.as_str() {
                    "hourly" => VisitPricing::Hourly,
                    "price-list" => VisitPricing::PriceList,
                    "largest-band-and-rest" => VisitPricing::LargestBandAndRest,
                    _ => return None,
                };
            }
            ("crossing", Value::Code(code)) => self.split_at_edges = one_of(code, "split", "start")?,
            ("bank-holiday", Value::Code(code)) => {
                self.bank_holiday = match code.as_str() {
                    "by-contract" => BankHoliday::ByContract,
                    "always" => BankHoliday::Always,
                    "never" => BankHoliday::Never,
                    _ => return None,
                };
            }
            ("pay-by", Value::Code(code)) => {
                self.pay_by = match code.as_str() {
                    "contract" => PayBy::Contract,
                    "planned" => PayBy::Planned,
                    "actual" => PayBy::Actual,
                    _ => return None,
                };
            }
            ("missed-on-plan", Value::Code(code)) => {
                self.missed_on_plan_paid = one_of(code, "paid", "unpaid")?;
            }
            ("frustrated", Value::Code(code)) => {
                self.frustrated = match code.as_str() {
                    "none" => FrustratedPaid::None,
                    "by-reason" => FrustratedPaid::ByReason,
                    "in-hospital" => FrustratedPaid::InHospital,
                    "all" => FrustratedPaid::All,
                    _ => return None,
                };
            }
            ("frustrated-reasons", Value::Codes(codes)) => self.frustrated_reasons = codes,
            ("hospital-reasons", Value::Codes(codes)) => self.hospital_reasons = Some(codes),
            ("extras", Value::Code(code)) => {
                self.extras = match code.as_str() {
                    "payable" => ExtrasPaid::Payable,
                    "limited" => ExtrasPaid::Limited,
                    "never" => ExtrasPaid::Never,
                    _ => return None,
                };
            }
            ("extras-days", Value::Number(n @ 0..=28)) => self.extras_days = *n,
            ("comment", Value::Code(code)) => {
                self.comment_on_difference = one_of(code, "on-difference", "optional")?;
            }
            ("closed", Value::Code(code)) => self.closed_paid = one_of(code, "paid", "unpaid")?,
            ("partial-week", Value::Code(code)) => self.sevenths = one_of(code, "sevenths", "by-day")?,
            ("discharge-day", Value::Code(code)) => {
                self.discharge_day_charged = one_of(code, "charged", "not-charged")?;
            }
            ("hospital-full-days", Value::Number(n @ 0..=400)) => self.hospital_full_days = Some(*n),
            ("hospital-band", Value::Code(code)) => self.hospital_band = code,
            ("hospital-band-days", Value::Number(n @ 0..=400)) => self.hospital_band_days = Some(*n),
            ("death-days", Value::Number(n @ 0..=92)) => self.death_days = *n,
            ("death-counts-from", Value::Code(code)) => {
                self.death_from_notified = one_of(code, "notified", "happened")?;
            }
            ("end-days", Value::Number(n @ 0..=92)) => self.end_days = *n,
            ("night-ceiling-band", Value::Code(code)) => self.night_ceiling_band = code,
            ("short-visit-minutes", Value::Number(n @ 0..=1_440)) => self.short_visit_minutes = *n,
            ("variance-minutes", Value::Number(n @ 0..=1_440)) => self.variance_minutes = Some(*n),
            ("tiers-with-need", Value::Codes(codes)) => self.tiers_with_need = codes,
            ("band-attribute", Value::Code(code)) => self.band_attribute = code,
            _ => return None,
        }
        Some(())
    }
}

/// Which of two codes it is: the first is yes.
fn one_of(code: &str, yes: &str, no: &str) -> Option<bool> {
    if code == yes { Some(true) } else { (code == no).then_some(false) }
}

/// The settings of one service level over the days of a claim.
#[derive(Debug)]
pub(crate) struct Dated<'a> {
    /// The first day of each stretch without a change, in order; at least one.
    from: Vec<(Day, Methods<'a>)>,
    first: Methods<'a>,
}

impl<'a> Dated<'a> {
    pub(crate) fn of(claim: &'a ClaimFacts, service: &str) -> Self {
        let mut changes: Vec<Day> = vec![claim.period.from];
        let settings = claim.settings.iter().map(|setting| setting.from);
        let kinds = claim.attributes.iter().filter(|given| given.key == "kind").map(|given| given.from);
        changes.extend(settings.chain(kinds).filter(|day| *day > claim.period.from && *day <= claim.period.to));
        changes.sort_unstable();
        changes.dedup();
        let from: Vec<_> = changes.into_iter().map(|day| (day, on(claim, service, day))).collect();
        let first = from.first().map_or_else(Methods::default, |(_, methods)| *methods);
        Self { from, first }
    }

    /// The settings of a day.
    pub(crate) fn on(&self, day: Day) -> &Methods<'a> {
        self.from.iter().rev().find(|(from, _)| *from <= day).map_or(&self.first, |(_, methods)| methods)
    }

    /// The settings of the period's first day, for what cannot change within a claim.
    pub(crate) const fn first(&self) -> &Methods<'a> {
        &self.first
    }
}

fn on<'a>(claim: &'a ClaimFacts, service: &str, day: Day) -> Methods<'a> {
    let kind = lookup::code(&claim.attributes, "kind", day).unwrap_or_default();
    let holds = |setting: &'a Setting| {
        let narrow = lookup::narrowness(setting, service, kind)?;
        (setting.from <= day).then_some((narrow, setting.from, setting))
    };
    let mut settings: Vec<_> = claim.settings.iter().filter_map(holds).collect();
    // the narrower and later comes last, and so wins
    settings.sort_by_key(|(narrow, from, _)| (*narrow, *from));
    let mut methods = Methods::default();
    for (_, _, setting) in settings {
        if methods.take(&setting.key, &setting.value).is_none() {
            methods.not_understood = Some(&setting.key);
        }
    }
    methods
}
