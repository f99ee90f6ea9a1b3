//! `coderunner.v1.CodeExecutionService`, health and reflection, beside everything else on the same port.
//!
//! Deadlines of callers, and their going away, end the program: whatever runs lives in the future or the stream of its call.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{Request as HttpRequest, State},
    http::{HeaderMap, Response as HttpResponse},
    middleware::{self, Next},
};
use bytes::Bytes;
use coderunner_api::{
    ApiError, LanguageReport, RequestCache, RequestPriority, codes,
    proto::{
        DESCRIPTORS,
        v1::{
            self, code_execution_service_server::CodeExecutionService,
            execute_response::Event as Told, interact_request::Message,
            run_many_response::Event as CaseOrSummary,
        },
    },
};
use coderunner_executor::{Collect, OutputStream, Stdin};
use futures_util::{Stream, StreamExt as _, stream};
use http_body::{Frame, SizeHint};
use tokio::time::{Interval, Sleep};
use tonic::{Request, Response, Status, Streaming};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::{
    caller::Caller,
    input::Input,
    many::{Case, CaseResult, Series, Summary, Verdict},
    reply::RequestId,
    service::{BodyShare, Event, Execution, Phase, Ran, Service},
    submission::{RequestedLimits, Submission, SubmittedFile},
};

/// Who the codes in error details belong to.
const ERROR_DOMAIN: &str = "coderunner";
/// The call whose request goes on for as long as its program does.
const INTERACT: &str = "/coderunner.v1.CodeExecutionService/Interact";
/// The service's name, for health.
const SERVICE: &str = "coderunner.v1.CodeExecutionService";

/// The addresses of gRPC.
pub(crate) fn routes(service: &Service) -> Router<Service> {
    let message_bytes_max = service.settings().body_bytes_max;
    let execution =
        v1::code_execution_service_server::CodeExecutionServiceServer::new(Grpc(service.clone()))
            .max_decoding_message_size(message_bytes_max);
    let reflection = |builder: tonic_reflection::server::Builder<'static>| {
        builder
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let v1 = reflection(tonic_reflection::server::Builder::configure())
        .build_v1()
        .expect("the descriptors are those of this build");
    // What older clients ask.
    let v1alpha = reflection(tonic_reflection::server::Builder::configure())
        .build_v1alpha()
        .expect("the descriptors are those of this build");
    Router::new()
        .route_service("/coderunner.v1.CodeExecutionService/{*call}", execution)
        .route_service("/grpc.reflection.v1.ServerReflection/{*call}", v1)
        .route_service("/grpc.reflection.v1alpha.ServerReflection/{*call}", v1alpha)
        .route_service(
            "/grpc.health.v1.Health/{*call}",
            tonic_health::pb::health_server::HealthServer::new(Health(service.clone())),
        )
        .layer(middleware::from_fn_with_state(service.clone(), prepare))
}

/// Whether a request wants its answer in gRPC.
pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    crate::reply::media_type(headers).is_some_and(|kind| kind.starts_with("application/grpc"))
}

/// An error as a whole answer.
pub(crate) fn failure(error: &ApiError, id: &RequestId) -> HttpResponse<Body> {
    status(error, id.as_str()).into_http()
}

fn status(error: &ApiError, request_id: &str) -> Status {
    let mut details = ErrorDetails::with_error_info(
        error.code.kind.to_uppercase(),
        ERROR_DOMAIN,
        [("code".to_owned(), error.code.code.to_owned())],
    );
    details.set_request_info(request_id, "");
    for detail in &error.details {
        details.add_bad_request_violation(&detail.field, &detail.problem);
    }
    if let Some(wait) = error.retry_after {
        details.set_retry_info(Some(wait));
    }
    details.set_localized_message("en", error.code.suggestion);
    Status::with_error_details(error.code.grpc, &error.message, details)
}

/// What a call brings beside its message.
#[derive(Clone)]
struct Call {
    caller: Result<Caller, ApiError>,
    id: RequestId,
    deadline: Option<Instant>,
}

/// Looks at what stands in the headers, and bounds the body.
async fn prepare(
    State(service): State<Service>,
    caller: Result<Caller, crate::reply::Failure>,
    mut request: HttpRequest,
    next: Next,
) -> HttpResponse<Body> {
    let headers = request.headers();
    let deadline = headers
        .get("grpc-timeout")
        .and_then(|value| timeout(value.to_str().ok()?))
        .and_then(|timeout| Instant::now().checked_add(timeout));
    let id = request.extensions().get().cloned().unwrap_or_else(|| RequestId::of(headers));
    request.extensions_mut().insert(Call {
        caller: caller.map_err(|failure| failure.0),
        id,
        deadline,
    });
    if request.uri().path() != INTERACT {
        let time_max = service.settings().body_time_max;
        request = request.map(|body| {
            Body::new(TimedBody {
                body,
                read: 0,
                share: service.body_share(),
                late: Box::pin(tokio::time::sleep(time_max)),
            })
        });
    }
    next.run(request).await
}

