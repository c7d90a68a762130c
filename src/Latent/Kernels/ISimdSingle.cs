namespace Latent.Kernels;

/// <summary>
/// The float32 instructions that the screening kernels are written with, once for every register width, as
/// <see cref="ISimd{TSelf, V}"/> is for float64. Every operation is correctly rounded per lane, so that all widths give
/// the same bits.
/// </summary>
/// <typeparam name="TSelf">The width: <see cref="SimdSingle512"/>, <see cref="SimdSingle256"/> or <see cref="SimdSingleScalar"/>.</typeparam>
/// <typeparam name="V">The register: that many floats.</typeparam>
internal unsafe interface ISimdSingle<TSelf, V>
    where TSelf : struct, ISimdSingle<TSelf, V>
    where V : struct
{
    /// <summary>Floats in a register: 16, 8 or 1. A constant to the compiler.</summary>
    static abstract int Count { get; }

    static abstract V Broadcast(float value);

    static abstract V Load(float* source);

    static abstract void Store(float* target, V value);

    static abstract V Multiply(V a, V b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract V Fma(V a, V b, V c);

    static abstract V Sqrt(V a);

    /// <summary>a &gt; b ? a : b, so <paramref name="b"/> when either is NaN.</summary>
    static abstract V Max(V a, V b);

    /// <summary>a &lt; b ? a : b, so <paramref name="b"/> when either is NaN.</summary>
    static abstract V Min(V a, V b);

    /// <summary>a &lt; b ? <paramref name="then"/> : <paramref name="otherwise"/>; a comparison with NaN is false.</summary>
    static abstract V IfLess(V a, V b, V then, V otherwise);
}
