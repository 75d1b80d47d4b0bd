//! Accesses to memories with 64-bit addresses.
//!
//! This is the sandbox, as `isa/*/lower/addr.rs` is for 32-bit addresses. No address of 64 bits can be left to guards alone: so each is compared with
//! something before it is used, and what makes the comparison unnecessary is listed here.
//!
//! *Reserved memories* (every mode but checked). Let `len` be the memory's current length and `offset` the static offset of the access.
//! - `offset` is below 2^31: the access goes to `base + addr + offset` behind `addr < len`. So its first byte lies below `base + len + 2^31`, and
//!   all that lies there and not in the memory is inaccessible: the memory's room to grow, then [`crate::abi::WIDE_GUARD`]. The comparison says
//!   nothing of offset and size, so accesses at one address share it, and the guard finds what is behind the end.
//! - Else `sum = addr + offset` is checked not to have wrapped, and takes the place of `addr`.
//!
//! A comparison is left out where
//! - `addr` is a constant below the length that the memory has from the start: it never shrinks;
//! - a comparison of the same value with the same memory's length dominates the access: the length was not larger then.
//!
//! *Checked memories*: `offset + size <= len`, then `addr <= len - (offset + size)`; neither can wrap. The first is left out where the memory's first length
//! says it, and both where that says it of `addr + offset + size` with a constant `addr`.
//!
//! The access relies on what stands before it, as those to tables do: it is an op that no pass moves to an earlier place (`Row::guarded`).

use super::{
    Block, Expand, Imm, Inst, IntCc, MEM_BASE, MEM_LEN, MemBase, MemId, Op, RawRegion, TrapCode,
    Type, Value,
};
use crate::ir::dom::DomTree;
use std::collections::HashMap;

/// Which addresses were compared with the length of which memory, and where.
pub struct Checked {
    /// Of the function as it was before expansion; none where no memory is wide.
    dom: Option<DomTree>,
    blocks: HashMap<(MemId, Value), Vec<Block>>,
}

impl Checked {
    pub fn new(dom: Option<DomTree>) -> Checked {
        Checked {
            dom,
            blocks: HashMap::new(),
        }
    }

    /// Whether the comparison has been made wherever `block` is reached; notes that it is made there now.
    fn note(&mut self, mem: MemId, addr: Value, block: Block) -> bool {
        let blocks = self.blocks.entry((mem, addr)).or_default();
        let dominates = |&other: &Block| {
            let dom = self.dom.as_ref();
            other == block || dom.is_some_and(|dom| dom.dominates(other, block))
        };
        let made = blocks.iter().any(dominates);
        if !made {
            blocks.push(block);
        }
        made
    }
}

impl Expand<'_, '_> {
    /// An access with a 64-bit address.
    pub(super) fn wide_access(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let (mem, access, offset) = data.mem();
        let (addr, bytes) = (data.args[0], u64::from(access.bytes(data.ty)));
        let decl = &self.program.memories[mem];
        let (min, base) = (decl.min_bytes(), decl.base);
        if base == MemBase::Checked {
            let extent = offset.checked_add(bytes);
            let constant = self.b.as_const(addr);
            let end = extent.zip(constant).and_then(|(a, b)| a.checked_add(b));
            if end.is_none_or(|end| end > min) {
                self.check_end(mem, addr, extent, min);
            }
            let place = self.memory_place(mem);
            let region = RawRegion::MemoryDesc(self.known_as(mem));
            let base = self.load(Type::Ptr, (place.0, place.1 + MEM_BASE), region);
            return self.access_from(block, inst, base, addr, None);
        }
        let mut addr = addr;
        if i32::try_from(offset).is_err() {
            let distance = self.b.constant(Type::I64, offset);
            let sum = self.b.binary(Op::Add, Type::I64, addr, distance);
            let wrapped = self.b.icmp(IntCc::LtU, Type::I64, sum, distance);
            self.b.trap_if(wrapped, TrapCode::MemoryOutOfBounds);
            addr = sum;
            self.b.func.insts[inst].imm = Imm::Mem {
                mem,
                access,
                offset: 0,
            };
        }
        let surely = self.b.as_const(addr).is_some_and(|addr| addr < min);
        if !surely && !self.checked.note(mem, addr, self.home) {
            let len = self.memory_field(mem, Type::I64, MEM_LEN);
            let outside = self.b.icmp(IntCc::GeU, Type::I64, addr, len);
            self.b.trap_if(outside, TrapCode::MemoryOutOfBounds);
        }
        let trap = Some(TrapCode::MemoryOutOfBounds);
        match base {
            MemBase::Fixed | MemBase::Pinned => {
                let pointer = self.b.memory_addr(mem, addr);
                let zero = self.b.constant(Type::I64, 0);
                self.access_from(block, inst, pointer, zero, trap);
            }
            MemBase::Value | MemBase::Checked => {
                let place = self.memory_place(mem);
                let at = (place.0, place.1 + MEM_BASE);
                let base = self.load(Type::Ptr, at, RawRegion::Constant);
                self.access_from(block, inst, base, addr, trap);
            }
        }
    }

    /// Traps unless `addr + extent` is at most the length; an extent that is none is larger than every memory.
    fn check_end(&mut self, mem: MemId, addr: Value, extent: Option<u64>, min: u64) {
        let code = TrapCode::MemoryOutOfBounds;
        let extent = extent.unwrap_or(u64::MAX);
        let len = self.memory_field(mem, Type::I64, MEM_LEN);
        let extent_value = self.b.constant(Type::I64, extent);
        if extent > min {
            let larger = self.b.icmp(IntCc::GtU, Type::I64, extent_value, len);
            self.b.trap_if(larger, code);
        }
        let last = self.b.binary(Op::Sub, Type::I64, len, extent_value);
        let outside = self.b.icmp(IntCc::GtU, Type::I64, addr, last);
        self.b.trap_if(outside, code);
    }
}
