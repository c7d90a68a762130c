using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Latent.Kernels;

/// <summary>
/// The scaled recursions of a hidden Markov chain, lanes = states. Densities come divided by the greatest of their step, so that they lie in
/// [0, 1]; every eighth step the vector is divided by an exact power of two. No logarithm, no division in the recursion.
/// </summary>
/// <remarks>
/// Per step and direction W²/lanes multiply-adds and as many loads, W the padded number of states. One step needs the one before it, some 30 cycles
/// for 8 states; forward and backward run side by side in one loop, so that each fills the waiting time of the other.
/// </remarks>
internal static unsafe class ChainKernel
{
    /// <summary>Steps between two rescalings.</summary>
    public const int Period = 8;

    // The widest chain of which both matrices stay in the first cache together, 8 kB each.
    private const int MostTogether = 32;

    // A vector that has fallen further than this within a period may have lost states that matter: 2⁻⁵⁰⁰.
    private const int LeastExponent = -500;

    // States this far below the greatest are dropped at a rescaling, before they are denormal and slow: 2⁻⁹⁰⁰.
    private const double Negligible = 1.1830521861667747e-271;

    /// <summary>
    /// Σ α·β below which something may have been lost to underflow: 2⁻⁴⁰⁰. Vectors start each period with a greatest value in [1, 2); what underflow
    /// and rescaling drop is below 2⁻⁹⁰⁰, so that above this bound it is no part of any posterior in double precision.
    /// </summary>
    private const double LeastTotal = 3.8725919148493183e-121;

    /// <summary>The forward recursion αₜ = (αₜ₋₁A)∘bₜ over consecutive steps, and if asked for the backward recursion βₜ = A(bₜ₊₁∘βₜ₊₁) over the same steps.</summary>
    /// <param name="chain">π and A.</param>
    /// <param name="held">The place of the first step among those that the chain has matrices for, where it has one for each.</param>
    /// <param name="densities">b, steps × width.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="step">The index of the first step in its sequence; a multiple of <see cref="Period"/>.</param>
    /// <param name="before">α of the step before; not read when <paramref name="step"/> is 0.</param>
    /// <param name="alpha">Receives α, steps × width.</param>
    /// <param name="scales">Receives the power of two that each α was divided by.</param>
    /// <param name="after">b∘β of the step after; empty at the end of the sequence.</param>
    /// <param name="beta">Receives β, steps × width, and has room for one step more, which is scratch; empty: forward only.</param>
    /// <param name="exponent">Receives the sum of the exponents of <paramref name="scales"/>.</param>
    /// <param name="level">The register width.</param>
    /// <returns>False where the vectors fall out of range, so that the recursion must be done in logarithms.</returns>
    public static bool Run(
        ChainMatrices chain, int held, ReadOnlySpan<double> densities, int count, long step, ReadOnlySpan<double> before, Span<double> alpha, Span<double> scales,
        ReadOnlySpan<double> after, Span<double> beta, out long exponent, SimdLevel level)
    {
        int width = chain.Width;
        Check(count * width, densities.Length, alpha.Length, beta.IsEmpty ? count * width : beta.Length - width);
        Check(count, scales.Length);
        Check(width, step == 0 ? width : before.Length, after.IsEmpty ? width : after.Length);
        nint stride = chain.Stride;
        // β of the last step needs the matrix of the step after it.
        Check(checked((int)((held + count + (after.IsEmpty || beta.IsEmpty ? 0 : 1)) * stride)), stride == 0 ? 0 : chain.Forward.Length, stride == 0 ? 0 : chain.Backward.Length);
        fixed (double* pi = chain.Initial.Span, a = chain.Forward.Span, t = chain.Backward.Span)
        fixed (double* b = densities, x = before, f = alpha, s = scales, y = after, g = beta)
        {
            Arguments arguments = new(pi, a + held * stride, t + held * stride, stride, b, step == 0 ? null : x, f, s, y, g, count, width, chain.States);
            return ChainMatrices.LevelOf(width, level) switch
            {
                SimdLevel.Vector512 => Run<Simd512, Vector512<double>>(arguments, out exponent),
                SimdLevel.Vector256 => Run<Simd256, Vector256<double>>(arguments, out exponent),
                _ => Run<SimdScalar, double>(arguments, out exponent),
            };
        }
    }

