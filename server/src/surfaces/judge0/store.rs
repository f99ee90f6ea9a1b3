//! Submissions that can still be asked for: a bounded number, of bounded size, for a bounded time.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use super::submission::Request;
use crate::Stores;

/// A submission and what came of it.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) token: String,
    pub(super) request: Request,
    pub(super) created: SystemTime,
    judged: Mutex<Judged>,
}

/// What came of a submission, so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    pub(super) status: u8,
    pub(super) finished: Option<SystemTime>,
    pub(super) stdout: Option<Vec<u8>>,
    pub(super) stderr: Option<Vec<u8>>,
    pub(super) compile_output: Option<Vec<u8>>,
    pub(super) message: Option<String>,
    pub(super) exit_code: Option<u8>,
    pub(super) exit_signal: Option<u8>,
    pub(super) time: Option<Duration>,
    pub(super) wall_time: Option<Duration>,
    pub(super) memory_kb: Option<u64>,
}

impl Record {
    pub(super) fn new(token: String, request: Request) -> Self {
        let judged = Judged { status: super::IN_QUEUE, ..Judged::default() };
        Self { token, request, created: SystemTime::now(), judged: Mutex::new(judged) }
    }

    pub(super) fn judged(&self) -> Judged {
        lock(&self.judged).clone()
    }

    pub(super) fn is_finished(&self) -> bool {
        lock(&self.judged).finished.is_some()
    }

    pub(super) fn processing(&self) {
        lock(&self.judged).status = super::PROCESSING;
    }

    fn bytes(&self) -> usize {
        let judged = lock(&self.judged);
        let sizes = [&judged.stdout, &judged.stderr, &judged.compile_output];
        self.request.bytes()
            + sizes.iter().map(|part| part.as_ref().map_or(0, Vec::len)).sum::<usize>()
    }
}

/// All of them.
#[derive(Debug)]
pub(super) struct Store(Mutex<Records>);

#[derive(Debug)]
struct Records {
    bounds: Stores,
    by_token: HashMap<String, Arc<Record>>,
    /// The oldest first. May have tokens of those that were removed.
    order: VecDeque<String>,
    bytes: usize,
    unfinished: usize,
}

/// There is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Store {
    /// An empty one.
    pub(super) fn new(bounds: Stores) -> Self {
        let (by_token, order) = (HashMap::new(), VecDeque::new());
        Self(Mutex::new(Records { bounds, by_token, order, bytes: 0, unfinished: 0 }))
    }

    /// Keeps `records`, all or none of them.
    pub(super) fn insert(&self, records: &[Arc<Record>]) -> Result<(), Full> {
        let mut all = lock(&self.0);
        let bytes: usize = records.iter().map(|record| record.bytes()).sum();
        if all.unfinished + records.len() > all.bounds.submissions_waiting_max {
            return Err(Full);
        }
        all.make_room(records.len(), bytes)?;
        for record in records {
            all.order.push_back(record.token.clone());
            all.by_token.insert(record.token.clone(), Arc::clone(record));
        }
        all.bytes += bytes;
        all.unfinished += records.len();
        Ok(())
    }

    pub(super) fn get(&self, token: &str) -> Option<Arc<Record>> {
        let all = lock(&self.0);
        let record = all.by_token.get(token)?;
        (!is_expired(record, all.bounds.submissions_time_max)).then(|| Arc::clone(record))
    }

    /// Forgets it.
    pub(super) fn remove(&self, token: &str) {
        lock(&self.0).remove(token);
    }

    /// Says what came of `record`.
    pub(super) fn finish(&self, record: &Record, judged: Judged) {
        let mut all = lock(&self.0);
        let before = record.bytes();
        *lock(&record.judged) = judged;
        all.unfinished = all.unfinished.saturating_sub(1);
        all.bytes += record.bytes() - before;
        // What is larger than expected pushes the oldest out.
        let _ = all.make_room(0, 0);
    }

    /// The newest first.
    pub(super) fn page(&self, skip: usize, take: usize) -> (Vec<Arc<Record>>, usize) {
        let all = lock(&self.0);
        let there = || all.order.iter().rev().filter_map(|token| all.by_token.get(token));
        (there().skip(skip).take(take).cloned().collect(), all.by_token.len())
    }

    /// How many wait or run.
    pub(super) fn unfinished(&self) -> usize {
        lock(&self.0).unfinished
    }
}

impl Records {
    fn make_room(&mut self, records: usize, bytes: usize) -> Result<(), Full> {
        let Stores { submissions_max, submissions_bytes_max, submissions_time_max, .. } =
            self.bounds;
        let mut left = self.order.len();
        while left > 0 {
            left -= 1;
            let Some(token) = self.order.pop_front() else { break };
            let Some(record) = self.by_token.get(&token) else { continue };
            let is_full = self.by_token.len() + records > submissions_max
                || self.bytes + bytes > submissions_bytes_max;
            if !is_expired(record, submissions_time_max) && !is_full {
                self.order.push_front(token);
                break;
            }
            if record.is_finished() {
                self.remove(&token);
            } else {
                self.order.push_back(token);
            }
        }
        let fits = self.by_token.len() + records <= submissions_max
            && self.bytes + bytes <= submissions_bytes_max;
        if fits { Ok(()) } else { Err(Full) }
    }

    fn remove(&mut self, token: &str) {
        if let Some(record) = self.by_token.remove(token) {
            self.bytes = self.bytes.saturating_sub(record.bytes());
        }
    }
}

fn is_expired(record: &Record, time_max: Duration) -> bool {
    record.is_finished() && record.created.elapsed().is_ok_and(|age| age > time_max)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES_MAX: usize = 4000;
    const WAITING_MAX: usize = 100;

    fn store() -> Store {
        Store::new(Stores {
            submissions_bytes_max: BYTES_MAX,
            submissions_waiting_max: WAITING_MAX,
            ..Stores::default()
        })
    }

    fn record(n: usize, bytes: usize) -> Arc<Record> {
        let request = Request { source_code: Some(vec![0; bytes].into()), ..Request::default() };
        Arc::new(Record::new(n.to_string(), request))
    }

    fn finished() -> Judged {
        Judged { finished: Some(SystemTime::now()), ..Judged::default() }
    }

    #[test]
    fn the_oldest_finished_one_makes_room() {
        let store = store();
        let large: Vec<_> = (0..4).map(|n| record(n, BYTES_MAX / 4)).collect();
        store.insert(&large).expect("they fit");
        assert_eq!(store.insert(&[record(4, 1)]), Err(Full));
        store.finish(&large[1], finished());
        store.insert(&[record(4, 1)]).expect("one made room");
        assert!(store.get("1").is_none() && store.get("0").is_some() && store.get("4").is_some());
        store.remove("0");
        store.insert(&[record(5, BYTES_MAX / 4)]).expect("it left its room");
    }

    #[test]
    fn only_so_many_wait() {
        let store = store();
        let many: Vec<_> = (0..WAITING_MAX).map(|n| record(n, 0)).collect();
        store.insert(&many).expect("they fit");
        assert_eq!(store.insert(&[record(WAITING_MAX, 0)]), Err(Full));
        store.finish(&many[7], finished());
        store.insert(&[record(WAITING_MAX, 0)]).expect("one has finished");
        assert_eq!(store.page(0, 1).0[0].token, WAITING_MAX.to_string());
    }
}
