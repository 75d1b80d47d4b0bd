//! The C interface for programs that link compiled objects (`include/wative.h`): instances, exports, calls, traps.
//!
//! Everything here may be called from several threads at once, but one instance only from one at a time. Modules are never
//! unloaded. A trap inside a call abandons all frames up to the call, those of C functions that the module imported
//! included.

use crate::abi::{
    ABI_VERSION, ArrayEntry, Config, ExportDesc, FuncRef, GcHeap, INSTANCE_HEADER, ImportDesc,
    Instance, KIND_FUNC, KIND_GLOBAL, KIND_MEMORY, KIND_TABLE, KIND_TAG, Memory, MemoryDesc,
    ModuleDesc, NON_NULL, Table, TableDesc, TagDesc, TrapCode,
};
use crate::entry::command;
use crate::fault::trap;
use crate::fault::unwind::Trace;
use crate::state::instance::at;
use crate::state::{instance, memory, stack, table};
use crate::sys;
use crate::text::Text;
use crate::wasi::context::{self, Context};
use crate::wasi::grant;
use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicUsize, Ordering};

/// Answers of `wative_instantiate` that are no trap codes; `include/wative.h` has the same numbers.
#[repr(u32)]
pub enum Failure {
    /// The module was compiled for another version, or is not open.
    Version = 256,
    /// Too few imports were given.
    ImportCount = 257,
    /// An import is of another kind or type, or too small.
    ImportType = 258,
    /// The system has no room.
    NoMemory = 259,
}

/// A memory, table or global: `wative_extern`.
#[repr(C)]
pub struct Extern {
    kind: u32,
    /// As in [`ImportDesc`], but not looked at for a memory.
    ty: u32,
    address: *mut u8,
    /// As in [`ImportDesc`].
    sig: *const u8,
}

/// What an export is: `wative_export`.
#[repr(C)]
pub struct Export {
    /// Function: its array entry as address.
    item: Extern,
    types: *const u8,
    param_count: u32,
    result_count: u32,
    funcref: *const FuncRef,
}

/// What a trap was: `wative_trap`.
#[repr(C)]
pub struct Trap {
    code: u32,
    status: u32,
}

/// The trace of an instance's last trap lies behind it.
///
/// # Safety
/// `it` is alive and was made by [`wative_instantiate`].
unsafe fn trace(it: *const Instance) -> *mut Trace {
    let size = (*(*it).module).instance_size as usize;
    (it as *mut u8).add(size.next_multiple_of(align_of::<Trace>())) as *mut Trace
}

/// Bytes of an instance with everything that belongs to it.
fn full_size(module: &ModuleDesc) -> usize {
    (module.instance_size as usize).next_multiple_of(align_of::<Trace>()) + size_of::<Trace>()
}

/// Set in offsets that lead to a slot with a pointer.
const SLOT: u32 = 1 << 31;

/// In types of globals.
const MUTABLE: u32 = 1 << 8;

/// No offset.
const NO_OFFSET: u32 = u32::MAX;

/// The entity at an offset, through its pointer slot if it has one.
///
/// # Safety
/// The instance is alive, and the offset is one of its module's descriptors; its import slots are filled.
unsafe fn resolve(instance: *mut Instance, offset: u32) -> *mut u8 {
    if offset & SLOT != 0 {
        *at::<*mut u8>(instance, offset & !SLOT)
    } else {
        at::<u8>(instance, offset)
    }
}

/// Makes an instance of an open module. Answers 0, a trap code or a [`Failure`]. After a trap the instance exists, because
/// parts of it may already be in imported tables; after a failure `*out` is null.
///
/// # Safety
/// The descriptors are the compiler's; the imports' addresses stay valid as long as the instance.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_instantiate(
    module: *const ModuleDesc,
    imports: *const Extern,
    import_count: usize,
    out: *mut *mut Instance,
) -> u32 {
    instantiate(module, imports, import_count, null_mut(), out)
}

