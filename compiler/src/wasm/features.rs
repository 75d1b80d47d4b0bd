//! Which WebAssembly proposals are supported, and the name of the one that a refused module needs.
//!
//! A module that the supported set refuses is validated again with every proposal on. If that succeeds, the module is fine and the
//! reason is a proposal that wative does not have: it is named, instead of calling the module invalid.

use wasmparser::{Validator, WasmFeatures};

/// WebAssembly 2.0 without SIMD, extended constant expressions and tail calls.
pub const SUPPORTED: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::THREADS)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXCEPTIONS)
    .union(WasmFeatures::LEGACY_EXCEPTIONS);

/// Proposals that are refused by name. Where a module needs several, the first of them in this order is named: a proposal
/// comes before those it builds on.
const REFUSED: &[(WasmFeatures, &str)] = &[
    (WasmFeatures::COMPONENT_MODEL, "component model"),
    (WasmFeatures::RELAXED_SIMD, "relaxed SIMD"),
    (WasmFeatures::SIMD, "SIMD"),
    (WasmFeatures::STACK_SWITCHING, "stack switching"),
    (WasmFeatures::CUSTOM_DESCRIPTORS, "custom descriptors"),
    (
        WasmFeatures::MULTIBYTE_ARRAY_ACCESS,
        "multi-byte array access",
    ),
    (
        WasmFeatures::SHARED_EVERYTHING_THREADS,
        "shared-everything threads",
    ),
    (
        WasmFeatures::ACQUIRE_RELEASE_ATOMICS,
        "acquire-release atomics",
    ),
    (WasmFeatures::GC, "garbage collection (GC)"),
    (WasmFeatures::FUNCTION_REFERENCES, "function references"),
    (WasmFeatures::MEMORY64, "memory64"),
    (WasmFeatures::CUSTOM_PAGE_SIZES, "custom page sizes"),
    (WasmFeatures::MULTI_MEMORY, "multi-memory"),
    (WasmFeatures::MEMORY_CONTROL, "memory control"),
    (WasmFeatures::WIDE_ARITHMETIC, "wide arithmetic"),
    (WasmFeatures::COMPACT_IMPORTS, "compact import section"),
];

/// The name of the proposal that `bytes` needs, given the error of validating it with the supported set; `None` if the module is invalid.
pub fn missing_proposal(bytes: &[u8], error: &wasmparser::Error) -> Option<&'static str> {
    let all = WasmFeatures::all();
    if Validator::new_with_features(all)
        .validate_all(bytes)
        .is_err()
    {
        // Invalid for another reason as well, perhaps later; a proposal that the first error names is still the better answer.
        return error.missing_wasm_feature().and_then(name);
    }
    error.missing_wasm_feature().and_then(name).or_else(|| {
        REFUSED
            .iter()
            .find(|(feature, _)| {
                Validator::new_with_features(all.difference(*feature))
                    .validate_all(bytes)
                    .is_err()
            })
            .map(|(_, name)| *name)
    })
}

/// The name of the first refused proposal in `features`.
fn name(features: WasmFeatures) -> Option<&'static str> {
    REFUSED
        .iter()
        .find(|(feature, _)| features.intersects(*feature))
        .map(|(_, name)| *name)
}
