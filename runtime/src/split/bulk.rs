//! Bulk memory operations in pieces.
//!
//! `memory.fill` and `memory.copy` are one call of the C library each, however much they move: nobody can cancel the guest meanwhile, and its
//! deadline passes unseen. Those whose length is not a small constant become calls of two functions appended to the module, which do the same
//! in pieces; each piece pays fuel (`fuel`), so that the guest can be suspended between two.

use wasm_encoder::{BlockType, Instruction};

use super::{
    code::Body,
    fuel::{Till, Writer as _, units_of_bytes},
};

/// Bytes moved at a time: below a tenth of a millisecond even when every page is touched for the first time.
const PIECE_BYTES: i32 = 256 << 10;
const PIECE_UNITS: u32 = units_of_bytes(PIECE_BYTES.cast_unsigned());

/// Whether an operation, before which `constant` was pushed, moves so little that it can stay as it is.
pub(super) fn is_short(constant: Option<i32>) -> bool {
    constant.is_some_and(|len| (0..=PIECE_BYTES).contains(&len))
}

// Parameters of both functions: where to, what or where from, how much.
const TO: u32 = 0;
const FROM: u32 = 1;
const LEN: u32 = 2;
/// A local variable.
const SCRATCH: u32 = 3;

/// `while len > PIECE { fill(to, value, PIECE); to += PIECE; len -= PIECE } fill(to, value, len)`
pub(super) fn fill(till: Till) -> Body {
    let mut function = Body::with_locals(1);
    in_pieces(&mut function, till, &Instruction::MemoryFill(0), false);
    till.pay_bytes(&mut function, LEN);
    whole(&mut function, &Instruction::MemoryFill(0));
    function.write(&Instruction::End);
    function
}

/// Forwards when the target lies below the source, else backwards, so that overlapping pieces are read before they are overwritten.
pub(super) fn copy(till: Till) -> Body {
    let copy = Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 };
    let mut function = Body::with_locals(1);
    let i = |function: &mut Body, instructions: &[Instruction<'_>]| {
        for instruction in instructions {
            function.write(instruction);
        }
    };
    i(
        &mut function,
        &[
            Instruction::LocalGet(TO),
            Instruction::LocalGet(FROM),
            Instruction::I32GtU,
            Instruction::If(BlockType::Empty),
            // Backwards: the last piece first. `len` is what is left in front.
            Instruction::Loop(BlockType::Empty),
            Instruction::LocalGet(LEN),
            Instruction::I32Const(PIECE_BYTES),
            Instruction::I32GtU,
            Instruction::If(BlockType::Empty),
        ],
    );
    till.pay(&mut function, PIECE_UNITS, SCRATCH);
    i(
        &mut function,
        &[
            Instruction::LocalGet(LEN),
            Instruction::I32Const(PIECE_BYTES),
            Instruction::I32Sub,
            Instruction::LocalSet(LEN),
            Instruction::LocalGet(TO),
            Instruction::LocalGet(LEN),
            Instruction::I32Add,
            Instruction::LocalGet(FROM),
            Instruction::LocalGet(LEN),
            Instruction::I32Add,
            Instruction::I32Const(PIECE_BYTES),
            copy.clone(),
            Instruction::Br(1),
            Instruction::End,
            Instruction::End,
            Instruction::Else,
        ],
    );
    in_pieces(&mut function, till, &copy, true);
    i(&mut function, &[Instruction::End]);
    till.pay_bytes(&mut function, LEN);
    whole(&mut function, &copy);
    function.write(&Instruction::End);
    function
}

/// Does pieces from the front until at most one is left.
fn in_pieces(function: &mut Body, till: Till, operation: &Instruction<'_>, moves_source: bool) {
    let advance = |local: u32| {
        [
            Instruction::LocalGet(local),
            Instruction::I32Const(PIECE_BYTES),
            Instruction::I32Add,
            Instruction::LocalSet(local),
        ]
    };
    for instruction in [
        Instruction::Loop(BlockType::Empty),
        Instruction::LocalGet(LEN),
        Instruction::I32Const(PIECE_BYTES),
        Instruction::I32GtU,
        Instruction::If(BlockType::Empty),
    ] {
        function.write(&instruction);
    }
    till.pay(function, PIECE_UNITS, SCRATCH);
    for instruction in [
        Instruction::LocalGet(TO),
        Instruction::LocalGet(FROM),
        Instruction::I32Const(PIECE_BYTES),
        operation.clone(),
    ]
    .into_iter()
    .chain(advance(TO))
    .chain(if moves_source { advance(FROM).to_vec() } else { Vec::new() })
    .chain([
        Instruction::LocalGet(LEN),
        Instruction::I32Const(PIECE_BYTES),
        Instruction::I32Sub,
        Instruction::LocalSet(LEN),
        Instruction::Br(1),
        Instruction::End,
        Instruction::End,
    ]) {
        function.write(&instruction);
    }
}

