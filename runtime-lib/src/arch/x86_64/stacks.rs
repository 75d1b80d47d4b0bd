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
    "push rbp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "mov [rdi], rsp",
    "mov rsp, rsi",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    ".size wative_arch_switch, . - wative_arch_switch",
    ".globl wative_arch_begin",
    ".hidden wative_arch_begin",
    ".type wative_arch_begin,@function",
    "wative_arch_begin:",
    ".cfi_startproc",
    ".cfi_undefined rip",
    "mov rdi, r12",
    "call rbx",
    "ud2",
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
    // Six registers and the return address; behind them the stack pointer is aligned.
    let sp = (top & !(crate::arch::STACK_ALIGN - 1)) - 72;
    let words = sp as *mut usize;
    for i in 0..7 {
        words.add(i).write(0);
    }
    words.add(3).write(argument as usize);
    words.add(4).write(body as usize);
    words.add(6).write(wative_arch_begin as *const () as usize);
    sp
}

/// A function that compiled code calls and that may call compiled code or switch stacks: its last parameter, which has this register, is where its return address lies.
macro_rules! placed {
    ($symbol:literal, $register:literal, $callee:path) => {
        global_asm!(
            concat!(".section .text.", $symbol, ",\"ax\",@progbits"),
            concat!(".globl ", $symbol),
            concat!(".type ", $symbol, ",@function"),
            concat!($symbol, ":"),
            ".cfi_startproc",
            concat!("mov ", $register, ", rsp"),
            "sub rsp, 8",
            ".cfi_def_cfa_offset 16",
            "call {callee}",
            "add rsp, 8",
            ".cfi_def_cfa_offset 8",
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
    "rsi",
    crate::component::tasks::task::call
);
placed!(
    "wative_rt_task_return",
    "rdx",
    crate::component::tasks::task::task_return
);
placed!(
    "wative_rt_task_callback",
    "rdx",
    crate::component::tasks::task::callback
);
placed!(
    "wative_rt_set_wait",
    "rcx",
    crate::component::tasks::waitable::wait
);
placed!(
    "wative_rt_subtask_cancel",
    "rcx",
    crate::component::tasks::waitable::subtask_cancel
);
placed!(
    "wative_rt_end_copy",
    "r8",
    crate::component::tasks::stream::end_copy
);
placed!(
    "wative_rt_host_wait",
    "rsi",
    crate::component::tasks::host::wait
);
placed!("wative_rt_task_trap", "rdx", crate::fault::trap::task_trap);
placed!("wative_rt_serve_run", "rsi", crate::wasi3::http::serve::run);
placed!(
    "wative_rt_end_cancel",
    "rcx",
    crate::component::tasks::stream::end_cancel
);
placed!("wative_gc_leave", "rdi", crate::state::stack::leave);
placed!("wative_gc_receive", "rcx", crate::gc::handles::receive);
placed!(
    "wative_rt_thread_block",
    "rsi",
    crate::component::tasks::thread::thread_block
);
placed!(
    "wative_rt_thread_switch",
    "r8",
    crate::component::tasks::thread::thread_switch
);

placed!("wative_cont_throw", "r8", crate::state::cont::throw);
placed!("wative_cont_switch", "r9", crate::state::cont::switch_to);
placed!("wative_cont_bind", "rcx", crate::state::cont::bind);

// Stacks of continuations are left as those of tasks, but that an answer is passed: in the register of results. They are entered by a jump, because processors predict returns by calls.
unsafe extern "C" {
    /// [`wative_arch_switch`] with an answer for the other stack: that for this one.
    pub fn wative_arch_pass(save: *mut usize, to: usize, answer: u64) -> u64;
}

/// What saves the registers that callees preserve, and what restores them and goes on.
macro_rules! leave {
    () => {
        "push rbp; push rbx; push r12; push r13; push r14; push r15"
    };
}
macro_rules! arrive {
    () => {
        "pop r15; pop r14; pop r13; pop r12; pop rbx; pop rbp; pop rcx; jmp rcx"
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
    "mov rax, rdx",
    "mov [rdi], rsp",
    "mov rsp, rsi",
    arrive!(),
    ".size wative_arch_pass, . - wative_arch_pass",
    ".section .text.wative_cont_resume,\"ax\",@progbits",
    ".globl wative_cont_resume",
    ".type wative_cont_resume,@function",
    "wative_cont_resume:",
    ".cfi_startproc",
    "mov edi, edi",
    "lea r10, [rip + {state}]",
    "mov r8, [rdi + {fiber}]",
    "mov r9, [r10 + {current}]",
    "cmp r8, {used}",
    "jbe 2f",
    "test r9, r9",
    "jz 2f",
    "cmp dword ptr [rdi + {bound}], 0",
    "jne 2f",
    "mov rax, rsp",
    "sub rax, [r9 + {lowest}]",
    "cmp rax, [r9 + {bytes}]",
    "jae 2f",
    "mov qword ptr [rdi + {fiber}], {used}",
    "mov dword ptr [r8 + {owner}], 0",
    "mov rcx, [r8 + {outermost}]",
    "mov [rcx + {resumer}], r9",
    "mov [rcx + {handlers}], rsi",
    "shr rdx, {handlers_bit}",
    "mov [rcx + {handler_count}], rdx",
    // The values are behind the handlers.
    "inc rdx",
    "shr rdx, 1",
    "lea rax, [rsi + 8 * rdx]",
    "mov rcx, [rsp]",
    "mov [r9 + {left}], rcx",
    "lea rcx, [rsp + 8]",
    "mov [r9 + {left} + 8], rcx",
    ".cfi_remember_state",
    leave!(),
    ".cfi_adjust_cfa_offset 48",
    "mov [r9 + {sp}], rsp",
    "mov [r10 + {current}], r8",
    "mov rsp, [r8 + {sp}]",
    arrive!(),
    "2:",
    ".cfi_restore_state",
    "mov rcx, rsp",
    "sub rsp, 8",
    ".cfi_adjust_cfa_offset 8",
    "call {resume}",
    "add rsp, 8",
    ".cfi_adjust_cfa_offset -8",
    "ret",
    ".cfi_endproc",
    ".size wative_cont_resume, . - wative_cont_resume",
    ".section .text.wative_cont_suspend,\"ax\",@progbits",
    ".globl wative_cont_suspend",
    ".type wative_cont_suspend,@function",
    "wative_cont_suspend:",
    ".cfi_startproc",
    "lea r10, [rip + {state}]",
    "mov r8, [r10 + {current}]",
    "test r8, r8",
    "jz 2f",
    "mov r9, [r8 + {resumer}]",
    "test r9, r9",
    "jz 2f",
    "mov rax, [r8 + {stack}]",
    "lea rcx, [r8 + {own_record}]",
    "cmp [rax + {record}], rcx",
    "jne 2f",
    "mov rcx, [r8 + {handlers}]",
    "mov r11, [r8 + {handler_count}]",
    "xor eax, eax",
    "3:",
    "cmp rax, r11",
    "je 2f",
    "cmp edi, [rcx + 4 * rax]",
    "je 4f",
    "inc rax",
    "jmp 3b",
    "4:",
    "mov esi, esi",
    "mov qword ptr [r8 + {resumer}], 0",
    "mov [r8 + {outermost}], r8",
    "mov [r8 + {owner}], esi",
    "mov [rsi + {fiber}], r8",
    "mov rcx, [rsp]",
    "mov [r8 + {left}], rcx",
    "lea rcx, [rsp + 8]",
    "mov [r8 + {left} + 8], rcx",
    "add rax, {suspended}",
    "shl rax, {outcome}",
    "or rax, rdx",
    ".cfi_remember_state",
    leave!(),
    ".cfi_adjust_cfa_offset 48",
    "mov [r8 + {sp}], rsp",
    "mov [r10 + {current}], r9",
    "mov rsp, [r9 + {sp}]",
    arrive!(),
    "2:",
    ".cfi_restore_state",
    "mov rcx, rsp",
    "sub rsp, 8",
    ".cfi_adjust_cfa_offset 8",
    "call {suspend}",
    "add rsp, 8",
    ".cfi_adjust_cfa_offset -8",
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
    sp = const places::SP,
    left = const places::LEFT,
    resumer = const places::RESUMER,
    outermost = const places::OUTERMOST,
    owner = const places::OWNER,
    handlers = const places::HANDLERS,
    handler_count = const places::HANDLER_COUNT,
    own_record = const places::OWN_RECORD,
    record = const places::RECORD,
);
