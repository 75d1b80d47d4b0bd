//! To which library a function belongs, by its name.

use std::borrow::Cow;

/// A function's library (a crate, a C++ namespace) and its name as people write it.
pub fn library(name: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    let shown = wative_compiler::demangle::demangle(name);
    let library = first_segment(&shown).map(str::to_owned);
    (library.map_or("(no library)".into(), Cow::Owned), shown)
}

/// The first part of a path: `core` of `core::fmt::write`, `alloc` of `<alloc::string::String as core::fmt::Write>::write_str`, `std` of
/// `std::vector<int>::push_back(int)`.
fn first_segment(name: &str) -> Option<&str> {
    let is_mark = |c: char| matches!(c, '<' | '&' | '*' | '(' | '[');
    let start = name.trim_start_matches(is_mark);
    let start = ["mut ", "const ", "dyn "]
        .iter()
        .find_map(|word| start.strip_prefix(word))
        .unwrap_or(start);
    let end = start.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')?;
    (start[end..].starts_with("::") && end > 0).then(|| &start[..end])
}

#[cfg(test)]
mod tests {
    use super::library;

    #[test]
    fn libraries() {
        for (name, expected) in [
            (
                "_ZN4core3fmt5write17h0123456789abcdefE",
                ("core", "core::fmt::write"),
            ),
            (
                "<alloc::string::String as core::fmt::Write>::write_str",
                (
                    "alloc",
                    "<alloc::string::String as core::fmt::Write>::write_str",
                ),
            ),
            (
                "<&mut serde::Foo as core::A>::b",
                ("serde", "<&mut serde::Foo as core::A>::b"),
            ),
            ("_ZN3foo3barEv", ("foo", "foo::bar()")),
            ("memcpy", ("(no library)", "memcpy")),
            (
                "main(int, std::string)",
                ("(no library)", "main(int, std::string)"),
            ),
            ("::x", ("(no library)", "::x")),
            ("", ("(no library)", "")),
        ] {
            let (library, shown) = library(name);
            assert_eq!((&*library, &*shown), expected);
        }
    }
}
