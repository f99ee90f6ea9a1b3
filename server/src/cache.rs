//! Answers of earlier runs, for callers that allow it: the same job is run once, and its answer told again.
//!
//! What is kept is bounded in bytes and age. A run is told again only when it would say the same again ([`Outcome::repeatable`]), or when the
//! caller vouches for it ([`RequestCache::Always`]). Callers with keys never see what others ran; those without a key share one cache.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use coderunner_api::RequestCache;
use coderunner_executor::{
    CHUNK_BYTES_MAX, Collect, ExecuteError, Executor, Finished, Job, Limits, Outcome, OutputChunk,
    OutputSink, OutputStream, Stdin, Termination,
};
use coderunner_languages::Language;
use sha2::{Digest as _, Sha256};

use crate::caller::Caller;

/// One answer may take so much of the cache: one in so many.
const ANSWER_SHARE: u64 = 16;
/// Pieces of one answer: after so many changes between standard output and standard error their order is lost.
const PIECES_MAX: usize = 4096;
/// What an entry takes beside its contents: key, bookkeeping, the outcome.
const ENTRY_BYTES: usize = 512;

/// Everything that determines a run, and who may be told of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The answer of a run.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    /// What it wrote, in the order in which it did.
    pub(crate) output: Vec<OutputChunk>,
}

/// What is known of a job.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// It ended like this, and would again.
    Answer(Arc<Answer>),
    /// It may end differently each time.
    Varies,
}

/// The run's answer is not kept, and nothing is known of the next one.
#[derive(Debug)]
pub(crate) struct NotKept;

/// The answers that are kept.
pub(crate) struct Cache {
    /// `None`: nothing is kept.
    entries: Option<moka::future::Cache<Key, Entry>>,
    answer_bytes_max: usize,
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

/// Where what is known of a job is written down.
#[derive(Clone, Debug)]
pub(crate) struct Memo {
    entries: moka::future::Cache<Key, Entry>,
    key: Key,
    always: bool,
    answer_bytes_max: usize,
}

/// The output of a run that is under way, for as long as it may still be kept.
#[derive(Debug)]
pub(crate) struct Keeping {
    memo: Memo,
    output: Option<Gathered>,
}

/// What a run wrote, in the order in which it did.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pieces: Vec<(OutputStream, Vec<u8>)>,
    bytes: usize,
}

impl Cache {
    /// A cache of at most `bytes_max` bytes, none older than `age_max`.
    pub(crate) fn new(bytes_max: u64, age_max: Duration) -> Self {
        let weight = |_: &Key, entry: &Entry| u32::try_from(entry.bytes()).unwrap_or(u32::MAX);
        let entries = (bytes_max > 0).then(|| {
            moka::future::Cache::builder()
                .max_capacity(bytes_max)
                .weigher(weight)
                .time_to_live(age_max)
                .build()
        });
        let answer_bytes_max = usize::try_from(bytes_max / ANSWER_SHARE).unwrap_or(usize::MAX);
        Self { entries, answer_bytes_max }
    }

    /// The memo on `job`. Nothing when its answer is not to be kept, or its input is not known before it runs.
    pub(crate) fn memo(
        &self,
        wish: RequestCache,
        caller: &Caller,
        language: &Language,
        job: &Job,
    ) -> Option<Memo> {
        let always = match wish {
            RequestCache::Never => return None,
            RequestCache::Repeatable => false,
            RequestCache::Always => true,
        };
        let entries = self.entries.clone()?;
        let key = Key::of(wish, caller, language, job)?;
        Some(Memo { entries, key, always, answer_bytes_max: self.answer_bytes_max })
    }

    /// What the answers take. Lags a little behind.
    pub(crate) fn bytes(&self) -> u64 {
        self.entries.as_ref().map_or(0, moka::future::Cache::weighted_size)
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        match self {
            Self::Varies => ENTRY_BYTES,
            Self::Answer(answer) => answer.bytes(),
        }
    }
}

impl Memo {
    /// What is known of the job; `run` is asked when nothing is, by one caller at a time: the others wait for what it finds out.
    pub(crate) async fn find_or<F>(&self, run: F) -> Result<Entry, Arc<NotKept>>
    where
        F: Future<Output = Result<Entry, NotKept>>,
    {
        self.entries.try_get_with(self.key, run).await
    }

