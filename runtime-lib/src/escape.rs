//! Names that can be shown: they come from modules, files and arguments, and may hold characters that drive a terminal, or make a
//! line look like something else.
//!
//! The compiler and the command use this file as well, so that a name looks the same everywhere.

/// Whether a character would not be seen as what it is: it controls a terminal, begins a line, changes the order in which others are shown,
/// or is invisible.
pub const fn is_deceptive(c: char) -> bool {
    matches!(c,
        // C0, DEL, C1.
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
        // Soft hyphen, Arabic letter mark, Mongolian vowel separator.
        | '\u{ad}' | '\u{61c}' | '\u{180e}'
        // Zero width, marks of direction; separators of lines and paragraphs, embeddings and overrides.
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        // Joiners, invisible operators, isolates, deprecated format characters.
        | '\u{2060}'..='\u{206f}'
        // Byte order mark, annotations, tags.
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Calls `put` with the characters of a text of which each deceptive one is written as in Rust (`\n`, `\u{202e}`), and each byte that
/// is not UTF-8 as `\xff`.
pub fn escape(text: &[u8], mut put: impl FnMut(char)) {
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_deceptive(c) {
                c.escape_default().for_each(&mut put);
            } else {
                put(c);
            }
        }
        for &byte in chunk.invalid() {
            byte.escape_ascii().for_each(|c| put(c as char));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &[u8]) -> String {
        let mut out = String::new();
        escape(text, |c| out.push(c));
        out
    }

    #[test]
    fn what_would_not_be_seen_is_written_out() {
        assert_eq!(show("naïve_β→\"'\\ ok".as_bytes()), "naïve_β→\"'\\ ok");
        assert_eq!(
            show("a\x1b[31m\nb\r\t\0\x7f\u{9b}".as_bytes()),
            "a\\u{1b}[31m\\nb\\r\\t\\u{0}\\u{7f}\\u{9b}"
        );
        assert_eq!(
            show("x\u{202e}y\u{2066}\u{200f}\u{61c}\u{feff}".as_bytes()),
            "x\\u{202e}y\\u{2066}\\u{200f}\\u{61c}\\u{feff}"
        );
        assert_eq!(show(b"ok\xff\xc3("), "ok\\xff\\xc3(");
    }

    #[test]
    fn all_marks_of_direction_and_controls_are_deceptive() {
        let marks = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        assert!(marks.chars().all(is_deceptive));
        for c in '\0'..=char::MAX {
            assert!(is_deceptive(c) || !c.is_control(), "{c:?}");
        }
    }
}
