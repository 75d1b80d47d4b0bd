//! `--cpu`: the level or machine whose instructions may be used.

use wative_compiler::Error;
use wative_compiler::options::CpuFeatures;

use crate::Failure;
use crate::target::Target;

/// The name that stands for the machine that compiles.
const NATIVE: &str = "native";

/// What code for the target may use: `name` is a level of its architecture, or `native`. Nothing: the baseline.
///
/// # Errors
///
/// No such name; `native` for another architecture than this machine's (usage).
pub fn features(target: Target, name: Option<&str>) -> Result<CpuFeatures, Failure> {
    let Some(name) = name else {
        return Ok(CpuFeatures::BASELINE);
    };
    let levels = CpuFeatures::levels(target.isa());
    if let Some((_, features)) = levels.iter().find(|(level, _)| *level == name) {
        return Ok(*features);
    }
    let is_own = target.arch() == std::env::consts::ARCH;
    if name == NATIVE && is_own {
        return Ok(host());
    }
    let reason = if name == NATIVE {
        format!(
            "--cpu native means this machine, which is no {}",
            target.arch()
        )
    } else {
        format!("--cpu does not know {name} for {target}")
    };
    let mut names: Vec<&str> = levels.iter().map(|(level, _)| *level).collect();
    if is_own {
        names.push(NATIVE);
    }
    let help = format!("the names are {}", names.join(", "));
    Err(Failure::Usage(Error::new(reason).help(help)))
}

/// Everything that this machine's processor has.
#[cfg(target_arch = "x86_64")]
fn host() -> CpuFeatures {
    let avx = is_x86_feature_detected!("avx");
    CpuFeatures {
        avx,
        avx2: avx && is_x86_feature_detected!("avx2"),
        fma: avx && is_x86_feature_detected!("fma"),
        bmi1: is_x86_feature_detected!("bmi1"),
        bmi2: is_x86_feature_detected!("bmi2"),
        lzcnt: is_x86_feature_detected!("lzcnt"),
        lse: false,
    }
}

/// Everything that this machine's processor has.
#[cfg(target_arch = "aarch64")]
fn host() -> CpuFeatures {
    CpuFeatures {
        lse: std::arch::is_aarch64_feature_detected!("lse"),
        ..CpuFeatures::BASELINE
    }
}

/// A machine that is no target.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn host() -> CpuFeatures {
    CpuFeatures::BASELINE
}
