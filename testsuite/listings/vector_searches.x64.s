memcmp:  ; frame 0 bytes, saves []
mb0:
    test edx,edx
    jne mb1
    jmp mb26
mb2:
    mov rax,rdi
    mov r8,rdx
    mov rcx,rsi
    lea edx,[rdx-0x1]
    cmp edx,0x4
    jae mb4
    jmp mb3
mb4:
    mov r9,QWORD PTR [rip+Instance(mod0)+0x48]
    shr r9,0x10
    mov r9d,r9d
    shl r9,0x10
    lea r9,[r9-0x10]
    cmp r9,rdi
    jae mb6
    jmp mb5
mb6:
    cmp r9,rsi
    jae mb8
    jmp mb7
mb8:
    movzx r10d,BYTE PTR [rax+0x60000000]  ; MemoryOutOfBounds
    movzx r11d,BYTE PTR [rcx+0x60000000]  ; MemoryOutOfBounds
    cmp r10d,r11d
    jne mb9
    jmp mb10
mb10:
    mov r10,rdx
    jmp mb11
mb11:
    movups xmm0,XMMWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    movups xmm1,XMMWORD PTR [rsi+0x60000000]  ; MemoryOutOfBounds
    pcmpeqb xmm0,xmm1
    pmovmskb r11d,xmm0
    cmp r11d,0xffff
    je mb12
    jmp mb19
mb12:
    cmp r10,0x10
    jg mb14
    jmp mb13
mb13:
    xor esi,esi
    jmp mb20
mb14:
    lea r10,[r10-0x10]
    lea edi,[rdi+0x10]
    cmp r9,rdi
    jae mb16
    jmp mb15
mb15:
    mov rsi,r10
    jmp mb20
mb16:
    lea esi,[rsi+0x10]
    cmp r9,rsi
    jae mb17
    jmp mb18
mb18:
    mov rsi,r10
    jmp mb20
mb19:
    xor r11d,0xffff
    mov esi,0x20
    bsf edi,r11d
    cmove edi,esi
    mov rsi,r10
    sub rsi,rdi
    xor r9d,r9d
    cmp r10,rdi
    cmovg r9,rsi
    mov rsi,r9
    jmp mb20
mb20:
    sub rdx,rsi
    mov edx,edx
    lea eax,[rax+rdx*1]
    lea ecx,[rcx+rdx*1]
    sub r8d,edx
    jmp mb21
mb21:
    movzx edx,BYTE PTR [rax+0x60000000]  ; MemoryOutOfBounds
    movzx esi,BYTE PTR [rcx+0x60000000]  ; MemoryOutOfBounds
    cmp edx,esi
    jne mb24
    jmp mb22
mb22:
    lea eax,[rax+0x1]
    lea ecx,[rcx+0x1]
    add r8d,0xffffffff
    jne mb23
    jmp mb25
mb24:
    sub edx,esi
    mov rax,rdx
    ret
mb25:
    xor eax,eax
    ret
mb26:
    xor eax,eax
    ret

line:  ; frame 0 bytes, saves []
mb0:
    jmp mb1
mb1:
    mov rax,rdi
    mov rcx,rsi
    sub rcx,rdi
    cmp rcx,0x4
    jge mb3
    jmp mb2
mb3:
    mov rdx,QWORD PTR [rip+Instance(mod0)+0x48]
    shr rdx,0x10
    mov edx,edx
    shl rdx,0x10
    lea rdx,[rdx-0x10]
    cmp rdx,rdi
    jae mb5
    jmp mb4
mb5:
    cmp BYTE PTR [rax+0x60000000],0xa  ; MemoryOutOfBounds
    jne mb7
    jmp mb6
mb7:
    mov r8,rcx
    jmp mb8
mb8:
    movups xmm0,XMMWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    pcmpeqb xmm0,XMMWORD PTR [rip+const(0xa0a0a0a0a0a0a0a:0a0a0a0a0a0a0a0a)]
    pmovmskb r9d,xmm0
    test r9d,r9d
    jne mb14
    jmp mb9
