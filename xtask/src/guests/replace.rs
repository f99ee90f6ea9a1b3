//! Functions of a module that is not compiled here, replaced by a guest's own.
//!
//! A guest that is joined from modules (wasm-merge) can export a function as `replace NAME`: it then is what the module calls where it called the
//! function that it exports as `NAME`, and where it calls itself, it calls that one. The bodies of the two change places, and nothing else.

use std::{borrow::Cow, collections::HashMap};

use anyhow::{Context, Result};
use wasm_encoder::{CodeSection, Module, RawSection};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

const PREFIX: &str = "replace ";

/// `module` with its replacements in place; as it is if it has none.
pub(super) fn swap(module: &[u8]) -> Result<Cow<'_, [u8]>> {
    let mut imported = 0;
    let mut exported = HashMap::new();
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        exported.insert(export.name, export.index);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let replacements: Vec<&str> =
        exported.keys().filter_map(|name| name.strip_prefix(PREFIX)).collect();
    if replacements.is_empty() {
        return Ok(Cow::Borrowed(module));
    }
    for name in replacements {
        let place = |export: &str| -> Result<usize> {
            let index = exported.get(export).with_context(|| format!("no function {export}"))?;
            let defined = index.checked_sub(imported).context("an import cannot be replaced")?;
            Ok(usize::try_from(defined)?)
        };
        bodies.swap(place(name)?, place(&format!("{PREFIX}{name}"))?);
    }
    with_bodies(module, &bodies).map(Cow::Owned)
}

/// `module` with other bodies of functions, all sections else as they are.
fn with_bodies(module: &[u8], bodies: &[&[u8]]) -> Result<Vec<u8>> {
    let mut replaced = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::CodeSectionStart { .. } = payload {
            let mut code = CodeSection::new();
            for body in bodies {
                code.raw(body);
            }
            replaced.section(&code);
        } else if let Some((id, range)) = payload.as_section() {
            let data = module.get(range).context("a section is in its module")?;
            replaced.section(&RawSection { id, data });
        }
    }
    Ok(replaced.finish())
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, TypeSection,
        ValType,
    };
    use wasmtime::{Engine, Instance, Store};

    use super::swap;

    /// Exports `number`, which is 3, `run`, which calls it, and a replacement that adds 4 to what it replaces.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        let mut functions = FunctionSection::new();
        let mut exports = ExportSection::new();
        for (index, name) in (0..).zip(["number", "run", "replace number"]) {
            functions.function(0);
            exports.export(name, ExportKind::Func, index);
        }
        let mut bodies = [(); 3].map(|()| Function::new([]));
        let [number, run, replacement] = &mut bodies;
        number.instructions().i32_const(3).end();
        run.instructions().call(0).end();
        replacement.instructions().call(2).i32_const(4).i32_add().end();
        let mut code = CodeSection::new();
        for body in &bodies {
            code.function(body);
        }
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&exports).section(&code);
        module.finish()
    }

    #[test]
    fn a_replacement_is_called_and_calls_what_it_replaces() {
        let engine = Engine::default();
        let swapped = swap(&module()).expect("it can be replaced").into_owned();
        let module = wasmtime::Module::new(&engine, swapped).expect("still a module");
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("it imports nothing");
        let run = instance.get_typed_func::<(), i32>(&mut store, "run").expect("it is exported");
        assert_eq!(run.call(&mut store, ()).expect("it ends"), 7);
    }
}
