//! The program that function bodies refer to: every module of the link in one set of index spaces, after imports were
//! resolved. Built by `wasm`, immutable afterwards, read by everything.
//!
//! An import that another module of the program provides has vanished: both modules use the same id. What remains as an import is
//! a function supplied in C (WASI, `--link`, an embedder) or, in the open world only, an entity reached through a
//! pointer slot of the instance ([`Place::Slot`]).

use super::component::{CanonId, Component, ComponentCall};
use super::deftype::{Types, ValType};
use super::types::{Signature, Type};
use crate::abi::{
    self, ArrayEntry, CallFrame, ComponentInstance, Config, DataSeg, ElemSeg, GcHeap, Handles,
    Instance, LibraryImports, Memory, ModuleDesc, Table, TrapCode,
};
use crate::calls::functions;
use crate::canonical::CopyBuffer;
use crate::entity::{Arena, EntityId, SideMap};
use crate::entity_id;
use std::mem::offset_of;

entity_id!(/** A module of the program. */ ModuleId, "mod");
entity_id!(/** A function type, unique by structure across the program. */ SigId, "sig");
entity_id!(/** A function: defined, imported or made by the compiler. */ FuncId, "func");
entity_id!(/** A linear memory. */ MemId, "mem");
entity_id!(/** A table. */ TableId, "table");
entity_id!(/** A global. */ GlobalId, "global");
entity_id!(/** A data segment that `memory.init` or `data.drop` may name. */ DataId, "data");
entity_id!(/** An exception tag. */ TagId, "tag");
entity_id!(/** An element segment that `table.init` or `elem.drop` may name. */ ElemId, "elem");

/// Whether code knows where its state is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum World {
    /// One instance of each module, at a link-time address; every function, table and global is known.
    Closed,
    /// Any number of instances; state is reached through the pinned instance register.
    Open,
}

/// How the base of the primary memory is formed, `--memory`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MemoryMode {
    /// A constant address; closed world on x86-64 only.
    Fixed,
    /// A pinned register.
    Pinned,
    /// Explicit bounds checks against the current size; nothing reserved.
    Checked,
}

/// Where an entity's state lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// Inside the instance of its module, at this offset.
    Own(u32),
    /// The instance holds a pointer to it at this offset (open world import).
    Slot(u32),
}

/// A module of the program.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Symbol prefix and display name; unique in the program.
    pub name: String,
    /// Path for messages.
    pub path: String,
    /// Index spaces of this module, resolved.
    pub funcs: Vec<FuncId>,
    pub memories: Vec<MemId>,
    pub tables: Vec<TableId>,
    pub globals: Vec<GlobalId>,
    pub tags: Vec<TagId>,
    pub types: Vec<SigId>,
    /// Segments that the instance has.
    pub datas: Vec<DataId>,
    pub elems: Vec<ElemId>,
    /// By index in the module: the segment, if code names it.
    pub data_indices: Vec<Option<DataId>>,
    pub elem_indices: Vec<Option<ElemId>>,
    pub exports: Vec<Export>,
    /// Tables, memories and globals that the embedder provides (open world; their place is a [`Place::Slot`]).
    pub imports: Vec<Import>,
    /// Function made by the compiler that instantiates modules, if it has anything to do.
    pub init: Option<FuncId>,
    /// The modules that `init` instantiates: this one, and those before it that are in a group with it because they import from each other.
    pub instantiates: Vec<ModuleId>,
    /// Parts of memories that are mapped at start instead of being copied by `init`.
    pub images: Vec<Image>,
    /// Bytes of an instance, header included.
    pub instance_size: u32,
    /// Initial bytes of the entity area where constant initialisers are known: `(offset in the instance, bytes)`.
    pub template: Vec<(u32, Vec<u8>)>,
    /// Offset of the FuncRef array in an instance (open world).
    pub funcrefs_offset: u32,
}

