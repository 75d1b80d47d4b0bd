//! Sources in gdb, by what `-g` makes of the modules' DWARF: gdb carries out the commands of a script over each guest, and what it prints must be
//! what is written beside the script.
//!
//! `testsuite/guests/debug/NAME.gdb` has the commands: `START` stands for the one that starts the program. The guest is there in two forms, NAME-O0.wasm and
//! NAME-O2.wasm, and each is compiled with and without optimisation. `NAME-FORM.TARGET.OPT.out` is what gdb prints; `BLESS=1` writes it anew, and the
//! difference is reviewed like code. Independent of that, functions named `see_…` get variables of their caller under the same names, and both frames must show the same. Addresses are left out, and the frames of the runtime. So the transcript is the same for all memory modes.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Options};

use crate::debugger::{gdb, session};
use crate::process::tail;
use crate::program::{build, options};
use crate::report::Report;
use crate::target::{Target, find};

/// What the guests are compiled as.
const FORMS: [&str; 2] = ["O0", "O2"];

/// How they are compiled by us.
const MODES: [(MemoryMode, OptLevel); 3] = [
    (MemoryMode::Fixed, OptLevel::O0),
    (MemoryMode::Fixed, OptLevel::O2),
    (MemoryMode::Pinned, OptLevel::O2),
];

/// Beginnings of lines that are about the session: processes, files, where the emulator waits for gdb.
const NOISE: [&str; 5] = [
    "[Inferior",
    "Reading ",
    "Remote debugging",
    "warning:",
    "0x",
];

/// Runs all scripts.
pub fn run_all(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests/debug");
    let mut scripts: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|it| Some(it.ok()?.path())).collect(),
        Err(error) => {
            report.fail(format!("{}: {error}", folder.display()));
            return report;
        }
    };
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "gdb"));
    scripts.sort();
    for script in &scripts {
        for form in FORMS {
            for (memory, opt) in MODES {
                let stem = script.file_stem().unwrap_or_default().to_string_lossy();
                let name = format!("{stem}-{form} {memory:?} {opt:?}");
                if !name.contains(filter) {
                    continue;
                }
                if find(gdb(target)).is_none() {
                    report.skip(1, format!("{} is not installed", gdb(target)));
                    continue;
                }
                let guest = folder.join(format!("{stem}-{form}"));
                report.outcome(&name, drive(target, script, &guest, memory, opt));
            }
        }
    }
    report
}

fn drive(
    target: &Target,
    script: &Path,
    guest: &Path,
    memory: MemoryMode,
    opt: OptLevel,
) -> Result<(), String> {
    let read = |path: &Path| fs::read(path).map_err(|e| format!("{}: {e}", path.display()));
    let module = read(&guest.with_extension("wasm"))?;
    let commands = String::from_utf8_lossy(&read(script)?).into_owned();
    let options = Options {
        debug: true,
        ..options(target, memory, opt)
    };
    let executable = build(&module, target, &options)?;
    let folder = script.parent().unwrap_or(script);
    let finished = session(target, &executable, |connect, start| {
        format!(
            "set pagination off\nset confirm off\nset width 0\nset debuginfod enabled off\nset startup-with-shell off\n\
             directory {}\n{connect}{}\n",
            folder.display(),
            commands.replace("START", start)
        )
    })?;
    let printed = normalised(&String::from_utf8_lossy(&finished.stdout));
    agree(&printed)?;
    let expected = guest.with_extension(format!("{}.{opt:?}.out", target.name));
    if std::env::var_os("BLESS").is_some() && memory == MemoryMode::Fixed {
        return fs::write(&expected, printed).map_err(|e| e.to_string());
    }
    let expected = String::from_utf8_lossy(&read(&expected)?).into_owned();
    match expected == printed {
        true => Ok(()),
        false => Err(format!(
            "{}\n{}",
            first_difference(&expected, &printed),
            tail(&finished.stderr, 400)
        )),
    }
}

/// What gdb prints without addresses, processes and frames that have no source.
fn normalised(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let is_frame = line.starts_with('#');
        let is_foreign = is_frame && !line.contains(" at ");
        let is_noise = NOISE.iter().any(|start| line.starts_with(start));
        if is_foreign || is_noise {
            continue;
        }
        let words = line.split(' ').map(|word| match word.strip_prefix("0x") {
            Some(hex) => {
                let digits = hex.bytes().take_while(u8::is_ascii_hexdigit).count();
                format!("ADDRESS{}", &hex[digits..])
            }
            None => word.to_string(),
        });
        out.push_str(words.collect::<Vec<_>>().join(" ").trim_end());
        out.push('\n');
    }
    out
}

/// Compares what is passed to functions named `see_…` with what their callers have under the same names, wherever a script has both printed.
fn agree(printed: &str) -> Result<(), String> {
    let mut passed: HashMap<&str, &str> = HashMap::new();
    let (mut is_seen, mut is_caller) = (false, false);
    for line in printed.lines() {
        if line.contains(" see_") && line.starts_with("Breakpoint") {
            passed.clear();
            (is_seen, is_caller) = (true, false);
        } else if line.starts_with("#1") {
            is_caller = is_seen;
        } else if let Some((name, value)) = line.split_once(" = ").filter(|_| is_seen) {
            if !is_caller {
                passed.insert(name, value);
            } else if let Some(expected) = passed.get(name)
                && ![*expected, value].contains(&"<optimized out>")
                && *expected != value
            {
                return Err(format!(
                    "{name} is {value} in the caller of what gets {expected}"
                ));
            }
        }
    }
    Ok(())
}

fn first_difference(expected: &str, printed: &str) -> String {
    let pairs = expected.lines().zip(printed.lines()).enumerate();
    for (number, (want, got)) in pairs {
        if want != got {
            return format!("line {}: `{got}` instead of `{want}`", number + 1);
        }
    }
    format!(
        "{} lines instead of {}: {}",
        printed.lines().count(),
        expected.lines().count(),
        tail(printed.as_bytes(), 300)
    )
}
