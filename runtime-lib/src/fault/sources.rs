//! What backtraces show of the sources: reads the tables of [`crate::abi::Sources`].
//!
//! Only programs with such tables refer to this, so others do not contain it.

use crate::abi::Sources;
use crate::text::Text;

/// Writes the functions that a place of a function lies in, innermost first, each with file and line; false if nothing is known of it. `func` is its number
/// in `CodeDesc::funcs`, `offset` the place in the .wasm file.
///
/// # Safety
/// The tables are valid, and `out` is borrowed for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_sources(
    sources: *const Sources,
    func: usize,
    offset: u32,
    out: *mut Text,
) -> bool {
    let (sources, out) = (&*sources, &mut *out);
    let start = *sources.functions.add(func);
    if start == u32::MAX {
        return false;
    }
    let scopes = Numbers(sources.rows.add(start as usize));
    let mut at = scopes;
    for _ in 0..at.next() {
        Scope::read(&mut at);
    }
    let (mut place, mut line) = (0u32, 0u32);
    let mut found = None;
    for _ in 0..at.next() {
        place = place.wrapping_add(at.next() as u32);
        let (scope, file) = (at.next(), at.next());
        let step = at.next() as u32;
        line = line.wrapping_add(step >> 1 ^ (step & 1).wrapping_neg());
        if place > offset {
            break;
        }
        found = Some((scope, file, line));
    }
    let Some((mut number, mut file, mut line)) = found else {
        return false;
    };
    loop {
        let mut at = scopes;
        let count = at.next();
        let mut scope = Scope::read(&mut at);
        for _ in 0..number.min(count) {
            scope = Scope::read(&mut at);
        }
        out.bytes(text(sources, scope.name))
            .str("\n                at ");
        out.bytes(text(sources, file)).str(":").dec(line.into());
        // Scopes are behind those around them, so this ends.
        if scope.parent == 0 || scope.parent > number {
            return true;
        }
        out.str("\n            - ");
        (number, file, line) = (scope.parent - 1, scope.file, scope.line as u32);
    }
}

/// Writes what an instruction is about that trapped, if that is known, and then what [`wative_rt_sources`] does.
///
/// # Safety
/// As for that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_subjects(
    sources: *const Sources,
    func: usize,
    offset: u32,
    out: *mut Text,
) -> bool {
    let (all, wanted) = (&*sources, (func as u32, offset));
    let (mut lo, mut hi) = (0, all.subject_count as usize);
    while lo < hi {
        let mid = (lo + hi) / 2;
        let subject = &*all.subjects.add(mid);
        if (subject.func, subject.wasm_offset) < wanted {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if lo < all.subject_count as usize {
        let subject = &*all.subjects.add(lo);
        if (subject.func, subject.wasm_offset) == wanted {
            (*out).bytes(text(all, subject.text.into())).str(" in ");
        }
    }
    !all.functions.is_null() && wative_rt_sources(sources, func, offset, out)
}

/// A function, or one that was inlined.
struct Scope {
    parent: u64,
    name: u64,
    file: u64,
    line: u64,
}

impl Scope {
    /// # Safety
    /// A scope is there.
    unsafe fn read(at: &mut Numbers) -> Scope {
        Scope {
            parent: at.next(),
            name: at.next(),
            file: at.next(),
            line: at.next(),
        }
    }
}

/// # Safety
/// There is a text at this place.
unsafe fn text(sources: &Sources, place: u64) -> &'static [u8] {
    let mut at = Numbers(sources.strings.add(place as usize));
    let len = at.next() as usize;
    core::slice::from_raw_parts(at.0, len)
}

/// Numbers in LEB128.
#[derive(Clone, Copy)]
struct Numbers(*const u8);

impl Numbers {
    /// # Safety
    /// A number is there.
    unsafe fn next(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = *self.0;
            self.0 = self.0.add(1);
            value |= u64::from(byte & 0x7f) << (shift & 63);
            shift += 7;
            if byte < 0x80 {
                return value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `f` at a.c, into which `g` was inlined at line 7 and into that `h` at line 300 of b.c.
    fn shown(offset: u32, func: usize) -> Option<String> {
        let functions = [u32::MAX, 1];
        let strings = b"\x01f\x01g\x01h\x03a.c\x03b.c\x00";
        let rows = [
            99, 3, 0, 0, 14, 0, 1, 2, 6, 7, 2, 4, 10, 0xac, 2, // scopes
            3, 10, 0, 6, 10, 5, 2, 10, 0xd0, 4, 5, 0, 6, 1, // rows: 5, 301, 300
        ];
        let sources = Sources {
            describe: core::ptr::null(),
            functions: functions.as_ptr(),
            rows: rows.as_ptr(),
            strings: strings.as_ptr(),
            subjects: core::ptr::null(),
            subject_count: 0,
        };
        let mut buffer = [0; 256];
        let mut out = Text::to_buffer(&mut buffer);
        let known = unsafe { wative_rt_sources(&sources, func, offset, &mut out) };
        let len = out.len();
        known.then(|| String::from_utf8(buffer[..len].to_vec()).unwrap())
    }

    #[test]
    fn rows_hold_up_to_the_next_and_scopes_lead_outwards() {
        assert_eq!(shown(9, 1), None);
        assert_eq!(shown(12, 0), None);
        let at = "\n                at ";
        let inlined = "\n            - ";
        assert_eq!(shown(10, 1).unwrap(), format!("f{at}a.c:5"));
        assert_eq!(shown(14, 1).unwrap(), format!("f{at}a.c:5"));
        assert_eq!(
            shown(15, 1).unwrap(),
            format!("h{at}b.c:301{inlined}g{at}b.c:300{inlined}f{at}a.c:7")
        );
        assert_eq!(shown(1000, 1).unwrap(), format!("f{at}a.c:300"));
    }
}
