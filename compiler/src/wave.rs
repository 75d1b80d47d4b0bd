//! Calls and values in WAVE, the text format of component-level values (`wasm-wave` in wasm-tools).
//!
//! Values are read directly as what the parameters' types are, so every error can say what belongs at its place. Where others accept more than the format's documentation says, we do not: commas separate fields, and a case that is named
//! like a keyword has a `%` before it.

mod strings;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use crate::Error;
use crate::ir::component::{CFuncType, CType, CTypeId, CValue, Component};
use crate::show;

/// Words that are no labels of cases unless `%` is before them.
const KEYWORDS: [&str; 8] = ["true", "false", "inf", "nan", "some", "none", "ok", "err"];

/// How deep values may be nested. Types may be much deeper, and reading recurses.
const MAX_DEPTH: u32 = 100;
/// How deep and how long descriptions of types are at most.
const DESCRIBED_DEPTH: u32 = 3;
const DESCRIBED_ITEMS: usize = 20;

/// A call: `name(1, "x", [some(2), none], {a: 1})`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The function, as whoever wrote the call names it.
    pub function: &'a str,
    text: &'a str,
}

impl<'a> Call<'a> {
    /// Finds the function's name, by which its type can be found. What follows is read by [`Call::arguments`].
    ///
    /// # Errors
    /// There is no name.
    pub fn parse(text: &'a str) -> Result<Call<'a>, Error> {
        let function = text.split('(').next().unwrap_or_default().trim();
        if function.is_empty() {
            let reason = "a call begins with the name of a function";
            return Err(Error::new(reason).help("write it like `name(1, \"x\")`"));
        }
        Ok(Call { function, text })
    }

    /// The arguments as values of the parameters' types. Those at the end that are `none` may be missing, and so may the parentheses where there are
    /// no parameters.
    ///
    /// # Errors
    /// What is written is no value of the parameter's type; the error has the column in the call.
    pub fn arguments(&self, component: &Component, ty: &CFuncType) -> Result<Vec<CValue>, Error> {
        let mut reader = Reader {
            component,
            text: self.text,
            at: self.text.find('(').unwrap_or(self.text.len()),
            depth: 0,
        };
        let mut values = Vec::new();
        if reader.eat("(") {
            reader.each(")", |reader| {
                let Some((_, param)) = ty.params.get(values.len()) else {
                    let count = ty.params.len();
                    return Err(reader.expected(format!("`)` after {count} arguments")));
                };
                values.push(reader.value(*param)?);
                Ok(())
            })?;
        } else if !ty.params.is_empty() {
            return Err(reader.expected("`(` and arguments"));
        }
        reader.skip();
        if !reader.rest().is_empty() {
            return Err(reader.expected("the end"));
        }
        for (name, param) in &ty.params[values.len()..] {
            if !matches!(component.types[*param], CType::Option(_)) {
                let (name, ty) = (show::name(name), describe(component, *param));
                return Err(reader.error(format!("the argument `{name}` is missing: {ty}")));
            }
            values.push(CValue::Case(0, None));
        }
        Ok(values)
    }
}

/// A place in the text of a call.
struct Reader<'a> {
    component: &'a Component,
    text: &'a str,
    /// Bytes before it.
    at: usize,
    /// Values around it.
    depth: u32,
}

impl<'a> Reader<'a> {
    fn value(&mut self, ty: CTypeId) -> Result<CValue, Error> {
        self.skip();
        if self.depth == MAX_DEPTH {
            return Err(self.error(format!("more than {MAX_DEPTH} values in each other")));
        }
        self.depth += 1;
        let value = self.value_of(ty);
        self.depth -= 1;
        value
    }

    fn value_of(&mut self, ty: CTypeId) -> Result<CValue, Error> {
        let component = self.component;
        let wrong = |reader: &Self| Err(reader.expected(describe(component, ty)));
        match &component.types[ty] {
            CType::Bool if self.keyword("true") => Ok(CValue::Bool(true)),
            CType::Bool if self.keyword("false") => Ok(CValue::Bool(false)),
            CType::Bool => wrong(self),
            CType::S8 => self.integer(ty, i8::MIN.into(), i8::MAX.into()),
            CType::U8 => self.integer(ty, 0, u8::MAX.into()),
            CType::S16 => self.integer(ty, i16::MIN.into(), i16::MAX.into()),
            CType::U16 => self.integer(ty, 0, u16::MAX.into()),
            CType::S32 => self.integer(ty, i32::MIN.into(), i32::MAX.into()),
            CType::U32 => self.integer(ty, 0, u32::MAX.into()),
            CType::S64 => self.integer(ty, i64::MIN.into(), i64::MAX.into()),
            CType::U64 => self.integer(ty, 0, u64::MAX.into()),
            CType::F32 => match self.float() {
                Some(number) => Ok(CValue::F32(number.parse().map_or(0, f32::to_bits))),
                None => wrong(self),
            },
            CType::F64 => match self.float() {
                Some(number) => Ok(CValue::F64(number.parse().map_or(0, f64::to_bits))),
                None => wrong(self),
            },
            CType::Char if self.rest().starts_with('\'') => self.char(),
            CType::Char => wrong(self),
            CType::String if self.rest().starts_with('"') => self.string(),
            CType::String => wrong(self),
            CType::List(_) | CType::Map(_) | CType::FixedList(..) if !self.eat("[") => wrong(self),
            CType::List(element) | CType::Map(element) => self.list(*element, None),
            CType::FixedList(element, count) => self.list(*element, Some(*count)),
            CType::Tuple(_) if !self.eat("(") => wrong(self),
            CType::Tuple(types) => self.tuple(types),
            CType::Record(_) | CType::Flags(_) if !self.eat("{") => wrong(self),
            CType::Record(fields) => self.record(fields),
            CType::Flags(labels) => self.flags(labels),
            CType::Variant(cases) => self.variant(ty, cases),
            CType::Enum(labels) => {
                let case = self.case(ty, labels.iter().map(String::as_str))?;
                Ok(CValue::Case(case, None))
            }
            CType::Option(some) => self.option(ty, *some),
            CType::Result { ok, err } => self.result(ty, *ok, *err),
            CType::Stream(_) | CType::Future(_) => {
                Err(self.error("a stream or future cannot be written down"))
            }
            CType::ErrorContext => Err(self.error("an error context cannot be written down")),
            CType::Own(_) | CType::Borrow(_) => {
                Err(self.error("a handle of a resource cannot be written down"))
            }
        }
    }

    /// Both ends of the range are values of the type.
    fn integer(&mut self, ty: CTypeId, min: i128, max: i128) -> Result<CValue, Error> {
        let ty = describe(self.component, ty);
        let number = self.number();
        let is_integer = !number.is_empty() && !number.contains(['.', 'e', 'E']);
        if !is_integer {
            return Err(self.expected(ty));
        }
        match number.parse::<i128>() {
            Ok(value) if min <= value && value <= max => {
                self.at += number.len();
                // Unsigned ones keep their bits.
                Ok(CValue::Int(value as i64))
            }
            _ => Err(self.error(format!("{number} is no {ty}, which is from {min} to {max}"))),
        }
    }

    /// A number as Rust's parser takes it.
    fn float(&mut self) -> Option<&'a str> {
        for word in ["nan", "inf"] {
            if self.keyword(word) {
                return Some(word);
            }
        }
        let number = match self.rest().strip_prefix("-inf") {
            Some(rest) if !rest.starts_with(is_label) => "-inf",
            _ => self.number(),
        };
        self.at += number.len();
        (!number.is_empty()).then_some(number)
    }

    /// The number here as JSON has it; empty if there is none.
    fn number(&self) -> &'a str {
        let rest = self.rest();
        let digits = |from: usize| {
            let text = &rest.as_bytes()[from..];
            from + text.iter().take_while(|c| c.is_ascii_digit()).count()
        };
        let is_at = |at: usize, chars: &[char]| rest[at..].starts_with(chars);
        let start = usize::from(is_at(0, &['-']));
        let mut end = digits(start);
        if end == start || (is_at(start, &['0']) && end > start + 1) {
            return "";
        }
        if is_at(end, &['.']) && digits(end + 1) > end + 1 {
            end = digits(end + 1);
        }
        if is_at(end, &['e', 'E']) {
            let from = end + 1 + usize::from(is_at(end + 1, &['-', '+']));
            if digits(from) > from {
                end = digits(from);
            }
        }
        match rest[end..].starts_with(|c| is_label(c) || c == '.') {
            true => "",
            false => &rest[..end],
        }
    }

    fn list(&mut self, element: CTypeId, count: Option<u32>) -> Result<CValue, Error> {
        let start = self.at;
        let mut items = Vec::new();
        self.each("]", |reader| {
            items.push(reader.value(element)?);
            Ok(())
        })?;
        match count {
            Some(count) if items.len() != count as usize => {
                self.at = start;
                let found = items.len();
                Err(self.error(format!("the list must have {count} elements, not {found}")))
            }
            _ => Ok(CValue::Items(items)),
        }
    }

    fn tuple(&mut self, types: &[CTypeId]) -> Result<CValue, Error> {
        let mut items = Vec::new();
        let count = types.len();
        self.each(")", |reader| {
            let Some(ty) = types.get(items.len()) else {
                return Err(reader.expected(format!("`)` after {count} values")));
            };
            items.push(reader.value(*ty)?);
            Ok(())
        })?;
        match types.get(items.len()) {
            None => Ok(CValue::Items(items)),
            Some(ty) => {
                self.at -= 1;
                let ty = describe(self.component, *ty);
                Err(self.expected(format!("{ty}, the next of {count} values")))
            }
        }
    }

    /// In any order. Those that are `none` may be missing; if that leaves nothing, a colon tells it from flags.
    fn record(&mut self, fields: &[(String, CTypeId)]) -> Result<CValue, Error> {
        let start = self.at;
        let mut values: Vec<Option<CValue>> = vec![None; fields.len()];
        if self.eat(":") {
            self.expect("}")?;
        } else if self.eat("}") {
            self.at -= 1;
            return Err(self.expected("a field, or `:` for no fields"));
        } else {
            self.each("}", |reader| {
                let labels = fields.iter().map(|(label, _)| label.as_str());
                let field = reader.once(labels, "field", |field| values[field].is_some())?;
                reader.expect(":")?;
                values[field] = Some(reader.value(fields[field].1)?);
                Ok(())
            })?;
        }
        let mut items = Vec::new();
        for (value, (label, ty)) in values.into_iter().zip(fields) {
            match (value, &self.component.types[*ty]) {
                (Some(value), _) => items.push(value),
                (None, CType::Option(_)) => items.push(CValue::Case(0, None)),
                (None, _) => {
                    self.at = start;
                    let (label, ty) = (show::name(label), describe(self.component, *ty));
                    return Err(self.error(format!("the field `{label}` is missing: {ty}")));
                }
            }
        }
        Ok(CValue::Items(items))
    }

    fn flags(&mut self, labels: &[String]) -> Result<CValue, Error> {
        let mut bits = vec![false; labels.len()];
        self.each("}", |reader| {
            let names = labels.iter().map(String::as_str);
            let flag = reader.once(names, "flag", |flag| bits[flag])?;
            bits[flag] = true;
            Ok(())
        })?;
        Ok(CValue::Flags(bits))
    }

    /// One of the labels that was not there before.
    fn once<'b>(
        &mut self,
        labels: impl Iterator<Item = &'b str> + Clone,
        what: &str,
        is_there: impl Fn(usize) -> bool,
    ) -> Result<usize, Error> {
        self.skip();
        let (label, len) = self.label();
        match labels.clone().position(|other| other == label) {
            Some(index) if is_there(index) => {
                Err(self.error(format!("the {what} `{label}` is there twice")))
            }
            Some(index) => {
                self.at += len;
                Ok(index)
            }
            None => {
                let labels = list(labels.map(show::name));
                Err(self.expected(format!("a {what} of {{{labels}}}")))
            }
        }
    }

    fn variant(
        &mut self,
        ty: CTypeId,
        cases: &[(String, Option<CTypeId>)],
    ) -> Result<CValue, Error> {
        let case = self.case(ty, cases.iter().map(|(label, _)| label.as_str()))?;
        let (label, payload) = &cases[case as usize];
        let payload = self.payload(&show::name(label), *payload)?;
        Ok(CValue::Case(case, payload))
    }

    /// The index of the label that is here.
    fn case<'b>(
        &mut self,
        ty: CTypeId,
        labels: impl Iterator<Item = &'b str>,
    ) -> Result<u32, Error> {
        let (label, len) = self.label();
        let known = labels.zip(0..).find(|(other, _)| *other == label);
        let Some((_, case)) = known else {
            return Err(self.expected(describe(self.component, ty)));
        };
        if len == label.len() && KEYWORDS.contains(&label) {
            let reason = format!("`{label}` is a keyword: the case is written `%{label}`");
            return Err(self.error(reason));
        }
        self.at += len;
        Ok(case)
    }

    /// `(value)` behind a case that has a payload, nothing behind another.
    fn payload(&mut self, case: &str, ty: Option<CTypeId>) -> Result<Option<Box<CValue>>, Error> {
        let is_open = self.eat("(");
        let Some(ty) = ty else {
            if is_open {
                self.at -= 1;
                return Err(self.error(format!("`{case}` has no value")));
            }
            return Ok(None);
        };
        if !is_open {
            let ty = describe(self.component, ty);
            return Err(self.expected(format!("`(` and the value of `{case}`: {ty}")));
        }
        let value = self.value(ty)?;
        self.expect(")")?;
        Ok(Some(Box::new(value)))
    }

    fn option(&mut self, ty: CTypeId, some: CTypeId) -> Result<CValue, Error> {
        if self.keyword("none") {
            return Ok(CValue::Case(0, self.payload("none", None)?));
        }
        if self.keyword("some") {
            return Ok(CValue::Case(1, self.payload("some", Some(some))?));
        }
        match self.is_flat(some) {
            true => Ok(CValue::Case(1, Some(Box::new(self.value(some)?)))),
            false => Err(self.expected(describe(self.component, ty))),
        }
    }

    fn result(
        &mut self,
        ty: CTypeId,
        ok: Option<CTypeId>,
        err: Option<CTypeId>,
    ) -> Result<CValue, Error> {
        if self.keyword("ok") {
            return Ok(CValue::Case(0, self.payload("ok", ok)?));
        }
        if self.keyword("err") {
            return Ok(CValue::Case(1, self.payload("err", err)?));
        }
        match ok.filter(|ok| self.is_flat(*ok)) {
            Some(ok) => Ok(CValue::Case(0, Some(Box::new(self.value(ok)?)))),
            None => Err(self.expected(describe(self.component, ty))),
        }
    }

    /// Whether `some` or `ok` may be left out around a value of the type.
    fn is_flat(&self, ty: CTypeId) -> bool {
        !matches!(
            self.component.types[ty],
            CType::Option(_) | CType::Result { .. }
        )
    }

    /// Items with commas between them, and perhaps behind the last, up to what closes them.
    fn each(
        &mut self,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        while !self.eat(close) {
            item(self)?;
            if !self.eat(",") {
                if self.eat(close) {
                    break;
                }
                return Err(self.expected(format!("`,` or `{close}`")));
            }
        }
        Ok(())
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Passes white space and comments.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let text = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            let comment = match text.starts_with("//") {
                true => text.find('\n').unwrap_or(text.len()),
                false => 0,
            };
            self.at += rest.len() - text.len() + comment;
            if comment == 0 {
                break;
            }
        }
    }

    /// Passes the token if it is next.
    fn eat(&mut self, token: &str) -> bool {
        self.skip();
        let is_next = self.rest().starts_with(token);
        if is_next {
            self.at += token.len();
        }
        is_next
    }

    fn expect(&mut self, token: &str) -> Result<(), Error> {
        match self.eat(token) {
            true => Ok(()),
            false => Err(self.expected(format!("`{token}`"))),
        }
    }

    /// Passes the keyword if it is here.
    fn keyword(&mut self, word: &str) -> bool {
        let is_here = self.label() == (word, word.len());
        if is_here {
            self.at += word.len();
        }
        is_here
    }

    /// The label here, without the `%` that may be before it, and how many bytes it takes with that.
    fn label(&self) -> (&'a str, usize) {
        let rest = self.rest();
        let label = rest.strip_prefix('%').unwrap_or(rest);
        let end = label.find(|c| !is_label(c)).unwrap_or(label.len());
        let mark = rest.len() - label.len();
        (&label[..end], mark + end)
    }

    /// What was expected here, and what there is instead.
    fn expected(&self, what: impl Display) -> Error {
        const SHOWN: usize = 20;
        let rest = self.rest();
        let word = rest.find(|c| !is_label(c)).unwrap_or(rest.len());
        let len = match rest.chars().next() {
            None => return self.error(format!("expected {what}, but the text ends")),
            Some(c) if word == 0 => c.len_utf8(),
            Some(_) => word.min(SHOWN),
        };
        let found = show::name(&rest[..len]);
        self.error(format!("expected {what}, but found `{found}`"))
    }

    /// Something about this place.
    fn error(&self, reason: impl Display) -> Error {
        let column = self.text[..self.at].chars().count() + 1;
        let call = show::name(self.text);
        Error::new(format!("at column {column} of `{call}`: {reason}"))
    }
}

/// Whether the character may be part of a label.
fn is_label(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// A type as WIT has it; of records, variants and the like the labels.
fn describe(component: &Component, ty: CTypeId) -> String {
    describe_in(component, ty, 0)
}

fn describe_in(component: &Component, ty: CTypeId, depth: u32) -> String {
    if depth == DESCRIBED_DEPTH {
        return "…".to_string();
    }
    let one = |ty: &CTypeId| describe_in(component, *ty, depth + 1);
    let or_nothing = |ty: &Option<CTypeId>| ty.as_ref().map_or("_".to_string(), one);
    let labels = |labels: &[String]| list(labels.iter().map(|label| show::name(label)));
    match &component.types[ty] {
        CType::Bool => "bool".to_string(),
        CType::S8 => "s8".to_string(),
        CType::U8 => "u8".to_string(),
        CType::S16 => "s16".to_string(),
        CType::U16 => "u16".to_string(),
        CType::S32 => "s32".to_string(),
        CType::U32 => "u32".to_string(),
        CType::S64 => "s64".to_string(),
        CType::U64 => "u64".to_string(),
        CType::F32 => "f32".to_string(),
        CType::F64 => "f64".to_string(),
        CType::Char => "char".to_string(),
        CType::String => "string".to_string(),
        CType::List(element) | CType::Map(element) => format!("list<{}>", one(element)),
        CType::FixedList(element, count) => format!("list<{}, {count}>", one(element)),
        CType::Tuple(types) => format!("tuple<{}>", list(types.iter().map(one))),
        CType::Record(fields) => format!("record {{{}}}", list(names(fields))),
        CType::Variant(cases) => format!("variant {{{}}}", list(names(cases))),
        CType::Enum(cases) => format!("enum {{{}}}", labels(cases)),
        CType::Flags(flags) => format!("flags {{{}}}", labels(flags)),
        CType::Option(some) => format!("option<{}>", one(some)),
        CType::Result {
            ok: None,
            err: None,
        } => "result".to_string(),
        CType::Result { ok, err: None } => format!("result<{}>", or_nothing(ok)),
        CType::Result { ok, err } => format!("result<{}, {}>", or_nothing(ok), or_nothing(err)),
        CType::Stream(_) => "stream".to_string(),
        CType::Future(_) => "future".to_string(),
        CType::ErrorContext => "error-context".to_string(),
        CType::Own(_) => "own".to_string(),
        CType::Borrow(_) => "borrow".to_string(),
    }
}

/// The labels of fields or cases.
fn names<T>(of: &[(String, T)]) -> impl Iterator<Item = String> {
    of.iter().map(|(label, _)| show::name(label))
}

/// The first items of a list that may be long.
fn list(items: impl Iterator<Item = String>) -> String {
    let mut shown: Vec<String> = items.take(DESCRIBED_ITEMS + 1).collect();
    if shown.len() > DESCRIBED_ITEMS {
        shown[DESCRIBED_ITEMS] = "…".to_string();
    }
    shown.join(", ")
}
