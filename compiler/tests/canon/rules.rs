//! What instances allow, which pointers are refused, what becomes of handles.

use crate::world::{CALLEE, DESTRUCTOR, MODULE, POST_RETURN, Run, World, id};
use wative_compiler::canonical::Reason;
use wative_compiler::ir::component::*;
use wative_compiler::ir::interp::{State, instance_ptr};
use wative_compiler::ir::{Builder, Conv, Func, FuncType, Place, RtFn, Signature, TagDecl};

// What instances allow.

fn string_to_string(world: &mut World) -> CFuncType {
    let string = world.add(CType::String);
    CFuncType {
        params: vec![("s".to_string(), string)],
        result: Some(string),
        is_async: false,
    }
}

/// A call with a string both ways: the caller passes what is at 8, the callee answers with what is at 16.
fn echo(world: World, lifted: Lifted, start: impl FnOnce(&mut State)) -> Run {
    let lower = world.caller.clone();
    world.run(
        Canon::Call {
            lifted,
            lower,
            is_async: false,
            task: None,
        },
        &[8, 2, 32],
        start,
        |state, _| {
            let memory = &mut state.memories[id(1)];
            memory[16..24].copy_from_slice(&[40, 0, 0, 0, 3, 0, 0, 0]);
            memory[40..43].copy_from_slice(b"out");
            vec![16]
        },
    )
}

#[test]
fn results_are_lowered_before_post_return_which_may_not_leave() {
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
    let ty = string_to_string(&mut world);
    let mut lifted = world.lifted(ty);
    lifted.post_return = Some(id(POST_RETURN));
    let run = echo(world, lifted, |state| {
        state.memories[id(0)][8..10].copy_from_slice(b"in");
    });
    assert_eq!(run.result, Ok(vec![]));
    assert_eq!(run.log.called, [[1024, 2]]);
    assert_eq!(&run.state.memories[id(1)][1024..1026], b"in");
    assert_eq!(run.state.memories[id(0)][32..40], [0, 4, 0, 0, 3, 0, 0, 0]);
    assert_eq!(&run.state.memories[id(0)][1024..1027], b"out");
    assert_eq!(run.log.returned, [(vec![16], 0)]);
    // As it was before.
    let globals: Vec<u128> = run.state.globals.values().copied().collect();
    assert_eq!(globals, [0, 1, 0, 1, 1, 1]);
}

#[test]
fn what_instances_do_not_allow_traps() {
    for (global, reason) in [(3, Reason::CannotLeave), (4, Reason::CannotEnter)] {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let ty = string_to_string(&mut world);
        let lifted = world.lifted(ty);
        let run = echo(world, lifted, |state| state.globals[id(global)] = 0);
        assert_eq!(run.reason(), Some(reason));
        assert!(run.log.called.is_empty());
    }
    // The parent, in which the caller is, may be in the middle of anything.
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
    let ty = string_to_string(&mut world);
    let lifted = world.lifted(ty);
    let run = echo(world, lifted, |state| state.globals[id(0)] = 0);
    assert_eq!(run.result, Ok(vec![]));
}

#[test]
fn a_child_may_enter_the_parent_that_calls_it() {
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
    world.callee.instance = id(0);
    let ty = CFuncType::default();
    let lifted = world.lifted(ty);
    let canon = Canon::Call {
        lifted,
        lower: world.caller.clone(),
        is_async: false,
        task: None,
    };
    let run = world.run(canon, &[], |_| (), |_, _| vec![]);
    assert_eq!(run.result, Ok(vec![]));
    assert_eq!(run.log.called.len(), 1);
}

