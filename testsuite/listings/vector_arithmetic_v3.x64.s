shift_by:  ; frame 0 bytes, saves []
mb0:
    shlx rax,rdi,rsi
    ret

and_not:  ; frame 0 bytes, saves []
mb0:
    andn eax,esi,edi
    ret

lowest_one:  ; frame 0 bytes, saves []
mb0:
    blsr rdx,rdi
    xor eax,eax
    tzcnt rax,rdx
    ret

scalar:  ; frame 0 bytes, saves []
mb0:
    vcvttsd2si r8,xmm1
    movsxd rsi,r8d
    cmp rsi,r8
    mov esi,esi
    je .0
    xor esi,esi
    vxorps xmm9,xmm9,xmm9
    vucomisd xmm1,xmm9
    jp .0
    mov esi,0x80000000
    jb .0
    mov esi,0x7fffffff
    .0:
    vxorps xmm7,xmm7,xmm7
    vcvtsi2sd xmm5,xmm7,esi
    vaddsd xmm5,xmm0,xmm5
    vsqrtsd xmm0,xmm5,xmm5
    ret

minimum:  ; frame 0 bytes, saves []
mb0:
    vminps xmm3,xmm1,xmm0
    vminps xmm5,xmm0,xmm1
    vorps xmm7,xmm3,xmm5
    vcmpunordps xmm9,xmm7,xmm7
    vorps xmm11,xmm7,xmm9
    vpsrld xmm13,xmm9,0xa
    vandnps xmm0,xmm13,xmm11
    ret

pseudo_minimum:  ; frame 0 bytes, saves []
mb0:
    vminps xmm0,xmm1,xmm0
    ret

to_int:  ; frame 0 bytes, saves []
mb0:
    vmovaps xmm2,XMMWORD PTR [rip+const(0x4f0000004f000000:4f0000004f000000)]
    vcmpleps xmm4,xmm2,xmm0
    vcmpeqps xmm6,xmm0,xmm0
    vandps xmm8,xmm6,xmm0
    vcvttps2dq xmm10,xmm8
    vpxor xmm0,xmm10,xmm4
    ret

from_unsigned:  ; frame 0 bytes, saves []
mb0:
    vpblendw xmm2,xmm0,XMMWORD PTR [rip+const(0x4b0000004b000000:4b0000004b000000)],0xaa
    vpsrld xmm4,xmm0,0x10
    vpblendw xmm6,xmm4,XMMWORD PTR [rip+const(0x5300000053000000:5300000053000000)],0xaa
    vsubps xmm8,xmm6,XMMWORD PTR [rip+const(0x5300008053000080:5300008053000080)]
    vaddps xmm0,xmm8,xmm2
    ret

product:  ; frame 0 bytes, saves []
mb0:
    vpsrlq xmm3,xmm0,0x20
    vpmuludq xmm5,xmm3,xmm1
    vpsrlq xmm7,xmm1,0x20
    vpmuludq xmm9,xmm7,xmm0
    vpaddq xmm11,xmm5,xmm9
    vpsllq xmm13,xmm11,0x20
    vpmuludq xmm15,xmm0,xmm1
    vpaddq xmm0,xmm15,xmm13
    ret

shift_bytes:  ; frame 0 bytes, saves []
mb0:
    vpsrlw xmm2,xmm0,0x3
    vpand xmm4,xmm2,XMMWORD PTR [rip+const(0x1f1f1f1f1f1f1f1f:1f1f1f1f1f1f1f1f)]
    vmovaps xmm6,XMMWORD PTR [rip+const(0x1010101010101010:1010101010101010)]
    vpxor xmm8,xmm4,xmm6
    vpsubb xmm0,xmm8,xmm6
    ret

shift_quads:  ; frame 0 bytes, saves []
mb0:
    vpsrlq xmm2,xmm0,0xd
    vpsrad xmm4,xmm0,0xd
    vpblendw xmm0,xmm2,xmm4,0xcc
    ret

shift:  ; frame 0 bytes, saves []
mb0:
    and edi,0x1f
    vmovd xmm5,edi
    vpslld xmm0,xmm0,xmm5
    ret

count_bits:  ; frame 0 bytes, saves []
mb0:
    vmovaps xmm2,XMMWORD PTR [rip+const(0xf0f0f0f0f0f0f0f:0f0f0f0f0f0f0f0f)]
    vpand xmm4,xmm0,xmm2
    vpsrlw xmm6,xmm0,0x4
    vpand xmm8,xmm6,xmm2
    vmovaps xmm10,XMMWORD PTR [rip+const(0x403030203020201:0302020102010100)]
    vpshufb xmm12,xmm10,xmm4
    vpshufb xmm14,xmm10,xmm8
    vpaddb xmm0,xmm12,xmm14
    ret

pairs:  ; frame 0 bytes, saves []
mb0:
    vpmaddubsw xmm0,xmm0,XMMWORD PTR [rip+const(0x101010101010101:0101010101010101)]
    ret

high_products:  ; frame 0 bytes, saves []
mb0:
    vpmullw xmm3,xmm0,xmm1
    vpmulhw xmm5,xmm0,xmm1
    vpunpckhwd xmm0,xmm3,xmm5
    ret

last_lane:  ; frame 0 bytes, saves []
mb0:
    vpshufd xmm0,xmm0,0xff
    ret

first_lane:  ; frame 0 bytes, saves []
mb0:
    vaddsd xmm0,xmm0,xmm1
    ret

multiply_add:  ; frame 0 bytes, saves []
mb0:
    vmovaps xmm5,xmm0
    vmovaps xmm0,xmm2
    vfmadd231ps xmm0,xmm5,xmm1
    ret

shift_by [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    mov r9,rsi
    mov rsi,QWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func0)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

and_not [entry]:  ; frame 8 bytes, saves []
mb0:
    mov edi,DWORD PTR [rsi]
    mov r9,rsi
    mov esi,DWORD PTR [r9+0x8]
    mov r8,r9
    call Func(func1)
    mov rsi,r8
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

lowest_one [entry]:  ; frame 8 bytes, saves []
mb0:
    mov rdi,QWORD PTR [rsi]
    call Func(func2)
    mov QWORD PTR [rsi],rax
    add rsp,0x8
    ret

scalar [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovsd xmm0,QWORD PTR [rsi]
    vmovsd xmm1,QWORD PTR [rsi+0x8]
    mov rdi,rsi
    call Func(func3)
    mov rsi,rdi
    vmovsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

minimum [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func4)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pseudo_minimum [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func5)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

to_int [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func6)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

from_unsigned [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func7)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

product [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func8)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift_bytes [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func9)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift_quads [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func10)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

shift [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    mov edi,DWORD PTR [rsi+0x10]
    call Func(func11)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

count_bits [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func12)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

pairs [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func13)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

high_products [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovups xmm1,XMMWORD PTR [rsi+0x10]
    call Func(func14)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

last_lane [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    call Func(func15)
    vmovd edi,xmm0
    mov QWORD PTR [rsi],rdi
    add rsp,0x8
    ret

first_lane [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovsd xmm1,QWORD PTR [rsi+0x10]
    call Func(func16)
    vmovsd QWORD PTR [rsi],xmm0
    add rsp,0x8
    ret

multiply_add [entry]:  ; frame 8 bytes, saves []
mb0:
    vmovups xmm0,XMMWORD PTR [rsi]
    vmovups xmm1,XMMWORD PTR [rsi+0x10]
    vmovups xmm2,XMMWORD PTR [rsi+0x20]
    call Func(func17)
    vmovups XMMWORD PTR [rsi],xmm0
    add rsp,0x8
    ret
