//! Symbols that are referred to by name, in the order of their first use.

use super::section::{At, ExternId};
use std::collections::HashMap;

/// A symbol that the linker resolves.
#[derive(Debug)]
pub struct Extern {
    pub name: String,
    /// Where this object defines it, weakly: the linker takes one definition of all objects. `None`: defined elsewhere.
    pub weak: Option<At>,
}

/// All of them, each name once.
#[derive(Debug, Default)]
pub struct Externs {
    list: Vec<Extern>,
    by_name: HashMap<String, ExternId>,
}

impl Externs {
    /// The symbol of this name; `weak` makes its definition when it is new.
    pub fn get(&mut self, name: &str, weak: impl FnOnce() -> Option<At>) -> ExternId {
        if let Some(&id) = self.by_name.get(name) {
            return id;
        }
        let id = ExternId(self.list.len() as u32);
        self.list.push(Extern {
            name: name.to_string(),
            weak: weak(),
        });
        self.by_name.insert(name.to_string(), id);
        id
    }

    /// In order of their ids.
    pub fn iter(&self) -> std::slice::Iter<'_, Extern> {
        self.list.iter()
    }
}
