//! Code buffer: bytes with labels, branches of two lengths, out-of-line trap pads, constants, jump tables, relocations and sites.
//!
//! Problem: a branch's length depends on its distance, which depends on the lengths of the branches between; and everything that
//! is recorded by position must follow.
//!
//! A branch takes no room in `bytes` while code is emitted, and neither does padding. A position is a pair [`Pos`]: bytes before it and such gaps
//! before it, so its final address is `bytes + Σ length(gap)` over the latter. [`CodeBuffer::finish`] starts with every branch short, makes those
//! long that do not reach, and repeats until nothing changes: branches only grow, so it ends with every short branch in reach.
//! After [`RELAX_ROUNDS`] rounds all branches become long, which keeps the time linear. Then bytes, branches and tables are copied
//! once to their final places.
//!
//! Layout of the result: instructions, trap pads (they count as instructions), then constants by falling alignment, jump tables.
//! Data starts at a multiple of 16, and so must the function.
//!
//! Invariant for ISAs whose long forms have a limit too (AArch64: 128 MiB for `b`, and 1 MiB for references to constants and jump
//! tables): `finish` panics if a displacement does not fit its field; the ISA picks forms that fit below `Isa::MAX_BYTES`, and
//! functions that may become larger ([`CodeBuffer::max_len`]) are refused.

use super::arch::RelocKind;
use super::compiled::{Cfi, Landing, Line, Reloc, Safepoint, Site};
use super::field::Field;
use crate::abi::TrapCode;
use crate::ir::{Origin, Symbol, TagId};
use std::collections::HashMap;

/// Largest function in bytes, whatever the ISA.
pub const MAX_CODE: usize = 1 << 29;

/// Rounds of growing single branches before all become long.
const RELAX_ROUNDS: usize = 8;

/// A place in the code, or of a constant or table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Label(u32);

/// A position while lengths of gaps are open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Pos {
    bytes: u32,
    gaps: u32,
}

/// One encoding of a branch: bytes with a zero displacement field at their end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BranchEnc {
    bytes: [u8; 8],
    len: u8,
    field: Field,
}

impl BranchEnc {
    /// `opcode` (at most 4 bytes), then the field; or whole instructions, with the field in the last.
    pub fn new(opcode: &[u8], field: Field) -> BranchEnc {
        let mut bytes = [0; 8];
        bytes[..opcode.len()].copy_from_slice(opcode);
        BranchEnc {
            bytes,
            len: (opcode.len() + field.room()) as u8,
            field,
        }
    }
}

/// The two encodings of a branch. `long` reaches every label of a function below `Isa::MAX_BYTES`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BranchForm {
    pub short: BranchEnc,
    pub long: BranchEnc,
}

/// What takes room that is only known at the end.
#[derive(Clone, Debug)]
struct Gap {
    at: u32,
    kind: GapKind,
}

#[derive(Clone, Debug)]
enum GapKind {
    Branch {
        label: Label,
        form: BranchForm,
        long: bool,
    },
    /// Instructions that do nothing, up to a multiple of so many bytes.
    Padding { to: u32, fill: Fill },
}

/// Appends so many bytes of instructions that do nothing.
pub type Fill = fn(u32, &mut Vec<u8>);

#[derive(Clone, Copy, Debug)]
enum Target {
    Unbound,
    Code(Pos),
    /// Byte offset in the constant pool.
    Constant(u32),
    /// Index of the first entry in the jump tables.
    Table(u32),
}

/// Tags (`None`: all) and where exceptions with them continue, in order of search.
pub type Handlers = Vec<(Option<TagId>, Label)>;

/// Code under construction.
#[derive(Debug, Default)]
pub struct CodeBuffer {
    bytes: Vec<u8>,
    labels: Vec<Target>,
    gaps: Vec<Gap>,
    /// Largest multiple that something in the code is to lie at.
    align: u32,
    /// Label references other than branches: the field is in `bytes` at the position.
    fixups: Vec<(Pos, Field, Label)>,
    relocs: Vec<(Pos, RelocKind, Symbol, i64)>,
    sites: Vec<(Pos, Option<TrapCode>, Origin)>,
    /// Where instructions come from, for debuggers: each place holds from its position on.
    lines: Vec<(Pos, Origin)>,
    /// Positions that others want to know the offsets of.
    marks: Vec<Pos>,
    cfi: Vec<(Pos, Cfi)>,
    landings: Vec<(Pos, Handlers)>,
    safepoints: Vec<(Pos, Vec<i32>)>,
    pads: Vec<(Label, TrapCode, Origin)>,
    pad_index: HashMap<(TrapCode, Origin), Label>,
    constants: [Vec<(Label, [u8; 16])>; 3],
    constant_index: HashMap<(u8, [u8; 16]), Label>,
    /// Entries of all jump tables: the label, and the index of the table's first entry.
    tables: Vec<(Label, u32)>,
}