mb9:
    cmp r8,0x10
    jg mb11
    jmp mb10
mb10:
    xor edx,edx
    jmp mb15
mb11:
    lea r8,[r8-0x10]
    lea edi,[rdi+0x10]
    cmp rdx,rdi
    jae mb12
    jmp mb13
mb13:
    mov rdx,r8
    jmp mb15
mb14:
    mov edx,0x20
    bsf edi,r9d
    cmove edi,edx
    mov rdx,r8
    sub rdx,rdi
    xor r9d,r9d
    cmp r8,rdi
    cmovg r9,rdx
    mov rdx,r9
    jmp mb15
mb15:
    sub rcx,rdx
    mov ecx,ecx
    add ecx,eax
    mov rax,rcx
    jmp mb16
mb16:
    cmp esi,eax
    ja mb18
    jmp mb17
mb18:
    cmp BYTE PTR [rax+0x60000000],0xa  ; MemoryOutOfBounds
    jne mb20
    jmp mb19
mb20:
    lea eax,[rax+0x1]
    jmp mb16
mb21:
    ret

spaces:  ; frame 0 bytes, saves []
mb0:
    jmp mb1
mb1:
    mov rax,rdi
    mov rcx,rsi
    sub rcx,rdi
    cmp rcx,0x4
    jge mb3
    jmp mb2
mb3:
    mov rdx,QWORD PTR [rip+Instance(mod0)+0x48]
    shr rdx,0x10
    mov edx,edx
    shl rdx,0x10
    lea rdx,[rdx-0x10]
    cmp rdx,rdi
    jae mb5
    jmp mb4
mb5:
    cmp BYTE PTR [rax+0x60000000],0x20  ; MemoryOutOfBounds
    je mb7
    jmp mb6
mb7:
    mov r8,rcx
    jmp mb8
mb8:
    movups xmm0,XMMWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    pcmpeqb xmm0,XMMWORD PTR [rip+const(0x2020202020202020:2020202020202020)]
    pmovmskb r9d,xmm0
    cmp r9d,0xffff
    je mb9
    jmp mb14
mb9:
    cmp r8,0x10
    jg mb11
    jmp mb10
mb10:
    xor edx,edx
    jmp mb15
mb11:
    lea r8,[r8-0x10]
    lea edi,[rdi+0x10]
    cmp rdx,rdi
    jae mb12
    jmp mb13
mb13:
    mov rdx,r8
    jmp mb15
mb14:
    xor r9d,0xffff
    mov edx,0x20
    bsf edi,r9d
    cmove edi,edx
    mov rdx,r8
    sub rdx,rdi
    xor r9d,r9d
    cmp r8,rdi
    cmovg r9,rdx
    mov rdx,r9
    jmp mb15
mb15:
    sub rcx,rdx
    mov ecx,ecx
    add ecx,eax
    mov rax,rcx
    jmp mb16
mb16:
    cmp esi,eax
    ja mb18
    jmp mb17
mb18:
    cmp BYTE PTR [rax+0x60000000],0x20  ; MemoryOutOfBounds
    je mb20
    jmp mb19
mb20:
    lea eax,[rax+0x1]
    jmp mb16
mb21:
    ret

memcmp [entry]:  ; frame 0 bytes, saves [%r3]
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov edx,DWORD PTR [rsi+0x10]
    mov rbx,rsi
    mov rsi,rax
    call Func(func0)
    mov QWORD PTR [rbx],rax
    pop rbx
    ret

line [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov r10,rsi
    mov rsi,rax
    call Func(func1)
    mov QWORD PTR [r10],rax
    add rsp,0x8
    ret

spaces [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov eax,DWORD PTR [rsi+0x8]
    mov r10,rsi
    mov rsi,rax
    call Func(func2)
    mov QWORD PTR [r10],rax
    add rsp,0x8
    ret
