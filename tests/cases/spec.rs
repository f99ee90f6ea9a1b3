//! `case.toml`: what a program is given and what is expected of it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use coderunner_executor::{Limits, Outcome, Resource, Termination};
use coderunner_languages::Language;
use serde::Deserialize;

use crate::backends::OwnPrograms;

/// A case, read from its folder.
pub(super) struct Case {
    pub(super) name: String,
    folder: PathBuf,
    pub(super) spec: Spec,
}

/// The program of a case in one language.
pub(super) enum Program {
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// The whole of `case.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// What the case is about, where its name does not say it all.
    #[serde(default, rename = "about")]
    _about: Option<String>,
    #[serde(default)]
    pub(super) args: Vec<String>,
    #[serde(default)]
    pub(super) env: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) stdin: Input,
    #[serde(default)]
    limits: LimitsSpec,
    #[serde(default)]
    expect: Expect,
    /// Expectations of single languages or backends, over the general ones.
    #[serde(default)]
    differs: BTreeMap<String, Difference>,
    /// The languages or backends that the case is about, if it is not about all.
    only: Option<Selection>,
    /// Languages or backends that the case is not about.
    without: Option<Selection>,
    /// Programs too large to be kept as files: texts, each with the number of its repetitions.
    #[serde(default)]
    generate: BTreeMap<String, Vec<(String, usize)>>,
}

/// Languages, by identifier or by the backend that runs them (`wasm`, `container`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Selection {
    languages: Vec<String>,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    reason: String,
    #[serde(default)]
    expect: Expect,
    #[serde(default)]
    limits: LimitsSpec,
}

/// Standard input.
#[derive(Default, Deserialize)]
#[serde(untagged)]
pub(super) enum Input {
    #[default]
    Empty,
    Text(String),
    Hex {
        hex: String,
    },
    /// Sent piece by piece, then closed.
    Live {
        live: Vec<String>,
    },
    /// Open to the end, with nothing in it.
    Open {
        open: bool,
    },
}

/// Limits in the units of the command line.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsSpec {
    wall_ms: Option<u64>,
    cpu_ms: Option<u64>,
    memory_mb: Option<u64>,
    output_kb: Option<u64>,
    disk_kb: Option<u64>,
    files: Option<u32>,
    processes: Option<u32>,
}

/// How a program should end, and what it should leave.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    /// `exit 0` (the default), `exit` (with any code), `limit memory`, `crash`, `failure` (anything but `exit 0`).
    end: Option<String>,
    /// `run` (the default) or `compile`.
    stage: Option<String>,
    stdout: Option<Text>,
    stderr: Option<Text>,
    /// Files made or changed: exactly these.
    pub(super) files: Option<BTreeMap<String, Text>>,
}

/// Bytes and how closely they are looked at.
#[derive(Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(super) enum Text {
    Exactly(String),
    Hex { hex: String },
    Repeat { repeat: String, times: usize },
    Contains { contains: Vec<String> },
    Any { any: bool },
}

impl Case {
    pub(super) fn read(folder: &Path) -> Self {
        let group = folder
            .parent()
            .and_then(Path::file_name)
            .expect("a case lies in a group")
            .to_string_lossy();
        let name = format!(
            "{group}/{}",
            folder.file_name().expect("a folder has a name").to_string_lossy()
        );
        let toml = fs::read_to_string(folder.join("case.toml"))
            .unwrap_or_else(|error| panic!("{name}/case.toml: {error}"));
        let spec =
            toml::from_str(&toml).unwrap_or_else(|error| panic!("{name}/case.toml: {error}"));
        Self { name, folder: folder.to_owned(), spec }
    }

    /// A case that a language brings: its `program`, and the rest as in a `case.toml`.
    pub(super) fn own(name: &str, mut table: toml::Table, language: &Language) -> Self {
        let program = match table.remove("program") {
            Some(toml::Value::String(program)) => program,
            other => panic!("{name}: the program is a text, not {other:?}"),
        };
        let mut spec: Spec =
            table.try_into().unwrap_or_else(|error| panic!("{name} of {}: {error}", language.name));
        spec.generate.insert(language.id.to_string(), vec![(program, 1)]);
        Self { name: name.to_owned(), folder: PathBuf::new(), spec }
    }

