//! `POST /v1/run-many`: one program, many inputs, all results at the end.

use std::collections::BTreeMap;

use axum::{body::Body, extract::State, http::Response};
use coderunner_api::{ApiError, Detail, RunReport, RunRequest};
use coderunner_executor::Collect;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Json;
use crate::{
    caller::Caller,
    many::{Case, Series, Summary, Verdict},
    reply::{self, Failure},
    service::Service,
    submission::Submission,
};

/// What a body of `/v1/run-many` has beside the fields of `/v1/run`.
#[derive(Deserialize)]
pub(super) struct Fields {
    cases: Vec<RequestCase>,
    #[serde(default)]
    stop_at_first_failure: bool,
    /// Those of the program.
    #[serde(flatten)]
    program: BTreeMap<String, Value>,
}

/// One input, and what should come of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestCase {
    /// Standard input; without it, the program's own.
    #[serde(default)]
    stdin: Option<String>,
    /// Arguments; without them, the program's own.
    #[serde(default)]
    args: Option<Vec<String>>,
    /// What standard output should be, but for white space at the ends of lines and of the whole.
    #[serde(default)]
    expected: Option<String>,
}

/// What came of each case.
#[derive(Serialize, ToSchema)]
pub(super) struct Results<'a> {
    results: Vec<CaseReport<'a>>,
    summary: Summary,
}

/// What came of a case.
#[derive(Serialize, ToSchema)]
pub(super) struct CaseReport<'a> {
    /// Which one, counted from 0.
    index: usize,
    /// How it is judged.
    verdict: Verdict,
    /// What was run, if it was.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    run: Option<RunReport<'a>>,
    /// Why it could not be run.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<CaseError<'a>>,
}

/// Why a case could not be run: as everywhere, but for what is said once for the whole answer.
#[derive(Serialize, ToSchema)]
struct CaseError<'a> {
    /// Never changes.
    code: &'static str,
    /// The same in words.
    kind: &'static str,
    /// What happened, for people.
    message: &'a str,
    /// What was wrong where.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    details: &'a [Detail],
}

pub(super) async fn run_many(
    State(service): State<Service>,
    caller: Caller,
    Json { value: fields, share: _share }: Json<Fields>,
) -> Result<Response<Body>, Failure> {
    let program = fields.program.into_iter().collect();
    let program: RunRequest = coderunner_api::parse_value(Value::Object(program))?;
    let program = Submission::try_from(program)?;
    let files = program.collect == Collect::Changed;
    let case = |case: RequestCase| Case {
        stdin: case.stdin.map(Into::into),
        args: case.args,
        expected: case.expected.map(Into::into),
    };
    let cases = fields.cases.into_iter().map(case).collect();
    let series = Series::new(program, cases, fields.stop_at_first_failure)?;
    let results: Vec<_> = series.run(service, caller).collect().await;
    // When not even the first could be run, the request is wrong or the server is busy: no results, but an error.
    if let Some(Some(Err(error))) = results.first().map(|result| &result.ran) {
        return Err(Failure(error.clone()));
    }
    let mut summary = Summary::default();
    let results = results
        .iter()
        .map(|result| {
            summary.count(result.verdict);
            let (run, error) = match &result.ran {
                Some(Ok(ran)) => (Some(ran.report(files)), None),
                Some(Err(error)) => (None, Some(CaseError::from(error))),
                None => (None, None),
            };
            CaseReport { index: result.index, verdict: result.verdict, run, error }
        })
        .collect();
    Ok(reply::json(&Results { results, summary }))
}

impl<'a> From<&'a ApiError> for CaseError<'a> {
    fn from(error: &'a ApiError) -> Self {
        Self {
            code: error.code.code,
            kind: error.code.kind,
            message: &error.message,
            details: &error.details,
        }
    }
}
