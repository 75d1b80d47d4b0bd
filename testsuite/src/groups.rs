//! The table of test groups, in the order in which they run: quick and basic ones first.

use crate::report::Output;
use crate::target::Target;
use crate::{
    apps, components, cpu, debugger, elf, embedding, exceptions, explore, far, fuzz, guests, known,
    linking, listings, network, profiles, segments, serve, spec, stacks, tails, threads, traps,
    trees, wasi,
};

/// A named set of tests.
pub struct Group {
    pub name: &'static str,
    /// Runs the tests whose names contain the filter for every target, with a summary line for each part.
    pub run: fn(&[Target], &str, &mut Output),
}

/// All groups.
pub fn all() -> Vec<Group> {
    let group = |name, run| Group { name, run };
    vec![
        group(
            "listings",
            listings::group as fn(&[Target], &str, &mut Output),
        ),
        group("guests", guests::group),
        group("files", elf::group),
        group("cpu", cpu::group),
        group("explore", explore::group),
        group("gdb", debugger::group),
        group("traps", traps::group),
        group("linking", linking::group),
        group("known", known::group),
        group("embedding", embedding::group),
        group("exceptions", exceptions::group),
        group("far", far::group),
        group("profiles", profiles::group),
        group("segments", segments::group),
        group("stacks", stacks::group),
        group("tails", tails::group),
        group("threads", threads::group),
        group("trees", trees::group),
        group("fuzz", fuzz::group),
        group("wasi", wasi::group),
        group("spec", spec::group),
        group("components", components::group),
        group("network", network::group),
        group("serve", serve::group),
        group("apps", apps::group),
    ]
}
