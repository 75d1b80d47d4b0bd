switch:  ; frame 0 bytes, saves []
mb0:
    cmp edi,0x0
    je mb3
    cmp edi,0x1
    je mb1
    cmp edi,0x2
    je mb2
    cmp edi,0x3
    je mb3
    jmp mb4
mb1:
    mov eax,0xc8
    ret
mb2:
    mov eax,0x12c
    ret
mb3:
    mov eax,0x64
    ret
mb4:
    mov eax,0xffffffff
    ret

two:  ; frame 0 bytes, saves []
mb0:
    cmp edi,0x0
    je mb1
    jmp mb2
mb1:
    mov eax,0x1
    ret
mb2:
    mov eax,0x2
    ret

default_only:  ; frame 0 bytes, saves []
mb0:
    mov eax,0x5
    ret

value:  ; frame 0 bytes, saves []
mb0:
    cmp edi,0x0
    je mb3
    cmp edi,0x1
    je mb1
    jmp mb2
mb3:
    lea rsi,[rsi+0x1]
    jmp mb4
mb4:
    lea rsi,[rsi+rsi*2]
    jmp mb5
mb5:
    mov rax,rsi
    ret

switch [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

two [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

default_only [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

value [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func3)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret
