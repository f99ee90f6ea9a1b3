//! A snapshotted module taken apart: code without data, and the memory image that the data described.
//!
//! The engine would copy or map the data at each instantiation; slots hold it already. What is left must not be able to change
//! anything but memory and globals, or a fresh instance on a clean slot would not be all of the initial state: such modules are refused
//! (see `docs/guest-abi.md`).
//!
//! On the way the code is metered (`fuel`), and bulk memory operations are cut into pieces (`bulk`): the engine cannot interrupt one, and filling
//! fresh memory takes half a millisecond a megabyte.

mod bulk;
mod code;
mod fuel;

use wasm_encoder::{
    ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, GlobalSection,
    GlobalType, ImportSection, Module, RawSection, ValType,
};
use wasmparser::{
    DataKind, ElementItems, ElementKind, ExternalKind, Operator, Parser, Payload, TypeRef,
};

use coderunner_host_api::{MODULE, REFUEL};

use self::code::Rewriter;

/// Changes with what is made of the same module, so that caches do not keep what an older version made.
pub(crate) const VERSION: u32 = 4;

/// Mutable globals are exported under this prefix and their index, to be read and restored by the host.
pub(crate) const GLOBAL_PREFIX: &str = "coderunner_global_";
/// The global with what is left of the guest's fuel is exported under this name.
pub(crate) const FUEL: &str = "coderunner_fuel";
/// The type of that global.
const FUEL_TYPE: GlobalType = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
/// Guests initialise at most this much memory; a module that declares more is refused before it is allocated.
const IMAGE_BYTES_MAX: u64 = 512 << 20;
const WASM_PAGE: u64 = 64 << 10;

/// The two parts.
#[derive(Debug)]
pub(crate) struct Split {
    /// The module without its data segments, with every mutable global exported.
    pub(crate) module: Vec<u8>,
    /// Its initial memory.
    pub(crate) image: Vec<u8>,
}

/// Why a module cannot be a guest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// It is no valid module.
    #[error("the module is damaged")]
    Malformed(#[from] wasmparser::BinaryReaderError),
    /// It breaks a rule of the guest ABI.
    #[error("the module breaks the guest ABI: {rule}")]
    Abi {
        /// Which rule.
        rule: String,
    },
}

fn refuse<T>(rule: impl Into<String>) -> Result<T, SplitError> {
    Err(SplitError::Abi { rule: rule.into() })
}

/// Takes `wasm` apart; an instance of it starts with `slice` units of fuel.
pub(crate) fn split(wasm: &[u8], slice: i32) -> Result<Split, SplitError> {
    let mut module = Module::new();
    let mut image: Option<Vec<u8>> = None;
    let mut mutable_globals = Vec::new();
    let mut rewriter = Rewriter::default();
    let mut imports = ImportSection::new();
    let (mut bodies, mut bodies_count) = (Vec::new(), 0);
    // Whether the sections have gone by that get an entry of ours: a module need not have them.
    let (mut has_imports, mut has_globals) = (false, false);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    let import = import?;
                    let TypeRef::Func(ty) = import.ty else {
                        return refuse("only functions may be imported");
                    };
                    imports.import(import.module, import.name, EntityType::Function(ty));
                    rewriter.import(import.module, import.name);
                }
                imports.import(MODULE, REFUEL, EntityType::Function(rewriter.refuel_type()));
                module.section(&imports);
                has_imports = true;
                continue;
            }
            Payload::TypeSection(section) => {
                module.section(&rewriter.types(section, wasm)?);
                continue;
            }
            Payload::FunctionSection(section) => {
                if !has_imports {
                    imports.import(MODULE, REFUEL, EntityType::Function(rewriter.refuel_type()));
                    module.section(&imports);
                }
                module.section(&rewriter.functions(section, wasm)?);
                continue;
            }
            Payload::MemorySection(section) => {
                for memory in section.clone() {
                    let memory = memory?;
                    let bytes = memory.initial.saturating_mul(WASM_PAGE);
                    if image.is_some()
                        || memory.memory64
                        || memory.shared
                        || memory.page_size_log2.is_some()
                    {
                        return refuse("there is one memory, 32 bit, not shared, of 64 KiB pages");
                    }
                    if bytes > IMAGE_BYTES_MAX {
                        return refuse(format!(
                            "an initial memory of {bytes} bytes is more than {IMAGE_BYTES_MAX}"
                        ));
                    }
                    image = Some(vec![0; usize::try_from(bytes).unwrap_or(usize::MAX)]);
                }
            }
            Payload::GlobalSection(section) => {
                let mut ours = GlobalSection::new();
                for (index, global) in (0_u32..).zip(section.clone()) {
                    let global = global?;
                    if global.ty.mutable {
                        mutable_globals.push(index);
                    }
                    let ty = GlobalType {
                        val_type: number_type(global.ty.content_type)?,
                        mutable: global.ty.mutable,
                        shared: global.ty.shared,
                    };
                    let mut value = global.init_expr.get_binary_reader();
                    let value = value.read_bytes(value.bytes_remaining())?;
                    // Without its `end`, which the encoder writes.
                    ours.global(ty, &ConstExpr::raw(value[..value.len() - 1].iter().copied()));
                }
                has_globals = true;
                rewriter.count_globals(section.count());
                ours.global(FUEL_TYPE, &ConstExpr::i32_const(slice));
                module.section(&ours);
                continue;
            }
            Payload::ElementSection(section) => {
                module.section(&elements(section, &rewriter)?);
                continue;
            }
            Payload::StartSection { .. } => return refuse("there is no start function"),
            Payload::CodeSectionStart { count, .. } => {
                bodies_count = *count as usize;
                continue;
            }
            Payload::CodeSectionEntry(body) => {
                for operator in body.get_operators_reader()? {
                    refuse_hidden_state(&operator?)?;
                }
                bodies.push(body.clone());
                if bodies.len() == bodies_count {
                    let (hints, code) = rewriter.code(&bodies, wasm)?;
                    module.section(&hints).section(&code);
                }
                continue;
            }
            Payload::DataSection(section) => {
                let image = image.as_deref_mut().unwrap_or_default();
                for segment in section.clone() {
                    let segment = segment?;
                    place(&segment.kind, segment.data, image)?;
                }
            }
            _ => {}
        }
        if let Payload::ExportSection(section) = &payload {
            if !has_globals {
                module
                    .section(GlobalSection::new().global(FUEL_TYPE, &ConstExpr::i32_const(slice)));
            }
            module.section(&exports(section, &mutable_globals, &rewriter)?);
        } else if let Some((id, range)) = payload.as_section()
            && !is_data(id)
        {
            module.section(&RawSection { id, data: wasm.get(range).unwrap_or_default() });
        }
    }
    let Some(image) = image else { return refuse("there is one memory, defined in the module") };
    Ok(Split { module: module.finish(), image })
}

