//! `coderunner config`: what `serve` would be configured with, and where each value comes from; and new keys.

use std::{fmt::Write as _, io::Write as _, process::ExitCode};

use anyhow::Context as _;
use coderunner_server::access::digest;

use crate::{
    cli::ConfigArgs,
    config::Config,
    exit::{CommandResult, Failure},
};

/// What our keys start with, so that they are recognised where they should not be.
const KEY_PREFIX: &str = "cr_";

/// Prints.
pub(crate) fn run(args: &ConfigArgs) -> CommandResult {
    let text = match &args.new_key {
        Some(name) => new_key(name).map_err(Failure::Ours)?,
        None => Config::load(args.config.as_deref(), &[]).map_err(Failure::Usage)?.describe(),
    };
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(Failure::ours)?;
    Ok(ExitCode::SUCCESS)
}

/// A key that nobody has seen before, and what goes into the file: the digest, from which the key does not follow.
fn new_key(name: &str) -> anyhow::Result<String> {
    let mut random = [0_u8; 24];
    getrandom::fill(&mut random).context("this machine has no randomness")?;
    let key = format!("{KEY_PREFIX}{}", hex(&random));
    Ok(format!(
        "# The key, which is shown only here: {key}\n[[keys]]\nname = {name:?}\nsha256 = \"{}\"\n",
        hex(&digest(&key))
    ))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
