//! Rules that answer what does not hold. Everything else that an answer may lie about is in `hostile.rs` beside this
//! folder; here it goes the way of an upload.

use counterfoil_core::pricing::facts::Day;
use counterfoil_core::pricing::{Answer, Charge, Verdict};

use crate::hostile::{Expected, Hostile, fails, hostile};
use crate::support::{answering, right};

pub(crate) fn all() -> Vec<Hostile> {
    let lie = |what, tell: fn(&mut Answer), words| {
        fails(
            what,
            move || {
                let mut answer = right();
                tell(&mut answer);
                answering(&answer)
            },
            words,
        )
    };
    let charge = |what, tell: fn(&mut Charge), words| {
        fails(
            what,
            move || {
                let mut answer = right();
                tell(&mut answer.charges[0]);
                answering(&answer)
            },
            words,
        )
    };
    vec![
        hostile("the truth", || answering(&right()), Expected::Harmless),
        charge("a penny more", |charge| charge.pence += 1, "says 4001 pence where its units and rate make 4000"),
        charge(
            "a million pounds",
            |charge| (charge.units, charge.pence) = (50_000_001, 100_000_002),
            "more than one claim may be (£1,000,000)",
        ),
        charge(
            "more than a number holds",
            |charge| (charge.units, charge.pence) = (i64::MAX, i64::MAX),
            "more than one claim may be",
        ),
        charge("money back", |charge| (charge.units, charge.pence) = (-2_000, -4_000), "has a negative figure"),
        charge("a price of its own", |charge| charge.row = None, "every price is a row of the rate card"),
        charge("another council's rate", |charge| charge.row = Some(3), "uses rate-card row 3, which is not given"),
        charge("a day outside of the claim", |charge| charge.from = Day(0), "outside of the days that it may be for"),
        charge("the end of time", |charge| charge.to = Day(i32::MAX), "outside of the days that it may be for"),
        charge(
            "somebody else's line",
            |charge| charge.line = u32::MAX,
            "names line 4294967295, which is not in the claim",
        ),
        charge(
            "a visit that was never made",
            |charge| charge.visit = Some(0),
            "names visit 0 of line 0, which was not stated",
        ),
        charge(
            "a page instead of a reason",
            |charge| charge.reason.code = "<script>alert(1)</script>".to_owned(),
            "is not a reason code",
        ),
        charge("a division by nothing", |charge| charge.divisor = 0, "divides by 0; use 1 to 1440"),
        lie(
            "everything twice",
            |answer| answer.charges.push(answer.charges[0].clone()),
            "accounts for 4000 of 2000 stated",
        ),
        lie("nothing at all", |answer| answer.charges.clear(), "accounts for 0 of 2000 stated"),
        lie(
            "two verdicts",
            |answer| answer.verdicts.push(answer.verdicts[0].clone()),
            "has 2 verdicts; give exactly one for each line",
        ),
        lie("no verdict", |answer| answer.verdicts.clear(), "has 0 verdicts"),
        lie(
            "a rejection that still has a price too many",
            |answer| {
                answer.charges[0].verdict = Verdict::Rejected;
                answer.charges[0].units = 0;
            },
            "says 4000 pence where its units and rate make 0",
        ),
    ]
}
