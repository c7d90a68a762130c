using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>
/// exp and log with an error below one unit in the last place, without tables, branches or slow lanes: a lane's bits
/// depend on its own argument alone, and are the same for every register width.
/// </summary>
/// <remarks>
/// The runtime's own vector functions fall back to a scalar routine for the whole register when one lane is far out,
/// which is slow and makes a result depend on its neighbours.
/// </remarks>
internal static unsafe class Elementary
{
    // 1.5·2⁵²: adding it rounds to a whole number, which the low bits of the sum then hold.
    private const double Shift = 6755399441055744.0;
    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts; the first ends in 13 zero bits, so that n·ExpLn2High is exact for |n| < 2¹³.
    private const double ExpLn2High = 0.6931471805592082;
    private const double ExpLn2Low = 7.371002565167799E-13;

    // log's split, with more zero bits and the error of the second part below 2⁻⁸⁵.
    private const double LogLn2High = 6.93147180369123816490e-01;
    private const double LogLn2Low = 1.90821492927058770002e-10;
    private const double SmallestNormal = 2.2250738585072014E-308;
    private const double TwoTo54 = 18014398509481984.0;

    /// <summary>eˣ for every double: 0 below −745.13, ∞ above 709.78, NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Exp(double x) => Exp<SimdScalar, double>(x);

    /// <summary>The natural logarithm of every double: −∞ at ±0, NaN below zero and for NaN, ∞ at ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Log(double x) => Log<SimdScalar, double>(x);

