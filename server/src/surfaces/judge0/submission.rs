//! A submission as it is sent: read, checked as Judge0 checks it, and turned into what the service runs.

use std::{collections::BTreeMap, io::Read as _, time::Duration};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;
use coderunner_api::RequestPriority;
use coderunner_executor::{FilePath, Limits, Stdin};
use coderunner_languages::Language;
use serde_json::{Map, Value};

use super::{Known, callback::Address};
use crate::{
    service::Service,
    submission::{RequestedLimits, Submission, SubmittedFile},
    surfaces::compiles,
};

/// How often one program may be run.
pub(super) const RUNS_MAX: u64 = 20;
/// The longest options and arguments, in bytes.
const ARGUMENTS_BYTES_MAX: usize = 512;
/// What an archive of files may hold, in bytes.
pub(super) const EXTRACTED_BYTES_MAX: u64 = 10 << 20;
/// The most files in an archive.
const ARCHIVED_FILES_MAX: usize = 1024;
/// The smallest limit of memory, in KiB.
const MEMORY_KB_MIN: f64 = 2048.0;
/// What Judge0 calls the largest stack, in KiB. Ours is fixed.
pub(super) const STACK_KB_MAX: u64 = 128_000;

/// What is wrong with which field.
pub(super) type Problems = BTreeMap<&'static str, Vec<String>>;

/// A submission.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) language: Option<(Known, &'static Language)>,
    pub(super) source_code: Option<Bytes>,
    pub(super) stdin: Option<Bytes>,
    pub(super) expected_output: Option<Bytes>,
    pub(super) additional_files: Option<Bytes>,
    pub(super) files: Vec<(String, Bytes)>,
    pub(super) compiler_options: Option<String>,
    pub(super) command_line_arguments: Option<String>,
    pub(super) options: Vec<String>,
    pub(super) arguments: Vec<String>,
    pub(super) cpu_time_limit: Option<f64>,
    pub(super) cpu_extra_time: Option<f64>,
    pub(super) wall_time_limit: Option<f64>,
    pub(super) memory_limit: Option<f64>,
    pub(super) stack_limit: Option<f64>,
    pub(super) max_processes_and_or_threads: Option<f64>,
    pub(super) max_file_size: Option<f64>,
    pub(super) number_of_runs: Option<f64>,
    pub(super) redirect_stderr_to_stdout: bool,
    pub(super) callback: Option<Address>,
    pub(super) callback_url: Option<String>,
}

impl Request {
    /// The submission in `fields`, its texts in base64 or plain.
    pub(super) fn read(
        service: &Service,
        mut fields: Map<String, Value>,
        is_encoded: IsEncoded,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::new();
        let mut reader = Reader { fields: &mut fields, problems: &mut problems };
        let ceiling = service.ceiling();
        let mut request = Self {
            source_code: reader.bytes("source_code", is_encoded),
            stdin: reader.bytes("stdin", is_encoded),
            expected_output: reader.bytes("expected_output", is_encoded),
            // An archive is no text.
            additional_files: reader.bytes("additional_files", IsEncoded::Yes),
            compiler_options: reader.short("compiler_options"),
            command_line_arguments: reader.short("command_line_arguments"),
            cpu_time_limit: reader.number("cpu_time_limit", 0.0, ceiling.cpu.as_secs_f64()),
            cpu_extra_time: reader.number("cpu_extra_time", 0.0, ceiling.cpu.as_secs_f64()),
            wall_time_limit: reader.number("wall_time_limit", 1.0, ceiling.wall.as_secs_f64()),
            memory_limit: reader.number("memory_limit", MEMORY_KB_MIN, kb(ceiling.memory_bytes)),
            stack_limit: reader.number("stack_limit", 0.0, kb(STACK_KB_MAX << 10)),
            max_processes_and_or_threads: reader.number(
                "max_processes_and_or_threads",
                1.0,
                f64::from(ceiling.processes),
            ),
            max_file_size: reader.number("max_file_size", 0.0, kb(ceiling.disk_bytes)),
            number_of_runs: reader.number("number_of_runs", 1.0, kb(RUNS_MAX << 10)),
            redirect_stderr_to_stdout: reader.flag("redirect_stderr_to_stdout"),
            callback_url: reader.text("callback_url").filter(|url| !url.is_empty()),
            ..Self::default()
        };
        if reader.flag("enable_network") {
            reader.problem("enable_network", "enabling network is not allowed");
        }
        request.check(service, &mut reader);
        if problems.is_empty() { Ok(request) } else { Err(problems) }
    }

