//! Reasons that most councils have, in the words of their lists.

use crate::demo::world::council::{DeliveryReason, ReasonKind};

const fn reason(code: &'static str, kind: ReasonKind, comment_needed: bool, words: &'static str) -> DeliveryReason {
    DeliveryReason { code, kind, comment_needed, words }
}

/// The reasons that every council of the demo has.
const COMMON: [DeliveryReason; 9] = [
    reason("hospital", ReasonKind::Frustrated, false, "In hospital"),
    reason("refused", ReasonKind::Frustrated, true, "Refused care"),
    reason("not-in", ReasonKind::Frustrated, true, "Not in when the carer called"),
    reason("respite", ReasonKind::Frustrated, false, "Away on respite"),
    reason("family-care", ReasonKind::Frustrated, false, "Cared for by family"),
    reason("no-carer", ReasonKind::Missed, true, "No carer was available"),
    reason("weather", ReasonKind::Missed, true, "The carer could not get there"),
    reason("emergency", ReasonKind::Extra, true, "Emergency: more care was needed"),
    reason("overrun", ReasonKind::Extra, true, "The visit took longer"),
];

/// The reasons of a council that has these and no others.
pub(super) fn common() -> Vec<DeliveryReason> {
    COMMON.to_vec()
}
