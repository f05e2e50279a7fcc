//! What changes after it was paid: the past stays as it was paid, byte by byte, and the next run posts the difference.

use counterfoil_core::actor::Actor;
use counterfoil_core::entry::EntryKind;
use counterfoil_core::ids::RunId;
use counterfoil_core::money::Money;
use counterfoil_core::pricing::canonical;
use counterfoil_core::pricing::facts::EndingKind;
use counterfoil_core::statement::Actuals;
use counterfoil_tenants::service_user::EndingRow;
use counterfoil_tenants::steps::change_records::{Touched, reassess, record_ending};

use crate::support::{Town, date, pence, saturday, week, winter};

/// Everything that a run paid and said, by digest: entries, payments, payment file, remittances.
async fn digests(town: &Town, run: RunId) -> Vec<String> {
    let file = town.file(run).await.unwrap();
    let mut digests = vec![
        canonical::digest(format!("{:?}", town.entries(run).await).as_bytes()),
        canonical::digest(format!("{:?}", town.payments(run).await).as_bytes()),
        canonical::digest(&file.bytes),
    ];
    assert_eq!(file.digest, digests[2]);
    for advice in town.remittances(run).await {
        assert_eq!(advice.digest, canonical::digest(&advice.csv));
        digests.extend([advice.digest, canonical::digest(&advice.html)]);
    }
    digests
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backdated_rate_posts_the_difference_and_back_again_its_mirror() {
    let town = Town::alone().await;
    let care = town.home_care(7_000).await;
    let id = town.confirmed_as_planned(&care, saturday()).await;
    let first = town.run(saturday()).await;
    assert_eq!(town.story_of(id).await, [(EntryKind::First, pence(13_195))]);
    let paid = digests(&town, first).await;

    // £20.20 from the Wednesday: four of the seven hours keep £18.85
    town.new_rate(&[(202_000, date(2024, 12, 18))], winter(date(2024, 12, 28), 9, 0, 0)).await;
    let second = town.run(week(1)).await;
    let story = town.story_of(id).await;
    assert_eq!(story[1], (EntryKind::Adjustment, pence(4 * 1_885 + 3 * 2_020 - 13_195)));
    assert_eq!(story[1].1, pence(405));
    assert_eq!(town.read_file(second).await.total, 405);
    assert_eq!(digests(&town, first).await, paid);
    let adjusted = digests(&town, second).await;

    town.new_rate(&[(188_500, date(2024, 12, 18))], winter(date(2025, 1, 4), 9, 0, 0)).await;
    let third = town.run(week(2)).await;
    let story = town.story_of(id).await;
    assert_eq!(story[2], (EntryKind::Adjustment, pence(-405)));
    assert_eq!(Money::total([story[1].1, story[2].1]).unwrap(), Money::ZERO);
    assert!(town.file(third).await.is_none(), "a payee who owes is paid nothing");
    assert_eq!(digests(&town, first).await, paid);
    assert_eq!(digests(&town, second).await, adjusted);

    // and that is all: a further run has nothing to post
    let fourth = town.run(week(3)).await;
    assert!(town.entries(fourth).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_minutes_at_18_85_are_9_43_and_their_retraction_is_the_mirror() {
    let town = Town::alone().await;
    let care = town.monday_visit(30).await;
    let id = town.claim(&care, saturday()).await.id;
    town.state(id, Actuals::AsPlanned, "", winter(date(2024, 12, 21), 9, 0, 0)).await;
    town.confirm(id, winter(date(2024, 12, 21), 10, 0, 0)).await;
    let first = town.run(saturday()).await;
    assert_eq!(town.story_of(id).await, [(EntryKind::First, pence(943))]);
    assert!(town.advice(first).await[0][16].contains("30 minutes x £18.85 an hour = £9.43"));

    // her care had ended on the Friday before, and the council hears of it after it has paid
    let told = winter(date(2024, 12, 28), 9, 0, 0);
    let ending = EndingRow {
        service_user_id: care.person,
        version: 1,
        kind: EndingKind::End,
        happened: date(2024, 12, 13),
        notified: date(2024, 12, 28),
        withdrawn: false,
        recorded_at: told,
        recorded_by: Actor::Council { person: town.council.officer },
    };
    record_ending(&town.officer, told, ending).await.unwrap();
    reassess(&town.service, &town.world.means, told, Touched::Person(care.person)).await.unwrap();
    town.run(week(1)).await;
    assert_eq!(town.story_of(id).await, [(EntryKind::First, pence(943)), (EntryKind::Retraction, pence(-943))]);
}
