//! Variables that the module's compiler keeps in locals or on the operand stack of WebAssembly: where they are in native code.
//!
//! At each piece of code ([`Run`](super::frames::Run)) that comes from one place in WebAssembly, the module's DWARF says what a variable is in at that place; what that holds there is a value
//! ([`WatchedLocals`](crate::mach::compiled::WatchedLocals)), and where this is at each byte of the piece is known from emission. So a variable is shown as it is in front of the operator that the
//! native instruction comes from, however instructions were moved, and not at all where its value is nowhere.

use super::locations::{Base, Shown, describe};
use super::module::{Module, Scope, Slice};
use crate::ir::{Origin, Watch};
use crate::mach::compiled::{CompiledFunc, Stretch, Watched, WatchedPlace};
use gimli::write::{Expression, Location};
use gimli::{AttributeValue, Operation};
use std::collections::{BTreeSet, HashMap};

/// Descriptions of one variable that are looked at: those of a damaged file may refer to the same long list.
const MAX_DESCRIPTIONS: usize = 4096;

/// What a variable is in, with the addresses in the module where that is so.
pub type Descriptions<'a> = Vec<(std::ops::Range<u64>, gimli::Expression<Slice<'a>>)>;

/// The descriptions of a variable, in order.
pub fn descriptions<'a>(
    module: &Module<'a>,
    unit: usize,
    value: AttributeValue<Slice<'a>>,
) -> Descriptions<'a> {
    if let AttributeValue::Exprloc(expression) = value {
        return vec![(0..u64::MAX, expression)];
    }
    let list = module.dwarf.attr_locations(&module.units[unit], value);
    let Ok(Some(mut list)) = list else {
        return Vec::new();
    };
    let mut found = Vec::new();
    while let Ok(Some(entry)) = list.next()
        && found.len() < MAX_DESCRIPTIONS
    {
        found.push((entry.range.begin..entry.range.end, entry.data));
    }
    found
}

/// The locals and operands that variables of a function, and of what the module's compiler has inlined into it, are in.
pub fn watched(module: &Module, scope: usize) -> Vec<u32> {
    let Scope { unit, die, .. } = module.scopes[scope];
    let mut found = BTreeSet::new();
    let Ok(mut cursor) = module.units[unit].entries_at_offset(die) else {
        return Vec::new();
    };
    let mut top = None;
    while let Ok(Some(die)) = cursor.next_dfs() {
        let is_top = top.is_none();
        if !is_top && top >= Some(die.depth()) {
            break;
        }
        top = top.or(Some(die.depth()));
        let attribute = match die.tag() {
            gimli::DW_TAG_variable | gimli::DW_TAG_formal_parameter => gimli::DW_AT_location,
            gimli::DW_TAG_subprogram if is_top => gimli::DW_AT_frame_base,
            _ => continue,
        };
        let Some(value) = die.attr_value(attribute) else {
            continue;
        };
        for (_, expression) in descriptions(module, unit, value) {
            let mut operations = expression.operations(module.units[unit].encoding());
            while let Ok(Some(operation)) = operations.next() {
                match operation {
                    Operation::WasmLocal { index } if index < Watch::OPERAND => found.insert(index),
                    Operation::WasmStack { index } if index < Watch::OPERAND => {
                        found.insert(index | Watch::OPERAND)
                    }
                    _ => continue,
                };
            }
        }
    }
    found.into_iter().collect()
}

/// By call and local: from which offset on what it holds.
type Held = HashMap<(Origin, u32), Vec<(u32, Option<Watched>)>>;

/// What locals of a compiled function, and of those inlined into it, hold, and where.
#[derive(Default)]
pub struct Values<'f> {
    held: Held,
    stretches: &'f [Stretch],
}