    /// Takes what `language` brings for this case, if anything.
    pub(super) fn take(&mut self, own: &mut OwnPrograms, language: &Language) {
        let id = language.id.to_string();
        if let Some(program) = own.programs.remove(&self.name) {
            self.spec.generate.insert(id.clone(), vec![(program, 1)]);
            if let Some(only) = &mut self.spec.only {
                only.languages.push(id.clone());
            }
        }
        if let Some(difference) = own.differs.remove(&self.name) {
            let difference = difference
                .try_into()
                .unwrap_or_else(|error| panic!("{} in {id}: {error}", self.name));
            self.spec.differs.insert(id, difference);
        }
    }

    /// The program in `language`.
    pub(super) fn program(&self, language: &Language) -> Option<Program> {
        if let Some(parts) = self.spec.generate.get(language.id.as_str()) {
            return Some(Program::Bytes(
                parts.iter().flat_map(|(text, times)| text.repeat(*times).into_bytes()).collect(),
            ));
        }
        language
            .extensions
            .iter()
            .map(|e| self.folder.join(format!("main.{e}")))
            .find(|path| path.exists())
            .map(Program::File)
    }

    /// Those of `languages` of which nothing is said, and those of which too much is: a program that is never run.
    pub(super) fn without_program_or_reason(&self, languages: &[&Language]) -> Vec<String> {
        let Spec { only, without, differs, .. } = &self.spec;
        let reasons = only.iter().chain(without).map(|selection| &selection.reason);
        for reason in reasons.chain(differs.values().map(|difference| &difference.reason)) {
            assert!(!reason.is_empty(), "{}: say why", self.name);
        }
        let wrong = |language: &&&Language| {
            let is_meant = only.as_ref().is_none_or(|only| only.names(language))
                && !without.as_ref().is_some_and(|without| without.names(language));
            is_meant != self.program(language).is_some()
        };
        languages.iter().filter(wrong).map(|language| language.id.to_string()).collect()
    }

    /// Files that the program finds beside it: those below `files/`.
    pub(super) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let root = self.folder.join("files");
        let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for path in entries.map(|entry| entry.expect("the folder can be read").path()) {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path
                        .strip_prefix(&root)
                        .expect("below the root")
                        .to_string_lossy()
                        .into_owned();
                    found.push((name, fs::read(&path).expect("the file can be read")));
                }
            }
        }
        found.sort();
        found
    }

    /// What differs in `language`, from the general to the particular: its backend's, its own.
    fn differences(&self, language: &Language) -> impl Iterator<Item = &Difference> {
        let names = [language.backend.as_str(), language.id.as_str()];
        names.into_iter().filter_map(|name| self.spec.differs.get(name))
    }

    /// What is expected in `language`.
    pub(super) fn expect(&self, language: &Language) -> Expect {
        self.differences(language).fold(self.spec.expect.clone(), |general, difference| {
            let own = difference.expect.clone();
            Expect {
                end: own.end.or(general.end),
                stage: own.stage.or(general.stage),
                stdout: own.stdout.or(general.stdout),
                stderr: own.stderr.or(general.stderr),
                files: own.files.or(general.files),
            }
        })
    }

    /// The limits in `language`, over those of `base`.
    pub(super) fn limits(&self, language: &Language, base: Limits) -> Limits {
        let general = self.spec.limits.over(base);
        self.differences(language)
            .fold(general, |limits, difference| difference.limits.over(limits))
    }
}

impl Selection {
    fn names(&self, language: &Language) -> bool {
        let names = [language.backend.as_str(), language.id.as_str()];
        self.languages.iter().any(|selected| names.contains(&selected.as_str()))
    }
}