/// Result of [`CodeBuffer::finish`].
#[derive(Debug)]
pub struct Code {
    pub bytes: Vec<u8>,
    /// What the start is to be a multiple of, in bytes: a power of two.
    pub align: u32,
    /// Bytes that are instructions.
    pub insts_len: u32,
    pub relocs: Vec<Reloc>,
    pub sites: Vec<Site>,
    pub lines: Vec<Line>,
    /// By number of [`CodeBuffer::mark`].
    pub marks: Vec<u32>,
    pub cfi: Vec<(u32, Cfi)>,
    pub landings: Vec<Landing>,
    pub safepoints: Vec<Safepoint>,
}

impl CodeBuffer {
    pub fn new() -> CodeBuffer {
        CodeBuffer::default()
    }

    fn pos(&self) -> Pos {
        Pos {
            bytes: self.bytes.len() as u32,
            gaps: self.gaps.len() as u32,
        }
    }

    /// Appends instruction bytes.
    pub fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    pub fn put4(&mut self, word: u32) {
        self.put(&word.to_le_bytes());
    }

    /// Bytes of the result at most, if nothing but constants and tables already asked for is added to it.
    pub fn max_len(&self) -> usize {
        let gaps = self.gaps.iter().map(|gap| match gap.kind {
            GapKind::Branch { form, .. } => usize::from(form.long.len),
            GapKind::Padding { to, .. } => to as usize - 1,
        });
        let constants = self.constants.iter().zip([16, 8, 4]);
        let constants: usize = constants.map(|(list, size)| list.len() * size).sum();
        let alignment = 16;
        self.bytes.len() + gaps.sum::<usize>() + alignment + constants + 4 * self.tables.len()
    }

    /// A label to be bound later.
    pub fn new_label(&mut self) -> Label {
        self.labels.push(Target::Unbound);
        Label(self.labels.len() as u32 - 1)
    }
    /// Makes the label stand for the current position. Once per label.
    pub fn bind(&mut self, label: Label) {
        let slot = &mut self.labels[label.0 as usize];
        assert!(matches!(slot, Target::Unbound), "label bound twice");
        *slot = Target::Code(Pos {
            bytes: self.bytes.len() as u32,
            gaps: self.gaps.len() as u32,
        });
    }

    /// Emits a branch to a label, short or long as needed.
    pub fn branch(&mut self, form: BranchForm, label: Label) {
        let kind = GapKind::Branch {
            label,
            form,
            long: false,
        };
        self.gap(kind);
    }
    /// What follows lies at a multiple of `to` bytes, a power of two.
    pub fn align(&mut self, to: u32, fill: Fill) {
        self.align = self.align.max(to);
        self.gap(GapKind::Padding { to, fill });
    }
    fn gap(&mut self, kind: GapKind) {
        let at = self.bytes.len() as u32;
        self.gaps.push(Gap { at, kind });
    }
    /// Emits a zero field that becomes the displacement to the label. A field in an instruction begins with it: the caller puts the instruction
    /// afterwards.
    pub fn label_field(&mut self, field: Field, label: Label) {
        self.fixups.push((self.pos(), field, label));
        self.put(&[0; 4][..field.room()]);
    }

    /// Records a relocation of the field or instruction that starts here; the caller then emits its bytes.
    pub fn reloc(&mut self, kind: RelocKind, symbol: Symbol, addend: i64) {
        self.relocs.push((self.pos(), kind, symbol, addend));
    }

