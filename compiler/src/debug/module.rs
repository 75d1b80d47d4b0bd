//! The DWARF of a module: its lines and the scopes that its code lies in.
//!
//! Addresses in it are offsets from the start of the code section's contents. Linkers leave the tables of functions that they removed, at addresses
//! that no function has (0, or the largest ones): those are left out here. What is damaged is left out from where it breaks, as it has no meaning
//! for execution; nothing in it makes this panic.

use gimli::{
    AttributeValue, DebuggingInformationEntry, EndianSlice, LittleEndian, SectionId, UnitOffset,
};
use std::collections::HashMap;

/// Bytes of a section.
pub type Slice<'a> = EndianSlice<'a, LittleEndian>;
/// A unit as gimli reads it.
pub type Unit<'a> = gimli::Unit<Slice<'a>>;
/// An entry as gimli reads it.
pub type Die<'a> = DebuggingInformationEntry<Slice<'a>>;

/// Scopes within each other that are looked at.
const MAX_DEPTH: isize = 256;

/// Pieces of code of a scope that are looked at: many scopes of a damaged file may refer to the same list.
const MAX_RANGES: usize = 4096;

/// A module with DWARF.
pub struct Module<'a> {
    pub dwarf: gimli::Dwarf<Slice<'a>>,
    pub units: Vec<Unit<'a>>,
    pub scopes: Vec<Scope>,
    /// Where the code section's contents begin in the file.
    code_start: u64,
    /// Ascending by address; each holds up to the next.
    rows: Vec<(u32, Option<Row>)>,
    /// Functions with code, ascending by address.
    funcs: Vec<(u64, usize)>,
}

/// A place in a source file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// Index of the unit whose line program names the file.
    pub unit: u32,
    /// The file's number there.
    pub file: u64,
    /// From 1; 0: none.
    pub line: u32,
    /// From 1; 0: none.
    pub column: u32,
    pub is_statement: bool,
    pub prologue_end: bool,
}

/// What a [`Scope`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    Function,
    Inlined,
    Block,
}

/// A function with code, a function that the module's compiler has inlined, or a block.
#[derive(Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    pub unit: usize,
    pub die: UnitOffset,
    /// Start and end of each piece of code.
    pub ranges: Vec<(u64, u64)>,
    /// Scopes right within it.
    pub children: Vec<usize>,
}

impl Scope {
    fn holds(&self, address: u64) -> bool {
        let mut ranges = self.ranges.iter();
        ranges.any(|&(start, end)| (start..end).contains(&address))
    }
}

/// Custom sections with DWARF, by name.
pub type Sections<'a> = HashMap<&'a str, &'a [u8]>;

impl<'a> Module<'a> {
    /// Reads what a module's custom sections say of its code section, whose contents are at this place of the file; nothing if they are not DWARF.
    pub fn new(sections: &Sections<'a>, code: std::ops::Range<u64>) -> Option<Module<'a>> {
        if !sections.contains_key(SectionId::DebugInfo.name()) {
            return None;
        }
        let load = |id: SectionId| -> Result<Slice<'a>, ()> {
            let bytes = sections.get(id.name()).copied().unwrap_or_default();
            Ok(EndianSlice::new(bytes, LittleEndian))
        };
        let dwarf = gimli::Dwarf::load(load).ok()?;
        let mut module = Module {
            units: Vec::new(),
            scopes: Vec::new(),
            code_start: code.start,
            rows: Vec::new(),
            funcs: Vec::new(),
            dwarf,
        };
        let code_len = code.end - code.start;
        let mut headers = module.dwarf.units();
        while let Ok(Some(header)) = headers.next() {
            let Ok(unit) = module.dwarf.unit(header) else {
                continue;
            };
            let index = module.units.len();
            // What was read before the fault stays.
            let _ = read_rows(&unit, index as u32, code_len, &mut module.rows);
            let mut scopes = Scopes {
                dwarf: &module.dwarf,
                unit: &unit,
                index,
                code_len,
                out: &mut module.scopes,
                open: Vec::new(),
            };
            let _ = scopes.read();
            module.units.push(unit);
        }
        // Of what begins at the same address the last counts: ends of sequences come first.
        module
            .rows
            .sort_by_key(|&(address, row)| (address, row.is_some()));
        for (index, scope) in module.scopes.iter().enumerate() {
            if scope.kind == ScopeKind::Function {
                let starts = scope.ranges.iter().map(|range| (range.0, index));
                module.funcs.extend(starts);
            }
        }
        module.funcs.sort_unstable();
        Some(module)
    }