    /// What is known of the job.
    pub(crate) async fn find(&self) -> Option<Entry> {
        self.entries.get(&self.key).await
    }

    /// What is to be remembered of `answer`.
    pub(crate) fn entry(&self, answer: Answer) -> Result<Entry, NotKept> {
        let outcome = &answer.outcome;
        // Who vouches for a program vouches for how it ends by itself; a limit may be reached or not.
        let vouched = self.always && matches!(outcome.termination, Termination::Exited { .. });
        if !outcome.repeatable && !vouched {
            let ended = matches!(outcome.termination, Termination::Exited { .. });
            return if ended { Ok(Entry::Varies) } else { Err(NotKept) };
        }
        if answer.bytes() > self.answer_bytes_max {
            return Err(NotKept);
        }
        Ok(Entry::Answer(Arc::new(answer)))
    }

    /// Gathers what a run writes that others do not wait for.
    pub(crate) fn keeping(self) -> Keeping {
        Keeping { memo: self, output: Some(Gathered::default()) }
    }
}

impl Keeping {
    /// The run wrote something.
    pub(crate) fn wrote(&mut self, chunk: &OutputChunk) {
        let Some(output) = &mut self.output else { return };
        output.add(chunk);
        if output.bytes > self.memo.answer_bytes_max {
            self.output = None;
        }
    }

    /// The run has ended.
    pub(crate) fn ended(self, outcome: &Outcome) {
        let Some(output) = self.output else { return };
        let answer = Answer::new(outcome.clone(), output);
        let memo = self.memo;
        if let Ok(entry) = memo.entry(answer) {
            // Whoever waits for the program's end does not wait for this.
            tokio::spawn(async move { memo.entries.insert(memo.key, entry).await });
        }
    }
}

impl Gathered {
    fn add(&mut self, chunk: &OutputChunk) {
        self.bytes += chunk.bytes.len();
        let full = self.pieces.len() >= PIECES_MAX;
        // As a rule the last one is of the same stream.
        let looked_at = if full { PIECES_MAX } else { 1 };
        let mut last = self.pieces.iter_mut().rev().take(looked_at);
        match last.find(|(stream, _)| *stream == chunk.stream) {
            Some((_, bytes)) => bytes.extend_from_slice(&chunk.bytes),
            None => self.pieces.push((chunk.stream, chunk.bytes.to_vec())),
        }
    }
}

impl Answer {
    fn new(outcome: Outcome, output: Gathered) -> Self {
        let chunk = |(stream, bytes): (_, Vec<u8>)| {
            // Without what it was made too large by as it grew.
            OutputChunk { stream, bytes: bytes.into_boxed_slice().into() }
        };
        Self { outcome, output: output.pieces.into_iter().map(chunk).collect() }
    }

    /// Runs `job` to its end.
    pub(crate) async fn of(executor: &dyn Executor, job: Job) -> Result<Self, ExecuteError> {
        let (sink, mut reader) = OutputSink::bounded();
        let mut output = Gathered::default();
        let mut executing = executor.execute(job, sink);
        let outcome = loop {
            tokio::select! {
                biased;
                ended = &mut executing => break ended?,
                Some(chunk) = reader.recv() => output.add(&chunk),
            }
        };
        while let Some(chunk) = reader.recv().await {
            output.add(&chunk);
        }
        Ok(Self::new(outcome, output))
    }

    fn bytes(&self) -> usize {
        let output: usize =
            self.output.iter().map(|c| c.bytes.len() + size_of::<OutputChunk>()).sum();
        let files: usize = self
            .outcome
            .files
            .iter()
            .map(|file| file.contents.len() + file.path.as_str().len() + ENTRY_BYTES / 8)
            .sum();
        ENTRY_BYTES + output + files
    }

    /// The same as somebody is told who waited for the end.
    pub(crate) fn finished_again(&self) -> Finished {
        Finished { outcome: self.outcome_again(), ..self.finished() }
    }

    /// The same as whoever had it run is told.
    pub(crate) fn finished(&self) -> Finished {
        let of = |stream: OutputStream| {
            let own = self.output.iter().filter(|chunk| chunk.stream == stream);
            own.fold(Vec::new(), |mut all, chunk| {
                all.extend_from_slice(&chunk.bytes);
                all
            })
        };
        Finished {
            outcome: self.outcome.clone(),
            stdout: of(OutputStream::Stdout),
            stderr: of(OutputStream::Stderr),
        }
    }

    /// The outcome for somebody who did not wait for a place.
    pub(crate) fn outcome_again(&self) -> Outcome {
        let mut outcome = self.outcome.clone();
        outcome.usage.queued = Duration::ZERO;
        outcome
    }

    /// The output in pieces that a stream takes.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = OutputChunk> + '_ {
        self.output.iter().flat_map(|chunk| {
            let starts = (0..chunk.bytes.len()).step_by(CHUNK_BYTES_MAX);
            starts.map(|from| {
                let to = chunk.bytes.len().min(from + CHUNK_BYTES_MAX);
                OutputChunk { stream: chunk.stream, bytes: chunk.bytes.slice(from..to) }
            })
        })
    }
}

impl Key {
    fn of(wish: RequestCache, caller: &Caller, language: &Language, job: &Job) -> Option<Self> {
        let empty = Bytes::new();
        let stdin = match &job.stdin {
            Stdin::Empty => &empty,
            Stdin::Bytes(bytes) => bytes,
            Stdin::Stream(_) => return None,
        };
        // Everything is preceded by its length or count, so that no two jobs look alike.
        let mut hash = Sha256::new();
        let mut number = |number: u64| hash.update(number.to_le_bytes());
        number(match wish {
            RequestCache::Never => 0,
            RequestCache::Repeatable => 1,
            RequestCache::Always => 2,
        });
        number(match job.collect {
            Collect::Nothing => 0,
            Collect::Changed => 1,
        });
        let Limits { wall, cpu, memory_bytes, output_bytes, disk_bytes, files, processes } =
            job.limits;
        for time in [wall, cpu] {
            number(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        }
        for bound in [memory_bytes, output_bytes, disk_bytes, files.into(), processes.into()] {
            number(bound);
        }
        for count in [job.files.len(), job.compile_args.len(), job.args.len(), job.env.len()] {
            number(count as u64);
        }
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        match &caller.tenant {
            None => part(b"anybody"),
            Some(key) => {
                part(b"key");
                part(key);
            }
        }
        part(language.id.as_str().as_bytes());
        part(language.version.as_bytes());
        for file in &job.files {
            part(file.path.as_str().as_bytes());
            part(&file.contents);
        }
        job.compile_args.iter().chain(&job.args).for_each(|text| part(text.as_bytes()));
        for (name, value) in &job.env {
            part(name.as_bytes());
            part(value.as_bytes());
        }
        part(stdin);
        Some(Self(hash.finalize().into()))
    }
}

#[cfg(test)]
mod tests {
    use coderunner_executor::{FilePath, JobFile, Resource, Stage, Usage};
    use coderunner_languages::Registry;

    use super::*;

    fn outcome(termination: Termination, repeatable: bool) -> Outcome {
        let (stage, usage) = (Stage::Run, Usage::default());
        Outcome { stage, termination, usage, files: Vec::new(), repeatable }
    }

    fn job() -> Job {
        let python = Registry::embedded().expect("it is right").find("python").expect("it is here");
        let mut job = Job::new(python.id.clone(), FilePath::new("a.py").expect("a name"), "x");
        job.args = vec!["a".to_owned()];
        job
    }

    fn key(job: &Job, wish: RequestCache, tenant: Option<[u8; 32]>) -> Key {
        let python = Registry::embedded().expect("it is right").find("python").expect("it is here");
        let caller = Caller { tenant, ..Caller::local() };
        Key::of(wish, &caller, python, job).expect("its input is known")
    }

    #[test]
    fn everything_that_determines_a_run_is_in_the_key() {
        let plain = key(&job(), RequestCache::Repeatable, None);
        assert_eq!(plain, key(&job(), RequestCache::Repeatable, None));
        let changes: [fn(&mut Job); 9] = [
            |job| job.files[0].contents = "y".into(),
            |job| job.files[0].path = FilePath::new("b.py").expect("a name"),
            |job| {
                let path = FilePath::new("b").expect("a name");
                job.files.push(JobFile { path, contents: Bytes::new() });
            },
            |job| job.args = vec!["a".to_owned(), String::new()],
            |job| std::mem::swap(&mut job.args, &mut job.compile_args),
            |job| job.env = vec![("A".to_owned(), String::new())],
            |job| job.stdin = Stdin::Bytes("x".into()),
            |job| job.limits.cpu *= 2,
            |job| job.collect = Collect::Changed,
        ];
        let mut keys = vec![
            plain,
            key(&job(), RequestCache::Always, None),
            key(&job(), RequestCache::Repeatable, Some([0; 32])),
            key(&job(), RequestCache::Repeatable, Some([1; 32])),
        ];
        for change in changes {
            let mut job = job();
            change(&mut job);
            keys.push(key(&job, RequestCache::Repeatable, None));
        }
        for (n, one) in keys.iter().enumerate() {
            assert!(!keys[..n].contains(one), "key {n}");
        }
        let mut live = job();
        live.stdin = Stdin::stream().1;
        let python = Registry::embedded().expect("it is right").find("python").expect("it is here");
        assert_eq!(Key::of(RequestCache::Always, &Caller::local(), python, &live), None);
    }

