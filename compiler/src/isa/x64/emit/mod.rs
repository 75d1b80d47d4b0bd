//! From allocated instructions to rows with physical operands ([`expand`]).

pub mod float;

use super::X64;
use crate::entity::EntityId;
use crate::ir::Op;
use crate::isa::x64::abi::TAIL_TARGET;
use crate::isa::x64::assemble::leave;
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::atomic::CMPXCHG;
use crate::isa::x64::mir::{Args, AtomicLoop, CallTarget, Inst, JumpTable, MReg, TailTarget};
use crate::isa::x64::operand::{Amode, Arg, Base, Cc, Cond, Const, Target};
use crate::isa::x64::regs::{RSP, Reg};
use crate::mach::frame::FrameLayout;
use crate::mach::mir::{Loc, MBlock};
use crate::mach::patterns::Fp;
use crate::mach::sink::{Dest, Places, Sink, jump_block};

/// An operand of an emitted row.
pub type PArg = Arg<Reg>;

/// Receives the rows.
pub type Out<'a> = dyn Sink<X64> + 'a;

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
fn loc_arg(loc: Loc, frame: &FrameLayout) -> PArg {
    match loc {
        Loc::Reg(reg) => Arg::Reg(reg.into()),
        Loc::Spill(slot) => spill(frame, slot),
    }
}

fn amode(amode: &Amode<MReg>, places: &mut Places, frame: &FrameLayout) -> Amode<Reg> {
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
    }
}

