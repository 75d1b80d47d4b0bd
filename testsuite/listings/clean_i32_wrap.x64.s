widen:  ; frame 0 bytes, saves []
mb0:
    mov eax,edi
    ret

address:  ; frame 0 bytes, saves []
mb0:
    mov eax,edi
    mov eax,DWORD PTR [rax+0x60000010]  ; MemoryOutOfBounds
    ret

stored:  ; frame 0 bytes, saves []
mb0:
    mov DWORD PTR [rdi+0x60000000],esi  ; MemoryOutOfBounds
    ret

added:  ; frame 0 bytes, saves []
mb0:
    mov eax,edi
    mov ecx,esi
    add eax,ecx
    ret

widen [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

address [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

stored [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rsi,QWORD PTR [rsi+0x8]
    call Func(func2)
    add rsp,0x8
    ret

added [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rdx,rsi
    mov rsi,rax
    call Func(func3)
    mov QWORD PTR [rdx],rax
    add rsp,0x8
    ret
