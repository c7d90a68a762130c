using Latent.Data;
using Latent.Incomplete;
using Latent.Numerics;

namespace Latent.Factors;

/// <summary>
/// Factor analysis, or with one common uniqueness probabilistic principal components, of rows that may miss cells [RubinThayer1982] [TippingBishop1999].
/// Only the factors are hidden: a missing cell leaves its column's regression out, and no more.
/// </summary>
/// <remarks>
/// <para>With V = (I + Σ λⱼλⱼᵀ/ψⱼ)⁻¹ over the observed columns of a pattern and f = V·Σ λⱼδⱼ/ψⱼ of a row's deviations δ, each column needs, over the rows that observe it,
/// [Σ (ffᵀ + V), lower triangle | Σ f | n | Σ δⱼf | Σ δⱼ | Σ δⱼ²]; after those of all columns come Σ (ffᵀ + V), Σ f and n of all rows.</para>
/// <para>The M-step regresses each column on (f, 1). It is expanded by a free covariance of the factors, which is then taken into the loadings [LiuRubinWu1998]: the same likelihood, in
/// larger steps.</para>
/// </remarks>
public sealed partial class FactorModel : IEmModel<FactorParameters, PatternChunk>, IDegeneracyReport<FactorParameters>
{
    private readonly double[] _floors;