/// Data and data count are taken out; custom sections (names, producers) are of no use to the engine.
fn is_data(id: u8) -> bool {
    const CUSTOM: u8 = 0;
    const DATA: u8 = 11;
    const DATA_COUNT: u8 = 12;
    matches!(id, CUSTOM | DATA | DATA_COUNT)
}

/// Refuses what changes state that neither memory nor globals hold.
fn refuse_hidden_state(operator: &Operator<'_>) -> Result<(), SplitError> {
    match operator {
        Operator::MemoryInit { .. } | Operator::DataDrop { .. } => {
            refuse("code must not use data segments")
        }
        Operator::TableSet { .. }
        | Operator::TableGrow { .. }
        | Operator::TableFill { .. }
        | Operator::TableCopy { .. }
        | Operator::TableInit { .. }
        | Operator::ElemDrop { .. } => refuse("code must not change tables"),
        _ => Ok(()),
    }
}

/// Copies an active segment to its place. Wizer leaves empty passive segments behind; they mean nothing.
fn place(kind: &DataKind<'_>, data: &[u8], image: &mut [u8]) -> Result<(), SplitError> {
    let DataKind::Active { memory_index: 0, offset_expr } = kind else {
        return if data.is_empty() { Ok(()) } else { refuse("there are no passive data segments") };
    };
    let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
        return refuse("data segments have constant offsets");
    };
    let at = value.cast_unsigned() as usize;
    match image.get_mut(at..at.saturating_add(data.len())) {
        Some(target) => target.copy_from_slice(data),
        None => return refuse("data segments lie within the initial memory"),
    }
    Ok(())
}

/// The type of a global, which has to be a number: references could be to functions, whose indices change.
fn number_type(ty: wasmparser::ValType) -> Result<ValType, SplitError> {
    Ok(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(_) => return refuse("globals are numbers"),
    })
}

/// The module's table elements, by the functions' new indices.
fn elements(
    section: &wasmparser::ElementSectionReader<'_>,
    rewriter: &Rewriter,
) -> Result<ElementSection, SplitError> {
    let mut elements = ElementSection::new();
    for element in section.clone() {
        let element = element?;
        let ElementKind::Active { table_index, offset_expr } = &element.kind else {
            return refuse("there are no passive element segments");
        };
        let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
            return refuse("element segments have constant offsets");
        };
        let ElementItems::Functions(functions) = &element.items else {
            return refuse("tables hold functions");
        };
        let functions = functions.clone().into_iter().map(|index| Ok(rewriter.function(index?)));
        let functions: Vec<u32> = functions.collect::<Result<_, SplitError>>()?;
        let items = Elements::Functions(functions.into());
        elements.active(*table_index, &ConstExpr::i32_const(value), items);
    }
    Ok(elements)
}

