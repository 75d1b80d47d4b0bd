//! Reading modules: `NAME=FILE` arguments, standard input, text format.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use wative_compiler::{Error, Input, host, show};

use crate::args::ModuleArgs;

/// A `[NAME=]FILE` argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputArg {
    /// The name before `=`, if given.
    pub name: Option<String>,
    /// `-` is standard input.
    pub path: PathBuf,
}

impl FromStr for InputArg {
    type Err = String;

    /// What stands before the first `=` is a name unless it holds a `/`, so that every path can be given (`./a=b.wasm`).
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) if !name.contains('/') => (Some(name), path),
            _ => (None, text),
        };
        if path.is_empty() {
            return Err("FILE must not be empty".to_owned());
        }
        if name == Some("") {
            return Err(
                "NAME must not be empty (write ./ before a file name that begins with =)"
                    .to_owned(),
            );
        }
        Ok(InputArg {
            name: name.map(str::to_owned),
            path: PathBuf::from(path),
        })
    }
}

impl InputArg {
    /// The name by which other modules import this one.
    pub fn module_name(&self) -> String {
        self.name
            .clone()
            .unwrap_or_else(|| default_name(&self.path))
    }

    /// Whether this is standard input.
    pub fn is_stdin(&self) -> bool {
        self.path == Path::new("-")
    }
}

