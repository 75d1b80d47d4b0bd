widen:  ; frame 0 bytes, saves []
mb0:
    mov eax,edi
    ret

address:  ; frame 0 bytes, saves []
mb0:
    mov edx,edi
    mov eax,DWORD PTR [rdx+0x60000010]  ; MemoryOutOfBounds
    ret

stored:  ; frame 0 bytes, saves []
mb0:
    mov DWORD PTR [rdi+0x60000000],esi  ; MemoryOutOfBounds
    ret

added:  ; frame 0 bytes, saves []
mb0:
    mov eax,edi
    mov esi,esi
    add eax,esi
    ret

widen [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func0)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

address [entry]:  ; frame 0 bytes, saves [%r5]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rbp,rsi
    call Func(func1)
    mov rsi,rbp
    mov QWORD PTR [rsi],rax
    pop rbp
    ret

stored [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rsi,QWORD PTR [rsi+0x8]
    call Func(func2)
    add rsp,0x8
    ret

added [entry]:  ; frame 0 bytes, saves [%r12]
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r9,rsi
    mov rsi,QWORD PTR [r9+0x8]
    mov r12,r9
    call Func(func3)
    mov rsi,r12
    mov QWORD PTR [rsi],rax
    pop r12
    ret
