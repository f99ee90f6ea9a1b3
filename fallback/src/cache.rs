//! Compiled programs by the digest of all that determines them. What is remembered only ever goes into a fresh container.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use coderunner_executor::{Job, OutputStream};
use sha2::{Digest as _, Sha256};

/// A program larger than this is not remembered.
pub(crate) const PROGRAM_BYTES_MAX: u64 = 16 << 20;
/// Nor is one whose compiler said more than this.
pub(crate) const MESSAGES_BYTES_MAX: usize = 64 << 10;

/// What identifies a compiled program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// The key of `job`'s program, compiled in `image`. Its environment is not the compiler's.
    pub(crate) fn of(job: &Job, image: &str) -> Self {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(image.as_bytes());
        part(job.language.as_str().as_bytes());
        part(&(job.compile_args.len() as u64).to_le_bytes());
        job.compile_args.iter().for_each(|option| part(option.as_bytes()));
        for file in &job.files {
            part(file.path.as_str().as_bytes());
            part(&file.contents);
        }
        Self(hash.finalize().into())
    }
}

/// A compiled program: its files, and what the compiler said.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) files: Vec<ProgramFile>,
    pub(crate) messages: Vec<(OutputStream, Bytes)>,
}

/// A file in `/program`.
#[derive(Debug)]
pub(crate) struct ProgramFile {
    pub(crate) path: String,
    pub(crate) executable: bool,
    pub(crate) contents: Vec<u8>,
}

impl Program {
    fn bytes(&self) -> u64 {
        let files = self.files.iter().map(|file| file.path.len() + file.contents.len());
        let messages = self.messages.iter().map(|(_, bytes)| bytes.len());
        files.chain(messages).sum::<usize>() as u64
    }
}

/// The programs, those used least recently given up first.
#[derive(Debug)]
pub(crate) struct Programs {
    bytes_max: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: HashMap<Key, Entry>,
    bytes: u64,
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    program: Arc<Program>,
    used: u64,
}

impl Programs {
    pub(crate) fn new(bytes_max: u64) -> Self {
        Self { bytes_max, state: Mutex::default() }
    }

    /// Whether anything is remembered at all.
    pub(crate) const fn is_on(&self) -> bool {
        self.bytes_max > 0
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Program>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clock += 1;
        let now = state.clock;
        let entry = state.entries.get_mut(key)?;
        entry.used = now;
        Some(Arc::clone(&entry.program))
    }

    pub(crate) fn put(&self, key: Key, program: Program) {
        let bytes = program.bytes();
        if bytes > self.bytes_max.min(PROGRAM_BYTES_MAX) || program.files.is_empty() {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clock += 1;
        let used = state.clock;
        if let Some(old) = state.entries.insert(key, Entry { program: Arc::new(program), used }) {
            state.bytes -= old.program.bytes();
        }
        state.bytes += bytes;
        while state.bytes > self.bytes_max {
            let oldest =
                state.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| *key);
            let Some(removed) = oldest.and_then(|key| state.entries.remove(&key)) else { break };
            state.bytes -= removed.program.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coderunner_executor::{FilePath, LanguageId};

    fn job(source: &str) -> Job {
        Job::new(LanguageId::new("c"), FilePath::new("main.c").expect("a path"), source.to_owned())
    }

    fn program(bytes: usize) -> Program {
        let file = ProgramFile { path: String::new(), executable: true, contents: vec![0; bytes] };
        Program { files: vec![file], messages: Vec::new() }
    }

    #[test]
    fn whatever_determines_the_program_is_in_the_key() {
        let key = |job: &Job| Key::of(job, "image:1");
        let plain = job("x");
        assert_eq!(key(&plain), key(&job("x")));
        let mut other_option = job("x");
        other_option.compile_args.push("-O2".to_owned());
        for other in [&job("y"), &other_option] {
            assert_ne!(key(&plain), key(other));
        }
        assert_ne!(key(&plain), Key::of(&plain, "image:2"));
    }

    #[test]
    fn the_least_recently_used_programs_make_room() {
        let programs = Programs::new(100);
        let keys = ["a", "b", "c"].map(|source| Key::of(&job(source), ""));
        programs.put(keys[0], program(40));
        programs.put(keys[1], program(40));
        assert!(programs.get(&keys[0]).is_some());
        programs.put(keys[2], program(40));
        assert_eq!(keys.map(|key| programs.get(&key).is_some()), [true, false, true]);
        programs.put(keys[1], program(101));
        assert!(programs.get(&keys[1]).is_none(), "larger than the whole cache");
    }
}
