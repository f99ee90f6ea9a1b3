//! What the transformer does not do as `tsc` does, done before its turn as edits of the source: every line stays where it is.
//!
//! - Standard decorators and `accessor` members become calls of helpers (`helpers/esDecorate.js`) and pairs of accessors.
//! - Types of other files are not passed on.
//! - What a namespace exports is reached through the namespace, so that it can change, and be used in a further block of the same name.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

use oxc::{
    ast::Comment,
    ast::ast::{
        AccessorProperty, AssignmentTargetPropertyIdentifier, Class, ClassElement, ClassType,
        Declaration, Decorator, Expression, IdentifierReference, ImportOrExportKind,
        MethodDefinition, MethodDefinitionKind, ObjectProperty, Program, PropertyDefinition,
        PropertyKey, Statement, TSNamespaceDeclaration, TSNamespaceDeclarationBody,
        VariableDeclarationKind,
    },
    ast_visit::{Visit, walk},
    diagnostics::OxcDiagnostic,
    semantic::{Scoping, SemanticBuilder},
    span::{GetSpan, Span},
};

use crate::{exports, transform::without};

/// The source with edits, or `None` if it needs none.
/// `is_type` tells whether a name of another module is a type.
///
/// # Errors
/// There are decorators where they are not supported.
pub(crate) fn lower(
    source: &str,
    program: &Program<'_>,
    standard_decorators: bool,
    is_type: &dyn Fn(&str, &str) -> bool,
) -> Result<Option<String>, Vec<OxcDiagnostic>> {
    let mut edits = Vec::new();
    passed_on(source, program, is_type, &mut edits);
    if source.contains("namespace") || source.contains("module") {
        namespaces(program, &mut edits);
    }
    if source.contains("accessor") || (standard_decorators && source.contains('@')) {
        let comments: Vec<Comment> = program.comments.iter().copied().collect();
        let uncommented = without(&comments, source);
        let mut classes = Classes {
            source,
            uncommented,
            standard_decorators,
            count: 0,
            edits: Vec::new(),
            refused: Vec::new(),
        };
        classes.visit_program(program);
        if !classes.refused.is_empty() {
            return Err(classes.refused);
        }
        edits.append(&mut classes.edits);
    }
    Ok(if edits.is_empty() { None } else { apply(source, edits) })
}

/// A part of the source and what takes its place.
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

/// `None` if two edits are at odds, which leaves the matter to the transformer.
fn apply(source: &str, mut edits: Vec<Edit>) -> Option<String> {
    edits.sort_by_key(|edit| (edit.start, edit.end));
    let mut text = String::with_capacity(source.len() * 2);
    let mut at = 0;
    for edit in edits {
        text.push_str(source.get(at..edit.start)?);
        text.push_str(&edit.text);
        at = edit.end;
    }
    text.push_str(source.get(at..)?);
    Some(text)
}

/// Line breaks stay, everything else becomes blank.
fn blank(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\r' { c } else { ' ' }).collect()
}

// ---- exports ----

fn passed_on(
    source: &str,
    program: &Program<'_>,
    is_type: &dyn Fn(&str, &str) -> bool,
    edits: &mut Vec<Edit>,
) {
    let mut imports = None;
    for statement in &program.body {
        let (specifiers, module) = match statement {
            Statement::ExportFromDeclaration(export) => {
                (&export.specifiers, Some(export.source.value.as_str()))
            }
            Statement::ExportNamedDeclaration(export) => (&export.specifiers, None),
            _ => continue,
        };
        for specifier in specifiers {
            let local = specifier.local.name();
            let gone = match module {
                Some(module) => is_type(module, local.as_str()),
                None => imports
                    .get_or_insert_with(|| exports::imports(program))
                    .get(local.as_str())
                    .is_some_and(|(module, name)| is_type(module, name)),
            };
            if !gone || specifier.export_kind == ImportOrExportKind::Type {
                continue;
            }
            let (start, mut end) = (specifier.span.start as usize, specifier.span.end as usize);
            // With the comma after it.
            let rest = &source[end..];
            if rest.trim_start().starts_with(',') {
                end += rest.find(',').map_or(0, |at| at + 1);
            }
            edits.push(Edit { start, end, text: blank(&source[start..end]) });
        }
    }
}

