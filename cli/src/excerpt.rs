//! The lines around a place in a module, for messages: of its source where that is text, otherwise of what it is as text.
//!
//! `wat` tells the line of each instruction when it is asked for DWARF. A binary module is printed by `wasmprinter`, line by line with their offsets, and that is stopped behind the
//! place, so that nothing but what comes before it need be well-formed. Names in it may be anything; what could deceive is written out by `report`.

use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::panic;
use std::path::Path;

use wasmparser::{Parser, Payload};
use wasmprinter::{Config, Print};
use wative_compiler::debug::module::Module;

use crate::inputs;

/// Lines before and behind the one that an excerpt is about.
const BEFORE: usize = 3;
const BEHIND: usize = 1;

/// Bytes of modules that are printed: all before the place is, a second for about ten megabytes.
const LARGEST: usize = 16 << 20;

/// Bytes of a line that are shown.
const LONGEST: usize = 120;

/// Some lines of a module's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Without the indentation that all of them have.
    pub lines: Vec<String>,
    /// Index of the one that it is about.
    pub line: usize,
    /// The part of that which it is about.
    pub marked: Range<usize>,
    /// The number of the first one in the file, from 1, if it is text.
    pub number: Option<usize>,
}

/// The lines around an offset in a module that comes from this file; none if there is nothing that can be shown.
pub fn of_file(path: &Path, offset: u64) -> Option<Excerpt> {
    if path == Path::new("-") {
        return None;
    }
    let bytes = inputs::read_bytes(path).ok()?;
    if bytes.starts_with(b"\0asm") {
        return of_module(&bytes, offset);
    }
    let text = str::from_utf8(&bytes).ok()?;
    of_text(text, offset).or_else(|| of_module(&inputs::as_module(path, bytes).ok()?, offset))
}

/// The lines of the source, for an offset in the module that it is translated to.
fn of_text(text: &str, offset: u64) -> Option<Excerpt> {
    let binary = wat::Parser::new()
        .generate_dwarf(wat::GenerateDwarf::Lines)
        .parse_str(None, text)
        .ok()?;
    if !Parser::is_core_wasm(&binary) {
        return None;
    }
    let (mut sections, mut code) = (HashMap::new(), 0..0);
    for payload in Parser::new(0).parse_all(&binary) {
        match payload.ok()? {
            Payload::CodeSectionStart {
                unchecked_range, ..
            } => code = unchecked_range,
            Payload::CustomSection(section) => {
                sections.insert(section.name(), section.data());
            }
            _ => {}
        }
    }
    let is_code = code.contains(&offset);
    let module = Module::new(&sections, code).filter(|_| is_code)?;
    let row = module.row(module.address(u32::try_from(offset).ok()?))?;
    let (line, column) = (row.line as usize, row.column as usize);
    let first = line.checked_sub(1)?.saturating_sub(BEFORE);
    let lines: Vec<&str> = text
        .lines()
        .skip(first)
        .take(line - first + BEHIND)
        .collect();
    // The word at the column.
    let start = column.checked_sub(1)?;
    let rest = lines.get(line - 1 - first)?.get(start..)?;
    let is_end = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ';');
    let marked = start..start + rest.find(is_end).unwrap_or(rest.len());
    excerpt(&lines, line - 1 - first, marked, Some(first + 1))
}

/// The lines of a module in binary format as text.
fn of_module(bytes: &[u8], offset: u64) -> Option<Excerpt> {
    // Offsets in components are those of the modules in them.
    if !Parser::is_core_wasm(bytes) || bytes.len() > LARGEST {
        return None;
    }
    let mut printed = Lines {
        offset,
        lines: Vec::new(),
        found: None,
    };
    // What stops it, or is wrong behind the place, does not matter; nor does a fault of the printer, which must not take the place of the error.
    let print = || Config::new().print(bytes, &mut printed);
    let _ = panic::catch_unwind(panic::AssertUnwindSafe(print));
    let found = printed.found?;
    let first = found.saturating_sub(BEFORE);
    let lines = printed.lines.iter().skip(first);
    let lines: Vec<&str> = lines
        .take(found - first + 1 + BEHIND)
        .map(|line| line.trim_end())
        .collect();
    let line = lines.get(found - first)?;
    let marked = line.len() - line.trim_start().len()..line.len();
    excerpt(&lines, found - first, marked, None)
}

