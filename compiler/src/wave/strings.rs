//! Characters and strings of WAVE: escapes, and strings of several lines.

use super::Reader;
use crate::Error;
use crate::ir::component::CValue;

/// What begins and ends a string of several lines.
const LONG: &str = "\"\"\"";

impl Reader<'_> {
    /// A character, from its first quote on.
    pub(super) fn char(&mut self) -> Result<CValue, Error> {
        let start = self.at;
        self.at += 1;
        let c = match self.rest().chars().next() {
            Some('\'') => return Err(self.error("there is no character between the quotes")),
            Some('\n') => return Err(self.error("a line break is written `\\n`")),
            _ => self.scalar()?,
        };
        if !self.rest().starts_with('\'') {
            self.at = start;
            return Err(self.error("expected one character between two quotes"));
        }
        self.at += 1;
        Ok(CValue::Char(c))
    }

    /// A string, from its first quote on.
    pub(super) fn string(&mut self) -> Result<CValue, Error> {
        if self.rest().starts_with(LONG) {
            return Ok(CValue::String(self.long_string()?));
        }
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.rest().chars().next() {
                None => {
                    self.at = start;
                    return Err(self.error("the string has no end"));
                }
                Some('\n') => return Err(self.error("a line break is written `\\n`")),
                Some('"') => break,
                Some(_) => text.push(self.scalar()?),
            }
        }
        self.at += 1;
        Ok(CValue::String(text))
    }

    /// The lines between two lines of three quotes, without the spaces that are before the last quotes.
    fn long_string(&mut self) -> Result<String, Error> {
        let start = self.at;
        self.at += LONG.len();
        let Some(len) = self.rest().find(LONG) else {
            self.at = start;
            return Err(self.error("the string has no end"));
        };
        let end = self.at + len;
        let first = ["\n", "\r\n"]
            .into_iter()
            .find(|b| self.rest().starts_with(b));
        let Some(first) = first.filter(|_| len > 0) else {
            return Err(self.error("a line break must follow `\"\"\"`"));
        };
        let last = self.text[..end].rfind('\n').map_or(end, |at| at + 1);
        let indent = &self.text[last..end];
        if indent.contains(|c| c != ' ') {
            self.at = end;
            return Err(self.error("only spaces may be before the `\"\"\"` that end a string"));
        }
        self.at += first.len();
        let mut text = String::new();
        while self.at < last {
            let line = self.text[self.at..last].find('\n').unwrap_or(0);
            let (line, next) = (self.at + line, self.at + line + 1);
            if !self.rest().starts_with(indent) {
                let reason = "a line must begin with the spaces that are before the last `\"\"\"`";
                return Err(self.error(reason));
            }
            self.at += indent.len();
            let line = match self.text[self.at..line].ends_with('\r') {
                true => line - 1,
                false => line,
            };
            while self.at < line {
                text.push(self.scalar()?);
            }
            self.at = next;
            if next < last {
                text.push('\n');
            }
        }
        self.at = end + LONG.len();
        Ok(text)
    }

    /// A character or an escape.
    fn scalar(&mut self) -> Result<char, Error> {
        const ESCAPES: [(char, char); 6] = [
            ('\\', '\\'),
            ('\'', '\''),
            ('"', '"'),
            ('t', '\t'),
            ('n', '\n'),
            ('r', '\r'),
        ];
        let mut rest = self.rest().chars();
        match (rest.next(), rest.next()) {
            (None, _) => Err(self.expected("a character")),
            (Some('\\'), Some('u')) => self.code_point(),
            (Some('\\'), escape) => {
                let known = ESCAPES.iter().find(|(c, _)| Some(*c) == escape);
                let Some((_, meaning)) = known else {
                    let reason = r#"`\` must be followed by one of \ ' " t n r u"#;
                    return Err(self.error(reason));
                };
                self.at += 2;
                Ok(*meaning)
            }
            (Some(c), _) => {
                self.at += c.len_utf8();
                Ok(c)
            }
        }
    }

    /// `\u{1f30a}`: one to six digits.
    fn code_point(&mut self) -> Result<char, Error> {
        let digits = self.rest()[2..].strip_prefix('{');
        let digits = digits.and_then(|digits| Some(digits.split_once('}')?.0));
        let is_hex = |digits: &&str| {
            (1..=6).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_hexdigit())
        };
        let Some(digits) = digits.filter(is_hex) else {
            return Err(self.error(r"expected one to six hexadecimal digits like in \u{1f30a}"));
        };
        let number = u32::from_str_radix(digits, 16).ok();
        match number.and_then(char::from_u32) {
            Some(c) => {
                self.at += digits.len() + 4;
                Ok(c)
            }
            None => Err(self.error(format!("U+{digits} is no Unicode scalar value"))),
        }
    }
}
