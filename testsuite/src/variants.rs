//! Damage that leaves modules valid: other instructions, constants, indices and orders, kept where the validator accepts them.
//!
//! Programs that people wrote have shapes that a generator does not find. The modules of the standard's test suite and our own
//! listings, changed in a few places, stay close to such shapes; so do generated modules. A change is made blindly and tried again
//! until the result is valid, so there is no list of what fits together.

use std::collections::HashSet;

use wasmparser::WasmFeatures;
use wative_compiler::Input;

use crate::outline::Outline;
use crate::random::Random;
use crate::references;
use crate::rewrite::{self, Body, FEATURES, Sections, signed, unsigned};
use crate::spec::script::Provider;
use crate::spec::{self, chain};
use crate::{continuations, corpus, smith};

/// Largest module that is changed, in bytes: each try is validated whole.
const LARGEST: usize = 30_000;

/// Largest memory of a module that is changed, in pages.
const PAGES: u64 = 64;

/// Tries for each change.
const TRIES: usize = 40;

/// Valid modules to change, each with those that it imports from.
pub fn modules() -> Vec<Vec<Input>> {
    let mut found = Vec::new();
    for path in corpus::files(&corpus::root().join("testsuite/listings"), "wat") {
        if let Ok(bytes) = wat::parse_file(&path) {
            found.push(vec![Input {
                name: "listing".to_string(),
                path: path.display().to_string(),
                bytes,
                links: Vec::new(),
            }]);
        }
    }
    let (scripts, _) = spec::parse("");
    let mut seen = HashSet::new();
    for script in &scripts {
        for (i, instance) in script.instances.iter().enumerate() {
            // Those that import from other instances are left out: they are few, and linked programs are generated.
            let mut links = instance.links.iter();
            if is_suited(&instance.bytes)
                && seen.insert(&instance.bytes)
                && links.all(|(_, provider)| *provider == Provider::Spectest)
            {
                let mut inputs = chain::inputs(script, &[i]);
                if instance.links.is_empty() {
                    inputs.remove(0);
                }
                found.push(inputs);
            }
        }
    }
    found.retain(|inputs| inputs.last().is_some_and(|module| is_suited(&module.bytes)));
    found
}

/// Whether a module is valid, small, and has code.
fn is_suited(module: &[u8]) -> bool {
    let sections = Sections::new(module);
    module.len() <= LARGEST
        && rewrite::is_valid(module, FEATURES)
        && sections.is_ok_and(|s| !s.bodies.is_empty() && s.pages().is_ok_and(|p| p <= PAGES))
}

/// A changed module with those that it imports from, and whether it has to be deterministic, because relaxed SIMD is in it.
///
/// # Errors
/// The generator gave up.
pub fn variant(
    modules: &[Vec<Input>],
    deterministic: bool,
    random: &mut Random,
) -> Result<(Vec<Input>, bool), String> {
    // What is generated with `references` in it needs no more.
    let (mut inputs, is_generated) = original(modules, deterministic, random)?;
    let module = inputs.last_mut().ok_or("no module")?;
    let mut sections = Sections::new(&module.bytes)?;
    sections.bound_memories()?;
    let deterministic = deterministic || !rewrite::is_valid(&sections.bytes(), without_relaxed());
    let features = match deterministic {
        true => FEATURES,
        false => without_relaxed(),
    };
    change_some(&mut sections, features, random);
    sections.end_waits();
    if !is_generated && Outline::new(&sections.bytes())?.has_objects() {
        references::add(&mut sections, deterministic, random)?;
    }
    module.bytes = sections.bytes();
    Ok((inputs, deterministic))
}

/// A module to change, the last one, with those that it imports from, and whether it is generated from nothing.
pub fn original(
    modules: &[Vec<Input>],
    deterministic: bool,
    random: &mut Random,
) -> Result<(Vec<Input>, bool), String> {
    Ok(match random.below(12) {
        0..4 => {
            let kinds = smith::Kinds {
                deterministic,
                memories: true,
                compact_imports: true,
                objects: random.below(2) == 0,
            };
            (vec![generated(smith::module(random, kinds)?)], true)
        }
        4 => {
            let text = continuations::Program::new(random).text();
            let bytes = wat::parse_str(&text).map_err(|e| e.to_string())?;
            (vec![generated(bytes)], false)
        }
        _ => (random.pick(modules).clone(), false),
    })
}

/// Changes a valid module in a few places.
pub fn edited(module: &[u8], random: &mut Random) -> Result<Vec<u8>, String> {
    let mut sections = Sections::new(module)?;
    change_some(&mut sections, FEATURES, random);
    Ok(sections.bytes())
}

fn change_some(sections: &mut Sections, features: WasmFeatures, random: &mut Random) {
    for _ in 0..=random.below(6) {
        for _ in 0..TRIES {
            let mut changed = sections.clone();
            change(&mut changed.bodies, random);
            if rewrite::is_valid(&changed.bytes(), features) {
                *sections = changed;
                break;
            }
        }
    }
}

