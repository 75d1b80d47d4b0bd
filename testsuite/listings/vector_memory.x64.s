add:  ; frame 0 bytes, saves []
mb0:
    movups xmm1,XMMWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    paddd xmm0,xmm1
    ret

extend:  ; frame 0 bytes, saves []
mb0:
    pmovzxbw xmm0,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

extend_signed:  ; frame 0 bytes, saves []
mb0:
    pmovsxdq xmm0,QWORD PTR [rdi+0x60000008]  ; MemoryOutOfBounds
    ret

promote:  ; frame 0 bytes, saves []
mb0:
    cvtps2pd xmm0,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

zero:  ; frame 0 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

splat_double:  ; frame 0 bytes, saves []
mb0:
    movddup xmm0,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

splat_single:  ; frame 0 bytes, saves []
mb0:
    movss xmm0,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    shufps xmm0,xmm0,0x0
    ret

splat_byte:  ; frame 0 bytes, saves []
mb0:
    xorps xmm0,xmm0
    xorps xmm1,xmm1
    pinsrb xmm1,BYTE PTR [rdi+0x60000000],0x0  ; MemoryOutOfBounds
    pshufb xmm1,xmm0
    movaps xmm0,xmm1
    ret

lane_in:  ; frame 0 bytes, saves []
mb0:
    pinsrw xmm0,WORD PTR [rdi+0x60000000],0x5  ; MemoryOutOfBounds
    ret

lane_out:  ; frame 0 bytes, saves []
mb0:
    pextrb BYTE PTR [rdi+0x60000000],xmm0,0x5  ; MemoryOutOfBounds
    ret

high_half_out:  ; frame 0 bytes, saves []
mb0:
    movhps QWORD PTR [rdi+0x60000000],xmm0  ; MemoryOutOfBounds
    ret

low_out:  ; frame 0 bytes, saves []
mb0:
    movss DWORD PTR [rdi+0x60000000],xmm0  ; MemoryOutOfBounds
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    paddd xmm0,XMMWORD PTR [rip+const(0x400000003:0000000200000001)]
    ret

negate:  ; frame 0 bytes, saves []
mb0:
    pcmpeqd xmm1,xmm1
    pxor xmm1,xmm0
    xorps xmm0,xmm0
    psubw xmm0,xmm1
    ret

add [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    movups xmm0,XMMWORD PTR [rsi+0x8]
    call Func(func0)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

extend [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

extend_signed [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

promote [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func3)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

zero [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func4)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

splat_double [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func5)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

splat_single [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func6)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

splat_byte [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func7)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

lane_in [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    movups xmm0,XMMWORD PTR [rsi+0x8]
    call Func(func8)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

lane_out [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    movups xmm0,XMMWORD PTR [rsi+0x8]
    call Func(func9)
    add rsp,0x8
    ret

high_half_out [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    movups xmm0,XMMWORD PTR [rsi+0x8]
    call Func(func10)
    add rsp,0x8
    ret

low_out [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    movups xmm0,XMMWORD PTR [rsi+0x8]
    call Func(func11)
    add rsp,0x8
    ret

constant [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func12)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

negate [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func13)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