// ---- namespaces ----

/// A block of a namespace.
struct Block {
    /// The blocks that are one namespace have the same.
    path: String,
    name: String,
    span: Span,
    exports: HashSet<String>,
    /// Where exported variables that can change are declared.
    changing: HashSet<Span>,
}

#[derive(Default)]
struct Blocks {
    path: Vec<String>,
    blocks: Vec<Block>,
}

impl<'a> Visit<'a> for Blocks {
    fn visit_ts_namespace_declaration(&mut self, namespace: &TSNamespaceDeclaration<'a>) {
        if namespace.declare {
            return;
        }
        self.path.push(namespace.id.name.to_string());
        if let TSNamespaceDeclarationBody::TSModuleBlock(body) = &namespace.body {
            let mut block = Block {
                path: self.path.join("."),
                name: namespace.id.name.to_string(),
                span: body.span,
                exports: HashSet::new(),
                changing: HashSet::new(),
            };
            for statement in &body.body {
                if let Statement::ExportDeclaration(export) = statement {
                    block.add(&export.declaration);
                }
            }
            self.blocks.push(block);
        }
        walk::walk_ts_namespace_declaration(self, namespace);
        self.path.pop();
    }
}

impl Block {
    fn add(&mut self, declaration: &Declaration<'_>) {
        if let Declaration::VariableDeclaration(variables) = declaration {
            for identifier in
                variables.declarations.iter().flat_map(|v| v.id.get_binding_identifiers())
            {
                self.exports.insert(identifier.name.to_string());
                if variables.kind != VariableDeclarationKind::Const {
                    self.changing.insert(identifier.span);
                }
            }
        } else if let Some(id) = declaration.id() {
            if !declaration.is_type() && !declaration.declare() {
                self.exports.insert(id.name.to_string());
            }
        } else if let Declaration::TSNamespaceDeclaration(namespace) = declaration {
            self.exports.insert(namespace.id.name.to_string());
        }
    }
}

fn namespaces(program: &Program<'_>, edits: &mut Vec<Edit>) {
    let mut blocks = Blocks::default();
    blocks.visit_program(program);
    let blocks = blocks.blocks;
    let mut all: HashMap<&str, HashSet<&str>> = HashMap::new();
    for block in &blocks {
        all.entry(&block.path).or_default().extend(block.exports.iter().map(String::as_str));
    }
    let is_plain = |block: &Block| {
        block.changing.is_empty() && all[block.path.as_str()].len() == block.exports.len()
    };
    if blocks.iter().all(is_plain) {
        return;
    }
    let scoping =
        SemanticBuilder::new().with_build_nodes(false).build(program).semantic.into_scoping();
    let mut references = References { blocks: &blocks, all: &all, scoping: &scoping, edits };
    references.visit_program(program);
}

struct References<'b> {
    blocks: &'b [Block],
    /// What the blocks of a namespace export together, by its path.
    all: &'b HashMap<&'b str, HashSet<&'b str>>,
    scoping: &'b Scoping,
    edits: &'b mut Vec<Edit>,
}

impl References<'_> {
    /// `identifier` as it can be reached from anywhere, if it has to be.
    fn qualified(&self, identifier: &IdentifierReference<'_>) -> Option<String> {
        let name = identifier.name.as_str();
        let symbol = self.scoping.get_reference(identifier.reference_id()).symbol_id();
        // Inner blocks come after the ones that they are in.
        let around =
            self.blocks.iter().rev().filter(|block| block.span.contains_inclusive(identifier.span));
        for block in around {
            let is_inside =
                symbol.is_some_and(|s| block.span.contains_inclusive(self.scoping.symbol_span(s)));
            let changes =
                symbol.is_some_and(|s| block.changing.contains(&self.scoping.symbol_span(s)));
            let elsewhere = !is_inside && self.all[block.path.as_str()].contains(name);
            if changes || elsewhere {
                return Some(format!("{}.{name}", block.name));
            }
            if is_inside {
                return None;
            }
        }
        None
    }

    fn edit(&mut self, span: Span, text: String) {
        self.edits.push(Edit { start: span.start as usize, end: span.end as usize, text });
    }
}

