//! Counts the words of its arguments by a WebAssembly module that its build script has compiled into it.

mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}

/// Where the program's copy of a text is in the module's memory.
const TEXT: u32 = 16;

/// What the module imports: it keeps the words.
#[derive(Default)]
struct Found(Vec<String>);

impl words::Imports for Found {
    fn env_word(
        &mut self,
        memory: &mut words::Memory<'_>,
        at: i32,
        len: i32,
    ) -> Result<(), words::Trap> {
        let bytes = memory.read_vec(u64::from(at as u32), len as u32 as usize)?;
        self.0.push(String::from_utf8_lossy(&bytes).into_owned());
        Ok(())
    }
}

/// The words of a text. A text that the module's memory does not hold is an error.
fn split(text: &str) -> Result<Vec<String>, words::Trap> {
    let mut instance = words::Instance::new(Found::default())?;
    instance.memory().write(u64::from(TEXT), text.as_bytes())?;
    let count = instance.words(TEXT as i32, text.len() as i32)?;
    let found = std::mem::take(&mut instance.imports().0);
    assert_eq!(count as usize, found.len());
    Ok(found)
}

fn main() -> Result<(), words::Trap> {
    for argument in std::env::args().skip(1) {
        println!("{:?}", split(&argument)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn words_of_texts() {
        for (text, expected) in [
            ("", &[][..]),
            ("  \n", &[]),
            ("one", &["one"]),
            (" one  two\nthree ", &["one", "two", "three"]),
            ("größer als", &["größer", "als"]),
        ] {
            assert_eq!(split(text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_text_that_is_too_long() {
        let room = 65536 - super::TEXT as usize;
        assert_eq!(split(&"x".repeat(room)).unwrap().len(), 1);
        let error = split(&"x".repeat(room + 1)).unwrap_err();
        assert!(error.to_string().contains("memory"), "{error}");
    }
}
