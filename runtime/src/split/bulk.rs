//! Bulk memory operations in pieces.
//!
//! `memory.fill` and `memory.copy` are one call of the C library each, however much they move: nobody can cancel the guest meanwhile, and its
//! deadline passes unseen. Those whose length is not a small constant become calls of two functions appended to the module, which do the same
//! in pieces; between two of them the engine checks the fuel as after any branch.

use wasm_encoder::{BlockType, CodeSection, Encode as _, Function, Instruction, RawSection};
use wasmparser::{
    BinaryReaderError, FunctionBody, FunctionSectionReader, Operator, TypeSectionReader,
};

/// Bytes moved at a time: below a tenth of a millisecond even when every page is touched for the first time.
const PIECE_BYTES: i32 = 256 << 10;

const TYPE_SECTION: u8 = 1;
const FUNCTION_SECTION: u8 = 3;
/// The encoded type of both functions: three `i32`s, no result.
const TYPE: [u8; 6] = [0x60, 3, 0x7F, 0x7F, 0x7F, 0];

/// Adds the two functions to a module while its sections go by.
#[derive(Debug, Default)]
pub(super) struct Bounded {
    /// Functions so far; at the end of the function section the index of the first of ours.
    functions: u32,
    own_type: u32,
    /// Kept for as long as `RawSection` borrows it.
    types: Vec<u8>,
    indices: Vec<u8>,
}

impl Bounded {
    pub(super) fn count_function(&mut self) {
        self.functions += 1;
    }

    /// The type section with our type at its end.
    pub(super) fn types(
        &mut self,
        section: &TypeSectionReader<'_>,
        wasm: &[u8],
    ) -> Result<RawSection<'_>, BinaryReaderError> {
        for group in section.clone() {
            self.own_type += u32::try_from(group?.types().len()).unwrap_or(u32::MAX);
        }
        self.types =
            appended(section.count(), 1, wasm.get(section.range()).unwrap_or_default(), &TYPE);
        Ok(RawSection { id: TYPE_SECTION, data: &self.types })
    }

    /// The function section with our functions at its end.
    pub(super) fn functions(
        &mut self,
        section: &FunctionSectionReader<'_>,
        wasm: &[u8],
    ) -> Result<RawSection<'_>, BinaryReaderError> {
        self.functions += section.count();
        let mut ours = Vec::new();
        for _ in 0..2 {
            self.own_type.encode(&mut ours);
        }
        self.indices =
            appended(section.count(), 2, wasm.get(section.range()).unwrap_or_default(), &ours);
        Ok(RawSection { id: FUNCTION_SECTION, data: &self.indices })
    }

    /// A function body with its bulk operations replaced.
    pub(super) fn body(
        &self,
        body: &FunctionBody<'_>,
        wasm: &[u8],
    ) -> Result<Vec<u8>, BinaryReaderError> {
        let range = body.range();
        let mut bytes = Vec::with_capacity(range.len());
        let mut copied = range.start;
        let mut small_constant = false;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let (operator, at) = operators.read_with_offset()?;
            let ours = match operator {
                Operator::MemoryFill { .. } if !small_constant => Some(self.functions),
                Operator::MemoryCopy { .. } if !small_constant => Some(self.functions + 1),
                _ => None,
            };
            if let Some(function) = ours {
                bytes.extend_from_slice(wasm.get(copied..at).unwrap_or_default());
                Instruction::Call(function).encode(&mut bytes);
                copied = operators.original_position();
            }
            small_constant = matches!(operator, Operator::I32Const { value } if (0..=PIECE_BYTES).contains(&value));
        }
        bytes.extend_from_slice(wasm.get(copied..range.end).unwrap_or_default());
        Ok(bytes)
    }

    /// Our functions, at the end of the code section.
    pub(super) fn helpers(&self, code: &mut CodeSection) {
        code.function(&fill());
        code.function(&copy());
    }
}

/// The contents of a section that starts with a count, with `more` entries at the end.
fn appended(count: u32, more: u32, contents: &[u8], entries: &[u8]) -> Vec<u8> {
    let mut old_count = Vec::new();
    count.encode(&mut old_count);
    // The count may be padded; it is what precedes the first entry, so skip it byte by byte.
    let skip = contents.iter().position(|byte| byte & 0x80 == 0).map_or(0, |last| last + 1);
    let mut section = Vec::with_capacity(contents.len() + entries.len() + 5);
    (count + more).encode(&mut section);
    section.extend_from_slice(contents.get(skip..).unwrap_or_default());
    section.extend_from_slice(entries);
    section
}

// Parameters of both functions: where to, what or where from, how much.
const TO: u32 = 0;
const FROM: u32 = 1;
const LEN: u32 = 2;

/// `while len > PIECE { fill(to, value, PIECE); to += PIECE; len -= PIECE } fill(to, value, len)`
fn fill() -> Function {
    let mut function = Function::new([]);
    in_pieces(&mut function, &Instruction::MemoryFill(0), false);
    whole(&mut function, &Instruction::MemoryFill(0));
    function.instruction(&Instruction::End);
    function
}

/// Forwards when the target lies below the source, else backwards, so that overlapping pieces are read before they are overwritten.
fn copy() -> Function {
    let copy = Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 };
    let mut function = Function::new([]);
    let i = |function: &mut Function, instructions: &[Instruction<'_>]| {
        for instruction in instructions {
            function.instruction(instruction);
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
    in_pieces(&mut function, &copy, true);
    i(&mut function, &[Instruction::End]);
    whole(&mut function, &copy);
    function.instruction(&Instruction::End);
    function
}

/// Does pieces from the front until at most one is left.
fn in_pieces(function: &mut Function, operation: &Instruction<'_>, moves_source: bool) {
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
        function.instruction(&instruction);
    }
}

/// Does what is left.
fn whole(function: &mut Function, operation: &Instruction<'_>) {
    for local in [TO, FROM, LEN] {
        function.instruction(&Instruction::LocalGet(local));
    }
    function.instruction(operation);
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        ExportKind, ExportSection, FunctionSection, MemorySection, MemoryType, Module as Encoded,
        TypeSection, ValType,
    };
    use wasmtime::{Engine, Instance, Module, Store};

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
            whole(&mut function, &operation);
            function.instruction(&Instruction::End);
            code.function(&function);
        }
        module.section(&code);
        module.finish()
    }

    #[test]
    fn pieces_add_up_to_the_whole_however_they_overlap() {
        let split = super::super::split(&module()).unwrap();
        let engine = Engine::default();
        let module = Module::new(&engine, &split.module).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        let call = |name: &str, store: &mut Store<()>, arguments: (i32, i32, i32)| {
            instance
                .get_typed_func::<(i32, i32, i32), ()>(&mut *store, name)
                .unwrap()
                .call(store, arguments)
                .is_ok()
        };
        let size = usize::try_from(PAGES).unwrap() << 16;
        let mut expected: Vec<u8> = (0..size).map(|n| (n * 31 / 7 % 256) as u8).collect();
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
            expected[11..11 + usize::try_from(len).unwrap()].fill((len % 251) as u8);
            assert!(memory.data(&store) == expected, "fill {len} bytes");
        }
        let end = i32::try_from(size).unwrap();
        assert!(!call("fill", &mut store, (end - piece, 0, piece + 1)));
        assert!(!call("copy", &mut store, (0, end - piece, 2 * piece)));
        assert!(!call("fill", &mut store, (-1, 0, 1)));
    }
}
