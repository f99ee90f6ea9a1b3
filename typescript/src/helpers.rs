//! Functions that transformed code calls: they are put into each file that needs them, so that nothing has to be imported.

use std::fmt::Write as _;

/// Makes an element where there is no React.
pub(crate) const JSX: &str = "__jsx";
/// The fragment of [`JSX`].
pub(crate) const JSX_FRAGMENT: &str = "__jsxFragment";
/// Decorates the members of a class as the language's standard says.
pub(crate) const DECORATE: &str = "__esDecorate";
/// Where the transformer expects its helpers.
const NAMESPACE: &str = "babelHelpers";

/// Function declarations, by name: they are known from the start of a file, wherever they stand.
const FUNCTIONS: [(&str, &str); 5] = [
    (JSX, include_str!("helpers/jsx.js")),
    ("decorate", include_str!("helpers/decorate.js")),
    ("decorateParam", include_str!("helpers/decorateParam.js")),
    ("decorateMetadata", include_str!("helpers/decorateMetadata.js")),
    ("usingCtx", include_str!("helpers/usingCtx.js")),
];

/// What a file needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Helpers {
    /// In front of it, on its first line.
    pub(crate) start: String,
    /// After it.
    pub(crate) end: String,
}

/// The helpers that `code` calls.
pub(crate) fn used_by(code: &str) -> Helpers {
    let mut helpers = Helpers::default();
    if code.contains(JSX) {
        helpers.end.push_str(FUNCTIONS[0].1);
    }
    if code.contains(DECORATE) {
        helpers.end.push_str(include_str!("helpers/esDecorate.js"));
    }
    if !code.contains(NAMESPACE) {
        return helpers;
    }
    helpers.start.push_str("var babelHelpers={");
    for (name, source) in FUNCTIONS.iter().skip(1) {
        if code.contains(&format!("{NAMESPACE}.{name}(")) {
            let _ = write!(helpers.start, "{name}:__{name},");
            helpers.end.push_str(source);
        }
    }
    helpers.start.push_str("};");
    helpers
}
