//! Names from the custom section "name" (core spec 7.4.1). A malformed name section is ignored from where it breaks, as it has no
//! meaning for execution.

use wasmparser::{CustomSectionReader, KnownCustom, Name, NameMap};

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
            // Names of locals, labels, types and so on are not used.
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
