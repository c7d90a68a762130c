namespace Latent.Kernels;

/// <summary>
/// The instructions that kernels are written with, once for every register width. A kernel is generic over the pair
/// (<typeparamref name="TSelf"/>, <typeparamref name="V"/>); all widths give the same bits, because every operation is
/// correctly rounded per lane and every sum over rows uses eight virtual lanes (see <see cref="Lanes"/>).
/// </summary>
/// <typeparam name="TSelf">The width: <see cref="Simd512"/>, <see cref="Simd256"/> or <see cref="SimdScalar"/>.</typeparam>
/// <typeparam name="V">The register: that many doubles.</typeparam>
internal unsafe interface ISimd<TSelf, V>
    where TSelf : struct, ISimd<TSelf, V>
    where V : struct
{
    /// <summary>Doubles in a register: 8, 4 or 1. A constant to the compiler, so that branches on it cost nothing.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes +0.</summary>
    static abstract V Zero { get; }

    static abstract V Broadcast(double value);

    static abstract V Load(double* source);

    static abstract void Store(double* target, V value);

    static abstract V Add(V a, V b);

    static abstract V Subtract(V a, V b);

    static abstract V Multiply(V a, V b);

    static abstract V Divide(V a, V b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract V Fma(V a, V b, V c);

    /// <summary>c − a·b, rounded once.</summary>
    static abstract V FmaNegated(V a, V b, V c);

    static abstract V Sqrt(V a);

    /// <summary>a &gt; b ? a : b, so <paramref name="b"/> when either is NaN.</summary>
    static abstract V Max(V a, V b);

    /// <summary>a &lt; b ? a : b, so <paramref name="b"/> when either is NaN.</summary>
    static abstract V Min(V a, V b);

    /// <summary>a &lt; b ? <paramref name="then"/> : <paramref name="otherwise"/>; a comparison with NaN is false.</summary>
    static abstract V IfLess(V a, V b, V then, V otherwise);

    /// <summary>a &lt;= b ? <paramref name="then"/> : <paramref name="otherwise"/>; a comparison with NaN is false.</summary>
    static abstract V IfAtMost(V a, V b, V then, V otherwise);

    /// <summary>Whether a &lt; b in every lane.</summary>
    static abstract bool AllLess(V a, V b);

    /// <summary>Whether a == b in every lane.</summary>
    static abstract bool AllEqual(V a, V b);

    /// <summary>
    /// x·2ⁿ by adding to the exponent, for a normal result. <paramref name="shifted"/> is n + 1.5·2⁵², as rounding with that
    /// constant leaves it.
    /// </summary>
    static abstract V AddExponent(V x, V shifted);

    /// <summary>
    /// x·2ⁿ for every |n| ≤ 2044 with one rounding, whether or not the result is normal. <paramref name="shifted"/> as in
    /// <see cref="AddExponent"/>.
    /// </summary>
    static abstract V Scale(V x, V shifted);

    /// <summary>Writes a positive normal x as m·2ᵉ, m in [√½, √2): returns e and sets <paramref name="mantissa"/>.</summary>
    static abstract V SplitExponent(V x, out V mantissa);
}
