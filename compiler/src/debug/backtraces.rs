//! What backtraces of traps show of the sources: for the places in WebAssembly that trap streams name, the function, file and line, and the functions
//! that the module's compiler has inlined there. The format is documented at `abi::Sources`.

use super::Modules;
use super::frames::places;
use super::module::{Die, Module, ScopeKind};
use crate::demangle::demangle;
use crate::ir::{FuncId, Program};
use crate::mach::compiled::CompiledFunc;
use gimli::{AttributeValue, UnitOffset};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// References that lead to a function's name.
const MAX_ORIGINS: usize = 8;

/// The tables.
#[derive(Default)]
pub struct Table {
    /// For each compiled function the start of its stream in `rows`, or `u32::MAX`.
    pub functions: Vec<u32>,
    pub rows: Vec<u8>,
    pub strings: Vec<u8>,
    /// What traps are about: the function's number among the compiled ones, the offset of the instruction, its text in `strings`.
    pub subjects: Vec<(u32, u32, u64)>,
    known: HashMap<Vec<u8>, u64>,
}

/// What instructions that may trap are about, by function and offset in its module's file.
pub type Subjects = BTreeMap<FuncId, BTreeMap<u32, String>>;

/// Makes the tables of compiled functions; nothing if no source is known and nothing that traps are about.
pub fn table(
    program: &Program,
    modules: &Modules,
    funcs: &[CompiledFunc],
    subjects: &Subjects,
) -> Option<Table> {
    let mut asked: HashMap<FuncId, BTreeSet<u32>> = HashMap::new();
    for func in funcs {
        for site in &func.sites {
            for place in places(program, func.id, &func.inlined, site.loc) {
                asked.entry(place.func).or_default().insert(place.offset);
            }
        }
    }
    let mut table = Table::default();
    for func in funcs {
        let start = table.rows.len() as u32;
        let module = modules.get(program.funcs[func.id].module);
        let offsets = asked.get(&func.id);
        let is_known = match (module, offsets) {
            (Some(module), Some(offsets)) => table.add(module, offsets),
            _ => false,
        };
        table
            .functions
            .push(if is_known { start } else { u32::MAX });
    }
    if table.rows.is_empty() {
        table.functions.clear();
    }
    for (number, func) in (0..).zip(funcs) {
        for (&offset, text) in subjects.get(&func.id).into_iter().flatten() {
            let text = table.string(text.as_bytes());
            table.subjects.push((number, offset, text));
        }
    }
    (!table.rows.is_empty() || !table.subjects.is_empty()).then_some(table)
}

impl Table {
    /// Adds the stream of a function; false if nothing is known of it.
    fn add(&mut self, module: &Module, offsets: &BTreeSet<u32>) -> bool {
        // Scopes with names, each behind the one around it.
        let mut scopes: Vec<(usize, Option<usize>)> = Vec::new();
        let mut rows: Vec<(u32, usize, u64, u32)> = Vec::new();
        for &offset in offsets {
            let address = module.address(offset);
            let Some(row) = module.row(address).filter(|row| row.line != 0) else {
                continue;
            };
            let Some(file) = self.file(module, row.unit as usize, row.file) else {
                continue;
            };
            let mut parent = None;
            for scope in module.path(address) {
                if module.scopes[scope].kind == ScopeKind::Block {
                    continue;
                }
                let known = scopes.iter().position(|&(known, _)| known == scope);
                parent = Some(known.unwrap_or_else(|| {
                    scopes.push((scope, parent));
                    scopes.len() - 1
                }));
            }
            let Some(scope) = parent else {
                continue;
            };
            let is_new = rows
                .last()
                .is_none_or(|&(_, s, f, l)| (s, f, l) != (scope, file, row.line));
            if is_new {
                rows.push((offset, scope, file, row.line));
            }
        }
        if rows.is_empty() {
            return false;
        }
        leb128(scopes.len() as u64, &mut self.rows);
        for (scope, parent) in scopes {
            self.add_scope(module, scope, parent);
        }
        leb128(rows.len() as u64, &mut self.rows);
        let (mut last_offset, mut last_line) = (0, 0);
        for (offset, scope, file, line) in rows {
            leb128(u64::from(offset - last_offset), &mut self.rows);
            leb128(scope as u64, &mut self.rows);
            leb128(file, &mut self.rows);
            let step = i64::from(line) - last_line;
            leb128(((step << 1) ^ (step >> 63)) as u64, &mut self.rows);
            (last_offset, last_line) = (offset, line.into());
        }
        true
    }

    fn add_scope(&mut self, module: &Module, scope: usize, parent: Option<usize>) {
        let scope = &module.scopes[scope];
        let unit = &module.units[scope.unit];
        let name = name(module, scope.unit, scope.die).unwrap_or_default();
        let name = self.string(name.as_bytes());
        let die = unit.entry(scope.die).ok();
        let number = |name| -> Option<u64> { die.as_ref()?.attr_value(name)?.udata_value() };
        let file = match die
            .as_ref()
            .and_then(|it| it.attr_value(gimli::DW_AT_call_file))
        {
            Some(AttributeValue::FileIndex(file)) => self.file(module, scope.unit, file),
            _ => None,
        };
        let file = file.unwrap_or_else(|| self.string(b""));
        let line = number(gimli::DW_AT_call_line).unwrap_or(0);
        for value in [
            parent.map_or(0, |parent| parent as u64 + 1),
            name,
            file,
            line,
        ] {
            leb128(value, &mut self.rows);
        }
    }

    /// A file's path.
    fn file(&mut self, module: &Module, unit: usize, file: u64) -> Option<u64> {
        let (directory, name) = module.file(unit, file)?;
        let mut path = directory.to_vec();
        if !path.is_empty() && !name.starts_with(b"/") {
            path.push(b'/');
            path.extend(name);
        } else {
            path = name.to_vec();
        }
        let shown = crate::show::name(&String::from_utf8_lossy(&path)).to_string();
        Some(self.string(shown.as_bytes()))
    }

    /// The place of a text.
    fn string(&mut self, text: &[u8]) -> u64 {
        if let Some(&known) = self.known.get(text) {
            return known;
        }
        let place = self.strings.len() as u64;
        leb128(text.len() as u64, &mut self.strings);
        self.strings.extend(text);
        self.known.insert(text.to_vec(), place);
        place
    }
}

/// The name of a function as its language writes it.
fn name(module: &Module, mut unit: usize, mut offset: UnitOffset) -> Option<String> {
    let mut plain = None;
    for _ in 0..MAX_ORIGINS {
        let die = module.units[unit].entry(offset).ok()?;
        let names = [gimli::DW_AT_linkage_name, gimli::DW_AT_MIPS_linkage_name];
        if let Some(name) = names
            .into_iter()
            .find_map(|name| text(module, unit, &die, name))
        {
            return Some(crate::show::name(&demangle(&name)).to_string());
        }
        plain = plain.or_else(|| text(module, unit, &die, gimli::DW_AT_name));
        match module.origin(unit, &die) {
            Some(next) => (unit, offset) = next,
            None => break,
        }
    }
    plain.map(|name| crate::show::name(&name).to_string())
}

fn text<'a>(module: &Module<'a>, unit: usize, die: &Die<'a>, name: gimli::DwAt) -> Option<String> {
    let text = module.text(unit, die.attr_value(name)?)?;
    Some(String::from_utf8_lossy(text).into_owned())
}

/// Appends a number, seven bits a byte, lowest first.
fn leb128(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
