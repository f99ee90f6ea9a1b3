//! LibreChat's code API, at `/librechat`: programs over files that stay between calls.
//!
//! Files that were uploaded together, or made by one program, are a session. It never changes but for deletions, belongs to the caller that
//! brought it, and is kept in memory. Programs name the files that they want by session and identifier. The only other thing that outlives a call
//! is what is known of a program that waits for an agent's tools (`tools`).

mod tools;

use std::{convert::Infallible, fmt::Write as _, sync::Arc, time::SystemTime};

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Response, header},
    response::IntoResponse as _,
    routing::{delete, get, post},
};
use bytes::Bytes;
use coderunner_api::{ApiError, codes, text};
use coderunner_executor::{Collect, JobFile, Termination};
use coderunner_languages::Language;
use futures_util::stream;
use multer::Multipart;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ending::Ending,
    shelf::{Shelf, Thing},
    timestamp::timestamp,
    with_errors,
};
use crate::{
    Stores,
    caller::Caller,
    http::Received,
    reply::{Failure, json as reply_json, to_json},
    service::{RunId, Service},
    submission::{RequestedLimits, Submission, SubmittedFile},
};
use tools::Waiting;

/// What keeping a file takes besides its name and contents, in bytes.
const FILE_BYTES: usize = 128;
/// The length of identifiers: LibreChat passes on no others.
const ID_CHARS: usize = 21;
/// The longest field of a form that is no file, in bytes.
const FIELD_BYTES_MAX: usize = 1024;
/// The working folder, as programs and names in requests have it.
const FOLDER: &str = "/mnt/data/";

pub(super) fn routes(stores: &Stores) -> Router<Service> {
    let routes = Router::new()
        .route("/exec", post(exec))
        .route("/exec/programmatic", post(tools::programmatic))
        .route("/upload", post(upload))
        .route("/upload/batch", post(upload))
        .route("/files/{session}", get(list))
        .route("/files/{session}/{file}", delete(forget))
        .route("/sessions/{session}/objects/{file}", get(look))
        .route("/download/{session}/{file}", get(download));
    let routes = Router::new()
        .nest("/librechat", routes)
        .layer(Extension(Arc::new(Shelf::<Left>::new(stores))));
    with_errors(routes, |error| Body::from(to_json(&json!({ "error": error.message }))))
}

type Sessions = Extension<Arc<Shelf<Left>>>;

/// What is kept from call to call.
#[derive(Clone, Debug)]
enum Left {
    Files(Session),
    Program(Arc<Waiting>),
}

/// Files that came together.
#[derive(Clone, Debug)]
struct Session(Arc<[Kept]>);

/// A file of a session.
#[derive(Clone, Debug)]
struct Kept {
    id: String,
    name: String,
    contents: Bytes,
    modified: SystemTime,
    /// Whether programs may change it; if not, what they made of it is not kept.
    read_only: bool,
}

impl Thing for Left {
    fn bytes(&self) -> usize {
        match self {
            Self::Files(Session(files)) => {
                files.iter().map(|file| file.name.len() + file.contents.len() + FILE_BYTES).sum()
            }
            Self::Program(waiting) => waiting.bytes(),
        }
    }
}

/// The files that are kept under `key`.
fn session(shelf: &Shelf<Left>, key: &str) -> Option<Session> {
    match shelf.get(key)? {
        Left::Files(session) => Some(session),
        Left::Program(_) => None,
    }
}

impl Kept {
    fn new(name: String, contents: Bytes, read_only: bool) -> Self {
        Self { id: id(), name, contents, modified: SystemTime::now(), read_only }
    }

    /// What there is to say of it, as a file of `session`.
    fn describe(&self, session: &str) -> Value {
        // The name of the object that holds it; the file's own is in the metadata.
        let extension = self.name.rsplit('/').next().and_then(|file| file.rsplit_once('.'));
        let extension = extension.map_or(String::new(), |(_, extension)| format!(".{extension}"));
        json!({
            "id": self.id, "name": format!("{session}/{}{extension}", self.id), "storage_session_id": session, "session_id": session,
            "size": self.contents.len(), "lastModified": timestamp(self.modified),
            "metadata": {"original-filename": self.name},
        })
    }
}

