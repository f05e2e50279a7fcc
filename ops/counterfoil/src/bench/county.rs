//! A county to measure with: one council of the demo, with its calendar, rate card, limits and rule, that buys home
//! care from 1,200 payees for every 26,000 service lines. Two lines a person, 100,000 visits a week for every 26,000
//! lines. It is written by the demo's own loader.

use anyhow::Context as _;
use chrono::NaiveDate;
use counterfoil_core::ids::{ContractId, PayeeId, PeriodId, PersonId, ServiceLineId, ServiceUserId};
use counterfoil_core::plan::{LineVersion, Plan, TimetabledVisit};
use counterfoil_core::pricing::facts::{Recording, Terms, Unit};

use crate::demo::SEED;
use crate::demo::dates::day;
use crate::demo::load::period_id;
use crate::demo::timeline::act::Pays;
use crate::demo::world::World;
use crate::demo::world::bank;
use crate::demo::world::care::{ClaimPeriod, Contract, ContractKind, Payee, PayeeKind, ServiceLine, ServiceUser};
use crate::demo::world::council::CouncilWorld;
use crate::demo::world::organisations::{BRA, Organisation};
use crate::demo::world::people::ActsFor;

/// A county's lines, as design.md counts them, with the visits and payees that go with them.
pub(crate) const LINES: usize = 26_000;
const VISITS: usize = 100_000;
const PAYEES: usize = 1_200;
/// Lines of one person.
const LINES_OF_PERSON: usize = 2;
/// When visits begin, in minutes from midnight, one a day.
const ROUNDS: [u16; 4] = [7 * 60 + 30, 12 * 60, 16 * 60 + 30, 19 * 60];

/// The week that is paid.
pub(crate) fn week() -> (NaiveDate, NaiveDate) {
    (day(2025, 2, 3), day(2025, 2, 9))
}

/// A world of one council.
pub(crate) struct County {
    pub(crate) world: World,
    pub(crate) lines: usize,
    pub(crate) visits: usize,
    pub(crate) payees: usize,
    /// The pay period of the [`week`].
    pub(crate) period: PeriodId,
}

impl County {
    /// A county with so many service lines, which buys from all providers of the demo.
    ///
    /// # Errors
    /// When the demo's world, from which it takes the council, cannot be made.
    pub(crate) fn with_lines(lines: usize) -> anyhow::Result<Self> {
        Self::of(World::generate(SEED)?, lines)
    }

    /// A county with so many contracts, which buys from so many of the providers that the council is linked with.
    ///
    /// # Errors
    /// As [`with_lines`](Self::with_lines).
    pub(crate) fn with_contracts(contracts: usize, providers: usize) -> anyhow::Result<Self> {
        let mut world = World::generate(SEED)?;
        world.organisations.retain(|own| own.councils.contains(&BRA));
        world.organisations.truncate(providers.max(1));
        let kept = |acts_for: &ActsFor| match acts_for {
            ActsFor::Council(..) | ActsFor::Platform => true,
            ActsFor::Organisation(id, _) => world.organisations.iter().any(|own| own.id == *id),
        };
        world.people.retain(|person| person.acts_for.iter().all(kept));
        Self::of(world, (contracts * LINES).div_ceil(PAYEES))
    }

    fn of(mut world: World, lines: usize) -> anyhow::Result<Self> {
        world.councils.retain(|council| council.slug == BRA);
        let council = world.councils.first_mut().context("the demo has no such council")?;
        let schedule = council.schedules.first().context("the council has no schedule")?.id;
        let payees = (lines * PAYEES / LINES).max(1);
        council.payees = (0..payees).map(|number| payee(number, of(&world.organisations, number))).collect();
        council.contracts = council.payees.iter().map(|payee| contract(payee, schedule)).collect();
        let people = lines.div_ceil(LINES_OF_PERSON);
        council.service_users = (0..people).map(user).collect();
        council.lines = (0..lines).map(|number| line(number, council)).collect();
        council.stays.clear();
        let id = council.id;
        world.people.retain(|person| {
            person.limited_to.is_none()
                && person.acts_for.iter().all(|acts_for| !matches!(acts_for, ActsFor::Council(at, _) if *at != id))
        });
        let pays = Pays { schedule, period: week().0 };
        Ok(Self { world, lines, visits: visits_before(lines), payees, period: period_id(SEED, pays) })
    }