fn generated(bytes: Vec<u8>) -> Input {
    Input {
        name: "generated".to_string(),
        path: "generated.wasm".to_string(),
        bytes,
        links: Vec::new(),
    }
}

fn without_relaxed() -> WasmFeatures {
    FEATURES.difference(WasmFeatures::RELAXED_SIMD)
}

/// Makes one change somewhere.
fn change(bodies: &mut [Body], random: &mut Random) {
    // What is generated may be nothing.
    if bodies.is_empty() {
        return;
    }
    let donor = random.pick(bodies).clone();
    let at = random.below(bodies.len());
    let code = &mut bodies[at].code;
    // The last `end` stays.
    let place = random.below(code.len());
    let len = (1 + random.below(5)).min(code.len() - 1 - place);
    match random.below(12) {
        0..4 => other_instruction(&mut code[place], random),
        4..6 => {
            // Constants, indices and offsets are rarer than instructions, so one is looked for.
            let found = code[place..].iter_mut().find(|i| has_number(i));
            if let Some(instruction) = found {
                other_number(instruction, random);
            }
        }
        6 => _ = code.drain(place..place + len),
        7 => {
            let copy = code[place..place + len].to_vec();
            code.splice(place..place, copy);
        }
        8 => code.splice(place..place, neutral(random)).for_each(drop),
        9 | 10 => {
            let from = random.below(donor.code.len());
            let end = (from + 1 + random.below(6))
                .min(donor.code.len() - 1)
                .max(from);
            code.splice(
                place..place + len * random.below(2),
                donor.code[from..end].to_vec(),
            );
        }
        _ => {
            bodies[at] = donor;
        }
    }
}

/// Another instruction with the same immediates.
fn other_instruction(instruction: &mut Vec<u8>, random: &mut Random) {
    match instruction[0] {
        // Loads, stores.
        0x28..=0x3e => {
            instruction[0] = 0x28 + random.below(0x17) as u8;
            instruction[1] = 0;
        }
        // Comparisons, arithmetic and conversions of numbers.
        0x45..=0xc4 => instruction[0] = 0x45 + random.below(0x80) as u8,
        // Operations on objects that have as many immediates, of a byte each.
        0xfb => {
            let others: &[u8] = match instruction.len() {
                2 => &[0x0f, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e],
                3 => &[
                    0x00, 0x01, 0x06, 0x07, 0x0b, 0x0c, 0x0d, 0x0e, 0x10, 0x14, 0x15, 0x16, 0x17,
                ],
                4 => &[0x02, 0x03, 0x04, 0x05, 0x08, 0x09, 0x0a, 0x11, 0x12, 0x13],
                _ => &[0x18, 0x19],
            };
            instruction[1] = *random.pick(others);
        }
        // Null checks and branches; calls of references.
        0xd1 | 0xd4 => instruction[0] = *random.pick(&[0xd1, 0xd4]),
        0xd5 | 0xd6 => instruction[0] = *random.pick(&[0xd5, 0xd6]),
        0x14 | 0x15 => instruction[0] = *random.pick(&[0x14, 0x15]),
        // Saturating conversions.
        0xfc if instruction.len() == 2 => instruction[1] = random.below(8) as u8,
        // Vectors: the number is one or two bytes, and those that have immediates keep them.
        0xfd => {
            let long = instruction.get(1).is_some_and(|b| b & 0x80 != 0);
            let (rest, most) = (instruction.split_off(if long { 3 } else { 2 }), 0x114);
            instruction.truncate(1);
            unsigned(random.below(most) as u64, instruction);
            instruction.extend(rest);
        }
        // Atomics: the alignment is the size, which is one of four.
        0xfe if instruction.len() > 3 => {
            instruction[1] = random.below(0x4f) as u8;
            instruction[2] = random.below(4) as u8;
        }
        _ => {}
    }
}

/// Whether the instruction has a constant, an index or an offset.
fn has_number(instruction: &[u8]) -> bool {
    matches!(
        instruction[0],
        0x0c | 0x0d | 0x10..=0x15 | 0x20..=0x26 | 0x28..=0x3e | 0x41..=0x44 | 0xd0 | 0xd2 | 0xd5 | 0xd6
    ) || matches!(instruction[..], [0xfb, _, _, ..] | [0xfd, 0..=21, ..])
}