impl Module {
    /// The memory that functions of the host work on: the one exported as `memory`, or the first.
    pub fn host_memory(&self) -> Option<MemId> {
        let exported = self.exports.iter().find_map(|export| match export.entity {
            Entity::Memory(memory) if export.name == "memory" => Some(memory),
            _ => None,
        });
        exported.or_else(|| self.memories.first().copied())
    }
}

/// Initial contents of whole pages of a memory, of those of the machine (`Isa::max_page`).
#[derive(Clone, Debug)]
pub struct Image {
    pub memory: MemId,
    /// Byte address in the memory.
    pub dst: u64,
    pub bytes: Vec<u8>,
}

/// An import that is left for run time. Functions are C symbols instead.
#[derive(Clone, Debug)]
pub struct Import {
    pub module: String,
    pub name: String,
    pub entity: Entity,
}

/// An export.
#[derive(Clone, Debug)]
pub struct Export {
    pub name: String,
    pub entity: Entity,
}

/// Something that can be imported or exported.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Entity {
    Func(FuncId),
    Table(TableId),
    Memory(MemId),
    Global(GlobalId),
    Tag(TagId),
}

/// A function.
#[derive(Clone, Debug)]
pub struct FuncDecl {
    /// Module whose instance the function runs in (for an import: which imports it).
    pub module: ModuleId,
    /// Index in the module's function space; `u32::MAX` for functions made by the compiler.
    pub index: u32,
    /// Name for symbols, listings and backtraces: from the name section, an export, or `func[12]`-like.
    pub name: String,
    pub sig: SigId,
    pub kind: FuncKind,
    /// Its place in the FuncRef array, if its address can be taken.
    pub funcref: Option<u32>,
}

/// What a function is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FuncKind {
    /// Has a body: byte range in the module's file.
    Defined { body: std::ops::Range<usize> },
    /// C symbol, C convention with the importing instance first (`docs/abi.md`). In a library what the runtime does not have is called through a table instead
    /// ([`abi::LibraryImports`]), by its number there.
    Import { symbol: String, given: Option<u32> },
    /// Left unresolved on request; calling it traps with `UnknownImport`.
    Unknown,
    /// Instantiates modules, see [`Module::instantiates`]. An [`abi::ArrayEntry`] that neither reads nor writes values: `Conv::C (ptr instance, ptr values)`.
    Init,
    /// [`abi::ArrayEntry`] of a function: `Conv::C (ptr instance, ptr values)`; its `sig` is the callee's.
    ArrayEntry { callee: FuncId },
    /// What a continuation of a function of its `sig` begins with: `Conv::C (ptr instance, ptr start)`, see [`abi::ContStart`].
    ContEntry,
    /// C-callable export of a function; `Conv::C`; its `sig` is the callee's.
    CExport { callee: FuncId, symbol: String },
    /// The same in a library: it answers a trap code, and stores the results where its last parameters point.
    LibraryExport { callee: FuncId, symbol: String },
    /// A function of the runtime that a library exports under a name of its own; `Conv::C`.
    LibraryFunction { function: RtFn, symbol: String },
    /// C-callable function of a component (`docs/abi.md`): `Conv::C`. The callee is an [`abi::ArrayEntry`].
    HostExport { callee: FuncId, symbol: String },
    /// Open world: `Conv::Far` entry that function references point to.
    FarEntry { callee: FuncId },
    /// `Conv::Wasm` body that calls an import, for function references to it.
    ImportAdapter { callee: FuncId },
    /// Body made for a canonical definition of a component: `Conv::Wasm`, or an [`abi::ArrayEntry`] if it is for a C program.
    Canon(CanonId),
}

/// A linear memory.
#[derive(Clone, Debug)]
pub struct MemoryDecl {
    pub module: ModuleId,
    pub place: Place,
    /// Type of its addresses and sizes: i32 or i64.
    pub address: Type,
    /// The logarithm of the bytes of a page: 16 or 0.
    pub page_log2: u8,
    pub min_pages: u64,
    pub max_pages: Option<u64>,
    /// Threads may share it.
    pub shared: bool,
    pub base: MemBase,
}

