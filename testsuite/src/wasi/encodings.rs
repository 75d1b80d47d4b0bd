//! Guests of WASI 0.2 whose strings are not UTF-8: what they give and get, and what must trap.

use std::fs;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Preopen};

use crate::process::{Finished, Scratch};
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;

/// A component that makes a directory and a link in the first directory that it was granted, and writes out, as they lie in its memory, the name of that directory,
/// the link's target, and the name and value of the first environment variable: each with its length before it.
const GUEST: &str = r#"(component
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
    (import "wasi:cli/environment@0.2.0" (instance $environment
        (export "get-environment" (func (result (list (tuple string string)))))))
    (import "wasi:filesystem/types@0.2.0" (instance $types
        (export "descriptor" (type $descriptor (sub resource)))
        (type $codes (enum "access" "would-block" "already" "bad-descriptor" "busy" "deadlock" "quota" "exist" "file-too-large"
            "illegal-byte-sequence" "in-progress" "interrupted" "invalid" "io" "is-directory" "loop" "too-many-links" "message-size"
            "name-too-long" "no-device" "no-entry" "no-lock" "insufficient-memory" "insufficient-space" "not-directory" "not-empty"
            "not-recoverable" "unsupported" "no-tty" "no-such-device" "overflow" "not-permitted" "pipe" "read-only" "invalid-seek"
            "text-file-busy" "cross-device"))
        (export "error-code" (type $code (eq $codes)))
        (export "[method]descriptor.create-directory-at" (func
            (param "self" (borrow $descriptor)) (param "path" string) (result (result (error $code)))))
        (export "[method]descriptor.symlink-at" (func
            (param "self" (borrow $descriptor)) (param "old-path" string) (param "new-path" string) (result (result (error $code)))))
        (export "[method]descriptor.readlink-at" (func
            (param "self" (borrow $descriptor)) (param "path" string) (result (result string (error $code)))))))
    (alias export $types "descriptor" (type $descriptor))
    (import "wasi:filesystem/preopens@0.2.0" (instance $preopens
        (alias outer 1 $descriptor (type $outer))
        (export "descriptor" (type $descriptor (eq $outer)))
        (export "get-directories" (func (result (list (tuple (own $descriptor) string)))))))
    (core module $memory
        (memory (export "memory") 2)
        (global $end (mut i32) (i32.const 65536))
        (func (export "realloc") (param i32 i32) (param $align i32) (param $len i32) (result i32) (local $at i32)
            (local.set $at (i32.and (i32.sub (i32.add (global.get $end) (local.get $align)) (i32.const 1)) (i32.sub (i32.const 0) (local.get $align))))
            (global.set $end (i32.add (local.get $at) (local.get $len)))
            (local.get $at)))
    (core instance $memory (instantiate $memory))
    (alias core export $memory "memory" (core memory $memory))
    (alias core export $memory "realloc" (core func $realloc))
    (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory $memory) (realloc $realloc)))
    (core func $stdout (canon lower (func $stdout "get-stdout")))
    (core func $environment (canon lower (func $environment "get-environment") (memory $memory) (realloc $realloc) ENCODING))
    (core func $make (canon lower (func $types "[method]descriptor.create-directory-at") (memory $memory) ENCODING))
    (core func $link (canon lower (func $types "[method]descriptor.symlink-at") (memory $memory) ENCODING))
    (core func $read (canon lower (func $types "[method]descriptor.readlink-at") (memory $memory) (realloc $realloc) ENCODING))
    (core func $directories (canon lower (func $preopens "get-directories") (memory $memory) (realloc $realloc) ENCODING))
    (core module $main
        (import "memory" "memory" (memory 2))
        (import "host" "write" (func $write (param i32 i32 i32 i32)))
        (import "host" "stdout" (func $stdout (result i32)))
        (import "host" "environment" (func $environment (param i32)))
        (import "host" "make" (func $make (param i32 i32 i32 i32)))
        (import "host" "link" (func $link (param i32 i32 i32 i32 i32 i32)))
        (import "host" "read" (func $read (param i32 i32 i32 i32)))
        (import "host" "directories" (func $directories (param i32)))
        (global $out (mut i32) (i32.const 8192))
        (data (i32.const 1024) "TARGET")
        (data (i32.const 2048) "DIRECTORY")
        (data (i32.const 3072) "LINK")
        (func $note (param $at i32) (local $len i32) (local $bytes i32)
            (local.set $len (i32.load offset=4 (local.get $at)))
            (local.set $bytes (i32.shl (i32.and (local.get $len) (i32.const 0x7fff_ffff)) (i32.const 1)))
            (if (i32.and (i32.const COMPACT) (i32.ge_s (local.get $len) (i32.const 0)))
                (then (local.set $bytes (local.get $len))))
            (i32.store (global.get $out) (local.get $len))
            (memory.copy (i32.add (global.get $out) (i32.const 4)) (i32.load (local.get $at)) (local.get $bytes))
            (global.set $out (i32.add (global.get $out) (i32.add (local.get $bytes) (i32.const 4)))))
        (func $done (if (i32.load8_u (i32.const 32)) (then unreachable)))
        (func (export "run") (result i32) (local $directory i32) (local $list i32)
            (call $directories (i32.const 16))
            (local.set $list (i32.load (i32.const 16)))
            (local.set $directory (i32.load (local.get $list)))
            (call $note (i32.add (local.get $list) (i32.const 4)))
            (call $make (local.get $directory) (i32.const AT) (i32.const LENGTH) (i32.const 32))
            (call $done)
            (call $link (local.get $directory) (i32.const 1024) (i32.const TLEN) (i32.const 3072) (i32.const LLEN) (i32.const 32))
            (call $done)
            (call $read (local.get $directory) (i32.const 3072) (i32.const LLEN) (i32.const 32))
            (call $done)
            (call $note (i32.const 36))
            (call $environment (i32.const 16))
            (local.set $list (i32.load (i32.const 16)))
            (call $note (local.get $list))
            (call $note (i32.add (local.get $list) (i32.const 8)))
            (call $write (call $stdout) (i32.const 8192) (i32.sub (global.get $out) (i32.const 8192)) (i32.const 32))
            (i32.const 0)))
    (core instance $main (instantiate $main
        (with "memory" (instance $memory))
        (with "host" (instance
            (export "write" (func $write)) (export "stdout" (func $stdout)) (export "environment" (func $environment)) (export "make" (func $make))
            (export "link" (func $link)) (export "read" (func $read)) (export "directories" (func $directories))))))
    (func $run (result (result)) (canon lift (core func $main "run")))
    (instance $command (export "run" (func $run)))
    (export "wasi:cli/run@0.2.0" (instance $command)))"#;

