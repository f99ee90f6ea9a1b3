//! The bounds of a server. Each has a name, a default and a reason; there is no "unlimited".

use std::time::Duration;

use coderunner_executor::Limits;

use crate::access::Access;

/// The most that any execution may use where nobody says otherwise.
pub const CEILING: Limits = Limits {
    wall: Duration::from_mins(1),
    cpu: Duration::from_secs(30),
    memory_bytes: 1 << 30,
    output_bytes: 16 << 20,
    disk_bytes: 256 << 20,
    files: 4096,
    processes: 128,
};

/// What can be changed while the server runs.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The most that any execution may use, whatever it asks for.
    pub ceiling: Limits,
    /// Who may use the server.
    pub access: Access,
}

/// What interfaces of other systems keep in memory between requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stores {
    /// The most files of Jobe's clients, and the most sessions of LibreChat's.
    pub files_max: usize,
    /// What those files may take together, in bytes; the sessions as much again.
    pub files_bytes_max: usize,
    /// How long they are kept after their last use.
    pub files_time_max: Duration,
    /// The most submissions of Judge0's clients.
    pub submissions_max: usize,
    /// What they may take together, in bytes.
    pub submissions_bytes_max: usize,
    /// The most of them that wait or run; what comes then is refused.
    pub submissions_waiting_max: usize,
    /// How long they are kept.
    pub submissions_time_max: Duration,
}

impl Default for Stores {
    fn default() -> Self {
        Self {
            files_max: 10_000,
            files_bytes_max: 256 << 20,
            files_time_max: Duration::from_hours(24),
            submissions_max: 20_000,
            submissions_bytes_max: 256 << 20,
            submissions_waiting_max: 1000,
            submissions_time_max: Duration::from_hours(1),
        }
    }
}

/// Everything that bounds a [`Server`](crate::Server).
#[derive(Clone, Debug)]
pub struct Settings {
    /// What can be changed while the server runs.
    pub rules: Rules,
    /// Connections at one time; more wait in the kernel's queue until one ends.
    pub connections_max: usize,
    /// The longest head of a request, in bytes.
    pub header_bytes_max: usize,
    /// The longest that a request's head may take to arrive, and a connection may be idle.
    pub header_time_max: Duration,
    /// The longest body of a request, in bytes: sources, files and input together, as they are sent.
    pub body_bytes_max: usize,
    /// The longest that a request's body may take to arrive.
    pub body_time_max: Duration,
    /// Bodies of all requests that are being read, together, in bytes.
    pub bodies_bytes_max: usize,
    /// Requests at one time on one HTTP/2 connection.
    pub streams_max: u32,
    /// Refusals in a second that are answered at once; more come evenly, so that refusing does not keep the server from what it took on.
    pub refusals_per_second: u32,
    /// The most files in one request.
    pub files_max: usize,
    /// The most arguments, compiler options and environment variables in one request, together.
    pub arguments_max: usize,
    /// What interfaces of other systems keep.
    pub stores: Stores,
    /// Answers of earlier runs that are kept, in bytes; 0 keeps none.
    pub cache_bytes_max: u64,
    /// How long an answer is kept.
    pub cache_age_max: Duration,
    /// How often a stream that has nothing to say says so, to keep proxies from closing it.
    pub keep_alive: Duration,
    /// The longest that a caller may take none of what is sent to it.
    pub write_time_max: Duration,
    /// How long `/readyz` says that the server is about to end before it stops taking work.
    pub notice: Duration,
    /// How long executions may go on once the server has been told to end.
    pub drain: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rules: Rules { ceiling: CEILING, access: Access::loopback() },
            connections_max: 10_000,
            header_bytes_max: 32 << 10,
            header_time_max: Duration::from_secs(30),
            body_bytes_max: 16 << 20,
            body_time_max: Duration::from_secs(30),
            bodies_bytes_max: 512 << 20,
            streams_max: 256,
            refusals_per_second: 4000,
            files_max: 1024,
            arguments_max: 4096,
            stores: Stores::default(),
            cache_bytes_max: 64 << 20,
            cache_age_max: Duration::from_hours(1),
            keep_alive: Duration::from_secs(15),
            write_time_max: Duration::from_secs(30),
            notice: Duration::ZERO,
            drain: Duration::from_secs(20),
        }
    }
}
