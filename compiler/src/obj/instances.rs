//! State: static instances and the FuncRef array of a closed world, the instance template of an open one, memory images.

use super::Emitter;
use super::section::{Addr, At, Section, record};
use crate::abi::{self, AsyncHostCall};
use crate::entity::EntityId;
use crate::ir::component::{self, Canon, StringEncoding};
use crate::ir::{ElemItems, ElemPart, FuncId, MemId, Module, ModuleId, Place};
use std::collections::BTreeSet;
use std::mem::offset_of;

impl Emitter<'_> {
    /// Place of a memory's state in a closed world.
    pub fn memory_at(&self, memory: MemId) -> At {
        let decl = &self.program.memories[memory];
        self.own_at(decl.module, decl.place)
    }

    /// Place of an entity in a closed world.
    pub fn own_at(&self, module: ModuleId, place: Place) -> At {
        match place {
            Place::Own(offset) => self.instances[module.index()].plus(u64::from(offset)),
            Place::Slot(_) => panic!("obj: import slot in a closed world"),
        }
    }

    /// Fills in the static instance of a module.
    pub fn write_instance(&mut self, id: ModuleId, module_desc: At) {
        let module = &self.program.modules[id];
        let at = self.instances[id.index()];
        let memory0 = match module.host_memory() {
            Some(memory) => Addr::At(self.memory_at(memory)),
            None => Addr::Null,
        };
        let funcrefs = self.funcrefs.map_or(Addr::Null, Addr::At);
        record!(
            self.data,
            at,
            Instance {
                module: Addr::At(module_desc),
                memory0: memory0,
                funcrefs: funcrefs,
                host_data: Addr::Null,
            }
        );
        if id.index() == 0 {
            if let Some(slot) = self.program.heap_slot().filter(|_| self.allocates) {
                let heap = self.external("wative_gc");
                self.data.put(at.offset + u64::from(slot), 8, heap);
            }
            self.write_host_calls(at);
        }
        let mut data = std::mem::replace(&mut self.data, Section::new(at.sect));
        self.write_entities(id, module, &mut data, at, Some(at));
        self.data = data;
    }

    /// Fills in what functions of the host get of their callers; `first`: the first module's instance.
    fn write_host_calls(&mut self, first: At) {
        let component = &self.program.component;
        let mut written = BTreeSet::new();
        for canon in component.canons.values() {
            let (Canon::Host(component::HostCall { host, .. })
            | Canon::Builtin {
                host: Some(host), ..
            }) = canon
            else {
                continue;
            };
            if !written.insert(host.at) {
                continue;
            }
            let (memory, realloc) = (host.side.memory, host.realloc);
            // Of what nothing calls there is no code.
            let realloc = realloc.filter(|&entry| self.code[entry].is_some());
            let instance = &component.instances[host.side.instance];
            let strings = match host.side.encoding {
                StringEncoding::Utf8 => Addr::Null,
                StringEncoding::Utf16 => self.external("wative_rt_strings_utf16"),
                StringEncoding::CompactUtf16 => self.external("wative_rt_strings_latin1_utf16"),
            };
            let memory = memory.map_or(Addr::Null, |memory| Addr::At(self.memory_at(memory)));
            let realloc = realloc.map_or(Addr::Null, |entry| self.func(entry));
            let at = first.plus(host.at.into());
            record!(
                self.data,
                at,
                HostCall {
                    memory: memory,
                    realloc: realloc,
                    handles: Addr::At(first.plus(instance.handles.into())),
                    strings: strings,
                }
            );
            if let Some(ends) = &host.ends {
                let tasks = instance.tasks.expect("a program with tasks");
                let place = |offset: usize| at.offset + offset as u64;
                let field = place(offset_of!(AsyncHostCall, instance));
                self.data.put(field, 8, Addr::At(first.plus(tasks.into())));
                for (i, &ty) in ends.iter().enumerate() {
                    let field = place(offset_of!(AsyncHostCall, ends) + 8 * i);
                    self.data.put(field, 8, component.end_kind(ty));
                }
            }
        }
    }

    /// The template of an open module's entity area; null where it would be all zero.
    pub fn write_template(&mut self, id: ModuleId) -> Addr {
        let module = &self.program.modules[id];
        let header = abi::INSTANCE_HEADER;
        let start = self.relro.align_to(16);
        let fixups = self.relro.fixups.len();
        // Entities are addressed from the start of the instance, which the template does not hold.
        self.relro.alloc(u64::from(module.instance_size), 1);
        let mut relro = std::mem::replace(&mut self.relro, Section::new(start.sect));
        self.write_entities(id, module, &mut relro, start, None);
        self.relro = relro;
        let first = start.plus(u64::from(header));
        let is_zero = self.relro.bytes[start.offset as usize..]
            .iter()
            .all(|&byte| byte == 0);
        if is_zero && self.relro.fixups.len() == fixups {
            self.relro.bytes.truncate(start.offset as usize);
            return Addr::Null;
        }
        Addr::At(first)
    }

    /// Writes constant initial values and segment descriptors of an instance at `at`. `instance` is its address, if it has one
    /// at link time.
    fn write_entities(
        &mut self,
        id: ModuleId,
        module: &Module,
        out: &mut Section,
        at: At,
        instance: Option<At>,
    ) {
        for (offset, bytes) in &module.template {
            let start = (at.offset + u64::from(*offset)) as usize;
            out.bytes[start..start + bytes.len()].copy_from_slice(bytes);
        }
        for &data in &module.datas {
            let decl = &self.program.datas[data];
            debug_assert_eq!(decl.module, id);
            let place = at.plus(u64::from(decl.offset));
            let bytes = self.rodata.append(&decl.bytes, 1);
            record!(
                out,
                place,
                DataSeg {
                    bytes: Addr::At(bytes),
                    len: decl.bytes.len() as u64,
                }
            );
        }
        if self.is_open() {
            for &tag in &module.tags {
                if let Place::Own(offset) = self.program.tags[tag].place {
                    let desc = self.tag_at(tag);
                    out.put(at.offset + u64::from(offset), 8, desc);
                }
            }
        }
        for &elem in &module.elems {
            let decl = &self.program.elems[elem];
            let place = at.plus(u64::from(decl.offset));
            let (items, len, kind) = match &decl.items {
                ElemItems::Funcs(funcs) => (
                    Addr::At(self.write_indices(funcs)),
                    funcs.len() as u32,
                    abi::ElemSeg::KIND_FUNC_INDEX,
                ),
                ElemItems::List(parts) => {
                    let (items, words) = self.write_list(parts);
                    (Addr::At(items), words, abi::ElemSeg::KIND_FUNC_INDEX)
                }
                // Without a static address the module's init stores it.
                ElemItems::Computed { offset, count } => (
                    instance.map_or(Addr::Null, |at| Addr::At(at.plus(u64::from(*offset)))),
                    *count,
                    abi::ElemSeg::KIND_REF,
                ),
            };
            record!(
                out,
                place,
                ElemSeg {
                    items: items,
                    len: len,
                    kind: kind,
                }
            );
        }
    }

    /// Writes an element segment as indices into the FuncRef array.
    fn write_indices(&mut self, funcs: &[Option<FuncId>]) -> At {
        let at = self.rodata.align_to(4);
        self.append_indices(funcs);
        at
    }

    /// Writes what `table.place` copies: for each part an [`abi::Placed`], then indices. Returns the number of words, too.
    fn write_list(&mut self, parts: &[ElemPart]) -> (At, u32) {
        let at = self.rodata.align_to(4);
        for part in parts {
            let head = [part.dst, part.funcs.len() as u32];
            self.rodata
                .bytes
                .extend(head.map(u32::to_le_bytes).as_flattened());
            self.append_indices(&part.funcs);
        }
        (at, (self.rodata.bytes.len() as u64 - at.offset) as u32 / 4)
    }

    fn append_indices(&mut self, funcs: &[Option<FuncId>]) {
        for func in funcs {
            let index = func.map_or(abi::ELEM_NULL, |func| {
                let decl = &self.program.funcs[func];
                decl.funcref
                    .expect("obj: segments hold function references")
            });
            self.rodata.bytes.extend_from_slice(&index.to_le_bytes());
        }
    }

    /// Code that a function reference points to.
    pub fn reference_target(&mut self, func: FuncId) -> Addr {
        let local = self.made.adapter[func].unwrap_or(func);
        let target = if self.is_open() {
            let far = &self.made.far_entry;
            far[func].or(far[local]).unwrap_or(local)
        } else {
            local
        };
        self.func(target)
    }

    /// Code that tail calls from the function's own instance enter; null where nothing makes them.
    pub fn near_target(&mut self, func: FuncId) -> Addr {
        if self.program.tail_called.is_empty() {
            return Addr::Null;
        }
        let near = self.made.adapter[func].unwrap_or(func);
        self.func(near)
    }

    /// Fills in the closed world's FuncRef array.
    pub fn write_funcrefs(&mut self) {
        let Some(start) = self.funcrefs else { return };
        for (index, &func) in self.program.funcrefs.iter().enumerate() {
            let decl = &self.program.funcs[func];
            let code = self.reference_target(func);
            let near = self.near_target(func);
            let at = start.plus((index * size_of::<abi::FuncRef>()) as u64);
            record!(
                self.relro,
                at,
                FuncRef {
                    code: code,
                    instance: Addr::At(self.instances[decl.module.index()]),
                    sig: u64::from(self.program.types.numbers(decl.sig).0),
                    near: near,
                }
            );
        }
    }

    /// Writes a module's memory images and their descriptors; returns the place of these and their number.
    pub fn write_images(&mut self, module: &Module) -> (Addr, u64) {
        let page = self.options.isa.max_page();
        let mut parts = Vec::new();
        for image in &module.images {
            assert!(
                (image.bytes.len() as u64).is_multiple_of(page) && image.dst.is_multiple_of(page),
                "obj: image is not whole pages"
            );
            parts.push(self.image.append(&image.bytes, page));
        }
        let start = self.relro.align_to(8);
        for (image, bytes) in module.images.iter().zip(parts) {
            let memory = self.memory_at(image.memory);
            let at = self.relro.alloc_for::<abi::ImagePart>();
            record!(
                self.relro,
                at,
                ImagePart {
                    bytes: Addr::At(bytes),
                    len: image.bytes.len() as u64,
                    dst: image.dst,
                    memory: Addr::At(memory),
                }
            );
        }
        array(start, module.images.len())
    }
}

/// Address and length fields of an array; null where it is empty.
pub fn array(start: At, count: usize) -> (Addr, u64) {
    if count == 0 {
        (Addr::Null, 0)
    } else {
        (Addr::At(start), count as u64)
    }
}
