//! Calling conventions and register roles.
//!
//! `Wasm` is System V extended by more result registers: integers arrive in rdi rsi rdx rcx r8 r9, floats in xmm0-7, each further one in an
//! 8-byte stack slot in order; results are in rax rdx rcx rsi rdi r8 r9 and xmm0-7, further ones in the caller's area
//! below the stack arguments. rbx rbp r12-r15 are callee-saved. So a call of C code is a plain call, and pinned registers survive it.

use super::regs::{
    PINNED_INSTANCE, PINNED_MEMORY, R8, R9, R10, R11, R12, R13, R14, R15, RAX, RBP, RBX, RCX, RDI,
    RDX, RSI, xmm,
};
use crate::ir::{Conv, Signature};
use crate::mach::call::{self, Bank};
use crate::mach::isa::{CallAbi, RegEnv};
use crate::mach::mir::{PReg, PRegSet};

const fn p(reg: super::regs::Reg) -> PReg {
    if reg.is_xmm() {
        PReg::float(reg.enc())
    } else {
        PReg::int(reg.enc())
    }
}

const INT_PARAMS: [PReg; 6] = [p(RDI), p(RSI), p(RDX), p(RCX), p(R8), p(R9)];
const INT_RESULTS: [PReg; 7] = [p(RAX), p(RDX), p(RCX), p(RSI), p(RDI), p(R8), p(R9)];
const FLOATS: [PReg; 8] = [
    PReg::float(0),
    PReg::float(1),
    PReg::float(2),
    PReg::float(3),
    PReg::float(4),
    PReg::float(5),
    PReg::float(6),
    PReg::float(7),
];

/// Where a tail call through a pointer keeps it while the epilogue restores registers.
pub const TAIL_TARGET: PReg = p(R11);

/// Where the callee's instance arrives under `Conv::Far`.
pub const FAR_INSTANCE: PReg = p(RAX);

/// Where the runtime leaves an exception for the handler.
pub const EXCEPTION: PReg = p(R10);

const CALLER_SAVED_INTS: PRegSet = PRegSet::of(&[
    p(RAX),
    p(RCX),
    p(RDX),
    p(RSI),
    p(RDI),
    p(R8),
    p(R9),
    p(R10),
    p(R11),
]);
/// `regs::SAVE_ORDER`.
const SAVE_ORDER: [PReg; 6] = [p(RBX), p(RBP), p(R12), p(R13), p(R14), p(R15)];

/// All xmm registers.
fn all_floats() -> PRegSet {
    (0..16).fold(PRegSet::EMPTY, |set, n| set.with(p(xmm(n))))
}

/// Registers that a callee may change.
pub fn caller_saved() -> PRegSet {
    CALLER_SAVED_INTS.union(all_floats())
}

/// Places of parameters and results.
pub fn call_abi(sig: &Signature) -> CallAbi {
    let params = Bank {
        ints: &INT_PARAMS,
        floats: &FLOATS,
    };
    let results = Bank {
        ints: &INT_RESULTS,
        floats: &FLOATS,
    };
    call::assign(sig, params, results, false, caller_saved())
}

/// Registers of a function. `open`: the instance is pinned. `pinned_memory`: so is the base of memory 0.
pub fn reg_env(conv: Conv, open: bool, pinned_memory: bool) -> RegEnv {
    let mut pinned = PRegSet::EMPTY;
    if open {
        pinned = pinned.with(p(PINNED_INSTANCE));
    }
    if pinned_memory {
        pinned = pinned.with(p(PINNED_MEMORY));
    }
    RegEnv {
        preferred: caller_saved(),
        non_preferred: PRegSet::of(&SAVE_ORDER).minus(pinned),
        save_order: &SAVE_ORDER,
        half_saved: PRegSet::EMPTY,
        always_saved: match conv {
            Conv::Wasm => PRegSet::EMPTY,
            Conv::C | Conv::Far => pinned,
        },
        entry_bytes: 8,
        save_align: 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Type;
    use crate::isa::x64::regs;
    use crate::mach::isa::ArgLoc;

    #[test]
    fn save_order_is_the_canonical_one() {
        let order: Vec<PReg> = regs::SAVE_ORDER.iter().map(|&r| r.into()).collect();
        assert_eq!(order, SAVE_ORDER);
    }

    #[test]
    fn results_beyond_registers_precede_the_stack_arguments() {
        let abi = call_abi(&Signature {
            params: vec![Type::I32; 8],
            results: vec![Type::I64; 9],
        });
        assert_eq!(abi.params[5], ArgLoc::Reg(p(R9)));
        assert_eq!(abi.params[6], ArgLoc::Stack(16));
        assert_eq!(abi.params[7], ArgLoc::Stack(24));
        assert_eq!(abi.results[6], ArgLoc::Reg(p(R9)));
        assert_eq!(abi.results[7], ArgLoc::Stack(0));
        assert_eq!((abi.result_bytes, abi.arg_bytes), (16, 16));
    }
}
