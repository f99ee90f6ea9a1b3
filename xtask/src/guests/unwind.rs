//! Leaving many calls at once, as C's `longjmp` and C++'s exceptions do, for guests that need it.
//!
//! WebAssembly's own exceptions are no way: the engine keeps each on a garbage-collected heap, which would have to be made and reset for every run.
//! A guest imports the two functions of `guest-sdk/unwind.h` instead, and here, before the snapshot is taken, they are replaced by ordinary code:
//! throwing sets a global, and every call of a function that may throw is followed by a look at it, which returns when it is set. So trying costs
//! nothing, throwing costs what returning costs, and neither the runtime nor its metering knows of it.

use std::{collections::HashSet, convert::Infallible};

use anyhow::{Context, Result, ensure};
use wasm_encoder::{
    BlockType, CodeSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    Instruction as I, Module, ValType,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CompositeInnerType, ElementItems, FuncType, FunctionBody, Operator, Parser, Payload, TypeRef,
};

/// The module from which a guest imports the two functions, and their names.
const MODULE: &str = "unwind";
const TRY: &str = "try";
const THROW: &str = "throw";
/// The shadow stack's pointer: by LLVM's convention the first global. Functions that are left early have not put it back.
const STACK_POINTER: u32 = 0;
const POINTER: wasmparser::ValType = wasmparser::ValType::I32;

/// `module` without the imports of `unwind`; as it is if it has none.
pub(super) fn lower(module: &[u8]) -> Result<Vec<u8>> {
    let anatomy = Anatomy::of(module)?;
    let Some(functions) = anatomy.functions()? else { return Ok(module.to_vec()) };
    let throwing = anatomy.throwing(functions);
    let mut lowering = Lowering { anatomy: &anatomy, functions, throwing, body: 0 };
    let mut lowered = Module::new();
    lowering
        .parse_core_module(&mut lowered, Parser::new(0), module)
        .map_err(|error| anyhow::anyhow!("lowering the imports of {MODULE}: {error}"))?;
    Ok(lowered.finish())
}

/// What the lowering has to know of a module beforehand.
#[derive(Default)]
struct Anatomy {
    types: Vec<FuncType>,
    /// The module, the name and the type of each imported function.
    imports: Vec<(String, String, u32)>,
    /// The type of each function, the imported ones first.
    functions: Vec<u32>,
    globals: u32,
    /// Functions in tables.
    elements: HashSet<u32>,
    /// Of each function that is defined: those that it calls, and the types of those that it calls through a table.
    calls: Vec<(HashSet<u32>, HashSet<u32>)>,
}

/// The two functions, by the indices of their imports, and the type of what `try` calls.
#[derive(Clone, Copy)]
struct Functions {
    attempt: u32,
    throw: u32,
    tried: u32,
}

/// Who may throw.
struct Throwing {
    /// For each function.
    functions: Vec<bool>,
    /// Types of which a function in a table may.
    types: HashSet<u32>,
}

impl Anatomy {
    fn of(module: &[u8]) -> Result<Self> {
        let mut anatomy = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        for sub_type in group?.types() {
                            let CompositeInnerType::Func(function) = &sub_type.composite_type.inner
                            else {
                                anyhow::bail!("a type that is no function's")
                            };
                            anatomy.types.push(function.clone());
                        }
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if let TypeRef::Func(ty) = import.ty {
                            let names = (import.module.to_owned(), import.name.to_owned());
                            anatomy.imports.push((names.0, names.1, ty));
                            anatomy.functions.push(ty);
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        anatomy.functions.push(ty?);
                    }
                }
                Payload::GlobalSection(section) => anatomy.globals = section.count(),
                Payload::ElementSection(section) => {
                    for element in section {
                        let ElementItems::Functions(functions) = element?.items else {
                            anyhow::bail!("a table of something else than functions")
                        };
                        for function in functions {
                            anatomy.elements.insert(function?);
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => anatomy.calls.push(calls_of(&body)?),
                _ => {}
            }
        }
        Ok(anatomy)
    }

    /// The two functions, if the module imports them.
    fn functions(&self) -> Result<Option<Functions>> {
        let find = |wanted: &str| {
            self.imports
                .iter()
                .position(|(module, name, _)| module == MODULE && name == wanted)
                .map(|at| u32::try_from(at).context("more imports than a module can have"))
                .transpose()
        };
        for (module, name, _) in &self.imports {
            ensure!(
                module != MODULE || name == TRY || name == THROW,
                "{MODULE} has no function {name:?}"
            );
        }
        match (find(TRY)?, find(THROW)?) {
            (None, None) => Ok(None),
            (Some(attempt), Some(throw)) => {
                let tried = self
                    .types
                    .iter()
                    .position(|ty| ty.params() == [POINTER, POINTER] && ty.results().is_empty());
                let tried = tried.context("the module has no function that could be tried")?;
                Ok(Some(Functions { attempt, throw, tried: u32::try_from(tried)? }))
            }
            _ => anyhow::bail!("a guest imports both functions of {MODULE}, or none"),
        }
    }

    /// Who may throw: whoever calls `throw`, or somebody who may.
    fn throwing(&self, functions: Functions) -> Throwing {
        let mut may = vec![false; self.functions.len()];
        may[functions.throw as usize] = true;
        let mut types = HashSet::new();
        loop {
            let mut changed = false;
            for (at, (called, called_types)) in (self.imports.len()..).zip(&self.calls) {
                if !may[at]
                    && (called.iter().any(|callee| may[*callee as usize])
                        || !called_types.is_disjoint(&types))
                {
                    may[at] = true;
                    changed = true;
                }
            }
            for function in self.elements.iter().filter(|at| may[**at as usize]) {
                changed |= types.insert(self.functions[*function as usize]);
            }
            if !changed {
                return Throwing { functions: may, types };
            }
        }
    }
}

fn calls_of(body: &FunctionBody<'_>) -> Result<(HashSet<u32>, HashSet<u32>)> {
    let (mut functions, mut types) = (HashSet::new(), HashSet::new());
    for operator in body.get_operators_reader()? {
        match operator? {
            Operator::Call { function_index } => {
                functions.insert(function_index);
            }
            Operator::CallIndirect { type_index, .. } => {
                types.insert(type_index);
            }
            Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. } => {
                anyhow::bail!("a tail call")
            }
            _ => {}
        }
    }
    Ok((functions, types))
}

/// Writes the module anew.
struct Lowering<'a> {
    anatomy: &'a Anatomy,
    functions: Functions,
    throwing: Throwing,
    /// How many bodies have been written.
    body: usize,
}

impl Lowering<'_> {
    /// The global that is not 0 while calls are being left.
    fn unwinding(&self) -> u32 {
        self.anatomy.globals
    }

    /// The type of one of the two functions.
    fn type_of(&self, function: u32) -> u32 {
        self.anatomy.functions[function as usize]
    }

    /// `i32 try(void (*function)(void *, void *), void *first, void *second)`: 1 if it threw.
    fn attempt(&self) -> Function {
        let stack_pointer = 3;
        let mut function = Function::new([(1, ValType::I32)]);
        for instruction in [
            I::GlobalGet(STACK_POINTER),
            I::LocalSet(stack_pointer),
            I::LocalGet(1),
            I::LocalGet(2),
            I::LocalGet(0),
            I::CallIndirect { type_index: self.functions.tried, table_index: 0 },
            I::GlobalGet(self.unwinding()),
            I::If(BlockType::Empty),
            I::I32Const(0),
            I::GlobalSet(self.unwinding()),
            I::LocalGet(stack_pointer),
            I::GlobalSet(STACK_POINTER),
            I::I32Const(1),
            I::Return,
            I::End,
            I::I32Const(0),
            I::End,
        ] {
            function.instruction(&instruction);
        }
        function
    }

    /// `void throw(void)`: whoever called returns at once.
    fn throw(&self) -> Function {
        let mut function = Function::new([]);
        for instruction in [I::I32Const(1), I::GlobalSet(self.unwinding()), I::End] {
            function.instruction(&instruction);
        }
        function
    }

    /// A body whose calls are looked at: `block { block { … } return } zero`.
    fn watched(
        &mut self,
        body: &FunctionBody<'_>,
        ty: &FuncType,
    ) -> Result<Function, Error<Infallible>> {
        let result = match ty.results() {
            [] => BlockType::Empty,
            [result, ..] => BlockType::Result(self.val_type(*result)?),
        };
        let mut function = self.new_function_with_parsed_locals(body)?;
        function.instruction(&I::Block(BlockType::Empty)).instruction(&I::Block(result));
        let mut depth = 0;
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            let operator = reader.read()?;
            let throws = match &operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    depth += 1;
                    false
                }
                Operator::End => {
                    depth -= i32::from(!reader.eof());
                    false
                }
                Operator::Call { function_index } => {
                    self.throwing.functions[*function_index as usize]
                }
                Operator::CallIndirect { type_index, .. } => {
                    self.throwing.types.contains(type_index)
                }
                _ => false,
            };
            function.instruction(&self.instruction(operator)?);
            if throws {
                function.instruction(&I::GlobalGet(self.unwinding()));
                function.instruction(&I::BrIf(depth.cast_unsigned() + 1));
            }
        }
        function.instruction(&I::Return).instruction(&I::End);
        match ty.results() {
            [] => {}
            [wasmparser::ValType::I64] => _ = function.instruction(&I::I64Const(0)),
            [wasmparser::ValType::F32] => _ = function.instruction(&I::F32Const(0.0.into())),
            [wasmparser::ValType::F64] => _ = function.instruction(&I::F64Const(0.0.into())),
            [wasmparser::ValType::V128] => _ = function.instruction(&I::V128Const(0)),
            _ => _ = function.instruction(&I::I32Const(0)),
        }
        function.instruction(&I::End);
        Ok(function)
    }
}

impl Reencode for Lowering<'_> {
    type Error = Infallible;

    /// The two are the last functions now.
    fn function_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        let Functions { attempt, throw, .. } = self.functions;
        let count = u32::try_from(self.anatomy.functions.len()).unwrap_or(u32::MAX);
        Ok(if index == attempt {
            count - 2
        } else if index == throw {
            count - 1
        } else {
            index - u32::from(index > attempt) - u32::from(index > throw)
        })
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        for import in section.into_imports() {
            let import = import?;
            if import.module != MODULE {
                self.parse_import(imports, import)?;
            }
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        utils::parse_function_section(self, functions, section)?;
        functions.function(self.type_of(self.functions.attempt));
        functions.function(self.type_of(self.functions.throw));
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: wasmparser::GlobalSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        utils::parse_global_section(self, globals, section)?;
        globals.global(
            GlobalType { val_type: ValType::I32, mutable: true, shared: false },
            &wasm_encoder::ConstExpr::i32_const(0),
        );
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<Infallible>> {
        let at = self.anatomy.imports.len() + self.body;
        self.body += 1;
        if self.throwing.functions[at] {
            let ty = self.anatomy.types[self.anatomy.functions[at] as usize].clone();
            code.function(&self.watched(&body, &ty)?);
        } else {
            utils::parse_function_body(self, code, body)?;
        }
        if self.body == self.anatomy.calls.len() {
            code.function(&self.attempt()).function(&self.throw());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, RefType,
        TableSection, TableType, TypeSection,
    };
    use wasmtime::{Engine, Instance, Store};

    use super::*;

    /// Imports both functions and exports `test`, which tries a function that calls one that throws if its argument is not 0.
    fn module() -> Vec<u8> {
        const I32: ValType = ValType::I32;
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([I32, I32, I32], [I32]);
        types.ty().function([], []);
        types.ty().function([I32, I32], []);
        types.ty().function([I32], [I32]);
        module.section(&types);
        let mut imports = ImportSection::new();
        imports.import(MODULE, TRY, EntityType::Function(0));
        imports.import(MODULE, THROW, EntityType::Function(1));
        module.section(&imports);
        let mut functions = FunctionSection::new();
        functions.function(2).function(2).function(3);
        module.section(&functions);
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            minimum: 1,
            maximum: Some(1),
            table64: false,
            shared: false,
        });
        module.section(&tables);
        let mut globals = GlobalSection::new();
        for value in [100, 0] {
            let ty = GlobalType { val_type: I32, mutable: true, shared: false };
            globals.global(ty, &ConstExpr::i32_const(value));
        }
        module.section(&globals);
        let mut exports = ExportSection::new();
        exports.export("test", ExportKind::Func, 4);
        exports.export("stack_pointer", ExportKind::Global, STACK_POINTER);
        exports.export("returned", ExportKind::Global, 1);
        module.section(&exports);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions([3].as_slice().into()));
        module.section(&elements);
        let bodies: [&[I<'_>]; 3] = [
            &[I::LocalGet(0), I::If(BlockType::Empty), I::Call(1), I::Unreachable, I::End],
            &[
                I::I32Const(7),
                I::GlobalSet(STACK_POINTER),
                I::LocalGet(0),
                I::LocalGet(1),
                I::Call(2),
                I::I32Const(1),
                I::GlobalSet(1),
            ],
            &[I::I32Const(0), I::LocalGet(0), I::I32Const(0), I::Call(0)],
        ];
        let mut code = CodeSection::new();
        for body in bodies {
            let mut function = Function::new([]);
            body.iter().chain([&I::End]).for_each(|instruction| {
                function.instruction(instruction);
            });
            code.function(&function);
        }
        module.section(&code);
        module.finish()
    }

    #[test]
    fn what_is_thrown_ends_at_the_innermost_try() {
        let lowered = lower(&module()).unwrap();
        let engine = Engine::default();
        let module = wasmtime::Module::new(&engine, &lowered).unwrap();
        assert_eq!(module.imports().len(), 0);
        for (throws, stack_pointer, returned) in [(0, 7, 1), (1, 100, 0)] {
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let test = instance.get_typed_func::<i32, i32>(&mut store, "test").unwrap();
            assert_eq!(test.call(&mut store, throws).unwrap(), throws);
            let mut global = |name| {
                let global = instance.get_global(&mut store, name).unwrap();
                global.get(&mut store).unwrap_i32()
            };
            assert_eq!((global("stack_pointer"), global("returned")), (stack_pointer, returned));
            // Whoever threw before does not throw again.
            assert_eq!(test.call(&mut store, 0).unwrap(), 0);
        }
    }

    #[test]
    fn a_module_that_does_not_ask_for_it_stays_as_it_is() {
        let module = Module::new().finish();
        assert_eq!(lower(&module).unwrap(), module);
    }
}
