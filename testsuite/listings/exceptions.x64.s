callee:  ; frame 24 bytes, saves []
mb0:
    test edi,edi
    jne mb1
    jmp mb2
mb1:
    movsd xmm0,QWORD PTR [rip+const(0x3ff8000000000000)]
    mov rax,rdi
    add rsp,0x18
    ret
mb2:
    mov DWORD PTR [rsp],0x1
    mov QWORD PTR [rsp+0x8],0x2
    xor edi,edi
    lea rsi,[rsp]
    mov edx,0x2
    call Runtime(Throw)
    ud2  ; Unreachable

handlers:  ; frame 0 bytes, saves [%r3]
mb0:
    mov rbx,rsi
    call Func(func0)
    ; catches: tag0 -> mb2, all -> mb3
    jmp mb1
mb1:
    cvttsd2si rax,xmm0
    cmp rax,0x1
    jno .0
    xorps xmm1,xmm1
    ucomisd xmm0,xmm1
    jp .1
    jb .0
    movabs rax,0x7fffffffffffffff
    jmp .0
    .1:
    xor eax,eax
    .0:
    add rax,rbx
    pop rbx
    ret
mb2:
    imul rbx,QWORD PTR [r10+0x20]
    mov rax,rbx
    pop rbx
    ret
mb3:
    mov rax,rbx
    pop rbx
    ret

local:  ; frame 0 bytes, saves []
mb0:
    test edi,edi
    jne mb1
    jmp mb2
mb1:
    mov eax,0x5
    ret
mb2:
    mov eax,0x7
    ret

rethrow:  ; frame 8 bytes, saves []
mb0:
    call Func(func0)
    ; catches: all -> mb2
    jmp mb1
mb1:
    add rsp,0x8
    ret
mb2:
    mov DWORD PTR ds:0x60000000,0x1  ; MemoryOutOfBounds
    test r10,r10
    je trap NullReference
    mov rdi,r10
    call Runtime(ThrowRef)
    ud2  ; Unreachable

handlers [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rbx,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

local [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

rethrow [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func3)
    add rsp,0x8
    ret
