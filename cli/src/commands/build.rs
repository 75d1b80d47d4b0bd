//! `wative build`.

use std::path::{Path, PathBuf};

use wative_compiler::timings::Timings;
use wative_compiler::{Error, Input, options, show};

use crate::Failure;
use crate::args::{BuildArgs, Emit};
use crate::driver::{self, BuildOptions};
use crate::functions::Functions;
use crate::output::{self, Destination};
use crate::{debug, header, inputs, library, report};

use super::options::{build_options, make_library, usage};

/// Compiles and writes what was asked for.
///
/// # Errors
///
/// Everything that the user must know about; nothing was written then.
pub fn run(args: &BuildArgs) -> Result<(), Failure> {
    let mut options = build_options(&args.compile, args.emit)?;
    let is_text = matches!(args.emit, Emit::Asm | Emit::Ir | Emit::Header);
    let is_listing = matches!(args.emit, Emit::Asm | Emit::Ir);
    if args.function.is_some() && !is_listing {
        return Err(usage(
            "--function is for listings only",
            "add --emit asm or --emit ir",
        ));
    }
    if args.split_debug.is_some() && args.emit != Emit::Exe {
        return Err(usage(
            "--split-debug is for executables only",
            "leave it out, or use --emit exe",
        ));
    }
    if args.print_after.is_some() && args.emit != Emit::Ir {
        return Err(usage("--print-after is for the IR only", "add --emit ir"));
    }
    let is_library = matches!(args.emit, Emit::Staticlib | Emit::Shared);
    let is_object = is_library || matches!(args.emit, Emit::Obj | Emit::Header);
    let one_object = is_object && args.modules.inputs.len() == 1;
    if args.prefix.is_some() && (!one_object || args.compile.invoke.is_some()) {
        return Err(usage(
            "--prefix is for the object or library of one module or component",
            "add --emit obj; NAME=FILE names a module otherwise",
        ));
    }
    options.compile.function = args.function.clone();
    options.compile.print_after = args.print_after.clone();
    if let Some(stop_after) = args.stop_after {
        options.compile.stop_after = stop_after;
    }
    let destination = find_destination(args, is_text)?;
    let mut timings = Timings::default();
    let mut modules = timings.measure("read", || inputs::read_with_plugs(&args.modules))?;
    if args.compile.debug {
        modules.iter_mut().try_for_each(debug::add_external)?;
    }
    if let (Some(prefix), Some(first)) = (&args.prefix, modules.first_mut()) {
        first.name = prefix.clone();
    }
    if is_library && args.compile.invoke.is_some() {
        return Err(usage(
            "--invoke is for programs, not for libraries",
            "the library exports every function",
        ));
    }
    let is_component = modules.iter().any(inputs::is_component);
    let starts = args.compile.invoke.is_some() || modules.iter().any(inputs::exports_start);
    // A header is that of the library, unless of a component.
    let is_called = is_library || args.emit == Emit::Header || args.prefix.is_some() || !starts;
    if args.emit != Emit::Exe && is_called {
        make_library(&mut options, &args.compile, args.emit, is_component)?;
    }
    let progress = report::Progress::start(format!("compiling {}", names(&modules)));
    let name = library_name(&destination, &modules);
    let functions = match is_text {
        true => None,
        false => Functions::open(&args.compile, &modules, &mut options.compile)?,
    };
    let mut made = make(args.emit, &modules, &mut options, &name)?;
    drop(progress);
    if let Some(functions) = functions {
        timings.measure("keep", || functions.close(&made.reused));
    }
    timings.merge(&made.timings);
    if let Some(path) = &args.split_debug {
        let destination = output::destination(path, &[], false)?;
        output::write(&destination, &made.bytes, false)?;
        made.bytes = debug::without_sections(&made.bytes)
            .ok_or_else(|| Error::new("the linked executable cannot be split"))?;
    }
    timings.measure("write", || {
        output::write(&destination, &made.bytes, args.emit == Emit::Exe)
    })?;
    if args.compile.verbose {
        let mut sizes = vec![(
            "modules",
            modules.iter().map(|module| module.bytes.len()).sum(),
        )];
        if args.emit == Emit::Exe {
            sizes.push(("object", made.object_size));
        }
        sizes.push(("output", made.bytes.len()));
        report::timings(&timings, &sizes, &made.reused);
    }
    Ok(())
}

/// The modules' names for the progress line.
pub fn names(modules: &[Input]) -> String {
    modules
        .iter()
        .map(|module| show::name(&module.path))
        .collect::<Vec<_>>()
        .join(", ")
}

fn find_destination(args: &BuildArgs, is_text: bool) -> Result<Destination, Error> {
    let extension = match args.emit {
        Emit::Exe => "",
        Emit::Obj => ".o",
        Emit::Asm => ".s",
        Emit::Ir => ".ir",
        Emit::Header => ".h",
        Emit::Staticlib => ".a",
        Emit::Shared => ".so",
    };
    let inputs = &args.modules.inputs;
    let mut default = inputs.first().map_or_else(Default::default, |first| {
        super::default_output(&first.path, extension)
    });
    if let Emit::Staticlib | Emit::Shared = args.emit {
        default = PathBuf::from(format!("lib{}", default.display()));
    }
    let path = args.output.as_deref().unwrap_or(&default);
    let files: Vec<&Path> = inputs
        .iter()
        .map(|input| input.path.as_path())
        .chain(args.modules.plugs.iter().map(AsRef::as_ref))
        .chain(args.compile.link.iter().map(AsRef::as_ref))
        .collect();
    output::destination(path, &files, is_text)
}

/// The name of a shared library for loaders: that of its file.
fn library_name(destination: &Destination, modules: &[Input]) -> String {
    let file = match destination {
        Destination::File(path) => path.file_name(),
        Destination::Stdout | Destination::Special(_) => None,
    };
    let module = modules.first().map_or("", |module| &module.name);
    file.map_or_else(
        || format!("lib{module}.so"),
        |file| file.to_string_lossy().into_owned(),
    )
}

fn make(
    emit: Emit,
    modules: &[Input],
    options: &mut BuildOptions,
    name: &str,
) -> Result<driver::Built, Error> {
    options.compile.emit = match emit {
        Emit::Exe => return driver::build(modules, options),
        Emit::Staticlib => return library::build(modules, options, library::Form::Static),
        Emit::Shared => {
            let form = library::Form::Shared { name };
            return library::build(modules, options, form);
        }
        Emit::Header => {
            let first = modules
                .first()
                .ok_or_else(|| Error::new("there is no module"))?;
            let text = match inputs::is_component(first) {
                true => header::of_component(first)?,
                false => header::of_library(modules, &options.compile)?,
            };
            return Ok(driver::Built {
                bytes: text.into_bytes(),
                ..driver::Built::default()
            });
        }
        Emit::Obj => options::Emit::Object,
        Emit::Asm => options::Emit::Asm,
        Emit::Ir => options::Emit::Ir,
    };
    options.compile.legend = true;
    let compiled = driver::compile(modules, &options.compile)?;
    let bytes = if emit == Emit::Obj {
        compiled.object
    } else {
        compiled.text.into_bytes()
    };
    Ok(driver::Built {
        bytes,
        timings: compiled.timings,
        reused: compiled.reused,
        object_size: 0,
    })
}
