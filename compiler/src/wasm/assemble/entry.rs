//! The entry of a program: which function it is, and whether it can be called as it will be.

use super::Assembler;
use crate::entity::EntityId;
use crate::ir::*;
use crate::wasm::link;
use crate::wasm::scan::Index;
use crate::{Error, abi, library, show};

impl Assembler<'_> {
    /// Checks that a library has no names of the runtime library.
    fn check_library(&self) -> Result<(), Error> {
        // An open world has one module.
        let input = &self.inputs[0];
        if !library::is_reserved(&input.name) {
            return Ok(());
        }
        let name = show::name(&input.name);
        let reason = format!("names beginning with `{name}` are those of the runtime library");
        Err(Error::new(reason)
            .in_file(&input.path)
            .help("choose another prefix with --prefix"))
    }

    /// Finds the main module, checks the entry, and keeps only the exports that the kind of entry can use.
    pub(super) fn entry(&mut self) -> Result<ModuleId, Error> {
        if self.flat.is_some() {
            // The state's module has the only export that matters.
            for id in self.program.modules.ids().skip(1) {
                self.program.modules[id].exports.clear();
            }
            return Ok(self.program.main);
        }
        let entry = match &self.options.entry {
            EntryKind::Command => "_start",
            EntryKind::Invoke(name) => name,
            EntryKind::Calls(_) | EntryKind::Hosted => {
                unreachable!("only components are called so")
            }
            EntryKind::Script | EntryKind::None | EntryKind::Library => {
                if self.options.entry == EntryKind::Library {
                    self.check_library()?;
                }
                let last = self
                    .links
                    .order
                    .iter()
                    .position(|&i| i + 1 == self.inputs.len());
                self.program.main = ModuleId::from_u32(last.unwrap_or(0) as u32);
                return Ok(self.program.main);
            }
        };
        let input = (0..self.inputs.len()).rev().find(|&i| {
            self.scans[i]
                .exports
                .iter()
                .any(|e| e.name == entry && matches!(e.index, Index::Func(_)))
        });
        let Some(input) = input else {
            return Err(self.no_entry(entry));
        };
        let main = self.links.order.iter().position(|&i| i == input);
        let main = ModuleId::from_u32(main.expect("every input is linked") as u32);
        let mut kept = vec![entry];
        match self.options.entry {
            EntryKind::Command => self.check_plain(main, "_start")?,
            _ => self.check_invoked(main, entry)?,
        }
        // It runs before the entry, in commands too.
        if entry != "_initialize" {
            self.check_plain(main, "_initialize")?;
            kept.push("_initialize");
        }
        if self.starts_threads(main) {
            kept.push(abi::THREAD_START);
            self.program.thread_block = Some(Vec::new());
            self.program.thread_heap = self.place(ModuleId::from_u32(0), 8, 8);
        }
        for id in self.program.modules.ids() {
            let exports = &mut self.program.modules[id].exports;
            exports.retain(|e| id == main && kept.contains(&&e.name[..]));
        }
        self.program.main = main;
        Ok(main)
    }

    /// The type of a function that a module exports, if it does.
    fn exported_type(&self, module: ModuleId, name: &str) -> Option<&FuncType> {
        let mut exports = self.program.modules[module].exports.iter();
        exports.find_map(|export| match export.entity {
            Entity::Func(func) if export.name == name => {
                Some(&self.program.types[self.program.funcs[func].sig])
            }
            _ => None,
        })
    }

    /// Checks the type of a function that a program begins with, if it is exported.
    fn check_plain(&self, main: ModuleId, name: &str) -> Result<(), Error> {
        match self.exported_type(main, name) {
            Some(ty) if *ty != FuncType::default() => {
                let ty = link::func_type(ty, &self.program.types);
                Err(Error::new(format!(
                    "`{name}` has type {ty}; that of a command takes and returns nothing"
                ))
                .in_file(&self.program.modules[main].path)
                .help(format!("call it with --invoke {name}")))
            }
            _ => Ok(()),
        }
    }

    /// Checks that the arguments of a process can be given to a function, and its results printed.
    fn check_invoked(&self, main: ModuleId, name: &str) -> Result<(), Error> {
        let Some(ty) = self.exported_type(main, name) else {
            return Ok(());
        };
        let refuse = |reason: String| {
            Err(
                Error::new(format!("cannot call `{}`: {reason}", show::name(name)))
                    .in_file(&self.program.modules[main].path)
                    .help("call a function with numbers; or use --emit obj and call it from C"),
            )
        };
        let max = abi::INVOKE_MAX_VALUES;
        for (values, what) in [(&ty.params, "parameters"), (&ty.results, "results")] {
            if values.len() > max {
                let count = values.len();
                return refuse(format!(
                    "it has {count} {what}, and a command line is for at most {max}"
                ));
            }
        }
        match ty.params.iter().position(|param| param.as_ref().is_some()) {
            Some(at) => refuse(format!(
                "parameter {} is a reference, which no argument can give",
                at + 1
            )),
            None => Ok(()),
        }
    }

    fn no_entry(&self, entry: &str) -> Error {
        let Some(last) = self.inputs.len().checked_sub(1) else {
            return Error::new("there is no module to compile");
        };
        let funcs: Vec<String> = self.scans[last]
            .exports
            .iter()
            .filter(|e| matches!(e.index, Index::Func(_)))
            .map(|e| show::name(&e.name))
            .collect();
        let listed = funcs[..funcs.len().min(20)].join(", ");
        let more = if funcs.len() > 20 { ", …" } else { "" };
        let error = Error::new(format!("no function `{}` is exported", show::name(entry)))
            .in_file(&self.inputs[last].path);
        if funcs.is_empty() {
            return error
                .help("the module exports no function, so an executable of it can do nothing");
        }
        match self.options.entry {
            EntryKind::Command => error.help(format!(
                "this is no command; call an export with --invoke NAME. Exported functions: {listed}{more}"
            )),
            _ => error.help(format!("exported functions: {listed}{more}")),
        }
    }
}
