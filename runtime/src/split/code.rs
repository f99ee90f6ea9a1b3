//! Function bodies written anew: metered (`fuel`), their bulk operations in pieces (`bulk`), and calls by the indices that functions have once
//! the host function that refuels is among the imports.

use wasm_encoder::{BranchHint, BranchHints, CodeSection, Encode as _, Instruction, RawSection};
use wasmparser::{
    BinaryReaderError, FunctionBody, FunctionSectionReader, Operator, TypeSectionReader,
};

use coderunner_host_api::{MODULE, PAY};

use super::{
    bulk,
    fuel::{self, Anatomy, IF, Prices, Till, Writer},
};

const TYPE_SECTION: u8 = 1;
const FUNCTION_SECTION: u8 = 3;
const I32: u8 = 0x7F;
/// Our types: of the bulk functions, of the host function, of the function that calls it.
const TYPES: [&[u8]; 3] = [&[0x60, 3, I32, I32, I32, 0], &[0x60, 1, I32, 1, I32], &[0x60, 0, 0]];

/// Rewrites the functions of one module while its sections go by.
#[derive(Debug, Default)]
pub(super) struct Rewriter {
    /// How many parameters functions of each type have.
    parameters: Vec<u32>,
    /// Functions that the module itself imports.
    imported: u32,
    /// The type of each function that it defines.
    defined: Vec<u32>,
    /// The import with which the guest pays itself, if it does.
    pay: Option<u32>,
    globals: u32,
    /// Kept for as long as `RawSection` borrows it.
    types: Vec<u8>,
    indices: Vec<u8>,
}

impl Rewriter {
    pub(super) fn import(&mut self, module: &str, name: &str) {
        if (module, name) == (MODULE, PAY) {
            self.pay = Some(self.imported);
        }
        self.imported += 1;
    }

    pub(super) fn count_globals(&mut self, count: u32) {
        self.globals = count;
    }

    /// The index of a function once ours is among the imports.
    pub(super) fn function(&self, index: u32) -> u32 {
        if index < self.imported { index } else { index + 1 }
    }

    /// The type of the host function.
    pub(super) fn refuel_type(&self) -> u32 {
        self.own_type(1)
    }

    /// The index of the global that holds the fuel.
    pub(super) fn fuel_global(&self) -> u32 {
        self.globals
    }

    fn own_type(&self, n: usize) -> u32 {
        u32::try_from(self.parameters.len() + n).unwrap_or(u32::MAX)
    }

    /// The index of the `n`th function of ours, behind those that the module defines.
    fn own_function(&self, n: u32) -> u32 {
        self.imported + 1 + u32::try_from(self.defined.len()).unwrap_or(u32::MAX) + n
    }

    fn till(&self) -> Till {
        Till { global: self.globals, refuel: self.own_function(2) }
    }

