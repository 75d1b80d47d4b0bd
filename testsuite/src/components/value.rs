//! Values of scripts: arguments as the compiler takes them, and the patterns that results must match.
//!
//! A result is a line of WAVE. It is compared by value: floats by their bits, characters and strings without their escapes, everything else as text.

use wasmparser::component_types::{
    ComponentDefinedType, ComponentEntityType, ComponentFuncType, ComponentValType,
};
use wasmparser::types::{Types, TypesRef};
use wasmparser::{PrimitiveValType, Validator, WasmFeatures};
use wast::component::WastVal;
use wast::core::{NanPattern, WastArgCore, WastRetCore};
use wast::{WastArg, WastRet};
use wative_compiler::ir::component::CValue;

/// What a line must consist of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    /// Its bits; none for any NaN.
    F32(Option<u32>),
    F64(Option<u64>),
    Char(char),
    String(String),
}

/// The arguments as values of the types that the exported function has.
///
/// # Errors
/// The component has no such function, or its parameters are not of these types.
pub fn arguments(
    component: &[u8],
    export: &[String],
    args: &[WastArg<'_>],
) -> Result<Vec<CValue>, String> {
    if args.is_empty() {
        return Ok(Vec::new());
    }
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let types = validator
        .validate_all(component)
        .map_err(|e| e.to_string())?;
    let ty = function(&types, export).ok_or("there is no such function")?;
    if ty.params.len() != args.len() {
        return Err("another number of parameters".to_string());
    }
    let params = ty.params.iter().zip(args);
    params
        .map(|((_, ty), arg)| argument(arg, *ty, types.as_ref()))
        .collect()
}

/// The type of the function at this path of exports.
fn function<'a>(types: &'a Types, export: &[String]) -> Option<&'a ComponentFuncType> {
    let (first, rest) = export.split_first()?;
    let mut item = types.component_item_for_export(first)?;
    for name in rest {
        let ComponentEntityType::Instance(instance) = item.ty else {
            return None;
        };
        item = types[instance].exports.get(name)?;
    }
    match item.ty {
        ComponentEntityType::Func(ty) => Some(&types[ty]),
        _ => None,
    }
}

fn argument(
    arg: &WastArg<'_>,
    ty: ComponentValType,
    types: TypesRef<'_>,
) -> Result<CValue, String> {
    // Floats are written alike for core functions.
    let of = |value| value_of(value, ty, types);
    match arg {
        WastArg::Component(value) => of(value),
        WastArg::Core(WastArgCore::F32(value)) => of(&WastVal::F32(*value)),
        WastArg::Core(WastArgCore::F64(value)) => of(&WastVal::F64(*value)),
        _ => Err("core values".to_string()),
    }
}