/// How strings lie in the memory of a guest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf16,
    Latin1Utf16,
}

impl Encoding {
    const ALL: [Encoding; 2] = [Encoding::Utf16, Encoding::Latin1Utf16];

    fn option(self) -> &'static str {
        match self {
            Encoding::Utf16 => "string-encoding=utf16",
            Encoding::Latin1Utf16 => "string-encoding=latin1+utf16",
        }
    }

    /// A string as it lies in memory, and its length as the guest has it.
    fn encode(self, text: &str) -> (Vec<u8>, u32) {
        let latin1: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        let wide: Vec<u16> = text.encode_utf16().collect();
        let units = wide.len() as u32;
        match (self, latin1) {
            (Encoding::Latin1Utf16, Some(bytes)) => (bytes, units),
            (Encoding::Latin1Utf16, None) => (bytes_of(&wide), units | 1 << 31),
            (Encoding::Utf16, _) => (bytes_of(&wide), units),
        }
    }
}

fn bytes_of(units: &[u16]) -> Vec<u8> {
    units.iter().flat_map(|unit| unit.to_le_bytes()).collect()
}

/// The guest with the name of the directory that it makes: its bytes, its place, its length.
fn guest(encoding: Encoding, bytes: &[u8], at: u32, length: u32) -> Result<Vec<u8>, String> {
    let data = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("\\{b:02x}")).collect() };
    let (target, target_len) = encoding.encode(TARGET);
    let (link, link_len) = encoding.encode(LINK);
    let is_compact = u32::from(encoding == Encoding::Latin1Utf16);
    let text = GUEST
        .replace("ENCODING", encoding.option())
        .replace("\"TARGET\"", &format!("\"{}\"", data(&target)))
        .replace("\"LINK\"", &format!("\"{}\"", data(&link)))
        .replace("\"DIRECTORY\"", &format!("\"{}\"", data(bytes)))
        .replace("COMPACT", &is_compact.to_string())
        .replace("TLEN", &target_len.to_string())
        .replace("LLEN", &link_len.to_string())
        .replace("LENGTH", &length.to_string())
        .replace("AT)", &format!("{at})"));
    wat::parse_str(text).map_err(|e| e.to_string())
}

