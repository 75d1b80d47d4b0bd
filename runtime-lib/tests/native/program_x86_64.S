// The functions of program.S for x86-64, with the compiler's frame rules: pushes in a fixed order, then one constant `sub rsp`.
.intel_syntax noprefix

// Two frames of different shape above a load beyond the memory.
func entry_trap, 16, 1
    push rbx
    sub rsp, 16
    call outer
return_trap:
    add rsp, 16
    pop rbx
    ret
func outer, 4096, 3
    push rbp
    push r12
    sub rsp, 4096
    call inner
return_outer:
    add rsp, 4096
    pop r12
    pop rbp
    ret
func inner, 0, 0
    mov ecx, 0xfffffff0
fault_inner:
    mov eax, [rcx + BASE]
    ret

func entry_unreachable, 0, 0
fault_unreachable:
    ud2

func entry_divide, 0, 0
    xor ecx, ecx
    xor edx, edx
fault_divide:
    div ecx
    ret

func entry_null, 0, 0
    xor eax, eax
fault_null:
    mov rax, [rax + 16]
    ret

// Overflows the stack in a push.
func entry_overflow, 0, 1
    push rbx
    call entry_overflow
return_overflow:
    pop rbx
    ret

// Overflows the stack inside the runtime.
func entry_overflow_runtime, 0, 1
    push rbx
    lea rdi, [rip + instance]
    mov esi, 1
    mov edx, 64
    mov ecx, 0
    mov r8d, 0
    call wative_import_wasi_snapshot_preview1__fd_write
return_runtime_write:
    call entry_overflow_runtime
return_runtime_self:
    pop rbx
    ret

// A fault of an instruction that the trap table does not know.
func entry_foreign, 0, 0
    mov eax, [0x1234]
    ret

// A known instruction that faults outside the memory.
func entry_elsewhere, 0, 0
    mov ecx, 0xfffffff0
    neg rcx
fault_elsewhere:
    mov eax, [rcx]
    ret

// Tells that it runs, then waits for a signal.
func entry_wait, 0, 1
    push rbx
    call greet
return_wait:
1:  pause
    jmp 1b

func entry_hello, 0, 1
    push rbx
    call greet
return_hello:
    lea rdi, [rip + instance]
    mov esi, 7
    call wative_import_wasi_snapshot_preview1__proc_exit
return_exit:
    ud2

// fd_write of a text that an image part put into the memory; then the bulk operations.
func greet, 0, 1
    push rbx
    mov dword ptr [BASE + 0], 0x10000
    mov dword ptr [BASE + 4], 6
    lea rdi, [rip + instance]
    mov esi, 1
    xor edx, edx
    mov ecx, 1
    mov r8d, 16
    call wative_import_wasi_snapshot_preview1__fd_write
return_write:
    pop rbx
    ret

// Makes a large array, and lists of a thousand elements, most of which are garbage then, looks at the last one, and makes that longer until there is no room.
func entry_gc, 16, 1
    push rbx
    sub rsp, 16
    lea rdi, [rip + gc]
    call wative_gc_start
return_gc_start:
    mov edi, 20000
    mov esi, 1 << 8
    mov edx, 1
    call wative_gc_allocate_array
return_array:
    mov eax, eax
    cmp dword ptr [rax + 4], 20000
    jne fault_gc
    mov byte ptr [rax + 20007], 1
    xor ebx, ebx
    mov dword ptr [rsp + 4], 0
1:  mov edi, [rsp + 4]
    mov eax, ebx
    xor edx, edx
    mov ecx, 1000
    div ecx
    test edx, edx
    jne 2f
    xor edi, edi
2:  mov [rsp + 4], edi
    mov esi, ebx
    call cons
return_cons:
    mov [rsp + 4], eax
    add ebx, 1
    cmp ebx, 20000
    jne 1b
    mov ecx, 19999
3:  cmp [rax + 4], ecx
    jne fault_gc
    sub ecx, 1
    mov eax, [rax + 8]
    test eax, eax
    jne 3b
    cmp ecx, 18999
    jne fault_gc
4:  mov edi, [rsp + 4]
    mov esi, ebx
    call cons
return_cons_again:
    mov [rsp + 4], eax
    jmp 4b
fault_gc:
    ud2
// (rest, number) -> a new element
func cons, 16, 1
    push rbx
    sub rsp, 16
    mov ebx, esi
    mov [rsp + 8], edi
    mov edi, 16
    xor esi, esi
    call wative_gc_allocate
return_allocate:
    mov eax, eax
    mov [rax + 4], ebx
    mov ecx, [rsp + 8]
    mov [rax + 8], ecx
    add rsp, 16
    pop rbx
    ret

// (i32, f64) -> (i32, f64): twice each
func entry_double, 0, 0
    mov eax, [rsi]
    add eax, eax
    mov [rsi], rax
    movsd xmm0, [rsi + 8]
    addsd xmm0, xmm0
    movsd [rsi + 8], xmm0
    ret

.att_syntax prefix

// Places in entry_gc, in bytes from its start. The assembler decides late how long its jumps are, too late for the expressions of a stream.
#define GC_START 0
#define GC_CONS 97
#define GC_CONS_AGAIN 151
#define GC_FAULT 157
