minimum:  ; frame 0 bytes, saves []
mb0:
    movaps xmm7,xmm1
    minps xmm7,xmm0
    minps xmm0,xmm1
    orps xmm7,xmm0
    movaps xmm0,xmm7
    cmpunordps xmm0,xmm7
    orps xmm7,xmm0
    psrld xmm0,0xa
    andnps xmm0,xmm7
    ret

pseudo_minimum:  ; frame 0 bytes, saves []
mb0:
    movaps xmm4,xmm0
    movaps xmm0,xmm1
    minps xmm0,xmm4
    ret

to_int:  ; frame 0 bytes, saves []
mb0:
    movaps xmm3,XMMWORD PTR [rip+const(0x4f0000004f000000:4f0000004f000000)]
    cmpleps xmm3,xmm0
    movaps xmm7,xmm0
    cmpeqps xmm7,xmm0
    andps xmm7,xmm0
    cvttps2dq xmm0,xmm7
    pxor xmm0,xmm3
    ret

from_unsigned:  ; frame 0 bytes, saves []
mb0:
    movaps xmm2,xmm0
    pblendw xmm2,XMMWORD PTR [rip+const(0x4b0000004b000000:4b0000004b000000)],0xaa
    psrld xmm0,0x10
    pblendw xmm0,XMMWORD PTR [rip+const(0x5300000053000000:5300000053000000)],0xaa
    subps xmm0,XMMWORD PTR [rip+const(0x5300008053000080:5300008053000080)]
    addps xmm0,xmm2
    ret

product:  ; frame 0 bytes, saves []
mb0:
    movaps xmm8,xmm0
    psrlq xmm8,0x20
    pmuludq xmm8,xmm1
    movaps xmm9,xmm1
    psrlq xmm9,0x20
    pmuludq xmm9,xmm0
    paddq xmm8,xmm9
    psllq xmm8,0x20
    pmuludq xmm0,xmm1
    paddq xmm0,xmm8
    ret

shift_bytes:  ; frame 0 bytes, saves []
mb0:
    psrlw xmm0,0x3
    pand xmm0,XMMWORD PTR [rip+const(0x1f1f1f1f1f1f1f1f:1f1f1f1f1f1f1f1f)]
    movaps xmm6,XMMWORD PTR [rip+const(0x1010101010101010:1010101010101010)]
    pxor xmm0,xmm6
    psubb xmm0,xmm6
    ret

shift_quads:  ; frame 0 bytes, saves []
mb0:
    movaps xmm4,xmm0
    psrlq xmm4,0xd
    psrad xmm0,0xd
    movaps xmm9,xmm0
    movaps xmm0,xmm4
    pblendw xmm0,xmm9,0xcc
    ret

shift:  ; frame 0 bytes, saves []
mb0:
    and edi,0x1f
    movd xmm5,edi
    pslld xmm0,xmm5
    ret

count_bits:  ; frame 0 bytes, saves []
mb0:
    movaps xmm2,XMMWORD PTR [rip+const(0xf0f0f0f0f0f0f0f:0f0f0f0f0f0f0f0f)]
    movaps xmm4,xmm0
    pand xmm4,xmm2
    psrlw xmm0,0x4
    pand xmm0,xmm2
    movaps xmm1,xmm0
    movaps xmm12,XMMWORD PTR [rip+const(0x403030203020201:0302020102010100)]
    movaps xmm0,xmm12
    pshufb xmm0,xmm4
    pshufb xmm12,xmm1
    paddb xmm0,xmm12
    ret

pairs:  ; frame 0 bytes, saves []
mb0:
    pmaddubsw xmm0,XMMWORD PTR [rip+const(0x101010101010101:0101010101010101)]
    ret

high_products:  ; frame 0 bytes, saves []
mb0:
    movaps xmm5,xmm0
    pmullw xmm5,xmm1
    pmulhw xmm0,xmm1
    movaps xmm10,xmm0
    movaps xmm0,xmm5
    punpckhwd xmm0,xmm10
    ret

last_lane:  ; frame 0 bytes, saves []
mb0:
    pshufd xmm0,xmm0,0xff
    ret

first_lane:  ; frame 0 bytes, saves []
mb0:
    addsd xmm0,xmm1
    ret

multiply_add:  ; frame 0 bytes, saves []
mb0:
    mulps xmm0,xmm1
    addps xmm0,xmm2
    ret

minimum [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func0)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pseudo_minimum [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func1)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

to_int [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func2)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

from_unsigned [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func3)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

product [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func4)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift_bytes [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func5)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift_quads [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func6)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    mov edi,DWORD PTR [rsi+0x10]
    call Func(func7)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

count_bits [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func8)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pairs [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func9)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

high_products [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func10)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

last_lane [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    call Func(func11)
    movd edi,xmm0
    mov QWORD PTR [rsi],rdi
    add rsp,0x8
    ret

first_lane [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movsd xmm1,QWORD PTR [rsi+0x10]
    call Func(func12)
    movsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

multiply_add [entry]:  ; frame 8 bytes, saves []
mb0:
    movups xmm0,XMMWORD PTR [rsi]
    movups xmm1,XMMWORD PTR [rsi+0x10]
    movups xmm2,XMMWORD PTR [rsi+0x20]
    call Func(func13)
    movups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
