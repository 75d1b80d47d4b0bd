//! From allocated instructions to rows with physical operands ([`expand`]).
//!
//! What the frame or a constant makes too large for an immediate goes through x16 or x17, which are never allocated, so no instruction
//! here needs the flags or a register of the allocator's beyond its operands.

pub mod constant;
pub mod frame;

use super::A64;
use crate::abi::TrapCode;
use crate::entity::EntityId;
use crate::ir::{Op, Symbol};
use crate::isa::a64::abi::TAIL_TARGET;
use crate::isa::a64::imm;
use crate::isa::a64::insts::{Form, Kind};
use crate::isa::a64::mir::{
    Args, AtomicLoop, CallTarget, FloatToInt, Inst, JumpTable, MReg, TailTarget, Test,
};
use crate::isa::a64::operand::{Amode, Arg, Base, Cc, Const, Extend, Target};
use crate::isa::a64::regs::{Reg, SCRATCH, SCRATCH2, SP, ZR};
use crate::mach::frame::FrameLayout;
use crate::mach::mir::{Loc, MBlock, VReg};
use crate::mach::patterns::Fp;
use crate::mach::sink::{Dest, Places, Sink, jump_block};
use constant::vector_constant;
use frame::leave;

/// An operand of an emitted row.
pub type PArg = Arg<Reg>;

/// Receives the rows.
pub type Out<'a> = dyn Sink<A64> + 'a;

/// Picks a form by width.
fn by(fp: Fp, single: Form, double: Form) -> Form {
    match fp {
        Fp::S => single,
        Fp::D => double,
    }
}

fn mreg(places: &mut Places, reg: MReg) -> Reg {
    match reg {
        MReg::V(_) => places.reg(),
        MReg::P(reg) => reg,
    }
}

/// Writes a row that cannot fault.
pub fn row(sink: &mut Out, form: Form, args: &[PArg]) {
    sink.row(form, args, None);
}

/// Loads an integer constant into a register.
pub fn constant(sink: &mut Out, dst: Reg, bits: u64) {
    let (reg, zr) = (Arg::Reg(dst), Arg::Reg(ZR));
    let narrow = u32::try_from(bits).is_ok();
    let mov = |imm: u16, shift: u8| [reg, Arg::Imm(i64::from(imm)), Arg::Imm(i64::from(shift))];
    // One instruction.
    if let Some((imm, shift)) = imm::movz(bits) {
        let form = if narrow { Form::Movz32 } else { Form::Movz64 };
        return row(sink, form, &mov(imm, shift));
    }
    if narrow && let Some((imm, shift)) = imm::movn(bits, 32) {
        return row(sink, Form::Movn32, &mov(imm, shift));
    }
    if let Some((imm, shift)) = imm::movn(bits, 64) {
        return row(sink, Form::Movn64, &mov(imm, shift));
    }
    if narrow && imm::logical(bits, 32).is_some() {
        return row(sink, Form::OrrI32, &[reg, zr, Arg::Imm(bits as i64)]);
    }
    if imm::logical(bits, 64).is_some() {
        return row(sink, Form::OrrI64, &[reg, zr, Arg::Imm(bits as i64)]);
    }
    // The first half-word that differs from the background by movz or movn, the others by movk.
    let halves = [0, 16, 32, 48].map(|shift| (bits >> shift) as u16);
    let count = |background: u16| halves.iter().filter(|&&h| h != background).count();
    let background = if count(0xffff) < count(0) { 0xffff } else { 0 };
    let mut first = true;
    for (i, &half) in halves.iter().enumerate() {
        if half == background {
            continue;
        }
        let shift = 16 * i as u8;
        match (first, background) {
            (true, 0) => row(sink, Form::Movz64, &mov(half, shift)),
            (true, _) => row(sink, Form::Movn64, &mov(!half, shift)),
            (false, _) => row(sink, Form::Movk64, &mov(half, shift)),
        }
        first = false;
    }
}

/// The place `disp` bytes above the stack pointer as an operand of an access of 2^`log2` bytes.
pub fn stack_place(sink: &mut Out, disp: i32, log2: u8) -> PArg {
    if imm::offset_fits(i64::from(disp), log2) {
        return Arg::Mem(Amode::reg(SP, disp));
    }
    constant(sink, SCRATCH, disp as u64);
    Arg::Mem(Amode::Index {
        base: SP,
        index: SCRATCH,
        extend: Extend::Uxtx,
        shift: 0,
    })
}

/// Distance of a base in the frame from the stack pointer; `None` for a register.
fn frame_disp(base: Base<MReg>, frame: &FrameLayout) -> Option<i32> {
    match base {
        Base::Reg(_) => None,
        Base::Slot(slot) => Some(frame.slot(slot.as_u32())),
        Base::Incoming => Some(frame.incoming(0)),
        Base::Outgoing => Some(frame.outgoing(0)),
    }
}

/// A memory operand. A symbol's page is loaded into the scratch register that the operand names.
fn memory(
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

fn page(sink: &mut Out, dst: Reg, symbol: Symbol, addend: i64) {
    let target = Arg::Rel(Target::Symbol { symbol, addend });
    row(sink, Form::Adrp, &[Arg::Reg(dst), target]);
}

fn row_args(
    sink: &mut Out,
    frame: &FrameLayout,
    places: &mut Places,
    form: Form,
    args: &Args,
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

/// A test with its register.
fn physical(test: Test<VReg>, places: &mut Places) -> Test<Reg> {
    match test {
        Test::Cc(cc) => Test::Cc(cc),
        Test::Zero { wide, nonzero, .. } => Test::Zero {
            reg: places.reg(),
            wide,
            nonzero,
        },
        Test::Bit { bit, set, .. } => Test::Bit {
            reg: places.reg(),
            bit,
            set,
        },
    }
}

/// Writes an instruction.
pub fn expand(sink: &mut Out, frame: &FrameLayout, inst: &Inst, locs: &[Loc]) {
    let mut places = Places::new(locs);
    match inst {
        Inst::Row { form, args, trap } => {
            let args = row_args(sink, frame, &mut places, *form, args);
            sink.row(*form, &args, *trap);
        }
        Inst::Const { bits, .. } => constant(sink, places.reg(), *bits),
        Inst::FloatConst { fp, bits, .. } => float_constant(sink, *fp, places.reg(), *bits),
        Inst::VecConst { bits, .. } => vector_constant(sink, places.reg(), *bits),
        Inst::Tbl2 { .. } => {
            let [first, _, indices, dst] = [(); 4].map(|()| Arg::Reg(places.reg()));
            row(sink, Form::Tbl2, &[dst, first, indices]);
        }
        Inst::FrameAddr { base, disp, .. } => {
            let at = disp + frame_disp(*base, frame).expect("a place in the frame");
            let dst = Arg::Reg(places.reg());
            if imm::arith(at as u64).is_some() {
                let at = Arg::Imm(i64::from(at));
                return row(sink, Form::AddI64, &[dst, Arg::Reg(SP), at]);
            }
            constant(sink, SCRATCH, at as u64);
            let distance = Arg::Extended {
                reg: SCRATCH,
                extend: Extend::Uxtx,
                amount: 0,
            };
            row(sink, Form::AddExt64, &[dst, Arg::Reg(SP), distance]);
        }
        Inst::SymbolAddr { symbol, addend, .. } => {
            let (symbol, addend) = (*symbol, *addend);
            let dst = places.reg();
            page(sink, dst, symbol, addend);
            let low = Arg::Rel(Target::Symbol { symbol, addend });
            row(sink, Form::AddLow12, &[Arg::Reg(dst), Arg::Reg(dst), low]);
        }
        Inst::Params(_) => {}
        Inst::Call(call) => {
            for _ in &call.regs.args {
                places.take();
            }
            match call.target {
                CallTarget::Symbol(symbol) => {
                    let target = Target::Symbol { symbol, addend: 0 };
                    row(sink, Form::Bl, &[Arg::Rel(target)]);
                }
                CallTarget::Ptr(_) => row(sink, Form::Blr, &[Arg::Reg(places.reg())]),
            }
            sink.call_returns();
            if let Some(landings) = &call.regs.landings {
                sink.landings(&landings.handlers);
                jump_block(sink, landings.normal);
            }
        }
        Inst::Jump(to) => jump_block(sink, *to),
        Inst::Branch {
            test,
            then,
            or_else,
        } => {
            let test = physical(*test, &mut places);
            // Prefer to fall through: jump on the opposite condition where `then` follows.
            let (test, then, or_else) = if sink.is_next(*then) {
                (test.inverse(), *or_else, *then)
            } else {
                (test, *then, *or_else)
            };
            sink.jump(Some(test), Dest::Block(then));
            jump_block(sink, or_else);
        }
        Inst::Switch { targets, .. } => switch(sink, places.reg(), targets),
        Inst::JumpTable(table) => jump_table(sink, table, places.reg()),
        Inst::Ret(_) => leave(sink, frame, Form::Ret, &[]),
        Inst::TailCall(call) => {
            let (form, target) = match call.target {
                TailTarget::Symbol(symbol) => {
                    (Form::B, Arg::Rel(Target::Symbol { symbol, addend: 0 }))
                }
                TailTarget::Ptr(_) => (Form::Br, Arg::Reg(TAIL_TARGET.into())),
            };
            leave(sink, frame, form, &[target]);
        }
        Inst::Trap(code) => sink.row(Form::Udf, &[Arg::Imm(0)], Some(*code)),
        Inst::TrapIf { test, code } => {
            let test = physical(*test, &mut places);
            sink.jump(Some(test), Dest::Pad(*code));
        }
        Inst::FloatToInt(op) => {
            let src = places.reg();
            let dst = places.reg();
            let temp = op.float_temp.map(|_| places.reg());
            float_to_int(sink, op, src, dst, temp);
        }
        Inst::AtomicLoop(op) => {
            let address = Arg::Mem(Amode::reg(places.reg(), 0));
            let value = places.reg();
            let expected = op.expected.map(|_| places.reg());
            let dst = places.reg();
            let new = op.new.map(|_| places.reg());
            let status = places.reg();
            let (value, dst) = (Arg::Reg(value), Arg::Reg(dst));
            atomic_loop(sink, op, address, [value, dst], expected, new, status);
        }
    }
}

/// Loads exclusively, computes, and stores exclusively until that succeeds.
fn atomic_loop(
    sink: &mut Out,
    op: &AtomicLoop,
    address: PArg,
    [value, dst]: [PArg; 2],
    expected: Option<Reg>,
    new: Option<Reg>,
    status: Reg,
) {
    const LOAD: [Form; 4] = [Form::Ldaxr8, Form::Ldaxr16, Form::Ldaxr32, Form::Ldaxr64];
    const STORE: [Form; 4] = [Form::Stlxr8, Form::Stlxr16, Form::Stlxr32, Form::Stlxr64];
    let pick = |narrow, wide| if op.log2 == 3 { wide } else { narrow };
    sink.bind(0);
    sink.row(LOAD[op.log2], &[dst, address], op.trap);
    if let Some(expected) = expected {
        let form = pick(Form::Cmp32, Form::Cmp64);
        row(sink, form, &[dst, Arg::Reg(expected)]);
        sink.jump(Some(Test::Cc(Cc::Ne)), Dest::Local(1));
    }
    let form = match op.op {
        Op::AtomicAdd => pick(Form::Add32, Form::Add64),
        Op::AtomicSub => pick(Form::Sub32, Form::Sub64),
        Op::AtomicAnd => pick(Form::And32, Form::And64),
        Op::AtomicOr => pick(Form::Orr32, Form::Orr64),
        Op::AtomicXor => pick(Form::Eor32, Form::Eor64),
        // Nothing is computed.
        _ => Form::Nop,
    };
    let stored = match new {
        Some(new) => {
            row(sink, form, &[Arg::Reg(new), dst, value]);
            Arg::Reg(new)
        }
        None => value,
    };
    let status_arg = Arg::Reg(status);
    sink.row(STORE[op.log2], &[status_arg, stored, address], op.trap);
    let again = Test::Zero {
        reg: status,
        wide: false,
        nonzero: true,
    };
    sink.jump(Some(again), Dest::Local(0));
    if expected.is_some() {
        sink.bind(1);
    }
}

fn switch(sink: &mut Out, index: Reg, targets: &[MBlock]) {
    let (default, cases) = targets.split_last().expect("a default target");
    for (i, case) in cases.iter().enumerate() {
        let test = if i == 0 {
            Test::Zero {
                reg: index,
                wide: false,
                nonzero: false,
            }
        } else {
            row(sink, Form::CmpI32, &[Arg::Reg(index), Arg::Imm(i as i64)]);
            Test::Cc(Cc::Eq)
        };
        sink.jump(Some(test), Dest::Block(*case));
    }
    jump_block(sink, *default);
}

fn jump_table(sink: &mut Out, table: &JumpTable, index: Reg) {
    let count = table.targets.len() as u64;
    if imm::arith(count).is_some() {
        let args = [Arg::Reg(index), Arg::Imm(count as i64)];
        row(sink, Form::CmpI32, &args);
    } else {
        constant(sink, SCRATCH, count);
        row(sink, Form::Cmp32, &[Arg::Reg(index), Arg::Reg(SCRATCH)]);
    }
    sink.jump(Some(Test::Cc(Cc::Hs)), Dest::Block(table.default));
    sink.table(&table.targets);
    let (base, offset) = (Arg::Reg(SCRATCH), Arg::Reg(SCRATCH2));
    if sink.is_far() {
        row(sink, Form::Adr, &[base, Arg::Rel(Target::Here)]);
        for (form, shift, back) in [(Form::Movz64, 0, 4), (Form::Movk64, 16, 8)] {
            let half = Arg::Rel(Target::TableDistance { shift, back });
            row(sink, form, &[offset, half, Arg::Imm(i64::from(shift))]);
        }
        row(sink, Form::Add64, &[base, base, offset]);
    } else {
        row(sink, Form::Adr, &[base, Arg::Rel(Target::Table)]);
    }
    let entry = Amode::Index {
        base: SCRATCH,
        index,
        extend: Extend::Uxtw,
        shift: 2,
    };
    row(sink, Form::Ldrsw, &[offset, Arg::Mem(entry)]);
    row(sink, Form::Add64, &[base, base, offset]);
    row(sink, Form::Br, &[base]);
}

/// A float constant: an immediate of `fmov` or `movi`, one `mov` of a scratch register, or from the constant pool.
fn float_constant(sink: &mut Out, fp: Fp, dst: Reg, bits: u64) {
    let reg = Arg::Reg(dst);
    let value = Arg::Imm(bits as i64);
    let fits = match fp {
        Fp::S => imm::fmov_single(bits as u32).is_some(),
        Fp::D => imm::fmov_double(bits).is_some(),
    };
    if fits {
        return row(sink, by(fp, Form::FmovIS, Form::FmovID), &[reg, value]);
    }
    if imm::byte_mask(bits).is_some() {
        return row(sink, Form::MoviD, &[reg, value]);
    }
    if imm::movz(bits).is_some() || sink.is_far() {
        constant(sink, SCRATCH, bits);
        let form = by(fp, Form::FmovSW, Form::FmovDX);
        return row(sink, form, &[reg, Arg::Reg(SCRATCH)]);
    }
    let (form, constant) = match fp {
        Fp::S => (Form::LdrLitS, Const::B32(bits as u32)),
        Fp::D => (Form::LdrLitD, Const::B64(bits)),
    };
    row(sink, form, &[reg, Arg::Rel(Target::Const(constant))]);
}

/// The conversions saturate and make 0 of NaN, so a result in the middle of the range proves all but that the source was no number.
///
/// Unsigned: everything up to -1 is out of range, which one comparison decides together with NaN; above the range the result has ones
/// above bit 31, or is all ones, which no float converts to. Signed, 32 bits: converted to 64 bits, the result must be the extension
/// of its low half. Signed, 64 bits: MAX is the value of no float, MIN only that of -2^63.
fn float_to_int(sink: &mut Out, op: &FloatToInt, src: Reg, dst: Reg, temp: Option<Reg>) {
    let fp = op.from;
    let (from, to) = (Arg::Reg(src), Arg::Reg(dst));
    let compare = by(fp, Form::FcmpS, Form::FcmpD);
    let bad = Dest::Pad(TrapCode::BadConversionToInteger);
    let overflow = Dest::Pad(TrapCode::IntegerOverflow);
    let on = |cc| Some(Test::Cc(cc));
    if !op.signed {
        let minus_one = Arg::Reg(temp.expect("a float register for unsigned results"));
        let bits = match fp {
            Fp::S => i64::from((-1f32).to_bits()),
            Fp::D => (-1f64).to_bits() as i64,
        };
        let form = by(fp, Form::FmovIS, Form::FmovID);
        row(sink, form, &[minus_one, Arg::Imm(bits)]);
        row(sink, compare, &[from, minus_one]);
        sink.jump(on(Cc::Vs), bad);
        sink.jump(on(Cc::Le), overflow);
        row(sink, by(fp, Form::FcvtzuS64, Form::FcvtzuD64), &[to, from]);
        if op.wide {
            row(sink, Form::CmnI64, &[to, Arg::Imm(1)]);
            sink.jump(on(Cc::Eq), overflow);
        } else {
            // The result is clean once this has not trapped.
            let upper = Arg::Imm(0xffff_ffff_0000_0000u64 as i64);
            row(sink, Form::TstI64, &[to, upper]);
            sink.jump(on(Cc::Ne), overflow);
        }
        return;
    }
    row(sink, compare, &[from, from]);
    sink.jump(on(Cc::Vs), bad);
    let convert = by(fp, Form::FcvtzsS64, Form::FcvtzsD64);
    if !op.wide {
        let whole = Arg::Reg(SCRATCH);
        row(sink, convert, &[whole, from]);
        let low = Arg::Extended {
            reg: SCRATCH,
            extend: Extend::Sxtw,
            amount: 0,
        };
        row(sink, Form::CmpExt64, &[whole, low]);
        sink.jump(on(Cc::Ne), overflow);
        return row(sink, Form::Mov32, &[to, whole]);
    }
    row(sink, convert, &[to, from]);
    // `x - 1` overflows for MIN, else `x + 1` for MAX.
    row(sink, Form::CmpI64, &[to, Arg::Imm(1)]);
    let vc = Arg::Cc(Cc::Vc);
    let overflowed = Arg::Imm(i64::from(Cc::Vs.nzcv()));
    row(sink, Form::CcmnI64, &[to, Arg::Imm(1), overflowed, vc]);
    sink.jump(on(Cc::Vc), Dest::Local(0));
    let (bits, min) = (Arg::Reg(SCRATCH), -9_223_372_036_854_775_808f64);
    let (move_bits, compare_bits, min) = match fp {
        Fp::S => (Form::FmovWS, Form::Cmp32, u64::from((min as f32).to_bits())),
        Fp::D => (Form::FmovXD, Form::Cmp64, min.to_bits()),
    };
    row(sink, move_bits, &[bits, from]);
    constant(sink, SCRATCH2, min);
    row(sink, compare_bits, &[bits, Arg::Reg(SCRATCH2)]);
    sink.jump(on(Cc::Ne), overflow);
    sink.bind(0);
}
