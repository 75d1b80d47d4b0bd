//! Which function each thread is compiling, so that the message about a bug can name it.

use crate::ir::FuncDecl;
use crate::show;
use std::cell::RefCell;

thread_local! {
    static CURRENT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The calling thread begins to compile this function.
pub(crate) fn begin(decl: &FuncDecl) {
    CURRENT.with_borrow_mut(|text| {
        text.clear();
        text.push_str(&show::name(&decl.name));
        // Functions that the compiler makes have no index.
        if decl.index != u32::MAX {
            text.push_str(&format!(" (index {})", decl.index));
        }
    });
}

/// The function that the calling thread compiled last, if any: for a panic hook.
pub fn function() -> Option<String> {
    let text = CURRENT.try_with(|text| text.try_borrow().map(|text| text.clone()).ok());
    text.ok().flatten().filter(|text| !text.is_empty())
}
