//! Compilation units: types, variables and functions as the module has them, with native code in the place of its own.
//!
//! An entry of the module becomes an entry of the same tag, with the same attributes. What is different:
//!
//! - A function with code becomes two: an abstract one, which has what does not depend on the code, and for each place where its code went an instance
//!   of it with addresses: out of line, or inlined by us into another function. An instance has the function's variables and scopes.
//! - Pointers say that they have the module's size.
//! - Attributes about places in the module's code are left out.

use super::frames::{self, Node, Place, Run};
use super::locations::Base;
use super::module::{Die, Module, ScopeKind, Slice, without_zeros};
use super::variables::{self, Finder, Piece, Values};
use super::{Modules, Target, lines, locations};
use crate::ir::{ModuleId, Origin, Program};
use crate::mach::compiled::{CompiledFunc, MemoryFrame};
use gimli::write::{
    Address, AttributeValue as Out, DebugInfoRef, Dwarf, Expression, LineProgram, LineString,
    Location, LocationList, Range, RangeList, Unit, UnitEntryId, UnitId,
};
use gimli::{AttributeValue as In, DwAt, Encoding, Format, LineEncoding, UnitOffset};
use std::collections::HashMap;

/// What we write.
const ENCODING: Encoding = Encoding {
    format: Format::Dwarf32,
    version: 5,
    address_size: 8,
};

/// Entries within each other that are translated.
const MAX_DEPTH: isize = 256;

/// An entry of a module: its unit and offset there.
type Source = (ModuleId, usize, UnitOffset);

/// The units under construction.
pub struct Units<'p, 'a> {
    program: &'p Program,
    modules: &'p Modules<'a>,
    out: Dwarf,
    units: HashMap<(ModuleId, usize), UnitId>,
    /// What entries have become.
    entries: HashMap<Source, UnitEntryId>,
    /// By unit of ours: the files of its line program, and its code.
    files: HashMap<UnitId, lines::Files>,
    code: HashMap<UnitId, Vec<Range>>,
}

/// A compiled function.
struct Code<'f> {
    /// In the text section.
    offset: u32,
    len: u32,
    frame: Option<MemoryFrame>,
    runs: &'f [Run],
    values: Values<'f>,
}

impl Code<'_> {
    /// The code of a scope, by the places that it comes from.
    fn pieces(&self, node: &Node) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for &(start, end) in &node.ranges {
            let first = self.runs.partition_point(|run| run.start < start);
            for run in self.runs[first..].iter().take_while(|run| run.start < end) {
                let place = run.places.iter().find(|it| it.call == node.inlined_at);
                pieces.extend(place.map(|place| Piece {
                    start: run.start,
                    end: run.end,
                    offset: place.offset,
                }));
            }
        }
        pieces
    }
}

/// What becomes of what is within an entry.
#[derive(Clone, Copy)]
enum Within {
    /// It goes into this entry.
    Entry(UnitEntryId),
    /// As above, but for variables, which instances have.
    Code(UnitEntryId),
    Nothing,
}

impl<'p, 'a> Units<'p, 'a> {
    /// All units, without the code of functions.
    pub fn new(program: &'p Program, modules: &'p Modules<'a>) -> Self {
        let mut units = Units {
            program,
            modules,
            out: Dwarf::new(),
            units: HashMap::new(),
            entries: HashMap::new(),
            files: HashMap::new(),
            code: HashMap::new(),
        };
        for (id, module) in modules.iter() {
            for unit in 0..module.units.len() {
                units.add_unit(id, module, unit);
            }
        }
        for (id, module) in modules.iter() {
            for unit in 0..module.units.len() {
                units.describe_unit(id, module, unit);
            }
        }
        units
    }

    /// What is to be written.
    pub fn finish(mut self) -> Dwarf {
        for (unit, code) in self.code {
            let unit = self.out.units.get_mut(unit);
            let list = unit.ranges.add(RangeList(code));
            let root = unit.root();
            let root = unit.get_mut(root);
            root.set(gimli::DW_AT_low_pc, Out::Address(Address::Constant(0)));
            root.set(gimli::DW_AT_ranges, Out::RangeListRef(list));
        }
        self.out
    }

