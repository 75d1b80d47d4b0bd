//! The filter of system calls and the front end know the same WASI functions.

use wative_compiler::obj::filter;
use wative_compiler::wasm::host;

#[test]
fn every_wasi_function_has_its_system_calls() {
    let known: Vec<&str> = host::WASI.iter().map(|(name, ..)| *name).collect();
    assert_eq!(filter::functions().collect::<Vec<_>>(), known);
}
