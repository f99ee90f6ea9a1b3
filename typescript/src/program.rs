//! All files of a program: which are transformed, and what they import of each other.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::mpsc,
};

use bytes::Bytes;
use coderunner_executor::{FilePath, JobFile};
use oxc::span::SourceType;

use crate::{
    error::{CompileError, Report},
    exports::{self, Exports},
    nesting::{self, Room},
    options::Options,
    speculation::Waste,
    transform::{Input, transform},
};

/// The most that is transformed for one job, in bytes: what a page or a course ever has, and done in a tenth of a second.
pub const SOURCE_BYTES_MAX: usize = 1 << 20;

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    TypeScript,
    /// An ES module whatever is in it.
    Module,
    WithJsx,
    Jsx,
    /// Everything that is not transformed.
    Other,
}

impl Kind {
    fn of(path: &str) -> Self {
        let (stem, extension) = path.rsplit_once('.').unwrap_or((path, ""));
        match extension {
            // Declarations have nothing in them that runs.
            "ts" | "mts" | "cts" if Path::new(stem).extension().is_some_and(|e| e == "d") => {
                Self::Other
            }
            "ts" | "cts" => Self::TypeScript,
            "mts" => Self::Module,
            "tsx" => Self::WithJsx,
            "jsx" => Self::Jsx,
            _ => Self::Other,
        }
    }

    fn source_type(self) -> SourceType {
        match self {
            Self::TypeScript | Self::Module | Self::Other => SourceType::ts(),
            Self::WithJsx => SourceType::tsx(),
            Self::Jsx => SourceType::jsx(),
        }
    }
}

/// A program that can be compiled.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    files: Vec<JobFile>,
    room: Room,
}

/// Transforms what is TypeScript, TSX or JSX among the files of a program; the first file is, whatever it is called. The others stay as they are.
///
/// # Errors
/// Something is not written in its language, or there is more than can be transformed.
pub fn compile(files: &[JobFile]) -> Result<Vec<JobFile>, CompileError> {
    let (sender, receiver) = mpsc::sync_channel(1);
    Program::new(files)?.compile(move |result| drop(sender.send(result)))?;
    receiver.recv().unwrap_or(Err(CompileError::Failed))
}

impl Program {
    /// The program that `files` are.
    ///
    /// # Errors
    /// There is more of it than can be transformed.
    pub(crate) fn new(files: &[JobFile]) -> Result<Self, CompileError> {
        let sources = || {
            let sources = files.iter().enumerate().filter(|(index, file)| is_source(*index, file));
            sources.map(|(_, file)| &file.contents)
        };
        let bytes: usize = sources().map(Bytes::len).sum();
        if bytes > SOURCE_BYTES_MAX {
            return Err(CompileError::TooLarge { bytes });
        }
        let depth = sources().map(|contents| nesting::depth_at_most(contents)).max();
        let waste = Waste::of(sources().map(Bytes::as_ref))?;
        Ok(Self { files: files.to_vec(), room: Room::of(bytes, depth.unwrap_or(0), waste)? })
    }

    /// Whether it is compiled on the calling thread.
    pub(crate) fn is_small(&self) -> bool {
        self.room == Room::Here
    }

    /// Compiles it, here or on a thread of its own, and passes the result on. Not called if the compiler panics.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) fn compile(
        self,
        done: impl FnOnce(Result<Vec<JobFile>, CompileError>) + Send + 'static,
    ) -> Result<(), CompileError> {
        let Self { files, room } = self;
        room.start(move || done(compile_files(&files)))
    }
}

fn is_source(index: usize, file: &JobFile) -> bool {
    index == 0 || Kind::of(file.path.as_str()) != Kind::Other
}

fn compile_files(files: &[JobFile]) -> Result<Vec<JobFile>, CompileError> {
    let paths: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut texts = Vec::new();
    for (index, file) in files.iter().enumerate() {
        texts.push(is_source(index, file).then(|| {
            let text = String::from_utf8_lossy(&file.contents);
            text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
        }));
    }
    let options = Options::of(files, &texts.iter().flatten().map(String::as_str));
    // Only among several can one pass on what is another's.
    let several = texts.iter().flatten().nth(1).is_some();
    let modules: HashMap<&str, Exports> = files
        .iter()
        .zip(&texts)
        .filter(|_| several)
        .filter_map(|(file, text)| {
            let path = file.path.as_str();
            Some((path, Exports::of(text.as_ref()?, Kind::of(path).source_type())))
        })
        .collect();
    let mut reports = Vec::new();
    let mut compiled = Vec::with_capacity(files.len());
    for (file, text) in files.iter().zip(&texts) {
        let Some(text) = text else {
            compiled.push(file.clone());
            continue;
        };
        match compile_file(&file.path, text, &options, &paths, &modules) {
            Ok(code) => {
                compiled.push(JobFile { path: file.path.clone(), contents: Bytes::from(code) });
            }
            Err(mut found) => reports.append(&mut found),
        }
    }
    if reports.is_empty() { Ok(compiled) } else { Err(CompileError::Wrong { reports }) }
}

fn compile_file(
    path: &FilePath,
    source: &str,
    options: &Options,
    paths: &HashSet<&str>,
    modules: &HashMap<&str, Exports>,
) -> Result<String, Vec<Report>> {
    let kind = Kind::of(path.as_str());
    let resolve = |name: &str| resolve(path.as_str(), name, paths);
    let is_type = |module: &str, name: &str| {
        let find = |base: &str, module: &str| locate(base, module, paths);
        let found = if modules.is_empty() { None } else { find(path.as_str(), module) };
        found.is_some_and(|found| exports::is_type(modules, &found, name, &find))
    };
    let mut input = Input {
        source,
        kind: kind.source_type(),
        is_module: kind == Kind::Module,
        is_lowered: false,
        is_type: &is_type,
        options,
        resolve: &resolve,
    };
    let mut result = transform(&input);
    // A page has no name for what is on it: what is TypeScript but for its elements is TSX.
    if result.is_err()
        && input.kind.is_typescript()
        && (source.contains("</") || source.contains("/>"))
    {
        input.kind = SourceType::tsx();
        result = transform(&input).or(result);
    }
    result.map_err(|diagnostics| {
        diagnostics.iter().map(|diagnostic| Report::new(path, source, diagnostic)).collect()
    })
}

/// What `name` means in the file `base`, if it is a file among `paths` that the JavaScript runtime would not find under it: one of TypeScript
/// without its extension, or with the one that it has when compiled.
fn resolve(base: &str, name: &str, paths: &HashSet<&str>) -> Option<String> {
    let found = locate(base, name, paths)?;
    if join(base, name)? == found || PLAIN.iter().any(|plain| found.ends_with(plain)) {
        return None;
    }
    // The same file, as seen from `base`.
    let up = "../".repeat(base.matches('/').count());
    Some(if up.is_empty() { format!("./{found}") } else { format!("{up}{found}") })
}

/// What the JavaScript runtime finds without its extension.
const PLAIN: [&str; 4] = [".js", ".mjs", ".cjs", ".json"];

/// The path that `name` means in the file `base`, if it is a relative one.
fn join(base: &str, name: &str) -> Option<String> {
    if !name.starts_with("./") && !name.starts_with("../") && name != "." && name != ".." {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The file that `name` means in the file `base`, if it is among `paths`.
fn locate(base: &str, name: &str, paths: &HashSet<&str>) -> Option<String> {
    let path = join(base, name)?;
    let exists = |path: &String| paths.contains(path.as_str());
    let plain = PLAIN.iter().map(|extension| format!("{path}{extension}"));
    if let Some(found) = std::iter::once(path.clone()).chain(plain).find(exists) {
        return Some(found);
    }
    let compiled = |from: &str, to: &'static [&'static str]| {
        path.strip_suffix(from).map(|stem| to.iter().map(move |to| format!("{stem}{to}")))
    };
    let folder = if path.is_empty() { "index".to_owned() } else { format!("{path}/index") };
    compiled(".js", &[".ts", ".tsx", ".jsx"])
        .into_iter()
        .flatten()
        .chain(compiled(".mjs", &[".mts"]).into_iter().flatten())
        .chain(compiled(".cjs", &[".cts"]).into_iter().flatten())
        .chain(compiled(".jsx", &[".tsx"]).into_iter().flatten())
        .chain(
            [".ts", ".tsx", ".mts", ".cts", ".jsx"].map(|extension| format!("{path}{extension}")),
        )
        .chain([".ts", ".tsx", ".jsx"].map(|extension| format!("{folder}{extension}")))
        .find(exists)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_lead_to_files_of_typescript() {
        let paths = HashSet::from([
            "main.ts",
            "util.ts",
            "lib/index.ts",
            "lib/deep.tsx",
            "old.js",
            "both.ts",
            "both.js",
            "m.mts",
        ]);
        for (base, name, expected) in [
            ("main.ts", "./util", Some("./util.ts")),
            ("main.ts", "./util.js", Some("./util.ts")),
            ("main.ts", "./util.ts", None),
            ("main.ts", "./lib", Some("./lib/index.ts")),
            ("main.ts", "./lib/deep.js", Some("./lib/deep.tsx")),
            ("lib/deep.tsx", "../util", Some("../util.ts")),
            ("lib/deep.tsx", ".", Some("../lib/index.ts")),
            ("main.ts", "./m.mjs", Some("./m.mts")),
            ("main.ts", "./old", None),
            ("main.ts", "./both", None),
            ("main.ts", "./missing", None),
            ("main.ts", "fs", None),
            ("main.ts", "../../util", None),
        ] {
            assert_eq!(resolve(base, name, &paths).as_deref(), expected, "{name} in {base}");
        }
    }
}