    fn add_unit(&mut self, id: ModuleId, module: &Module<'a>, number: usize) {
        let source = &module.units[number];
        let text = |text: Option<Slice>| {
            let text = text.map_or(Vec::new(), |text| without_zeros(text.slice()));
            match text.is_empty() {
                true => b"?".to_vec(),
                false => text,
            }
        };
        let strings = &mut self.out.line_strings;
        let directory = LineString::new(text(source.comp_dir), ENCODING, strings);
        let name = LineString::new(text(source.name), ENCODING, strings);
        let encoding = LineEncoding::default();
        let program = LineProgram::new(ENCODING, encoding, directory, None, name, None);
        let unit = self.out.units.add(Unit::new(ENCODING, program));
        self.units.insert((id, number), unit);
        self.files.insert(unit, HashMap::new());
        let mut cursor = source.entries();
        let mut open: Vec<(isize, Within)> = Vec::new();
        while let Ok(Some(die)) = cursor.next_dfs() {
            while open.last().is_some_and(|&(depth, _)| depth >= die.depth()) {
                open.pop();
            }
            let within = match open.last() {
                None if die.depth() == 0 => {
                    let root = self.out.units.get(unit).root();
                    self.entries.insert((id, number, die.offset()), root);
                    Within::Entry(root)
                }
                Some(&(_, parent)) if die.depth() < MAX_DEPTH => {
                    self.add_entry((id, number), unit, parent, die)
                }
                _ => Within::Nothing,
            };
            open.push((die.depth(), within));
        }
    }

    /// Adds an entry without attributes.
    fn add_entry(
        &mut self,
        (id, number): (ModuleId, usize),
        unit: UnitId,
        parent: Within,
        die: &Die<'a>,
    ) -> Within {
        let (entry, in_code) = match parent {
            Within::Entry(entry) => (entry, false),
            Within::Code(entry) => (entry, true),
            Within::Nothing => return Within::Nothing,
        };
        match die.tag() {
            gimli::DW_TAG_inlined_subroutine
            | gimli::DW_TAG_call_site
            | gimli::DW_TAG_GNU_call_site
            | gimli::DW_TAG_label => return Within::Nothing,
            gimli::DW_TAG_lexical_block if in_code => return Within::Code(entry),
            gimli::DW_TAG_variable | gimli::DW_TAG_formal_parameter if in_code => {
                return Within::Nothing;
            }
            _ => {}
        }
        let has_code = die.tag() == gimli::DW_TAG_subprogram && has_code(die);
        // An instance of what is described elsewhere.
        if has_code && die.attr_value(gimli::DW_AT_abstract_origin).is_some() {
            return Within::Nothing;
        }
        let entry = self.out.units.get_mut(unit).add(entry, die.tag());
        self.entries.insert((id, number, die.offset()), entry);
        match has_code {
            true => Within::Code(entry),
            false => Within::Entry(entry),
        }
    }

    /// Gives the entries of a unit their attributes.
    fn describe_unit(&mut self, id: ModuleId, module: &Module<'a>, number: usize) {
        let unit = self.units[&(id, number)];
        let mut cursor = module.units[number].entries();
        while let Ok(Some(die)) = cursor.next_dfs() {
            let Some(&entry) = self.entries.get(&(id, number, die.offset())) else {
                continue;
            };
            self.copy_attributes((id, number), unit, entry, die);
            let source = &module.units[number];
            let unit = self.out.units.get_mut(unit);
            let out = unit.get_mut(entry);
            match die.tag() {
                gimli::DW_TAG_pointer_type
                | gimli::DW_TAG_reference_type
                | gimli::DW_TAG_rvalue_reference_type
                    if out.get(gimli::DW_AT_byte_size).is_none() =>
                {
                    let size = source.encoding().address_size;
                    out.set(gimli::DW_AT_byte_size, Out::Udata(size.into()));
                }
                gimli::DW_TAG_subprogram
                    if has_code(die) && out.get(gimli::DW_AT_inline).is_none() =>
                {
                    out.set(gimli::DW_AT_inline, Out::Inline(gimli::DW_INL_inlined));
                }
                gimli::DW_TAG_variable => {
                    let location = die.attr_value(gimli::DW_AT_location);
                    let location = location.and_then(|value| {
                        locations::fixed(self.program, id, &module.dwarf, source, value)
                    });
                    if let Some(location) = location {
                        out.set(gimli::DW_AT_location, Out::Exprloc(location));
                    }
                }
                _ => {}
            }
        }
    }