impl MemoryDecl {
    /// Whether its addresses have 64 bits.
    pub fn is_wide(&self) -> bool {
        self.address == Type::I64
    }
    /// Bytes that it has at least, from the start on.
    pub fn min_bytes(&self) -> u64 {
        pages_to_bytes(self.min_pages, self.page_log2)
    }
    /// Pages beyond which it cannot grow. A memory of 32-bit addresses never gets its last possible page unless its declaration says so: then small sums
    /// of what was accessed do not wrap (`opt::anchors`).
    pub fn page_limit(&self) -> u64 {
        let address_space = if self.is_wide() { 64 } else { 32 };
        let all = 1u64
            .checked_shl(address_space - u32::from(self.page_log2))
            .unwrap_or(u64::MAX);
        let is_own = matches!(self.place, Place::Own(_));
        let without_maximum = match is_own && !self.is_wide() && self.page_log2 == 16 {
            true => (all - 1).max(self.min_pages),
            false => all,
        };
        self.max_pages.map_or(without_maximum, |max| max.min(all))
    }
    /// Bytes beyond which it cannot grow.
    pub fn byte_limit(&self) -> u64 {
        pages_to_bytes(self.page_limit(), self.page_log2)
    }
}

/// Bytes of so many pages, at most `u64::MAX`.
pub fn pages_to_bytes(pages: u64, page_log2: u8) -> u64 {
    pages.saturating_mul(1 << page_log2)
}

/// How code forms addresses in a memory. A closed program has at most one memory that is not `Value` or `Checked`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MemBase {
    /// At [`abi::FIXED_BASE`].
    Fixed,
    /// In the pinned register.
    Pinned,
    /// Loaded from [`abi::Memory::base`]; guard pages stop what is out of bounds.
    Value,
    /// Loaded, and every access compared with [`abi::Memory::len`].
    Checked,
}

/// A table.
#[derive(Clone, Debug)]
pub struct TableDecl {
    pub module: ModuleId,
    pub place: Place,
    pub elem: ValType,
    /// As [`GlobalDecl::numbers`], of its elements.
    pub numbers: Option<ValType>,
    /// Type of its indices and sizes: i32 or i64.
    pub index: Type,
    pub min: u64,
    pub max: Option<u64>,
}

/// A global.
#[derive(Clone, Debug)]
pub struct GlobalDecl {
    pub module: ModuleId,
    pub place: Place,
    pub ty: ValType,
    /// Open world: of one that the host shares and that the module has references to objects in, their type. The cell has their numbers ([`super::objects`]), which is what `ty` says.
    pub numbers: Option<ValType>,
    pub mutable: bool,
    /// Its value for the whole run, where it is a constant that nothing ever writes.
    pub constant: Option<u128>,
}

/// An exception tag. In a closed world its number is its identity; in an open one the address of its [`abi::TagDesc`] pointer in the instance
/// that defines it.
#[derive(Clone, Debug)]
pub struct TagDecl {
    pub module: ModuleId,
    /// Open world only.
    pub place: Place,
    /// Its parameters are the values that exceptions carry.
    pub sig: SigId,
    /// For messages; empty if it has none.
    pub name: String,
}

/// A data segment.
#[derive(Clone, Debug)]
pub struct DataDecl {
    pub module: ModuleId,
    /// Offset of its [`abi::DataSeg`] in the instance.
    pub offset: u32,
    pub bytes: Vec<u8>,
}

/// An element segment.
#[derive(Clone, Debug)]
pub struct ElemDecl {
    pub module: ModuleId,
    /// Offset of its [`abi::ElemSeg`] in the instance.
    pub offset: u32,
    /// Type of the elements.
    pub ty: ValType,
    pub items: ElemItems,
}

/// Contents of an element segment.
#[derive(Clone, Debug)]
pub enum ElemItems {
    /// Functions, or null.
    Funcs(Vec<Option<FuncId>>),
    /// What `table.place` copies.
    List(Vec<ElemPart>),
    /// Values computed by the module's `init` into the instance: offset of `count` 8-byte references.
    Computed { offset: u32, count: u32 },
}