/// An identifier that nobody can guess.
fn id() -> String {
    RunId::new().as_str()[..ID_CHARS].to_owned()
}

/// What a caller's session is kept under.
fn key(caller: &Caller, session: &str) -> String {
    format!("{} {session}", caller.name)
}

fn missing(what: &str) -> ApiError {
    ApiError::new(
        &codes::NOT_FOUND,
        format!("{what} is not here, or not any more; upload it again"),
    )
}

fn find(shelf: &Shelf<Left>, caller: &Caller, session: &str, file: &str) -> Result<Kept, ApiError> {
    self::session(shelf, &key(caller, session))
        .and_then(|session| session.0.iter().find(|kept| kept.id == file).cloned())
        .ok_or_else(|| missing("the file"))
}

/// A program. Fields that say for whom it runs are not needed: that is the caller.
#[derive(Deserialize)]
struct Exec {
    lang: String,
    code: String,
    args: Option<Args>,
    files: Option<Vec<Wanted>>,
}

/// Arguments, one by one or as a command line has them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Args {
    List(Vec<String>),
    Line(String),
}

/// A file that a program is to find in its folder.
#[derive(Clone, Debug, Deserialize)]
struct Wanted {
    id: String,
    name: String,
    storage_session_id: Option<String>,
    /// What older clients call it.
    session_id: Option<String>,
}

impl Wanted {
    /// What keeping it takes, in bytes.
    fn bytes(&self) -> usize {
        let session = |id: &Option<String>| id.as_ref().map_or(0, String::len);
        size_of::<Self>()
            + self.id.len()
            + self.name.len()
            + session(&self.storage_session_id)
            + session(&self.session_id)
    }
}

async fn exec(
    State(service): State<Service>,
    caller: Caller,
    Extension(shelf): Sessions,
    body: Received,
) -> Result<Response<Body>, Failure> {
    let Exec { lang, code, args, files } = coderunner_api::parse(&body.bytes)?;
    let language = service.language(&lang, None)?;
    let args = match args {
        None => Vec::new(),
        Some(Args::List(args)) => args,
        Some(Args::Line(line)) => shlex::split(&line)
            .ok_or_else(|| ApiError::invalid("args", "a quotation mark is not closed"))?,
    };
    let inputs = inputs(&service, &caller, &shelf, &files.unwrap_or_default())?;
    let limits = RequestedLimits::default();
    let program = Program { language, code: code.into(), args, limits, calls: None };
    let ran = run(&service, &caller, &shelf, program, &inputs).await?;
    Ok(reply_json(&json!({
        "session_id": ran.session, "stdout": ran.stdout, "stderr": ran.stderr, "files": ran.files,
    })))
}

/// The files that a program wants, by the names that it wants them under.
fn inputs(
    service: &Service,
    caller: &Caller,
    shelf: &Shelf<Left>,
    wanted: &[Wanted],
) -> Result<Vec<(String, Kept)>, ApiError> {
    let files_max = service.settings().files_max;
    if wanted.len() >= files_max {
        return Err(ApiError::invalid(
            "files",
            format!("at most {files_max} are taken, with the program"),
        ));
    }
    let mut inputs: Vec<(String, Kept)> = Vec::with_capacity(wanted.len());
    for Wanted { id, name, storage_session_id, session_id } in wanted {
        let session = storage_session_id.as_deref().or(session_id.as_deref()).unwrap_or_default();
        let kept = find(shelf, caller, session, id).map_err(|_| missing(name))?;
        let name = name.strip_prefix(FOLDER).unwrap_or(name).to_owned();
        // The later of two of the same name is the newer.
        inputs.retain(|(known, _)| *known != name);
        inputs.push((name, kept));
    }
    Ok(inputs)
}

/// A name like `name` that none of `inputs` has: what is ours lies beside a program's files.
fn beside(name: &str, inputs: &[(String, Kept)]) -> String {
    let mut name = name.to_owned();
    while inputs.iter().any(|(known, _)| *known == name) {
        name.insert(0, '_');
    }
    name
}

