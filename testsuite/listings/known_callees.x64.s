tick:  ; frame 0 bytes, saves []
mb0:
    add DWORD PTR [rip+Instance(mod0)+0x40],0x1
    lea eax,[rdi+rdi*2]
    ret

loads:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov ecx,DWORD PTR [rip+Instance(mod0)+0x40]
    lea edx,[rax+rcx*1]
    lea ecx,[rcx+0x1]
    mov DWORD PTR [rip+Instance(mod0)+0x40],ecx
    lea esi,[rdi+rdi*2]
    lea eax,[rax+rcx*1]
    lea eax,[rsi+rax*1]
    lea eax,[rdx+rax*1]
    ret

loop:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    xor ecx,ecx
    jmp mb1
mb1:
    lea ecx,[rax+rcx*1]
    add DWORD PTR [rip+Instance(mod0)+0x40],0x1
    lea edx,[rcx+rcx*2]
    test edx,edx
    jne mb2
    jmp mb3
mb3:
    lea eax,[rax+rcx*1]
    ret

asks:  ; frame 8 bytes, saves []
mb0:
    cmp edi,DWORD PTR [rip+Instance(mod0)+0x70]
    jae trap TableOutOfBounds
    mov rax,QWORD PTR [rip+Instance(mod0)+0x68]
    mov rax,QWORD PTR [rax+rdi*8]
    cmp QWORD PTR [rax+0x10],0x2  ; IndirectCallToNull
    jne trap BadSignature
    call QWORD PTR [rax]
    add rsp,0x8
    ret

asks:  ; frame 0 bytes, saves [%r3]
mb0:
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov rbx,rdi
    call Func(func3)
    mov eax,DWORD PTR [rbx+0x60000000]  ; MemoryOutOfBounds
    pop rbx
    ret

even:  ; frame 8 bytes, saves []
mb0:
    test edi,edi
    jne mb1
    jmp mb2
mb1:
    mov eax,DWORD PTR ds:0x60000008  ; MemoryOutOfBounds
    lea edi,[rdi-0x1]
    call Func(func6)
    add eax,DWORD PTR ds:0x60000008  ; MemoryOutOfBounds
    jmp mb3
mb2:
    mov eax,DWORD PTR ds:0x60000008  ; MemoryOutOfBounds
    jmp mb3
mb3:
    add rsp,0x8
    ret

odd:  ; frame 8 bytes, saves []
mb0:
    test edi,edi
    jne mb1
    jmp mb2
mb1:
    lea edi,[rdi-0x1]
    call Func(func5)
    jmp mb3
mb2:
    xor eax,eax
    jmp mb3
mb3:
    add rsp,0x8
    ret

scaled:  ; frame 8 bytes, saves []
mb0:
    test edi,edi
    jne mb1
    jmp mb2
mb1:
    lea eax,[rdi*8]
    add rsp,0x8
    ret
mb2:
    mov edi,DWORD PTR ds:0x60000000  ; MemoryOutOfBounds
    mov esi,0x8
    call Func(func7)
    add rsp,0x8
    ret

same:  ; frame 8 bytes, saves [%r3 %r5]
mb0:
    mov eax,0x5
    mov esi,0x8
    mov rbx,rdi
    mov rdi,rax
    call Func(func7)
    mov esi,0x8
    mov rdi,rbx
    mov rbp,rax
    call Func(func7)
    add ebp,eax
    mov rax,rbp
    add rsp,0x8
    pop rbp
    pop rbx
    ret

throws:  ; frame 8 bytes, saves []
mb0:
    test edi,edi
    jne mb2
    jmp mb1
mb1:
    add rsp,0x8
    ret
mb2:
    xor edi,edi
    xor esi,esi
    xor edx,edx
    call Runtime(Throw)
    ud2  ; Unreachable

handlers:  ; frame 8 bytes, saves []
mb0:
    call Func(func0)
    add rsp,0x8
    ret

caught:  ; frame 8 bytes, saves []
mb0:
    call Func(func9)
    ; catches: tag0 -> mb2
    jmp mb1
mb1:
    mov eax,0x5
    add rsp,0x8
    ret
mb2:
    mov eax,0x7
    add rsp,0x8
    ret

loads [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func1)
    mov QWORD PTR [r8],rax
    add rsp,0x8
    ret

loop [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

asks [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbx,rsi
    call Func(func4)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

even [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbx,rsi
    call Func(func5)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

same [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbx,rsi
    call Func(func8)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

handlers [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func10)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

caught [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbx,rsi
    call Func(func11)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret
