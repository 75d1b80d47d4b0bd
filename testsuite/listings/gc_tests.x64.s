see:  ; frame 8 bytes, saves []
mb0:
    cmp DWORD PTR [rip+Instance(mod0)+0x48],0x0
    je trap TableOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x40]
    mov rax,QWORD PTR [rax]
    cmp QWORD PTR [rax+0x10],0x4  ; IndirectCallToNull
    jne trap BadSignature
    call QWORD PTR [rax]
    add rsp,0x8
    ret

cast:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi]  ; NullReference
    add eax,0xffffff00
    cmp eax,0x200
    jae trap CastFailure
    mov eax,DWORD PTR [rdi+0x8]
    ret

cast any:  ; frame 0 bytes, saves []
mb0:
    test edi,edi
    je trap CastFailure
    test dil,0x1
    jne trap CastFailure
    mov eax,DWORD PTR [rdi]  ; NullReference
    add eax,0xffffff00
    cmp eax,0x200
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
    mov eax,DWORD PTR [rdi]  ; NullReference
    add eax,0xffffff00
    cmp eax,0x200
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
    mov eax,DWORD PTR [rdi]  ; NullReference
    add eax,0xffffff00
    cmp eax,0x200
    jae trap CastFailure
    mov eax,DWORD PTR [rdi+0x4]
    add eax,0x1
    add eax,DWORD PTR [rdi+0x8]
    ret

new:  ; frame 16 bytes, saves [%r3]
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    mov esi,0x100
    call Runtime(GcAllocate)
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov DWORD PTR [rax],0x100
    jmp mb3
mb3:
    mov QWORD PTR [rsp],rax
    mov DWORD PTR [rax+0x4],0x1
    mov DWORD PTR [rax+0x8],0x2
    xor edi,edi
    mov rbx,rax
    call Func(func0)
    ; references: [0]
    xor edi,edi
    call Func(func0)
    ; references: [0]
    mov rax,rbx
    add rsp,0x10
    pop rbx
    ret

fails:  ; frame 8 bytes, saves []
mb0:
    mov eax,DWORD PTR [rip+Heap]
    lea ecx,[rax+0x10]
    cmp ecx,DWORD PTR [rip+Heap+0x8]
    ja mb1
    jmp mb2
mb1:
    mov edi,0x10
    mov esi,0x300
    call Runtime(GcAllocate)
    mov eax,eax
    jmp mb3
mb2:
    mov DWORD PTR [rip+Heap],ecx
    mov DWORD PTR [rax],0x300
    jmp mb3
mb3:
    mov DWORD PTR [rax+0x4],0x1
    mov QWORD PTR [rax+0x8],0x2
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
    mov eax,DWORD PTR [rdi]  ; NullReference
    add eax,0xfffffe00
    xor ecx,ecx
    cmp eax,0x100
    setb cl
    mov rax,rcx
    jmp mb12
mb12:
    ret

one way:  ; frame 16 bytes, saves [%r3]
mb0:
    test esi,esi
    jne mb2
    jmp mb1
mb2:
    mov QWORD PTR [rsp],rdi
    test edi,edi
    je trap CastFailure
    test dil,0x1
    jne trap CastFailure
    mov eax,DWORD PTR [rdi]  ; NullReference
    add eax,0xffffff00
    cmp eax,0x200
    jae trap CastFailure
    mov eax,DWORD PTR [rdi+0x8]
    mov rbx,rdi
    mov rdi,rax
    call Func(func0)
    ; references: [0]
    mov rdi,rbx
    jmp mb3
mb3:
    test edi,edi
    je mb4
    jmp mb5
mb4:
    xor eax,eax
    jmp mb8
mb5:
    test dil,0x1
    jne mb6
    jmp mb7
mb6:
    xor eax,eax
    jmp mb8
mb7:
    mov eax,DWORD PTR [rdi]  ; NullReference
    add eax,0xffffff00
    xor ecx,ecx
    cmp eax,0x200
    setb cl
    mov rax,rcx
    jmp mb8
mb8:
    add rsp,0x10
    pop rbx
    ret

rounds:  ; frame 8 bytes, saves []
mb0:
    xor eax,eax
    mov rdx,rax
    mov rcx,rdi
    jmp mb1
mb1:
    test ecx,ecx
    je mb2
    jmp mb3
mb2:
    xor eax,eax
    jmp mb4
mb3:
    mov eax,DWORD PTR [rcx]  ; NullReference
    add eax,0xffffff00
    xor esi,esi
    cmp eax,0x200
    setb sil
    mov rax,rsi
    jmp mb4
mb4:
    lea edx,[rdx+rax*1]
    mov ecx,DWORD PTR [rip+Heap]
    lea eax,[rcx+0x10]
    cmp eax,DWORD PTR [rip+Heap+0x8]
    ja mb5
    jmp mb6
mb5:
    mov edi,0x10
    mov esi,0x300
    call Runtime(GcAllocate)
    mov ecx,eax
    jmp mb7
mb6:
    mov DWORD PTR [rip+Heap],eax
    mov DWORD PTR [rcx],0x300
    jmp mb7
mb7:
    mov DWORD PTR [rcx+0x4],0x1
    mov QWORD PTR [rcx+0x8],0x2
    cmp edx,0xa
    jb mb8
    jmp mb9
mb9:
    mov rax,rdx
    add rsp,0x8
    ret

cast [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    test edi,edi
    je trap NullReference
    call Func(func1)
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

new [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov rbx,rsi
    call Func(func5)
    mov QWORD PTR [rbx],rax
    pop rbx
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

one way [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rbx,rsi
    mov rsi,rax
    call Func(func8)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

rounds [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func9)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret
