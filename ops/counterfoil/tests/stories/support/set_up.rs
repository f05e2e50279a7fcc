//! What every council of a story is given in the same way: the account that it pays from, and a rule with its settings.

use chrono::{DateTime, Utc};
use counterfoil_core::bacs::Originator;
use counterfoil_core::event::Action;
use counterfoil_core::pricing::facts::Setting;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::bank;
use counterfoil_tenants::rule::{self, RuleActivation, RuleSettingRow};
use counterfoil_tenants::vault::MasterKey;
use counterfoil_testkit::TestCouncil;

/// The account that payment files are drawn on.
pub(crate) async fn add_account(council: &TestCouncil, master: &MasterKey, at: DateTime<Utc>) {
    let originator = Originator {
        sun: "123456".to_owned(),
        sort_code: "300000".to_owned(),
        account: "87654321".to_owned(),
        name: "COUNTY COUNCIL".to_owned(),
    };
    council
        .scope
        .transaction(at, async |tx| {
            let mut audited = tx.audited(Record::of(Action::SetUp, council.tenant)).await?;
            bank::ensure_key(&mut audited, master).await?;
            bank::set_originator(&mut audited, master, &originator).await
        })
        .await
        .unwrap();
}

/// Switches a rule on with settings that whoever records it records too.
pub(crate) async fn switch_on(council: &TestCouncil, activation: RuleActivation, settings: &[Setting]) {
    let settings: Vec<RuleSettingRow> = settings
        .iter()
        .map(|setting| RuleSettingRow {
            key: setting.key.clone(),
            scope: setting.scope.clone(),
            valid_from: setting.from.date().unwrap(),
            recorded_at: activation.recorded_at,
            recorded_by: activation.recorded_by.clone(),
            value: setting.value.clone(),
        })
        .collect();
    council
        .scope
        .transaction(activation.recorded_at, async |tx| {
            let mut audited = tx.audited(Record::of(Action::SetUp, activation.id)).await?;
            rule::activate(&mut audited, activation.clone()).await?;
            rule::add_settings(&mut audited, settings.clone()).await
        })
        .await
        .unwrap();
}
