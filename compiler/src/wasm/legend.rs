//! What listings say of names: comment lines before a function that tell what modules call the things that it mentions.
//!
//! ```text
//! ; v0 $a, local 2 $sum, label @0x2f $loop
//! ; global0 $counter, sig3 $point { $x +4, $y +8 }
//! ```

use super::Front;
use super::bodies;
use super::names::{Extended, Kind};
use crate::entity::EntityId;
use crate::ir::{Func, FuncDecl, FuncKind, Imm, InstData, RawRegion, SigId};
use std::collections::{BTreeSet, HashMap};
use wasmparser::{Operator, OperatorsReader};

/// Names of a program's entities.
pub struct Legend<'a> {
    front: &'a Front<'a>,
    /// By input.
    names: Vec<Extended>,
    /// By kind and number in the program.
    entities: HashMap<(Kind, u32), String>,
}

impl<'a> Legend<'a> {
    /// Reads the names of all modules.
    pub fn new(front: &'a Front<'a>) -> Legend<'a> {
        let inputs = front.inputs.iter().zip(&front.scans);
        let names: Vec<Extended> = inputs
            .map(|(input, scan)| Extended::read(&input.bytes, &scan.name_sections))
            .collect();
        let mut legend = Legend {
            front,
            names: Vec::new(),
            entities: HashMap::new(),
        };
        for (module, &input) in front.program.modules.values().zip(&front.input_of) {
            let names = &names[input];
            legend.add(names, Kind::Memory, &module.memories);
            legend.add(names, Kind::Table, &module.tables);
            legend.add(names, Kind::Global, &module.globals);
            for (kind, list) in [
                (Kind::Data, numbers(&module.data_indices)),
                (Kind::Elem, numbers(&module.elem_indices)),
            ] {
                for (index, number) in list {
                    legend.put(kind, number, names.shown(kind, 0, index));
                }
            }
            for (index, &ty) in (0..).zip(&module.types) {
                let name = legend.type_name(names, index, ty);
                legend.put(Kind::Type, ty.as_u32(), name);
            }
        }
        legend.names = names;
        legend
    }

    fn add<E: EntityId + Copy>(&mut self, names: &Extended, kind: Kind, list: &[E]) {
        for (index, id) in (0..).zip(list) {
            self.put(kind, id.as_u32(), names.shown(kind, 0, index));
        }
    }

    /// Of several names for one thing the first module's counts.
    fn put(&mut self, kind: Kind, number: u32, name: Option<String>) {
        if let Some(name) = name {
            self.entities.entry((kind, number)).or_insert(name);
        }
    }

    /// `$point { $x +4, $y +8 }`: fields by their places.
    fn type_name(&self, names: &Extended, index: u32, ty: SigId) -> Option<String> {
        let name = names.shown(Kind::Type, 0, index);
        let types = &self.front.program.types;
        let fields = types.def(ty).fields().map_or(0, <[_]>::len) as u32;
        let shown: Vec<String> = (0..fields)
            .filter_map(|field| {
                let name = names.shown(Kind::Field, index, field)?;
                Some(format!(
                    "{name} +{}",
                    types.layout(ty).offsets[field as usize]
                ))
            })
            .collect();
        match (name, shown.is_empty()) {
            (name, true) => name,
            (name, false) => {
                let name = name.unwrap_or_default();
                Some(format!("{name} {{ {} }}", shown.join(", ")))
            }
        }
    }

    /// The lines for a function, each with its end; nothing where nothing has a name.
    pub fn of(&self, func: &Func) -> String {
        let decl = &self.front.program.funcs[func.id];
        let mut lines = String::new();
        for words in [self.own(func, decl), self.mentioned(func)] {
            if !words.is_empty() {
                lines += &format!("; {}\n", words.join(", "));
            }
        }
        lines
    }

    /// Parameters by their values, other locals and labels, which listings do not have, by index and place.
    fn own(&self, func: &Func, decl: &FuncDecl) -> Vec<String> {
        let FuncKind::Defined { body } = &decl.kind else {
            return Vec::new();
        };
        let input = self.front.input_of[decl.module.index()];
        let names = &self.names[input];
        let params: &[_] = match func.layout.first() {
            Some(&entry) => &func.blocks[entry].params,
            None => &[],
        };
        let of_params = (0..).zip(params).filter_map(|(local, value)| {
            Some(format!(
                "{value} {}",
                names.shown(Kind::Local, decl.index, local)?
            ))
        });
        let mut words: Vec<String> = of_params.collect();
        let mut reader = bodies::reader(&self.front.inputs[input], body);
        let mut local = params.len() as u32;
        for _ in 0..reader.read_var_u32().unwrap_or(0) {
            let count = reader.read_var_u32().unwrap_or(0);
            // Names are few beside what a body may declare.
            for local in local..local.saturating_add(count.min(MOST_LOCALS)) {
                let name = names.shown(Kind::Local, decl.index, local);
                words.extend(name.map(|name| format!("local {local} {name}")));
            }
            local = local.saturating_add(count);
            if reader.read::<wasmparser::ValType>().is_err() {
                return words;
            }
        }
        let mut label = 0;
        for (operator, offset) in OperatorsReader::new(reader)
            .into_iter_with_offsets()
            .map_while(Result::ok)
        {
            if matches!(
                operator,
                Operator::Block { .. }
                    | Operator::Loop { .. }
                    | Operator::If { .. }
                    | Operator::Try { .. }
                    | Operator::TryTable { .. }
            ) {
                let name = names.shown(Kind::Label, decl.index, label);
                words.extend(name.map(|name| format!("label @{offset:#x} {name}")));
                label += 1;
            }
        }
        words
    }

    /// What its instructions mention.
    fn mentioned(&self, func: &Func) -> Vec<String> {
        let insts = func.layout.iter().flat_map(|&b| &func.blocks[b].insts);
        let found: BTreeSet<(Kind, u32)> = insts
            .flat_map(|&inst| entities(&func.insts[inst]))
            .collect();
        let shown = found.into_iter().filter_map(|(kind, number)| {
            let name = self.entities.get(&(kind, number))?;
            Some(format!("{}{number} {name}", prefix(kind)))
        });
        shown.collect()
    }
}