    /// <summary>
    /// Posteriors γₜ = wα∘β/Σα∘β, which replace b, and the scaled bₜ∘βₜ of which, with αₜ₋₁, <see cref="ChainProducts"/> makes the expected transitions; they
    /// replace β.
    /// </summary>
    /// <param name="width">The width.</param>
    /// <param name="densities">b in, γ out.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="alpha">α.</param>
    /// <param name="scales">The powers of two that α was divided by.</param>
    /// <param name="beta">β in, w·b∘β/(Σα∘β·scale) out.</param>
    /// <param name="weight">The weight w of the sequence.</param>
    /// <param name="first">Receives b∘β of the first step, as the steps before it need it.</param>
    /// <param name="level">The register width.</param>
    /// <returns>False where a total is so small that underflow may have had a part in it.</returns>
    public static bool Combine(
        int width, Span<double> densities, int count, ReadOnlySpan<double> alpha, ReadOnlySpan<double> scales, Span<double> beta, double weight, Span<double> first, SimdLevel level)
    {
        Check(count * width, densities.Length, alpha.Length, beta.Length);
        Check(count, scales.Length);
        Check(width, first.Length);
        fixed (double* b = densities, f = alpha, s = scales, g = beta, y = first)
        {
            return ChainMatrices.LevelOf(width, level) switch
            {
                SimdLevel.Vector512 => Combine<Simd512, Vector512<double>>(width, b, count, f, s, g, weight, y),
                SimdLevel.Vector256 => Combine<Simd256, Vector256<double>>(width, b, count, f, s, g, weight, y),
                _ => Combine<SimdScalar, double>(width, b, count, f, s, g, weight, y),
            };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Run<S, V>(in Arguments p, out long exponent)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        nint width = p.Width;
        nint last = p.Count - 1;
        double* previous = p.Before;
        bool together = p.Beta != null && width <= MostTogether;
        exponent = 0;
        for (nint t = 0; t <= last; t++)
        {
            double* alpha = p.Alpha + t * width;
            if (previous == null)
            {
                Multiply<S, V>(p.Initial, p.Densities, alpha, width);
            }
            else
            {
                Propagate<S, V>(previous, p.Forward + t * p.Stride, p.Densities + t * width, alpha, width);
            }
            double scale = 1;
            if (t % Period == 0)
            {
                if (!TryRescale<S, V>(alpha, width, out int shift))
                {
                    return false;
                }
                exponent += shift;
                scale = Power(shift);
            }
            p.Scales[t] = scale;
            previous = alpha;
            if (together && !TryBack<S, V>(p, last - t, t))
            {
                return false;
            }
        }
        for (nint t = 0; t <= last && p.Beta != null && !together; t++)
        {
            if (!TryBack<S, V>(p, last - t, t))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>β of a step, the <paramref name="done"/>-th from the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryBack<S, V>(in Arguments p, nint t, nint done)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        nint width = p.Width;
        double* beta = p.Beta + t * width;
        double* next = p.After;
        if (done > 0)
        {
            next = p.Beta + p.Count * width;
            Multiply<S, V>(beta + width, p.Densities + (t + 1) * width, next, width);
        }
        else if (next == null)
        {
            for (nint j = 0; j < width; j++)
            {
                beta[j] = j < p.States ? 1 : 0;
            }
            return true;
        }
        Propagate<S, V>(next, p.Backward + (t + 1) * p.Stride, null, beta, width);
        return done % Period != 0 || TryRescale<S, V>(beta, width, out _);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Combine<S, V>(int width, double* densities, int count, double* alpha, double* scales, double* beta, double weight, double* first)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* lanes = AlignedBuffer.Align(stackalloc double[Period * Lanes.Count + Lanes.Count]);
        double* totals = stackalloc double[Period];
        Multiply<S, V>(densities, beta, first, width);
        for (nint t = 0; t < count; t += Period)
        {
            int steps = (int)Math.Min(Period, count - t);
            Totals<S, V>(alpha + t * width, beta + t * width, steps, lanes, totals, width);
            for (nint step = t; step < t + steps; step++)
            {
                double* a = alpha + step * width;
                double* b = densities + step * width;
                double* g = beta + step * width;
                double total = totals[step - t];
                if (!(total >= LeastTotal))
                {
                    return false;
                }
                double share = weight / total;
                V posterior = S.Broadcast(share);
                V pair = S.Broadcast(share / scales[step]);
                for (nint j = 0; j < width; j += S.Count)
                {
                    V backward = S.Load(g + j);
                    V product = S.Multiply(S.Load(b + j), backward);
                    S.Store(b + j, S.Multiply(S.Multiply(S.Load(a + j), backward), posterior));
                    S.Store(g + j, S.Multiply(product, pair));
                }
            }
        }
        return true;
    }

    /// <summary>Σ a·b of up to eight steps, states in eight virtual lanes (in four for a width of four).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Totals<S, V>(double* a, double* b, int steps, double* lanes, double* totals, nint width)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        nint stride = Math.Min(width, Lanes.Count);
        for (nint step = 0; step < steps; step++, a += width, b += width)
        {
            for (nint lane = 0; lane < stride; lane += S.Count)
            {
                V sum = S.Multiply(S.Load(a + lane), S.Load(b + lane));
                for (nint j = lane + stride; j < width; j += stride)
                {
                    sum = S.Fma(S.Load(a + j), S.Load(b + j), sum);
                }
                S.Store(lanes + step * stride + lane, sum);
            }
        }
        if (stride == Lanes.Count)
        {
            Lanes.SumEach<S, V>(lanes, totals, steps);
            return;
        }
        for (nint step = 0; step < steps; step++, lanes += stride)
        {
            totals[step] = lanes[0] + lanes[2] + (lanes[1] + lanes[3]);
        }
    }

    /// <summary>target = (xM)∘factor; the sum over states runs in four parts, by index modulo 4, joined as (s0+s1)+(s2+s3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Propagate<S, V>(double* x, double* matrix, double* factor, double* target, nint width)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        nint j = 0;
        for (; j <= width - 2 * S.Count; j += 2 * S.Count)
        {
            double* m = matrix + j;
            V x0 = S.Broadcast(x[0]), x1 = S.Broadcast(x[1]), x2 = S.Broadcast(x[2]), x3 = S.Broadcast(x[3]);
            V a0 = S.Multiply(x0, S.Load(m)), b0 = S.Multiply(x0, S.Load(m + S.Count));
            V a1 = S.Multiply(x1, S.Load(m + width)), b1 = S.Multiply(x1, S.Load(m + width + S.Count));
            V a2 = S.Multiply(x2, S.Load(m + 2 * width)), b2 = S.Multiply(x2, S.Load(m + 2 * width + S.Count));
            V a3 = S.Multiply(x3, S.Load(m + 3 * width)), b3 = S.Multiply(x3, S.Load(m + 3 * width + S.Count));
            for (nint i = 4; i < width; i += 4)
            {
                m += 4 * width;
                (x0, x1, x2, x3) = (S.Broadcast(x[i]), S.Broadcast(x[i + 1]), S.Broadcast(x[i + 2]), S.Broadcast(x[i + 3]));
                (a0, b0) = (S.Fma(x0, S.Load(m), a0), S.Fma(x0, S.Load(m + S.Count), b0));
                (a1, b1) = (S.Fma(x1, S.Load(m + width), a1), S.Fma(x1, S.Load(m + width + S.Count), b1));
                (a2, b2) = (S.Fma(x2, S.Load(m + 2 * width), a2), S.Fma(x2, S.Load(m + 2 * width + S.Count), b2));
                (a3, b3) = (S.Fma(x3, S.Load(m + 3 * width), a3), S.Fma(x3, S.Load(m + 3 * width + S.Count), b3));
            }
            Finish<S, V>(S.Add(S.Add(a0, a1), S.Add(a2, a3)), factor, target, j);
            Finish<S, V>(S.Add(S.Add(b0, b1), S.Add(b2, b3)), factor, target, j + S.Count);
        }
        for (; j < width; j += S.Count)
        {
            double* m = matrix + j;
            V a0 = S.Multiply(S.Broadcast(x[0]), S.Load(m));
            V a1 = S.Multiply(S.Broadcast(x[1]), S.Load(m + width));
            V a2 = S.Multiply(S.Broadcast(x[2]), S.Load(m + 2 * width));
            V a3 = S.Multiply(S.Broadcast(x[3]), S.Load(m + 3 * width));
            for (nint i = 4; i < width; i += 4)
            {
                m += 4 * width;
                a0 = S.Fma(S.Broadcast(x[i]), S.Load(m), a0);
                a1 = S.Fma(S.Broadcast(x[i + 1]), S.Load(m + width), a1);
                a2 = S.Fma(S.Broadcast(x[i + 2]), S.Load(m + 2 * width), a2);
                a3 = S.Fma(S.Broadcast(x[i + 3]), S.Load(m + 3 * width), a3);
            }
            Finish<S, V>(S.Add(S.Add(a0, a1), S.Add(a2, a3)), factor, target, j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<S, V>(V sum, double* factor, double* target, nint j)
        where S : struct, ISimd<S, V>
        where V : struct =>
        S.Store(target + j, factor == null ? sum : S.Multiply(sum, S.Load(factor + j)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply<S, V>(double* a, double* b, double* target, nint width)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        for (nint j = 0; j < width; j += S.Count)
        {
            S.Store(target + j, S.Multiply(S.Load(a + j), S.Load(b + j)));
        }
    }

    /// <summary>Divides by the power of two that brings the greatest value to [1, 2); false where that is out of range or not a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryRescale<S, V>(double* x, nint width, out int shift)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double greatest = 0;
        for (nint j = 0; j < width; j++)
        {
            greatest = Math.Max(greatest, x[j]);
        }
        shift = (int)(BitConverter.DoubleToUInt64Bits(greatest) >> 52) - 1023;
        if (shift is < LeastExponent or > -LeastExponent)
        {
            return false;
        }
        V factor = S.Broadcast(Power(-shift));
        V negligible = S.Broadcast(Negligible);
        for (nint j = 0; j < width; j += S.Count)
        {
            V value = S.Multiply(S.Load(x + j), factor);
            S.Store(x + j, S.IfLess(value, negligible, S.Zero, value));
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Power(int exponent) => BitConverter.UInt64BitsToDouble((ulong)(exponent + 1023) << 52);

    private static void Check(int least, params ReadOnlySpan<int> lengths)
    {
        foreach (int length in lengths)
        {
            if (length < least)
            {
                throw new ArgumentException($"Expected buffers of {least} doubles, found {length}.");
            }
        }
    }

    private readonly struct Arguments(
        double* initial, double* forward, double* backward, nint stride, double* densities, double* before, double* alpha, double* scales, double* after, double* beta, int count, int width, int states)
    {
        public readonly double* Initial = initial;
        public readonly double* Forward = forward;
        public readonly double* Backward = backward;
        public readonly nint Stride = stride;
        public readonly double* Densities = densities;
        public readonly double* Before = before;
        public readonly double* Alpha = alpha;
        public readonly double* Scales = scales;
        public readonly double* After = after;
        public readonly double* Beta = beta;
        public readonly int Count = count;
        public readonly int Width = width;
        public readonly int States = states;
    }
}
