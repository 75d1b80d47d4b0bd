//! Sums, differences and products of 128 bits, whose carries code takes from the flags: functions in which they are mixed with what sets flags, uses their lower halves
//! early or changes the order of loads, against numbers of 128 bits here.

use std::fmt::Write as _;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Options};

use crate::edges::Dialogue;
use crate::program;
use crate::random::Random;
use crate::spec::chain::Answer;
use crate::target::Target;

const FUNCTIONS: usize = 150;
const STEPS: usize = 14;
const PARAMS: usize = 4;
/// Cells of the memory, of eight bytes.
const CELLS: usize = 4;

/// Where carries begin and signs change.
const VALUES: [u64; 9] = [
    0,
    1,
    2,
    u32::MAX as u64,
    1 << 32,
    i64::MAX as u64,
    1 << 63,
    u64::MAX - 1,
    u64::MAX,
];

/// An operation on earlier values, by their numbers.
enum Step {
    /// Of 128 bits: lower and upper halves of both operands, of two results.
    Wide(&'static str, [usize; 4]),
    /// Of two products' halves.
    Product(&'static str, [usize; 2]),
    Plain(&'static str, [usize; 2]),
    /// The first with the second added or subtracted, and 1 more if the third is less than the fourth.
    Carry(&'static str, [usize; 4]),
    Store(usize, usize),
    Load(usize),
}

/// Random functions with edge values as arguments, for the oldest processors and the newest; tells how many answers were right.
pub fn sums(target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<usize, String> {
    let mut random = Random::new(128);
    let mut text = "(module (memory 1)\n".to_string();
    let mut dialogue = Dialogue::begin();
    let mut cells = [0u64; CELLS];
    for n in 0..FUNCTIONS {
        let constants = [0, 1].map(|_| value(&mut random));
        let steps = steps(&mut random);
        write_function(&mut text, n, constants, &steps);
        for _ in 0..8 {
            let arguments: Vec<u64> = (0..PARAMS).map(|_| value(&mut random)).collect();
            let mut known = [&arguments[..], &constants[..]].concat();
            let answer = evaluate(&steps, &mut known, &mut cells);
            dialogue.call(&format!("f{n}"), &arguments, Answer::Slots(vec![answer]));
        }
    }
    text.push(')');
    let options = program::options(target, memory, opt);
    let newest = Options {
        cpu: target.newest_cpu(),
        ..options.clone()
    };
    Ok(dialogue.run_with(&text, target, options)? + dialogue.run_with(&text, target, newest)?)
}

fn value(random: &mut Random) -> u64 {
    match random.below(3) {
        0 => random.bits(),
        _ => VALUES[random.below(VALUES.len())],
    }
}

fn steps(random: &mut Random) -> Vec<Step> {
    let mut count = PARAMS + 2;
    // Operands and results of sums and differences whose carries something may still take: less, limit.
    let mut sums = Vec::new();
    let mut differences = Vec::new();
    (0..STEPS)
        .map(|_| {
            // Recent values more often, so that chains come about.
            let pick = |random: &mut Random| match random.below(2) {
                0 => count - 1 - random.below(4),
                _ => random.below(count),
            };
            let operands = [0; 4].map(|_: i32| pick(random));
            let [a, b, ..] = operands;
            let (step, results) = match random.below(8) {
                0 => (Step::Wide("add128", operands), 2),
                1 => (Step::Wide("sub128", operands), 2),
                2 => (
                    Step::Product(["mul_wide_u", "mul_wide_s"][random.below(2)], [a, b]),
                    2,
                ),
                3 => {
                    sums.push((count, [a, b][random.below(2)]));
                    (Step::Plain("add", [a, b]), 1)
                }
                4 => {
                    differences.push((a, b));
                    (Step::Plain("sub", [a, b]), 1)
                }
                5 => match random.below(2) {
                    0 => (Step::Store(random.below(CELLS), a), 0),
                    _ => (Step::Load(random.below(CELLS)), 1),
                },
                n => {
                    let (op, carries) = match n {
                        6 => ("add", &sums),
                        _ => ("sub", &differences),
                    };
                    match carries.last() {
                        Some(&(less, limit)) => (Step::Carry(op, [a, b, less, limit]), 1),
                        None => (Step::Plain("xor", [a, b]), 1),
                    }
                }
            };
            count += results;
            step
        })
        .collect()
}

/// Writes the function; it returns all values, mixed.
fn write_function(text: &mut String, n: usize, constants: [u64; 2], steps: &[Step]) {
    let mut body = String::new();
    let mut count = PARAMS;
    let get = |value: usize| format!("(local.get {value})");
    for constant in constants {
        writeln!(body, "(local.set {count} (i64.const {}))", constant as i64)
            .expect("a string takes all");
        count += 1;
    }
    for step in steps {
        let (code, results) = match *step {
            Step::Wide(op, of) => (format!("(i64.{op} {})", of.map(get).join(" ")), 2),
            Step::Product(op, of) => (format!("(i64.{op} {})", of.map(get).join(" ")), 2),
            Step::Plain(op, of) => (format!("(i64.{op} {})", of.map(get).join(" ")), 1),
            Step::Carry(op, of) => {
                let [a, b, less, limit] = of.map(get);
                let carry = format!("(i64.extend_i32_u (i64.lt_u {less} {limit}))");
                (format!("(i64.{op} (i64.{op} {a} {b}) {carry})"), 1)
            }
            Step::Store(cell, of) => (
                format!("(i64.store (i32.const {}) {})", 8 * cell, get(of)),
                0,
            ),
            Step::Load(cell) => (format!("(i64.load (i32.const {}))", 8 * cell), 1),
        };
        writeln!(body, "{code}").expect("a string takes all");
        for result in (count..count + results).rev() {
            writeln!(body, "(local.set {result})").expect("a string takes all");
        }
        count += results;
    }
    let mixed = (0..count).fold("(i64.const 0)".to_string(), |sum, value| {
        format!("(i64.xor (i64.rotl {sum} (i64.const 7)) {})", get(value))
    });
    writeln!(
        text,
        "(func (export \"f{n}\") (param{}) (result i64) (local{})\n{body}{mixed})",
        " i64".repeat(PARAMS),
        " i64".repeat(count - PARAMS)
    )
    .expect("a string takes all");
}

/// What the function answers.
fn evaluate(steps: &[Step], known: &mut Vec<u64>, cells: &mut [u64]) -> u64 {
    for step in steps {
        let of = |value: usize| known[value];
        let join = |low, high| u128::from(of(low)) | u128::from(of(high)) << 64;
        let split = |value: u128| vec![value as u64, (value >> 64) as u64];
        let results = match *step {
            Step::Wide("add128", [a, b, c, d]) => split(join(a, b).wrapping_add(join(c, d))),
            Step::Wide(_, [a, b, c, d]) => split(join(a, b).wrapping_sub(join(c, d))),
            Step::Product("mul_wide_u", [a, b]) => split(u128::from(of(a)) * u128::from(of(b))),
            Step::Product(_, [a, b]) => {
                split((i128::from(of(a) as i64) * i128::from(of(b) as i64)) as u128)
            }
            Step::Plain("add", [a, b]) => vec![of(a).wrapping_add(of(b))],
            Step::Plain("sub", [a, b]) => vec![of(a).wrapping_sub(of(b))],
            Step::Plain(_, [a, b]) => vec![of(a) ^ of(b)],
            Step::Carry(op, [a, b, less, limit]) => {
                let carry = u64::from(of(less) < of(limit));
                vec![match op {
                    "add" => of(a).wrapping_add(of(b)).wrapping_add(carry),
                    _ => of(a).wrapping_sub(of(b)).wrapping_sub(carry),
                }]
            }
            Step::Store(cell, value) => {
                cells[cell] = of(value);
                Vec::new()
            }
            Step::Load(cell) => vec![cells[cell]],
        };
        known.extend(results);
    }
    known
        .iter()
        .fold(0u64, |sum, value| sum.rotate_left(7) ^ value)
}