/// Locals of one declaration whose names are looked for.
const MOST_LOCALS: u32 = 1000;

/// By index in the module: numbers of segments that are there.
fn numbers<E: EntityId + Copy>(list: &[Option<E>]) -> Vec<(u32, u32)> {
    let list = (0..).zip(list);
    list.filter_map(|(index, id)| Some((index, id.as_ref()?.as_u32())))
        .collect()
}

/// How listings write numbers of this kind.
fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::Type => "sig",
        Kind::Table => "table",
        Kind::Memory => "mem",
        Kind::Global => "global",
        Kind::Elem => "elem",
        Kind::Data => "data",
        Kind::Local | Kind::Label | Kind::Field => unreachable!("no entity"),
    }
}

/// The entities that an instruction names.
fn entities(data: &InstData) -> Vec<(Kind, u32)> {
    match data.imm {
        Imm::Mem { mem, .. } | Imm::Memory(mem) => vec![(Kind::Memory, mem.as_u32())],
        Imm::MemoryPair { dst, src } => {
            vec![(Kind::Memory, dst.as_u32()), (Kind::Memory, src.as_u32())]
        }
        Imm::MemoryInit { mem, data } => {
            vec![(Kind::Memory, mem.as_u32()), (Kind::Data, data.as_u32())]
        }
        Imm::Data(data) => vec![(Kind::Data, data.as_u32())],
        Imm::Global(global) => vec![(Kind::Global, global.as_u32())],
        Imm::Table(table) => vec![(Kind::Table, table.as_u32())],
        Imm::TablePair { dst, src } => {
            vec![(Kind::Table, dst.as_u32()), (Kind::Table, src.as_u32())]
        }
        Imm::TableInit { table, elem } => {
            vec![(Kind::Table, table.as_u32()), (Kind::Elem, elem.as_u32())]
        }
        Imm::Elem(elem) => vec![(Kind::Elem, elem.as_u32())],
        Imm::CallIndirect { table, sig } => {
            vec![(Kind::Table, table.as_u32()), (Kind::Type, sig.as_u32())]
        }
        Imm::Sig(sig) => vec![(Kind::Type, sig.as_u32())],
        Imm::TypeData { ty, data } => {
            vec![(Kind::Type, ty.as_u32()), (Kind::Data, data.as_u32())]
        }
        Imm::TypeElem { ty, elem } => {
            vec![(Kind::Type, ty.as_u32()), (Kind::Elem, elem.as_u32())]
        }
        Imm::Raw { region, .. } => match region {
            RawRegion::Memory(mem) | RawRegion::MemoryDesc(mem) => {
                vec![(Kind::Memory, mem.as_u32())]
            }
            RawRegion::Global(global) => vec![(Kind::Global, global.as_u32())],
            RawRegion::Table(table) => vec![(Kind::Table, table.as_u32())],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
