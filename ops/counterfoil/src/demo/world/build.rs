//! Makes a council's contracts, payees, people and service lines of what its [`Script`] says that it buys.

use std::collections::BTreeMap;

use anyhow::Context as _;
use chrono::{Days, NaiveDate};
use counterfoil_core::ids::{ContractId, PayeeId, ScheduleId, ServiceLineId, ServiceUserId, TenantId};
use counterfoil_core::plan::LineVersion;
use counterfoil_core::pricing::facts::{Attribute, Day, Value};

use super::care::{Contract, ContractKind, Payee, PayeeKind, ServiceLine, ServiceUser};
use super::council::CouncilWorld;
use super::offer::{BankHolidays, Offer, Script, Seller};
use super::organisations::{Organisation, Trade, of_council};
use super::{bank, brand, history, lines, names, people};
use crate::demo::seed::Seed;

/// Makes a council.
///
/// # Errors
/// When an offer names a schedule that the council does not have, or care that nobody delivers there.
pub(crate) fn council(seed: Seed, script: Script, organisations: &[Organisation]) -> anyhow::Result<CouncilWorld> {
    let slug = script.slug;
    let mut schedules = script.schedules.clone();
    for schedule in &mut schedules {
        let path = format!("{slug}/schedule/{}", schedule.definition.name);
        schedule.id = ScheduleId::from_uuid(seed.id(&path));
    }
    let mut builder = Builder {
        seed,
        script: &script,
        organisations,
        payees: Vec::new(),
        sites: BTreeMap::new(),
        contracts: Vec::new(),
        service_users: Vec::new(),
        lines: Vec::new(),
    };
    for offer in &script.offers {
        let schedule = schedules
            .iter()
            .find(|schedule| schedule.definition.name == offer.schedule)
            .with_context(|| format!("there is no schedule \u{2018}{}\u{2019}", offer.schedule))?;
        builder.buy(offer, schedule.id)?;
    }
    // after everything else, so that whoever has no package keeps the references that they had
    for offer in script.offers.iter().filter(|offer| offer.package > 0) {
        builder.package(offer);
    }
    let Builder { payees, contracts, service_users, lines, .. } = builder;
    let mut made = CouncilWorld {
        id: TenantId::from_uuid(seed.id(&format!("council/{slug}"))),
        slug,
        name: script.name,
        division: script.division,
        taken_on: script.taken_on,
        originator: bank::originator(seed, slug, script.name),
        staff: people::staff(seed, slug),
        brand: brand::of(slug),
        profile: script.profile,
        schedules,
        rates: script.rates,
        limits: script.limits,
        reasons: script.reasons,
        rule: script.rule,
        notifications: script.notifications,
        payees,
        contracts,
        service_users,
        lines,
        stays: Vec::new(),
    };
    history::known_at_first(seed, &mut made, script.first_week);
    Ok(made)
}

/// A council in the making.
struct Builder<'a> {
    seed: Seed,
    script: &'a Script,
    organisations: &'a [Organisation],
    payees: Vec<Payee>,
    /// One site of a provider for each kind of care.
    sites: BTreeMap<(&'static str, Trade), usize>,
    contracts: Vec<Contract>,
    service_users: Vec<ServiceUser>,
    lines: Vec<ServiceLine>,
}

