//! Atomic accesses on every instruction set, with and without the instructions of a later CPU level: what they return and what they leave in
//! memory, with operands in registers and as constants, used and unused results, and offsets.

use super::{CELL, Case, MEM, Machine, Outcome, Suite, values};
use crate::ir::eval::mask;
use crate::ir::{Access, Builder, Imm, Op, Type, Value};
use crate::options::{CpuFeatures, Isa};

const MODIFICATIONS: [Op; 7] = [
    Op::AtomicAdd,
    Op::AtomicSub,
    Op::AtomicAnd,
    Op::AtomicOr,
    Op::AtomicXor,
    Op::AtomicXchg,
    Op::AtomicStore,
];

const ACCESSES: [(Type, Access); 7] = [
    (Type::I32, Access::Full),
    (Type::I32, Access::U8),
    (Type::I32, Access::U16),
    (Type::I64, Access::Full),
    (Type::I64, Access::U8),
    (Type::I64, Access::U16),
    (Type::I64, Access::U32),
];

fn width(ty: Type, access: Access) -> u64 {
    u64::MAX >> (64 - 8 * access.bytes(ty))
}

/// What the cell becomes.
fn modified(op: Op, old: u64, operand: u64) -> u64 {
    match op {
        Op::AtomicAdd => old.wrapping_add(operand),
        Op::AtomicSub => old.wrapping_sub(operand),
        Op::AtomicAnd => old & operand,
        Op::AtomicOr => old | operand,
        Op::AtomicXor => old ^ operand,
        Op::AtomicXchg | Op::AtomicStore => operand,
        other => panic!("{other:?} is no modification"),
    }
}

fn place(access: Access, offset: u64) -> Imm {
    Imm::Mem {
        mem: MEM(),
        access,
        offset,
    }
}

/// What a function returns of an access.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shown {
    Result,
    /// The cell's eight bytes; the result is unused.
    Cell,
    /// Their exclusive or with the result.
    Both,
}

/// Emits an access and what is shown of it, as an i64.
fn emit(b: &mut Builder, (op, ty): (Op, Type), imm: Imm, args: &[Value], shown: Shown) -> Value {
    let results: &[Type] = if op == Op::AtomicStore { &[] } else { &[ty] };
    let inst = b.emit(op, ty, imm, args, results);
    let wide = |b: &mut Builder| {
        let result = b.result(inst);
        match ty {
            Type::I32 => b.convert(Op::ExtU, Type::I64, result),
            _ => result,
        }
    };
    if shown == Shown::Result {
        return wide(b);
    }
    let at = b.constant(Type::I32, CELL);
    let cell = b.load(Type::I64, Access::Full, MEM(), at, 0);
    if shown == Shown::Cell {
        return cell;
    }
    let result = wide(b);
    b.binary(Op::Xor, Type::I64, cell, result)
}

fn expected(shown: Shown, old: u64, cell: u64) -> u64 {
    match shown {
        Shown::Result => old,
        Shown::Cell => cell,
        Shown::Both => old ^ cell,
    }
}

fn case(what: String, func: usize, args: [u64; 3], memory: u64, expected: u64) -> Case {
    Case {
        what,
        func,
        args,
        memory,
        vectors: [0; 3],
        result: Type::I64,
        expected: Outcome::Value(expected),
        any_nan: false,
    }
}

const CELLS: [u64; 4] = [0, 0x8877_6655_4433_22ff, u64::MAX, 0x7fff_ffff_8000_0080];

fn modifications(suite: &mut Suite) {
    for op in MODIFICATIONS {
        for (ty, access) in ACCESSES {
            for shown in [Shown::Result, Shown::Cell, Shown::Both] {
                if op == Op::AtomicStore && shown != Shown::Cell {
                    continue;
                }
                for constant in [None, Some(values(ty)[3]), Some(mask(ty) - 5)] {
                    modification(suite, op, (ty, access), shown, constant);
                }
            }
        }
    }
}

fn modification(
    suite: &mut Suite,
    op: Op,
    (ty, access): (Type, Access),
    shown: Shown,
    constant: Option<u64>,
) {
    let func = suite.func(&[Type::I32, ty], Type::I64, |b, args| {
        let operand = match constant {
            Some(bits) => b.constant(ty, bits),
            None => args[1],
        };
        emit(
            b,
            (op, ty),
            place(access, CELL - 24),
            &[args[0], operand],
            shown,
        )
    });
    let operands = match constant {
        Some(bits) => vec![bits],
        None => values(ty),
    };
    let width = width(ty, access);
    for cell in CELLS {
        for &operand in &operands {
            let new = cell & !width | modified(op, cell & width, operand) & width;
            let wanted = expected(shown, cell & width, new);
            let what = format!("{op:?} {ty} {access:?} {shown:?} {constant:x?}");
            let args = [24, operand, 0];
            suite.cases.push(case(what, func, args, cell, wanted));
        }
    }
}

/// The upper bits of a narrow access's expected value do not count; those of the result are zero, also where it succeeds.
fn exchanges(suite: &mut Suite) {
    for (ty, access) in ACCESSES {
        for shown in [Shown::Result, Shown::Cell, Shown::Both] {
            let func = suite.func(&[Type::I32, ty, ty], Type::I64, |b, args| {
                emit(b, (Op::AtomicCmpxchg, ty), place(access, CELL), args, shown)
            });
            let width = width(ty, access);
            for cell in CELLS {
                let dirty = (cell & width | !width & 0xa5a5_a5a5_a5a5_a5a5) & mask(ty);
                for wanted in [cell & width, dirty, cell & width ^ 1] {
                    for new in [0x1234_5678_9abc_def0 & mask(ty), 0] {
                        let equal = wanted & width == cell & width;
                        let after = match equal {
                            true => cell & !width | new & width,
                            false => cell,
                        };
                        let what = format!("cmpxchg {ty} {access:?} {shown:?}");
                        let result = expected(shown, cell & width, after);
                        suite
                            .cases
                            .push(case(what, func, [0, wanted, new], cell, result));
                    }
                }
            }
        }
    }
}

fn loads(suite: &mut Suite) {
    for (ty, access) in ACCESSES {
        for constant_address in [false, true] {
            let func = suite.func(&[Type::I32], Type::I64, |b, args| {
                let (address, offset) = match constant_address {
                    true => (b.constant(Type::I32, CELL), 0),
                    false => (args[0], CELL - 24),
                };
                b.emit(Op::AtomicFence, Type::I32, Imm::None, &[], &[]);
                emit(
                    b,
                    (Op::AtomicLoad, ty),
                    place(access, offset),
                    &[address],
                    Shown::Result,
                )
            });
            for cell in values(Type::I64) {
                let what = format!("atomic load {ty} {access:?} {constant_address}");
                let wanted = cell & width(ty, access);
                suite.cases.push(case(what, func, [24, 0, 0], cell, wanted));
            }
        }
    }
}

/// All atomic accesses, on AArch64 also as the single instructions of ARMv8.1.
pub fn atomics(on: Machine) {
    let mut machines = vec![on];
    if on.isa == Isa::A64 {
        machines.push(Machine {
            cpu: CpuFeatures::ARMV8_1,
            ..on
        });
    }
    for on in machines {
        let mut suite = Suite::new(on);
        modifications(&mut suite);
        exchanges(&mut suite);
        loads(&mut suite);
        suite.run();
    }
}
