widen:  ; frame 8 bytes, saves []
mb0:
    mov rdi,r15
    call Func(func0)
    mov eax,eax
    add rsp,0x8
    ret

address:  ; frame 8 bytes, saves []
mb0:
    mov rdi,r15
    call Func(func0)
    mov eax,eax
    mov eax,DWORD PTR [r14+rax*1]  ; MemoryOutOfBounds
    add rsp,0x8
    ret

widen [entry]:  ; frame 0 bytes, saves [%r3 %r14 %r15]
mb0:
    mov r15,rdi
    mov r14,QWORD PTR [r15+0x8]
    mov r14,QWORD PTR [r14]
    mov rbx,rsi
    call Func(func1)
    mov QWORD PTR [rbx],rax
    pop r15
    pop r14
    pop rbx
    ret

widen [export]:  ; frame 24 bytes, saves [%r14 %r15]
mb0:
    mov r15,rdi
    mov r14,QWORD PTR [r15+0x8]
    mov r14,QWORD PTR [r14]
    lea rsi,[rip+Func(func3)]
    lea rdx,[rsp]
    call Runtime(Call)
    mov rax,QWORD PTR [rsp]
    add rsp,0x18
    pop r15
    pop r14
    ret

address [entry]:  ; frame 0 bytes, saves [%r3 %r14 %r15]
mb0:
    mov r15,rdi
    mov r14,QWORD PTR [r15+0x8]
    mov r14,QWORD PTR [r14]
    mov rbx,rsi
    call Func(func2)
    mov QWORD PTR [rbx],rax
    pop r15
    pop r14
    pop rbx
    ret

address [export]:  ; frame 24 bytes, saves [%r14 %r15]
mb0:
    mov r15,rdi
    mov r14,QWORD PTR [r15+0x8]
    mov r14,QWORD PTR [r14]
    lea rsi,[rip+Func(func5)]
    lea rdx,[rsp]
    call Runtime(Call)
    mov eax,DWORD PTR [rsp]
    add rsp,0x18
    pop r15
    pop r14
    ret
