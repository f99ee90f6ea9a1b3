//! The private folder of an execution: made late, bounded, always removed.
//!
//! The host never follows what a guest made: paths are resolved by cap-std below the folder, collecting looks only at regular files
//! and opens them without following links, and removal flattens the tree instead of descending into it.

use std::{
    collections::HashSet,
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use cap_std::{
    ambient_authority,
    fs::{Dir, DirBuilder, MetadataExt as _, OpenOptions, OpenOptionsExt as _},
};
use coderunner_executor::{FilePath, JobFile, Limits, Resource};

use crate::{HostSettings, errno::Errno};

/// The working folder, as the guest sees it below `/`.
pub(crate) const SANDBOX: &str = "sandbox";
/// The folder for temporary files, likewise.
const TMP: &str = "tmp";
/// What the names of execution folders start with; [`remove_stale_folders`] goes by it.
pub const FOLDER_PREFIX: &str = "run-";

/// The folder of one execution and what may still be put into it.
#[derive(Debug)]
pub(crate) struct Folder {
    parent: PathBuf,
    job_files: Vec<JobFile>,
    made: Option<Made>,
    bytes_left: u64,
    entries_left: u32,
    refused: Option<Resource>,
}

/// A folder that exists. Removed on drop.
#[derive(Debug)]
struct Made {
    root: Dir,
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new(settings: &HostSettings, job_files: Vec<JobFile>, limits: &Limits) -> Self {
        let bytes: u64 = job_files.iter().map(|f| f.contents.len() as u64).sum();
        let entries = u32::try_from(job_files.len()).unwrap_or(u32::MAX);
        Self {
            parent: settings.folders.clone(),
            job_files,
            made: None,
            bytes_left: limits.disk_bytes.saturating_sub(bytes),
            entries_left: limits.files.saturating_sub(entries),
            refused: None,
        }
    }

    /// The resource that was refused first, if any was.
    pub(crate) fn refused(&self) -> Option<Resource> {
        self.refused
    }

    /// The folder, made now if it was not yet.
    pub(crate) fn make(&mut self) -> io::Result<&Dir> {
        if self.made.is_none() {
            let made = Made::new(&self.parent)?;
            for file in &self.job_files {
                place(&made.root, file)?;
            }
            self.made = Some(made);
        }
        Ok(&self.made.as_ref().expect("made just above").root)
    }

    /// Whether `path` (relative to the root, as the guest wrote it) could name something before the folder is made.
    /// When in doubt, yes.
    pub(crate) fn may_exist(&self, path: &str) -> bool {
        if self.made.is_some() {
            return true;
        }
        let path = path.trim_matches('/');
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return true;
        }
        if path == SANDBOX || path == TMP {
            return true;
        }
        path.strip_prefix(SANDBOX).and_then(|rest| rest.strip_prefix('/')).is_some_and(|path| {
            self.job_files.iter().any(|file| {
                file.path
                    .as_str()
                    .strip_prefix(path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        })
    }

    /// Takes room for `bytes` more; refuses when there is none.
    pub(crate) fn take_bytes(&mut self, bytes: u64) -> Result<(), Errno> {
        match self.bytes_left.checked_sub(bytes) {
            Some(left) => {
                self.bytes_left = left;
                Ok(())
            }
            None => Err(self.refuse(Resource::Disk)),
        }
    }

    pub(crate) fn give_bytes(&mut self, bytes: u64) {
        self.bytes_left = self.bytes_left.saturating_add(bytes);
    }

    /// Takes room for one more entry; refuses when there is none.
    pub(crate) fn take_entry(&mut self) -> Result<(), Errno> {
        match self.entries_left.checked_sub(1) {
            Some(left) => {
                self.entries_left = left;
                Ok(())
            }
            None => Err(self.refuse(Resource::Files)),
        }
    }

    pub(crate) fn give_entry(&mut self) {
        self.entries_left = self.entries_left.saturating_add(1);
    }

    fn refuse(&mut self, resource: Resource) -> Errno {
        self.refused.get_or_insert(resource);
        Errno::Nospc
    }

    /// The regular files below the working folder that the job did not bring in just this form, sorted by path.
    /// Names that no [`FilePath`] can hold are left out.
    pub(crate) fn changed(&self) -> io::Result<Vec<JobFile>> {
        let Some(made) = &self.made else { return Ok(Vec::new()) };
        let mut changed = Vec::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let below =
                if folder.is_empty() { SANDBOX.to_owned() } else { format!("{SANDBOX}/{folder}") };
            // The guest has ended: nothing changes the tree any more. It may have replaced the working folder itself.
            let Ok(dir) = made.root.open_dir_nofollow(&below) else { continue };
            for entry in dir.entries()? {
                let entry = entry?;
                let Ok(name) = entry.file_name().into_string() else { continue };
                let path =
                    if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                let Ok(path) = FilePath::new(&path) else { continue };
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(path.as_str().to_owned());
                } else if kind.is_file() {
                    let contents = read_nofollow(&dir, &name)?;
                    let file = JobFile { path, contents: Bytes::from(contents) };
                    if !self.job_files.contains(&file) {
                        changed.push(file);
                    }
                }
            }
        }
        changed.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changed)
    }
}

