//! What clients leave here for programs to come: bounded in number and size, the least recently used first to go.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;

use crate::Stores;

/// What can be put on a shelf. Cheap to clone.
pub(super) trait Thing: Clone {
    /// What it takes, in bytes.
    fn bytes(&self) -> usize;
}

impl Thing for Bytes {
    fn bytes(&self) -> usize {
        self.len()
    }
}

/// Things by key. It forgets when it has to, so whoever looks must be able to bring a thing again.
#[derive(Debug)]
pub(super) struct Shelf<T> {
    /// The most things.
    things_max: usize,
    /// What they may take together.
    bytes_max: usize,
    /// How long a thing that nobody asks for is kept.
    time_max: Duration,
    things: Mutex<Things<T>>,
}

#[derive(Debug)]
struct Things<T> {
    by_key: HashMap<String, Shelved<T>>,
    /// Uses, the oldest first; only the last of each thing counts.
    uses: VecDeque<(u64, String)>,
    clock: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Shelved<T> {
    thing: T,
    used: u64,
    at: Instant,
}

impl<T: Thing> Shelf<T> {
    /// An empty one.
    pub(super) fn new(stores: &Stores) -> Self {
        let things = Things { by_key: HashMap::new(), uses: VecDeque::new(), clock: 0, bytes: 0 };
        Self {
            things_max: stores.files_max,
            bytes_max: stores.files_bytes_max,
            time_max: stores.files_time_max,
            things: Mutex::new(things),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Things<T>> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a thing; `false` if it is too large to be kept at all.
    pub(super) fn put(&self, key: &str, thing: T) -> bool {
        let bytes = key.len() + thing.bytes();
        if bytes > self.bytes_max {
            return false;
        }
        let mut things = self.lock();
        things.remove(key);
        while things.bytes + bytes > self.bytes_max || things.by_key.len() >= self.things_max {
            if !things.remove_oldest() {
                break;
            }
        }
        things.bytes += bytes;
        things.by_key.insert(key.to_owned(), Shelved { thing, used: 0, at: Instant::now() });
        things.touch(key, self.things_max);
        true
    }

    /// What is kept under `key`.
    pub(super) fn get(&self, key: &str) -> Option<T> {
        let mut things = self.lock();
        if things.by_key.get(key)?.at.elapsed() > self.time_max {
            things.remove(key);
            return None;
        }
        things.touch(key, self.things_max);
        things.by_key.get(key).map(|shelved| shelved.thing.clone())
    }

    /// Forgets what is kept under `key`.
    pub(super) fn remove(&self, key: &str) {
        self.lock().remove(key);
    }
}

impl<T: Thing> Things<T> {
    fn touch(&mut self, key: &str, things_max: usize) {
        self.clock += 1;
        let Some(shelved) = self.by_key.get_mut(key) else { return };
        shelved.used = self.clock;
        shelved.at = Instant::now();
        self.uses.push_back((self.clock, key.to_owned()));
        // Uses that no longer count, when there are more of them than of those that do.
        if self.uses.len() > 2 * things_max {
            let by_key = &self.by_key;
            self.uses.retain(|(used, key)| by_key.get(key).is_some_and(|own| own.used == *used));
        }
    }

    fn remove_oldest(&mut self) -> bool {
        while let Some((used, key)) = self.uses.pop_front() {
            if self.by_key.get(&key).is_some_and(|own| own.used == used) {
                self.remove(&key);
                return true;
            }
        }
        false
    }

    fn remove(&mut self, key: &str) {
        if let Some(shelved) = self.by_key.remove(key) {
            self.bytes -= key.len() + shelved.thing.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THINGS_MAX: usize = 100;

    fn shelf(bytes_max: usize) -> Shelf<Bytes> {
        let stores =
            Stores { files_bytes_max: bytes_max, files_max: THINGS_MAX, ..Stores::default() };
        Shelf::new(&stores)
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let shelf = shelf(10);
        let put = |key: &str, bytes| shelf.put(key, Bytes::from(vec![0; bytes]));
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
        let shelf = shelf(100);
        assert!(shelf.put("a", Bytes::new()));
        for _ in 0..5 * THINGS_MAX {
            assert!(shelf.get("a").is_some());
        }
        assert!(shelf.lock().uses.len() <= 2 * THINGS_MAX + 1);
    }
}