    /// The address of a place in the file, as DWARF counts.
    pub fn address(&self, file_offset: u32) -> u64 {
        u64::from(file_offset).wrapping_sub(self.code_start)
    }

    /// The place in the source of an address.
    pub fn row(&self, address: u64) -> Option<&Row> {
        let address = u32::try_from(address).ok()?;
        let behind = self.rows.partition_point(|&(start, _)| start <= address);
        self.rows[..behind].last()?.1.as_ref()
    }

    /// The address behind the prologue of a function, if that is marked.
    pub fn prologue_end(&self, scope: usize) -> Option<u64> {
        let &(start, end) = self.scopes[scope].ranges.first()?;
        let first = self.rows.partition_point(|row| u64::from(row.0) < start);
        let mut rows = self.rows[first..].iter();
        let found = rows.find(|(_, row)| row.is_some_and(|row| row.prologue_end))?;
        Some(u64::from(found.0)).filter(|&found| found < end)
    }

    /// The scopes that an address lies in, from the function inwards.
    pub fn path(&self, address: u64) -> Vec<usize> {
        let behind = self.funcs.partition_point(|&(start, _)| start <= address);
        let Some(&(_, func)) = self.funcs[..behind].last() else {
            return Vec::new();
        };
        let mut path = Vec::new();
        let mut next = Some(func).filter(|&func| self.scopes[func].holds(address));
        while let Some(scope) = next {
            path.push(scope);
            let mut children = self.scopes[scope].children.iter().copied();
            next = children.find(|&child| self.scopes[child].holds(address));
        }
        path
    }

    /// Directory and name of a file of a unit's line program. The directory of the unit is empty.
    pub fn file(&self, unit: usize, file: u64) -> Option<(&'a [u8], &'a [u8])> {
        let unit = &self.units[unit];
        let header = unit.line_program.as_ref()?.header();
        let entry = header.file(file)?;
        let text = |value| self.dwarf.attr_string(unit, value).ok().map(|s| s.slice());
        let directory = match entry.directory_index() {
            0 => None,
            _ => entry.directory(header).and_then(text),
        };
        Some((directory.unwrap_or_default(), text(entry.path_name())?))
    }

    /// The directory that a unit was compiled in; relative paths in it start there.
    pub fn compiled_in(&self, unit: usize) -> &'a [u8] {
        let directory = self.units[unit].comp_dir;
        directory.map(|dir| dir.slice()).unwrap_or_default()
    }

    /// The path of a file of a unit's line program.
    pub fn path_of_file(&self, unit: usize, file: u64) -> Option<Vec<u8>> {
        let (directory, name) = self.file(unit, file)?;
        let mut path = self.compiled_in(unit).to_vec();
        join(&mut path, directory);
        join(&mut path, name);
        Some(path)
    }

    /// A text attribute of an entry.
    pub fn text(&self, unit: usize, value: AttributeValue<Slice<'a>>) -> Option<&'a [u8]> {
        let text = self.dwarf.attr_string(&self.units[unit], value).ok()?;
        Some(text.slice())
    }

    /// The entry that another one says more about, and its unit: by `DW_AT_abstract_origin` or `DW_AT_specification`.
    pub fn origin(&self, unit: usize, die: &Die<'a>) -> Option<(usize, UnitOffset)> {
        let names = [gimli::DW_AT_abstract_origin, gimli::DW_AT_specification];
        let value = names.into_iter().find_map(|name| die.attr_value(name))?;
        self.target(unit, value)
    }

    /// What a reference refers to.
    pub fn target(
        &self,
        unit: usize,
        value: AttributeValue<Slice<'a>>,
    ) -> Option<(usize, UnitOffset)> {
        match value {
            AttributeValue::UnitRef(offset) => Some((unit, offset)),
            AttributeValue::DebugInfoRef(offset) => {
                let behind = self.units.partition_point(|unit| {
                    unit.header
                        .debug_info_offset()
                        .is_some_and(|start| start <= offset)
                });
                let unit = behind.checked_sub(1)?;
                let inside = offset.to_unit_offset(&self.units[unit].header)?;
                Some((unit, inside))
            }
            _ => None,
        }
    }
}

/// Goes on from one directory to another one, which may be absolute.
pub(super) fn join(path: &mut Vec<u8>, to: &[u8]) {
    let to = without_zeros(to);
    if to.starts_with(b"/") {
        path.clear();
    } else if !path.is_empty() && !to.is_empty() {
        path.push(b'/');
    }
    path.extend(to);
    path.retain(|&byte| byte != 0);
}

