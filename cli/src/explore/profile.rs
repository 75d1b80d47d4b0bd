//! Samples of a profile, by functions.
//!
//! A line is a function's name, alone or as symbols have it (`app::main`), a tab and a number; or what `perf script -F ip,sym` writes: for each sample the frames of the stack, innermost first, and an empty line.
//! What names no function is left out, as that is the system's.

use std::collections::HashMap;

use wative_compiler::Error;

/// How often each function was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    samples: HashMap<String, u64>,
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    ///
    /// It is of neither form.
    pub fn parse(text: &str) -> Result<Profile, Error> {
        let mut samples = HashMap::new();
        let mut is_inside = false;
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() {
                is_inside = false;
                continue;
            }
            let Some((name, count)) = sample(line) else {
                let reason = format!("line {number} is no sample");
                return Err(Error::new(reason).help("a profile has lines of a function's name, a tab and a number, or is what `perf script -F ip,sym` writes"));
            };
            if count.is_some() || !is_inside {
                *samples.entry(name.to_owned()).or_default() += count.unwrap_or(1);
            }
            is_inside = count.is_none();
        }
        Ok(Profile { samples })
    }

    /// The samples of a function with this symbol, or with this name where nothing is known of the symbol.
    pub fn of(&self, symbol: &str, name: &str) -> u64 {
        let samples = self.samples.get(symbol).or_else(|| self.samples.get(name));
        samples.copied().unwrap_or(0)
    }
}

/// The function of a line, and the number of samples if the line has one.
fn sample(line: &str) -> Option<(&str, Option<u64>)> {
    if let Some((name, count)) = line.rsplit_once('\t')
        && !name.trim().is_empty()
    {
        return Some((name, Some(count.trim().parse().ok()?)));
    }
    let (address, symbol) = line.trim().split_once(' ')?;
    u64::from_str_radix(address, 16).ok()?;
    Some((symbol.trim(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms() {
        let table = Profile::parse("app::main\t12\na b\t3\napp::main\t1\n").unwrap();
        assert_eq!(table.of("app::main", "main"), 13);
        assert_eq!((table.of("app::a b", "a b"), table.of("x", "x")), (3, 0));
        let stacks = "\n          401000 inner\n 402000 outer\n\n  401008 inner\n\n 403000 outer\n";
        let stacks = Profile::parse(stacks).unwrap();
        assert_eq!((stacks.of("inner", ""), stacks.of("outer", "")), (2, 1));
        assert!(Profile::parse("nothing of the kind").is_err());
        assert!(Profile::parse("main\tx").is_err() && Profile::parse("\t3").is_err());
    }
}
