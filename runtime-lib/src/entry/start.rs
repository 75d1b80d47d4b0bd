//! From `_start` to the program's main function.
//!
//! A static position-independent executable has no loader: it applies its own relocations (only relative ones occur)
//! and write-protects what need not change afterwards (RELRO). Until that is done this code may not use anything that a
//! relocation would have to fix, which position-independent code without tables of addresses satisfies.

use crate::abi::{ABI_VERSION, ProgramDesc};
use crate::{arch, sys};

/// An entry of the dynamic section.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Dyn {
    tag: u64,
    value: u64,
}

/// A relocation with addend.
#[repr(C)]
struct Rela {
    offset: u64,
    info: u64,
    addend: u64,
}

/// A program header.
#[repr(C)]
struct Phdr {
    kind: u32,
    flags: u32,
    offset: u64,
    vaddr: u64,
    paddr: u64,
    filesz: u64,
    memsz: u64,
    align: u64,
}

const PT_DYNAMIC: u32 = 2;
const PT_GNU_RELRO: u32 = 0x6474_e552;

const DT_RELA: u64 = 7;
const DT_RELASZ: u64 = 8;
const DT_RELRSZ: u64 = 35;
const DT_RELR: u64 = 36;

unsafe extern "C" {
    /// Address of `wative_program`, null where none was linked.
    fn wative_arch_program() -> *const ProgramDesc;
}

/// Called by `_start` with the initial stack contents (argc, argv, envp, auxv) and the address of the dynamic section.
///
/// # Safety
/// Must be the first thing that runs in the process.
#[cfg_attr(not(feature = "standalone"), allow(unused))]
pub unsafe extern "C" fn wative_rt_start(initial: *const usize, dynamic: *const Dyn) -> ! {
    let phdrs = sys::auxv(initial, sys::AT_PHDR) as *const Phdr;
    let count = sys::auxv(initial, sys::AT_PHNUM);
    let mut bias = None;
    for i in 0..count {
        let ph = &*phdrs.add(i);
        if ph.kind == PT_DYNAMIC {
            bias = Some((dynamic as u64).wrapping_sub(ph.vaddr));
        }
    }
    if let Some(bias) = bias {
        relocate(bias, dynamic);
        for i in 0..count {
            let ph = &*phdrs.add(i);
            if ph.kind == PT_GNU_RELRO {
                protect_relro(bias, ph, sys::auxv(initial, sys::AT_PAGESZ));
            }
        }
    }
    wative_rt_begin(initial)
}

/// The rest of the start, with the image relocated: checks that the program can run here and runs it. Called by `main` where
/// a C library's start code came first.
///
/// # Safety
/// `initial` must point at the initial stack contents (argc, argv, envp, auxv).
#[cfg_attr(not(feature = "standalone"), allow(unused))]
pub unsafe extern "C" fn wative_rt_begin(initial: *const usize) -> ! {
    crate::fault::trap::set_environment(sys::envp(initial));
    let program = wative_arch_program();
    if program.is_null() {
        sys::fatal("wative: no program was linked\n");
    }
    let program = &*program;
    if program.abi_version != ABI_VERSION {
        sys::fatal("wative: the program and its runtime library are of different versions\n");
    }
    if let Some(message) = arch::missing_cpu_feature((*program.config).cpu, initial) {
        sys::fatal(message);
    }
    (program.main)(program, initial)
}

/// Applies the relative relocations of both encodings.
///
/// # Safety
/// `dynamic` is the dynamic section of the executable, which lies `bias` away from its link-time addresses and is not relocated yet.
unsafe fn relocate(bias: u64, mut dynamic: *const Dyn) {
    let (mut rela, mut rela_size, mut relr, mut relr_size) = (0, 0, 0, 0);
    while (*dynamic).tag != 0 {
        let Dyn { tag, value } = *dynamic;
        if tag == DT_RELA {
            rela = value;
        } else if tag == DT_RELASZ {
            rela_size = value;
        } else if tag == DT_RELR {
            relr = value;
        } else if tag == DT_RELRSZ {
            relr_size = value;
        }
        dynamic = dynamic.add(1);
    }
    let entries = bias.wrapping_add(rela) as *const Rela;
    for i in 0..rela_size as usize / size_of::<Rela>() {
        let entry = &*entries.add(i);
        if entry.info == arch::RELOC_RELATIVE {
            *(bias.wrapping_add(entry.offset) as *mut u64) = bias.wrapping_add(entry.addend);
        }
    }
    // RELR: an even word is an address to relocate; an odd one is a bit map for the 63 words that follow.
    let words = bias.wrapping_add(relr) as *const u64;
    let mut next = core::ptr::null_mut::<u64>();
    for i in 0..relr_size as usize / 8 {
        let word = *words.add(i);
        if word & 1 == 0 {
            next = bias.wrapping_add(word) as *mut u64;
            *next = (*next).wrapping_add(bias);
            next = next.add(1);
        } else {
            let mut bits = word >> 1;
            let mut place = next;
            while bits != 0 {
                if bits & 1 != 0 {
                    *place = (*place).wrapping_add(bias);
                }
                bits >>= 1;
                place = place.add(1);
            }
            next = next.add(63);
        }
    }
}

/// Makes the RELRO segment read-only, in whole pages of the kernel's size.
///
/// # Safety
/// `ph` is the header of the RELRO segment of the executable, and its relocations are done.
unsafe fn protect_relro(bias: u64, ph: &Phdr, page: usize) {
    let whole = |address: u64| bias.wrapping_add(address) as usize & page.wrapping_neg();
    let (start, end) = (whole(ph.vaddr), whole(ph.vaddr.wrapping_add(ph.memsz)));
    if end > start && sys::mprotect(start as *mut u8, end - start, sys::PROT_READ).is_err() {
        sys::fatal("wative: cannot protect relocated data\n");
    }
}
