//! A compiled function, and what its callers ask about it, as bytes that mean the same in any program in which the function's key is the same.
//!
//! Two things differ between such programs: numbers of functions, which are written as places in the list of those that the key is about ([`Scope`]), and
//! where bodies lie in their files, from whose starts places in WebAssembly are counted. Numbers of modules, types and tags are part of the key.
//!
//! Numbers are LEB128, offsets differences from the one before. Whatever bytes the reader gets, it answers with a function or nothing.

use crate::abi::TrapCode;
use crate::entity::EntityId;
use crate::ir::facts::{Body, FuncFacts};
use crate::ir::{
    FuncId, FuncKind, Inlined, ModuleId, Origin, Program, Regions, RtFn, SigId, Symbol, TagId,
};
use crate::mach::arch::Arch;
use crate::mach::compiled::{
    Cfi, CompiledFunc, Frame, Landing, Line, MemoryFrame, PRegSet, Reloc, Safepoint, Site, Stretch,
    Watch, Watched, WatchedLocals, WatchedPlace,
};
use std::sync::Arc;

/// Most bytes that the start of a function may be aligned to.
const MOST_ALIGN: u32 = 4096;

/// What numbers and places in the bytes count from.
pub struct Scope<'a> {
    pub program: &'a Program,
    /// The functions that the key is about, the function itself first.
    pub funcs: &'a [FuncId],
}

impl Scope<'_> {
    /// Where a function's body starts in its file; 0: it has none.
    fn start(&self, func: FuncId) -> u32 {
        match &self.program.funcs[func].kind {
            FuncKind::Defined { body } => body.start as u32,
            _ => 0,
        }
    }
}

/// The bytes; nothing if it refers to what its key does not say, or to what only one program has.
pub fn write(
    code: &CompiledFunc,
    facts: &FuncFacts,
    scope: &Scope,
    arch: &Arch,
) -> Option<Vec<u8>> {
    let mut out = Writer {
        bytes: Vec::with_capacity(code.code.len() + 256),
    };
    let CompiledFunc {
        id,
        code: bytes,
        insts_len,
        align,
        relocs,
        sites,
        lines,
        inlined,
        landings,
        safepoints,
        frame,
        memory_frame,
        watched,
        changed,
    } = code;
    let FuncFacts {
        writes,
        throws,
        collects,
        body,
    } = facts;
    let mut numbers: Vec<(FuncId, u32)> = scope.funcs.iter().copied().zip(0..).collect();
    numbers.sort_unstable();
    let number = |func: FuncId| {
        let at = numbers.binary_search_by_key(&func, |it| it.0).ok()?;
        Some(numbers[at].1)
    };
    let start = scope.start(*id);
    out.bytes.extend(writes.0.to_le_bytes());
    out.bytes.extend(changed.0.to_le_bytes());
    out.flag(*throws);
    out.flag(*collects);
    out.number(body.as_ref().map_or(0, |body| body.size() as u64 + 1));
    out.list(inlined, |out, place| {
        out.number(number(place.func)?.into());
        out.place(Origin(place.offset), scope.start(place.func))?;
        out.place(place.caller, start)
    })?;
    out.number(bytes.len() as u64);
    out.bytes.extend_from_slice(bytes);
    out.number((*insts_len).into());
    out.number((*align).into());
    let mut last = 0;
    out.list(relocs, |out, reloc| {
        out.offset(&mut last, reloc.offset)?;
        let kind = arch.code.iter().position(|kind| *kind == reloc.kind)?;
        out.number(kind as u64);
        match reloc.symbol {
            Symbol::Func(func) => out.pair(0, number(func)?),
            Symbol::Instance(module) => out.pair(1, module.as_u32()),
            Symbol::FuncRefs => out.pair(2, 0),
            Symbol::Sig(sig) => out.pair(3, sig.as_u32()),
            Symbol::Runtime(function) => out.pair(4, function as u32),
            Symbol::Heap => out.pair(5, 0),
            Symbol::Descriptor => out.pair(6, 0),
            // Which counters they are depends on all functions of the program.
            Symbol::Counters => return None,
        }
        out.signed(reloc.addend);
        Some(())
    })?;
    let mut last = 0;
    out.list(sites, |out, site| {
        out.offset(&mut last, site.offset)?;
        out.number(site.code.map_or(0, |code| code as u64));
        out.place(site.loc, start)
    })?;
    let mut last = 0;
    out.list(lines, |out, line| {
        out.offset(&mut last, line.offset)?;
        out.place(line.loc, start)
    })?;
    let mut last = 0;
    out.list(landings, |out, landing| {
        out.offset(&mut last, landing.offset)?;
        out.list(&landing.handlers, |out, &(tag, place)| {
            out.number(tag.map_or(0, |tag| u64::from(tag.as_u32()) + 1));
            out.number(place.into());
            Some(())
        })
    })?;
    let mut last = 0;
    out.list(safepoints, |out, safepoint| {
        out.offset(&mut last, safepoint.offset)?;
        out.list(&safepoint.slots, |out, &slot| {
            out.signed(slot.into());
            Some(())
        })
    })?;
    out.number(frame.size.into());
    out.number(frame.saved.into());
    let mut last = 0;
    out.list(&frame.cfi, |out, &(offset, cfi)| {
        out.offset(&mut last, offset)?;
        match cfi {
            Cfi::CfaOffset(bytes) => out.pair(0, bytes),
            Cfi::Saved { dwarf_reg, at } => {
                out.pair(1, dwarf_reg.into());
                out.number(at.into());
            }
            Cfi::Restored { dwarf_reg } => out.pair(2, dwarf_reg.into()),
            Cfi::Remember => out.number(3),
            Cfi::Restore => out.number(4),
        }
        Some(())
    })?;
    out.flag(memory_frame.is_some());
    if let Some(MemoryFrame { at, from }) = *memory_frame {
        out.signed(at.into());
        out.number(from.into());
    }
    out.flag(watched.is_some());
    if let Some(watched) = watched {
        out.list(&watched.watches, |out, watch| {
            let code = code_of(watch.call, *id, inlined)?;
            out.place(watch.call, start)?;
            out.number(watch.local.into());
            out.place(Origin(watch.from), scope.start(code))?;
            match watch.value {
                None => out.number(0),
                Some(Watched::VReg(number)) => out.pair(1, number),
                Some(Watched::Constant(bits)) => {
                    out.number(2);
                    out.number(bits);
                }
            }
            Some(())
        })?;
        out.list(&watched.stretches, |out, stretch| {
            out.pair(stretch.value.into(), stretch.start);
            out.number(stretch.end.into());
            let (kind, at) = match stretch.place {
                WatchedPlace::Register(number) => (0, number.into()),
                WatchedPlace::Float(number) => (1, number.into()),
                WatchedPlace::Frame(at) => (2, at.into()),
            };
            out.number(kind);
            out.signed(at);
            Some(())
        })?;
    }
    Some(out.bytes)
}

/// The function whose code a call was inlined in the place of; without one it is the function's own.
fn code_of(call: Origin, own: FuncId, inlined: &[Inlined]) -> Option<FuncId> {
    match call.entry() {
        Some(entry) => Some(inlined.get(entry)?.func),
        None => Some(own),
    }
}