    /// The instruction that starts here may trap.
    pub fn trap_site(&mut self, code: TrapCode, loc: Origin) {
        self.sites.push((self.pos(), Some(code), loc));
    }
    /// What follows comes from this place.
    pub fn line(&mut self, loc: Origin) {
        if self.lines.last().is_none_or(|&(_, last)| last != loc) {
            self.lines.push((self.pos(), loc));
        }
    }
    /// A number for the current position.
    pub fn mark(&mut self) -> u32 {
        let pos = self.pos();
        if self.marks.last() != Some(&pos) {
            self.marks.push(pos);
        }
        self.marks.len() as u32 - 1
    }
    /// A call returns to here. Must directly follow the call.
    pub fn call_site(&mut self, loc: Origin) {
        self.sites.push((self.pos(), None, loc));
    }
    /// Where references are that live over a call: offsets from the stack pointer. Must directly follow the call.
    pub fn roots(&mut self, slots: Vec<i32>) {
        self.safepoints.push((self.pos(), slots));
    }
    /// Handlers of the exceptions that come out of a call, in order of search. Must directly follow the call.
    pub fn landings(&mut self, handlers: Handlers) {
        self.landings.push((self.pos(), handlers));
    }
    /// An unwinding state that holds from here on. Must directly follow the instruction that makes it true.
    pub fn cfi(&mut self, event: Cfi) {
        self.cfi.push((self.pos(), event));
    }

    /// A place out of line that traps with `code`, for conditional branches. Shared only with checks of the same Wasm instruction.
    pub fn trap_pad(&mut self, code: TrapCode, loc: Origin) -> Label {
        if let Some(&label) = self.pad_index.get(&(code, loc)) {
            return label;
        }
        let label = self.new_label();
        self.pads.push((label, code, loc));
        self.pad_index.insert((code, loc), label);
        label
    }
    /// Emits the trap pads; `trap` is the ISA's trapping instruction. `lines`: whether places are recorded for debuggers.
    pub fn emit_pads(&mut self, trap: &[u8], lines: bool) {
        for (label, code, loc) in std::mem::take(&mut self.pads) {
            self.bind(label);
            if lines {
                self.line(loc);
            }
            self.trap_site(code, loc);
            self.put(trap);
        }
        self.pad_index.clear();
    }

    /// A constant of 4, 8 or 16 bytes, aligned to its size.
    pub fn constant(&mut self, bytes: &[u8]) -> Label {
        let class = match bytes.len() {
            16 => 0,
            8 => 1,
            4 => 2,
            other => panic!("constant of {other} bytes"),
        };
        let mut padded = [0; 16];
        padded[..bytes.len()].copy_from_slice(bytes);
        if let Some(&label) = self.constant_index.get(&(class as u8, padded)) {
            return label;
        }
        let label = self.new_label();
        self.constants[class].push((label, padded));
        self.constant_index.insert((class as u8, padded), label);
        label
    }
    /// A table of 32-bit displacements of the labels from the table's start.
    pub fn jump_table(&mut self, labels: impl Iterator<Item = Label>) -> Label {
        let start = self.tables.len() as u32;
        let label = self.new_label();
        self.labels[label.0 as usize] = Target::Table(start);
        self.tables.extend(labels.map(|l| (l, start)));
        label
    }

