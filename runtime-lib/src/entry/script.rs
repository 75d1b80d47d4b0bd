//! The main function of a test program: obeys commands on stdin, so that one process serves a whole test script and goes
//! on after traps.
//!
//! # Protocol
//!
//! Each command is a line of words separated by single spaces; each gets one line as answer, which is written at once.
//! `K` is the number (decimal, from 0) of a module in the program's order; `EXPORT` is an export's name as two
//! hexadecimal digits a byte (the empty name is `-`); values are 8-byte slots in hexadecimal, as compiled entries take
//! them: i32 and f32 in the low half, v128 as two slots, low half first; a reference is the pointer or the external
//! value itself, 0 is null.
//!
//! | command | answer |
//! |---|---|
//! | `instantiate K` | `ok`, or `trap N` where a segment or the start function trapped (N: number of the trap code) |
//! | `invoke K EXPORT [V:V:…]` | `ok [V …]` with the results' slots, `trap N`, or `missing` |
//! | `get K EXPORT` | `ok V …`, the value of a global, or `missing` |
//! | `ref K EXPORT` | `ok V`, the reference to an exported function (0 where it has none), or `missing` |
//! | `hash K M` | `ok V`, FNV-1a (64 bits) over the contents of memory 0 of module K; M is 0. `missing` without one |
//!
//! A malformed command is answered by `error` and a reason. The end of input ends the process with status 0.
//! Note that a program that reads stdin itself through WASI would eat commands.

use crate::abi::{ExportDesc, KIND_FUNC, KIND_GLOBAL, ModuleDesc, ProgramDesc};
use crate::entry::command;
use crate::state::stack;
use crate::sys;
use crate::text::{Text, parse_unsigned};

/// Bytes of the longest command; slots of the longest value list.
const LINE: usize = 64 << 10;
const SLOTS: usize = 4096;

const I32: u8 = 0x7f;
const F32: u8 = 0x7d;
const V128: u8 = 0x7b;

/// Buffers are mapped, not on the stack: the process's own may be small.
#[repr(C)]
struct Buffers {
    input: [u8; LINE],
    output: [u8; LINE],
    values: [u64; SLOTS],
}

/// # Safety
/// See [`crate::abi::MainFn`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_main_script(
    program: *const ProgramDesc,
    initial: *const usize,
) -> ! {
    let program = &*program;
    command::prepare(program, initial);
    let Ok(buffers) = sys::mmap(size_of::<Buffers>(), sys::PROT_READ | sys::PROT_WRITE) else {
        sys::fatal("error: no memory for buffers\n")
    };
    let buffers = &mut *(buffers as *mut Buffers);
    let (mut start, mut end) = (0, 0);
    loop {
        let pending = buffers.input.get(start..end).unwrap_or(&[]);
        if let Some(len) = pending.iter().position(|&b| b == b'\n') {
            let mut out = Text::to_fd(1, &mut buffers.output);
            obey(
                program,
                pending.get(..len).unwrap_or(&[]),
                &mut buffers.values,
                &mut out,
            );
            out.str("\n").flush();
            start += len + 1;
            continue;
        }
        buffers.input.copy_within(start..end, 0);
        (start, end) = (0, end - start);
        let room = &mut buffers.input[end..];
        if room.is_empty() {
            sys::fatal("error: a command is too long\n");
        }
        match sys::read(0, room.as_mut_ptr(), room.len()) {
            Ok(0) => sys::exit(0),
            Ok(n) => end += n,
            Err(sys::Errno::INTR) => {}
            Err(_) => sys::fatal("error: cannot read commands\n"),
        }
    }
}

