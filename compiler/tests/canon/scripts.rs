//! Scripts: constants go in, WAVE comes out.

use crate::world::{World, id};
use wative_compiler::canonical::Reason;
use wative_compiler::ir::component::*;
use wative_compiler::ir::interp::State;

#[test]
fn scripts_pass_constants_and_print_results() {
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf16);
    let labels = |labels: &[&str]| labels.iter().map(|label| label.to_string()).collect();
    let (u8, s32, f32) = (
        world.add(CType::U8),
        world.add(CType::S32),
        world.add(CType::F32),
    );
    let (string, char) = (world.add(CType::String), world.add(CType::Char));
    let bool = world.add(CType::Bool);
    let list = world.add(CType::List(s32));
    let tuple = world.add(CType::Tuple(vec![u8, char, bool]));
    let option = world.add(CType::Option(string));
    let flags = world.add(CType::Flags(labels(&["a", "none", "c"])));
    let enumeration = world.add(CType::Enum(labels(&["x", "y"])));
    let result = world.add(CType::Result {
        ok: Some(f32),
        err: None,
    });
    let variant = world.add(CType::Variant(vec![
        ("small".to_string(), Some(u8)),
        ("rather-long-label".to_string(), None),
    ]));
    let fixed = world.add(CType::FixedList(u8, 3));
    let fields = [
        ("list", list),
        ("tuple", tuple),
        ("option", option),
        ("flags", flags),
        ("enumeration", enumeration),
        ("result", result),
        ("err", variant),
        ("fixed", fixed),
    ];
    let fields = fields.map(|(label, ty)| (label.to_string(), ty)).to_vec();
    let record = world.add(CType::Record(fields));
    let ty = CFuncType {
        params: vec![("r".to_string(), record)],
        result: Some(record),
        is_async: false,
    };
    let value = CValue::Items(vec![
        CValue::Items(vec![CValue::Int(-5), CValue::Int(7)]),
        CValue::Items(vec![
            CValue::Int(200),
            CValue::Char('é'),
            CValue::Bool(true),
        ]),
        CValue::Case(1, Some(Box::new(CValue::String("hö🍰".to_string())))),
        CValue::Flags(vec![false, true, true]),
        CValue::Case(1, None),
        CValue::Case(0, Some(Box::new(CValue::F32(1.5f32.to_bits())))),
        CValue::Case(1, None),
        CValue::Items(vec![CValue::Int(1), CValue::Int(2), CValue::Int(3)]),
    ]);
    let printed = "{list: [-5, 7], tuple: (200, 'é', true), option: some(\"hö🍰\"), flags: {none, c}, \
                   enumeration: y, result: ok(1.5), err: rather-long-label, fixed: [1, 2, 3]}\n";
    let invocation = Invocation {
        lifted: world.lifted(ty),
        args: vec![value],
        task: None,
    };
    // Everything goes through memory: the callee returns where it got it.
    let canon = Canon::Script(vec![invocation.clone(), invocation]);
    let run = world.run(canon, &[], |_| (), |_, args| vec![args[0]]);
    assert_eq!(run.result, Ok(vec![]));
    assert_eq!(run.log.printed, printed.repeat(2));
}

#[test]
fn scripts_print_core_values_too() {
    // A label that is a word of WAVE; a discriminant that is none.
    for (value, printed, reason) in [
        (0, "%none\n", None),
        (1, "", Some(Reason::InvalidDiscriminant)),
    ] {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let unit = world.add(CType::Enum(vec!["none".to_string()]));
        let ty = CFuncType {
            params: vec![],
            result: Some(unit),
            is_async: false,
        };
        let lifted = world.lifted(ty);
        let canon = Canon::Script(vec![Invocation {
            lifted,
            args: vec![],
            task: None,
        }]);
        let run = world.run(canon, &[], |_| (), move |_, _| vec![value]);
        assert_eq!(run.log.printed, printed);
        assert_eq!(run.reason(), reason);
    }
}

#[test]
fn results_for_the_host_have_its_reasons() {
    let cases = [
        (2, 0, 0, Reason::HostResultUnaligned),
        (65532, 0, 0, Reason::HostResultOutOfBounds),
        (16, 65536, 1, Reason::HostStringOutOfBounds),
        (16, 8, 1, Reason::HostInvalidUtf8),
    ];
    for (place, ptr, len, reason) in cases {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let string = world.add(CType::String);
        let ty = CFuncType {
            params: vec![],
            result: Some(string),
            is_async: false,
        };
        let lifted = world.lifted(ty);
        let canon = Canon::Script(vec![Invocation {
            lifted,
            args: vec![],
            task: None,
        }]);
        let callee = move |state: &mut State, _: &[u64]| {
            let memory = &mut state.memories[id(1)];
            memory[8] = 0xff;
            memory[16..20].copy_from_slice(&u32::to_le_bytes(ptr));
            memory[20..24].copy_from_slice(&u32::to_le_bytes(len));
            vec![place]
        };
        let run = world.run(canon, &[], |_| (), callee);
        assert_eq!(run.reason(), Some(reason));
    }
}
