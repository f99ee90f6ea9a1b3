//! One file of TypeScript, TSX or JSX as JavaScript.
//!
//! The transformer (oxc) removes types and turns what only TypeScript has into JavaScript as `tsc` does; [`crate::layout`] puts the result where its
//! source stands. Nothing is type-checked. Which files a program has, and what they import of each other, is [`crate::program`]'s business.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use oxc::{
    allocator::{Allocator, ArenaVec, ReplaceWith},
    ast::{
        Comment,
        ast::{
            CallExpression, ExportAllDeclaration, ExportFromDeclaration, Expression,
            ImportDeclaration, ImportExpression, JSXElement, JSXFragment, NumberBase,
            ReturnStatement, Statement, StringLiteral, TSExportAssignment,
            TSExternalModuleReference, TemplateElement, ThrowStatement,
        },
        builder::AstBuilder,
    },
    ast_visit::{VisitMut, walk_mut},
    codegen::{Codegen, CodegenOptions, CommentOptions},
    diagnostics::{Diagnostics, OxcDiagnostic},
    parser::Parser,
    semantic::SemanticBuilder,
    span::{GetSpan, SPAN, SourceType},
    str::Str,
    transformer::{
        ClassPropertiesOptions, HelperLoaderMode, JsxRuntime, TransformOptions, Transformer,
    },
};

use crate::{
    helpers,
    layout::{self, Anchor, Texts},
    lowering,
    options::{Decorators, Jsx, Options},
};

/// What is to be transformed.
pub(crate) struct Input<'a> {
    pub(crate) source: &'a str,
    pub(crate) kind: SourceType,
    /// The file is a module, whatever is in it.
    pub(crate) is_module: bool,
    pub(crate) options: &'a Options,
    /// [`lowering`] had its turn.
    pub(crate) is_lowered: bool,
    /// Whether a name of another module is a type and nothing else.
    pub(crate) is_type: &'a dyn Fn(&str, &str) -> bool,
    /// What a module's name in an import means, if it is not to stay.
    pub(crate) resolve: &'a dyn Fn(&str) -> Option<String>,
}

/// Transforms a file.
///
/// # Errors
/// It is not written in its language.
pub(crate) fn transform(input: &Input<'_>) -> Result<String, Vec<OxcDiagnostic>> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, input.source, input.kind).parse();
    check(parsed.diagnostics)?;
    let mut program = parsed.program;
    let standard = input.options.decorators == Decorators::Standard;
    if !input.is_lowered
        && let Some(source) = lowering::lower(input.source, &program, standard, input.is_type)?
    {
        // Said of what the user wrote, not of what was made of it.
        check(SemanticBuilder::new_compiler().build(&program).diagnostics)?;
        return transform(&Input { source: &source, is_lowered: true, ..*input });
    }
    // A line of its own would be needed at the start.
    program.hashbang = None;
    let comments: Vec<Comment> = program.comments.iter().copied().collect();

    let mut preparation = Preparation {
        source: input.source,
        builder: AstBuilder::new(&allocator),
        resolve: input.resolve,
        templates: HashSet::new(),
        has_jsx: false,
        is_commonjs: false,
    };
    preparation.visit_program(&mut program);
    let Preparation { templates, has_jsx, is_commonjs, .. } = preparation;

    let built = SemanticBuilder::new_compiler().with_enum_eval(true).build(&program);
    check(built.diagnostics)?;
    let scoping = built.semantic.into_scoping();
    let has_react = has_jsx && scoping.get_root_binding("React".into()).is_some();
    let options = transform_options(input.options, has_react);
    let transformed = Transformer::new(&allocator, Path::new(""), &options)
        .build_with_scoping(scoping, &mut program);
    check(transformed.diagnostics)?;
    if is_commonjs {
        // The mark of an ES module, left where there was nothing else to leave.
        program.body.retain(|statement| !is_empty_export(statement));
    }

    let printed = Codegen::new()
        .with_options(CodegenOptions {
            comments: CommentOptions::disabled(),
            source_map_path: Some(PathBuf::new()),
            ..CodegenOptions::default()
        })
        .with_source_text(input.source)
        .build(&program);
    let generated = &printed.code;
    let lines = (Lines::of(generated), Lines::of(input.source));
    let mut anchors = Vec::new();
    if let Some(map) = &printed.map {
        anchors.extend(map.get_tokens().map(|token| Anchor {
            generated: lines.0.offset(token.get_dst_line(), token.get_dst_col()),
            source: lines.1.offset(token.get_src_line(), token.get_src_col()),
        }));
    }

    let is_module = has_exports(&program) || input.is_module;
    let helpers = helpers::used_by(generated);
    let uncommented = without(&comments, input.source);
    let texts =
        Texts { source: input.source, uncommented: &uncommented, generated, templates: &templates };
    let prefix = format!("{}{}", if is_module { "" } else { "'use strict';" }, helpers.start);
    let mut code = layout::lay_out(texts, &prefix, &anchors);
    if !helpers.end.is_empty() {
        code.push('\n');
        code.push_str(&helpers.end);
    }
    if is_module && !has_exports(&program) {
        code.push_str("\nexport {};");
    }
    code.push('\n');
    Ok(code)
}

