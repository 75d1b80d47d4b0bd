//! The linker's file system: its inputs and its one output, in memory.
//!
//! Input `i` is the file `/<i>/<name>` with a name that cannot be taken for an option; messages are
//! translated back by [`MemoryFiles::readable`]. Nothing else exists, so that a linker script or an
//! archive of references cannot reach the real file system.

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use libwild::error::Result;
use libwild::{FileSystem, FileType, InputFileData, OutputFileData, OutputOptions};

use crate::Input;

/// Path of the output in the linker's file system.
pub(crate) const OUTPUT: &str = "/out/executable";

/// Handle of the file system of one link; clones share the files.
#[derive(Clone)]
pub(crate) struct MemoryFiles {
    inputs: Arc<[Entry]>,
    output: Arc<Mutex<Option<Vec<u8>>>>,
}

struct Entry {
    path: String,
    name: String,
    bytes: Arc<Cow<'static, [u8]>>,
}

impl MemoryFiles {
    pub(crate) fn new(inputs: Vec<Input>) -> Self {
        let entry = |(index, input): (usize, Input)| Entry {
            path: format!("/{index}/object"),
            name: input.name,
            bytes: Arc::new(input.bytes),
        };
        Self {
            inputs: inputs.into_iter().enumerate().map(entry).collect(),
            output: Arc::default(),
        }
    }

    /// The inputs' paths, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = String> {
        self.inputs.iter().map(|entry| entry.path.clone())
    }

    /// `message` with the inputs' own names in place of their paths here.
    pub(crate) fn readable(&self, message: &str) -> String {
        let mut text = message.to_owned();
        // Highest index first: `/1/object` is a part of no other path, but keeps this obvious.
        for entry in self.inputs.iter().rev() {
            text = text.replace(&entry.path, &entry.name);
        }
        text
    }

    pub(crate) fn take_output(&self) -> Option<Vec<u8>> {
        lock(&self.output).take()
    }

    fn find(&self, path: &Path) -> Result<&Entry> {
        let found = self
            .inputs
            .iter()
            .find(|entry| Path::new(&entry.path) == path);
        found.ok_or_else(|| libwild::error!("no such input: {}", path.display()))
    }
}

/// The lock protects a plain value, which a panic elsewhere cannot leave half-written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// An opened input.
#[derive(Debug)]
pub(crate) struct InputBytes(Arc<Cow<'static, [u8]>>);

impl InputFileData for InputBytes {
    fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The output while the linker fills it.
pub(crate) struct OutputBytes {
    bytes: Vec<u8>,
    done: Arc<Mutex<Option<Vec<u8>>>>,
}

impl OutputFileData for OutputBytes {
    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    fn finish(self) -> Result {
        *lock(&self.done) = Some(self.bytes);
        Ok(())
    }
}

impl FileSystem for MemoryFiles {
    type Input = InputBytes;
    type Output = OutputBytes;

    fn open_input(
        &self,
        path: &Path,
        _prepopulate: bool,
    ) -> Result<(InputBytes, Option<Arc<File>>)> {
        Ok((InputBytes(Arc::clone(&self.find(path)?.bytes)), None))
    }

    fn file_type(&self, path: &Path) -> Result<FileType> {
        self.find(path).map(|_| FileType::File)
    }

    fn canonicalize(&self, path: &Path) -> Result<PathBuf> {
        Ok(path.to_owned())
    }

    fn remove_file(&self, path: &Path) -> Result<()> {
        Err(libwild::error!("nothing to remove at {}", path.display()))
    }

    fn rename_file(&self, path: &Path, _new_path: &Path) -> Result<()> {
        Err(libwild::error!("nothing to rename at {}", path.display()))
    }

    fn create_output(&self, _path: Arc<Path>, options: OutputOptions) -> Result<OutputBytes> {
        let size = usize::try_from(options.size)?;
        Ok(OutputBytes {
            bytes: vec![0; size],
            done: Arc::clone(&self.output),
        })
    }

    /// Layouts and traces that WILD_* variables ask for have no place here.
    fn write_auxiliary(&self, _path: &Path, _bytes: &[u8]) -> Result {
        Ok(())
    }
}
