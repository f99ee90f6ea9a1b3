//! One program, many inputs: each is an execution of its own, in the order in which they were given.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use coderunner_api::{ApiError, codes};
use coderunner_executor::{Stdin, Termination};
use futures_util::{Stream, StreamExt as _, stream};

use crate::{
    caller::Caller,
    service::{Ran, Service},
    submission::Submission,
};

/// The most cases of one call.
pub(crate) const CASES_MAX: usize = 1000;
/// Cases of one call that run at one time.
const AT_ONCE: usize = 4;

/// An input, and what should come of it.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) stdin: Option<Bytes>,
    pub(crate) args: Option<Vec<String>>,
    pub(crate) expected: Option<Bytes>,
}

/// What is to be run how often.
#[derive(Debug)]
pub(crate) struct Series {
    program: Submission,
    cases: Vec<Case>,
    stop_at_first_failure: bool,
}

/// What came of a case.
#[derive(Debug)]
pub(crate) struct CaseResult {
    pub(crate) index: usize,
    pub(crate) verdict: Verdict,
    /// Nothing when it was skipped.
    pub(crate) ran: Option<Result<Ran, ApiError>>,
}

/// How a case is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// There was nothing to compare with.
    Unjudged,
    /// The output is what was expected.
    Accepted,
    /// It is not.
    WrongOutput,
    /// The program did not exit with 0.
    Failed,
    /// An earlier case was not accepted.
    Skipped,
}

/// How many cases there are of each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct Summary {
    pub(crate) accepted: u32,
    pub(crate) wrong_output: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
    pub(crate) unjudged: u32,
}

impl Summary {
    pub(crate) fn count(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Unjudged => &mut self.unjudged,
            Verdict::Accepted => &mut self.accepted,
            Verdict::WrongOutput => &mut self.wrong_output,
            Verdict::Failed => &mut self.failed,
            Verdict::Skipped => &mut self.skipped,
        } += 1;
    }
}

impl Series {
    pub(crate) fn new(
        program: Submission,
        cases: Vec<Case>,
        stop_at_first_failure: bool,
    ) -> Result<Self, ApiError> {
        if cases.is_empty() {
            return Err(ApiError::field(&codes::MISSING_FIELD, "cases", "there has to be one"));
        }
        if cases.len() > CASES_MAX {
            let problem = format!("there are {}; at most {CASES_MAX} are taken", cases.len());
            return Err(ApiError::invalid("cases", problem));
        }
        Ok(Self { program, cases, stop_at_first_failure })
    }

    /// Runs the cases; results come in their order. Dropping the stream cancels what runs.
    pub(crate) fn run(
        self,
        service: Service,
        caller: Caller,
    ) -> impl Stream<Item = CaseResult> + Send + 'static {
        let Self { program, cases, stop_at_first_failure } = self;
        let program = Arc::new(program);
        let over = Arc::new(AtomicBool::new(false));
        // Who wants to stop early wants to know which one was the first.
        let at_once = if stop_at_first_failure { 1 } else { AT_ONCE };
        stream::iter(cases.into_iter().enumerate())
            .map(move |(index, case)| {
                let (service, caller) = (service.clone(), caller.clone());
                let (program, over) = (Arc::clone(&program), Arc::clone(&over));
                async move {
                    if over.load(Ordering::Relaxed) {
                        return CaseResult { index, verdict: Verdict::Skipped, ran: None };
                    }
                    let mut submission = program.again();
                    if let Some(stdin) = case.stdin {
                        submission.stdin = Stdin::Bytes(stdin);
                    }
                    if let Some(args) = case.args {
                        submission.args = args;
                    }
                    let ran = service.run(&caller, submission).await;
                    let verdict = judge(&ran, case.expected.as_deref());
                    let fine = matches!(verdict, Verdict::Accepted | Verdict::Unjudged);
                    if stop_at_first_failure && !fine {
                        over.store(true, Ordering::Relaxed);
                    }
                    CaseResult { index, verdict, ran: Some(ran) }
                }
            })
            .buffered(at_once)
    }
}

fn judge(ran: &Result<Ran, ApiError>, expected: Option<&[u8]>) -> Verdict {
    let Ok(ran) = ran else { return Verdict::Failed };
    let exited = ran.finished.outcome.termination == Termination::Exited { code: 0 };
    match expected {
        _ if !exited => Verdict::Failed,
        None => Verdict::Unjudged,
        Some(expected) if same_output(&ran.finished.stdout, expected) => Verdict::Accepted,
        Some(_) => Verdict::WrongOutput,
    }
}

/// Whether two outputs are the same but for white space at the ends of lines and of the whole.
fn same_output(one: &[u8], other: &[u8]) -> bool {
    let lines = |text| {
        <[u8]>::trim_ascii_end(text).split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end)
    };
    lines(one).eq(lines(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_at_ends_makes_no_difference() {
        for (one, other) in
            [("a\n", "a"), ("a \r\nb\n\n \n", "a\nb"), ("", "\n"), ("a\t\n\nb", "a\n\nb")]
        {
            assert!(same_output(one.as_bytes(), other.as_bytes()), "{one:?} {other:?}");
        }
        for (one, other) in [(" a", "a"), ("a\n\nb", "a\nb"), ("a b", "ab"), ("a", "")] {
            assert!(!same_output(one.as_bytes(), other.as_bytes()), "{one:?} {other:?}");
        }
    }
}