/// A program to run over a caller's files.
struct Program<'a> {
    language: &'static Language,
    code: Bytes,
    args: Vec<String>,
    limits: RequestedLimits,
    /// Where it writes down what it wants of others, if it can.
    calls: Option<&'a str>,
}

/// What came of it.
struct Ran {
    /// Where the files are that it made.
    session: String,
    files: Vec<Value>,
    stdout: String,
    stderr: String,
    /// What it wants of others before it can go on. Then nothing else counts.
    calls: Option<Bytes>,
}

async fn run(
    service: &Service,
    caller: &Caller,
    shelf: &Shelf<Left>,
    program: Program<'_>,
    inputs: &[(String, Kept)],
) -> Result<Ran, ApiError> {
    let Program { language, code, args, limits, calls } = program;
    // The program lies beside its files, so it must not be one of them.
    let entry = beside(language.entry.as_str(), inputs);
    let own = SubmittedFile { path: Some(entry.clone()), contents: code };
    let files = inputs.iter().map(|(name, kept)| SubmittedFile {
        path: Some(name.clone()),
        contents: kept.contents.clone(),
    });
    let submission = Submission {
        files: std::iter::once(own).chain(files).collect(),
        args,
        limits,
        collect: Collect::Changed,
        ..Submission::new(language.id.as_str(), Bytes::new())
    };
    let ran = service.run(caller, submission).await?.finished;
    let mut ended = Ran {
        session: id(),
        files: Vec::new(),
        stdout: text(&ran.stdout).into_owned(),
        stderr: text(&ran.stderr).into_owned(),
        calls: None,
    };
    let termination = &ran.outcome.termination;
    if !matches!(termination, Termination::Exited { .. }) {
        // Whoever was cut off has left files half written.
        let _ = write!(ended.stderr, "{}", Ending::from(termination));
        return Ok(ended);
    }
    let mut made = Vec::new();
    for JobFile { path, contents } in ran.outcome.files {
        let name = path.as_str();
        if Some(name) == calls {
            ended.calls = Some(contents);
            return Ok(ended);
        }
        if name != entry && !inputs.iter().any(|(own, kept)| own == name && kept.read_only) {
            made.push(Kept::new(name.to_owned(), contents, false));
        }
    }
    let session = &ended.session;
    let told = made.iter().map(|file| json!({"id": file.id, "name": file.name, "path": file.name, "storage_session_id": session}));
    ended.files = told.collect();
    if !made.is_empty() && !shelf.put(&key(caller, session), Left::Files(Session(made.into()))) {
        ended.files.clear();
        ended.stderr.push_str("the files are too large to be kept\n");
    }
    Ok(ended)
}

/// Keeps the files of a form: `upload`, and `upload/batch` for many.
async fn upload(
    State(service): State<Service>,
    caller: Caller,
    Extension(shelf): Sessions,
    headers: HeaderMap,
    body: Received,
) -> Result<Response<Body>, Failure> {
    let boundary = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| multer::parse_boundary(kind.to_str().ok()?).ok())
        .ok_or_else(|| ApiError::new(&codes::MEDIA_TYPE, "send a form, as multipart/form-data"))?;
    let malformed = |error: multer::Error| {
        ApiError::new(&codes::MALFORMED, format!("the form cannot be read: {error}"))
    };
    let bytes = stream::iter([Ok::<_, Infallible>(body.bytes)]);
    let mut form = Multipart::new(bytes, boundary);
    let (mut files, mut read_only) = (Vec::new(), false);
    while let Some(field) = form.next_field().await.map_err(malformed)? {
        let Some(name) = field.file_name().map(str::to_owned) else {
            let is_read_only = field.name() == Some("read_only");
            let value = field.bytes().await.map_err(malformed)?;
            if value.len() > FIELD_BYTES_MAX {
                return Err(ApiError::invalid("form", "a field that is no file is too long").into());
            }
            read_only |= is_read_only && value.eq_ignore_ascii_case(b"true");
            continue;
        };
        let contents = field.bytes().await.map_err(malformed)?;
        files.push(Kept::new(name, contents, false));
        if files.len() > service.settings().files_max {
            return Err(ApiError::invalid("form", "there are too many files").into());
        }
    }
    if files.is_empty() {
        let problem = "there is no file in the form";
        return Err(ApiError::field(&codes::MISSING_FIELD, "file", problem).into());
    }
    for file in &mut files {
        file.read_only = read_only;
    }
    let told: Vec<Value> = files
        .iter()
        .map(|file| json!({"status": "success", "fileId": file.id, "filename": file.name}))
        .collect();
    let session = id();
    if !shelf.put(&key(&caller, &session), Left::Files(Session(files.into()))) {
        return Err(ApiError::new(&codes::TOO_LARGE, "the files are too large to be kept").into());
    }
    Ok(reply_json(&json!({
        "message": "success", "session_id": session, "storage_session_id": session,
        "succeeded": told.len(), "failed": 0, "files": told,
    })))
}

