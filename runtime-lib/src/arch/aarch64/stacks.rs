//! Switching between stacks: of tasks and of continuations, and the runtime functions that may do so.

use crate::abi::Cont;
use crate::state::cont::{self, places};
use core::arch::global_asm;
use core::mem::offset_of;

unsafe extern "C" {
    /// Saves what callees preserve on this stack, tells where, and goes on where another stack's were saved.
    pub fn wative_arch_switch(save: *mut usize, to: usize);
    fn wative_arch_begin();
}

global_asm!(
    ".section .text.wative_arch_switch,\"ax\",@progbits",
    ".globl wative_arch_switch",
    ".hidden wative_arch_switch",
    ".type wative_arch_switch,@function",
    "wative_arch_switch:",
    "stp x29, x30, [sp, #-160]!",
    "stp x19, x20, [sp, #16]",
    "stp x21, x22, [sp, #32]",
    "stp x23, x24, [sp, #48]",
    "stp x25, x26, [sp, #64]",
    "stp x27, x28, [sp, #80]",
    "stp d8, d9, [sp, #96]",
    "stp d10, d11, [sp, #112]",
    "stp d12, d13, [sp, #128]",
    "stp d14, d15, [sp, #144]",
    "mov x9, sp",
    "str x9, [x0]",
    "mov sp, x1",
    "ldp d14, d15, [sp, #144]",
    "ldp d12, d13, [sp, #128]",
    "ldp d10, d11, [sp, #112]",
    "ldp d8, d9, [sp, #96]",
    "ldp x27, x28, [sp, #80]",
    "ldp x25, x26, [sp, #64]",
    "ldp x23, x24, [sp, #48]",
    "ldp x21, x22, [sp, #32]",
    "ldp x19, x20, [sp, #16]",
    "ldp x29, x30, [sp], #160",
    "ret",
    ".size wative_arch_switch, . - wative_arch_switch",
    ".globl wative_arch_begin",
    ".hidden wative_arch_begin",
    ".type wative_arch_begin,@function",
    "wative_arch_begin:",
    ".cfi_startproc",
    ".cfi_undefined x30",
    "mov x0, x20",
    "blr x19",
    "udf #0",
    ".cfi_endproc",
    ".size wative_arch_begin, . - wative_arch_begin",
    ".text",
);

/// Prepares a stack so that switching to it calls `body(argument)`, which does not return: the stack pointer to switch to.
///
/// # Safety
/// A page below `top` can be written.
pub unsafe fn prepare_switch(
    top: usize,
    body: unsafe extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) -> usize {
    let sp = (top & !(crate::arch::STACK_ALIGN - 1)) - 160;
    let words = sp as *mut usize;
    for i in 0..20 {
        words.add(i).write(0);
    }
    words.add(1).write(wative_arch_begin as *const () as usize);
    words.add(2).write(body as usize);
    words.add(3).write(argument as usize);
    sp
}

/// A function that compiled code calls and that may call compiled code or switch stacks: its last parameter, which has this register, is where its return address was stored.
macro_rules! placed {
    ($symbol:literal, $register:literal, $callee:path) => {
        global_asm!(
            concat!(".section .text.", $symbol, ",\"ax\",@progbits"),
            concat!(".globl ", $symbol),
            concat!(".type ", $symbol, ",@function"),
            concat!($symbol, ":"),
            ".cfi_startproc",
            "stp x29, x30, [sp, #-16]!",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset x29, -16",
            ".cfi_offset x30, -8",
            concat!("mov ", $register, ", sp"),
            "bl {callee}",
            "ldp x29, x30, [sp], #16",
            ".cfi_def_cfa_offset 0",
            ".cfi_restore x29",
            ".cfi_restore x30",
            "ret",
            ".cfi_endproc",
            concat!(".size ", $symbol, ", . - ", $symbol),
            ".text",
            callee = sym $callee,
        );
    };
}
placed!(
    "wative_rt_task_call",
    "x1",
    crate::component::tasks::task::call
);
placed!(
    "wative_rt_task_return",
    "x2",
    crate::component::tasks::task::task_return
);
placed!(
    "wative_rt_task_callback",
    "x2",
    crate::component::tasks::task::callback
);
placed!(
    "wative_rt_set_wait",
    "x3",
    crate::component::tasks::waitable::wait
);
placed!(
    "wative_rt_subtask_cancel",
    "x3",
    crate::component::tasks::waitable::subtask_cancel
);
placed!(
    "wative_rt_end_copy",
    "x4",
    crate::component::tasks::stream::end_copy
);
placed!(
    "wative_rt_host_wait",
    "x1",
    crate::component::tasks::host::wait
);
placed!("wative_rt_task_trap", "x2", crate::fault::trap::task_trap);
placed!("wative_rt_serve_run", "x1", crate::wasi3::http::serve::run);
placed!(
    "wative_rt_end_cancel",
    "x3",
    crate::component::tasks::stream::end_cancel
);
placed!("wative_gc_leave", "x0", crate::state::stack::leave);
placed!("wative_gc_receive", "x3", crate::gc::handles::receive);
placed!(
    "wative_rt_thread_block",
    "x1",
    crate::component::tasks::thread::thread_block
);
placed!(
    "wative_rt_thread_switch",
    "x4",
    crate::component::tasks::thread::thread_switch
);

