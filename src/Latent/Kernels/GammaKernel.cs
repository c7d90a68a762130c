using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>
/// ψ, e^ψ and log Γ of positive numbers, for every register width with the same bits. Below 8 the argument is shifted by eight at the price of one
/// rational function; above, the asymptotic series in 1/z is exact to the last place.
/// </summary>
/// <remarks>
/// Π(x+i), i = 0…7, pairs up as u(u+6)(u+10)(u+12) with u = x(x+7), all of whose terms are positive, and Σ1/(x+i) is its logarithmic derivative. So
/// ψ(x) = log z + t with z = x + 8 and t = −Σ1/(x+i) − 1/(2z) − 1/(12z²) + …, and e^ψ(x) = z·eᵗ needs no logarithm: two thirds of an exponential
/// besides two divisions.
/// </remarks>
internal static unsafe class GammaKernel
{
    private const double Shift = 8;
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>e^ψ(x): 0 at 0 (where ψ is −∞), x − ½ + O(1/x) for large x.</summary>
    public static double ExpDigamma(double x) => ExpDigamma<SimdScalar, double>(x);

    /// <summary>The digamma function ψ(x) of a positive x.</summary>
    public static double Digamma(double x)
    {
        LogGamma<SimdScalar, double>(x, out double digamma);
        return digamma;
    }

    /// <summary>log Γ(x) of a positive x.</summary>
    public static double LogGamma(double x) => LogGamma<SimdScalar, double>(x, out _);

    /// <summary>Writes e^ψ of every element; the spans may be the same.</summary>
    public static void ExpDigamma(ReadOnlySpan<double> x, Span<double> result, SimdLevel level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, x.Length);
        fixed (double* source = x, target = result)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    ExpDigammaEach<Simd512, Vector512<double>>(source, target, x.Length);
                    break;
                case SimdLevel.Vector256:
                    ExpDigammaEach<Simd256, Vector256<double>>(source, target, x.Length);
                    break;
                default:
                    ExpDigammaEach<SimdScalar, double>(source, target, x.Length);
                    break;
            }
        }
    }

    /// <summary>Writes log Γ and ψ of every element.</summary>
    public static void LogGamma(ReadOnlySpan<double> x, Span<double> logGamma, Span<double> digamma, SimdLevel level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(logGamma.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(digamma.Length, x.Length);
        fixed (double* source = x, values = logGamma, slopes = digamma)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    LogGammaEach<Simd512, Vector512<double>>(source, values, slopes, x.Length);
                    break;
                case SimdLevel.Vector256:
                    LogGammaEach<Simd256, Vector256<double>>(source, values, slopes, x.Length);
                    break;
                default:
                    LogGammaEach<SimdScalar, double>(source, values, slopes, x.Length);
                    break;
            }
        }
    }

    /// <summary>e^ψ of every lane. 38 operations on the multipliers and adders and two divisions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpDigamma<S, V>(V x)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V t = Tail<S, V>(x, out V z, out _, out _);
        return S.Multiply(z, Elementary.Exp<S, V>(t));
    }

    /// <summary>log Γ and ψ of every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogGamma<S, V>(V x, out V digamma)
        where S : struct, ISimd<S, V>
        where V : struct => LogGamma<S, V>(x, out digamma, out _, out _);

    /// <summary>log Γ, ψ and e^ψ of every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogGammaAndExpDigamma<S, V>(V x, out V digamma, out V exponential)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V value = LogGamma<S, V>(x, out digamma, out V z, out V t);
        exponential = S.Multiply(z, Elementary.Exp<S, V>(t));
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogGamma<S, V>(V x, out V digamma, out V z, out V t)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        t = Tail<S, V>(x, out z, out V product, out V inverse);
        V log = Elementary.Log<S, V>(z);
        digamma = S.Add(log, t);
        V w = S.Multiply(inverse, inverse);
        V series = S.Fma(w, S.Broadcast(-3617.0 / 122400), S.Broadcast(1.0 / 156));
        series = S.Fma(w, series, S.Broadcast(-691.0 / 360360));
        series = S.Fma(w, series, S.Broadcast(1.0 / 1188));
        series = S.Fma(w, series, S.Broadcast(-1.0 / 1680));
        series = S.Fma(w, series, S.Broadcast(1.0 / 1260));
        series = S.Fma(w, series, S.Broadcast(-1.0 / 360));
        series = S.Fma(w, series, S.Broadcast(1.0 / 12));
        V stirling = S.Fma(S.Subtract(z, S.Broadcast(0.5)), log, S.Fma(inverse, series, S.Subtract(S.Broadcast(HalfLogTwoPi), z)));
        return S.IfLess(x, S.Broadcast(Shift), S.Subtract(stirling, Elementary.Log<S, V>(product)), stirling);
    }

    /// <summary>ψ(x) − log z, with the shifted argument z, its inverse, and Π(x+i) where x is shifted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Tail<S, V>(V x, out V z, out V product, out V inverse)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V shift = S.Broadcast(Shift);
        z = S.IfLess(x, shift, S.Add(x, shift), x);
        V small = S.Min(x, shift);
        V u = S.Multiply(small, S.Add(small, S.Broadcast(7.0)));
        product = S.Multiply(u, S.Fma(u, S.Fma(u, S.Add(u, S.Broadcast(28.0)), S.Broadcast(252.0)), S.Broadcast(720.0)));
        V slope = S.Fma(u, S.Fma(u, S.Fma(u, S.Broadcast(4.0), S.Broadcast(84.0)), S.Broadcast(504.0)), S.Broadcast(720.0));
        slope = S.Multiply(slope, S.Fma(small, S.Broadcast(2.0), S.Broadcast(7.0)));
        V shifted = S.IfLess(x, shift, S.Divide(slope, product), S.Zero);

        inverse = S.Divide(S.Broadcast(1.0), z);
        V w = S.Multiply(inverse, inverse);
        V series = S.Fma(w, S.Broadcast(3617.0 / 8160), S.Broadcast(-1.0 / 12));
        series = S.Fma(w, series, S.Broadcast(691.0 / 32760));
        series = S.Fma(w, series, S.Broadcast(-1.0 / 132));
        series = S.Fma(w, series, S.Broadcast(1.0 / 240));
        series = S.Fma(w, series, S.Broadcast(-1.0 / 252));
        series = S.Fma(w, series, S.Broadcast(1.0 / 120));
        series = S.Fma(w, series, S.Broadcast(-1.0 / 12));
        return S.Subtract(S.Fma(w, series, S.Multiply(inverse, S.Broadcast(-0.5))), shifted);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ExpDigammaEach<S, V>(double* x, double* result, int count)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int i = 0;
        for (; i <= count - S.Count; i += S.Count)
        {
            S.Store(result + i, ExpDigamma<S, V>(S.Load(x + i)));
        }
        for (; i < count; i++)
        {
            result[i] = ExpDigamma<SimdScalar, double>(x[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LogGammaEach<S, V>(double* x, double* values, double* slopes, int count)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int i = 0;
        for (; i <= count - S.Count; i += S.Count)
        {
            S.Store(values + i, LogGamma<S, V>(S.Load(x + i), out V slope));
            S.Store(slopes + i, slope);
        }
        for (; i < count; i++)
        {
            values[i] = LogGamma<SimdScalar, double>(x[i], out slopes[i]);
        }
    }
}
