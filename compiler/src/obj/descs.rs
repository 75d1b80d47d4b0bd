//! Descriptors: what a module consists of (`ModuleDesc`) and what an executable does (`ProgramDesc`).

use super::file::{Binding, Definition};
use super::instances::array;
use super::section::{Addr, At, record};
use super::{Emitter, filter, live};
use crate::abi;
use crate::entity::EntityId;
use crate::host::{self, Import};
use crate::ir::{
    Entity, EntryKind, Export, FuncId, FuncKind, FuncType, GlobalId, Heap, MemBase, MemId,
    MemoryDecl, Module, ModuleId, Place, TableDecl, TableId, TagId, Type, ValType, World,
};
use crate::mangle;
use crate::options::{NetHosts, NetRight, NetRule, Platform, PreopenKind};
use std::net::IpAddr;

/// Marks an offset that leads to a pointer slot.
const SLOT: u32 = 1 << 31;

/// No offset.
const NO_OFFSET: u32 = u32::MAX;

impl Emitter<'_> {
    /// Writes instances and descriptors of all modules and, for an executable, of the program.
    pub fn describe(&mut self, code: At) {
        self.write_funcrefs();
        let mut modules = Vec::new();
        let mut invoke = Addr::Null;
        for id in self.program.modules.ids() {
            let (desc, invoked) = self.write_module(id, code);
            modules.push(desc);
            if self.program.world == World::Closed {
                self.write_instance(id, desc);
            }
            if let Some(at) = invoked {
                invoke = Addr::At(at);
            }
        }
        if !self.options.entry.is_embedded() {
            self.write_program(&modules, invoke);
        }
    }

    /// Appends bytes; null where there are none.
    fn bytes(&mut self, bytes: &[u8]) -> (Addr, u64) {
        if bytes.is_empty() {
            return (Addr::Null, 0);
        }
        (Addr::At(self.rodata.append(bytes, 1)), bytes.len() as u64)
    }

    /// The array entry of a function, if it has been compiled.
    fn array_entry(&mut self, func: FuncId) -> Addr {
        match self.made.array_entry[func] {
            Some(entry) => self.func(entry),
            None => Addr::Null,
        }
    }

    /// Writes a module's descriptor. Also returns the place of the `ExportDesc` of the function that `--invoke` names.
    fn write_module(&mut self, id: ModuleId, code: At) -> (At, Option<At>) {
        let module = &self.program.modules[id];
        let (name, name_len) = self.bytes(module.name.as_bytes());
        let (exports, export_count, invoked) = self.write_exports(id, module);
        let (imports, import_count) = self.write_imports(module);
        let (memories, memory_count) = self.write_memories(id);
        let (tables, table_count) = self.write_tables(id);
        let (images, image_count) = self.write_images(module);
        let is_open = self.is_open();
        let (inits, template) = if is_open {
            (self.write_funcref_inits(), self.write_template(id))
        } else {
            (Addr::Null, Addr::Null)
        };
        let instance = match self.instances.get(id.index()) {
            Some(&at) => Addr::At(at),
            None => Addr::Null,
        };
        let init = match module.init {
            Some(init) => self.func(self.made.array_entry[init].unwrap_or(init)),
            None => Addr::Null,
        };
        let at = match self.descriptor {
            Some(at) => at,
            None => self.relro.alloc_for::<abi::ModuleDesc>(),
        };
        let mut flags = if is_open { abi::ModuleDesc::OPEN } else { 0 };
        if self.program.has_objects {
            flags |= abi::ModuleDesc::OBJECTS;
            let gc = self.gc_desc();
            let behind = size_of::<abi::ModuleDesc>() as u64;
            self.relro.put(at.offset + behind, 8, gc);
        }
        record!(
            self.relro,
            at,
            ModuleDesc {
                abi_version: abi::ABI_VERSION,
                flags: flags,
                name: name,
                name_len: name_len,
                code: Addr::At(code),
                instance: instance,
                instance_size: u64::from(module.instance_size),
                funcrefs_offset: u64::from(module.funcrefs_offset),
                funcref_inits: inits,
                funcref_count: self.program.funcrefs.len() as u64,
                imports: imports,
                import_count: import_count,
                exports: exports,
                export_count: export_count,
                memories: memories,
                memory_count: memory_count,
                tables: tables,
                table_count: table_count,
                images: images,
                image_count: image_count,
                template: template,
                init: init,
                memory0: match module.host_memory() {
                    Some(memory) => place_field(self.program.memories[memory].place),
                    None => NO_OFFSET,
                },
                reserved: 0u32,
            }
        );
        self.definitions.push(Definition {
            name: mangle::module_symbol(&module.name),
            at,
            size: size_of::<abi::ModuleDesc>() as u64,
            is_func: false,
            binding: if is_open {
                Binding::Global
            } else {
                Binding::Hidden
            },
        });
        (at, invoked)
    }

    /// How the FuncRefs of an open instance are made.
    fn write_funcref_inits(&mut self) -> Addr {
        let start = self.relro.align_to(8);
        for &func in &self.program.funcrefs {
            let code = self.reference_target(func);
            let near = self.near_target(func);
            let sig = self.sig(self.program.funcs[func].sig);
            let at = self.relro.alloc_for::<abi::FuncRefInit>();
            record!(
                self.relro,
                at,
                FuncRefInit {
                    code: code,
                    sig: sig,
                    near: near,
                }
            );
        }
        array(start, self.program.funcrefs.len()).0
    }

    fn write_memories(&mut self, id: ModuleId) -> (Addr, u64) {
        let start = self.rodata.align_to(8);
        let mut count = 0;
        for memory in self.program.memories.values() {
            let Place::Own(offset) = memory.place else {
                continue;
            };
            if memory.module != id {
                continue;
            }
            count += 1;
            let at = self.rodata.alloc_for::<abi::MemoryDesc>();
            record!(
                self.rodata,
                at,
                MemoryDesc {
                    offset: offset,
                    flags: memory_flags(memory),
                    min_pages: memory.min_pages,
                    max_pages: memory.page_limit(),
                }
            );
        }
        array(start, count)
    }

    fn write_tables(&mut self, id: ModuleId) -> (Addr, u64) {
        let start = self.rodata.align_to(8);
        let mut count = 0;
        for table in self.program.tables.values() {
            let Place::Own(offset) = table.place else {
                continue;
            };
            if table.module != id {
                continue;
            }
            count += 1;
            let at = self.rodata.alloc_for::<abi::TableDesc>();
            record!(
                self.rodata,
                at,
                TableDesc {
                    offset: offset,
                    elem: u32::from(table.elem.byte()),
                    min: table.min,
                    max: table_limit(table),
                }
            );
        }
        array(start, count)
    }

    fn write_imports(&mut self, module: &Module) -> (Addr, u64) {
        let mut names = Vec::new();
        for import in &module.imports {
            let from = self.bytes(import.module.as_bytes());
            names.push((from, self.bytes(import.name.as_bytes())));
        }
        let start = self.relro.align_to(8);
        for (import, (from, name)) in module.imports.iter().zip(names) {
            let what = self.entity(import.entity);
            let at = self.relro.alloc_for::<abi::ImportDesc>();
            record!(
                self.relro,
                at,
                ImportDesc {
                    module: from.0,
                    module_len: from.1,
                    name: name.0,
                    name_len: name.1,
                    kind: what.kind,
                    offset: match what.place {
                        Some((_, Place::Slot(offset))) => offset,
                        // The instance's alone.
                        _ if what.kind == abi::KIND_TAG => NO_OFFSET,
                        _ => panic!("obj: import {} has no slot", import.name),
                    },
                    ty: what.ty,
                    reserved: 0u32,
                    min: what.min,
                    max: what.max.unwrap_or(u64::MAX),
                    sig: what.sig,
                }
            );
        }
        array(start, module.imports.len())
    }

    /// Exports that something can ask for at run time, and the place of the one that `--invoke` names.
    fn write_exports(&mut self, id: ModuleId, module: &Module) -> (Addr, u64, Option<At>) {
        let is_main = id == self.program.main;
        let wanted = |export: &&Export| live::is_described(self.program, self.options, id, export);
        // References to objects do not leave their instance as they are.
        let has_references = |export: &&Export| {
            let ty = match export.entity {
                Entity::Global(global) => self.program.globals[global].ty,
                Entity::Table(table) => self.program.tables[table].elem,
                Entity::Func(_) | Entity::Memory(_) | Entity::Tag(_) => return false,
            };
            self.program.has_objects && ty.ir() == Type::Gc
        };
        let exports = module.exports.iter().filter(wanted);
        let exports: Vec<&Export> = exports.filter(|it| !has_references(it)).collect();
        let mut strings = Vec::new();
        for export in &exports {
            let name = self.bytes(export.name.as_bytes());
            let ty = match export.entity {
                Entity::Func(func) => Some(&self.program.types[self.program.funcs[func].sig]),
                Entity::Table(_) | Entity::Memory(_) | Entity::Global(_) | Entity::Tag(_) => None,
            };
            let types = ty.map_or(Vec::new(), type_bytes);
            strings.push((name, self.bytes(&types).0, ty));
        }
        let start = self.relro.align_to(8);
        let mut invoked = None;
        for (export, (name, types, ty)) in exports.iter().zip(strings) {
            let what = self.entity(export.entity);
            let at = self.relro.alloc_for::<abi::ExportDesc>();
            if is_main && self.options.entry == EntryKind::Invoke(export.name.clone()) {
                invoked = Some(at);
            }
            record!(
                self.relro,
                at,
                ExportDesc {
                    name: name.0,
                    name_len: name.1,
                    kind: what.kind,
                    ty: what.ty,
                    address: what.address,
                    offset: what.offset,
                    param_count: ty.map_or(0, |ty| ty.params.len() as u16),
                    result_count: ty.map_or(0, |ty| ty.results.len() as u16),
                    types: types,
                    funcref: what.funcref,
                    sig: what.sig,
                }
            );
        }
        let (addr, count) = array(start, exports.len());
        (addr, count, invoked)
    }

    /// What descriptors say about an entity.
    fn entity(&mut self, entity: Entity) -> EntityInfo {
        match entity {
            Entity::Func(func) => self.func_info(func),
            Entity::Table(table) => self.table_info(table),
            Entity::Memory(memory) => self.memory_info(memory),
            Entity::Global(global) => self.global_info(global),
            Entity::Tag(tag) => self.tag_info(tag),
        }
    }

    fn func_info(&mut self, func: FuncId) -> EntityInfo {
        let record = size_of::<abi::FuncRef>() as u32;
        let decl = &self.program.funcs[func];
        let in_array = decl.funcref.map(|index| index * record);
        EntityInfo {
            kind: abi::KIND_FUNC,
            ty: 0,
            place: None,
            address: self.array_entry(func),
            offset: match in_array {
                Some(offset) if self.is_open() => {
                    self.program.modules[decl.module].funcrefs_offset + offset
                }
                _ => NO_OFFSET,
            },
            funcref: match (in_array, self.funcrefs) {
                (Some(offset), Some(start)) => Addr::At(start.plus(u64::from(offset))),
                _ => Addr::Null,
            },
            sig: Addr::Null,
            min: 0,
            max: None,
        }
    }

    fn table_info(&mut self, table: TableId) -> EntityInfo {
        let decl = &self.program.tables[table];
        let wide = match decl.index {
            Type::I64 => abi::WIDE_TABLE,
            _ => 0,
        };
        let elem = decl.numbers.unwrap_or(decl.elem);
        let ty = type_field(elem) | wide;
        let info = self.state_info(abi::KIND_TABLE, ty, decl.module, decl.place);
        EntityInfo {
            sig: self.referred(elem),
            min: decl.min,
            max: decl.max,
            ..info
        }
    }

    fn memory_info(&self, memory: MemId) -> EntityInfo {
        let decl = &self.program.memories[memory];
        let info = self.state_info(
            abi::KIND_MEMORY,
            memory_flags(decl),
            decl.module,
            decl.place,
        );
        EntityInfo {
            min: decl.min_pages,
            max: decl.max_pages,
            ..info
        }
    }

    fn global_info(&mut self, global: GlobalId) -> EntityInfo {
        let decl = &self.program.globals[global];
        let of = decl.numbers.unwrap_or(decl.ty);
        let ty = type_field(of) | u32::from(decl.mutable) << 8;
        let info = self.state_info(abi::KIND_GLOBAL, ty, decl.module, decl.place);
        EntityInfo {
            sig: self.referred(of),
            ..info
        }
    }

    /// Identity of the function type that references of a type are to (open world).
    fn referred(&mut self, ty: ValType) -> Addr {
        match ty.as_ref().map(|ty| ty.heap) {
            Some(Heap::Type(sig)) if self.is_open() => self.sig(sig),
            _ => Addr::Null,
        }
    }

    /// In an open world a tag is where the instance has its descriptor's address; in a closed one it is nowhere.
    fn tag_info(&mut self, tag: TagId) -> EntityInfo {
        let decl = &self.program.tags[tag];
        if !self.is_open() {
            return EntityInfo {
                kind: abi::KIND_TAG,
                ty: 0,
                place: None,
                address: Addr::Null,
                offset: NO_OFFSET,
                funcref: Addr::Null,
                sig: Addr::Null,
                min: 0,
                max: None,
            };
        }
        let info = self.state_info(abi::KIND_TAG, 0, decl.module, decl.place);
        EntityInfo {
            sig: self.sig(decl.sig),
            ..info
        }
    }

    /// An entity with state in an instance.
    fn state_info(&self, kind: u32, ty: u32, module: ModuleId, place: Place) -> EntityInfo {
        EntityInfo {
            kind,
            ty,
            place: Some((module, place)),
            address: if self.is_open() {
                Addr::Null
            } else {
                Addr::At(self.own_at(module, place))
            },
            offset: if self.is_open() {
                place_field(place)
            } else {
                NO_OFFSET
            },
            funcref: Addr::Null,
            sig: Addr::Null,
            min: 0,
            max: None,
        }
    }

    /// Configuration and entry of an executable.
    fn write_program(&mut self, modules: &[At], invoke: Addr) {
        let config = self.write_config();
        let list = self.relro.align_to(8);
        for &module in modules {
            let at = self.relro.alloc(8, 8);
            self.relro.put(at.offset, 8, Addr::At(module));
        }
        let main = match self.options.entry {
            EntryKind::Command if self.program.component.serves() => "wative_rt_main_serve",
            EntryKind::Command | EntryKind::Calls(_) => "wative_rt_main_command",
            EntryKind::Invoke(_) => "wative_rt_main_invoke",
            EntryKind::Script => "wative_rt_main_script",
            // The C program has a main function of its own.
            EntryKind::Hosted => "wative_rt_main_command",
            EntryKind::None | EntryKind::Library => {
                unreachable!("obj: an object for C has no program")
            }
        };
        let main = self.external(main);
        let [entry, initialize] = live::started(self.program, self.options);
        let entry = entry.map_or(Addr::Null, |func| self.array_entry(func));
        let initialize = initialize.map_or(Addr::Null, |func| self.array_entry(func));
        let wanted = &self.options.config;
        let uses_network = !wanted.network.is_empty();
        let needs_grant = !wanted.preopens.is_empty() || wanted.runtime_grants || uses_network;
        let grant = if needs_grant {
            self.external("wative_rt_grant")
        } else {
            Addr::Null
        };
        let looks_up = wanted.network.iter().any(may_look_up);
        let imports = self.provided_imports();
        let names = if looks_up && imports.iter().any(|import| import.looks_up()) {
            self.external("wative_rt_names")
        } else {
            Addr::Null
        };
        let is_hosted = matches!(self.options.entry, EntryKind::Hosted);
        let sends = imports.iter().any(|import| import.sends_requests());
        let tls = if uses_network && sends && !is_hosted {
            self.external("wative_tls")
        } else {
            Addr::Null
        };
        let zone = if imports.iter().any(|import| import.tells_zone()) {
            self.external("wative_rt_zone")
        } else {
            Addr::Null
        };
        let (gc, gc_start) = if self.allocates {
            (self.gc_desc(), self.external("wative_gc_start"))
        } else {
            (Addr::Null, Addr::Null)
        };
        let harden = match (self.hardens(), uses_network) {
            (true, true) => self.external("wative_rt_harden_network"),
            (true, false) => self.external("wative_rt_harden"),
            (false, _) => Addr::Null,
        };
        let (profile, profile_start) = self.write_profile();
        let threads = self.thread_fields();
        let at = self.relro.alloc_for::<abi::ProgramDesc>();
        record!(
            self.relro,
            at,
            ProgramDesc {
                abi_version: abi::ABI_VERSION,
                reserved: 0u32,
                main: main,
                config: Addr::At(config),
                modules: Addr::At(list),
                module_count: modules.len() as u64,
                entry: entry,
                entry_instance: Addr::At(self.instances[self.program.main.index()]),
                invoke: invoke,
                initialize: initialize,
                grant: grant,
                names: names,
                tls: tls,
                zone: zone,
                gc: gc,
                gc_start: gc_start,
                harden: harden,
                profile: profile,
                profile_start: profile_start,
                block: threads.block,
                block_size: threads.size,
                thread_start: threads.start,
                thread_instance: threads.instance,
                magic: abi::ProgramDesc::MAGIC,
            }
        );
        self.definitions.push(Definition {
            name: "wative_program".to_string(),
            at,
            size: size_of::<abi::ProgramDesc>() as u64,
            is_func: false,
            binding: Binding::Hidden,
        });
    }

    /// What the runtime needs to start threads; null where the program starts none.
    fn thread_fields(&mut self) -> ThreadFields {
        let Some(offsets) = &self.program.thread_block else {
            return ThreadFields {
                block: Addr::Null,
                size: 0,
                start: Addr::Null,
                instance: 0,
            };
        };
        let func = live::thread_start(self.program)
            .expect("obj: a program with threads exports what they do");
        let module = self.program.main;
        let sizes = self.program.modules.values().map(|m| m.instance_size);
        ThreadFields {
            block: Addr::At(self.instances[0]),
            size: sizes.map(u64::from).sum(),
            start: self.array_entry(func),
            instance: u64::from(offsets[module.index()]),
        }
    }

    fn write_config(&mut self) -> At {
        let config = &self.options.config;
        let preopens: Vec<_> = config
            .preopens
            .iter()
            .map(|preopen| {
                let (host, flag) = match preopen.kind {
                    PreopenKind::Directory => (self.bytes(&preopen.host), 0),
                    PreopenKind::Tree => {
                        let align = match self.files.bytes.is_empty() {
                            true => self.options.isa.max_page(),
                            false => align_of::<abi::TreeNode>() as u64,
                        };
                        let at = self.files.append(&preopen.host, align);
                        (
                            (Addr::At(at), preopen.host.len() as u64),
                            abi::Preopen::TREE,
                        )
                    }
                    PreopenKind::Listen => (self.bytes(&preopen.host), abi::Preopen::LISTEN),
                };
                let read_only = if preopen.read_only {
                    abi::Preopen::READ_ONLY
                } else {
                    0
                };
                (host, self.bytes(preopen.guest.as_bytes()), flag | read_only)
            })
            .collect();
        let preopen_start = self.relro.align_to(8);
        for &(host, guest, flags) in &preopens {
            let at = self.relro.alloc_for::<abi::Preopen>();
            record!(
                self.relro,
                at,
                Preopen {
                    host: host.0,
                    host_len: host.1,
                    guest: guest.0,
                    guest_len: guest.1,
                    flags: flags,
                }
            );
        }
        let env_start = self.relro.align_to(8);
        // The sockets of a server are not the guest's.
        let is_hidden =
            |text: &str| self.program.component.serves() && text.starts_with("LISTEN_FDS=");
        let env: Vec<&String> = config.env.iter().filter(|text| !is_hidden(text)).collect();
        for variable in &env {
            let (text, len) = self.bytes(variable.as_bytes());
            let at = self.relro.alloc_for::<abi::EnvVar>();
            record!(
                self.relro,
                at,
                EnvVar {
                    text: text,
                    len: len
                }
            );
        }
        let (preopens, preopen_count) = array(preopen_start, preopens.len());
        let (env, env_count) = array(env_start, env.len());
        let (rules, rule_count) = self.write_rules();
        let mut imports = self.provided_imports();
        if self.options.config.network.is_empty() {
            imports.retain(|import| !import.uses_network());
        }
        let filter = if !self.hardens() {
            Vec::new()
        } else {
            let waits = self.program.memories.values().any(|m| m.shared);
            let threads = filter::Threads {
                waits,
                spawns: self.program.thread_block.is_some(),
                serves: self.program.component.serves(),
                collects: self.allocates,
            };
            filter::program(self.arch.kernel, &imports, threads)
        };
        let filter_start = self.rodata.align_to(8);
        for instruction in &filter {
            self.rodata.append(&instruction.to_le_bytes(), 8);
        }
        let (filter, filter_len) = array(filter_start, filter.len());
        let flags = [
            (config.inherit_env, abi::Config::INHERIT_ENV),
            (config.runtime_grants, abi::Config::RUNTIME_GRANTS),
            (
                imports.iter().any(|import| import.names_files()),
                abi::Config::NAMES_FILES,
            ),
        ];
        let wanted = config.serve;
        let serve = if self.program.component.serves() {
            let at = self.rodata.alloc_for::<abi::Serve>();
            let or = |wanted: u32, default| if wanted == 0 { default } else { wanted };
            let (requests, concurrency, idle) = match self.program.component.serves_by_tasks() {
                true => (
                    or(wanted.instance_requests, abi::Serve::INSTANCE_REQUESTS)
                        .min(abi::Serve::MAX_INSTANCE_REQUESTS),
                    or(
                        wanted.instance_concurrency,
                        abi::Serve::INSTANCE_CONCURRENCY,
                    ),
                    match wanted.instance_idle_timeout {
                        0 => abi::Serve::INSTANCE_IDLE_TIMEOUT,
                        idle => idle,
                    },
                ),
                false => (0, 0, 0),
            };
            Addr::At(record!(
                self.rodata,
                at,
                Serve {
                    workers: wanted.workers,
                    max_concurrency: wanted.max_concurrency,
                    request_timeout: wanted.request_timeout,
                    max_requests: wanted.max_requests,
                    access_log: wanted.access_log,
                    instance_requests: requests,
                    instance_concurrency: concurrency,
                    instance_idle_timeout: idle,
                }
            ))
        } else {
            Addr::Null
        };
        let at = self.relro.alloc_for::<abi::Config>();
        record!(
            self.relro,
            at,
            Config {
                preopens: preopens,
                preopen_count: preopen_count,
                env: env,
                env_count: env_count,
                stack_size: config.stack_size,
                flags: flags
                    .iter()
                    .fold(0, |all, &(set, flag)| if set { all | flag } else { all }),
                cpu: self.options.cpu.required(self.options.isa),
                memory_limit: config.memory_limit,
                filter: filter,
                filter_len: filter_len,
                rules: rules,
                rule_count: rule_count,
                serve: serve,
            }
        )
    }

    /// The rules about the network: where they are and how many.
    fn write_rules(&mut self) -> (Addr, u64) {
        let rules = &self.options.config.network;
        let names: Vec<_> = rules
            .iter()
            .map(|rule| match &rule.hosts {
                NetHosts::Name(name) => self.bytes(name.as_bytes()),
                NetHosts::Prefix(..) | NetHosts::AnyName => (Addr::Null, 0),
            })
            .collect();
        let start = self.relro.align_to(8);
        for (rule, (name, name_len)) in rules.iter().zip(names) {
            let (family, bits, prefix) = match rule.hosts {
                NetHosts::Prefix(IpAddr::V4(ip), prefix) => {
                    (abi::NetRule::IPV4, u128::from(u32::from(ip)) << 96, prefix)
                }
                NetHosts::Prefix(IpAddr::V6(ip), prefix) => {
                    (abi::NetRule::IPV6, u128::from(ip), prefix)
                }
                NetHosts::Name(_) | NetHosts::AnyName => (abi::NetRule::NAME, 0, 0),
            };
            let at = self.relro.alloc_for::<abi::NetRule>();
            record!(
                self.relro,
                at,
                NetRule {
                    kind: match rule.right {
                        NetRight::Connect => abi::NetRule::CONNECT,
                        NetRight::Bind => abi::NetRule::BIND,
                        NetRight::Send => abi::NetRule::SEND,
                        NetRight::LookUp => abi::NetRule::LOOKUP,
                    },
                    family: family,
                    first_port: u32::from(*rule.ports.start()),
                    last_port: u32::from(*rule.ports.end()),
                    prefix: u32::from(prefix),
                    reserved: 0u32,
                    high: (bits >> 64) as u64,
                    low: bits as u64,
                    name: name,
                    name_len: name_len,
                }
            );
        }
        array(start, rules.len())
    }

    /// Whether the kernel is to confine the process. Scripts are the test suite's.
    fn hardens(&self) -> bool {
        !self.options.config.no_harden
            && self.options.platform == Platform::Linux
            && !matches!(self.options.entry, EntryKind::Script | EntryKind::Hosted)
    }

    /// The functions of the runtime that the program imports.
    fn provided_imports(&self) -> Vec<&'static Import> {
        let names = self
            .program
            .funcs
            .values()
            .filter_map(|func| match &func.kind {
                FuncKind::Import { symbol, .. } => host::by_symbol(symbol),
                FuncKind::Defined { .. }
                | FuncKind::Unknown
                | FuncKind::Init
                | FuncKind::ArrayEntry { .. }
                | FuncKind::ContEntry
                | FuncKind::FarEntry { .. }
                | FuncKind::ImportAdapter { .. }
                | FuncKind::CExport { .. }
                | FuncKind::LibraryExport { .. }
                | FuncKind::LibraryFunction { .. }
                | FuncKind::HostExport { .. }
                | FuncKind::Canon(_) => None,
            });
        names.collect()
    }
}

