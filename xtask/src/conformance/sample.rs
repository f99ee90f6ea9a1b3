//! A sample of the suites and programs in one file, small enough to be checked in: running it needs neither sources nor registries.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Serialize;

use super::{javascript, programs, python, sandbox::Files};
use crate::SampleArgs;

/// All of it. Files are numbered where they first occur, since most programs share them.
#[derive(Default, Serialize)]
struct Sample {
    texts: Vec<String>,
    programs: Vec<Program>,
    /// Where the files come from, and on what terms.
    notices: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Program {
    language: &'static str,
    name: String,
    /// Path, and which of the texts it is; the first is the entry point.
    files: Vec<(String, usize)>,
    /// What it prints; none for a test, which says itself what became of it.
    printed: Option<String>,
}

impl Sample {
    /// Adds a program; one of whose files is no text is left out.
    fn add(&mut self, language: &'static str, name: String, files: Files, printed: Option<String>) {
        let mut numbered = Vec::new();
        for (path, contents) in files {
            // Tests of broken encodings are for the whole suite.
            let Ok(text) = String::from_utf8(contents) else { continue };
            let known = self.texts.iter().position(|known| *known == text);
            numbered.push((path, known.unwrap_or(self.texts.len())));
            if known.is_none() {
                self.texts.push(text);
            }
        }
        self.programs.push(Program { language, name, files: numbered, printed });
    }
}

pub(super) fn write(args: &SampleArgs) -> Result<()> {
    let mut sample = Sample::default();
    let (programs, licence) = python::sample(args.sources.as_deref())?;
    sample.notices.insert("CPython's test suite".to_owned(), licence);
    for (name, files) in programs {
        sample.add("python", name, files, None);
    }
    for (name, files) in javascript::sample(&args.test262, args.one_of)? {
        sample.add("javascript", name, files, None);
    }
    let licence = super::read(&args.test262.join("LICENSE"))?;
    sample.notices.insert("test262".to_owned(), licence);
    for (language, native) in [("python", &args.python), ("javascript", &args.node)] {
        for program in programs::sample(language, native)? {
            sample.add(language, program.name, program.files, Some(program.printed));
            sample.notices.extend([program.notice]);
        }
    }
    let mut json = serde_json::to_string_pretty(&sample).context("the sample as JSON")?;
    json.push('\n');
    super::print(&format!("{} programs, {} bytes", sample.programs.len(), json.len()))?;
    super::write(&super::folder().join("sample.json"), json)
}
