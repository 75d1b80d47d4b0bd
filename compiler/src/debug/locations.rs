//! Where variables are: expressions about WebAssembly become expressions about native code.
//!
//! A variable in linear memory is so many bytes behind the memory's base, which is a constant or loaded from the instance. Sums of addresses wrap
//! as those of the module do.

use super::Target;
use super::module::{Module, Slice, Unit};
use crate::abi;
use crate::entity::EntityId;
use crate::ir::{MemBase, ModuleId, Place, Program, Watch, World};
use gimli::write::{Address, Expression};
use gimli::{AttributeValue, Encoding, Operation};

/// The address where a variable of a unit is for the whole run, if it is one.
pub fn fixed(
    program: &Program,
    module: ModuleId,
    dwarf: &gimli::Dwarf<Slice>,
    unit: &Unit,
    value: AttributeValue<Slice>,
) -> Option<Expression> {
    let AttributeValue::Exprloc(expression) = value else {
        return None;
    };
    let encoding = unit.encoding();
    let mut operations = expression.operations(encoding);
    let mut address = match operations.next().ok()?? {
        Operation::Address { address } => address,
        Operation::AddressIndex { index } => dwarf.address(unit, index).ok()?,
        _ => return None,
    };
    while let Some(operation) = operations.next().ok()? {
        match operation {
            Operation::PlusConstant { value } => address = address.wrapping_add(value),
            _ => return None,
        }
    }
    let mask = match encoding.address_size {
        8 => u64::MAX,
        _ => u64::from(u32::MAX),
    };
    let mut out = Expression::new();
    push_base(program, module, &mut out)?;
    out.op_plus_uconst(address & mask);
    Some(out)
}

/// The local that is the frame base of a function, given its scope.
pub fn frame_local(module: &Module, scope: usize) -> Option<u32> {
    let scope = &module.scopes[scope];
    let unit = &module.units[scope.unit];
    let die = unit.entry(scope.die).ok()?;
    let AttributeValue::Exprloc(base) = die.attr_value(gimli::DW_AT_frame_base)? else {
        return None;
    };
    let mut operations = base.operations(unit.encoding());
    let local = match operations.next().ok()?? {
        Operation::WasmLocal { index } => index,
        _ => return None,
    };
    match operations.next().ok()? {
        None | Some(Operation::StackValue) => Some(local),
        Some(_) => None,
    }
}

/// Where a value is that an expression about WebAssembly names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// The register with this number in DWARF.
    Register(u16),
    /// Likewise, a register for floating-point numbers and vectors.
    Float(u16),
    /// Memory at this distance from the canonical frame address.
    Frame(i32),
    Constant(u64),
}

/// The first byte of the memory that the code of a module's toolchain works on, if debuggers can find it.
#[derive(Clone, Copy)]
pub struct Base<'p> {
    pub program: &'p Program,
    pub module: ModuleId,
}

/// What an expression means in native code; `place` tells where the value of a local or operand is, `frame` which local has the address of the function's frame in linear memory.
/// Parts of a variable of which nothing is known are left open; nothing is told if that is so of all.
pub fn describe(
    encoding: Encoding,
    expression: gimli::Expression<Slice>,
    base: Base,
    frame: Option<u32>,
    mut place: impl FnMut(u32) -> Option<Shown>,
) -> Option<Expression> {
    let mut out = Expression::new();
    let mut part = Vec::new();
    let (mut any, mut in_parts) = (false, false);
    let mut operations = expression.operations(encoding);
    while let Some(operation) = operations.next().ok()? {
        let Operation::Piece {
            size_in_bits,
            bit_offset: None,
        } = operation
        else {
            part.push(operation);
            continue;
        };
        in_parts = true;
        any |= describe_part(encoding, &part, base, frame, &mut place, &mut out).is_some();
        out.op_piece(size_in_bits / 8);
        if size_in_bits % 8 != 0 {
            return None;
        }
        part.clear();
    }
    if !in_parts {
        any = describe_part(encoding, &part, base, frame, &mut place, &mut out).is_some();
    } else if !part.is_empty() {
        return None;
    }
    any.then_some(out)
}

