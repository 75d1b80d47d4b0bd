//! What is asked of the runtime library: memory, random numbers, the time. In unit tests the host's standard library answers.

/// Fills bytes with the system's random numbers: whether it could.
pub fn random(bytes: &mut [u8]) -> bool {
    imp::random(bytes)
}

/// Seconds since 1970 by the system's clock.
pub fn now() -> u64 {
    imp::now()
}

#[cfg(feature = "standalone")]
mod imp {
    use crate::abi::{
        wative_rt_tls_free_pages, wative_rt_tls_now, wative_rt_tls_pages, wative_rt_tls_panic,
        wative_rt_tls_random,
    };
    use core::alloc::{GlobalAlloc, Layout};
    use core::cell::UnsafeCell;
    use core::ptr::null_mut;
    use dlmalloc::{Allocator, Dlmalloc};

    pub fn random(bytes: &mut [u8]) -> bool {
        // SAFETY: the bytes are there.
        unsafe { wative_rt_tls_random(bytes.as_mut_ptr(), bytes.len()) }
    }

    pub fn now() -> u64 {
        // SAFETY: it has no conditions.
        unsafe { wative_rt_tls_now() }
    }

    /// Pages of the system, for the allocator to divide.
    struct Pages;

    // SAFETY: the runtime library maps fresh pages.
    unsafe impl Allocator for Pages {
        fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
            // SAFETY: it has no conditions.
            match unsafe { wative_rt_tls_pages(size) } {
                pages if pages.is_null() => (null_mut(), 0, 0),
                pages => (pages, size, 0),
            }
        }

        fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
            null_mut()
        }

        fn free_part(&self, at: *mut u8, old: usize, new: usize) -> bool {
            self.free(at.wrapping_add(new), old - new)
        }

        fn free(&self, at: *mut u8, size: usize) -> bool {
            // SAFETY: they came from here, and the allocator does not use them any more.
            unsafe { wative_rt_tls_free_pages(at, size) }
        }

        fn can_release_part(&self, _: u32) -> bool {
            true
        }

        fn allocates_zeros(&self) -> bool {
            true
        }

        fn page_size(&self) -> usize {
            4096
        }
    }

    struct Heap(UnsafeCell<Dlmalloc<Pages>>);

    // SAFETY: components have one thread.
    unsafe impl Sync for Heap {}

    #[global_allocator]
    static HEAP: Heap = Heap(UnsafeCell::new(Dlmalloc::new_with_allocator(Pages)));

    // SAFETY: the allocator keeps the promises of the trait, and is not entered twice.
    unsafe impl GlobalAlloc for Heap {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: as above.
            unsafe { (*self.0.get()).malloc(layout.size(), layout.align()) }
        }

        unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
            // SAFETY: as above.
            unsafe { (*self.0.get()).free(at, layout.size(), layout.align()) }
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            // SAFETY: as above.
            unsafe { (*self.0.get()).calloc(layout.size(), layout.align()) }
        }

        unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            // SAFETY: as above.
            unsafe { (*self.0.get()).realloc(at, layout.size(), layout.align(), size) }
        }
    }

    /// A panic is a bug, or there is no memory. Nothing is formatted, so that less of the formatting machinery is linked.
    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        // SAFETY: it has no conditions.
        unsafe { wative_rt_tls_panic() }
    }

    /// Parts of `alloc` that were compiled for unwinding refer to this. Nothing unwinds.
    #[unsafe(no_mangle)]
    extern "C" fn _Unwind_Resume() -> ! {
        // SAFETY: it has no conditions.
        unsafe { wative_rt_tls_panic() }
    }

    /// What the auxiliary vector says of the processor; RustCrypto asks for it as for libc's function.
    #[cfg(target_arch = "aarch64")]
    #[unsafe(no_mangle)]
    extern "C" fn getauxval(kind: u64) -> u64 {
        // SAFETY: it has no conditions.
        unsafe { crate::abi::wative_rt_tls_auxiliary(kind) }
    }
}

#[cfg(not(feature = "standalone"))]
mod imp {
    extern crate std;

    pub fn random(bytes: &mut [u8]) -> bool {
        let file = std::fs::File::open("/dev/urandom");
        file.and_then(|mut file| std::io::Read::read_exact(&mut file, bytes))
            .is_ok()
    }

    pub fn now() -> u64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |now| now.as_secs())
    }
}