fn value_of(
    value: &WastVal<'_>,
    ty: ComponentValType,
    types: TypesRef<'_>,
) -> Result<CValue, String> {
    let mismatch = || format!("{value:?} is of another type than the parameter");
    let ty = match ty {
        ComponentValType::Type(ty) => &types[ty],
        ComponentValType::Primitive(ty) => {
            return primitive(value, ty).ok_or_else(mismatch);
        }
    };
    let payload = |value: &Option<Box<WastVal<'_>>>, ty: Option<ComponentValType>| match (value, ty)
    {
        (None, None) => Ok(None),
        (Some(value), Some(ty)) => Ok(Some(Box::new(value_of(value, ty, types)?))),
        _ => Err(mismatch()),
    };
    let all = |values: &mut dyn Iterator<Item = (&WastVal<'_>, ComponentValType)>| {
        let values: Result<_, String> = values.map(|(v, ty)| value_of(v, ty, types)).collect();
        Ok(CValue::Items(values?))
    };
    let index = |index: Option<usize>| {
        let index = index.and_then(|index| u32::try_from(index).ok());
        index.ok_or_else(mismatch)
    };
    match (value, ty) {
        (value, ComponentDefinedType::Primitive(ty)) => primitive(value, *ty).ok_or_else(mismatch),
        (WastVal::List(values), ComponentDefinedType::List { element, .. }) => {
            all(&mut values.iter().map(|v| (v, *element)))
        }
        (
            WastVal::List(values),
            ComponentDefinedType::FixedLengthList {
                element, length, ..
            },
        ) if values.len() == *length as usize => all(&mut values.iter().map(|v| (v, *element))),
        (WastVal::Tuple(values), ComponentDefinedType::Tuple(ty))
            if values.len() == ty.types.len() =>
        {
            all(&mut values.iter().zip(ty.types.iter().copied()))
        }
        (WastVal::Record(values), ComponentDefinedType::Record(ty)) => {
            let has_all = values
                .iter()
                .map(|(name, _)| *name)
                .eq(ty.fields.keys().map(|name| name.as_str()));
            if !has_all {
                return Err(mismatch());
            }
            let values = values.iter().map(|(_, value)| value);
            all(&mut values.zip(ty.fields.values().copied()))
        }
        (WastVal::Variant(name, value), ComponentDefinedType::Variant(ty)) => {
            let case = index(ty.cases.keys().position(|case| case.as_str() == *name))?;
            let payload = payload(value, ty.cases[case as usize].ty)?;
            Ok(CValue::Case(case, payload))
        }
        (WastVal::Enum(name), ComponentDefinedType::Enum(cases)) => {
            let case = index(cases.iter().position(|case| case.as_str() == *name))?;
            Ok(CValue::Case(case, None))
        }
        (WastVal::Option(value), ComponentDefinedType::Option { ty, .. }) => {
            let case = u32::from(value.is_some());
            let ty = value.is_some().then_some(*ty);
            Ok(CValue::Case(case, payload(value, ty)?))
        }
        (WastVal::Result(Ok(value)), ComponentDefinedType::Result { ok, .. }) => {
            Ok(CValue::Case(0, payload(value, *ok)?))
        }
        (WastVal::Result(Err(value)), ComponentDefinedType::Result { err, .. }) => {
            Ok(CValue::Case(1, payload(value, *err)?))
        }
        (WastVal::Flags(set), ComponentDefinedType::Flags(labels)) => {
            let is_known = |name: &str| labels.iter().any(|label| label.as_str() == name);
            if let Some(unknown) = set.iter().find(|name| !is_known(name)) {
                return Err(format!("there is no flag {unknown}"));
            }
            let is_set = |label: &str| set.contains(&label);
            let bits = labels.iter().map(|label| is_set(label.as_str()));
            Ok(CValue::Flags(bits.collect()))
        }
        _ => Err(mismatch()),
    }
}

fn primitive(value: &WastVal<'_>, ty: PrimitiveValType) -> Option<CValue> {
    Some(match (value, ty) {
        (WastVal::Bool(v), PrimitiveValType::Bool) => CValue::Bool(*v),
        (WastVal::S8(v), PrimitiveValType::S8) => CValue::Int(i64::from(*v)),
        (WastVal::U8(v), PrimitiveValType::U8) => CValue::Int(i64::from(*v)),
        (WastVal::S16(v), PrimitiveValType::S16) => CValue::Int(i64::from(*v)),
        (WastVal::U16(v), PrimitiveValType::U16) => CValue::Int(i64::from(*v)),
        (WastVal::S32(v), PrimitiveValType::S32) => CValue::Int(i64::from(*v)),
        (WastVal::U32(v), PrimitiveValType::U32) => CValue::Int(i64::from(*v)),
        (WastVal::S64(v), PrimitiveValType::S64) => CValue::Int(*v),
        (WastVal::U64(v), PrimitiveValType::U64) => CValue::Int(v.cast_signed()),
        (WastVal::F32(v), PrimitiveValType::F32) => CValue::F32(v.bits),
        (WastVal::F64(v), PrimitiveValType::F64) => CValue::F64(v.bits),
        (WastVal::Char(v), PrimitiveValType::Char) => CValue::Char(*v),
        (WastVal::String(v), PrimitiveValType::String) => CValue::String((*v).to_string()),
        _ => return None,
    })
}

/// The pattern of an expected result. `Err` names what is not supported.
pub fn pattern(ret: &WastRet<'_>) -> Result<Pattern, String> {
    let mut pattern = Pattern::default();
    match ret {
        WastRet::Component(value) => pattern.value(value)?,
        WastRet::Core(WastRetCore::F32(value)) => pattern.f32(match value {
            NanPattern::Value(value) => Some(value.bits),
            NanPattern::CanonicalNan | NanPattern::ArithmeticNan => None,
        }),
        WastRet::Core(WastRetCore::F64(value)) => pattern.f64(match value {
            NanPattern::Value(value) => Some(value.bits),
            NanPattern::CanonicalNan | NanPattern::ArithmeticNan => None,
        }),
        _ => return Err("core values".to_string()),
    }
    Ok(pattern)
}