    #[test]
    fn only_what_would_be_the_same_again_is_kept() {
        let cache = Cache::new(1 << 20, Duration::from_mins(1));
        let python = Registry::embedded().expect("it is right").find("python").expect("it is here");
        let memo = |wish| cache.memo(wish, &Caller::local(), python, &job()).expect("it is wanted");
        let (if_repeatable, always) = (memo(RequestCache::Repeatable), memo(RequestCache::Always));
        let kept = |memo: &Memo, termination, repeatable| {
            memo.entry(Answer::new(outcome(termination, repeatable), Gathered::default()))
        };
        let exited = || Termination::Exited { code: 1 };
        let limit = |resource| Termination::LimitExceeded(resource);
        assert!(matches!(kept(&if_repeatable, exited(), true), Ok(Entry::Answer(_))));
        assert!(matches!(
            kept(&if_repeatable, limit(Resource::CpuTime), true),
            Ok(Entry::Answer(_))
        ));
        assert!(matches!(kept(&if_repeatable, exited(), false), Ok(Entry::Varies)));
        assert!(matches!(kept(&always, exited(), false), Ok(Entry::Answer(_))));
        assert!(kept(&always, limit(Resource::WallTime), false).is_err());
        assert!(kept(&if_repeatable, limit(Resource::WallTime), false).is_err());
        assert!(cache.memo(RequestCache::Never, &Caller::local(), python, &job()).is_none());
        let none = Cache::new(0, Duration::from_mins(1));
        assert!(none.memo(RequestCache::Always, &Caller::local(), python, &job()).is_none());
        // More than its share.
        let large = vec![0; (1 << 20) / 16];
        let mut output = Gathered::default();
        output.add(&OutputChunk { stream: OutputStream::Stdout, bytes: large.into() });
        let answer = Answer::new(outcome(exited(), true), output);
        assert!(if_repeatable.entry(answer).is_err());
    }

    #[test]
    fn output_is_told_again_as_it_was_written() {
        let chunk = |stream, len| OutputChunk { stream, bytes: vec![b'x'; len].into() };
        let chunks = [
            chunk(OutputStream::Stdout, CHUNK_BYTES_MAX),
            chunk(OutputStream::Stdout, 1),
            chunk(OutputStream::Stderr, 2),
            chunk(OutputStream::Stdout, 3),
        ];
        let mut output = Gathered::default();
        for chunk in &chunks {
            output.add(chunk);
        }
        let answer = Answer::new(outcome(Termination::Exited { code: 0 }, true), output);
        let pieces: Vec<_> = answer.pieces().map(|c| (c.stream, c.bytes.len())).collect();
        let expected: Vec<_> = chunks.iter().map(|c| (c.stream, c.bytes.len())).collect();
        assert_eq!(pieces, expected);
        let finished = answer.finished();
        assert_eq!((finished.stdout.len(), finished.stderr.len()), (CHUNK_BYTES_MAX + 4, 2));
    }

    #[test]
    fn changing_between_the_streams_all_the_time_takes_no_more_than_so_many_pieces() {
        let mut output = Gathered::default();
        for n in 0..3 * PIECES_MAX {
            let stream = [OutputStream::Stdout, OutputStream::Stderr][n % 2];
            output.add(&OutputChunk { stream, bytes: Bytes::from_static(b"x") });
        }
        let answer = Answer::new(outcome(Termination::Exited { code: 0 }, true), output);
        assert_eq!(
            (answer.output.len(), answer.finished().stdout.len()),
            (PIECES_MAX, 3 * PIECES_MAX / 2)
        );
    }
}