/// The instruction with another constant, index or offset.
fn other_number(instruction: &mut Vec<u8>, random: &mut Random) {
    const OFFSETS: [u64; 12] = [
        0,
        1,
        7,
        8,
        255,
        256,
        4095,
        4096,
        32_760,
        65_535,
        65_536,
        0xffff_ffff,
    ];
    match instruction[0] {
        0x41 => {
            instruction.truncate(1);
            signed(i64::from(integer(random) as i32), instruction);
        }
        0x42 => {
            instruction.truncate(1);
            signed(integer(random), instruction);
        }
        0x43 => {
            instruction.truncate(1);
            instruction.extend((float(random) as f32).to_le_bytes());
        }
        0x44 => {
            instruction.truncate(1);
            instruction.extend(float(random).to_le_bytes());
        }
        0x28..=0x3e => {
            instruction.truncate(2);
            unsigned(*random.pick(&OFFSETS), instruction);
        }
        // `v128.const` and `i8x16.shuffle`; loads and stores of vectors.
        0xfd if matches!(instruction[1], 12 | 13) => {
            let i = 2 + random.below(instruction.len() - 2);
            instruction[i] = *random.pick(&[0, 1, 7, 15, 16, 31, 0x7f, 0x80, 0xff]);
        }
        0xfd if instruction.len() > 3 => {
            instruction.truncate(3);
            unsigned(*random.pick(&OFFSETS), instruction);
        }
        // Types and fields; heap types that are no indices are written as 0x69 to 0x74.
        0xfb => {
            let i = 2 + random.below(instruction.len() - 2);
            if instruction[i] < 0x80 {
                instruction[i] = heap_type(random);
            }
        }
        0xd0 if instruction.len() == 2 => instruction[1] = heap_type(random),
        // Indices of one byte; the last immediate is the table of an indirect call, so the first is changed.
        _ if instruction.len() >= 2 && instruction[1] < 0x80 => {
            instruction[1] = random.below(12) as u8;
        }
        _ => {}
    }
}

/// The index of a type or field, or an abstract heap type.
fn heap_type(random: &mut Random) -> u8 {
    match random.below(3) {
        0 => 0x69 + random.below(12) as u8,
        _ => random.below(12) as u8,
    }
}

/// Instructions that take one value of a type and give one: one of these fits almost anywhere.
fn neutral(random: &mut Random) -> Vec<Vec<u8>> {
    let local = random.below(8) as u8;
    let constant = |opcode: u8, random: &mut Random| {
        let mut instruction = vec![opcode];
        other_number(&mut instruction, random);
        instruction
    };
    let from =
        |first: u8, count: usize, random: &mut Random| vec![first + random.below(count) as u8];
    match random.below(9) {
        0 | 1 => vec![constant(0x41, random), from(0x6a, 15, random)],
        2 => vec![constant(0x42, random), from(0x7c, 15, random)],
        3 => vec![constant(0x43, random), from(0x92, 7, random)],
        4 => vec![constant(0x44, random), from(0xa0, 7, random)],
        // Unary operations, sign extensions.
        5 => vec![vec![*random.pick(&[
            0x45, 0x67, 0x68, 0x69, 0x79, 0x7a, 0x7b, 0x8b, 0x8c, 0x8d, 0x91, 0x99, 0x9a, 0x9f,
            0xc0, 0xc1, 0xc2, 0xc3, 0xc4,
        ])]],
        6 => vec![vec![0x22, local]],
        7 => vec![vec![0x22, local], vec![0x20, local], from(0x6a, 15, random)],
        _ => vec![vec![0x20, local], vec![0x1a]],
    }
}

/// A number of interest.
fn integer(random: &mut Random) -> i64 {
    match random.below(4) {
        0 => random.bits() as i64,
        1 => 1 << random.below(64),
        2 => (1i64 << random.below(63)) - 1,
        _ => random.below(300) as i64 - 150,
    }
}

/// Likewise.
fn float(random: &mut Random) -> f64 {
    const FLOATS: [f64; 12] = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        0.5,
        2147483648.0,
        -2147483649.0,
        1.8446744073709552e19,
        f64::MIN_POSITIVE,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    *random.pick(&FLOATS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_variants_are_new_and_all_are_valid() {
        let text = "(module (memory 1)
            (func (export \"f\") (param i32 i64 f32) (result i32)
                (local $t i32)
                (local.set $t (i32.add (local.get 0) (i32.wrap_i64 (local.get 1))))
                (if (result i32) (i32.lt_s (local.get $t) (i32.const 10))
                    (then (i32.load (local.get $t)))
                    (else (i32.trunc_sat_f32_s (f32.mul (local.get 2) (f32.const 2)))))))";
        let original = Input {
            name: "original".to_string(),
            path: "original.wat".to_string(),
            bytes: wat::parse_str(text).expect("the text is a module"),
            links: Vec::new(),
        };
        let mut unchanged = Sections::new(&original.bytes).expect("it is valid");
        unchanged.bound_memories().expect("it is valid");
        let unchanged = unchanged.bytes();
        let modules = [vec![original]];
        let mut new = 0;
        for seed in 0..60 {
            let mut random = Random::new(seed);
            let (inputs, _) = variant(&modules, false, &mut random).expect("it is suited");
            assert!(rewrite::is_valid(&inputs[0].bytes, without_relaxed()));
            new += usize::from(inputs[0].bytes != unchanged);
        }
        assert!(new > 30, "{new} of 60");
    }
}
