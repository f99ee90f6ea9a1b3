//! The container's folders: putting files in, remembering their state, taking out what changed, emptying them.
//!
//! All of this happens while no program of a job is alive, so nothing changes underneath; still, no symbolic link is ever followed.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions},
    hash::{DefaultHasher, Hasher as _},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use coderunner_agent::protocol::Place;

use crate::sys;

/// The program's working folder.
pub(crate) const SANDBOX: &str = "/sandbox";
/// What compile steps make.
pub(crate) const PROGRAM: &str = "/program";
/// For temporary files.
pub(crate) const TEMPORARY: &str = "/tmp";
/// Where the kernel shows POSIX message queues as files.
pub(crate) const QUEUES: &str = "/dev/mqueue";
/// A folder with less room than this is full: programs write in pieces, and the last one rarely fits exactly.
const FULL_BYTES: u64 = 64 << 10;
/// Folders within folders: deeper ones are neither collected nor marked.
const DEPTH_MAX: usize = 64;

/// Files by path, with what is in them.
pub(crate) type Files = BTreeMap<String, (bool, Vec<u8>)>;

/// What identifies a file's state.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    inode: u64,
    bytes: u64,
    changed: (i64, i64),
    contents: u64,
}

/// The state of the sandbox folder when a step started.
#[derive(Default)]
pub(crate) struct Mark(HashMap<PathBuf, State>);

/// Files that were found, and whether there were more than allowed.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) files: Files,
    pub(crate) truncated: bool,
}

/// Bounds of what is gathered.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) bytes_max: u64,
    pub(crate) files_max: u32,
}

/// The folder of a place.
pub(crate) fn folder(place: Place) -> &'static Path {
    Path::new(match place {
        Place::Sandbox => SANDBOX,
        Place::Program => PROGRAM,
    })
}

/// Makes a new file at `path`, which the protocol has checked to be plain, and the folders above it.
pub(crate) fn create(root: &Path, path: &str, executable: bool) -> io::Result<File> {
    let mut parent = root.to_owned();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let next = parent.join(part);
        if parts.peek().is_none() {
            let mode = if executable { 0o755 } else { 0o644 };
            return OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .custom_flags(libc::O_NOFOLLOW)
                .open(next);
        }
        match fs::symlink_metadata(&next) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(_) => fs::create_dir(&next)?,
        }
        parent = next;
    }
    Err(io::ErrorKind::InvalidInput.into())
}

/// Writes whole files.
pub(crate) fn restore(root: &Path, files: &Files) -> io::Result<()> {
    for (path, (executable, contents)) in files {
        create(root, path, *executable)?.write_all(contents)?;
    }
    Ok(())
}

/// Removes everything in `root`, also what has no permissions.
pub(crate) fn empty(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        if fs::symlink_metadata(&path)?.is_dir() {
            // A guest may have taken its own folder's permissions away.
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
            empty(&path)?;
            fs::remove_dir(&path)?;
        } else {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The state of everything in the sandbox folder.
pub(crate) fn mark() -> Mark {
    let mut states = HashMap::new();
    walk(Path::new(SANDBOX), 0, &mut |path, mut file| {
        if let Ok(state) = state(&mut file) {
            states.insert(path.to_owned(), state);
        }
        true
    });
    Mark(states)
}

/// Regular files in the sandbox folder that are new or different since `mark`.
pub(crate) fn changed(mark: &Mark, bounds: Bounds) -> Found {
    gather(Path::new(SANDBOX), bounds, |path, state| mark.0.get(path) != Some(state))
}

/// All regular files in `root`.
pub(crate) fn all(root: &Path, bounds: Bounds) -> Found {
    gather(root, bounds, |_, _| true)
}

fn gather(root: &Path, bounds: Bounds, wanted: impl Fn(&Path, &State) -> bool) -> Found {
    let mut found = Found::default();
    let mut bytes_left = bounds.bytes_max;
    walk(root, 0, &mut |path, mut file| {
        let Ok(metadata) = file.metadata() else { return true };
        let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) else { return true };
        if !state(&mut file).is_ok_and(|state| wanted(path, &state)) {
            return true;
        }
        if found.files.len() >= bounds.files_max as usize {
            found.truncated = true;
            return false;
        }
        if metadata.len() > bytes_left {
            found.truncated = true;
            return true;
        }
        let mut contents = Vec::new();
        // The length was looked at while nobody could change it; `take` makes sure all the same.
        if file.rewind().and_then(|()| file.take(bytes_left).read_to_end(&mut contents)).is_ok() {
            bytes_left = bytes_left.saturating_sub(contents.len() as u64);
            found.files.insert(name.to_owned(), (metadata.mode() & 0o100 != 0, contents));
        }
        true
    });
    found
}

/// What identifies the state of `file`.
fn state(file: &mut File) -> io::Result<State> {
    let metadata = file.metadata()?;
    // Change times are as coarse as the kernel's tick, so a file can change twice within one: its contents decide.
    let mut hasher = DefaultHasher::new();
    let mut buffer = [0; 16 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            length => hasher.write(buffer.get(..length).unwrap_or_default()),
        }
    }
    Ok(State {
        inode: metadata.ino(),
        bytes: metadata.len(),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
        contents: hasher.finish(),
    })
}

/// Calls `visit` for every regular file until it returns `false`.
fn walk(folder: &Path, depth: usize, visit: &mut dyn FnMut(&Path, File) -> bool) -> bool {
    if depth > DEPTH_MAX {
        return true;
    }
    let Ok(entries) = fs::read_dir(folder) else { return true };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        let go_on = if kind.is_dir() {
            walk(&path, depth + 1, visit)
        } else if kind.is_file() {
            // One that cannot be opened is passed over.
            match OpenOptions::new()
                .read(true)
                .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
                .open(&path)
            {
                Ok(file) => visit(&path, file),
                Err(_) => true,
            }
        } else {
            true
        };
        if !go_on {
            return false;
        }
    }
    true
}

/// What the folders hold together, and whether one of them is full.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fill {
    pub(crate) bytes_used: u64,
    pub(crate) files_used: u64,
    pub(crate) disk_full: bool,
    pub(crate) files_full: bool,
}

/// How full the program's folders are.
pub(crate) fn fill() -> Fill {
    let mut fill = Fill::default();
    for folder in [SANDBOX, TEMPORARY] {
        let Ok(room) = sys::room(Path::new(folder)) else { continue };
        fill.bytes_used = fill.bytes_used.saturating_add(room.bytes_used);
        // The folder itself is one.
        fill.files_used = fill.files_used.saturating_add(room.files_used.saturating_sub(1));
        fill.disk_full |= room.bytes_free < FULL_BYTES;
        fill.files_full |= room.files_free == 0;
    }
    fill
}