    /// <summary>The model.</summary>
    /// <param name="factors">q.</param>
    /// <param name="variances">The variances of the columns: the units of coordinates and of the floor.</param>
    /// <param name="isotropic">Whether all columns share one uniqueness: probabilistic principal components.</param>
    /// <param name="floor">The least uniqueness as a share of the column's variance (of their mean, where it is shared), in [0, 1).</param>
    /// <exception cref="ArgumentException">There are not fewer factors than columns, or a variance is not positive.</exception>
    public FactorModel(int factors, ReadOnlySpan<double> variances, bool isotropic = false, double floor = 1e-6)
    {
        Families.GaussianConstants.CheckVariances(variances);
        if (factors < 1 || factors >= variances.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(factors), factors, $"Expected at least one factor and fewer than the {variances.Length} columns.");
        }
        if (!(floor >= 0 && floor < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(floor), floor, "Expected a floor of at least 0 and below 1.");
        }
        Factors = factors;
        Variances = variances.ToArray();
        IsIsotropic = isotropic;
        double mean = Variances.Average();
        _floors = [.. Variances.Select(variance => floor * (isotropic ? mean : variance))];
    }

    /// <summary>d.</summary>
    public int Columns => Variances.Count;

    /// <summary>q.</summary>
    public int Factors { get; }

    /// <summary>Whether all columns share one uniqueness.</summary>
    public bool IsIsotropic { get; }

    /// <summary>The variances of the columns.</summary>
    public IReadOnlyList<double> Variances { get; }

    /// <summary>Means, loadings up to rotation, and uniquenesses.</summary>
    public int FreeParameters => Columns + Columns * Factors - Factors * (Factors - 1) / 2 + (IsIsotropic ? 1 : Columns);

    private int Triangle => Factors * (Factors + 1) / 2;

    private int PerColumn => Triangle + 2 * Factors + 3;

    /// <inheritdoc/>
    public int StatisticLength => Columns * PerColumn + Triangle + Factors + 1;

    /// <inheritdoc/>
    public double Expect(FactorParameters parameters, PatternChunk chunk, Span<double> statistic)
    {
        FactorPattern pattern = _patterns.TryTake(out FactorPattern? found) ? found : new FactorPattern(Columns, Factors);
        double logLikelihood = 0;
        int row = 0;
        while (row < chunk.Rows)
        {
            int index = chunk.PatternOf(row);
            ReadOnlySpan<int> observed = chunk.Observed(index);
            double count = chunk.CountOf(index);
            logLikelihood -= 0.5 * count * (observed.Length * Families.GaussianConstants.LogTwoPi + pattern.Begin(parameters, observed));
            for (; row < chunk.Rows && chunk.PatternOf(row) == index; row++)
            {
                logLikelihood -= 0.5 * Add(parameters, chunk, row, observed, pattern, statistic);
            }
            Add(observed, count, pattern, statistic);
        }
        _patterns.Add(pattern);
        return logLikelihood;
    }

    /// <summary>One row's share of the sums that need it by itself; returns its weighted quadratic form.</summary>
    private double Add(FactorParameters parameters, PatternChunk chunk, int row, ReadOnlySpan<int> observed, FactorPattern pattern, Span<double> statistic)
    {
        double weight = chunk.WeightOf(row);
        double count = chunk.RowCountOf(row);
        ReadOnlySpan<double> values = chunk.Values(row / RowTile.Capacity);
        Span<double> deviations = pattern.Deviations;
        for (int i = 0; i < observed.Length; i++)
        {
            int j = observed[i];
            double value = values[j * RowTile.Capacity + row % RowTile.Capacity];
            deviations[i] = count > 0 ? value - (parameters.Mean[j] - chunk.Origin[j]) : value;
        }
        double form = pattern.Add(parameters, observed, weight, count);
        ReadOnlySpan<double> scores = pattern.Scores;
        for (int i = 0; i < observed.Length; i++)
        {
            Span<double> own = statistic.Slice(observed[i] * PerColumn + Triangle + Factors + 1, Factors + 2);
            double weighted = weight * deviations[i];
            for (int k = 0; k < Factors; k++)
            {
                own[k] = Math.FusedMultiplyAdd(weighted, scores[k], own[k]);
            }
            own[Factors] = Math.FusedMultiplyAdd(count, deviations[i], own[Factors]);
            own[Factors + 1] = Math.FusedMultiplyAdd(weighted, deviations[i], own[Factors + 1]);
        }
        return weight * form;
    }

    /// <summary>What the rows of a pattern have in common for all columns that they observe.</summary>
    private void Add(ReadOnlySpan<int> observed, double count, FactorPattern pattern, Span<double> statistic)
    {
        ReadOnlySpan<double> common = pattern.Finish(count);
        foreach (int column in observed)
        {
            Accumulate(common, statistic[(column * PerColumn)..]);
        }
        Accumulate(common, statistic[(Columns * PerColumn)..]);
    }

    private static void Accumulate(ReadOnlySpan<double> values, Span<double> target)
    {
        for (int i = 0; i < values.Length; i++)
        {
            target[i] += values[i];
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite.</exception>
    public FactorParameters Maximize(ReadOnlySpan<double> statistic, FactorParameters current)
    {
        ReadOnlySpan<double> all = statistic[(Columns * PerColumn)..];
        double n = all[^1];
        if (!(n > 0))
        {
            return current;
        }
        int q = Factors;
        double[] mean = current.Mean.ToArray();
        double[] loadings = current.Loadings.ToArray();
        double[] uniquenesses = current.Uniquenesses.ToArray();
        double pooled = 0;
        double cells = 0;
        double[] system = new double[(q + 1) * (q + 1)];
        double[] solution = new double[q + 1];
        for (int j = 0; j < Columns; j++)
        {
            ReadOnlySpan<double> own = statistic.Slice(j * PerColumn, PerColumn);
            double observed = own[Triangle + q];
            if (!(observed > 0))
            {
                continue;
            }
            ReadOnlySpan<double> cross = own.Slice(Triangle + q + 1, q + 1);
            Regress(own, observed, cross, system, solution);
            double explained = 0;
            for (int k = 0; k <= q; k++)
            {
                explained = Math.FusedMultiplyAdd(solution[k], cross[k], explained);
            }
            double residual = Math.Max(0, own[Triangle + 2 * q + 2] - explained);
            solution.AsSpan(0, q).CopyTo(loadings.AsSpan(j * q));
            mean[j] += solution[q];
            uniquenesses[j] = Math.Max(residual / observed, _floors[j]);
            pooled += residual;
            cells += observed;
        }
        if (IsIsotropic)
        {
            Array.Fill(uniquenesses, Math.Max(pooled / cells, _floors[0]));
        }
        Reduce(all, n, mean, loadings);
        if (Array.Exists(mean, value => !double.IsFinite(value)) || Array.Exists(loadings, value => !double.IsFinite(value)) || Array.Exists(uniquenesses, value => !(value > 0) || !double.IsFinite(value)))
        {
            throw new NumericalException("Expected finite moments and positive uniquenesses, found others: a column overflows, or the factors leave nothing of it and there is no floor. Rescale the data, use a floor, or fewer factors.");
        }
        return new FactorParameters(mean, loadings, uniquenesses);
    }

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(FactorParameters parameters)
    {
        for (int j = 0; j < Columns; j++)
        {
            if (parameters.Uniquenesses[j] <= _floors[j] * (1 + 1e-9))
            {
                yield return (-1, IsIsotropic
                    ? "the factors leave no noise; its variance is held at its floor. Use fewer factors."
                    : $"the factors leave nothing of column {ColumnNames[j]} (a Heywood case); its uniqueness is held at its floor. Use fewer factors, or leave the column out.");
                if (IsIsotropic)
                {
                    yield break;
                }
            }
        }
    }

    /// <summary>The parameters with uniquenesses that respect the floor; the same uniqueness for all columns, their mean, where there is one alone.</summary>
    internal FactorParameters Raised(FactorParameters parameters)
    {
        double[] uniquenesses = parameters.Uniquenesses.ToArray();
        double mean = uniquenesses.Average();
        for (int j = 0; j < uniquenesses.Length; j++)
        {
            uniquenesses[j] = Math.Max(IsIsotropic ? mean : uniquenesses[j], _floors[j]);
        }
        return new FactorParameters(parameters.Mean, parameters.Loadings, uniquenesses);
    }

    /// <summary>Solves [Σ(ffᵀ + V) Σf; Σfᵀ n]·(λ, a) = (Σδf, Σδ).</summary>
    private void Regress(ReadOnlySpan<double> own, double observed, ReadOnlySpan<double> cross, double[] system, double[] solution)
    {
        int q = Factors;
        int size = q + 1;
        int position = 0;
        for (int i = 0; i < q; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                system[i * size + j] = own[position++];
            }
        }
        own.Slice(Triangle, q).CopyTo(system.AsSpan(q * size));
        system[q * size + q] = observed;
        if (!Cholesky.Factor(system, size))
        {
            throw new NumericalException("Expected factors that vary, found none: a column has too few values. Use fewer factors.");
        }
        cross.CopyTo(solution);
        Cholesky.Solve(system, solution);
        for (int i = size - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < size; k++)
            {
                solution[i] -= system[k * size + i] * solution[k];
            }
            solution[i] /= system[i * size + i];
        }
    }

    /// <summary>Takes the factors' mean m and covariance R = Σ(ffᵀ + V)/n − mmᵀ into the columns: μ + Λm, Λ·chol(R).</summary>
    private void Reduce(ReadOnlySpan<double> all, double n, double[] mean, double[] loadings)
    {
        int q = Factors;
        double[] factor = new double[q * q];
        int position = 0;
        for (int i = 0; i < q; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                factor[i * q + j] = all[position++] / n - all[Triangle + i] / n * (all[Triangle + j] / n);
            }
        }
        if (!Cholesky.Factor(factor, q))
        {
            return;
        }
        double[] row = new double[q];
        for (int j = 0; j < Columns; j++)
        {
            Span<double> own = loadings.AsSpan(j * q, q);
            for (int k = 0; k < q; k++)
            {
                mean[j] = Math.FusedMultiplyAdd(own[k], all[Triangle + k] / n, mean[j]);
                row[k] = 0;
                for (int i = k; i < q; i++)
                {
                    row[k] = Math.FusedMultiplyAdd(own[i], factor[i * q + k], row[k]);
                }
            }
            row.CopyTo(own);
        }
    }
}
