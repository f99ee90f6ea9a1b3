//! The executor that passes each job to the first executor that supports its language.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{
    Availability, ExecuteError, Executor, Finished, Job, LanguageId, Outcome, OutputSink, Run,
};

/// A list of executors, asked in order.
#[derive(Debug)]
pub struct Router(Vec<Arc<dyn Executor>>);

impl Router {
    /// A router over `executors`; earlier ones are preferred.
    #[must_use]
    pub fn new(executors: Vec<Arc<dyn Executor>>) -> Self {
        Self(executors)
    }

    /// The executor of `language`.
    fn of(&self, language: &LanguageId) -> Result<&dyn Executor, ExecuteError> {
        if let Some(executor) = self.0.iter().find(|e| e.supports(language)) {
            return Ok(&**executor);
        }
        let language = language.clone();
        Err(match self.availability(&language) {
            Availability::Unavailable { why } => ExecuteError::Unavailable { language, why },
            // An executor became available in between: its own next answer will be right.
            Availability::Available | Availability::Unknown => {
                ExecuteError::UnknownLanguage { language }
            }
        })
    }
}

#[async_trait]
impl Executor for Router {
    fn availability(&self, language: &LanguageId) -> Availability {
        let mut best = Availability::Unknown;
        for executor in &self.0 {
            match executor.availability(language) {
                Availability::Available => return Availability::Available,
                unavailable @ Availability::Unavailable { .. } => {
                    if best == Availability::Unknown {
                        best = unavailable;
                    }
                }
                Availability::Unknown => {}
            }
        }
        best
    }

    fn version(&self, language: &LanguageId) -> Option<String> {
        self.0.iter().find_map(|executor| executor.version(language))
    }

    async fn execute(&self, job: Job, output: OutputSink) -> Result<Outcome, ExecuteError> {
        self.of(&job.language)?.execute(job, output).await
    }

    async fn execute_many(
        &self,
        job: Job,
        runs: Vec<Run>,
        each: mpsc::Sender<Finished>,
    ) -> Result<(), ExecuteError> {
        self.of(&job.language)?.execute_many(job, runs, each).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FilePath, Stage, Termination, Usage, run_to_end};

    /// Runs one language and answers with a given exit code.
    #[derive(Debug)]
    struct Fixed(&'static str, Availability, u8);

    #[async_trait]
    impl Executor for Fixed {
        fn availability(&self, language: &LanguageId) -> Availability {
            if language.as_str() == self.0 { self.1.clone() } else { Availability::Unknown }
        }
        async fn execute(&self, _: Job, _: OutputSink) -> Result<Outcome, ExecuteError> {
            Ok(Outcome {
                stage: Stage::Run,
                termination: Termination::Exited { code: self.2 },
                usage: Usage::default(),
                files: Vec::new(),
                repeatable: true,
            })
        }
    }

    async fn route(router: &Router, language: &str) -> Result<Termination, ExecuteError> {
        let entry = FilePath::new("main").expect("a plain name");
        let job = Job::new(LanguageId::new(language), entry, "");
        run_to_end(router, job).await.map(|f| f.outcome.termination)
    }

    #[tokio::test]
    async fn the_first_executor_that_supports_the_language_gets_the_job() {
        let down = || Availability::Unavailable { why: "down".to_owned() };
        let router = Router::new(vec![
            Arc::new(Fixed("a", down(), 1)),
            Arc::new(Fixed("a", Availability::Available, 2)),
            Arc::new(Fixed("a", Availability::Available, 3)),
            Arc::new(Fixed("b", down(), 4)),
        ]);
        assert_eq!(route(&router, "a").await.ok(), Some(Termination::Exited { code: 2 }));
        let error = route(&router, "b").await.expect_err("b is down");
        assert_eq!(error.to_string(), "b is not available: down");
        let (each, mut finished) = mpsc::channel(2);
        let job = Job::new(LanguageId::new("a"), FilePath::new("main").expect("a name"), "");
        router.execute_many(job, vec![Run::default(); 2], each).await.expect("a runs");
        for _ in 0..2 {
            let code = finished.recv().await.map(|finished| finished.outcome.termination);
            assert_eq!(code, Some(Termination::Exited { code: 2 }));
        }
        assert_eq!(finished.recv().await, None);
        let error = route(&router, "c").await.expect_err("nobody knows c");
        assert_eq!(error.to_string(), "no backend runs the language \"c\"");
    }
}
