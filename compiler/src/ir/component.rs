//! Components as the compiler sees them once they are flattened: types without names of their own, instances, and the functions that the canonical
//! ABI asks for (Component Model, `Explainer.md` and `CanonicalABI.md`).

use super::{FuncId, GlobalId, MemId, SigId, TableId};
use crate::canonical::EndKind;
use crate::entity::Arena;
use crate::entity_id;
use std::collections::{BTreeMap, BTreeSet};

entity_id!(/** A component-level type. */ CTypeId, "ct");
entity_id!(/** A resource type: one for each definition in each instance of a component. */ ResourceId, "res");
entity_id!(/** An instance of a component. */ CInstanceId, "ci");
entity_id!(/** A function made for a canonical definition. */ CanonId, "canon");

/// A component-level value type. Equal types need not be equal ids.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CType {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
    String,
    List(CTypeId),
    /// A list of such tuples, of a key and a value.
    Map(CTypeId),
    /// So many of a type, one behind the other.
    FixedList(CTypeId, u32),
    /// Fields with their labels. A tuple is one with labels `0`, `1`, and so on, see [`CType::Tuple`].
    Record(Vec<(String, CTypeId)>),
    Tuple(Vec<CTypeId>),
    /// Cases with their labels and payloads.
    Variant(Vec<(String, Option<CTypeId>)>),
    Enum(Vec<String>),
    Option(CTypeId),
    Result {
        ok: Option<CTypeId>,
        err: Option<CTypeId>,
    },
    Flags(Vec<String>),
    Own(ResourceId),
    Borrow(ResourceId),
    /// The readable end of a stream of such elements, or of a future of such a value.
    Stream(Option<CTypeId>),
    Future(Option<CTypeId>),
    ErrorContext,
}

/// A component-level function type.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct CFuncType {
    /// Parameters with their names.
    pub params: Vec<(String, CTypeId)>,
    pub result: Option<CTypeId>,
    /// Calling it may take a while, so that its caller can do something else.
    pub is_async: bool,
}

/// How strings lie in a memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum StringEncoding {
    #[default]
    Utf8,
    Utf16,
    /// Latin-1, or UTF-16 where bit 31 of the length is set.
    CompactUtf16,
}

/// One side of a call between components: canonical options, and whose they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CanonSide {
    pub instance: CInstanceId,
    pub memory: Option<MemId>,
    /// `(old pointer, old size, alignment, new size) -> pointer`.
    pub realloc: Option<FuncId>,
    pub encoding: StringEncoding,
}

/// A component-level function that the program defines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lifted {
    pub ty: CFuncType,
    pub callee: FuncId,
    pub side: CanonSide,
    /// Gets what the callee returned when its results have been lifted.
    pub post_return: Option<FuncId>,
    pub lift: Lift,
}

/// How a function of a component does what it is called for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lift {
    /// It returns the result.
    Sync,
    /// It calls `task.return`.
    Stackful,
    /// It does so, or lets this function be called when there is an event.
    Callback(FuncId),
}

/// Functions for the task that calls an `async` function: `abi::ArrayEntry`s, see `canonical::CallFrame`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TaskFuncs {
    pub start: FuncId,
    pub resolve: FuncId,
}

/// Who calls an `async` function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Caller {
    /// Another instance, which waits or does not.
    Guest { lower: CanonSide, is_async: bool },
    /// A script, with these values; the result is printed.
    Script(Vec<CValue>),
    /// The entry of a command, which wants to know whether the result is an error.
    Run,
    /// The entry of a server, which has a request in the frame and wants the response out of the instance.
    Serve,
}

/// An end of a stream or future.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct End {
    /// The type of the stream or future.
    pub ty: CTypeId,
    pub is_writable: bool,
}

/// A built-in of tasks, streams and futures, by the names of the specification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Builtin {
    TaskReturn(Option<CTypeId>),
    TaskCancel,
    ContextGet(u32),
    ContextSet(u32),
    BackpressureInc,
    BackpressureDec,
    SetNew,
    SetWait,
    SetPoll,
    SetDrop,
    Join,
    SubtaskCancel {
        is_async: bool,
    },
    SubtaskDrop,
    /// `stream.new` and `future.new`, by the type.
    New(CTypeId),
    /// `stream.read`, `stream.write`, `future.read`, `future.write`; whether it does not wait.
    Copy(End, bool),
    /// Their `cancel`s; likewise.
    EndCancel(End, bool),
    EndDrop(End),
    ErrorContextNew,
    ErrorContextMessage,
    ErrorContextDrop,
    ThreadYield,
    ThreadIndex,
    /// The type of the function, and the table that it is in.
    ThreadNew {
        sig: SigId,
        table: TableId,
    },
    ThreadResumeLater,
    ThreadSuspend,
    /// `thread.*-then-resume` and `thread.*-then-promote`; `yields`: the thread does not have to be resumed.
    ThreadSwitch {
        yields: bool,
        promotes: bool,
    },
}

/// A type of streams or futures, and what is done with those.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stream {
    pub elem: Option<CTypeId>,
    /// Whose memory elements are read into, and written from.
    pub readers: Vec<CanonSide>,
    pub writers: Vec<CanonSide>,
    /// Copies elements, see [`Canon::CopyElements`].
    pub copy: Option<FuncId>,
}

/// What a function of [`super::FuncKind::Canon`] does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Canon {
    /// Lowers for its caller's side what another instance has lifted.
    Call {
        lifted: Lifted,
        lower: CanonSide,
        /// The caller does not wait.
        is_async: bool,
        /// Where the function is `async`.
        task: Option<TaskFuncs>,
    },
    /// Calls a start function, with values that lie at these addresses of a memory of the lowering side, as does the result.
    Initialise {
        lifted: Lifted,
        lower: CanonSide,
        args: Vec<u32>,
        result: Option<u32>,
    },
    /// What the task of an `async` function begins with: lowers the parameters, and runs it.
    Start(Lifted, Caller),
    /// Gives its result to the caller.
    Resolve(Lifted, Caller),
    Builtin {
        builtin: Builtin,
        side: CanonSide,
        /// For what copies elements, where the other end may be the runtime library's.
        host: Option<HostSide>,
    },
    /// Copies elements of streams or futures of this number from one side to another.
    CopyElements(usize),
    /// What a thread begins with that calls a function of this type.
    ThreadStart(SigId),
    /// `resource.new`.
    ResourceNew {
        resource: ResourceId,
        instance: CInstanceId,
    },
    /// `resource.rep`.
    ResourceRep {
        resource: ResourceId,
        instance: CInstanceId,
    },
    /// `resource.drop`.
    ResourceDrop {
        resource: ResourceId,
        instance: CInstanceId,
    },
    /// Calls a function of the host.
    Host(HostCall),
    /// What a C program, which is this instance, calls. An `abi::ArrayEntry`.
    Hosted(Hosted, CInstanceId),
    /// Calls a function of a C program.
    Foreign(Foreign),
    /// `wasi:cli/run`: calls a function without parameters whose result says whether the process ends with 0 or 1.
    Run(Lifted, Option<TaskFuncs>),
    /// `wasi:http/incoming-handler`: calls a function with a request and the right to answer it, which stand for what the runtime library makes first.
    ///
    /// Of WASI 0.3: `handle` of `wasi:http/handler`, by a task.
    Serve(Lifted, Option<TaskFuncs>),
    /// Calls with values that were known when the program was built, one after the other, and writes the results to the standard output, in WAVE.
    Script(Vec<Invocation>),
}

/// A call of [`Canon::Host`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostCall {
    /// The function of the runtime library.
    pub import: FuncId,
    pub host: HostSide,
    pub ty: CFuncType,
    /// The caller does not wait.
    pub is_async: bool,
    /// The function may say that it goes on later.
    pub may_wait: bool,
}

/// What the runtime library may know of a side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostSide {
    pub side: CanonSide,
    /// The `abi::ArrayEntry` of the side's `realloc`.
    pub realloc: Option<FuncId>,
    /// Where in the first module's instance its `abi::HostCall` is: constant, and one for all that say the same.
    pub at: u32,
    /// For functions of WASI 0.3, of which there is an `abi::AsyncHostCall`: types of the streams and futures in their type, in order.
    pub ends: Option<Vec<CTypeId>>,
}

/// What a C program may ask of a component.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hosted {
    /// To call a function.
    Call(Lifted),
    /// A handle for a resource that the program implements.
    New(ResourceId),
    /// The representation of such a resource.
    Rep(ResourceId),
    /// To drop a handle.
    Drop(ResourceId),
    /// To drop a handle of a resource of the runtime library, by this function.
    Release(FuncId),
}

/// A function of a C program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Foreign {
    /// Its C symbol, which gets addresses of parameters and result.
    pub function: FuncId,
    pub ty: CFuncType,
    pub lower: CanonSide,
    /// The instance that the program is.
    pub host: CInstanceId,
}

/// A call of [`Canon::Script`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invocation {
    pub lifted: Lifted,
    pub args: Vec<CValue>,
    /// Where the function is `async`.
    pub task: Option<TaskFuncs>,
}

/// A call of a function that a component exports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ComponentCall {
    /// Names of the exported instances that it lies in, then its own.
    pub export: Vec<String>,
    pub args: Vec<CValue>,
}