/// A part of a list: functions, or null, from an index of the table on.
#[derive(Clone, Debug)]
pub struct ElemPart {
    pub dst: u32,
    pub funcs: Vec<Option<FuncId>>,
}

/// What the executable's process does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// Calls `_start` of the main module.
    Command,
    /// Calls `_initialize` if there is one, then the named export with the process arguments.
    Invoke(String),
    /// Takes commands on stdin; for the test suite.
    Script,
    /// Calls functions of a component, one after the other, and writes what they return.
    Calls(Vec<ComponentCall>),
    /// An object of a component for C: its functions are called, and no process is its own.
    Hosted,
    /// An object for C: no process of its own.
    None,
    /// Likewise, of a library with names of its own (`docs/embedding.md`).
    Library,
}

impl EntryKind {
    /// Whether something else starts and calls the module.
    pub fn is_embedded(&self) -> bool {
        matches!(self, EntryKind::None | EntryKind::Library)
    }
}

/// The whole program.
#[derive(Clone, Debug)]
pub struct Program {
    pub world: World,
    pub memory_mode: MemoryMode,
    pub modules: Arena<ModuleId, Module>,
    pub types: Types,
    pub funcs: Arena<FuncId, FuncDecl>,
    pub memories: Arena<MemId, MemoryDecl>,
    pub tables: Arena<TableId, TableDecl>,
    pub globals: Arena<GlobalId, GlobalDecl>,
    pub tags: Arena<TagId, TagDecl>,
    pub datas: Arena<DataId, DataDecl>,
    pub elems: Arena<ElemId, ElemDecl>,
    /// Functions whose address can be taken, in the order of the FuncRef array. (Open world: of the one module.)
    pub funcrefs: Vec<FuncId>,
    /// Exported functions and their `ArrayEntry`, sorted.
    pub array_entries: Vec<(FuncId, FuncId)>,
    /// Types of functions that continuations go on with, and what those begin with (`FuncKind::ContEntry`), sorted.
    pub cont_entries: Vec<(SigId, FuncId)>,
    /// Any type of continuations, where code may make some.
    pub cont_type: Option<SigId>,
    /// Types of functions that tail calls may enter, ascending.
    pub tail_called: Vec<SigId>,
    /// Parameters that are the same constants whenever the function is called, and their bits.
    pub const_args: SideMap<FuncId, Vec<(u32, u64)>>,
    /// Functions that are compiled, in emission order; the others were unreachable.
    pub compiled: Vec<FuncId>,
    /// The module with the entry: the last input that has one.
    pub main: ModuleId,
    /// The program starts threads (closed world): each has a block with an instance of every module, at these distances by module, and the
    /// pinned register holds the block. What all share, memories and function references, stays with the first thread's.
    pub thread_block: Option<Vec<u32>>,
    /// Where the block of such a program has the address of its thread's heap: in the first module's instance.
    pub thread_heap: u32,
    /// Open world: whether the module has anything to do with objects, so that each instance has a heap ([`abi::InstanceObjects`]).
    pub has_objects: bool,
    /// Functions with counters, in the counters' order; empty unless the program counts.
    pub counted: Vec<abi::ProfileFunc>,
    /// With a profile: how often a place runs that is worth much code.
    pub hot: Option<u64>,
    /// What it is made from, if from components.
    pub component: Component,
}

/// Where code finds a module's instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InstanceBase {
    /// At its symbol.
    Symbol,
    /// So many bytes behind what the pinned register holds.
    Pinned(u32),
}

