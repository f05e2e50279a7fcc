//! The use cases, one file each, in the order of a claim's flow: generate -> (open, price while typing) -> state -> assess -> confirm (and back) ->
//! settle what is suspended -> open the run -> post its contracts -> finalise -> approve -> issue the file -> send ->
//! write remittances -> notify. Beside them stand the changes that make claims be assessed again.
//!
//! Every step has one shape: read facts in a short transaction; decide in pure code (rules run on a blocking thread, no
//! connection held); write in one transaction that rechecks the version it read, writes the audit record, and
//! enqueues what comes next. A step is safe to repeat: it finds what was done and leaves it.

use std::sync::Arc;

use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::pricing::Pricer;
use counterfoil_core::pricing::words::Tables;

use crate::vault::MasterKey;

pub mod activate_rule;
pub mod approve_run;
pub mod assess_claims;
pub mod change_records;
pub mod confirm_claims;
pub mod decide_rule;
pub mod finalise_run;
pub mod generate_claims;
pub mod issue_file;
mod known;
pub mod notify;
pub mod open_actuals;
pub mod open_run;
pub mod post_contract;
pub mod price_actuals;
pub mod quarantine_rule;
pub mod recompute_line;
pub mod refer_to_claims;
pub mod reject_claims;
pub mod reprice_claims;
pub mod request_payments;
pub mod send_file;
pub mod set_rule_setting;
pub mod settle_suspended;
pub mod state_actuals;
pub mod state_non_delivery;
pub mod submit_invoice;
pub mod tell_of_adjustment;
pub mod tell_of_document;
pub mod tell_of_message;
pub mod tell_of_query;
pub mod try_rule;
pub mod upload_rule;
pub mod withdraw_invoice;
pub mod write_remittances;

/// What steps need beside the database.
#[derive(Clone)]
pub struct Means {
    /// Prices claims by the councils' rules.
    pub pricer: Arc<dyn Pricer>,
    /// Bank holidays.
    pub holidays: Arc<BankHolidays>,
    /// Words for reason codes in every language: the service's own and those of the rule packs.
    pub words: Arc<Tables>,
    /// Opens the councils' keys.
    pub master_key: Arc<MasterKey>,
}