placed!("wative_cont_throw", "x4", crate::state::cont::throw);
placed!("wative_cont_switch", "x5", crate::state::cont::switch_to);
placed!("wative_cont_bind", "x3", crate::state::cont::bind);

// Stacks of continuations are left as those of tasks, but that an answer is passed: in the register of results. They are entered by a jump, because processors predict returns by calls.
unsafe extern "C" {
    /// [`wative_arch_switch`] with an answer for the other stack: that for this one.
    pub fn wative_arch_pass(save: *mut usize, to: usize, answer: u64) -> u64;
}

/// What saves the registers that callees preserve, and what restores them and goes on.
macro_rules! leave {
    () => {
        "stp x29, x30, [sp, #-160]!; stp x19, x20, [sp, #16]; stp x21, x22, [sp, #32]; stp x23, x24, [sp, #48]; stp x25, x26, [sp, #64]; \
         stp x27, x28, [sp, #80]; stp d8, d9, [sp, #96]; stp d10, d11, [sp, #112]; stp d12, d13, [sp, #128]; stp d14, d15, [sp, #144]"
    };
}
macro_rules! arrive {
    () => {
        "ldp d14, d15, [sp, #144]; ldp d12, d13, [sp, #128]; ldp d10, d11, [sp, #112]; ldp d8, d9, [sp, #96]; ldp x27, x28, [sp, #80]; \
         ldp x25, x26, [sp, #64]; ldp x23, x24, [sp, #48]; ldp x21, x22, [sp, #32]; ldp x19, x20, [sp, #16]; ldp x29, x30, [sp], #160; br x30"
    };
}

