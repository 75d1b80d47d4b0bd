//! Trees of operations: every op over every op that an instruction set could take into one instruction, tried on all targets and CPU levels.
//!
//! The ops are those of the compiler's table ([`ops`]); the trees come in families ([`families`]) in a fixed order, so that `TREES=FAMILY:N` is one
//! of them; `TREES="i32.and over i32.shr_u"` are those whose ops begin so. A normal run takes every Nth tree (`TREES_STRIDE`), of which the commit decides where it begins (`TREES_OFFSET`); `WATIVE_LONG=1`
//! takes all.

mod families;
mod form;
mod inputs;
mod judge;
mod module;
mod ops;
mod oracle;
mod relaxed;
mod tree;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{CpuFeatures, Isa, OptLevel};

use crate::parallel;
use crate::report::{Output, Report};
use crate::spec::{is_left_out, is_long};
use crate::target::Target;
use families::{Depends, FAMILIES, Family};
use inputs::ROWS;
use judge::{Batch, Setup};
use tree::Tree;

/// Of how many trees a normal run takes one. A prime, so that what follows each other in a family is not left out together.
const STRIDE: usize = 251;

/// Trees that a run takes of each family.
#[derive(Clone, Debug)]
enum Pick {
    /// The one of this name.
    One(String),
    /// Those whose ops read so, the root first: `i32.and over i32.shr_u`.
    Ops(String),
    Every {
        stride: usize,
        offset: usize,
    },
}

impl Pick {
    /// What the environment asks for.
    fn new() -> Pick {
        if let Ok(text) = std::env::var("TREES") {
            let is_name = |(family, _): (&str, &str)| FAMILIES.iter().any(|f| f.name == family);
            return match text.split_once(':').is_some_and(is_name) {
                true => Pick::One(text),
                false => Pick::Ops(text),
            };
        }
        let number = |name: &str| std::env::var(name).ok()?.parse::<usize>().ok();
        let usual = if is_long() { 1 } else { STRIDE };
        let stride = number("TREES_STRIDE").unwrap_or(usual).max(1);
        let offset = number("TREES_OFFSET").unwrap_or_else(commit) % stride;
        Pick::Every { stride, offset }
    }

    /// The tree if it is picked; `n` is its number in the family.
    fn take(&self, family: &Family, n: usize, make: &dyn Fn() -> Tree) -> Option<Tree> {
        let name = || format!("{}:{n}", family.name);
        let named = || Tree {
            name: name(),
            ..make()
        };
        match self {
            Pick::One(only) => (*only == name()).then(named),
            Pick::Ops(text) => Some(named()).filter(|tree| tree.kind.contains(text)),
            Pick::Every { stride, offset } => (n % stride == *offset).then(named),
        }
    }
}

/// What became of trees in a configuration.
#[derive(Debug, Default)]
struct Found {
    right: usize,
    /// Trees without a row that could be wrong.
    idle: usize,
    /// Of each kind how many are wrong, and one in words.
    wrong: BTreeMap<String, (usize, String)>,
}

/// Runs families.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    let pick = Pick::new();
    if let Pick::Every { stride, offset } = pick {
        println!("trees: TREES_STRIDE={stride} TREES_OFFSET={offset}");
    }
    for family in FAMILIES.iter().filter(|f| f.name.contains(filter)) {
        run(family, &pick, targets, output);
    }
}

/// A number that changes with the commit, if git knows one.
fn commit() -> usize {
    let folder = env!("CARGO_MANIFEST_DIR");
    let head = Command::new("git")
        .args(["-C", folder, "rev-parse", "HEAD"])
        .output();
    let text = head.map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
    let digits = text.ok().and_then(|text| text.get(..8).map(str::to_string));
    digits
        .and_then(|digits| usize::from_str_radix(&digits, 16).ok())
        .unwrap_or(0)
}

/// Trees of a family that one worker makes and tries, a batch after the other.
const PART: usize = 8 * module::MOST;