    /// Resolves everything. All labels that are used must be bound and the pads emitted.
    pub fn finish(mut self) -> Code {
        assert!(self.pads.is_empty(), "trap pads not emitted");
        let prefix = self.relax();
        let address = |p: Pos| p.bytes + prefix[p.gaps as usize];
        let insts_len = address(self.pos());

        // Where the tables go.
        let mut constant_bytes = 0u32;
        for (class, list) in self.constants.iter().enumerate() {
            for (label, _) in list {
                self.labels[label.0 as usize] = Target::Constant(constant_bytes);
                constant_bytes += 16 >> class;
            }
        }
        let has_data = constant_bytes != 0 || !self.tables.is_empty();
        let constants_at = if has_data {
            insts_len.next_multiple_of(16)
        } else {
            insts_len
        };
        let tables_at = constants_at + constant_bytes;
        let resolve = |label: Label| -> u32 {
            match self.labels[label.0 as usize] {
                Target::Unbound => panic!("label {} is used but not bound", label.0),
                Target::Code(pos) => address(pos),
                Target::Constant(offset) => constants_at + offset,
                Target::Table(first) => tables_at + 4 * first,
            }
        };

        // Instructions with their branches.
        let mut bytes = Vec::with_capacity(tables_at as usize + 4 * self.tables.len());
        let mut from = 0;
        for (i, gap) in self.gaps.iter().enumerate() {
            bytes.extend_from_slice(&self.bytes[from..gap.at as usize]);
            from = gap.at as usize;
            match gap.kind {
                GapKind::Branch { label, form, long } => {
                    let enc = form.encoding(long);
                    bytes.extend_from_slice(&enc.bytes[..enc.len as usize]);
                    patch_at_end(&mut bytes, enc.field, resolve(label));
                }
                GapKind::Padding { fill, .. } => fill(prefix[i + 1] - prefix[i], &mut bytes),
            }
        }
        bytes.extend_from_slice(&self.bytes[from..]);
        debug_assert_eq!(bytes.len(), insts_len as usize);
        for &(pos, field, label) in &self.fixups {
            let at = address(pos) as usize;
            let displacement = field.displacement(at as i64, i64::from(resolve(label)));
            field.patch(&mut bytes[at..at + field.size()], displacement);
        }

        // Data.
        bytes.resize(constants_at as usize, 0);
        for (class, list) in self.constants.iter().enumerate() {
            for (_, constant) in list {
                bytes.extend_from_slice(&constant[..16 >> class]);
            }
        }
        for &(label, first) in &self.tables {
            let offset = resolve(label) as i32 - (tables_at + 4 * first) as i32;
            bytes.extend_from_slice(&offset.to_le_bytes());
        }
        assert!(
            bytes.len() <= MAX_CODE,
            "function larger than {MAX_CODE} bytes"
        );
        let mut sites: Vec<Site> = self
            .sites
            .iter()
            .map(|&(pos, code, loc)| Site {
                offset: address(pos),
                code,
                loc,
            })
            .collect();
        // A trap directly after a call has the same pc as the call's return address. The trap's entry stays: the other's only use is a backtrace.
        sites.dedup_by(|next, kept| {
            let same = next.offset == kept.offset;
            if same && kept.code.is_none() {
                *kept = *next;
            }
            same
        });
        Code {
            insts_len,
            align: self.align.max(16),
            relocs: self
                .relocs
                .iter()
                .map(|&(pos, kind, symbol, addend)| Reloc {
                    offset: address(pos),
                    kind,
                    symbol,
                    addend,
                })
                .collect(),
            sites,
            lines: self
                .lines
                .iter()
                .map(|&(pos, loc)| Line {
                    offset: address(pos),
                    loc,
                })
                .collect(),
            marks: self.marks.iter().map(|&pos| address(pos)).collect(),
            cfi: self
                .cfi
                .iter()
                .map(|&(pos, event)| (address(pos), event))
                .collect(),
            safepoints: self
                .safepoints
                .iter()
                .map(|(pos, slots)| Safepoint {
                    offset: address(*pos),
                    slots: slots.clone(),
                })
                .collect(),
            landings: self
                .landings
                .iter()
                .map(|(pos, handlers)| Landing {
                    offset: address(*pos),
                    handlers: handlers
                        .iter()
                        .map(|&(tag, to)| (tag, resolve(to)))
                        .collect(),
                })
                .collect(),
            bytes,
        }
    }

    /// Decides which branches are long; returns bytes of gaps before the n-th.
    fn relax(&mut self) -> Vec<u32> {
        let mut prefix = vec![0; self.gaps.len() + 1];
        for round in 0.. {
            for (i, gap) in self.gaps.iter().enumerate() {
                let len = match gap.kind {
                    GapKind::Branch { form, long, .. } => u32::from(form.encoding(long).len),
                    GapKind::Padding { to, .. } => (gap.at + prefix[i]).wrapping_neg() % to,
                };
                prefix[i + 1] = prefix[i] + len;
            }
            let mut changed = false;
            for (i, gap) in self.gaps.iter_mut().enumerate() {
                let GapKind::Branch { label, form, long } = &mut gap.kind else {
                    continue;
                };
                if *long {
                    continue;
                }
                let Target::Code(target) = self.labels[label.0 as usize] else {
                    panic!("branch to label {} which is no bound code", label.0);
                };
                let enc = form.short;
                let at = gap.at + prefix[i + 1] - enc.field.size() as u32;
                let to = target.bytes + prefix[target.gaps as usize];
                let fits = enc
                    .field
                    .fits(enc.field.displacement(i64::from(at), i64::from(to)));
                if !fits || round >= RELAX_ROUNDS {
                    *long = true;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        prefix
    }
}

impl BranchForm {
    fn encoding(self, long: bool) -> BranchEnc {
        if long { self.long } else { self.short }
    }
}

/// Patches the field that ends the code so far.
fn patch_at_end(bytes: &mut [u8], field: Field, target: u32) {
    let at = bytes.len() - field.size();
    let displacement = field.displacement(at as i64, i64::from(target));
    field.patch(&mut bytes[at..], displacement);
}

#[cfg(test)]
#[path = "buffer_tests.rs"]
mod tests;
