//! One claim in a fresh instance: a store with its limits, the call, and what the call took. Nothing of one claim
//! is there for the next.

use std::sync::{Condvar, Mutex, PoisonError};

use wasmtime::{Engine, ResourceLimiter, Result, Store};

use crate::engine::ticks;
use crate::limits::Limits;

/// What the store keeps for the guest: only its limits. A guest reaches nothing of it.
#[derive(Debug)]
pub struct Guest {
    memory_bytes: usize,
}

/// The guest asked for more memory than it may have. The trap carries it, so that the fault can be named.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("more memory than a claim may use")]
pub(crate) struct MemoryRefused;

impl ResourceLimiter for Guest {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        // A refusal that the guest could see would be one more thing that it could act on; it ends the call.
        if desired > self.memory_bytes { Err(MemoryRefused.into()) } else { Ok(true) }
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> Result<()> {
        Err(MemoryRefused.into())
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        if desired > MOST_TABLE_ELEMENTS { Err(MemoryRefused.into()) } else { Ok(true) }
    }
}

/// The most entries of a guest's table; a rule has a few dozen, an interpreter some thousands.
pub(crate) const MOST_TABLE_ELEMENTS: usize = 10_000;

/// A fresh store with `fuel` to burn.
pub(crate) fn store(engine: &Engine, limits: &Limits, fuel: u64) -> Result<Store<Guest>> {
    let mut store = Store::new(engine, Guest { memory_bytes: limits.memory_bytes });
    store.limiter(|guest| guest);
    store.set_hostcall_fuel(limits.answer_bytes);
    store.epoch_deadline_trap();
    renew(&mut store, limits, fuel)?;
    Ok(store)
}

/// Gives a store the allowance of one more call.
pub(crate) fn renew(store: &mut Store<Guest>, limits: &Limits, fuel: u64) -> Result<()> {
    store.set_fuel(fuel)?;
    store.set_epoch_deadline(ticks(limits.deadline));
    Ok(())
}

/// Slots of the pool: whoever finds none waits until another claim is done, instead of failing.
#[derive(Debug)]
pub(crate) struct Slots {
    free: Mutex<u32>,
    returned: Condvar,
}

/// A slot, given back when dropped.
pub(crate) struct Slot<'a>(&'a Slots);

impl Slots {
    pub(crate) const fn new(count: u32) -> Self {
        Self { free: Mutex::new(count), returned: Condvar::new() }
    }

    pub(crate) fn take(&self) -> Slot<'_> {
        // The number stays right whatever panicked elsewhere: it is changed in one place each way.
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Slot(self)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.returned.notify_one();
    }
}