    /// The council.
    ///
    /// # Errors
    /// Never; the world is made with it.
    pub(crate) fn council(&self) -> anyhow::Result<&CouncilWorld> {
        self.world.councils.first().context("the county has no council")
    }

    /// Somebody who submits for each provider.
    pub(crate) fn submitters(&self) -> Vec<(&Organisation, PersonId)> {
        let of = |organisation: &Organisation| {
            let acts = |acts_for: &ActsFor| matches!(acts_for, ActsFor::Organisation(id, _) if *id == organisation.id);
            self.world.people.iter().find(|person| person.acts_for.iter().any(acts)).map(|person| person.id)
        };
        self.world.organisations.iter().filter_map(|own| Some((own, of(own)?))).collect()
    }
}

fn of(organisations: &[Organisation], number: usize) -> Option<&Organisation> {
    organisations.get(number % organisations.len().max(1))
}

fn payee(number: usize, organisation: Option<&Organisation>) -> Payee {
    let path = format!("county/payee/{number}");
    let name = format!("Care at home {number}");
    Payee {
        id: PayeeId::from_uuid(SEED.id(&path)),
        organisation: organisation.map(|own| own.id),
        kind: PayeeKind::Site,
        supplier_number: format!("{:06}", 100_000 + number),
        bank: bank::account(SEED, &path, &name),
        remittance_email: format!("accounts.{number}@provider.example"),
        name,
    }
}

fn contract(payee: &Payee, schedule: counterfoil_core::ids::ScheduleId) -> Contract {
    Contract {
        id: ContractId::from_uuid(SEED.id(&format!("county/contract/{}", payee.supplier_number))),
        organisation: payee.organisation,
        payee: payee.id,
        schedule,
        reference: format!("C{}", payee.supplier_number),
        service_type: "Home support",
        recording: Recording::Timetabled,
        terms: Terms::Actual,
        claim_period: ClaimPeriod::Week,
        gross: true,
        kind: ContractKind::Framework,
        from: day(2024, 4, 1),
        attributes: Vec::new(),
    }
}

fn user(number: usize) -> ServiceUser {
    ServiceUser {
        id: ServiceUserId::from_uuid(SEED.id(&format!("county/user/{number}"))),
        reference: format!("P{number:06}"),
        name: format!("Person {number}"),
    }
}

/// The visits of all lines before one, so that any number of lines has its share of a county's.
fn visits_before(line: usize) -> usize {
    line * VISITS / LINES
}

fn line(number: usize, council: &CouncilWorld) -> ServiceLine {
    let person = number / LINES_OF_PERSON;
    let contract = &council.contracts[person % council.contracts.len()];
    let visits = visits_before(number + 1) - visits_before(number);
    let start = ROUNDS[number % ROUNDS.len()];
    let visit = |place: usize| TimetabledVisit {
        weekday: u8::try_from((place * 2 + person) % 7).unwrap_or_default(),
        start,
        minutes: if number.is_multiple_of(3) { 45 } else { 30 },
        carers: if number.is_multiple_of(8) { 2 } else { 1 },
    };
    let mut visits: Vec<TimetabledVisit> = (0..visits).map(visit).collect();
    visits.sort_by_key(|visit| (visit.weekday, visit.start));
    ServiceLine {
        id: ServiceLineId::from_uuid(SEED.id(&format!("county/line/{number}"))),
        contract: contract.id,
        service_user: council.service_users[person].id,
        reference: format!("{:07}", 1_000_000 + number),
        purchase_order: None,
        versions: vec![LineVersion {
            version: 1,
            from: day(2024, 4, 1),
            to: None,
            recorded_at: council.taken_on,
            service: "Home Support".to_owned(),
            unit: Unit::Hour,
            tier: String::new(),
            tier_need: String::new(),
            attributes: Vec::new(),
            plan: Plan::Timetable { visits },
        }],
    }
}
