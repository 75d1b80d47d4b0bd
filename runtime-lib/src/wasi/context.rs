//! What the guest sees of the process: arguments, environment and granted directories.

use crate::abi::{Config, EnvVar};
use crate::sys;
use crate::wasi::fds;
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

/// Sets the context and opens the granted directories.
///
/// # Safety
/// Its pointers stay valid; called before the guest runs.
pub unsafe fn set(context: Context) {
    *CONTEXT.0.get() = context;
    fds::init(&*context.config);
}

/// The text of a process variable `NAME=value`, found by name.
unsafe fn lookup(context: &Context, name: &[u8]) -> Option<&'static [u8]> {
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

/// Calls `f` with each variable that the guest may see: the configured ones (a name alone stands for the process's
/// value, if it has one), then the inherited ones that no configured one replaces.
pub fn each_variable(mut f: impl FnMut(&[u8])) {
    let context = get();
    // SAFETY: configuration and process memory, constant while the guest runs.
    unsafe {
        let config = &*context.config;
        let text = |var: &EnvVar| crate::text::bytes(var.text, var.len);
        for i in 0..config.env_count as usize {
            let var = text(&*config.env.add(i));
            if var.contains(&b'=') {
                f(var);
            } else if let Some(var) = lookup(&context, var) {
                f(var);
            }
        }
        if config.flags & Config::INHERIT_ENV != 0 {
            for var in (Variables { next: context.envp }) {
                let name = var.split(|&b| b == b'=').next();
                let configured = (0..config.env_count as usize)
                    .any(|i| text(&*config.env.add(i)).split(|&b| b == b'=').next() == name);
                if !configured {
                    f(var);
                }
            }
        }
    }
}
