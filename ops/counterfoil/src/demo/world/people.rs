//! Everybody who signs in: six members of staff at each council, and for each provider somebody who submits and
//! somebody who manages its users. A Shared Lives carer does both. One bookkeeper works for two providers and so for three
//! councils, one branch sees only what it has with one council, and somebody operates the platform.

use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};

use super::council::{CouncilWorld, Staff};
use super::names;
use super::organisations::{Organisation, Trade, W24};
use crate::demo::seed::Seed;

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// Their id.
    pub(crate) id: PersonId,
    /// Their address; no two people share one.
    pub(crate) email: String,
    /// A synthetic name.
    pub(crate) name: String,
    /// For whom they act.
    pub(crate) acts_for: Vec<ActsFor>,
    /// The slug of the council to whose contracts they are limited.
    pub(crate) limited_to: Option<&'static str>,
}

/// For whom somebody acts, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActsFor {
    /// A council.
    Council(TenantId, Post),
    /// A provider: as its administrator or else as staff.
    Organisation(OrganisationId, Position),
    /// Nobody: they operate the platform.
    Platform,
}

/// A post at a council.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Post {
    /// Reviews and runs.
    Officer,
    /// Approves runs.
    Approver,
    /// Contracts and service lines.
    Commissioning,
    /// Calendars, rates, rules, users.
    Administrator,
    /// Reads.
    Auditor,
}

/// A position at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// Submits.
    Staff,
    /// Manages the provider's users as well.
    Administrator,
}

/// The posts of a council, by the name that they are called in addresses.
const POSTS: [(&str, Post); 6] = [
    ("finance", Post::Officer),
    ("approvals", Post::Approver),
    ("commissioning", Post::Commissioning),
    ("systems", Post::Administrator),
    ("assurance", Post::Administrator),
    ("audit", Post::Auditor),
];

/// The staff of a council.
#[must_use]
pub(crate) fn staff(seed: Seed, slug: &str) -> Staff {
    let person = |post: &str| PersonId::from_uuid(seed.id(&format!("person/{slug}/{post}")));
    Staff {
        officer: person("finance"),
        approver: person("approvals"),
        administrator: person("systems"),
        second_administrator: person("assurance"),
        auditor: person("audit"),
    }
}

/// Who submits for a provider.
#[must_use]
pub(crate) fn submitter(seed: Seed, organisation: &Organisation) -> PersonId {
    let post = if organisation.trades == [Trade::SharedLives] { "administrator" } else { "staff" };
    PersonId::from_uuid(seed.id(&format!("person/{}/{post}", organisation.name)))
}

/// Who manages a provider's users.
#[must_use]
pub(crate) fn manager(seed: Seed, organisation: &Organisation) -> PersonId {
    PersonId::from_uuid(seed.id(&format!("person/{}/administrator", organisation.name)))
}

/// The two providers for which one bookkeeper works: between them they work for three councils.
const BOOKKEEPERS: [(&str, Position); 2] =
    [("Juniper Care", Position::Administrator), ("Pennyroyal Care", Position::Staff)];
/// The provider one of whose branches sees one council's contracts only, and that council.
const BRANCH: (&str, &str) = ("Dovedale Care", W24);

/// Everybody.
#[must_use]
pub(crate) fn all(seed: Seed, councils: &[CouncilWorld], organisations: &[Organisation]) -> Vec<Person> {
    let mut people = Vec::new();
    for council in councils {
        for (post, kind) in POSTS {
            let path = format!("person/{}/{post}", council.slug);
            let email = format!("{post}@{}.example", council.slug);
            people.push(person(seed, &path, email, vec![ActsFor::Council(council.id, kind)]));
        }
    }
    for organisation in organisations {
        let domain = domain(organisation.name);
        let mut positions = vec![("administrator", Position::Administrator)];
        if organisation.trades != [Trade::SharedLives] {
            positions.push(("staff", Position::Staff));
        }
        for (post, kind) in positions {
            let path = format!("person/{}/{post}", organisation.name);
            let email = format!("{post}@{domain}.example");
            people.push(person(seed, &path, email, vec![ActsFor::Organisation(organisation.id, kind)]));
        }
    }
    let called = |name: &str| organisations.iter().find(|organisation| organisation.name == name);
    let both = BOOKKEEPERS.into_iter().filter_map(|(name, position)| {
        let organisation = called(name)?;
        Some(ActsFor::Organisation(organisation.id, position))
    });
    people.push(person(seed, "person/bookkeeper", "payments@care-books.example".to_owned(), both.collect()));
    if let Some(organisation) = called(BRANCH.0) {
        let email = format!("branch@{}.example", domain(organisation.name));
        let acts_for = vec![ActsFor::Organisation(organisation.id, Position::Staff)];
        let branch = person(seed, "person/branch", email, acts_for);
        people.push(Person { limited_to: Some(BRANCH.1), ..branch });
    }
    people.push(person(seed, "person/operator", "operator@counterfoil.example".to_owned(), vec![ActsFor::Platform]));
    people
}

fn person(seed: Seed, path: &str, email: String, acts_for: Vec<ActsFor>) -> Person {
    Person {
        id: PersonId::from_uuid(seed.id(path)),
        email,
        name: names::person(&mut seed.random(path)),
        acts_for,
        limited_to: None,
    }
}

/// A provider's part of an address.
fn domain(name: &str) -> String {
    names::address(name).replace('.', "-")
}
