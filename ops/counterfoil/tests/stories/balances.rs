//! A payee who owes: no record in the payment file, the balance is carried, and the next run nets it.

use counterfoil_tenants::steps::issue_file::Issued;

use crate::support::{Town, date, pence, saturday, week, winter};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_payee_owes_is_carried_forward_and_netted_by_the_next_run() {
    let town = Town::alone().await;
    let (owing, other) = (town.home_care(7_000).await, town.home_care(2_000).await);
    town.confirmed_as_planned(&owing, saturday()).await;
    town.run(saturday()).await;

    // that week was to cost £10.00 an hour: 7 x £8.85 was paid too much
    let known = winter(date(2024, 12, 28), 8, 0, 0);
    town.new_rate(&[(100_000, saturday()), (188_500, week(1))], known).await;
    town.confirmed_as_planned(&other, week(1)).await;
    let second = town.run(week(1)).await;
    let payments = town.payments(second).await;
    let of = |payee| payments.iter().find(|payment| payment.payee_id == payee).unwrap().clone();
    let owes = of(owing.payee);
    assert_eq!(
        (owes.entries_pence, owes.pays_pence, owes.carried_forward_pence),
        (pence(-6_195), pence(0), pence(-6_195))
    );
    assert_eq!(owes.bank_version, None);
    assert_eq!(of(other.payee).pays_pence, pence(3_770));
    let file = town.read_file(second).await;
    let accounts: Vec<&str> = file.items.iter().map(|item| item.account.as_str()).collect();
    assert_eq!((accounts, file.total), (vec![format!("{:08}", other.number).as_str()], 3_770));
    let advice = town.advice(second).await;
    let supplier = format!("S{:06}", owing.number);
    let told: Vec<(&str, &str)> =
        advice.iter().filter(|row| row[1] == supplier).map(|row| (row[12].as_str(), row[15].as_str())).collect();
    assert_eq!(told, [("Adjustment", "-61.95"), ("Carried forward", "61.95")], "the advice adds up to nothing");

    let id = town.confirmed_as_planned(&owing, week(2)).await;
    let third = town.run(week(2)).await;
    assert_eq!(town.posted(id).await[0].pence, pence(13_195));
    let netted = town.payments(third).await.into_iter().find(|payment| payment.payee_id == owing.payee).unwrap();
    assert_eq!((netted.brought_forward_pence, netted.entries_pence), (pence(-6_195), pence(13_195)));
    assert_eq!((netted.pays_pence, netted.carried_forward_pence), (pence(7_000), pence(0)));
    let file = town.read_file(third).await;
    assert_eq!((file.items.len(), file.items[0].pence), (1, 7_000));
    let advice = town.advice(third).await;
    let told: Vec<(&str, &str)> = advice.iter().map(|row| (row[12].as_str(), row[15].as_str())).collect();
    assert_eq!(told, [("Payment", "131.95"), ("Brought forward", "-61.95")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_only_takes_back_issues_no_file_and_uses_no_serial() {
    let town = Town::alone().await;
    let care = town.home_care(7_000).await;
    town.confirmed_as_planned(&care, saturday()).await;
    let first = town.run(saturday()).await;
    town.new_rate(&[(100_000, saturday()), (188_500, week(1))], winter(date(2024, 12, 28), 8, 0, 0)).await;
    let second = town.finalised(week(1)).await;
    assert_eq!(town.paid_out(second, week(1)).await, Issued::NothingToPay);
    assert!(town.file(second).await.is_none());
    town.confirmed_as_planned(&care, week(2)).await;
    let third = town.run(week(2)).await;
    let serials = (town.file(first).await.unwrap().serial, town.file(third).await.unwrap().serial);
    assert_eq!(serials, (1, 2));
}
