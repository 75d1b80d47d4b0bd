//! Programs full of objects: graphs of structures and arrays that grow in locals, parameters, fields, globals, tables and exceptions, over calls and loops.
//!
//! `wasm-smith` takes what happens to be on the stack, so its references rarely live long or lead anywhere. Here every expression is made for a type, so most references
//! are not null, and each function has more of them alive than there are registers. What may fail is mostly avoided: what is null is replaced by a new object, indices
//! are taken modulo the length. There are no floats, so all bits are defined.

use std::fmt::Write as _;

use crate::random::Random;
use crate::references;
use crate::rewrite::Sections;
use crate::smith::REFUEL;

/// Calls until functions return at once.
const FUEL: u32 = 12;

const TYPES: &str = r#"
(rec
  (type $node (sub (struct (field $next (mut (ref null $node))) (field $value (mut i32)) (field $any (mut anyref)))))
  (type $list (array (mut (ref null $node)))))
(type $bytes (array (mut i8)))
(type $array (array (mut anyref)))
(type $leaf (sub $node (struct (field (mut (ref null $node))) (field (mut i32)) (field (mut anyref)) (field $wide (mut i64)) (field $bytes (ref null $bytes)))))
(type $last (sub final $leaf (struct (field (mut (ref null $node))) (field (mut i32)) (field (mut anyref)) (field (mut i64)) (field (ref null $bytes)) (field $short (mut i16)) (field $vector (mut v128)))))
(type $f0 (func (param (ref null $node) anyref i32) (result (ref null $node))))
(type $f1 (func (param i32 (ref null $array) (ref null $leaf) i64) (result anyref i32)))
(type $f2 (func (param (ref null $list) i32 (ref null $bytes) externref) (result (ref null $list))))
(tag $tag (param anyref (ref null $node) i32))
(global $node (export "node") (mut (ref null $node)) (struct.new $node (ref.null $node) (i32.const 3) (ref.i31 (i32.const 4))))
(global $any (export "any") (mut anyref) (ref.null any))
(global $extern (mut externref) (ref.null extern))
(global $exn (mut exnref) (ref.null exn))
(table $nodes 8 (ref null $node))
(table $anys 8 anyref)
(table $calls 8 funcref)
(data $data "0123456789abcdef")
(elem $elems (ref null $node)
  (struct.new $node (ref.null $node) (i32.const 70) (ref.null any))
  (ref.null $node)
  (struct.new $last (ref.null $node) (i32.const 71) (ref.i31 (i32.const -1)) (i64.const 72) (ref.null $bytes) (i32.const 73) (v128.const i64x2 74 75)))
"#;

/// Types of expressions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Type {
    Node,
    Leaf,
    Any,
    Array,
    List,
    Bytes,
    Extern,
    I32,
    I64,
}

const ALL: [Type; 9] = [
    Type::Node,
    Type::Leaf,
    Type::Any,
    Type::Array,
    Type::List,
    Type::Bytes,
    Type::Extern,
    Type::I32,
    Type::I64,
];

/// Local variables of each type in each function; a further one holds what is used twice.
const LOCALS: usize = 2;

