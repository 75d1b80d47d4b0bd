address:  ; frame 0 bytes, saves []
mb0:
    movzx eax,BYTE PTR [r14+rdi*1+0x4]  ; MemoryOutOfBounds
    ret

mixed:  ; frame 0 bytes, saves []
mb0:
    add edi,edx
    cvttsd2si r8,xmm0
    test r8,r8
    jns .0
    xor r8d,r8d
    xorps xmm8,xmm8
    ucomisd xmm0,xmm8
    jbe .0
    movaps xmm8,xmm0
    subsd xmm8,QWORD PTR [rip+const(0x43e0000000000000)]
    cvttsd2si r8,xmm8
    test r8,r8
    js .1
    bts r8,0x3f
    jmp .0
    .1:
    mov r8,0xffffffffffffffff
    .0:
    add rsi,r8
    lea rax,[rdi+rsi*1]
    ret

address [entry]:  ; frame 8 bytes, saves [%r14 %r15]
mb0:
    mov r15,rdi
    mov r14,QWORD PTR [r15+0x8]
    mov r14,QWORD PTR [r14]
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    pop r15
    pop r14
    ret

address [export]:  ; frame 24 bytes, saves [%r14 %r15]
mb0:
    mov r15,rdi
    mov r14,QWORD PTR [r15+0x8]
    mov r14,QWORD PTR [r14]
    mov r8d,esi
    mov DWORD PTR [rsp],r8d
    lea rsi,[rip+Func(func2)]
    lea rdx,[rsp]
    call Runtime(Call)
    mov eax,DWORD PTR [rsp]
    add rsp,0x18
    pop r15
    pop r14
    ret

mixed [entry]:  ; frame 8 bytes, saves [%r14 %r15]
mb0:
    mov r10,rsi
    mov r15,rdi
    mov r14,QWORD PTR [r15+0x8]
    mov r14,QWORD PTR [r14]
    mov edi,DWORD PTR [rsi]
    mov rsi,QWORD PTR [rsi+0x8]
    mov rax,r10
    movsd xmm0,QWORD PTR [rax+0x10]
    mov edx,DWORD PTR [rax+0x18]
    call Func(func1)
    mov rsi,r10
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    pop r15
    pop r14
    ret

mixed [export]:  ; frame 40 bytes, saves [%r14 %r15]
mb0:
    mov r15,rdi
    mov r14,QWORD PTR [r15+0x8]
    mov r14,QWORD PTR [r14]
    mov r11d,esi
    mov r9d,ecx
    mov DWORD PTR [rsp],r11d
    mov QWORD PTR [rsp+0x8],rdx
    movsd QWORD PTR [rsp+0x10],xmm0
    mov DWORD PTR [rsp+0x18],r9d
    lea rsi,[rip+Func(func4)]
    lea rdx,[rsp]
    call Runtime(Call)
    mov rax,QWORD PTR [rsp]
    add rsp,0x28
    pop r15
    pop r14
    ret
