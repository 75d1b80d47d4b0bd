add:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    add eax,esi
    ret

sub:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    sub eax,esi
    ret

many:  ; frame 0 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsp+0x8]
    mov r8,QWORD PTR [rsp+0x10]
    add rsi,rdi
    lea rax,[r8+rsi*1]
    ret

several:  ; frame 0 bytes, saves []
mb0:
    mov ecx,edi
    mov edx,0x5
    movsd xmm0,QWORD PTR [rip+const(0x3fe0000000000000)]
    mov rax,rdi
    ret

direct:  ; frame 0 bytes, saves [%r12]
mb0:
    mov r12,rsi
    mov esi,0x1
    call Func(func0)
    mov rsi,r12
    mov r10,rax
    mov rax,rsi
    imul eax,r10d
    pop r12
    ret

stack:  ; frame 24 bytes, saves []
mb0:
    mov rsi,rdi
    mov edi,0x1
    movss xmm0,DWORD PTR [rip+const(0x3f800000)]
    movsd xmm1,QWORD PTR [rip+const(0x4000000000000000)]
    mov edx,0x3
    mov ecx,0x4
    mov r8d,0x5
    mov r9d,0x6
    mov eax,0x7
    mov QWORD PTR [rsp],rax
    mov rax,rsi
    mov QWORD PTR [rsp+0x8],rax
    call Func(func2)
    add rsp,0x18
    ret

results:  ; frame 8 bytes, saves []
mb0:
    call Func(func3)
    mov rax,rdx
    add rax,rcx
    add rsp,0x8
    ret

indirect:  ; frame 8 bytes, saves []
mb0:
    cmp edi,DWORD PTR [rip+Instance(mod0)+0x48]
    jae trap TableOutOfBounds
    mov r8,QWORD PTR [rip+Instance(mod0)+0x40]
    mov r8,QWORD PTR [r8+rdi*8]
    cmp QWORD PTR [r8+0x10],0x0  ; IndirectCallToNull
    jne trap BadSignature
    mov edi,0xa
    mov esi,0x14
    call QWORD PTR [r8]
    add rsp,0x8
    ret

[instantiate]:  ; frame 8 bytes, saves []
mb0:
    lea rdi,[rip+Instance(mod0)+0x40]
    lea rsi,[rip+Instance(mod0)]
    lea rdx,[rip+Instance(mod0)+0x60]
    xor ecx,ecx
    call Runtime(TablePlace)
    mov esi,eax
    test esi,esi
    jne trap TableOutOfBounds
    add rsp,0x8
    ret

direct [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r12,r9
    call Func(func4)
    mov rsi,r12
    mov QWORD PTR [rsi],rax
    pop r12
    ret

stack [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func5)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

results [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func6)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

indirect [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func7)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret
