//! Calls of one parameter of each type: what is read, and what the errors say.

use super::*;
use crate::entity::EntityId;
use crate::ir::component::ResourceId;

/// Types by the names that the tests give them.
struct Types {
    component: Component,
    names: Vec<(&'static str, CTypeId)>,
}

impl Types {
    fn id(&self, name: &str) -> CTypeId {
        let found = self.names.iter().find(|(other, _)| *other == name);
        found.unwrap_or_else(|| panic!("no type {name}")).1
    }

    fn add(&mut self, name: &'static str, ty: CType) {
        let id = self.component.types.push(ty);
        self.names.push((name, id));
    }
}

fn labels(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_string).collect()
}

fn labelled<T, const N: usize>(of: [(&str, T); N]) -> Vec<(String, T)> {
    let pair = |(label, value): (&str, T)| (label.to_string(), value);
    of.into_iter().map(pair).collect()
}

fn types() -> Types {
    let mut types = Types {
        component: Component::default(),
        names: Vec::new(),
    };
    for (name, ty) in [
        ("bool", CType::Bool),
        ("s8", CType::S8),
        ("u8", CType::U8),
        ("s16", CType::S16),
        ("u16", CType::U16),
        ("s32", CType::S32),
        ("u32", CType::U32),
        ("s64", CType::S64),
        ("u64", CType::U64),
        ("f32", CType::F32),
        ("f64", CType::F64),
        ("char", CType::Char),
        ("string", CType::String),
        ("enum", CType::Enum(labels("left right none"))),
        ("flags", CType::Flags(labels("read write true"))),
        ("own", CType::Own(ResourceId::from_u32(0))),
    ] {
        types.add(name, ty);
    }
    let [u8, s8, string] = ["u8", "s8", "string"].map(|name| types.id(name));
    types.add("list", CType::List(u8));
    types.add("lists", CType::List(types.id("list")));
    types.add("pair", CType::FixedList(u8, 2));
    types.add("tuple", CType::Tuple(vec![u8, string]));
    types.add("option", CType::Option(u8));
    let option = types.id("option");
    types.add("option2", CType::Option(option));
    types.add("optenum", CType::Option(types.id("enum")));
    let fields = [("must", u8), ("may", option), ("none", s8)];
    types.add("record", CType::Record(labelled(fields)));
    let fields = [("a", option), ("b", option)];
    types.add("optional", CType::Record(labelled(fields)));
    let cases = [("empty", None), ("body", Some(string)), ("ok", Some(u8))];
    types.add("variant", CType::Variant(labelled(cases)));
    let result = |ok, err| CType::Result { ok, err };
    types.add("result", result(Some(u8), Some(string)));
    types.add("plain", result(None, None));
    types.add("erronly", result(None, Some(u8)));
    types
}

/// Reads the text as the only argument of a function.
fn read(ty: &str, text: &str) -> Result<CValue, String> {
    let mut values = call(&[ty], &format!("f({text})"))?;
    Ok(values.pop().unwrap())
}

fn call(params: &[&str], text: &str) -> Result<Vec<CValue>, String> {
    let types = types();
    let name = |i: usize| format!("p{i}");
    let params = params.iter().enumerate();
    let ty = CFuncType {
        params: params.map(|(i, ty)| (name(i), types.id(ty))).collect(),
        result: None,
        is_async: false,
    };
    let call = Call::parse(text).map_err(|e| e.reason)?;
    call.arguments(&types.component, &ty).map_err(|e| e.reason)
}

/// The error without the call that it repeats.
fn error(ty: &str, text: &str) -> String {
    let error = read(ty, text).expect_err(text);
    let shown = format!(" of `{}`", show::name(&format!("f({text})")));
    error.replacen(&shown, "", 1)
}

fn int(value: i64) -> CValue {
    CValue::Int(value)
}

fn text(value: &str) -> CValue {
    CValue::String(value.to_string())
}

fn some(value: CValue) -> CValue {
    case(1, value)
}

fn case(index: u32, value: CValue) -> CValue {
    CValue::Case(index, Some(Box::new(value)))
}

const NONE: CValue = CValue::Case(0, None);

#[test]
fn simple_values() {
    for (ty, text, value) in [
        ("bool", "true", CValue::Bool(true)),
        ("bool", " false ", CValue::Bool(false)),
        ("s8", "-128", int(-128)),
        ("u8", "255", int(255)),
        ("s16", "-32768", int(-32768)),
        ("u16", "65535", int(65535)),
        ("s32", "-2147483648", int(-2_147_483_648)),
        ("u32", "4294967295", int(4_294_967_295)),
        ("s64", "-9223372036854775808", int(i64::MIN)),
        ("u64", "18446744073709551615", int(-1)),
        ("s8", "-0", int(0)),
        ("f32", "0", CValue::F32(0)),
        ("f32", "-0", CValue::F32(0x8000_0000)),
        ("f32", "1e-45", CValue::F32(1)),
        ("f32", "3.4028234664e38", CValue::F32(0x7f7f_ffff)),
        ("f32", "3.4028234664e39", CValue::F32(0x7f80_0000)),
        ("f32", "nan", CValue::F32(0x7fc0_0000)),
        ("f32", "-inf", CValue::F32(0xff80_0000)),
        ("f64", "0.000E+100", CValue::F64(0)),
        ("f64", "-3.5", CValue::F64((-3.5f64).to_bits())),
        ("f64", "inf", CValue::F64(0x7ff0_0000_0000_0000)),
        ("f64", "nan", CValue::F64(0x7ff8_0000_0000_0000)),
        ("enum", "right", CValue::Case(1, None)),
        ("enum", "%left", CValue::Case(0, None)),
        ("enum", "%none", CValue::Case(2, None)),
    ] {
        assert_eq!(read(ty, text), Ok(value), "{ty} {text}");
    }
}

