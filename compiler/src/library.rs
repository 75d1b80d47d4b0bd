//! Names of what a library exports: those that a C library would have (`docs/embedding.md`). Nothing is mangled, as each library has a prefix that its maker has
//! chosen; what no identifier can have becomes `_`.

use crate::ir::{Entity, FuncKind, FuncType, Program, RtFn};
use std::collections::HashSet;

/// What every library exports, by the part of the name behind its prefix; [`RtFn::LibraryConfigure`] only where the module uses WASI, [`OBJECTS`] only where it has any.
pub const FUNCTIONS: [(&str, RtFn); 17] = [
    ("new", RtFn::LibraryNew),
    ("delete", RtFn::LibraryDelete),
    ("data", RtFn::LibraryData),
    ("memory", RtFn::LibraryMemory),
    ("memory_size", RtFn::LibraryMemorySize),
    ("read", RtFn::LibraryRead),
    ("write", RtFn::LibraryWrite),
    ("find", RtFn::LibraryFind),
    ("call", RtFn::LibraryCallExport),
    ("raise", RtFn::LibraryRaise),
    ("message", RtFn::LibraryMessage),
    ("last_trap", RtFn::LibraryLastTrap),
    ("trap_text", RtFn::LibraryTrapText),
    ("memory_create", RtFn::LibraryMemoryCreate),
    ("table_create", RtFn::LibraryTableCreate),
    ("stack_size", RtFn::LibraryStackSize),
    ("configure", RtFn::LibraryConfigure),
];

/// What libraries of modules with objects export besides.
pub const OBJECTS: [(&str, RtFn); 2] = [
    ("retain", RtFn::LibraryRetain),
    ("release", RtFn::GcRelease),
];

/// Names of types in a library's header, which no function can have.
const TYPES: [&str; 3] = ["imports", "instance", "v128"];

/// The names of a library.
pub struct Names {
    prefix: String,
    used: HashSet<String>,
}

impl Names {
    /// Those of the module with this name.
    pub fn new(module: &str, has_objects: bool) -> Names {
        let prefix = identifier(module);
        let objects = OBJECTS.iter().filter(|_| has_objects);
        let own = FUNCTIONS.iter().chain(objects);
        let own = own.map(|(name, _)| *name).chain(TYPES);
        Names {
            used: own.map(|name| format!("{prefix}_{name}")).collect(),
            prefix,
        }
    }

    /// What all of them begin with, and the type of instances.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The name of something that every library has.
    pub fn of_library(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }

    /// The name of an exported function, which is not given twice: to be asked in the order of the exports.
    pub fn export(&mut self, name: &str) -> String {
        let mut symbol = format!("{}_{}", self.prefix, letters(name));
        while !self.used.insert(symbol.clone()) {
            symbol.push('_');
        }
        symbol
    }
}

/// What a library and its program have from each other.
#[derive(Clone, Debug)]
pub struct Interface {
    /// What all names begin with.
    pub prefix: String,
    /// What every library has, see [`FUNCTIONS`].
    pub functions: Vec<RtFn>,
    /// Functions that the module exports, in order.
    pub exports: Vec<Function>,
    /// Functions that the program gives, in the order of the table; symbols are the names of its fields.
    pub imports: Vec<Function>,
    /// What else the program gives, in order: kind, module, name.
    pub others: Vec<(&'static str, String, String)>,
}

/// A function that one side has from the other.
#[derive(Clone, Debug)]
pub struct Function {
    /// The module's name for it.
    pub name: String,
    /// What it is called in C.
    pub symbol: String,
    pub ty: FuncType,
}

impl Interface {
    /// That of a program with [`crate::ir::EntryKind::Library`].
    pub fn of(program: &Program) -> Interface {
        let module = &program.modules[program.main];
        let mut interface = Interface {
            prefix: identifier(&module.name),
            functions: Vec::new(),
            exports: Vec::new(),
            imports: Vec::new(),
            others: Vec::new(),
        };
        let mut fields = HashSet::from(["data".to_owned()]);
        let is_func = |entity: &Entity| matches!(entity, Entity::Func(_));
        let mut exports = module
            .exports
            .iter()
            .filter(|export| is_func(&export.entity));
        for decl in program.funcs.values() {
            let ty = || program.types[decl.sig].clone();
            match &decl.kind {
                FuncKind::LibraryFunction { function, .. } => interface.functions.push(*function),
                FuncKind::LibraryExport { symbol, .. } => interface.exports.push(Function {
                    // They were made in this order.
                    name: exports
                        .next()
                        .map_or(String::new(), |export| export.name.clone()),
                    symbol: symbol.clone(),
                    ty: ty(),
                }),
                FuncKind::Import { given: Some(_), .. } => {
                    let mut symbol = identifier(&decl.name);
                    while !fields.insert(symbol.clone()) {
                        symbol.push('_');
                    }
                    interface.imports.push(Function {
                        name: decl.name.clone(),
                        symbol,
                        ty: ty(),
                    });
                }
                _ => {}
            }
        }
        for import in &module.imports {
            let kind = match import.entity {
                Entity::Func(_) => continue,
                Entity::Table(_) => "table",
                Entity::Memory(_) => "memory",
                Entity::Global(_) => "global",
                Entity::Tag(_) => "tag",
            };
            let names = (kind, import.module.clone(), import.name.clone());
            interface.others.push(names);
        }
        interface
    }
}

/// Whether a library of this name would have names of the runtime library.
pub fn is_reserved(module: &str) -> bool {
    let prefix = identifier(module);
    prefix == "wative" || prefix.starts_with("wative_")
}

/// The name as an identifier.
pub fn identifier(name: &str) -> String {
    let text = letters(name);
    match text.bytes().next() {
        Some(first) if !first.is_ascii_digit() => text,
        _ => format!("_{text}"),
    }
}

/// The name, with `_` for what is no letter or digit.
fn letters(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    name.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers_and_differ() {
        let mut names = Names::new("my-lib", true);
        let mut export = |name| names.export(name);
        assert_eq!(export("add"), "my_lib_add");
        assert_eq!(export("a.b"), "my_lib_a_b");
        assert_eq!(export("a-b"), "my_lib_a_b_");
        assert_eq!(export("a_b_"), "my_lib_a_b__");
        assert_eq!(export("new"), "my_lib_new_");
        assert_eq!(export("release"), "my_lib_release_");
        assert_eq!(
            Names::new("my-lib", false).export("release"),
            "my_lib_release"
        );
        assert_eq!(export("imports"), "my_lib_imports_");
        assert_eq!(export("instance"), "my_lib_instance_");
        assert_eq!(export(""), "my_lib_");
        assert_eq!(export("7\u{e9}"), "my_lib_7_");
        assert_eq!(identifier("7z"), "_7z");
        assert_eq!(identifier(""), "_");
        assert_eq!(names.of_library("new"), "my_lib_new");
        assert!(is_reserved("wative") && is_reserved("wative-x") && !is_reserved("watives"));
    }
}
