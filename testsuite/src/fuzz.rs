//! Random inputs: damaged modules must be refused cleanly, generated ones must compute what the IR's interpreter computes.
//!
//! Everything follows from a seed, so a failure names the seed that repeats it (`SEED=N`). In the normal test run the
//! number of cases is fixed and small; `FUZZ_SECONDS=N` (see `scripts/fuzz.sh`) goes on with fresh seeds for so long.

use std::fs;
use std::time::{Duration, Instant};

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};
use wative_compiler::Input;
use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{Emit, OptLevel, Options, Unknown};

use crate::compile::{self, Failure};
use crate::differential::Setup;
use crate::program::CONFIGURATIONS;
use crate::report::{Output, Report};
use crate::target::Target;
use crate::{corpus, differential, edges, guests, parallel};

/// Cases of a normal run.
const MUTANTS: u64 = 1500;
const PROGRAMS: u64 = 1000;

/// Time that the compiler may take for one damaged module; they are all small.
const SLOW: Duration = Duration::from_secs(20);

/// Largest module that is damaged, in bytes.
const LARGEST: usize = 300_000;

/// Runs all kinds.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    if "mutants".contains(filter) {
        let seeds = modules();
        let reports = repeat(targets.len(), MUTANTS, |seed| {
            Ok(mutant(targets, &seeds, seed))
        });
        for (target, report) in targets.iter().zip(reports) {
            output.report(&format!("fuzz mutants {}", target.name), report);
        }
    }
    if "programs".contains(filter) {
        let reports = repeat(targets.len(), PROGRAMS, |seed| program(targets, seed));
        for (target, report) in targets.iter().zip(reports) {
            output.report(&format!("fuzz programs {}", target.name), report);
        }
    }
    if "edges".contains(filter) {
        let cases = edges::cases();
        for target in targets {
            let mut report = Report::default();
            let results = parallel::map(&cases, |case| edges::run(*case, target));
            for (case, result) in cases.iter().zip(results) {
                match result {
                    Ok(checks) => report.pass(checks),
                    Err(why) => report.fail(format!("{case:?}: {why}")),
                }
            }
            output.report(&format!("fuzz edges {}", target.name), report);
        }
    }
}

/// What a case tells about each target: how much was checked, or what went wrong. `Err`: what went wrong for all.
type Verdicts = Result<Vec<Result<usize, String>>, String>;

/// Runs cases in parallel: `SEED` alone, for `FUZZ_SECONDS`, or a fixed number. Gives a report for each of the targets.
fn repeat(targets: usize, count: u64, case: impl Fn(u64) -> Verdicts + Sync) -> Vec<Report> {
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let mut reports: Vec<Report> = (0..targets).map(|_| Report::default()).collect();
    let mut run = |seeds: Vec<u64>| {
        let results = parallel::map(&seeds, |&seed| case(seed));
        for (seed, result) in seeds.iter().zip(results) {
            let verdicts = result.unwrap_or_else(|why| vec![Err(why); targets]);
            for (report, verdict) in reports.iter_mut().zip(verdicts) {
                match verdict {
                    Ok(checks) => report.pass(checks),
                    Err(why) => report.fail(format!("SEED={seed}: {why}")),
                }
            }
        }
    };
    match (number("SEED"), number("FUZZ_SECONDS")) {
        (Some(seed), _) => run(vec![seed]),
        (None, None) => run((0..count).collect()),
        (None, Some(seconds)) => {
            let end = Instant::now() + Duration::from_secs(seconds);
            let first = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |t| t.as_secs() << 20);
            for batch in 0.. {
                if Instant::now() >= end {
                    break;
                }
                let start = first + batch * 64;
                run((start..start + 64).collect());
            }
        }
    }
    reports
}

/// Xorshift: the same numbers on every machine.
pub struct Random(u64);

impl Random {
    /// Seeds that follow each other give unrelated sequences.
    pub fn new(seed: u64) -> Random {
        Random((seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9) | 1)
    }
    /// A number.
    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 8
    }
    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.bits() % limit as u64) as usize
    }
    /// One of the items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
    /// Bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.bits() as u8).collect()
    }
}

/// Modules to damage: guests, listings and, where it is found, the corpus.
fn modules() -> Vec<Vec<u8>> {
    let mut modules: Vec<Vec<u8>> = guests::all().into_iter().map(|g| g.module).collect();
    for path in corpus::files(&corpus::root().join("testsuite"), "wat") {
        modules.extend(fs::read(path));
    }
    for folder in ["apps/modules", "wasi"] {
        let paths = corpus::find().map(|c| corpus::files(&c.join(folder), "wasm"));
        for path in paths.unwrap_or_default() {
            modules.extend(fs::read(path));
        }
    }
    let mut binary: Vec<Vec<u8>> = modules
        .iter()
        .filter_map(|m| wat::parse_bytes(m).ok())
        .map(|m| m.into_owned())
        .collect();
    binary.retain(|m| m.len() <= LARGEST);
    binary
}

