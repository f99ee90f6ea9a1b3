//! Connections: accepted up to a bound, HTTP/1 and HTTP/2 told apart, closed in an orderly way.
//!
//! What is answered is up to `http`; here every request gets its identifier, and a handler that panics becomes an answer like any other error.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    io,
    net::SocketAddr,
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, HttpBody},
    http::Response,
    response::IntoResponse as _,
};
use bytes::Bytes;
use coderunner_api::{ApiError, codes};
use coderunner_executor::Executor;
use coderunner_languages::Registry;
use futures_util::FutureExt as _;
use http_body::{Frame, SizeHint};
use hyper::{
    Request,
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Sleep,
};
use tower::Service as _;
use tracing::Instrument as _;

use crate::{
    Gauges, Rules, Settings,
    grpc::is_grpc,
    http::routes,
    reply::{Failure, RequestId, finish},
    service::{Phase, Service},
    trace,
};

/// What an HTTP/2 connection starts with, by which the two versions are told apart.
const HTTP2_START: &[u8; 4] = b"PRI ";
/// How long to wait for more of a start that came in pieces.
const START_AGAIN: Duration = Duration::from_millis(5);
/// How long to wait before accepting again after accepting failed: there are too few descriptors, and nothing helps but that some are closed.
const ACCEPT_AGAIN: Duration = Duration::from_millis(20);
/// How long cancelled executions may take to be told to their callers.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// What is gathered for one stream of an HTTP/2 connection before its handler waits.
const HTTP2_SEND_BYTES_MAX: usize = 64 << 10;
/// How long an HTTP/2 peer may take to answer a ping.
const HTTP2_PING_TIME_MAX: Duration = Duration::from_secs(20);

/// A server, ready to listen.
#[derive(Clone)]
pub struct Server {
    service: Service,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("service", &self.service).finish()
    }
}

/// Why the server could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The socket does not work.
    #[error("connections cannot be accepted")]
    Accept(#[source] io::Error),
}

/// Counts a connection for as long as it, or anything that came out of it, is there.
pub(crate) type ConnectionPermit = Arc<OwnedSemaphorePermit>;

impl Server {
    /// A server that runs the languages of `registry` on `executor`; `gauges` is asked for what else `/metrics` has to tell.
    #[must_use]
    pub fn new(
        settings: Settings,
        registry: &'static Registry,
        executor: Arc<dyn Executor>,
        gauges: Gauges,
    ) -> Self {
        Self { service: Service::new(settings, registry, executor, gauges) }
    }

    /// Exchanges what can be changed while the server runs. What has started goes on as it was.
    pub fn change(&self, rules: Rules) {
        self.service.change(rules);
    }

    /// Says that everything is made ready: from now on `/readyz` is fine.
    pub fn ready(&self) {
        self.service.enter(Phase::Ready);
    }

    /// Accepts connections from `listener` until `stop` resolves; then ends in an orderly way: `/readyz` first, then no new work, then what
    /// runs may end within [`Settings::drain`], then it is cancelled and its callers are told.
    ///
    /// # Errors
    /// The listener does not work.
    pub async fn serve(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) -> Result<(), ServeError> {
        let settings = self.service.settings().clone();
        let connections = Arc::new(Semaphore::new(settings.connections_max));
        let mut stop = pin!(async {
            stop.await;
            self.service.enter(Phase::Leaving);
            if !settings.notice.is_zero() {
                tokio::time::sleep(settings.notice).await;
            }
        });
        tokio::select! {
            error = self.accept(&listener, &connections) => return Err(error),
            () = &mut stop => {}
        }
        drop(listener);
        self.service.enter(Phase::Draining);
        let all = u32::try_from(settings.connections_max).unwrap_or(u32::MAX);
        let mut over = pin!(connections.acquire_many(all));
        if tokio::time::timeout(settings.drain, &mut over).await.is_err() {
            tracing::warn!("executions are cancelled, because they go on after the time to drain");
            self.service.enter(Phase::Stopping);
            // Who does not listen now will not be told.
            let _ = tokio::time::timeout(LAST_WORDS, over).await;
        }
        Ok(())
    }

