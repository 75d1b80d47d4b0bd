//! Imports that `--link` objects are to provide: all that nobody provides are listed at once.
//!
//! The C symbol of an imported function is `wative_import_MODULE__NAME`, both mangled (docs/abi.md).

use std::collections::HashSet;

use object::read::archive::ArchiveFile;
use object::{Object, ObjectSymbol};
use wative_compiler::{Error, mangle, show};

use crate::runtime;
use crate::target::Target;

/// Checks that every import of the compiled object is defined by the runtime or one of the linked objects.
///
/// # Errors
///
/// Lists those that are not; or a linked file cannot be parsed.
pub fn check_resolved(
    compiled: &[u8],
    runtime: &[u8],
    linked: &[(String, Vec<u8>)],
) -> Result<(), Error> {
    let mut missing = symbols(compiled, |symbol| symbol.is_undefined())
        .map_err(|error| Error::new(format!("the compiled object cannot be read: {error}")))?;
    missing.retain(|name| mangle::split_import(name).is_some());
    let mut defined = symbols(runtime, |symbol| symbol.is_definition())
        .map_err(|error| Error::new(format!("the runtime library cannot be read: {error}")))?;
    for (name, bytes) in linked {
        let unreadable = |error| {
            Error::new(format!("cannot link: {error}"))
                .in_file(name)
                .help("--link takes an object file or an archive")
        };
        defined.extend(all_symbols(bytes).map_err(unreadable)?);
    }
    missing.retain(|name| !defined.contains(name));
    if missing.is_empty() {
        return Ok(());
    }
    let mut lines: Vec<String> = missing.iter().map(|name| describe(name)).collect();
    lines.sort();
    let reason = format!("nothing provides these imports:\n  {}", lines.join("\n  "));
    Err(Error::new(reason)
        .help("define the C functions in an object given with --link (docs/abi.md)"))
}

/// Whether an object refers to one of these symbols and does not define it.
pub fn refers_to(object: &[u8], names: &[&str]) -> bool {
    let file = object::File::parse(object);
    file.is_ok_and(|file| {
        let mut undefined = file.symbols().filter(|symbol| symbol.is_undefined());
        undefined.any(|symbol| symbol.name().is_ok_and(|name| names.contains(&name)))
    })
}

/// Imports that the embedded runtime provides: module and name.
pub fn provided(target: Target) -> HashSet<(String, String)> {
    let defined = runtime::object(target)
        .and_then(|object| symbols(object, |symbol| symbol.is_definition()).ok());
    let names = defined.into_iter().flatten();
    names
        .filter_map(|name| mangle::split_import(&name))
        .collect()
}

/// Global symbols of an object that `choose` takes.
fn symbols(
    bytes: &[u8],
    choose: impl Fn(&object::Symbol<'_, '_>) -> bool,
) -> Result<HashSet<String>, object::Error> {
    let file = object::File::parse(bytes)?;
    let chosen = file
        .symbols()
        .filter(|symbol| symbol.is_global() && choose(symbol));
    chosen
        .map(|symbol| symbol.name().map(str::to_owned))
        .collect()
}

/// What an object or any member of an archive defines.
fn all_symbols(bytes: &[u8]) -> Result<HashSet<String>, object::Error> {
    if !bytes.starts_with(b"!<arch>\n") {
        return symbols(bytes, |symbol| symbol.is_definition());
    }
    let archive = ArchiveFile::parse(bytes)?;
    let mut names = HashSet::new();
    for symbol in archive.symbols()?.into_iter().flatten() {
        names.insert(String::from_utf8_lossy(symbol?.name()).into_owned());
    }
    Ok(names)
}

/// `module.name (C symbol …)`.
fn describe(symbol: &str) -> String {
    match mangle::split_import(symbol) {
        Some((module, name)) => {
            let (module, name) = (show::name(&module), show::name(&name));
            format!("{module}.{name} (C symbol {symbol})")
        }
        None => format!("C symbol {symbol}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_described_in_the_modules_words() {
        assert_eq!(
            describe("wative_import_env__add_one"),
            "env.add_one (C symbol wative_import_env__add_one)"
        );
        assert!(describe("wative_import_a_x2Eb__c_x5F_x5Fd").starts_with("a.b.c__d "));
    }
}
