//! What is wrong with a program, for the person who wrote it.

use std::fmt::{self, Write as _};

use coderunner_executor::FilePath;
use oxc::diagnostics::OxcDiagnostic;

use crate::program::SOURCE_BYTES_MAX;

/// Mistakes that are shown; the rest is counted.
const REPORTS_MAX: usize = 10;
/// The longest part of a line that is shown, in characters.
const EXCERPT_MAX: usize = 120;

/// Why a program cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// It breaks the rules of its language.
    #[error("{}", list(reports))]
    Wrong {
        /// What and where.
        reports: Vec<Report>,
    },
    /// There is more of it than is compiled.
    #[error(
        "error: the program has {bytes} bytes of TypeScript; at most {SOURCE_BYTES_MAX} are compiled"
    )]
    TooLarge {
        /// How many there are.
        bytes: usize,
    },
    /// It could be nested more deeply than there is room for.
    #[error(
        "error: the program has more operators and brackets than can be compiled; make it smaller, or give data in files of their own (JSON)"
    )]
    TooDeep,
    /// The compiler could read it in too many ways.
    #[error(
        "error: the program has too many brackets that could start type arguments or parameters within each other; make it simpler"
    )]
    TooAmbiguous,
    /// The compiler failed on it.
    #[error("error: the compiler failed on this program; please report it")]
    Failed,
}

/// A mistake in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    path: FilePath,
    message: String,
    place: Option<Place>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// Both from 1, the column in characters.
    line: usize,
    column: usize,
    excerpt: String,
    /// What stands below the excerpt.
    marker: String,
}

impl Report {
    pub(crate) fn new(path: &FilePath, source: &str, diagnostic: &OxcDiagnostic) -> Self {
        let mut message = diagnostic.message.to_string();
        if let Some(help) = &diagnostic.help {
            let _ = write!(message, "\n  hint: {help}");
        }
        let label = diagnostic.labels.iter().find(|label| label.primary());
        let label = label.or_else(|| diagnostic.labels.first());
        let place =
            label.map(|label| Place::new(source, label.offset() as usize, label.len() as usize));
        Self { path: path.clone(), message, place }
    }
}

impl Place {
    fn new(source: &str, offset: usize, len: usize) -> Self {
        let offset = source.floor_char_boundary(offset);
        let start = source[..offset].rfind('\n').map_or(0, |at| at + 1);
        let end = source[offset..].find('\n').map_or(source.len(), |at| offset + at);
        let line = source[..start].matches('\n').count() + 1;
        let before: Vec<char> = source[start..offset].chars().collect();
        let after: Vec<char> = source[offset..end].trim_end_matches('\r').chars().collect();
        let marked = source[offset..source.floor_char_boundary(offset + len)].chars().count();
        // Of a long line the part around the place.
        let from = before.len().saturating_sub(EXCERPT_MAX / 2);
        let to = after.len().min(EXCERPT_MAX);
        let excerpt = before[from..].iter().chain(&after[..to]).collect();
        let blank = |c: &char| if *c == '\t' { '\t' } else { ' ' };
        let marker = before[from..].iter().map(blank).collect::<String>()
            + &"~".repeat(marked.clamp(1, to.max(1)));
        Self { line, column: before.len() + 1, excerpt, marker }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Place { line, column, excerpt, marker }) = &self.place else {
            return write!(f, "{}: error: {}", self.path, self.message);
        };
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        write!(f, "{}:{line}:{column}: error: {}\n\n", self.path, self.message)?;
        write!(f, "{number} | {excerpt}\n{margin} | {marker}")
    }
}

fn list(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports.iter().take(REPORTS_MAX) {
        let _ = write!(text, "{report}\n\n");
    }
    if let Some(more @ 1..) = reports.len().checked_sub(REPORTS_MAX) {
        let _ = write!(text, "and {more} more");
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_with_its_line() {
        let path = FilePath::new("a.ts").expect("a plain name");
        let diagnostic =
            OxcDiagnostic::error("Unexpected token").with_label(oxc::span::Span::new(12, 15));
        let report = Report::new(&path, "let é = 1;\nx 日y = 2;\r\n", &diagnostic);
        assert_eq!(
            report.to_string(),
            "a.ts:2:1: error: Unexpected token\n\n2 | x 日y = 2;\n  | ~~"
        );
        let long = format!("{}?{}", "x".repeat(500), "y".repeat(500));
        let place = Place::new(&long, 500, 1);
        assert_eq!((place.line, place.column, place.excerpt.len()), (1, 501, 180));
        // A place beyond the end is the end.
        assert_eq!(Place::new("a\n", 9, 5).line, 2);
    }
}
