//! What is known about compiled code: from a program counter to its function, its trap and its place in the .wasm file.
//!
//! Every table is written by the compiler into read-only data, so all of this runs inside signal handlers.

use crate::abi::{CodeDesc, FuncEntry, InlinedPlace, Sources, TrapCode};
use crate::arch;
use crate::fault::ranges::Ranges;
use crate::streams::Stream;
use crate::sys;
use crate::text::Text;

/// Texts of the registered modules, each with its [`CodeDesc`].
static CODE: Ranges = Ranges::new();

/// Makes faults in this code Wasm traps. Registering it again changes nothing.
///
/// # Safety
/// `code` and its tables stay as they are for ever.
pub unsafe fn register(code: *const CodeDesc) -> sys::Result<()> {
    let text = (*code).text as usize;
    if (*code).text_len == 0 || CODE.find(text).is_some() {
        return Ok(());
    }
    CODE.add(text, text + (*code).text_len as usize, code as *mut u8)
}

/// [`crate::fault::sources::wative_rt_sources`] or [`crate::fault::sources::wative_rt_subjects`].
type Describe = unsafe extern "C" fn(*const Sources, usize, u32, *mut Text) -> bool;

/// A function and a place in it.
#[derive(Clone, Copy)]
pub struct Site {
    pub code: *const CodeDesc,
    pub func: *const FuncEntry,
    pub pc: usize,
}