/// Does what is left.
fn whole(function: &mut Body, operation: &Instruction<'_>) {
    for local in [TO, FROM, LEN] {
        function.write(&Instruction::LocalGet(local));
    }
    function.write(operation);
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, ExportKind, ExportSection, Function, FunctionSection, MemorySection,
        MemoryType, Module as Encoded, TypeSection, ValType,
    };
    use wasmtime::{Engine, Func, Instance, Module, Store};

    use super::*;

    const PAGES: u64 = 32;

    /// A module that exports `fill` and `copy`, as plain bulk operations on their parameters.
    fn module() -> Vec<u8> {
        let mut module = Encoded::new();
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32; 3], []);
        module.section(&types);
        let mut functions = FunctionSection::new();
        functions.function(0).function(0);
        module.section(&functions);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: PAGES,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0).export("fill", ExportKind::Func, 0).export(
            "copy",
            ExportKind::Func,
            1,
        );
        module.section(&exports);
        let mut code = CodeSection::new();
        for operation in
            [Instruction::MemoryFill(0), Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 }]
        {
            let mut function = Function::new([]);
            for local in [TO, FROM, LEN] {
                function.instruction(&Instruction::LocalGet(local));
            }
            function.instruction(&operation).instruction(&Instruction::End);
            code.function(&function);
        }
        module.section(&code);
        module.finish()
    }

    #[test]
    fn pieces_add_up_to_the_whole_however_they_overlap() {
        const SLICE: i32 = 1 << 20;
        let split = super::super::split(&module(), SLICE).unwrap();
        let engine = Engine::default();
        let module = Module::new(&engine, &split.module).unwrap();
        // How much fuel was asked for.
        let mut store = Store::new(&engine, 0_i64);
        let refuel = Func::wrap(&mut store, |mut caller: wasmtime::Caller<'_, i64>, left: i32| {
            *caller.data_mut() += i64::from(SLICE - left);
            SLICE
        });
        let instance = Instance::new(&mut store, &module, &[refuel.into()]).unwrap();
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        let call = |name: &str, store: &mut Store<i64>, arguments: (i32, i32, i32)| {
            instance
                .get_typed_func::<(i32, i32, i32), ()>(&mut *store, name)
                .unwrap()
                .call(store, arguments)
                .is_ok()
        };
        let size = usize::try_from(PAGES).unwrap() << 16;
        let mut expected: Vec<u8> =
            (0..size).map(|n| u8::try_from(n * 31 / 7 % 256).unwrap()).collect();
        memory.data_mut(&mut store).copy_from_slice(&expected);

        let piece = PIECE_BYTES;
        for len in [0, 1, piece - 1, piece, piece + 1, 2 * piece, 3 * piece + 17] {
            for (to, from) in
                [(5, 0), (0, 5), (piece, 0), (0, piece), (piece + 3, 1), (1, piece + 3), (7, 7)]
            {
                assert!(call("copy", &mut store, (to, from, len)));
                let [to, from, len] = [to, from, len].map(|n| usize::try_from(n).unwrap());
                expected.copy_within(from..from + len, to);
                assert!(memory.data(&store) == expected, "copy {len} bytes from {from} to {to}");
            }
            assert!(call("fill", &mut store, (11, len % 251, len)));
            expected[11..11 + usize::try_from(len).unwrap()].fill(u8::try_from(len % 251).unwrap());
            assert!(memory.data(&store) == expected, "fill {len} bytes");
        }
        let end = i32::try_from(size).unwrap();
        assert!(!call("fill", &mut store, (end - piece, 0, piece + 1)));
        assert!(!call("copy", &mut store, (0, end - piece, 2 * piece)));
        assert!(!call("fill", &mut store, (-1, 0, 1)));
        // Every other byte costs a unit: hundreds of operations of up to 32 pages have used up more than the first slice.
        assert!(*store.data() > i64::from(SLICE));
    }
}
