//! Of which later proposals instructions are, so that tests can say how much of each they have executed.

use super::op::EffectClass;
use super::{Callee, Imm, InstData, MemId, Op, Program, RtFn};
use crate::entity::EntityId;

/// A set of proposals.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Uses(u8);

impl Uses {
    /// Garbage collection: structures, arrays, tests of types.
    pub const OBJECTS: Uses = Uses(1);
    /// memory64: a memory whose addresses have 64 bits.
    pub const WIDE: Uses = Uses(2);
    /// multi-memory: another one than the first.
    pub const SECOND: Uses = Uses(4);
    /// Stack switching: what is done with continuations once they are made.
    pub const CONTINUATIONS: Uses = Uses(8);

    /// What an instruction is of.
    pub fn of(data: &InstData, program: &Program) -> Uses {
        let is_second = |mem: MemId| mem.as_u32() != 0;
        let of = |mem: MemId| {
            let wide = program.memories[mem].is_wide();
            Uses(u8::from(wide) * Uses::WIDE.0)
                .with(Uses(u8::from(is_second(mem)) * Uses::SECOND.0))
        };
        match data.imm {
            Imm::Mem { mem, .. } | Imm::Memory(mem) | Imm::MemoryInit { mem, .. } => of(mem),
            Imm::MemoryPair { dst, src } => of(dst).with(of(src)),
            Imm::CallSymbol {
                callee:
                    Callee::Runtime(
                        RtFn::ContResume
                        | RtFn::ContThrow
                        | RtFn::ContSuspend
                        | RtFn::ContSwitch
                        | RtFn::ContBind,
                    ),
                ..
            } => Uses::CONTINUATIONS,
            _ => {
                let is_object = matches!(
                    data.op.row().effect,
                    EffectClass::ObjectRead
                        | EffectClass::ObjectWrite
                        | EffectClass::Allocate
                        | EffectClass::ArrayBulk
                ) || matches!(data.op, Op::GcTest | Op::FuncTest);
                Uses(u8::from(is_object) * Uses::OBJECTS.0)
            }
        }
    }

    /// Both.
    pub fn with(self, other: Uses) -> Uses {
        Uses(self.0 | other.0)
    }

    /// Whether all of another set are in it.
    pub fn has(self, other: Uses) -> bool {
        self.0 & other.0 == other.0
    }
}