impl Pattern {
    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.0.push(Piece::Text(text.to_string())),
        }
    }

    /// A component cannot tell one NaN from another.
    fn f32(&mut self, bits: Option<u32>) {
        let bits = bits.filter(|bits| !f32::from_bits(*bits).is_nan());
        self.0.push(Piece::F32(bits));
    }

    fn f64(&mut self, bits: Option<u64>) {
        let bits = bits.filter(|bits| !f64::from_bits(*bits).is_nan());
        self.0.push(Piece::F64(bits));
    }

    fn value(&mut self, value: &WastVal<'_>) -> Result<(), String> {
        match value {
            WastVal::Bool(v) => self.text(&v.to_string()),
            WastVal::U8(v) => self.text(&v.to_string()),
            WastVal::S8(v) => self.text(&v.to_string()),
            WastVal::U16(v) => self.text(&v.to_string()),
            WastVal::S16(v) => self.text(&v.to_string()),
            WastVal::U32(v) => self.text(&v.to_string()),
            WastVal::S32(v) => self.text(&v.to_string()),
            WastVal::U64(v) => self.text(&v.to_string()),
            WastVal::S64(v) => self.text(&v.to_string()),
            WastVal::F32(v) => self.f32(Some(v.bits)),
            WastVal::F64(v) => self.f64(Some(v.bits)),
            WastVal::Char(v) => self.0.push(Piece::Char(*v)),
            WastVal::String(v) => self.0.push(Piece::String((*v).to_string())),
            WastVal::List(values) => self.sequence("[", values, "]")?,
            WastVal::Tuple(values) => self.sequence("(", values, ")")?,
            WastVal::Record(fields) => self.record(fields)?,
            WastVal::Variant(name, value) => self.case(&escaped(name), value.as_deref())?,
            WastVal::Enum(name) => self.text(&escaped(name)),
            WastVal::Option(None) => self.text("none"),
            WastVal::Option(value) => self.case("some", value.as_deref())?,
            WastVal::Result(Ok(value)) => self.case("ok", value.as_deref())?,
            WastVal::Result(Err(value)) => self.case("err", value.as_deref())?,
            WastVal::Flags(names) => self.text(&format!("{{{}}}", names.join(", "))),
            WastVal::Map(_) => return Err("maps".to_string()),
        }
        Ok(())
    }

    fn sequence(&mut self, open: &str, values: &[WastVal<'_>], close: &str) -> Result<(), String> {
        self.text(open);
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.text(", ");
            }
            self.value(value)?;
        }
        self.text(close);
        Ok(())
    }

    /// Fields that are `none` are left out.
    fn record(&mut self, fields: &[(&str, WastVal<'_>)]) -> Result<(), String> {
        let is_there = |(_, value): &&(&str, WastVal<'_>)| !matches!(value, WastVal::Option(None));
        let mut between = "{";
        for (name, value) in fields.iter().filter(is_there) {
            self.text(&format!("{between}{name}: "));
            self.value(value)?;
            between = ", ";
        }
        self.text(if between == "{" { "{:}" } else { "}" });
        Ok(())
    }

    fn case(&mut self, name: &str, value: Option<&WastVal<'_>>) -> Result<(), String> {
        self.text(name);
        match value {
            Some(value) => self.sequence("(", std::slice::from_ref(value), ")"),
            None => Ok(()),
        }
    }

    /// Whether the line is such a value.
    pub fn matches(&self, line: &str) -> bool {
        let mut rest = line;
        let fits = self.0.iter().all(|piece| {
            let after = piece.strip(rest);
            rest = after.unwrap_or(rest);
            after.is_some()
        });
        fits && rest.is_empty()
    }
}

/// The label of a case, which must not look like a keyword.
fn escaped(name: &str) -> String {
    const KEYWORDS: [&str; 8] = ["true", "false", "inf", "nan", "some", "none", "ok", "err"];
    let escape = if KEYWORDS.contains(&name) { "%" } else { "" };
    format!("{escape}{name}")
}

impl Piece {
    /// What is behind it in the text, if it is there.
    fn strip<'a>(&self, text: &'a str) -> Option<&'a str> {
        let end = text.find([',', ')', ']', '}']).unwrap_or(text.len());
        let (number, rest) = text.split_at(end);
        match self {
            Piece::Text(wanted) => text.strip_prefix(wanted.as_str()),
            Piece::F32(None) | Piece::F64(None) => (number == "nan").then_some(rest),
            Piece::F32(Some(bits)) => {
                let value: f32 = number.parse().ok()?;
                (value.to_bits() == *bits).then_some(rest)
            }
            Piece::F64(Some(bits)) => {
                let value: f64 = number.parse().ok()?;
                (value.to_bits() == *bits).then_some(rest)
            }
            Piece::Char(wanted) => {
                let (got, rest) = unquote(text, '\'')?;
                let mut chars = got.chars();
                (chars.next() == Some(*wanted) && chars.next().is_none()).then_some(rest)
            }
            Piece::String(wanted) => {
                let (got, rest) = unquote(text, '"')?;
                (got == *wanted).then_some(rest)
            }
        }
    }
}

/// The text between two of these quotes without its escapes, and what is behind.
fn unquote(text: &str, quote: char) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix(quote)?;
    let mut out = String::new();
    loop {
        let c = rest.chars().next()?;
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let (c, after) = unescape(rest)?;
                out.push(c);
                rest = after;
            }
            // It must be escaped, as it ends the line.
            '\n' => return None,
            c if c == quote => return Some((out, rest)),
            c => out.push(c),
        }
    }
}

/// The character that stands behind a backslash, and what is behind.
fn unescape(text: &str) -> Option<(char, &str)> {
    if let Some(rest) = text.strip_prefix("u{") {
        let (digits, rest) = rest.split_once('}')?;
        let number = u32::from_str_radix(digits, 16).ok()?;
        return Some((char::from_u32(number)?, rest));
    }
    const ESCAPES: [(char, char); 6] = [
        ('\\', '\\'),
        ('\'', '\''),
        ('"', '"'),
        ('t', '\t'),
        ('n', '\n'),
        ('r', '\r'),
    ];
    let c = text.chars().next()?;
    let (_, meaning) = ESCAPES.iter().find(|(escape, _)| *escape == c)?;
    Some((*meaning, &text[1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wast::parser::{self, ParseBuffer};

    /// Whether a line matches the value that a script writes so.
    fn matches(value: &str, line: &str) -> bool {
        let buffer = ParseBuffer::new(value).unwrap();
        let ret = parser::parse::<WastRet<'_>>(&buffer).unwrap();
        pattern(&ret).unwrap().matches(line)
    }

    #[test]
    fn results_are_compared_by_value() {
        for (value, line) in [
            ("bool.const true", "true"),
            ("s64.const -9223372036854775808", "-9223372036854775808"),
            ("u64.const 18446744073709551615", "18446744073709551615"),
            ("f32.const 0x1p-149", "1e-45"),
            ("f32.const -0", "-0"),
            ("f32.const inf", "inf"),
            ("f32.const nan:0x1", "nan"),
            ("f64.const nan:canonical", "nan"),
            ("f64.const 1e300", "1e300"),
            ("f64.const 100", "100.0"),
            ("char.const \"'\"", r"'\''"),
            ("char.const \"\\u{1f30a}\"", "'🌊'"),
            (r#"str.const "a\"\n\u{301}""#, r#""a\"\n\u{301}""#),
            ("str.const \"\"", "\"\""),
            ("list.const", "[]"),
            ("list.const (u8.const 1) (u8.const 2)", "[1, 2]"),
            (
                "tuple.const (f32.const 1) (str.const \", \")",
                "(1, \", \")",
            ),
            (
                "record.const (field \"a\" u8.const 1) (field \"b\" option.none)",
                "{a: 1}",
            ),
            ("record.const (field \"b\" option.none)", "{:}"),
            ("variant.const \"none\"", "%none"),
            ("variant.const \"a\" (f64.const nan)", "a(nan)"),
            ("enum.const \"ok\"", "%ok"),
            ("option.some (option.none)", "some(none)"),
            ("result.ok", "ok"),
            ("result.err (str.const \"x\")", "err(\"x\")"),
            ("flags.const", "{}"),
            ("flags.const \"a\" \"b\"", "{a, b}"),
        ] {
            assert!(matches(value, line), "{value} as {line}");
        }
    }

    #[test]
    fn other_values_do_not_match() {
        for (value, line) in [
            ("bool.const true", "false"),
            ("u8.const 1", "11"),
            ("u8.const 1", ""),
            ("f32.const 0", "-0"),
            ("f32.const nan", "-nan"),
            ("f32.const 0.1", "0.10000001"),
            ("f64.const 0.1", "0.1 "),
            ("char.const \"a\"", "'ab'"),
            ("char.const \"a\"", "'a"),
            (r#"str.const "\n""#, "\"\n\""),
            ("str.const \"a\"", "'a'"),
            ("list.const", "[] "),
            ("enum.const \"ok\"", "ok"),
            ("option.some (u8.const 1)", "1"),
        ] {
            assert!(!matches(value, line), "{value} as {line}");
        }
    }
}
