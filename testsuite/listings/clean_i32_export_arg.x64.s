address:  ; frame 0 bytes, saves []
mb0:
    movzx eax,BYTE PTR [r14+rdi*1+0x4]  ; MemoryOutOfBounds
    ret

mixed:  ; frame 0 bytes, saves []
mb0:
    add edi,edx
    cvttsd2si rax,xmm0
    test rax,rax
    jns .0
    xor eax,eax
    xorps xmm1,xmm1
    ucomisd xmm0,xmm1
    jbe .0
    movaps xmm1,xmm0
    subsd xmm1,QWORD PTR [rip+const(0x43e0000000000000)]
    cvttsd2si rax,xmm1
    test rax,rax
    js .1
    bts rax,0x3f
    jmp .0
    .1:
    mov rax,0xffffffffffffffff
    .0:
    add rsi,rax
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
    mov eax,esi
    mov DWORD PTR [rsp],eax
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
    mov r15,rdi
    mov r14,QWORD PTR [r15+0x8]
    mov r14,QWORD PTR [r14]
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    movsd xmm0,QWORD PTR [rsi+0x10]
    mov edx,DWORD PTR [rsi+0x18]
    mov r8,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    pop r15
    pop r14
    ret

mixed [export]:  ; frame 40 bytes, saves [%r14 %r15]
mb0:
    mov r15,rdi
    mov r14,QWORD PTR [r15+0x8]
    mov r14,QWORD PTR [r14]
    mov eax,esi
    mov ecx,ecx
    mov DWORD PTR [rsp],eax
    mov QWORD PTR [rsp+0x8],rdx
    movsd QWORD PTR [rsp+0x10],xmm0
    mov DWORD PTR [rsp+0x18],ecx
    lea rsi,[rip+Func(func4)]
    lea rdx,[rsp]
    call Runtime(Call)
    mov rax,QWORD PTR [rsp]
    add rsp,0x28
    pop r15
    pop r14
    ret
