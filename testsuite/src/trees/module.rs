//! Many trees as one module that tries them all by itself, so that a process judges thousands of functions: it calls each with every row of the
//! table, mixes the results into one number and compares that with the expected one in its memory.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use wative_compiler::ir::Type;

use super::inputs::{self, CELL, CELL_IN_ROW, CELL_SIZE, Leaf, ROW, ROWS, TABLE};
use super::ops::{Nan, STORAGE};
use super::tree::{Tree, signature};

/// Trees of a module at most.
pub const MOST: usize = 4000;
/// Where what is expected of each tree lies: rows to leave out (a bit each), number, driver. From here on memory is not what the interpreter sees.
pub const EXPECTED: u64 = 0x2_0000;
const ENTRY: u64 = 24;
/// Behind that the numbers of the trees that failed are collected.
const FAILED: u64 = 0x3_c000;
const PAGES: u64 = 4;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// What a tree must compute.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected {
    /// Rows that are left out.
    pub skipped: u32,
    pub number: u64,
}

/// Mixes a slot into a number. No two slots give the same.
pub fn mix(number: u64, slot: u64) -> u64 {
    (number ^ slot).rotate_left(27).wrapping_mul(FACTOR)
}

/// What trees may use besides their operands.
pub fn helpers() -> String {
    let mut text = format!(
        "(memory {PAGES} {PAGES})
(type $number (func (result i32)))
(global $calls (mut i32) (i32.const 0))
(table $few 5 funcref)
(elem (table $few) (i32.const 0) func $one $two $one)
(func $one (result i32) (i32.const 1))
(func $two (result i32) (i32.const 2))
(func $nothing (global.set $calls (i32.add (global.get $calls) (i32.const 1))))
(func $other (result i64) (i64.const 42))\n"
    );
    for ty in inputs::TYPES {
        let zero = inputs::constant(ty, 0);
        let other = inputs::constant(ty, inputs::constants(ty)[4]);
        write!(
            text,
            "(global $g_{ty} (mut {ty}) {other})
(global $out_{ty} (mut {ty}) {zero})
(func $same_{ty} (param {ty}) (result {ty}) (local.get 0))\n"
        )
        .expect("a string takes all");
    }
    text
}

/// Objects that trees read, which nobody changes, and others that they write.
pub fn objects() -> String {
    let value = |at: usize| {
        let ty = inputs::TYPES[at.saturating_sub(2)];
        inputs::constant(ty, inputs::constants(ty)[4])
    };
    let fields: String = STORAGE.map(|ty| format!(" (field (mut {ty}))")).concat();
    let values: String = (0..STORAGE.len()).map(value).collect();
    let mut text = format!(
        "(type $fields (struct{fields}))
(global $object (ref $fields) (struct.new $fields {values}))
(global $target (ref $fields) (struct.new_default $fields))\n"
    );
    for (at, ty) in STORAGE.iter().enumerate() {
        let other = inputs::TYPES[at.saturating_sub(2)];
        let constants = inputs::constants(other);
        let values: String = (0..4)
            .map(|i| inputs::constant(other, constants[i % constants.len()]))
            .collect();
        write!(
            text,
            "(type $array{at} (array (mut {ty})))
(global $elements{at} (ref $array{at}) (array.new_fixed $array{at} 4 {values}))
(global $targets{at} (ref $array{at}) (array.new_default $array{at} (i32.const 3)))\n"
        )
        .expect("a string takes all");
    }
    text + "(table $objects 8 eqref)
(elem (table $objects) (i32.const 0) eqref
  (ref.i31 (i32.const -1)) (global.get $object) (global.get $elements0) (ref.null none)
  (global.get $elements3) (ref.i31 (i32.const 0)) (global.get $target) (ref.null eq))\n"
}

/// Everything but the end of the module: the functions of the trees come first, so a tree's number is its function's index.
pub fn text(trees: &[Tree]) -> String {
    let mut text = "(module\n".to_string();
    for (n, tree) in trees.iter().enumerate() {
        text.push_str(&tree.function(&format!("$tree{n}")));
    }
    text.push_str(&helpers());
    if trees.iter().any(|tree| tree.objects) {
        text.push_str(&objects());
    }
    text.push_str(&inputs::segment(TABLE, inputs::table()));
    let names: Vec<String> = (0..trees.len()).map(|n| format!("$tree{n}")).collect();
    let drivers = drivers(trees);
    let driver_names: Vec<String> = (0..drivers.len()).map(|n| format!("$driver{n}")).collect();
    write!(
        text,
        "(table $trees funcref (elem {}))
(table $drivers funcref (elem {}))
(type $driver (func (param i32 i32) (result i64)))
(global $next (mut i32) (i32.const 0))
(global $failed (mut i32) (i32.const 0))\n",
        names.join(" "),
        driver_names.join(" ")
    )
    .expect("a string takes all");
    for (key, n) in &drivers {
        text.push_str(&driver(*n, key));
    }
    text.push_str(&exports(trees.len()));
    text
}

/// The end of the module: what is expected of each tree.
pub fn expectations(trees: &[Tree], expected: &[Expected]) -> String {
    let drivers = drivers(trees);
    let mut bytes = Vec::new();
    for (tree, expected) in trees.iter().zip(expected) {
        bytes.extend(u64::from(expected.skipped).to_le_bytes());
        bytes.extend(expected.number.to_le_bytes());
        bytes.extend((drivers[&Key::of(tree)] as u64).to_le_bytes());
    }
    inputs::segment(EXPECTED, &bytes) + ")\n"
}

/// What the trees that one driver can try have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    leaves: Vec<Leaf>,
    results: Vec<(Type, Nan)>,
    memory: bool,
}

impl Key {
    fn of(tree: &Tree) -> Key {
        Key {
            leaves: tree.leaves.clone(),
            results: tree.results.clone(),
            memory: tree.memory,
        }
    }
}

/// The drivers that trees need, with their numbers.
fn drivers(trees: &[Tree]) -> BTreeMap<Key, usize> {
    let keys: BTreeMap<Key, usize> = trees.iter().map(|tree| (Key::of(tree), 0)).collect();
    let numbered = keys.into_keys().enumerate();
    numbered.map(|(n, key)| (key, n)).collect()
}

/// Calls the tree with every row that is not left out.
fn driver(n: usize, key: &Key) -> String {
    let mut text = format!(
        "(type $sig{n} (func{}))
(func $driver{n} (param $tree i32) (param $skipped i32) (result i64)
  (local $row i32) (local $index i32) (local $number i64)",
        signature(&key.leaves, &key.results)
    );
    let mut line = |words: &str| {
        text.push_str(words);
        text.push('\n');
    };
    for (i, (ty, _)) in key.results.iter().enumerate() {
        line(&format!(" (local $r{i} {ty})"));
    }
    line(&format!("(local.set $row (i32.const {TABLE}))"));
    line("(loop $next (if (i32.eqz (i32.and (local.get $skipped) (i32.const 1))) (then");
    if key.memory {
        for at in (0..CELL_SIZE).step_by(16) {
            line(&format!(
                "(v128.store (i32.const {}) (v128.load offset={} (local.get $row)))",
                CELL + at,
                CELL_IN_ROW + at
            ));
        }
    }
    for (leaf, place) in key.leaves.iter().zip(inputs::places(&key.leaves)) {
        line(&match leaf {
            Leaf::Value(_) => format!("({}.load offset={place} (local.get $row))", leaf.ty()),
            Leaf::Pointer(less) => format!("(i32.const {})", CELL - u64::from(*less)),
            Leaf::Index => "(i32.rem_u (local.get $index) (i32.const 3))".to_string(),
        });
    }
    line(&format!(
        "(call_indirect $trees (type $sig{n}) (local.get $tree))"
    ));
    for i in (0..key.results.len()).rev() {
        line(&format!("(local.set $r{i})"));
    }
    let mut slots = Vec::new();
    for (i, &(ty, nan)) in key.results.iter().enumerate() {
        let plain = format!("(local.get $r{i})");
        let value = match nan {
            Nan::Exact => plain,
            Nan::Scalar => format!("(select ({ty}.const nan) {plain} ({ty}.ne {plain} {plain}))"),
            Nan::Lanes(lanes) => {
                let l = lanes.name();
                let canonical = vec!["nan"; lanes.count() as usize].join(" ");
                format!(
                    "(v128.bitselect (v128.const {l} {canonical}) {plain} ({l}.ne {plain} {plain}))"
                )
            }
        };
        match ty {
            Type::I32 => slots.push(format!("(i64.extend_i32_u {value})")),
            Type::I64 => slots.push(value),
            Type::F32 => slots.push(format!("(i64.extend_i32_u (i32.reinterpret_f32 {value}))")),
            Type::F64 => slots.push(format!("(i64.reinterpret_f64 {value})")),
            Type::V128 => {
                line(&format!("(local.set $r{i} {value})"));
                for half in 0..2 {
                    slots.push(format!("(i64x2.extract_lane {half} (local.get $r{i}))"));
                }
            }
            Type::Ref | Type::Gc | Type::Ptr => panic!("a tree of {ty}"),
        }
    }
    if key.memory {
        for at in (0..CELL_SIZE).step_by(8) {
            slots.push(format!("(i64.load (i32.const {}))", CELL + at));
        }
    }
    for slot in slots {
        line(&format!(
            "(local.set $number (i64.mul (i64.rotl (i64.xor (local.get $number) {slot}) (i64.const 27)) (i64.const {})))",
            FACTOR as i64
        ));
    }
    line(&format!(
        "))
  (local.set $skipped (i32.shr_u (local.get $skipped) (i32.const 1)))
  (local.set $row (i32.add (local.get $row) (i32.const {ROW})))
  (br_if $next (i32.lt_u (local.tee $index (i32.add (local.get $index) (i32.const 1))) (i32.const {ROWS}))))
(local.get $number))"
    ));
    text
}

/// `run` tries trees from where it stopped last, and returns how many have failed so far. One that traps has failed, and stops it. `failed N` tells
/// the number of the Nth; `one` is the number of a tree with rows left out.
fn exports(count: usize) -> String {
    format!(
        "(func $try (param $i i32) (param $skipped i32) (result i64)
  (call_indirect $drivers (type $driver) (local.get $i) (local.get $skipped)
    (i32.load offset={driver} (i32.mul (local.get $i) (i32.const {ENTRY})))))
(func (export \"one\") (param $i i32) (param $skipped i32) (result i64)
  (call $try (local.get $i) (local.get $skipped)))
(func (export \"failed\") (param $n i32) (result i32)
  (i32.load offset={FAILED} (i32.shl (local.get $n) (i32.const 2))))
(func (export \"run\") (result i32) (local $i i32) (local $entry i32)
  (loop $again
    (if (i32.ge_u (local.tee $i (global.get $next)) (i32.const {count})) (then (return (global.get $failed))))
    (global.set $next (i32.add (local.get $i) (i32.const 1)))
    (i32.store offset={FAILED} (i32.shl (global.get $failed) (i32.const 2)) (local.get $i))
    (global.set $failed (i32.add (global.get $failed) (i32.const 1)))
    (local.set $entry (i32.mul (local.get $i) (i32.const {ENTRY})))
    (if (i64.eq (call $try (local.get $i) (i32.load offset={EXPECTED} (local.get $entry))) (i64.load offset={number} (local.get $entry)))
      (then (global.set $failed (i32.sub (global.get $failed) (i32.const 1)))))
    (br $again))
  (unreachable))\n",
        driver = EXPECTED + 16,
        number = EXPECTED + 8,
    )
}
