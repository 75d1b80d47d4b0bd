load8:  ; frame 0 bytes, saves []
mb0:
    movsx eax,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

load16:  ; frame 0 bytes, saves []
mb0:
    movzx eax,WORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

extend8:  ; frame 0 bytes, saves []
mb0:
    movsx eax,dil
    ret

compare:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    cmp edi,esi
    setl al
    ret

compare_float:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    ucomisd xmm0,xmm1
    setnp al
    mov ecx,0x0
    cmovne eax,ecx
    ret

sum:  ; frame 0 bytes, saves []
mb0:
    movzx eax,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    movsx ecx,WORD PTR [rsi+0x60000002]  ; MemoryOutOfBounds
    add eax,ecx
    ret

load8 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

load16 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

extend8 [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

compare [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func3)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

compare_float [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x8]
    call Func(func4)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

sum [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rdx,rsi
    mov rsi,rax
    call Func(func5)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret
