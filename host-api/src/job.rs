//! The job record: how a guest learns what to run. Its layout is in `docs/guest-abi.md`.

use coderunner_executor::Job;
use wasmtime::{Caller, Linker};

use crate::{HostState, MODULE, errno::Errno, memory::view};

const VERSION: u32 = 1;
/// The job brings files besides its entry file.
const FLAG_FILES: u32 = 1;

pub(crate) fn add_to_linker(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(MODULE, "job_size", |caller: Caller<'_, HostState>| {
        // `encode` bounds the size.
        u32::try_from(caller.data().record.len()).unwrap_or(u32::MAX).cast_signed()
    })?;
    linker.func_wrap(MODULE, "job_read", |mut caller: Caller<'_, HostState>, at: i32| {
        let out_of_bounds =
            |errno: Errno| wasmtime::format_err!("the job record does not fit: {errno:?}");
        let view = view(&mut caller).map_err(out_of_bounds)?;
        let record = &view.state.record;
        view.memory
            .get_mut(crate::memory::range(at, record.len()))
            .ok_or(Errno::Fault)
            .map_err(out_of_bounds)?
            .copy_from_slice(record);
        Ok(())
    })?;
    Ok(())
}

/// Encodes what the guest is told of `job`. `None` when it is larger than a record can be (4 GiB).
pub(crate) fn encode(job: &Job) -> Option<Vec<u8>> {
    let entry = job.files.first()?;
    let texts =
        job.args.iter().map(String::len).chain(job.env.iter().map(|(k, v)| k.len() + v.len() + 1));
    let size = 32
        + entry.path.as_str().len()
        + entry.contents.len()
        + texts.map(|len| len + 5).sum::<usize>();
    u32::try_from(size).ok()?;

    let mut record = Vec::with_capacity(size);
    let number = |record: &mut Vec<u8>, value: usize| {
        // `size` bounds every length and count.
        record.extend_from_slice(&u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes());
    };
    let string = |record: &mut Vec<u8>, parts: &[&[u8]]| {
        number(record, parts.iter().map(|p| p.len()).sum());
        for part in parts {
            record.extend_from_slice(part);
        }
        record.push(0);
    };
    record.extend_from_slice(&VERSION.to_le_bytes());
    let flags = if job.files.len() > 1 { FLAG_FILES } else { 0 };
    record.extend_from_slice(&flags.to_le_bytes());
    string(&mut record, &[entry.path.as_str().as_bytes()]);
    string(&mut record, &[&entry.contents]);
    number(&mut record, job.args.len());
    for arg in &job.args {
        string(&mut record, &[arg.as_bytes()]);
    }
    number(&mut record, job.env.len());
    for (name, value) in &job.env {
        string(&mut record, &[name.as_bytes(), b"=", value.as_bytes()]);
    }
    Some(record)
}

#[cfg(test)]
mod tests {
    use coderunner_executor::{FilePath, LanguageId};

    use super::*;

    #[test]
    fn the_record_is_laid_out_as_documented() {
        let mut job =
            Job::new(LanguageId::new("python"), FilePath::new("a.py").unwrap(), &b"x"[..]);
        job.args = vec!["--n".to_owned()];
        job.env = vec![("K".to_owned(), "V".to_owned())];
        let expected = [
            &[1, 0, 0, 0, 0, 0, 0, 0][..],
            b"\x04\0\0\0a.py\0",
            b"\x01\0\0\0x\0",
            b"\x01\0\0\0\x03\0\0\0--n\0",
            b"\x01\0\0\0\x03\0\0\0K=V\0",
        ]
        .concat();
        assert_eq!(encode(&job), Some(expected));
    }
}
