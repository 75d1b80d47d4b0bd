//! Names as people wrote them, of those that the compilers of Rust and C++ make of them.

use std::borrow::Cow;

/// Longest name that is looked at: what is longer is shown as it is.
const MAX_NAME: usize = 4096;

/// The name in the source's language, without the hash that Rust's have at their end; the name itself if it is no mangled one.
pub fn demangle(name: &str) -> Cow<'_, str> {
    if name.len() > MAX_NAME {
        return name.into();
    }
    if let Ok(rust) = rustc_demangle::try_demangle(name) {
        return format!("{rust:#}").into();
    }
    if name.starts_with("_Z") {
        let text = cpp_demangle::Symbol::new(name)
            .ok()
            .and_then(|it| it.demangle(&cpp_demangle::DemangleOptions::new()).ok());
        return text.map_or(name.into(), Cow::Owned);
    }
    // Linkers of WebAssembly demangle names, and keep the hash.
    without_hash(name).into()
}

/// A name of Rust without `::h` and 16 digits.
fn without_hash(name: &str) -> &str {
    let is_hash = |text: &str| text.len() == 16 && text.bytes().all(|c| c.is_ascii_hexdigit());
    match name.rsplit_once("::h") {
        Some((path, hash)) if is_hash(hash) => path,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::demangle;

    #[test]
    fn names_of_both_languages() {
        for (name, shown) in [
            (
                "_ZN4core9panicking5panic17h0123456789abcdefE",
                "core::panicking::panic",
            ),
            ("_RNvCs1234_3abc3foo", "abc::foo"),
            (
                "_ZNSt6vectorIiSaIiEE9push_backEOi",
                "std::vector<int, std::allocator<int> >::push_back(int&&)",
            ),
            (
                "std::rt::lang_start::h0123456789abcdef",
                "std::rt::lang_start",
            ),
            ("main", "main"),
            ("_Zfoo", "_Zfoo"),
            ("_ZN", "_ZN"),
            ("a::hello", "a::hello"),
            ("", ""),
        ] {
            assert_eq!(demangle(name), shown);
        }
        // What is nested too deeply is shown as it is, or cut, but nothing overflows the stack.
        let deep = format!("_Z1f{}i", "P".repeat(4000));
        assert!(!demangle(&deep).is_empty());
        let deep = format!("_ZN1a{}E", "IS_".repeat(1300));
        assert!(!demangle(&deep).is_empty());
    }
}
