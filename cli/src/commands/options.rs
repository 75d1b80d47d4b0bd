//! From command-line options to the driver's options, with the checks that concern several of them.

use std::path::Path;

use wative_compiler::Error;
use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{OptLevel, Platform, Unknown};
use wative_compiler::wasm::features;

use crate::Failure;
use crate::args::{CompileArgs, Emit, Memory, Opt};
use crate::driver::BuildOptions;

use super::target_or_host;
use crate::{cpu, grants};

/// Options for a program in a closed world: what executables are made with, and objects and listings of programs.
///
/// # Errors
///
/// Contradictions (usage), unreadable `--link` files.
pub fn build_options(args: &CompileArgs, emit: Emit) -> Result<BuildOptions, Failure> {
    check_usage(args, emit)?;
    let mut options = BuildOptions::new(target_or_host(args.target)?);
    options.compile.cpu = cpu::features(options.target, args.cpu.as_deref())?;
    options.strip = args.strip;
    options.linker = args.linker.clone();
    for path in &args.link {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| {
            Error::new(format!("cannot read: {error}"))
                .in_file(&name)
                .help("--link takes an object file or an archive")
        })?;
        options.objects.push((name, bytes));
    }
    let compile = &mut options.compile;
    compile.world = World::Closed;
    compile.opt = match args.opt {
        Opt::Zero => OptLevel::O0,
        Opt::One => OptLevel::O1,
        Opt::Two => OptLevel::O2,
    };
    compile.memory = match (args.memory, compile.platform) {
        (None | Some(Memory::Fixed), Platform::Linux) => MemoryMode::Fixed,
        (Some(Memory::Fixed), Platform::Darwin) => {
            return Err(usage(
                "--memory fixed is not possible on macOS, which keeps low addresses for itself",
                "use pinned or checked",
            ));
        }
        (None | Some(Memory::Pinned), _) => MemoryMode::Pinned,
        (Some(Memory::Checked), _) => MemoryMode::Checked,
    };
    compile.entry = args
        .invoke
        .clone()
        .map_or(EntryKind::Command, EntryKind::Invoke);
    compile.unknown = if args.allow_unknown_imports {
        Unknown::Trap
    } else if matches!(
        emit,
        Emit::Obj | Emit::Staticlib | Emit::Shared | Emit::Header
    ) || !args.link.is_empty()
    {
        Unknown::Symbol
    } else {
        Unknown::Refuse
    };
    compile.deterministic = args.deterministic;
    compile.debug = args.debug;
    if args.debug && compile.platform != Platform::Linux {
        return Err(usage(
            "-g is not possible for macOS",
            "choose a Linux target with --target",
        ));
    }
    compile.count = args.profile_gen.as_deref().map(profile_path).transpose()?;
    for path in &args.profile_use {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| {
            Error::new(format!("cannot read: {error}"))
                .in_file(&name)
                .help("executables that are built with --profile-gen write profiles")
        })?;
        let added = compile.profile.add(&bytes);
        added.map_err(|error| error.in_file(&name))?;
    }
    if let Some(list) = &args.features {
        compile.features = features::parse(list).map_err(Failure::Usage)?;
    }
    compile.jobs = args.jobs.map_or(0, |jobs| jobs as usize);
    let grants = grants::with_manifest(&args.grants)?;
    compile.config = grants::config(&grants)?;
    // Linked code makes system calls that nobody knows.
    compile.config.no_harden |= !args.link.is_empty();
    Ok(options)
}

/// Changes the options for modules that do not start by themselves. An object or library of them is for C hosts: an open world,
/// where any number of instances may exist. A component has one.
///
/// # Errors
///
/// `--memory fixed`, which only one instance could use (usage).
pub fn make_library(
    options: &mut BuildOptions,
    args: &CompileArgs,
    emit: Emit,
    is_component: bool,
) -> Result<(), Failure> {
    let is_library = matches!(emit, Emit::Staticlib | Emit::Shared | Emit::Header);
    options.compile.entry = match is_component {
        true => EntryKind::Hosted,
        false if is_library => EntryKind::Library,
        false => EntryKind::None,
    };
    if emit != Emit::Obj && !is_library {
        return Ok(());
    }
    if !is_component {
        options.compile.world = World::Open;
    }
    match args.memory {
        Some(Memory::Fixed) => {
            return Err(usage(
                "--memory fixed is for programs, and this is for C hosts",
                "use pinned or checked",
            ));
        }
        None => options.compile.memory = MemoryMode::Pinned,
        Some(Memory::Pinned | Memory::Checked) => {}
    }
    Ok(())
}

/// Refuses options that have no meaning for what is made, instead of ignoring them.
fn check_usage(args: &CompileArgs, emit: Emit) -> Result<(), Failure> {
    if emit != Emit::Exe {
        let linking = [
            ("--link", !args.link.is_empty()),
            ("--linker", args.linker.is_some()),
            ("--strip", args.strip && emit != Emit::Shared),
            ("--profile-gen", args.profile_gen.is_some()),
        ];
        if let Some((option, _)) = linking.iter().find(|(_, given)| *given) {
            return Err(usage(
                &format!("{option} is for executables only"),
                "leave it out, or use --emit exe",
            ));
        }
    }
    Ok(())
}

/// The name of a profile, as the program opens it.
fn profile_path(path: &Path) -> Result<String, Failure> {
    let name = path.to_str().filter(|name| !name.contains('\0'));
    let help = "choose another name for --profile-gen";
    name.map(str::to_owned)
        .ok_or_else(|| usage("the name of the profile is no text in UTF-8", help))
}

/// An error of usage.
pub fn usage(reason: &str, help: &str) -> Failure {
    Failure::Usage(Error::new(reason).help(help))
}