impl Builder<'_> {
    /// Buys one type of service for all who receive it.
    fn buy(&mut self, offer: &Offer, schedule: ScheduleId) -> anyhow::Result<()> {
        let known = self.service_users.len();
        let contracts = match offer.seller {
            Seller::Providers(trade) => self.contracts_with(offer, trade, schedule)?,
            Seller::Person | Seller::ManagedAccount => Vec::new(),
        };
        for number in 0..offer.people + offer.shared {
            let path = format!("{}/{}/{:?}/{number}", self.script.slug, offer.service, offer.seller);
            let user = if number < offer.people {
                self.new_user(&path)
            } else {
                // spread over those who were known before, none of them twice
                let step = u64::try_from(known).unwrap_or_default() / offer.shared.max(1);
                let place = (number - offer.people) * step;
                self.known_user(usize::try_from(place).unwrap_or_default())?
            };
            let contract = match offer.seller {
                Seller::Providers(_) => contracts[self.seed.random(&format!("{path}/contract")).index(contracts.len())],
                Seller::Person => self.direct_payment(offer, schedule, &user, PayeeKind::Person),
                Seller::ManagedAccount => self.direct_payment(offer, schedule, &user, PayeeKind::ManagedAccount),
            };
            self.lines_of(offer, contract, user.id, &path);
        }
        Ok(())
    }

    fn contracts_with(&mut self, offer: &Offer, trade: Trade, schedule: ScheduleId) -> anyhow::Result<Vec<ContractId>> {
        let sellers: Vec<&Organisation> = of_council(self.organisations, self.script.slug, trade).collect();
        anyhow::ensure!(!sellers.is_empty(), "nobody delivers {trade:?}");
        let contracts = sellers.into_iter().map(|seller| {
            let payee = self.site(seller, trade);
            self.contract(offer, schedule, payee)
        });
        Ok(contracts.collect())
    }

    fn site(&mut self, seller: &Organisation, trade: Trade) -> usize {
        if let Some(site) = self.sites.get(&(seller.name, trade)) {
            return *site;
        }
        let name = if trade == Trade::SharedLives {
            seller.name.to_owned()
        } else {
            format!("{} {}", seller.name, trade.site())
        };
        let domain = names::address(seller.name).replace('.', "-");
        let email = format!("remittances@{domain}.example");
        let site = self.payee(PayeeKind::Site, Some(seller), name, email);
        self.sites.insert((seller.name, trade), site);
        site
    }

    /// A payee, by its place in the list.
    fn payee(
        &mut self,
        kind: PayeeKind,
        organisation: Option<&Organisation>,
        name: String,
        remittance_email: String,
    ) -> usize {
        let place = self.payees.len();
        let path = format!("{}/payee/{place}", self.script.slug);
        self.payees.push(Payee {
            id: PayeeId::from_uuid(self.seed.id(&path)),
            organisation: organisation.map(|organisation| organisation.id),
            kind,
            supplier_number: format!("{}", 300_101 + 7 * place),
            bank: bank::account(self.seed, &path, &name),
            name,
            remittance_email,
        });
        place
    }

    fn contract(&mut self, offer: &Offer, schedule: ScheduleId, payee: usize) -> ContractId {
        let place = self.contracts.len();
        let reference = format!("{}-C{:04}", self.script.prefix, place + 1);
        let path = format!("{}/contract/{reference}", self.script.slug);
        let id = ContractId::from_uuid(self.seed.id(&path));
        let from = self.contracts_begin();
        let attribute = |key: &str, value| Attribute { key: key.to_owned(), from: Day::of(from), to: None, value };
        let told = if offer.told_kind.is_empty() { offer.kind.code() } else { offer.told_kind };
        let mut attributes = vec![attribute("kind", Value::Code(told.to_owned()))];
        let enhanced = match offer.bank_holidays {
            BankHolidays::Plain => false,
            BankHolidays::EveryOtherContract => place.is_multiple_of(2),
            BankHolidays::Enhanced => true,
        };
        if enhanced {
            attributes.push(attribute("bank-holiday-enhancement", Value::Flag(true)));
        }
        self.contracts.push(Contract {
            id,
            organisation: self.payees[payee].organisation,
            payee: self.payees[payee].id,
            schedule,
            reference,
            service_type: offer.service_type,
            recording: offer.recording,
            terms: offer.terms,
            claim_period: offer.claim_period,
            gross: true,
            kind: offer.kind,
            from,
            attributes,
        });
        id
    }

    /// A person's direct payment: a payee and a contract of their own.
    fn direct_payment(
        &mut self,
        offer: &Offer,
        schedule: ScheduleId,
        user: &ServiceUser,
        kind: PayeeKind,
    ) -> ContractId {
        let address = names::address(&user.reference).replace('.', "-");
        let (name, email) = match kind {
            PayeeKind::ManagedAccount => {
                (format!("Managed account {}", user.reference), format!("{address}@managed-accounts.example"))
            }
            _ => (user.name.clone(), format!("{address}@post.example")),
        };
        let payee = self.payee(kind, None, name, email);
        self.contract(offer, schedule, payee)
    }

    fn new_user(&mut self, path: &str) -> ServiceUser {
        let number = 100_001 + self.service_users.len();
        let reference = format!("{}{number}", self.script.prefix);
        let user = ServiceUser {
            id: ServiceUserId::from_uuid(self.seed.id(&format!("{}/user/{reference}", self.script.slug))),
            reference,
            name: names::person(&mut self.seed.random(&format!("{path}/name"))),
        };
        self.service_users.push(user.clone());
        user
    }

    fn known_user(&self, place: usize) -> anyhow::Result<ServiceUser> {
        self.service_users
            .get(place)
            .cloned()
            .context("more people share this service than are known; put it after another one")
    }

    fn lines_of(&mut self, offer: &Offer, contract: ContractId, user: ServiceUserId, path: &str) {
        let drawn = lines::draw(self.seed, offer, path, &self.times());
        self.add_lines(offer, contract, user, drawn);
    }

    /// Orders more for somebody under the last contract of a service, until it is a package of so many lines.
    fn package(&mut self, offer: &Offer) {
        let of_service = self.contracts.iter().rev().find(|contract| contract.service_type == offer.service_type);
        let Some(contract) = of_service.map(|contract| contract.id) else { return };
        let goes_on = |line: &&ServiceLine| {
            let first = line.versions.first();
            line.contract == contract
                && line.versions.len() == 1
                && first.is_some_and(|first| first.from < self.script.first_week && first.to.is_none())
        };
        let Some(user) = self.lines.iter().find(goes_on).map(|line| line.service_user) else { return };
        let drawn = (1..offer.package).map(|part| {
            let path = format!("{}/{}/package/{part}", self.script.slug, offer.service);
            vec![lines::part_of_package(self.seed, offer, &path, &self.times())]
        });
        let drawn = drawn.collect();
        self.add_lines(offer, contract, user, drawn);
    }

    fn add_lines(&mut self, offer: &Offer, contract: ContractId, user: ServiceUserId, drawn: Vec<Vec<LineVersion>>) {
        for versions in drawn {
            let number = self.lines.len() + 1;
            let reference = format!("{}-L{number:05}", self.script.prefix);
            let id = self.seed.id(&format!("{}/line/{reference}", self.script.slug));
            let order =
                (offer.kind != ContractKind::Block).then(|| format!("PO{}{:06}", self.script.prefix, 40_000 + number));
            self.lines.push(ServiceLine {
                id: ServiceLineId::from_uuid(id),
                contract,
                service_user: user,
                reference,
                purchase_order: order,
                versions,
            });
        }
    }

    fn times(&self) -> lines::Times {
        lines::Times {
            contracts_begin: self.contracts_begin(),
            first_week: self.script.first_week,
            recorded_at: self.script.taken_on,
        }
    }

    /// Contracts are two years old when the council is set up.
    fn contracts_begin(&self) -> NaiveDate {
        let set_up = self.script.taken_on.date_naive();
        set_up.checked_sub_days(Days::new(730)).unwrap_or(set_up)
    }
}
