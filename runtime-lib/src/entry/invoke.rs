//! The main function of a reactor: calls one export with the process arguments and prints its results, one a line.
//!
//! Arguments: i32 and i64 as decimal (signed or unsigned) or `0x` hexadecimal, f32 and f64 as decimal, `inf` or `nan`
//! with an optional sign. Results: integers as signed decimal, floats in the shortest form that reads back the same,
//! references as `null` or their kind. Bad arguments are bad usage: exit status 2.

use crate::abi::{ExportDesc, INVOKE_MAX_VALUES, ProgramDesc};
use crate::entry::command;
use crate::sys;
use crate::text::{Text, parse_unsigned};
use core::fmt::Write;

const I32: u8 = 0x7f;
const I64: u8 = 0x7e;
const F32: u8 = 0x7d;
const F64: u8 = 0x7c;
const V128: u8 = 0x7b;
const FUNCREF: u8 = 0x70;

/// The name of a value type, as WAT writes it.
fn type_name(ty: u8) -> &'static str {
    match ty {
        I32 => "i32",
        I64 => "i64",
        F32 => "f32",
        F64 => "f64",
        V128 => "v128",
        FUNCREF => "funcref",
        _ => "externref",
    }
}

/// # Safety
/// See [`crate::abi::MainFn`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_main_invoke(
    program: *const ProgramDesc,
    initial: *const usize,
) -> ! {
    let program = &*program;
    command::prepare(program, initial);
    let mut values = [0u64; 2 * INVOKE_MAX_VALUES];
    let export = program.invoke.as_ref();
    if let Some(export) = export {
        // Before anything runs, so that bad usage has no effects.
        parse_arguments(export, initial, &mut values);
    }
    command::instantiate_all(program);
    command::initialize(program);
    if let Some(export) = export {
        let entry = core::mem::transmute::<*const u8, crate::abi::ArrayEntry>(export.address);
        command::run(entry, program.entry_instance, values.as_mut_ptr());
        print_results(export, &values);
    }
    sys::exit(0)
}

/// # Safety
/// `export` is a function of the program.
unsafe fn types(export: &ExportDesc) -> (&[u8], &[u8]) {
    let (params, results) = (export.param_count as usize, export.result_count as usize);
    let all = crate::text::bytes(export.types, (params + results) as u64);
    all.split_at_checked(params).unwrap_or((all, &[]))
}

/// # Safety
/// `export` is a function of the program; `initial` points to the initial stack contents.
unsafe fn parse_arguments(
    export: &ExportDesc,
    initial: *const usize,
    values: &mut [u64; 2 * INVOKE_MAX_VALUES],
) {
    // The compiler has checked that there are not too many.
    let (params, _) = types(export);
    let argc = *initial;
    let argv = initial.add(1) as *const *const core::ffi::c_char;
    let given = argc.saturating_sub(1);
    if given != params.len() {
        bad_usage(export, |out| {
            out.str("it takes ")
                .dec(params.len() as u64)
                .str(" arguments, not ")
                .dec(given as u64);
        });
    }
    let mut slots = values.iter_mut();
    for (i, &ty) in params.iter().enumerate() {
        let argument = core::ffi::CStr::from_ptr(*argv.add(1 + i)).to_bytes();
        let value = match ty {
            V128 => vector(argument),
            _ => parse(ty, argument).map(u128::from),
        };
        match value {
            Some(value) => {
                // Two slots for each parameter are enough for any.
                let halves = [value as u64, (value >> 64) as u64];
                let count = if ty == V128 { 2 } else { 1 };
                for (slot, half) in slots.by_ref().take(count).zip(halves) {
                    *slot = half;
                }
            }
            None => bad_usage(export, |out| {
                out.str("argument ")
                    .dec(i as u64 + 1)
                    .str(" must be of type ")
                    .str(type_name(ty));
                out.str(", but is `").name(argument).str("`");
            }),
        }
    }
}

/// # Safety
/// `export` is a function of the program.
unsafe fn bad_usage(export: &ExportDesc, reason: impl FnOnce(&mut Text)) -> ! {
    let mut buf = [0; 512];
    let mut out = Text::to_fd(sys::STDERR, &mut buf);
    out.str("error: cannot call `")
        .name(crate::text::bytes(export.name, export.name_len));
    out.str("`: ");
    reason(&mut out);
    out.str("\nusage: arguments are");
    for &ty in types(export).0 {
        out.str(" <").str(type_name(ty)).str(">");
    }
    out.str("\n");
    out.flush();
    sys::exit(2)
}

/// A vector, as it is printed: `0x` and up to 32 digits, lane 0 lowest.
fn vector(text: &[u8]) -> Option<u128> {
    let digits = core::str::from_utf8(text).ok()?.strip_prefix("0x")?;
    let is_digit = |c: u8| c.is_ascii_hexdigit();
    digits.bytes().all(is_digit).then_some(())?;
    u128::from_str_radix(digits, 16).ok()
}

/// The slot of an argument that has one.
fn parse(ty: u8, text: &[u8]) -> Option<u64> {
    match ty {
        I32 => integer(text, 32),
        I64 => integer(text, 64),
        F32 => core::str::from_utf8(text)
            .ok()?
            .parse::<f32>()
            .ok()
            .map(|v| v.to_bits().into()),
        F64 => core::str::from_utf8(text)
            .ok()?
            .parse::<f64>()
            .ok()
            .map(f64::to_bits),
        _ => None,
    }
}

/// An integer of so many bits, signed or unsigned.
fn integer(text: &[u8], bits: u32) -> Option<u64> {
    let mask = u64::MAX >> (64 - bits);
    match text {
        [b'-', digits @ ..] => {
            let value = parse_unsigned(digits)?;
            (value <= 1 << (bits - 1)).then_some(value.wrapping_neg() & mask)
        }
        _ => parse_unsigned(text).filter(|&value| value <= mask),
    }
}

/// # Safety
/// `export` is a function of the program.
unsafe fn print_results(export: &ExportDesc, values: &[u64]) {
    let mut buf = [0; 512];
    let mut out = Text::to_fd(1, &mut buf);
    let mut slots = values.iter().copied();
    for &ty in types(export).1 {
        let high = if ty == V128 { slots.next() } else { None };
        print(&mut out, ty, slots.next().unwrap_or(0), high);
        out.str("\n");
    }
    out.flush();
}

/// Prints a value. `first` is the low slot of a v128.
fn print(out: &mut Text, ty: u8, value: u64, first: Option<u64>) {
    match ty {
        I32 => _ = out.signed((value as i32).into()),
        I64 => _ = out.signed(value as i64),
        F32 => _ = write!(out, "{}", f32::from_bits(value as u32)),
        F64 => _ = write!(out, "{}", f64::from_bits(value)),
        V128 => {
            out.str("0x");
            for half in [value, first.unwrap_or(0)] {
                for shift in (0..16).rev() {
                    out.hex(half >> (4 * shift) & 15);
                }
            }
        }
        _ if value == 0 => _ = out.str("null"),
        _ => _ = out.str("<").str(type_name(ty)).str(">"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_parse_by_type() {
        assert_eq!(parse(I32, b"-1"), Some(0xffff_ffff));
        assert_eq!(parse(I32, b"4294967295"), Some(0xffff_ffff));
        assert_eq!(parse(I32, b"-2147483648"), Some(0x8000_0000));
        assert_eq!(parse(I32, b"-2147483649"), None);
        assert_eq!(parse(I32, b"4294967296"), None);
        assert_eq!(parse(I64, b"-0x8000000000000000"), Some(1 << 63));
        assert_eq!(parse(I64, b"-9223372036854775809"), None);
        assert_eq!(parse(F32, b"1.5"), Some(0x3fc0_0000));
        assert_eq!(parse(F64, b"-inf"), Some(0xfff0_0000_0000_0000));
        assert!(f64::from_bits(parse(F64, b"nan").unwrap()).is_nan());
        for (ty, bad) in [
            (I32, "1.0"),
            (I32, ""),
            (F32, "x"),
            (FUNCREF, "0"),
            (V128, "0"),
            (I64, "--1"),
        ] {
            assert_eq!(parse(ty, bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn vectors_parse_as_they_are_printed() {
        let all = "0xffffffffffffffffffffffffffffffff";
        assert_eq!(vector(all.as_bytes()), Some(u128::MAX));
        assert_eq!(vector(b"0x20000000000000001"), Some(2 << 64 | 1));
        for bad in [
            "",
            "1",
            "0x",
            "0x-1",
            "0x+1",
            "0x1ffffffffffffffffffffffffffffffff0",
        ] {
            assert_eq!(vector(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn results_print_as_text() {
        let show = |ty, value: u64, first| {
            let mut buf = [0; 512];
            let mut out = Text::to_buffer(&mut buf);
            print(&mut out, ty, value, first);
            let len = out.len();
            String::from_utf8(buf[..len].to_vec()).unwrap()
        };
        assert_eq!(show(I32, 0xffff_ffff, None), "-1");
        assert_eq!(show(I64, 1 << 63, None), "-9223372036854775808");
        assert_eq!(show(F32, 0x3dcc_cccd, None), "0.1");
        assert_eq!(show(F64, 0x7ff8_0000_0000_0000, None), "NaN");
        assert_eq!(show(F64, 0xfff0_0000_0000_0000, None), "-inf");
        assert_eq!(show(F64, 1, None), format!("{}", f64::from_bits(1)));
        assert_eq!(show(V128, 2, Some(1)), "0x00000000000000020000000000000001");
        assert_eq!(show(FUNCREF, 0, None), "null");
        assert_eq!(show(FUNCREF, 8, None), "<funcref>");
    }
}
