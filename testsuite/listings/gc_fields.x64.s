see:  ; frame 8 bytes, saves []
mb0:
    cmp DWORD PTR [rip+Instance(mod0)+0x50],0x0
    je trap TableOutOfBounds
    mov rsi,QWORD PTR [rip+Instance(mod0)+0x48]
    mov rsi,QWORD PTR [rsi]
    cmp QWORD PTR [rsi+0x10],0x5  ; IndirectCallToNull
    jne trap BadSignature
    call QWORD PTR [rsi]
    add rsp,0x8
    ret

immutable:  ; frame 24 bytes, saves [%r3 %r12]
mb0:
    mov rcx,rdi
    mov QWORD PTR [rsp+0x8],rsi
    mov ebx,DWORD PTR [rdi+0xc]  ; NullReference
    mov rax,rcx
    mov rdi,rbx
    add edi,DWORD PTR [rax+0x4]
    mov QWORD PTR [rsp],rcx
    call Func(func0)
    ; references: [0, 8]
    mov rax,QWORD PTR [rsp+0x8]
    mov r10d,DWORD PTR [rax+0x4]  ; NullReference
    cmp r10d,0x3
    jbe trap ArrayOutOfBounds
    mov r12d,DWORD PTR [rax+0x14]
    lea edi,[r10+r12*1]
    call Func(func0)
    ; references: [0]
    mov rdi,QWORD PTR [rsp]
    add ebx,DWORD PTR [rdi+0x4]
    lea eax,[r12+rbx*1]
    add rsp,0x18
    pop r12
    pop rbx
    ret

stores:  ; frame 24 bytes, saves [%r12 %r13]
mb0:
    mov DWORD PTR [rdi+0x4],0x5  ; NullReference
    mov r12,rdi
    mov DWORD PTR [rsi+0x8],0x6  ; NullReference
    mov r13,rsi
    mov DWORD PTR [rdx+0x4],0x7  ; NullReference
    mov edi,0x5
    mov QWORD PTR [rsp],r12
    mov QWORD PTR [rsp+0x8],r13
    call Func(func0)
    ; references: [0, 8]
    mov rdi,r12
    mov DWORD PTR [rdi+0x4],0x5
    mov rsi,r13
    mov DWORD PTR [rsi+0x4],0x8
    mov eax,DWORD PTR [rdi+0x4]
    add rsp,0x18
    pop r13
    pop r12
    ret

new:  ; frame 8 bytes, saves []
mb0:
    mov edx,DWORD PTR [rdi+0x4]  ; NullReference
    mov esi,DWORD PTR [rip+Heap]
    lea edi,[rsi+0x10]
    cmp edi,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    xor esi,esi
    call Runtime(GcAllocate)
    mov esi,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],edi
    jmp mb3
mb3:
    mov DWORD PTR [rsi+0x4],0x1
    mov DWORD PTR [rsi+0x8],0x2
    mov DWORD PTR [rsi+0xc],0x3
    mov DWORD PTR [rip+Instance(mod0)+0x40],esi
    mov DWORD PTR [rsi+0x4],edx
    mov DWORD PTR [rsi+0x4],0x9
    lea eax,[rdx+rdx*1+0x9]
    add rsp,0x8
    ret

null:  ; frame 0 bytes, saves []
mb0:
    mov esi,DWORD PTR [rdi+0x8]  ; NullReference
    mov DWORD PTR [rdi+0x8],0x1
    mov eax,DWORD PTR [rdi+0x4]
    ret

folded:  ; frame 0 bytes, saves []
mb0:
    add DWORD PTR [rdi+0x4],0x3  ; NullReference
    cmp edx,DWORD PTR [rsi+0x4]  ; NullReference
    jae trap ArrayOutOfBounds
    sub DWORD PTR [rsi+rdx*4+0x8],edx
    cmp DWORD PTR [rdi+0x8],0x7
    je mb1
    jmp mb2
mb1:
    mov eax,0x1
    ret
mb2:
    mov rax,rdx
    add eax,DWORD PTR [rdi+0xc]
    ret

immutable [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    mov edi,DWORD PTR [rsi]
    mov r12,rsi
    test edi,edi
    je trap NullReference
    mov r11,r12
    mov esi,DWORD PTR [r11+0x8]
    test esi,esi
    je trap NullReference
    call Func(func1)
    mov rsi,r12
    mov QWORD PTR [rsi],rax
    pop r12
    ret

stores [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    mov r12,rsi
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov esi,DWORD PTR [rsi+0x8]
    test esi,esi
    je trap NullReference
    mov rax,r12
    mov edx,DWORD PTR [rax+0x10]
    test edx,edx
    je trap NullReference
    call Func(func2)
    mov rsi,r12
    mov QWORD PTR [rsi],rax
    pop r12
    ret

new [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    test edi,edi
    je trap NullReference
    call Func(func3)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

null [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func4)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

folded [entry]:  ; frame 8 bytes, saves []
mb0:
    mov r8,rsi
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    mov esi,DWORD PTR [rsi+0x8]
    test esi,esi
    je trap NullReference
    mov rax,r8
    mov edx,DWORD PTR [rax+0x10]
    call Func(func5)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
