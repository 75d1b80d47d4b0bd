//! The front end: from modules in binary format to the [`Program`](crate::ir::Program) and the IR of each function.
//!
//! ```text
//! bytes --scan--> sections --bodies--> validated, summaries --link--> imports resolved
//!       --assemble--> Program, facts --translate, synth--> ir::Func, one at a time
//! ```
//!
//! Architecture invariant: nothing is compiled before everything was validated, and after that no input can fail. Everything but
//! `assemble` works on one module or one function at a time, without shared mutable state.

pub(crate) mod assemble;
pub(crate) mod bodies;
pub mod canon;
pub(crate) mod consts;
pub(crate) mod counts;
pub(crate) mod facts;
pub mod features;
pub(crate) mod forwards;
pub(crate) mod images;
pub mod legend;
pub mod link;
pub(crate) mod locals;
pub(crate) mod names;
pub(crate) mod operators;
pub(crate) mod ops;
pub(crate) mod reach;
pub(crate) mod reentry;
pub(crate) mod scan;
pub(crate) mod sites;
pub mod subjects;
pub(crate) mod synth;
pub(crate) mod translate;
pub(crate) mod types;
pub mod watch;

use crate::component::flat::Flat;
use crate::ir::graph::CallGraph;
use crate::ir::{Besides, Func, FuncId, FuncKind, ModuleId, Program, ValType};
use crate::options::{Input, Options};
use crate::{Error, entity::EntityId};
use assemble::segments::Plan;
use bodies::Summary;
use scan::Scan;
use std::collections::HashMap;
use std::iter;
use std::ops::Range;
use types::TypeSet;
use wasmparser::{BinaryReader, FunctionBody};

/// The validated inputs and the program made of them.
pub struct Front<'a> {
    pub inputs: &'a [Input],
    /// By input.
    pub scans: Vec<Scan>,
    /// Input of each module of the program.
    pub input_of: Vec<usize>,
    pub program: Program,
    pub calls: CallGraph,
    /// What instantiation of each module does with active segments.
    pub plans: Vec<Plan>,
    /// By input and body: [`Summary::tested`].
    pub tested: Vec<Vec<Vec<(u32, Besides)>>>,
    /// As `Options::deterministic`.
    pub deterministic: bool,
    counts: HashMap<FuncId, counts::Counts>,
    /// For debuggers: the locals with the addresses of functions' frames in linear memory.
    pub frame_locals: HashMap<FuncId, u32>,
    /// Likewise: what variables of the source are in ([`watch`]).
    pub watched: HashMap<FuncId, Vec<u32>>,
}

/// Reads, validates and links the inputs.
///
/// With a component the inputs are those of [`Flat::inputs`].
pub fn front<'a>(
    inputs: &'a [Input],
    flat: Option<&Flat>,
    options: &Options,
) -> Result<Front<'a>, Error> {
    let mut scans = Vec::new();
    let has_objects = inputs
        .iter()
        .any(|input| types::names_objects(&input.bytes));
    let mut types = TypeSet::new(has_objects);
    let mut summaries: Vec<Vec<Summary>> = Vec::new();
    for input in inputs {
        let scan = scan::scan(input, options.features & features::SUPPORTED, &mut types)?;
        summaries.push(bodies::validate(input, &scan, options.jobs)?);
        scans.push(scan);
    }
    let mut front = assemble::assemble(inputs, flat, scans, types, &summaries, options)?;
    let of_bodies = |bodies: Vec<Summary>| bodies.into_iter().map(|it| it.tested).collect();
    front.tested = summaries.into_iter().map(of_bodies).collect();
    counts::assign(&mut front, options);
    Ok(front)
}

/// Most that values of start functions may take, without what they refer to: lists of fixed lengths can be of any size.
const MAX_BYTES_OF_VALUES: u64 = 1 << 28;

/// Bytes that the values of start functions take, for [`Flat::inputs`].
///
/// # Errors
/// They are very many.
pub fn bytes_of_values(flat: &Flat) -> Result<u32, Error> {
    match assemble::components::values(flat).1 {
        bytes if bytes <= MAX_BYTES_OF_VALUES => Ok(bytes as u32),
        _ => Err(Error::new(
            "the values of the start functions of components take more than 256 MiB",
        )),
    }
}

/// Index, type and name of locals.
pub type NamedLocals = Vec<(u32, ValType, String)>;

