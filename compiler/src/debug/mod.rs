//! Debugging information: the DWARF of modules, translated to that of native code.
//!
//! ```text
//! custom sections --module--> lines, scopes of a module
//! compiled functions --frames--> for each piece of code the places and scopes that it comes from
//! both --units, lines--> DWARF 5 in memory --sections--> bytes with addresses left to the linker
//! ```
//!
//! A location travels through the compiler as the [`Origin`](crate::ir::Origin) of each instruction, whatever passes do with it, so the translation
//! asks for nothing else. `backtraces` makes of it what the runtime shows when a program traps.
//!
//! Invariant: DWARF is untrusted and has no meaning for execution. What is damaged in it is left out; it is never an error.

pub mod backtraces;
mod frames;
mod lines;
mod locations;
pub mod module;
pub mod names;
mod sections;
mod units;
mod variables;

use crate::entity::Arena;
use crate::ir::{FuncId, FuncKind, ModuleId, Program};
use crate::mach::compiled::CompiledFunc;
pub use frames::{Place, places};
use module::Module;
pub use sections::{Fixup, Section, Target};
use std::collections::HashMap;

/// The DWARF of a program's modules.
#[derive(Default)]
pub struct Modules<'a> {
    list: Arena<ModuleId, Option<Module<'a>>>,
}

impl<'a> Modules<'a> {
    /// Modules in the program's order, as far as they have DWARF.
    pub fn new(list: impl Iterator<Item = Option<Module<'a>>>) -> Modules<'a> {
        Modules {
            list: list.collect(),
        }
    }

    /// A module's.
    pub fn get(&self, module: ModuleId) -> Option<&Module<'a>> {
        let number = crate::entity::EntityId::index(module);
        self.list.values().nth(number)?.as_ref()
    }

    /// The locals in which functions have the addresses of their frames in linear memory.
    pub fn frame_locals(&self, program: &Program) -> HashMap<FuncId, u32> {
        self.of_functions(program, locations::frame_local)
    }

    /// The locals and operands that variables of functions are in.
    pub fn watched(&self, program: &Program) -> HashMap<FuncId, Vec<u32>> {
        self.of_functions(program, |module, scope| {
            Some(variables::watched(module, scope))
        })
    }

    /// What the scopes of compiled functions say.
    fn of_functions<T>(
        &self,
        program: &Program,
        find: impl Fn(&Module, usize) -> Option<T>,
    ) -> HashMap<FuncId, T> {
        let of_function = |&func: &FuncId| {
            let decl = &program.funcs[func];
            let FuncKind::Defined { body } = &decl.kind else {
                return None;
            };
            let module = self.get(decl.module)?;
            let path = module.path(module.address(body.start as u32));
            Some((func, find(module, *path.first()?)?))
        };
        program.compiled.iter().filter_map(of_function).collect()
    }

    fn iter(&self) -> impl Iterator<Item = (ModuleId, &Module<'a>)> {
        let modules = self.list.iter();
        modules.filter_map(|(id, module)| Some((id, module.as_ref()?)))
    }
}

/// The debugging sections of compiled functions, which lie at these offsets of the text section.
pub fn translate(
    program: &Program,
    modules: &Modules,
    funcs: &[CompiledFunc],
    offsets: &[u32],
) -> Vec<Section> {
    let mut units = units::Units::new(program, modules);
    let all = funcs.iter().zip(offsets);
    for (func, &offset) in all.filter(|(func, _)| !func.code.is_empty()) {
        units.add_function(func, offset);
    }
    sections::write(units.finish())
}
