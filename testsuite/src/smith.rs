//! Generated modules: valid, of every feature that is supported, and made by `wasm-smith` from random bytes.

use arbitrary::Unstructured;
use wasm_smith::{Config, MemoryOffsetChoices, Module};
use wasmparser::types::{CoreTypeId, EntityType};
use wasmparser::{Parser, Payload, ValType};
use wative_compiler::Input;

use crate::random::Random;
use crate::rewrite::{self, Sections};

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
    generate(config, random)
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
            bytes: generate(config, random)?,
            links: Vec::new(),
        });
    }
    Ok(inputs)
}

/// Everything on that has a flag, and sizes at which a module is interpreted in milliseconds.
fn config(random: &mut Random, kinds: Kinds) -> Config {
    let several = kinds.memories && random.below(2) == 0;
    Config {
        max_funcs: 12,
        min_funcs: 4,
        // Without types there are no functions.
        min_types: 4,
        max_types: 30,
        max_data_segments: 4,
        max_element_segments: 4,
        disallow_traps: random.below(2) == 0,
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
        // What is not supported.
        gc_enabled: false,
        compact_imports_enabled: false,
        custom_descriptors_enabled: false,
        shared_everything_threads_enabled: false,
        acquire_release_atomics_enabled: false,
        ..Config::default()
    }
}

fn generate(config: Config, random: &mut Random) -> Result<Vec<u8>, String> {
    let len = 4000 + random.below(30_000);
    let bytes = random.bytes(len);
    let explain = |e: &dyn std::fmt::Display| format!("generator: {e}");
    let mut module =
        Module::new(config, &mut Unstructured::new(&bytes)).map_err(|e| explain(&e))?;
    let fuel = module.ensure_termination(FUEL).map_err(|e| explain(&e))?;
    let mut sections = Sections::new(&module.to_bytes())?;
    sections.end_waits();
    sections.add_setter(REFUEL, fuel, FUEL)?;
    Ok(sections.bytes())
}

/// A module that imports everything that the modules export.
fn imports(modules: &[Input]) -> Result<Vec<u8>, String> {
    let mut text = "(module\n".to_string();
    for module in modules {
        for (export, ty) in exports(&module.bytes)? {
            let name: String = export.bytes().map(|b| format!("\\{b:02x}")).collect();
            text += &format!("(import \"{}\" \"{name}\" {ty})\n", module.name);
        }
    }
    text.push(')');
    wat::parse_str(&text).map_err(|e| format!("{e}\n{text}"))
}

/// Names of exports and their types as text.
fn exports(module: &[u8]) -> Result<Vec<(String, String)>, String> {
    let explain = |e: wasmparser::BinaryReaderError| e.to_string();
    let mut validator = wasmparser::Validator::new_with_features(rewrite::FEATURES);
    let types = validator.validate_all(module).map_err(explain)?;
    let mut exports = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        let Payload::ExportSection(section) = payload.map_err(explain)? else {
            continue;
        };
        for export in section {
            let export = export.map_err(explain)?;
            // Who calls this does not end.
            if export.name == REFUEL {
                continue;
            }
            let function = |id: CoreTypeId| {
                let ty = types[id].unwrap_func();
                let list = |types: &[ValType]| -> String {
                    types.iter().map(|ty| format!(" {ty}")).collect()
                };
                let (params, results) = (list(ty.params()), list(ty.results()));
                format!("(param{params}) (result{results})")
            };
            let limits = |initial: u64, maximum: Option<u64>| {
                let maximum = maximum.map_or(String::new(), |m| m.to_string());
                format!("{initial} {maximum}")
            };
            let ty = types.as_ref().entity_type_from_export(&export);
            let text = match ty.ok_or("an export without a type")? {
                EntityType::Func(id) | EntityType::FuncExact(id) => {
                    format!("(func {})", function(id))
                }
                EntityType::Tag(id) => format!("(tag {})", function(id)),
                EntityType::Global(ty) if ty.mutable => {
                    format!("(global (mut {}))", ty.content_type)
                }
                EntityType::Global(ty) => format!("(global {})", ty.content_type),
                EntityType::Memory(ty) => {
                    let wide = if ty.memory64 { "i64 " } else { "" };
                    let shared = if ty.shared { " shared" } else { "" };
                    let page = ty.page_size_log2.map_or(String::new(), |log2| {
                        format!(" (pagesize {})", 1u64 << log2)
                    });
                    let limits = limits(ty.initial, ty.maximum);
                    format!("(memory {wide}{limits}{shared}{page})")
                }
                EntityType::Table(ty) => {
                    let wide = if ty.table64 { "i64 " } else { "" };
                    let element = ValType::Ref(ty.element_type);
                    format!("(table {wide}{} {element})", limits(ty.initial, ty.maximum))
                }
            };
            exports.push((export.name.to_string(), text));
        }
    }
    Ok(exports)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Kinds = Kinds {
        deterministic: true,
        memories: true,
    };

    #[test]
    fn generated_modules_have_functions_and_can_start_afresh() {
        for seed in 0..30 {
            let module = module(&mut Random::new(seed), ALL).expect("the generator gives one");
            assert!(rewrite::is_valid(&module, rewrite::FEATURES));
            let exports = exports(&module).expect("it is valid");
            let functions = exports.iter().filter(|(_, ty)| ty.starts_with("(func"));
            assert!(functions.count() >= 4, "{seed}");
            let sections = Sections::new(&module).expect("it is valid");
            assert!(sections.bodies.len() > 4, "{seed}");
        }
    }

    #[test]
    fn linked_modules_use_each_other() {
        let mut imported = 0;
        for seed in 0..20 {
            let inputs = linked(&mut Random::new(seed), ALL).expect("the generator gives some");
            for input in &inputs[1..] {
                let sections = Sections::new(&input.bytes).expect("it is valid");
                imported += sections.imported_functions().expect("it is valid");
            }
        }
        assert!(imported > 20, "{imported}");
    }
}
