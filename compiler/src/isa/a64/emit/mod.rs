//! From allocated instructions to rows with physical operands.

mod args;
mod atomic;
mod constant;
mod control;
mod float;
pub mod frame;
pub mod rows;

use self::args::{frame_disp, page, row_args};
use self::rows::{Out, row};
use crate::abi::{Safepoint, TrapCode};
use crate::isa::a64::abi::TAIL_TARGET;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{self, MReg, Pseudo, Test};
use crate::isa::a64::operand::{Amode, Arg, Cc, Extend, Target};
use crate::isa::a64::regs::{SCRATCH, SP};
use crate::isa::a64::{A64, imm};
use crate::mach::frame::FrameLayout;
use crate::mach::inst::{CallTarget, Insts, JumpTable, TailTarget};
use crate::mach::mir::{MBlock, Operand, PReg, VReg};
use crate::mach::sink::{Dest, Places, jump_block};

impl Insts for A64 {
    type Operand = Arg<MReg>;
    type Args = [Arg<MReg>; 4];
    type Condition = Test<VReg>;
    type Pointer = VReg;
    type Pseudo = Pseudo;
    const TAIL_TARGET: PReg = TAIL_TARGET;
    const PRESERVED: u32 = Safepoint::AARCH64;
    const TABLE_TEMPS: usize = 0;

    fn arity(form: Form) -> usize {
        form.row().operands.len()
    }
    fn row_operands(form: Form, args: &[Arg<MReg>], visit: &mut dyn FnMut(Operand)) {
        mir::row_operands(form, args, visit);
    }
    fn row(
        out: &mut Out,
        frame: &FrameLayout,
        row: (Form, &[Arg<MReg>], Option<TrapCode>),
        places: &mut Places,
    ) {
        let (form, args, trap) = row;
        let args = row_args(out, frame, places, form, args);
        out.row(form, &args, trap);
    }
    fn pseudo(out: &mut Out, frame: &FrameLayout, op: &Pseudo, places: &mut Places) {
        match op {
            Pseudo::Const { bits, .. } => constant::int(out, places.reg(), *bits),
            Pseudo::FloatConst { fp, bits, .. } => constant::float(out, *fp, places.reg(), *bits),
            Pseudo::VecConst { bits, .. } => constant::vector(out, places.reg(), *bits),
            Pseudo::Tbl2 { .. } => {
                let [first, _, indices, dst] = [(); 4].map(|()| Arg::Reg(places.reg()));
                row(out, Form::Tbl2, &[dst, first, indices]);
            }
            Pseudo::FrameAddr { base, disp, .. } => {
                let at = disp + frame_disp(*base, frame).expect("a place in the frame");
                let dst = Arg::Reg(places.reg());
                if imm::arith(at as u64).is_some() {
                    let at = Arg::Imm(i64::from(at));
                    return row(out, Form::AddI64, &[dst, Arg::Reg(SP), at]);
                }
                constant::int(out, SCRATCH, at as u64);
                let distance = Arg::Extended {
                    reg: SCRATCH,
                    extend: Extend::Uxtx,
                    amount: 0,
                };
                row(out, Form::AddExt64, &[dst, Arg::Reg(SP), distance]);
            }
            Pseudo::SymbolAddr { symbol, addend, .. } => {
                let (symbol, addend) = (*symbol, *addend);
                let dst = places.reg();
                page(out, dst, symbol, addend);
                let low = Arg::Rel(Target::Symbol { symbol, addend });
                row(out, Form::AddLow12, &[Arg::Reg(dst), Arg::Reg(dst), low]);
            }
            Pseudo::FloatToInt(op) => {
                let src = places.reg();
                let dst = places.reg();
                let temp = op.float_temp.map(|_| places.reg());
                float::to_int(out, op, src, dst, temp);
            }
            Pseudo::AtomicLoop(op) => {
                let address = Arg::Mem(Amode::reg(places.reg(), 0));
                let value = places.reg();
                let expected = op.expected.map(|_| places.reg());
                let dst = places.reg();
                let new = op.new.map(|_| places.reg());
                let status = places.reg();
                let (value, dst) = (Arg::Reg(value), Arg::Reg(dst));
                atomic::modify(out, op, address, [value, dst], expected, new, status);
            }
        }
    }
    fn call(out: &mut Out, _: &FrameLayout, target: &CallTarget<Self>, places: &mut Places) {
        match *target {
            CallTarget::Symbol(symbol) => {
                let target = Target::Symbol { symbol, addend: 0 };
                row(out, Form::Bl, &[Arg::Rel(target)]);
            }
            CallTarget::Pointer(_) => row(out, Form::Blr, &[Arg::Reg(places.reg())]),
        }
    }
    fn branch(out: &mut Out, cond: Test<VReg>, places: &mut Places, then: MBlock, or_else: MBlock) {
        let test = control::physical(cond, places);
        out.jump(Some(test), Dest::Block(then));
        jump_block(out, or_else);
    }
    fn case(out: &mut Out, index: PReg, n: usize, to: MBlock) {
        let index = index.into();
        let test = if n == 0 {
            Test::Zero {
                reg: index,
                wide: false,
                nonzero: false,
            }
        } else {
            row(out, Form::CmpI32, &[Arg::Reg(index), Arg::Imm(n as i64)]);
            Test::Cc(Cc::Eq)
        };
        out.jump(Some(test), Dest::Block(to));
    }
    fn jump_table(out: &mut Out, table: &JumpTable, places: &mut Places) {
        control::jump_table(out, table, places.reg());
    }
    fn leave(out: &mut Out, frame: &FrameLayout, tail: Option<TailTarget>) {
        let (form, to) = match tail {
            None => return frame::leave(out, frame, Form::Ret, &[]),
            Some(TailTarget::Symbol(symbol)) => {
                (Form::B, Arg::Rel(Target::Symbol { symbol, addend: 0 }))
            }
            Some(TailTarget::Pointer(_)) => (Form::Br, Arg::Reg(Self::TAIL_TARGET.into())),
        };
        frame::leave(out, frame, form, &[to]);
    }
    fn trap(out: &mut Out, code: TrapCode) {
        out.row(Form::Udf, &[Arg::Imm(0)], Some(code));
    }
    fn trap_if(out: &mut Out, cond: Test<VReg>, places: &mut Places, code: TrapCode) {
        let test = control::physical(cond, places);
        out.jump(Some(test), Dest::Pad(code));
    }
}