/// The function of the bytes; nothing if they are none.
pub fn read(bytes: &[u8], scope: &Scope, arch: &Arch) -> Option<(CompiledFunc, FuncFacts)> {
    let mut from = Reader { bytes };
    let id = *scope.funcs.first()?;
    let start = scope.start(id);
    let writes = Regions(u128::from_le_bytes(from.take(16)?.try_into().ok()?));
    let changed = PRegSet(u64::from_le_bytes(from.take(8)?.try_into().ok()?));
    let (throws, collects) = (from.flag()?, from.flag()?);
    let size = from.number()?.checked_sub(1);
    let facts = FuncFacts {
        writes,
        throws,
        collects,
        body: size.map(|size| Arc::new(Body::later(size as usize))),
    };
    let func = |number: u32| scope.funcs.get(number as usize).copied();
    let inlined = from.list(|from| {
        let func = func(from.small()?)?;
        Some(Inlined {
            func,
            offset: from.place(scope.start(func))?.0,
            caller: from.place(start)?,
        })
    })?;
    let len = from.number()? as usize;
    let code = from.take(len)?.to_vec();
    let (insts_len, align) = (from.small()?, from.small()?);
    let mut last = 0;
    let relocs = from.list(|from| {
        Some(Reloc {
            offset: from.offset(&mut last)?,
            kind: *arch.code.get(from.number()? as usize)?,
            symbol: match (from.number()?, from.small()?) {
                (0, number) => Symbol::Func(func(number)?),
                (1, number) => Symbol::Instance(ModuleId::from_u32(number)),
                (2, _) => Symbol::FuncRefs,
                (3, number) => Symbol::Sig(SigId::from_u32(number)),
                (4, number) => Symbol::Runtime(*RtFn::ALL.get(number as usize)?),
                (5, _) => Symbol::Heap,
                (6, _) => Symbol::Descriptor,
                _ => return None,
            },
            addend: from.signed()?,
        })
    })?;
    let mut last = 0;
    let sites = from.list(|from| {
        Some(Site {
            offset: from.offset(&mut last)?,
            code: match from.number()? {
                0 => None,
                number => Some(*TrapCode::ALL.get(number as usize - 1)?),
            },
            loc: from.place(start)?,
        })
    })?;
    let mut last = 0;
    let lines = from.list(|from| {
        Some(Line {
            offset: from.offset(&mut last)?,
            loc: from.place(start)?,
        })
    })?;
    let mut last = 0;
    let landings = from.list(|from| {
        Some(Landing {
            offset: from.offset(&mut last)?,
            handlers: from.list(|from| {
                let tag = from.small()?.checked_sub(1).map(TagId::from_u32);
                Some((tag, from.small()?))
            })?,
        })
    })?;
    let mut last = 0;
    let safepoints = from.list(|from| {
        Some(Safepoint {
            offset: from.offset(&mut last)?,
            slots: from.list(|from| from.signed()?.try_into().ok())?,
        })
    })?;
    let (size, saved) = (from.small()?, from.small()?);
    let mut last = 0;
    let cfi = from.list(|from| {
        let offset = from.offset(&mut last)?;
        let cfi = match from.number()? {
            0 => Cfi::CfaOffset(from.small()?),
            1 => Cfi::Saved {
                dwarf_reg: from.small()?.try_into().ok()?,
                at: from.small()?,
            },
            2 => Cfi::Restored {
                dwarf_reg: from.small()?.try_into().ok()?,
            },
            3 => Cfi::Remember,
            4 => Cfi::Restore,
            _ => return None,
        };
        Some((offset, cfi))
    })?;
    let memory_frame = match from.flag()? {
        true => Some(MemoryFrame {
            at: from.signed()?.try_into().ok()?,
            from: from.small()?,
        }),
        false => None,
    };
    let watched = match from.flag()? {
        true => Some(Box::new(WatchedLocals {
            watches: from.list(|from| {
                let call = from.place(start)?;
                let code = code_of(call, id, &inlined)?;
                Some(Watch {
                    call,
                    local: from.small()?,
                    from: from.place(scope.start(code))?.0,
                    value: match from.number()? {
                        0 => None,
                        1 => Some(Watched::VReg(from.small()?)),
                        2 => Some(Watched::Constant(from.number()?)),
                        _ => return None,
                    },
                })
            })?,
            stretches: from.list(|from| {
                Some(Stretch {
                    value: from.small()?,
                    start: from.small()?,
                    end: from.small()?,
                    place: match (from.number()?, from.signed()?) {
                        (0, number) => WatchedPlace::Register(number.try_into().ok()?),
                        (1, number) => WatchedPlace::Float(number.try_into().ok()?),
                        (2, at) => WatchedPlace::Frame(at.try_into().ok()?),
                        _ => return None,
                    },
                })
            })?,
        })),
        false => None,
    };
    let code = CompiledFunc {
        id,
        code,
        insts_len,
        align,
        relocs,
        sites,
        lines,
        inlined,
        landings,
        safepoints,
        frame: Frame { size, saved, cfi },
        memory_frame,
        watched,
        changed,
    };
    (from.bytes.is_empty() && is_placeable(&code, scope.program, arch)).then_some((code, facts))
}

/// Whether an object can be made with this code: places lie in it, and what it names exists.
fn is_placeable(code: &CompiledFunc, program: &Program, arch: &Arch) -> bool {
    let len = code.code.len();
    let is_inside = |offset: u32| offset as usize <= len;
    let is_place = |place: Origin| place.entry().is_none_or(|at| at < code.inlined.len());
    let is_known = |symbol: Symbol| match symbol {
        Symbol::Instance(module) => program.modules.get(module).is_some(),
        Symbol::Sig(sig) => sig.index() < program.types.len(),
        _ => true,
    };
    let relocs = &code.relocs;
    let handlers = || code.landings.iter().flat_map(|it| &it.handlers);
    let mut inlined = code.inlined.iter().enumerate();
    code.align.is_power_of_two()
        && (16..=MOST_ALIGN).contains(&code.align)
        && is_inside(code.insts_len)
        && relocs.iter().all(|it| it.offset as usize + 4 <= len)
        && relocs.iter().all(|it| is_known(it.symbol))
        && code.sites.iter().all(|it| is_inside(it.offset))
        && code
            .sites
            .iter()
            .all(|it| it.offset.is_multiple_of(1 << arch.code_shift))
        && code.sites.iter().all(|it| is_place(it.loc))
        && code.lines.iter().all(|it| is_inside(it.offset))
        && code.lines.iter().all(|it| is_place(it.loc))
        && inlined.all(|(at, it)| it.caller.entry().is_none_or(|caller| caller < at))
        && code.landings.iter().all(|it| is_inside(it.offset))
        && handlers().all(|&(tag, place)| {
            is_inside(place) && tag.is_none_or(|tag| program.tags.get(tag).is_some())
        })
        && code.safepoints.iter().all(|it| is_inside(it.offset))
        && code.frame.cfi.iter().all(|it| is_inside(it.0))
}

struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
    fn signed(&mut self, value: i64) {
        self.number((value << 1 ^ value >> 63) as u64);
    }
    fn flag(&mut self, value: bool) {
        self.bytes.push(value.into());
    }
    fn pair(&mut self, first: u64, second: u32) {
        self.number(first);
        self.number(second.into());
    }
    /// The number of items, then each.
    fn list<T>(
        &mut self,
        items: &[T],
        mut write: impl FnMut(&mut Writer, &T) -> Option<()>,
    ) -> Option<()> {
        self.number(items.len() as u64);
        items.iter().try_for_each(|item| write(self, item))
    }
    /// An offset that is not below the last one.
    fn offset(&mut self, last: &mut u32, offset: u32) -> Option<()> {
        self.number(offset.checked_sub(*last)?.into());
        *last = offset;
        Some(())
    }
    /// A place in a body that starts there, none, or an entry of the inlined places.
    fn place(&mut self, place: Origin, start: u32) -> Option<()> {
        match (place, place.entry()) {
            (Origin::NONE, _) => self.number(0),
            (_, Some(entry)) => self.number((entry as u64) << 1 | 1),
            (_, None) => self.number((u64::from(place.0.checked_sub(start)?) + 1) << 1),
        }
        Some(())
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }
    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
    /// A number of 32 bits.
    fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }
    fn signed(&mut self) -> Option<i64> {
        let value = self.number()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
    fn flag(&mut self) -> Option<bool> {
        match self.take(1)? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }
    fn list<T>(&mut self, mut read: impl FnMut(&mut Reader<'a>) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        // Each item takes a byte at least.
        if count > self.bytes.len() as u64 {
            return None;
        }
        (0..count).map(|_| read(self)).collect()
    }
    fn offset(&mut self, last: &mut u32) -> Option<u32> {
        *last = last.checked_add(self.small()?)?;
        Some(*last)
    }
    fn place(&mut self, start: u32) -> Option<Origin> {
        let value = self.number()?;
        let half = u32::try_from(value >> 1).ok()?;
        match (value, value & 1) {
            (0, _) => Some(Origin::NONE),
            (_, 1) if half < Origin::INLINED => Some(Origin::inlined(half as usize)),
            (_, 1) => None,
            _ => {
                let place = start.checked_add(half - 1)?;
                (place < Origin::INLINED).then_some(Origin(place))
            }
        }
    }
}