    /// <summary>log(1 + x) with full relative accuracy near 0, where 1 + x has lost the digits of x: what it lost, the quotient gives back.</summary>
    public static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 || double.IsPositiveInfinity(sum) ? x : sum == 0 ? double.NegativeInfinity : Log(sum) * (x / (sum - 1));
    }

    /// <summary>eˣ − 1 with full relative accuracy near 0, by the same device.</summary>
    public static double ExpMinusOne(double x)
    {
        double power = Exp(x);
        double less = power - 1;
        return power == 1 ? x : less == -1 || double.IsPositiveInfinity(power) ? less : less * (x / Log(power));
    }

    /// <summary>Writes eˣ of every element; the spans may be the same.</summary>
    public static void Exp(ReadOnlySpan<double> x, Span<double> result) => Exp(x, result, Simd.Level);

    /// <inheritdoc cref="Exp(ReadOnlySpan{double}, Span{double})"/>
    public static void Exp(ReadOnlySpan<double> x, Span<double> result, SimdLevel level)
    {
        CheckLength(x, result);
        fixed (double* source = x, target = result)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    ExpEach<Simd512, Vector512<double>>(source, target, x.Length);
                    break;
                case SimdLevel.Vector256:
                    ExpEach<Simd256, Vector256<double>>(source, target, x.Length);
                    break;
                default:
                    ExpEach<SimdScalar, double>(source, target, x.Length);
                    break;
            }
        }
    }

    /// <summary>Writes the natural logarithm of every element; the spans may be the same.</summary>
    public static void Log(ReadOnlySpan<double> x, Span<double> result) => Log(x, result, Simd.Level);

    /// <inheritdoc cref="Log(ReadOnlySpan{double}, Span{double})"/>
    public static void Log(ReadOnlySpan<double> x, Span<double> result, SimdLevel level)
    {
        CheckLength(x, result);
        fixed (double* source = x, target = result)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    LogEach<Simd512, Vector512<double>>(source, target, x.Length);
                    break;
                case SimdLevel.Vector256:
                    LogEach<Simd256, Vector256<double>>(source, target, x.Length);
                    break;
                default:
                    LogEach<SimdScalar, double>(source, target, x.Length);
                    break;
            }
        }
    }

    /// <summary>eˣ of every lane, over the whole range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<S, V>(V x)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        // The constant comes first in both: a NaN passes through.
        V clamped = S.Min(S.Broadcast(710.0), S.Max(S.Broadcast(-746.0), x));
        V significand = ReducedExp<S, V>(clamped, out V shifted);
        return S.Scale(significand, shifted);
    }

    /// <summary>eˣ of every lane for x in [−708, 709], with the bits of <see cref="Exp{S,V}(V)"/>; anything outside gives rubbish.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpInRange<S, V>(V x)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V significand = ReducedExp<S, V>(x, out V shifted);
        return S.AddExponent(significand, shifted);
    }

    /// <summary>
    /// The natural logarithm of every lane. x = 2ᵉ(1+f) with 1+f in [√½, √2), s = f/(2+f), and
    /// log(1+f) = f − (f²/2 − s(f²/2 + R(s²))), the classical odd series with a polynomial R of degree 7 (error below 2⁻⁵⁸).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<S, V>(V x)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V normal = S.Broadcast(SmallestNormal);
        V scaled = S.IfLess(x, normal, S.Multiply(x, S.Broadcast(TwoTo54)), x);
        V exponent = S.SplitExponent(scaled, out V mantissa);
        exponent = S.Add(exponent, S.IfLess(x, normal, S.Broadcast(-54.0), S.Zero));

        V f = S.Subtract(mantissa, S.Broadcast(1.0));
        V s = S.Divide(f, S.Add(S.Broadcast(2.0), f));
        V z = S.Multiply(s, s);
        V w = S.Multiply(z, z);
        V even = S.Fma(w, S.Broadcast(1.531383769920937332e-01), S.Broadcast(2.222219843214978396e-01));
        even = S.Fma(w, even, S.Broadcast(3.999999999940941908e-01));
        V odd = S.Fma(w, S.Broadcast(1.479819860511658591e-01), S.Broadcast(1.818357216161805012e-01));
        odd = S.Fma(w, odd, S.Broadcast(2.857142874366239149e-01));
        odd = S.Fma(w, odd, S.Broadcast(6.666666666666735130e-01));
        V r = S.Fma(w, even, S.Multiply(z, odd));
        V half = S.Multiply(S.Multiply(S.Broadcast(0.5), f), f);
        V low = S.Fma(s, S.Add(half, r), S.Multiply(exponent, S.Broadcast(LogLn2Low)));
        V result = S.Fma(exponent, S.Broadcast(LogLn2High), S.Subtract(f, S.Subtract(half, low)));

        // ∞ and NaN are their own logarithms; then zero and below.
        result = S.IfLess(x, S.Broadcast(double.PositiveInfinity), result, x);
        V notPositive = S.IfLess(x, S.Zero, S.Broadcast(double.NaN), S.Broadcast(double.NegativeInfinity));
        return S.IfAtMost(x, S.Zero, notPositive, result);
    }

    /// <summary>
    /// x = n·ln 2 + r + lo, |r| ≤ ½ ln 2; returns e^(r+lo) = 1 + (r + (r²·u(r) + lo)) in [√½, √2], where u is the near-minimax polynomial of
    /// degree 10 of (eʳ−1−r)/r² (relative error 2⁻⁶¹). 20 operations on the multipliers and adders.
    /// </summary>
    /// <remarks>The error is at most 0.5 (last addition) + 0.41 (the sum before it and r²·u) units in the last place.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ReducedExp<S, V>(V x, out V shifted)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V shift = S.Broadcast(Shift);
        shifted = S.Fma(x, S.Broadcast(Log2E), shift);
        V n = S.Subtract(shifted, shift);
        V t = S.FmaNegated(n, S.Broadcast(ExpLn2High), x);
        V r = S.FmaNegated(n, S.Broadcast(ExpLn2Low), t);
        V lo = S.FmaNegated(n, S.Broadcast(ExpLn2Low), S.Subtract(t, r));
        V r2 = S.Multiply(r, r);
        V even = S.Fma(r2, S.Broadcast(2.0914686968086876e-09), S.Broadcast(2.75572736431103e-07));
        V odd = S.Fma(r2, S.Broadcast(2.5105217004720745e-08), S.Broadcast(2.7557255400206422e-06));
        even = S.Fma(r2, even, S.Broadcast(2.4801587325547743e-05));
        odd = S.Fma(r2, odd, S.Broadcast(0.00019841269874820627));
        even = S.Fma(r2, even, S.Broadcast(0.0013888888888883748));
        odd = S.Fma(r2, odd, S.Broadcast(0.008333333333326136));
        even = S.Fma(r2, even, S.Broadcast(0.04166666666666667));
        odd = S.Fma(r2, odd, S.Broadcast(0.1666666666666667));
        even = S.Fma(r2, even, S.Broadcast(0.5));
        V u = S.Fma(r, odd, even);
        return S.Add(S.Broadcast(1.0), S.Add(r, S.Fma(r2, u, lo)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ExpEach<S, V>(double* x, double* result, int length)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int i = 0;
        for (; i <= length - S.Count; i += S.Count)
        {
            S.Store(result + i, Exp<S, V>(S.Load(x + i)));
        }
        for (; i < length; i++)
        {
            result[i] = Exp<SimdScalar, double>(x[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LogEach<S, V>(double* x, double* result, int length)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int i = 0;
        for (; i <= length - S.Count; i += S.Count)
        {
            S.Store(result + i, Log<S, V>(S.Load(x + i)));
        }
        for (; i < length; i++)
        {
            result[i] = Log<SimdScalar, double>(x[i]);
        }
    }

    private static void CheckLength(ReadOnlySpan<double> x, Span<double> result)
    {
        if (result.Length < x.Length)
        {
            throw new ArgumentException($"Expected room for {x.Length} results, found {result.Length}.", nameof(result));
        }
    }
}
