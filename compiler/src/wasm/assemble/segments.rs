//! Segments: what becomes an image of memory, what instantiation copies, and what code can name.
//!
//! An active segment goes to its place in one of three ways, so that neither code nor time grows with the number of segments:
//! - as a part of a memory image, see [`Assembler::images`];
//! - in a list: consecutive segments of one memory or table whose offsets are constants, or constants added to one global, are one
//!   `memory.place` or `table.place`, which copies them in order;
//! - by `memory.init` or `table.init` of its own, if code names the segment too (it must find it dropped), if its items are computed, or if
//!   its offset is another expression.
//!
//! Only the last have a descriptor in the instance, as passive segments do that code names.

use super::Assembler;
use crate::abi;
use crate::entity::EntityId;
use crate::ir::*;
use crate::options::Platform;
use crate::wasm::bodies::Summary;
use crate::wasm::consts::ConstOp;
use crate::wasm::facts::{constant_start, initial_value};
use crate::wasm::images;
use crate::wasm::reach::{self, Reach};
use crate::wasm::scan::{Elem, ElemItems as ScanItems, Mode, Scan};

/// What instantiation does with active segments, in order.
#[derive(Default)]
pub struct Plan {
    pub elems: Vec<Step<ElemId>>,
    pub datas: Vec<Step<DataId>>,
}

/// A step of it.
pub enum Step<Id> {
    /// Copies and drops the segment with this index.
    Own(usize),
    /// Copies a list.
    Place(Start, Id),
}

/// What the offsets of a list count from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// Index of the memory or table.
    pub target: u32,
    /// Index of a global whose value is added, if there is one.
    pub global: Option<u32>,
}

/// Segments of a module that reachable code names, by index.
struct Named {
    datas: Vec<bool>,
    elems: Vec<bool>,
}

impl Assembler<'_> {
    /// Adds the segments of all modules; returns what instantiation does, by module.
    pub(super) fn segments(
        &mut self,
        reach: &Reach,
        scans: &[&Scan],
        summaries: &[&[Summary]],
    ) -> Vec<Plan> {
        let named = self.named(reach, scans, summaries);
        let in_images = self.images(scans);
        let modules = named.iter().zip(&in_images).zip(scans).enumerate();
        modules
            .map(|(i, ((named, in_images), scan))| {
                let id = ModuleId::from_u32(i as u32);
                let datas = self.datas(id, scan, &named.datas, in_images);
                let elems = self.elems(id, scan, &named.elems);
                Plan { elems, datas }
            })
            .collect()
    }

    fn named(&self, reach: &Reach, scans: &[&Scan], summaries: &[&[Summary]]) -> Vec<Named> {
        let mut named: Vec<Named> = scans
            .iter()
            .map(|scan| Named {
                datas: vec![false; scan.datas.len()],
                elems: vec![false; scan.elems.len()],
            })
            .collect();
        let funcs = self.program.funcs.ids();
        for func in funcs.filter(|f| reach.funcs[f.index()]) {
            if let Some((module, summary)) = reach::summary(&self.program, scans, summaries, func) {
                let named = &mut named[module.index()];
                for &data in &summary.datas {
                    named.datas[data as usize] = true;
                }
                for &elem in &summary.elems {
                    named.elems[elem as usize] = true;
                }
            }
        }
        named
    }

    fn datas(
        &mut self,
        id: ModuleId,
        scan: &Scan,
        named: &[bool],
        in_images: &[bool],
    ) -> Vec<Step<DataId>> {
        let file = &self.inputs[self.links.order[id.index()]].bytes;
        let mut steps = Vec::new();
        let mut list: Option<(Start, Vec<u8>)> = None;
        for (i, data) in scan.datas.iter().enumerate() {
            let bytes = &file[data.bytes.clone()];
            let mut own = named[i];
            if let Mode::Active { target, offset } = &data.mode
                && !in_images[i]
            {
                let memory = self.program.modules[id].memories[*target as usize];
                let wide = self.program.memories[memory].is_wide();
                match self.start(id, *target, offset, wide).filter(|_| !own) {
                    // In bounds, so nothing happens.
                    Some(_) if self.is_nothing(id, scan, i) => {}
                    Some((start, dst)) => {
                        if list.as_ref().is_none_or(|(last, _)| *last != start) {
                            self.end_data_list(id, list.take(), &mut steps);
                        }
                        let (_, list) = list.get_or_insert_with(|| (start, Vec::new()));
                        list.extend_from_slice(&dst.to_le_bytes());
                        list.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
                        list.extend_from_slice(bytes);
                    }
                    None => {
                        self.end_data_list(id, list.take(), &mut steps);
                        steps.push(Step::Own(i));
                        own = true;
                    }
                }
            }
            let own = own.then(|| match in_images[i] {
                true => self.data(id, Vec::new()),
                false => self.data(id, bytes.to_vec()),
            });
            self.program.modules[id].data_indices.push(own);
        }
        self.end_data_list(id, list, &mut steps);
        steps
    }

    /// Whether an active segment is empty and surely in bounds.
    fn is_nothing(&self, id: ModuleId, scan: &Scan, data: usize) -> bool {
        let data = &scan.datas[data];
        let Mode::Active { target, offset } = &data.mode else {
            return false;
        };
        data.bytes.is_empty() && constant_start(&self.program, id, *target, offset, 0).is_some()
    }

    fn end_data_list(
        &mut self,
        id: ModuleId,
        list: Option<(Start, Vec<u8>)>,
        steps: &mut Vec<Step<DataId>>,
    ) {
        if let Some((start, bytes)) = list {
            steps.push(Step::Place(start, self.data(id, bytes)));
        }
    }

    /// Adds a data segment to a module's instance.
    fn data(&mut self, module: ModuleId, bytes: Vec<u8>) -> DataId {
        let data = DataDecl {
            module,
            offset: self.place(module, size_of::<abi::DataSeg>() as u64, 8),
            bytes,
        };
        let data = self.program.datas.push(data);
        self.program.modules[module].datas.push(data);
        data
    }

    fn elems(&mut self, id: ModuleId, scan: &Scan, named: &[bool]) -> Vec<Step<ElemId>> {
        let mut steps = Vec::new();
        let mut list: Option<(Start, Vec<ElemPart>)> = None;
        for (i, elem) in scan.elems.iter().enumerate() {
            let computed = matches!(elem.items, ScanItems::Exprs(_));
            let mut own = named[i] || (computed && elem.mode != Mode::Declared);
            if let Mode::Active { target, offset } = &elem.mode {
                let table = self.program.modules[id].tables[*target as usize];
                let decl = &self.program.tables[table];
                let wide = decl.index == Type::I64;
                // Its cells are not simply written.
                own |= decl.numbers.is_some();
                match self.start(id, *target, offset, wide).filter(|_| !own) {
                    Some((start, dst)) => {
                        if list.as_ref().is_none_or(|(last, _)| *last != start) {
                            self.end_elem_list(id, list.take(), &mut steps);
                        }
                        let funcs = self.elem_funcs(id, elem);
                        let (_, list) = list.get_or_insert_with(|| (start, Vec::new()));
                        list.push(ElemPart { dst, funcs });
                    }
                    None => {
                        self.end_elem_list(id, list.take(), &mut steps);
                        steps.push(Step::Own(i));
                        own = true;
                    }
                }
            }
            let own = own.then(|| {
                let offset = self.place(id, size_of::<abi::ElemSeg>() as u64, 8);
                let items = match &elem.items {
                    // Dropped at instantiation.
                    _ if elem.mode == Mode::Declared => ElemItems::Funcs(Vec::new()),
                    ScanItems::Funcs(_) => ElemItems::Funcs(self.elem_funcs(id, elem)),
                    ScanItems::Exprs(exprs) => ElemItems::Computed {
                        offset: self.place(id, 8 * exprs.len() as u64, 8),
                        count: exprs.len() as u32,
                    },
                };
                self.elem(id, offset, elem.ty, items)
            });
            self.program.modules[id].elem_indices.push(own);
        }
        self.end_elem_list(id, list, &mut steps);
        steps
    }

    fn elem_funcs(&self, module: ModuleId, elem: &Elem) -> Vec<Option<FuncId>> {
        let funcs = &self.program.modules[module].funcs;
        match &elem.items {
            ScanItems::Funcs(items) => {
                let item = |i: &Option<u32>| i.map(|i| funcs[i as usize]);
                items.iter().map(item).collect()
            }
            ScanItems::Exprs(_) => unreachable!("computed items"),
        }
    }

    fn end_elem_list(
        &mut self,
        id: ModuleId,
        list: Option<(Start, Vec<ElemPart>)>,
        steps: &mut Vec<Step<ElemId>>,
    ) {
        if let Some((start, parts)) = list {
            let offset = self.place(id, size_of::<abi::ElemSeg>() as u64, 8);
            let elem = self.elem(id, offset, ValType::FuncRef, ElemItems::List(parts));
            steps.push(Step::Place(start, elem));
        }
    }

    /// Adds an element segment to a module's instance.
    fn elem(&mut self, module: ModuleId, offset: u32, ty: ValType, items: ElemItems) -> ElemId {
        let elem = self.program.elems.push(ElemDecl {
            module,
            offset,
            ty,
            items,
        });
        self.program.modules[module].elems.push(elem);
        elem
    }

    /// An offset as a constant that counts from something. Lists have 32 bits for it: what a `wide` memory or table has beyond is copied by itself.
    fn start(
        &self,
        module: ModuleId,
        target: u32,
        offset: &[ConstOp],
        wide: bool,
    ) -> Option<(Start, u32)> {
        let (global, distance) = match (initial_value(&self.program, module, offset), offset) {
            (Some(value), _) if wide => (None, u32::try_from(value).ok()?),
            (_, _) if wide => return None,
            (Some(value), _) => (None, value as u32),
            (None, &[ConstOp::GlobalGet(global)]) => (Some(global), 0),
            (None, &[ConstOp::GlobalGet(global), ConstOp::I32(c), ConstOp::I32Add])
            | (None, &[ConstOp::I32(c), ConstOp::GlobalGet(global), ConstOp::I32Add]) => {
                (Some(global), c)
            }
            (None, &[ConstOp::GlobalGet(global), ConstOp::I32(c), ConstOp::I32Sub]) => {
                (Some(global), c.wrapping_neg())
            }
            _ => return None,
        };
        Some((Start { target, global }, distance))
    }

    // Images.

    /// Turns active data into images where possible; which segments were, by module and index.
    ///
    /// Images are there before anything of the program runs. So a segment may be part of one only if nobody can see that it came early: no
    /// start function has run before it, and what is copied later is what comes later in the order of instantiation. Traps
    /// of other segments are no matter, since a process that has trapped shows its memory to nobody.
    fn images(&mut self, scans: &[&Scan]) -> Vec<Vec<bool>> {
        let mut out: Vec<Vec<bool>> = scans.iter().map(|s| vec![false; s.datas.len()]).collect();
        // A script can see the memory of a module whose instantiation failed before the data was due.
        if self.program.world == World::Open || self.options.entry == EntryKind::Script {
            return out;
        }
        // Pages of an executable can become pages of a memory (`mremap`).
        match self.options.platform {
            Platform::Linux => {}
            Platform::Darwin => return out,
        }
        // Every thread instantiates the modules again, active data included.
        if self.program.thread_block.is_some() {
            return out;
        }
        // Segments of each memory whose places are known, as long as all before them are: module, index, place and contents.
        type Known<'a> = (usize, usize, (u64, &'a [u8]));
        let mut known: Vec<Vec<Known>> = vec![Vec::new(); self.program.memories.len()];
        let mut ended = vec![false; self.program.memories.len()];
        let mut next = 0;
        for group in &self.links.groups {
            let members = next..next + group.len();
            next = members.end;
            for module in members.clone() {
                let (id, scan) = (ModuleId::from_u32(module as u32), scans[module]);
                let bytes = &self.inputs[self.links.order[module]].bytes;
                for (i, data) in scan.datas.iter().enumerate() {
                    let Mode::Active { target, offset } = &data.mode else {
                        continue;
                    };
                    let memory = self.program.modules[id].memories[*target as usize];
                    let decl = &self.program.memories[memory];
                    let usable = decl.base != MemBase::Checked && !ended[memory.index()];
                    let (len, contents) = (data.bytes.len(), &bytes[data.bytes.clone()]);
                    match constant_start(&self.program, id, *target, offset, len) {
                        Some(start) if usable => {
                            known[memory.index()].push((module, i, (start, contents)));
                        }
                        _ => ended[memory.index()] = true,
                    }
                }
            }
            // Start functions run when the data of their group is there.
            if scans[members].iter().any(|scan| scan.start.is_some()) {
                break;
            }
        }
        for (memory, known) in known.into_iter().enumerate() {
            let memory = MemId::from_u32(memory as u32);
            let segments: Vec<(u64, &[u8])> = known.iter().map(|k| k.2).collect();
            let (clusters, placed) = images::clusters(self.options.isa.max_page(), &segments);
            let owner = self.program.memories[memory].module;
            let images = clusters.into_iter().map(|cluster| Image {
                memory,
                dst: cluster.dst,
                bytes: cluster.bytes,
            });
            self.program.modules[owner].images.extend(images);
            for ((module, i, _), placed) in known.into_iter().zip(placed) {
                out[module][i] = placed;
            }
        }
        out
    }
}