/// One damaged module in a random configuration, compiled for each target. Any result but a panic or a long wait is right.
fn mutant(targets: &[Target], modules: &[Vec<u8>], seed: u64) -> Vec<Result<usize, String>> {
    let mut random = Random::new(seed);
    let mut bytes = random.pick(modules).clone();
    for _ in 0..=random.below(4) {
        damage(&mut bytes, modules, &mut random);
    }
    let world = *random.pick(&[World::Closed, World::Closed, World::Open]);
    let memories = match world {
        World::Closed => &[MemoryMode::Fixed, MemoryMode::Pinned, MemoryMode::Checked][..],
        World::Open => &[MemoryMode::Pinned, MemoryMode::Checked][..],
    };
    let options = Options {
        world,
        memory: *random.pick(memories),
        opt: *random.pick(&[OptLevel::O0, OptLevel::O2]),
        emit: *random.pick(&[Emit::Object, Emit::Object, Emit::Ir, Emit::Asm]),
        entry: match world {
            World::Closed => random
                .pick(&[EntryKind::Command, EntryKind::Script])
                .clone(),
            World::Open => EntryKind::None,
        },
        unknown: *random.pick(&[Unknown::Trap, Unknown::Symbol, Unknown::Refuse]),
        jobs: 1,
        verify: false,
        ..Options::default()
    };
    let input = Input {
        name: "mutant".to_string(),
        path: "mutant.wasm".to_string(),
        bytes,
        links: Vec::new(),
    };
    let inputs = [input];
    let compile = |target: &Target| {
        let options = Options {
            isa: target.isa,
            ..options.clone()
        };
        let start = Instant::now();
        let result = compile::compile(&inputs, &options);
        let time = start.elapsed();
        if let Err(failure @ Failure::Panicked(_)) = result {
            return Err(failure.to_string());
        }
        if time > SLOW {
            return Err(format!("took {:.0} s", time.as_secs_f64()));
        }
        Ok(1)
    };
    targets.iter().map(compile).collect()
}

/// Damages a module in one of several ways.
fn damage(bytes: &mut Vec<u8>, modules: &[Vec<u8>], random: &mut Random) {
    if bytes.is_empty() {
        return;
    }
    let at = random.below(bytes.len());
    let len = random.below(16).min(bytes.len() - at);
    match random.below(8) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = random.bits() as u8,
        2 => bytes[at] = *random.pick(&[0, 1, 0x7f, 0x80, 0xff, 0x40, 0x41, 0x0b]),
        3 => bytes.truncate(at),
        4 => _ = bytes.drain(at..at + len),
        5 => {
            let new = random.bytes(len);
            bytes.splice(at..at, new);
        }
        6 => {
            let from = random.below(bytes.len());
            let len = len.min(bytes.len() - from);
            let copy = bytes[from..from + len].to_vec();
            bytes.splice(at..at + len.min(bytes.len() - at), copy);
        }
        _ => {
            let other = random.pick(modules);
            let from = random.below(other.len());
            let end = other.len().min(from + 4 * len);
            bytes.splice(at..at, other[from..end].iter().copied());
        }
    }
}

/// A generated module, compiled in a random configuration for each target and compared with the interpreter. Half of them have canonical
/// NaNs.
fn program(targets: &[Target], seed: u64) -> Verdicts {
    let mut random = Random::new(seed);
    let deterministic = random.below(2) == 0;
    let module = generate(&mut random, deterministic)?;
    let (memory, opt) = *random.pick(&CONFIGURATIONS);
    let setup = Setup {
        memory,
        opt,
        deterministic,
        newest: random.below(3) == 0,
    };
    let verdicts = differential::compare(targets, &module, setup, &mut random)?;
    let failed = verdicts.iter().any(Result::is_err);
    let place = if failed {
        keep(seed, &module)
    } else {
        String::new()
    };
    let explain = |why: String| format!("{setup:?}: {why}{place}");
    Ok(verdicts
        .into_iter()
        .map(|verdict| verdict.map_err(explain))
        .collect())
}

/// Keeps a module for whoever looks into it, if `FUZZ_KEEP` says where. Tells the place.
fn keep(seed: u64, module: &[u8]) -> String {
    let Ok(folder) = std::env::var("FUZZ_KEEP") else {
        return String::new();
    };
    let path = format!("{folder}/{seed}.wasm");
    match fs::write(&path, module) {
        Ok(()) => format!(" [{path}]"),
        Err(e) => format!(" [{path}: {e}]"),
    }
}

/// A valid module of the supported features that terminates; of relaxed SIMD only where that is `deterministic`.
fn generate(random: &mut Random, deterministic: bool) -> Result<Vec<u8>, String> {
    let config = Config {
        max_funcs: 12,
        min_funcs: 4,
        max_data_segments: 4,
        max_element_segments: 4,
        disallow_traps: random.below(2) == 0,
        max_instructions: *random.pick(&[30, 100, 400]),
        max_imports: 0,
        max_memory32_bytes: 4 << 16,
        memory_max_size_required: true,
        min_memories: 1,
        max_table_elements: 50,
        table_max_size_required: true,
        max_tables: 2,
        export_everything: true,
        allow_start_export: random.below(8) == 0,
        canonicalize_nans: false,
        memory_offset_choices: wasm_smith::MemoryOffsetChoices(60, 39, 1),
        bulk_memory_enabled: true,
        reference_types_enabled: true,
        multi_value_enabled: true,
        saturating_float_to_int_enabled: true,
        sign_extension_ops_enabled: true,
        exceptions_enabled: true,
        gc_enabled: false,
        compact_imports_enabled: false,
        custom_descriptors_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: deterministic,
        simd_enabled: true,
        tail_call_enabled: true,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..Config::default()
    };
    let len = 4000 + random.below(30_000);
    let bytes = random.bytes(len);
    let explain = |e: &dyn std::fmt::Display| format!("generator: {e}");
    let mut module =
        Module::new(config, &mut Unstructured::new(&bytes)).map_err(|e| explain(&e))?;
    module.ensure_termination(2000).map_err(|e| explain(&e))?;
    Ok(module.to_bytes())
}