/// Opens a directory without following a link in its last part.
trait OpenDirNofollow {
    fn open_dir_nofollow(&self, path: &str) -> io::Result<Dir>;
}

impl OpenDirNofollow for Dir {
    fn open_dir_nofollow(&self, path: &str) -> io::Result<Dir> {
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_DIRECTORY);
        Ok(Dir::from_std_file(self.open_with(path, &options)?.into_std()))
    }
}

fn read_nofollow(dir: &Dir, name: &str) -> io::Result<Vec<u8>> {
    let mut options = OpenOptions::new();
    // A FIFO cannot be made through WASI, but must never block the host.
    options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    let mut file = dir.open_with(name, &options)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut contents = Vec::new();
    file.read_to_end(&mut contents)?;
    Ok(contents)
}

/// Writes one of the job's files below the working folder.
fn place(root: &Dir, file: &JobFile) -> io::Result<()> {
    let path = Path::new(SANDBOX).join(file.path.as_str());
    if let Some(parent) = path.parent() {
        root.create_dir_all(parent)?;
    }
    root.create(&path)?.write_all(&file.contents)
}

impl Made {
    fn new(parent: &Path) -> io::Result<Self> {
        use cap_std::fs::DirBuilderExt as _;
        use std::os::unix::fs::DirBuilderExt as _;
        make_parent(parent)?;
        let path = loop {
            let mut random = [0; 8];
            getrandom::fill(&mut random)
                .map_err(|_| io::Error::other("the host has no entropy"))?;
            let path = parent.join(format!("{FOLDER_PREFIX}{:016x}", u64::from_le_bytes(random)));
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => break path,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        };
        let root = Dir::open_ambient_dir(&path, ambient_authority())?;
        let made = Self { root, path };
        let mut private = DirBuilder::new();
        private.mode(0o700);
        made.root.create_dir_with(SANDBOX, &private)?;
        made.root.create_dir_with(TMP, &private)?;
        Ok(made)
    }
}

/// Makes the folder for execution folders, or checks that nobody else can read it or plant anything in it.
fn make_parent(parent: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    let metadata = fs::symlink_metadata(parent)?;
    // SAFETY: a plain query.
    let user = unsafe { libc::geteuid() };
    if metadata.is_dir() && metadata.uid() == user && metadata.mode() & 0o022 == 0 {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        "the folder belongs to, or can be written by, another user",
    ))
}

/// Whether executions can make their folders in `parent`.
///
/// # Errors
/// Why they cannot.
pub fn check_folders(parent: &Path) -> io::Result<()> {
    Made::new(parent).map(drop)
}

impl Drop for Made {
    fn drop(&mut self) {
        // A folder that cannot be removed now is removed by the next `remove_stale_folders`.
        let _ = empty(&self.root).and_then(|()| fs::remove_dir(&self.path));
    }
}

/// Removes everything in `root`, however deep a guest has nested it: folders found on the way are moved up to the root first,
/// so that neither recursion nor one descriptor a level is needed.
fn empty(root: &Dir) -> io::Result<()> {
    let mut moved = 0_u64;
    let mut known = HashSet::new();
    loop {
        let mut folders = Vec::new();
        for entry in root.entries()? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.file_name());
            } else {
                root.remove_file(entry.file_name())?;
            }
        }
        if folders.is_empty() {
            return Ok(());
        }
        for folder in folders {
            make_accessible(root, &folder);
            let dir = root.open_dir(&folder)?;
            for entry in dir.entries()? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    let name = loop {
                        moved += 1;
                        let name = format!("removed-{moved}");
                        if known.insert(name.clone()) && !root.exists(&name) {
                            break name;
                        }
                    };
                    make_accessible(&dir, &entry.file_name());
                    dir.rename(entry.file_name(), root, name)?;
                } else {
                    dir.remove_file(entry.file_name())?;
                }
            }
            root.remove_dir(&folder)?;
        }
    }
}