/// The value of `grpc-timeout`: at most eight digits and a unit.
fn timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

/// A body that has to arrive in time, and counts among all bodies.
struct TimedBody {
    body: Body,
    read: usize,
    share: BodyShare,
    late: Pin<Box<Sleep>>,
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                this.read += frame.data_ref().map_or(0, Bytes::len);
                if !this.share.cover(this.read) {
                    let error = Status::resource_exhausted("too many large requests at once");
                    return Poll::Ready(Some(Err(axum::Error::new(error))));
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Pending if this.late.as_mut().poll(context).is_ready() => {
                let error = Status::deadline_exceeded(codes::REQUEST_TIMEOUT.meaning);
                Poll::Ready(Some(Err(axum::Error::new(error))))
            }
            other => other,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Call {
    fn of<T>(request: &Request<T>) -> Self {
        request.extensions().get().cloned().unwrap_or_else(|| Self {
            caller: Err(ApiError::new(&codes::INTERNAL, codes::INTERNAL.meaning)),
            id: RequestId::of(&HeaderMap::new()),
            deadline: None,
        })
    }

    fn status(&self, error: &ApiError) -> Status {
        status(error, self.id.as_str())
    }

    /// Waits for `future`, but not for longer than the caller does.
    async fn within<T>(
        &self,
        future: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        match self.deadline {
            None => future.await,
            Some(deadline) => tokio::time::timeout_at(deadline.into(), future)
                .await
                .unwrap_or_else(|_| Err(late())),
        }
    }

    async fn deadline(&self) {
        match self.deadline {
            None => std::future::pending().await,
            Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        }
    }
}

fn late() -> ApiError {
    ApiError::new(&codes::DEADLINE, codes::DEADLINE.meaning)
}

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

struct Grpc(Service);

impl Grpc {
    /// Starts the program of a call.
    async fn start(
        &self,
        call: &Call,
        mut submission: Submission,
    ) -> Result<(Execution, bool), ApiError> {
        let caller = call.caller.as_ref().map_err(Clone::clone)?;
        submission.start_by = call.deadline;
        let files = submission.collect == Collect::Changed;
        Ok((self.0.start(caller, submission).await?, files))
    }
}

#[tonic::async_trait]
impl CodeExecutionService for Grpc {
    type ExecuteStream = Answers<v1::ExecuteResponse>;
    type InteractStream = Answers<v1::ExecuteResponse>;
    type RunManyStream = Answers<v1::RunManyResponse>;

    async fn run(
        &self,
        request: Request<v1::RunRequest>,
    ) -> Result<Response<v1::RunResponse>, Status> {
        let call = Call::of(&request);
        let run = async {
            let caller = call.caller.as_ref().map_err(Clone::clone)?;
            let mut submission = Submission::try_from(request.into_inner())?;
            submission.start_by = call.deadline;
            self.0.run(caller, submission).await
        };
        match call.within(run).await {
            Ok(ran) => Ok(Response::new(run_response(ran))),
            Err(error) => Err(call.status(&error)),
        }
    }

    async fn execute(
        &self,
        request: Request<v1::RunRequest>,
    ) -> Result<Response<Self::ExecuteStream>, Status> {
        let call = Call::of(&request);
        let started = async {
            let submission = Submission::try_from(request.into_inner())?;
            self.start(&call, submission).await
        };
        let (execution, files) = started.await.map_err(|error| call.status(&error))?;
        let progress = Progress::new(&self.0, call, execution, files, Typing::default());
        Ok(Response::new(progress.into_stream()))
    }

    async fn interact(
        &self,
        request: Request<Streaming<v1::InteractRequest>>,
    ) -> Result<Response<Self::InteractStream>, Status> {
        let call = Call::of(&request);
        let mut incoming = request.into_inner();
        let time_max = self.0.settings().body_time_max;
        let first = tokio::time::timeout(time_max, incoming.message()).await.map_err(|_| {
            call.status(&ApiError::new(&codes::REQUEST_TIMEOUT, codes::REQUEST_TIMEOUT.meaning))
        })??;
        let Some(v1::InteractRequest { message: Some(Message::Run(run)) }) = first else {
            let problem = "the first message has to be what is to be run";
            return Err(call.status(&ApiError::field(&codes::MISSING_FIELD, "run", problem)));
        };
        let started = async {
            let mut submission = Submission::try_from(run)?;
            let (mut input, stdin) = Input::live();
            if let Stdin::Bytes(before) = std::mem::replace(&mut submission.stdin, stdin) {
                input.push(before);
            }
            let (execution, files) = self.start(&call, submission).await?;
            Ok((execution, files, Typing { incoming: Some(incoming), input }))
        };
        let (execution, files, typing) = started.await.map_err(|error| call.status(&error))?;
        let progress = Progress::new(&self.0, call, execution, files, typing);
        Ok(Response::new(progress.into_stream()))
    }

    async fn run_many(
        &self,
        request: Request<v1::RunManyRequest>,
    ) -> Result<Response<Self::RunManyStream>, Status> {
        let call = Call::of(&request);
        let series = series(request.into_inner(), call.deadline);
        let caller = call.caller.clone();
        let started = caller.and_then(|caller| Ok((caller, series?)));
        let (caller, series) = started.map_err(|error| call.status(&error))?;
        let results = series.run(self.0.clone(), caller);
        Ok(Response::new(many_stream(results, call, self.0.settings().keep_alive)))
    }

    async fn list_languages(
        &self,
        request: Request<v1::ListLanguagesRequest>,
    ) -> Result<Response<v1::ListLanguagesResponse>, Status> {
        let call = Call::of(&request);
        call.caller.as_ref().map_err(|error| call.status(error))?;
        let executor = self.0.executor();
        let languages = self
            .0
            .registry()
            .iter()
            .map(|l| v1::Language::new(LanguageReport::new(l, executor), l.limits))
            .collect();
        Ok(Response::new(v1::ListLanguagesResponse { languages }))
    }
}

fn run_response(ran: Ran) -> v1::RunResponse {
    v1::RunResponse {
        id: ran.id.as_str().to_owned(),
        language: ran.language.id.as_str().to_owned(),
        version: ran.language.version.clone(),
        stdout: ran.finished.stdout.into(),
        stderr: ran.finished.stderr.into(),
        outcome: Some(ran.finished.outcome.into()),
        cached: ran.cached,
    }
}

impl TryFrom<v1::RunRequest> for Submission {
    type Error = ApiError;

    fn try_from(request: v1::RunRequest) -> Result<Self, ApiError> {
        if request.files.is_empty() {
            let problem = "it is needed; the first is the program";
            return Err(ApiError::field(&codes::MISSING_FIELD, "files", problem));
        }
        let file = |file: v1::File| SubmittedFile {
            path: (!file.path.is_empty()).then_some(file.path),
            contents: file.content,
        };
        let priority = match v1::Priority::try_from(request.priority) {
            Ok(v1::Priority::Unspecified | v1::Priority::Interactive) => {
                RequestPriority::Interactive
            }
            Ok(v1::Priority::Batch) => RequestPriority::Batch,
            Err(_) => return Err(ApiError::invalid("priority", "there is no such priority")),
        };
        let cache = match v1::Cache::try_from(request.cache) {
            Ok(v1::Cache::Unspecified) => RequestCache::Never,
            Ok(v1::Cache::Repeatable) => RequestCache::Repeatable,
            Ok(v1::Cache::Always) => RequestCache::Always,
            Err(_) => return Err(ApiError::invalid("cache", "there is no such value")),
        };
        let mut env: Vec<_> = request.env.into_iter().collect();
        // Maps have no order of their own; the same request is the same job.
        env.sort_unstable();
        Ok(Self {
            version: (!request.version.is_empty()).then_some(request.version),
            files: request.files.into_iter().map(file).collect(),
            stdin: if request.stdin.is_empty() {
                Stdin::Empty
            } else {
                Stdin::Bytes(request.stdin)
            },
            args: request.args,
            env,
            compile_args: request.compile_args,
            limits: request.limits.map(limits).transpose()?.unwrap_or_default(),
            collect: if request.collect_files { Collect::Changed } else { Collect::Nothing },
            cache,
            priority,
            ..Self::new(request.language, Bytes::new())
        })
    }
}

fn limits(limits: v1::Limits) -> Result<RequestedLimits, ApiError> {
    let time = |name: &str, duration: Option<prost_types::Duration>| {
        let Some(duration) = duration else { return Ok(None) };
        match Duration::try_from(duration) {
            Ok(duration) if !duration.is_zero() => Ok(Some(duration)),
            _ => Err(ApiError::invalid(format!("limits.{name}"), "it is not more than nothing")),
        }
    };
    let bytes = |name: &str, bytes: Option<u64>| match bytes {
        Some(0) => Err(ApiError::invalid(format!("limits.{name}"), "it is not more than nothing")),
        bytes => Ok(bytes),
    };
    Ok(RequestedLimits {
        wall: time("wall", limits.wall)?,
        cpu: time("cpu", limits.cpu)?,
        memory_bytes: bytes("memory_bytes", limits.memory_bytes)?,
        output_bytes: bytes("output_bytes", limits.output_bytes)?,
        disk_bytes: bytes("disk_bytes", limits.disk_bytes)?,
    })
}

fn series(request: v1::RunManyRequest, start_by: Option<Instant>) -> Result<Series, ApiError> {
    let program = request
        .program
        .ok_or_else(|| ApiError::field(&codes::MISSING_FIELD, "program", "it is needed"))?;
    let mut program = Submission::try_from(program)?;
    program.start_by = start_by;
    let case = |case: v1::Case| Case {
        stdin: case.stdin,
        args: (!case.args.is_empty()).then_some(case.args),
        expected: case.expected,
    };
    let cases = request.cases.into_iter().map(case).collect();
    Series::new(program, cases, request.stop_at_first_failure)
}

/// What the caller of `Interact` types.
#[derive(Default)]
struct Typing {
    incoming: Option<Streaming<v1::InteractRequest>>,
    input: Input,
}

impl Typing {
    /// The next message; never resolves after the last.
    async fn message(
        incoming: &mut Option<Streaming<v1::InteractRequest>>,
    ) -> Result<Option<v1::InteractRequest>, Status> {
        match incoming {
            Some(incoming) => incoming.message().await,
            None => std::future::pending().await,
        }
    }
}

/// An execution as a stream of answers.
struct Progress {
    call: Call,
    execution: Execution,
    files: bool,
    typing: Typing,
    started: bool,
    quiet: Interval,
}

fn quiet(every: Duration) -> Interval {
    let mut quiet = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
    quiet.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    quiet
}

impl Progress {
    fn new(
        service: &Service,
        call: Call,
        execution: Execution,
        files: bool,
        typing: Typing,
    ) -> Self {
        let quiet = quiet(service.settings().keep_alive);
        Self { call, execution, files, typing, started: false, quiet }
    }

    fn into_stream(self) -> Answers<v1::ExecuteResponse> {
        Box::pin(stream::unfold(Some(self), |progress| async {
            let mut progress = progress?;
            let told = progress.next().await;
            let over = !matches!(&told, Ok(told) if !matches!(told, Told::Finished(_)));
            let answer = told.map(|event| v1::ExecuteResponse { event: Some(event) });
            Some((answer, (!over).then_some(progress)))
        }))
    }

    async fn next(&mut self) -> Result<Told, Status> {
        if !std::mem::replace(&mut self.started, true) {
            let Execution { id, language, .. } = &self.execution;
            return Ok(Told::Started(v1::Started {
                id: id.as_str().to_owned(),
                language: language.id.as_str().to_owned(),
                version: language.version.clone(),
            }));
        }
        loop {
            let Typing { incoming, input } = &mut self.typing;
            let listening = incoming.is_some() && input.has_room();
            tokio::select! {
                event = self.execution.next() => return match event {
                    Event::Output(chunk) => Ok(match chunk.stream {
                        OutputStream::Stdout => Told::Stdout(chunk.bytes),
                        OutputStream::Stderr => Told::Stderr(chunk.bytes),
                    }),
                    Event::Ended(Ok(mut outcome)) => {
                        if !self.files {
                            outcome.files.clear();
                        }
                        let (outcome, cached) = (Some(outcome.into()), self.execution.cached);
                        Ok(Told::Finished(v1::Finished { outcome, cached }))
                    }
                    Event::Ended(Err(error)) => Err(self.call.status(&error)),
                },
                () = self.call.deadline() => return Err(self.call.status(&late())),
                message = Typing::message(incoming), if listening => self.hear(message?)?,
                () = input.pass_on() => {}
                _ = self.quiet.tick() => return Ok(Told::KeepAlive(v1::KeepAlive {})),
            }
        }
    }

    fn hear(&mut self, message: Option<v1::InteractRequest>) -> Result<(), Status> {
        let Typing { incoming, input } = &mut self.typing;
        let Some(message) = message else {
            *incoming = None;
            input.close();
            return Ok(());
        };
        let error = match message.message {
            Some(Message::Stdin(text)) => {
                input.push(text);
                return Ok(());
            }
            Some(Message::CloseStdin(_)) => {
                input.close();
                return Ok(());
            }
            Some(Message::Signal(_)) => ApiError::new(&codes::CANCELLED, "it was cancelled"),
            Some(Message::Run(_)) => ApiError::invalid("run", "a program is running already"),
            None => ApiError::field(&codes::MISSING_FIELD, "message", "it is needed"),
        };
        Err(self.call.status(&error))
    }
}

impl From<Verdict> for v1::Verdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Unjudged => Self::Unspecified,
            Verdict::Accepted => Self::Accepted,
            Verdict::WrongOutput => Self::WrongOutput,
            Verdict::Failed => Self::Failed,
            Verdict::Skipped => Self::Skipped,
        }
    }
}