    /// The type section with our types at its end.
    pub(super) fn types(
        &mut self,
        section: &TypeSectionReader<'_>,
        wasm: &[u8],
    ) -> Result<RawSection<'_>, BinaryReaderError> {
        for group in section.clone() {
            for sub_type in group?.types() {
                // Types of other things are not used by functions.
                let parameters = match &sub_type.composite_type.inner {
                    wasmparser::CompositeInnerType::Func(function) => function.params().len(),
                    _ => 0,
                };
                self.parameters.push(u32::try_from(parameters).unwrap_or(u32::MAX));
            }
        }
        self.types = appended(
            section.count(),
            u32::try_from(TYPES.len()).unwrap_or(u32::MAX),
            wasm.get(section.range()).unwrap_or_default(),
            &TYPES.concat(),
        );
        Ok(RawSection { id: TYPE_SECTION, data: &self.types })
    }

    /// The function section with our functions at its end.
    pub(super) fn functions(
        &mut self,
        section: &FunctionSectionReader<'_>,
        wasm: &[u8],
    ) -> Result<RawSection<'_>, BinaryReaderError> {
        self.defined = section.clone().into_iter().collect::<Result<_, _>>()?;
        let mut ours = Vec::new();
        for n in [0, 0, 2] {
            self.own_type(n).encode(&mut ours);
        }
        self.indices =
            appended(section.count(), 3, wasm.get(section.range()).unwrap_or_default(), &ours);
        Ok(RawSection { id: FUNCTION_SECTION, data: &self.indices })
    }

    /// Writes the functions and ours.
    pub(super) fn code(
        &self,
        bodies: &[FunctionBody<'_>],
        wasm: &[u8],
    ) -> Result<(BranchHints, CodeSection), BinaryReaderError> {
        let anatomies = bodies.iter().map(Anatomy::of).collect::<Result<Vec<_>, _>>()?;
        let prices = fuel::prices(&anatomies, self.imported);
        let mut written = Written { first: self.imported + 1, ..Written::default() };
        for ((body, prices), ty) in bodies.iter().zip(&prices).zip(&self.defined) {
            let parameters = self.parameters.get(*ty as usize).copied().unwrap_or(0);
            written.push(&self.rewrite(body, wasm, parameters, prices)?);
        }
        let till = self.till();
        written.push(&bulk::fill(till));
        written.push(&bulk::copy(till));
        let mut refuel = Body::with_locals(0);
        till.refuel_function(&mut refuel, self.imported);
        written.push(&refuel);
        Ok((written.hints, written.bodies))
    }

    fn rewrite(
        &self,
        body: &FunctionBody<'_>,
        wasm: &[u8],
        parameters: u32,
        prices: &Prices,
    ) -> Result<Body, BinaryReaderError> {
        let till = self.till();
        let range = body.range();
        let locals = body.get_locals_reader()?;
        let (groups, mut scratch) = (locals.get_count(), parameters);
        for local in locals {
            scratch = scratch.saturating_add(local?.0);
        }
        let mut operators = body.get_operators_reader()?;
        let mut copied = operators.original_position();
        let mut out = Body::with_capacity(range.len() + 32);
        let declarations = wasm.get(range.start..copied).unwrap_or_default();
        // One more local; the engine drops it where it is not used.
        out.bytes = appended(groups, 1, declarations, &[1, I32]);
        if let Some(units) = prices.entry {
            till.pay(&mut out, units, scratch);
        }
        let mut loops = prices.loops.iter();
        let mut constant = None;
        while !operators.eof() {
            let (operator, at) = operators.read_with_offset()?;
            let next = operators.original_position();
            let replaced = match operator {
                Operator::Call { function_index } if Some(function_index) == self.pay => {
                    out.bytes.extend_from_slice(wasm.get(copied..at).unwrap_or_default());
                    copied = next;
                    till.pay_operand(&mut out, scratch);
                    None
                }
                Operator::Call { function_index } => {
                    Some(Instruction::Call(self.function(function_index)))
                }
                Operator::ReturnCall { function_index } => {
                    Some(Instruction::ReturnCall(self.function(function_index)))
                }
                Operator::RefFunc { function_index } => {
                    Some(Instruction::RefFunc(self.function(function_index)))
                }
                Operator::MemoryFill { .. } if !bulk::is_short(constant) => {
                    Some(Instruction::Call(self.own_function(0)))
                }
                Operator::MemoryCopy { .. } if !bulk::is_short(constant) => {
                    Some(Instruction::Call(self.own_function(1)))
                }
                Operator::Loop { .. } => {
                    if let Some(Some(units)) = loops.next() {
                        out.bytes.extend_from_slice(wasm.get(copied..next).unwrap_or_default());
                        copied = next;
                        till.pay(&mut out, *units, scratch);
                    }
                    None
                }
                _ => None,
            };
            if let Some(replaced) = replaced {
                out.bytes.extend_from_slice(wasm.get(copied..at).unwrap_or_default());
                out.write(&replaced);
                copied = next;
            }
            constant = match operator {
                Operator::I32Const { value } => Some(value),
                _ => None,
            };
        }
        out.bytes.extend_from_slice(wasm.get(copied..range.end).unwrap_or_default());
        Ok(out)
    }
}

/// Functions written so far.
#[derive(Debug, Default)]
struct Written {
    /// The index of the first of them.
    first: u32,
    bodies: CodeSection,
    hints: BranchHints,
}

impl Written {
    fn push(&mut self, body: &Body) {
        if !body.unlikely.is_empty() {
            let hint =
                |offset: &u32| BranchHint { branch_func_offset: *offset, branch_hint_value: 0 };
            let hints: Vec<_> = body.unlikely.iter().map(hint).collect();
            self.hints.function_hints(self.first + self.bodies.len(), hints);
        }
        self.bodies.raw(&body.bytes);
    }
}

/// A body in the making.
#[derive(Debug, Default)]
pub(super) struct Body {
    bytes: Vec<u8>,
    unlikely: Vec<u32>,
}

impl Body {
    fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), unlikely: Vec::new() }
    }

    /// An empty body with `count` locals of type `i32`, fewer than 128.
    pub(super) fn with_locals(count: u8) -> Self {
        let bytes = if count == 0 { vec![0] } else { vec![1, count, I32] };
        Self { bytes, unlikely: Vec::new() }
    }
}

impl Writer for Body {
    fn write(&mut self, instruction: &Instruction<'_>) {
        instruction.encode(&mut self.bytes);
    }

    fn unlikely_if(&mut self) {
        // A body of 4 GiB cannot be encoded in the first place.
        self.unlikely.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        self.write(&IF);
    }
}

/// The contents of a vector that starts with a count, with `more` entries at the end.
fn appended(count: u32, more: u32, contents: &[u8], entries: &[u8]) -> Vec<u8> {
    // The count may be padded; it is what precedes the first entry, so skip it byte by byte.
    let skip = contents.iter().position(|byte| byte & 0x80 == 0).map_or(0, |last| last + 1);
    let mut section = Vec::with_capacity(contents.len() + entries.len() + 5);
    (count + more).encode(&mut section);
    section.extend_from_slice(contents.get(skip..).unwrap_or_default());
    section.extend_from_slice(entries);
    section
}