/// Undoes permissions that would keep a folder from being emptied. WASI has no chmod, so this is for a future one.
fn make_accessible(parent: &Dir, name: &std::ffi::OsStr) {
    use cap_std::fs::PermissionsExt as _;
    if parent.symlink_metadata(name).is_ok_and(|m| m.mode() & 0o700 != 0o700) {
        let _ = parent.set_permissions(name, cap_std::fs::Permissions::from_mode(0o700));
    }
}

/// Removes execution folders in `parent` that are older than `age`: those of a process that was killed. Returns how many.
///
/// # Errors
/// `parent` exists and cannot be read.
pub fn remove_stale_folders(parent: &Path, age: Duration) -> io::Result<usize> {
    let entries = match fs::read_dir(parent) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(FOLDER_PREFIX));
        let metadata = entry.metadata()?;
        let old = metadata
            .modified()
            .is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|a| a > age));
        if ours && old && metadata.is_dir() {
            let root = Dir::open_ambient_dir(entry.path(), ambient_authority())?;
            drop(Made { root, path: entry.path() });
            removed += usize::from(!entry.path().exists());
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(parent: &Path, files: &[(&str, &str)]) -> Folder {
        let files = files
            .iter()
            .map(|(path, contents)| JobFile {
                path: FilePath::new(path).unwrap(),
                contents: Bytes::copy_from_slice(contents.as_bytes()),
            })
            .collect();
        Folder::new(&HostSettings { folders: parent.to_owned() }, files, &Limits::default())
    }

    #[test]
    fn looking_for_what_cannot_exist_makes_no_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = folder(parent.path(), &[("a/b.py", "")]);
        for path in ["sandbox", "tmp", "sandbox/a", "sandbox/a/b.py", "sandbox/./x", "/"] {
            assert!(folder.may_exist(path), "{path}");
        }
        for path in
            ["sandbox/c", "sandbox/a/c", "etc/passwd", "sandbox/a/b.pyc", "tmp/x", "sandboxx"]
        {
            assert!(!folder.may_exist(path), "{path}");
        }
    }

    #[test]
    fn only_what_differs_from_the_job_is_collected() {
        let parent = tempfile::tempdir().unwrap();
        let mut folder = folder(parent.path(), &[("same", "1"), ("d/edited", "2")]);
        let root = folder.make().unwrap();
        root.write("sandbox/d/edited", "3").unwrap();
        root.write("sandbox/new", "4").unwrap();
        root.write("tmp/elsewhere", "5").unwrap();
        root.symlink("new", "sandbox/link").unwrap();
        let changed = folder.changed().unwrap();
        let got: Vec<_> = changed.iter().map(|f| (f.path.as_str(), &f.contents[..])).collect();
        assert_eq!(got, [("d/edited", &b"3"[..]), ("new", b"4")]);
    }

    #[test]
    fn deep_trees_are_removed_without_a_trace() {
        let parent = tempfile::tempdir().unwrap();
        let mut folder = folder(parent.path(), &[]);
        let mut at = folder.make().unwrap().open_dir("sandbox").unwrap();
        for _ in 0..3000 {
            at.create_dir("d").unwrap();
            at.write("f", "x").unwrap();
            at = at.open_dir("d").unwrap();
        }
        drop(at);
        drop(folder);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn folders_left_by_a_killed_process_are_removed_and_others_are_not() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir_all(parent.path().join("run-dead/sandbox/x")).unwrap();
        fs::create_dir_all(parent.path().join("mine")).unwrap();
        assert_eq!(remove_stale_folders(parent.path(), Duration::from_hours(1)).unwrap(), 0);
        assert_eq!(remove_stale_folders(parent.path(), Duration::ZERO).unwrap(), 1);
        assert!(parent.path().join("mine").exists());
    }
}