#[test]
fn characters_and_strings() {
    for (input, value) in [
        ("'x'", 'x'),
        ("'🌊'", '🌊'),
        (r"'\''", '\''),
        ("'\"'", '"'),
        (r#"'\"'"#, '"'),
        (r"'\\'", '\\'),
        (r"'\u{0}'", '\0'),
        (r"'\u{10FFFF}'", '\u{10ffff}'),
        ("'\t'", '\t'),
    ] {
        assert_eq!(read("char", input), Ok(CValue::Char(value)), "{input}");
    }
    for (input, value) in [
        (r#""""#, ""),
        ("\"WAVE🌊 // (\"", "WAVE🌊 // ("),
        (r#""\\\'\"\t\n\r""#, "\\'\"\t\n\r"),
        (r#""'\u{27}\u{000027}""#, "'''"),
        ("\"\"\"\n\"\"\"", ""),
        ("\"\"\"\n  \"\"\"", ""),
        ("\"\"\"\none line\n\"\"\"", "one line"),
        ("\"\"\"\r\n  a\r\n  b\r\n  \"\"\"", "a\nb"),
        ("\"\"\"\n    a\n  b\n  \"\"\"", "  a\nb"),
        ("\"\"\"\n\na\n\n\"\"\"", "\na\n"),
        ("\"\"\"\n\"\"\\\"\" \\u{2603}\n\"\"\"", "\"\"\"\" ☃"),
        ("\"\"\"\nkept \\r\n\"\"\"", "kept \r"),
    ] {
        assert_eq!(read("string", input), Ok(text(value)), "{input}");
    }
}

#[test]
fn composed_values() {
    let items = CValue::Items;
    for (ty, input, value) in [
        ("list", "[]", items(vec![])),
        ("list", "[ 1 , 2, ]", items(vec![int(1), int(2)])),
        (
            "lists",
            "[[1],[]]",
            items(vec![items(vec![int(1)]), items(vec![])]),
        ),
        ("pair", "[1, 2]", items(vec![int(1), int(2)])),
        ("tuple", "(1, \"a\",)", items(vec![int(1), text("a")])),
        ("option", "none", NONE),
        ("option", "some(1)", some(int(1))),
        ("option", "1", some(int(1))),
        ("option2", "some(none)", some(NONE)),
        ("option2", "some(1)", some(some(int(1)))),
        ("optenum", "none", NONE),
        ("optenum", "%none", some(CValue::Case(2, None))),
        ("result", "ok(1)", case(0, int(1))),
        ("result", "1", case(0, int(1))),
        ("result", "err(\"x\")", case(1, text("x"))),
        ("plain", "ok", CValue::Case(0, None)),
        ("plain", "err", CValue::Case(1, None)),
        ("erronly", "ok", CValue::Case(0, None)),
        ("erronly", "err(1)", case(1, int(1))),
        ("variant", "empty", CValue::Case(0, None)),
        ("variant", "body (\"x\")", case(1, text("x"))),
        ("variant", "%ok(7)", case(2, int(7))),
        ("flags", "{}", CValue::Flags(vec![false; 3])),
        (
            "flags",
            "{true, %read,}",
            CValue::Flags(vec![true, false, true]),
        ),
        (
            "record",
            "{must: 1, none: 2}",
            items(vec![int(1), NONE, int(2)]),
        ),
        (
            "record",
            "{ %none: 2, may: 3, must: 1, } // behind",
            items(vec![int(1), some(int(3)), int(2)]),
        ),
        ("optional", "{:}", items(vec![NONE, NONE])),
        ("optional", "{b: 1}", items(vec![NONE, some(int(1))])),
        (
            "list",
            "[ // first\n 1, // second\n 2]",
            items(vec![int(1), int(2)]),
        ),
    ] {
        // The line ends the comment.
        assert_eq!(read(ty, &format!("{input}\n")), Ok(value), "{ty} {input}");
    }
}

#[test]
fn errors_of_simple_values() {
    for (ty, text, message) in [
        ("bool", "1", "at column 3: expected bool, but found `1`"),
        (
            "bool",
            "truex",
            "at column 3: expected bool, but found `truex`",
        ),
        ("bool", "%true", "at column 3: expected bool, but found `%`"),
        (
            "u8",
            "256",
            "at column 3: 256 is no u8, which is from 0 to 255",
        ),
        (
            "u8",
            "-1",
            "at column 3: -1 is no u8, which is from 0 to 255",
        ),
        (
            "s8",
            "-129",
            "at column 3: -129 is no s8, which is from -128 to 127",
        ),
        (
            "u64",
            "18446744073709551616",
            "at column 3: 18446744073709551616 is no u64, which is from 0 to 18446744073709551615",
        ),
        ("u8", "1e2", "at column 3: expected u8, but found `1e2`"),
        ("u8", "01", "at column 3: expected u8, but found `01`"),
        ("u8", "+1", "at column 3: expected u8, but found `+`"),
        ("u8", "0x1", "at column 3: expected u8, but found `0x1`"),
        ("u8", "\"1\"", "at column 3: expected u8, but found `\"`"),
        ("f32", "-nan", "at column 3: expected f32, but found `-nan`"),
        (
            "f64",
            "infinity",
            "at column 3: expected f64, but found `infinity`",
        ),
        (
            "f64",
            "-infinity",
            "at column 3: expected f64, but found `-infinity`",
        ),
        ("f64", "1.", "at column 3: expected f64, but found `1`"),
        ("f64", ".5", "at column 3: expected f64, but found `.`"),
        ("f64", "1e", "at column 3: expected f64, but found `1e`"),
        ("f64", "--1", "at column 3: expected f64, but found `--1`"),
        (
            "enum",
            "up",
            "at column 3: expected enum {left, right, none}, but found `up`",
        ),
        (
            "enum",
            "none",
            "at column 3: `none` is a keyword: the case is written `%none`",
        ),
        (
            "own",
            "1",
            "at column 3: a handle of a resource cannot be written down",
        ),
    ] {
        assert_eq!(error(ty, text), message, "{ty} {text}");
    }
}

#[test]
fn errors_of_characters_and_strings() {
    for (ty, text, message) in [
        ("char", "x", "at column 3: expected char, but found `x`"),
        (
            "char",
            "''",
            "at column 4: there is no character between the quotes",
        ),
        (
            "char",
            "'ab'",
            "at column 3: expected one character between two quotes",
        ),
        (
            "char",
            "'a",
            "at column 3: expected one character between two quotes",
        ),
        ("char", "'\n'", "at column 4: a line break is written `\\n`"),
        (
            "char",
            r"'\u{d800}'",
            "at column 4: U+d800 is no Unicode scalar value",
        ),
        (
            "char",
            r"'\u{110000}'",
            "at column 4: U+110000 is no Unicode scalar value",
        ),
        (
            "char",
            r"'\u{}'",
            r"at column 4: expected one to six hexadecimal digits like in \u{1f30a}",
        ),
        (
            "string",
            r#""\u{+1}""#,
            r"at column 4: expected one to six hexadecimal digits like in \u{1f30a}",
        ),
        (
            "string",
            r#""ä\j""#,
            r#"at column 5: `\` must be followed by one of \ ' " t n r u"#,
        ),
        (
            "string",
            "'a'",
            "at column 3: expected string, but found `'`",
        ),
        ("string", "\"a", "at column 3: the string has no end"),
        (
            "string",
            "\"a\n\"",
            "at column 5: a line break is written `\\n`",
        ),
        ("string", "\"\"\"a", "at column 3: the string has no end"),
        (
            "string",
            "\"\"\"\"\"\"",
            "at column 6: a line break must follow `\"\"\"`",
        ),
        (
            "string",
            "\"\"\"a\n\"\"\"",
            "at column 6: a line break must follow `\"\"\"`",
        ),
        (
            "string",
            "\"\"\"\na\"\"\"",
            "at column 8: only spaces may be before the `\"\"\"` that end a string",
        ),
        (
            "string",
            "\"\"\"\n a\n  \"\"\"",
            "at column 7: a line must begin with the spaces that are before the last `\"\"\"`",
        ),
        (
            "string",
            "\"\"\"\n\\j\n\"\"\"",
            r#"at column 7: `\` must be followed by one of \ ' " t n r u"#,
        ),
    ] {
        assert_eq!(error(ty, text), message, "{ty} {text}");
    }
}

#[test]
fn errors_of_composed_values() {
    for (ty, text, message) in [
        ("list", "1", "at column 3: expected list<u8>, but found `1`"),
        (
            "list",
            "[1 2]",
            "at column 6: expected `,` or `]`, but found `2`",
        ),
        ("list", "[,]", "at column 4: expected u8, but found `,`"),
        ("list", "[1,,]", "at column 6: expected u8, but found `,`"),
        ("list", "[1, x]", "at column 7: expected u8, but found `x`"),
        (
            "lists",
            "[[1], 2]",
            "at column 9: expected list<u8>, but found `2`",
        ),
        (
            "pair",
            "[1]",
            "at column 4: the list must have 2 elements, not 1",
        ),
        (
            "pair",
            "1",
            "at column 3: expected list<u8, 2>, but found `1`",
        ),
        (
            "tuple",
            "[1]",
            "at column 3: expected tuple<u8, string>, but found `[`",
        ),
        (
            "tuple",
            "(1)",
            "at column 5: expected string, the next of 2 values, but found `)`",
        ),
        (
            "tuple",
            "(1, \"\", 2)",
            "at column 11: expected `)` after 2 values, but found `2`",
        ),
        (
            "option",
            "some",
            "at column 7: expected `(` and the value of `some`: u8, but found `)`",
        ),
        (
            "option",
            "some()",
            "at column 8: expected u8, but found `)`",
        ),
        ("option", "none(1)", "at column 7: `none` has no value"),
        (
            "option2",
            "1",
            "at column 3: expected option<option<u8>>, but found `1`",
        ),
        (
            "result",
            "ok",
            "at column 5: expected `(` and the value of `ok`: u8, but found `)`",
        ),
        ("result", "e(1)", "at column 3: expected u8, but found `e`"),
        ("plain", "ok()", "at column 5: `ok` has no value"),
        ("plain", "1", "at column 3: expected result, but found `1`"),
        (
            "erronly",
            "1",
            "at column 3: expected result<_, u8>, but found `1`",
        ),
        (
            "variant",
            "bodies",
            "at column 3: expected variant {empty, body, ok}, but found `bodies`",
        ),
        ("variant", "empty(1)", "at column 8: `empty` has no value"),
        (
            "variant",
            "body",
            "at column 7: expected `(` and the value of `body`: string, but found `)`",
        ),
        (
            "variant",
            "ok(1)",
            "at column 3: `ok` is a keyword: the case is written `%ok`",
        ),
        (
            "flags",
            "read",
            "at column 3: expected flags {read, write, true}, but found `read`",
        ),
        (
            "flags",
            "{exec}",
            "at column 4: expected a flag of {read, write, true}, but found `exec`",
        ),
        (
            "flags",
            "{read, %read}",
            "at column 10: the flag `read` is there twice",
        ),
        (
            "flags",
            "{:}",
            "at column 4: expected a flag of {read, write, true}, but found `:`",
        ),
        (
            "record",
            "(1)",
            "at column 3: expected record {must, may, none}, but found `(`",
        ),
        (
            "record",
            "{}",
            "at column 4: expected a field, or `:` for no fields, but found `}`",
        ),
        (
            "record",
            "{:}",
            "at column 4: the field `must` is missing: u8",
        ),
        (
            "record",
            "{must: 1}",
            "at column 4: the field `none` is missing: s8",
        ),
        (
            "record",
            "{must: 1, must: 1}",
            "at column 13: the field `must` is there twice",
        ),
        (
            "record",
            "{must 1}",
            "at column 9: expected `:`, but found `1`",
        ),
        (
            "record",
            "{must: 1 none: 2}",
            "at column 12: expected `,` or `}`, but found `none`",
        ),
        (
            "record",
            "{x: 1}",
            "at column 4: expected a field of {must, may, none}, but found `x`",
        ),
    ] {
        assert_eq!(error(ty, text), message, "{ty} {text}");
    }
}

#[test]
fn calls() {
    let two = ["u8", "string"];
    let none = |text| call(&[], text);
    assert_eq!(call(&two, "f(1, \"a\")"), Ok(vec![int(1), text("a")]));
    assert_eq!(
        call(&two, " f ( 1 , \"a\" , ) // end"),
        Ok(vec![int(1), text("a")])
    );
    assert_eq!(none("f"), Ok(vec![]));
    assert_eq!(none("f()"), Ok(vec![]));
    assert_eq!(
        call(&["u8", "option", "option"], "f(1)"),
        Ok(vec![int(1), NONE, NONE])
    );
    assert_eq!(call(&["option"], "f()"), Ok(vec![NONE]));
    let name = |text| Call::parse(text).map(|call| call.function);
    assert_eq!(
        name("ns:pkg/iface.get-it@0.2.0(1)"),
        Ok("ns:pkg/iface.get-it@0.2.0")
    );
    for (params, text, message) in [
        (
            &two[..],
            "f",
            "at column 2 of `f`: expected `(` and arguments, but the text ends",
        ),
        (
            &two,
            "f(1",
            "at column 4 of `f(1`: expected `,` or `)`, but the text ends",
        ),
        (
            &two,
            "f(1)",
            "at column 5 of `f(1)`: the argument `p1` is missing: string",
        ),
        (
            &two,
            "f(1, )",
            "at column 7 of `f(1, )`: the argument `p1` is missing: string",
        ),
        (
            &two,
            "f(,)",
            "at column 3 of `f(,)`: expected u8, but found `,`",
        ),
        (
            &[],
            "f(1)",
            "at column 3 of `f(1)`: expected `)` after 0 arguments, but found `1`",
        ),
        (
            &[],
            "f() f",
            "at column 5 of `f() f`: expected the end, but found `f`",
        ),
        (
            &["u8"],
            "f(\u{1b})",
            r"at column 3 of `f(\u{1b})`: expected u8, but found `\u{1b}`",
        ),
        (&[], "(1)", "a call begins with the name of a function"),
        (&[], "  ", "a call begins with the name of a function"),
    ] {
        assert_eq!(call(params, text).expect_err(text), message);
    }
}

/// Deep types are neither described nor read as a whole.
#[test]
fn depth_is_limited() {
    let mut types = types();
    let mut ty = types.id("u8");
    let mut pairs = ty;
    for _ in 0..1000 {
        ty = types.component.types.push(CType::List(ty));
        pairs = types.component.types.push(CType::Tuple(vec![pairs; 2]));
    }
    let error = |ty, text: &str| {
        let ty = CFuncType {
            params: vec![("p".to_string(), ty)],
            result: None,
            is_async: false,
        };
        let call = Call::parse(text).unwrap();
        call.arguments(&types.component, &ty).unwrap_err().reason
    };
    let reason = error(ty, &format!("f({}", "[".repeat(1000)));
    assert!(reason.ends_with(": more than 100 values in each other"));
    assert!(error(pairs, "f(1)").ends_with(
        ": expected tuple<tuple<tuple<…, …>, tuple<…, …>>, tuple<tuple<…, …>, tuple<…, …>>>, but found `1`"
    ));
}

/// Every text that begins like one that is right is read or refused, whatever the type.
#[test]
fn nothing_panics() {
    let texts = [
        "[1, 2]",
        "{must: 1, may: 3, none: 2}",
        "{read, %true,}",
        "some(some(-1.5e3))",
        "%ok(\"ä\\u{2603}\")",
        "\"\"\"\r\n  ä\r\n  \"\"\"",
        "'\\u{1F30A}'",
        "(1, \"a\") // x\n",
        "{:}",
        "-inf",
        "\"\"\"\n\"\"\"",
    ];
    let names: Vec<&str> = types().names.iter().map(|(name, _)| *name).collect();
    for text in texts {
        for (end, _) in text.char_indices() {
            for ty in &names {
                for tail in ["", ")", "\"", "\n\"\"\"", "ä", "\\"] {
                    call(&[ty], &format!("f({}{tail}", &text[..end])).ok();
                }
            }
        }
    }
}
