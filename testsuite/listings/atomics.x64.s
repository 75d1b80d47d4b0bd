load_store:  ; frame 0 bytes, saves []
mb0:
    test dil,0x7
    jne trap UnalignedAtomic
    xchg QWORD PTR [rdi+0x60000008],rsi  ; MemoryOutOfBounds
    xor eax,eax
    xchg BYTE PTR [rdi+0x60000000],al  ; MemoryOutOfBounds
    test dil,0x3
    jne trap UnalignedAtomic
    mov eax,DWORD PTR [rdi+0x60000010]  ; MemoryOutOfBounds
    ret

add:  ; frame 0 bytes, saves []
mb0:
    test dil,0x3
    jne trap UnalignedAtomic
    lock xadd DWORD PTR [rdi+0x60000000],esi  ; MemoryOutOfBounds
    mov rax,rsi
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
    movabs rax,0x100000000
    lock or QWORD PTR [rdi+0x60000008],rax  ; MemoryOutOfBounds
    ret

and:  ; frame 0 bytes, saves []
mb0:
    test dil,0x3
    jne trap UnalignedAtomic
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    .0:
    mov ecx,eax
    and ecx,esi
    lock cmpxchg DWORD PTR [rdi+0x60000000],ecx  ; MemoryOutOfBounds
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
    mov ecx,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    test ecx,ecx
    jne mb3
    jmp mb2
mb3:
    add eax,DWORD PTR [rdi+0x60000004]  ; MemoryOutOfBounds
    ret

wait:  ; frame 0 bytes, saves [%r3]
mb0:
    test dil,0x3
    jne trap UnalignedAtomic
    lea rax,[rip+Instance(mod0)+0x40]
    mov rcx,0xffffffffffffffff
    mov rbx,rdi
    mov rdi,rax
    mov rdx,rsi
    mov rsi,rbx
    call Runtime(Wait32)
    cmp rax,0xffffffffffffffff
    je trap MemoryOutOfBounds
    mov eax,eax
    pop rbx
    ret

notify:  ; frame 8 bytes, saves []
mb0:
    test dil,0x3
    jne trap UnalignedAtomic
    lea rax,[rip+Instance(mod0)+0x40]
    mov edx,0x1
    mov rsi,rdi
    mov rdi,rax
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
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

add [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

add_narrow [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [rcx],rax
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
    mov eax,DWORD PTR [rsi+0x8]
    mov rdx,rsi
    mov rsi,rax
    call Func(func4)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret

exchange [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func5)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

compare_exchange [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov edx,DWORD PTR [rsi+0x10]
    mov rcx,rsi
    mov rsi,rax
    call Func(func6)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

compare_exchange_narrow [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,rsi
    mov rsi,rax
    call Func(func7)
    mov QWORD PTR [rcx],rax
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

wait [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rbx,rsi
    mov rsi,rax
    call Func(func10)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

notify [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbx,rsi
    call Func(func11)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

size [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov rbx,rsi
    call Func(func12)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret
