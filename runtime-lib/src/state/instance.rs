//! Bringing a module instance to life: its memories and tables, the mapped part of their contents, and the compiled
//! initialiser (segments and start function).

use crate::abi::{
    GcDesc, INSTANCE_HEADER, ImagePart, Instance, InstanceObjects, Memory, ModuleDesc,
};
use crate::fault::code;
use crate::fault::unwind::Trace;
use crate::state::{memory, stack, table};
use crate::sys;
use core::sync::atomic::{AtomicBool, Ordering};

/// The entity at an offset in an instance.
///
/// # Safety
/// The offset is from the instance's module.
pub unsafe fn at<T>(instance: *mut Instance, offset: u32) -> *mut T {
    (instance as *mut u8).add(offset as usize) as *mut T
}

/// What an instance has for its objects, if its module has any (open world).
///
/// # Safety
/// The instance is alive.
pub unsafe fn objects(instance: *mut Instance) -> Option<*mut InstanceObjects> {
    let has = (*(*instance).module).flags & ModuleDesc::OBJECTS != 0;
    has.then(|| at(instance, INSTANCE_HEADER))
}

/// What the collector knows of a module that has objects (open world).
///
/// # Safety
/// It is a descriptor of the compiler's with [`ModuleDesc::OBJECTS`].
pub unsafe fn gc_desc(module: *const ModuleDesc) -> *const GcDesc {
    *(module.add(1) as *const *const GcDesc)
}

/// Makes what the module defines in its instance, registers its code and runs its initialiser: 0, or the trap, which `tell` gets to know.
/// `Err` where the system has no room; memories and tables made until then stay, see [`destroy_entities`].
///
/// # Safety
/// The instance's head and imports are filled in, nothing else was made yet.
pub unsafe fn start(
    module: &ModuleDesc,
    instance: *mut Instance,
    tell: impl FnOnce(&Trace),
) -> sys::Result<u32> {
    create(module, instance)?;
    Ok(initialise(module, instance, tell))
}

/// The first half of [`start`]: all but the initialiser.
///
/// # Safety
/// As for [`start`].
pub unsafe fn create(module: &ModuleDesc, instance: *mut Instance) -> sys::Result<()> {
    for i in 0..module.memory_count as usize {
        let desc = &*module.memories.add(i);
        memory::create(at::<Memory>(instance, desc.offset), desc)?;
    }
    create_tables(module, instance)?;
    for i in 0..module.image_count as usize {
        map_image(&*module.images.add(i));
    }
    code::register(module.code)
}

/// The second half.
///
/// # Safety
/// The first half is done, also for the modules from which this one imports.
pub unsafe fn initialise(
    module: &ModuleDesc,
    instance: *mut Instance,
    tell: impl FnOnce(&Trace),
) -> u32 {
    match module.init {
        Some(init) => stack::run(init, instance, core::ptr::null_mut(), tell),
        None => 0,
    }
}

/// Makes the tables that a module defines, in an instance of it.
///
/// # Safety
/// They are not in use.
pub unsafe fn create_tables(module: &ModuleDesc, instance: *mut Instance) -> sys::Result<()> {
    for i in 0..module.table_count as usize {
        let desc = &*module.tables.add(i);
        table::create(at(instance, desc.offset), desc)?;
    }
    Ok(())
}

/// Gives them back; what is zero was not made.
///
/// # Safety
/// Nothing uses them any more.
pub unsafe fn destroy_tables(module: &ModuleDesc, instance: *mut Instance) {
    for i in 0..module.table_count as usize {
        table::destroy(&*at(instance, (*module.tables.add(i)).offset));
    }
}

/// Whether pages of the executable were copied that could not be moved.
static COPIED: AtomicBool = AtomicBool::new(false);

/// Brings back the initial contents of memories that were restored, as far as they do not come back by themselves.
///
/// # Safety
/// The module's instance was made, and its memories were restored.
pub unsafe fn restore_images(module: &ModuleDesc) {
    for i in 0..module.image_count as usize {
        let image = &*module.images.add(i);
        if (*image.memory).flags & Memory::CHECKED != 0 || COPIED.load(Ordering::Relaxed) {
            copy_image(image);
        }
    }
}

/// # Safety
/// The image's bytes were not moved, and its memory has room for them.
unsafe fn copy_image(image: &ImagePart) {
    let memory = &*image.memory;
    if memory::within(image.dst, image.len, memory.len) {
        let dst = memory.base.add(image.dst as usize);
        core::ptr::copy_nonoverlapping(image.bytes, dst, image.len as usize);
    }
}

/// Moves pages of the executable into a memory, or copies them where they cannot be moved.
///
/// # Safety
/// `image` is of the program, its memory is made, and nothing refers to the bytes of the executable any more.
unsafe fn map_image(image: &ImagePart) {
    let memory = &*image.memory;
    if !memory::within(image.dst, image.len, memory.len) {
        sys::fatal("wative: an image part lies outside its memory\n")
    }
    let dst = memory.base.add(image.dst as usize);
    if memory.flags & Memory::CHECKED != 0 {
        copy_image(image);
    } else if sys::mremap_onto(image.bytes, image.len as usize, dst).is_err() {
        COPIED.store(true, Ordering::Relaxed);
        copy_image(image);
    }
}

/// Gives back what [`start`] made.
///
/// # Safety
/// Nothing uses the instance any more. Its entity area was zero before [`start`].
pub unsafe fn destroy_entities(module: &ModuleDesc, instance: *mut Instance) {
    for i in 0..module.memory_count as usize {
        let memory = at::<Memory>(instance, (*module.memories.add(i)).offset);
        if !(*memory).base.is_null() {
            memory::destroy(&*memory);
        }
    }
    destroy_tables(module, instance);
}
