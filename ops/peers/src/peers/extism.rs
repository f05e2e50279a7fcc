//! The rule as a plug-in of Extism: Rust compiled to a core module (`plugin`), the claim as JSON. The module is compiled once;
//! each claim has a plug-in of its own.

use std::time::Duration;

use counterfoil_core::pricing::{Answer, ClaimFacts, check};
use extism::{CompiledPlugin, Manifest, Plugin, PluginBuilder, Wasm};

use super::{MEMORY, Peer, version, version_in};

const MODULE: &[u8] = include_bytes!("../../plugin/plugin.wasm");
/// Fuel of one claim.
const FUEL: u64 = 20_000_000;
/// Time of one claim.
const TIME: Duration = Duration::from_secs(10);
/// Bytes of a page of WebAssembly's memory.
const PAGE: usize = 64 * 1024;

pub(crate) struct InExtism {
    compiled: CompiledPlugin,
}

impl InExtism {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Self::of(MODULE)
    }

    fn of(module: &[u8]) -> anyhow::Result<Self> {
        let manifest = Manifest::new([Wasm::data(module)])
            .with_memory_max(u32::try_from(MEMORY / PAGE)?)
            .with_timeout(TIME)
            .disallow_all_hosts();
        let builder = PluginBuilder::new(manifest).with_wasi(false).with_fuel_limit(FUEL).with_cache_disabled();
        Ok(Self { compiled: builder.compile()? })
    }
}

impl Peer for InExtism {
    fn name(&self) -> String {
        format!("Extism {} (wasmtime {})", version("extism"), version_in("extism", "wasmtime"))
    }

    fn limits(&self) -> String {
        "a plug-in a claim, the module compiled once; fuel, 32 MiB of memory, timeout, no hosts, no WASI".to_owned()
    }

    fn assess(&self, facts: &ClaimFacts) -> anyhow::Result<Answer> {
        let mut plugin = Plugin::new_from_compiled(&self.compiled)?;
        let answer: &[u8] = plugin.call("assess", serde_json::to_vec(facts)?)?;
        let answer: Answer = serde_json::from_slice(answer)?;
        check(facts, &answer)?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::claims;

    fn stopped(body: &str) -> String {
        let module = format!("(module (memory (export \"memory\") 1) (func (export \"assess\") (result i32) {body}))");
        let plugin = InExtism::of(module.as_bytes()).unwrap();
        format!("{:#}", plugin.assess(&claims::timed().unwrap()[0].facts).unwrap_err())
    }

    #[test]
    fn a_module_that_never_ends_is_stopped() {
        let why = stopped("(loop (br 0)) (i32.const 0)");
        assert!(why.contains("fuel"), "{why}");
    }

    #[test]
    fn a_module_that_hoards_is_stopped() {
        let why = stopped("(loop (br_if 0 (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) (i32.const 0)");
        assert!(why.contains("oom"), "{why}");
    }
}
