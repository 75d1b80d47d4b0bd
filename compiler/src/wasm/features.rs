//! WebAssembly proposals: which are supported, `--features`, and the name of the one that a refused module needs.
//!
//! A module that the allowed set refuses is validated again with every proposal on. If that succeeds, the module is fine and the
//! reason is a proposal that wative does not have or that is switched off: it is named, instead of calling the module invalid.

use crate::Error;
use wasmparser::{Validator, WasmFeatures};

/// A proposal.
#[derive(Clone, Copy, Debug)]
pub struct Proposal {
    /// Its name in `--features`, as wasm-tools has it.
    pub name: &'static str,
    /// Its name in messages.
    pub title: &'static str,
    pub flags: WasmFeatures,
    /// Proposals that it builds on.
    pub needs: WasmFeatures,
    /// Whether wative compiles it.
    pub supported: bool,
}

const NOTHING: WasmFeatures = WasmFeatures::empty();

const fn yes(
    name: &'static str,
    title: &'static str,
    flags: WasmFeatures,
    needs: WasmFeatures,
) -> Proposal {
    Proposal {
        name,
        title,
        flags,
        needs,
        supported: true,
    }
}

const fn no(
    name: &'static str,
    title: &'static str,
    flags: WasmFeatures,
    needs: WasmFeatures,
) -> Proposal {
    Proposal {
        supported: false,
        ..yes(name, title, flags, needs)
    }
}

/// Everything beyond the first version of WebAssembly but components. A proposal comes behind those it builds on: where a module needs
/// several that it may not have, the last of them is named.
#[rustfmt::skip]
pub const PROPOSALS: &[Proposal] = &[
    yes("mutable-global", "mutable globals", WasmFeatures::MUTABLE_GLOBAL, NOTHING),
    yes("saturating-float-to-int", "saturating conversions", WasmFeatures::SATURATING_FLOAT_TO_INT, NOTHING),
    yes("sign-extension", "sign extension", WasmFeatures::SIGN_EXTENSION, NOTHING),
    yes("multi-value", "multiple values", WasmFeatures::MULTI_VALUE, NOTHING),
    yes("bulk-memory", "bulk memory", WasmFeatures::BULK_MEMORY, NOTHING),
    yes("reference-types", "reference types", WasmFeatures::REFERENCE_TYPES, NOTHING),
    yes("extended-const", "extended constant expressions", WasmFeatures::EXTENDED_CONST, NOTHING),
    yes("compact-imports", "compact import section", WasmFeatures::COMPACT_IMPORTS, NOTHING),
    yes("wide-arithmetic", "wide arithmetic", WasmFeatures::WIDE_ARITHMETIC, NOTHING),
    no("memory-control", "memory control", WasmFeatures::MEMORY_CONTROL, NOTHING),
    yes("multi-memory", "multi-memory", WasmFeatures::MULTI_MEMORY, NOTHING),
    yes("custom-page-sizes", "custom page sizes", WasmFeatures::CUSTOM_PAGE_SIZES, NOTHING),
    yes("memory64", "memory64", WasmFeatures::MEMORY64, NOTHING),
    yes("threads", "threads", WasmFeatures::THREADS, NOTHING),
    yes("function-references", "function references", WasmFeatures::FUNCTION_REFERENCES, WasmFeatures::REFERENCE_TYPES),
    yes("gc", "garbage collection (GC)", WasmFeatures::GC, WasmFeatures::FUNCTION_REFERENCES),
    no("acquire-release-atomics", "acquire-release atomics", WasmFeatures::ACQUIRE_RELEASE_ATOMICS, WasmFeatures::THREADS),
    no("shared-everything-threads", "shared-everything threads", WasmFeatures::SHARED_EVERYTHING_THREADS, WasmFeatures::THREADS),
    no("multibyte-array-access", "multi-byte array access", WasmFeatures::MULTIBYTE_ARRAY_ACCESS, WasmFeatures::GC),
    no("custom-descriptors", "custom descriptors", WasmFeatures::CUSTOM_DESCRIPTORS, WasmFeatures::GC),
    yes("tail-call", "tail calls", WasmFeatures::TAIL_CALL, NOTHING),
    yes("exceptions", "exception handling", WasmFeatures::EXCEPTIONS, NOTHING),
    yes("stack-switching", "stack switching", WasmFeatures::STACK_SWITCHING, WasmFeatures::EXCEPTIONS),
    yes("legacy-exceptions", "legacy exception handling", WasmFeatures::LEGACY_EXCEPTIONS, WasmFeatures::EXCEPTIONS),
    yes("simd", "SIMD", WasmFeatures::SIMD, NOTHING),
    yes("relaxed-simd", "relaxed SIMD", WasmFeatures::RELAXED_SIMD, WasmFeatures::SIMD),
];

const COMPONENTS: Proposal = no(
    "component-model",
    "component model",
    WasmFeatures::COMPONENT_MODEL,
    NOTHING,
);

/// Parts of the first version of WebAssembly that have flags.
pub const BASE: WasmFeatures = WasmFeatures::FLOATS.union(WasmFeatures::GC_TYPES);

/// Everything that wative compiles.
pub const SUPPORTED: WasmFeatures = {
    let mut set = BASE;
    let mut i = 0;
    while i < PROPOSALS.len() {
        if PROPOSALS[i].supported {
            set = set.union(PROPOSALS[i].flags);
        }
        i += 1;
    }
    set
};

