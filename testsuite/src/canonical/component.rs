//! A component whose functions pass values of given types between two memories. What the side has that gives them is its argument, in hexadecimal; what the other
//! side has afterwards is its output.
//!
//! Both memories have the same plan: what `realloc` needs, where a result goes, flat values, calls of `realloc`, and what it gave away. What is not to be seen
//! lies above [`HIGH`], and is 0 again when the call is made.

use std::fmt::Write as _;

use super::model::{ARGUMENTS, Encoding, HEAP, LOG, LOGGED, MAX_PARAMS, MAX_RESULTS, Side};
use super::types::{Core, Names, Type};

/// Fields at the beginning of a memory, of 32 bits.
pub const END: u64 = 0;
pub const COUNT: u64 = 4;
const HIGH_END: u64 = 8;
const MOVES: u64 = 12;
pub const PLACE: u64 = 16;
/// Where what is not looked at returns its results.
const RETURNS: u64 = 24;
/// What has no place in the plan begins here.
const HIGH: u64 = 0x3_0000;

/// A function: values go to it, or come from it.
#[derive(Clone, Debug)]
pub struct Function {
    pub types: Vec<Type>,
    pub is_result: bool,
}

impl Function {
    /// The flat values that are passed or returned, and whether they are one pointer instead.
    pub fn flat(&self) -> (Vec<Core>, bool) {
        let flat: Vec<Core> = self.types.iter().flat_map(Type::flat).collect();
        match flat.len() > self.most() {
            true => (vec![Core::I32], true),
            false => (flat, false),
        }
    }

    /// How many values are passed flat at most.
    pub fn most(&self) -> usize {
        if self.is_result {
            MAX_RESULTS
        } else {
            MAX_PARAMS
        }
    }
}

/// How a side allocates and has its strings.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub encoding: Encoding,
    /// Where its allocations begin.
    pub base: u64,
    pub moves: bool,
}

/// The allocators of a side: `realloc`, which notes its calls, and `high` for all else.
fn memory(layout: &Layout) -> String {
    let word = |n: u64| -> String {
        let bytes = (n as u32).to_le_bytes();
        bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
    };
    let header = [layout.base, 0, HIGH, u64::from(layout.moves)];
    let header: String = header.into_iter().map(word).collect();
    format!(
        r#"(memory (export "memory") 8)
        (data (i32.const 0) "{header}")
        (func $realloc (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32) (local $at i32)
            (local.set $at (i32.add (i32.const {LOG}) (i32.shl (i32.load (i32.const {COUNT})) (i32.const 4))))
            (if (i32.ge_u (i32.load (i32.const {COUNT})) (i32.const {LOGGED})) (then unreachable))
            (i32.store (local.get $at) (local.get $old))
            (i32.store offset=4 (local.get $at) (local.get $size))
            (i32.store offset=8 (local.get $at) (local.get $align))
            (i32.store offset=12 (local.get $at) (local.get $new))
            (i32.store (i32.const {COUNT}) (i32.add (i32.load (i32.const {COUNT})) (i32.const 1)))
            (if (i32.and
                    (i32.and (i32.ne (local.get $old) (i32.const 0)) (i32.le_u (local.get $new) (local.get $size)))
                    (i32.eqz (i32.load (i32.const {MOVES}))))
                (then (return (local.get $old))))
            (local.set $at (i32.and
                (i32.sub (i32.add (i32.load (i32.const {END})) (local.get $align)) (i32.const 1))
                (i32.sub (i32.const 0) (local.get $align))))
            (i32.store (i32.const {END}) (i32.add (local.get $at) (local.get $new)))
            (memory.copy (local.get $at) (local.get $old)
                (select (local.get $size) (local.get $new) (i32.lt_u (local.get $size) (local.get $new))))
            (local.get $at))
        (func $high (export "high") (param i32 i32 i32 i32) (result i32) (local $at i32)
            (local.set $at (i32.and (i32.add (i32.load (i32.const {HIGH_END})) (i32.const 7)) (i32.const -8)))
            (i32.store (i32.const {HIGH_END}) (i32.add (local.get $at) (local.get 3)))
            (local.get $at))
        (func $clear (export "clear")
            (i32.store (i32.const {HIGH_END}) (i32.const {HIGH}))
            (memory.fill (i32.const {HIGH}) (i32.const 0) (i32.const {})))"#,
        (8 << 16) - HIGH
    )
}