#[test]
fn pointers_are_checked_with_reasons() {
    let end = 65536u64;
    let cases = [
        // Outside, by the pointer or the length; the length in bytes is limited.
        (end + 1, 0, StringEncoding::Utf8, Reason::StringOutOfBounds),
        (end - 1, 2, StringEncoding::Utf8, Reason::StringOutOfBounds),
        (
            0xffff_ffff,
            0xffff_ffff,
            StringEncoding::Utf8,
            Reason::StringOutOfBounds,
        ),
        (
            0,
            0x8000_0000,
            StringEncoding::Utf16,
            Reason::StringOutOfBounds,
        ),
        (1, 0, StringEncoding::Utf16, Reason::UnalignedPointer),
        (1, 0, StringEncoding::CompactUtf16, Reason::UnalignedPointer),
        (
            1,
            0x8000_0000,
            StringEncoding::CompactUtf16,
            Reason::UnalignedPointer,
        ),
        (8, 1, StringEncoding::Utf8, Reason::InvalidUtf8),
        (8, 1, StringEncoding::Utf16, Reason::InvalidUtf16),
    ];
    for (ptr, len, encoding, reason) in cases {
        let mut world = World::new(encoding, StringEncoding::Utf8);
        let string = world.add(CType::String);
        let ty = CFuncType {
            params: vec![(String::new(), string)],
            result: None,
            is_async: false,
        };
        let canon = Canon::Call {
            lifted: world.lifted(ty),
            lower: world.caller.clone(),
            is_async: false,
            task: None,
        };
        let start = |state: &mut State| state.memories[id(0)][8..10].copy_from_slice(&[0x80, 0xdc]);
        let run = world.run(canon, &[ptr, len], start, |_, _| vec![]);
        assert_eq!(run.reason(), Some(reason), "{ptr:#x} {len:#x} {encoding:?}");
    }
}

#[test]
fn lengths_of_lists_do_not_wrap() {
    let cases = [
        // 2^29 * 8 = 2^32.
        (0, 1 << 29, Reason::ListOutOfBounds),
        (0, 1 << 25, Reason::ListOutOfBounds),
        (65536 - 8, 2, Reason::ListOutOfBounds),
        (0xffff_fff8, 1, Reason::ListOutOfBounds),
        (4, 0, Reason::UnalignedPointer),
        (65536 + 8, 0, Reason::ListOutOfBounds),
    ];
    for (ptr, len, reason) in cases {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let elem = world.add(CType::U64);
        let list = world.add(CType::List(elem));
        let ty = CFuncType {
            params: vec![(String::new(), list)],
            result: None,
            is_async: false,
        };
        let canon = Canon::Call {
            lifted: world.lifted(ty),
            lower: world.caller.clone(),
            is_async: false,
            task: None,
        };
        let run = world.run(canon, &[ptr, len], |_| (), |_, _| vec![]);
        assert_eq!(run.reason(), Some(reason), "{ptr:#x} {len:#x}");
        assert!(run.log.reallocs[1].is_empty());
    }
}

// Resources.

/// A resource of the callee's, or of nobody in the program.
fn resource(world: &mut World, owner: Option<CInstanceId>) -> ResourceId {
    world.program.component.resources.push(Resource {
        owner,
        destructor: Some(id(DESTRUCTOR)),
    })
}

fn handles(run: &Run) -> Vec<(RtFn, &[u64])> {
    let calls = run.log.handles.iter();
    calls
        .map(|(function, args)| (*function, &args[..]))
        .collect()
}

#[test]
fn handles_go_from_table_to_table() {
    let tables = [0, 1, 2].map(|number| instance_ptr(id(MODULE), 512 * number));
    // Of the callee's own resources a borrow is the representation, of others a handle.
    for is_owner in [true, false] {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let owner = if is_owner {
            world.callee.instance
        } else {
            id(0)
        };
        let resource = resource(&mut world, Some(owner));
        let own = world.add(CType::Own(resource));
        let borrow = world.add(CType::Borrow(resource));
        let ty = CFuncType {
            params: vec![("a".to_string(), own), ("b".to_string(), borrow)],
            result: Some(own),
            is_async: false,
        };
        let canon = Canon::Call {
            lifted: world.lifted(ty),
            lower: world.caller.clone(),
            is_async: false,
            task: None,
        };
        let run = world.run(canon, &[3, 4], |_| (), |_, _| vec![9]);
        // The test's tables answer 1000 more than the last argument.
        assert_eq!(run.result, Ok(vec![2009]));
        let mut expected: Vec<(RtFn, Vec<u64>)> = vec![
            (RtFn::HandlesMark, vec![tables[1]]),
            (RtFn::HandleTake, vec![tables[1], 0, 3]),
            (RtFn::HandleNew, vec![tables[2], 0, 1003]),
            (RtFn::HandleLend, vec![tables[1], 0, 4]),
            (RtFn::HandleTake, vec![tables[2], 0, 9]),
            (RtFn::HandleNew, vec![tables[1], 0, 1009]),
            (RtFn::HandlesUnlend, vec![tables[1], 7]),
        ];
        let mut called = vec![2003, 1004];
        if !is_owner {
            expected.insert(1, (RtFn::HandlesCall, vec![tables[2]]));
            expected.insert(5, (RtFn::HandleBorrow, vec![tables[2], 0, 1004, 7]));
            expected.insert(6, (RtFn::HandlesReturn, vec![tables[2], 7]));
            called[1] = 2004;
        }
        assert_eq!(run.log.called, [called]);
        let expected: Vec<(RtFn, &[u64])> = expected
            .iter()
            .map(|(function, args)| (*function, &args[..]))
            .collect();
        assert_eq!(handles(&run), expected);
    }
}

#[test]
fn dropping_what_is_owned_enters_its_implementation() {
    // The test's tables own what is at 100 and above.
    for (index, entered, destroyed) in [(5, 1, vec![]), (100, 1, vec![100]), (100, 0, vec![])] {
        let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
        let owner = world.callee.instance;
        let resource = resource(&mut world, Some(owner));
        let instance = world.caller.instance;
        let canon = Canon::ResourceDrop { resource, instance };
        let start = move |state: &mut State| state.globals[id(4)] = entered;
        let run = world.run(canon, &[index], start, |_, _| vec![]);
        let may_enter = index < 100 || entered == 1;
        let reason = (!may_enter).then_some(Reason::CannotEnter);
        assert_eq!(run.reason(), reason);
        assert_eq!(run.log.destroyed, destroyed);
    }
    // Its implementation itself may drop it at any time.
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
    let instance = world.caller.instance;
    let resource = resource(&mut world, Some(instance));
    let canon = Canon::ResourceDrop { resource, instance };
    let run = world.run(canon, &[100], |_| (), |_, _| vec![]);
    assert_eq!(run.log.destroyed, [100]);
}

#[test]
fn exceptions_do_not_leave_a_component() {
    let mut world = World::new(StringEncoding::Utf8, StringEncoding::Utf8);
    let sig = world
        .program
        .types
        .push(wative_compiler::ir::DefType::plain(FuncType::default()));
    let tag = world.program.tags.push(TagDecl {
        module: id(MODULE),
        place: Place::Own(0),
        sig,
        name: "e".to_string(),
    });
    // A callee with a body, which throws.
    let mut body = Func::new(
        id(CALLEE),
        "throws".to_string(),
        Signature::default(),
        Conv::Wasm,
    );
    let mut b = Builder::new(&mut body, true);
    let entry = b.create_block();
    b.switch_to(entry);
    b.throw(tag, &[]);
    let lifted = world.lifted(CFuncType::default());
    let lower = world.caller.clone();
    world.bodies.insert(id(CALLEE), body);
    let run = world.run(
        Canon::Call {
            lifted,
            lower,
            is_async: false,
            task: None,
        },
        &[],
        |_| (),
        |_, _| unreachable!("it has a body"),
    );
    assert_eq!(run.reason(), Some(Reason::Exception));
}
