//! Imports that nothing provides: one message for all of them.

use super::flat::Flat;
use super::wit;
use crate::Error;
use crate::ir::component::CFuncType;
use crate::show;
use std::rc::Rc;

/// An import that cannot be had.
#[derive(Debug)]
pub struct Unresolved {
    /// The file that imports it.
    file: Rc<str>,
    problem: String,
}

impl Unresolved {
    pub fn new(file: &Rc<str>, problem: String) -> Unresolved {
        let file = file.clone();
        Unresolved { file, problem }
    }
}

/// The name of an import in messages. `interface`: empty if it is imported by itself.
pub fn shown(interface: &str, name: &str) -> String {
    let shown = format!("{} {}", show::name(interface), show::name(name));
    shown.trim_start().to_string()
}

/// What is said of an unknown import.
pub fn import(interface: &str, name: &str) -> String {
    format!("unknown import: {}", shown(interface, name))
}

/// Likewise, of a function.
pub fn function(flat: &Flat, interface: &str, name: &str, ty: &CFuncType) -> String {
    format!("{}: {}", import(interface, name), wit::func(flat, ty))
}

/// One error for several imports, each with its file where there are several of those.
pub fn error(problems: &[Unresolved]) -> Error {
    let file = problems.first().map_or("", |first| &first.file);
    let is_one_file = problems.iter().all(|it| &*it.file == file);
    let error = match problems {
        [one] => Error::new(&one.problem),
        all => {
            let list = all.iter().map(|it| match is_one_file {
                true => format!("\n  {}", it.problem),
                false => format!("\n  {}: {}", show::name(&it.file), it.problem),
            });
            let list: String = list.collect();
            Error::new(format!("{} imports cannot be resolved:{list}", all.len()))
        }
    };
    error.in_file(file)
}
