plain:  ; frame 0 bytes, saves []
mb0:
    lea rsi,[rdi+0x4]
    cmp rsi,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rsi,QWORD PTR [rip+Instance(mod0)+0x40]
    mov eax,DWORD PTR [rsi+rdi*1]
    ret

offset:  ; frame 0 bytes, saves []
mb0:
    lea rsi,[rdi+0x1008]
    cmp rsi,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rsi,QWORD PTR [rip+Instance(mod0)+0x40]
    mov rax,QWORD PTR [rsi+rdi*1+0x1000]
    ret

huge_offset:  ; frame 0 bytes, saves []
mb0:
    mov esi,0xfffffff4
    mov r8,rdi
    add r8,rsi
    cmp r8,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rsi,QWORD PTR [rip+Instance(mod0)+0x40]
    mov r9d,0xfffffff0
    add rdi,r9
    mov eax,DWORD PTR [rsi+rdi*1]
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    cmp QWORD PTR [rip+Instance(mod0)+0x48],0x410
    jb trap MemoryOutOfBounds
    mov rsi,QWORD PTR [rip+Instance(mod0)+0x40]
    movsd xmm0,QWORD PTR [rsi+0x408]
    ret

sum_wraps:  ; frame 0 bytes, saves []
mb0:
    lea esi,[rdi+rsi*1]
    lea rdi,[rsi+0x4]
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rdi,QWORD PTR [rip+Instance(mod0)+0x40]
    mov eax,DWORD PTR [rdi+rsi*1]
    ret

shift_wraps:  ; frame 0 bytes, saves []
mb0:
    lea esi,[rdi*4]
    lea rdi,[rsi+0x4]
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rdi,QWORD PTR [rip+Instance(mod0)+0x40]
    mov eax,DWORD PTR [rdi+rsi*1]
    ret

masked_shift:  ; frame 0 bytes, saves []
mb0:
    movzx esi,di
    lea esi,[rsi*4]
    lea rdi,[rsi+0x4]
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rdi,QWORD PTR [rip+Instance(mod0)+0x40]
    mov eax,DWORD PTR [rdi+rsi*1]
    ret

below:  ; frame 0 bytes, saves []
mb0:
    lea esi,[rdi-0x8]
    lea rdi,[rsi+0x4]
    cmp rdi,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov rdi,QWORD PTR [rip+Instance(mod0)+0x40]
    mov eax,DWORD PTR [rdi+rsi*1]
    ret

store_constant:  ; frame 0 bytes, saves []
mb0:
    lea r8,[rdi+0x10]
    mov rsi,QWORD PTR [rip+Instance(mod0)+0x48]
    cmp r8,rsi
    ja trap MemoryOutOfBounds
    mov r8,QWORD PTR [rip+Instance(mod0)+0x40]
    mov DWORD PTR [r8+rdi*1+0xc],0xffffffff
    lea r11,[rdi+0x18]
    cmp rsi,r11
    jb trap MemoryOutOfBounds
    movabs rax,0x123456789a
    mov QWORD PTR [r8+rdi*1+0x10],rax
    lea rax,[rdi+0x1]
    cmp rsi,rax
    jb trap MemoryOutOfBounds
    mov BYTE PTR [r8+rdi*1],0x7
    ret

update:  ; frame 0 bytes, saves []
mb0:
    lea r8,[rdi+0x4]
    cmp r8,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov r8,QWORD PTR [rip+Instance(mod0)+0x40]
    add DWORD PTR [r8+rdi*1],esi
    ret

operand:  ; frame 0 bytes, saves []
mb0:
    lea r8,[rdi+0x8]
    cmp r8,QWORD PTR [rip+Instance(mod0)+0x48]
    ja trap MemoryOutOfBounds
    mov r8,QWORD PTR [rip+Instance(mod0)+0x40]
    mov rax,rsi
    xor rax,QWORD PTR [r8+rdi*1]
    ret

plain [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func0)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

offset [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func1)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

huge_offset [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r10,rsi
    call Func(func2)
    mov rsi,r10
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

constant [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,rsi
    call Func(func3)
    mov rsi,rdi
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

sum_wraps [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func4)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

shift_wraps [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func5)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

masked_shift [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func6)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

below [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func7)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

store_constant [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func8)
    add rsp,0x8
    ret

update [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov esi,DWORD PTR [rsi+0x8]
    call Func(func9)
    add rsp,0x8
    ret

operand [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov rsi,QWORD PTR [r9+0x8]
    call Func(func10)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