impl Type {
    fn name(self) -> &'static str {
        match self {
            Type::Node => "(ref null $node)",
            Type::Leaf => "(ref null $leaf)",
            Type::Any => "anyref",
            Type::Array => "(ref null $array)",
            Type::List => "(ref null $list)",
            Type::Bytes => "(ref null $bytes)",
            Type::Extern => "externref",
            Type::I32 => "i32",
            Type::I64 => "i64",
        }
    }

    /// The names of its locals begin so.
    fn letter(self) -> &'static str {
        match self {
            Type::Node => "n",
            Type::Leaf => "l",
            Type::Any => "a",
            Type::Array => "r",
            Type::List => "s",
            Type::Bytes => "b",
            Type::Extern => "e",
            Type::I32 => "i",
            Type::I64 => "w",
        }
    }

    /// What the type of an object is called.
    fn heap(self) -> &'static str {
        match self {
            Type::Node => "$node",
            Type::Leaf => "$leaf",
            Type::Any => "any",
            Type::Array => "$array",
            Type::List => "$list",
            Type::Bytes => "$bytes",
            Type::Extern => "extern",
            Type::I32 | Type::I64 => unreachable!("no reference"),
        }
    }

    /// A value without operands.
    fn zero(self) -> String {
        match self {
            Type::I32 | Type::I64 => format!("({}.const 0)", self.name()),
            _ => format!("(ref.null {})", self.heap()),
        }
    }

    /// A new object without operands.
    fn fresh(self) -> &'static str {
        match self {
            Type::Node => "(struct.new_default $node)",
            Type::Leaf => "(struct.new_default $last)",
            Type::Any => "(ref.i31 (i32.const 9))",
            Type::Array => "(array.new_default $array (i32.const 3))",
            Type::List => "(array.new_elem $list $elems (i32.const 0) (i32.const 3))",
            Type::Bytes => "(array.new_data $bytes $data (i32.const 3) (i32.const 5))",
            Type::Extern => "(extern.convert_any (struct.new_default $leaf))",
            Type::I32 | Type::I64 => unreachable!("no reference"),
        }
    }
}

/// Parameters and results of the three kinds of functions.
const SIGNATURES: [(&[Type], &[Type]); 3] = [
    (&[Type::Node, Type::Any, Type::I32], &[Type::Node]),
    (
        &[Type::I32, Type::Array, Type::Leaf, Type::I64],
        &[Type::Any, Type::I32],
    ),
    (
        &[Type::List, Type::I32, Type::Bytes, Type::Extern],
        &[Type::List],
    ),
];

/// A module, with functions that make numbers of references.
///
/// # Errors
/// It is not valid.
pub fn module(random: &mut Random) -> Result<Vec<u8>, String> {
    let text = text(random);
    let module = wat::parse_str(&text).map_err(|e| format!("{e}\n{text}"))?;
    let mut sections = Sections::new(&module)?;
    references::add(&mut sections, true, random)?;
    Ok(sections.bytes())
}

fn text(random: &mut Random) -> String {
    let count = 4 + random.below(4);
    let mut makes = Makes {
        random,
        labels: 0,
        functions: count,
        signature: 0,
    };
    let mut text = format!("(module {TYPES}");
    let names: Vec<String> = (0..count).map(|i| format!("$g{i}")).collect();
    writeln!(
        text,
        "(elem (table $calls) (i32.const 0) func {})\n(global $fuel (mut i32) (i32.const {FUEL}))\n(func (export \"{REFUEL}\") (global.set $fuel (i32.const {FUEL})))",
        names.join(" ")
    )
    .expect("a string takes all");
    for i in 0..count {
        text.push_str(&makes.function(i));
    }
    text + ")"
}

struct Makes<'a> {
    random: &'a mut Random,
    /// Labels so far, which have names of their own.
    labels: usize,
    functions: usize,
    /// Of the function that is made, which of [`SIGNATURES`] it has.
    signature: usize,
}