/// Appends a part of a description, or nothing.
fn describe_part(
    encoding: Encoding,
    part: &[Operation<Slice>],
    base: Base,
    frame: Option<u32>,
    place: &mut impl FnMut(u32) -> Option<Shown>,
    out: &mut Expression,
) -> Option<()> {
    let (part, is_value) = match part {
        [before @ .., Operation::StackValue] => (before, true),
        _ => (part, false),
    };
    let (first, rest) = part.split_first()?;
    let (shown, offset, is_value) = match *first {
        Operation::WasmLocal { index } if index < Watch::OPERAND => (place(index)?, 0, is_value),
        Operation::WasmStack { index } if index < Watch::OPERAND => {
            (place(index | Watch::OPERAND)?, 0, is_value)
        }
        // A bare local is where the variable is; with operations behind it, it is an address.
        Operation::FrameOffset { offset } if rest.is_empty() => (place(frame?)?, offset, false),
        Operation::UnsignedConstant { value } => (Shown::Constant(value), 0, is_value),
        Operation::SignedConstant { value } => (Shown::Constant(value as u64), 0, is_value),
        _ => return None,
    };
    let is_plain = rest.is_empty() && !matches!(first, Operation::FrameOffset { .. });
    if is_plain {
        match shown {
            Shown::Register(number) | Shown::Float(number) => {
                out.op_reg(gimli::Register(number));
            }
            Shown::Frame(at) => out.op_fbreg(at.into()),
            Shown::Constant(bits) => {
                out.op_constu(bits);
                out.op(gimli::DW_OP_stack_value);
            }
        }
        return Some(());
    }
    // Sums and products of addresses wrap as those of the module do, if the upper half is cut off in the end.
    if encoding.address_size != 4 {
        return None;
    }
    if !rest.iter().all(wraps) || matches!(shown, Shown::Float(_)) {
        return None;
    }
    let mut start = Expression::new();
    if !is_value {
        push_base(base.program, base.module, &mut start)?;
    }
    let sum = out;
    match shown {
        Shown::Register(number) | Shown::Float(number) => {
            sum.op_breg(gimli::Register(number), offset);
        }
        Shown::Frame(at) => {
            sum.op_fbreg(at.into());
            sum.op_deref_size(4);
            sum.op_consts(offset);
            sum.op(gimli::DW_OP_plus);
        }
        Shown::Constant(bits) => sum.op_constu(bits.wrapping_add(offset as u64)),
    }
    for operation in rest {
        match *operation {
            Operation::PlusConstant { value } => sum.op_plus_uconst(value),
            Operation::UnsignedConstant { value } => sum.op_constu(value),
            Operation::SignedConstant { value } => sum.op_consts(value),
            Operation::Plus => sum.op(gimli::DW_OP_plus),
            Operation::Minus => sum.op(gimli::DW_OP_minus),
            Operation::Mul => sum.op(gimli::DW_OP_mul),
            Operation::And => sum.op(gimli::DW_OP_and),
            Operation::Or => sum.op(gimli::DW_OP_or),
            Operation::Xor => sum.op(gimli::DW_OP_xor),
            _ => unreachable!("looked at above"),
        }
    }
    sum.op_constu(u32::MAX.into());
    sum.op(gimli::DW_OP_and);
    if is_value {
        sum.op(gimli::DW_OP_stack_value);
    } else {
        push_base(base.program, base.module, sum)?;
        sum.op(gimli::DW_OP_plus);
    }
    Some(())
}

/// Where a variable of a function's frame in linear memory is. The address of that frame lies `at` bytes from the canonical frame address.
pub fn in_frame(
    program: &Program,
    module: ModuleId,
    unit: &Unit,
    at: i32,
    value: AttributeValue<Slice>,
) -> Option<Expression> {
    let AttributeValue::Exprloc(expression) = value else {
        return None;
    };
    // With addresses of 64 bits frames are kept as such, which no toolchain makes yet.
    if unit.encoding().address_size != 4 {
        return None;
    }
    let mut operations = expression.operations(unit.encoding());
    let offset = match operations.next().ok()?? {
        Operation::FrameOffset { offset } => offset,
        _ => return None,
    };
    if operations.next().ok()?.is_some() {
        return None;
    }
    let mut out = Expression::new();
    out.op(gimli::DW_OP_call_frame_cfa);
    out.op_consts(at.into());
    out.op(gimli::DW_OP_plus);
    out.op_deref_size(4);
    out.op_consts(offset);
    out.op(gimli::DW_OP_plus);
    out.op_constu(u32::MAX.into());
    out.op(gimli::DW_OP_and);
    push_base(program, module, &mut out)?;
    out.op(gimli::DW_OP_plus);
    Some(out)
}

/// Pushes the address of the first byte of the memory that the code of a module's toolchain works on.
fn push_base(program: &Program, module: ModuleId, out: &mut Expression) -> Option<()> {
    let memory = program.modules[module].host_memory()?;
    let decl = &program.memories[memory];
    if decl.base == MemBase::Fixed {
        out.op_constu(abi::FIXED_BASE);
        return Some(());
    }
    let Place::Own(offset) = decl.place else {
        return None;
    };
    // The instance's place is known in a closed world only.
    if program.world == World::Open || program.thread_block.is_some() {
        return None;
    }
    let base = std::mem::offset_of!(abi::Memory, base) as i64;
    out.op_addr(Address::Symbol {
        symbol: Target::Instance(decl.module.index() as u32).symbol(),
        addend: i64::from(offset) + base,
    });
    out.op_deref();
    Some(())
}

/// Whether the lower half of the result depends on the lower halves of the operands alone.
fn wraps(operation: &Operation<Slice>) -> bool {
    matches!(
        operation,
        Operation::PlusConstant { .. }
            | Operation::UnsignedConstant { .. }
            | Operation::SignedConstant { .. }
            | Operation::Plus
            | Operation::Minus
            | Operation::Mul
            | Operation::And
            | Operation::Or
            | Operation::Xor
    )
}

/// An expression that means the same everywhere: constants and arithmetic.
pub fn plain(encoding: Encoding, expression: gimli::Expression<Slice>) -> Option<Expression> {
    let mut operations = expression.operations(encoding);
    while let Some(operation) = operations.next().ok()? {
        match operation {
            Operation::Shl | Operation::Shr | Operation::Shra | Operation::StackValue => {}
            ref other if wraps(other) => {}
            _ => return None,
        }
    }
    Some(Expression::raw(expression.0.slice().to_vec()))
}
