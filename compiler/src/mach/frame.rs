//! Frame layout. From high to low addresses:
//!
//! ```text
//! stack arguments and results of this function     CFA points here
//! return address                                   (RegEnv::entry_bytes)
//! saved registers in canonical order               first at CFA - entry_bytes - 8
//! ---- FrameLayout::size bytes below
//! IR stack slots, 16-aligned
//! spill slots, 8 bytes each; vectors take two, 16-aligned
//! outgoing stack arguments and results             the stack pointer points here
//! ```
//!
//! Everything is addressed from the stack pointer, which is constant between prologue and epilogue. It is a multiple of 16 at calls
//! and where slots need it.

use super::isa::RegEnv;
use super::mir::{PReg, PRegSet};

/// Where everything is in a frame.
#[derive(Clone, Debug, Default)]
pub struct FrameLayout {
    /// Registers to save, in canonical order.
    pub saved: Vec<PReg>,
    /// The same as bits over the canonical order.
    pub saved_mask: u32,
    /// Bytes of the area of saved registers.
    pub save_bytes: u32,
    /// Bytes below the saved registers.
    pub size: u32,
    /// Bytes between CFA and saved registers.
    pub entry_bytes: u32,
    spills_at: u32,
    slots_at: Vec<u32>,
}

/// What a frame must hold.
#[derive(Clone, Copy, Debug)]
pub struct FrameNeeds<'a> {
    /// Registers that the function changes.
    pub changed: PRegSet,
    /// Spill slots of 8 bytes.
    pub spills: u32,
    /// Sizes of IR slots.
    pub slots: &'a [u32],
    /// Bytes of the outgoing area.
    pub outgoing: u32,
    pub has_calls: bool,
    /// Spill slots hold 128-bit values.
    pub wide: bool,
}

impl FrameLayout {
    /// Lays out a frame.
    pub fn new(env: &RegEnv, needs: FrameNeeds) -> FrameLayout {
        let mut frame = FrameLayout {
            entry_bytes: env.entry_bytes,
            ..FrameLayout::default()
        };
        for (i, &reg) in env.save_order.iter().enumerate() {
            if needs.changed.union(env.always_saved).contains(reg) {
                frame.saved.push(reg);
                frame.saved_mask |= 1 << i;
            }
        }
        frame.save_bytes = (8 * frame.saved.len() as u32).next_multiple_of(env.save_align);
        let wide_spills = needs.wide && needs.spills != 0;
        let align_slots = !needs.slots.is_empty() || wide_spills;
        let mut at = needs.outgoing;
        if wide_spills {
            at = at.next_multiple_of(16);
        }
        frame.spills_at = at;
        at += 8 * needs.spills;
        if !needs.slots.is_empty() {
            at = at.next_multiple_of(16);
        }
        for &size in needs.slots {
            frame.slots_at.push(at);
            at += size.next_multiple_of(16);
        }
        let above = frame.entry_bytes + frame.save_bytes;
        frame.size = if needs.has_calls || align_slots || env.save_align == 16 {
            (at + above).next_multiple_of(16) - above
        } else {
            at.next_multiple_of(8)
        };
        frame
    }
    /// Offset of a spill slot from the stack pointer.
    pub fn spill(&self, slot: u32) -> i32 {
        (self.spills_at + 8 * slot) as i32
    }
    /// Offset of an IR slot from the stack pointer.
    pub fn slot(&self, slot: u32) -> i32 {
        self.slots_at[slot as usize] as i32
    }
    /// Offset of a byte of the outgoing area from the stack pointer.
    pub fn outgoing(&self, offset: u32) -> i32 {
        offset as i32
    }
    /// Offset of a byte of the incoming area from the stack pointer.
    pub fn incoming(&self, offset: u32) -> i32 {
        (self.cfa() + offset) as i32
    }
    /// Offset of the canonical frame address from the stack pointer.
    pub fn cfa(&self) -> u32 {
        self.size + self.save_bytes + self.entry_bytes
    }
    /// Bytes below the CFA where the i-th of `saved` is stored.
    pub fn saved_at(&self, i: usize) -> u32 {
        self.entry_bytes + 8 * (i as u32 + 1)
    }
}