    /// Gives an entry the attributes of one of the module that mean the same in native code.
    fn copy_attributes(
        &mut self,
        (id, number): (ModuleId, usize),
        unit: UnitId,
        entry: UnitEntryId,
        die: &Die<'a>,
    ) {
        for attribute in die.attrs() {
            let name = attribute.name();
            if is_about_code(name) {
                continue;
            }
            if let Some(value) = self.attribute((id, number), unit, attribute.value()) {
                self.out.units.get_mut(unit).get_mut(entry).set(name, value);
            }
        }
    }

    /// What an attribute's value becomes; nothing if it means nothing here.
    fn attribute(
        &mut self,
        (id, number): (ModuleId, usize),
        unit: UnitId,
        value: In<Slice<'a>>,
    ) -> Option<Out> {
        let module = self.modules.get(id)?;
        Some(match value {
            In::Block(bytes) => Out::Block(bytes.slice().to_vec()),
            In::Data1(value) => Out::Data1(value),
            In::Data2(value) => Out::Data2(value),
            In::Data4(value) => Out::Data4(value),
            In::Data8(value) => Out::Data8(value),
            In::Data16(value) => Out::Data16(value),
            In::Sdata(value) => Out::Sdata(value),
            In::Udata(value) => Out::Udata(value),
            In::Flag(value) => Out::Flag(value),
            In::Exprloc(expression) => Out::Exprloc(locations::plain(
                module.units[number].encoding(),
                expression,
            )?),
            In::UnitRef(_) | In::DebugInfoRef(_) => {
                let (target, offset) = module.target(number, value)?;
                self.reference(unit, (id, target, offset))?
            }
            In::String(_)
            | In::DebugStrRef(_)
            | In::DebugStrOffsetsIndex(_)
            | In::DebugLineStrRef(_) => {
                let text = without_zeros(module.text(number, value)?);
                Out::StringRef(self.out.strings.add(text))
            }
            In::FileIndex(file) => Out::FileIndex(Some(self.file(unit, (id, number, file))?)),
            In::Encoding(value) => Out::Encoding(value),
            In::DecimalSign(value) => Out::DecimalSign(value),
            In::Endianity(value) => Out::Endianity(value),
            In::Accessibility(value) => Out::Accessibility(value),
            In::Visibility(value) => Out::Visibility(value),
            In::Virtuality(value) => Out::Virtuality(value),
            In::Language(value) => Out::Language(value),
            In::IdentifierCase(value) => Out::IdentifierCase(value),
            In::CallingConvention(value) => Out::CallingConvention(value),
            In::Inline(value) => Out::Inline(value),
            In::Ordering(value) => Out::Ordering(value),
            // Addresses, lists of them, other files and what only other sections explain.
            _ => return None,
        })
    }

    fn file(&mut self, unit: UnitId, file: (ModuleId, usize, u64)) -> Option<gimli::write::FileId> {
        let files = self.files.get_mut(&unit).expect("every unit has files");
        let lines = &mut self.out.units.get_mut(unit).line_program;
        lines::file(lines, &mut self.out.line_strings, files, self.modules, file)
    }

    /// A reference from a unit of ours to what an entry has become.
    fn reference(&self, unit: UnitId, source: Source) -> Option<Out> {
        let entry = *self.entries.get(&source)?;
        let target = self.units[&(source.0, source.1)];
        Some(match target == unit {
            true => Out::UnitRef(entry),
            false => Out::DebugInfoRef(DebugInfoRef::Entry(target, entry)),
        })
    }

    /// Adds the code of a function that lies at this offset of the text section.
    pub fn add_function(&mut self, func: &CompiledFunc, offset: u32) {
        let module = self.program.funcs[func.id].module;
        if self.modules.get(module).is_none() {
            return;
        }
        let runs = frames::runs(self.program, func);
        let Some(root) = frames::tree(self.program, self.modules, func, &runs) else {
            return;
        };
        let Some(source) = self.modules.get(root.module) else {
            return;
        };
        let unit = self.units[&(root.module, source.scopes[root.scope].unit)];
        let range = Range::StartLength {
            begin: text(offset),
            length: func.insts_len.into(),
        };
        self.code.entry(unit).or_default().push(range);
        let parent = self.out.units.get(unit).root();
        let code = Code {
            offset,
            len: func.insts_len,
            frame: func.memory_frame,
            runs: &runs,
            values: Values::new(func),
        };
        self.add_instance(unit, parent, &root, &code);
        let files = self.files.get_mut(&unit).expect("every unit has files");
        let (strings, modules) = (&mut self.out.line_strings, self.modules);
        lines::add_sequence(
            &mut self.out.units.get_mut(unit).line_program,
            self.program,
            modules,
            (offset, func.insts_len),
            &runs,
            |lines, key| lines::file(lines, strings, files, modules, key),
        );
    }