/// Takes away what is too much of the lines. None if there is nothing to be marked then.
fn excerpt(
    lines: &[&str],
    line: usize,
    marked: Range<usize>,
    number: Option<usize>,
) -> Option<Excerpt> {
    // Spaces, so that a place in the text is one on the screen.
    let lines: Vec<String> = lines.iter().map(|line| line.replace('\t', " ")).collect();
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    let common = filled.map(|line| line.len() - line.trim_start_matches(' ').len());
    let common = common.min().unwrap_or(0);
    let short = |line: &String| {
        let line = line.get(common..).unwrap_or("");
        line[..line.floor_char_boundary(LONGEST)].to_owned()
    };
    let lines: Vec<String> = lines.iter().map(short).collect();
    let end = marked
        .end
        .saturating_sub(common)
        .min(lines.get(line)?.len());
    let marked = marked.start.saturating_sub(common)..end;
    (!marked.is_empty()).then_some(Excerpt {
        lines,
        line,
        marked,
        number,
    })
}

/// The lines that are printed, up to those that matter.
struct Lines {
    offset: u64,
    lines: Vec<String>,
    /// The last line that begins at or before the place.
    found: Option<usize>,
}

impl Print for Lines {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        let is_behind = |found| self.lines.len() > found + 2 + BEHIND;
        if self.found.is_some_and(is_behind) {
            return Err(io::Error::other("there is more than enough"));
        }
        match self.lines.last_mut() {
            Some(line) => line.push_str(text),
            None => self.lines.push(text.to_owned()),
        }
        Ok(())
    }

    fn start_line(&mut self, offset: Option<u64>) {
        if offset.is_some_and(|offset| offset <= self.offset) {
            self.found = Some(self.lines.len());
        }
        self.lines.push(String::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(text: &str) -> Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    /// The line that is shown for the first occurrence of some bytes.
    fn line(bytes: &[u8], wanted: &[u8]) -> String {
        let at = bytes
            .windows(wanted.len())
            .position(|found| found == wanted);
        let excerpt = of_module(bytes, at.unwrap() as u64).unwrap();
        excerpt.lines[excerpt.line][excerpt.marked].to_owned()
    }

    #[test]
    fn the_line_is_that_of_the_instruction() {
        let bytes = module(
            "(module (memory 1) (func (export \"f\") (param i32) (result i32)
                local.get 0 i32.const 1000 i32.add i32.load offset=5 (if (then nop)) i32.const 77))",
        );
        assert_eq!(line(&bytes, &[0x41, 0xe8, 0x07]), "i32.const 1000");
        // In the middle of it.
        assert_eq!(line(&bytes, &[0xe8, 0x07]), "i32.const 1000");
        assert_eq!(line(&bytes, &[0x28, 0x02, 0x05]), "i32.load offset=5");
        let excerpt = of_module(&bytes, bytes.len() as u64).unwrap();
        assert!(excerpt.lines.len() <= BEFORE + 1 + BEHIND);
    }

    #[test]
    fn damage_behind_the_place_does_not_matter() {
        let mut bytes =
            module("(module (func nop i32.const 1000 drop) (func i32.const 2000 drop))");
        let at = bytes
            .windows(2)
            .position(|found| found == [0xd0, 0x0f])
            .unwrap();
        // An opcode that there is not.
        bytes[at - 1] = 0x27;
        assert_eq!(line(&bytes, &[0x41, 0xe8, 0x07]), "i32.const 1000");
    }

    #[test]
    fn text_is_shown_as_it_was_written() {
        let text = "(module ;; a comment\n  (func (result i64)\n\t(i64.add (i64.const 1) (i32.const 1000)\n ) )) ;; end";
        let bytes = module(text);
        let at = |wanted: &[u8]| {
            let found = bytes
                .windows(wanted.len())
                .position(|found| found == wanted);
            of_text(text, found.unwrap() as u64).unwrap()
        };
        let add = at(&[0x7c]);
        assert_eq!((add.line, add.number), (2, Some(1)));
        assert_eq!(&add.lines[2][add.marked.clone()], "i64.add");
        assert_eq!(add.lines[3], " ) )) ;; end");
        let constant = at(&[0x41, 0xe8, 0x07]);
        assert_eq!(&constant.lines[2][constant.marked.clone()], "i32.const");
        // Not of a function.
        assert_eq!(of_text(text, 8), None);
        assert_eq!(of_text("(component)", 8), None);
    }

    #[test]
    fn what_is_not_shown() {
        assert_eq!(of_module(b"\0asm", 2), None);
        assert_eq!(of_module(b"\0asm\x0d\0\x01\0", 8), None);
        assert_eq!(of_file(Path::new("-"), 8), None);
        assert_eq!(of_file(Path::new("/nowhere/x.wasm"), 8), None);
    }
}
