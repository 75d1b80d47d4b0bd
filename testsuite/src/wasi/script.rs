//! A small language for guests that judge WASI calls, one statement a line, compiled to WAT:
//!
//! ```text
//! path_open 3 0 "file" 1 $ALL $ALL 0 100 = 0    a call and the error number that it must return
//! fd_write @100 ...                             @100 is the word at address 100, such as an opened descriptor
//! iov 8 "text"    iov 8 2000 16                 a vector at address 8: of a text, or of 16 bytes at 2000
//! set32 0 7       set64 0 7                     stores
//! u8 0 = 7  u16  u32  u64  text 0 = "abc"       what memory must hold
//! u64 0 >= 7                                    … at least
//! exit 3                                        ends the program
//! trap                                          ends it by a trap
//! ```
//!
//! A text as argument is two: its address and length. `#` begins a comment. The first statement that is not true
//! is told on stderr with its line and what was found, and ends the program with status 1.

use std::fmt::Write as _;

use wative_compiler::host;
use wative_compiler::ir::ValType;

/// `$ALL`: all rights. `$REST`: all but the right to write.
const ALL_RIGHTS: u64 = (1 << 30) - 1;
const FD_WRITE: u64 = 1 << 6;

/// Where texts are put in memory; scripts use what is below. The memory has one page.
const TEXTS: usize = 0x8000;

/// The module for a script that calls the functions of `import`.
pub fn module(import: &str, script: &str) -> String {
    let mut writer = Writer::default();
    for (index, line) in script.lines().enumerate() {
        writer.line(index + 1, line);
    }
    let used = |name: &str| script.contains(name) || matches!(name, "fd_write" | "proc_exit");
    let mut imports = String::new();
    let name = |ty: &ValType| if *ty == ValType::I64 { "i64" } else { "i32" };
    let list = |types: &[ValType]| types.iter().map(name).collect::<Vec<_>>().join(" ");
    for function in host::functions(import).filter(|f| used(f.name)) {
        let (name, params, results) =
            (function.name, list(function.params), list(function.results));
        writeln!(
            imports,
            "(import {import:?} \"{name}\" (func ${name} (param {params}) (result {results})))"
        )
        .expect("a string takes all");
    }
    let data: String = writer
        .texts
        .iter()
        .map(|byte| format!("\\{byte:02x}"))
        .collect();
    format!(
        r#"(module {imports}
          (memory (export "memory") 1)
          (data (i32.const {TEXTS}) "{data}")
          (func $digits (param $n i64) (result i32)
            ;; Writes a number that ends at 65500; returns where it begins.
            (local $at i32)
            (local.set $at (i32.const 65500))
            (loop $next
              (local.set $at (i32.sub (local.get $at) (i32.const 1)))
              (i32.store8 (local.get $at)
                (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $n) (i64.const 10)))))
              (local.set $n (i64.div_u (local.get $n) (i64.const 10)))
              (br_if $next (i64.ne (local.get $n) (i64.const 0))))
            (local.get $at))
          (func $tell (param $n i64)
            (i32.store (i32.const 65504) (call $digits (local.get $n)))
            (i32.store (i32.const 65508) (i32.sub (i32.const 65501) (i32.load (i32.const 65504))))
            (i32.store8 (i32.const 65500) (i32.const 32))
            (drop (call $fd_write (i32.const 2) (i32.const 65504) (i32.const 1) (i32.const 65512))))
          (func $fail (param $line i64) (param $got i64)
            (call $tell (local.get $line))
            (call $tell (local.get $got))
            (call $proc_exit (i32.const 1)))
          (func $same (param $got i64) (param $line i64) (param $want i64)
            (if (i64.ne (local.get $got) (local.get $want))
              (then (call $fail (local.get $line) (local.get $got)))))
          (func $least (param $got i64) (param $line i64) (param $want i64)
            (if (i64.lt_u (local.get $got) (local.get $want))
              (then (call $fail (local.get $line) (local.get $got)))))
          (func (export "_start") {}))"#,
        writer.body
    )
}

#[derive(Default)]
struct Writer {
    body: String,
    texts: Vec<u8>,
}