    fn check(&mut self, service: &Service, reader: &mut Reader<'_>) {
        let id = reader.fields.remove("language_id").and_then(|id| match id {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64(),
        });
        match id {
            None => reader.problem("language_id", "can't be blank"),
            Some(id) => match super::language(service, id) {
                Some(found) => self.language = Some(found),
                None => {
                    reader.problem("language_id", &format!("language with id {id} doesn't exist"));
                }
            },
        }
        if self.source_code.as_ref().is_none_or(Bytes::is_empty) {
            reader.problem("source_code", "can't be blank");
        }
        if let Some(options) =
            self.compiler_options.as_deref().filter(|text| !text.trim().is_empty())
        {
            if self.language.as_ref().is_some_and(|(_, language)| !compiles(language)) {
                let problem = "setting compiler options is only allowed for compiled languages";
                reader.problem("compiler_options", problem);
            }
            match shlex::split(options) {
                Some(options) => self.options = options,
                None => reader.problem("compiler_options", "has a quote without its end"),
            }
        }
        if let Some(arguments) = &self.command_line_arguments {
            match shlex::split(arguments) {
                Some(arguments) => self.arguments = arguments,
                None => reader.problem("command_line_arguments", "has a quote without its end"),
            }
        }
        if let Some(url) = &self.callback_url {
            match Address::parse(url) {
                Ok(address) => self.callback = Some(address),
                Err(error) => reader.problem("callback_url", &error.to_string()),
            }
        }
        if let Some(archive) = self.additional_files.as_ref().filter(|archive| !archive.is_empty())
        {
            match extract(archive) {
                Ok(files) => self.files = files,
                Err(problem) => reader.problem("additional_files", &problem),
            }
        }
    }

    /// What is run, once.
    pub(super) fn submission(&self, priority: RequestPriority) -> Submission {
        let id = self.language.as_ref().map_or("", |(_, language)| language.id.as_str());
        let seconds = |time: Option<f64>| time.and_then(|s| Duration::try_from_secs_f64(s).ok());
        let mut files = vec![SubmittedFile {
            path: None,
            contents: self.source_code.clone().unwrap_or_default(),
        }];
        files.extend(self.files.iter().map(|(path, contents)| SubmittedFile {
            path: Some(path.clone()),
            contents: contents.clone(),
        }));
        Submission {
            files,
            stdin: self.stdin.clone().map_or(Stdin::Empty, Stdin::Bytes),
            args: self.arguments.clone(),
            compile_args: self.options.clone(),
            limits: RequestedLimits {
                wall: seconds(self.wall_time_limit),
                cpu: seconds(self.cpu_time_limit).filter(|time| !time.is_zero()),
                memory_bytes: self.memory_limit.map(|kb| whole(kb) << 10),
                ..RequestedLimits::default()
            },
            priority,
            ..Submission::new(id, Bytes::new())
        }
    }

    pub(super) fn runs(&self) -> u64 {
        self.number_of_runs.map_or(1, whole)
    }

    /// What it holds in memory.
    pub(super) fn bytes(&self) -> usize {
        let parts = [&self.source_code, &self.stdin, &self.expected_output, &self.additional_files];
        parts.iter().map(|part| part.as_ref().map_or(0, Bytes::len)).sum::<usize>()
            + self.files.iter().map(|(path, contents)| path.len() + contents.len()).sum::<usize>()
    }
}

/// Whether texts are in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IsEncoded {
    Yes,
    No,
}

#[expect(clippy::cast_precision_loss, reason = "limits are far below 2^53")]
pub(super) fn kb(bytes: u64) -> f64 {
    (bytes >> 10) as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it has been checked to be in a small range"
)]
fn whole(number: f64) -> u64 {
    number.ceil() as u64
}

/// What a language does if nothing is said, in Judge0's units.
pub(super) fn defaults() -> Limits {
    Limits::default()
}

struct Reader<'a> {
    fields: &'a mut Map<String, Value>,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn problem(&mut self, name: &'static str, problem: &str) {
        self.problems.entry(name).or_default().push(problem.to_owned());
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name).filter(|value| !value.is_null())
    }

    fn text(&mut self, name: &'static str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
            _ => {
                self.problem(name, "is not a text");
                None
            }
        }
    }

    fn bytes(&mut self, name: &'static str, is_encoded: IsEncoded) -> Option<Bytes> {
        /// What others write ends in padding or does not.
        const LENIENT: GeneralPurpose = GeneralPurpose::new(
            &STANDARD,
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
        );
        let text = self.text(name)?;
        if is_encoded == IsEncoded::No {
            return Some(text.into());
        }
        // Ruby breaks its lines.
        let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let decoded = LENIENT.decode(text);
        if decoded.is_err() {
            self.problem(name, "is not valid base64");
        }
        decoded.ok().map(Bytes::from)
    }

    fn short(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name)?;
        if text.len() > ARGUMENTS_BYTES_MAX {
            let max = ARGUMENTS_BYTES_MAX;
            self.problem(name, &format!("is too long (maximum is {max} characters)"));
            return None;
        }
        if text.contains('\0') {
            self.problem(name, "contains a null byte");
            return None;
        }
        Some(text)
    }

    fn number(&mut self, name: &'static str, min: f64, max: f64) -> Option<f64> {
        let number = match self.take(name)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        };
        let Some(number) = number.filter(|number: &f64| number.is_finite()) else {
            self.problem(name, "is not a number");
            return None;
        };
        if number < min {
            self.problem(name, &format!("must be greater than or equal to {min}"));
        } else if number > max {
            self.problem(name, &format!("must be less than or equal to {max}"));
        }
        Some(number)
    }

    fn flag(&mut self, name: &'static str) -> bool {
        self.take(name).is_some_and(|value| value == true || value == "true")
    }
}

/// The files of a zip archive. Names that lead elsewhere are refused, and whatever is said about sizes, only so much is unpacked.
fn extract(archive: &[u8]) -> Result<Vec<(String, Bytes)>, String> {
    let broken = |_| "is not a zip archive".to_owned();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).map_err(broken)?;
    if archive.len() > ARCHIVED_FILES_MAX {
        return Err(format!("has more than {ARCHIVED_FILES_MAX} files"));
    }
    let (mut files, mut left) = (Vec::new(), EXTRACTED_BYTES_MAX);
    for n in 0..archive.len() {
        let file = archive.by_index(n).map_err(broken)?;
        if file.is_dir() {
            continue;
        }
        let path = file.name().to_owned();
        FilePath::new(&path).map_err(|error| error.to_string())?;
        let mut contents = Vec::new();
        let read = file.take(left + 1).read_to_end(&mut contents);
        let bytes = read.map_err(|_| "is damaged".to_owned())? as u64;
        if bytes > left {
            return Err(format!("holds more than {EXTRACTED_BYTES_MAX} bytes"));
        }
        left -= bytes;
        files.push((path, contents.into()));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, contents) in files {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(*name, options).expect("a name");
            writer.write_all(contents).expect("it can be written");
        }
        writer.finish().expect("it can be written").into_inner()
    }

    #[test]
    fn archives_hold_so_much_and_lead_nowhere_else() {
        let files = extract(&archive(&[("a/b.txt", b"x"), ("c", b"")])).expect("it is fine");
        assert_eq!(files[0], ("a/b.txt".to_owned(), Bytes::from_static(b"x")));
        assert!(extract(&archive(&[("../a", b"")])).is_err());
        assert!(extract(&archive(&[("/a", b"")])).is_err());
        let bomb = vec![0; 11 << 20];
        let packed = archive(&[("bomb", &bomb)]);
        assert!(packed.len() < 100_000, "{}", packed.len());
        assert!(extract(&packed).is_err_and(|problem| problem.starts_with("holds more than")));
        assert!(extract(b"no archive").is_err());
    }
}
