//! A host in Rust of the component words: what it exports is declared, what it imports is defined, as the C header has both.

use std::ffi::c_void;
use std::slice;

/// `wative_string`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Text {
    ptr: *const u8,
    len: usize,
}

impl Text {
    fn new(text: &[u8]) -> Text {
        let (ptr, len) = (text.as_ptr(), text.len());
        Text { ptr, len }
    }

    /// # Safety
    /// It came from a component, which is not called while the result is used.
    unsafe fn bytes<'a>(self) -> &'a [u8] {
        match self.len {
            0 => &[],
            // SAFETY: a string of a component is that many bytes.
            len => unsafe { slice::from_raw_parts(self.ptr, len) },
        }
    }
}

unsafe extern "C" {
    fn wative_component_start() -> u32;
    fn wative_component_trap_text(buf: *mut u8, size: usize) -> usize;
    fn wative_words__greet(name: *const Text, result: *mut Text) -> u32;
}

/// How much of the text is said.
///
/// # Safety
/// The component calls it.
#[unsafe(no_mangle)]
#[allow(non_snake_case)]
unsafe extern "C" fn wative_import_test_x3Awords_x2Fhost_x400_x2E1_x2E0__note(text: *const Text, result: *mut c_void) {
    // SAFETY: the component gives its parameters.
    let text = unsafe { (*text).bytes() };
    println!("note: {}", String::from_utf8_lossy(text));
    let said = if text.ends_with(b"!") { u32::MAX } else { text.len() as u32 };
    // SAFETY: it takes such a result.
    unsafe { *result.cast() = said };
}

/// The component's answer, or the code of the trap.
fn greet(name: &[u8]) -> Result<String, u32> {
    let name = Text::new(name);
    let mut greeting = Text::new(b"");
    // SAFETY: both are what the function takes.
    match unsafe { wative_words__greet(&name, &mut greeting) } {
        // SAFETY: what it gives is used before the next call.
        0 => Ok(String::from_utf8_lossy(unsafe { greeting.bytes() }).into_owned()),
        code => Err(code),
    }
}

fn main() {
    // SAFETY: nothing else is running.
    println!("start: {}", unsafe { wative_component_start() });
    println!("{:?} {:?}", greet(b"you"), greet("größe".as_bytes()));
    println!("{:?}", greet(b""));
    println!("{:?}", greet(b"loud!"));
    let mut text = [0; 4096];
    // SAFETY: as many bytes as it is told.
    let len = unsafe { wative_component_trap_text(text.as_mut_ptr(), text.len()) };
    let text = String::from_utf8_lossy(&text[..len]).into_owned();
    println!("{}", text.lines().next().unwrap_or_default());
    println!("{:?}", greet(b"you"));
}
