//! Everybody who signs in: five members of staff at each council, and for each provider somebody who submits and
//! somebody who manages its users. A Shared Lives carer does both.

use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};

use super::council::{CouncilWorld, Staff};
use super::names;
use super::organisations::{Organisation, Trade};
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
    pub(crate) acts_for: ActsFor,
}

/// For whom somebody acts, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActsFor {
    /// A council.
    Council(TenantId, Post),
    /// A provider: as its administrator or else as staff.
    Organisation(OrganisationId, Position),
}

/// A post at a council.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Post {
    /// Reviews, runs and pays.
    Officer,
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
const POSTS: [(&str, Post); 5] = [
    ("finance", Post::Officer),
    ("approvals", Post::Officer),
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

/// Everybody.
#[must_use]
pub(crate) fn all(seed: Seed, councils: &[CouncilWorld], organisations: &[Organisation]) -> Vec<Person> {
    let mut people = Vec::new();
    for council in councils {
        for (post, kind) in POSTS {
            let path = format!("person/{}/{post}", council.slug);
            people.push(Person {
                id: PersonId::from_uuid(seed.id(&path)),
                email: format!("{post}@{}.example", council.slug),
                name: names::person(&mut seed.random(&path)),
                acts_for: ActsFor::Council(council.id, kind),
            });
        }
    }
    for organisation in organisations {
        let domain = names::address(organisation.name).replace('.', "-");
        let mut positions = vec![("administrator", Position::Administrator)];
        if organisation.trades != [Trade::SharedLives] {
            positions.push(("staff", Position::Staff));
        }
        for (post, kind) in positions {
            let path = format!("person/{}/{post}", organisation.name);
            people.push(Person {
                id: PersonId::from_uuid(seed.id(&path)),
                email: format!("{post}@{domain}.example"),
                name: names::person(&mut seed.random(&path)),
                acts_for: ActsFor::Organisation(organisation.id, kind),
            });
        }
    }
    people
}