/// As above, with what belongs to the embedder. `*out` is the instance before anything of the module runs.
///
/// # Safety
/// As above.
pub unsafe fn instantiate(
    module: *const ModuleDesc,
    imports: *const Extern,
    import_count: usize,
    host_data: *mut u8,
    out: *mut *mut Instance,
) -> u32 {
    *out = null_mut();
    let module = &*module;
    if module.abi_version != ABI_VERSION || module.flags & ModuleDesc::OPEN == 0 {
        return Failure::Version as u32;
    }
    if (import_count as u64) < module.import_count {
        return Failure::ImportCount as u32;
    }
    for i in 0..module.import_count as usize {
        if !fits(&*module.imports.add(i), &*imports.add(i)) {
            return Failure::ImportType as u32;
        }
    }
    trap::install();
    let Ok(fresh) = sys::mmap(full_size(module), sys::PROT_READ | sys::PROT_WRITE) else {
        return Failure::NoMemory as u32;
    };
    let it = fresh as *mut Instance;
    fill(module, it, imports);
    (*it).host_data = host_data;
    *out = it;
    if !make_heap(module, it) {
        *out = null_mut();
        wative_instance_delete(it);
        return Failure::NoMemory as u32;
    }
    match instance::start(module, it, |told| *trace(it) = *told) {
        Ok(code) => code,
        Err(_) => {
            *out = null_mut();
            wative_instance_delete(it);
            Failure::NoMemory as u32
        }
    }
}

/// Gives an instance a heap if its module has objects. False where the system has no room.
///
/// # Safety
/// Its head is filled in.
unsafe fn make_heap(module: &ModuleDesc, it: *mut Instance) -> bool {
    let Some(objects) = instance::objects(it) else {
        return true;
    };
    let desc = instance::gc_desc(module);
    let Some(new) = (*desc).new_heap else {
        return false;
    };
    (*objects).heap = new(desc, it as usize) as *mut GcHeap;
    !(*objects).heap.is_null()
}

/// Whether what is given can be what the module wants.
///
/// # Safety
/// `given` points to an entity of its kind that is alive.
unsafe fn fits(want: &ImportDesc, given: &Extern) -> bool {
    // A tag that the instance has for itself.
    let is_own = want.offset == NO_OFFSET;
    if want.kind != given.kind || given.address.is_null() != is_own {
        return false;
    }
    if is_own {
        return true;
    }
    match want.kind {
        KIND_GLOBAL => {
            let same = want.ty == given.ty && want.sig == given.sig;
            same || want.ty & MUTABLE == 0 && is_subtype(given, want)
        }
        KIND_TABLE => {
            let table = &*(given.address as *const Table);
            want.ty == given.ty
                && want.sig == given.sig
                && table.len >= want.min
                && table.max <= want.max
        }
        KIND_TAG => {
            let tag = &**(given.address as *const *const TagDesc);
            tag.sig == want.sig
        }
        KIND_MEMORY => {
            let memory = &*(given.address as *const Memory);
            // Code without checks needs a reserved memory.
            let safe =
                memory.flags & Memory::CHECKED == 0 || u64::from(want.ty) & Memory::CHECKED != 0;
            const KIND: u64 = Memory::SHARED | Memory::WIDE | Memory::BYTES;
            let same_kind = (memory.flags ^ u64::from(want.ty)) & KIND == 0;
            let pages = crate::state::memory::size(memory) / Memory::page(memory.flags);
            safe && same_kind && pages >= want.min && memory.max_pages <= want.max
        }
        _ => false,
    }
}

/// Whether an immutable global has only values that the wanted type has.
fn is_subtype(given: &Extern, want: &ImportDesc) -> bool {
    // Any function will do, or null is allowed for though it never comes.
    (want.sig.is_null() || want.sig == given.sig)
        && (given.ty == want.ty || given.ty == want.ty | NON_NULL)
}

/// Fills the head, the entity area and the import slots of a zeroed instance.
///
/// # Safety
/// `it` is zeroed room of the module's size; `imports` are as many as the module has, and fit.
unsafe fn fill(module: &ModuleDesc, it: *mut Instance, imports: *const Extern) {
    if !module.template.is_null() {
        let len = module.instance_size as usize - INSTANCE_HEADER as usize;
        core::ptr::copy_nonoverlapping(module.template, at::<u8>(it, INSTANCE_HEADER), len);
    }
    for i in 0..module.import_count as usize {
        let offset = (*module.imports.add(i)).offset;
        if offset == NO_OFFSET {
            continue;
        }
        let offset = offset & !SLOT;
        *at::<*mut u8>(it, offset) = (*imports.add(i)).address;
    }
    let funcrefs = at::<FuncRef>(it, module.funcrefs_offset as u32);
    for i in 0..module.funcref_count as usize {
        let init = &*module.funcref_inits.add(i);
        funcrefs.add(i).write(FuncRef {
            code: init.code,
            instance: it,
            sig: init.sig,
            near: init.near,
        });
    }
    let memory0 = if module.memory0 == NO_OFFSET {
        null_mut()
    } else {
        resolve(it, module.memory0) as *mut Memory
    };
    it.write(Instance {
        module,
        memory0,
        funcrefs,
        host_data: null_mut(),
    });
}

