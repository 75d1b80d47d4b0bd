// The functions of module.S for x86-64.
.intel_syntax noprefix

// (i32) -> i32: loads from memory 0 at the address
func entry_load, 0
    mov rax, [rdi + 64]
    mov ecx, [rsi]
fault_load:
    mov eax, [rax + rcx]
    mov [rsi], rax
    ret

// (i32, i32): stores
func entry_store, 0
    mov rax, [rdi + 64]
    mov ecx, [rsi]
    mov edx, [rsi + 8]
fault_store:
    mov [rax + rcx], edx
    ret

// (i32) -> i32: calls the import
func entry_call, 1
    push rbx
    mov rbx, rsi
    mov esi, [rsi]
    call wative_import_env__work
return_call:
    mov [rbx], rax
    pop rbx
    ret

// () -> i64: the imported global
func entry_global, 0
    mov rax, [rdi + 64 + 32]
    mov rax, [rax]
    mov [rsi], rax
    ret

func entry_exit, 1
    push rbx
    mov esi, 42
    call wative_import_wasi_snapshot_preview1__proc_exit
return_exit:
    ud2

func entry_overflow, 1
    push rbx
    call entry_overflow
return_overflow:
    pop rbx
    ret

// uint32_t wative_m__load(instance, address): what the compiler makes of an export
.globl wative_m__load
func wative_m__load, 0
    sub rsp, 24
    mov [rsp], rsi
    mov rdx, rsp
    lea rsi, [rip + entry_load]
    call wative_rt_call
    mov eax, [rsp]
    add rsp, 24
    ret

.att_syntax prefix
