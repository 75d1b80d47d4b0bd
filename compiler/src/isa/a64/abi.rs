//! Calling conventions and register roles.
//!
//! `Wasm` is AAPCS64 extended by more result registers: integers arrive in x0-x7, floats in v0-v7, each further one in an 8-byte stack slot in
//! order; results are in the same registers, further ones in the caller's area below the stack arguments. x19-x28 and the low halves of
//! v8-v15 are callee-saved. So a call of C code is a plain call, and pinned registers survive it. Apple's convention packs stack
//! arguments by their natural size and alignment, which matters for `Conv::C` only.
//!
//! x16 and x17 are scratch registers of emission, x18 and x29 belong to the platform, x30 is the return address: none is allocated.

use super::regs::{FAR_INSTANCE, LR, PINNED_INSTANCE, PINNED_MEMORY, Reg, SAVE_ORDER, v, x};
use crate::ir::{Conv, Signature};
use crate::mach::call::{self, Bank};
use crate::mach::isa::{CallAbi, RegEnv};
use crate::mach::mir::{PReg, PRegSet};

const fn p(reg: Reg) -> PReg {
    if reg.is_vec() {
        PReg::float(reg.enc())
    } else {
        PReg::int(reg.enc())
    }
}

const fn all<const N: usize>(regs: [Reg; N]) -> [PReg; N] {
    let mut result = [PReg::int(0); N];
    let mut i = 0;
    while i < N {
        result[i] = p(regs[i]);
        i += 1;
    }
    result
}

const INTS: [PReg; 8] = all([x(0), x(1), x(2), x(3), x(4), x(5), x(6), x(7)]);
const FLOATS: [PReg; 8] = all([v(0), v(1), v(2), v(3), v(4), v(5), v(6), v(7)]);
const SAVED: [PReg; 19] = all(SAVE_ORDER);

/// Callees preserve the low halves of these.
const VECTORS_SAVED: PRegSet =
    PRegSet::of(&all([v(8), v(9), v(10), v(11), v(12), v(13), v(14), v(15)]));

/// Where arguments and results are.
const BANK: Bank = Bank {
    ints: &INTS,
    floats: &FLOATS,
};

/// Where a tail call through a pointer keeps it while the epilogue restores registers.
pub const TAIL_TARGET: PReg = p(x(15));

/// Where the callee's instance arrives under `Conv::Far`.
pub const FAR: PReg = p(FAR_INSTANCE);

/// Where the runtime leaves an exception for the handler.
pub const EXCEPTION: PReg = p(x(9));

/// What a call leaves the return address in.
pub const LINK: PReg = p(LR);

/// Registers that a callee may change and that are allocated.
fn caller_saved() -> PRegSet {
    let ints = (0..16).fold(PRegSet::EMPTY, |set, n| set.with(p(x(n))));
    let floats = (0..8).chain(16..32);
    floats.fold(ints, |set, n| set.with(p(v(n))))
}

/// Places of parameters and results. A call also changes the return address register.
pub fn call_abi(conv: Conv, sig: &Signature, darwin: bool) -> CallAbi {
    let packed = darwin && conv == Conv::C;
    call::assign(sig, BANK, BANK, packed, caller_saved().with(LINK))
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
        non_preferred: PRegSet::of(&SAVED).minus(pinned.with(LINK)),
        save_order: &SAVED,
        half_saved: VECTORS_SAVED,
        always_saved: match conv {
            Conv::Wasm => PRegSet::EMPTY,
            Conv::C | Conv::Far => pinned,
        },
        entry_bytes: 0,
        save_align: 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Type;
    use crate::mach::isa::ArgLoc;

    #[test]
    fn reserved_registers_are_never_allocated() {
        for conv in [Conv::Wasm, Conv::C, Conv::Far] {
            for (open, memory) in [(false, false), (true, true)] {
                let env = reg_env(conv, open, memory);
                let given = env.preferred.union(env.non_preferred);
                for n in [16, 17, 18, 29, 30] {
                    assert!(!given.contains(p(x(n))), "x{n}");
                }
                assert_eq!(given.contains(p(PINNED_MEMORY)), !memory);
                assert_eq!(given.contains(p(PINNED_INSTANCE)), !open);
            }
        }
    }

    #[test]
    fn results_beyond_registers_precede_the_stack_arguments() {
        let sig = Signature {
            params: vec![Type::I32; 10],
            results: vec![Type::I64; 9],
        };
        let abi = call_abi(Conv::Wasm, &sig, true);
        assert_eq!(abi.params[7], ArgLoc::Reg(p(x(7))));
        assert_eq!(abi.params[8], ArgLoc::Stack(16));
        assert_eq!(abi.params[9], ArgLoc::Stack(24));
        assert_eq!(abi.results[8], ArgLoc::Stack(0));
        assert_eq!((abi.result_bytes, abi.arg_bytes), (16, 16));
    }

    #[test]
    fn apple_packs_stack_arguments_of_c() {
        let mut params = vec![Type::I64; 8];
        params.extend([Type::I32, Type::I32, Type::I64, Type::I32]);
        let sig = Signature {
            params,
            results: vec![],
        };
        let places = |darwin| call_abi(Conv::C, &sig, darwin).params[8..].to_vec();
        let at = |places: [u32; 4]| places.map(ArgLoc::Stack).to_vec();
        assert_eq!(places(true), at([0, 4, 8, 16]));
        assert_eq!(places(false), at([0, 8, 16, 24]));
    }
}