    /// Adds the entry of a scope with code, and those within it.
    fn add_instance(&mut self, unit: UnitId, parent: UnitEntryId, node: &Node, code: &Code) {
        let offset = code.offset;
        let id = node.module;
        let modules = self.modules;
        let Some(module) = modules.get(id) else {
            return;
        };
        let scope = &module.scopes[node.scope];
        let Ok(die) = module.units[scope.unit].entry(scope.die) else {
            return;
        };
        let place = (id, scope.unit);
        let is_inlined = node.call.is_some() || scope.kind == ScopeKind::Inlined;
        let tag = match scope.kind {
            _ if is_inlined => gimli::DW_TAG_inlined_subroutine,
            ScopeKind::Block => gimli::DW_TAG_lexical_block,
            ScopeKind::Function | ScopeKind::Inlined => gimli::DW_TAG_subprogram,
        };
        let entry = self.out.units.get_mut(unit).add(parent, tag);
        let origin = match die.attr_value(gimli::DW_AT_abstract_origin) {
            Some(value) => module.target(scope.unit, value),
            None => Some((scope.unit, scope.die)),
        };
        let origin = origin.and_then(|(at, die)| self.reference(unit, (id, at, die)));
        let call = match node.call {
            Some(call) => self.call_place(unit, &call),
            None if is_inlined => self.call_attributes(unit, place, &die),
            None => Vec::new(),
        };
        let out = self.out.units.get_mut(unit);
        let ranges = match node.ranges[..] {
            [(start, end)] => {
                let low = Out::Address(text(offset + start));
                let high = Out::Udata((end - start).into());
                vec![(gimli::DW_AT_low_pc, low), (gimli::DW_AT_high_pc, high)]
            }
            _ => {
                let base = Range::BaseAddress {
                    address: text(offset),
                };
                let pairs = node.ranges.iter().map(|&(start, end)| Range::OffsetPair {
                    begin: start.into(),
                    end: end.into(),
                });
                let list = RangeList([base].into_iter().chain(pairs).collect());
                let list = out.ranges.add(list);
                vec![(gimli::DW_AT_ranges, Out::RangeListRef(list))]
            }
        };
        let out = out.get_mut(entry);
        if let Some(origin) = origin {
            out.set(gimli::DW_AT_abstract_origin, origin);
        }
        for (name, value) in ranges.into_iter().chain(call) {
            out.set(name, value);
        }
        if tag == gimli::DW_TAG_subprogram {
            let mut base = Expression::new();
            base.op(gimli::DW_OP_call_frame_cfa);
            out.set(gimli::DW_AT_frame_base, Out::Exprloc(base));
        }
        self.add_variables(unit, entry, node, code);
        for child in &node.children {
            self.add_instance(unit, entry, child, code);
        }
    }

