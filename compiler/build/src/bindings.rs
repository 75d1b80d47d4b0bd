//! The text of the bindings: declarations of the library's functions (`raw`), and what makes them safe.
//!
//! Invariants of the text: an instance and the imports that belong to it are allocated once and reached by addresses only, so that an imported function may use its
//! object while the caller holds `&mut` of the instance; no frame of Rust has anything to be dropped when a trap abandons it; no panic leaves an imported function.

use std::collections::HashSet;
use std::fmt::Write as _;

use wative_compiler::ir::ValType;
use wative_compiler::library::{Function, Interface};
use wative_compiler::{Error, show};

/// Names of methods that every instance has.
const METHODS: [&str; 5] = ["new", "memory", "imports", "rethrow", "outcome"];

/// Words that no method can have as name.
const KEYWORDS: &str = " Self abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl in let loop macro match mod move mut \
    override priv pub ref return self static struct super trait true try type typeof unsafe unsized use virtual where while yield ";

/// The bindings of a library.
///
/// # Errors
///
/// It imports what they cannot give.
pub fn generate(interface: &Interface) -> Result<String, Error> {
    if let Some((kind, module, name)) = interface.others.first() {
        return Err(refused(&format!("the {kind} {module}.{name}")));
    }
    for import in &interface.imports {
        if !is_plain(import) {
            return Err(refused(&format!(
                "{}, which takes or returns vectors or references",
                import.name
            )));
        }
    }
    let mut text = raw(interface);
    text.push_str(&COMMON.replace("PREFIX", &interface.prefix));
    match interface.imports.is_empty() {
        true => text.push_str(&WITHOUT_IMPORTS.replace("PREFIX", &interface.prefix)),
        false => {
            imports(&mut text, interface);
            text.push_str(&WITH_IMPORTS.replace("PREFIX", &interface.prefix));
        }
    }
    exports(&mut text, interface);
    Ok(text)
}

fn refused(what: &str) -> Error {
    Error::new(format!(
        "bindings cannot give the module {}",
        show::line(what)
    ))
    .help("use the C interface: `wative build --emit staticlib` and `--emit header`")
}

/// Whether all values are numbers.
fn is_plain(function: &Function) -> bool {
    let mut values = function.ty.params.iter().chain(&function.ty.results);
    values.all(|ty| number(ty).is_some())
}

/// The type of a number: as programs see it, and as C passes it.
fn number(ty: &ValType) -> Option<(&'static str, &'static str)> {
    match ty {
        ValType::I32 => Some(("i32", "u32")),
        ValType::I64 => Some(("i64", "u64")),
        ValType::F32 => Some(("f32", "f32")),
        ValType::F64 => Some(("f64", "f64")),
        ValType::V128
        | ValType::FuncRef
        | ValType::ExternRef
        | ValType::ExnRef
        | ValType::Ref(_) => None,
    }
}

fn native(ty: &ValType) -> &'static str {
    number(ty).map_or("()", |(native, _)| native)
}

fn foreign(ty: &ValType) -> &'static str {
    number(ty).map_or("()", |(_, foreign)| foreign)
}

/// `p0: TYPE, p1: TYPE`, each with a comma before it.
fn params(types: &[ValType], of: fn(&ValType) -> &'static str) -> String {
    let params = types.iter().enumerate();
    params
        .map(|(i, ty)| format!(", p{i}: {}", of(ty)))
        .collect()
}

/// What a method returns in a [`Result`].
fn results(types: &[ValType]) -> String {
    match types {
        [] => "()".to_owned(),
        [one] => native(one).to_owned(),
        several => {
            let list: Vec<&str> = several.iter().map(native).collect();
            format!("({})", list.join(", "))
        }
    }
}

/// A name of the module in a comment of one line.
fn comment(name: &str) -> String {
    show::line(name)
}