impl Program {
    /// A program without anything in it.
    pub fn empty(world: World, memory_mode: MemoryMode) -> Program {
        Program {
            world,
            memory_mode,
            modules: Arena::new(),
            types: Types::default(),
            funcs: Arena::new(),
            memories: Arena::new(),
            tables: Arena::new(),
            globals: Arena::new(),
            tags: Arena::new(),
            datas: Arena::new(),
            elems: Arena::new(),
            funcrefs: Vec::new(),
            array_entries: Vec::new(),
            cont_entries: Vec::new(),
            cont_type: None,
            tail_called: Vec::new(),
            const_args: SideMap::new(Vec::new(), 0),
            compiled: Vec::new(),
            main: ModuleId::from_u32(0),
            thread_block: None,
            thread_heap: 0,
            has_objects: false,
            counted: Vec::new(),
            hot: None,
            component: Component::default(),
        }
    }
    /// IR signature of a function.
    pub fn signature(&self, func: FuncId) -> Signature {
        self.types[self.funcs[func].sig].signature()
    }
    /// The array entry of an exported function.
    pub fn array_entry(&self, callee: FuncId) -> Option<FuncId> {
        let found = self.array_entries.binary_search_by_key(&callee, |e| e.0);
        found.ok().map(|i| self.array_entries[i].1)
    }
    /// What a continuation of a function of this type begins with.
    pub fn cont_entry(&self, sig: SigId) -> Option<FuncId> {
        let found = self.cont_entries.binary_search_by_key(&sig, |e| e.0);
        found.ok().map(|i| self.cont_entries[i].1)
    }
    /// Where code finds a module's instance.
    pub fn instance_base(&self, module: ModuleId) -> InstanceBase {
        match (&self.thread_block, self.world) {
            (Some(offsets), _) => InstanceBase::Pinned(offsets[EntityId::as_u32(module) as usize]),
            (None, World::Open) => InstanceBase::Pinned(0),
            (None, World::Closed) => InstanceBase::Symbol,
        }
    }
    /// Where the pinned register leads to the address of the thread's heap; none where there is one heap.
    pub fn heap_slot(&self) -> Option<u32> {
        let own = abi::INSTANCE_HEADER + offset_of!(abi::InstanceObjects, heap) as u32;
        match self.world {
            World::Open => self.has_objects.then_some(own),
            World::Closed => self.thread_block.is_some().then_some(self.thread_heap),
        }
    }
    /// Whether instances are reached through the pinned register.
    pub fn pins_instance(&self) -> bool {
        self.thread_block.is_some() || self.world == World::Open
    }
    /// The memory whose base is fixed or pinned for the whole program, if there is one.
    pub fn primary_memory(&self) -> Option<MemId> {
        self.memories
            .iter()
            .find(|(_, m)| matches!(m.base, MemBase::Fixed | MemBase::Pinned))
            .map(|(id, _)| id)
    }
}

/// Something with a link-time address that code or data may refer to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Symbol {
    /// Code of a function that is compiled here, or the C symbol of an import.
    Func(FuncId),
    /// The static instance of a module (closed world).
    Instance(ModuleId),
    /// The closed world's FuncRef array.
    FuncRefs,
    /// The identity of a function type (open world).
    Sig(SigId),
    /// A function of the runtime library.
    Runtime(RtFn),
    /// Where the collector's heap goes on: [`abi::GcHeap`].
    Heap,
    /// Where the program counts: [`Program::counted`].
    Counters,
    /// The descriptor of the main module.
    Descriptor,
}

impl Symbol {
    /// The function, if that is what it names.
    pub fn func(self) -> Option<FuncId> {
        match self {
            Symbol::Func(func) => Some(func),
            Symbol::Instance(_)
            | Symbol::FuncRefs
            | Symbol::Sig(_)
            | Symbol::Runtime(_)
            | Symbol::Heap
            | Symbol::Counters
            | Symbol::Descriptor => None,
        }
    }
}

/// What a type of the runtime's functions is in compiled code.
trait Native {
    const TYPE: Type;
}

impl Native for u32 {
    const TYPE: Type = Type::I32;
}
impl Native for u64 {
    const TYPE: Type = Type::I64;
}
impl Native for i64 {
    const TYPE: Type = Type::I64;
}
impl Native for usize {
    const TYPE: Type = Type::Ptr;
}
impl<T> Native for *const T {
    const TYPE: Type = Type::Ptr;
}
impl<T> Native for *mut T {
    const TYPE: Type = Type::Ptr;
}
impl Native for ArrayEntry {
    const TYPE: Type = Type::Ptr;
}

