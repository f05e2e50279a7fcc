//! How rules may run: the wasmtime configuration, and the clock that kills what hangs.
//!
//! Everything that could differ between two runs of the same input is off or fixed: no imports, no threads, NaNs
//! made canonical, relaxed SIMD off, memory growth that fails is a trap. Fuel decides when a rule has computed
//! enough; the epoch only guards the machine.

use std::time::Duration;

use counterfoil_core::pricing::Fault;
use wasmtime::{Config, Enabled, Engine, EngineWeak, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::instance::MOST_TABLE_ELEMENTS;
use crate::limits::Limits;

/// The engine's name and version, kept with each assessment: fuel is comparable only within it.
pub const VERSION: &str = "wasmtime-48.0.8";

/// How often the epoch moves on.
pub const TICK: Duration = Duration::from_millis(50);

/// What of the configuration shapes machine code. The compile worker and the server must agree on all of it;
/// wasmtime refuses code that was made under another one.
pub(crate) fn code_config(limits: &Limits) -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(limits.stack_bytes)
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .relaxed_simd_deterministic(true)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .generate_address_map(false)
        .wasm_backtrace_max_frames(None);
    config
}

/// The engine that runs rules: code as above, instances from a pool so that a fresh one for each claim is cheap.
pub(crate) fn running(limits: &Limits) -> Result<Engine, Fault> {
    let shape = limits.class.shape();
    let modules = shape.modules;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(limits.concurrent)
        .total_core_instances(limits.concurrent.saturating_mul(modules))
        .total_memories(limits.concurrent)
        .total_tables(limits.concurrent.saturating_mul(modules))
        .max_core_instances_per_component(modules)
        .max_memories_per_component(1)
        .max_tables_per_component(modules)
        .max_tables_per_module(1)
        .table_elements(MOST_TABLE_ELEMENTS)
        .max_core_instance_size(shape.instance_bytes)
        .max_component_instance_size(shape.instance_bytes)
        .max_memory_size(limits.memory_bytes)
        .max_unused_warm_slots(limits.concurrent)
        // what a claim of ordinary size touches is wiped in place, which is quicker than giving pages back
        .linear_memory_keep_resident(shape.kept_resident)
        .table_keep_resident(16 * 1024)
        // where the kernel tells which pages were touched (Linux 6.7), only those are wiped
        .pagemap_scan(Enabled::Auto);
    let mut config = code_config(limits);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config).map_err(|cause| not_started(&cause))?;
    tick(engine.weak())?;
    Ok(engine)
}

/// The engine of the compile worker: the same code, no pool, since nothing runs there.
pub(crate) fn compiling(limits: &Limits) -> Result<Engine, Fault> {
    Engine::new(&code_config(limits)).map_err(|cause| not_started(&cause))
}

fn not_started(cause: &wasmtime::Error) -> Fault {
    tracing::error!(cause = %format!("{cause:#}"), "the rule engine could not be started");
    Fault::NotARule { sentence: "the rule engine could not be started on this machine".to_owned() }
}

/// Moves the epoch on for as long as the engine lives.
fn tick(engine: EngineWeak) -> Result<(), Fault> {
    let ticking = move || {
        loop {
            std::thread::sleep(TICK);
            match engine.upgrade() {
                Some(engine) => engine.increment_epoch(),
                None => return,
            }
        }
    };
    std::thread::Builder::new()
        .name("rule-epoch".to_owned())
        .spawn(ticking)
        .map(|_| ())
        .map_err(|cause| not_started(&wasmtime::Error::new(cause)))
}

/// The deadline in ticks, never none.
pub(crate) fn ticks(deadline: Duration) -> u64 {
    let ticks = deadline.as_millis() / TICK.as_millis();
    u64::try_from(ticks).unwrap_or(u64::MAX).max(1)
}