fn row_args(args: &Args, places: &mut Places, frame: &FrameLayout) -> Vec<PArg> {
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

/// Writes an instruction.
pub fn expand(sink: &mut Out, frame: &FrameLayout, inst: &Inst, locs: &[Loc]) {
    let mut places = Places::new(locs);
    match inst {
        Inst::Row { form, args, trap } => {
            let args = row_args(args, &mut places, frame);
            sink.row(*form, &args, *trap);
        }
        Inst::Copy { .. } | Inst::Params(_) => {}
        Inst::Zero { .. } => {
            let dst = Arg::Reg(places.reg::<Reg>());
            sink.row(Form::XorRRm32, &[dst, dst], None);
        }
        Inst::FloatZero { .. } => {
            let dst = Arg::Reg(places.reg::<Reg>());
            sink.row(Form::Xorps, &[dst, dst], None);
        }
        Inst::VecOnes { .. } => {
            let dst = Arg::Reg(places.reg::<Reg>());
            sink.row(Form::Pcmpeqd, &[dst, dst], None);
        }
        Inst::Call(call) => {
            for _ in &call.regs.args {
                places.take();
            }
            match &call.target {
                CallTarget::Symbol(symbol) => {
                    sink.row(Form::Call, &[Arg::Rel(Target::Symbol(*symbol))], None);
                }
                CallTarget::Ptr(_) => {
                    let target = loc_arg(places.take(), frame);
                    sink.row(Form::CallRm, &[target], None);
                }
                CallTarget::Mem(place) => {
                    let target = Arg::Mem(amode(place, &mut places, frame));
                    sink.row(Form::CallRm, &[target], None);
                }
            }
            sink.call_returns();
            if let Some(landings) = &call.regs.landings {
                sink.landings(&landings.handlers);
                jump_block(sink, landings.normal);
            }
        }
        Inst::Jump(to) => jump_block(sink, *to),
        Inst::Branch {
            cond,
            then,
            or_else,
        } => branch(sink, *cond, *then, *or_else),
        Inst::Switch { targets, .. } => {
            let index = Arg::Reg(places.reg::<Reg>());
            let (default, cases) = targets.split_last().expect("a default target");
            for (i, case) in cases.iter().enumerate() {
                sink.row(Form::CmpRmI32, &[index, Arg::Imm(i as i64)], None);
                sink.jump(Some(Cc::E), Dest::Block(*case));
            }
            jump_block(sink, *default);
        }
        Inst::JumpTable(table) => jump_table(sink, table, &mut places),
        Inst::Ret(_) => leave(sink, frame, Form::Ret, &[]),
        Inst::TailCall(call) => {
            let (form, target) = match call.target {
                TailTarget::Symbol(to) => (Form::Jmp, Arg::Rel(Target::Symbol(to))),
                TailTarget::Ptr(_) => (Form::JmpRm, Arg::Reg(TAIL_TARGET.into())),
            };
            leave(sink, frame, form, &[target]);
        }
        Inst::Trap(code) => sink.row(Form::Ud2, &[], Some(*code)),
        Inst::TrapIf { cond, code } => jump_if(sink, *cond, Dest::Pad(*code)),
        Inst::FloatSelect { cond, .. } => {
            let _or_else = places.reg::<Reg>();
            let then = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            // `dst` holds `or_else` already.
            jump_if_not(sink, *cond, 0, |sink| {
                sink.row(Form::Movaps, &[Arg::Reg(dst), Arg::Reg(then)], None);
            });
        }
        Inst::FloatMinMax { fp, max, .. } => {
            let _a = places.reg::<Reg>();
            let b = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            float_min_max(sink, *fp, *max, dst, b);
        }
        Inst::FloatToInt(op) => {
            let src = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            let int_temp = places.reg::<Reg>();
            let float_temp = places.reg::<Reg>();
            float::float_to_int(sink, op, [src, dst, int_temp, float_temp]);
        }
        Inst::AtomicLoop(op) => {
            let place = Arg::Mem(amode(&op.place, &mut places, frame));
            let value = places.reg::<Reg>();
            let old = places.reg::<Reg>();
            let new = places.reg::<Reg>();
            atomic_loop(sink, op, place, [value, old, new].map(Arg::Reg));
        }
        Inst::U64ToFloat { to, .. } => {
            let src = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            let temps = [places.reg::<Reg>(), places.reg::<Reg>()];
            float::u64_to_float(sink, *to, dst, src, temps);
        }
    }
}

/// `old` = the cell; until the exchange succeeds: `new` = `old` op value, the cell = `new` if it is still `old`, which else becomes what it is.
fn atomic_loop(sink: &mut Out, op: &AtomicLoop, place: PArg, [value, old, new]: [PArg; 3]) {
    let load = [
        Form::MovzxR32Rm8,
        Form::MovzxR32Rm16,
        Form::MovRRm32,
        Form::MovRRm64,
    ][op.log2];
    let (narrow, wide) = match op.op {
        Op::AtomicAnd => (Form::AndRRm32, Form::AndRRm64),
        Op::AtomicOr => (Form::OrRRm32, Form::OrRRm64),
        Op::AtomicXor => (Form::XorRRm32, Form::XorRRm64),
        other => panic!("{other:?} in a loop"),
    };
    let (copy, combine) = if op.log2 == 3 {
        (Form::MovRRm64, wide)
    } else {
        (Form::MovRRm32, narrow)
    };
    sink.row(load, &[old, place], op.trap);
    sink.bind(0);
    sink.row(copy, &[new, old], None);
    sink.row(combine, &[new, value], None);
    sink.row(CMPXCHG[op.log2], &[place, new, old], op.trap);
    sink.jump(Some(Cc::Ne), Dest::Local(0));
}

fn jump_if(sink: &mut Out, cond: Cond, to: Dest) {
    match cond {
        Cond::Is(cc) => sink.jump(Some(cc), to),
        Cond::UnorderedNe => {
            sink.jump(Some(Cc::Ne), to);
            sink.jump(Some(Cc::P), to);
        }
        Cond::OrderedEq => {
            sink.jump(Some(Cc::P), Dest::Local(0));
            sink.jump(Some(Cc::E), to);
            sink.bind(0);
        }
    }
}

/// Runs `body` if the condition holds. Uses the local labels `local`.
fn jump_if_not(sink: &mut Out, cond: Cond, local: usize, body: impl FnOnce(&mut Out)) {
    match cond {
        Cond::Is(cc) => {
            sink.jump(Some(cc.inverse()), Dest::Local(local));
            body(sink);
        }
        Cond::OrderedEq => {
            sink.jump(Some(Cc::Ne), Dest::Local(local));
            sink.jump(Some(Cc::P), Dest::Local(local));
            body(sink);
        }
        Cond::UnorderedNe => {
            sink.jump(Some(Cc::P), Dest::Local(local + 1));
            sink.jump(Some(Cc::E), Dest::Local(local));
            sink.bind(local + 1);
            body(sink);
        }
    }
    sink.bind(local);
}

fn branch(sink: &mut Out, cond: Cond, then: MBlock, or_else: MBlock) {
    // Prefer to fall through: jump on the opposite condition where `then` follows.
    let (cond, then, or_else) = if sink.is_next(then) {
        (cond.inverse(), or_else, then)
    } else {
        (cond, then, or_else)
    };
    match cond {
        Cond::Is(cc) => sink.jump(Some(cc), Dest::Block(then)),
        Cond::UnorderedNe => {
            sink.jump(Some(Cc::Ne), Dest::Block(then));
            sink.jump(Some(Cc::P), Dest::Block(then));
        }
        Cond::OrderedEq => {
            sink.jump(Some(Cc::Ne), Dest::Block(or_else));
            sink.jump(Some(Cc::Np), Dest::Block(then));
        }
    }
    jump_block(sink, or_else);
}

fn jump_table(sink: &mut Out, table: &JumpTable, places: &mut Places) {
    let index = places.reg::<Reg>();
    let (base, offset) = (places.reg::<Reg>(), places.reg::<Reg>());
    let count = table.targets.len() as i64;
    sink.row(Form::CmpRmI32, &[Arg::Reg(index), Arg::Imm(count)], None);
    sink.jump(Some(Cc::Ae), Dest::Block(table.default));
    sink.table(&table.targets);
    let table = Amode::based(Base::Rip(Target::Table), 0);
    sink.row(Form::Lea64, &[Arg::Reg(base), Arg::Mem(table)], None);
    let entry = Amode {
        base: Base::Reg(base),
        index: Some((index, 2)),
        disp: 0,
    };
    sink.row(
        Form::MovsxdR64Rm32,
        &[Arg::Reg(offset), Arg::Mem(entry)],
        None,
    );
    sink.row(Form::AddRRm64, &[Arg::Reg(base), Arg::Reg(offset)], None);
    sink.row(Form::JmpRm, &[Arg::Reg(base)], None);
}

/// `dst` holds a. `min`/`max` of the hardware return the second operand for equal operands and NaN, so these two go another way:
/// equal ones (which differ at most in the sign of zero) through the bitwise or/and, unordered ones through an addition.
fn float_min_max(sink: &mut Out, fp: Fp, max: bool, dst: Reg, b: Reg) {
    let (compare, add) = match fp {
        Fp::S => (Form::UcomisS, Form::AddsS),
        Fp::D => (Form::UcomisD, Form::AddsD),
    };
    let (select, merge) = match (fp, max) {
        (Fp::S, false) => (Form::MinsS, Form::Orps),
        (Fp::D, false) => (Form::MinsD, Form::Orps),
        (Fp::S, true) => (Form::MaxsS, Form::Andps),
        (Fp::D, true) => (Form::MaxsD, Form::Andps),
    };
    let args = [Arg::Reg(dst), Arg::Reg(b)];
    sink.row(compare, &args, None);
    sink.jump(Some(Cc::Ne), Dest::Local(0));
    sink.jump(Some(Cc::P), Dest::Local(1));
    sink.row(merge, &args, None);
    sink.jump(None, Dest::Local(2));
    sink.bind(1);
    sink.row(add, &args, None);
    sink.jump(None, Dest::Local(2));
    sink.bind(0);
    sink.row(select, &args, None);
    sink.bind(2);
}

/// A float constant as an operand.
pub fn float_const(fp: Fp, value: f64) -> PArg {
    let constant = match fp {
        Fp::S => Const::B32((value as f32).to_bits()),
        Fp::D => Const::B64(value.to_bits()),
    };
    Arg::Mem(Amode::based(Base::Rip(Target::Const(constant)), 0))
}