/// A component-level value that is no handle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CValue {
    Bool(bool),
    /// Of any integer type, as 64 bits with sign.
    Int(i64),
    F32(u32),
    F64(u64),
    Char(char),
    String(String),
    /// A list, a record's fields in order, or a tuple.
    Items(Vec<CValue>),
    /// Case and payload, of an enumeration, an option (1: there is one) or a result (1: error) too.
    Case(u32, Option<Box<CValue>>),
    /// A bit for each.
    Flags(Vec<bool>),
}

/// A resource type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resource {
    /// The instance that implements it; none for the host.
    pub owner: Option<CInstanceId>,
    /// Gets the representation of what is dropped.
    pub destructor: Option<FuncId>,
}

/// An instance of a component.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CInstance {
    /// The instance whose component it was made in.
    pub parent: Option<CInstanceId>,
    /// An i32 that is 1 while functions of the instance may be entered.
    pub may_enter: GlobalId,
    /// An i32 that is 1 while the instance may call others.
    pub may_leave: GlobalId,
    /// Where in the first module's instance its handle table is (`abi::Handles`).
    pub handles: u32,
    /// Where its `abi::ComponentInstance` is, in programs with tasks.
    pub tasks: Option<u32>,
}

/// What a program is that is made from components.
#[derive(Clone, Default, Debug)]
pub struct Component {
    pub types: Arena<CTypeId, CType>,
    pub resources: Arena<ResourceId, Resource>,
    pub instances: Arena<CInstanceId, CInstance>,
    pub canons: Arena<CanonId, Canon>,
    /// Functions of canonical definitions that never run inside of a `realloc` or `post-return`, so that their instance may always call others.
    pub never_inside: BTreeSet<FuncId>,
    /// Instances that cannot be entered while they are in the middle of a call, so that nothing has to see to it.
    pub never_reentered: BTreeSet<CInstanceId>,
    /// Types of streams and futures, and results of `async` functions, are equal where these numbers are.
    pub numbers: BTreeMap<CTypeId, u32>,
    /// By those numbers.
    pub streams: BTreeMap<u32, Stream>,
    /// See [`Canon::ThreadStart`].
    pub thread_starts: BTreeMap<SigId, FuncId>,
}

impl Component {
    /// Whether the program is a server.
    pub fn serves(&self) -> bool {
        let mut canons = self.canons.values();
        canons.any(|canon| matches!(canon, Canon::Serve(..)))
    }

    /// Whether its handler takes several requests at a time.
    pub fn serves_by_tasks(&self) -> bool {
        let mut canons = self.canons.values();
        canons.any(|canon| matches!(canon, Canon::Serve(_, Some(_))))
    }
}

impl Component {
    /// The instances that a call enters: the callee's and those around it, but not those that the caller is in.
    pub fn entered(
        &self,
        caller: Option<CInstanceId>,
        callee: CInstanceId,
    ) -> impl Iterator<Item = CInstanceId> {
        let with_ancestors = |instance: Option<CInstanceId>| {
            std::iter::successors(instance, |&instance| self.instances[instance].parent)
        };
        let inside: Vec<CInstanceId> = with_ancestors(caller).collect();
        with_ancestors(Some(callee)).filter(move |instance| !inside.contains(instance))
    }

    /// What there is of streams or futures of a type.
    pub fn stream(&self, ty: CTypeId) -> &Stream {
        &self.streams[&self.numbers[&ty]]
    }

    /// What the readable end of a stream or future is called ([`crate::canonical::EndKind`]), without what depends on who uses it.
    pub fn end_kind(&self, ty: CTypeId) -> u64 {
        let future = match self.types[ty] {
            CType::Future(_) => EndKind::FUTURE,
            _ => 0,
        };
        u64::from(self.numbers[&ty]) << EndKind::TYPE | future
    }

    /// What threads begin with that call a function of this type.
    pub fn thread_start(&self, sig: SigId) -> Option<FuncId> {
        self.thread_starts.get(&sig).copied()
    }

    /// Whether there are tasks, streams or futures.
    pub fn has_tasks(&self) -> bool {
        self.instances
            .values()
            .any(|instance| instance.tasks.is_some())
    }
}

impl Caller {
    fn callees(&self) -> impl Iterator<Item = FuncId> {
        let realloc = match self {
            Caller::Guest { lower, .. } => lower.realloc,
            Caller::Script(_) | Caller::Run | Caller::Serve => None,
        };
        realloc.into_iter()
    }
}

impl CanonSide {
    fn callees(&self) -> impl Iterator<Item = FuncId> {
        self.realloc.into_iter()
    }
}