/// Whether a rule lets the program look up names.
fn may_look_up(rule: &NetRule) -> bool {
    !matches!(rule.hosts, NetHosts::Prefix(..))
}

/// The fields of `ProgramDesc` about threads.
struct ThreadFields {
    block: Addr,
    size: u64,
    start: Addr,
    instance: u64,
}

/// An import or export as descriptors see it.
struct EntityInfo {
    kind: u32,
    ty: u32,
    /// Of what has state.
    place: Option<(ModuleId, Place)>,
    address: Addr,
    offset: u32,
    funcref: Addr,
    /// Identity of a tag's type.
    sig: Addr,
    min: u64,
    max: Option<u64>,
}

/// An offset field: bit 31 marks a pointer slot.
pub fn place_field(place: Place) -> u32 {
    match place {
        Place::Own(offset) => offset,
        Place::Slot(offset) => offset | SLOT,
    }
}

fn memory_flags(memory: &MemoryDecl) -> u32 {
    let flags = match memory.base {
        MemBase::Fixed => abi::Memory::FIXED,
        MemBase::Checked => abi::Memory::CHECKED,
        MemBase::Pinned | MemBase::Value => 0,
    };
    let shared = if memory.shared {
        abi::Memory::SHARED
    } else {
        0
    };
    let wide = if memory.is_wide() {
        abi::Memory::WIDE
    } else {
        0
    };
    let bytes = if memory.page_log2 == 0 {
        abi::Memory::BYTES
    } else {
        0
    };
    (flags | shared | wide | bytes) as u32
}

/// Elements that a table may have.
fn table_limit(table: &TableDecl) -> u64 {
    let all = match table.index {
        Type::I64 => u64::MAX,
        _ => u32::MAX.into(),
    };
    table.max.unwrap_or(all)
}

/// What descriptors of globals and tables say about a type.
fn type_field(ty: ValType) -> u32 {
    let non_null = if ty.is_non_null() { abi::NON_NULL } else { 0 };
    u32::from(ty.byte()) | non_null
}

/// Parameter types, then result types.
fn type_bytes(ty: &FuncType) -> Vec<u8> {
    let types = ty.params.iter().chain(&ty.results);
    types.map(|ty: &ValType| ty.byte()).collect()
}
