//! The commands: each checks its options, calls the driver and writes the result.

mod build;
mod doctor;
mod execute;
mod explore;
mod options;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wative_compiler::Error;

use clap::CommandFactory;

use crate::args::{Cli, Command, InspectArgs, RuntimeArgs, SizeArgs};
use crate::target::{self, Target};
use crate::{Failure, archive, executable, inputs, inspect, output, runtime, size};

/// Runs one command.
///
/// # Errors
///
/// Everything that the user must know about; nothing was written then.
pub fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Build(args) => build::run(&args),
        Command::Run(args) => execute::run(&args),
        Command::Inspect(args) => inspect_file(&args),
        Command::Size(args) => show_size(&args),
        Command::Explore(args) => explore::run(&args),
        Command::Doctor => Ok(output::print(&doctor::report())?),
        Command::Completions(args) => Ok(output::write(
            &output::Destination::Stdout,
            &completions(args.shell),
            false,
        )?),
        Command::Manual(args) => Ok(write_manual(&args.directory)?),
        Command::Targets => Ok(output::print(&targets())?),
        Command::Runtime(args) => write_runtime(&args),
    }
}

fn inspect_file(args: &InspectArgs) -> Result<(), Failure> {
    let name = inputs::display_path(&args.input);
    let bytes = inputs::read_bytes(&args.input)?;
    let text = match executable::describe(&name, &bytes) {
        Some(text) => text?,
        None => inspect::describe(&name, &inputs::as_module(&args.input, bytes)?)?,
    };
    Ok(output::print(&text)?)
}

/// `wative size`.
fn show_size(args: &SizeArgs) -> Result<(), Failure> {
    let wanted = if args.diff { 2 } else { 1 };
    if args.files.len() != wanted {
        let help = "wative size FILE, or wative size --diff BEFORE AFTER";
        return Err(options::usage(
            "one file is needed, or two with --diff",
            help,
        ));
    }
    let mut trees = Vec::new();
    for path in &args.files {
        let name = inputs::display_path(path);
        trees.push(size::of_file(&name, &inputs::read_bytes(path)?)?);
    }
    let text = match (&trees[..], &args.svg, args.json) {
        ([before, after], _, true) => size::changes_json(before, after),
        ([before, after], _, false) => size::changes_text(before, after, args.limit),
        ([tree, ..], Some(path), _) => {
            let files: Vec<&Path> = args.files.iter().map(AsRef::as_ref).collect();
            let destination = output::destination(path, &files, true)?;
            let picture = size::treemap(tree);
            return Ok(output::write(&destination, picture.as_bytes(), false)?);
        }
        ([tree, ..], None, true) => size::json(tree),
        ([tree, ..], None, false) => size::text(tree, args.limit),
        ([], ..) => String::new(),
    };
    Ok(output::print(&text)?)
}

/// The script for a shell.
fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "wative", &mut script);
    script
}

/// Writes the manual pages.
fn write_manual(directory: &Path) -> Result<(), Error> {
    clap_mangen::generate_to(Cli::command().disable_help_subcommand(true), directory).map_err(
        |error| {
            Error::new(format!("cannot write: {error}"))
                .in_file(&directory.display().to_string())
                .help("give a directory that exists and can be written")
        },
    )
}

/// The listing of `wative targets`.
fn targets() -> String {
    let mut text = String::new();
    for target in Target::ALL {
        let is_host = Target::host() == Some(target);
        let state = match runtime::object(target) {
            _ if target.link().is_none() => "objects only (--emit obj)".to_owned(),
            Some(_) if is_host => "ready (default: this machine)".to_owned(),
            Some(_) => "ready".to_owned(),
            None => format!(
                "objects and listings only; for executables {}",
                runtime::how_to_add(target)
            ),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<28} {state}", target.name());
    }
    text
}

fn write_runtime(args: &RuntimeArgs) -> Result<(), Failure> {
    let default = if args.header {
        "wative.h"
    } else {
        "libwative_runtime.a"
    };
    let path = args
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from(default));
    let destination = output::destination(&path, &[], args.header)?;
    if args.header {
        return Ok(output::write(
            &destination,
            runtime::HEADER.as_bytes(),
            false,
        )?);
    }
    let target = target_or_host(args.target)?;
    let object = runtime::object(target).ok_or_else(|| {
        let reason = format!("this wative was built without the runtime library for {target}");
        Error::new(reason).help(runtime::how_to_add(target))
    })?;
    let bytes = archive::of_runtime(object).map_err(|error| {
        Error::new(format!(
            "the embedded runtime library cannot be read: {error}"
        ))
    })?;
    Ok(output::write(&destination, &bytes, false)?)
}

/// The target that was asked for, or this machine.
fn target_or_host(target: Option<Target>) -> Result<Target, Failure> {
    target.or_else(Target::host).ok_or_else(|| {
        Failure::Usage(
            Error::new("this machine is not a target that wative can compile for")
                .help(format!("choose one with --target: {}", target::known())),
        )
    })
}

/// Name of the result when none is given: that of the first module, in the current directory.
fn default_output(first: &Path, extension: &str) -> PathBuf {
    PathBuf::from(inputs::default_name(first) + extension)
}
