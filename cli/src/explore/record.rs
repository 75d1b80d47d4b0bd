//! What the page has of one function: the lines of each stage, the places in WebAssembly that they come from, and the source around these.
//!
//! Lines refer to places by number, so that the page finds what belongs together by comparing numbers.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use wative_compiler::debug::{self, Place as Step};
use wative_compiler::entity::EntityId;
use wative_compiler::ir::{FuncDecl, FuncId, FuncKind, ModuleId, Origin, TextLine};
use wative_compiler::show;
use wative_compiler::stages::Stages;
use wative_compiler::wasm::Front;

use super::Context;
use super::module::Module;

/// Lines of a source between two that are shown which are shown too.
const GAP: u32 = 4;

/// Lines of a source around those that inlined functions are known by.
const AROUND: u32 = 2;

/// One function of the page.
#[derive(Serialize)]
pub struct Record {
    source: Source,
    wasm: Pane,
    translated: Pane,
    optimised: Pane,
    code: Pane,
    places: Vec<Place>,
    /// The files of places and sources.
    files: Vec<String>,
    /// The functions of places in inlined ones: name and place on the page.
    callees: Vec<(String, Option<usize>)>,
}

/// Lines of a stage.
#[derive(Default, Serialize)]
struct Pane {
    /// Each line but the last ends with `\n`; none has one in it.
    text: String,
    /// For each line the number of its place; -1: none.
    at: Vec<i32>,
}

impl Pane {
    fn push(&mut self, text: &str, place: i32) {
        if !self.at.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        self.at.push(place);
    }
}

/// Lines of sources, as far as the files are there.
#[derive(Default, Serialize)]
struct Source {
    text: String,
    /// For each line the number of the file, and of the line in it; 0: the line has the file's name.
    lines: Vec<(usize, u32)>,
}

/// A place in WebAssembly.
#[derive(Serialize)]
struct Place {
    /// In this function's module.
    offset: u32,
    /// The line of the function's text; -1: none.
    row: i32,
    /// Functions that were inlined there, outermost first: number of the callee and offset in its module.
    inlined: Vec<(usize, u32)>,
    /// File and line of each of these functions and this one, innermost first, as far as they are known.
    source: Vec<(usize, u32)>,
}

/// A file of a module.
type File = (ModuleId, (u32, u64));

struct Builder<'b, 'a> {
    front: &'b Front<'b>,
    cx: &'b Context<'a>,
    stages: &'b Stages,
    decl: &'b FuncDecl,
    /// Offsets of the function's lines.
    rows: HashMap<u32, i32>,
    places: Vec<Place>,
    /// By what they are made of: functions and offsets.
    known: HashMap<Vec<(FuncId, u32)>, i32>,
    files: Vec<File>,
    callees: Vec<FuncId>,
}

impl Record {
    pub fn new(front: &Front, cx: &Context, stages: &Stages) -> Record {
        let decl = &front.program.funcs[stages.func];
        let mut builder = Builder {
            front,
            cx,
            stages,
            decl,
            rows: HashMap::new(),
            places: Vec::new(),
            known: HashMap::new(),
            files: Vec::new(),
            callees: Vec::new(),
        };
        let wasm = builder.wasm();
        let [translated, optimised, code] =
            [&stages.translated, &stages.optimised, &stages.code].map(|lines| builder.pane(lines));
        let source = builder.source();
        let callee = |&func: &FuncId| {
            let name = show::name(&front.program.funcs[func].name);
            (name, cx.shown[func.index()])
        };
        Record {
            source,
            wasm,
            translated,
            optimised,
            code,
            files: builder
                .files
                .iter()
                .map(|&file| builder.path(file).1)
                .collect(),
            callees: builder.callees.iter().map(callee).collect(),
            places: builder.places,
        }
    }
}

impl<'b, 'a> Builder<'b, 'a> {
    fn module(&self, module: ModuleId) -> &'b Module<'a> {
        &self.cx.modules[module.index()]
    }

    /// The function as text; nothing of what the compiler makes.
    fn wasm(&mut self) -> Pane {
        let mut pane = Pane::default();
        let FuncKind::Defined { body } = &self.decl.kind else {
            return pane;
        };
        let cx = self.cx;
        let lines = cx.modules[self.decl.module.index()].function(body);
        for (row, line) in (0..).zip(lines) {
            self.rows.entry(line.offset).or_insert(row);
        }
        let indents = lines.iter().map(|line| indent(&line.text));
        let common = indents.min().unwrap_or(0);
        for line in lines {
            let place = self.place(&[(self.stages.func, line.offset)]);
            pane.push(&line.text[common..], place);
        }
        pane
    }

    /// A stage that the compiler prints.
    fn pane(&mut self, lines: &[TextLine]) -> Pane {
        let mut pane = Pane::default();
        for line in lines {
            let place = self.origin(line.place);
            pane.push(&show::name(&line.text), place);
        }
        pane
    }

