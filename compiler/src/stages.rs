//! Functions at each stage of their way, for tools that show what becomes of a module (`wative explore`).

use crate::ir::{FuncId, Inlined, TextLine};

/// A function at each stage.
///
/// A line has the place in WebAssembly that it comes from; [`debug::places`](crate::debug::places) says what functions that is in, where calls were inlined.
#[derive(Clone, Debug)]
pub struct Stages {
    pub func: FuncId,
    /// The IR that the front end makes: without what it folds while it does, unless nothing is to be optimised.
    pub translated: Vec<TextLine>,
    /// The IR after all passes that do not depend on how instances lie in memory.
    pub optimised: Vec<TextLine>,
    /// The machine code.
    pub code: Vec<TextLine>,
    /// Bytes of the machine code, with its constants and jump tables.
    pub code_len: usize,
    /// What places in inlined functions refer to.
    pub inlined: Vec<Inlined>,
}

/// What looks at the functions of a program.
pub type Viewer<'f, T> = Box<dyn Fn(&Stages) -> T + Sync + 'f>;
