//! What the demo's councils tell their providers beside mail: the notice of Christmas 2024, guidance for kinds of service
//! with what changed and when, and the teams that questions about care go to.

use chrono::NaiveDate;

use super::organisations::{BRA, W20, W24};
use crate::demo::dates::day;

/// A notice to all providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    /// Its title.
    pub(crate) title: &'static str,
    /// Its text.
    pub(crate) body: &'static str,
    /// The first day on which it is shown.
    pub(crate) from: NaiveDate,
    /// The last day.
    pub(crate) to: NaiveDate,
}

/// Guidance for a kind of service: each version with the day from which its change counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guide {
    /// The kind of service.
    pub(crate) service: &'static str,
    /// Its text as it stands.
    pub(crate) body: &'static str,
    /// What changed and when, the oldest first.
    pub(crate) changes: &'static [(i32, u32, u32, &'static str)],
}

/// The notices of a council.
pub(crate) fn notices(slug: &str) -> Vec<Told> {
    if slug != W24 {
        return Vec::new();
    }
    vec![Told {
        title: "Early cut-offs at Christmas 2024",
        body: "Because of the bank holidays, actuals close earlier than usual for two weeks.\n\n\
               - Care from 14 to 20 December: confirm by 6pm on Sunday 22 December. It is in your bank on Tuesday 31 \
               December.\n\
               - Care from 21 to 27 December: confirm by 6pm on Monday 30 December. It is in your bank on Tuesday 7 January \
               2025.\n\n\
               What is confirmed after the first cut-off is paid on 7 January with the second.",
        from: day(2024, 12, 2),
        to: day(2025, 1, 7),
    }]
}

/// The guidance of a council.
pub(crate) fn guidance(slug: &str) -> &'static [Guide] {
    match slug {
        W24 => &[
            Guide {
                service: "Domiciliary care",
                body: "# Each week\n- A week runs from Saturday to Friday.\n- Confirm by 6pm on the Tuesday after it. The run is \
                       finalised on Wednesday, and the money is in your bank the Tuesday after.\n- What is not confirmed is \
                       not paid.\n\n# Actuals\nTick the visits that took place. Add a row for a visit that the person \
                       missed, with its reason, and for one that was moved.\nA comment is needed wherever you delivered \
                       more or less than the plan.\n\n# Tiers\nEveryone starts at tier 1. Tier 2 needs one of four \
                       conditions on record: behaviour that may challenge, health needs and intensive management, \
                       rurality, or high risk individuals and legal frameworks.\n\nWhat is missing has not been purchased: \
                       ask the social worker.",
                changes: &[
                    (2024, 4, 1, "First published for 2024/25, with tiers"),
                    (2024, 12, 2, "The early cut-offs of Christmas are in the payment calendar"),
                ],
            },
            Guide {
                service: "Day care",
                body: "# Each week\nState the sessions that were attended, and those that the person missed with their \
                       reason.\n\nThe cut-offs are those of domiciliary care.",
                changes: &[(2024, 4, 1, "First published for 2024/25")],
            },
            Guide {
                service: "Supported living one to one",
                body: "State the hours that were delivered for each day. A comment is needed wherever they differ from the \
                       plan.\n\n- Tier 1: \u{a3}18.85 an hour\n- Tier 2: \u{a3}20.20 an hour",
                changes: &[(2024, 4, 1, "First published for 2024/25")],
            },
        ],
        W20 => &[
            Guide {
                service: "Residential",
                body: "Paid every four weeks, two weeks in arrears and two in advance.\n\n- Amendments close on Tuesday.\n- The \
                       run is finalised on Wednesday.\n- The money is in your bank on the Tuesday after.",
                changes: &[(2020, 4, 1, "First published")],
            },
            Guide {
                service: "Domiciliary care",
                body: "Runs are finalised every Wednesday. A wrong number of hours or days, or a wrong rate, is a query to the \
                       person\u{2019}s allocated social worker, or else to the team of their area: ask on the page of the \
                       service line.",
                changes: &[
                    (2020, 4, 1, "First published"),
                    (2020, 5, 8, "The bank holiday of 8 May is paid enhanced where the contract says so"),
                ],
            },
        ],
        BRA => &[Guide {
            service: "Home care",
            body: "# Five steps\n- Generate your actuals.\n- Amend what differs from the plan.\n- Comment on each \
                   difference.\n- Review the exceptions.\n- Confirm by the close of business on Tuesday.\n\nActuals are not \
                   entered while the week is in progress. A line over its plan is suspended until the council has \
                   decided.",
            changes: &[
                (2025, 1, 6, "First published"),
                (2025, 2, 3, "Extras are payable for up to seven days, later ones are rejected"),
            ],
        }],
        _ => &[],
    }
}

/// A team: its name, and the area that it is for.
pub(crate) type TeamOf = (&'static str, &'static str);

/// The ten teams of Worcestershire, three of them not by area.
const WORCESTERSHIRE: [TeamOf; 10] = [
    ("Bromsgrove area team", "Bromsgrove"),
    ("Droitwich area team", "Droitwich"),
    ("Evesham and Pershore area team", "Evesham and Pershore"),
    ("Malvern Hills area team", "Malvern Hills"),
    ("Redditch area team", "Redditch"),
    ("Worcester City area team", "Worcester City"),
    ("Wyre Forest area team", "Wyre Forest"),
    ("Young adults team", ""),
    ("Learning disability team", ""),
    ("NHS mental health team", ""),
];

/// The teams of a council.
pub(crate) fn teams(slug: &str) -> &'static [TeamOf] {
    match slug {
        W20 | W24 => &WORCESTERSHIRE,
        BRA => &[("North area team", "North"), ("South area team", "South")],
        _ => &[],
    }
}
