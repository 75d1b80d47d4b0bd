//! Compares this library's functions with the rows of [`crate::calls`]: one whose type differs does not compile, nor does a row of
//! [`functions!`] without its function. Only types are here, nothing of it is in the object.

use crate::abi::{
    ArrayEntry, Config, DataSeg, ElemSeg, GcHeap, Handles, Instance, LibraryImports, Memory,
    ModuleDesc, Table,
};
use crate::arch::Registers;
use crate::calls::{component_imports, functions, imports};
use crate::canonical::{CallFrame, ComponentInstance, CopyBuffer};
use crate::component::handles::*;
use crate::component::print::*;
use crate::component::strings::wative_rt_transcode;
use crate::component::tasks::context::*;
use crate::component::tasks::host::wative_rt_host_subtask;
use crate::component::tasks::stream::*;
use crate::component::tasks::task::*;
use crate::component::tasks::thread::*;
use crate::component::tasks::waitable::*;
use crate::component::tasks::{host, stream, task, thread, waitable};
use crate::entry::embed::*;
use crate::entry::hosted::*;
use crate::entry::library::*;
use crate::fault::throw::{throw, throw_object, throw_ref};
use crate::fault::trap::{self, component_trap};
use crate::gc::arrays::*;
use crate::gc::external::wative_gc_to_external;
use crate::gc::handles::{
    receive, wative_gc_give, wative_reference_release, wative_reference_retain,
};
use crate::gc::{
    allocate, allocate_array, allocate_array_own, allocate_own, log, log_element, log_element_own,
    log_own,
};
use crate::state::cont::{self, wative_cont_fail, wative_cont_return};
use crate::state::exception::wative_rt_exn_keep;
use crate::state::memory::*;
use crate::state::stack::{leave, wative_gc_come_back};
use crate::state::table::*;
use crate::state::wait::*;
use crate::wasi::proc::wative_rt_exit;
use crate::wasi3::http::serve;

/// A reference as compiled code holds it.
type Ref = usize;

/// A reference to an object.
type Gc = u32;

/// A number of things.
type Count = usize;

/// An address that a function answers, or null.
type Address = *mut u8;

/// That of text.
type Text = *const u8;

/// Whether something is so.
type Flag = bool;

/// Whether an operation failed.
type Status = u32;

