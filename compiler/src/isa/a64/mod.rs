//! AArch64, baseline ARMv8.0-A.
