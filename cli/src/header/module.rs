//! The C header of a library made of a module (`docs/embedding.md`). It stands alone: the types of `wative.h` are in it.

use std::fmt::Write as _;

use wative_compiler::ir::{FuncType, RtFn, ValType};
use wative_compiler::library::Interface;
use wative_compiler::{Error, Input, Options, show, wasm};

use crate::{driver, runtime};

/// What a library has. `options` are those that it is made with.
///
/// # Errors
///
/// The module cannot be made a library.
pub fn interface(inputs: &[Input], options: &Options) -> Result<Interface, Error> {
    let front = wasm::front(inputs, None, options).map_err(driver::with_advice)?;
    Ok(Interface::of(&front.program))
}

/// The header, for the same options.
///
/// # Errors
///
/// As [`interface`].
pub fn of_library(inputs: &[Input], options: &Options) -> Result<String, Error> {
    let header = Header {
        interface: interface(inputs, options)?,
    };
    Ok(header.text(inputs.first().map_or("", |input| &input.name)))
}

/// The part of `wative.h` that every header of a library has.
fn types() -> &'static str {
    let (start, end) = ("#ifndef WATIVE_TYPES\n", "#endif /* WATIVE_TYPES */\n");
    let from = runtime::HEADER.find(start).unwrap_or(0);
    let to = runtime::HEADER.find(end).map_or(from, |at| at + end.len());
    &runtime::HEADER[from..to]
}

/// What a library has, by its function; `PREFIX` stands for the prefix.
fn declaration(function: RtFn) -> Option<&'static str> {
    Some(match function {
        RtFn::LibraryNew => {
            "/* Makes an instance: 0; the code of a trap in the module's start function or segments, when the instance exists nevertheless; or a WATIVE_ERROR_*, when\n\
             \x20* *instance is null. `imports`: the functions that it imports, as long as the instance exists; null where it imports none. `others`: memories, tables and\n\
             \x20* globals that it imports, in its order. *instance is set before anything of the module runs. */\n\
             uint32_t PREFIX_new(const PREFIX_imports *imports, const wative_extern *others, size_t other_count, PREFIX_instance **instance);\n"
        }
        RtFn::LibraryDelete => {
            "/* Frees an instance. No call of it may be running. */\n\
             void PREFIX_delete(PREFIX_instance *instance);\n"
        }
        RtFn::LibraryData => {
            "/* The `data` of what it was given. */\n\
             void *PREFIX_data(const PREFIX_instance *instance);\n"
        }
        RtFn::LibraryMemory => {
            "/* The memory that is exported as `memory`, or the first one: where it is, which calls may change; how many bytes it has. Null and 0 where there is none. */\n\
             uint8_t *PREFIX_memory(const PREFIX_instance *instance);\n"
        }
        RtFn::LibraryMemorySize => {
            "uint64_t PREFIX_memory_size(const PREFIX_instance *instance);\n"
        }
        RtFn::LibraryRead => {
            "/* Copy bytes out of it and into it: whether all of them are inside. Otherwise nothing is copied. */\n\
             bool PREFIX_read(const PREFIX_instance *instance, uint64_t at, void *to, size_t len);\n"
        }
        RtFn::LibraryWrite => {
            "bool PREFIX_write(const PREFIX_instance *instance, uint64_t at, const void *from, size_t len);\n"
        }
        RtFn::LibraryFind => {
            "/* Finds any export by its name of `len` bytes: whether there is one. */\n\
             bool PREFIX_find(PREFIX_instance *instance, const char *name, size_t len, wative_export *found);\n"
        }
        RtFn::LibraryCallExport => {
            "/* Calls a function that was found: 0 or the code of a trap. `values`: 8 bytes for each parameter (16 for v128); the results replace them. */\n\
             uint32_t PREFIX_call(PREFIX_instance *instance, const wative_export *function, uint64_t *values);\n"
        }
        RtFn::LibraryRaise => {
            "/* Ends the running call by a trap, from a function that the module imports. What this function has to give back is given back before. */\n\
             void PREFIX_raise(uint32_t code);\n"
        }
        RtFn::LibraryMessage => {
            "/* The message of a code: *len bytes, without a null byte; null for other numbers. */\n\
             const char *PREFIX_message(uint32_t code, size_t *len);\n"
        }
        RtFn::LibraryLastTrap => {
            "/* The last trap of an instance: whether there was one. Message and backtrace as text, as much as fits, with a null byte at the end: bytes before that. */\n\
             bool PREFIX_last_trap(const PREFIX_instance *instance, wative_trap *trap);\n"
        }
        RtFn::LibraryTrapText => {
            "size_t PREFIX_trap_text(const PREFIX_instance *instance, char *buf, size_t size);\n"
        }
        RtFn::LibraryMemoryCreate => {
            "/* Memories and tables to import, for instances of this library alone: 0 or WATIVE_ERROR_NO_MEMORY. */\n\
             uint32_t PREFIX_memory_create(uint64_t min_pages, uint64_t max_pages, uint32_t flags, wative_memory *memory);\n"
        }
        RtFn::LibraryTableCreate => {
            "uint32_t PREFIX_table_create(uint64_t min, uint64_t max, wative_table *table);\n"
        }
        RtFn::LibraryStackSize => {
            "/* Bytes of the stacks that it runs on, of those that are made from now on. */\n\
             void PREFIX_stack_size(uint64_t bytes);\n"
        }
        RtFn::LibraryConfigure => {
            "/* What WASI shows, before anything uses it; nothing but the standard streams otherwise. Everything is used in place; envp and config may be null. */\n\
             void PREFIX_configure(size_t argc, const char *const *argv, const char *const *envp, const wative_config *config);\n"
        }
        RtFn::LibraryRetain => {
            "/* References to objects are numbers of the instance, good for it alone, compared with ==: that of one object is always the same. What a call answers is yours until you\n\
             \x20* release it, as often as you got it. What a function that the module imports is called with is good until that returns; retain what you keep or return. What it returns is\n\
             \x20* the module's. Numbers without bit 63 are values of yours. Both answer whether it is an object of the instance. Whatever else is given for an object is a trap. */\n\
             bool PREFIX_retain(PREFIX_instance *instance, uint64_t reference);\n"
        }
        RtFn::GcRelease => "bool PREFIX_release(PREFIX_instance *instance, uint64_t reference);\n",
        _ => return None,
    })
}

