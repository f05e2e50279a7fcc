//! The rule as a plug-in of Extism: a claim as JSON in, an answer as JSON out.

mod rule;

use extism_pdk::{FnResult, Json, plugin_fn};

use rule::{Answer, Claim};

#[plugin_fn]
pub fn assess(Json(claim): Json<Claim>) -> FnResult<Json<Answer>> {
    Ok(Json(rule::assess(&claim)))
}
