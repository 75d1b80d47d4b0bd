//! Names of symbols: one place for the compiler, the command line and the documentation (`docs/abi.md`).
//!
//! A symbol is made of components (module and function names, any bytes) joined by `__`. [`mangle`] turns a component into
//! characters that C accepts so that the whole stays unambiguous:
//!
//! - letters and digits stay;
//! - `_` stays, unless it is the first or last byte, or the next byte is not a letter or digit, or the previous one is `_`, or `x` and two
//!   hexadecimal digits follow;
//! - everything else, and those `_`, become `_xHH` with the byte in upper-case hexadecimal.
//!
//! So a mangled component never contains `__`, never ends in `_`, and `_xHH` in it is always an escape: the mapping is injective, and
//! the first `__` after a component is the separator.

use crate::ir::{FuncType, Heap, RefType, SigId, Types, ValType};
use std::collections::{HashMap, HashSet};

/// One component of a symbol.
pub fn mangle(component: &str) -> String {
    let bytes = component.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    for (i, &byte) in bytes.iter().enumerate() {
        if byte.is_ascii_alphanumeric() || byte == b'_' && keeps_underscore(bytes, i) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("_x{byte:02X}"));
        }
    }
    out
}

/// Whether the `_` at `i` can stand for itself.
fn keeps_underscore(bytes: &[u8], i: usize) -> bool {
    let rest = &bytes[i + 1..];
    let looks_like_escape =
        matches!(rest, [b'x', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    i > 0
        && bytes[i - 1] != b'_'
        && rest.first().is_some_and(u8::is_ascii_alphanumeric)
        && !looks_like_escape
}

/// The C symbol of an imported function.
pub fn import_symbol(module: &str, name: &str) -> String {
    format!("wative_import_{}__{}", mangle(module), mangle(name))
}

/// Module and name of an import's symbol; `None` for other symbols.
pub fn split_import(symbol: &str) -> Option<(String, String)> {
    let (module, name) = symbol.strip_prefix("wative_import_")?.split_once("__")?;
    Some((demangle(module), demangle(name)))
}

/// Undoes [`mangle`].
pub fn demangle(mangled: &str) -> String {
    let mut bytes = Vec::with_capacity(mangled.len());
    let mut rest = mangled.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let escaped = match tail {
            [b'x', high, low, ..] if first == b'_' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push((high << 4 | low) as u8);
                rest = &tail[3..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The C symbol of an exported function of the module with this prefix. The first letter of a prefix that would make it look like an
/// import's symbol is escaped.
pub fn export_symbol(prefix: &str, name: &str) -> String {
    let mut prefix = mangle(prefix);
    if prefix == "import" || prefix.starts_with("import_") {
        prefix.replace_range(..1, "_x69");
    }
    format!("wative_{prefix}__{}", mangle(name))
}

/// The descriptor of a module.
pub fn module_symbol(prefix: &str) -> String {
    format!("wative_module_{}", mangle(prefix))
}

/// The static instance of a module (closed world).
pub fn instance_symbol(prefix: &str) -> String {
    format!("wative_instance_{}", mangle(prefix))
}

/// The identity of a function type (open world): parameters, `_`, results, one letter each. Where it refers to other function types, these come
/// first, each once, separated by `Z`, and a reference is a letter with the number of the type among them: types of different modules get
/// the same name exactly when they have the same structure.
pub fn sig_symbol(types: &Types, sig: SigId) -> String {
    let parts: Vec<String> = closure(types, sig)
        .iter()
        .map(|part| definition(&types[part.sig], &part.references))
        .collect();
    format!("wative_sig_{}", parts.join("Z"))
}

/// Number of function types that one consists of, itself included, counted up to `limit`.
pub fn nested_types(types: &Types, sig: SigId, limit: usize) -> usize {
    let mut seen = HashSet::from([sig]);
    let mut work = vec![sig];
    while let Some(sig) = work.pop() {
        for other in references(&types[sig]) {
            if seen.len() < limit && seen.insert(other) {
                work.push(other);
            }
        }
    }
    seen.len()
}

/// A function type in a name: the numbers of the types that it refers to, in order of the references.
struct Part {
    sig: SigId,
    references: Vec<usize>,
}

/// The type and all that it refers to, in order of first mention, each after those that it refers to itself.
fn closure(types: &Types, sig: SigId) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut numbers: HashMap<SigId, usize> = HashMap::new();
    let mut open = vec![sig];
    while let Some(&sig) = open.last() {
        let missing = references(&types[sig]).find(|other| !numbers.contains_key(other));
        match missing {
            Some(other) => open.push(other),
            None => {
                open.pop();
                numbers.entry(sig).or_insert(parts.len());
                parts.push(Part {
                    sig,
                    references: references(&types[sig]).map(|s| numbers[&s]).collect(),
                });
            }
        }
    }
    parts
}

fn references(ty: &FuncType) -> impl Iterator<Item = SigId> {
    let all = ty.params.iter().chain(&ty.results);
    all.filter_map(|ty| ty.defined())
}

fn definition(ty: &FuncType, references: &[usize]) -> String {
    let mut references = references.iter();
    let mut letters = |types: &[ValType]| -> String {
        let letter = |&ty: &ValType| match ty {
            ValType::I32 => "i".to_string(),
            ValType::I64 => "l".to_string(),
            ValType::F32 => "f".to_string(),
            ValType::F64 => "d".to_string(),
            ValType::V128 => "v".to_string(),
            ValType::FuncRef => "r".to_string(),
            ValType::ExternRef => "e".to_string(),
            ValType::ExnRef => "x".to_string(),
            ValType::Ref(RefType { nullable, heap }) => match heap {
                Heap::Func => "R".to_string(),
                Heap::Extern => "E".to_string(),
                Heap::Exn => "X".to_string(),
                Heap::NoFunc => if nullable { "b" } else { "B" }.to_string(),
                Heap::NoExtern => if nullable { "c" } else { "C" }.to_string(),
                Heap::NoExn => if nullable { "y" } else { "Y" }.to_string(),
                Heap::Type(_) => {
                    let letter = if nullable { 'n' } else { 'N' };
                    let number = references.next().expect("a number for each reference");
                    format!("{letter}{number}")
                }
                Heap::ExnObject
                | Heap::NoExnObject
                | Heap::Any
                | Heap::Eq
                | Heap::I31
                | Heap::Struct
                | Heap::Array
                | Heap::Data(_)
                | Heap::None
                | Heap::Cont
                | Heap::ContType(_)
                | Heap::NoCont => unreachable!("no object has types of GC"),
            },
        };
        types.iter().map(letter).collect()
    };
    let params = letters(&ty.params);
    format!("{params}_{}", letters(&ty.results))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::DefType;

    #[test]
    fn readable_names_stay() {
        assert_eq!(
            import_symbol("wasi_snapshot_preview1", "fd_write"),
            "wative_import_wasi_snapshot_preview1__fd_write"
        );
        assert_eq!(export_symbol("app", "_start"), "wative_app___x5Fstart");
        assert_eq!(export_symbol("important", "f"), "wative_important__f");
        assert_eq!(mangle("a-b"), "a_x2Db");
        assert_eq!(mangle("a_xylem"), "a_xylem");
        assert_eq!(mangle("a_x2D"), "a_x5Fx2D");
        assert_eq!(mangle("a_-"), "a_x5F_x2D");
        assert_eq!(mangle(""), "");
        assert_eq!(mangle("é"), "_xC3_xA9");
        assert_eq!(demangle("_xC3_xA9"), "é");
        let pair = |module: &str, name: &str| Some((module.to_string(), name.to_string()));
        assert_eq!(split_import(&import_symbol("a_", "_b")), pair("a_", "_b"));
        assert_eq!(split_import("wative_rt_call"), None);
    }

    #[test]
    fn exports_never_look_like_imports() {
        for prefix in ["import", "import_x", "import_", "import_env"] {
            let symbol = export_symbol(prefix, "f");
            assert_eq!(split_import(&symbol), None, "{symbol}");
        }
        assert_eq!(export_symbol("import_x", "f"), "wative__x69mport_x__f");
    }

    /// Every string up to six characters over an alphabet that contains every case of the rule: all results differ, and so do
    /// pairs of components, because the separator is found again.
    #[test]
    fn injective() {
        let alphabet = ['_', 'x', '2', 'D', '-', 'g'];
        let mut seen = HashMap::new();
        let mut level = vec![String::new()];
        for _ in 0..=6 {
            let mut next = Vec::new();
            for name in &level {
                let mangled = mangle(name);
                assert!(!mangled.contains("__") && !mangled.ends_with('_'), "{name}");
                let whole = format!("{mangled}__{mangled}");
                assert_eq!(whole.find("__"), Some(mangled.len()), "{name}");
                assert_eq!(demangle(&mangled), *name);
                if let Some(other) = seen.insert(mangled, name.clone()) {
                    panic!("{name} and {other} have the same symbol");
                }
                next.extend(alphabet.iter().map(|c| format!("{name}{c}")));
            }
            level = next;
        }
    }

    #[test]
    fn types_differ() {
        use ValType::{F32, I32, I64};
        let mut types = Types::default();
        let mut add = |params: &[ValType], results: &[ValType]| {
            types.push(DefType::plain(FuncType {
                params: params.to_vec(),
                results: results.to_vec(),
            }))
        };
        let to = |nullable: bool, sig: SigId| ValType::reference(nullable, Heap::Type(sig));
        let plain = add(&[I32, I64], &[F32]);
        let one = add(&[I32], &[]);
        let other = add(&[], &[I32]);
        let nested = add(
            &[to(true, one), to(false, plain), to(false, one)],
            &[to(true, one)],
        );
        let deeper = add(&[to(false, nested), to(true, one)], &[]);
        let swapped = add(
            &[to(false, plain), to(true, one), to(false, one)],
            &[to(true, one)],
        );
        let any = add(
            &[ValType::reference(false, Heap::Func), ValType::FuncRef],
            &[],
        );
        let bottoms = [Heap::NoFunc, Heap::NoExtern, Heap::NoExn];
        let bottoms = add(
            &bottoms.map(|heap| ValType::reference(true, heap)),
            &bottoms.map(|heap| ValType::reference(false, heap)),
        );
        let name = |sig| sig_symbol(&types, sig);
        assert_eq!(name(plain), "wative_sig_il_f");
        assert_eq!(name(one), "wative_sig_i_");
        assert_eq!(name(other), "wative_sig__i");
        assert_eq!(name(nested), "wative_sig_i_Zil_fZn0N1N0_n0");
        assert_eq!(name(swapped), "wative_sig_il_fZi_ZN0n1N1_n1");
        assert_eq!(name(deeper), "wative_sig_i_Zil_fZn0N1N0_n0ZN2n0_");
        assert_eq!(name(any), "wative_sig_Rr_");
        assert_eq!(name(bottoms), "wative_sig_bcy_BCY");
        assert_eq!(
            [1, 3, 4, 9].map(|limit| nested_types(&types, deeper, limit)),
            [1, 3, 4, 4]
        );
    }
}