impl<'f> Values<'f> {
    pub fn new(func: &'f CompiledFunc) -> Values<'f> {
        let Some(watched) = &func.watched else {
            return Values::default();
        };
        let mut held = Held::new();
        for watch in &watched.watches {
            let list = held.entry((watch.call, watch.local)).or_default();
            list.push((watch.from, watch.value));
        }
        Values {
            held,
            stretches: &watched.stretches,
        }
    }

    /// What a local holds in front of the operator at an offset.
    fn at(&self, call: Origin, local: u32, offset: u32) -> Option<Watched> {
        let list = self.held.get(&(call, local))?;
        let behind = list.partition_point(|&(from, _)| from <= offset);
        list[..behind].last()?.1
    }

    /// The stretches of a value.
    fn stretches(&self, value: u32) -> &'f [Stretch] {
        let start = self.stretches.partition_point(|it| it.value < value);
        let end = self.stretches.partition_point(|it| it.value <= value);
        &self.stretches[start..end]
    }

    /// Where a value is from one offset of the code to another.
    fn place(&self, value: Watched, start: u32, end: u32) -> Option<Shown> {
        match value {
            Watched::Constant(bits) => Some(Shown::Constant(bits)),
            Watched::VReg(vreg) => {
                let mut stretches = self.stretches(vreg).iter();
                let found = stretches.find(|it| it.start <= start && end <= it.end)?;
                Some(match found.place {
                    WatchedPlace::Register(number) => Shown::Register(number),
                    WatchedPlace::Float(number) => Shown::Float(number),
                    WatchedPlace::Frame(at) => Shown::Frame(at),
                })
            }
        }
    }
}

/// A piece of code that a variable is visible in: it comes from this offset in the file.
#[derive(Clone, Copy)]
pub struct Piece {
    pub start: u32,
    pub end: u32,
    pub offset: u32,
}

/// What is needed to find a variable.
pub struct Finder<'p, 'm, 'a> {
    pub module: &'m Module<'a>,
    pub base: Base<'p>,
    pub values: &'m Values<'m>,
    /// What the code with the variable was inlined instead of.
    pub call: Origin,
    /// The local with the address of its frame in linear memory, and the address in the module from which on the function has put its variables there.
    pub frame: Option<(u32, u64)>,
}

impl Finder<'_, '_, '_> {
    /// Where a variable is in these pieces of code.
    pub fn locations(
        &self,
        unit: usize,
        descriptions: &Descriptions,
        pieces: &[Piece],
    ) -> Vec<Location> {
        let mut found: Vec<(u32, u32, Expression)> = Vec::new();
        for piece in pieces {
            let address = self.module.address(piece.offset);
            let holds = |range: &std::ops::Range<u64>| range.contains(&address);
            let description = descriptions.iter().find(|(range, _)| holds(range));
            if let Some((_, expression)) = description {
                self.in_piece(unit, *expression, piece, &mut found);
            }
        }
        let pair = |(begin, end, data): (u32, u32, Expression)| Location::OffsetPair {
            begin: begin.into(),
            end: end.into(),
            data,
        };
        found.into_iter().map(pair).collect()
    }

    fn in_piece(
        &self,
        unit: usize,
        expression: gimli::Expression<Slice>,
        piece: &Piece,
        found: &mut Vec<(u32, u32, Expression)>,
    ) {
        let encoding = self.module.units[unit].encoding();
        let address = self.module.address(piece.offset);
        let frame = self.frame.filter(|frame| address >= frame.1);
        let frame = frame.map(|frame| frame.0);
        // Which values it is about, and where these change their places.
        let mut cuts = BTreeSet::from([piece.start, piece.end]);
        let note = |local: u32| {
            let value = self.values.at(self.call, local, piece.offset)?;
            if let Watched::VReg(vreg) = value {
                let stretches = self.values.stretches(vreg).iter();
                let ends = stretches.flat_map(|it| [it.start, it.end]);
                cuts.extend(ends.filter(|at| (piece.start..piece.end).contains(at)));
            }
            Some(Shown::Constant(0))
        };
        if describe(encoding, expression, self.base, frame, note).is_none() {
            return;
        }
        let cuts: Vec<u32> = cuts.into_iter().collect();
        for ends in cuts.windows(2) {
            let (start, end) = (ends[0], ends[1]);
            let place = |local: u32| {
                let value = self.values.at(self.call, local, piece.offset)?;
                self.values.place(value, start, end)
            };
            let Some(data) = describe(encoding, expression, self.base, frame, place) else {
                continue;
            };
            match found.last_mut() {
                Some(last) if last.1 == start && last.2 == data => last.1 = end,
                _ => found.push((start, end, data)),
            }
        }
    }
}
