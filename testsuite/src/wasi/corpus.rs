//! The WASI test suite: programs that others wrote, each with its arguments, directory and expected end.
//!
//! A folder with a `manifest.json` of the version `wasm32-wasip1` holds programs; `NAME.json` beside a program says how it
//! runs. Capabilities are granted when it is compiled, a fresh copy of its directory as `/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{Config, OptLevel, Preopen};

use crate::apps::{copy_tree, difference};
use crate::process::{self, Scratch};
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;
use crate::{corpus, parallel};

/// Version of the interface in manifests.
const VERSION: &str = "wasm32-wasip1";

/// Runs every program whose name contains `filter`.
pub fn report(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    let Some(corpus) = corpus::find() else {
        report.skip(1, "the corpus is not here");
        return report;
    };
    let programs: Vec<PathBuf> = corpus::files(&corpus.join("wasi"), "wasm")
        .into_iter()
        .filter(|path| name(path).contains(filter) && is_preview1(path))
        .collect();
    let results = parallel::map(&programs, |path| run(path, target));
    for (path, result) in programs.iter().zip(results) {
        report.outcome(&name(path), result);
    }
    report
}

fn name(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn is_preview1(path: &Path) -> bool {
    let manifest = read_json(&path.with_file_name("manifest.json"));
    manifest.is_ok_and(|json| json["version"] == VERSION)
}

fn read_json(path: &Path) -> Result<Value, String> {
    let bytes = fs::read(path).map_err(|e| e.to_string())?;
    serde_json::from_slice(&bytes).map_err(|e| e.to_string())
}

fn run(path: &Path, target: &Target) -> Result<(), String> {
    let explain = |e: std::io::Error| e.to_string();
    let rules = path.with_extension("json");
    let rules = if rules.exists() {
        read_json(&rules)?
    } else {
        Value::Null
    };
    let scratch = Scratch::new().map_err(explain)?;
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.config = Config::default();
    if let Some(folder) = rules["root"].as_str() {
        let copy = scratch.path().join("root");
        copy_tree(&path.with_file_name(folder), &copy).map_err(explain)?;
        let host = copy.display().to_string();
        options.config.preopens.push(Preopen::directory(host, "/"));
    }
    for (name, value) in rules["env"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        options.config.env.push(format!("{name}={value}"));
    }
    let executable = build(&fs::read(path).map_err(explain)?, target, &options)?;
    let path = scratch.executable(&executable).map_err(explain)?;
    let mut command = target.command(&path);
    command.stdin(Stdio::null());
    for argument in rules["args"].as_array().into_iter().flatten() {
        command.arg(argument.as_str().unwrap_or_default());
    }
    let finished = process::run(command, program::LIMIT).map_err(explain)?;
    let want = rules["exit_code"].as_i64().unwrap_or(0);
    if i64::from(finished.code()) != want {
        return Err(format!("want exit {want}: {}", finished.describe()));
    }
    match rules["stdout"].as_str() {
        Some(want) => difference("stdout", &finished.stdout, want.as_bytes()).map_or(Ok(()), Err),
        None => Ok(()),
    }
}