fn check(diagnostics: Diagnostics) -> Result<(), Vec<OxcDiagnostic>> {
    if diagnostics.has_errors() { Err(diagnostics.into_vec()) } else { Ok(()) }
}

fn is_empty_export(statement: &Statement<'_>) -> bool {
    matches!(statement, Statement::ExportNamedDeclaration(export) if export.specifiers.is_empty())
}

fn has_exports(program: &oxc::ast::ast::Program<'_>) -> bool {
    program.body.iter().any(|statement| statement.as_module_declaration().is_some())
}

fn transform_options(options: &Options, has_react: bool) -> TransformOptions {
    let mut made = TransformOptions::default();
    made.helper_loader.mode = HelperLoaderMode::External;
    made.env.es2026.explicit_resource_management = true;
    made.decorator.legacy = options.decorators != Decorators::Standard;
    made.decorator.emit_decorator_metadata =
        options.decorators == Decorators::Legacy { metadata: true };
    if !options.define_fields {
        made.assumptions.set_public_class_fields = true;
        made.typescript.remove_class_fields_without_initializer = true;
        made.env.es2022.class_properties = Some(ClassPropertiesOptions::default());
    }
    made.jsx.pure = false;
    match &options.jsx {
        Jsx::Default if has_react => made.jsx.runtime = JsxRuntime::Classic,
        Jsx::Default => {
            made.jsx.runtime = JsxRuntime::Classic;
            made.jsx.pragma = Some(helpers::JSX.to_owned());
            made.jsx.pragma_frag = Some(helpers::JSX_FRAGMENT.to_owned());
        }
        Jsx::Classic { factory, fragment } => {
            made.jsx.runtime = JsxRuntime::Classic;
            made.jsx.pragma.clone_from(factory);
            made.jsx.pragma_frag.clone_from(fragment);
        }
        Jsx::Automatic { source } => {
            made.jsx.runtime = JsxRuntime::Automatic;
            made.jsx.import_source.clone_from(source);
        }
    }
    if let Some(pragma) = &made.jsx.pragma {
        made.typescript.jsx_pragma = pragma.clone().into();
    }
    if let Some(pragma) = &made.jsx.pragma_frag {
        made.typescript.jsx_pragma_frag = pragma.clone().into();
    }
    made
}

/// What has to be known, and changed, before the transformer has its turn.
struct Preparation<'a, 'b> {
    source: &'b str,
    builder: AstBuilder<'a>,
    resolve: &'b dyn Fn(&str) -> Option<String>,
    /// Where the texts of template literals start.
    templates: HashSet<usize>,
    has_jsx: bool,
    /// There is an `import … = require(…)` or an `export = …`: what makes a file a module of the other kind.
    is_commonjs: bool,
}

