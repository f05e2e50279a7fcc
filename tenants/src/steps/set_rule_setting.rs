//! A council gives a setting of its payment rule another value from a day on: a method, a limit, which reasons count. Before
//! it may stand a trial of the value ([`try_rule`](super::try_rule)); after it the claims that begin on that day or later
//! and are not paid are priced again.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::event::Action;
use serde_json::json;

use super::Means;
use super::activate_rule::{check_day, reassess_from};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::rule::{self, RuleSettingRow, counting};
use crate::rule_schema;
use crate::rule_trial::TriedSetting;
use crate::rule_version;
use crate::scope::{CouncilScope, Tx};

/// Sets it from a day on, for all care or for a kind of contract or service level.
///
/// # Errors
/// [`Error::Refused`] where no version prices from that day, for a setting or value that the version that does has not, and
/// for a day on which no pay period begins or on or after which something is paid or in a run.
pub async fn set_rule_setting(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    from: NaiveDate,
    setting: &TriedSetting,
) -> Result<()> {
    let refused = |words: String| Error::Refused(words);
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            check_day(tx, from).await?;
            let activations = rule::activations(tx).await?;
            let prices = counting(&activations, from).ok_or_else(|| {
                refused("No version of the rule prices from that day. Switch one on first".to_owned())
            })?;
            let (_, seen) = rule_version::seen(tx, &*means.pricer, local_time(at).date()).await?;
            let version = seen.into_iter().find(|seen| seen.digest == prices.component_digest);
            let schema = version.and_then(|seen| seen.description).map(|described| described.settings_schema);
            rule_schema::check(schema.as_deref().unwrap_or("{}"), std::slice::from_ref(setting)).map_err(refused)?;
            let detail = json!({
                "setting": setting.key, "scope": setting.scope, "value": setting.value, "from": from,
            });
            let mut audited = tx.audited(Record::on(Action::SetRuleSetting, "rule").detail(detail)).await?;
            let row = RuleSettingRow {
                key: setting.key.clone(),
                scope: setting.scope.clone(),
                valid_from: from,
                recorded_at: at,
                recorded_by: audited.actor(),
                value: setting.value.clone(),
            };
            rule::add_settings(&mut audited, vec![row]).await?;
            reassess_from(&mut audited, from).await
        })
        .await
}
