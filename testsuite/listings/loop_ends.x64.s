sum:  ; frame 0 bytes, saves []
mb0:
    xor eax,eax
    xor esi,esi
    jmp mb1
mb1:
    mov r8,QWORD PTR [rsi+0x60000400]  ; MemoryOutOfBounds
    lea rax,[rax+r8*1]
    lea esi,[rsi+0x8]
    cmp esi,0x320
    jne mb2
    jmp mb3
mb3:
    ret

sum [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,rsi
    call Func(func0)
    mov rsi,rdi
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret
