//! Where test data that others wrote is found.

use std::fs;
use std::path::{Path, PathBuf};

/// The corpus: `WATIVE_CORPUS`, else `shared/corpus` beside the checkout, if it exists.
pub fn find() -> Option<PathBuf> {
    let path = match std::env::var_os("WATIVE_CORPUS") {
        Some(path) => PathBuf::from(path),
        None => root().parent()?.join("shared/corpus"),
    };
    path.is_dir().then_some(path)
}

/// The checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate is a folder of the workspace")
}

/// Files below `dir` whose name ends with `.extension`, sorted.
pub fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![dir.to_path_buf()];
    while let Some(dir) = pending.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