impl<'a> Preparation<'a, '_> {
    fn rename(&self, name: &mut StringLiteral<'a>) {
        if let Some(new) = (self.resolve)(&name.value) {
            name.value = Str::from_str_in(&new, &self.builder);
            name.raw = None;
        }
    }

    fn rename_argument(&self, argument: &mut Expression<'a>) {
        if let Expression::StringLiteral(name) = argument {
            self.rename(name);
        }
    }

    /// `return (⏎ x)` as `return 0, x`: the printer drops the brackets, and without them nothing can stand on the next line.
    fn keep_together(&self, start: u32, argument: &mut Expression<'a>) {
        let Expression::ParenthesizedExpression(brackets) = argument else { return };
        let inner = brackets.expression.span().start;
        if !self.source[start as usize..inner as usize].contains('\n') {
            return;
        }
        argument.replace_with(|argument| {
            let zero = Expression::new_numeric_literal(
                SPAN,
                0.0,
                None,
                NumberBase::Decimal,
                &self.builder,
            );
            let both = ArenaVec::from_array_in([zero, argument], &self.builder);
            Expression::new_sequence_expression(SPAN, both, &self.builder)
        });
    }
}

impl<'a> VisitMut<'a> for Preparation<'a, '_> {
    fn visit_template_element(&mut self, element: &mut TemplateElement<'a>) {
        self.templates.insert(element.span.start as usize);
    }

    fn visit_jsx_element(&mut self, element: &mut JSXElement<'a>) {
        self.has_jsx = true;
        walk_mut::walk_jsx_element(self, element);
    }

    fn visit_jsx_fragment(&mut self, fragment: &mut JSXFragment<'a>) {
        self.has_jsx = true;
        walk_mut::walk_jsx_fragment(self, fragment);
    }

    fn visit_return_statement(&mut self, statement: &mut ReturnStatement<'a>) {
        walk_mut::walk_return_statement(self, statement);
        if let Some(argument) = &mut statement.argument {
            self.keep_together(statement.span.start, argument);
        }
    }

    fn visit_throw_statement(&mut self, statement: &mut ThrowStatement<'a>) {
        walk_mut::walk_throw_statement(self, statement);
        self.keep_together(statement.span.start, &mut statement.argument);
    }

    fn visit_import_declaration(&mut self, declaration: &mut ImportDeclaration<'a>) {
        self.rename(&mut declaration.source);
    }

    fn visit_export_from_declaration(&mut self, declaration: &mut ExportFromDeclaration<'a>) {
        self.rename(&mut declaration.source);
    }

    fn visit_export_all_declaration(&mut self, declaration: &mut ExportAllDeclaration<'a>) {
        self.rename(&mut declaration.source);
    }

    fn visit_ts_external_module_reference(
        &mut self,
        reference: &mut TSExternalModuleReference<'a>,
    ) {
        self.is_commonjs = true;
        self.rename(&mut reference.expression);
    }

    fn visit_ts_export_assignment(&mut self, assignment: &mut TSExportAssignment<'a>) {
        self.is_commonjs = true;
        walk_mut::walk_ts_export_assignment(self, assignment);
    }

    fn visit_import_expression(&mut self, import: &mut ImportExpression<'a>) {
        walk_mut::walk_import_expression(self, import);
        self.rename_argument(&mut import.source);
    }

    fn visit_call_expression(&mut self, call: &mut CallExpression<'a>) {
        walk_mut::walk_call_expression(self, call);
        if call.callee.is_specific_id("require")
            && call.arguments.len() == 1
            && let Some(argument) = call.arguments[0].as_expression_mut()
        {
            self.rename_argument(argument);
        }
    }
}

/// `source` with blanks in place of comments.
pub(crate) fn without(comments: &[Comment], source: &str) -> Vec<u8> {
    let mut text = source.as_bytes().to_vec();
    for comment in comments {
        let span = comment.span;
        if let Some(bytes) = text.get_mut(span.start as usize..span.end as usize) {
            for byte in bytes.iter_mut().filter(|byte| !byte.is_ascii_whitespace()) {
                *byte = b' ';
            }
        }
    }
    text
}