impl Makes<'_> {
    fn function(&mut self, number: usize) -> String {
        let signature = number % SIGNATURES.len();
        let (params, results) = SIGNATURES[signature];
        self.signature = signature;
        let mut text = format!("(func $g{number} (export \"g{number}\") (type $f{signature})\n");
        for ty in ALL {
            for i in 0..=LOCALS {
                let (name, letter) = (ty.name(), ty.letter());
                write!(text, " (local ${letter}{i} {name})").expect("a string takes all");
            }
        }
        for i in 0..3 {
            write!(text, " (local $count{i} i32)").expect("a string takes all");
        }
        for (i, ty) in params.iter().enumerate() {
            let letter = ty.letter();
            let at = self.random.below(LOCALS);
            write!(text, "\n(local.set ${letter}{at} (local.get {i}))")
                .expect("a string takes all");
        }
        let zeros: String = results.iter().map(|ty| ty.zero()).collect();
        write!(
            text,
            "\n(if (i32.eqz (global.get $fuel)) (then (return {zeros})))
(global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))\n"
        )
        .expect("a string takes all");
        // Otherwise most of them would be null.
        for ty in ALL {
            for i in 0..LOCALS {
                if self.random.below(3) != 0 {
                    let (letter, value) = (ty.letter(), self.value(ty, 1));
                    writeln!(text, "(local.set ${letter}{i} {value})").expect("a string takes all");
                }
            }
        }
        text.push_str(&self.statements(10, 2));
        text + &self.leave() + ")\n"
    }

    /// Returns from the function, or calls another one in its stead.
    fn leave(&mut self) -> String {
        if self.random.below(3) == 0 {
            let number = self.of_signature(self.signature);
            return self.call(number, 2).replacen("(call", "(return_call", 1);
        }
        let results = SIGNATURES[self.signature].1.iter();
        let values: String = results.map(|&ty| self.value(ty, 2)).collect();
        format!("(return {values})")
    }

    fn label(&mut self) -> String {
        self.labels += 1;
        format!("$label{}", self.labels)
    }

    fn statements(&mut self, most: usize, depth: usize) -> String {
        let count = 1 + self.random.below(most);
        (0..count).map(|_| self.statement(depth) + "\n").collect()
    }

    /// `depth`: how many constructs may be in each other.
    fn statement(&mut self, depth: usize) -> String {
        let kinds = if depth == 0 { 12 } else { 17 };
        match self.random.below(kinds) {
            0..=2 => {
                let ty = *self.random.pick(&ALL);
                let local = self.local(ty);
                format!("(local.set {local} {})", self.value(ty, 3))
            }
            3..=5 => {
                let depth = self.random.below(2);
                let node = self.object(Type::Node, depth);
                let (field, ty) = *self.random.pick(&[
                    ("$next", Type::Node),
                    ("$value", Type::I32),
                    ("$any", Type::Any),
                ]);
                format!("(struct.set $node {field} {node} {})", self.value(ty, 2))
            }
            6 => {
                let ty = *self.random.pick(&[Type::Array, Type::List, Type::Bytes]);
                let (place, element) = self.element(ty);
                format!(
                    "(array.set {} {place} {})",
                    ty.heap(),
                    self.value(element, 2)
                )
            }
            7 => {
                let (global, ty) = *self.random.pick(&[
                    ("$node", Type::Node),
                    ("$any", Type::Any),
                    ("$extern", Type::Extern),
                ]);
                format!("(global.set {global} {})", self.value(ty, 2))
            }
            8 => {
                let (table, ty) = *self
                    .random
                    .pick(&[("$nodes", Type::Node), ("$anys", Type::Any)]);
                let (index, value) = (self.random.below(6), self.value(ty, 2));
                match self.random.below(3) {
                    0 => format!("(table.fill {table} (i32.const {index}) {value} (i32.const 2))"),
                    _ => format!("(table.set {table} (i32.const {index}) {value})"),
                }
            }
            9 => self.bulk(),
            10 => {
                let number = self.random.below(self.functions);
                let drops = SIGNATURES[number % SIGNATURES.len()].1.iter();
                let drops: String = drops.map(|_| "(drop)").collect();
                format!("{} {drops}", self.call(number, 2))
            }
            11 => {
                let condition = self.value(Type::I32, 1);
                let what = match self.random.below(4) {
                    0 => self.leave(),
                    1 => "(if (i32.eqz (ref.is_null (global.get $exn))) (then (throw_ref (global.get $exn))))".to_string(),
                    _ => {
                        let (any, node) = (self.value(Type::Any, 2), self.value(Type::Node, 2));
                        format!("(throw $tag {any} {node} {})", self.value(Type::I32, 1))
                    }
                };
                // Seldom: both numbers come together.
                format!(
                    "(if (i32.eq (i32.and {condition} (i32.const 7)) (i32.const {})) (then {what}))",
                    self.random.below(8)
                )
            }
            12 | 13 => {
                let condition = self.value(Type::I32, 2);
                let then = self.statements(3, depth - 1);
                let other = self.statements(2, depth - 1);
                format!("(if {condition} (then {then}) (else {other}))")
            }
            14 | 15 => {
                let (label, count) = (self.label(), format!("$count{depth}"));
                let body = self.statements(4, depth - 1);
                format!(
                    "(local.set {count} (i32.const 0)) (loop {label} {body}
(br_if {label} (i32.lt_u (local.tee {count} (i32.add (local.get {count}) (i32.const 1))) (i32.const {}))))",
                    2 + self.random.below(3)
                )
            }
            _ => {
                let (done, caught) = (self.label(), self.label());
                let body = self.statements(4, depth - 1);
                if self.random.below(3) == 0 {
                    return format!(
                        "(block {done} (block {caught} (result exnref) (try_table (catch_all_ref {caught}) {body}) (br {done})) (global.set $exn))"
                    );
                }
                let locals = [Type::I32, Type::Node, Type::Any].map(|ty| self.local(ty));
                let sets = locals.map(|local| format!("(local.set {local})")).concat();
                format!(
                    "(block {done} (block {caught} (result anyref (ref null $node) i32) (try_table (catch $tag {caught}) {body}) (br {done})) {sets})"
                )
            }
        }
    }

    /// An operation on a part of an array, whose length may not suffice.
    fn bulk(&mut self) -> String {
        let ty = *self.random.pick(&[Type::Array, Type::List, Type::Bytes]);
        let (heap, element) = (ty.heap(), element_type(ty));
        let one = self.object(ty, 2);
        let len = self.random.below(3);
        match (self.random.below(3), ty) {
            (0, _) => {
                let value = self.value(element, 2);
                format!("(array.fill {heap} {one} (i32.const 0) {value} (i32.const {len}))")
            }
            (1, Type::List) => {
                let from = self.random.below(2);
                format!(
                    "(array.init_elem $list $elems {one} (i32.const 0) (i32.const {from}) (i32.const {len}))"
                )
            }
            (1, Type::Bytes) => format!(
                "(array.init_data $bytes $data {one} (i32.const 0) (i32.const 9) (i32.const {len}))"
            ),
            _ => {
                let other = match (ty, self.random.below(3)) {
                    // From an array whose elements are of a subtype.
                    (Type::Array, 0) => Type::List,
                    _ => ty,
                };
                let (source, from) = (self.object(other, 2), self.random.below(2));
                format!(
                    "(array.copy {heap} {} {one} (i32.const 0) {source} (i32.const {from}) (i32.const {len}))",
                    other.heap()
                )
            }
        }
    }

    fn local(&mut self, ty: Type) -> String {
        format!("${}{}", ty.letter(), self.random.below(LOCALS))
    }

    fn call(&mut self, number: usize, depth: usize) -> String {
        let signature = number % SIGNATURES.len();
        let params = SIGNATURES[signature].0.iter();
        let params: String = params.map(|&ty| self.value(ty, depth - 1)).collect();
        match self.random.below(4) {
            0 => {
                format!("(call_indirect $calls (type $f{signature}) {params} (i32.const {number}))")
            }
            1 => format!(
                "(call_ref $f{signature} {params} (ref.cast (ref $f{signature}) (table.get $calls (i32.const {number}))))"
            ),
            _ => format!("(call $g{number} {params})"),
        }
    }

    /// A function of a kind, if there is one.
    fn of_signature(&mut self, signature: usize) -> usize {
        let count = (self.functions - signature).div_ceil(SIGNATURES.len());
        signature + SIGNATURES.len() * self.random.below(count)
    }

    /// An array in its spare local with an index inside, and the type of its elements.
    fn element(&mut self, ty: Type) -> (String, Type) {
        let (letter, array) = (ty.letter(), self.object(ty, 2));
        let index = match self.random.below(2) {
            0 => format!("(local.get {})", self.local(Type::I32)),
            _ => format!("(i32.const {})", self.random.below(9)),
        };
        let spare = format!("${letter}{LOCALS}");
        let text = format!(
            "(local.tee {spare} {array}) (i32.rem_u {index} (array.len (local.get {spare})))"
        );
        (text, element_type(ty))
    }

    /// A reference that is not null.
    fn object(&mut self, ty: Type, depth: usize) -> String {
        let (label, heap, value) = (self.label(), ty.heap(), self.value(ty, depth));
        format!(
            "(block {label} (result (ref {heap})) (br_on_non_null {label} {value}) {})",
            ty.fresh()
        )
    }

    /// What an object of `any` is as another type, or a new one.
    fn cast(&mut self, ty: Type, depth: usize) -> String {
        let (label, heap, any) = (self.label(), ty.heap(), self.value(Type::Any, depth));
        match self.random.below(2) {
            0 => format!(
                "(block {label} (result (ref {heap})) (br_on_cast {label} anyref (ref {heap}) {any}) (drop) {})",
                ty.fresh()
            ),
            _ => {
                let other = self.label();
                format!(
                    "(block {label} (result (ref {heap})) (block {other} (result anyref) (br_on_cast_fail {other} anyref (ref {heap}) {any}) (br {label})) (drop) {})",
                    ty.fresh()
                )
            }
        }
    }

    /// `depth`: how many operations may be in each other.
    fn value(&mut self, ty: Type, depth: usize) -> String {
        if depth == 0 || self.random.below(3) == 0 {
            let place = self.random.below(8);
            return match (self.random.below(12), ty) {
                (0, _) => ty.zero(),
                (1, Type::I32) => format!("(i32.const {})", self.random.below(20) as i32 - 9),
                (1, Type::I64) => format!("(i64.const {})", self.random.bits() as i64),
                (1, _) => ty.fresh().to_string(),
                // What is old already.
                (2, Type::Node) => "(global.get $node)".to_string(),
                (2, Type::Any) => "(global.get $any)".to_string(),
                (2, Type::Extern) => "(global.get $extern)".to_string(),
                (3, Type::Node) => format!("(table.get $nodes (i32.const {place}))"),
                (3, Type::Any) => format!("(table.get $anys (i32.const {place}))"),
                _ => format!("(local.get {})", self.local(ty)),
            };
        }
        let depth = depth - 1;
        match ty {
            Type::Node => self.node(depth),
            Type::Leaf => self.leaf(depth),
            Type::Any => self.any(depth),
            Type::Array | Type::List | Type::Bytes => self.array(ty, depth),
            Type::Extern => match self.random.below(3) {
                0 => "(global.get $extern)".to_string(),
                _ => format!("(extern.convert_any {})", self.value(Type::Any, depth)),
            },
            Type::I32 => self.number(depth),
            Type::I64 => match self.random.below(2) {
                0 => format!(
                    "(struct.get $leaf $wide {})",
                    self.object(Type::Leaf, depth)
                ),
                _ => format!(
                    "(i64.add (i64.extend_i32_s {}) {})",
                    self.value(Type::I32, depth),
                    self.value(Type::I64, depth)
                ),
            },
        }
    }

    fn node(&mut self, depth: usize) -> String {
        match self.random.below(9) {
            0 | 1 => {
                let next = self.value(Type::Node, depth);
                let (value, any) = (self.value(Type::I32, depth), self.value(Type::Any, depth));
                format!("(struct.new $node {next} {value} {any})")
            }
            2 => self.leaf(depth),
            3 => format!(
                "(struct.get $node $next {})",
                self.object(Type::Node, depth)
            ),
            4 => format!("(array.get $list {})", self.element(Type::List).0),
            5 => format!("(struct.get $node $next {})", self.cast(Type::Node, depth)),
            6 if depth > 0 => {
                let number = self.of_signature(0);
                self.call(number, depth)
            }
            7 => self.cast(Type::Node, depth),
            _ => {
                let (one, two) = (self.value(Type::Node, depth), self.value(Type::Node, depth));
                let condition = self.value(Type::I32, depth);
                match self.random.below(2) {
                    0 => format!("(select (result (ref null $node)) {one} {two} {condition})"),
                    _ => format!(
                        "(if (result (ref null $node)) {condition} (then {one}) (else {two}))"
                    ),
                }
            }
        }
    }

    fn leaf(&mut self, depth: usize) -> String {
        match self.random.below(4) {
            0 => self.cast(Type::Leaf, depth),
            kind => {
                let next = self.value(Type::Node, depth);
                let (value, any) = (self.value(Type::I32, depth), self.value(Type::Any, depth));
                let (wide, bytes) = (self.value(Type::I64, depth), self.value(Type::Bytes, depth));
                let fields = format!("{next} {value} {any} {wide} {bytes}");
                match kind {
                    1 => format!(
                        "(struct.new $last {fields} {} (i64x2.splat {}))",
                        self.value(Type::I32, depth),
                        self.value(Type::I64, depth)
                    ),
                    _ => format!("(struct.new $leaf {fields})"),
                }
            }
        }
    }

    fn any(&mut self, depth: usize) -> String {
        match self.random.below(9) {
            0 => format!("(ref.i31 {})", self.value(Type::I32, depth)),
            1 => format!("(array.get $array {})", self.element(Type::Array).0),
            2 => format!("(struct.get $node $any {})", self.object(Type::Node, depth)),
            3 => format!("(any.convert_extern {})", self.value(Type::Extern, depth)),
            4 | 5 => format!("(struct.get $node $any {})", self.cast(Type::Node, depth)),
            6 if depth > 0 => {
                let number = self.of_signature(1);
                format!(
                    "(block (result anyref) {} (drop))",
                    self.call(number, depth)
                )
            }
            _ => {
                let ty = *self.random.pick(&ALL[..6]);
                self.value(ty, depth)
            }
        }
    }

    fn array(&mut self, ty: Type, depth: usize) -> String {
        let (heap, element) = (ty.heap(), element_type(ty));
        match (self.random.below(6), ty) {
            (0, Type::List) if depth > 0 => {
                let number = self.of_signature(2);
                self.call(number, depth)
            }
            (0, Type::Bytes) => format!(
                "(struct.get $leaf $bytes {})",
                self.object(Type::Leaf, depth)
            ),
            (0 | 1, _) => self.cast(ty, depth),
            (2, _) => {
                let count = 1 + self.random.below(4);
                let values: String = (0..count).map(|_| self.value(element, depth)).collect();
                format!("(array.new_fixed {heap} {count} {values})")
            }
            // Also one that has pages of its own.
            (3, _) if self.random.below(8) == 0 => format!(
                "(array.new {heap} {} (i32.const 2500))",
                self.value(element, depth)
            ),
            _ => format!(
                "(array.new {heap} {} (i32.const {}))",
                self.value(element, depth),
                1 + self.random.below(12)
            ),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0 => format!(
                "(struct.get $node $value {})",
                self.object(Type::Node, depth)
            ),
            1 => {
                let ty = *self.random.pick(&ALL[..6]);
                let null = *self.random.pick(&["", "null "]);
                format!(
                    "(ref.test (ref {null}{}) {})",
                    ty.heap(),
                    self.value(Type::Any, depth)
                )
            }
            2 => {
                let ty = *self.random.pick(&[Type::Array, Type::List, Type::Bytes]);
                format!("(array.len {})", self.object(ty, depth))
            }
            3 => format!("(array.get_u $bytes {})", self.element(Type::Bytes).0),
            4 => format!(
                "(ref.eq {} {})",
                self.value(Type::Node, depth),
                self.value(Type::Leaf, depth)
            ),
            5 => {
                let ty = *self.random.pick(&ALL[..7]);
                format!("(ref.is_null {})", self.value(ty, depth))
            }
            _ => format!(
                "(i32.{} {} {})",
                self.random.pick(&["add", "xor", "mul", "lt_s"]),
                self.value(Type::I32, depth),
                self.value(Type::I32, depth)
            ),
        }
    }
}

/// What an array's elements are.
fn element_type(ty: Type) -> Type {
    match ty {
        Type::Array => Type::Any,
        Type::List => Type::Node,
        Type::Bytes => Type::I32,
        other => unreachable!("{other:?} has no elements"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::{FEATURES, is_valid};

    #[test]
    fn modules_are_valid() {
        for seed in 0..50 {
            let module = module(&mut Random::new(seed)).expect("the text is a module");
            assert!(is_valid(&module, FEATURES), "{seed}");
        }
    }
}