/// Locals of a function that debuggers are told of: each is looked for at every block.
const MAX_LOCALS: u32 = 1000;

impl Front<'_> {
    /// The sections of a module for debuggers, by name, and the bytes of the file that its functions' bodies are in.
    pub fn debug_sections(&self, module: ModuleId) -> (Vec<(&str, &[u8])>, Range<u64>) {
        let input = self.input_of[module.index()];
        let (scan, bytes) = (&self.scans[input], &self.inputs[input].bytes);
        let sections = scan.debug.iter();
        let sections = sections.map(|(name, range)| (name.as_str(), &bytes[range.clone()]));
        let start = scan.code_start.unwrap_or(0);
        let end = scan.bodies.last().map_or(start, |body| body.end as u64);
        (sections.collect(), start..end)
    }

    /// The locals of a module's functions that have names. Functions without are left out, and so are locals from number `MAX_LOCALS` on.
    pub fn named_locals(&self, module: ModuleId) -> Vec<(FuncId, NamedLocals)> {
        let input = self.input_of[module.index()];
        let (scan, bytes) = (&self.scans[input], &self.inputs[input].bytes);
        let names = names::Extended::read(bytes, &scan.name_sections);
        let types = types::Names::new(&self.program.types, &self.program.modules[module].types);
        let mut found = Vec::new();
        for &id in &self.program.modules[module].funcs {
            let decl = &self.program.funcs[id];
            let FuncKind::Defined { body } = &decl.kind else {
                continue;
            };
            if decl.module != module {
                continue;
            }
            let params = self.program.types[decl.sig].params.iter().copied();
            let reader = BinaryReader::new(&bytes[body.clone()], body.start as u64);
            let declared = FunctionBody::new(reader).get_locals_reader();
            let declared = declared.into_iter().flatten().map_while(Result::ok);
            let declared =
                declared.flat_map(|(count, ty)| iter::repeat_n(types.val_type(ty), count as usize));
            let locals = (0..MAX_LOCALS).zip(params.chain(declared));
            let named = locals.filter_map(|(index, ty)| {
                Some((index, ty, names.local(decl.index, index)?.to_owned()))
            });
            let named: Vec<_> = named.collect();
            if !named.is_empty() {
                found.push((id, named));
            }
        }
        found
    }

    /// The IR of a function that is in `program.compiled`.
    pub fn build_func(&self, func: FuncId, fold: bool) -> Func {
        let decl = &self.program.funcs[func];
        let input = self.input_of[decl.module.index()];
        match &decl.kind {
            FuncKind::Defined { body } => {
                let scan = &self.scans[input];
                let tested = &self.tested[input][decl.index as usize - scan.imported_funcs];
                let options = translate::Options {
                    fold,
                    deterministic: self.deterministic,
                    frame_local: self.frame_locals.get(&func).copied(),
                    watched: self.watched.get(&func).map_or(&[], Vec::as_slice),
                };
                let source = translate::Source {
                    input: &self.inputs[input],
                    scan,
                    body,
                    tested,
                    counts: self.counts(func),
                };
                translate::translate(&self.program, &source, func, options)
            }
            FuncKind::Init => {
                let scan = |module: ModuleId| &self.scans[self.input_of[module.index()]];
                synth::init(&self.program, &scan, &self.plans, func)
            }
            FuncKind::ArrayEntry { callee } => synth::array_entry(&self.program, func, *callee),
            FuncKind::ContEntry => synth::cont_entry(&self.program, func),
            FuncKind::CExport { callee, .. } => synth::c_export(&self.program, func, *callee),
            FuncKind::LibraryExport { callee, .. } => {
                synth::library_export(&self.program, func, *callee)
            }
            FuncKind::LibraryFunction { function, .. } => {
                synth::library_function(&self.program, func, *function)
            }
            FuncKind::HostExport { callee, .. } => synth::host_export(&self.program, func, *callee),
            FuncKind::FarEntry { callee } | FuncKind::ImportAdapter { callee } => {
                synth::forward(&self.program, func, *callee)
            }
            FuncKind::Canon(canon) => {
                canon::build(&self.program, func, &self.program.component.canons[*canon])
            }
            FuncKind::Import { .. } | FuncKind::Unknown => {
                unreachable!("{func} has no body")
            }
        }
    }
}
