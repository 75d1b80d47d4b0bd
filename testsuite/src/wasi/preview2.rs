//! WASI 0.2 and 0.3 by scripts: `testsuite/guests/wasi2/operations.component.wasm` executes one, which is its argument, and says on stderr what came of each operation.
//! `testsuite/guests/wasi3/operations.component.wasm` is the same guest with the files of WASI 0.3.
//!
//! `NAME.script` beside it has a line `OPERATION = RESULT` for each, `#` comments, and lines that say how it is run:
//!
//! | line | meaning |
//! |---|---|
//! | `! dir d::/` | a grant, instead of this one: `dir`, `file` or `embed` |
//! | `! outside` | links in the directory lead out of it |
//! | `! env A=b` | an environment variable |
//! | `! stdin TEXT`, `! stdout TEXT` | with `\n` and `\0` |
//! | `! exit N` | the status, instead of 0 |
//! | `! trap TEXT` | the last operation traps with this message |
//! | `! native` | wasmtime is not asked |
//! | `! both` | the guest of WASI 0.3 executes it, too |
//!
//! `BLESS=1` writes the results anew. In the long run wasmtime executes the scripts too; where it says something else, a comment `# wasmtime: RESULT`
//! behind the operation has that, and `# 0.3: RESULT` what WASI 0.3 says where it says something else. The world outside of what is granted must be the same after each script.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wative::args::GrantArgs;
use wative::grants;
use wative_compiler::ir::MemoryMode;
use wative_compiler::options::OptLevel;

use super::calls::populate;
use crate::process::{self, Finished, Scratch};
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::{Target, find};
use crate::{corpus, parallel, spec};

/// Where the guest and its scripts are.
fn folder() -> PathBuf {
    corpus::root().join("testsuite/guests/wasi2")
}

/// The version of WASI by which a guest reaches files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Two,
    Three,
}

/// The guest.
pub fn component(door: Door) -> Result<Vec<u8>, String> {
    let folder = match door {
        Door::Two => "wasi2",
        Door::Three => "wasi3",
    };
    let guests = corpus::root().join("testsuite/guests");
    let path = guests.join(folder).join("operations.component.wasm");
    fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))
}

/// What comments begin with that have results of others.
const WASMTIME: &str = "# wasmtime: ";
const THREE: &str = "# 0.3: ";

/// An operation with its result, and what wasmtime and WASI 0.3 say.
struct Operation<'a> {
    text: &'a str,
    result: &'a str,
    wasmtime: &'a str,
    three: &'a str,
}

/// A script and how it is run.
#[derive(Default)]
struct Script {
    text: String,
    grants: Vec<(String, String)>,
    outside: bool,
    native: bool,
    both: bool,
    env: Vec<String>,
    stdin: String,
    stdout: String,
    exit: i32,
    trap: Option<String>,
}

/// Runs the scripts whose names contain the filter.
pub fn report(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    let paths = corpus::files(&folder(), "script");
    let name = |path: &PathBuf| {
        let stem = path.file_stem().unwrap_or_default();
        format!("script {}", stem.to_string_lossy())
    };
    let paths: Vec<PathBuf> = paths
        .into_iter()
        .filter(|path| name(path).contains(filter))
        .collect();
    let results = parallel::map(&paths, |path| judge(target, path));
    for (path, results) in paths.iter().zip(results) {
        for (door, result) in results {
            report.outcome(&format!("{} {door:?}", name(path)), result);
        }
    }
    report
}

fn parse(text: &str) -> Result<Script, String> {
    let mut script = Script {
        text: text.to_string(),
        ..Script::default()
    };
    let unescape = |text: &str| text.replace("\\n", "\n").replace("\\0", "\0");
    for line in text.lines().filter_map(|line| line.strip_prefix("! ")) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "dir" | "file" | "embed" => script.grants.push((word.to_string(), rest.to_string())),
            "outside" => script.outside = true,
            "native" => script.native = true,
            "both" => script.both = true,
            "env" => script.env.push(rest.to_string()),
            "stdin" => script.stdin = unescape(rest),
            "stdout" => script.stdout = unescape(rest),
            "exit" => script.exit = rest.parse().map_err(|_| format!("no status: {rest}"))?,
            "trap" => script.trap = Some(rest.to_string()),
            other => return Err(format!("no such line: {other}")),
        }
    }
    if script.trap.is_some() {
        script.exit = 134;
    }
    if script.grants.is_empty() {
        script.grants.push(("dir".to_string(), "d::/".to_string()));
    }
    Ok(script)
}

