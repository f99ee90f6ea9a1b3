//! Arguments and environment variables as plain WASI programs ask for them. They come from the job; the host's own are never seen.

use wasmtime::{Caller, Linker};

use crate::{
    HostState, WASI,
    errno::{Errno, answer},
    memory::{View, view},
};

pub(crate) fn add_to_linker(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    type Strings = fn(&HostState) -> Vec<String>;
    let lists: [(&str, &str, Strings); 2] = [
        ("args_sizes_get", "args_get", HostState::args),
        ("environ_sizes_get", "environ_get", HostState::environ),
    ];
    for (sizes, get, strings) in lists {
        linker.func_wrap(
            WASI,
            sizes,
            move |mut caller: Caller<'_, HostState>, count_at: i32, size_at: i32| {
                answer((|| {
                    let mut view = view(&mut caller)?;
                    let strings = strings(view.state);
                    view.write_u32(
                        count_at,
                        u32::try_from(strings.len()).map_err(|_| Errno::Overflow)?,
                    )?;
                    let size: usize = strings.iter().map(|s| s.len() + 1).sum();
                    Ok(view.write_u32(size_at, u32::try_from(size).map_err(|_| Errno::Overflow)?)?)
                })())
            },
        )?;
        linker.func_wrap(
            WASI,
            get,
            move |mut caller: Caller<'_, HostState>, pointers_at: i32, bytes_at: i32| {
                answer((|| {
                    let mut view = view(&mut caller)?;
                    let strings = strings(view.state);
                    Ok(write_strings(&mut view, &strings, pointers_at, bytes_at)?)
                })())
            },
        )?;
    }
    Ok(())
}

fn write_strings(
    view: &mut View<'_>,
    strings: &[String],
    pointers_at: i32,
    bytes_at: i32,
) -> Result<(), Errno> {
    let (mut pointer, mut bytes) = (pointers_at, bytes_at);
    for string in strings {
        view.write(pointer, &bytes.to_le_bytes())?;
        view.write(bytes, string.as_bytes())?;
        let end = bytes.wrapping_add(i32::try_from(string.len()).map_err(|_| Errno::Overflow)?);
        view.write(end, &[0])?;
        (pointer, bytes) = (pointer.wrapping_add(4), end.wrapping_add(1));
    }
    Ok(())
}