/// Results as a stream of answers, then the summary.
fn many_stream(
    results: impl Stream<Item = CaseResult> + Send + 'static,
    call: Call,
    keep_alive: Duration,
) -> Answers<v1::RunManyResponse> {
    let state = (Box::pin(results), call, Summary::default(), quiet(keep_alive));
    Box::pin(stream::unfold(Some(state), |state| async {
        let (mut results, call, mut summary, mut quiet) = state?;
        let told = tokio::select! {
            result = results.next() => if let Some(result) = result {
                summary.count(result.verdict);
                case_result(result).map_err(|error| call.status(&error))
            } else {
                let Summary { accepted, wrong_output, failed, skipped, unjudged } = summary;
                let summary = v1::Summary { accepted, wrong_output, failed, skipped, unjudged };
                Ok(CaseOrSummary::Summary(summary))
            },
            () = call.deadline() => Err(call.status(&late())),
            _ = quiet.tick() => Ok(CaseOrSummary::KeepAlive(v1::KeepAlive {})),
        };
        let over = matches!(told, Err(_) | Ok(CaseOrSummary::Summary(_)));
        let answer = told.map(|event| v1::RunManyResponse { event: Some(event) });
        Some((answer, (!over).then_some((results, call, summary, quiet))))
    }))
}