impl Script {
    /// Lines with an operation.
    fn operations(&self) -> Vec<Operation<'_>> {
        let mut found: Vec<Operation> = Vec::new();
        for line in self.text.lines() {
            if let (Some(other), Some(last)) = (line.strip_prefix(WASMTIME), found.last_mut()) {
                last.wasmtime = other;
            } else if let (Some(other), Some(last)) = (line.strip_prefix(THREE), found.last_mut()) {
                last.three = other;
            } else if !line.is_empty() && !line.starts_with(['#', '!']) {
                let (text, result) = line.rsplit_once(" = ").unwrap_or((line, ""));
                found.push(Operation {
                    text,
                    result,
                    wasmtime: result,
                    three: result,
                });
            }
        }
        found
    }

    /// Operations that have no result: the last one, if it ends the program.
    fn ends(&self) -> usize {
        let last = self
            .operations()
            .pop()
            .map_or("", |operation| operation.text);
        let ends = last.starts_with("exit") || last.starts_with("return");
        usize::from(ends || self.trap.is_some())
    }

    fn argument(&self) -> String {
        let lines: Vec<&str> = self.operations().iter().map(|line| line.text).collect();
        lines.join("\n")
    }
}

/// Makes the directory of a script and what is around it.
fn world(script: &Script, base: &Path) -> std::io::Result<()> {
    let directory = base.join("d");
    populate(&directory)?;
    let secret = format!("secret{}", " ".repeat(4315));
    fs::write(base.join("secret"), &secret)?;
    fs::write(base.join("writable"), "previous text")?;
    fs::create_dir(base.join("outdir"))?;
    fs::create_dir(base.join("outempty"))?;
    fs::write(base.join("outdir/x"), &secret)?;
    if script.outside {
        for (target, link) in [
            ("../secret", "out"),
            ("/etc/passwd", "absolute"),
            ("../outdir", "outdir"),
            ("../outempty", "outempty"),
            ("..", "up"),
            (".", "self"),
            ("../../secret", "sub/far"),
            ("circle", "circle"),
            ("../made", "dangling-out"),
            ("/proc/self/root", "magic"),
            ("/proc/self/cwd", "sub/magic"),
        ] {
            symlink(target, directory.join(link))?;
        }
    }
    Ok(())
}

/// Of a file or directory: contents or names in it, seconds and nanoseconds of the last modification, number of links.
type State = (Vec<u8>, i64, i64, u64);

/// Everything outside: names, contents, times.
fn outside(base: &Path) -> std::io::Result<BTreeMap<String, State>> {
    let mut all = BTreeMap::new();
    for name in ["secret", "outdir/x", "outdir", "outempty", "made", ""] {
        let Ok(meta) = fs::symlink_metadata(base.join(name)) else {
            continue;
        };
        let contents = match meta.is_dir() {
            true => {
                let names = fs::read_dir(base.join(name))?;
                let mut names: Vec<_> = names.flatten().map(|entry| entry.file_name()).collect();
                names.sort();
                format!("{names:?}").into_bytes()
            }
            false => fs::read(base.join(name))?,
        };
        // Executables and input come and go in the uppermost one.
        let contents = if name.is_empty() {
            Vec::new()
        } else {
            contents
        };
        let times = match name.is_empty() {
            true => (0, 0),
            false => (meta.mtime(), meta.mtime_nsec()),
        };
        all.insert(name.to_string(), (contents, times.0, times.1, meta.nlink()));
    }
    Ok(all)
}

fn grant_args(script: &Script, base: &Path) -> Result<GrantArgs, String> {
    let mut args = GrantArgs::default();
    for (kind, value) in &script.grants {
        let value = format!("{}/{value}", base.display());
        match kind.as_str() {
            "dir" => args.dirs.push(value.parse()?),
            "file" => args.files.push(value.parse()?),
            _ => args.embed_dirs.push(value.parse()?),
        }
    }
    for variable in &script.env {
        args.env.push(variable.parse()?);
    }
    Ok(args)
}

/// By each door.
fn judge(target: &Target, path: &Path) -> Vec<(Door, Result<(), String>)> {
    let read = || parse(&fs::read_to_string(path).map_err(|e| e.to_string())?);
    let script = match read() {
        Ok(script) => script,
        Err(why) => return vec![(Door::Two, Err(why))],
    };
    let mut results = vec![(Door::Two, judge_by(target, path, &script, Door::Two))];
    if script.both {
        results.push((Door::Three, judge_by(target, path, &script, Door::Three)));
    }
    results
}

fn judge_by(target: &Target, path: &Path, script: &Script, door: Door) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let finished = native(target, script, &scratch, door)?;
    let told = target.words_of_program(&finished.stderr);
    if std::env::var_os("BLESS").is_some() && target.is_native() {
        return bless(path, script, &told, door);
    }
    compare(script, &finished, &told, |line| match door {
        Door::Two => line.result,
        Door::Three => line.three,
    })?;
    let asks = spec::is_long() && target.is_native() && !script.native && door == Door::Two;
    if let Some(wasmtime) = asks.then(|| find("wasmtime")).flatten() {
        second(&wasmtime, script).map_err(|e| format!("wasmtime: {e}"))?;
    }
    Ok(())
}

/// Runs the script in an executable. Whatever it does, what is outside must stay as it is.
fn native(
    target: &Target,
    script: &Script,
    scratch: &Scratch,
    door: Door,
) -> Result<Finished, String> {
    let explain = |e: std::io::Error| e.to_string();
    let base = scratch.path();
    world(script, base).map_err(explain)?;
    let before = outside(base).map_err(explain)?;
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.verify = false;
    options.config = grants::config(&grant_args(script, base)?).map_err(|e| e.to_string())?;
    let executable = build(&component(door)?, target, &options)?;
    let program = scratch.executable(&executable).map_err(explain)?;
    let mut command = target.command(&program);
    command.arg(script.argument());
    stdin(&mut command, script, scratch)?;
    let finished = process::run(command, program::LIMIT).map_err(explain)?;
    match outside(base).map_err(explain)? == before {
        true => Ok(finished),
        false => Err("what is outside was changed".to_string()),
    }
}

fn stdin(command: &mut Command, script: &Script, scratch: &Scratch) -> Result<(), String> {
    match script.stdin.is_empty() {
        true => command.stdin(Stdio::null()),
        false => {
            let input = scratch.input(script.stdin.as_bytes());
            command.stdin(input.map_err(|e| e.to_string())?)
        }
    };
    Ok(())
}

/// Whether it told what it should have.
fn compare<'a>(
    script: &'a Script,
    finished: &Finished,
    told: &str,
    wanted: impl Fn(&Operation<'a>) -> &'a str,
) -> Result<(), String> {
    let operations = script.operations();
    let mut lines = told.lines();
    let ends = script.ends();
    for operation in &operations[..operations.len() - ends.min(operations.len())] {
        let got = lines.next().unwrap_or("nothing");
        if got != wanted(operation) {
            let wanted = wanted(operation);
            return Err(format!("{}: {got}, want {wanted}", operation.text));
        }
    }
    let rest: Vec<&str> = lines.collect();
    let rest = rest.join(" | ");
    if let Some(trap) = &script.trap
        && !rest.contains(trap.as_str())
    {
        return Err(format!("no trap \"{trap}\" but {rest}"));
    }
    if script.stdout.as_bytes() != finished.stdout {
        let got = String::from_utf8_lossy(&finished.stdout);
        return Err(format!("stdout {got:?}"));
    }
    match finished.code() == script.exit {
        true => Ok(()),
        false => Err(finished.describe()),
    }
}

