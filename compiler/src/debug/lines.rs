//! Line programs: for each function a sequence of rows, one for each piece of code that comes from another place in the source.

use super::Modules;
use super::frames::{Place, Run};
use super::module::{Row, join, without_zeros};
use crate::ir::{ModuleId, Program};
use gimli::write::{Address, FileId, LineProgram, LineString, LineStringTable};
use std::collections::HashMap;

/// Files of one line program, by the module, unit and number that named them.
pub type Files = HashMap<(ModuleId, usize, u64), FileId>;

/// The innermost place of a piece of code that the source is known of.
pub fn row_of<'m>(
    program: &Program,
    modules: &'m Modules,
    places: &[Place],
) -> Option<(ModuleId, &'m Row)> {
    places.iter().rev().find_map(|place| {
        let module = program.funcs[place.func].module;
        let source = modules.get(module)?;
        let row = source.row(source.address(place.offset));
        Some((module, row.filter(|row| row.line != 0)?))
    })
}

/// The number of a file in a line program; it is added if it is new.
pub fn file(
    lines: &mut LineProgram,
    strings: &mut LineStringTable,
    files: &mut Files,
    modules: &Modules,
    key: (ModuleId, usize, u64),
) -> Option<FileId> {
    if let Some(&known) = files.get(&key) {
        return Some(known);
    }
    let (module, unit, number) = key;
    let module = modules.get(module)?;
    let (directory, name) = module.file(unit, number)?;
    let mut path = module.compiled_in(unit).to_vec();
    join(&mut path, directory);
    let name = without_zeros(name);
    if name.is_empty() {
        return None;
    }
    let encoding = lines.encoding();
    let directory = match path.is_empty() {
        true => lines.default_directory(),
        false => lines.add_directory(LineString::new(path, encoding, strings)),
    };
    let id = lines.add_file(LineString::new(name, encoding, strings), directory, None);
    files.insert(key, id);
    Some(id)
}

/// Adds the sequence of a function at this offset of the text section. `file_of` names a file of the line program.
pub fn add_sequence(
    lines: &mut LineProgram,
    program: &Program,
    modules: &Modules,
    (offset, len): (u32, u32),
    runs: &[Run],
    mut file_of: impl FnMut(&mut LineProgram, (ModuleId, usize, u64)) -> Option<FileId>,
) {
    lines.begin_sequence(Some(Address::Symbol {
        symbol: super::Target::Text.symbol(),
        addend: offset.into(),
    }));
    let mut last = None;
    let mut is_first = true;
    for run in runs {
        let found = row_of(program, modules, &run.places);
        let key = found.map(|(module, row)| (module, *row));
        // The same row again, only later: no new statement.
        if key == last && last.is_some() {
            continue;
        }
        let out = lines.row();
        out.address_offset = run.start.into();
        (out.line, out.column, out.is_statement) = (0, 0, false);
        if let Some((module, row)) = found
            && let Some(file) = file_of(lines, (module, row.unit as usize, row.file))
        {
            let out = lines.row();
            out.file = file;
            out.line = row.line.into();
            out.column = row.column.into();
            out.is_statement = row.is_statement || is_first;
            out.prologue_end = row.prologue_end && !is_first;
            is_first = false;
        }
        lines.generate_row();
        last = key;
    }
    lines.end_sequence(len.into());
}
