//! From allocated instructions to rows with physical operands: what the code buffer and the listing have in common.
//!
//! [`expand`] writes to a [`Sink`]. One sink encodes (`emit.rs`), the other prints (`listing.rs`), so a listing shows
//! exactly the instructions that are emitted.

use super::insts::Form;
use super::mir::{Args, CallTarget, Fp, Inst, JumpTable, MReg};
use super::operand::{Amode, Arg, Base, Cc, Cond, Const, Target};
use super::regs::{RSP, Reg};
use crate::abi::TrapCode;
use crate::entity::EntityId;
use crate::mach::frame::FrameLayout;
use crate::mach::mir::{Loc, MBlock};

/// An operand of an emitted row.
pub type PArg = Arg<Reg>;

/// Where a jump goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dest {
    Block(MBlock),
    /// A trap pad.
    Pad(TrapCode),
    /// A label within the instruction.
    Local(usize),
}

/// Labels that one instruction may use.
pub const LOCALS: usize = 3;

/// Receives the rows.
pub trait Sink {
    fn frame(&self) -> &FrameLayout;
    /// A row. `trap`: the meaning of its fault.
    fn row(&mut self, form: Form, args: &[PArg], trap: Option<TrapCode>);
    fn jump(&mut self, cond: Option<Cc>, to: Dest);
    fn bind(&mut self, local: usize);
    /// Whether the block follows, so that a jump to it can be left out.
    fn is_next(&self, block: MBlock) -> bool;
    /// The call that was just given to `row` returns here.
    fn call_returns(&mut self);
    /// The jump table that `Target::Table` refers to.
    fn table(&mut self, targets: &[MBlock]);
    /// Undoes the prologue and returns.
    fn epilogue(&mut self);
}

/// Registers of an instruction's operands, in order.
struct Places<'a> {
    locs: std::slice::Iter<'a, Loc>,
}

impl Places<'_> {
    fn next(&mut self) -> Loc {
        *self.locs.next().expect("as many places as operands")
    }
    fn reg(&mut self) -> Reg {
        self.next().reg().into()
    }
    fn mreg(&mut self, reg: MReg) -> Reg {
        match reg {
            MReg::V(_) => self.reg(),
            MReg::P(reg) => reg,
        }
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
        Base::Reg(reg) => Base::Reg(places.mreg(reg)),
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
        index: amode.index.map(|(reg, shift)| (places.mreg(reg), shift)),
        disp,
    }
}

fn row_args(args: &Args, places: &mut Places, frame: &FrameLayout) -> Vec<PArg> {
    args.iter()
        .map(|arg| match arg {
            Arg::Reg(MReg::P(reg)) => Arg::Reg(*reg),
            Arg::Reg(MReg::V(_)) => loc_arg(places.next(), frame),
            Arg::Tied { .. } => {
                let src = places.reg();
                let def = places.reg();
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
pub fn expand(sink: &mut dyn Sink, inst: &Inst, locs: &[Loc]) {
    let mut places = Places { locs: locs.iter() };
    match inst {
        Inst::Row { form, args, trap } => {
            let args = row_args(args, &mut places, sink.frame());
            sink.row(*form, &args, *trap);
        }
        Inst::Copy { .. } | Inst::Params(_) => {}
        Inst::Zero { .. } => {
            let dst = Arg::Reg(places.reg());
            sink.row(Form::XorRRm32, &[dst, dst], None);
        }
        Inst::FloatZero { .. } => {
            let dst = Arg::Reg(places.reg());
            sink.row(Form::Xorps, &[dst, dst], None);
        }
        Inst::Call(call) => {
            for _ in &call.args {
                places.next();
            }
            match &call.target {
                CallTarget::Symbol(symbol) => {
                    sink.row(Form::Call, &[Arg::Rel(Target::Symbol(*symbol))], None);
                }
                CallTarget::Ptr(_) => {
                    let target = loc_arg(places.next(), sink.frame());
                    sink.row(Form::CallRm, &[target], None);
                }
                CallTarget::Mem(place) => {
                    let target = Arg::Mem(amode(place, &mut places, sink.frame()));
                    sink.row(Form::CallRm, &[target], None);
                }
            }
            sink.call_returns();
        }
        Inst::Jump(to) => jump_block(sink, *to),
        Inst::Branch {
            cond,
            then,
            or_else,
        } => branch(sink, *cond, *then, *or_else),
        Inst::Switch { targets, .. } => {
            let index = Arg::Reg(places.reg());
            let (default, cases) = targets.split_last().expect("a default target");
            for (i, case) in cases.iter().enumerate() {
                sink.row(Form::CmpRmI32, &[index, Arg::Imm(i as i64)], None);
                sink.jump(Some(Cc::E), Dest::Block(*case));
            }
            jump_block(sink, *default);
        }
        Inst::JumpTable(table) => jump_table(sink, table, &mut places),
        Inst::Ret(_) => sink.epilogue(),
        Inst::Trap(code) => sink.row(Form::Ud2, &[], Some(*code)),
        Inst::TrapIf { cond, code } => jump_if(sink, *cond, Dest::Pad(*code)),
        Inst::FloatSelect { cond, .. } => {
            let _or_else = places.reg();
            let then = places.reg();
            let dst = places.reg();
            // `dst` holds `or_else` already.
            jump_if_not(sink, *cond, 0, |sink| {
                sink.row(Form::Movaps, &[Arg::Reg(dst), Arg::Reg(then)], None);
            });
        }
        Inst::FloatMinMax { fp, max, .. } => {
            let _a = places.reg();
            let b = places.reg();
            let dst = places.reg();
            float_min_max(sink, *fp, *max, dst, b);
        }
        Inst::FloatToInt(op) => {
            let src = places.reg();
            let dst = places.reg();
            let int_temp = places.reg();
            let float_temp = places.reg();
            super::float_int::float_to_int(sink, op, [src, dst, int_temp, float_temp]);
        }
        Inst::U64ToFloat { to, .. } => {
            let src = places.reg();
            let dst = places.reg();
            let temps = [places.reg(), places.reg()];
            super::float_int::u64_to_float(sink, *to, dst, src, temps);
        }
    }
}

fn jump_block(sink: &mut dyn Sink, to: MBlock) {
    if !sink.is_next(to) {
        sink.jump(None, Dest::Block(to));
    }
}

fn jump_if(sink: &mut dyn Sink, cond: Cond, to: Dest) {
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
fn jump_if_not(sink: &mut dyn Sink, cond: Cond, local: usize, body: impl FnOnce(&mut dyn Sink)) {
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

fn branch(sink: &mut dyn Sink, cond: Cond, then: MBlock, or_else: MBlock) {
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

fn jump_table(sink: &mut dyn Sink, table: &JumpTable, places: &mut Places) {
    let index = places.reg();
    let (base, offset) = (places.reg(), places.reg());
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
fn float_min_max(sink: &mut dyn Sink, fp: Fp, max: bool, dst: Reg, b: Reg) {
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