/// The file name without its extension; `stdin` for `-`.
pub fn default_name(path: &Path) -> String {
    if path == Path::new("-") {
        return "stdin".to_owned();
    }
    path.file_stem().map_or_else(
        || "module".to_owned(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}

/// Reads all inputs into the compiler's form.
///
/// # Errors
///
/// Unreadable files, content that is no module, text that does not parse, standard input or a name given twice.
pub fn read_all(inputs: &[InputArg]) -> Result<Vec<Input>, Error> {
    if inputs.iter().filter(|input| input.is_stdin()).count() > 1 {
        return Err(Error::new("standard input can be given only once")
            .help("put the other module into a file"));
    }
    let mut modules: Vec<Input> = Vec::with_capacity(inputs.len());
    for input in inputs {
        let name = input.module_name();
        if let Some(other) = modules.iter().find(|other| other.name == name) {
            let reason = format!(
                "two modules are named `{}`: {} and {}",
                show::name(&name),
                show::name(&other.path),
                show::name(&display_path(&input.path))
            );
            return Err(Error::new(reason).help("give one of them another name: NAME=FILE"));
        }
        let path = display_path(&input.path);
        let bytes = read_module(&input.path)?;
        modules.push(Input {
            name,
            path,
            bytes,
            links: Vec::new(),
        });
    }
    Ok(modules)
}

/// Reads modules, or a component, and then the plugs.
///
/// # Errors
///
/// As [`read_all`]; several components without `--plug`, plugs without a component.
pub fn read_with_plugs(args: &ModuleArgs) -> Result<Vec<Input>, Error> {
    let mut inputs = read_all(&args.inputs)?;
    let component = inputs.iter().find(|input| is_component(input));
    match component {
        Some(component) if inputs.len() > 1 => {
            return Err(Error::new("a component is compiled by itself")
                .in_file(&component.path)
                .help("--plug FILE adds a component that exports what this one imports"));
        }
        None if !args.plugs.is_empty() => {
            return Err(Error::new("--plug is for components")
                .in_file(
                    &inputs
                        .first()
                        .map_or_else(String::new, |first| first.path.clone()),
                )
                .help("give the module that others import from as another FILE"));
        }
        _ => {}
    }
    for plug in &args.plugs {
        inputs.push(Input {
            name: default_name(plug),
            path: display_path(plug),
            bytes: read_module(plug)?,
            links: Vec::new(),
        });
    }
    Ok(inputs)
}

/// Whether this is a component.
pub fn is_component(input: &Input) -> bool {
    wasmparser::Parser::is_component(&input.bytes)
}

/// Whether the module exports a function `_start`, or the component `wasi:cli/run` or `wasi:http/incoming-handler`, which makes it a program. What cannot be read is none.
pub fn exports_start(module: &Input) -> bool {
    if is_component(module) {
        return exports_entry(&module.bytes);
    }
    let payloads = wasmparser::Parser::new(0).parse_all(&module.bytes);
    let sections = payloads
        .map_while(Result::ok)
        .filter_map(|payload| match payload {
            wasmparser::Payload::ExportSection(section) => Some(section),
            _ => None,
        });
    let mut exports = sections.flatten().filter_map(Result::ok);
    exports.any(|export| export.name == "_start" && export.kind == wasmparser::ExternalKind::Func)
}

fn exports_entry(component: &[u8]) -> bool {
    let mut depth = 0;
    for payload in wasmparser::Parser::new(0).parse_all(component) {
        match payload {
            Ok(wasmparser::Payload::Version { .. }) => depth += 1,
            Ok(wasmparser::Payload::End(_)) => depth -= 1,
            Ok(wasmparser::Payload::ComponentExportSection(section)) if depth == 1 => {
                let mut exports = section.into_iter().filter_map(Result::ok);
                let is_entry = |name: &str| {
                    let name = host::track(name);
                    matches!(
                        name,
                        Some(
                            "wasi:cli/run"
                                | "wasi:cli/run@0.3"
                                | "wasi:http/incoming-handler"
                                | "wasi:http/handler@0.3"
                        )
                    )
                };
                if exports.any(|export| is_entry(&export.name.full_name())) {
                    return true;
                }
            }
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    false
}

/// The path as messages show it.
pub fn display_path(path: &Path) -> String {
    if path == Path::new("-") {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    }
}

/// Reads one module and translates it from text if it is text.
pub fn read_module(path: &Path) -> Result<Vec<u8>, Error> {
    as_module(path, read_bytes(path)?)
}

/// The module that the contents of a file are.
pub fn as_module(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    to_binary(bytes, path)
}

/// The contents of a file.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    bytes.map_err(|e| unreadable(path, &e))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let file = display_path(path);
    let reason = format!("cannot read: {error}");
    let plain = Error::new(reason).in_file(&file);
    match error.kind() {
        std::io::ErrorKind::NotFound if !file.contains(['/', '.']) => {
            plain.help("give a .wasm or .wat file; `wative --help` lists the commands")
        }
        std::io::ErrorKind::NotFound => plain.help("check the path"),
        std::io::ErrorKind::IsADirectory => plain.help("give a .wasm or .wat file"),
        _ => plain.help("check the file's permissions"),
    }
}

/// What some editors write before text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The text without a byte order mark before it.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// Content decides: `\0asm` is binary, text that begins like an S-expression is the text format.
fn to_binary(bytes: Vec<u8>, path: &Path) -> Result<Vec<u8>, Error> {
    let file = display_path(path);
    let not_a_module = |what: &str| {
        let help = "give a WebAssembly module or component in binary (.wasm) or text (.wat) format";
        Err(Error::new(format!("not a WebAssembly module: {what}"))
            .in_file(&file)
            .help(help))
    };
    if bytes.is_empty() {
        return not_a_module("the file is empty");
    }
    if let [0, b'a', b's', b'm', version, 0, 1, 0, ..] = bytes[..]
        && version != 0x0d
    {
        let reason = format!("a component in encoding {version:#x}, and 0xd is what there is");
        return Err(Error::new(reason)
            .in_file(&file)
            .help("it was made before WASI 0.2: build it anew with current tools"));
    }
    if bytes.starts_with(b"\0asm") {
        return Ok(bytes);
    }
    if b"\0asm".starts_with(&bytes) {
        return not_a_module("the file ends within the magic number");
    }
    let text = without_mark(&bytes);
    let start = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if !matches!(start, Some(b'(' | b';')) {
        return not_a_module(match bytes.as_slice() {
            [0x7f, b'E', b'L', b'F', ..] => "it is an ELF file",
            [b'!', b'<', b'a', b'r', b'c', b'h', b'>', ..] => "it is an archive",
            [0x1f, 0x8b, ..] => "it is compressed with gzip",
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is text in UTF-16, and UTF-8 is needed",
            _ => "it begins neither with the magic number \\0asm nor like text format",
        });
    }
    let binary = wat::Parser::new()
        .parse_bytes(None, text)
        .map(std::borrow::Cow::into_owned);
    binary.map_err(|mut error| {
        error.set_path(show::name(&file));
        let text = error.to_string();
        Error::new(format!("cannot parse the text format: {}", text.trim_end()))
            .in_file(&file)
            .help("the text must be one module or component: (module …) or (component …)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let parse = |text: &str| text.parse::<InputArg>().map(|i| (i.module_name(), i.path));
        assert_eq!(
            parse("dir/app.wasm"),
            Ok(("app".into(), "dir/app.wasm".into()))
        );
        assert_eq!(parse("env=lib.wasm"), Ok(("env".into(), "lib.wasm".into())));
        assert_eq!(parse("env=a=b.wasm"), Ok(("env".into(), "a=b.wasm".into())));
        assert_eq!(parse("./a=b.wasm"), Ok(("a=b".into(), "./a=b.wasm".into())));
        assert_eq!(parse("-"), Ok(("stdin".into(), "-".into())));
        assert!(parse("").is_err() && parse("=x").is_err() && parse("x=").is_err());
    }

    #[test]
    fn content_decides() {
        let convert =
            |bytes: &[u8]| to_binary(bytes.to_vec(), Path::new("x")).map_err(|e| e.reason);
        assert_eq!(convert(b" \n(module)").unwrap(), b"\0asm\x01\0\0\0");
        assert_eq!(convert(b";; text\n(module)").unwrap(), b"\0asm\x01\0\0\0");
        assert_eq!(
            convert(b"\xef\xbb\xbf(module)").unwrap(),
            b"\0asm\x01\0\0\0"
        );
        // Only before text, and once.
        assert!(convert(b"\xef\xbb\xbf\0asm\x01\0\0\0").is_err());
        assert!(convert(b"\xef\xbb\xbf\xef\xbb\xbf(module)").is_err());
        assert!(convert(b"\xff\xfe(\0").unwrap_err().contains("UTF-16"));
        assert!(convert(b"\0asm\x01\0\0\0").is_ok());
        assert!(convert(b"").unwrap_err().contains("empty"));
        assert!(convert(b"\0as").unwrap_err().contains("magic number"));
        assert!(convert(b"\0asm\x0d\0\x01\0").is_ok());
        assert!(
            convert(b"\0asm\x0c\0\x01\0")
                .unwrap_err()
                .contains("encoding 0xc")
        );
        assert!(convert(b"\x7fELF....").unwrap_err().contains("ELF"));
        assert!(convert(b"hello").unwrap_err().contains("neither"));
        assert!(
            convert(b"(module (func")
                .unwrap_err()
                .contains("text format")
        );
    }
}
