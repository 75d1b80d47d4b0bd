//! Programs that start threads: which those are, and what they must be like.

use super::{Assembler, Entity, FuncKind, ModuleId};
use crate::wasm::link;
use crate::{Error, abi, host, mangle};

impl Assembler<'_> {
    /// Whether a module can start threads, and the main one has something for them to do. Otherwise starting one fails at run time.
    pub(super) fn starts_threads(&self, main: ModuleId) -> bool {
        let (module, name) = host::THREAD_SPAWN;
        let spawn = FuncKind::Import {
            symbol: mangle::import_symbol(module, name),
            given: None,
        };
        let exports = &self.program.modules[main].exports;
        self.program.funcs.values().any(|func| func.kind == spawn)
            && exports.iter().any(|export| {
                export.name == abi::THREAD_START && matches!(export.entity, Entity::Func(_))
            })
    }

    /// Checks what a program that starts threads must be like: they share every memory.
    pub(super) fn threads(&self) -> Result<(), Error> {
        if self.program.thread_block.is_none() {
            return Ok(());
        }
        let main = &self.program.modules[self.program.main];
        for export in main.exports.iter().filter(|e| e.name == abi::THREAD_START) {
            let Entity::Func(func) = export.entity else {
                continue;
            };
            let ty = &self.program.types[self.program.funcs[func].sig];
            if *ty != host::thread_start_type() {
                let (is, wanted) = (
                    link::func_type(ty, &self.program.types),
                    link::func_type(&host::thread_start_type(), &self.program.types),
                );
                return Err(Error::new(format!(
                    "`{}` has type {is}; threads are started with {wanted}",
                    abi::THREAD_START
                ))
                .in_file(&main.path));
            }
        }
        if let Some(memory) = self.program.memories.values().find(|m| !m.shared) {
            let path = &self.program.modules[memory.module].path;
            return Err(Error::new(
                "the program starts threads, but has a memory that they cannot share",
            )
            .in_file(path)
            .help("link it with --shared-memory --import-memory --max-memory=BYTES"));
        }
        Ok(())
    }
}