/// Where the lines of a text start, to find what a source map says; its columns count units of UTF-16.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let mut starts = vec![0];
        let bytes = text.as_bytes();
        for (at, &byte) in bytes.iter().enumerate() {
            let ends = match byte {
                b'\n' => true,
                b'\r' => bytes.get(at + 1) != Some(&b'\n'),
                // LINE SEPARATOR and PARAGRAPH SEPARATOR are E2 80 A8 and E2 80 A9.
                0xa8 | 0xa9 => bytes[..at].ends_with(&[0xe2, 0x80]),
                _ => false,
            };
            if ends {
                starts.push(at + 1);
            }
        }
        Self { text, starts }
    }

    fn offset(&self, line: u32, column: u32) -> usize {
        let Some(&start) = self.starts.get(line as usize) else { return self.text.len() };
        let end = self.starts.get(line as usize + 1).copied().unwrap_or(self.text.len());
        let text = &self.text[start..end];
        if text.is_ascii() {
            return (start + column as usize).min(self.text.len());
        }
        let mut units = 0;
        for (at, character) in text.char_indices() {
            if units >= column as usize {
                return start + at;
            }
            units += character.len_utf16();
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(source: &str) -> String {
        let input = Input {
            source,
            kind: SourceType::ts(),
            is_module: false,
            options: &Options::default(),
            is_lowered: false,
            is_type: &|_, _| false,
            resolve: &|name| (name == "./a").then(|| "./a.ts".to_owned()),
        };
        let code = transform(&input).expect("it is right");
        code.strip_prefix("'use strict';").unwrap_or(&code).to_owned()
    }

    #[test]
    fn everything_stays_on_its_line() {
        for (source, expected) in [
            (
                "\nlet x: number = f<string>(1) as any; // c",
                "\nlet x         = f        (1)       ;\n",
            ),
            // No line may end in front of an arrow.
            (
                "\nconst f = (a: number): {\n  x: number;\n} => {\n  return { x: a };\n}",
                "\nconst f = (a        ) =>\n\n     {\n  return { x: a };\n};\n",
            ),
            // Nor after `return`.
            (
                "function f() {\n  return (\n    a +\n    b\n  );\n}",
                "function f() {\n  return 0,\n    a +\n    b\n   ;\n}\n",
            ),
            (
                "\nlet s = `a ${x as string} b\n  ${y}`; z!.w",
                "\nlet s = `a ${x          } b\n  ${y}`; z .w;\n",
            ),
            (
                "enum E { A }\nf()",
                "var E = function(E) { E[E[\"A\"] = 0] = \"A\"; return E; }(E || {});\nf();\n",
            ),
            ("type T = 1\n;[1].map(x => x)\nlet u = 'q'", "\n [1].map((x) => x);\nlet u = 'q';\n"),
            // What a type stood between is not joined.
            ("x\ntype T = 1\n(y)", "x;\n\n y;\n"),
        ] {
            assert_eq!(compiled(source), expected, "{source}");
        }
    }

    #[test]
    fn modules_are_told_from_scripts() {
        assert_eq!(compiled("\nimport type { T } from './t';\n").trim(), "export {};");
        assert_eq!(
            compiled("\nimport { a } from './a'; a;"),
            "\nimport { a } from \"./a.ts\"; a;\n"
        );
        let exported = compiled("\nexport = 1;");
        assert_eq!(exported.split_whitespace().collect::<Vec<_>>(), ["module.exports", "=", "1;"]);
    }

    #[test]
    fn positions_of_a_map_are_found_in_the_text() {
        let lines = Lines::of("a\r\né😀b\u{2028}c\rd");
        let found = |line, column| lines.offset(line, column);
        assert_eq!((found(0, 1), found(1, 0), found(1, 3)), (1, 3, 9));
        assert_eq!((found(2, 0), found(3, 0), found(9, 9)), (13, 15, 16));
    }
}