/// Frees an instance, with its memories and tables.
///
/// # Safety
/// Nothing refers to it any more: no running call, no other instance's table or import.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_instance_delete(it: *mut Instance) {
    if !it.is_null() {
        let module = &*(*it).module;
        if let Some(objects) = instance::objects(it)
            && !(*objects).heap.is_null()
            && let Some(end) = (*instance::gc_desc(module)).end_heap
        {
            end((*objects).heap as *mut u8);
        }
        instance::destroy_entities(module, it);
        let _ = sys::munmap(it as *mut u8, full_size(module));
    }
}

/// First byte of the memory exported as `memory`, else of the first; null where there is none.
///
/// # Safety
/// As for all functions here, `it` is alive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_memory_base(it: *const Instance) -> *mut u8 {
    (*it)
        .memory0
        .as_ref()
        .map_or(null_mut(), |memory| memory.base)
}

/// Bytes of that memory.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_memory_size(it: *const Instance) -> u64 {
    (*it).memory0.as_ref().map_or(0, |memory| memory.len)
}

/// The embedder's own pointer.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_instance_data(it: *const Instance) -> *mut u8 {
    (*it).host_data
}

/// Sets the embedder's own pointer.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_instance_set_data(it: *mut Instance, data: *mut u8) {
    (*it).host_data = data;
}

/// Makes a memory to import: 0 or [`Failure::NoMemory`]. `flags` are `Memory::CHECKED`,
/// `Memory::SHARED`, `Memory::WIDE` and `Memory::BYTES`.
///
/// # Safety
/// `out` is room for a memory that stays where it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_memory_create(
    min_pages: u64,
    max_pages: u64,
    flags: u32,
    out: *mut Memory,
) -> u32 {
    const KNOWN: u64 = Memory::CHECKED | Memory::SHARED | Memory::WIDE | Memory::BYTES;
    let known = flags & KNOWN as u32;
    // Guards begin at pages of the machine.
    let checked = if u64::from(known) & Memory::BYTES != 0 {
        Memory::CHECKED
    } else {
        0
    };
    let desc = MemoryDesc {
        offset: 0,
        flags: known | checked as u32,
        min_pages,
        max_pages,
    };
    match memory::create(out, &desc) {
        Ok(()) => 0,
        Err(_) => Failure::NoMemory as u32,
    }
}

/// Makes a table to import, all null: 0 or [`Failure::NoMemory`].
///
/// # Safety
/// `out` is room for a table that stays where it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_table_create(min: u64, max: u64, out: *mut Table) -> u32 {
    match table::create(
        out,
        &TableDesc {
            offset: 0,
            elem: 0,
            min,
            max,
        },
    ) {
        Ok(()) => 0,
        Err(_) => Failure::NoMemory as u32,
    }
}

/// Finds an export by name: whether there is one.
///
/// # Safety
/// `len` bytes at `name` are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_export_lookup(
    it: *mut Instance,
    name: *const u8,
    len: usize,
    out: *mut Export,
) -> bool {
    let name = crate::text::bytes(name, len as u64);
    let module = &*(*it).module;
    for i in 0..module.export_count as usize {
        let export = &*module.exports.add(i);
        if crate::text::bytes(export.name, export.name_len) == name {
            out.write(describe(it, export));
            return true;
        }
    }
    false
}

/// # Safety
/// `it` is alive, and `export` is an export of its module.
unsafe fn describe(it: *mut Instance, export: &ExportDesc) -> Export {
    let is_func = export.kind == KIND_FUNC;
    let address = if is_func {
        export.address as *mut u8
    } else {
        resolve(it, export.offset)
    };
    let funcref = if is_func && export.offset != NO_OFFSET {
        resolve(it, export.offset) as *const FuncRef
    } else {
        null()
    };
    Export {
        item: Extern {
            kind: export.kind,
            ty: export.ty,
            address,
            sig: export.sig,
        },
        types: export.types,
        param_count: export.param_count.into(),
        result_count: export.result_count.into(),
        funcref,
    }
}

