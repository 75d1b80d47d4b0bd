//! Where compiled functions are kept from one compilation to the next: in a directory of the user, or on a server.
//!
//! One piece of bytes holds those of a program (`wative_compiler::pack`), so there is one read before compiling and at most one write behind it. Its name says
//! what later versions of the program have in common: the compiler, the options that code depends on, the modules' names.
//!
//! Whoever can write there decides what is compiled to what, as whoever can write to `~/.cargo`: the directory is one that only the user can write, as that of `wative run`
//! (`cache`), and a server is believed because the user has named it.
//!
//! A directory that cannot be used is an error, before anything is compiled. All else that goes wrong here is a warning with `--verbose`, and no more.

use std::fs::File;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use wative_compiler::cache::pack_name;
use wative_compiler::options::Reused;
use wative_compiler::pack::{Earlier, Key, Pack};
use wative_compiler::{Error, Input, Options, show};

use crate::args::CompileArgs;
use crate::cache::Cache;
use crate::remote::Server;
use crate::report;

/// Most bytes that all packs in a directory may take: 1 GiB.
const MOST_BYTES: u64 = 1 << 30;

/// `--cache DIR|URL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CachePlace {
    Directory(PathBuf),
    Server(Server),
}

impl FromStr for CachePlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("://") {
            None if text.is_empty() => Err("DIR must not be empty".to_owned()),
            None => Ok(CachePlace::Directory(text.into())),
            Some(_) => text.parse().map(CachePlace::Server),
        }
    }
}

/// Where the functions of a program come from and go to.
pub struct Functions {
    place: Open,
    name: String,
    verbose: bool,
}

enum Open {
    Directory(Cache),
    Server(Server),
}

impl Functions {
    /// Reads what there is, for the compiler. Nothing without `--cache`.
    ///
    /// # Errors
    ///
    /// The directory that was given cannot be used, or somebody else can write to it.
    pub fn open(
        args: &CompileArgs,
        modules: &[Input],
        options: &mut Options,
    ) -> Result<Option<Functions>, Error> {
        let warn = |reason: &str| {
            if args.verbose {
                report::warning(&format!("functions are not kept: {reason}"));
            }
        };
        let place = match &args.cache {
            None => return Ok(None),
            Some(CachePlace::Directory(path)) => {
                let opened = Cache::open_at(path)?;
                let refused = |reason| {
                    Error::new(reason).help("--cache takes a directory, or http:// and a server")
                };
                Open::Directory(opened.map_err(refused)?)
            }
            Some(CachePlace::Server(server)) => Open::Server(server.clone()),
        };
        let compiler = match identity() {
            Ok(identity) => identity,
            Err(error) => {
                warn(&format!("the compiler cannot be read: {error}"));
                return Ok(None);
            }
        };
        let name = pack_name(modules, options, &compiler);
        let bytes = match &place {
            Open::Directory(cache) => cache.read(&name).unwrap_or_default(),
            Open::Server(server) => match server.get(&name) {
                Ok(bytes) => bytes.unwrap_or_default(),
                Err(reason) => {
                    warn(&reason);
                    return Ok(None);
                }
            },
        };
        let pack = Pack::new(bytes);
        options.earlier = Some(Arc::new(Earlier { compiler, pack }));
        Ok(Some(Functions {
            place,
            name,
            verbose: args.verbose,
        }))
    }

    /// Keeps what there is now.
    pub fn close(self, reused: &Option<Reused>) {
        let Some(pack) = reused.as_ref().and_then(|reused| reused.pack.as_ref()) else {
            return;
        };
        let kept = match &self.place {
            Open::Directory(cache) => cache
                .write(&self.name, pack, MOST_BYTES)
                .map_err(|error| format!("{}: {error}", show::path(cache.path()))),
            Open::Server(server) => server.put(&self.name, pack),
        };
        if let (Err(reason), true) = (kept, self.verbose) {
            report::warning(&format!("functions are not kept: {reason}"));
        }
    }
}

/// What the compiler is: a hash of its file, the same on every machine that has this build.
fn identity() -> std::io::Result<Key> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(std::env::current_exe()?)?)?;
    Ok(*hasher.finalize().as_bytes())
}
