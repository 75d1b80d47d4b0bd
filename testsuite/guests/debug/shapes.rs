//! What debuggers are driven over: generics, traits, methods and closures of Rust, without its library.
#![no_std]
#![no_main]

use core::panic::PanicInfo;

#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    fn proc_exit(status: u32) -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

trait Shape {
    fn area(&self) -> u32;
}

struct Square {
    side: u32,
}

struct Pair<A, B> {
    first: A,
    second: B,
}

impl Shape for Square {
    fn area(&self) -> u32 {
        let side = self.side;
        side * side
    }
}

impl<A: Shape, B: Shape> Shape for Pair<A, B> {
    #[inline(never)]
    fn area(&self) -> u32 {
        let first = self.first.area();
        let second = self.second.area();
        first + second
    }
}

static mut CALLS: u32 = 0;

#[inline(never)]
fn total(shapes: &[&dyn Shape]) -> u32 {
    let mut sum = 0;
    let mut add = |area: u32| sum += area;
    for shape in shapes {
        unsafe { CALLS += 1 };
        add(shape.area());
    }
    sum
}

#[no_mangle]
pub extern "C" fn _start() {
    let pair = Pair {
        first: Square { side: 2 },
        second: Square { side: 3 },
    };
    let square = Square { side: 4 };
    let sum = total(&[&pair, &square]);
    unsafe { proc_exit(sum) }
}