/// Calls an exported function: 0, or the trap code. `values` holds a slot of 8 bytes for each parameter (v128: two) and
/// gets the results from its start.
///
/// # Safety
/// `export` is a function of this instance, `values` large enough.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_call(
    it: *mut Instance,
    export: *const Export,
    values: *mut u64,
) -> u32 {
    let entry = core::mem::transmute::<*mut u8, ArrayEntry>((*export).item.address);
    run(it, entry, values)
}

/// Runs an entry of the instance's module: 0, or the trap code, and the instance keeps the trap.
///
/// # Safety
/// As [`wative_call`].
pub unsafe fn run(it: *mut Instance, entry: ArrayEntry, values: *mut u64) -> u32 {
    stack::run(entry, it, values, |told| *trace(it) = *told)
}

type TrapCallback = unsafe extern "C" fn(*mut Instance, u32);

/// What C-callable exports do on a trap; 0: tell it and end the process.
static CALLBACK: AtomicUsize = AtomicUsize::new(0);

/// Sets what C-callable exports (`wative_PREFIX__NAME`) do on a trap. The callback runs on the caller's stack and may leave
/// by `longjmp` or an exception; if it returns, the export returns unspecified results. Null brings the default back.
///
/// # Safety
/// The function stays callable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_set_trap_callback(callback: Option<TrapCallback>) {
    CALLBACK.store(
        callback.map_or(0, |f| f as *const () as usize),
        Ordering::Release,
    );
}

/// What a C-callable export runs.
///
/// # Safety
/// Called by compiled code on a stack of any kind.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_call(it: *mut Instance, entry: ArrayEntry, values: *mut u64) {
    let code = run(it, entry, values);
    if code == 0 {
        return;
    }
    let callback = CALLBACK.load(Ordering::Acquire);
    if callback != 0 {
        core::mem::transmute::<usize, TrapCallback>(callback)(it, code);
        return;
    }
    let told = &*trace(it);
    if code == TrapCode::Exit as u32 {
        sys::exit(told.status);
    }
    trap::report(told);
    sys::exit(command::TRAP_STATUS);
}

/// Ends the running computation with a trap, from an imported C function. Returns only where none is running.
///
/// # Safety
/// The C frames up to the call of the module are abandoned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_raise(code: u32) {
    if let Some(code) = TrapCode::from_number(code.min(255) as u8) {
        stack::abandon(code, 0);
    }
}

/// The message of a trap code (no terminator; `*len` bytes), or null.
///
/// # Safety
/// `len` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_trap_message(code: u32, len: *mut usize) -> *const u8 {
    match TrapCode::from_number(code.min(255) as u8) {
        Some(code) => {
            *len = code.message().len();
            code.message().as_ptr()
        }
        None => null(),
    }
}

/// What the last trap of this instance was: whether there was one.
///
/// # Safety
/// `it` is alive, `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_last_trap(it: *const Instance, out: *mut Trap) -> bool {
    let told = &*trace(it);
    out.write(Trap {
        code: told.code,
        status: told.status,
    });
    told.code != 0
}

/// Writes message and backtrace of the instance's last trap into a buffer, ended by a null byte. Answers the number of
/// bytes before it.
///
/// # Safety
/// `it` is alive, `size` bytes at `buf` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_trap_text(it: *const Instance, buf: *mut u8, size: usize) -> usize {
    if size == 0 {
        return 0;
    }
    core::ptr::write_bytes(buf, 0, size);
    let mut out = Text::to_buffer(core::slice::from_raw_parts_mut(buf, size - 1));
    let told = &*trace(it);
    if told.code != 0 {
        trap::describe(told, &mut out);
    }
    out.len()
}

/// Sets the bytes of Wasm stacks made from now on; 0 changes nothing.
#[unsafe(no_mangle)]
pub extern "C" fn wative_set_stack_size(bytes: u64) {
    stack::set_size(bytes);
}

/// Gives WASI its arguments, environment and directories, before the first call of it. `envp` may be null. Everything is
/// used in place. Without this there are no arguments, no environment and no directories.
///
/// # Safety
/// The pointers stay valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_wasi_configure(
    argc: usize,
    argv: *const *const u8,
    envp: *const *const u8,
    config: *const Config,
) {
    let config = if config.is_null() {
        context::get().config
    } else {
        config
    };
    context::set(Context {
        argc,
        argv,
        envp,
        initial: null(),
        config,
    });
    memory::set_limit((*config).memory_limit);
    grant::wative_rt_grant(config);
}
