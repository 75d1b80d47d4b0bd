//! Initial values of globals, as far as they are known.
//!
//! A constant expression can only read globals that never change, of modules that may come later in the order (they import from each
//! other), so values are found in the order of what needs what.

use crate::Error;
use crate::entity::EntityId;
use crate::ir::*;
use crate::wasm::consts::{ConstExpr, ConstOp};
use crate::wasm::facts::initial_value;
use crate::wasm::scan::Scan;
use std::collections::HashMap;

/// Sets the constants and the initial contents of instances. `scans` is by module.
pub fn set(program: &mut Program, scans: &[&Scan]) -> Result<(), Error> {
    let mut inits: HashMap<GlobalId, (ModuleId, &ConstExpr)> = HashMap::new();
    let mut order = Vec::new();
    for (id, module) in program.modules.iter() {
        let scan = scans[id.index()];
        let own = &module.globals[scan.imported_globals..];
        for (&global, init) in own.iter().zip(&scan.global_inits) {
            inits.insert(global, (id, init));
            order.push(global);
        }
    }
    // Whether a global's value was set; those in between are being worked on.
    let mut done: HashMap<GlobalId, bool> = HashMap::new();
    for global in order {
        let mut work = vec![global];
        while let Some(&global) = work.last() {
            let Some(&(module, init)) = inits.get(&global) else {
                // The embedder's.
                work.pop();
                continue;
            };
            let begun = done.get(&global).copied();
            if begun == Some(true) {
                work.pop();
                continue;
            }
            let globals = &program.modules[module].globals;
            let mut needs = init.iter().filter_map(|op| match op {
                ConstOp::GlobalGet(index) => Some(globals[*index as usize]),
                _ => None,
            });
            let missing = needs.find(|it| inits.contains_key(it) && done.get(it) != Some(&true));
            match missing {
                Some(other) if done.contains_key(&other) => {
                    return Err(circle(&program.modules[module]));
                }
                Some(other) => {
                    done.insert(global, false);
                    work.push(other);
                }
                None => {
                    set_one(program, module, global, init);
                    done.insert(global, true);
                    work.pop();
                }
            }
        }
    }
    Ok(())
}

fn circle(module: &Module) -> Error {
    Error::new("the value of a global depends on itself, through globals of other modules")
        .in_file(&module.path)
        .help("give one of them a value that is known without the others")
}

fn set_one(program: &mut Program, module: ModuleId, global: GlobalId, init: &ConstExpr) {
    let value = initial_value(program, module, init);
    let decl = &mut program.globals[global];
    let Place::Own(offset) = decl.place else {
        unreachable!("a defined global has a cell")
    };
    if !decl.mutable {
        decl.constant = value;
    }
    if let Some(value) = value.filter(|v| *v != 0) {
        let bytes = global_cell_size(decl.ty) as usize;
        let bytes = value.to_le_bytes()[..bytes].to_vec();
        program.modules[module].template.push((offset, bytes));
    }
}
