add:  ; frame 0 bytes, saves []
mb0:
    vpaddd xmm0,xmm0,XMMWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

extend:  ; frame 0 bytes, saves []
mb0:
    vpmovzxbw xmm0,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

extend_signed:  ; frame 0 bytes, saves []
mb0:
    vpmovsxdq xmm0,QWORD PTR [rdi+0x60000008]  ; MemoryOutOfBounds
    ret

promote:  ; frame 0 bytes, saves []
mb0:
    vcvtps2pd xmm0,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

zero:  ; frame 0 bytes, saves []
mb0:
    vmovss xmm0,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

splat_double:  ; frame 0 bytes, saves []
mb0:
    vpbroadcastq xmm0,QWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

splat_single:  ; frame 0 bytes, saves []
mb0:
    vpbroadcastd xmm0,DWORD PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

splat_byte:  ; frame 0 bytes, saves []
mb0:
    vpbroadcastb xmm0,BYTE PTR [rdi+0x60000000]  ; MemoryOutOfBounds
    ret

lane_in:  ; frame 0 bytes, saves []
mb0:
    vpinsrw xmm0,xmm0,WORD PTR [rdi+0x60000000],0x5  ; MemoryOutOfBounds
    ret

lane_out:  ; frame 0 bytes, saves []
mb0:
    vpextrb BYTE PTR [rdi+0x60000000],xmm0,0x5  ; MemoryOutOfBounds
    ret

high_half_out:  ; frame 0 bytes, saves []
mb0:
    vmovhps QWORD PTR [rdi+0x60000000],xmm0  ; MemoryOutOfBounds
    ret

low_out:  ; frame 0 bytes, saves []
mb0:
    vmovss DWORD PTR [rdi+0x60000000],xmm0  ; MemoryOutOfBounds
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    vpaddd xmm0,xmm0,XMMWORD PTR [rip+const(0x400000003:0000000200000001)]
    ret

negate:  ; frame 0 bytes, saves []
mb0:
    vpcmpeqd xmm1,xmm1,xmm1
    vpxor xmm0,xmm1,xmm0
    vxorps xmm1,xmm1,xmm1
    vpsubw xmm0,xmm1,xmm0
    ret

add [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    vmovups xmm0,XMMWORD PTR [rsi+0x8]
    call Func(func0)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

extend [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func1)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

extend_signed [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func2)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

promote [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func3)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

zero [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func4)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

splat_double [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func5)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

splat_single [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func6)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

splat_byte [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    call Func(func7)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

lane_in [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    vmovups xmm0,XMMWORD PTR [rsi+0x8]
    call Func(func8)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

lane_out [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    vmovups xmm0,XMMWORD PTR [rsi+0x8]
    call Func(func9)
    add rsp,0x8
    ret

high_half_out [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    vmovups xmm0,XMMWORD PTR [rsi+0x8]
    call Func(func10)
    add rsp,0x8
    ret

low_out [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    vmovups xmm0,XMMWORD PTR [rsi+0x8]
    call Func(func11)
    add rsp,0x8
    ret

constant [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func12)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

negate [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func13)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