/// The functions of the library as C declares them.
fn raw(interface: &Interface) -> String {
    let prefix = &interface.prefix;
    let mut text = String::from(
        "// Bindings of a library made of a WebAssembly module. Made by wative-build.\n\n\
         #[allow(dead_code, non_snake_case)]\nmod raw {\n    use core::ffi::c_void;\n\n    \
         #[repr(C)]\n    pub struct Instance {\n        _private: [u8; 0],\n    }\n\n    \
         #[repr(C)]\n    pub struct Imports {\n        pub data: *mut c_void,\n",
    );
    for import in &interface.imports {
        let last = if import.ty.results.len() > 1 {
            ", *mut u64"
        } else {
            ""
        };
        let list: String = import
            .ty
            .params
            .iter()
            .map(|ty| format!(", {}", foreign(ty)))
            .collect();
        let result = match &import.ty.results[..] {
            [one] => format!(" -> {}", foreign(one)),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "        pub {}: unsafe extern \"C\" fn(*mut Instance{list}{last}){result},",
            escaped(&import.symbol)
        );
    }
    let _ = write!(
        text,
        "    }}\n\n    unsafe extern \"C\" {{\n        \
         pub fn {prefix}_new(imports: *const Imports, others: *const c_void, other_count: usize, instance: *mut *mut Instance) -> u32;\n        \
         pub fn {prefix}_delete(instance: *mut Instance);\n        \
         pub fn {prefix}_data(instance: *const Instance) -> *mut c_void;\n        \
         pub fn {prefix}_memory_size(instance: *const Instance) -> u64;\n        \
         pub fn {prefix}_read(instance: *const Instance, at: u64, to: *mut u8, len: usize) -> bool;\n        \
         pub fn {prefix}_write(instance: *const Instance, at: u64, from: *const u8, len: usize) -> bool;\n        \
         pub fn {prefix}_raise(code: u32);\n        \
         pub fn {prefix}_trap_text(instance: *const Instance, buf: *mut u8, size: usize) -> usize;\n"
    );
    for export in interface.exports.iter().filter(|export| is_plain(export)) {
        let places = export.ty.results.iter().enumerate();
        let places: String = places
            .map(|(i, ty)| format!(", r{i}: *mut {}", foreign(ty)))
            .collect();
        let list = params(&export.ty.params, foreign);
        let _ = writeln!(
            text,
            "        pub fn {}(instance: *mut Instance{list}{places}) -> u32;",
            export.symbol
        );
    }
    text.push_str("    }\n}\n");
    text
}

/// A name that is no keyword.
fn escaped(name: &str) -> String {
    match KEYWORDS.contains(&format!(" {name} ")) {
        true => format!("{name}_"),
        false => name.to_owned(),
    }
}

/// The trait of the imported functions, and the functions of the table.
fn imports(text: &mut String, interface: &Interface) {
    text.push_str("\n/// The functions that the module imports. What they return as an error ends the call.\n#[allow(non_snake_case)]\npub trait Imports {\n");
    for import in &interface.imports {
        let (list, result) = (
            params(&import.ty.params, native),
            results(&import.ty.results),
        );
        let _ = write!(
            text,
            "    /// `{}`\n    fn {}(&mut self, memory: &mut Memory<'_>{list}) -> Result<{result}, Trap>;\n",
            comment(&import.name),
            escaped(&import.symbol)
        );
    }
    text.push_str("}\n\n/// What the library calls.\n#[allow(non_snake_case)]\nmod table {\n    use super::{Imports, Memory, enter, raw};\n");
    for import in &interface.imports {
        let ty = &import.ty;
        let name = escaped(&import.symbol);
        let list = params(&ty.params, foreign);
        let args: String = ty
            .params
            .iter()
            .enumerate()
            .map(|(i, ty)| format!(", p{i} as {}", native(ty)))
            .collect();
        let call = format!(
            "enter(instance, |host: &mut T, memory: &mut Memory<'_>| host.{name}(memory{args}))"
        );
        let (last, result, body) = match &ty.results[..] {
            [] => (String::new(), String::new(), call),
            [one] => (
                String::new(),
                format!(" -> {}", foreign(one)),
                format!("{call} as {}", foreign(one)),
            ),
            several => {
                let mut body = format!("let outcome = {call};");
                for (i, ty) in several.iter().enumerate() {
                    let bits = match ty {
                        ValType::F32 => format!("outcome.{i}.to_bits() as u64"),
                        ValType::F64 => format!("outcome.{i}.to_bits()"),
                        ValType::I32 => format!("outcome.{i} as u32 as u64"),
                        _ => format!("outcome.{i} as u64"),
                    };
                    let _ = write!(body, "\n            *results.add({i}) = {bits};");
                }
                (", results: *mut u64".to_owned(), String::new(), body)
            }
        };
        let _ = write!(
            text,
            "\n    pub unsafe extern \"C\" fn {name}<T: Imports>(instance: *mut raw::Instance{list}{last}){result} {{\n        \
             // SAFETY: the library calls it for an instance that was made with a host of this type; results have room.\n        \
             unsafe {{\n            {body}\n        }}\n    }}\n"
        );
    }
    let fields: String = interface
        .imports
        .iter()
        .map(|import| {
            let name = escaped(&import.symbol);
            format!("            {name}: table::{name}::<T>,\n")
        })
        .collect();
    let _ = write!(
        text,
        "}}\n\nimpl<T: Imports> Host<T> {{\n    fn table(data: *mut core::ffi::c_void) -> raw::Imports {{\n        raw::Imports {{\n            data,\n{fields}        }}\n    }}\n}}\n"
    );
}

/// Methods for the exported functions.
fn exports(text: &mut String, interface: &Interface) {
    let head = match interface.imports.is_empty() {
        true => "impl Instance",
        false => "impl<T: Imports> Instance<T>",
    };
    let _ = write!(
        text,
        "\n/// What the module exports.\n#[allow(non_snake_case)]\n{head} {{\n"
    );
    let mut used: HashSet<String> = METHODS.iter().map(|name| (*name).to_owned()).collect();
    let prefix = format!("{}_", interface.prefix);
    for export in &interface.exports {
        let name = comment(&export.name);
        if !is_plain(export) {
            let _ = writeln!(
                text,
                "    // `{name}` takes or returns vectors or references."
            );
            continue;
        }
        let own = export.symbol.strip_prefix(&prefix).unwrap_or_default();
        let mut method = escaped(&wative_compiler::library::identifier(own));
        while !used.insert(method.clone()) {
            method.push('_');
        }
        let ty = &export.ty;
        let (list, result) = (params(&ty.params, native), results(&ty.results));
        let args: String = ty
            .params
            .iter()
            .enumerate()
            .map(|(i, ty)| format!(", p{i} as {}", foreign(ty)))
            .collect();
        let mut slots = String::new();
        let mut places = String::new();
        let mut values = Vec::new();
        for (i, ty) in ty.results.iter().enumerate() {
            let _ = writeln!(
                slots,
                "        let mut r{i}: {} = Default::default();",
                foreign(ty)
            );
            let _ = write!(places, ", &mut r{i}");
            values.push(format!("r{i} as {}", native(ty)));
        }
        let value = match &values[..] {
            [one] => one.clone(),
            list => format!("({})", list.join(", ")),
        };
        let _ = write!(
            text,
            "    /// `{name}`\n    pub fn {method}(&mut self{list}) -> Result<{result}, Trap> {{\n{slots}        \
             // SAFETY: the instance is alive and used by nobody else; the results have room.\n        \
             let code = unsafe {{ raw::{}(self.raw{args}{places}) }};\n        \
             self.outcome(code)?;\n        Ok({value})\n    }}\n",
            export.symbol
        );
    }
    text.push_str("}\n");
}

/// What all bindings have.
const COMMON: &str = r#"
/// Why a call did not return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    code: u32,
    text: String,
}

#[allow(dead_code)]
impl Trap {
    /// A reason of the program's own, for functions that the module imports.
    pub fn new(text: impl Into<String>) -> Trap {
        Trap {
            code: 1,
            text: text.into(),
        }
    }

    /// The number of the reason: `WATIVE_TRAP_*`, or `WATIVE_ERROR_*` where there is no instance.
    pub fn code(&self) -> u32 {
        self.code
    }

    /// Message and backtrace.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl core::fmt::Display for Trap {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.text.trim_end())
    }
}

impl std::error::Error for Trap {}