/// A reference, in rows.
struct Ref;

impl Native for Ref {
    const TYPE: Type = Type::Ref;
}

/// A reference to an object of the collector, in rows.
struct Gc;

impl Native for Gc {
    const TYPE: Type = Type::Gc;
}

/// A number of things, in rows.
type Count = u64;

/// Whether an operation failed, in rows.
type Status = u32;

/// Addresses of what only the runtime and its embedders know, in rows.
type Address = *mut u8;
type Text = *const u8;
enum Extern {}
enum Trap {}

/// Whether something is so, in rows.
struct Flag;

impl Native for Flag {
    const TYPE: Type = Type::I32;
}

/// What a function with this result returns.
macro_rules! results {
    () => {
        &[]
    };
    (!) => {
        &[]
    };
    ($result:ident) => {
        &[<$result as Native>::TYPE]
    };
}

/// The code of a row, if it has one.
macro_rules! trap {
    () => {
        None
    };
    ($trap:ident) => {
        Some(TrapCode::$trap)
    };
}

/// Expands the rows to [`RtFn`].
macro_rules! table {
    ($( $(#[$doc:meta])* $id:ident $symbol:ident($($arg:ident: $ty:ty),*) $(-> $result:tt)? $(traps $trap:ident)?; )*) => {
        /// Functions of the runtime that compiled code calls; `calls.rs` has their rows.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum RtFn {
            $( $(#[$doc])* $id, )*
        }

        impl RtFn {
            /// All of them.
            pub const ALL: &[RtFn] = &[$(RtFn::$id),*];

            /// Symbol name.
            pub fn symbol(self) -> &'static str {
                match self {
                    $( RtFn::$id => stringify!($symbol), )*
                }
            }

            /// Parameters and results (C convention).
            pub fn signature(self) -> Signature {
                let (params, results): (&[Type], &[Type]) = match self {
                    $( RtFn::$id => (&[$(<$ty as Native>::TYPE),*], results!($($result)?)), )*
                };
                Signature {
                    params: params.to_vec(),
                    results: results.to_vec(),
                }
            }

            /// What its caller traps with where it fails.
            pub fn trap(self) -> Option<TrapCode> {
                match self {
                    $( RtFn::$id => trap!($($trap)?), )*
                }
            }
        }
    };
}
functions!(table);

impl RtFn {
    /// Whether it changes no register but that of its result: what compiled code calls out of line of what it mostly does.
    pub fn preserves_registers(self) -> bool {
        matches!(
            self,
            RtFn::GcAllocate
                | RtFn::GcAllocateArray
                | RtFn::GcLog
                | RtFn::GcLogElement
                | RtFn::GcAllocateOwn
                | RtFn::GcAllocateArrayOwn
                | RtFn::GcLogOwn
                | RtFn::GcLogElementOwn
        )
    }
    /// Whether garbage may be collected while it runs.
    pub fn may_collect(self) -> bool {
        !matches!(
            self,
            RtFn::ThrowObject
                | RtFn::GcLog
                | RtFn::GcLogElement
                | RtFn::GcLogOwn
                | RtFn::GcLogElementOwn
                | RtFn::GcGive
                | RtFn::GcRelease
                | RtFn::GcCopy
                | RtFn::GcInitData
                | RtFn::GcInitElem
                | RtFn::GcToExternal
        )
    }
}

/// Alignment and size of a global's cell in the instance.
pub fn global_cell_size(ty: ValType) -> u32 {
    match ty {
        ValType::V128 => 16,
        ValType::I32
        | ValType::I64
        | ValType::F32
        | ValType::F64
        | ValType::FuncRef
        | ValType::ExternRef
        | ValType::ExnRef
        | ValType::Ref(_) => 8,
    }
}

const _: () = assert!(abi::INSTANCE_HEADER as usize >= size_of::<abi::Instance>());
