//! A module as text, by functions, and what its DWARF says of lines.

use std::io;
use std::ops::Range;
use std::panic;

use wasmprinter::{Config, Print};
use wative_compiler::debug::module::{Module as Dwarf, ScopeKind};
use wative_compiler::entity::EntityId;
use wative_compiler::ir::ModuleId;
use wative_compiler::show;
use wative_compiler::wasm::Front;

/// A module of the program.
pub struct Module<'a> {
    /// Ascending by offset.
    lines: Vec<Line>,
    dwarf: Option<Dwarf<'a>>,
}

/// A line of the module's text.
pub struct Line {
    /// In the module's file.
    pub offset: u32,
    pub text: String,
}

/// A line of a source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceLine {
    /// Unit and number by which [`Module::path`] has the path of the file.
    pub file: (u32, u64),
    /// From 1.
    pub line: u32,
    /// Whether it belongs to a function that the module's compiler has inlined.
    pub is_inlined: bool,
}

impl<'a> Module<'a> {
    pub fn new(front: &'a Front<'a>, module: ModuleId) -> Module<'a> {
        let (sections, code) = front.debug_sections(module);
        let bytes = &front.inputs[front.input_of[module.index()]].bytes;
        Module {
            lines: code_lines(bytes, &code),
            dwarf: Dwarf::new(&sections.into_iter().collect(), code),
        }
    }

    /// The lines of a function whose body lies there; none if the module could not be printed.
    pub fn function(&self, body: &Range<usize>) -> &[Line] {
        let at = |offset: usize| {
            self.lines
                .partition_point(|line| (line.offset as usize) < offset)
        };
        &self.lines[at(body.start)..at(body.end)]
    }

    /// The line that an offset in the module's file comes from.
    pub fn source(&self, offset: u32) -> Option<SourceLine> {
        let dwarf = self.dwarf.as_ref()?;
        let address = dwarf.address(offset);
        let row = dwarf.row(address).filter(|row| row.line != 0)?;
        let mut scopes = dwarf.path(address).into_iter();
        Some(SourceLine {
            file: (row.unit, row.file),
            line: row.line,
            is_inlined: scopes.any(|scope| dwarf.scopes[scope].kind == ScopeKind::Inlined),
        })
    }

    /// The path of a file as the DWARF has it.
    pub fn path(&self, (unit, file): (u32, u64)) -> Option<Vec<u8>> {
        self.dwarf.as_ref()?.path_of_file(unit as usize, file)
    }
}

/// The lines of what is in a part of the file. Deceptive characters in them are written out.
fn code_lines(bytes: &[u8], code: &Range<u64>) -> Vec<Line> {
    let mut printed = Printed::default();
    // A module that cannot be printed, or a fault of the printer, leaves the page without this text.
    let print = || Config::new().indent_text("  ").print(bytes, &mut printed);
    let _ = panic::catch_unwind(panic::AssertUnwindSafe(print));
    let lines = printed.lines.into_iter();
    let mut lines: Vec<Line> = lines
        .filter_map(|(offset, text)| {
            let offset = offset.filter(|offset| code.contains(offset))?;
            Some(Line {
                offset: u32::try_from(offset).ok()?,
                text: show::name(text.trim_end()),
            })
        })
        .collect();
    lines.sort_by_key(|line| line.offset);
    lines
}

#[derive(Default)]
struct Printed {
    lines: Vec<(Option<u64>, String)>,
}

impl Print for Printed {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        match self.lines.last_mut() {
            Some((_, line)) => line.push_str(text),
            None => self.lines.push((None, text.to_owned())),
        }
        Ok(())
    }

    fn start_line(&mut self, offset: Option<u64>) {
        self.lines.push((offset, String::new()));
    }
}
