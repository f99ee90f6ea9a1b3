//! Files: a private folder for each execution, made when the guest first touches something that could be in it.
//!
//! `folder` is the folder and its quota, `table` the open descriptors, `calls` the functions that guests call.
//! The folder holds `sandbox` (the working folder) and `tmp`; the guest sees it as `/`. It is removed when the execution ends.

mod calls;
mod folder;
mod table;

use coderunner_executor::{JobFile, Limits, Resource};

pub(crate) use calls::add_to_linker;
pub(crate) use folder::SANDBOX;
pub use folder::{FOLDER_PREFIX, check_folders, remove_stale_folders};

use self::{folder::Folder, table::Table};
use crate::HostSettings;

/// The files of one execution.
#[derive(Debug)]
pub(crate) struct Files {
    folder: Folder,
    table: Table,
}

impl Files {
    pub(crate) fn new(settings: &HostSettings, job_files: Vec<JobFile>, limits: &Limits) -> Self {
        Self { folder: Folder::new(settings, job_files, limits), table: Table::default() }
    }

    /// The file resource that the guest was refused, if any.
    pub(crate) fn refused(&self) -> Option<Resource> {
        self.folder.refused()
    }

    pub(crate) fn changed(&self) -> std::io::Result<Vec<JobFile>> {
        self.folder.changed()
    }

    pub(crate) fn is_open(&self, fd: i32) -> bool {
        self.table.get(fd).is_ok()
    }
}
