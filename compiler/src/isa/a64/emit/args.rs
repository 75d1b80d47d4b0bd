//! Operands of rows with registers and places in the frame.

use super::constant;
use super::rows::{Out, row};
use crate::entity::EntityId;
use crate::ir::Symbol;
use crate::isa::a64::imm;
use crate::isa::a64::insts::{Form, Kind};
use crate::isa::a64::mir::MReg;
use crate::isa::a64::operand::{Amode, Arg, Base, Extend, PArg, Target};
use crate::isa::a64::regs::{Reg, SCRATCH, SP};
use crate::mach::frame::FrameLayout;
use crate::mach::sink::Places;

fn mreg(places: &mut Places, reg: MReg) -> Reg {
    match reg {
        MReg::V(_) => places.reg(),
        MReg::P(reg) => reg,
    }
}

/// The place `disp` bytes above the stack pointer as an operand of an access of 2^`log2` bytes.
pub fn stack_place(sink: &mut Out, disp: i32, log2: u8) -> PArg {
    if imm::offset_fits(i64::from(disp), log2) {
        return Arg::Mem(Amode::reg(SP, disp));
    }
    constant::int(sink, SCRATCH, disp as u64);
    Arg::Mem(Amode::Index {
        base: SP,
        index: SCRATCH,
        extend: Extend::Uxtx,
        shift: 0,
    })
}

/// Distance of a base in the frame from the stack pointer; `None` for a register.
pub fn frame_disp(base: Base<MReg>, frame: &FrameLayout) -> Option<i32> {
    match base {
        Base::Reg(_) => None,
        Base::Slot(slot) => Some(frame.slot(slot.as_u32())),
        Base::Incoming => Some(frame.incoming(0)),
        Base::Outgoing => Some(frame.outgoing(0)),
    }
}

/// A memory operand. A symbol's page is loaded into the scratch register that the operand names.
pub fn memory(
    sink: &mut Out,
    frame: &FrameLayout,
    places: &mut Places,
    amode: &Amode<MReg>,
    log2: u8,
) -> PArg {
    Arg::Mem(match *amode {
        Amode::Offset { base, disp } => match (base, frame_disp(base, frame)) {
            (_, Some(at)) => return stack_place(sink, at + disp, log2),
            (Base::Reg(reg), None) => Amode::reg(mreg(places, reg), disp),
            (Base::Slot(_) | Base::Incoming | Base::Outgoing, None) => {
                panic!("{base:?} is in the frame")
            }
        },
        Amode::Index {
            base,
            index,
            extend,
            shift,
        } => Amode::Index {
            base: mreg(places, base),
            index: mreg(places, index),
            extend,
            shift,
        },
        Amode::Pre { base, disp } => Amode::Pre {
            base: mreg(places, base),
            disp,
        },
        Amode::Post { base, disp } => Amode::Post {
            base: mreg(places, base),
            disp,
        },
        Amode::Low {
            base,
            symbol,
            addend,
        } => {
            let base = mreg(places, base);
            page(sink, base, symbol, addend);
            Amode::Low {
                base,
                symbol,
                addend,
            }
        }
    })
}

/// Loads the page of a symbol.
pub fn page(sink: &mut Out, dst: Reg, symbol: Symbol, addend: i64) {
    let target = Arg::Rel(Target::Symbol { symbol, addend });
    row(sink, Form::Adrp, &[Arg::Reg(dst), target]);
}

/// The operands of a row.
pub fn row_args(
    sink: &mut Out,
    frame: &FrameLayout,
    places: &mut Places,
    form: Form,
    args: &[Arg<MReg>],
) -> Vec<PArg> {
    let mut result = Vec::with_capacity(args.len());
    for (opd, arg) in form.row().operands.iter().zip(args) {
        result.push(match *arg {
            Arg::Reg(reg) => Arg::Reg(mreg(places, reg)),
            Arg::Tied { .. } => {
                let src: Reg = places.reg();
                let def = places.reg();
                debug_assert_eq!(src, def, "tied operands");
                Arg::Reg(def)
            }
            Arg::Shifted { reg, shift, amount } => Arg::Shifted {
                reg: mreg(places, reg),
                shift,
                amount,
            },
            Arg::Extended {
                reg,
                extend,
                amount,
            } => Arg::Extended {
                reg: mreg(places, reg),
                extend,
                amount,
            },
            Arg::Mem(ref amode) => {
                let log2 = match opd.kind {
                    Kind::Mem { log2 } | Kind::Pair { log2 } => log2,
                    Kind::Place => 0,
                    other => panic!("{form:?}: memory in the place of {other:?}"),
                };
                memory(sink, frame, places, amode, log2)
            }
            Arg::Imm(value) => Arg::Imm(value),
            Arg::Cc(cc) => Arg::Cc(cc),
            Arg::Rel(target) => Arg::Rel(target),
        });
    }
    result
}
