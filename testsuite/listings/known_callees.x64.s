tick:  ; frame 0 bytes, saves []
mb0:
    add DWORD PTR [rip+Instance(mod0)+0x40],0x1
    lea eax,[rdi+rdi*2]
    ret

loads:  ; frame 0 bytes, saves []
mb0:
    mov esi,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov r10d,DWORD PTR [rip+Instance(mod0)+0x40]
    lea r8d,[rsi+r10*1]
    lea r10d,[r10+0x1]
    mov DWORD PTR [rip+Instance(mod0)+0x40],r10d
    lea r9d,[rdi+rdi*2]
    lea r11d,[rsi+r10*1]
    lea r10d,[r9+r11*1]
    lea eax,[r8+r10*1]
    ret

loop:  ; frame 0 bytes, saves []
mb0:
    mov edx,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    xor esi,esi
    jmp mb1
mb1:
    lea esi,[rdx+rsi*1]
    add DWORD PTR [rip+Instance(mod0)+0x40],0x1
    lea r9d,[rsi+rsi*2]
    test r9d,r9d
    jne mb2
    jmp mb3
mb3:
    lea eax,[rdx+rsi*1]
    ret

asks:  ; frame 8 bytes, saves []
mb0:
    cmp edi,DWORD PTR [rip+Instance(mod0)+0x70]
    jae trap TableOutOfBounds
    mov rsi,QWORD PTR [rip+Instance(mod0)+0x68]
    mov rsi,QWORD PTR [rsi+rdi*8]
    cmp QWORD PTR [rsi+0x10],0x2  ; IndirectCallToNull
    jne trap BadSignature
    call QWORD PTR [rsi]
    add rsp,0x8
    ret

asks:  ; frame 0 bytes, saves [%r5]
mb0:
    mov esi,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov rbp,rdi
    call Func(func3)
    mov eax,DWORD PTR [rbp+0x60000000]  ; MemoryOutOfBounds
    pop rbp
    ret

even:  ; frame 8 bytes, saves []
mb0:
    test edi,edi
    jne mb1
    jmp mb2
mb1:
    mov r9d,DWORD PTR ds:0x60000008  ; MemoryOutOfBounds
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

same:  ; frame 8 bytes, saves [%r12 %r13]
mb0:
    mov r12,rdi
    mov edi,0x5
    mov esi,0x8
    call Func(func7)
    mov r13,rax
    mov esi,0x8
    mov rdi,r12
    call Func(func7)
    mov rcx,rax
    mov rax,r13
    add eax,ecx
    add rsp,0x8
    pop r13
    pop r12
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
    mov rcx,rsi
    call Func(func1)
    mov rsi,rcx
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

loop [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r8,rsi
    call Func(func2)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

asks [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func4)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

even [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func5)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

same [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func8)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

handlers [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func10)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

caught [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov edi,DWORD PTR [rsi]
    mov rbp,rsi
    call Func(func11)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret
