//! Names from the custom section "name" (core spec 7.4.1). A malformed name section is ignored from where it breaks, as it has no
//! meaning for execution.
//!
//! Those of functions and tags are in symbols and backtraces, and kept. All others are for listings and messages, and read where there is one to be made.

use crate::show;
use std::collections::HashMap;
use std::ops::Range;
use wasmparser::{
    BinaryReader, CustomSectionReader, IndirectNameMap, KnownCustom, Name, NameMap,
    NameSectionReader,
};

/// Longest name that is kept, in bytes; names end up in symbol tables with 16-bit lengths.
const MAX_NAME: usize = 4096;

/// Names of a module's entities.
#[derive(Default)]
pub struct Names {
    pub module: Option<String>,
    /// Sorted by index.
    funcs: Vec<(u32, String)>,
    tags: Vec<(u32, String)>,
}

impl Names {
    /// Name of a function.
    pub fn func(&self, index: u32) -> Option<&str> {
        find(&self.funcs, index)
    }

    /// Name of a tag.
    pub fn tag(&self, index: u32) -> Option<&str> {
        find(&self.tags, index)
    }
}

/// What else can have a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// In a function, as labels are.
    Local,
    Label,
    Type,
    /// In a type.
    Field,
    Table,
    Memory,
    Global,
    Elem,
    Data,
}

/// Names of everything else.
#[derive(Default)]
pub struct Extended(HashMap<(Kind, u32, u32), String>);

impl Extended {
    /// Reads sections, which lie in a module so.
    pub fn read(module: &[u8], sections: &[Range<usize>]) -> Extended {
        let mut all = Extended::default();
        for section in sections {
            let bytes = &module[section.clone()];
            let reader = NameSectionReader::new(BinaryReader::new(bytes, section.start as u64));
            for part in reader.into_iter().map_while(Result::ok) {
                match part {
                    Name::Local(map) => all.nested(Kind::Local, map),
                    Name::Label(map) => all.nested(Kind::Label, map),
                    Name::Field(map) => all.nested(Kind::Field, map),
                    Name::Type(map) => all.flat(Kind::Type, 0, map),
                    Name::Table(map) => all.flat(Kind::Table, 0, map),
                    Name::Memory(map) => all.flat(Kind::Memory, 0, map),
                    Name::Global(map) => all.flat(Kind::Global, 0, map),
                    Name::Element(map) => all.flat(Kind::Elem, 0, map),
                    Name::Data(map) => all.flat(Kind::Data, 0, map),
                    Name::Module { .. }
                    | Name::Function(_)
                    | Name::Tag(_)
                    | Name::Parameter(_)
                    | Name::TagParameter(_)
                    | Name::Unknown { .. } => {}
                }
            }
        }
        all
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn nested(&mut self, kind: Kind, map: IndirectNameMap<'_>) {
        for part in map.into_iter().map_while(Result::ok) {
            self.flat(kind, part.index, part.names);
        }
    }

    fn flat(&mut self, kind: Kind, within: u32, map: NameMap<'_>) {
        let mut names = Vec::new();
        take(map, &mut names);
        for (index, name) in names {
            self.0.entry((kind, within, index)).or_insert(name);
        }
    }

    /// The name of a local.
    pub fn local(&self, func: u32, index: u32) -> Option<&str> {
        self.0.get(&(Kind::Local, func, index)).map(String::as_str)
    }

    /// `$name`, as it is shown. `within` is the function or type of what is in one, and else 0.
    pub fn shown(&self, kind: Kind, within: u32, index: u32) -> Option<String> {
        let name = self.0.get(&(kind, within, index))?;
        Some(format!("${}", show::name(name)))
    }
}

fn find(names: &[(u32, String)], index: u32) -> Option<&str> {
    let found = names.binary_search_by_key(&index, |(i, _)| *i);
    found.ok().map(|i| names[i].1.as_str())
}

/// Takes over the names if the section has any.
pub fn read(section: &CustomSectionReader<'_>, names: &mut Names) {
    let KnownCustom::Name(reader) = section.as_known() else {
        return;
    };
    for part in reader.into_iter().map_while(Result::ok) {
        match part {
            Name::Module { name, .. } if !name.is_empty() => names.module = Some(cut(name)),
            Name::Function(map) => take(map, &mut names.funcs),
            Name::Tag(map) => take(map, &mut names.tags),
            // See [`Extended`].
            _ => {}
        }
    }
    for list in [&mut names.funcs, &mut names.tags] {
        list.sort_by_key(|(i, _)| *i);
        list.dedup_by_key(|(i, _)| *i);
    }
}

fn take(map: NameMap<'_>, names: &mut Vec<(u32, String)>) {
    for naming in map.into_iter().map_while(Result::ok) {
        if !naming.name.is_empty() {
            names.push((naming.index, cut(naming.name)));
        }
    }
}

/// The name, shortened at a character boundary if it is too long.
fn cut(name: &str) -> String {
    let mut end = name.len().min(MAX_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].to_string()
}
