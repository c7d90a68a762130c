using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Kernels;

/// <summary>
/// One document as the kernel sees it: the weights of its words, gathered topic after topic so that cells lie side by side, and the vectors of the topics still in play.
/// </summary>
/// <remarks>Cells are padded to a multiple of eight with counts of zero and weights of zero; vectors of topics likewise with zeros.</remarks>
internal unsafe struct DocumentTask
{
    /// <summary>The weights B of the document's words: those of topic k start at k·<see cref="Cells"/>.</summary>
    public double* Rows;

    /// <summary>Cells, padded.</summary>
    public nint Cells;

    /// <summary>The topics still in play.</summary>
    public int Topics;

    /// <summary>For each topic still in play its row.</summary>
    public int* Active;

    /// <summary>How often each cell's word occurs.</summary>
    public double* Counts;

    /// <summary>Receives norm_w = Σ_k E_k·B_wk.</summary>
    public double* Norms;

    /// <summary>Receives c_w / norm_w.</summary>
    public double* Ratios;

    /// <summary>The prior α.</summary>
    public double* Prior;

    /// <summary>γ: the document's topic counts, prior included.</summary>
    public double* Gamma;

    /// <summary>γ before the last update, from which <see cref="Weights"/> were made.</summary>
    public double* Previous;

    /// <summary>E: e^ψ(γ), or γ itself.</summary>
    public double* Weights;

    /// <summary>Σ_w B_wk·c_w/norm_w.</summary>
    public double* Sums;

    /// <summary>Eight lanes of each topic's sum.</summary>
    public double* Lanes;

    /// <summary>Whether E is e^ψ(γ), as in variational inference, rather than γ, as in maximisation.</summary>
    public bool IsVariational;

    /// <summary>The length of the topics' vectors with what pads them.</summary>
    public readonly int PaddedTopics => (Topics + 7) & ~7;
}

/// <summary>
/// The inner loop of topic models: γ_k = α_k + E_k Σ_w c_w B_wk/norm_w with norm_w = Σ_k E_k B_wk. Responsibilities φ_wk = E_k B_wk/norm_w are never
/// stored. A cell and sweep cost 2K multiply-adds and one division.
/// </summary>
/// <remarks>
/// SIMD lane = cell. Thirty-two cells at a time: 9 loads, one store and 8 multiply-adds per topic and register of eight, so that the two load ports are the limit. Sums over
/// cells use eight virtual lanes, sums over topics go in order: every width gives the same bits.
/// </remarks>
internal static unsafe class DocumentKernel
{
    /// <summary>A word whose probability under all topics lies below this has none.</summary>
    public const double SmallestNorm = 1e-290;

    /// <summary>Gathers the rows of a document's words, topic after topic.</summary>
    /// <param name="weights">B, a row of <paramref name="stride"/> topics per term.</param>
    /// <param name="stride">A multiple of eight.</param>
    /// <param name="terms">The terms of the cells.</param>
    /// <param name="rows">Receives stride × padded cells values.</param>
    /// <param name="cells">Cells, padded.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(double* weights, nint stride, ReadOnlySpan<int> terms, double* rows, nint cells)
    {
        double* zeros = stackalloc double[8];
        double** sources = stackalloc double*[8];
        new Span<double>(zeros, 8).Clear();
        for (int cell = 0; cell < terms.Length; cell += 8)
        {
            int count = Math.Min(8, terms.Length - cell);
            for (int i = 0; i < 8; i++)
            {
                sources[i] = i < count ? weights + terms[cell + i] * stride : zeros;
            }
            // The rows of the next eight words come from far away.
            for (int i = cell + 8; i < Math.Min(cell + 16, terms.Length) && Sse.IsSupported; i++)
            {
                byte* next = (byte*)(weights + terms[i] * stride);
                for (nint line = 0; line < stride * sizeof(double); line += 64)
                {
                    Sse.Prefetch0(next + line);
                }
            }
            for (nint k = 0; k < stride; k += 8)
            {
                Transpose(sources, rows + k * cells + cell, cells);
                for (int i = 0; i < count; i++)
                {
                    sources[i] += 8;
                }
            }
        }
    }