/// One that Latin-1 has, two that it has not, and one of characters that UTF-16 has as pairs.
const DIRECTORY: &str = "fran\u{e7}ais \u{ff}";
const TARGET: &str = "\u{2192}\u{fffd}/\u{e4}";
const LINK: &str = "fran\u{e7}ais \u{ff}/\u{1d11e}\u{10ffff}";
const GRANT: &str = "/gr\u{fc}n";
const VALUE: &str = "\u{20ac} \u{1f600}";

fn run(
    target: &Target,
    module: &[u8],
    memory: MemoryMode,
    scratch: &Scratch,
) -> Result<Finished, String> {
    let mut options = options(target, memory, OptLevel::O2);
    let path = scratch.path().join("d");
    fs::create_dir(&path).map_err(|e| e.to_string())?;
    let path = path.display().to_string();
    options
        .config
        .preopens
        .push(Preopen::directory(path, GRANT));
    options.config.env.push(format!("N\u{e4}me={VALUE}"));
    let executable = build(module, target, &options)?;
    program::run(&executable, target, &["encodings"], b"")
}

/// What the guest gives arrives, and what it gets is right.
fn both_ways(target: &Target, encoding: Encoding, memory: MemoryMode) -> Result<(), String> {
    let (bytes, length) = encoding.encode(DIRECTORY);
    let module = guest(encoding, &bytes, 2048, length)?;
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let finished = run(target, &module, memory, &scratch)?;
    if finished.code() != 0 {
        return Err(finished.describe());
    }
    let mut want = Vec::new();
    for text in [GRANT, TARGET, "N\u{e4}me", VALUE] {
        let (bytes, length) = encoding.encode(text);
        want.extend(length.to_le_bytes());
        want.extend(bytes);
    }
    if finished.stdout != want {
        return Err(format!("{:?}, want {want:?}", finished.stdout));
    }
    match fs::read_link(scratch.path().join("d").join(LINK)) {
        Ok(found) if found.to_str() == Some(TARGET) => Ok(()),
        other => Err(format!("the link: {other:?}")),
    }
}

/// Names that are no strings, and why the guest traps.
fn traps(target: &Target) -> Result<(), String> {
    let lone = bytes_of(&[0x61, 0xd800, 0x61]);
    let last = bytes_of(&[0x61, 0xd800]);
    let tag = 1 << 31;
    const UNPAIRED: &str = "unpaired surrogate found";
    const UNALIGNED: &str = "string pointer not aligned to 2";
    const OUTSIDE: &str = "string pointer/length out of bounds of memory";
    for (encoding, bytes, at, length, why) in [
        (Encoding::Utf16, &lone[..], 2048, 3, UNPAIRED),
        (Encoding::Utf16, &last, 2048, 2, UNPAIRED),
        (Encoding::Latin1Utf16, &lone, 2048, 3 | tag, UNPAIRED),
        (Encoding::Utf16, b"abcd", 2049, 1, UNALIGNED),
        (Encoding::Latin1Utf16, b"abcd", 2049, 1, UNALIGNED),
        (Encoding::Utf16, b"", 131_070, 2, OUTSIDE),
        (Encoding::Utf16, b"", 131_072, 1, OUTSIDE),
        (Encoding::Utf16, b"", 0, tag, OUTSIDE),
        (Encoding::Utf16, b"", 2, tag | 1, OUTSIDE),
        (Encoding::Latin1Utf16, b"", 131_070, 3, OUTSIDE),
        (Encoding::Latin1Utf16, b"", 131_070, 2 | tag, OUTSIDE),
        (Encoding::Latin1Utf16, b"", 0, u32::MAX, OUTSIDE),
    ] {
        let module = guest(encoding, bytes, at, length)?;
        let scratch = Scratch::new().map_err(|e| e.to_string())?;
        let finished = run(target, &module, MemoryMode::Fixed, &scratch)?;
        let said = String::from_utf8_lossy(&finished.stderr).contains(why);
        if finished.code() != 134 || !said {
            return Err(format!("{bytes:?} {at} {length}: {}", finished.describe()));
        }
    }
    Ok(())
}

pub fn report(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    for encoding in Encoding::ALL {
        for memory in [MemoryMode::Fixed, MemoryMode::Checked] {
            let name = format!("{} {memory:?}", encoding.option());
            if name.contains(filter) {
                report.outcome(&name, both_ways(target, encoding, memory));
            }
        }
    }
    if "string-encoding traps".contains(filter) {
        report.outcome("string-encoding traps", traps(target));
    }
    report
}
