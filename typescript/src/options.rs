//! What can be asked of the transformation, as a `tsconfig.json` among the files or a program itself does.

use coderunner_executor::JobFile;
use oxc::{
    allocator::Allocator,
    ast::ast::{Expression, ObjectPropertyKind},
    parser::Parser,
    span::SourceType,
};

/// The options that make a difference when nothing is type-checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) decorators: Decorators,
    pub(crate) jsx: Jsx,
    /// `useDefineForClassFields`.
    pub(crate) define_fields: bool,
}

/// Which decorators are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decorators {
    /// Those of the language.
    Standard,
    /// `experimentalDecorators`.
    Legacy {
        /// `emitDecoratorMetadata`.
        metadata: bool,
    },
}

/// What becomes of JSX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Jsx {
    /// Calls of `React.createElement` where there is a `React`, else elements are made without it.
    Default,
    /// `jsx: react`.
    Classic {
        /// `jsxFactory`.
        factory: Option<String>,
        /// `jsxFragmentFactory`.
        fragment: Option<String>,
    },
    /// `jsx: react-jsx`.
    Automatic {
        /// `jsxImportSource`.
        source: Option<String>,
    },
}

impl Default for Options {
    fn default() -> Self {
        Self { decorators: Decorators::Standard, jsx: Jsx::Default, define_fields: true }
    }
}

/// What a program says that decorators of before the standard are meant: types and names that only those have.
const LEGACY_WORDS: [&str; 7] = [
    "PropertyDescriptor",
    "MethodDecorator",
    "PropertyDecorator",
    "ClassDecorator",
    "ParameterDecorator",
    "propertyKey",
    "reflect-metadata",
];
/// And those of the standard.
const STANDARD_WORDS: [&str; 6] = [
    "ClassMethodDecoratorContext",
    "ClassFieldDecoratorContext",
    "ClassDecoratorContext",
    "ClassGetterDecoratorContext",
    "ClassSetterDecoratorContext",
    "ClassAccessorDecoratorContext",
];

impl Options {
    /// What `files` ask for: a `tsconfig.json` among them first, then what the `sources` themselves say.
    pub(crate) fn of<'a>(
        files: &[JobFile],
        sources: &(impl Iterator<Item = &'a str> + Clone),
    ) -> Self {
        let mut options = Self::default();
        let says = |words: &[&str]| {
            sources.clone().any(|source| words.iter().any(|word| source.contains(word)))
        };
        if says(&LEGACY_WORDS) && !says(&STANDARD_WORDS) {
            options.decorators = Decorators::Legacy { metadata: says(&["reflect-metadata"]) };
        }
        if let Some(file) = files.iter().find(|file| file.path.as_str() == "tsconfig.json") {
            options.read(&String::from_utf8_lossy(&file.contents));
        }
        options
    }

    /// Takes over what a `tsconfig.json` says. What cannot be read, and options that make no difference here, are passed over.
    fn read(&mut self, config: &str) {
        let allocator = Allocator::default();
        // JSON with comments and trailing commas is an expression of JavaScript.
        let Ok(root) = Parser::new(&allocator, config, SourceType::cjs()).parse_expression() else {
            return;
        };
        let Some(options) = member(&root, "compilerOptions") else { return };
        let flag = |name| match member(options, name) {
            Some(Expression::BooleanLiteral(literal)) => Some(literal.value),
            _ => None,
        };
        let text = |name| match member(options, name) {
            Some(Expression::StringLiteral(literal)) => Some(literal.value.to_string()),
            _ => None,
        };
        match flag("experimentalDecorators") {
            Some(true) => {
                let metadata = flag("emitDecoratorMetadata").unwrap_or(false);
                self.decorators = Decorators::Legacy { metadata };
            }
            Some(false) => self.decorators = Decorators::Standard,
            None => {}
        }
        self.define_fields = flag("useDefineForClassFields").unwrap_or(self.define_fields);
        match text("jsx").as_deref() {
            Some("react") => {
                let (factory, fragment) = (text("jsxFactory"), text("jsxFragmentFactory"));
                self.jsx = Jsx::Classic { factory, fragment };
            }
            Some("react-jsx" | "react-jsxdev") => {
                self.jsx = Jsx::Automatic { source: text("jsxImportSource") };
            }
            _ => {}
        }
    }
}

/// The member `name` of an object literal.
fn member<'a, 'b>(object: &'b Expression<'a>, name: &str) -> Option<&'b Expression<'a>> {
    let Expression::ObjectExpression(object) = object else { return None };
    object.properties.iter().find_map(|property| match property {
        ObjectPropertyKind::ObjectProperty(property)
            if property.key.is_specific_static_name(name) =>
        {
            Some(&property.value)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_read_with_comments_and_trailing_commas() {
        let mut options = Options::default();
        options.read(
            r#"{ /* strict */ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true, // yes
                "useDefineForClassFields": false, "jsx": "react", "jsxFactory": "h", }, }"#,
        );
        assert_eq!(options.decorators, Decorators::Legacy { metadata: true });
        assert!(!options.define_fields);
        assert_eq!(options.jsx, Jsx::Classic { factory: Some("h".to_owned()), fragment: None });
        for broken in ["", "{", "[1]", r#"{"compilerOptions": 3}"#] {
            let mut options = Options::default();
            options.read(broken);
            assert_eq!(options, Options::default());
        }
    }
}
