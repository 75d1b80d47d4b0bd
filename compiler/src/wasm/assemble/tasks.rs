//! Components with tasks, streams and futures: their state, numbers of their types, and the functions that calls of `async` functions and built-ins need.

use super::Assembler;
use crate::Error;
use crate::abi::ComponentInstance;
use crate::component::flat::{Flat, FlatBuiltin, FlatCanon, FlatFunc};
use crate::entity::{Arena, EntityId};
use crate::host;
use crate::ir::component::*;
use crate::ir::*;
use crate::wasm::canon::streams;
use std::collections::{BTreeMap, HashMap};
use std::mem::offset_of;

/// Pairs of sides that elements go between: a component could ask for a square of its instances.
const MAX_COPIES: usize = 20_000;

/// Whether a program has tasks, streams or futures: what has none pays nothing for them.
pub fn has_tasks(flat: &Flat, entry: &EntryKind) -> bool {
    let mut canons = flat.canons.values();
    let is_async = canons.any(|canon| match canon {
        FlatCanon::Builtin { .. } => true,
        FlatCanon::Call {
            func: FlatFunc::Lifted(lifted),
            ..
        } => lifted.ty.is_async,
        FlatCanon::Call {
            func: FlatFunc::Host { interface, .. },
            ..
        } => host::is_async(interface),
        _ => false,
    });
    // Only tasks have a table for them.
    let mut types = flat.types.values();
    let has_contexts = types.any(|ty| *ty == CType::ErrorContext);
    let exports = |path: &[String]| flat.find(path).is_some_and(|lifted| lifted.ty.is_async);
    is_async
        || has_contexts
        || match entry {
            EntryKind::Calls(calls) => calls.iter().any(|call| exports(&call.export)),
            EntryKind::Command => flat.exports.keys().any(|name| {
                ["run", "handle"]
                    .iter()
                    .any(|func| exports(&[name.clone(), func.to_string()]))
            }),
            _ => false,
        }
}

/// The error for programs that cannot have tasks.
pub fn refuse(what: &str) -> Error {
    Error::new(format!(
        "`async` functions, streams and futures {what} are not supported"
    ))
    .help("build the component for WASI 0.2, whose functions are synchronous")
}