/// The proposals that `--features` allows: names separated by commas, each switched on or with `-` off, from left to right, beginning with all
/// that are supported. `all` stands for those, `wasm1`, `wasm2` and `wasm3` for versions of the standard. What builds on something goes with it.
///
/// # Errors
/// A name that is not known or not supported.
pub fn parse(list: &str) -> Result<WasmFeatures, Error> {
    let mut set = SUPPORTED;
    for item in list.split(',').map(str::trim).filter(|i| !i.is_empty()) {
        let (name, on) = match item.strip_prefix('-') {
            Some(name) => (name, false),
            None => (item, true),
        };
        let flags = match name {
            "all" => SUPPORTED.difference(BASE),
            "mvp" => NOTHING,
            "wasm1" => WasmFeatures::WASM1,
            "wasm2" => WasmFeatures::WASM2,
            "wasm3" => WasmFeatures::WASM3,
            _ => named(name)?.flags,
        };
        if on {
            let missing = flags.difference(SUPPORTED);
            if let Some(proposal) = all().rfind(|p| missing.contains(p.flags)) {
                return Err(unsupported(proposal));
            }
            // Whatever it builds on, too. The table has that before it.
            set |= flags;
            for proposal in PROPOSALS.iter().rev() {
                if set.contains(proposal.flags) {
                    set |= proposal.needs;
                }
            }
        } else {
            set = set.difference(flags.difference(BASE));
            for proposal in PROPOSALS {
                if !set.contains(proposal.needs) {
                    set = set.difference(proposal.flags);
                }
            }
        }
    }
    Ok(set)
}

/// Every proposal; components, which nothing builds on, come last.
fn all() -> impl DoubleEndedIterator<Item = &'static Proposal> {
    PROPOSALS.iter().chain([&COMPONENTS])
}

fn named(name: &str) -> Result<&'static Proposal, Error> {
    all().find(|p| p.name == name).ok_or_else(|| {
        let names = PROPOSALS.iter().filter(|p| p.supported).map(|p| p.name);
        let names: Vec<&str> = names.collect();
        Error::new(format!("--features: unknown name {name:?}")).help(format!(
            "names are those of wasm-tools: all, wasm1, wasm2, wasm3, {}",
            names.join(", ")
        ))
    })
}

fn unsupported(proposal: &Proposal) -> Error {
    let title = proposal.title;
    Error::new(format!("the {title} proposal is not supported")).help("build the module without it")
}

/// How the validator begins to say that a constant expression reads a global of the module itself. Its flag is the one of the proposal that
/// allowed it, which is known for something else.
const OWN_GLOBAL: &str = "constant expression required: global.get of locally defined global";

/// Why a module is refused that needs a proposal beyond the `allowed` ones, given the error of validating it; `None` if the module is invalid.
pub fn refusal(bytes: &[u8], error: &wasmparser::Error, allowed: WasmFeatures) -> Option<Error> {
    if error.message().starts_with(OWN_GLOBAL) {
        return Some(
            Error::new(
                "the garbage collection (GC) proposal is switched off by --features, which lets constant expressions read globals of the module itself",
            )
            .help("switch gc on, or write the value out: only imported globals can be read there without it"),
        );
    }
    let proposal = missing_proposal(bytes, error, allowed)?;
    if !proposal.supported {
        return Some(unsupported(proposal));
    }
    let (title, name) = (proposal.title, proposal.name);
    Some(
        Error::new(format!(
            "the {title} proposal is switched off by --features"
        ))
        .help(format!("switch {name} on, or build the module without it")),
    )
}

fn missing_proposal(
    bytes: &[u8],
    error: &wasmparser::Error,
    allowed: WasmFeatures,
) -> Option<&'static Proposal> {
    // Components come first: what is inside of one does not matter.
    let candidates = || all().rev().filter(|p| !allowed.contains(p.flags));
    let hinted = error
        .missing_wasm_feature()
        .and_then(|flags| candidates().find(|p| flags.intersects(p.flags)));
    let validates = |features| Validator::new_with_features(features).validate_all(bytes);
    let all = WasmFeatures::all();
    // Where it is invalid for another reason as well, perhaps later, a proposal that the first error names is still the better answer.
    if hinted.is_some() || validates(all).is_err() {
        return hinted;
    }
    candidates().find(|p| validates(all.difference(p.flags)).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &str) -> Vec<&'static str> {
        let set = parse(list).unwrap();
        let left_out = PROPOSALS
            .iter()
            .filter(|p| p.supported && !set.contains(p.flags));
        left_out.map(|p| p.name).collect()
    }

    #[test]
    fn features_switch_proposals() {
        assert_eq!(names(""), [""; 0]);
        assert_eq!(names("-simd"), ["simd", "relaxed-simd"]);
        assert_eq!(names("-simd, all"), [""; 0]);
        assert_eq!(names("-simd,relaxed-simd"), [""; 0]);
        assert_eq!(names("-relaxed-simd"), ["relaxed-simd"]);
        assert_eq!(parse("-all").unwrap(), BASE);
        assert_eq!(parse("-all,wasm1").unwrap(), WasmFeatures::WASM1);
        assert!(parse("-all,wasm2").unwrap().contains(WasmFeatures::SIMD));
    }

    #[test]
    fn features_are_refused_by_name() {
        let refused = |list| parse(list).unwrap_err().reason;
        assert_eq!(
            refused("simd,memory-control"),
            "the memory control proposal is not supported"
        );
        assert_eq!(
            refused("component-model"),
            "the component model proposal is not supported"
        );
        assert_eq!(refused("smid"), "--features: unknown name \"smid\"");
    }

    #[test]
    fn a_proposal_comes_behind_what_it_needs() {
        let mut seen = BASE;
        for proposal in PROPOSALS {
            assert!(seen.contains(proposal.needs), "{}", proposal.name);
            seen |= proposal.flags;
        }
    }
}
