//! Instances as they were before anything ran, to begin anew from: a server gives every request fresh ones.
//!
//! What lies in instances is copied back. Memories are not copied: their pages are forgotten, so that fresh ones come, zero or from the executable, only as far as
//! they are touched.

use crate::abi::{Memory, ModuleDesc, ProgramDesc, Table};
use crate::state::instance::{self, at};
use crate::state::{memory, table};
use crate::sys;

/// The copy of all instances, one behind the other.
pub struct Snapshot {
    program: *const ProgramDesc,
    copy: *mut u8,
}

/// Modules with their instances' places in the copy.
///
/// # Safety
/// The program is linked.
unsafe fn modules(
    program: *const ProgramDesc,
) -> impl Iterator<Item = (&'static ModuleDesc, usize)> {
    let mut place = 0;
    (0..(*program).module_count as usize).map(move |i| {
        // SAFETY: the program's description is constant.
        let module = unsafe { &**(*program).modules.add(i) };
        let here = place;
        place += (module.instance_size as usize).next_multiple_of(16);
        (module, here)
    })
}

impl Snapshot {
    /// Copies what is there.
    ///
    /// # Safety
    /// All instances of the program are made, and nothing has run.
    pub unsafe fn take(program: *const ProgramDesc) -> sys::Result<Snapshot> {
        let size = modules(program)
            .map(|(module, at)| at + module.instance_size as usize)
            .max();
        let copy = sys::mmap(size.unwrap_or(1).max(1), sys::PROT_READ | sys::PROT_WRITE)?;
        for (module, place) in modules(program) {
            let from = module.instance as *const u8;
            core::ptr::copy_nonoverlapping(from, copy.add(place), module.instance_size as usize);
        }
        Ok(Snapshot { program, copy })
    }

    /// Makes everything as it was.
    ///
    /// # Safety
    /// No compiled code runs.
    pub unsafe fn restore(&self) -> sys::Result<()> {
        for (module, place) in modules(self.program) {
            let (it, copy) = (module.instance, self.copy.add(place));
            for i in 0..module.memory_count as usize {
                let desc = &*module.memories.add(i);
                let memory = at::<Memory>(it, desc.offset);
                memory::restore(&mut *memory, desc)?;
                core::ptr::copy_nonoverlapping(memory, at(copy as *mut _, desc.offset), 1);
            }
            for i in 0..module.table_count as usize {
                let desc = &*module.tables.add(i);
                let table = at::<Table>(it, desc.offset);
                table::restore(&mut *table, desc)?;
                core::ptr::copy_nonoverlapping(table, at(copy as *mut _, desc.offset), 1);
            }
            core::ptr::copy_nonoverlapping(copy, it as *mut u8, module.instance_size as usize);
        }
        // The memories that they go to may belong to other modules.
        for (module, _) in modules(self.program) {
            instance::restore_images(module);
        }
        Ok(())
    }
}
