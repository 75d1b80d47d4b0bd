//! `wative inspect`: what a module or component is, which proposals it uses, and what it will need from the system.
//!
//! A proposal is *used* if the module is not valid without it: the validator decides, with one proposal switched off at a
//! time. So the listing cannot differ from what the compiler accepts.

mod component;
mod names;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use wasmparser::types::{EntityType, Types, TypesRef};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wative_compiler::wasm::features::{BASE, PROPOSALS, Proposal};
use wative_compiler::wasm::link;
use wative_compiler::{Error, host, show};

use self::names::Names;
use crate::imports;
use crate::target::Target;

/// Size of a page of memory in bytes, as long as the module does not choose another.
const PAGE: u64 = 65536;

/// Describes the module or component of this file (its path is for messages) in readable text.
///
/// # Errors
///
/// It is not valid, whatever proposals are switched on.
pub fn describe(file: &str, bytes: &[u8]) -> Result<String, Error> {
    if Parser::is_component(bytes) {
        return component::describe(file, bytes);
    }
    let all = PROPOSALS.iter().fold(BASE, |set, p| set | p.flags);
    let types = validate(bytes, all).map_err(|error| {
        Error::new(show::name(error.message()))
            .in_file(file)
            .at(error.offset())
            .help("the module is not valid: it is damaged, or the tool that made it has a bug")
    })?;
    let view = types.as_ref();
    let facts = Facts::read(bytes);
    let imports: Vec<_> = view.core_imports().into_iter().flatten().collect();
    let exports: Vec<_> = view.core_exports().into_iter().flatten().collect();

    let mut text = String::new();
    text.push_str(&format!(
        "{}: WebAssembly module, {} bytes\n",
        show::name(file),
        bytes.len()
    ));
    contents(&mut text, view, &imports, &facts);
    list(
        &mut text,
        "imports",
        imports.iter().map(|(module, name, ty)| {
            (
                show::name(module) + "." + &show::name(name),
                entity(view, *ty),
            )
        }),
    );
    list(
        &mut text,
        "exports",
        exports
            .iter()
            .map(|(name, ty)| (show::name(name), entity(view, *ty))),
    );
    features(&mut text, bytes, all);
    needs(&mut text, view, &imports, &exports);
    Ok(text)
}

fn validate(bytes: &[u8], features: WasmFeatures) -> Result<Types, wasmparser::BinaryReaderError> {
    Validator::new_with_features(features).validate_all(bytes)
}

fn is_function(ty: &EntityType) -> bool {
    matches!(ty, EntityType::Func(_) | EntityType::FuncExact(_))
}

/// What the type information does not hold.
#[derive(Default)]
struct Facts {
    /// Number of data segments and their bytes.
    data: (usize, usize),
    start: Option<u32>,
    /// Custom sections, in order.
    custom: Vec<String>,
    names: Names,
}

impl Facts {
    /// Reads a module that is valid.
    fn read(bytes: &[u8]) -> Facts {
        let mut facts = Facts::default();
        for payload in Parser::new(0).parse_all(bytes).filter_map(Result::ok) {
            match payload {
                Payload::DataSection(section) => {
                    for segment in section.into_iter().filter_map(Result::ok) {
                        facts.data.0 += 1;
                        facts.data.1 += segment.data.len();
                    }
                }
                Payload::StartSection { func, .. } => facts.start = Some(func),
                Payload::CustomSection(section) => {
                    facts.custom.push(show::name(section.name()));
                    facts.names.read(&section);
                }
                _ => {}
            }
        }
        facts
    }
}

