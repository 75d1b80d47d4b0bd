//! Versions in names of interfaces, `PACKAGE:NAMES/INTERFACE@VERSION`, and which of them stand for each other (semantic versioning).

use std::cmp::Ordering;

/// A version without a pre-release. Its numbers may have any number of digits; what follows a `+` says nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Version<'a>([&'a str; 3]);

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Version<'a>> {
        let text = text.split_once('+').map_or(text, |(text, _)| text);
        let mut numbers = text.split('.').map(|number| {
            let is_number = !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit());
            is_number.then(|| number.trim_start_matches('0'))
        });
        let version = [numbers.next()??, numbers.next()??, numbers.next()??];
        numbers.next().is_none().then_some(Version(version))
    }

    /// What versions that are compatible have in common: the first number that is not zero, and those before it.
    fn track(self) -> [&'a str; 3] {
        match self.0 {
            ["", "", patch] => ["", "", patch],
            ["", minor, _] => ["", minor, ""],
            [major, ..] => [major, "", ""],
        }
    }

    fn order(self, other: Version) -> Ordering {
        let number = |number: &'a str| (number.len(), number);
        self.0
            .map(number)
            .cmp(&other.0.map(|number| (number.len(), number)))
    }
}

/// Name and version of an interface, if it has one without a pre-release.
fn split(name: &str) -> Option<(&str, Version<'_>)> {
    let (name, version) = name.split_once('@')?;
    Some((name, Version::parse(version)?))
}

/// Whether an interface's name differs in the version only from one that is wanted, and semantic versioning takes it for compatible.
fn is_compatible(wanted: &str, given: &str) -> bool {
    match (split(wanted), split(given)) {
        (Some((a, wanted)), Some((b, given))) => a == b && wanted.track() == given.track(),
        _ => false,
    }
}

/// Whether two names differ in the version only.
pub fn is_other_version(wanted: &str, given: &str) -> bool {
    let name = |name: &str| name.split_once('@').map(|(name, _)| name.to_string());
    wanted != given && name(wanted).is_some() && name(wanted) == name(given)
}

/// Of the names of interfaces the one that stands for one that is wanted: it itself, else the newest that is compatible.
pub fn export_for<'a>(names: &[&'a str], wanted: &str) -> Option<&'a str> {
    let exact = names.iter().copied().find(|&name| name == wanted);
    exact.or_else(|| {
        let compatible = names
            .iter()
            .copied()
            .filter(|name| is_compatible(wanted, name));
        compatible.max_by(|a, b| match (split(a), split(b)) {
            (Some((_, a)), Some((_, b))) => a.order(b),
            _ => Ordering::Equal,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compatible_as_semantic_versioning_has_it() {
        for (a, b, expected) in [
            ("a:b/c@0.2.0", "a:b/c@0.2.12", true),
            ("a:b/c@0.2.12", "a:b/c@0.2.0", true),
            ("a:b/c@0.2.0", "a:b/c@0.3.0", false),
            ("a:b/c@1.2.0", "a:b/c@1.9.1", true),
            ("a:b/c@1.2.0", "a:b/c@2.2.0", false),
            ("a:b/c@0.0.1", "a:b/c@0.0.2", false),
            ("a:b/c@0.0.1", "a:b/c@0.0.1", true),
            ("a:b/c@0.2.0", "a:b/d@0.2.0", false),
            ("a:b/c@0.2.0-rc.1", "a:b/c@0.2.0", false),
            ("a:b/c@0.2.0", "a:b/c", false),
            ("a:b/c@0.2", "a:b/c@0.2", false),
            ("a:b/c@0.2.0.1", "a:b/c@0.2.0", false),
            ("a:b/c@0.2.0+build5", "a:b/c@0.2.1", true),
            ("a:b/c@0.2.0-rc.1+b", "a:b/c@0.2.0", false),
            ("a:b/c@0.2.99999999999999999999", "a:b/c@0.2.0", true),
            ("a:b/c@0.2.-1", "a:b/c@0.2.0", false),
        ] {
            assert_eq!(is_compatible(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn the_same_name_is_taken_before_the_newest() {
        let names = ["a:b/c@1.9.0", "a:b/c@1.10.0", "a:b/c@1.2.0", "a:b/c@2.0.0"];
        for (wanted, expected) in [
            ("a:b/c@1.2.0", Some("a:b/c@1.2.0")),
            ("a:b/c@1.3.0", Some("a:b/c@1.10.0")),
            ("a:b/c@2.1.0", Some("a:b/c@2.0.0")),
            ("a:b/c@3.0.0", None),
        ] {
            assert_eq!(export_for(&names, wanted), expected, "{wanted}");
        }
        assert!(is_other_version("a:b/c@1.2.0", "a:b/c@2.0.0"));
        assert!(!is_other_version("a:b/c@1.2.0", "a:b/d@2.0.0"));
    }
}
