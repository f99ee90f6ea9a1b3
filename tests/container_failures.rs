//! What goes wrong outside the program: no engine, missing images, cancelled jobs, containers killed from outside, full queues.

use std::{process::Command, time::Duration};

use coderunner_executor::{Availability, ExecuteError, Executor as _, LanguageId, OutputSink};
use coderunner_fallback::{DockerExecutor, PoolSettings, Settings};

use crate::container_support::{
    GONE_MAX, end, executor, executor_with, exited, finish, job, pooled, registry, run,
};

#[tokio::test]
async fn without_an_engine_every_language_says_what_to_do() {
    let settings =
        Settings { host: Some("unix:///nonexistent.sock".to_owned()), ..Settings::on_demand() };
    let executor = DockerExecutor::new(settings, registry());
    let Availability::Unavailable { why } = executor.availability(&LanguageId::new("cpp")) else {
        panic!("there is no engine");
    };
    assert!(why.contains("cannot be reached; install and start it"), "{why}");
    assert_eq!(executor.availability(&LanguageId::new("python")), Availability::Unknown);
    for _ in 0..5 {
        let error = run(&executor, job("bash", "echo")).await.expect_err("there is no engine");
        assert!(matches!(error, ExecuteError::Unavailable { .. }), "{error}");
    }
    let error = run(&executor, job("bash", "echo")).await.expect_err("there is no engine");
    assert!(error.to_string().contains("failed repeatedly"), "the circuit is open: {error}");
    // Whatever may be left, there is nobody to remove it.
    let end = executor.shutdown(Duration::from_hours(1));
    assert_eq!(tokio::time::timeout(GONE_MAX, end).await, Ok(false));
}

#[tokio::test]
async fn a_missing_image_is_named_with_the_command_that_makes_it() {
    let images = [(LanguageId::new("bash"), "coderunner/none:1".to_owned())].into();
    let Some(executor) = executor_with(Settings { images, ..Settings::on_demand() }, &[]) else {
        return;
    };
    if self::executor(&["c"]).is_none() {
        return;
    }
    let Availability::Unavailable { why } = executor.availability(&LanguageId::new("bash")) else {
        panic!("there is no such image");
    };
    assert_eq!(why, "the image coderunner/none:1 is missing; make it with: cargo xtask images");
    let error = run(&executor, job("bash", "echo")).await.expect_err("no image");
    assert!(error.to_string().contains("coderunner/none:1 is missing"), "{error}");
}

/// Containers that the engine lists for this process.
fn listed() -> Vec<String> {
    let pid = std::process::id();
    let output = Command::new("docker")
        .args(["ps", "-a", "--format", "{{.ID}} {{.Label \"coderunner.owner\"}}"])
        .output();
    let text = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    text.lines()
        .filter(|line| line.split(' ').nth(3) == Some(&pid.to_string()))
        .filter_map(|line| line.split(' ').next().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn dropping_an_execution_ends_its_container() {
    let Some(executor) = executor(&["bash"]) else { return };
    let (sink, mut reader) = OutputSink::bounded();
    {
        let execution = executor.execute(job("bash", "echo started; sleep 1000"), sink);
        tokio::pin!(execution);
        tokio::select! {
            _ = &mut execution => panic!("it sleeps"),
            chunk = reader.recv() => assert!(chunk.is_some()),
        }
    }
    assert!(executor.shutdown(GONE_MAX).await);
}

#[tokio::test]
async fn a_container_killed_from_outside_is_an_error_and_the_next_job_runs() {
    let Some(executor) = pooled(&["bash"], 2) else { return };
    let (sink, mut reader) = OutputSink::bounded();
    let execution = executor.execute(job("bash", "hostname; sleep 1000"), sink);
    let killing = async {
        reader.recv().await.expect("it has started");
        // Every container of this process that sleeps: other tests' jobs are short.
        let output = Command::new("docker")
            .args(["ps", "-q", "--filter", "label=coderunner.language=bash"])
            .output();
        let ids =
            output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
        for id in ids.lines() {
            let top = Command::new("docker").args(["top", id, "-eo", "pid,args"]).output();
            if top.is_ok_and(|top| String::from_utf8_lossy(&top.stdout).contains("sleep 1000")) {
                let _ = Command::new("docker").args(["kill", id]).output();
            }
        }
    };
    let (outcome, ()) = tokio::join!(execution, killing);
    let error = outcome.expect_err("it was killed");
    let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    assert!(source.contains("killed from outside"), "{error}: {source}");
    assert_eq!(exited(&finish(&executor, job("bash", "exit 4")).await.outcome), Some(4));
    end(executor).await;
}

#[tokio::test]
async fn a_warm_container_that_died_is_replaced_before_a_job_meets_it() {
    let Some(executor) = pooled(&["bash"], 2) else { return };
    let bash = LanguageId::new("bash");
    executor.warm_up(&bash, 1).await.expect("a warm container");
    for id in listed() {
        let _ = Command::new("docker").args(["kill", &id]).output();
    }
    assert_eq!(exited(&finish(&executor, job("bash", "exit 5")).await.outcome), Some(5));
    end(executor).await;
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_a_short_one_waits_its_turn() {
    let pool = PoolSettings { min: 0, max: 1, queue: 1, ..PoolSettings::default() };
    let Some(executor) = executor_with(Settings { pool, ..Settings::default() }, &["bash"]) else {
        return;
    };
    let jobs = (0..3).map(|_| run(&executor, job("bash", "sleep 0.5")));
    let results = futures_util::future::join_all(jobs).await;
    let refused = results.iter().filter(|r| matches!(r, Err(ExecuteError::Overloaded { .. })));
    assert_eq!(refused.count(), 1);
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
    end(executor).await;
}

#[tokio::test]
async fn an_option_outside_the_allow_list_is_the_callers_mistake() {
    let Some(executor) = executor(&["c"]) else { return };
    let mut job = job("c", "int main(void) {}");
    job.compile_args = vec!["-Wl,--version".to_owned()];
    let error = run(&executor, job).await.expect_err("not allowed");
    assert!(matches!(error, ExecuteError::InvalidJob { .. }), "{error}");
}

/// Pools keep themselves filled and let go when nobody comes.
#[tokio::test]
async fn the_pool_refills_after_a_job() {
    let Some(executor) = pooled(&["bash"], 2) else { return };
    let bash = LanguageId::new("bash");
    executor.start();
    for _ in 0..3 {
        assert_eq!(exited(&finish(&executor, job("bash", "exit 0")).await.outcome), Some(0));
    }
    let filled = async {
        while executor.pool(&bash).is_none_or(|pool| pool.warm == 0) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), filled).await.is_ok());
    end(executor).await;
}