/// The function that `pc` lies in, if it is compiled code.
#[inline(never)]
pub fn find(pc: usize) -> Option<Site> {
    let code = CODE.find(pc)? as *const CodeDesc;
    // SAFETY: registered tables are valid for ever.
    unsafe {
        let offset = (pc - (*code).text as usize) as u32;
        // The last function that begins at or before `offset`.
        let (mut lo, mut hi) = (0, (*code).func_count as usize);
        while lo < hi {
            let mid = (lo + hi) / 2;
            if (*(*code).funcs.add(mid)).code <= offset {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        (lo > 0).then(|| Site {
            code,
            func: (*code).funcs.add(lo - 1),
            pc,
        })
    }
}

/// The call that returns to this address. The call is the instruction before, so the function is looked up there: a call
/// may be the last instruction of its function.
pub fn find_return(addr: usize) -> Option<Site> {
    find(addr.wrapping_sub(1)).map(|site| Site { pc: addr, ..site })
}

impl Site {
    fn offset(&self) -> u32 {
        // SAFETY: tables of registered code.
        unsafe { (self.pc - (*self.code).text as usize) as u32 - (*self.func).code }
    }

    /// Distance of the place from the start of the module's machine code.
    pub fn code_offset(&self) -> u64 {
        // SAFETY: tables of registered code.
        unsafe { (self.pc - (*self.code).text as usize) as u64 }
    }

    fn stream(&self) -> Stream {
        // SAFETY: tables of registered code; a sentinel follows the last function.
        unsafe {
            let (start, next) = ((*self.func).traps, (*self.func.add(1)).traps);
            Stream::new(
                (*self.code).traps.add(start as usize),
                next.saturating_sub(start) as usize,
                arch::CODE_SHIFT,
            )
        }
    }

    /// The code of the entry of this place.
    #[inline(never)]
    fn code(&self) -> Option<u8> {
        let offset = self.offset();
        self.stream().find(|e| e.pc == offset).map(|e| e.code)
    }

    /// The trap that the instruction at this place stands for.
    pub fn trap(&self) -> Option<TrapCode> {
        TrapCode::from_stream(self.code()?)
    }

    /// Whether this place is where a call returns to.
    pub fn is_return(&self) -> bool {
        self.code() == Some(0)
    }

    /// The place in the program's source, innermost function first, and for each the functions around it until that which was really called.
    pub fn places(&self) -> Places {
        Places {
            code: self.code,
            outermost: self.func,
            next: Some(self.place()),
        }
    }

    /// As in trap streams: this place, or the nearest known one before it; in a prologue, where the stack overflows, the function's first known one, and
    /// none of a function that was inlined there; 0 where nothing is known.
    #[inline(never)]
    fn place(&self) -> u32 {
        let offset = self.offset();
        let mut nearest = None;
        for entry in self.stream() {
            match nearest {
                Some(_) if entry.pc > offset => break,
                None if entry.pc > offset => return outermost(self.code, entry.place),
                _ => nearest = Some(entry.place),
            }
        }
        nearest.unwrap_or(0)
    }
}

/// The entry of an inlined place, if the place is one.
fn inlined(code: *const CodeDesc, place: u32) -> Option<InlinedPlace> {
    let number = (place & !InlinedPlace::FLAG) as usize;
    // SAFETY: tables of registered code.
    (place & InlinedPlace::FLAG != 0).then(|| unsafe { *(*code).inlined.add(number) })
}

/// Where the outermost of the calls is that an inlined place stands in.
fn outermost(code: *const CodeDesc, mut place: u32) -> u32 {
    while let Some(InlinedPlace { caller, .. }) = inlined(code, place) {
        place = caller;
    }
    place
}

/// A place in the program's source.
#[derive(Clone, Copy)]
pub struct SourcePlace {
    code: *const CodeDesc,
    func: *const FuncEntry,
    /// Offset in the .wasm file, 0 if it is not known.
    pub wasm_offset: u32,
}

impl SourcePlace {
    /// The function's index in its module; nothing for entries and adapters that the compiler made.
    pub fn index(&self) -> Option<u32> {
        // SAFETY: tables of registered code.
        let index = unsafe { (*self.func).index };
        (index != u32::MAX).then_some(index)
    }

    /// Writes what is known of the place besides the function's name: what a trap there is about; functions, files and lines of the sources. False if these are not known.
    pub fn describe(&self, out: &mut Text) -> bool {
        // SAFETY: tables of registered code; `describe` is the function of this type, which is referred to so that it is there only where it is needed.
        unsafe {
            let sources = (*self.code).sources;
            if sources.is_null() {
                return false;
            }
            let describe: Describe = core::mem::transmute((*sources).describe);
            let number = self.func.offset_from((*self.code).funcs) as usize;
            describe(sources, number, self.wasm_offset, out)
        }
    }

    /// The function's name, empty where it has none, and whether its index belongs to that.
    pub fn name(&self) -> (&'static [u8], bool) {
        // SAFETY: tables of registered code: a length and so many bytes.
        unsafe {
            if (*self.func).name == u32::MAX {
                return (&[], false);
            }
            let name = (*self.code).names.add((*self.func).name as usize);
            let len = (name as *const u16).read_unaligned();
            let text = core::slice::from_raw_parts(name.add(2), (len & !FuncEntry::INDEXED).into());
            (text, len & FuncEntry::INDEXED != 0)
        }
    }
}

/// See [`Site::places`].
pub struct Places {
    code: *const CodeDesc,
    outermost: *const FuncEntry,
    next: Option<u32>,
}

impl Iterator for Places {
    type Item = SourcePlace;

    fn next(&mut self) -> Option<SourcePlace> {
        let place = self.next.take()?;
        let (func, wasm_offset) = match inlined(self.code, place) {
            None => (self.outermost, place),
            Some(it) => {
                self.next = Some(it.caller);
                // SAFETY: tables of registered code.
                let func = unsafe { (*self.code).funcs.add(it.func as usize) };
                (func, it.wasm_offset)
            }
        };
        Some(SourcePlace {
            code: self.code,
            func,
            wasm_offset,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::tests::stream;

    fn places(site: Site) -> Vec<(&'static str, u32)> {
        let named = |p: SourcePlace| (str::from_utf8(p.name().0).unwrap(), p.wasm_offset);
        site.places().map(named).collect()
    }

    #[test]
    fn functions_are_found_by_pc() {
        let text = [0u8; 100];
        let func = |code, traps, name| FuncEntry {
            code,
            frame: 0,
            saved: 0,
            name,
            traps,
            index: 0,
        };
        let shift = arch::CODE_SHIFT;
        let first = stream(&[(4, 1, 1)], shift);
        // A call at 4; place 1 of the inlined ones; then 0, and a place of its own.
        let mark = InlinedPlace::CODE;
        let entries = [
            (4, 0, 2),
            (0, mark, 1),
            (12, 15, 0),
            (0, mark, -1),
            (4, 2, 0),
            (4, 3, 1),
        ];
        let traps = [first.clone(), stream(&entries, shift)].concat();
        let [second, end] = [first.len() as u32, traps.len() as u32];
        let funcs = [func(8, 0, 0), func(52, second, 5), func(100, end, 0)];
        let names = *b"\x03\x00abc\x01\x00d";
        let inlined = [
            InlinedPlace {
                func: 0,
                wasm_offset: 70,
                caller: 2,
            },
            InlinedPlace {
                func: 0,
                wasm_offset: 80,
                caller: InlinedPlace::FLAG,
            },
        ];
        let code = Box::leak(Box::new(CodeDesc {
            text: text.as_ptr(),
            text_len: 100,
            funcs: funcs.as_ptr(),
            func_count: 2,
            traps: traps.as_ptr(),
            inlined: inlined.as_ptr(),
            names: names.as_ptr(),
            catches: core::ptr::null(),
            catch_count: 0,
            handlers: core::ptr::null(),
            tags: core::ptr::null(),
            tag_count: 0,
            safepoints: core::ptr::null(),
            safepoint_count: 0,
            maps: core::ptr::null(),
            sources: core::ptr::null(),
        }));
        unsafe { register(code) }.unwrap();
        let base = text.as_ptr() as usize;
        assert!(find(base + 7).is_none());
        assert!(find(base + 100).is_none());
        let site = find(base + 12).unwrap();
        assert_eq!(site.trap(), Some(TrapCode::Unreachable));
        assert_eq!(places(site), [("abc", 1)]);
        assert_eq!(find(base + 13).unwrap().trap(), None);
        let call = find_return(base + 56).unwrap();
        assert!(call.is_return());
        assert_eq!(call.trap(), None);
        assert_eq!(places(call), [("d", 2)]);
        assert_eq!(places(find(base + 51).unwrap()), [("abc", 1)]);
        let deep = find(base + 68).unwrap();
        assert_eq!(deep.trap(), TrapCode::from_number(15));
        assert_eq!(places(deep), [("abc", 80), ("abc", 70), ("d", 2)]);
        let shallow = find(base + 72).unwrap();
        assert_eq!(places(shallow), [("abc", 70), ("d", 2)]);
        assert_eq!(places(find(base + 76).unwrap()), [("d", 3)]);
        CODE.remove(base);
    }
}
