//! Where variables are: expressions about WebAssembly become expressions about native code.
//!
//! A variable in linear memory is so many bytes behind the memory's base, which is a constant or loaded from the instance. Sums of addresses wrap
//! as those of the module do.

use super::Target;
use super::module::{Module, Slice, Unit};
use crate::abi;
use crate::entity::EntityId;
use crate::ir::{MemBase, ModuleId, Place, Program, World};
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

/// An expression that means the same everywhere: constants and arithmetic.
pub fn plain(encoding: Encoding, expression: gimli::Expression<Slice>) -> Option<Expression> {
    let mut operations = expression.operations(encoding);
    while let Some(operation) = operations.next().ok()? {
        match operation {
            Operation::PlusConstant { .. }
            | Operation::UnsignedConstant { .. }
            | Operation::SignedConstant { .. }
            | Operation::Plus
            | Operation::Minus
            | Operation::Mul
            | Operation::And
            | Operation::Or
            | Operation::Shl
            | Operation::Shr
            | Operation::Shra
            | Operation::StackValue => {}
            _ => return None,
        }
    }
    Some(Expression::raw(expression.0.slice().to_vec()))
}
