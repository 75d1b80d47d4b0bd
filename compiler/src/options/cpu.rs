//! CPU levels: which instructions beyond an instruction set's baseline code may use.
//!
//! A feature is one row here (name, bit that the start code checks) and whatever asks for it in `isa`. The levels are those of the System V
//! ABI for x86-64 and the architecture's for AArch64.

use super::Isa;
use crate::abi::Config;

/// Instructions that code may use beyond the baseline (x86-64-v2, ARMv8.0). Only `isa` looks at them; those of another instruction set
/// mean nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct CpuFeatures {
    /// x86-64: VEX forms of the 128-bit instructions.
    pub avx: bool,
    /// x86-64: shifts with a count for each lane, broadcasts from registers. Implies `avx`.
    pub avx2: bool,
    /// x86-64: fused multiply-add. Implies `avx`.
    pub fma: bool,
    /// x86-64: `andn`, `blsr`, `tzcnt`.
    pub bmi1: bool,
    /// x86-64: shifts that keep the flags and take the count from any register.
    pub bmi2: bool,
    /// x86-64: `lzcnt`.
    pub lzcnt: bool,
    /// AArch64: atomic read-modify-write instructions.
    pub lse: bool,
}

impl CpuFeatures {
    /// Nothing beyond the baseline.
    pub const BASELINE: CpuFeatures = CpuFeatures {
        avx: false,
        avx2: false,
        fma: false,
        bmi1: false,
        bmi2: false,
        lzcnt: false,
        lse: false,
    };
    /// x86-64-v3, as far as the compiler uses it.
    pub const X86_64_V3: CpuFeatures = CpuFeatures {
        avx: true,
        avx2: true,
        fma: true,
        bmi1: true,
        bmi2: true,
        lzcnt: true,
        lse: false,
    };
    /// ARMv8.1-A.
    pub const ARMV8_1: CpuFeatures = CpuFeatures {
        lse: true,
        ..CpuFeatures::BASELINE
    };

    /// The names of levels, with what they mean; the first is the default. Of x86-64-v4 the compiler uses what v3 has.
    pub fn levels(isa: Isa) -> &'static [(&'static str, CpuFeatures)] {
        match isa {
            Isa::X64 => &[
                ("x86-64-v2", CpuFeatures::BASELINE),
                ("x86-64-v3", CpuFeatures::X86_64_V3),
                ("x86-64-v4", CpuFeatures::X86_64_V3),
            ],
            Isa::A64 => &[
                ("generic", CpuFeatures::BASELINE),
                ("armv8.1-a", CpuFeatures::ARMV8_1),
                ("lse", CpuFeatures::ARMV8_1),
            ],
        }
    }

    /// What the start code has to check: `Config::cpu`.
    pub fn required(self, isa: Isa) -> u64 {
        let pick = |rows: &[(bool, u64)]| {
            let given = rows.iter().filter(|(used, _)| *used);
            given.fold(0, |mask, (_, bit)| mask | bit)
        };
        match isa {
            Isa::X64 => pick(&[
                (true, Config::CPU_X86_64_V2),
                (self.avx, Config::CPU_AVX),
                (self.avx2, Config::CPU_AVX2),
                (self.fma, Config::CPU_FMA),
                (self.bmi1, Config::CPU_BMI1),
                (self.bmi2, Config::CPU_BMI2),
                (self.lzcnt, Config::CPU_LZCNT),
            ]),
            Isa::A64 => pick(&[(self.lse, Config::CPU_LSE)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_level_is_the_baseline_and_checks_no_more() {
        for (isa, mask) in [(Isa::X64, Config::CPU_X86_64_V2), (Isa::A64, 0)] {
            let (_, features) = CpuFeatures::levels(isa)[0];
            assert_eq!(features, CpuFeatures::default());
            assert_eq!(features.required(isa), mask);
        }
    }

    #[test]
    fn features_of_the_other_instruction_set_are_not_checked() {
        let (x64, a64) = (CpuFeatures::X86_64_V3, CpuFeatures::ARMV8_1);
        assert_eq!(x64.required(Isa::A64), 0);
        assert_eq!(a64.required(Isa::X64), Config::CPU_X86_64_V2);
        assert_eq!(x64.required(Isa::X64).count_ones(), 7);
    }
}
