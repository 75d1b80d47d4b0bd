//! What the guest sees of the process: arguments, environment and granted directories.

use crate::abi::{Config, EnvVar};
use crate::sys;
use core::cell::UnsafeCell;
use core::ptr::null;

/// Set before the guest runs, constant afterwards.
#[derive(Clone, Copy)]
pub struct Context {
    pub argc: usize,
    pub argv: *const *const u8,
    /// The process's environment, ended by null; null itself where there is none.
    pub envp: *const *const u8,
    /// The initial stack of an executable; null where this object is part of a C program.
    pub initial: *const usize,
    pub config: *const Config,
}

struct Cell<T>(UnsafeCell<T>);

// SAFETY: written before the guest runs.
unsafe impl<T> Sync for Cell<T> {}

/// The configuration of a program that was given none.
static NO_CAPABILITIES: Cell<Config> = Cell(UnsafeCell::new(Config {
    preopens: null(),
    preopen_count: 0,
    env: null(),
    env_count: 0,
    stack_size: 0,
    flags: 0,
    cpu: 0,
    memory_limit: 0,
    filter: null(),
    filter_len: 0,
    rules: null(),
    rule_count: 0,
    serve: null(),
}));

static CONTEXT: Cell<Context> = Cell(UnsafeCell::new(Context {
    argc: 0,
    argv: null(),
    envp: null(),
    initial: null(),
    config: NO_CAPABILITIES.0.get(),
}));

/// The context of this process.
pub fn get() -> Context {
    // SAFETY: see `Cell`.
    unsafe { *CONTEXT.0.get() }
}

/// Takes over what the kernel gave to an executable.
///
/// # Safety
/// `initial` is the initial stack; called before the guest runs.
pub unsafe fn from_process(config: *const Config, initial: *const usize) {
    let argv = initial.add(1) as *const *const u8;
    set(Context {
        argc: *initial,
        argv,
        envp: sys::envp(initial),
        initial,
        config,
    });
}

/// Sets the context.
///
/// # Safety
/// Its pointers stay valid; called before the guest runs.
pub unsafe fn set(context: Context) {
    *CONTEXT.0.get() = context;
}

/// The text of a process variable `NAME=value`, found by name.
pub fn lookup(context: &Context, name: &[u8]) -> Option<&'static [u8]> {
    let mut variables = Variables { next: context.envp };
    variables.find(|text| {
        text.strip_prefix(name)
            .is_some_and(|rest| rest.first() == Some(&b'='))
    })
}

/// The process's own environment.
struct Variables {
    next: *const *const u8,
}

impl Iterator for Variables {
    type Item = &'static [u8];

    fn next(&mut self) -> Option<&'static [u8]> {
        // SAFETY: the array ends with a null pointer and lives as long as the process.
        unsafe {
            if self.next.is_null() || (*self.next).is_null() {
                return None;
            }
            let text = core::ffi::CStr::from_ptr(*self.next as *const core::ffi::c_char);
            self.next = self.next.add(1);
            Some(text.to_bytes())
        }
    }
}

/// The items of a variable by which whoever runs the program grants more, if that is allowed: separated by semicolons.
pub fn runtime_grants(context: &Context, variable: &[u8]) -> impl Iterator<Item = &'static [u8]> {
    // SAFETY: the configuration is constant while the guest runs.
    let allowed = unsafe { (*context.config).flags } & Config::RUNTIME_GRANTS != 0;
    let text = allowed.then(|| lookup(context, variable)).flatten();
    let items = text.and_then(|text| text.get(variable.len() + 1..));
    let items = items.unwrap_or(&[]).split(|&b| b == b';');
    items.filter(|item| !item.is_empty())
}

/// The variable of the run-time grants of environment variables.
const GRANTED_ENV: &[u8] = b"WATIVE_ENV";

fn name_of(variable: &[u8]) -> &[u8] {
    variable.split(|&b| b == b'=').next().unwrap_or(variable)
}

/// Calls `f` with each variable that the guest may see: those granted at run time, the configured ones that none of these replaces (a
/// name alone stands for the process's value, if it has one), then the inherited ones that none of all these replaces.
pub fn each_variable(mut f: impl FnMut(&[u8])) {
    let context = get();
    // SAFETY: configuration and process memory, constant while the guest runs.
    unsafe {
        let config = &*context.config;
        let text = |var: &EnvVar| crate::text::bytes(var.text, var.len);
        let configured = || (0..config.env_count as usize).map(|i| text(&*config.env.add(i)));
        let granted = || runtime_grants(&context, GRANTED_ENV);
        let mut show = |var: &[u8]| {
            if var.contains(&b'=') {
                f(var);
            } else if let Some(var) = lookup(&context, var) {
                f(var);
            }
        };
        granted().for_each(&mut show);
        let replaced = |var: &[u8]| granted().any(|other| name_of(other) == name_of(var));
        configured()
            .filter(|var| !replaced(var))
            .for_each(&mut show);
        if config.flags & Config::INHERIT_ENV != 0 {
            for var in (Variables { next: context.envp }) {
                let known = configured().any(|other| name_of(other) == name_of(var));
                if !known && !replaced(var) {
                    f(var);
                }
            }
        }
    }
}
