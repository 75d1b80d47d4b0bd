plain:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

offset:  ; frame 0 bytes, saves []
mb0:
    mov rax,QWORD PTR [rdi+0x60001000]  ; MemoryOutOfBounds
    ret

huge_offset:  ; frame 0 bytes, saves []
mb0:
    movabs rax,0x15ffffff0
    mov eax,DWORD PTR [rax+rdi*1]  ; MemoryOutOfBounds
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    movsd xmm0,QWORD PTR ds:0x60000408  ; MemoryOutOfBounds
    ret

sum_wraps:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR gs:[edi+esi*1]  ; MemoryOutOfBounds
    ret

shift_wraps:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR gs:[edi*4]  ; MemoryOutOfBounds
    ret

masked_shift:  ; frame 0 bytes, saves []
mb0:
    movzx eax,di
    mov eax,DWORD PTR gs:[eax*4]  ; MemoryOutOfBounds
    ret

below:  ; frame 0 bytes, saves []
mb0:
    mov eax,DWORD PTR gs:[edi-0x8]  ; MemoryOutOfBounds
    ret

store_constant:  ; frame 0 bytes, saves []
mb0:
    mov DWORD PTR [rdi+0x6000000c],0xffffffff  ; MemoryOutOfBounds
    movabs rax,0x123456789a
    mov QWORD PTR [rdi+0x60000010],rax  ; MemoryOutOfBounds
    mov BYTE PTR [rdi+0x60000000],0x7  ; MemoryOutOfBounds
    ret

update:  ; frame 0 bytes, saves []
mb0:
    add DWORD PTR [rdi+0x60000000],esi  ; MemoryOutOfBounds
    ret

operand:  ; frame 0 bytes, saves []
mb0:
    xor rsi,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    mov rax,rsi
    ret

plain [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func0)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

offset [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

huge_offset [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

constant [entry]:  ; frame 8 bytes, saves []
mb0:
    call Func(func3)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

sum_wraps [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func4)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

shift_wraps [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func5)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

masked_shift [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func6)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret

below [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func7)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

store_constant [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func8)
    add rsp,0x8
    ret

update [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov esi,DWORD PTR [rsi+0x8]
    call Func(func9)
    add rsp,0x8
    ret

operand [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov rax,QWORD PTR [rsi+0x8]
    mov rcx,rsi
    mov rsi,rax
    call Func(func10)
    mov QWORD PTR [rcx],rax
    add rsp,0x8
    ret
