//! Which names of a program's modules are types: they are gone when it runs, and what passes them on has to leave them out.
//!
//! Within a file the transformer sees that for itself. Here it is found across files: `export { User } from './user'` is left out where `User` is
//! an interface.

use std::collections::{HashMap, HashSet};

use oxc::{
    allocator::Allocator,
    ast::ast::{
        Declaration, ExportDefaultDeclarationKind, ImportDeclarationSpecifier, ImportOrExportKind,
        Program, Statement,
    },
    parser::Parser,
    span::SourceType,
};

/// Modules through which a name is followed.
const STEPS_MAX: usize = 16;

/// What a module exports.
#[derive(Debug, Default)]
pub(crate) struct Exports {
    types: HashSet<String>,
    values: HashSet<String>,
    /// Exported name, module, name there.
    passed_on: Vec<(String, String, String)>,
    stars: Vec<String>,
}

impl Exports {
    /// What `source` exports; nothing if it cannot be read.
    pub(crate) fn of(source: &str, kind: SourceType) -> Self {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, source, kind).parse();
        let mut exports = Self::default();
        let imports = imports(&parsed.program);
        for statement in &parsed.program.body {
            match statement {
                Statement::ExportDeclaration(export) => exports.declare(&export.declaration),
                Statement::ExportDefaultDeclaration(export) => {
                    let is_type = matches!(
                        export.declaration,
                        ExportDefaultDeclarationKind::TSInterfaceDeclaration(_)
                    );
                    let names = if is_type { &mut exports.types } else { &mut exports.values };
                    names.insert("default".to_owned());
                }
                Statement::ExportFromDeclaration(export) => {
                    for specifier in &export.specifiers {
                        exports.passed_on.push((
                            specifier.exported.name().to_string(),
                            export.source.value.to_string(),
                            specifier.local.name().to_string(),
                        ));
                    }
                }
                Statement::ExportNamedDeclaration(export) => {
                    for specifier in &export.specifiers {
                        let exported = specifier.exported.name().to_string();
                        let local = specifier.local.name();
                        if let Some((module, name)) = imports.get(local.as_str()) {
                            exports.passed_on.push((exported, module.clone(), name.clone()));
                        } else if export.export_kind == ImportOrExportKind::Type
                            || specifier.export_kind == ImportOrExportKind::Type
                            || is_local_type(&parsed.program, local.as_str())
                        {
                            exports.types.insert(exported);
                        } else {
                            exports.values.insert(exported);
                        }
                    }
                }
                Statement::ExportAllDeclaration(export) if export.exported.is_none() => {
                    exports.stars.push(export.source.value.to_string());
                }
                _ => {}
            }
        }
        exports
    }

    fn declare(&mut self, declaration: &Declaration<'_>) {
        if let Declaration::VariableDeclaration(variables) = declaration {
            let names = variables.declarations.iter().flat_map(|v| v.id.get_binding_identifiers());
            self.values.extend(names.map(|identifier| identifier.name.to_string()));
        } else if let Declaration::TSNamespaceDeclaration(namespace) = declaration {
            self.values.insert(namespace.id.name.to_string());
        } else if let Some(id) = declaration.id() {
            let names = if declaration.is_type() { &mut self.types } else { &mut self.values };
            names.insert(id.name.to_string());
        }
    }
}

/// Local names of what is imported, each with its module and its name there.
pub(crate) fn imports(program: &Program<'_>) -> HashMap<String, (String, String)> {
    let mut imports = HashMap::new();
    for statement in &program.body {
        let Statement::ImportDeclaration(import) = statement else { continue };
        for specifier in import.specifiers.iter().flatten() {
            let name = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(named) => {
                    named.imported.name().to_string()
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => "default".to_owned(),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => continue,
            };
            let local = specifier.local().name.to_string();
            imports.insert(local, (import.source.value.to_string(), name));
        }
    }
    imports
}

fn is_local_type(program: &Program<'_>, name: &str) -> bool {
    let mut is_type = false;
    for declaration in program.body.iter().filter_map(Statement::as_declaration) {
        if declaration.id().is_some_and(|id| id.name == name) {
            if !declaration.is_type() {
                return false;
            }
            is_type = true;
        }
    }
    is_type
}

/// Whether `name` of the module at `path` is a type and nothing else. `resolve` finds the path of what a module names.
pub(crate) fn is_type(
    modules: &HashMap<&str, Exports>,
    path: &str,
    name: &str,
    resolve: &dyn Fn(&str, &str) -> Option<String>,
) -> bool {
    follow(modules, path, name, resolve, STEPS_MAX) == Some(true)
}

/// `None` if it is not known.
fn follow(
    modules: &HashMap<&str, Exports>,
    path: &str,
    name: &str,
    resolve: &dyn Fn(&str, &str) -> Option<String>,
    steps: usize,
) -> Option<bool> {
    let steps = steps.checked_sub(1)?;
    let exports = modules.get(path)?;
    if exports.values.contains(name) {
        return Some(false);
    }
    if exports.types.contains(name) {
        return Some(true);
    }
    if let Some((_, module, there)) = exports.passed_on.iter().find(|(own, ..)| own == name) {
        return follow(modules, &resolve(path, module)?, there, resolve, steps);
    }
    exports
        .stars
        .iter()
        .find_map(|module| follow(modules, &resolve(path, module)?, name, resolve, steps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_followed_through_modules() {
        let modules = HashMap::from([
            (
                "a",
                "export interface T {} export class C {} export { U, V as W } from 'b'; export * from 'c'",
            ),
            ("b", "type U = 1; const V = 2; export { U, V }; export default interface D {}"),
            ("c", "import { T as X, C } from 'a'; export { X, C as Y }; export { Z } from 'c'"),
        ]);
        let modules: HashMap<&str, Exports> = modules
            .into_iter()
            .map(|(path, source)| (path, Exports::of(source, SourceType::ts())))
            .collect();
        let resolve = |_: &str, module: &str| Some(module.to_owned());
        for (path, name, expected) in [
            ("a", "T", true),
            ("a", "C", false),
            ("a", "U", true),
            ("a", "W", false),
            ("b", "default", true),
            ("a", "X", true),
            ("a", "Y", false),
            // It leads to itself, or nowhere.
            ("c", "Z", false),
            ("a", "missing", false),
            ("missing", "T", false),
        ] {
            assert_eq!(is_type(&modules, path, name, &resolve), expected, "{name} of {path}");
        }
    }
}