    /// <summary>One update of γ.</summary>
    /// <returns>Σ_k |γ_k − previous γ_k|.</returns>
    public static double Update(ref DocumentTask task, SimdLevel level) => level switch
    {
        SimdLevel.Vector512 => Update<Simd512, Vector512<double>>(ref task),
        SimdLevel.Vector256 => Update<Simd256, Vector256<double>>(ref task),
        _ => Update<SimdScalar, double>(ref task),
    };

    /// <summary>Σ_w c_w log norm_w of the last update; −∞ where a word has no probability.</summary>
    public static double LogNorms(ref DocumentTask task, SimdLevel level) => level switch
    {
        SimdLevel.Vector512 => LogNorms<Simd512, Vector512<double>>(ref task),
        SimdLevel.Vector256 => LogNorms<Simd256, Vector256<double>>(ref task),
        _ => LogNorms<SimdScalar, double>(ref task),
    };

    /// <summary>Σ_k log Γ(γ_k) − log Γ(α_k) − (γ_k − α_k)ψ(previous γ_k): what the topics of a document add to its bound.</summary>
    /// <param name="task">The document after an update.</param>
    /// <param name="logGammaPrior">log Γ(α_k), zero where padded.</param>
    /// <param name="level">The width.</param>
    public static double Divergence(ref DocumentTask task, double* logGammaPrior, SimdLevel level) => level switch
    {
        SimdLevel.Vector512 => Divergence<Simd512, Vector512<double>>(ref task, logGammaPrior),
        SimdLevel.Vector256 => Divergence<Simd256, Vector256<double>>(ref task, logGammaPrior),
        _ => Divergence<SimdScalar, double>(ref task, logGammaPrior),
    };

