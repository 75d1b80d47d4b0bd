//! The parts of a WebAssembly module or component.

use wasmparser::{KnownCustom, Name, Parser, Payload};
use wative_compiler::show;

use super::{Node, names};

/// Sections by kind, code by function, data by segment, custom sections by name. Modules in a component are groups of it.
pub fn parts(bytes: &[u8]) -> Option<Node> {
    let mut root = Node::default();
    let mut parsed = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        parsed.push(payload.ok()?);
    }
    let func_names = func_names(&parsed);
    // Where the parts are that were counted, as far as they are not within another.
    let mut claimed = 0;
    let mut modules: Vec<(String, u64)> = Vec::new();
    let mut module_count = 0;
    let mut func = 0;
    let mut add = |modules: &[(String, u64)], path: &[&str], bytes: u64| {
        let module = modules.last().map(|(name, _)| name.as_str());
        let path: Vec<&str> = module.into_iter().chain(path.iter().copied()).collect();
        root.add(&path, bytes);
        claimed += bytes;
    };
    let mut index = 0;
    for payload in &parsed {
        match payload {
            Payload::ModuleSection {
                unchecked_range, ..
            } => {
                modules.push((format!("module {module_count}"), unchecked_range.end));
                module_count += 1;
                func = 0;
            }
            Payload::End(_) => {
                modules.pop();
            }
            Payload::ImportSection(section) => {
                let imports = section.clone().into_imports().filter_map(Result::ok);
                let is_func = |import: &wasmparser::Import| {
                    matches!(
                        import.ty,
                        wasmparser::TypeRef::Func(_) | wasmparser::TypeRef::FuncExact(_)
                    )
                };
                func = imports.filter(is_func).count() as u32;
                let range = section.range();
                add(&modules, &["imports"], range.end - range.start);
            }
            Payload::CodeSectionEntry(body) => {
                let name = func_names
                    .iter()
                    .find(|(module, number, _)| (*module, *number) == (module_count, func));
                let name = match name {
                    Some((_, _, name)) => show::name(name),
                    None => format!("function {func}"),
                };
                let (library, shown) = names::library(&name);
                let range = body.range();
                add(
                    &modules,
                    &["code", &library, &shown],
                    range.end - range.start,
                );
                func += 1;
            }
            Payload::DataSection(section) => {
                for segment in section.clone().into_iter() {
                    let segment = segment.ok()?;
                    let name = format!("segment {index}");
                    index += 1;
                    let range = segment.range;
                    add(&modules, &["data", &name], range.end - range.start);
                }
            }
            Payload::CustomSection(section) => {
                let name = show::name(section.name());
                let bytes = section.data().len() as u64;
                add(&modules, &["custom sections", &name], bytes);
            }
            other => {
                if let (Some(name), Some((_, range))) = (kind(other), other.as_section()) {
                    add(&modules, &[name], range.end - range.start);
                }
            }
        }
    }
    // Headers of sections and bodies.
    let rest = (bytes.len() as u64).checked_sub(claimed)?;
    root.add(&["headers and lengths"], rest);
    Some(root)
}

/// Names of functions by module (0 outside of components) and index.
fn func_names<'a>(payloads: &[Payload<'a>]) -> Vec<(u32, u32, &'a str)> {
    let mut module = 0;
    let mut list = Vec::new();
    for payload in payloads {
        if let Payload::ModuleSection { .. } = payload {
            module += 1;
        }
        let Payload::CustomSection(section) = payload else {
            continue;
        };
        let KnownCustom::Name(reader) = section.as_known() else {
            continue;
        };
        for part in reader.into_iter().map_while(Result::ok) {
            if let Name::Function(map) = part {
                let names = map.into_iter().map_while(Result::ok);
                list.extend(names.map(|naming| (module, naming.index, naming.name)));
            }
        }
    }
    list
}

/// What sections are called here that have no parts. Code and data have their parts alone.
fn kind(payload: &Payload<'_>) -> Option<&'static str> {
    Some(match payload {
        Payload::TypeSection(_) => "types",
        Payload::FunctionSection(_) => "function types",
        Payload::TableSection(_) => "tables",
        Payload::MemorySection(_) => "memories",
        Payload::TagSection(_) => "tags",
        Payload::GlobalSection(_) => "globals",
        Payload::ExportSection(_) => "exports",
        Payload::ElementSection(_) => "elements",
        Payload::CodeSectionStart { .. } | Payload::DataSection(_) => return None,
        Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => return None,
        _ => "other sections",
    })
}
