//! A login: who has signed in, how far, and for how long it lasts.

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::ids::{PersonId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long somebody may be idle: seen 30:00 minutes ago is still in, 30:01 is not. Only pages that a person
/// asked for count as being seen.
pub const IDLE_LIMIT: TimeDelta = TimeDelta::minutes(30);

/// How long a login may last however busy the person is: 12:00:00 hours after it began is still in, a second
/// more is not.
pub const ABSOLUTE_LIMIT: TimeDelta = TimeDelta::hours(12);

/// How long what a sign-in keeps between two of its pages is kept: ten minutes.
pub const FLOW_LIMIT: TimeDelta = TimeDelta::minutes(10);

/// Browsers introduce themselves at length; lists of sessions show the beginning, in characters.
const AGENT_LENGTH: usize = 200;

/// The longest IPv6 address with a zone, in characters.
const ADDRESS_LENGTH: usize = 64;

/// How far somebody has got with signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The password was right. Nothing may be seen yet but the question for the second factor.
    FirstFactor,
    /// Signed in.
    Full,
}

/// With what somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// E-mail address and password, then a second factor.
    Password,
    /// A passkey, which is both factors.
    Passkey,
    /// The council's own sign-in.
    SingleSignOn,
}

/// One person's login on one browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// What lists of sessions, the audit and events call it. Stays when the token changes, and opens nothing.
    pub id: Uuid,
    /// Who.
    pub person: PersonId,
    /// How far.
    pub stage: Stage,
    /// With what.
    pub method: Method,
    /// The only council that this login may see, where its own single sign-on vouched for the person.
    pub confined_to: Option<TenantId>,
    /// When the first factor was right.
    pub began: DateTime<Utc>,
    /// When the person last asked for a page, to the microsecond.
    pub seen: DateTime<Utc>,
    /// When the second factor, or the passkey, was last proven.
    pub proven: Option<DateTime<Utc>>,
    /// The network address that the login began from.
    pub address: String,
    /// How the browser introduced itself, cut to 200 characters.
    pub agent: String,
    /// The council that was last switched to.
    pub council: Option<TenantId>,
}

impl Login {
    /// A login that begins now, confined to no council and with no factor proven yet.
    #[must_use]
    pub fn new(person: PersonId, stage: Stage, method: Method, now: DateTime<Utc>, address: &str, agent: &str) -> Self {
        Self {
            id: Uuid::new_v4(),
            person,
            stage,
            method,
            confined_to: None,
            began: now,
            seen: now,
            proven: None,
            address: address.chars().take(ADDRESS_LENGTH).collect(),
            agent: agent.chars().take(AGENT_LENGTH).collect(),
            council: None,
        }
    }

    /// How long this login lasts if no further page is asked for; nothing where it is over. Zero is still in.
    #[must_use]
    pub fn left(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let idle = IDLE_LIMIT - (now - self.seen);
        let absolute = ABSOLUTE_LIMIT - (now - self.began);
        Some(idle.min(absolute)).filter(|left| *left >= TimeDelta::zero())
    }

    /// Whether the second factor was proven within the time given.
    #[must_use]
    pub fn proven_within(&self, limit: TimeDelta, now: DateTime<Utc>) -> bool {
        self.proven.is_some_and(|proven| now - proven <= limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login() -> Login {
        let now = DateTime::from_timestamp(1_735_689_600, 0).unwrap();
        let person = PersonId::from_uuid(Uuid::from_u128(7));
        Login::new(person, Stage::Full, Method::Passkey, now, "192.0.2.7", &"\u{e9}".repeat(300))
    }

    #[test]
    fn whoever_is_idle_for_thirty_minutes_is_in_and_a_second_later_is_not() {
        let login = login();
        assert_eq!(login.left(login.seen), Some(TimeDelta::minutes(30)));
        assert_eq!(login.left(login.seen + TimeDelta::seconds(1800)), Some(TimeDelta::zero()));
        assert_eq!(login.left(login.seen + TimeDelta::seconds(1801)), None);
    }

    #[test]
    fn the_busiest_is_out_after_twelve_hours() {
        let mut login = login();
        let last = login.began + TimeDelta::hours(12);
        login.seen = last - TimeDelta::seconds(20);
        assert_eq!(login.left(login.seen), Some(TimeDelta::seconds(20)));
        assert_eq!(login.left(last), Some(TimeDelta::zero()));
        assert_eq!(login.left(last + TimeDelta::seconds(1)), None);
    }

    #[test]
    fn a_talkative_browser_is_cut_short() {
        assert_eq!(login().agent.chars().count(), 200);
    }

    #[test]
    fn a_factor_counts_as_fresh_for_as_long_as_asked() {
        let mut login = login();
        let now = login.began + TimeDelta::minutes(5);
        assert!(!login.proven_within(TimeDelta::minutes(5), now));
        login.proven = Some(login.began);
        assert!(login.proven_within(TimeDelta::minutes(5), now));
        assert!(!login.proven_within(TimeDelta::minutes(5), now + TimeDelta::seconds(1)));
    }
}