    /// <summary>Adds E_k·ratio to each of a row's <paramref name="topics"/> statistics.</summary>
    public static void Accumulate(double* statistic, double* weights, double ratio, int topics, SimdLevel level)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Accumulate<Simd512, Vector512<double>>(statistic, weights, ratio, topics);
                break;
            case SimdLevel.Vector256:
                Accumulate<Simd256, Vector256<double>>(statistic, weights, ratio, topics);
                break;
            default:
                Accumulate<SimdScalar, double>(statistic, weights, ratio, topics);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Update<S, V>(ref DocumentTask task)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int topics = task.Topics;
        int padded = task.PaddedTopics;
        for (int k = 0; k < padded; k += S.Count)
        {
            V current = S.Load(task.Gamma + k);
            S.Store(task.Previous + k, current);
            S.Store(task.Weights + k, task.IsVariational ? GammaKernel.ExpDigamma<S, V>(current) : current);
        }
        new Span<double>(task.Lanes, padded * Lanes.Count).Clear();
        nint cell = 0;
        if (S.Count > 1)
        {
            for (; cell + 32 <= task.Cells; cell += 32)
            {
                for (nint half = 0; half < Lanes.Count; half += S.Count)
                {
                    FourRegisters<S, V>(ref task, cell + half, half, topics);
                }
            }
        }
        if (S.Count > 1 && cell + 16 <= task.Cells)
        {
            for (nint half = 0; half < Lanes.Count; half += S.Count)
            {
                TwoRegisters<S, V>(ref task, cell + half, half, topics);
            }
            cell += 16;
        }
        for (; cell < task.Cells; cell += S.Count)
        {
            OneRegister<S, V>(ref task, cell, cell & (Lanes.Count - 1), topics);
        }
        Lanes.SumEach<S, V>(task.Lanes, task.Sums, padded);
        return Move<S, V>(ref task, padded);
    }

    /// <summary>The same lane of four groups of eight cells.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRegisters<S, V>(ref DocumentTask task, nint cell, nint lane, int topics)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* rows = task.Rows + cell;
        nint cells = task.Cells;
        int* active = task.Active;
        double* weights = task.Weights;
        V n0 = S.Zero, n1 = n0, n2 = n0, n3 = n0;
        for (nint k = 0; k < topics; k++)
        {
            double* row = rows + active[k] * cells;
            V weight = S.Broadcast(weights[k]);
            n0 = S.Fma(weight, S.Load(row), n0);
            n1 = S.Fma(weight, S.Load(row + 8), n1);
            n2 = S.Fma(weight, S.Load(row + 16), n2);
            n3 = S.Fma(weight, S.Load(row + 24), n3);
        }
        V r0 = Ratio<S, V>(ref task, cell, n0);
        V r1 = Ratio<S, V>(ref task, cell + 8, n1);
        V r2 = Ratio<S, V>(ref task, cell + 16, n2);
        V r3 = Ratio<S, V>(ref task, cell + 24, n3);
        double* sums = task.Lanes + lane;
        for (nint k = 0; k < topics; k++)
        {
            double* row = rows + active[k] * cells;
            V sum = S.Fma(r0, S.Load(row), S.Load(sums + Lanes.Count * k));
            sum = S.Fma(r1, S.Load(row + 8), sum);
            sum = S.Fma(r2, S.Load(row + 16), sum);
            S.Store(sums + Lanes.Count * k, S.Fma(r3, S.Load(row + 24), sum));
        }
    }

    /// <summary>The same lane of two groups of eight cells.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoRegisters<S, V>(ref DocumentTask task, nint cell, nint lane, int topics)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* rows = task.Rows + cell;
        nint cells = task.Cells;
        int* active = task.Active;
        double* weights = task.Weights;
        V n0 = S.Zero, n1 = n0;
        for (nint k = 0; k < topics; k++)
        {
            double* row = rows + active[k] * cells;
            V weight = S.Broadcast(weights[k]);
            n0 = S.Fma(weight, S.Load(row), n0);
            n1 = S.Fma(weight, S.Load(row + 8), n1);
        }
        V r0 = Ratio<S, V>(ref task, cell, n0);
        V r1 = Ratio<S, V>(ref task, cell + 8, n1);
        double* sums = task.Lanes + lane;
        for (nint k = 0; k < topics; k++)
        {
            double* row = rows + active[k] * cells;
            V sum = S.Fma(r0, S.Load(row), S.Load(sums + Lanes.Count * k));
            S.Store(sums + Lanes.Count * k, S.Fma(r1, S.Load(row + 8), sum));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OneRegister<S, V>(ref DocumentTask task, nint cell, nint lane, int topics)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* rows = task.Rows + cell;
        nint cells = task.Cells;
        int* active = task.Active;
        V norm = S.Zero;
        for (nint k = 0; k < topics; k++)
        {
            norm = S.Fma(S.Broadcast(task.Weights[k]), S.Load(rows + active[k] * cells), norm);
        }
        V ratio = Ratio<S, V>(ref task, cell, norm);
        double* sums = task.Lanes + lane;
        for (nint k = 0; k < topics; k++)
        {
            S.Store(sums + Lanes.Count * k, S.Fma(ratio, S.Load(rows + active[k] * cells), S.Load(sums + Lanes.Count * k)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Ratio<S, V>(ref DocumentTask task, nint cell, V norm)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V ratio = S.IfLess(S.Broadcast(SmallestNorm), norm, S.Divide(S.Load(task.Counts + cell), norm), S.Zero);
        S.Store(task.Norms + cell, norm);
        S.Store(task.Ratios + cell, ratio);
        return ratio;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Move<S, V>(ref DocumentTask task, int padded)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* lanes = stackalloc double[Lanes.Count];
        for (int lane = 0; lane < Lanes.Count; lane += S.Count)
        {
            V change = S.Zero;
            for (int k = lane; k < padded; k += Lanes.Count)
            {
                V next = S.Fma(S.Load(task.Weights + k), S.Load(task.Sums + k), S.Load(task.Prior + k));
                V difference = S.Subtract(next, S.Load(task.Gamma + k));
                change = S.Add(change, S.Max(difference, S.Subtract(S.Zero, difference)));
                S.Store(task.Gamma + k, next);
            }
            S.Store(lanes + lane, change);
        }
        return Lanes.Sum(lanes);
    }

    /// <summary>Eight topics of eight cells, turned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(double** sources, double* target, nint cells)
    {
        if (!Avx512F.IsSupported)
        {
            for (nint k = 0; k < 8; k++)
            {
                for (nint i = 0; i < 8; i++)
                {
                    target[k * cells + i] = sources[i][k];
                }
            }
            return;
        }
        Vector512<double> a0 = Vector512.Load(sources[0]), a1 = Vector512.Load(sources[1]), a2 = Vector512.Load(sources[2]), a3 = Vector512.Load(sources[3]);
        Vector512<double> a4 = Vector512.Load(sources[4]), a5 = Vector512.Load(sources[5]), a6 = Vector512.Load(sources[6]), a7 = Vector512.Load(sources[7]);
        Vector512<double> b0 = Avx512F.UnpackLow(a0, a1), b1 = Avx512F.UnpackHigh(a0, a1), b2 = Avx512F.UnpackLow(a2, a3), b3 = Avx512F.UnpackHigh(a2, a3);
        Vector512<double> b4 = Avx512F.UnpackLow(a4, a5), b5 = Avx512F.UnpackHigh(a4, a5), b6 = Avx512F.UnpackLow(a6, a7), b7 = Avx512F.UnpackHigh(a6, a7);
        // Quarters of two topics each: 0 2 4 6 of the even registers, 1 3 5 7 of the odd ones.
        Turn(b0, b2, b4, b6, target, cells);
        Turn(b1, b3, b5, b7, target + cells, cells);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(Vector512<double> x, Vector512<double> y, Vector512<double> z, Vector512<double> w, double* target, nint cells)
    {
        Vector512<double> xy04 = Avx512F.Shuffle4x128(x, y, 0b10_00_10_00);
        Vector512<double> xy26 = Avx512F.Shuffle4x128(x, y, 0b11_01_11_01);
        Vector512<double> zw04 = Avx512F.Shuffle4x128(z, w, 0b10_00_10_00);
        Vector512<double> zw26 = Avx512F.Shuffle4x128(z, w, 0b11_01_11_01);
        Avx512F.Shuffle4x128(xy04, zw04, 0b10_00_10_00).Store(target);
        Avx512F.Shuffle4x128(xy26, zw26, 0b10_00_10_00).Store(target + 2 * cells);
        Avx512F.Shuffle4x128(xy04, zw04, 0b11_01_11_01).Store(target + 4 * cells);
        Avx512F.Shuffle4x128(xy26, zw26, 0b11_01_11_01).Store(target + 6 * cells);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double LogNorms<S, V>(ref DocumentTask task)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* lanes = stackalloc double[Lanes.Count];
        V smallest = S.Broadcast(SmallestNorm);
        V none = S.Broadcast(double.NegativeInfinity);
        for (int lane = 0; lane < Lanes.Count; lane += S.Count)
        {
            V sum = S.Zero;
            for (nint cell = lane; cell < task.Cells; cell += Lanes.Count)
            {
                V count = S.Load(task.Counts + cell);
                V norm = S.Load(task.Norms + cell);
                V log = S.IfLess(smallest, norm, Elementary.Log<S, V>(norm), none);
                sum = S.IfLess(S.Zero, count, S.Fma(count, log, sum), sum);
            }
            S.Store(lanes + lane, sum);
        }
        return Lanes.Sum(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Divergence<S, V>(ref DocumentTask task, double* logGammaPrior)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        double* lanes = stackalloc double[Lanes.Count];
        V one = S.Broadcast(1.0);
        for (int lane = 0; lane < Lanes.Count; lane += S.Count)
        {
            V sum = S.Zero;
            for (int k = lane; k < task.PaddedTopics; k += Lanes.Count)
            {
                V gamma = S.Load(task.Gamma + k);
                V previous = S.Load(task.Previous + k);
                V value = GammaKernel.LogGamma<S, V>(S.IfLess(S.Zero, gamma, gamma, one), out _);
                GammaKernel.LogGamma<S, V>(S.IfLess(S.Zero, previous, previous, one), out V digamma);
                V words = S.Multiply(S.Load(task.Weights + k), S.Load(task.Sums + k));
                V term = S.FmaNegated(words, digamma, S.Subtract(value, S.Load(logGammaPrior + k)));
                sum = S.Add(sum, S.IfLess(S.Zero, gamma, term, S.Zero));
            }
            S.Store(lanes + lane, sum);
        }
        return Lanes.Sum(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate<S, V>(double* statistic, double* weights, double ratio, int topics)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V factor = S.Broadcast(ratio);
        for (nint k = 0; k < topics; k += S.Count)
        {
            S.Store(statistic + k, S.Fma(factor, S.Load(weights + k), S.Load(statistic + k)));
        }
    }
}