/// For each row: `const _: unsafe extern "C" fn(PARAMETERS) -> RESULT = SYMBOL;`.
macro_rules! compare {
    ($( $(#[$doc:meta])* $id:ident $symbol:ident($($arg:ident: $ty:ty),*) $(-> $result:tt)? $(traps $trap:ident)?; )*) => {
        $( compare!(@row $symbol [$($ty),*] [$(-> $result)?]); )*
    };
    // The symbols of these are in `arch`: they hand on where they have put the caller's registers.
    (@row wative_rt_throw $params:tt $result:tt) => { compare!(@registers throw $params $result); };
    (@row wative_rt_throw_ref $params:tt $result:tt) => { compare!(@registers throw_ref $params $result); };
    (@row wative_rt_throw_object $params:tt $result:tt) => { compare!(@registers throw_object $params $result); };
    // Likewise, where the return address is.
    (@row wative_rt_component_trap [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty,)* *const usize) $($result)* = component_trap;
    };
    (@row wative_rt_task_trap $params:tt $result:tt) => { compare!(@placed trap::task_trap $params $result); };
    (@row wative_rt_task_call $params:tt $result:tt) => { compare!(@placed task::call $params $result); };
    (@row wative_rt_task_return $params:tt $result:tt) => { compare!(@placed task::task_return $params $result); };
    (@row wative_rt_task_callback $params:tt $result:tt) => { compare!(@placed task::callback $params $result); };
    (@row wative_rt_set_wait $params:tt $result:tt) => { compare!(@placed waitable::wait $params $result); };
    (@row wative_rt_subtask_cancel $params:tt $result:tt) => { compare!(@placed waitable::subtask_cancel $params $result); };
    (@row wative_rt_end_copy $params:tt $result:tt) => { compare!(@placed stream::end_copy $params $result); };
    (@row wative_rt_end_cancel $params:tt $result:tt) => { compare!(@placed stream::end_cancel $params $result); };
    (@row wative_rt_serve_run $params:tt $result:tt) => { compare!(@placed serve::run $params $result); };
    (@row wative_rt_host_wait $params:tt $result:tt) => { compare!(@placed host::wait $params $result); };
    (@row wative_rt_thread_block $params:tt $result:tt) => { compare!(@placed thread::thread_block $params $result); };
    (@row wative_rt_thread_switch $params:tt $result:tt) => { compare!(@placed thread::thread_switch $params $result); };
    (@row wative_gc_leave [] []) => {
        const _: unsafe extern "C" fn(*const usize) = leave;
    };
    (@row wative_cont_resume $params:tt $result:tt) => { compare!(@placed cont::resume $params $result); };
    (@row wative_cont_throw $params:tt $result:tt) => { compare!(@placed cont::throw $params $result); };
    (@row wative_cont_suspend $params:tt $result:tt) => { compare!(@placed cont::suspend $params $result); };
    (@row wative_cont_switch $params:tt $result:tt) => { compare!(@placed cont::switch_to $params $result); };
    (@row wative_cont_bind $params:tt $result:tt) => { compare!(@placed cont::bind $params $result); };
    (@row wative_gc_allocate [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty,)* *const usize) $($result)* = allocate;
    };
    (@row wative_gc_allocate_array [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty,)* *const usize) $($result)* = allocate_array;
    };
    (@row wative_gc_allocate_own [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty,)* *const usize, *mut Instance) $($result)* = allocate_own;
    };
    (@row wative_gc_allocate_array_own [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty,)* *const usize, *mut Instance) $($result)* = allocate_array_own;
    };
    (@row wative_gc_receive $params:tt $result:tt) => { compare!(@placed receive $params $result); };
    (@row wative_gc_log_own [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty,)* *mut Instance) $($result)* = log_own;
    };
    (@row wative_gc_log_element_own [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty,)* *mut Instance) $($result)* = log_element_own;
    };
    // The symbols of these are in `arch` too: they preserve registers.
    (@row wative_gc_log [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty),*) $($result)* = log;
    };
    (@row wative_gc_log_element [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty),*) $($result)* = log_element;
    };
    (@row $symbol:ident [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty),*) $($result)* = $symbol;
    };
    (@placed $function:path [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty,)* *const usize) $($result)* = $function;
    };
    (@registers $symbol:ident [$($ty:ty),*] [$($result:tt)*]) => {
        const _: unsafe extern "C" fn($($ty,)* *const Registers) $($result)* = $symbol;
    };
}
functions!(compare);

/// Types of functions that components import: `NAME` is that of its row.
#[allow(non_camel_case_types)] // Names of functions.
pub mod component {
    use super::{Instance, component_imports};

    /// For each row: `pub type NAME = unsafe extern "C" fn(*mut Instance, u32, PARAMETERS) -> u64;`.
    macro_rules! types {
        ($( [$module:ident] $name:ident = $text:literal ($($ty:ident),*) $(-> $result:ident)? [$($call:ident)*] $($group:ident)*; )*) => {
            $( pub type $name = unsafe extern "C" fn(*mut Instance, u32 $(, $ty)*) -> u64; )*
        };
    }
    component_imports!(types);
}

/// Types of imported functions: `NAME::MODULE` is that of the function `NAME` of a module, where the table has it.
#[allow(non_camel_case_types)] // Names of functions.
pub mod import {
    use super::{Instance, imports};

    /// For each row: `mod NAME { pub type MODULE = unsafe extern "C" fn(*mut Instance, PARAMETERS) -> RESULT; … }`.
    macro_rules! types {
        ($( [$($module:ident)*] $name:ident $(= $text:literal)? ($($ty:ident),*) $(-> $result:tt)? [$($call:ident)*] $($group:ident)*; )*) => {
            $( types!(@row [$($module)*] $name [$($ty),*] [$(-> $result)?]); )*
        };
        // Its symbol is in `arch`, which hands on where the caller has put the return address.
        (@row [env] abort [$($ty:ident),*] [$($result:tt)*]) => {
            const _: unsafe extern "C" fn(*mut Instance $(, $ty)*, *const usize) $($result)* = crate::wasi::env::abort;
        };
        // Assembly that looks at no parameter.
        (@row [env] $name:ident $params:tt $result:tt) => {};
        (@row [$($module:ident)*] $name:ident $params:tt $result:tt) => {
            pub mod $name {
                $( types!(@module $module $params $result); )*
            }
        };
        (@module $module:ident [$($ty:ident),*] [$($result:tt)*]) => {
            pub type $module = unsafe extern "C" fn(*mut super::Instance $(, $ty)*) $($result)*;
        };
    }
    imports!(types);
}