/// Writes the results into the script: those of WASI 0.3 where they are others.
fn bless(path: &Path, script: &Script, told: &str, door: Door) -> Result<(), String> {
    let mut told = told.lines();
    // What the other door has written is kept.
    let before = fs::read_to_string(path).map_err(|e| e.to_string())?;
    let mut text = String::new();
    let count = script.operations().len();
    let ends = script.ends();
    let mut index = 0;
    for line in before.lines() {
        if door == Door::Three && line.starts_with(THREE) {
            continue;
        }
        if line.is_empty() || line.starts_with(['#', '!']) {
            text += &format!("{line}\n");
            continue;
        }
        let (operation, known) = line.rsplit_once(" = ").unwrap_or((line, ""));
        index += 1;
        match (told.next().filter(|_| index + ends <= count), door) {
            (Some(result), Door::Two) => text += &format!("{operation} = {result}\n"),
            (Some(result), Door::Three) if result != known => {
                text += &format!("{line}\n{THREE}{result}\n");
            }
            (None, Door::Two) => text += &format!("{operation}\n"),
            (_, Door::Three) => text += &format!("{line}\n"),
        }
    }
    fs::write(path, text).map_err(|e| e.to_string())
}

/// The same in wasmtime, as far as it has such grants.
fn second(wasmtime: &Path, script: &Script) -> Result<(), String> {
    let explain = |e: std::io::Error| e.to_string();
    let scratch = Scratch::new().map_err(explain)?;
    world(script, scratch.path()).map_err(explain)?;
    let mut command = Command::new(wasmtime);
    command.arg("run");
    for (_, grant) in &script.grants {
        command.arg("--dir");
        command.arg(format!("{}/{grant}", scratch.path().display()));
    }
    for variable in &script.env {
        command.args(["--env", variable]);
    }
    command.arg(folder().join("operations.component.wasm"));
    command.arg(script.argument());
    stdin(&mut command, script, &scratch)?;
    let mut finished = process::run(command, program::LIMIT).map_err(explain)?;
    let told = String::from_utf8_lossy(&finished.stderr).into_owned();
    if script.trap.is_some() {
        // It ends with another status.
        finished.status = std::os::unix::process::ExitStatusExt::from_raw(134 << 8);
    }
    compare(script, &finished, &told, |line| line.wasmtime)
}