fn run(family: &Family, pick: &Pick, targets: &[Target], output: &mut Output) {
    let setups = setups(family.depends, targets);
    let deterministic = family.depends == Depends::Deterministic;
    let found: Vec<Mutex<Found>> = setups.iter().map(|_| Mutex::default()).collect();
    let mut picked = 0;
    let all = each(family, pick, |_| picked += 1);
    if picked == 0 {
        return;
    }
    let part = (picked / 4).clamp(1000, PART);
    let starts: Vec<usize> = (0..picked).step_by(part).collect();
    let rows = AtomicUsize::new(0);
    let complaints = parallel::map(&starts, |&start| {
        let (mut n, mut trees) = (0, Vec::new());
        each(family, pick, |tree| {
            if (start..start + part).contains(&n) {
                trees.push(tree);
            }
            n += 1;
        });
        for trees in trees.chunks(module::MOST) {
            let batch = Batch::new(trees.to_vec(), deterministic)?;
            rows.fetch_add(batch.rows(), Ordering::Relaxed);
            for (setup, found) in setups.iter().zip(&found) {
                judge(&batch, setup, found);
            }
        }
        Ok::<(), String>(())
    });
    let share = 100.0 * rows.into_inner() as f64 / (picked * ROWS) as f64;
    println!(
        "    {}: {picked} of {all} trees, {share:.0} % of the rows say something",
        family.name
    );
    let mut complaints: Vec<String> = complaints.into_iter().filter_map(Result::err).collect();
    for (setup, found) in setups.iter().zip(found) {
        let found = found.into_inner().expect("no worker panics while storing");
        let mut report = Report::default();
        report.pass(found.right);
        report.skip(found.idle, "every row is left out");
        for (kind, (count, text)) in found.wrong {
            report.fail_many(count, format!("{count} of {kind}: {text}"));
        }
        // No executable was to blame.
        complaints.drain(..).for_each(|why| report.fail(why));
        output.report(&format!("trees {} {}", family.name, setup.name()), report);
    }
}

/// Tries a batch, and explains the first tree of each kind that is wrong.
fn judge(batch: &Batch, setup: &Setup, found: &Mutex<Found>) {
    let lock = || found.lock().expect("no worker panics while storing");
    let wrong = batch.judge(setup);
    let idle = batch.idle();
    lock().right += batch.trees.len() - wrong.len() - idle;
    lock().idle += idle;
    for (n, why) in &wrong {
        let kind = &batch.trees[*n].kind;
        let is_known = lock().wrong.contains_key(kind);
        let text = match is_known {
            true => String::new(),
            false => batch.explain(*n, setup, why),
        };
        lock().wrong.entry(kind.clone()).or_insert((0, text)).0 += 1;
    }
}

/// Gives the picked trees of a family to the receiver. Tells how many trees the family has.
fn each(family: &Family, pick: &Pick, mut receive: impl FnMut(Tree)) -> usize {
    let mut all = 0;
    (family.each)(&mut |make| {
        if let Some(tree) = pick.take(family, all, make) {
            receive(tree);
        }
        all += 1;
    });
    all
}

/// The configurations in which the trees of a family make different code.
fn setups(depends: Depends, targets: &[Target]) -> Vec<Setup> {
    let mut list = Vec::new();
    for target in targets {
        let memories = match depends {
            Depends::Memory | Depends::Atomics => {
                &[MemoryMode::Fixed, MemoryMode::Pinned, MemoryMode::Checked][..]
            }
            Depends::Level | Depends::Deterministic => &[MemoryMode::Fixed],
        };
        let memories = memories
            .iter()
            .filter(|&&memory| !is_left_out(memory, target));
        let memories: Vec<MemoryMode> = memories.copied().collect();
        // AArch64's levels tell apart atomics only.
        let newest = match (target.isa, depends) {
            (Isa::X64, _) | (Isa::A64, Depends::Atomics) => target.newest_cpu(),
            (Isa::A64, _) => CpuFeatures::BASELINE,
        };
        let mut cpus = vec![CpuFeatures::BASELINE, newest];
        cpus.dedup();
        for cpu in cpus {
            let mut names = CpuFeatures::levels(target.isa).iter();
            let name = names.find(|(_, features)| *features == cpu);
            let level = name.map_or("native", |(name, _)| name);
            for &memory in &memories {
                for opt in [OptLevel::O0, OptLevel::O2] {
                    list.push(Setup {
                        target: target.clone(),
                        cpu,
                        level,
                        memory,
                        opt,
                        deterministic: depends == Depends::Deterministic,
                    });
                }
            }
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run takes few of the trees, and each commit others.
    #[test]
    fn the_table_has_a_column_for_every_leaf() {
        parallel::map(FAMILIES, |family| {
            (family.each)(&mut |make| _ = inputs::places(&make().leaves));
        });
    }
}
