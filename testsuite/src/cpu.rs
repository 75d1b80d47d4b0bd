//! CPU levels: code has no instruction that its level lacks, code for AVX has no legacy SSE instruction, and a processor without the level
//! is told so at start instead of by an illegal instruction.

use std::fs;
use std::process::{Command, Stdio};

use wative_compiler::Input;
use wative_compiler::ir::EntryKind;
use wative_compiler::options::{CpuFeatures, Emit, Isa, Options, Unknown};

use crate::process::{self, Scratch};
use crate::program::{LIMIT, build};
use crate::report::{Output, Report};
use crate::target::{Target, find};
use crate::{compile, corpus};

const EXIT_42: &[u8] = br#"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "_start") (call $exit (i32.const 42))))"#;

const ATOMICS: &str = r#"(module (memory 1)
    (func (export "add") (param i32) (result i64)
        (i64.atomic.rmw.add (local.get 0) (i64.const 1)))
    (func (export "exchange") (param i32) (result i32)
        (i32.atomic.rmw8.cmpxchg_u (local.get 0) (i32.const 1) (i32.const 2))))"#;

/// Instructions of AArch64's atomics of ARMv8.1, by their beginnings.
const LSE: &[&str] = &[
    "cas", "swp", "ldadd", "ldclr", "ldeor", "ldset", "stadd", "stclr", "steor", "stset",
];

/// Instructions of x86-64 above v2 that do not begin with `v`.
const BMI: &[&str] = &[
    "lzcnt", "tzcnt", "andn", "blsr", "blsi", "blsmsk", "bextr", "bzhi", "shlx", "shrx", "sarx",
    "rorx", "mulx", "pdep", "pext", "movbe",
];

/// Checks disassemblies, and starts executables on emulated processors.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        output.report(&format!("cpu {}", target.name), run_all(target, filter));
    }
}

fn run_all(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    let baseline = CpuFeatures::BASELINE;
    let (level, old, new, missing) = match target.isa {
        Isa::X64 => (CpuFeatures::X86_64_V3, "Nehalem", "Haswell", "AVX"),
        Isa::A64 => (CpuFeatures::ARMV8_1, "cortex-a53", "max", "LSE"),
    };
    for (name, cpu) in [("baseline", baseline), ("level", level)] {
        if name.contains(filter) {
            match objects(target, cpu) {
                Ok(None) => report.skip(1, "objdump is not on the PATH"),
                Ok(Some(lines)) => report.outcome(name, judge(target, cpu, &lines)),
                Err(why) => report.outcome(name, Err(why)),
            }
        }
    }
    let starts = [
        ("baseline starts anywhere", baseline, old, None),
        ("level is checked", level, old, Some(missing)),
        ("level starts where it is", level, new, None),
    ];
    for (name, cpu, processor, missing) in starts {
        if !name.contains(filter) {
            continue;
        }
        match find(&format!("qemu-{}", target.platform.arch())) {
            None => report.skip(1, "the emulator of this architecture is not on the PATH"),
            Some(emulator) => {
                let mut command = Command::new(emulator);
                command.args(["-cpu", processor]);
                report.outcome(name, start(target, cpu, command, missing));
            }
        }
    }
    report
}

fn options(target: &Target, cpu: CpuFeatures) -> Options {
    Options {
        isa: target.isa,
        cpu,
        jobs: 1,
        ..Options::default()
    }
}

/// The disassembled instructions of all listings' modules.
fn objects(target: &Target, cpu: CpuFeatures) -> Result<Option<Vec<String>>, String> {
    let tool = match target.cc.strip_suffix("gcc") {
        Some(prefix) => format!("{prefix}objdump"),
        None => "objdump".to_string(),
    };
    let Some(tool) = find(&tool) else {
        return Ok(None);
    };
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let mut command = Command::new(tool);
    command.args(["-d", "--no-show-raw-insn"]);
    if target.isa == Isa::X64 {
        command.arg("-Mintel");
    }
    let mut modules = vec![("atomics".to_string(), ATOMICS.to_string())];
    for path in corpus::files(&corpus::root().join("testsuite/listings"), "wat") {
        let text = fs::read_to_string(&path).map_err(|e| e.to_string())?;
        if text.starts_with(";; options:") {
            continue;
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        modules.push((stem.into_owned(), text));
    }
    for (name, text) in modules {
        let input: Input = compile::input(&name, text.as_bytes())?;
        let options = Options {
            entry: EntryKind::Script,
            emit: Emit::Object,
            unknown: Unknown::Trap,
            ..options(target, cpu)
        };
        let object = compile::compile(&[input], &options).map_err(|e| e.to_string())?;
        let file = scratch.executable(&object.object);
        command.arg(file.map_err(|e| e.to_string())?);
    }
    command.stdin(Stdio::null());
    let done = process::run(command, LIMIT).map_err(|e| e.to_string())?;
    if done.code() != 0 {
        return Err(done.describe());
    }
    let text = String::from_utf8_lossy(&done.stdout);
    let instructions = text.lines().filter_map(|line| line.split_once(":\t"));
    Ok(Some(
        instructions.map(|(_, code)| code.to_string()).collect(),
    ))
}

/// Whether the instructions are those of the level.
fn judge(target: &Target, cpu: CpuFeatures, lines: &[String]) -> Result<(), String> {
    let mnemonic = |line: &str| line.split_whitespace().next().unwrap_or("").to_string();
    let is_newer = |line: &String| {
        let mnemonic = mnemonic(line);
        match target.isa {
            Isa::X64 => mnemonic.starts_with('v') || BMI.contains(&mnemonic.as_str()),
            Isa::A64 => LSE.iter().any(|name| mnemonic.starts_with(name)),
        }
    };
    let newer = lines.iter().filter(|line| is_newer(line)).count();
    if lines.len() < 1000 {
        return Err(format!("only {} instructions", lines.len()));
    }
    if cpu == CpuFeatures::BASELINE {
        let found = lines.iter().find(|line| is_newer(line));
        return found.map_or(Ok(()), |line| Err(format!("above the baseline: {line}")));
    }
    if newer == 0 {
        return Err("nothing above the baseline".to_string());
    }
    let is_legacy = |line: &&String| line.contains("xmm") && !line.starts_with('v');
    match lines.iter().find(is_legacy) {
        Some(line) => Err(format!("not in VEX form: {line}")),
        None => Ok(()),
    }
}

/// Runs a program of the level on a processor; `missing`: what the message must name.
fn start(
    target: &Target,
    cpu: CpuFeatures,
    mut emulator: Command,
    missing: Option<&str>,
) -> Result<(), String> {
    let executable = build(EXIT_42, target, &options(target, cpu))?;
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = scratch.executable(&executable).map_err(|e| e.to_string())?;
    emulator.arg(path).stdin(Stdio::null());
    let done = process::run(emulator, LIMIT).map_err(|e| e.to_string())?;
    let message = String::from_utf8_lossy(&done.stderr);
    let (status, fits) = match missing {
        None => (42, true),
        Some(name) => {
            let words = format!("wative: this program needs a CPU with {name}");
            (1, message.contains(&words))
        }
    };
    if done.code() == status && fits {
        Ok(())
    } else {
        Err(done.describe())
    }
}
