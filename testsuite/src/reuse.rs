//! Code of functions that is kept from one compilation to the next: with it an object is the same, byte for byte, as without.
//!
//! Modules are changed as [`crate::variants`] changes them: each version is compiled with what those before have left, the first one again at the end.

use std::sync::Arc;

use wative_compiler::Input;
use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{OptLevel, Options, Unknown};
use wative_compiler::pack::{Earlier, Pack};

use crate::compile::{self, Failure};
use crate::random::Random;
use crate::variants;

/// A module with those that it imports from, in several versions.
pub fn versions(modules: &[Vec<Input>], random: &mut Random) -> Result<Vec<Vec<Input>>, String> {
    let (first, _) = variants::original(modules, true, random)?;
    let mut versions = vec![first];
    for _ in 0..1 + random.below(3) {
        let mut next = versions.last().cloned().ok_or("no version")?;
        let module = next.last_mut().ok_or("no module")?;
        module.bytes = variants::edited(&module.bytes, random)?;
        versions.push(next);
    }
    Ok(versions)
}

/// A configuration.
pub fn options(random: &mut Random, opt: OptLevel) -> Options {
    let world = *random.pick(&[World::Closed, World::Closed, World::Open]);
    Options {
        opt,
        world,
        memory: match world {
            World::Closed => *random.pick(&[MemoryMode::Fixed, MemoryMode::Checked]),
            World::Open => *random.pick(&[MemoryMode::Pinned, MemoryMode::Checked]),
        },
        entry: match world {
            World::Closed => EntryKind::Script,
            World::Open => EntryKind::None,
        },
        unknown: Unknown::Trap,
        deterministic: random.below(3) == 0,
        debug: random.below(3) == 0,
        ..Options::default()
    }
}

/// Compiles all versions and compares each with what it is alone. Answers how many were compared; a module that is refused is so both times.
///
/// # Errors
///
/// They differ.
pub fn compare(versions: &[Vec<Input>], options: &Options) -> Result<usize, String> {
    let (mut pack, mut compared) = (Vec::new(), 0);
    for (number, inputs) in versions.iter().chain(versions.first()).enumerate() {
        let plain = compile::compile(inputs, options);
        let earlier = Earlier {
            compiler: [1; 32],
            pack: Pack::new(pack.clone()),
        };
        let with = Options {
            earlier: Some(Arc::new(earlier)),
            ..options.clone()
        };
        match (plain, compile::compile(inputs, &with)) {
            (Err(failure @ Failure::Panicked(_)), _) | (_, Err(failure @ Failure::Panicked(_))) => {
                return Err(failure.to_string());
            }
            (Err(plain), Err(with)) if plain.to_string() == with.to_string() => {}
            (Ok(plain), Ok(with)) => {
                let reused = with.reused.ok_or("there is no cache")?;
                if plain.object != with.object {
                    let found = reused.found;
                    return Err(format!(
                        "version {number} is another one with {found} functions of earlier ones"
                    ));
                }
                pack = reused.pack.unwrap_or(pack);
                compared += 1;
            }
            _ => return Err(format!("version {number} is refused one time of two")),
        }
    }
    Ok(compared.max(1))
}
