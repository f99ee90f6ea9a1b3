//! The Docker engine that the tests of containers need: the machine's own, or one from Debian's packages that runs as long as the tests.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::ci::{apt, find, in_ci, project, say, step};

/// How long an engine may take to answer after its start.
const START_MAX: Duration = Duration::from_mins(1);
/// How often it is asked meanwhile.
const ASKED_EVERY: Duration = Duration::from_millis(500);
/// The engine's own messages, below the project's folder.
const LOG: &str = "target/dockerd.log";

/// An engine that answers. One that was started here ends with this.
#[derive(Debug)]
pub(crate) struct Engine {
    started: Option<Child>,
}

impl Engine {
    /// The machine's engine; where there is none, and this user may, one from Debian's packages. `None` where tests of containers have to be
    /// left out, which is said loudly.
    ///
    /// # Errors
    /// It could not be installed or started; or there is none and nothing may be left out (`CI` is set).
    pub(crate) fn need() -> Result<Option<Self>> {
        if answers() {
            // Needed only where images have to be made.
            if find("mmdebstrap").is_none() && find("apt-get").is_some() && is_root() {
                apt(&["mmdebstrap"])?;
            }
            return Ok(Some(Self { started: None }));
        }
        if let Some(why) = may_not_start() {
            ensure!(!in_ci(), "no Docker engine answers, and none can be started: {why}");
            say(&format!("NO CONTAINER WILL BE TESTED: no Docker engine answers, {why}"));
            return Ok(None);
        }
        apt(&["docker.io", "mmdebstrap"])?;
        // Where there is an init system, the package or this starts it, for good.
        if Path::new("/run/systemd/system").exists() {
            step("starting Docker", Command::new("systemctl").args(["start", "docker"]))?;
            return Self { started: None }.wait();
        }
        mount_cgroups()?;
        let log = project().join(LOG);
        fs::create_dir_all(log.parent().context("the log has a folder")?)?;
        let log = fs::File::create(log).context("creating the engine's log")?;
        say(&format!("starting dockerd, which writes to {LOG}"));
        // Containers of CodeRunner have no network, so the engine needs no bridge.
        let started = Command::new("dockerd")
            .args(["--iptables=false", "--bridge=none"])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("starting dockerd")?;
        Self { started: Some(started) }.wait()
    }

    /// Waits until the engine answers.
    fn wait(mut self) -> Result<Option<Self>> {
        let began = Instant::now();
        while !answers() {
            if let Some(status) = self.started.as_mut().map(Child::try_wait).transpose()?.flatten()
            {
                bail!("dockerd ended at its start ({status}): see {LOG}");
            }
            ensure!(
                began.elapsed() < START_MAX,
                "the Docker engine does not answer after {} s: see {LOG}, or the journal where systemd started it",
                START_MAX.as_secs()
            );
            thread::sleep(ASKED_EVERY);
        }
        Ok(Some(self))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(engine) = &mut self.started {
            // Politely: it takes down its containers and containerd. By its own id, so that no other engine is meant.
            let _ = Command::new("kill").arg(engine.id().to_string()).status();
            let _ = engine.wait();
        }
    }
}

fn answers() -> bool {
    let mut info = Command::new("docker");
    info.arg("info").stdout(Stdio::null()).stderr(Stdio::null());
    find("docker").is_some() && info.status().is_ok_and(|status| status.success())
}

/// Why this user cannot have an engine from Debian's packages.
fn may_not_start() -> Option<&'static str> {
    if find("apt-get").is_none() {
        Some(
            "and this is no Debian that could install one; start one (https://docs.docker.com/engine/install)",
        )
    } else if !is_root() {
        Some("and only root may install and start one; start it, or run this as root once")
    } else {
        None
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Mounts the control groups where no init system has.
fn mount_cgroups() -> Result<()> {
    let there = ["/sys/fs/cgroup/cgroup.controllers", "/sys/fs/cgroup/memory/tasks"];
    if there.iter().any(|path| Path::new(path).exists()) {
        return Ok(());
    }
    apt(&["cgroupfs-mount"])?;
    step("mounting control groups", &mut Command::new("cgroupfs-mount"))
}