impl Lifted {
    fn callees(&self) -> impl Iterator<Item = FuncId> {
        let callback = match self.lift {
            Lift::Callback(callback) => Some(callback),
            Lift::Sync | Lift::Stackful => None,
        };
        let ends = [Some(self.callee), self.post_return, callback];
        ends.into_iter().flatten().chain(self.side.callees())
    }
}

impl Canon {
    /// Functions that it may call while an instance may call no others.
    pub fn inside(&self, component: &Component) -> Vec<FuncId> {
        let of = |lifted: &Lifted| -> Vec<FuncId> {
            lifted.side.callees().chain(lifted.post_return).collect()
        };
        match self {
            Canon::Call { lifted, lower, .. } | Canon::Initialise { lifted, lower, .. } => {
                [of(lifted), lower.callees().collect()].concat()
            }
            Canon::Start(lifted, caller) | Canon::Resolve(lifted, caller) => {
                [of(lifted), caller.callees().collect()].concat()
            }
            Canon::CopyElements(_) => self.callees(component),
            Canon::Host(call) => call.host.realloc.into_iter().collect(),
            Canon::Builtin {
                builtin: Builtin::ErrorContextMessage,
                side,
                ..
            } => side.callees().collect(),
            Canon::Builtin { host, .. } => host.iter().filter_map(|host| host.realloc).collect(),
            Canon::Hosted(Hosted::Call(lifted), _)
            | Canon::Run(lifted, _)
            | Canon::Serve(lifted, _) => of(lifted),
            Canon::Foreign(foreign) => foreign.lower.callees().collect(),
            Canon::Script(calls) => calls.iter().flat_map(|call| of(&call.lifted)).collect(),
            Canon::ResourceNew { .. }
            | Canon::ResourceRep { .. }
            | Canon::ResourceDrop { .. }
            | Canon::ThreadStart(_)
            | Canon::Hosted(
                Hosted::New(_) | Hosted::Rep(_) | Hosted::Drop(_) | Hosted::Release(_),
                _,
            ) => Vec::new(),
        }
    }

    /// Functions that it may call. Whatever drops a resource calls its destructor.
    pub fn callees(&self, component: &Component) -> Vec<FuncId> {
        match self {
            Canon::Call {
                lifted,
                lower,
                task,
                ..
            } => match task {
                Some(task) => vec![task.start, task.resolve],
                None => lifted.callees().chain(lower.callees()).collect(),
            },
            Canon::Initialise { lifted, lower, .. } => {
                lifted.callees().chain(lower.callees()).collect()
            }
            Canon::Start(lifted, caller) | Canon::Resolve(lifted, caller) => {
                lifted.callees().chain(caller.callees()).collect()
            }
            Canon::Builtin {
                builtin,
                side,
                host,
            } => match builtin {
                Builtin::ErrorContextMessage => side.callees().collect(),
                Builtin::Copy(end, _) => {
                    let realloc = host.iter().filter_map(|host| host.realloc);
                    component
                        .stream(end.ty)
                        .copy
                        .into_iter()
                        .chain(realloc)
                        .collect()
                }
                Builtin::ThreadNew { sig, .. } => {
                    component.thread_start(*sig).into_iter().collect()
                }
                _ => Vec::new(),
            },
            Canon::CopyElements(number) => {
                let stream = &component.streams[&(*number as u32)];
                stream.readers.iter().flat_map(CanonSide::callees).collect()
            }
            Canon::ThreadStart(_) => Vec::new(),
            Canon::ResourceNew { .. } | Canon::ResourceRep { .. } => Vec::new(),
            Canon::ResourceDrop { resource, .. } | Canon::Hosted(Hosted::Drop(resource), _) => {
                component.resources[*resource]
                    .destructor
                    .into_iter()
                    .collect()
            }
            Canon::Host(call) => [call.import].into_iter().chain(call.host.realloc).collect(),
            Canon::Run(_, Some(task)) | Canon::Serve(_, Some(task)) => {
                vec![task.start, task.resolve]
            }
            Canon::Hosted(Hosted::Call(lifted), _)
            | Canon::Run(lifted, _)
            | Canon::Serve(lifted, _) => lifted.callees().collect(),
            Canon::Hosted(Hosted::New(_) | Hosted::Rep(_), _) => Vec::new(),
            Canon::Hosted(Hosted::Release(drop), _) => vec![*drop],
            Canon::Foreign(foreign) => {
                let function = [foreign.function];
                function
                    .into_iter()
                    .chain(foreign.lower.callees())
                    .collect()
            }
            Canon::Script(calls) => calls
                .iter()
                .flat_map(|call| match call.task {
                    Some(task) => vec![task.start, task.resolve],
                    None => call.lifted.callees().collect(),
                })
                .collect(),
        }
    }
}
