//! Operands of rows with registers and places in the frame.

use crate::entity::EntityId;
use crate::isa::x64::mir::MReg;
use crate::isa::x64::operand::{Amode, Arg, Base, PArg};
use crate::isa::x64::regs::{RSP, Reg};
use crate::mach::frame::FrameLayout;
use crate::mach::mir::Loc;
use crate::mach::sink::Places;

fn mreg(places: &mut Places, reg: MReg) -> Reg {
    match reg {
        MReg::V(_) => places.reg(),
        MReg::P(reg) => reg,
    }
}

/// The memory operand of a spill slot.
pub fn spill(frame: &FrameLayout, slot: u32) -> PArg {
    Arg::Mem(Amode::reg(RSP, frame.spill(slot)))
}

/// A register or spill slot as an operand.
pub fn loc_arg(loc: Loc, frame: &FrameLayout) -> PArg {
    match loc {
        Loc::Reg(reg) => Arg::Reg(reg.into()),
        Loc::Spill(slot) => spill(frame, slot),
    }
}

/// A memory operand.
pub fn amode(amode: &Amode<MReg>, places: &mut Places, frame: &FrameLayout) -> Amode<Reg> {
    let mut disp = amode.disp;
    let base = match amode.base {
        Base::None => Base::None,
        Base::Reg(reg) => Base::Reg(mreg(places, reg)),
        Base::Rip(target) => Base::Rip(target),
        Base::Slot(slot) => {
            disp += frame.slot(slot.as_u32());
            Base::Reg(RSP)
        }
        Base::Incoming => {
            disp += frame.incoming(0);
            Base::Reg(RSP)
        }
        Base::Outgoing => {
            disp += frame.outgoing(0);
            Base::Reg(RSP)
        }
    };
    Amode {
        base,
        index: amode.index.map(|(reg, shift)| (mreg(places, reg), shift)),
        disp,
        guest: amode.guest,
    }
}

/// The operands of a row.
pub fn row_args(args: &[Arg<MReg>], places: &mut Places, frame: &FrameLayout) -> Vec<PArg> {
    args.iter()
        .map(|arg| match arg {
            Arg::Reg(MReg::P(reg)) => Arg::Reg(*reg),
            Arg::Reg(MReg::V(_)) => loc_arg(places.take(), frame),
            Arg::Tied { .. } => {
                let src = places.reg::<Reg>();
                let def = places.reg::<Reg>();
                debug_assert_eq!(src, def, "tied operands");
                Arg::Reg(def)
            }
            Arg::Mem(mem) => Arg::Mem(amode(mem, places, frame)),
            Arg::Imm(value) => Arg::Imm(*value),
            Arg::Cc(cc) => Arg::Cc(*cc),
            Arg::Rel(target) => Arg::Rel(*target),
        })
        .collect()
}
