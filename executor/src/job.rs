//! What a caller wants to have run.
//!
//! A job is plain data (apart from live standard input). It is made by the edges, which have resolved the language and
//! clamped the limits; executors trust its types but not its sizes.

use std::fmt;

use bytes::Bytes;

use crate::{LanguageId, Limits, Stdin, Ticket};

/// One program to run once.
#[derive(Debug)]
pub struct Job {
    /// The language, by its canonical identifier.
    pub language: LanguageId,
    /// The program's files; the first is the entry point. Never empty.
    pub files: Vec<JobFile>,
    /// Options for the compiler, from the language's allow-list. Languages that are not compiled take none.
    pub compile_args: Vec<String>,
    /// Arguments, without the program's name.
    pub args: Vec<String>,
    /// Environment variables; nothing else is in the guest's environment but what its language sets.
    pub env: Vec<(String, String)>,
    /// Standard input.
    pub stdin: Stdin,
    /// What the execution may use.
    pub limits: Limits,
    /// Which files come back with the outcome.
    pub collect: Collect,
    /// Who wants it, and how urgent it is.
    pub ticket: Ticket,
}

impl Job {
    /// A job of one file, with no arguments, no input and the default limits.
    #[must_use]
    pub fn new(language: LanguageId, entry: FilePath, source: impl Into<Bytes>) -> Self {
        Self {
            language,
            files: vec![JobFile { path: entry, contents: source.into() }],
            compile_args: Vec::new(),
            args: Vec::new(),
            env: Vec::new(),
            stdin: Stdin::Empty,
            limits: Limits::default(),
            collect: Collect::Nothing,
            ticket: Ticket::default(),
        }
    }
}

/// Which files come back with the [`Outcome`](crate::Outcome).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Collect {
    /// None.
    #[default]
    Nothing,
    /// Those that the program created or changed in its working folder.
    Changed,
}

/// A file given to, or made by, a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFile {
    /// Where it lies, relative to the working folder.
    pub path: FilePath,
    /// What is in it.
    pub contents: Bytes,
}

/// A path inside the working folder: relative, `/`-separated, without `.`, `..`, empty parts or NUL.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FilePath(Box<str>);

/// Why a text is no [`FilePath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilePathError {
    /// The text is empty.
    #[error("a file name is empty")]
    Empty,
    /// The path starts at the root.
    #[error("file path {path:?} is absolute; give it relative to the working folder")]
    Absolute {
        /// The offending text.
        path: String,
    },
    /// A part is `.`, `..` or empty.
    #[error("file path {path:?} has a part {part:?}; only plain names are allowed")]
    Part {
        /// The offending text.
        path: String,
        /// The offending part.
        part: String,
    },
    /// A NUL or another control character.
    #[error("file path {path:?} contains a control character")]
    Control {
        /// The offending text.
        path: String,
    },
    /// Longer than [`FilePath::BYTES_MAX`], or a part longer than [`FilePath::PART_BYTES_MAX`].
    #[error(
        "file path of {bytes} bytes is too long; at most {} bytes, {} in each part",
        FilePath::BYTES_MAX,
        FilePath::PART_BYTES_MAX
    )]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

impl FilePath {
    /// The longest path, in bytes.
    pub const BYTES_MAX: usize = 1024;
    /// The longest part, in bytes: what Linux file systems take (`NAME_MAX`).
    pub const PART_BYTES_MAX: usize = 255;

    /// Checks `path`.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub fn new(path: &str) -> Result<Self, FilePathError> {
        if path.is_empty() {
            return Err(FilePathError::Empty);
        }
        if path.len() > Self::BYTES_MAX {
            return Err(FilePathError::TooLong { bytes: path.len() });
        }
        if path.chars().any(char::is_control) {
            return Err(FilePathError::Control { path: path.to_owned() });
        }
        if path.starts_with('/') {
            return Err(FilePathError::Absolute { path: path.to_owned() });
        }
        for part in path.split('/') {
            if matches!(part, "" | "." | "..") {
                return Err(FilePathError::Part { path: path.to_owned(), part: part.to_owned() });
            }
            if part.len() > Self::PART_BYTES_MAX {
                return Err(FilePathError::TooLong { bytes: path.len() });
            }
        }
        Ok(Self(path.into()))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_relative_paths_are_taken() {
        for path in ["a.py", "pkg/__init__.py", "ä/日本.txt", ".hidden", "a..b", "with space"] {
            assert_eq!(FilePath::new(path).map(|p| p.as_str().to_owned()).as_deref(), Ok(path));
        }
    }

    #[test]
    fn anything_that_could_leave_the_folder_is_refused() {
        for path in ["", "/etc/passwd", "..", "a/../b", "./a", "a//b", "a/", "a\0b", "a\nb"] {
            assert!(FilePath::new(path).is_err(), "{path:?}");
        }
        assert!(FilePath::new(&"x".repeat(256)).is_err());
        assert!(FilePath::new(&"x/".repeat(600)).is_err());
    }
}
