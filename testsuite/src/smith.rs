//! Generated modules: valid, of every feature that is supported, and made by `wasm-smith` from random bytes.

use arbitrary::Unstructured;
use wasm_smith::{Config, MemoryOffsetChoices, Module};
use wative_compiler::Input;

use crate::outline::{self, Outline};
use crate::random::Random;
use crate::references;
use crate::rewrite::Sections;

/// Calls and rounds of loops until a module ends itself, and the function that it exports to start afresh. So deep that a recursion ends before
/// any stack does.
const FUEL: u32 = 500;
pub const REFUEL: &str = "refuel";

/// What modules may have.
#[derive(Clone, Copy)]
pub struct Kinds {
    /// Only what is deterministic may be compared: with relaxed SIMD then.
    pub deterministic: bool,
    /// Several memories, 64-bit ones, ones with pages of single bytes.
    pub memories: bool,
    /// Imports in groups of a module's or a type's.
    pub compact_imports: bool,
    /// Structures, arrays and typed references, with functions that make them and make numbers of them.
    pub objects: bool,
}

/// A module that terminates and imports nothing.
///
/// # Errors
/// The generator gave up.
pub fn module(random: &mut Random, kinds: Kinds) -> Result<Vec<u8>, String> {
    let config = Config {
        max_imports: 0,
        min_memories: 1,
        ..config(random, kinds)
    };
    generate(config, kinds, random)
}

/// Two or three modules that each import of what those before it export: functions, memories, tables, globals and tags.
///
/// # Errors
/// The generator gave up.
pub fn linked(random: &mut Random, kinds: Kinds) -> Result<Vec<Input>, String> {
    let mut inputs: Vec<Input> = Vec::new();
    // Memories that are imported must be of a kind that the importing module may have.
    let wide = kinds.memories && random.below(2) == 0;
    for name in ["a", "b", "c"].iter().take(2 + random.below(2)) {
        let imports = imports(&inputs)?;
        let config = Config {
            available_imports: Some(imports),
            max_imports: 20,
            // A first one always has something to import.
            min_memories: if inputs.is_empty() { 1 } else { 0 },
            // Imported ones count, and some of its own must have room.
            max_funcs: 28,
            memory64_enabled: wide,
            custom_page_sizes_enabled: false,
            ..config(random, kinds)
        };
        inputs.push(Input {
            name: name.to_string(),
            path: format!("{name}.wasm"),
            bytes: generate(config, kinds, random)?,
            links: Vec::new(),
        });
    }
    Ok(inputs)
}

/// Everything on that has a flag, and sizes at which a module is interpreted in milliseconds.
fn config(random: &mut Random, kinds: Kinds) -> Config {
    let several = kinds.memories && random.below(2) == 0;
    // Most functions trap before they have made anything of objects.
    let trapping = if kinds.objects { 4 } else { 2 };
    Config {
        max_funcs: 12,
        min_funcs: 4,
        // Without types there are no functions.
        min_types: 4,
        max_types: 30,
        max_data_segments: 4,
        max_element_segments: 4,
        disallow_traps: random.below(trapping) != 0,
        max_instructions: *random.pick(&[30, 100, 400]),
        max_memory32_bytes: 4 << 16,
        max_memory64_bytes: 4 << 16,
        max_memories: if several { 3 } else { 1 },
        memory_max_size_required: true,
        max_table_elements: 50,
        table_max_size_required: true,
        max_tables: 3,
        export_everything: true,
        allow_start_export: random.below(8) == 0,
        canonicalize_nans: false,
        memory_offset_choices: MemoryOffsetChoices(60, 39, 1),
        bulk_memory_enabled: true,
        reference_types_enabled: true,
        multi_value_enabled: true,
        saturating_float_to_int_enabled: true,
        sign_extension_ops_enabled: true,
        extended_const_enabled: true,
        exceptions_enabled: true,
        tail_call_enabled: true,
        simd_enabled: true,
        relaxed_simd_enabled: kinds.deterministic,
        threads_enabled: random.below(2) == 0,
        memory64_enabled: kinds.memories && random.below(2) == 0,
        custom_page_sizes_enabled: kinds.memories && random.below(4) == 0,
        wide_arithmetic_enabled: random.below(2) == 0,
        gc_enabled: kinds.objects,
        compact_imports_enabled: kinds.compact_imports && random.below(2) == 0,
        // What is not supported.
        custom_descriptors_enabled: false,
        shared_everything_threads_enabled: false,
        acquire_release_atomics_enabled: false,
        ..Config::default()
    }
}

fn generate(config: Config, kinds: Kinds, random: &mut Random) -> Result<Vec<u8>, String> {
    let explain = |e: &dyn std::fmt::Display| format!("generator: {e}");
    let mut make = || {
        let len = 4000 + random.below(30_000);
        let bytes = random.bytes(len);
        Module::new(config.clone(), &mut Unstructured::new(&bytes))
    };
    // Of some bytes it makes nothing.
    let module = make().or_else(|_| make()).or_else(|_| make());
    let mut module = module.map_err(|e| explain(&e))?;
    let fuel = module.ensure_termination(FUEL).map_err(|e| explain(&e))?;
    let mut sections = Sections::new(&module.to_bytes())?;
    sections.end_waits();
    sections.add_setter(REFUEL, fuel, FUEL)?;
    if kinds.objects {
        references::add(&mut sections, kinds.deterministic, random)?;
    }
    Ok(sections.bytes())
}

/// A module that imports everything that the modules export, but what makes others not end.
fn imports(modules: &[Input]) -> Result<Vec<u8>, String> {
    let outline = |module: &Input| Ok((module.name.clone(), Outline::new(&module.bytes)?));
    let outlines: Result<Vec<(String, Outline)>, String> = modules.iter().map(outline).collect();
    outline::importing(&outlines?, REFUEL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::{self, FEATURES};

    const ALL: Kinds = Kinds {
        deterministic: true,
        memories: true,
        compact_imports: true,
        objects: true,
    };

    #[test]
    fn generated_modules_have_functions_and_can_start_afresh() {
        let mut with_objects = 0;
        for seed in 0..30 {
            let module = module(&mut Random::new(seed), ALL).expect("the generator gives one");
            assert!(rewrite::is_valid(&module, FEATURES));
            let outline = Outline::new(&module).expect("it is valid");
            assert!(outline.exported_funcs().count() >= 4, "{seed}");
            assert!(outline.exported_funcs().any(|(name, _)| name == REFUEL));
            with_objects += usize::from(outline.has_objects());
            let sections = Sections::new(&module).expect("it is valid");
            assert!(sections.bodies.len() > 4, "{seed}");
        }
        assert!(with_objects > 20, "{with_objects}");
    }

    #[test]
    fn linked_modules_use_each_other() {
        let mut imported = 0;
        for seed in 0..20 {
            let inputs = linked(&mut Random::new(seed), ALL).expect("the generator gives some");
            for input in &inputs[1..] {
                let outline = Outline::new(&input.bytes).expect("it is valid");
                imported += outline.imported_funcs;
            }
        }
        assert!(imported > 20, "{imported}");
    }
}
