//! Who may approve a run, what voids an approval, and the one payment file of a run with its serial.

use counterfoil_core::run::RunState;
use counterfoil_tenants::bank::BankDetails;
use counterfoil_tenants::steps::approve_run::approve_run;
use counterfoil_tenants::steps::change_records::change_bank_details;
use counterfoil_tenants::steps::issue_file::{Issued, issue_file};

use crate::support::{Town, account, date, pence, saturday, week, winter};

fn elsewhere() -> BankDetails {
    BankDetails { sort_code: "400000".to_owned(), ..account(55_555_555) }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_the_preparer_nor_an_editor_of_bank_details_nor_the_service_approves() {
    let town = Town::alone().await;
    let care = town.home_care(7_000).await;
    town.confirmed_as_planned(&care, saturday()).await;
    let before = winter(date(2024, 12, 20), 9, 0, 0);
    let master = &town.world.means.master_key;
    change_bank_details(&town.administrator, master, before, care.payee, elsewhere()).await.unwrap();
    let run = town.finalised(saturday()).await;
    let at = town.run_day(saturday());
    for (scope, because) in [
        (&town.officer, "You prepared this run, so somebody else has to approve it."),
        (&town.administrator, "You changed bank details that this run pays to, so somebody else has to approve it."),
        (&town.service, "A run is approved by a person, not by the service."),
    ] {
        assert_eq!(approve_run(scope, at, run).await.unwrap_err().to_string(), because);
        assert_eq!(town.run_row(run).await.state, RunState::Finalised);
    }
    let early = issue_file(&town.service, &town.world.means, at, run).await.unwrap_err();
    assert_eq!(early.to_string(), "This run has not been approved yet.");
    approve_run(&town.approver, at, run).await.unwrap();
    let approved = town.run_row(run).await;
    assert_eq!((approved.state, approved.approved_by.unwrap().person()), (RunState::Approved, Some(town.second)));
}

#[tokio::test(flavor = "multi_thread")]
async fn bank_details_changed_after_the_approval_void_it_and_the_serial_is_used_once() {
    let town = Town::alone().await;
    let care = town.home_care(7_000).await;
    town.confirmed_as_planned(&care, saturday()).await;
    let (run, at, means) = (town.finalised(saturday()).await, town.run_day(saturday()), &town.world.means);
    approve_run(&town.approver, at, run).await.unwrap();
    change_bank_details(&town.administrator, &means.master_key, at, care.payee, elsewhere()).await.unwrap();

    assert_eq!(issue_file(&town.service, means, at, run).await.unwrap(), Issued::ApprovalVoid);
    let void = town.run_row(run).await;
    assert_eq!((void.state, void.approved_by, void.banks_digest), (RunState::Finalised, None, None));
    assert!(town.file(run).await.is_none(), "nothing was issued");
    assert!(issue_file(&town.service, means, at, run).await.is_err(), "it has to be approved again");

    approve_run(&town.approver, at, run).await.unwrap();
    let issued = issue_file(&town.service, means, at, run).await.unwrap();
    let file = town.file(run).await.unwrap();
    assert_eq!(issued, Issued::File(file.id));
    let read = town.read_file(run).await;
    assert_eq!((read.serial, file.serial, read.total), (1, 1, 13_195));
    assert_eq!((read.items[0].sort_code.as_str(), read.items[0].account.as_str()), ("400000", "55555555"));
    assert_eq!(town.payments(run).await[0].bank_version, Some(2));

    // asked again, even after the details changed once more, it is the same file
    change_bank_details(&town.administrator, &means.master_key, at, care.payee, account(7)).await.unwrap();
    assert_eq!(issue_file(&town.service, means, at, run).await.unwrap(), issued);
    let again = town.file(run).await.unwrap();
    assert_eq!((again.bytes, again.digest, again.serial), (file.bytes, file.digest, 1));

    town.confirmed_as_planned(&care, week(1)).await;
    let next = town.run(week(1)).await;
    let read = town.read_file(next).await;
    assert_eq!((read.serial, read.items[0].account.as_str()), (2, "00000007"));
    assert_eq!(town.payments(next).await[0].pays_pence, pence(13_195));
}