#[derive(Deserialize)]
struct Detail {
    detail: Option<String>,
}

async fn list(
    caller: Caller,
    Extension(shelf): Sessions,
    Path(session): Path<String>,
    Query(Detail { detail }): Query<Detail>,
) -> Result<Response<Body>, Failure> {
    let files =
        self::session(&shelf, &key(&caller, &session)).ok_or_else(|| missing("the session"))?;
    let described = files.0.iter().map(|file| file.describe(&session));
    let is_simple = detail.as_deref().is_none_or(|detail| detail == "simple");
    let told: Vec<Value> = if is_simple {
        described.map(|mut file| file["name"].take()).collect()
    } else {
        described.collect()
    };
    Ok(reply_json(&told))
}

async fn look(
    caller: Caller,
    Extension(shelf): Sessions,
    Path((session, file)): Path<(String, String)>,
) -> Result<Response<Body>, Failure> {
    let kept = find(&shelf, &caller, &session, &file)?;
    Ok(reply_json(&kept.describe(&session)))
}

async fn forget(
    caller: Caller,
    Extension(shelf): Sessions,
    Path((session, file)): Path<(String, String)>,
) -> Result<Response<Body>, Failure> {
    find(&shelf, &caller, &session, &file)?;
    let key = key(&caller, &session);
    let files = self::session(&shelf, &key).ok_or_else(|| missing("the session"))?;
    let left: Vec<Kept> = files.0.iter().filter(|kept| kept.id != file).cloned().collect();
    if left.is_empty() {
        shelf.remove(&key);
    } else {
        // It is smaller than what was there.
        shelf.put(&key, Left::Files(Session(left.into())));
    }
    Ok(reply_json(&json!({ "message": "success" })))
}

async fn download(
    caller: Caller,
    Extension(shelf): Sessions,
    Path((session, file)): Path<(String, String)>,
) -> Result<Response<Body>, Failure> {
    /// Whatever is in it: nothing that a browser would show, or run, as a page of this server.
    const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
    let kept = find(&shelf, &caller, &session, &file)?;
    let mut response = Body::from(kept.contents).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, BYTES);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(disposition) = HeaderValue::try_from(attachment(&kept.name)) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// That it is to be saved under its name: RFC 6266, with the encoding of RFC 8187.
fn attachment(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut text = "attachment; filename*=UTF-8''".to_owned();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to text does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_header() {
        assert_eq!(attachment("a/b c.txt"), "attachment; filename*=UTF-8''b%20c.txt");
        assert_eq!(attachment("\"ä\r\n"), "attachment; filename*=UTF-8''%22%C3%A4%0D%0A");
    }

    #[test]
    fn identifiers_are_what_its_clients_pass_on() {
        let id = id();
        assert!(id.len() == 21 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    }

    #[test]
    fn objects_keep_their_extension() {
        let kept =
            Kept { id: "1".to_owned(), ..Kept::new("a.b/c.txt".into(), Bytes::new(), false) };
        assert_eq!(kept.describe("s")["name"], "s/1.txt");
        let bare = Kept { name: "a.b/Makefile".to_owned(), ..kept };
        assert_eq!(bare.describe("s")["name"], "s/1");
    }
}