/// Strings of gimli end where there is a zero.
pub fn without_zeros(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|&byte| byte != 0).collect()
}

/// Appends the rows of a unit's line program.
fn read_rows<'a>(
    unit: &Unit<'a>,
    index: u32,
    code_len: u64,
    out: &mut Vec<(u32, Option<Row>)>,
) -> gimli::Result<()> {
    let Some(program) = unit.line_program.clone() else {
        return Ok(());
    };
    let mut rows = program.rows();
    let mut is_inside = false;
    let mut is_removed = false;
    while let Some((_, row)) = rows.next_row()? {
        if !is_inside {
            is_removed = row.address() == 0;
        }
        is_inside = !row.end_sequence();
        if is_removed || row.address() > code_len {
            continue;
        }
        let place = (!row.end_sequence()).then(|| Row {
            unit: index,
            file: row.file_index(),
            line: row.line().map_or(0, |line| line.get() as u32),
            column: match row.column() {
                gimli::ColumnType::LeftEdge => 0,
                gimli::ColumnType::Column(column) => column.get() as u32,
            },
            is_statement: row.is_stmt(),
            prologue_end: row.prologue_end(),
        });
        // The last row at an address is the one that has code.
        match out.last_mut() {
            Some((address, last)) if u64::from(*address) == row.address() && last.is_some() => {
                let ended = last.is_some_and(|last| last.prologue_end);
                *last = place.map(|place| Row {
                    prologue_end: place.prologue_end || ended,
                    ..place
                });
            }
            _ => out.push((row.address() as u32, place)),
        }
    }
    Ok(())
}

/// Reads the scopes of a unit.
struct Scopes<'m, 'a> {
    dwarf: &'m gimli::Dwarf<Slice<'a>>,
    unit: &'m Unit<'a>,
    index: usize,
    code_len: u64,
    out: &'m mut Vec<Scope>,
    /// Scopes around the current entry, with their depths.
    open: Vec<(isize, usize)>,
}

impl<'a> Scopes<'_, 'a> {
    fn read(&mut self) -> gimli::Result<()> {
        let mut entries = self.unit.entries();
        while let Some(die) = entries.next_dfs()? {
            let depth = die.depth();
            while self.open.last().is_some_and(|&(open, _)| open >= depth) {
                self.open.pop();
            }
            let kind = match die.tag() {
                gimli::DW_TAG_subprogram => ScopeKind::Function,
                gimli::DW_TAG_inlined_subroutine => ScopeKind::Inlined,
                gimli::DW_TAG_lexical_block => ScopeKind::Block,
                _ => continue,
            };
            let parent = self.open.last().copied();
            let is_outer = kind == ScopeKind::Function;
            if depth > MAX_DEPTH || (parent.is_none() && !is_outer) {
                continue;
            }
            let ranges = self.ranges(die);
            if ranges.is_empty() {
                continue;
            }
            let number = self.out.len();
            self.out.push(Scope {
                kind,
                unit: self.index,
                die: die.offset(),
                ranges,
                children: Vec::new(),
            });
            if let Some((_, parent)) = parent.filter(|_| !is_outer) {
                self.out[parent].children.push(number);
            }
            self.open.push((depth, number));
        }
        Ok(())
    }

    /// The code of an entry, as far as it was not removed.
    fn ranges(&self, die: &Die<'a>) -> Vec<(u64, u64)> {
        let mut list = Vec::new();
        if self.is_left_out(die) {
            return list;
        }
        let Ok(mut ranges) = self.dwarf.die_ranges(self.unit, die) else {
            return list;
        };
        while let Ok(Some(range)) = ranges.next() {
            if list.len() == MAX_RANGES {
                break;
            }
            if 0 < range.begin && range.begin < range.end && range.end <= self.code_len {
                list.push((range.begin, range.end));
            }
        }
        list
    }

    /// Whether an entry begins where linkers say that what they have left out begins: at the last address, to which no size can be added.
    fn is_left_out(&self, die: &Die<'a>) -> bool {
        let low = die.attr_value(gimli::DW_AT_low_pc);
        let low = low.and_then(|value| self.dwarf.attr_address(self.unit, value).ok()?);
        match die.attr_value(gimli::DW_AT_high_pc) {
            Some(gimli::AttributeValue::Udata(size)) => {
                low.is_some_and(|low| low.checked_add(size).is_none())
            }
            _ => false,
        }
    }
}
