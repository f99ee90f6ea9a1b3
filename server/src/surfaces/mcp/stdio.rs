//! Messages as lines: how a program that started this one talks to it.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
};

use super::Call;
use crate::{caller::Caller, service::Service};

/// Requests that are being answered at one time; no more is read while there are as many.
const CALLS_MAX: usize = 32;

/// Answers `messages` until there are no more and all are answered, or nobody takes the answers.
pub(crate) async fn converse(
    service: Service,
    mut messages: mpsc::Receiver<Bytes>,
    answers: mpsc::Sender<String>,
) {
    let mut calls = JoinSet::new();
    let mut running: HashMap<String, AbortHandle> = HashMap::new();
    let mut more = true;
    while more || !calls.is_empty() {
        tokio::select! {
            Some(ended) = calls.join_next() => {
                // A call that was cancelled is not answered.
                let Ok((id, answer)) = ended else { continue };
                let id: String = id;
                let answer: Value = answer;
                running.remove(&id);
                if answers.send(answer.to_string()).await.is_err() {
                    return;
                }
            }
            message = messages.recv(), if more && calls.len() < CALLS_MAX => {
                let Some(message) = message else {
                    more = false;
                    continue;
                };
                match Call::read(&message) {
                    Ok(Some(call)) => {
                        let (service, id) = (service.clone(), call.id.to_string());
                        let key = id.clone();
                        let handle = calls.spawn(async move {
                            let answer = call.answer(&service, &Caller::local()).await;
                            (id, answer)
                        });
                        running.insert(key, handle);
                    }
                    Ok(None) => {
                        if let Some(handle) = cancelled(&message).and_then(|id| running.remove(&id)) {
                            handle.abort();
                        }
                    }
                    Err(problem) => {
                        if answers.send(problem.to_string()).await.is_err() {
                            return;
                        }
                    }
                }
            }
        }
    }
}

/// The request that a notification takes back.
fn cancelled(message: &[u8]) -> Option<String> {
    let message: Value = serde_json::from_slice(message).ok()?;
    let is_it = message["method"] == json!("notifications/cancelled");
    is_it.then(|| message["params"]["requestId"].to_string())
}