    /// Adds the variables right within a scope.
    fn add_variables(&mut self, unit: UnitId, parent: UnitEntryId, node: &Node, code: &Code) {
        let (id, modules) = (node.module, self.modules);
        let Some(module) = modules.get(id) else {
            return;
        };
        let scope = &module.scopes[node.scope];
        let number = scope.unit;
        let source = &module.units[number];
        let Ok(mut tree) = source.entries_tree(Some(scope.die)) else {
            return;
        };
        let Ok(root) = tree.root() else {
            return;
        };
        // What we have inlined has another frame, whose address nobody keeps in a slot.
        let frame = code.frame.filter(|_| node.inlined_at.is_none());
        let pieces = code.pieces(node);
        let start = pieces.first().map(|piece| module.address(piece.offset));
        let function = start.and_then(|start| module.path(start).first().copied());
        let finder = Finder {
            module,
            base: Base {
                program: self.program,
                module: id,
            },
            values: &code.values,
            call: node.inlined_at.unwrap_or(Origin::NONE),
            frame: function.and_then(|scope| {
                locations::frame_local(module, scope).zip(module.prologue_end(scope))
            }),
        };
        let mut children = root.children();
        while let Ok(Some(child)) = children.next() {
            let die = child.entry();
            let tag = die.tag();
            if tag != gimli::DW_TAG_variable && tag != gimli::DW_TAG_formal_parameter {
                continue;
            }
            let entry = self.out.units.get_mut(unit).add(parent, tag);
            self.copy_attributes((id, number), unit, entry, die);
            let Some(value) = die.attr_value(gimli::DW_AT_location) else {
                continue;
            };
            let out = self.out.units.get_mut(unit);
            let location = match locations::fixed(self.program, id, &module.dwarf, source, value) {
                Some(location) => Out::Exprloc(location),
                None => {
                    let kept = frame.and_then(|frame| {
                        let data = locations::in_frame(self.program, id, source, frame.at, value)?;
                        Some(vec![Location::OffsetPair {
                            begin: frame.from.into(),
                            end: code.len.into(),
                            data,
                        }])
                    });
                    let list = kept.unwrap_or_else(|| {
                        let descriptions = variables::descriptions(module, number, value);
                        finder.locations(number, &descriptions, &pieces)
                    });
                    if list.is_empty() {
                        continue;
                    }
                    let base = Location::BaseAddress {
                        address: text(code.offset),
                    };
                    let list = [base].into_iter().chain(list).collect();
                    Out::LocationListRef(out.locations.add(LocationList(list)))
                }
            };
            out.get_mut(entry).set(gimli::DW_AT_location, location);
        }
    }

    /// Where a call was that we have inlined.
    fn call_place(&mut self, unit: UnitId, call: &Place) -> Vec<(DwAt, Out)> {
        let found = lines::row_of(self.program, self.modules, &[*call]);
        let Some((id, row)) = found else {
            return Vec::new();
        };
        let (line, column) = (row.line, row.column);
        let file = self.file(unit, (id, row.unit as usize, row.file));
        let file = file.map(|file| (gimli::DW_AT_call_file, Out::FileIndex(Some(file))));
        let line = (gimli::DW_AT_call_line, Out::Udata(line.into()));
        let column = (gimli::DW_AT_call_column, Out::Udata(column.into()));
        file.into_iter().chain([line, column]).collect()
    }

    /// Where a call was that the module's compiler has inlined.
    fn call_attributes(
        &mut self,
        unit: UnitId,
        place: (ModuleId, usize),
        die: &Die<'a>,
    ) -> Vec<(DwAt, Out)> {
        let names = [
            gimli::DW_AT_call_file,
            gimli::DW_AT_call_line,
            gimli::DW_AT_call_column,
        ];
        let mut list = Vec::new();
        for name in names {
            let value = die.attr_value(name);
            if let Some(value) = value.and_then(|value| self.attribute(place, unit, value)) {
                list.push((name, value));
            }
        }
        list
    }
}

/// Whether the entry of a function says where its code is.
fn has_code(die: &Die) -> bool {
    let names = [gimli::DW_AT_low_pc, gimli::DW_AT_ranges];
    names.into_iter().any(|name| die.attr_value(name).is_some())
}

/// An address in the text section.
fn text(offset: u32) -> Address {
    Address::Symbol {
        symbol: Target::Text.symbol(),
        addend: offset.into(),
    }
}

/// Whether an attribute is about places in the code of the module or in its sections. Those of variables and inlined calls are translated elsewhere.
fn is_about_code(name: DwAt) -> bool {
    matches!(
        name,
        gimli::DW_AT_sibling
            | gimli::DW_AT_low_pc
            | gimli::DW_AT_high_pc
            | gimli::DW_AT_entry_pc
            | gimli::DW_AT_ranges
            | gimli::DW_AT_frame_base
            | gimli::DW_AT_location
            | gimli::DW_AT_stmt_list
            | gimli::DW_AT_macros
            | gimli::DW_AT_macro_info
            | gimli::DW_AT_GNU_macros
            | gimli::DW_AT_str_offsets_base
            | gimli::DW_AT_addr_base
            | gimli::DW_AT_rnglists_base
            | gimli::DW_AT_loclists_base
            | gimli::DW_AT_GNU_all_call_sites
            | gimli::DW_AT_GNU_all_tail_call_sites
            | gimli::DW_AT_call_all_calls
            | gimli::DW_AT_call_all_tail_calls
            | gimli::DW_AT_call_file
            | gimli::DW_AT_call_line
            | gimli::DW_AT_call_column
            | gimli::DW_AT_GNU_pubnames
            | gimli::DW_AT_segment
    )
}
