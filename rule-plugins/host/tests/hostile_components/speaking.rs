//! A random module that says what it is as a rule does, and takes a claim's facts as one does: what stays random is how it
//! prices. Without this most are refused before they have priced anything, since they describe themselves at random.

use std::collections::BTreeMap;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, Function, InstructionSink, MemArg, Module, ValType};
use wasmparser::{ExternalKind, FunctionBody, Parser, Payload};

use crate::support::described_as;

/// Where the description lies, as in [`described_as`].
const DESCRIPTION: i32 = 1_024;
/// Where the address of the next free byte lies.
const NEXT: i32 = 8;
/// Where free bytes begin.
const HEAP: i32 = 4_096;
const PAGE: i32 = 65_536;

/// The module with the bodies of `describe` and `cabi_realloc` put right.
pub(crate) fn speaking(module: &[u8]) -> Vec<u8> {
    let exported = exported(module);
    let function = |ending: &str| {
        let found = exported.iter().find(|(name, _)| name.ends_with(ending));
        *found.unwrap_or_else(|| panic!("no export {ending}: {exported:?}")).1
    };
    let mut put_right = PutRight {
        describe: function("#describe"),
        realloc: function("cabi_realloc"),
        memory: function("memory"),
        seen: 0,
    };
    let mut into = Module::new();
    put_right.parse_core_module(&mut into, Parser::new(0), module).unwrap();
    into.finish()
}

/// The indices of functions and memories by the names that they are exported by.
fn exported(module: &[u8]) -> BTreeMap<String, u32> {
    let mut exported = BTreeMap::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ExportSection(section) = payload.unwrap() {
            for export in section {
                let export = export.unwrap();
                if matches!(export.kind, ExternalKind::Func | ExternalKind::Memory) {
                    exported.insert(export.name.to_owned(), export.index);
                }
            }
        }
    }
    exported
}

struct PutRight {
    describe: u32,
    realloc: u32,
    memory: u32,
    /// How many bodies were read: nothing is imported, so that this is a function's index.
    seen: u32,
}

impl Reencode for PutRight {
    type Error = std::convert::Infallible;

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let index = self.seen;
        self.seen += 1;
        if index == self.describe {
            code.function(&self.describing());
        } else if index == self.realloc {
            code.function(&self.allocating());
        } else {
            utils::parse_function_body(self, code, body)?;
        }
        Ok(())
    }
}

impl PutRight {
    const fn at(&self, offset: u64) -> MemArg {
        MemArg { offset, align: 0, memory_index: self.memory }
    }

    /// Grows the memory until it has more bytes than a local says.
    fn grow(&self, body: &mut InstructionSink<'_>, beyond: u32) {
        body.block(wasm_encoder::BlockType::Empty).loop_(wasm_encoder::BlockType::Empty);
        body.local_get(beyond).memory_size(self.memory).i32_const(PAGE).i32_mul().i32_lt_u().br_if(1);
        body.i32_const(1).memory_grow(self.memory).i32_const(-1).i32_ne().br_if(0).unreachable().end().end();
    }

    /// Writes the description, and leaves its address.
    fn describing(&self) -> Function {
        let mut function = Function::new([(1, ValType::I32)]);
        let mut body = function.instructions();
        body.i32_const(HEAP).local_set(0);
        self.grow(&mut body, 0);
        for (offset, byte) in (0..).zip(described_as(b"g", b"{}", 0)) {
            body.i32_const(DESCRIPTION).i32_const(i32::from(byte)).i32_store8(self.at(offset));
        }
        body.i32_const(DESCRIPTION).end();
        function
    }

    /// Gives each block the bytes after the last one's.
    fn allocating(&self) -> Function {
        let (size, address, end) = (3, 4, 5);
        let mut function = Function::new([(2, ValType::I32)]);
        let mut body = function.instructions();
        body.i32_const(HEAP).local_set(end);
        self.grow(&mut body, end);
        body.i32_const(NEXT).i32_load(self.at(0)).local_tee(address).i32_const(HEAP).i32_lt_u();
        body.if_(wasm_encoder::BlockType::Empty).i32_const(HEAP).local_set(address).end();
        body.local_get(address)
            .local_get(size)
            .i32_add()
            .i32_const(15)
            .i32_add()
            .i32_const(-16)
            .i32_and()
            .local_set(end);
        self.grow(&mut body, end);
        body.i32_const(NEXT).local_get(end).i32_store(self.at(0));
        body.local_get(address).end();
        function
    }
}
