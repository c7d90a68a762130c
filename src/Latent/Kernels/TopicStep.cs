using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>The M-step of topic models on a block of words: rows of topics, word after word, each row padded to a multiple of eight.</summary>
internal static unsafe class TopicStep
{
    /// <summary>Writes B·s + prior of every word and topic, and adds each topic's sum.</summary>
    /// <param name="weights">B: the weights of the E-step.</param>
    /// <param name="statistic">s: expected counts divided by B.</param>
    /// <param name="result">Receives the expected counts, prior included.</param>
    /// <param name="sums">One per topic, padded; added to.</param>
    /// <param name="prior">Added to every count.</param>
    /// <param name="level">The width.</param>
    public static void Counts(ReadOnlySpan<double> weights, ReadOnlySpan<double> statistic, Span<double> result, Span<double> sums, double prior, SimdLevel level)
    {
        fixed (double* b = weights, s = statistic, r = result, t = sums)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Counts<Simd512, Vector512<double>>(b, s, r, t, prior, result.Length, sums.Length);
                    break;
                case SimdLevel.Vector256:
                    Counts<Simd256, Vector256<double>>(b, s, r, t, prior, result.Length, sums.Length);
                    break;
                default:
                    Counts<SimdScalar, double>(b, s, r, t, prior, result.Length, sums.Length);
                    break;
            }
        }
    }

    /// <summary>
    /// Writes e^(ψ(λ) − ψ(Λ_k)) of every word and topic, and adds Σ_w log Γ(λ) − λ(ψ(λ) − ψ(Λ_k)) and Σ_w ψ(λ) − ψ(Λ_k) of each topic.
    /// </summary>
    /// <param name="counts">λ, positive where padded too.</param>
    /// <param name="totals">ψ(Λ_k) of the topics' sums.</param>
    /// <param name="factors">e^−ψ(Λ_k), zero where padded.</param>
    /// <param name="weights">Receives the weights of the next E-step.</param>
    /// <param name="entropies">The first sum, one per topic, padded; added to.</param>
    /// <param name="logs">The second sum.</param>
    /// <param name="level">The width.</param>
    public static void Expectations(
        ReadOnlySpan<double> counts, ReadOnlySpan<double> totals, ReadOnlySpan<double> factors, Span<double> weights, Span<double> entropies, Span<double> logs, SimdLevel level)
    {
        fixed (double* c = counts, p = totals, f = factors, w = weights, e = entropies, l = logs)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Expectations<Simd512, Vector512<double>>(c, p, f, w, e, l, counts.Length, totals.Length);
                    break;
                case SimdLevel.Vector256:
                    Expectations<Simd256, Vector256<double>>(c, p, f, w, e, l, counts.Length, totals.Length);
                    break;
                default:
                    Expectations<SimdScalar, double>(c, p, f, w, e, l, counts.Length, totals.Length);
                    break;
            }
        }
    }

    /// <summary>Multiplies every row by the topics' factors.</summary>
    public static void Scale(Span<double> values, ReadOnlySpan<double> factors, SimdLevel level)
    {
        fixed (double* v = values, f = factors)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Scale<Simd512, Vector512<double>>(v, f, values.Length, factors.Length);
                    break;
                case SimdLevel.Vector256:
                    Scale<Simd256, Vector256<double>>(v, f, values.Length, factors.Length);
                    break;
                default:
                    Scale<SimdScalar, double>(v, f, values.Length, factors.Length);
                    break;
            }
        }
    }

    /// <summary>Writes e^ψ(scale·count + prior)·factor, or that without e^ψ, of one word's topics.</summary>
    public static void Decayed(
        ReadOnlySpan<double> counts, double scale, double prior, ReadOnlySpan<double> factors, Span<double> weights, bool isVariational, SimdLevel level)
    {
        fixed (double* c = counts, f = factors, w = weights)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Decayed<Simd512, Vector512<double>>(c, scale, prior, f, w, isVariational, counts.Length);
                    break;
                case SimdLevel.Vector256:
                    Decayed<Simd256, Vector256<double>>(c, scale, prior, f, w, isVariational, counts.Length);
                    break;
                default:
                    Decayed<SimdScalar, double>(c, scale, prior, f, w, isVariational, counts.Length);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Decayed<S, V>(double* counts, double scale, double prior, double* factors, double* weights, bool isVariational, int length)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        for (int k = 0; k < length; k += S.Count)
        {
            V count = S.Fma(S.Broadcast(scale), S.Load(counts + k), S.Broadcast(prior));
            V value = isVariational ? GammaKernel.ExpDigamma<S, V>(count) : count;
            S.Store(weights + k, S.Multiply(value, S.Load(factors + k)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Counts<S, V>(double* weights, double* statistic, double* result, double* sums, double prior, nint length, nint stride)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V added = S.Broadcast(prior);
        for (nint row = 0; row < length; row += stride)
        {
            for (nint k = 0; k < stride; k += S.Count)
            {
                V count = S.Fma(S.Load(weights + row + k), S.Load(statistic + row + k), added);
                S.Store(result + row + k, count);
                S.Store(sums + k, S.Add(S.Load(sums + k), count));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Expectations<S, V>(
        double* counts, double* totals, double* factors, double* weights, double* entropies, double* logs, nint length, nint stride)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        for (nint row = 0; row < length; row += stride)
        {
            for (nint k = 0; k < stride; k += S.Count)
            {
                V count = S.Load(counts + row + k);
                V logGamma = GammaKernel.LogGammaAndExpDigamma<S, V>(count, out V digamma, out V exponential);
                V log = S.Subtract(digamma, S.Load(totals + k));
                S.Store(weights + row + k, S.Multiply(exponential, S.Load(factors + k)));
                S.Store(entropies + k, S.Add(S.Load(entropies + k), S.FmaNegated(count, log, logGamma)));
                S.Store(logs + k, S.Add(S.Load(logs + k), log));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale<S, V>(double* values, double* factors, nint length, nint stride)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        for (nint row = 0; row < length; row += stride)
        {
            for (nint k = 0; k < stride; k += S.Count)
            {
                S.Store(values + row + k, S.Multiply(S.Load(values + row + k), S.Load(factors + k)));
            }
        }
    }
}
