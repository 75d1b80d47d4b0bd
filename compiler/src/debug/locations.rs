//! Where variables are: expressions about WebAssembly become expressions about native code.
//!
//! A variable in linear memory is so many bytes behind the memory's base, which is a constant or loaded from the instance. Sums of addresses wrap
//! as those of the module do.

use super::Target;
use super::module::Slice;
use crate::abi;
use crate::entity::EntityId;
use crate::ir::{MemBase, ModuleId, Place, Program, World};
use gimli::write::{Address, Expression};
use gimli::{AttributeValue, Encoding, Operation};

/// The address where a variable is for the whole run, if it is one.
pub fn fixed(
    program: &Program,
    module: ModuleId,
    encoding: Encoding,
    value: AttributeValue<Slice>,
) -> Option<Expression> {
    let AttributeValue::Exprloc(expression) = value else {
        return None;
    };
    let mut operations = expression.operations(encoding);
    let mut address = match operations.next().ok()?? {
        Operation::Address { address } => address,
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
    let mut operations = expression.clone().operations(encoding);
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
