//! The rule in Lua: the claim as its tables. A script is compiled to bytecode once; each claim has a state of its own.

use std::cell::Cell;

use anyhow::anyhow;
use counterfoil_core::pricing::{Answer, ClaimFacts, check};
use mlua::chunk::ChunkMode;
use mlua::serde::{LuaSerdeExt as _, SerializeOptions};
use mlua::{Error, Function, HookTriggers, Lua, LuaOptions, StdLib, Value, VmState};

use super::{MEMORY, Peer, version};

const RULE: &str = include_str!("../../rules/worcestershire.lua");
/// Instructions between two looks at how many there were.
const STEP: u32 = 1_000;
/// Steps of one claim.
const STEPS: u32 = 10_000;
/// What the base library offers and a rule must not have: files, other code, the collector.
const NOT_FOR_RULES: [&str; 4] = ["dofile", "loadfile", "load", "collectgarbage"];

pub(crate) struct InLua {
    bytecode: Vec<u8>,
}

impl InLua {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Self::of(RULE)
    }

    fn of(script: &str) -> anyhow::Result<Self> {
        let lua = Lua::new_with(StdLib::NONE, LuaOptions::default()).map_err(failed)?;
        let bytecode = lua.load(script).into_function().map_err(failed)?.dump(true);
        Ok(Self { bytecode })
    }

    fn run(&self, facts: &ClaimFacts) -> mlua::Result<Answer> {
        let lua = Lua::new_with(StdLib::NONE, LuaOptions::default())?;
        lua.set_memory_limit(MEMORY)?;
        let steps = Cell::new(0);
        lua.set_hook(HookTriggers::new().every_nth_instruction(STEP), move |_, _| {
            steps.set(steps.get() + 1);
            if steps.get() > STEPS {
                return Err(Error::runtime("the rule used up its instructions"));
            }
            Ok(VmState::Continue)
        })?;
        for name in NOT_FOR_RULES {
            lua.globals().raw_set(name, Value::Nil)?;
        }
        let assess: Function = lua.load(&self.bytecode).set_mode(ChunkMode::Binary).eval()?;
        let options = SerializeOptions::new().serialize_none_to_null(false).set_array_metatable(false);
        let claim = lua.to_value_with(facts, options)?;
        lua.from_value(assess.call(claim)?)
    }
}

fn failed(error: Error) -> anyhow::Error {
    anyhow!("{error}")
}

impl Peer for InLua {
    fn name(&self) -> String {
        format!("Lua 5.4 (mlua {})", version("mlua"))
    }

    fn limits(&self) -> String {
        "a state a claim, the script compiled once; 32 MiB of memory, instructions counted by a hook, base library only and without what reads files"
            .to_owned()
    }

    fn assess(&self, facts: &ClaimFacts) -> anyhow::Result<Answer> {
        let answer = self.run(facts).map_err(failed)?;
        check(facts, &answer)?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::claims;

    #[test]
    fn a_script_that_never_ends_is_stopped() {
        let endless = InLua::of("return function(claim) while true do end end").unwrap();
        let stopped = endless.assess(&claims::timed().unwrap()[0].facts).unwrap_err().to_string();
        assert!(stopped.contains("instructions"), "{stopped}");
    }

    #[test]
    fn a_script_that_hoards_is_stopped() {
        let hoarding = InLua::of("return function(claim) local s = 'x' while true do s = s .. s end end").unwrap();
        let stopped = hoarding.assess(&claims::timed().unwrap()[0].facts).unwrap_err().to_string();
        assert!(stopped.contains("memory"), "{stopped}");
    }
}