struct Header {
    interface: Interface,
}

impl Header {
    fn text(&self, module: &str) -> String {
        let guard = format!("{}_LIBRARY_H", self.interface.prefix.to_uppercase());
        let mut text = format!(
            "/* The library {}, for C programs; docs/embedding.md says how to use it. Made by wative. */\n#ifndef {guard}\n#define {guard}\n\n",
            comment(module)
        );
        text.push_str("#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n\n");
        text.push_str("#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
        text.push_str(types());
        let exports = self.exports();
        let imports = self.imports();
        text.push('\n');
        if format!("{exports}{imports}").contains(&self.vector()) {
            let vector = self.vector();
            let _ = writeln!(
                text,
                "typedef uint8_t {vector} __attribute__((vector_size(16)));\n"
            );
        }
        text.push_str(&self.with_prefix(
            "/* An instance of the module. One thread at a time may use it; several of them run in parallel. */\ntypedef struct PREFIX_instance PREFIX_instance;\n\n",
        ));
        text.push_str(&imports);
        text.push_str(&self.others());
        for &function in &self.interface.functions {
            text.push_str(&self.with_prefix(declaration(function).unwrap_or_default()));
        }
        let _ = write!(
            text,
            "\n/* What the module exports. Each function answers 0, when its results are where the last parameters point, or the code of a trap. References are addresses; null is 0. */\n{exports}"
        );
        text.push_str("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
        text
    }

    fn with_prefix(&self, text: &str) -> String {
        text.replace("PREFIX", &self.interface.prefix)
    }

    fn vector(&self) -> String {
        format!("{}_v128", self.interface.prefix)
    }

    fn ty(&self, ty: &ValType) -> String {
        match ty {
            ValType::I32 => "uint32_t".to_owned(),
            ValType::I64 => "uint64_t".to_owned(),
            ValType::F32 => "float".to_owned(),
            ValType::F64 => "double".to_owned(),
            ValType::V128 => self.vector(),
            ValType::FuncRef | ValType::ExternRef | ValType::ExnRef | ValType::Ref(_) => {
                "uint64_t".to_owned()
            }
        }
    }

    /// Parameters as C declares them, behind the instance.
    fn params(&self, ty: &FuncType) -> String {
        let params = ty.params.iter().enumerate();
        let params = params.map(|(i, ty)| format!(", {} p{i}", self.ty(ty)));
        format!(
            "{}_instance *instance{}",
            self.interface.prefix,
            params.collect::<String>()
        )
    }

    /// The structure of the functions that the module imports.
    fn imports(&self) -> String {
        let mut fields = String::new();
        for import in &self.interface.imports {
            let (field, ty) = (&import.symbol, &import.ty);
            let (result, last) = match &ty.results[..] {
                [] => ("void".to_owned(), ""),
                [one] => (self.ty(one), ""),
                // Eight bytes each, sixteen for v128.
                _ => ("void".to_owned(), ", uint64_t *results"),
            };
            let params = self.params(ty);
            let _ = write!(
                fields,
                "    /* {} */\n    {result} (*{field})({params}{last});\n",
                comment(&import.name)
            );
        }
        let what = match fields.is_empty() {
            true => "The module imports no functions.",
            false => {
                "Functions that the module imports. Several results are put where `results` points, 8 bytes each (16 for v128). They run on a stack of the\n * library's, may call exports, and must not be left by an exception of C++ or longjmp."
            }
        };
        self.with_prefix(&format!(
            "/* {what} */\ntypedef struct PREFIX_imports {{\n    /* For PREFIX_data. */\n    void *data;\n{fields}}} PREFIX_imports;\n\n"
        ))
    }

    /// A list of what else it imports.
    fn others(&self) -> String {
        let mut lines = String::new();
        for (kind, module, name) in &self.interface.others {
            let _ = writeln!(lines, " * {kind} {}.{}", comment(module), comment(name));
        }
        match lines.is_empty() {
            true => String::new(),
            false => format!("/* What else the module imports, in this order:\n{lines} */\n"),
        }
    }

    fn exports(&self) -> String {
        let mut text = String::new();
        for export in &self.interface.exports {
            let results = export.ty.results.iter().enumerate();
            let results = results.map(|(i, ty)| format!(", {} *r{i}", self.ty(ty)));
            let (params, results) = (self.params(&export.ty), results.collect::<String>());
            let (name, symbol) = (comment(&export.name), &export.symbol);
            let _ = writeln!(text, "/* {name} */\nuint32_t {symbol}({params}{results});");
        }
        text
    }
}

/// A name that can be in a comment.
fn comment(name: &str) -> String {
    show::name(name).replace("*/", "* /")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_header_has_its_types() {
        let types = super::types();
        assert!(types.contains("typedef struct wative_export {") && types.contains("WATIVE_OK"));
        assert!(!types.contains(");\n"), "no functions");
    }
}