impl<'a> Visit<'a> for References<'_> {
    fn visit_identifier_reference(&mut self, identifier: &IdentifierReference<'a>) {
        if let Some(text) = self.qualified(identifier) {
            self.edit(identifier.span, text);
        }
    }

    fn visit_object_property(&mut self, property: &ObjectProperty<'a>) {
        match &property.value {
            Expression::Identifier(identifier) if property.shorthand => {
                if let Some(text) = self.qualified(identifier) {
                    self.edit(property.span, format!("{}: {text}", identifier.name));
                }
            }
            _ => walk::walk_object_property(self, property),
        }
    }

    fn visit_assignment_target_property_identifier(
        &mut self,
        property: &AssignmentTargetPropertyIdentifier<'a>,
    ) {
        if let Some(text) = self.qualified(&property.binding) {
            self.edit(property.binding.span, format!("{}: {text}", property.binding.name));
        }
        if let Some(value) = &property.init {
            self.visit_expression(value);
        }
    }
}

// ---- classes ----

struct Classes<'b> {
    source: &'b str,
    /// The same with blanks in place of comments.
    uncommented: Vec<u8>,
    standard_decorators: bool,
    /// Classes and members that were given names.
    count: usize,
    edits: Vec<Edit>,
    /// What is decorated and cannot be.
    refused: Vec<OxcDiagnostic>,
}

/// A member's key in the forms in which it is needed.
struct Key {
    /// As it stands in a class.
    declared: String,
    /// As a value: what the decorator is told.
    name: String,
    /// With the object in front of it.
    accessed: String,
    is_private: bool,
}