// The fast ways of `resume` and `suspend`, see `state/cont.rs`. Where one cannot be gone, nothing was changed before.
global_asm!(
    ".section .text.wative_arch_pass,\"ax\",@progbits",
    ".globl wative_arch_pass",
    ".hidden wative_arch_pass",
    ".type wative_arch_pass,@function",
    "wative_arch_pass:",
    leave!(),
    "mov x9, sp",
    "str x9, [x0]",
    "mov sp, x1",
    "mov x0, x2",
    arrive!(),
    ".size wative_arch_pass, . - wative_arch_pass",
    ".section .text.wative_cont_resume,\"ax\",@progbits",
    ".globl wative_cont_resume",
    ".type wative_cont_resume,@function",
    "wative_cont_resume:",
    ".cfi_startproc",
    "mov w0, w0",
    "adrp x10, {state}",
    "add x10, x10, :lo12:{state}",
    "ldr x8, [x0, #{fiber}]",
    "ldr x9, [x10, #{current}]",
    "cmp x8, #{used}",
    "b.ls 2f",
    "cbz x9, 2f",
    "ldr w11, [x0, #{bound}]",
    "cbnz w11, 2f",
    "ldr x11, [x9, #{lowest}]",
    "ldr x12, [x9, #{bytes}]",
    "mov x13, sp",
    "sub x11, x13, x11",
    "cmp x11, x12",
    "b.hs 2f",
    "mov x11, #{used}",
    "str x11, [x0, #{fiber}]",
    "str wzr, [x8, #{owner}]",
    "ldr x11, [x8, #{outermost}]",
    "str x9, [x11, #{resumer}]",
    "str x1, [x11, #{handlers}]",
    "lsr x2, x2, #{handlers_bit}",
    "str x2, [x11, #{handler_count}]",
    // The values are behind the handlers.
    "add x2, x2, #1",
    "lsr x2, x2, #1",
    "add x0, x1, x2, lsl #3",
    "str x30, [x9, #{left}]",
    "str x13, [x9, #{left} + 8]",
    ".cfi_remember_state",
    leave!(),
    ".cfi_def_cfa_offset 160",
    ".cfi_offset x30, -152",
    "mov x11, sp",
    "str x11, [x9, #{sp_at}]",
    "str x8, [x10, #{current}]",
    "ldr x11, [x8, #{sp_at}]",
    "mov sp, x11",
    arrive!(),
    "2:",
    ".cfi_restore_state",
    "stp x29, x30, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset x29, -16",
    ".cfi_offset x30, -8",
    "mov x3, sp",
    "bl {resume}",
    "ldp x29, x30, [sp], #16",
    ".cfi_def_cfa_offset 0",
    ".cfi_restore x29",
    ".cfi_restore x30",
    "ret",
    ".cfi_endproc",
    ".size wative_cont_resume, . - wative_cont_resume",
    ".section .text.wative_cont_suspend,\"ax\",@progbits",
    ".globl wative_cont_suspend",
    ".type wative_cont_suspend,@function",
    "wative_cont_suspend:",
    ".cfi_startproc",
    "adrp x10, {state}",
    "add x10, x10, :lo12:{state}",
    "ldr x8, [x10, #{current}]",
    "cbz x8, 2f",
    "ldr x9, [x8, #{resumer}]",
    "cbz x9, 2f",
    "ldr x11, [x8, #{stack}]",
    "ldr x11, [x11, #{record}]",
    "add x12, x8, #{own_record}",
    "cmp x11, x12",
    "b.ne 2f",
    "ldr x11, [x8, #{handlers}]",
    "ldr x12, [x8, #{handler_count}]",
    "mov x13, #0",
    "3:",
    "cmp x13, x12",
    "b.eq 2f",
    "ldr w14, [x11, x13, lsl #2]",
    "cmp w14, w0",
    "b.eq 4f",
    "add x13, x13, #1",
    "b 3b",
    "4:",
    "mov w1, w1",
    "str xzr, [x8, #{resumer}]",
    "str x8, [x8, #{outermost}]",
    "str w1, [x8, #{owner}]",
    "str x8, [x1, #{fiber}]",
    "mov x11, sp",
    "str x30, [x8, #{left}]",
    "str x11, [x8, #{left} + 8]",
    "add x13, x13, #{suspended}",
    "orr x0, x2, x13, lsl #{outcome}",
    ".cfi_remember_state",
    leave!(),
    ".cfi_def_cfa_offset 160",
    ".cfi_offset x30, -152",
    "mov x11, sp",
    "str x11, [x8, #{sp_at}]",
    "str x9, [x10, #{current}]",
    "ldr x11, [x9, #{sp_at}]",
    "mov sp, x11",
    arrive!(),
    "2:",
    ".cfi_restore_state",
    "stp x29, x30, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset x29, -16",
    ".cfi_offset x30, -8",
    "mov x3, sp",
    "bl {suspend}",
    "ldp x29, x30, [sp], #16",
    ".cfi_def_cfa_offset 0",
    ".cfi_restore x29",
    ".cfi_restore x30",
    "ret",
    ".cfi_endproc",
    ".size wative_cont_suspend, . - wative_cont_suspend",
    ".text",
    state = sym cont::STATE,
    resume = sym cont::resume,
    suspend = sym cont::suspend,
    fiber = const offset_of!(Cont, fiber),
    bound = const offset_of!(Cont, bound),
    used = const Cont::USED,
    handlers_bit = const Cont::HANDLERS,
    suspended = const Cont::SUSPENDED,
    outcome = const Cont::OUTCOME,
    current = const places::CURRENT,
    stack = const places::STACK,
    lowest = const places::LOWEST,
    bytes = const places::BYTES,
    sp_at = const places::SP,
    left = const places::LEFT,
    resumer = const places::RESUMER,
    outermost = const places::OUTERMOST,
    owner = const places::OWNER,
    handlers = const places::HANDLERS,
    handler_count = const places::HANDLER_COUNT,
    own_record = const places::OWN_RECORD,
    record = const places::RECORD,
);
