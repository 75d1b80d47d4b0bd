//! `wative inspect` of a component: its WIT, and what it will need from the system.
//!
//! Interfaces of WASI are named only; all others are written out.

use std::collections::BTreeMap;

use wative_compiler::{Error, host, show};
use wit_component::WitPrinter;
use wit_parser::{PackageId, Resolve, World, WorldId, WorldItem};

use super::row;
use crate::wit;

/// Describes a component.
///
/// # Errors
///
/// It is not valid, or has what WIT has no words for.
pub fn describe(file: &str, bytes: &[u8]) -> Result<String, Error> {
    let (resolve, world) = wit::world(file, bytes)?;
    let mut text = format!(
        "{}: WebAssembly component, {} bytes\n\n",
        show::name(file),
        bytes.len()
    );
    let world_text = world_text(&resolve, world);
    text.push_str(&world_text.map_err(|error| wit::inexpressible(file, &error.to_string()))?);
    needs(&mut text, &resolve, &resolve.worlds[world]);
    Ok(text)
}

/// The world as text, with the packages that it uses and that are not WASI's.
fn world_text(resolve: &Resolve, world: WorldId) -> anyhow::Result<String> {
    let root = resolve.worlds[world].package;
    let own = |id: &PackageId| Some(*id) != root && resolve.packages[*id].name.namespace != "wasi";
    let nested: Vec<PackageId> = resolve
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(own)
        .collect();
    let mut printer = WitPrinter::default();
    if let Some(root) = root {
        printer.print(resolve, root, &nested)?;
    }
    Ok(String::from(printer.output))
}

/// The system's side: entry, capabilities, what comes from elsewhere.
fn needs(text: &mut String, resolve: &Resolve, world: &World) {
    text.push_str("\nneeds\n");
    let exports = |wanted: &str| {
        let mut names = world.exports.keys().map(|key| resolve.name_world_key(key));
        names.any(|name| host::track(&name) == Some(wanted))
    };
    row(
        text,
        "entry",
        if exports("wasi:http/handler@0.3") {
            "wasi:http/handler: it is a server (--listen)"
        } else if exports("wasi:http/incoming-handler") {
            "wasi:http/incoming-handler: it is a server (--listen)"
        } else if exports("wasi:cli/run@0.3") || exports("wasi:cli/run") {
            "wasi:cli/run: it is a program"
        } else {
            "none: it is a library; call an export with --invoke"
        },
    );
    let mut capabilities: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut missing = Vec::new();
    for (key, item) in &world.imports {
        let interface = show::name(&resolve.name_world_key(key));
        match item {
            WorldItem::Interface { id, .. } => {
                let functions = resolve.interfaces[*id].functions.keys();
                let absent: Vec<String> = functions
                    .filter(|name| host::host_function(&interface, name).is_none())
                    .map(|name| format!("{interface} {}", show::name(name)))
                    .collect();
                if absent.is_empty() {
                    let group = capability(&interface);
                    capabilities.entry(group).or_default().push(interface);
                } else {
                    missing.extend(absent);
                }
            }
            WorldItem::Function(_) => missing.push(interface),
            WorldItem::Type { .. } => {}
        }
    }
    for (capability, names) in &capabilities {
        row(text, capability, &names.join(", "));
    }
    for (index, name) in missing.iter().enumerate() {
        row(text, if index == 0 { "from elsewhere" } else { "" }, name);
    }
    if !missing.is_empty() {
        row(text, "", "give components that export them with --plug");
    }
}

/// What the interfaces of WASI ask of the system.
fn capability(interface: &str) -> &'static str {
    let name = interface.split('@').next().unwrap_or(interface);
    match name {
        "wasi:cli/environment" => "arguments, environment",
        "wasi:cli/exit" => "process",
        _ if name.starts_with("wasi:cli/") => "standard streams",
        _ if name.starts_with("wasi:io/") => "streams, waiting",
        _ if name.starts_with("wasi:clocks/") => "clocks",
        _ if name.starts_with("wasi:random/") => "random numbers",
        _ if name.starts_with("wasi:filesystem/") => "directories (--dir)",
        "wasi:sockets/ip-name-lookup" => "names (--allow-dns)",
        "wasi:sockets/tcp" => "TCP (--allow-connect, --allow-bind)",
        "wasi:sockets/udp" => "UDP (--allow-udp, --allow-bind)",
        _ if name.starts_with("wasi:sockets/") => "sockets",
        "wasi:http/outgoing-handler" => "HTTP (--allow-connect)",
        _ if name.starts_with("wasi:http/") => "HTTP",
        _ => "others",
    }
}

#[cfg(test)]
mod tests {
    use super::describe;

    /// Names that only WIT does not have are refused, although its parser panics.
    #[test]
    fn function_named_like_an_interface() {
        let component = wat::parse_str(r#"(component (import "a:b/c" (func)))"#);
        let described = describe("file", &component.expect("valid text"));
        let error = described.expect_err("WIT has no such function");
        assert!(error.reason.contains("cannot be written in WIT"), "{error}");
    }
}