/// # Safety
/// `program` is the linked program.
unsafe fn obey(program: &ProgramDesc, line: &[u8], values: &mut [u64; SLOTS], out: &mut Text) {
    let mut words = line.split(|&b| b == b' ');
    let verb = words.next().unwrap_or(&[]);
    let count = program.module_count;
    let Some(module) = words.next().and_then(parse_unsigned).filter(|&k| k < count) else {
        out.str("error no such module");
        return;
    };
    let module = *program.modules.add(module as usize);
    let operand = words.next().unwrap_or(&[]);
    match verb {
        b"instantiate" => answer(command::instantiate(module, |_| {}), &[], out),
        b"hash" => match (*(*module).instance).memory0.as_ref() {
            Some(memory) => {
                let mut hash = 0xcbf2_9ce4_8422_2325u64;
                for i in 0..memory.len as usize {
                    hash = (hash ^ u64::from(memory.base.add(i).read_volatile()))
                        .wrapping_mul(0x100_0000_01b3);
                }
                answer(0, &[hash], out);
            }
            None => _ = out.str("missing"),
        },
        b"invoke" => match find(&*module, operand, KIND_FUNC) {
            Some(export) => invoke(&*module, export, words.next().unwrap_or(&[]), values, out),
            None => _ = out.str("missing"),
        },
        b"get" => match find(&*module, operand, KIND_GLOBAL) {
            Some(export) => {
                let global = export.address as *const u64;
                match export.ty as u8 {
                    V128 => answer(0, &[global.read(), global.add(1).read()], out),
                    I32 | F32 => answer(0, &[(global as *const u32).read().into()], out),
                    _ => answer(0, &[global.read()], out),
                }
            }
            None => _ = out.str("missing"),
        },
        b"ref" => match find(&*module, operand, KIND_FUNC) {
            Some(export) => answer(0, &[export.funcref as u64], out),
            None => _ = out.str("missing"),
        },
        _ => _ = out.str("error unknown command"),
    }
}

fn answer(code: u32, results: &[u64], out: &mut Text) {
    if code != 0 {
        out.str("trap ").dec(code.into());
        return;
    }
    out.str("ok");
    for &slot in results {
        out.str(" ").hex(slot);
    }
}

/// The export whose name in hexadecimal is `name`.
///
/// # Safety
/// `module` is a module of the program.
unsafe fn find(module: &ModuleDesc, name: &[u8], kind: u32) -> Option<&'static ExportDesc> {
    for i in 0..module.export_count as usize {
        let export = &*module.exports.add(i);
        let bytes = crate::text::bytes(export.name, export.name_len);
        if export.kind == kind && is_hex_of(name, bytes) {
            return Some(export);
        }
    }
    None
}

/// Whether `text` is the hexadecimal form of `bytes`.
fn is_hex_of(text: &[u8], bytes: &[u8]) -> bool {
    if bytes.is_empty() {
        return text == b"-" || text.is_empty();
    }
    text.len() == 2 * bytes.len()
        && text.chunks_exact(2).zip(bytes).all(|(pair, &byte)| {
            let digit = |i: usize| {
                pair.get(i)
                    .and_then(|&c| (c as char).to_digit(16))
                    .unwrap_or(256)
            };
            digit(0) * 16 + digit(1) == u32::from(byte)
        })
}

/// Number of slots that values of these types take.
fn slot_count(types: &[u8]) -> usize {
    types.iter().map(|&ty| if ty == V128 { 2 } else { 1 }).sum()
}

/// # Safety
/// `module` is a module of the program, instantiated, and `export` a function that it exports.
unsafe fn invoke(
    module: &ModuleDesc,
    export: &ExportDesc,
    list: &[u8],
    values: &mut [u64; SLOTS],
    out: &mut Text,
) {
    let (params, results) = (export.param_count as usize, export.result_count as usize);
    let types = crate::text::bytes(export.types, (params + results) as u64);
    let (params, results) = (slot_count(&types[..params]), slot_count(&types[params..]));
    if params.max(results) > SLOTS {
        out.str("error too many values");
        return;
    }
    let mut given = 0;
    for word in list.split(|&b| b == b':').filter(|word| !word.is_empty()) {
        let mut value = 0u64;
        for &c in word {
            value = value << 4 | u64::from((c as char).to_digit(16).unwrap_or(0));
        }
        if let Some(slot) = values.get_mut(given) {
            *slot = value;
        }
        given += 1;
    }
    if given != params {
        out.str("error wrong number of argument slots");
        return;
    }
    let entry = core::mem::transmute::<*const u8, crate::abi::ArrayEntry>(export.address);
    let code = stack::wative_rt_try(entry, module.instance, values.as_mut_ptr());
    answer(code, values.get(..results).unwrap_or(&[]), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_hexadecimal() {
        assert!(is_hex_of(b"61c3A4", "aä".as_bytes()));
        assert!(is_hex_of(b"-", b""));
        for bad in [&b"61"[..], b"6162g0", b"", b"61c3a5", b"61c3a400"] {
            assert!(!is_hex_of(bad, "aä".as_bytes()));
        }
    }
}
