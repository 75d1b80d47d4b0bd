plain:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [r14+rdi*1]  ; MemoryOutOfBounds
    ret

offset:  ; frame 0 bytes, saves []
mb0:
    mov rax,QWORD PTR [r14+rdi*1+0x1000]  ; MemoryOutOfBounds
    ret

huge_offset:  ; frame 0 bytes, saves []
mb0:
    mov eax,0xfffffff0
    lea rax,[rax+rdi*1]
    mov eax,DWORD PTR [r14+rax*1]  ; MemoryOutOfBounds
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [r14+0x408]  ; MemoryOutOfBounds
    ret

sum_wraps:  ; frame 0 bytes, saves []
mb0:
    add edi,esi
    mov eax,DWORD PTR [r14+rdi*1]  ; MemoryOutOfBounds
    ret

shift_wraps:  ; frame 0 bytes, saves []
mb0:
    shl edi,0x2
    mov eax,DWORD PTR [r14+rdi*1]  ; MemoryOutOfBounds
    ret

masked_shift:  ; frame 0 bytes, saves []
mb0:
    movzx eax,di
    shl eax,0x2
    mov eax,DWORD PTR [r14+rax*1]  ; MemoryOutOfBounds
    ret

below:  ; frame 0 bytes, saves []
mb0:
    add edi,0xfffffff8
    mov eax,DWORD PTR [r14+rdi*1]  ; MemoryOutOfBounds
    ret

store_constant:  ; frame 0 bytes, saves []
mb0:
    mov DWORD PTR [r14+rdi*1+0xc],0xffffffff  ; MemoryOutOfBounds
    movabs rax,0x123456789a
    mov QWORD PTR [r14+rdi*1+0x10],rax  ; MemoryOutOfBounds
    mov BYTE PTR [r14+rdi*1],0x7  ; MemoryOutOfBounds
    ret

update:  ; frame 0 bytes, saves []
mb0:
    add DWORD PTR [r14+rdi*1],esi  ; MemoryOutOfBounds
    ret

operand:  ; frame 0 bytes, saves []
mb0:
    xor rsi,QWORD PTR [r14+rdi*1]  ; MemoryOutOfBounds
    mov rax,rsi
    ret

plain [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    pop r14
    ret

offset [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    pop r14
    ret

huge_offset [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    pop r14
    ret

constant [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    call Func(func3)
    movsd QWORD PTR [rsi],xmm0
    pop r14
    ret

sum_wraps [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func4)
    mov QWORD PTR [rcx],rax
    pop r14
    ret

shift_wraps [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    mov edi,DWORD PTR [rsi]
    call Func(func5)
    mov QWORD PTR [rsi],rax
    pop r14
    ret

masked_shift [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func6)
    mov QWORD PTR [rcx],rax
    pop r14
    ret

below [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    mov edi,DWORD PTR [rsi]
    call Func(func7)
    mov QWORD PTR [rsi],rax
    pop r14
    ret

store_constant [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    mov edi,DWORD PTR [rsi]
    call Func(func8)
    pop r14
    ret

update [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    mov edi,DWORD PTR [rsi]
    mov esi,DWORD PTR [rsi+0x8]
    call Func(func9)
    pop r14
    ret

operand [entry]:  ; frame 0 bytes, saves [%r14]
mb0:
    mov r14,QWORD PTR [rip+Instance(mod0)+0x40]
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func10)
    mov QWORD PTR [rcx],rax
    pop r14
    ret
