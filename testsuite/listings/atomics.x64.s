load_store:  ; frame 0 bytes, saves []
mb0:
    test dil,0x7
    jne trap UnalignedAtomic
    xchg QWORD PTR [rdi+0x60000008],rsi  ; MemoryOutOfBounds
    xor esi,esi
    xchg BYTE PTR [rdi+0x60000000],sil  ; MemoryOutOfBounds
    test dil,0x3
    jne trap UnalignedAtomic
    mov eax,DWORD PTR [rdi+0x60000010]  ; MemoryOutOfBounds
    ret

add:  ; frame 0 bytes, saves []
mb0:
    test dil,0x3
    jne trap UnalignedAtomic
    mov rax,rsi
    lock xadd DWORD PTR [rdi+0x60000000],eax  ; MemoryOutOfBounds
    ret

add_narrow:  ; frame 0 bytes, saves []
mb0:
    test dil,0x1
    jne trap UnalignedAtomic
    lock xadd WORD PTR [rdi+0x60000000],si  ; MemoryOutOfBounds
    movzx eax,si
    ret

unused:  ; frame 0 bytes, saves []
mb0:
    test dil,0x3
    jne trap UnalignedAtomic
    lock add DWORD PTR [rdi+0x60000000],0x1  ; MemoryOutOfBounds
    lock sub DWORD PTR [rdi+0x60000004],esi  ; MemoryOutOfBounds
    test dil,0x7
    jne trap UnalignedAtomic
    movabs r8,0x100000000
    lock or QWORD PTR [rdi+0x60000008],r8  ; MemoryOutOfBounds
    ret

and:  ; frame 0 bytes, saves []
mb0:
    test dil,0x3
    jne trap UnalignedAtomic
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    .0:
    mov r8d,eax
    and r8d,esi
    lock cmpxchg DWORD PTR [rdi+0x60000000],r8d  ; MemoryOutOfBounds
    jne .0
    ret

exchange:  ; frame 0 bytes, saves []
mb0:
    xchg BYTE PTR [rdi+0x60000000],sil  ; MemoryOutOfBounds
    movzx eax,sil
    ret

compare_exchange:  ; frame 0 bytes, saves []
mb0:
    test dil,0x3
    jne trap UnalignedAtomic
    mov rax,rsi
    lock cmpxchg DWORD PTR [rdi+0x60000000],edx  ; MemoryOutOfBounds
    ret

compare_exchange_narrow:  ; frame 0 bytes, saves []
mb0:
    test dil,0x3
    jne trap UnalignedAtomic
    mov rax,rsi
    lock cmpxchg DWORD PTR [rdi+0x60000000],edx  ; MemoryOutOfBounds
    mov eax,eax
    ret

fence:  ; frame 0 bytes, saves []
mb0:
    mov DWORD PTR [rdi+0x60000000],0x1  ; MemoryOutOfBounds
    lock or DWORD PTR [rsp],0x0
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

spin:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi+0x60000004]  ; MemoryOutOfBounds
    jmp mb1
mb1:
    test dil,0x3
    jne trap UnalignedAtomic
    mov r8d,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    test r8d,r8d
    jne mb3
    jmp mb2
mb3:
    add eax,DWORD PTR [rdi+0x60000004]  ; MemoryOutOfBounds
    ret

wait:  ; frame 8 bytes, saves []
mb0:
    test dil,0x3
    mov r9,rdi
    jne trap UnalignedAtomic
    lea rdi,[rip+Instance(mod0)+0x40]
    mov rcx,0xffffffffffffffff
    mov rdx,rsi
    mov rsi,r9
    call Runtime(Wait32)
    cmp rax,0xffffffffffffffff
    je trap MemoryOutOfBounds
    mov eax,eax
    add rsp,0x8
    ret

notify:  ; frame 8 bytes, saves []
mb0:
    test dil,0x3
    mov rsi,rdi
    jne trap UnalignedAtomic
    lea rdi,[rip+Instance(mod0)+0x40]
    mov edx,0x1
    call Runtime(Notify)
    cmp rax,0xffffffffffffffff
    je trap MemoryOutOfBounds
    mov eax,eax
    add rsp,0x8
    ret

size:  ; frame 8 bytes, saves []
mb0:
    lea rdi,[rip+Instance(mod0)+0x40]
    xor esi,esi
    call Runtime(MemoryGrow)
    mov eax,eax
    add rsp,0x8
    ret

load_store [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov rsi,QWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func0)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

add [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func1)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

add_narrow [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov rsi,QWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func2)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

unused [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov esi,DWORD PTR [rsi+0x8]
    call Func(func3)
    add rsp,0x8
    ret

and [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    call Func(func4)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

exchange [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func5)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

compare_exchange [entry]:  ; frame 8 bytes, saves []
mb0:
    mov r8,rsi
    mov edi,DWORD PTR [rsi]
    mov esi,DWORD PTR [rsi+0x8]
    mov r11,r8
    mov edx,DWORD PTR [r11+0x10]
    call Func(func6)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

compare_exchange_narrow [entry]:  ; frame 8 bytes, saves []
mb0:
    mov r8,rsi
    mov edi,DWORD PTR [rsi]
    mov rsi,QWORD PTR [rsi+0x8]
    mov r11,r8
    mov rdx,QWORD PTR [r11+0x10]
    call Func(func7)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

fence [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func8)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

spin [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func9)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

wait [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r12,r9
    call Func(func10)
    mov rsi,r12
    mov QWORD PTR [rsi],rax
    pop r12
    ret

notify [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func11)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

size [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rbp,rsi
    call Func(func12)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret
