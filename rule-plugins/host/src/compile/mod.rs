//! Turns a component into machine code. Compiling is the hole that no setting of the engine closes: a 7 kB file took 42
//! seconds and 4.7 GB. What comes from outside is therefore compiled in a separate process under limits
//! ([`worker`]), and the server loads only what that process made; packs of the repository may be compiled here.

pub mod worker;

use counterfoil_core::pricing::Fault;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::fault::of_component;
use crate::limits::Limits;

pub use worker::WorkerCommand;

/// Where components are compiled.
#[derive(Debug, Clone)]
pub enum Compiler {
    /// In this process: only for components that come with the repository.
    InProcess,
    /// In a process of its own, under limits.
    Worker(WorkerCommand),
}

impl Compiler {
    pub(crate) fn compile(&self, engine: &Engine, limits: &Limits, component: &[u8]) -> Result<Component, Fault> {
        match self {
            Self::InProcess => Component::from_binary(engine, component).map_err(|error| not_compiled(&error, limits)),
            Self::Worker(command) => load(engine, limits, &command.run(limits, component)?),
        }
    }
}

/// Loads machine code that the compile worker made.
#[allow(unsafe_code)]
fn load(engine: &Engine, limits: &Limits, code: &[u8]) -> Result<Component, Fault> {
    // SAFETY: the bytes come straight from our own compile worker over a pipe that nothing else can write to; they
    // were never stored. wasmtime checks that version and configuration are this engine's.
    let loaded = unsafe { Component::deserialize(engine, code) };
    loaded.map_err(|error| {
        tracing::error!(cause = %format!("{error:#}"), "the compile worker's output was refused");
        of_component(&error, limits, |_| {
            "the compiler on this machine does not fit the server: install both from one build".to_owned()
        })
    })
}

pub(crate) fn not_compiled(error: &wasmtime::Error, limits: &Limits) -> Fault {
    of_component(error, limits, |detail| format!("it is not valid WebAssembly that a rule may use ({detail})"))
}