fn case_result(result: CaseResult) -> Result<CaseOrSummary, ApiError> {
    Ok(CaseOrSummary::Case(v1::CaseResult {
        index: u32::try_from(result.index).unwrap_or(u32::MAX),
        verdict: v1::Verdict::from(result.verdict).into(),
        run: result.ran.transpose()?.map(run_response),
    }))
}

/// `grpc.health.v1`: what `/readyz` says.
struct Health(Service);

impl Health {
    fn status(&self, service: &str) -> Result<tonic_health::pb::HealthCheckResponse, ApiError> {
        use tonic_health::pb::health_check_response::ServingStatus;
        if !service.is_empty() && service != SERVICE {
            return Err(ApiError::new(&codes::NOT_FOUND, "there is no such service"));
        }
        let status = match self.0.phase() {
            Phase::Ready => ServingStatus::Serving,
            _ => ServingStatus::NotServing,
        };
        Ok(tonic_health::pb::HealthCheckResponse { status: status.into() })
    }
}

#[tonic::async_trait]
impl tonic_health::pb::health_server::Health for Health {
    type WatchStream = Answers<tonic_health::pb::HealthCheckResponse>;

    async fn check(
        &self,
        request: Request<tonic_health::pb::HealthCheckRequest>,
    ) -> Result<Response<tonic_health::pb::HealthCheckResponse>, Status> {
        let status = self.status(&request.get_ref().service);
        // The protocol of health has a code of its own for this.
        status.map(Response::new).map_err(|error| Status::not_found(error.message))
    }

    async fn watch(
        &self,
        request: Request<tonic_health::pb::HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let name = request.into_inner().service;
        let state = (self.0.clone(), None::<Phase>);
        let statuses = stream::unfold(state, move |(service, last)| {
            let name = name.clone();
            async move {
                let phase = match last {
                    None => service.phase(),
                    // The last phase is the last message; the end of the server closes the stream.
                    Some(last) => service.after(last).await?,
                };
                let status = Self(service.clone()).status(&name);
                let status = status.map_err(|error| Status::not_found(error.message));
                Some((status, (service, Some(phase))))
            }
        });
        Ok(Response::new(Box::pin(statuses)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_grpc_writes_them() {
        assert_eq!(timeout("10S"), Some(Duration::from_secs(10)));
        assert_eq!(timeout("99999999H"), Some(Duration::from_hours(99_999_999)));
        assert_eq!(timeout("5m"), Some(Duration::from_millis(5)));
        for bad in ["", "S", "10", "10s", "123456789S", "-1S", "1.5S", "äS", "1ä"] {
            assert_eq!(timeout(bad), None, "{bad:?}");
        }
    }
}