/// The flat values that lie in memory.
fn loads(types: &[Core]) -> String {
    let places = (ARGUMENTS..).step_by(8);
    let loads = types.iter().zip(places);
    loads
        .map(|(ty, at)| format!("({}.load (i32.const {at}))", ty.name()))
        .collect()
}

fn list(kind: &str, types: &[Core]) -> String {
    let names: Vec<&str> = types.iter().map(|ty| ty.name()).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("({kind} {})", names.join(" ")),
    }
}

/// The text of a component with these functions.
pub fn text(functions: &[Function], caller: &Layout, callee: &Layout) -> String {
    let mut names = Names::default();
    let (mut lifted, mut called, mut lowered, mut imported) =
        (String::new(), String::new(), String::new(), String::new());
    let (mut exports, mut cases) = (String::new(), String::new());
    for (i, function) in functions.iter().enumerate() {
        let (flat, is_pointer) = function.flat();
        let types: Vec<String> = function.types.iter().map(|ty| names.refer(ty)).collect();
        let option = callee.encoding.option();
        let ty: String = match function.is_result {
            true => format!("(result {})", types[0]),
            false => {
                let params = types.iter().enumerate();
                params
                    .map(|(i, ty)| format!("(param \"p{i}\" {ty})"))
                    .collect()
            }
        };
        writeln!(
            lifted,
            r#"(func (export "f{i}") {ty} (canon lift (core func $core "f{i}") (memory $memory) (realloc $realloc) {option}))"#
        )
        .expect("a string takes all");
        let stores: String = (ARGUMENTS..)
            .step_by(8)
            .zip(flat.iter().enumerate())
            .map(|(at, (i, ty))| format!("({}.store (i32.const {at}) (local.get {i}))", ty.name()))
            .collect();
        let (signature, body) = match function.is_result {
            true => (list("result", &flat), loads(&flat)),
            false => (list("param", &flat), stores.clone()),
        };
        let (import, call) = match (function.is_result, is_pointer) {
            (true, true) => (
                "(param i32)".to_string(),
                format!("(call $f{i} (i32.load (i32.const {PLACE})))"),
            ),
            (true, false) => (
                list("result", &flat),
                format!(
                    "(local {}) (local.set 0 (call $f{i})) {stores}",
                    flat[0].name()
                ),
            ),
            (false, _) => (
                list("param", &flat),
                format!("(call $f{i} {})", loads(&flat)),
            ),
        };
        writeln!(called, r#"(func (export "f{i}") {signature} {body})"#)
            .expect("a string takes all");
        let option = caller.encoding.option();
        writeln!(
            lowered,
            r#"(core func $f{i} (canon lower (func $callee "f{i}") (memory $memory) (realloc $realloc) {option}))"#
        )
        .expect("a string takes all");
        write!(exports, r#"(export "f{i}" (func $f{i}))"#).expect("a string takes all");
        writeln!(imported, r#"(import "host" "f{i}" (func $f{i} {import}))"#)
            .expect("a string takes all");
        let prepare = match function.is_result {
            true => format!(
                "(i32.store (i32.const {PLACE}) (i32.load offset={PLACE} (local.get $image)))
                 (call $poke (local.get $image) (local.get $length)) (call $clear)"
            ),
            false => {
                "(memory.copy (i32.const 0) (local.get $image) (local.get $length)) (call $clear)"
                    .to_string()
            }
        };
        let finish = match function.is_result {
            true => format!("(call $write (i32.const 0) (i32.load (i32.const {END})))"),
            false => format!(
                "(call $peek (i32.const {RETURNS}))
                 (call $write (i32.load (i32.const {RETURNS})) (i32.load offset=4 (i32.const {RETURNS})))"
            ),
        };
        // The call has locals of its own.
        writeln!(
            cases,
            r#"(func $call{i} {call})
               (func $case{i} (param $image i32) (param $length i32) {prepare} (call $call{i}) {finish})"#
        )
        .expect("a string takes all");
    }
    let choices: String = (0..functions.len())
        .map(|i| {
            format!("(if (i32.eq (local.get $which) (i32.const {i})) (then (call $case{i} (local.get $image) (local.get $length))))")
        })
        .collect();
    TEXT.replace("DEFINITIONS", &names.text)
        .replace("CALLEE-MEMORY", &memory(callee))
        .replace("CALLER-MEMORY", &memory(caller))
        .replace("LIFTED", &lifted)
        .replace("CALLED", &called)
        .replace("LOWERED", &lowered)
        .replace("IMPORTED", &imported)
        .replace("EXPORTS", &exports)
        .replace("CASES", &cases)
        .replace("CHOICES", &choices)
        .replace("RETURNS", &RETURNS.to_string())
}

const TEXT: &str = r#"(component
    (import "wasi:cli/environment@0.2.0" (instance $environment (export "get-arguments" (func (result (list string))))))
    (import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
    (alias export $error "error" (type $error))
    (import "wasi:io/streams@0.2.0" (instance $streams
        (export "output-stream" (type $stream (sub resource)))
        (alias outer 1 $error (type $outer))
        (export "error" (type $error (eq $outer)))
        (type $failure (variant (case "last-operation-failed" (own $error)) (case "closed")))
        (export "stream-error" (type $stream-error (eq $failure)))
        (export "[method]output-stream.blocking-write-and-flush" (func
            (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
    (alias export $streams "output-stream" (type $stream))
    (import "wasi:cli/stdout@0.2.0" (instance $stdout
        (alias outer 1 $stream (type $outer))
        (export "output-stream" (type $stream (eq $outer)))
        (export "get-stdout" (func (result (own $stream))))))
    (component $Callee
        (core module $Core
            CALLEE-MEMORY
            CALLED
            (func (export "peek") (result i32)
                (i32.store (i32.const RETURNS) (i32.const 0))
                (i32.store offset=4 (i32.const RETURNS) (i32.load (i32.const 0)))
                (i32.const RETURNS))
            (func (export "poke") (param $at i32) (param $length i32)
                (memory.copy (i32.const 0) (local.get $at) (local.get $length))
                (call $clear)))
        (core instance $core (instantiate $Core))
        (alias core export $core "memory" (core memory $memory))
        (alias core export $core "realloc" (core func $realloc))
        (alias core export $core "high" (core func $high))
        DEFINITIONS
        LIFTED
        (func (export "peek") (result (list u8)) (canon lift (core func $core "peek") (memory $memory)))
        (func (export "poke") (param "image" (list u8)) (canon lift (core func $core "poke") (memory $memory) (realloc $high))))
    (instance $callee (instantiate $Callee))
    (core module $Memory CALLER-MEMORY)
    (core instance $core (instantiate $Memory))
    (alias core export $core "memory" (core memory $memory))
    (alias core export $core "realloc" (core func $realloc))
    (alias core export $core "high" (core func $high))
    LOWERED
    (core func $peek (canon lower (func $callee "peek") (memory $memory) (realloc $high)))
    (core func $poke (canon lower (func $callee "poke") (memory $memory)))
    (core func $arguments (canon lower (func $environment "get-arguments") (memory $memory) (realloc $high)))
    (core func $stdout (canon lower (func $stdout "get-stdout")))
    (core func $put (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory $memory)))
    (core module $Main
        (import "core" "memory" (memory 8))
        (import "core" "clear" (func $clear))
        (import "core" "high" (func $high (param i32 i32 i32 i32) (result i32)))
        (import "host" "arguments" (func $arguments (param i32)))
        (import "host" "stdout" (func $stdout (result i32)))
        (import "host" "put" (func $put (param i32 i32 i32 i32)))
        (import "host" "peek" (func $peek (param i32)))
        (import "host" "poke" (func $poke (param i32 i32)))
        IMPORTED
        (func $write (param $at i32) (param $length i32) (local $part i32) (local $stream i32)
            (local.set $stream (call $stdout))
            (loop $more
                (local.set $part (select (i32.const 4096) (local.get $length) (i32.gt_u (local.get $length) (i32.const 4096))))
                (call $put (local.get $stream) (local.get $at) (local.get $part) (i32.const RETURNS))
                (if (i32.load8_u (i32.const RETURNS)) (then unreachable))
                (local.set $at (i32.add (local.get $at) (local.get $part)))
                (local.set $length (i32.sub (local.get $length) (local.get $part)))
                (br_if $more (local.get $length))))
        (func $digit (param $at i32) (result i32)
            (i32.sub (i32.load8_u (local.get $at))
                (select (i32.const 48) (i32.const 87) (i32.lt_u (i32.load8_u (local.get $at)) (i32.const 58)))))
        CASES
        (func (export "run") (result i32) (local $at i32) (local $image i32) (local $length i32) (local $to i32) (local $which i32)
            (call $arguments (i32.const RETURNS))
            (local.set $at (i32.load offset=8 (i32.load (i32.const RETURNS))))
            (local.set $length (i32.shr_u (i32.load offset=12 (i32.load (i32.const RETURNS))) (i32.const 1)))
            (local.set $image (call $high (i32.const 0) (i32.const 0) (i32.const 1) (local.get $length)))
            (local.set $to (local.get $image))
            (loop $more
                (i32.store8 (local.get $to) (i32.or
                    (i32.shl (call $digit (local.get $at)) (i32.const 4))
                    (call $digit (i32.add (local.get $at) (i32.const 1)))))
                (local.set $at (i32.add (local.get $at) (i32.const 2)))
                (local.set $to (i32.add (local.get $to) (i32.const 1)))
                (br_if $more (i32.lt_u (local.get $to) (i32.add (local.get $image) (local.get $length)))))
            (local.set $which (i32.load8_u (local.get $image)))
            (local.set $image (i32.add (local.get $image) (i32.const 1)))
            (local.set $length (i32.sub (local.get $length) (i32.const 1)))
            CHOICES
            (i32.const 0)))
    (core instance $main (instantiate $Main
        (with "core" (instance $core))
        (with "host" (instance
            (export "arguments" (func $arguments)) (export "stdout" (func $stdout)) (export "put" (func $put))
            (export "peek" (func $peek)) (export "poke" (func $poke)) EXPORTS))))
    (func $run (result (result)) (canon lift (core func $main "run")))
    (instance $command (export "run" (func $run)))
    (export "wasi:cli/run@0.2.0" (instance $command)))"#;

/// Completes what the side has that gives values: `place` is where the other one wants them.
pub fn complete(side: &mut Side, flat: &[u64], place: u64) {
    let fields = [
        (END, side.end),
        (COUNT, 0),
        (HIGH_END, HIGH),
        (MOVES, u64::from(side.moves)),
        (PLACE, place),
    ];
    for (at, field) in fields {
        side.bytes[at as usize..][..4].copy_from_slice(&(field as u32).to_le_bytes());
    }
    for (at, word) in (ARGUMENTS as usize..).step_by(8).zip(flat) {
        side.bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
    }
}

/// The argument of the component: the function, and what the side has.
pub fn argument(which: usize, side: &Side) -> String {
    let mut text = format!("{which:02x}");
    for byte in &side.bytes[..side.end.max(HEAP) as usize] {
        write!(text, "{byte:02x}").expect("a string takes all");
    }
    text
}
