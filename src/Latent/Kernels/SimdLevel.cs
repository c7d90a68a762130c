using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Kernels;

/// <summary>The widths that kernels exist in, narrowest first.</summary>
internal enum SimdLevel
{
    /// <summary>One double at a time, with <see cref="Math.FusedMultiplyAdd"/>.</summary>
    Scalar,

    /// <summary>Four doubles: AVX2 and FMA.</summary>
    Vector256,

    /// <summary>Eight doubles: AVX-512.</summary>
    Vector512,
}

/// <summary>The choice of the width, made once.</summary>
internal static class Simd
{
    /// <summary>The widest that this processor runs.</summary>
    public static SimdLevel Best { get; } =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported && Avx512DQ.IsSupported ? SimdLevel.Vector512
        : Avx2.IsSupported && Fma.IsSupported ? SimdLevel.Vector256
        : SimdLevel.Scalar;

    /// <summary>The width in use. Every width gives the same bits, so that a test may change it at any time.</summary>
    public static SimdLevel Level { get; set; } = Best;
}
