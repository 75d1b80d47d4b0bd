//! Exceptions that another instance catches than the one that has thrown them, in an open world: each instance has them in its own way, so it gets one of its own with the same tag and payload.
//!
//! Instances of modules with objects have exceptions as objects of their heap, the others in the arena of the thread ([`exception`]). A heap cannot know the types of other modules, so what comes from
//! elsewhere is an array there, of words without references ([`ExceptionObject`]). References to objects are in the payload only of exceptions whose tag no other instance has: elsewhere they can be caught
//! and thrown again, but nobody looks into them. So outside of their heap they are numbers, as C has them, and become references again when the tag's instance catches the exception.
//! Such an object is kept until its instance ends, as nobody tells when the others have forgotten it.

use crate::abi::{Cross, ExceptionObject, GcDesc, GcType, Instance, TagDesc, TrapCode};
use crate::arch;
use crate::fault::throw::{self, Place};
use crate::fault::{code, trap};
use crate::gc::heap::Heap;
use crate::gc::roots::leb;
use crate::gc::{has_room, of};
use crate::state::exception::{self, Exception};
use crate::state::{instance, stack};
use crate::sys;
use core::sync::atomic::Ordering;

/// An exception as its instance has it.
struct Found {
    tag: usize,
    values: *const u64,
    slots: usize,
    /// The payload has references themselves.
    has_references: bool,
}

/// Has exceptions go through [`wative_gc_cross`], if an instance with this description needs that.
///
/// # Safety
/// The description stays as it is.
pub unsafe fn start(desc: *const GcDesc) {
    if (*desc).cross.is_some() {
        let cross = &raw const (*desc).cross as *const Cross;
        throw::CROSS.store(cross.cast_mut(), Ordering::Relaxed);
    }
}

/// Gives an exception to whoever catches it: see [`Cross`].
///
/// # Safety
/// `landing` is a [`Place`], whose exception is as the instance has it that throws. Its registers are those of the frame that has the handler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_gc_cross(
    landing: *const u8,
    handler: usize,
    exception: usize,
) -> usize {
    let landing = &*(landing as *const Place);
    // In a closed world code has tags, and exceptions do not leave it.
    let is_open = code::find(handler).is_some_and(|site| (*site.code).tags.is_null());
    if !is_open {
        return exception;
    }
    let thrown = landing.thrown();
    let [home, target] =
        [&*thrown, &landing.registers].map(|it| arch::instance(it) as *mut Instance);
    if home == target || !has_heap(home) && !has_heap(target) {
        return exception;
    }
    let found = match has_heap(home) {
        false => in_arena(exception),
        true => in_heap(exception as u32, &*of(home)),
    };
    let place = arch::place(thrown);
    let made = match has_heap(target) {
        true => make(&found, target, place),
        false => make_in_arena(&found, place),
    };
    let (made, payload) = match made {
        Ok(made) => made,
        Err(code) => {
            trap::stop(code, None, place);
            sys::fatal("wative: an exception was thrown outside of compiled code\n")
        }
    };
    if found.has_references {
        each_reference(found.tag, |slot| {
            let value = payload.add(slot);
            *value = (*of(home)).keep(*value as u32);
        });
    }
    made
}

/// Whether an instance has its exceptions as objects.
///
/// # Safety
/// It is alive.
unsafe fn has_heap(it: *mut Instance) -> bool {
    instance::objects(it).is_some() && (*instance::gc_desc((*it).module)).cross.is_some()
}

/// # Safety
/// It is an exception of an arena.
unsafe fn in_arena(exception: usize) -> Found {
    let it = exception as *const Exception;
    Found {
        tag: (*it).tag,
        values: it.add(1) as *const u64,
        slots: (*it).slots as usize,
        has_references: false,
    }
}

/// # Safety
/// It is an exception of the heap.
unsafe fn in_heap(exception: u32, heap: &Heap) -> Found {
    let at = |offset: u32| (exception + offset) as usize;
    let number = *(at(0) as *const u32) >> GcType::HEADER_SHIFT;
    let ty = &*(*heap.desc).types.add(number as usize);
    let is_own = ty.kind == GcType::STRUCT;
    Found {
        tag: *(at(ExceptionObject::OPEN_TAG) as *const usize),
        values: at(ExceptionObject::OPEN_PAYLOAD) as *const u64,
        slots: match is_own {
            true => (ty.bytes - ExceptionObject::OPEN_PAYLOAD) as usize / 8,
            // The first element is the tag.
            false => *(at(4) as *const u32) as usize - 1,
        },
        has_references: is_own && ty.ref_count != 0,
    }
}

/// The exception and its payload.
type Made = Result<(usize, *mut u64), TrapCode>;

/// # Safety
/// As for [`wative_gc_cross`]; `place` is of the call that throws, see [`arch::caller`].
unsafe fn make_in_arena(found: &Found, place: *const usize) -> Made {
    let low = &raw const found as usize;
    let made = stack::find(place as usize).map_or(core::ptr::null_mut(), |stack| {
        exception::make(stack, true, low, found.tag, found.values, found.slots)
    });
    match made.is_null() {
        true => Err(TrapCode::StackOverflow),
        false => Ok((made as usize, made.add(1) as *mut u64)),
    }
}

/// # Safety
/// As for [`make_in_arena`]; the target has objects.
unsafe fn make(found: &Found, target: *mut Instance, place: *const usize) -> Made {
    if !has_room(place) {
        return Err(TrapCode::StackOverflow);
    }
    let heap = &mut *of(target);
    let references = references(found.tag);
    // What it has defined a tag for comes home.
    let size = (*(*target).module).instance_size as usize;
    let is_home = found.tag.wrapping_sub(target as usize) < size && !references.is_null();
    let mut at = references;
    let number = match is_home {
        true => leb(&mut at) as u32,
        false => (*heap.desc).type_count - 1,
    };
    let bytes = u64::from(ExceptionObject::OPEN_PAYLOAD) + 8 * found.slots as u64;
    let object = (heap.allocate(bytes, number << GcType::HEADER_SHIFT, place))
        .ok_or(TrapCode::OutOfMemory)?;
    let field = |offset: u32| (object + offset) as usize;
    if !is_home {
        *(field(4) as *mut u32) = 1 + found.slots as u32;
    }
    *(field(ExceptionObject::OPEN_TAG) as *mut usize) = found.tag;
    let payload = field(ExceptionObject::OPEN_PAYLOAD) as *mut u64;
    payload.copy_from_nonoverlapping(found.values, found.slots);
    let mut is_whole = true;
    if is_home {
        each_reference(found.tag, |slot| {
            let value = payload.add(slot);
            let kept = heap.kept(*value);
            is_whole &= kept.is_some();
            *value = kept.unwrap_or(0).into();
        });
    }
    match is_whole {
        true => Ok((object as usize, payload)),
        // C has released what it never got.
        false => Err(TrapCode::CastFailure),
    }
}

/// # Safety
/// It is the identity of a tag in an open world.
unsafe fn references(tag: usize) -> *const u8 {
    (**(tag as *const *const TagDesc)).references
}

/// Calls `f` for each slot of the payload that is a reference to an object.
///
/// # Safety
/// As for [`references`]; there are some.
unsafe fn each_reference(tag: usize, mut f: impl FnMut(usize)) {
    let mut at = references(tag);
    leb(&mut at);
    let mut slot = 0;
    for _ in 0..leb(&mut at) {
        slot += leb(&mut at);
        f(slot);
    }
}
