less:  ; frame 0 bytes, saves []
mb0:
    cmp edi,esi
    jb mb1
    jmp mb2
mb1:
    mov eax,0xa
    jmp mb3
mb2:
    imul edi,esi
    mov rax,rdi
    jmp mb3
mb3:
    ret

zero:  ; frame 0 bytes, saves []
mb0:
    test rdi,rdi
    je mb1
    jmp mb2
mb1:
    mov rax,0xffffffffffffffff
    ret
mb2:
    mov eax,0x64
    xor edx,edx
    div rdi  ; IntegerDivisionByZero
    ret

float:  ; frame 0 bytes, saves []
mb0:
    ucomisd xmm1,xmm0
    ja mb1
    jmp mb2
mb1:
    subsd xmm1,xmm0
    jmp mb3
mb2:
    mulsd xmm0,xmm0
    movaps xmm1,xmm0
    jmp mb3
mb3:
    movaps xmm0,xmm1
    ret

float_equal:  ; frame 0 bytes, saves []
mb0:
    ucomiss xmm0,xmm1
    jne mb2
    jnp mb1
    jmp mb2
mb1:
    mov eax,0x3
    jmp mb3
mb2:
    mov eax,DWORD PTR ds:0x60000008  ; MemoryOutOfBounds
    jmp mb3
mb3:
    ret

bit:  ; frame 0 bytes, saves []
mb0:
    test dil,0x10
    jne mb1
    jmp mb2
mb1:
    mov eax,DWORD PTR ds:0x60000000  ; MemoryOutOfBounds
    jmp mb3
mb2:
    mov eax,0x2
    jmp mb3
mb3:
    ret

choose:  ; frame 0 bytes, saves []
mb0:
    cmp edi,0x7
    cmovg rdx,rsi
    mov rax,rdx
    ret

choose_float:  ; frame 0 bytes, saves []
mb0:
    test edi,edi
    je .0
    movaps xmm1,xmm0
    .0:
    movaps xmm0,xmm1
    ret

loop:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    jmp mb1
mb1:
    movzx ecx,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    lea rax,[rax+rcx*1]
    add edi,0xffffffff
    jne mb2
    jmp mb3
mb3:
    ret

less [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

zero [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

float [entry]:  ; frame 8 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x8]
    call Func(func2)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

float_equal [entry]:  ; frame 8 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rsi]
    movss xmm1,DWORD PTR [rsi+0x8]
    call Func(func3)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

bit [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func4)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

choose [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov rcx,rsi
    mov rsi,rax
    call Func(func5)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

choose_float [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    movsd xmm0,QWORD PTR [rsi+0x8]
    movsd xmm1,QWORD PTR [rsi+0x10]
    call Func(func6)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

loop [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func7)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
