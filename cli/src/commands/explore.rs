//! `wative explore`.

use std::path::Path;

use wative_compiler::options::OptLevel;
use wative_compiler::{Error, show};

use crate::Failure;
use crate::args::{Emit, ExploreArgs};
use crate::driver::BuildOptions;
use crate::explore::{self, Profile, SourceRoot, Sources};
use crate::{debug, inputs, output, report};

use super::build::names;
use super::options::{build_options, make_library};

/// Compiles, and writes a page about it.
///
/// # Errors
///
/// Everything that the user must know about; nothing was written then.
pub fn run(args: &ExploreArgs) -> Result<(), Failure> {
    // What listings are made with: nothing is linked.
    let emit = Emit::Asm;
    let mut options = build_options(&args.compile, emit)?;
    let first = args.modules.inputs.first();
    let default = first.map_or_else(Default::default, |first| {
        super::default_output(&first.path, ".html")
    });
    let files = args.modules.inputs.iter().map(|input| input.path.as_path());
    let files: Vec<&Path> = files
        .chain(args.modules.plugs.iter().map(AsRef::as_ref))
        .collect();
    let path = args.output.as_deref().unwrap_or(&default);
    let destination = output::destination(path, &files, true)?;
    let profile = args.profile.as_deref().map(read_profile).transpose()?;
    let mut modules = inputs::read_with_plugs(&args.modules)?;
    modules.iter_mut().try_for_each(debug::add_external)?;
    let is_component = modules.iter().any(inputs::is_component);
    if args.compile.invoke.is_none() && !modules.iter().any(inputs::exports_start) {
        make_library(&mut options, &args.compile, emit, is_component)?;
    }
    let here = SourceRoot {
        from: None,
        directory: ".".into(),
    };
    let sources = match &args.source[..] {
        [] => Sources::new(&[here]),
        given => Sources::new(given),
    };
    let progress = report::Progress::start(format!("compiling {}", names(&modules)));
    // Where it lies is nobody's business.
    let file = args
        .modules
        .inputs
        .last()
        .and_then(|it| it.path.file_name());
    let title = file.map_or_else(String::new, |name| show::path(Path::new(name)));
    let head = (title.as_str(), &about(&options)[..]);
    let page = explore::page(&modules, &options.compile, head, sources, profile)?;
    drop(progress);
    Ok(output::write(&destination, page.as_bytes(), false)?)
}

/// What decides the code, for the head of the page.
fn about(options: &BuildOptions) -> Vec<String> {
    let level = match options.compile.opt {
        OptLevel::O0 => "-O0",
        OptLevel::O1 => "-O1",
        OptLevel::O2 => "-O2",
        OptLevel::O3 => "-O3",
        OptLevel::Os => "-Os",
    };
    let memory = format!("{:?} memory", options.compile.memory).to_lowercase();
    vec![options.target.name().to_owned(), level.to_owned(), memory]
}

fn read_profile(path: &Path) -> Result<Profile, Error> {
    let name = inputs::display_path(path);
    let bytes = inputs::read_bytes(path)?;
    Profile::parse(&String::from_utf8_lossy(&bytes)).map_err(|error| error.in_file(&name))
}
