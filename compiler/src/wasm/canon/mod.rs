//! IR of the functions that the canonical ABI asks for (Component Model, `CanonicalABI.md`).
//!
//! A call between components is one function: it checks, copies each parameter from where the caller has it to where the callee wants it, calls, and copies the
//! result back. No value exists between the two sides.
//!
//! | module | concern |
//! |---|---|
//! | [`layout`] | sizes, alignments, core types |
//! | [`emit`] | traps, calls of guests and of the runtime, what instances allow |
//! | [`call`] | whole functions: calls, scripts, resources |
//! | [`host`] | calls of the host, and the entries of commands and servers |
//! | [`native`] | calls between components and C programs |
//! | [`copy`] | values from one side to the other |
//! | [`tasks`] | `async` functions, built-ins of tasks |
//! | [`streams`] | built-ins of streams and futures, their elements |
//! | [`strings`] | strings, and memory that the other side allocates |
//! | [`print`] | values of scripts on the standard output |

mod call;
mod copy;
mod emit;
mod host;
pub mod layout;
mod native;
mod print;
pub mod streams;
mod strings;
mod tasks;

use super::synth;
use crate::ir::component::Canon;
use crate::ir::{Conv, Func, FuncId, Program};
use emit::Emit;

/// Builds the function of a canonical definition.
pub fn build(program: &Program, id: FuncId, canon: &Canon) -> Func {
    let name = program.funcs[id].name.clone();
    let (sig, conv) = match canon {
        Canon::Hosted(..)
        | Canon::Start(..)
        | Canon::Resolve(..)
        | Canon::CopyElements(_)
        | Canon::ThreadStart(_) => (synth::array_signature(), Conv::C),
        _ => (program.signature(id), Conv::Wasm),
    };
    let mut func = Func::new(id, name, sig, conv);
    let (mut e, params) = Emit::begin(&mut func, program);
    match canon {
        Canon::Call {
            lifted,
            lower,
            is_async,
            task: Some(task),
        } => e.task_call(lifted, lower, *is_async, *task, &params),
        Canon::Call {
            lifted,
            lower,
            is_async,
            task: None,
        } => e.call(lifted, lower, *is_async, &params),
        Canon::Initialise {
            lifted,
            lower,
            args,
            result,
        } => e.initialise(lifted, lower, args, *result),
        Canon::Start(lifted, caller) => e.start(lifted, caller, params[1]),
        Canon::Resolve(lifted, caller) => e.resolve(lifted, caller, params[1]),
        Canon::Builtin {
            builtin,
            side,
            host,
        } => e.builtin(builtin, side, host.as_ref(), &params),
        Canon::CopyElements(number) => {
            let stream = &program.component.streams[&(*number as u32)];
            e.copy_elements(stream, params[1]);
        }
        Canon::ThreadStart(sig) => e.thread_start(*sig, params[1]),
        Canon::ResourceNew { resource, instance } => {
            e.resource_new(*resource, *instance, params[0]);
        }
        Canon::ResourceRep { resource, instance } => {
            e.resource_rep(*resource, *instance, params[0]);
        }
        Canon::ResourceDrop { resource, instance } => {
            e.resource_drop(*resource, *instance, params[0]);
        }
        Canon::Host(call) => e.host(call, &params),
        Canon::Hosted(hosted, host) => e.hosted(hosted, *host, params[1]),
        Canon::Foreign(foreign) => e.foreign(foreign, &params),
        Canon::Run(lifted, task) => e.run(lifted, *task),
        Canon::Serve(lifted, None) => e.serve(lifted),
        Canon::Serve(lifted, Some(task)) => e.serve_task(lifted, *task),
        Canon::Script(invocations) => e.script(invocations),
    }
    e.finish();
    func
}