/// The memory of an instance, for copies. An address behind its end is an error, and nothing is copied.
#[derive(Debug)]
pub struct Memory<'a> {
    raw: *mut raw::Instance,
    instance: core::marker::PhantomData<&'a mut ()>,
}

#[allow(dead_code)]
impl Memory<'_> {
    /// Bytes that it has.
    pub fn size(&self) -> u64 {
        // SAFETY: the instance is alive.
        unsafe { raw::PREFIX_memory_size(self.raw) }
    }

    /// Copies bytes out of it.
    pub fn read(&self, at: u64, to: &mut [u8]) -> Result<(), Trap> {
        // SAFETY: the instance is alive, and there is room.
        let done = unsafe { raw::PREFIX_read(self.raw, at, to.as_mut_ptr(), to.len()) };
        Self::inside(done)
    }

    /// The same into a vector, which is made only if all of them are inside.
    pub fn read_vec(&self, at: u64, len: usize) -> Result<Vec<u8>, Trap> {
        let end = at.checked_add(len as u64);
        Self::inside(end.is_some_and(|end| end <= self.size()))?;
        let mut bytes = vec![0; len];
        self.read(at, &mut bytes)?;
        Ok(bytes)
    }

    /// Copies bytes into it.
    pub fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Trap> {
        // SAFETY: the instance is alive.
        let done = unsafe { raw::PREFIX_write(self.raw, at, bytes.as_ptr(), bytes.len()) };
        Self::inside(done)
    }

    fn inside(is_inside: bool) -> Result<(), Trap> {
        match is_inside {
            true => Ok(()),
            false => Err(Trap {
                code: 2,
                text: "error: out of bounds memory access by the program".to_owned(),
            }),
        }
    }
}

/// The last trap of an instance.
///
/// # Safety
/// It is alive.
unsafe fn last_trap(instance: *mut raw::Instance, code: u32) -> Trap {
    let mut text = vec![0; 16 << 10];
    // SAFETY: there is room.
    let len = unsafe { raw::PREFIX_trap_text(instance, text.as_mut_ptr(), text.len()) };
    text.truncate(len);
    Trap {
        code,
        text: String::from_utf8_lossy(&text).into_owned(),
    }
}

/// Makes an instance.
///
/// # Safety
/// `imports` stays for as long as the instance.
unsafe fn instantiate(imports: *const raw::Imports) -> Result<*mut raw::Instance, (*mut raw::Instance, Trap)> {
    let mut instance = core::ptr::null_mut();
    // SAFETY: the module imports nothing but functions.
    let code = unsafe { raw::PREFIX_new(imports, core::ptr::null(), 0, &mut instance) };
    if instance.is_null() {
        let text = match code {
            256 => "the library and its runtime library are of different versions",
            259 => "the system has no room for an instance",
            _ => "an instance cannot be made",
        };
        let text = format!("error: {text}");
        return Err((instance, Trap { code, text }));
    }
    match code {
        0 => Ok(instance),
        // SAFETY: it is alive.
        code => Err((instance, unsafe { last_trap(instance, code) })),
    }
}
"#;

/// Instances of a module that imports no functions.
const WITHOUT_IMPORTS: &str = r#"
/// An instance of the module.
#[derive(Debug)]
pub struct Instance {
    raw: *mut raw::Instance,
}

// SAFETY: it belongs to no thread, and who calls has it alone.
unsafe impl Send for Instance {}

#[allow(dead_code)]
impl Instance {
    /// Makes an instance; its start function may trap.
    pub fn new() -> Result<Instance, Trap> {
        // SAFETY: there are no imports.
        let outcome = unsafe { instantiate(core::ptr::null()) };
        let raw = outcome.map_err(|(raw, trap)| {
            drop(Instance { raw });
            trap
        })?;
        Ok(Instance { raw })
    }

    /// Its memory, the one exported as `memory` or the first one.
    pub fn memory(&mut self) -> Memory<'_> {
        Memory {
            raw: self.raw,
            instance: core::marker::PhantomData,
        }
    }

    fn outcome(&mut self, code: u32) -> Result<(), Trap> {
        match code {
            0 => Ok(()),
            // SAFETY: it is alive.
            code => Err(unsafe { last_trap(self.raw, code) }),
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if !self.raw.is_null() {
            // SAFETY: nothing refers to it any more.
            unsafe { raw::PREFIX_delete(self.raw) };
        }
    }
}
"#;

/// Instances of a module that imports functions.
const WITH_IMPORTS: &str = r#"
/// What belongs to an instance on this side.
struct Host<T> {
    imports: T,
    /// Why the last call of an imported function did not return.
    trap: Option<Trap>,
    panic: Option<Box<dyn std::any::Any + Send>>,
}

/// Calls an imported function. If it fails, the call of the module that is running ends.
///
/// # Safety
/// The library calls for this instance, whose host is of this type. The frames from here to the library have nothing to be dropped.
unsafe fn enter<T, R>(
    instance: *mut raw::Instance,
    call: impl FnOnce(&mut T, &mut Memory<'_>) -> Result<R, Trap>,
) -> R {
    {
        // SAFETY: as above. Whoever called the module holds no reference to it.
        let host = unsafe { &mut *(raw::PREFIX_data(instance) as *mut Host<T>) };
        let mut memory = Memory {
            raw: instance,
            instance: core::marker::PhantomData,
        };
        let imports = &mut host.imports;
        let call = std::panic::AssertUnwindSafe(|| call(imports, &mut memory));
        match std::panic::catch_unwind(call) {
            Ok(Ok(result)) => return result,
            Ok(Err(trap)) => host.trap = Some(trap),
            Err(payload) => host.panic = Some(payload),
        }
    }
    // SAFETY: everything here has been dropped.
    unsafe { raw::PREFIX_raise(1) };
    // There is always a running call.
    std::process::abort()
}

/// An instance of the module.
pub struct Instance<T: Imports> {
    raw: *mut raw::Instance,
    table: *mut raw::Imports,
    host: *mut Host<T>,
}

// SAFETY: it belongs to no thread, and who calls has it alone.
unsafe impl<T: Imports + Send> Send for Instance<T> {}

#[allow(dead_code)]
impl<T: Imports> Instance<T> {
    /// Makes an instance; its start function may call `imports` and trap.
    pub fn new(imports: T) -> Result<Instance<T>, Trap> {
        let host = Box::into_raw(Box::new(Host {
            imports,
            trap: None,
            panic: None,
        }));
        let table = Box::into_raw(Box::new(Host::<T>::table(host.cast())));
        let mut instance = Instance {
            raw: core::ptr::null_mut(),
            table,
            host,
        };
        // SAFETY: the table is freed after the instance.
        match unsafe { instantiate(table) } {
            Ok(raw) => instance.raw = raw,
            Err((raw, trap)) => {
                instance.raw = raw;
                instance.rethrow()?;
                return Err(trap);
            }
        }
        Ok(instance)
    }

    /// Its memory, the one exported as `memory` or the first one.
    pub fn memory(&mut self) -> Memory<'_> {
        Memory {
            raw: self.raw,
            instance: core::marker::PhantomData,
        }
    }

    /// What it calls.
    pub fn imports(&mut self) -> &mut T {
        // SAFETY: no call is running.
        unsafe { &mut (*self.host).imports }
    }

    /// What an imported function ended the call with, if it did.
    fn rethrow(&mut self) -> Result<(), Trap> {
        // SAFETY: no call is running.
        let host = unsafe { &mut *self.host };
        if let Some(payload) = host.panic.take() {
            std::panic::resume_unwind(payload);
        }
        host.trap.take().map_or(Ok(()), Err)
    }

    fn outcome(&mut self, code: u32) -> Result<(), Trap> {
        if code == 0 {
            return Ok(());
        }
        self.rethrow()?;
        // SAFETY: it is alive.
        Err(unsafe { last_trap(self.raw, code) })
    }
}

impl<T: Imports> Drop for Instance<T> {
    fn drop(&mut self) {
        // SAFETY: nothing refers to them any more.
        unsafe {
            if !self.raw.is_null() {
                raw::PREFIX_delete(self.raw);
            }
            drop(Box::from_raw(self.table));
            drop(Box::from_raw(self.host));
        }
    }
}
"#;
