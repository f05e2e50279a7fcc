//! Which records of the audit an address asks for.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use counterfoil_core::calendar::clock::local_instant;
use counterfoil_tenants::audit;
use uuid::Uuid;

use super::words;
use crate::access::Visit;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableSpec};

/// What actions' codes begin with, and what that is about.
const GROUPS: &[(&str, &str)] = &[
    ("absence.", "Stays, deaths and ends"),
    ("audit.", "The audit itself"),
    ("adjustment.", "Adjustments of plans"),
    ("bank_details.", "Bank details"),
    ("care_allocation.", "Workers and teams of people"),
    ("care_query.", "Queries of providers"),
    ("claim.", "Claims: actuals, prices, decisions"),
    ("claims.", "Claims generated"),
    ("contract_document.", "Contract documents"),
    ("council.", "The council and its settings"),
    ("council_team.", "Teams"),
    ("dispute.", "Disputes"),
    ("explanations.", "Languages of explanations"),
    ("guidance.", "Guidance for providers"),
    ("invoice.", "Invoices that providers write"),
    ("notice.", "Notices"),
    ("provider_notice.", "Notices to providers"),
    ("payment_file.", "Payment files"),
    ("payments.", "Payments that providers requested"),
    ("organisation.", "Providers: invitations and links"),
    ("rate.", "Rates"),
    ("remittances.", "Remittance advices"),
    ("rule.", "Payment rules"),
    ("run.", "Payment runs"),
    ("service_line.", "Service lines"),
    ("member.", "Staff and what they may do"),
];

static AUDIT: TableSpec = TableSpec {
    row: ("record", "records"),
    filters: &[
        Filter { name: "from", label: "From", kind: FilterKind::Day },
        Filter { name: "to", label: "To", kind: FilterKind::Day },
        Filter { name: "person", label: "Who", kind: FilterKind::Offered },
        Filter { name: "action", label: "What", kind: FilterKind::Choice(GROUPS) },
        Filter { name: "kind", label: "To what", kind: FilterKind::Choice(words::KINDS) },
        Filter { name: "reference", label: "Reference", kind: FilterKind::Words },
    ],
    columns: &[
        Column::sorted("at", "When"),
        Column::plain("by", "Who"),
        Column::plain("what", "What"),
        Column::plain("to", "To what"),
        Column::plain("detail", "Detail"),
        Column::plain("from", "From where"),
        Column::plain("sequence", "Record").numeric(),
    ],
    sorted: ("at", Direction::Descending),
    page_size: 50,
    kept: &[],
};

/// What an address asks of the table.
pub(super) fn query(visit: &Visit) -> TableQuery {
    TableQuery::parse(&AUDIT, &visit.path, visit.query.as_deref())
}

/// The records that are wanted; none where what stands for a reference is none, and so nothing is found.
pub(super) fn of(query: &TableQuery) -> Option<audit::Filter> {
    let object_id = query.filter("reference").map(id).transpose().ok()?;
    let person = query.filter("person").map(str::parse).transpose().ok()?;
    Some(audit::Filter {
        from: query.day("from").map(midnight),
        // the last day is meant whole
        to: query.day("to").and_then(|day| day.checked_add_days(Days::new(1))).map(midnight),
        person,
        action: query.filter("action").map(str::to_owned),
        object_kind: query.filter("kind").map(str::to_owned),
        object_id,
        oldest_first: query.sort().1 == Direction::Ascending,
        ..audit::Filter::default()
    })
}

/// The beginning of a day by the clocks of the United Kingdom.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    local_instant(day.and_time(NaiveTime::MIN))
}

/// What stands behind a reference: its kind's letters and an underscore may stand before it.
fn id(reference: &str) -> Result<Uuid, uuid::Error> {
    Uuid::try_parse(reference.rsplit_once('_').map_or(reference, |(_, id)| id))
}

#[cfg(test)]
mod tests {
    use counterfoil_core::event::Action;
    use counterfoil_core::ids::{ClaimId, PersonId};

    use super::*;

    fn asked(address: &str) -> Option<audit::Filter> {
        of(&TableQuery::parse(&AUDIT, "/audit", Some(address)))
    }

    #[test]
    fn days_are_those_of_london_and_the_last_one_is_whole() {
        let summer = asked("from=1/7/2025&to=2/7/2025").unwrap();
        let said = |at: Option<DateTime<Utc>>| at.unwrap().to_rfc3339();
        assert_eq!(said(summer.from), "2025-06-30T23:00:00+00:00");
        assert_eq!(said(summer.to), "2025-07-02T23:00:00+00:00");
        assert_eq!(said(asked("to=2025-01-01").unwrap().to), "2025-01-02T00:00:00+00:00");
    }

    #[test]
    fn a_reference_is_found_with_its_letters_and_without() {
        let claim = ClaimId::from_uuid(Uuid::from_u128(7));
        for text in [claim.to_string(), claim.uuid().to_string(), claim.uuid().simple().to_string()] {
            assert_eq!(asked(&format!("reference={text}")).unwrap().object_id, Some(claim.uuid()), "{text}");
        }
        assert_eq!(asked("reference=clm_7"), None);
        assert_eq!(asked("").unwrap(), audit::Filter::default());
    }

    #[test]
    fn the_rest_is_taken_as_it_is() {
        let person = PersonId::from_uuid(Uuid::from_u128(3));
        let filter = asked(&format!("person={person}&action=run.&kind=claim&sort=at")).unwrap();
        assert_eq!((filter.person, filter.action.as_deref()), (Some(person), Some("run.")));
        assert_eq!((filter.object_kind.as_deref(), filter.oldest_first), (Some("claim"), true));
        assert_eq!(asked("person=somebody"), None);
    }

    #[test]
    fn every_action_at_a_council_is_in_one_group() {
        // what happens to logins and operators stands in the platform's record
        let platform = ["person.", "session.", "operator.", "calendar_feed."];
        for action in Action::ALL {
            let groups = GROUPS.iter().filter(|(prefix, _)| action.code().starts_with(prefix)).count();
            let elsewhere = platform.iter().any(|prefix| action.code().starts_with(prefix));
            assert_eq!(groups, usize::from(!elsewhere), "{}", action.code());
        }
    }
}
