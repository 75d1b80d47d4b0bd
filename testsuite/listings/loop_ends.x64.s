sum:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    xor ecx,ecx
    jmp mb1
mb1:
    mov rdx,QWORD PTR [rcx+0x60000400]  ; MemoryOutOfBounds
    lea rax,[rax+rdx*1]
    lea ecx,[rcx+0x8]
    cmp ecx,0x320
    jne mb2
    jmp mb3
mb3:
    ret

sum [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
