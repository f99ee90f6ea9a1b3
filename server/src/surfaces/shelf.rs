//! Files that clients leave here for programs to come: bounded in number and size, the least recently used first to go.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;

/// The most files.
const FILES_MAX: usize = 10_000;
/// How long a file that nobody asks for is kept.
const KEPT: Duration = Duration::from_hours(24);

/// Files by key. It forgets when it has to, so whoever looks must be able to bring a file again.
#[derive(Debug)]
pub(super) struct Shelf {
    bytes_max: usize,
    files: Mutex<Files>,
}

#[derive(Debug, Default)]
struct Files {
    by_key: HashMap<String, Shelved>,
    /// Uses, the oldest first; only the last of each file counts.
    uses: VecDeque<(u64, String)>,
    clock: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Shelved {
    contents: Bytes,
    used: u64,
    at: Instant,
}

impl Shelf {
    /// An empty one that holds so much.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, files: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a file; `false` if it is too large to be kept at all.
    pub(super) fn put(&self, key: String, contents: Bytes) -> bool {
        let bytes = key.len() + contents.len();
        if bytes > self.bytes_max {
            return false;
        }
        let mut files = self.lock();
        files.remove(&key);
        while files.bytes + bytes > self.bytes_max || files.by_key.len() >= FILES_MAX {
            if !files.remove_oldest() {
                break;
            }
        }
        files.bytes += bytes;
        // A copy, so that a large request does not live as long as a small file that came with it.
        let contents = Bytes::copy_from_slice(&contents);
        let shelved = Shelved { contents, used: 0, at: Instant::now() };
        files.by_key.insert(key.clone(), shelved);
        files.touch(&key);
        true
    }

    /// The file's contents.
    pub(super) fn get(&self, key: &str) -> Option<Bytes> {
        let mut files = self.lock();
        if files.by_key.get(key)?.at.elapsed() > KEPT {
            files.remove(key);
            return None;
        }
        files.touch(key);
        files.by_key.get(key).map(|file| file.contents.clone())
    }
}

impl Files {
    fn touch(&mut self, key: &str) {
        self.clock += 1;
        let Some(file) = self.by_key.get_mut(key) else { return };
        file.used = self.clock;
        file.at = Instant::now();
        self.uses.push_back((self.clock, key.to_owned()));
        // Uses that no longer count, when there are more of them than of those that do.
        if self.uses.len() > 2 * FILES_MAX {
            let by_key = &self.by_key;
            self.uses.retain(|(used, key)| by_key.get(key).is_some_and(|file| file.used == *used));
        }
    }

    fn remove_oldest(&mut self) -> bool {
        while let Some((used, key)) = self.uses.pop_front() {
            if self.by_key.get(&key).is_some_and(|file| file.used == used) {
                self.remove(&key);
                return true;
            }
        }
        false
    }

    fn remove(&mut self, key: &str) {
        if let Some(file) = self.by_key.remove(key) {
            self.bytes -= key.len() + file.contents.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_goes_first() {
        let shelf = Shelf::new(10);
        let put = |key: &str, bytes| shelf.put(key.to_owned(), vec![0; bytes].into());
        assert!(put("a", 3) && put("b", 3));
        assert!(shelf.get("a").is_some());
        assert!(put("c", 3));
        let there: Vec<bool> = ["a", "b", "c"].map(|key| shelf.get(key).is_some()).to_vec();
        assert_eq!(there, [true, false, true]);
        assert!(!put("d", 10) && put("d", 9));
        assert!(shelf.get("a").is_none() && shelf.get("d").is_some());
        // The same again takes no more room.
        assert!(put("d", 9) && shelf.lock().bytes == 10);
    }

    #[test]
    fn uses_are_bounded() {
        let shelf = Shelf::new(100);
        assert!(shelf.put("a".to_owned(), Bytes::new()));
        for _ in 0..5 * FILES_MAX {
            assert!(shelf.get("a").is_some());
        }
        assert!(shelf.lock().uses.len() <= 2 * FILES_MAX + 1);
    }
}