fn contents(
    text: &mut String,
    view: TypesRef<'_>,
    imports: &[(&str, &str, EntityType)],
    facts: &Facts,
) {
    let imported = imports.iter().filter(|(_, _, ty)| is_function(ty)).count();
    row(
        text,
        "functions",
        &format!("{} ({imported} imported)", view.function_count()),
    );
    for index in 0..view.memory_count() {
        let memory = memory(view.memory_at(index));
        row(text, "memory", &(facts.names.memory(index) + &memory));
    }
    for index in 0..view.table_count() {
        let table = table(view.table_at(index));
        row(text, "table", &(facts.names.table(index) + &table));
    }
    row(text, "globals", &view.global_count().to_string());
    let segments = if facts.data.0 == 1 {
        "segment"
    } else {
        "segments"
    };
    let data = format!("{} {segments}, {} bytes", facts.data.0, facts.data.1);
    row(text, "data", &data);
    if let Some(start) = facts.start {
        row(text, "start function", &start.to_string());
    }
    if !facts.custom.is_empty() {
        row(text, "custom sections", &facts.custom.join(", "));
    }
    let named = facts.names.counts();
    if !named.is_empty() {
        row(text, "named", &named);
    }
}

fn features(text: &mut String, bytes: &[u8], all: WasmFeatures) {
    let mut used = Vec::new();
    collect_used(bytes, all, PROPOSALS, &mut used);
    let rows = used.into_iter().map(|proposal| {
        let note = if proposal.supported {
            ""
        } else {
            "not supported by this version of wative"
        };
        (proposal.name.to_owned(), note.to_owned())
    });
    list(text, "features used", rows);
}

/// Appends those of `group` that the module is not valid without. A module that is valid without all of them uses none, so
/// that few validations tell.
fn collect_used(bytes: &[u8], all: WasmFeatures, group: &[Proposal], used: &mut Vec<Proposal>) {
    let flags = group
        .iter()
        .fold(WasmFeatures::empty(), |set, proposal| set | proposal.flags);
    if validate(bytes, all.difference(flags)).is_ok() {
        return;
    }
    match group {
        [one] => used.push(*one),
        _ => {
            let (first, second) = group.split_at(group.len() / 2);
            collect_used(bytes, all, first, used);
            collect_used(bytes, all, second, used);
        }
    }
}

/// The system's side: entry, WASI capabilities, functions from elsewhere, address space.
fn needs(
    text: &mut String,
    view: TypesRef<'_>,
    imports: &[(&str, &str, EntityType)],
    exports: &[(&str, EntityType)],
) {
    text.push_str("\nneeds\n");
    let exported = |wanted: &str| {
        exports
            .iter()
            .any(|(name, ty)| *name == wanted && is_function(ty))
    };
    row(
        text,
        "entry",
        match (exported("_start"), exported("_initialize")) {
            (true, false) => "_start: it is a program",
            (true, true) => "_initialize, then _start: it is a program",
            (false, true) => {
                "none: it is a library that is set up by _initialize; call an export with --invoke, or use --emit obj"
            }
            (false, false) => {
                "none: it is a library; call an export with --invoke, or use --emit obj"
            }
        },
    );
    let provided = imports::provided(Target::host().unwrap_or(Target::X86_64Linux));
    let mut capabilities: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut missing = Vec::new();
    for (module, name, ty) in imports {
        let names = ((*module).to_owned(), (*name).to_owned());
        if is_from_host(view, module, name, ty) {
            // Nothing to be granted or given.
        } else if is_function(ty) && *module != "env" && provided.contains(&names) {
            if host::WASI_MODULES.contains(module) {
                capabilities
                    .entry(capability(name))
                    .or_default()
                    .push(show::name(name));
            }
        } else {
            missing.push(format!("{}.{}", show::name(module), show::name(name)));
        }
    }
    for (capability, names) in &capabilities {
        row(text, capability, &names.join(", "));
    }
    if !missing.is_empty() {
        row(text, "from elsewhere", &missing.join(", "));
        row(
            text,
            "",
            "give the modules that export them, or objects with --link; else --allow-unknown-imports",
        );
    }
    if view.memory_count() > 0 {
        row(
            text,
            "address space",
            "8 GiB reserved for each memory, not with --memory checked",
        );
    }
    row(
        text,
        "NaNs",
        "bits of those that arithmetic makes are the processor's own, canonical with --deterministic",
    );
    row(text, "processor", "x86-64-v2 (SSE4.2, POPCNT) on x86-64");
}

/// Whether an import is one that every executable provides: a memory of the host's, or a function of `env`.
fn is_from_host(view: TypesRef<'_>, module: &str, name: &str, ty: &EntityType) -> bool {
    match ty {
        EntityType::Memory(memory) => memory.shared || (module, name) == link::HOST_MEMORY,
        EntityType::Func(id) | EntityType::FuncExact(id) => {
            let wanted = host::env_type(module, name);
            let ty = view[*id].unwrap_func();
            let is_i32 = |ty: &wasmparser::ValType| *ty == wasmparser::ValType::I32;
            wanted.is_some_and(|wanted| {
                ty.results().is_empty()
                    && ty.params().len() == wanted.params.len()
                    && ty.params().iter().all(is_i32)
            })
        }
        EntityType::Table(_) | EntityType::Global(_) | EntityType::Tag(_) => false,
    }
}

/// What a WASI call asks of the system, by the call's family.
fn capability(name: &str) -> &'static str {
    match name {
        "args_get" | "args_sizes_get" => "arguments",
        "environ_get" | "environ_sizes_get" => "environment (--env)",
        "clock_res_get" | "clock_time_get" => "clocks",
        "random_get" => "random numbers",
        "proc_exit" | "proc_raise" | "sched_yield" => "process",
        "poll_oneoff" => "waiting",
        _ if name.starts_with("sock_") => "sockets",
        _ if name.starts_with("path_")
            || name == "fd_readdir"
            || name.starts_with("fd_prestat") =>
        {
            "directories (--dir)"
        }
        _ => "open files, stdio",
    }
}

fn entity(view: TypesRef<'_>, ty: EntityType) -> String {
    match ty {
        EntityType::Func(id) | EntityType::FuncExact(id) => view[id].to_string(),
        EntityType::Tag(id) => format!("tag {}", view[id]),
        EntityType::Table(ty) => format!("table {}", table(ty)),
        EntityType::Memory(ty) => format!("memory {}", memory(ty)),
        EntityType::Global(ty) if ty.mutable => format!("global mut {}", ty.content_type),
        EntityType::Global(ty) => format!("global {}", ty.content_type),
    }
}

fn memory(ty: wasmparser::MemoryType) -> String {
    let page = ty.page_size_log2.map_or(PAGE, |log2| 1 << log2.min(16));
    let bytes = ty.initial.saturating_mul(page);
    let pages = if ty.initial == 1 { "page" } else { "pages" };
    let mut text = format!(
        "{} {pages} ({bytes} bytes), {}",
        ty.initial,
        limit(ty.maximum)
    );
    for (flag, name) in [
        (ty.memory64, ", 64-bit"),
        (ty.shared, ", shared"),
        (ty.page_size_log2.is_some(), ", custom page size"),
    ] {
        if flag {
            text.push_str(name);
        }
    }
    text
}

fn table(ty: wasmparser::TableType) -> String {
    let wide = if ty.table64 { ", 64-bit" } else { "" };
    format!(
        "{} × {}, {}{wide}",
        ty.initial,
        ty.element_type,
        limit(ty.maximum)
    )
}

fn limit(maximum: Option<u64>) -> String {
    maximum.map_or_else(
        || "no maximum".to_owned(),
        |maximum| format!("at most {maximum}"),
    )
}

fn row(text: &mut String, label: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", format!("  {label:<22} {value}").trim_end());
}

/// A heading with the number of rows, and the rows aligned.
fn list(text: &mut String, heading: &str, rows: impl Iterator<Item = (String, String)>) {
    let rows: Vec<_> = rows.collect();
    let width = rows
        .iter()
        .map(|(label, _)| label.chars().count())
        .max()
        .unwrap_or(0);
    let _ = writeln!(text, "\n{heading} ({})", rows.len());
    for (label, value) in rows {
        let _ = writeln!(text, "{}", format!("  {label:<width$}  {value}").trim_end());
    }
}