/// Another process changes what names lead to while the guest resolves them: it must find nothing of what is outside, and change nothing there.
pub mod races {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    /// A race: what the other process does again and again, and the names that the guest uses.
    struct Race {
        name: &'static str,
        /// Renames, in this order.
        moves: &'static [(&'static str, &'static str)],
        paths: &'static [&'static str],
        /// Some of them lead to a file inside, sometimes.
        leads: bool,
    }

    const RACES: [Race; 3] = [
        Race {
            name: "a directory becomes a link that leads out",
            moves: &[
                ("d/real", "d/swap"),
                ("d/swap", "d/real"),
                ("d/evil", "d/swap"),
                ("d/swap", "d/evil"),
            ],
            paths: &["swap/x", "swap/../swap/x", "sub/../swap/x"],
            leads: true,
        },
        Race {
            name: "a file becomes a link that leads out",
            moves: &[
                ("d/plain", "d/leaf"),
                ("d/leaf", "d/plain"),
                ("d/bad", "d/leaf"),
                ("d/leaf", "d/bad"),
            ],
            paths: &["leaf", "sub/../leaf", "self/leaf"],
            leads: true,
        },
        Race {
            name: "a directory is moved out while its parent is looked up",
            moves: &[
                ("d/sub/deep", "outempty/deep"),
                ("outempty/deep", "d/sub/deep"),
            ],
            paths: &[
                "sub/deep/../../secret",
                "sub/deep/../x",
                "sub/deep/../../outdir/x",
            ],
            leads: false,
        },
    ];

    /// What never leads anywhere was no race.
    const NO_RACE: &str = "nothing was opened";

    /// How often a race is begun anew that was none.
    const TRIES: usize = 20;

    /// Runs the races whose names contain the filter, for reading, and with everything that changes something.
    pub fn report(target: &Target, filter: &str) -> Report {
        let mut report = Report::default();
        for race in &RACES {
            for door in [Door::Two, Door::Three] {
                let name = format!("race: {} {door:?}", race.name);
                if name.contains(filter) {
                    // On a busy machine the other thread may get no time between two calls of the guest.
                    let mut tries = (0..TRIES).map(|_| judge(target, race, door));
                    let result = tries.find(|result| result != &Err(NO_RACE.to_string()));
                    report.outcome(&name, result.unwrap_or(Err(NO_RACE.to_string())));
                }
            }
        }
        report
    }

    fn judge(target: &Target, race: &Race, door: Door) -> Result<(), String> {
        let explain = |e: std::io::Error| e.to_string();
        let scratch = Scratch::new().map_err(explain)?;
        let base = scratch.path();
        let script = Script {
            outside: true,
            ..Script::default()
        };
        world(&script, base).map_err(explain)?;
        prepare(base).map_err(explain)?;
        let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
        options.verify = false;
        let mut args = GrantArgs::default();
        args.dirs.push(format!("{}/d::/", base.display()).parse()?);
        options.config = grants::config(&args).map_err(|e| e.to_string())?;
        let program = build(&component(door)?, target, &options)?;
        let program = scratch.executable(&program).map_err(explain)?;
        let times = 3000 / target.slowness();
        let mut text = "preopens".to_string();
        for path in race.paths {
            text += &format!(
                "\nhunt {times} d0 \"{path}\"\nharm {} d0 \"{path}\"",
                times / 10
            );
        }
        let before = secrets(base).map_err(explain)?;
        let stop = AtomicBool::new(false);
        let finished = thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    for (from, to) in race.moves {
                        // The guest may have taken it away; then it is made anew.
                        if fs::rename(base.join(from), base.join(to)).is_err() {
                            let _ = prepare(base);
                        }
                    }
                }
            });
            let mut command = target.command(&program);
            command.arg(&text).stdin(Stdio::null());
            let finished = process::run(command, program::LIMIT);
            stop.store(true, Ordering::Relaxed);
            finished
        });
        let finished = finished.map_err(explain)?;
        let told = target.words_of_program(&finished.stderr);
        if finished.code() != 0 || told.lines().count() != 1 + 2 * race.paths.len() {
            return Err(format!("{}: {told}", finished.describe()));
        }
        if told.contains("escaped") {
            return Err(told);
        }
        if race.leads && !told.lines().any(|line| line == "opened") {
            return Err(NO_RACE.to_string());
        }
        match secrets(base).map_err(explain)? == before {
            true => Ok(()),
            false => Err("what is outside was changed".to_string()),
        }
    }

    /// What is moved, as far as it is not there.
    fn prepare(base: &Path) -> std::io::Result<()> {
        let _ = fs::remove_file(base.join("d/swap"));
        let _ = fs::remove_file(base.join("d/leaf"));
        for directory in ["d/real", "d/sub/deep"] {
            fs::create_dir_all(base.join(directory))?;
        }
        fs::write(base.join("d/real/x"), "plain")?;
        fs::write(base.join("d/plain"), "plain")?;
        for (target, link) in [("../outdir", "d/evil"), ("../secret", "d/bad")] {
            let _ = fs::remove_file(base.join(link));
            symlink(target, base.join(link))?;
        }
        Ok(())
    }

    /// What must stay: contents and times of files outside, and the names beside them.
    fn secrets(base: &Path) -> std::io::Result<Vec<State>> {
        let mut all = Vec::new();
        for (file, folder) in [("secret", "outdir"), ("outdir/x", "outdir")] {
            let meta = fs::symlink_metadata(base.join(file))?;
            let names = fs::read_dir(base.join(folder))?.count();
            let mut contents = fs::read(base.join(file))?;
            contents.extend(names.to_le_bytes());
            all.push((contents, meta.mtime(), meta.mtime_nsec(), meta.nlink()));
        }
        Ok(all)
    }
}
