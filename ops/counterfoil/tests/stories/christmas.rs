//! The weeks around Christmas 2024 and Easter 2024: which run pays what was confirmed when, and on which day.

use counterfoil_core::statement::Actuals;

use crate::support::{Town, date, pence, saturday, week, winter};

#[tokio::test(flavor = "multi_thread")]
async fn six_oclock_on_the_sunday_before_christmas_pays_on_31_december_and_a_second_later_on_7_january() {
    let town = Town::alone().await;
    let (in_time, late) = (town.home_care(7_000).await, town.home_care(10_000).await);
    let sunday = date(2024, 12, 22);
    let mut claims = Vec::new();
    for care in [&in_time, &late] {
        let id = town.claim(care, saturday()).await.id;
        town.state(id, Actuals::AsPlanned, "", winter(sunday, 9, 0, 0)).await;
        claims.push(id);
    }
    let receipt = town.confirm(claims[0], winter(sunday, 18, 0, 0)).await;
    assert_eq!(receipt.run_period, town.period(saturday()));
    let receipt = town.confirm(claims[1], winter(sunday, 18, 0, 1)).await;
    assert_eq!(receipt.run_period, town.period(week(1)));

    let first = town.run(saturday()).await;
    assert_eq!(town.periods[&saturday()].bank_date, date(2024, 12, 31));
    let advice = town.advice(first).await;
    assert_eq!(advice.len(), 1);
    assert_eq!((advice[0][2].as_str(), advice[0][15].as_str()), ("2024-12-31", "131.95"));
    let file = town.read_file(first).await;
    assert_eq!((file.items.len(), file.total), (1, 13_195));
    assert_eq!(file.items[0].account, format!("{:08}", in_time.number));

    let second = town.run(week(1)).await;
    let advice = town.advice(second).await;
    assert_eq!(advice.len(), 1);
    assert_eq!(
        (advice[0][2].as_str(), advice[0][8].as_str(), advice[0][15].as_str()),
        ("2025-01-07", "2024-12-14", "188.50")
    );
    let file = town.read_file(second).await;
    assert_eq!((file.items[0].account.clone(), file.total), (format!("{:08}", late.number), 18_850));
    assert_eq!(town.posted(claims[0]).await.len() + town.posted(claims[1]).await.len(), 2, "each was paid once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_run_of_27_march_2024_is_in_the_bank_on_thursday_4_april_over_easter() {
    let town = Town::alone().await;
    let care = town.home_care(7_000).await;
    let starts = date(2024, 3, 16);
    let id = town.confirmed_as_planned(&care, starts).await;
    assert_eq!(town.periods[&starts].finalisation, date(2024, 3, 27));
    let run = town.run(starts).await;
    let advice = town.advice(run).await;
    assert_eq!((advice[0][2].as_str(), advice[0][15].as_str()), ("2024-04-04", "131.95"));
    assert_eq!(town.posted(id).await[0].pence, pence(13_195));
    // the file is processed on the working day before: the 94th day of 2024 is 3 April
    assert!(town.read_file(run).await.processed.ends_with("24094"));
}