/// The module's exports and its mutable globals besides.
fn exports(
    section: &wasmparser::ExportSectionReader<'_>,
    mutable_globals: &[u32],
    rewriter: &Rewriter,
) -> Result<ExportSection, SplitError> {
    let mut exports = ExportSection::new();
    for export in section.clone() {
        let export = export?;
        let mut index = export.index;
        let kind = match export.kind {
            ExternalKind::Func => {
                index = rewriter.function(index);
                ExportKind::Func
            }
            ExternalKind::Memory => ExportKind::Memory,
            ExternalKind::Global => ExportKind::Global,
            // A table could only be changed by the host, which never does.
            ExternalKind::Table => ExportKind::Table,
            _ => return refuse("only functions, memories, globals and tables are exported"),
        };
        exports.export(export.name, kind, index);
    }
    for index in mutable_globals {
        exports.export(&format!("{GLOBAL_PREFIX}{index}"), ExportKind::Global, *index);
    }
    exports.export(FUEL, ExportKind::Global, rewriter.fuel_global());
    Ok(exports)
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use wasm_encoder::{
        CodeSection, DataSection, Function, FunctionSection, Instruction, MemorySection,
        MemoryType, TypeSection,
    };

    use super::*;

    /// A module with one page of memory, a mutable global, data, and a function of these instructions.
    fn module(data: &[(i32, &[u8])], body: &[Instruction<'_>]) -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        module.section(&types);
        let mut functions = FunctionSection::new();
        functions.function(0);
        module.section(&functions);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
        let mut globals = GlobalSection::new();
        globals.global(
            GlobalType { val_type: ValType::I32, mutable: true, shared: false },
            &ConstExpr::i32_const(7),
        );
        module.section(&globals);
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0);
        module.section(&exports);
        module
            .section(&wasm_encoder::DataCountSection { count: u32::try_from(data.len()).unwrap() });
        let mut code = CodeSection::new();
        let mut function = Function::new([]);
        for instruction in body {
            function.instruction(instruction);
        }
        function.instruction(&Instruction::End);
        code.function(&function);
        module.section(&code);
        let mut segments = DataSection::new();
        for (at, bytes) in data {
            segments.active(0, &ConstExpr::i32_const(*at), bytes.iter().copied());
        }
        module.section(&segments);
        module.finish()
    }

    #[test]
    fn data_moves_into_the_image_and_globals_become_visible() {
        let split = split(&module(&[(3, b"abc"), (65530, b"xyz")], &[]), 1000).unwrap();
        assert_eq!(split.image.len(), 65536);
        assert_eq!(
            (&split.image[..7], &split.image[65530..65533]),
            (&b"\0\0\0abc\0"[..], &b"xyz"[..])
        );
        wasmparser::validate(&split.module).unwrap();
        let text = String::from_utf8_lossy(&split.module);
        assert!(text.contains("coderunner_global_0") && text.contains("memory"));
        assert!(!text.contains("abc"));
    }

    #[test]
    fn bulk_operations_of_unknown_length_go_through_the_bounded_ones() {
        use Instruction as I;
        let operands = [I::I32Const(0), I::I32Const(1), I::GlobalGet(0)];
        let constant = [I::I32Const(0), I::I32Const(1), I::I32Const(64)];
        let copy = I::MemoryCopy { src_mem: 0, dst_mem: 0 };
        let body: Vec<_> = [
            &operands[..],
            &[I::MemoryFill(0)],
            &operands,
            from_ref(&copy),
            &constant,
            from_ref(&copy),
        ]
        .concat();
        let split = split(&module(&[], &body), 1000).unwrap();
        wasmparser::validate(&split.module).unwrap();
        let mut functions = Vec::new();
        for payload in Parser::new(0).parse_all(&split.module) {
            if let Payload::CodeSectionEntry(body) = payload.unwrap() {
                let operators: Vec<_> =
                    body.get_operators_reader().unwrap().into_iter().map(Result::unwrap).collect();
                functions.push(operators);
            }
        }
        // The module's own, two for bulk operations, one that refuels.
        assert_eq!(functions.len(), 4);
        let calls: Vec<_> =
            functions[0].iter().filter(|o| matches!(o, Operator::Call { .. })).collect();
        assert!(
            matches!(
                calls[..],
                [Operator::Call { function_index: 2 }, Operator::Call { function_index: 3 }]
            ),
            "{calls:?}"
        );
        assert_eq!(
            functions[0].iter().filter(|o| matches!(o, Operator::MemoryCopy { .. })).count(),
            1
        );
    }

    #[test]
    fn what_a_snapshot_cannot_hold_is_refused() {
        let outside = module(&[(65535, b"ab")], &[]);
        assert!(
            split(&outside, 1000).unwrap_err().to_string().contains("within the initial memory")
        );
        let drops = module(&[(0, b"a")], &[Instruction::DataDrop(0)]);
        assert!(split(&drops, 1000).unwrap_err().to_string().contains("data segments"));
        assert!(matches!(split(b"\0asm\x01\0\0\0\x05\x01", 1000), Err(SplitError::Malformed(_))));
        assert!(matches!(split(b"\0asm\x01\0\0\0", 1000), Err(SplitError::Abi { .. })));
    }
}
