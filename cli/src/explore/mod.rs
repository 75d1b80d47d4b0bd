//! `wative explore`: a page that shows what becomes of a module, function by function: source, WebAssembly, IR, machine code.
//!
//! ```text
//! modules --compiler--> functions at their stages --record--> lines with places --pack--> base64 of deflated JSON
//! page.html + style.css + explore.js + all of these --html--> one file
//! ```
//!
//! Security: whatever comes from modules and sources reaches the page as base64 of JSON, so that none of it is ever read as HTML, and the script puts it there as text alone.
//! The page's own policy forbids everything but its own style and its own script.
//!
//! Invariant: the page depends on the modules, the sources and the options, not on threads or time.

mod html;
mod module;
mod profile;
mod record;
mod sources;

use serde::Serialize;
use wative_compiler::demangle::demangle;
use wative_compiler::entity::EntityId;
use wative_compiler::ir::FuncKind;
use wative_compiler::stages::Stages;
use wative_compiler::wasm::Front;
use wative_compiler::{Error, Input, Options, obj, show};

use crate::driver;
use module::Module;
pub use profile::Profile;
use record::Record;
pub use sources::{SourceRoot, Sources};

/// What the page shows before a function is chosen, by columns: one value for each function.
#[derive(Serialize)]
struct Index<'a> {
    title: &'a str,
    /// Target, level of optimisation and the like.
    about: &'a [String],
    version: &'static str,
    modules: &'a [String],
    names: Vec<&'a str>,
    /// The names of symbols, where they are others; else empty.
    symbols: Vec<&'a str>,
    module: Vec<usize>,
    wasm: Vec<usize>,
    native: Vec<usize>,
    /// Nothing if there is no profile.
    samples: Option<Vec<u64>>,
    /// Characters of each function's record in the page.
    packed: Vec<usize>,
}

/// One function's part of the page.
struct Row {
    name: String,
    symbol: String,
    module: usize,
    wasm: usize,
    native: usize,
    samples: u64,
    packed: String,
}

/// What all functions are shown with.
struct Context<'a> {
    modules: Vec<Module<'a>>,
    /// By number of a function in the program: its place on the page.
    shown: Vec<Option<usize>>,
    sources: Sources,
    profile: Option<Profile>,
}

impl<'a> Context<'a> {
    fn new(front: &'a Front<'a>, sources: Sources, profile: Option<Profile>) -> Context<'a> {
        let program = &front.program;
        let mut shown = vec![None; program.funcs.len()];
        for (place, &func) in program.compiled.iter().enumerate() {
            shown[func.index()] = Some(place);
        }
        let modules = program.modules.ids();
        Context {
            modules: modules.map(|module| Module::new(front, module)).collect(),
            shown,
            sources,
            profile,
        }
    }

    fn row(&self, front: &Front, stages: &Stages) -> Row {
        let decl = &front.program.funcs[stages.func];
        let (name, symbol) = (show::name(&demangle(&decl.name)), show::name(&decl.name));
        Row {
            symbol: if symbol == name {
                String::new()
            } else {
                symbol
            },
            name,
            module: front.input_of[decl.module.index()],
            wasm: match &decl.kind {
                FuncKind::Defined { body } => body.len(),
                _ => 0,
            },
            native: stages.code_len,
            samples: self.profile.as_ref().map_or(0, |profile| {
                let symbol = obj::local_symbol(&front.program, decl, stages.func);
                profile.of(&symbol, &decl.name)
            }),
            packed: html::pack(&Record::new(front, self, stages)),
        }
    }
}

/// The page for modules that are compiled with these options. `title` and `about` are what its head says of them.
///
/// # Errors
///
/// As the compiler's.
pub fn page(
    inputs: &[Input],
    options: &Options,
    (title, about): (&str, &[String]),
    sources: Sources,
    profile: Option<Profile>,
) -> Result<String, Error> {
    let mut modules = Vec::new();
    let is_profiled = profile.is_some();
    let rows = driver::on_large_stack(|| {
        wative_compiler::view_stages(inputs, options, |front| {
            let names = front.inputs.iter().map(|input| show::name(&input.name));
            modules = names.collect();
            let cx = Context::new(front, sources, profile);
            Box::new(move |stages| cx.row(front, stages))
        })
    })?;
    let records: Vec<&str> = rows.iter().map(|row| row.packed.as_str()).collect();
    let index = Index {
        title,
        about,
        version: env!("CARGO_PKG_VERSION"),
        modules: &modules,
        names: rows.iter().map(|row| row.name.as_str()).collect(),
        symbols: rows.iter().map(|row| row.symbol.as_str()).collect(),
        module: rows.iter().map(|row| row.module).collect(),
        wasm: rows.iter().map(|row| row.wasm).collect(),
        native: rows.iter().map(|row| row.native).collect(),
        samples: is_profiled.then(|| rows.iter().map(|row| row.samples).collect()),
        packed: records.iter().map(|record| record.len()).collect(),
    };
    Ok(html::page(&html::pack(&index), &records))
}
