see:  ; frame 8 bytes, saves []
mb0:
    cmp DWORD PTR [rip+Instance(mod0)+0x48],0x0
    je trap TableOutOfBounds
    mov rsi,QWORD PTR [rip+Instance(mod0)+0x40]
    mov rsi,QWORD PTR [rsi]
    cmp QWORD PTR [rsi+0x10],0x4  ; IndirectCallToNull
    jne trap BadSignature
    call QWORD PTR [rsi]
    add rsp,0x8
    ret

cast:  ; frame 0 bytes, saves []
mb0:
    mov esi,DWORD PTR [rdi]  ; NullReference
    add esi,0xffffff00
    cmp esi,0x200
    jae trap CastFailure
    mov eax,DWORD PTR [rdi+0x8]
    ret

cast any:  ; frame 0 bytes, saves []
mb0:
    test edi,edi
    je trap CastFailure
    test dil,0x1
    jne trap CastFailure
    mov r8d,DWORD PTR [rdi]  ; NullReference
    add r8d,0xffffff00
    cmp r8d,0x200
    jae trap CastFailure
    mov eax,DWORD PTR [rdi+0x8]
    ret

branch any:  ; frame 0 bytes, saves []
mb0:
    test edi,edi
    je mb1
    jmp mb2
mb2:
    test dil,0x1
    jne mb3
    jmp mb4
mb4:
    mov r10d,DWORD PTR [rdi]  ; NullReference
    add r10d,0xffffff00
    cmp r10d,0x200
    jb mb6
    jmp mb5
mb6:
    mov eax,0x5
    jmp mb8
mb7:
    mov eax,0x6
    jmp mb8
mb8:
    ret

twice:  ; frame 0 bytes, saves []
mb0:
    test edi,edi
    je trap CastFailure
    test dil,0x1
    jne trap CastFailure
    mov r9d,DWORD PTR [rdi]  ; NullReference
    add r9d,0xffffff00
    cmp r9d,0x200
    jae trap CastFailure
    mov eax,DWORD PTR [rdi+0x4]
    add eax,0x1
    add eax,DWORD PTR [rdi+0x8]
    ret

new:  ; frame 16 bytes, saves [%r12]
mb0:
    mov esi,DWORD PTR [rip+Heap]
    lea edi,[rsi+0x10]
    cmp edi,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    mov esi,0x100
    call Runtime(GcAllocate)
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],edi
    mov DWORD PTR [rsi],0x100
    mov rax,rsi
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x4],0x1
    mov r12,rax
    mov DWORD PTR [rax+0x8],0x2
    xor edi,edi
    mov QWORD PTR [rsp],r12
    call Func(func0)
    ; references: [0]
    xor edi,edi
    call Func(func0)
    ; references: [0]
    mov rax,r12
    add rsp,0x10
    pop r12
    ret

fails:  ; frame 8 bytes, saves []
mb0:
    mov edx,DWORD PTR [rip+Heap]
    lea esi,[rdx+0x10]
    cmp esi,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    mov esi,0x300
    call Runtime(GcAllocate)
    mov edx,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],esi
    mov DWORD PTR [rdx],0x300
    jmp mb3
mb3:
    mov DWORD PTR [rdx+0x4],0x1
    mov QWORD PTR [rdx+0x8],0x2
    mov edi,0x1
    call Func(func0)
    ud2  ; CastFailure

branches:  ; frame 0 bytes, saves []
mb0:
    test edi,edi
    je mb1
    jmp mb2
mb2:
    test dil,0x1
    jne mb3
    jmp mb4
mb4:
    mov eax,DWORD PTR [rdi]  ; NullReference
    add eax,0xffffff00
    cmp eax,0x200
    jb mb6
    jmp mb5
mb6:
    mov eax,DWORD PTR [rdi+0x8]
    ret
mb7:
    test edi,edi
    je mb8
    jmp mb9
mb8:
    xor eax,eax
    jmp mb12
mb9:
    test dil,0x1
    jne mb10
    jmp mb11
mb10:
    xor eax,eax
    jmp mb12
mb11:
    mov ecx,DWORD PTR [rdi]  ; NullReference
    add ecx,0xfffffe00
    xor eax,eax
    cmp ecx,0x100
    setb al
    jmp mb12
mb12:
    ret

one way:  ; frame 16 bytes, saves [%r14]
mb0:
    test esi,esi
    jne mb2
    jmp mb1
mb1:
    mov rax,rdi
    mov r14,rdi
    jmp mb3
mb2:
    test edi,edi
    je trap CastFailure
    test dil,0x1
    jne trap CastFailure
    mov eax,DWORD PTR [rdi]  ; NullReference
    add eax,0xffffff00
    cmp eax,0x200
    jae trap CastFailure
    mov rax,rdi
    mov edi,DWORD PTR [rax+0x8]
    mov r14,rax
    mov QWORD PTR [rsp],rax
    call Func(func0)
    ; references: [0]
    mov rax,r14
    mov rdi,r14
    jmp mb3
mb3:
    mov rax,r14
    mov rdi,r14
    test edi,eax
    je mb4
    jmp mb5
mb4:
    xor eax,eax
    jmp mb8
mb5:
    mov rdi,r14
    test dil,0x1
    jne mb6
    jmp mb7
mb6:
    xor eax,eax
    jmp mb8
mb7:
    mov rdi,r14
    mov ecx,DWORD PTR [rdi]  ; NullReference
    add ecx,0xffffff00
    xor eax,eax
    cmp ecx,0x200
    setb al
    jmp mb8
mb8:
    add rsp,0x10
    pop r14
    ret

rounds:  ; frame 8 bytes, saves []
mb0:
    xor eax,eax
    mov r8,rax
    jmp mb1
mb1:
    test edi,edi
    je mb2
    jmp mb3
mb2:
    xor ecx,ecx
    mov rax,r8
    jmp mb4
mb3:
    mov edx,DWORD PTR [rdi]  ; NullReference
    add edx,0xffffff00
    xor ecx,ecx
    cmp edx,0x200
    setb cl
    mov rax,r8
    jmp mb4
mb4:
    lea eax,[rax+rcx*1]
    mov r8,rax
    mov edi,DWORD PTR [rip+Heap]
    lea ecx,[rdi+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb5
    jmp mb6
mb5:
    mov edi,0x10
    mov esi,0x300
    call Runtime(GcAllocate)
    mov edi,eax
    jmp mb7
mb6:
    mov DWORD PTR [rip+Heap],ecx
    mov DWORD PTR [rdi],0x300
    jmp mb7
mb7:
    mov DWORD PTR [rdi+0x4],0x1
    mov QWORD PTR [rdi+0x8],0x2
    mov rax,r8
    cmp eax,0xa
    jb mb8
    jmp mb9
mb8:
    mov r8,rax
    jmp mb1
mb9:
    add rsp,0x8
    ret

cast [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    test edi,edi
    je trap NullReference
    call Func(func1)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

cast any [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

branch any [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func3)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

twice [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func4)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

new [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rbp,rsi
    call Func(func5)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

fails [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func6)
    add rsp,0x8
    ret

branches [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func7)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

one way [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r12,r9
    call Func(func8)
    mov rsi,r12
    mov QWORD PTR [rsi],rax
    pop r12
    ret

rounds [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    call Func(func9)
    mov rsi,r9
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
