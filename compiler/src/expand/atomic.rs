//! Expansion of atomics: the check of the alignment before each, and waiting and waking as calls of the runtime.
//!
//! The access itself is expanded like a load's or store's. Its alignment is checked first, so that instruction sets need not: AArch64 would
//! raise another signal, and x86-64 would do a slow access that is atomic nevertheless.

use super::{Block, Expand, Imm, Inst, IntCc, Next, Op, RtFn, TrapCode, Type, Value};
use crate::ir::Callee;

impl Expand<'_, '_> {
    /// Traps unless the effective address is a multiple of the access's size.
    pub(super) fn check_alignment(&mut self, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let (_, access, offset) = data.mem();
        let (addr, low) = (data.args[0], u64::from(access.bytes(data.ty)) - 1);
        if low == 0 {
            return;
        }
        // Only low bits count: that the sum may wrap does not matter.
        let (mut sum, ty) = (addr, Type::I32);
        if self.b.ty(addr) == Type::I64 {
            sum = self.b.convert(Op::Wrap, ty, addr);
        }
        if offset & low != 0 {
            let offset = self.b.constant(ty, offset & low);
            sum = self.b.binary(Op::Add, ty, sum, offset);
        }
        let mask = self.b.constant(ty, low);
        let rest = self.b.binary(Op::And, ty, sum, mask);
        self.b.trap_if(rest, TrapCode::UnalignedAtomic);
    }

    /// `atomic.wait`, `atomic.notify`: the runtime gets the effective address, which has 64 bits, and checks that it is in bounds.
    pub(super) fn wait_or_notify(&mut self, block: Block, inst: Inst) -> Next {
        let data = &self.b.func.insts[inst];
        let (op, ty) = (data.op, data.ty);
        let (mem, _, offset) = data.mem();
        let operands = data.args.clone();
        if op == Op::AtomicWait && !self.program.memories[mem].shared {
            self.b.trap(TrapCode::ExpectedSharedMemory);
            return Next::Unreachable;
        }
        self.check_alignment(inst);
        let desc = self.memory_ptr(mem);
        let addr = self.zext(operands[0]);
        let offset = self.b.constant(Type::I64, offset);
        let address = self.b.binary(Op::Add, Type::I64, addr, offset);
        if self.program.memories[mem].is_wide() {
            let wrapped = self.b.icmp(IntCc::LtU, Type::I64, address, offset);
            self.b.trap_if(wrapped, TrapCode::MemoryOutOfBounds);
        }
        let (function, rest): (RtFn, &[Value]) = match (op, ty) {
            (Op::AtomicNotify, _) => (RtFn::Notify, &operands[1..]),
            (_, Type::I64) => (RtFn::Wait64, &operands[1..]),
            _ => (RtFn::Wait32, &operands[1..]),
        };
        let mut args = vec![desc, address];
        args.extend(rest);
        let call = self
            .b
            .call_symbol(Callee::Runtime(function), function.signature(), &args);
        let result = self.b.result(call);
        let outside = self.b.constant(Type::I64, u64::MAX);
        let is_outside = self.b.icmp(IntCc::Eq, Type::I64, result, outside);
        let code = function.trap().expect("an operation that may fail");
        self.b.trap_if(is_outside, code);
        self.become_op(block, inst, Op::Wrap, Type::I32, Imm::None, &[result]);
        Next::Reached
    }
}