impl Assembler<'_> {
    /// Gives each instance what the runtime has of it.
    pub(super) fn task_state(&mut self, component: &mut Component) {
        let module = ModuleId::from_u32(super::components::STATE);
        let ids: Vec<CInstanceId> = component.instances.ids().collect();
        for id in ids {
            let at = self.place(module, size_of::<ComponentInstance>() as u64, 8);
            component.instances[id].tasks = Some(at);
            let CInstance {
                parent,
                may_enter,
                may_leave,
                handles,
                ..
            } = component.instances[id];
            let flags = [may_enter, may_leave].map(|flag| self.program.globals[flag].place);
            let [Place::Own(may_enter), Place::Own(may_leave)] = flags else {
                unreachable!("flags of the first module")
            };
            let parent = parent.and_then(|parent| component.instances[parent].tasks);
            for (offset, to) in [
                (offset_of!(ComponentInstance, handles), Some(handles)),
                (offset_of!(ComponentInstance, may_enter), Some(may_enter)),
                (offset_of!(ComponentInstance, may_leave), Some(may_leave)),
                (offset_of!(ComponentInstance, parent), parent),
            ] {
                let distance = to.map_or(0, |to| to as i32 - at as i32);
                let bytes = distance.to_le_bytes().to_vec();
                let template = &mut self.program.modules[module].template;
                template.push((at + offset as u32, bytes));
            }
            if self.options.schedule != 0 {
                let offset = offset_of!(ComponentInstance, schedule) as u32;
                let bytes = self.options.schedule.to_le_bytes().to_vec();
                let template = &mut self.program.modules[module].template;
                template.push((at + offset, bytes));
            }
        }
    }

    /// Notes down types of streams and futures with the sides that elements go between, and options.
    ///
    /// # Errors
    /// There would be very many functions.
    pub(super) fn streams(&mut self, flat: &Flat, component: &mut Component) -> Result<(), Error> {
        component.numbers = numbers(&flat.types);
        let mut sides = vec![Vec::new(), Vec::new()];
        for canon in flat.canons.values() {
            if let FlatCanon::Builtin {
                builtin: FlatBuiltin::Plain(Builtin::Copy(end, _)),
                side,
            } = canon
            {
                sides[usize::from(end.is_writable)].push((end.ty, self.side(side)));
            }
        }
        for (id, ty) in flat.types.iter() {
            let (CType::Stream(elem) | CType::Future(elem)) = *ty else {
                continue;
            };
            let number = component.numbers[&id];
            component.streams.entry(number).or_insert(Stream {
                elem,
                readers: Vec::new(),
                writers: Vec::new(),
                copy: None,
            });
        }
        for (ends, is_writable) in sides.into_iter().zip([false, true]) {
            for (ty, side) in ends {
                let number = component.numbers[&ty];
                let stream = &component.streams[&number];
                let known = match is_writable {
                    true => &stream.writers,
                    false => &stream.readers,
                };
                if streams::place(component, stream, known, &side).is_none() {
                    let stream = component.streams.get_mut(&number).expect("it is there");
                    match is_writable {
                        true => stream.writers.push(side),
                        false => stream.readers.push(side),
                    }
                }
            }
        }
        let pairs = component.streams.values();
        let pairs = pairs.map(|stream| stream.readers.len() * stream.writers.len());
        if pairs.sum::<usize>() > MAX_COPIES {
            let reason = format!(
                "streams and futures would need more than {MAX_COPIES} functions that copy elements"
            );
            return Err(Error::new(reason).in_file(&self.inputs[0].path));
        }
        Ok(())
    }

    /// Makes functions that canonical definitions need besides, behind theirs.
    pub(super) fn tasks(&mut self, component: &mut Component) {
        for id in component.canons.ids() {
            match component.canons[id].clone() {
                Canon::Call {
                    lifted,
                    lower,
                    is_async,
                    ..
                } => {
                    let caller = Caller::Guest { lower, is_async };
                    let made = self.task_funcs(component, &lifted, &caller);
                    if let Canon::Call { task, .. } = &mut component.canons[id] {
                        *task = made;
                    }
                }
                Canon::Builtin {
                    builtin: Builtin::ThreadNew { sig, .. },
                    ..
                } if component.thread_start(sig).is_none() => {
                    let func = self.made_canon(component, Canon::ThreadStart(sig), "thread");
                    component.thread_starts.insert(sig, func);
                }
                _ => {}
            }
        }
        self.stream_funcs(component);
    }

    /// Makes the functions that copy elements.
    fn stream_funcs(&mut self, component: &mut Component) {
        let numbers: Vec<u32> = component.streams.keys().copied().collect();
        for number in numbers {
            let stream = &component.streams[&number];
            let is_copied = !stream.readers.is_empty() && !stream.writers.is_empty();
            if stream.elem.is_some() && is_copied {
                let canon = Canon::CopyElements(number as usize);
                let func = self.made_canon(component, canon, "copy elements");
                component
                    .streams
                    .get_mut(&number)
                    .expect("it is there")
                    .copy = Some(func);
            }
        }
    }

    fn made_canon(&mut self, component: &mut Component, canon: Canon, name: &str) -> FuncId {
        let canon = component.canons.push(canon);
        self.canon_func(canon, self.no_type, format!("[{name}]"))
    }

    /// The functions for a call of an `async` function.
    pub(super) fn task_funcs(
        &mut self,
        component: &mut Component,
        lifted: &Lifted,
        caller: &Caller,
    ) -> Option<TaskFuncs> {
        lifted.ty.is_async.then(|| {
            let start = Canon::Start(lifted.clone(), caller.clone());
            let resolve = Canon::Resolve(lifted.clone(), caller.clone());
            TaskFuncs {
                start: self.made_canon(component, start, "start"),
                resolve: self.made_canon(component, resolve, "resolve"),
            }
        })
    }

    /// A built-in.
    pub(super) fn builtin(&mut self, builtin: &FlatBuiltin) -> Builtin {
        let table = match builtin {
            FlatBuiltin::Plain(builtin) => return *builtin,
            FlatBuiltin::ThreadNew(table) => match self.core_entity(table) {
                Entity::Table(table) => table,
                _ => unreachable!("a validated core table"),
            },
        };
        let sig = self.sig_of(FuncType {
            params: vec![ValType::I32],
            results: Vec::new(),
        });
        Builtin::ThreadNew { sig, table }
    }
}

/// A number for each type, the same for equal ones.
fn numbers(types: &Arena<CTypeId, CType>) -> BTreeMap<CTypeId, u32> {
    let mut known: HashMap<CType, u32> = HashMap::new();
    let mut numbers = BTreeMap::new();
    for (id, ty) in types.iter() {
        // Parts come before what has them.
        let part = |ty: CTypeId| CTypeId::from_u32(numbers[&ty]);
        let optional = |ty: Option<CTypeId>| ty.map(part);
        let ty = match ty {
            CType::List(ty) => CType::List(part(*ty)),
            CType::Map(ty) => CType::Map(part(*ty)),
            CType::FixedList(ty, count) => CType::FixedList(part(*ty), *count),
            CType::Record(fields) => {
                let fields = fields.iter().map(|(name, ty)| (name.clone(), part(*ty)));
                CType::Record(fields.collect())
            }
            CType::Tuple(fields) => CType::Tuple(fields.iter().map(|&ty| part(ty)).collect()),
            CType::Variant(cases) => {
                let cases = cases.iter().map(|(name, ty)| (name.clone(), optional(*ty)));
                CType::Variant(cases.collect())
            }
            CType::Option(ty) => CType::Option(part(*ty)),
            CType::Result { ok, err } => CType::Result {
                ok: optional(*ok),
                err: optional(*err),
            },
            CType::Stream(ty) => CType::Stream(optional(*ty)),
            CType::Future(ty) => CType::Future(optional(*ty)),
            other => other.clone(),
        };
        let next = known.len() as u32;
        let number = *known.entry(ty).or_insert(next);
        numbers.insert(id, number);
    }
    numbers
}
