product:  ; frame 0 bytes, saves []
mb0:
    mov rdx,rdi
    mulx rdx,rax,rsi
    ret

row:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    mov rcx,rdx
    jmp mb1
mb1:
    mov r8,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov rdx,rcx
    mulx r8,r9,r8
    add rax,r9
    adc r8,0x0
    mov QWORD PTR [rdi+0x60000000],rax  ; MemoryOutOfBounds
    lea edi,[rdi+0x8]
    cmp esi,edi
    mov rax,r8
    jne mb2
    jmp mb3
mb3:
    mov rax,r8
    ret

signed:  ; frame 0 bytes, saves []
mb0:
    mov rax,rdi
    imul rsi
    ret

low:  ; frame 0 bytes, saves []
mb0:
    imul rdi,rsi
    mov rax,rdi
    ret

product [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [rcx],rax
    mov QWORD PTR [rcx+0x8],rdx
    add rsp,0x8
    ret

row [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rdx,QWORD PTR [rsi+0x10]
    mov r10,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [r10],rax
    add rsp,0x8
    ret

signed [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [rcx],rax
    mov QWORD PTR [rcx+0x8],rdx
    add rsp,0x8
    ret

low [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func3)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret
