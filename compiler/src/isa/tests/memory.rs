//! Loads and stores on every instruction set: what they give and what they leave in memory, operations on memory among them.

use super::{CELL, Case, MEM, Machine, Outcome, Suite, outcome, values};
use crate::ir::eval::mask;
use crate::ir::{Access, Imm, Op, Type};

const ACCESSES: [Access; 7] = [
    Access::Full,
    Access::S8,
    Access::U8,
    Access::S16,
    Access::U16,
    Access::S32,
    Access::U32,
];

fn is_access(ty: Type, access: Access) -> bool {
    access == Access::Full || ty.is_int() && access.bytes(ty) < ty.bytes()
}

/// What a load of the cell gives.
pub fn loaded(ty: Type, access: Access, cell: u64) -> u64 {
    let value = match access {
        Access::Full => cell,
        Access::S8 => cell as i8 as u64,
        Access::U8 => u64::from(cell as u8),
        Access::S16 => cell as i16 as u64,
        Access::U16 => u64::from(cell as u16),
        Access::S32 => cell as i32 as u64,
        Access::U32 => u64::from(cell as u32),
    };
    value & mask(ty)
}

/// Loads of every width, at addresses in registers and constants.
pub fn loads(on: Machine) {
    let mut suite = Suite::new(on);
    for ty in [Type::I32, Type::I64, Type::F32, Type::F64] {
        for access in ACCESSES.into_iter().filter(|&a| is_access(ty, a)) {
            for constant_address in [false, true] {
                let func = suite.func(&[Type::I32], ty, |b, args| {
                    let address = if constant_address {
                        b.constant(Type::I32, 24)
                    } else {
                        args[0]
                    };
                    b.load(ty, access, MEM(), address, CELL - 24)
                });
                for cell in values(Type::I64) {
                    suite.cases.push(Case {
                        what: format!("load {ty} {access:?} {constant_address}"),
                        func,
                        args: [24, 0, 0],
                        memory: cell,
                        vectors: [0; 3],
                        result: ty,
                        expected: Outcome::Value(loaded(ty, access, cell)),
                        any_nan: false,
                    });
                }
            }
        }
    }
    suite.run();
}

/// Stores and read-modify-writes; the cell is read back.
pub fn stores(on: Machine) {
    let mut suite = Suite::new(on);
    let ops = [
        None,
        Some(Op::Add),
        Some(Op::Sub),
        Some(Op::And),
        Some(Op::Or),
        Some(Op::Xor),
    ];
    for ty in [Type::I32, Type::I64, Type::F32, Type::F64] {
        let unsigned = [Access::Full, Access::U8, Access::U16, Access::U32];
        for access in unsigned.into_iter().filter(|&a| is_access(ty, a)) {
            for op in ops {
                if op.is_some() && ty.is_float() {
                    continue;
                }
                for constant in [None, Some(values(ty)[3]), Some(mask(ty) - 5)] {
                    for swapped in [false, true] {
                        store(&mut suite, ty, access, op, constant, swapped);
                    }
                }
            }
        }
    }
    suite.run();
}

fn store(
    suite: &mut Suite,
    ty: Type,
    access: Access,
    op: Option<Op>,
    constant: Option<u64>,
    swapped: bool,
) {
    let func = suite.func(&[ty, Type::I32, Type::I32], Type::I64, |b, args| {
        let address = if ty.is_float() {
            b.constant(Type::I32, 8)
        } else {
            args[1]
        };
        let other = match constant {
            Some(bits) => b.constant(ty, bits),
            None => args[0],
        };
        let value = match op {
            None => other,
            Some(op) => {
                let old = b.load(ty, access, MEM(), address, CELL - 8);
                let (x, y) = if swapped { (other, old) } else { (old, other) };
                b.binary(op, ty, x, y)
            }
        };
        b.store(ty, access, MEM(), address, value, CELL - 8);
        b.load(Type::I64, Access::Full, MEM(), address, CELL - 8)
    });
    for &value in &values(ty) {
        for &cell in &values(Type::I64) {
            let other = constant.unwrap_or(value);
            let old = loaded(ty, access, cell);
            let stored = match op {
                None => other,
                Some(op) => {
                    let args = if swapped { [other, old] } else { [old, other] };
                    match outcome(op, ty, &Imm::None, ty, &args) {
                        Outcome::Value(bits) => bits,
                        Outcome::Trap(code) => panic!("{op:?} traps with {code:?}"),
                    }
                }
            };
            let bits = 8 * access.bytes(ty);
            let written = u64::MAX >> (64 - bits);
            suite.cases.push(Case {
                what: format!("store {ty} {access:?} {op:?} {constant:x?} {swapped}"),
                func,
                args: [value, 8, 0],
                memory: cell,
                vectors: [0; 3],
                result: Type::I64,
                expected: Outcome::Value(cell & !written | stored & written),
                any_nan: false,
            });
        }
    }
}