    /// Answers messages of the Model Context Protocol, one after another as they come, until there are no more and all are answered.
    pub async fn converse(
        &self,
        messages: tokio::sync::mpsc::Receiver<bytes::Bytes>,
        answers: tokio::sync::mpsc::Sender<String>,
    ) {
        crate::surfaces::mcp::stdio::converse(self.service.clone(), messages, answers).await;
    }

    async fn accept(&self, listener: &TcpListener, connections: &Arc<Semaphore>) -> ServeError {
        let router = routes(self.service.clone());
        loop {
            let Ok(permit) = Arc::clone(connections).acquire_owned().await else {
                return ServeError::Accept(io::Error::other("the server is closed"));
            };
            match listener.accept().await {
                Ok((stream, address)) => {
                    let connection = Connection {
                        service: self.service.clone(),
                        router: router.clone(),
                        address,
                        permit: Arc::new(permit),
                    };
                    tokio::spawn(connection.serve(stream));
                }
                // The other side gave up before it was its turn.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) if is_lasting(&error) => return ServeError::Accept(error),
                Err(error) => {
                    tracing::error!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }
}

/// Whether accepting will never work again.
fn is_lasting(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
}

struct Connection {
    service: Service,
    router: Router,
    address: SocketAddr,
    permit: ConnectionPermit,
}

impl Connection {
    async fn serve(self, stream: TcpStream) {
        let settings = self.service.settings();
        // Answers are written whole; waiting for more only delays them.
        let _ = stream.set_nodelay(true);
        let started = tokio::time::timeout(settings.header_time_max, is_http2(&stream)).await;
        // How a connection ends is its peer's business: errors here are what a peer did.
        match started {
            Ok(Ok(true)) => self.serve_http2(stream).await,
            Ok(Ok(false)) => self.serve_http1(stream).await,
            Ok(Err(_)) | Err(_) => {}
        }
    }

    async fn serve_http1(self, stream: TcpStream) {
        let settings = self.service.settings();
        let service = self.service.clone();
        let stream = TokioIo::new(Paced::new(stream, settings.write_time_max));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(settings.header_time_max)
            .max_buf_size(settings.header_bytes_max)
            .pipeline_flush(true)
            .serve_connection(stream, service_fn(|request| self.answer(request)))
            .with_upgrades();
        let mut connection = pin!(connection);
        let mut ending = pin!(service.reached(Phase::Draining));
        tokio::select! {
            biased;
            _ = &mut connection => return,
            () = &mut ending => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }

    async fn serve_http2(self, stream: TcpStream) {
        let settings = self.service.settings();
        let service = self.service.clone();
        let stream = TokioIo::new(Paced::new(stream, settings.write_time_max));
        let header_bytes_max = u32::try_from(settings.header_bytes_max).unwrap_or(u32::MAX);
        let this = Arc::new(self);
        let activity = Arc::new(Activity::new());
        let counted = Arc::clone(&activity);
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(service.settings().streams_max)
            .max_header_list_size(header_bytes_max)
            .max_send_buf_size(HTTP2_SEND_BYTES_MAX)
            .keep_alive_interval(service.settings().keep_alive)
            .keep_alive_timeout(HTTP2_PING_TIME_MAX)
            .serve_connection(
                stream,
                service_fn(move |request| {
                    let this = Arc::clone(&this);
                    let stream = OpenStream::new(&counted);
                    async move {
                        let response = this.answer(request).await?;
                        Ok::<_, Infallible>(
                            response.map(|body| CountedBody { body, _stream: stream }),
                        )
                    }
                }),
            );
        let mut connection = pin!(connection);
        let mut ending = pin!(service.reached(Phase::Draining));
        tokio::select! {
            biased;
            _ = &mut connection => (),
            () = &mut ending => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
            // Answering pings is no reason to be kept.
            () = activity.idle(service.settings().header_time_max) => {
                connection.as_mut().graceful_shutdown();
                let _ = tokio::time::timeout(HTTP2_PING_TIME_MAX, connection).await;
            }
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let mut request = request.map(Body::new);
        let id = RequestId::of(request.headers());
        let is_grpc = is_grpc(request.headers());
        let span = trace::request(request.method(), request.uri().path(), request.headers(), &id);
        let extensions = request.extensions_mut();
        extensions.insert(id.clone());
        extensions.insert(self.address);
        extensions.insert(Arc::clone(&self.permit));
        let answer = AssertUnwindSafe(self.router.clone().call(request)).catch_unwind();
        let response = match answer.instrument(span.clone()).await {
            Ok(Ok(response)) => response,
            Err(_) => {
                span.in_scope(|| tracing::error!(request_id = id.as_str(), "a handler panicked"));
                Failure(ApiError::new(&codes::INTERNAL, codes::INTERNAL.meaning)).into_response()
            }
        };
        let response = finish(response, &id, is_grpc);
        let status = response.status().as_u16();
        trace::answered(&span, status);
        if is_refusal(&response) {
            let wait = self.service.refusal_wait();
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
        }
        self.service.metrics().answered(status);
        Ok(response)
    }
}

/// Whether the caller is told to come again later, over HTTP or gRPC.
fn is_refusal(response: &Response<Body>) -> bool {
    let exhausted = || {
        let status = response.headers().get("grpc-status");
        status.and_then(|status| status.to_str().ok()?.parse::<i32>().ok())
            == Some(tonic::Code::ResourceExhausted as i32)
    };
    matches!(response.status().as_u16(), 429 | 503) || exhausted()
}

/// What an HTTP/2 connection is doing.
struct Activity {
    started: Instant,
    /// Requests that are not answered to the end.
    open: AtomicUsize,
    /// When the last one was, in milliseconds after the start.
    last_ms: AtomicU64,
}

impl Activity {
    fn new() -> Self {
        Self { started: Instant::now(), open: AtomicUsize::new(0), last_ms: AtomicU64::new(0) }
    }

    /// Resolves once nothing was going on for `time_max`.
    async fn idle(&self, time_max: Duration) {
        let mut wait = time_max;
        loop {
            tokio::time::sleep(wait).await;
            if self.open.load(Ordering::Acquire) > 0 {
                wait = time_max;
                continue;
            }
            let last = Duration::from_millis(self.last_ms.load(Ordering::Acquire));
            let quiet = self.started.elapsed().saturating_sub(last);
            // What is left of it.
            wait = match time_max.checked_sub(quiet) {
                None | Some(Duration::ZERO) => return,
                Some(left) => left,
            };
        }
    }
}

/// A request of a connection, until its answer has been sent.
struct OpenStream(Arc<Activity>);

impl OpenStream {
    fn new(activity: &Arc<Activity>) -> Self {
        activity.open.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(activity))
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let now = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.last_ms.store(now, Ordering::Release);
        self.0.open.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The body of an answer that counts as long as it is not sent.
struct CountedBody {
    body: Body,
    _stream: OpenStream,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Looks at how the connection starts, without taking anything from it.
async fn is_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut start = [0; HTTP2_START.len()];
    loop {
        let there = stream.peek(&mut start).await?;
        if there == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if start[..there] != HTTP2_START[..there] {
            return Ok(false);
        }
        if there == HTTP2_START.len() {
            return Ok(true);
        }
        tokio::time::sleep(START_AGAIN).await;
    }
}

/// A connection whose peer has to take what is sent to it.
struct Paced {
    stream: TcpStream,
    write_time_max: Duration,
    /// Runs while a write is waiting.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    fn new(stream: TcpStream, write_time_max: Duration) -> Self {
        Self { stream, write_time_max, stalled: None }
    }

    fn pace<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let time_max = self.write_time_max;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(time_max)));
        match stalled.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.pace(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.pace(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
