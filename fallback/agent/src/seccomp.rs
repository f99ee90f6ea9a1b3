//! The system calls that programs in the container are refused, on top of Docker's own filter.
//!
//! The agent runs as the same user as the programs (the container has no capability to change users), so the kernel would let them lower the
//! agent's resource limits and priority. Also refused is what snippets do not need and kernels have often had holes in: `io_uring`, and
//! sockets of every family but local and internet ones (a container without a network reaches nobody through the latter).

use libc::{
    BPF_ABS, BPF_JEQ, BPF_JGE, BPF_JMP, BPF_JUMP, BPF_K, BPF_LD, BPF_RET, BPF_STMT, BPF_W, c_long,
    sock_filter,
};

/// The agent, seen from inside.
const AGENT_PID: u32 = 1;
/// Where `struct seccomp_data` has the call's number, its architecture and the low half of its first argument (little-endian).
const AT_NUMBER: u32 = 0;
const AT_ARCHITECTURE: u32 = 4;
const AT_ARGUMENTS: u32 = 16;
const ARGUMENT_BYTES: u32 = 8;
/// `AUDIT_ARCH_*` of `linux/audit.h`.
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xc000_00b7;
/// `PRIO_PGRP`, `PRIO_USER` of `sys/resource.h`; libraries disagree on their type.
const PRIORITY_GROUP: u32 = 1;
const PRIORITY_USER: u32 = 2;
/// `IOPRIO_WHO_*` of `linux/ioprio.h`.
const IOPRIO_GROUP: u32 = 2;
const IOPRIO_USER: u32 = 3;
/// x86-64 has a second numbering from here on (x32).
const FOREIGN_NUMBERS: u32 = 0x4000_0000;

/// An instruction's code, as the structure has it.
fn code(code: u32) -> u16 {
    u16::try_from(code).unwrap_or(u16::MAX)
}

/// Builds the filter.
struct Filter(Vec<sock_filter>);

impl Filter {
    fn load(&mut self, at: u32) {
        // SAFETY: only builds a value.
        self.0.push(unsafe { BPF_STMT(code(BPF_LD | BPF_W | BPF_ABS), at) });
    }

    /// Goes on with the next instruction if the loaded value is `value`, else passes over `skip`.
    fn unless_equal_skip(&mut self, value: u32, skip: u8) {
        // SAFETY: only builds a value.
        self.0.push(unsafe { BPF_JUMP(code(BPF_JMP | BPF_JEQ | BPF_K), value, 0, skip) });
    }

    fn give(&mut self, verdict: u32) {
        // SAFETY: only builds a value.
        self.0.push(unsafe { BPF_STMT(code(BPF_RET | BPF_K), verdict) });
    }

    fn refuse(&mut self, errno: i32) {
        self.give(libc::SECCOMP_RET_ERRNO | (errno.cast_unsigned() & libc::SECCOMP_RET_DATA));
    }

    /// Refuses call `number` when one of its arguments has a value of `cases`.
    fn refuse_if(&mut self, number: c_long, cases: &[(u32, u32)]) {
        // Three instructions a case, one verdict.
        let body = u8::try_from(cases.len() * 3 + 1).unwrap_or(u8::MAX);
        self.unless_equal_skip(call(number), body);
        for (argument, value) in cases {
            self.load(AT_ARGUMENTS + argument * ARGUMENT_BYTES);
            self.unless_equal_skip(*value, 1);
            self.refuse(libc::EPERM);
        }
        self.give(libc::SECCOMP_RET_ALLOW);
    }
}

/// A call's number as filters see it.
fn call(number: c_long) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The filter as the kernel takes it.
pub(crate) fn filter() -> Vec<sock_filter> {
    let mut filter = Filter(Vec::new());
    filter.load(AT_ARCHITECTURE);
    filter.unless_equal_skip(ARCHITECTURE, 1);
    // SAFETY: only builds a value; passes over the refusal that follows.
    filter.0.push(unsafe { BPF_JUMP(code(BPF_JMP | BPF_JEQ | BPF_K), ARCHITECTURE, 1, 0) });
    filter.refuse(libc::ENOSYS);
    filter.load(AT_NUMBER);
    // SAFETY: only builds a value; passes over the refusal for numbers below.
    filter.0.push(unsafe { BPF_JUMP(code(BPF_JMP | BPF_JGE | BPF_K), FOREIGN_NUMBERS, 0, 1) });
    filter.refuse(libc::ENOSYS);

    for number in [
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_userfaultfd,
    ] {
        filter.unless_equal_skip(call(number), 1);
        filter.refuse(libc::ENOSYS);
    }
    for number in [
        libc::SYS_prlimit64,
        libc::SYS_sched_setaffinity,
        libc::SYS_sched_setattr,
        libc::SYS_sched_setparam,
        libc::SYS_sched_setscheduler,
    ] {
        filter.refuse_if(number, &[(0, AGENT_PID)]);
    }
    // First argument: whether a process, a group or a user is meant; the agent is in the group 1 and has the programs' user.
    let (group, user) = (PRIORITY_GROUP, PRIORITY_USER);
    filter.refuse_if(libc::SYS_setpriority, &[(0, group), (0, user), (1, AGENT_PID)]);
    filter.refuse_if(libc::SYS_ioprio_set, &[(0, IOPRIO_GROUP), (0, IOPRIO_USER), (1, AGENT_PID)]);
    for number in [libc::SYS_socket, libc::SYS_socketpair] {
        let families = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6].map(i32::cast_unsigned);
        let body = 2 + 2 * u8::try_from(families.len()).unwrap_or(0);
        filter.unless_equal_skip(call(number), body);
        filter.load(AT_ARGUMENTS);
        for family in families {
            filter.unless_equal_skip(family, 1);
            filter.give(libc::SECCOMP_RET_ALLOW);
        }
        filter.refuse(libc::EAFNOSUPPORT);
    }
    filter.give(libc::SECCOMP_RET_ALLOW);
    filter.0
}
