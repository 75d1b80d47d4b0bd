//! Runs cases in a static executable under `qemu-aarch64`, which is made here: a loop over the cases, the compiled functions, the cases. The
//! loop writes each outcome over its case and at the end all of them to the standard output.

use super::{Case, Ended};
use crate::abi::FIXED_BASE;
use crate::mach::compiled::CompiledFunc;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where the executable is loaded.
const START: u64 = 0x40_0000;
/// Bytes of the ELF header and the two program headers.
const HEADERS: u64 = 64 + 2 * 56;
/// Bytes of a case: code, three arguments, memory, padding, three vectors; then fault, x0, d0.
const CASE: usize = 96;
const MEMORY_SIZE: u64 = 1 << 20;

/// The loop. Data follows: the `sigaction` structure (handler, flags, restorer, mask), then begin and end of the cases, the current case
/// and the stack pointer. A fault continues in `handler` (64-bit pc at byte 440 of the context).
#[rustfmt::skip]
const LOOP: [u32; 63] = [
    // start:
    0x100008f4, // adr x20, slots
    0xa9405a95, // ldp x21, x22, [x20]
    0xaa1503f7, // mov x23, x21
    0xd2800080, // mov x0, #0x4
    0x94000023, // bl install
    0xd2800160, // mov x0, #0xb
    0x94000021, // bl install
    // next:
    0xeb1602bf, // cmp x21, x22
    0x54000502, // b.cs done
    0x100007d4, // adr x20, slots
    0x910003e9, // mov x9, sp
    0xa9012695, // stp x21, x9, [x20, #16]
    0xd2ac001c, // mov x28, #0x60000000
    0xf94012a9, // ldr x9, [x21, #32]
    0xf9002389, // str x9, [x28, #64]
    0xad4186a0, // ldp q0, q1, [x21, #48]
    0x3dc016a2, // ldr q2, [x21, #80]
    0xad030780, // stp q0, q1, [x28, #96]
    0x3d802382, // str q2, [x28, #128]
    0xa94002a9, // ldp x9, x0, [x21]
    0xa9410aa1, // ldp x1, x2, [x21, #16]
    0x9e670000, // fmov d0, x0
    0x9e670021, // fmov d1, x1
    0x9e670042, // fmov d2, x2
    0xd63f0120, // blr x9
    0xf90006a0, // str x0, [x21, #8]
    0xfd000aa0, // str d0, [x21, #16]
    0xf90002bf, // str xzr, [x21]
    0x910182b5, // add x21, x21, #0x60
    0x17ffffea, // b next
    // handler:
    0xf940dc43, // ldr x3, [x2, #440]
    0x10000514, // adr x20, slots
    0xa9412695, // ldp x21, x9, [x20, #16]
    0x9100013f, // mov sp, x9
    0xa940de96, // ldp x22, x23, [x20, #8]
    0xf9400297, // ldr x23, [x20]
    0xf90002a3, // str x3, [x21]
    0x910182b5, // add x21, x21, #0x60
    0x17ffffe1, // b next
    // install:
    0x10fffee9, // adr x9, handler
    0x100002ea, // adr x10, action
    0xf9000149, // str x9, [x10]
    0xaa0a03e1, // mov x1, x10
    0xd2800002, // mov x2, #0x0
    0xd2800103, // mov x3, #0x8
    0xd28010c8, // mov x8, #0x86
    0xd4000001, // svc #0x0
    0xd65f03c0, // ret
    // done:
    0xd2800020, // mov x0, #0x1
    0xaa1703e1, // mov x1, x23
    0xcb1702c2, // sub x2, x22, x23
    0xb4000122, // cbz x2, exit
    0xd2800808, // mov x8, #0x40
    0xd4000001, // svc #0x0
    0xf100001f, // cmp x0, #0x0
    0x5400006d, // b.le fail
    0x8b0002f7, // add x23, x23, x0
    0x17fffff7, // b done
    // fail:
    0xd2800020, // mov x0, #0x1
    0x14000002, // b leave
    // exit:
    0xd2800000, // mov x0, #0x0
    // leave:
    0xd2800ba8, // mov x8, #0x5d
    0xd4000001, // svc #0x0
];

/// SA_SIGINFO | SA_NODEFER.
const ACTION_FLAGS: u64 = 0x4000_0004;

/// Runs all cases.
pub fn run(funcs: &[CompiledFunc], cases: &[Case]) -> Vec<Ended> {
    let mut image = vec![0; HEADERS as usize];
    let entry = START + HEADERS;
    for word in LOOP {
        image.extend(word.to_le_bytes());
    }
    put(&mut image, &[0, ACTION_FLAGS, 0, 0]);
    let slots = image.len();
    put(&mut image, &[0; 4]);
    let mut addresses = Vec::new();
    for func in funcs {
        image.resize(image.len().next_multiple_of(16), 0);
        addresses.push(START + image.len() as u64);
        image.extend(&func.code);
    }
    image.resize(image.len().next_multiple_of(16), 0);
    let begin = image.len();
    for case in cases {
        let [a, b, c] = case.args;
        put(&mut image, &[addresses[case.func], a, b, c, case.memory, 0]);
        for vector in case.vectors {
            put(&mut image, &[vector as u64, (vector >> 64) as u64]);
        }
    }
    for (i, at) in [begin, image.len()].into_iter().enumerate() {
        let address = START + at as u64;
        image[slots + 8 * i..][..8].copy_from_slice(&address.to_le_bytes());
    }
    let size = image.len() as u64;
    image[..HEADERS as usize].copy_from_slice(&headers(entry, size));

    static RUNS: AtomicU32 = AtomicU32::new(0);
    let number = RUNS.fetch_add(1, Ordering::Relaxed);
    let name = format!("wative-exec-{}-{number}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, &image).expect("temporary file");
    let executable = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(&path, executable).expect("temporary file");
    let output = Command::new("qemu-aarch64")
        .arg(&path)
        .stderr(Stdio::inherit())
        .output()
        .expect("qemu-aarch64 is needed for this test");
    std::fs::remove_file(&path).expect("temporary file");
    assert!(output.status.success(), "{}", output.status);
    assert_eq!(output.stdout.len(), CASE * cases.len());
    let outcome = |(bytes, case): (&[u8], &Case)| {
        let word = |n: usize| u64::from_le_bytes(bytes[8 * n..][..8].try_into().expect("8 bytes"));
        match word(0) {
            0 => Ended::Returned([word(1), word(2)]),
            pc => Ended::Fault(pc - addresses[case.func]),
        }
    };
    output
        .stdout
        .chunks_exact(CASE)
        .zip(cases)
        .map(outcome)
        .collect()
}

fn put(image: &mut Vec<u8>, words: &[u64]) {
    for word in words {
        image.extend(word.to_le_bytes());
    }
}

/// An ELF header, the whole file as one segment that may do everything, and the memory.
fn headers(entry: u64, size: u64) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    // Executable, AArch64, version 1.
    put(&mut bytes, &[0x1_00b7_0002, entry, 64, 0]);
    // Flags; sizes and counts of headers.
    for half in [0u16, 0, 64, 56, 2, 64, 0, 0] {
        bytes.extend(half.to_le_bytes());
    }
    const LOAD_RWX: u64 = 7 << 32 | 1;
    const LOAD_RW: u64 = 6 << 32 | 1;
    put(&mut bytes, &[LOAD_RWX, 0, START, START, size, size, 0x1000]);
    let memory = [LOAD_RW, 0, FIXED_BASE, FIXED_BASE, 0, MEMORY_SIZE, 0x1000];
    put(&mut bytes, &memory);
    bytes
}