impl Program {
    pub(super) fn bytes(self) -> Vec<u8> {
        match self {
            Self::File(path) => fs::read(path).expect("the program can be read"),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl LimitsSpec {
    fn over(self, base: Limits) -> Limits {
        Limits {
            wall: self.wall_ms.map_or(base.wall, Duration::from_millis),
            cpu: self.cpu_ms.map_or(base.cpu, Duration::from_millis),
            memory_bytes: self.memory_mb.map_or(base.memory_bytes, |mb| mb << 20),
            output_bytes: self.output_kb.map_or(base.output_bytes, |kb| kb << 10),
            disk_bytes: self.disk_kb.map_or(base.disk_bytes, |kb| kb << 10),
            files: self.files.unwrap_or(base.files),
            processes: self.processes.unwrap_or(base.processes),
        }
    }
}

impl Expect {
    /// What is wrong with an end and the output that came before it.
    pub(super) fn problems(&self, outcome: &Outcome, stdout: &[u8], stderr: &[u8]) -> Vec<String> {
        let mut problems = Vec::new();
        let end = &outcome.termination;
        let (stage, got_stage) = (self.stage.as_deref().unwrap_or("run"), outcome.stage.as_str());
        if stage != got_stage {
            problems.push(format!("ended in the stage {got_stage}, not {stage}"));
        }
        let wanted = self.end.as_deref().unwrap_or("exit 0");
        let got = match end {
            Termination::Exited { code } => format!("exit {code}"),
            Termination::Crashed { .. } => "crash".to_owned(),
            Termination::LimitExceeded(resource) => format!("limit {resource}"),
        };
        if let Some(resource) = wanted.strip_prefix("limit ") {
            assert!(
                Resource::ALL.iter().any(|r| r.as_str() == resource),
                "there is no resource {resource:?}"
            );
        }
        let is_among = match wanted {
            "exit" => got.starts_with("exit "),
            "failure" => got != "exit 0",
            _ => got == wanted,
        };
        if !is_among {
            problems.push(format!("expected {wanted}, got {end:?}, stderr {}", shown(stderr)));
        }
        let nothing = Text::Exactly(String::new());
        for (stream, text, got) in
            [("stdout", &self.stdout, stdout), ("stderr", &self.stderr, stderr)]
        {
            problems.extend(
                text.as_ref()
                    .unwrap_or(&nothing)
                    .problem(got)
                    .map(|problem| format!("{stream}: {problem}")),
            );
        }
        problems
    }
}

impl Text {
    /// How `got` differs.
    pub(super) fn problem(&self, got: &[u8]) -> Option<String> {
        let exactly = |wanted: &[u8]| {
            (got != wanted).then(|| format!("expected {}, got {}", shown(wanted), shown(got)))
        };
        match self {
            Self::Exactly(text) => exactly(text.as_bytes()),
            Self::Hex { hex } => exactly(&from_hex(hex)),
            Self::Repeat { repeat, times } => exactly(repeat.repeat(*times).as_bytes()),
            Self::Contains { contains } => {
                let text = String::from_utf8_lossy(got);
                contains
                    .iter()
                    .find(|part| !text.contains(*part))
                    .map(|part| format!("no {part:?} in {}", shown(got)))
            }
            Self::Any { any } => (!any).then(|| "`any` is either true or absent".to_owned()),
        }
    }
}

pub(super) fn from_hex(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("two hexadecimal digits"))
        .collect()
}

/// Bytes for people, the middle of long ones left out.
fn shown(bytes: &[u8]) -> String {
    const SHOWN_MAX: usize = 1500;
    let text = String::from_utf8_lossy(bytes);
    if text.len() <= SHOWN_MAX {
        return format!("{text:?}");
    }
    let head: String = text.chars().take(SHOWN_MAX / 2).collect();
    let tail: String =
        text.chars().rev().take(SHOWN_MAX / 2).collect::<Vec<_>>().into_iter().rev().collect();
    format!("{head:?} … {tail:?} ({} bytes)", bytes.len())
}