    fn origin(&mut self, origin: Origin) -> i32 {
        if origin == Origin::NONE || !matches!(self.decl.kind, FuncKind::Defined { .. }) {
            return -1;
        }
        let (func, inlined) = (self.stages.func, &self.stages.inlined);
        let steps = debug::places(&self.front.program, func, inlined, origin);
        let steps: Vec<_> = steps
            .iter()
            .map(|step: &Step| (step.func, step.offset))
            .collect();
        self.place(&steps)
    }

    /// The number of a place: this function's offset, then those in inlined functions.
    fn place(&mut self, steps: &[(FuncId, u32)]) -> i32 {
        if let Some(&known) = self.known.get(steps) {
            return known;
        }
        let number = self.places.len() as i32;
        let offset = steps[0].1;
        let place = Place {
            offset,
            row: self.rows.get(&offset).copied().unwrap_or(-1),
            inlined: steps[1..]
                .iter()
                .map(|&(func, offset)| (number_of(&mut self.callees, func), offset))
                .collect(),
            source: steps
                .iter()
                .rev()
                .filter_map(|&(func, offset)| self.source_line(func, offset))
                .collect(),
        };
        self.places.push(place);
        self.known.insert(steps.to_vec(), number);
        number
    }

    fn source_line(&mut self, func: FuncId, offset: u32) -> Option<(usize, u32)> {
        let module = self.front.program.funcs[func].module;
        let line = self.module(module).source(offset)?;
        Some((number_of(&mut self.files, (module, line.file)), line.line))
    }

    /// The path of a file as the DWARF has it, and as it is shown.
    fn path(&self, (module, file): File) -> (Vec<u8>, String) {
        let path = self.module(module).path(file).unwrap_or_default();
        let text = show::bytes(&path);
        (path, text)
    }

    /// Sources of all places: of the function itself all from its first line to its last, of others some lines around those that are needed.
    fn source(&mut self) -> Source {
        let mut wanted: BTreeMap<usize, Vec<(u32, u32)>> = BTreeMap::new();
        let own = self.own();
        if let Some((file, first, last)) = own {
            wanted.entry(file).or_default().push((first, last));
        }
        for &(file, line) in self.places.iter().flat_map(|place| &place.source) {
            let is_own =
                own.is_some_and(|(own, first, last)| own == file && (first..=last).contains(&line));
            if !is_own {
                let around = (
                    line.saturating_sub(AROUND).max(1),
                    line.saturating_add(AROUND),
                );
                wanted.entry(file).or_default().push(around);
            }
        }
        let mut source = Source::default();
        let mut files: Vec<usize> = wanted.keys().copied().collect();
        files.sort_by_key(|&file| own.is_none_or(|own| own.0 != file));
        for file in files {
            self.add_file(
                &mut source,
                file,
                merged(wanted.remove(&file).unwrap_or_default()),
            );
        }
        source
    }

    /// The function's own file, its first and its last line there.
    fn own(&mut self) -> Option<(usize, u32, u32)> {
        let FuncKind::Defined { body } = &self.decl.kind else {
            return None;
        };
        let module = self.module(self.decl.module);
        let offsets = module.function(body).iter().map(|line| line.offset);
        let lines = offsets.filter_map(|offset| module.source(offset));
        let lines: Vec<_> = lines.filter(|line| !line.is_inlined).collect();
        let file = lines.first()?.file;
        let own = lines.iter().filter(|line| line.file == file);
        let first = own.clone().map(|line| line.line).min()?;
        let last = own.map(|line| line.line).max()?;
        let number = number_of(&mut self.files, (self.decl.module, file));
        Some((number, first, last))
    }

    fn add_file(&self, source: &mut Source, file: usize, parts: Vec<(u32, u32)>) {
        let (path, shown) = self.path(self.files[file]);
        let Some(lines) = self.cx.sources.lines(&path) else {
            return;
        };
        for (first, last) in parts {
            let first = first as usize;
            let last = (last as usize).min(lines.len());
            if first > last {
                continue;
            }
            let numbers = (first as u32..).zip(&lines[first - 1..last]);
            let head = [(0, &shown)];
            for (number, text) in head.into_iter().chain(numbers) {
                if !source.lines.is_empty() {
                    source.text.push('\n');
                }
                source.text.push_str(text);
                source.lines.push((file, number));
            }
        }
    }
}

/// The place of an item in a list, which gets it if it does not have it.
fn number_of<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    let known = list.iter().position(|known| *known == item);
    known.unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

/// Ranges of lines in order, those that nearly touch as one.
fn merged(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut out: Vec<(u32, u32)> = Vec::new();
    for (first, last) in ranges {
        match out.last_mut() {
            Some(before) if first <= before.1.saturating_add(GAP) => before.1 = before.1.max(last),
            _ => out.push((first, last)),
        }
    }
    out
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn ranges_that_nearly_touch_are_one() {
        assert_eq!(
            merged(vec![(20, 22), (1, 3), (7, 9), (8, 8)]),
            [(1, 9), (20, 22)]
        );
        assert_eq!(merged(vec![(1, u32::MAX), (2, 3)]), [(1, u32::MAX)]);
        assert_eq!(merged(vec![]), []);
    }
}