impl Writer {
    fn line(&mut self, number: usize, line: &str) {
        let words = split(line);
        let Some((name, rest)) = words.split_first() else {
            return;
        };
        let statement = match name.as_str() {
            "trap" => "unreachable".to_string(),
            "exit" => format!("(call $proc_exit (i32.const {}))", rest[0]),
            "iov" => {
                let at: u32 = rest[0].parse().expect("an address");
                let parts = self.arguments(&rest[1..]);
                let second = at + 4;
                format!(
                    "(i32.store (i32.const {at}) {}) (i32.store (i32.const {second}) {})",
                    parts[0].0, parts[1].0
                )
            }
            "set32" => format!(
                "(i32.store (i32.const {}) (i32.const {}))",
                rest[0], rest[1]
            ),
            "set64" => format!(
                "(i64.store (i32.const {}) (i64.const {}))",
                rest[0], rest[1]
            ),
            "u8" | "u16" | "u32" | "u64" => {
                let load = match name.as_str() {
                    "u8" => "i64.load8_u",
                    "u16" => "i64.load16_u",
                    "u32" => "i64.load32_u",
                    _ => "i64.load",
                };
                let check = if rest[1] == ">=" { "$least" } else { "$same" };
                format!(
                    "(call {check} ({load} (i32.const {})) (i64.const {number}) (i64.const {}))",
                    rest[0], rest[2]
                )
            }
            "text" => {
                let at: usize = rest[0].parse().expect("an address");
                let text = rest[2].strip_prefix('"').expect("a text");
                let checks = text.bytes().enumerate().map(|(i, byte)| {
                    format!(
                        "(call $same (i64.load8_u (i32.const {})) (i64.const {number}) (i64.const {byte}))",
                        at + i
                    )
                });
                checks.collect()
            }
            call => self.call(number, call, rest),
        };
        self.body.push_str(&statement);
        self.body.push('\n');
    }

    fn call(&mut self, number: usize, name: &str, rest: &[String]) -> String {
        let function = host::find(host::WASI_MODULES[0], name)
            .unwrap_or_else(|| panic!("line {number}: no function {name}"));
        let equals = rest.iter().position(|word| word == "=");
        let arguments = self.arguments(&rest[..equals.unwrap_or(rest.len())]);
        assert_eq!(
            arguments.len(),
            function.params.len(),
            "line {number}: {name}"
        );
        let arguments: Vec<String> = arguments
            .into_iter()
            .zip(function.params)
            .map(|(argument, param)| match (param, argument) {
                (ValType::I64, (_, Some(number))) => format!("(i64.const {number})"),
                (_, (code, _)) => code,
            })
            .collect();
        let call = format!("(call ${name} {})", arguments.join(" "));
        match equals {
            Some(at) if !function.results.is_empty() => format!(
                "(call $same (i64.extend_i32_u {call}) (i64.const {number}) (i64.const {}))",
                rest[at + 1]
            ),
            _ => call,
        }
    }

    /// Code of each argument, and its text where it is a number.
    fn arguments(&mut self, words: &[String]) -> Vec<(String, Option<String>)> {
        let mut all = Vec::new();
        for word in words {
            if let Some(text) = word.strip_prefix('"') {
                let at = TEXTS + self.texts.len();
                self.texts.extend(text.bytes());
                for number in [at, text.len()] {
                    all.push((format!("(i32.const {number})"), Some(number.to_string())));
                }
            } else if let Some(at) = word.strip_prefix('@') {
                all.push((format!("(i32.load (i32.const {at}))"), None));
            } else {
                let number = match word.as_str() {
                    "$ALL" => ALL_RIGHTS.to_string(),
                    "$REST" => (ALL_RIGHTS & !FD_WRITE).to_string(),
                    number => number.to_owned(),
                };
                all.push((format!("(i32.const {number})"), Some(number)));
            }
        }
        all
    }
}

/// Splits a line into words; a text keeps its opening quote.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        let end = match rest.strip_prefix('"') {
            Some(inside) => 1 + inside.find('"').expect("a closing quote"),
            None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        words.push(rest[..end].to_owned());
        let after = if rest.starts_with('"') { end + 1 } else { end };
        rest = rest[after..].trim_start();
    }
    words
}
