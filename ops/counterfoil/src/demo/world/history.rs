//! What was known of people's absences when the council was set up: stays in hospital that had begun by then and go
//! on. Later ones are acts of the [`timeline`](crate::demo::timeline).

use chrono::{Days, NaiveDate};
use counterfoil_core::ids::ServiceUserId;
use counterfoil_core::pricing::facts::{Recording, StayKind};

use super::care::KnownStay;
use super::council::CouncilWorld;
use crate::demo::seed::Seed;

/// Of a hundred people whose care is paid on the plan, so many are in hospital.
const IN_HOSPITAL: u64 = 5;

/// Puts some of the people in care homes and placements in hospital, so long before the first week that is played
/// that full retention runs out in the weeks that are.
pub(crate) fn known_at_first(seed: Seed, council: &mut CouncilWorld, first_week: NaiveDate) {
    let mut stays = Vec::new();
    for user in &council.service_users {
        let mut random = seed.random(&format!("{}/away/{}", council.slug, user.reference));
        if !random.chance(IN_HOSPITAL) || !only_on_plan(council, user.id) {
            continue;
        }
        let ago = Days::new(15 + random.below(20));
        stays.push(KnownStay {
            id: seed.id(&format!("{}/stay/{}", council.slug, user.reference)),
            version: 1,
            service_user: user.id,
            kind: StayKind::Hospital,
            admitted: first_week.checked_sub_days(ago).unwrap_or(first_week),
            discharged: None,
        });
    }
    council.stays = stays;
}

/// Whether all of a person's care is paid on the plan and none of it recorded.
#[must_use]
pub(crate) fn only_on_plan(council: &CouncilWorld, user: ServiceUserId) -> bool {
    let mut lines = council.lines.iter().filter(|line| line.service_user == user).peekable();
    lines.peek().is_some()
        && lines
            .all(|line| council.contract(line.contract).is_some_and(|contract| contract.recording == Recording::None))
}