impl Classes<'_> {
    fn text(&self, span: Span) -> &str {
        &self.source[span.start as usize..span.end as usize]
    }

    fn insert(&mut self, at: u32, text: String) {
        self.edits.push(Edit { start: at as usize, end: at as usize, text });
    }

    fn blank(&mut self, span: Span) {
        let text = blank(self.text(span));
        self.edits.push(Edit { start: span.start as usize, end: span.end as usize, text });
    }

    fn blank_all(&mut self, decorators: &[Decorator<'_>]) {
        for decorator in decorators {
            self.blank(decorator.span);
        }
    }

    fn list(&self, decorators: &[Decorator<'_>]) -> String {
        let texts = decorators.iter().map(|decorator| {
            let span = decorator.expression.span();
            String::from_utf8_lossy(&self.uncommented[span.start as usize..span.end as usize])
        });
        // On one line: the lines of what was taken away are still there.
        texts.collect::<Vec<_>>().join(", ").replace('\n', " ")
    }

    fn key(&self, key: &PropertyKey<'_>, computed: bool) -> Key {
        let text = self.text(key.span()).to_owned();
        match key {
            PropertyKey::PrivateIdentifier(_) => Key {
                name: format!("{text:?}"),
                accessed: format!(".{text}"),
                declared: text,
                is_private: true,
            },
            PropertyKey::StaticIdentifier(_) => Key {
                name: format!("{text:?}"),
                accessed: format!(".{text}"),
                declared: text,
                is_private: false,
            },
            _ => Key {
                accessed: format!("[{text}]"),
                declared: if computed { format!("[{text}]") } else { text.clone() },
                name: text,
                is_private: false,
            },
        }
    }

    /// What `__esDecorate` is told of a member.
    fn member(
        &self,
        kind: &str,
        key: &Key,
        is_static: bool,
        decorators: &[Decorator<'_>],
    ) -> String {
        let Key { name, accessed, declared, is_private } = key;
        let within = if *is_private { declared } else { name };
        let mut access = format!("has: (o) => {within} in o");
        if kind != "setter" {
            let _ = write!(access, ", get: (o) => o{accessed}");
        }
        if matches!(kind, "setter" | "accessor" | "field") {
            let _ = write!(access, ", set: (o, v) => {{ o{accessed} = v; }}");
        }
        let decorators = self.list(decorators);
        format!("[{kind:?}, {name}, {is_static}, {is_private}, [{decorators}], {{ {access} }}]")
    }

    /// Gives a field its value by way of its decorators, if it has any: it is the member `index` of the class `class`.
    fn field(
        &mut self,
        (class, index): (&str, usize),
        is_static: bool,
        value: Option<&Expression<'_>>,
        (declared_end, end): (u32, u32),
    ) {
        let call = format!("__runInitializers(this, {class}[{index}].init");
        match value {
            Some(value) => {
                let span = value.span();
                self.insert(span.start, format!("{call}, "));
                self.insert(span.end, ")".to_owned());
            }
            None => self.insert(declared_end, format!(" = {call})")),
        }
        let extra = format!("__runInitializers(this, {class}[{index}].extra)");
        self.insert(
            end,
            if is_static {
                format!("; static {{ {extra}; }}")
            } else {
                format!("; #{class}e{index} = void {extra};")
            },
        );
    }

    /// `accessor x = 1` as a private field and accessors to it.
    fn accessor(&mut self, property: &AccessorProperty<'_>, key: &Key) {
        self.count += 1;
        let storage = format!("#__a{}", self.count);
        let is_static = if property.r#static { "static " } else { "" };
        let start = property.decorators.last().map_or(property.span.start, |d| d.span.end);
        let key_end = self.key_end(&property.key, property.computed);
        let between = Span::new(start, key_end);
        let lines = "\n".repeat(self.text(between).matches('\n').count());
        self.edits.push(Edit {
            start: between.start as usize,
            end: between.end as usize,
            text: format!("{lines} {is_static}{storage}"),
        });
        let Key { declared, .. } = key;
        self.insert(
            property.span.end,
            format!("; {is_static}get {declared}() {{ return this.{storage}; }} {is_static}set {declared}(v) {{ this.{storage} = v; }}"),
        );
    }

    fn key_end(&self, key: &PropertyKey<'_>, computed: bool) -> u32 {
        let end = key.span().end;
        if !computed {
            return end;
        }
        let rest = &self.source[end as usize..];
        end + u32::try_from(rest.find(']').map_or(0, |at| at + 1)).unwrap_or(0)
    }

    fn property(
        &mut self,
        property: &PropertyDefinition<'_>,
        class: &str,
        members: &mut Vec<String>,
    ) {
        let key = self.key(&property.key, property.computed);
        members.push(self.member("field", &key, property.r#static, &property.decorators));
        self.blank_all(&property.decorators);
        let key_end = self.key_end(&property.key, property.computed);
        let declared_end = property.type_annotation.as_ref().map_or(key_end, |t| t.span.end);
        if property.definite || property.optional {
            // Neither goes with a value.
            let mark = self.source[key_end as usize..].find(['!', '?']).unwrap_or(0);
            let at = key_end + u32::try_from(mark).unwrap_or(0);
            self.blank(Span::new(at, at + 1));
        }
        let declared_end =
            if property.type_annotation.is_none() && (property.definite || property.optional) {
                declared_end + 1
            } else {
                declared_end
            };
        let ends = (declared_end, property.span.end);
        self.field((class, members.len() - 1), property.r#static, property.value.as_ref(), ends);
    }

    fn method(&mut self, method: &MethodDefinition<'_>, members: &mut Vec<String>) {
        let kind = match method.kind {
            MethodDefinitionKind::Get => "getter",
            MethodDefinitionKind::Set => "setter",
            MethodDefinitionKind::Method => "method",
            MethodDefinitionKind::Constructor => return,
        };
        let key = self.key(&method.key, method.computed);
        if method.value.body.is_none() {
            return;
        }
        if key.is_private {
            // What a private method is cannot be replaced from outside of it.
            let problem = OxcDiagnostic::error("Decorators of private methods are not supported")
                .with_help("make the method public, or call the decorator in a static block")
                .with_label(method.key.span());
            self.refused.push(problem);
            return;
        }
        members.push(self.member(kind, &key, method.r#static, &method.decorators));
        self.blank_all(&method.decorators);
    }

    fn class(&mut self, class: &Class<'_>) {
        self.count += 1;
        let state = format!("__d{}", self.count);
        let mut members = Vec::new();
        let mut is_decorated = !class.decorators.is_empty();
        let mut has_methods = false;
        for element in &class.body.body {
            let before = members.len();
            match element {
                ClassElement::PropertyDefinition(property) if !property.decorators.is_empty() => {
                    self.property(property, &state, &mut members);
                }
                ClassElement::AccessorProperty(property) => {
                    let key = self.key(&property.key, property.computed);
                    if !property.decorators.is_empty() && self.standard_decorators {
                        members.push(self.member(
                            "accessor",
                            &key,
                            property.r#static,
                            &property.decorators,
                        ));
                        self.blank_all(&property.decorators);
                        let key_end = self.key_end(&property.key, property.computed);
                        let declared_end =
                            property.type_annotation.as_ref().map_or(key_end, |t| t.span.end);
                        self.accessor(property, &key);
                        let ends = (declared_end, property.span.end);
                        self.field(
                            (&state, members.len() - 1),
                            property.r#static,
                            property.value.as_ref(),
                            ends,
                        );
                    } else {
                        self.accessor(property, &key);
                    }
                }
                ClassElement::MethodDefinition(method) if !method.decorators.is_empty() => {
                    self.method(method, &mut members);
                    has_methods |= members.len() > before && !method.r#static;
                }
                _ => {}
            }
            is_decorated |= members.len() > before;
        }
        if !is_decorated {
            return;
        }
        let decorate =
            format!(" static {{ __esDecorate(this, {state}, [{}]); }}", members.join(", "));
        let first = if has_methods {
            format!("{decorate} #{state}i = void __runInitializers(this, {state}.extra);")
        } else {
            decorate
        };
        self.insert(class.body.span.start + 1, first);
        self.wrap(class, &state);
    }

    /// Puts the class into a function, in which its decorators have their place.
    fn wrap(&mut self, class: &Class<'_>, state: &str) {
        let own = class.id.as_ref().map(|id| id.name.to_string());
        let name = own.clone().unwrap_or_else(|| format!("{state}c"));
        self.blank_all(&class.decorators);
        if let Some(id) = &class.id {
            self.blank(id.span);
        }
        // What stands between the decorators and the keyword.
        let from =
            class.decorators.last().map_or(class.span.start, |d| d.span.end.max(class.span.start));
        let head = &self.source[from as usize..class.body.span.start as usize];
        let Some(keyword) = find_word(head, "class") else { return };
        let keyword = from + keyword;
        let mut before = Span::new(from, keyword);
        if let Some(at) = find_word(self.text(before), "abstract") {
            self.blank(Span::sized(from + at, 8));
        }
        let decorators = self.list(&class.decorators);
        let start = format!(
            "(() => {{ const {state} = {{ extra: [], staticExtra: [], decorators: [{decorators}] }}; let {name} = "
        );
        let end = format!("; return {name} = __esDecorateClass({name}, {state}); }})()");
        if class.r#type == ClassType::ClassExpression {
            self.insert(keyword, start);
            self.insert(class.span.end, end);
            return;
        }
        // `export default` may stand in front of it all.
        let line = &self.source[..class.span.start as usize];
        let outer = line.trim_end();
        if let Some(rest) = outer.strip_suffix("default").map(str::trim_end)
            && rest.ends_with("export")
        {
            before = Span::new(
                u32::try_from(rest.len() - 6).unwrap_or(0),
                u32::try_from(outer.len()).unwrap_or(0),
            );
            self.blank(before);
            self.insert(keyword, format!("let {name} = {start}"));
            self.insert(class.span.end, format!("{end}; export {{ {name} as default }};"));
            return;
        }
        self.insert(keyword, format!("let {name} = {start}"));
        self.insert(class.span.end, format!("{end};"));
    }
}

/// Where `word` stands in `text` as a word.
fn find_word(text: &str, word: &str) -> Option<u32> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut found = text.match_indices(word).filter(|(at, _)| {
        !text[..*at].ends_with(is_word) && !text[at + word.len()..].starts_with(is_word)
    });
    found.next().and_then(|(at, _)| u32::try_from(at).ok())
}

impl<'a> Visit<'a> for Classes<'_> {
    fn visit_class(&mut self, class: &Class<'a>) {
        let is_accessor =
            |element: &ClassElement| matches!(element, ClassElement::AccessorProperty(_));
        if !class.declare && (self.standard_decorators || class.body.body.iter().any(is_accessor)) {
            self.class(class);
        }
        walk::walk_class(self, class);
    }
}
