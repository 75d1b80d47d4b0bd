//! What the custom section "name" names (core specification 7.4.1, and the proposal extended-name-section): how much of each kind, and the memories and tables that a
//! description lists. A name says nothing of how a module works, so a damaged section is ignored from where it breaks.

use std::collections::BTreeMap;

use wasmparser::{CustomSectionReader, IndirectNameMap, KnownCustom, Name, NameMap};
use wative_compiler::show;

/// Names of a module.
#[derive(Default)]
pub struct Names {
    /// How many of each kind there are, by singular and plural, in the section's order.
    counts: Vec<(&'static str, &'static str, usize)>,
    memories: BTreeMap<u32, String>,
    tables: BTreeMap<u32, String>,
}

impl Names {
    /// Takes over the names of a section, if it has any.
    pub fn read(&mut self, section: &CustomSectionReader<'_>) {
        let KnownCustom::Name(reader) = section.as_known() else {
            return;
        };
        for part in reader.into_iter().map_while(Result::ok) {
            match part {
                Name::Module { .. } | Name::Unknown { .. } => {}
                Name::Function(map) => self.count("function", "functions", flat(map).len()),
                Name::Local(map) => self.count("local", "locals", nested(map)),
                Name::Parameter(map) | Name::TagParameter(map) => {
                    self.count("parameter", "parameters", nested(map));
                }
                Name::Label(map) => self.count("label", "labels", nested(map)),
                Name::Type(map) => self.count("type", "types", flat(map).len()),
                Name::Field(map) => self.count("field", "fields", nested(map)),
                Name::Global(map) => self.count("global", "globals", flat(map).len()),
                Name::Element(map) => {
                    self.count("element segment", "element segments", flat(map).len());
                }
                Name::Data(map) => self.count("data segment", "data segments", flat(map).len()),
                Name::Tag(map) => self.count("tag", "tags", flat(map).len()),
                Name::Table(map) => {
                    self.tables = flat(map);
                    self.count("table", "tables", self.tables.len());
                }
                Name::Memory(map) => {
                    self.memories = flat(map);
                    self.count("memory", "memories", self.memories.len());
                }
            }
        }
    }

    fn count(&mut self, one: &'static str, many: &'static str, number: usize) {
        if number > 0 {
            self.counts.push((one, many, number));
        }
    }

    /// `3 functions, 1 memory`; empty if there are none.
    pub fn counts(&self) -> String {
        let shown = |&(one, many, number): &(&str, &str, usize)| match number {
            1 => format!("1 {one}"),
            _ => format!("{number} {many}"),
        };
        let shown: Vec<String> = self.counts.iter().map(shown).collect();
        shown.join(", ")
    }

    /// What stands before the description of a memory: `$heap: `, or nothing.
    pub fn memory(&self, index: u32) -> String {
        prefix(&self.memories, index)
    }

    /// Likewise of a table.
    pub fn table(&self, index: u32) -> String {
        prefix(&self.tables, index)
    }
}

fn prefix(names: &BTreeMap<u32, String>, index: u32) -> String {
    names
        .get(&index)
        .map_or_else(String::new, |name| format!("${name}: "))
}

/// Names by index; of two for one thing the first counts.
fn flat(map: NameMap<'_>) -> BTreeMap<u32, String> {
    let mut names = BTreeMap::new();
    for naming in map.into_iter().map_while(Result::ok) {
        if !naming.name.is_empty() {
            names
                .entry(naming.index)
                .or_insert_with(|| show::name(naming.name));
        }
    }
    names
}

/// Number of names in all functions or types.
fn nested(map: IndirectNameMap<'_>) -> usize {
    let parts = map.into_iter().map_while(Result::ok);
    parts.map(|part| flat(part.names).len()).sum()
}

#[cfg(test)]
mod tests {
    use super::super::describe;

    fn named(text: &str) -> Vec<u8> {
        wat::parse_str(text).expect("a module")
    }

    #[test]
    fn every_kind_is_counted() {
        let bytes = named(
            "(module (memory $heap 1) (table $calls 2 funcref) (global $g i32 (i32.const 0)) (tag $e)
               (type $point (struct (field $x i32) (field $y i32)))
               (data $text \"a\") (elem $fs func $f)
               (func $f (param $a i32) (local $b i32) (block $out (br $out))))",
        );
        let text = describe("a.wasm", &bytes).expect("it is valid");
        for words in [
            "$heap: 1 page",
            "$calls: 2 × funcref",
            "1 function, 2 locals, 1 label, 1 type, 1 table, 1 memory, 1 global, 1 element segment, 1 data segment, 2 fields, 1 tag",
        ] {
            assert!(text.contains(words), "{words} in\n{text}");
        }
    }

    /// Whatever is cut off or changed in the section, the rest is described.
    #[test]
    fn damage_is_ignored() {
        let bytes = named("(module (memory $heap 1) (func $f (param $a i32)))");
        let at = (bytes.windows(5).position(|w| w == b"\x04name")).expect("a section") + 5;
        for i in at..bytes.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[i] = value;
                let text = describe("a.wasm", &damaged).expect("it is valid");
                assert!(text.contains("1 page"), "{text}");
            }
        }
    }
}
