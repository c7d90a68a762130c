using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// Gaussian components without correlations whose variances share volume or shape: EII, VII, EEI, VEI, EVI and VVI [CeleuxGovaert1995]. Rows must be
/// complete and finite.
/// </summary>
/// <remarks>The statistic of a component is that of <see cref="DiagonalGaussianFamily"/>; only the M-step, joint, differs.</remarks>
public partial class AlignedGaussianFamily :
    IFamily<DiagonalGaussian, RowTile>, IJointFamily<DiagonalGaussian>, IStartingFamily<DiagonalGaussian>, ISamplingFamily<DiagonalGaussian>,
    ILocationFamily<DiagonalGaussian>, ICollapsePenalty<DiagonalGaussian>, IDegeneracyReport<DiagonalGaussian>, IPriorFamily<DiagonalGaussian>
{
    private readonly DiagonalGaussianFamily _single;

    /// <summary>The family over rows of <paramref name="columns"/> values.</summary>
    /// <param name="structure">What the components share; its orientation is the identity.</param>
    /// <param name="columns">d.</param>
    /// <param name="floor">The bound that keeps components from collapsing; null: <see cref="CovarianceFloor.None"/>.</param>
    /// <param name="prior">The prior of the components; null: none, and the M-step is maximum likelihood.</param>
    /// <exception cref="ArgumentException">The structure has correlations.</exception>
    public AlignedGaussianFamily(CovarianceDecomposition structure, int columns, CovarianceFloor? floor = null, GaussianPrior? prior = null)
    {
        if (!structure.IsDiagonal)
        {
            throw new ArgumentException($"Expected a structure without correlations (EII, VII, EEI, VEI, EVI, VVI), found {structure}. Use StructuredGaussianFamily.", nameof(structure));
        }
        Structure = structure;
        _single = new DiagonalGaussianFamily(columns, floor, prior);
    }

    /// <summary>What the components share.</summary>
    public CovarianceDecomposition Structure { get; }

    /// <summary>d.</summary>
    public int Columns => _single.Columns;

    /// <summary>The bound: every variance is at least ε times its column's; of round components, ε times the mean of the columns'.</summary>
    public CovarianceFloor Floor => _single.Floor;

    /// <summary>The prior of the components; null for none.</summary>
    public GaussianPrior? Prior => _single.Prior;

    /// <inheritdoc/>
    public bool HasPrior => Prior is not null;

    /// <inheritdoc/>
    public int StatisticLength => _single.StatisticLength;

    /// <summary>The free parameters of a component by itself.</summary>
    public int FreeParameters => FreeParametersOf(1);

    /// <inheritdoc/>
    public int FreeParametersOf(int components) => components * Columns + Structure.FreeParameters(components, Columns);

    /// <inheritdoc/>
    public virtual int ScratchLength(int rows) => 0;

    /// <inheritdoc/>
    public virtual void LogDensity(DiagonalGaussian component, RowTile tile, Span<double> scratch, Span<double> logDensity) =>
        _single.LogDensity(component, tile, scratch, logDensity);

    /// <inheritdoc/>
    public virtual void Accumulate(DiagonalGaussian current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic) =>
        _single.Accumulate(current, tile, scratch, weights, statistic);

    /// <summary>The component by itself: what it would share is its own.</summary>
    /// <inheritdoc/>
    public DiagonalGaussian Estimate(ReadOnlySpan<double> statistic, DiagonalGaussian current) => Estimate(statistic, [current])[0];

    /// <summary>μₖ + mₖ/Nₖ, and variances that minimise Σₖ Σⱼ (Nₖ·log σ² + wₖⱼ/σ²) in the structure, under the floor. With a prior, the mode of the posterior.</summary>
    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite, or a variance is zero and there is no floor.</exception>
    public DiagonalGaussian[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<DiagonalGaussian> current)
    {
        int count = current.Length;
        double[] counts = new double[count];
        double[][] spread = new double[count][];
        double[][] means = new double[count][];
        for (int k = 0; k < count; k++)
        {
            counts[k] = Centre(statistics.Slice(k * StatisticLength, StatisticLength), current[k], spread[k] = new double[Columns], out means[k]);
            if (Prior is not null && (k == 0 || !Structure.IsShared))
            {
                counts[k] += Prior.Power;
                for (int j = 0; j < Columns; j++)
                {
                    spread[k][j] += Prior.Scale.Matrix[j * Columns + j];
                }
            }
        }
        return WithVariances(means, counts, spread, current, guarded: true);
    }

    /// <inheritdoc/>
    public double LogPrior(ReadOnlySpan<DiagonalGaussian> components)
    {
        double sum = 0;
        for (int k = 0; k < components.Length && Prior is not null; k++)
        {
            double trace = 0;
            double square = 0;
            for (int j = 0; j < Columns; j++)
            {
                double scaled = (components[k].Mean[j] - Prior.Mean[j]) * components[k].Scales[j];
                square += scaled * scaled;
                trace += Prior.Scale.Matrix[j * Columns + j] / components[k].Variances[j];
            }
            sum += k == 0 || !Structure.IsShared ? Prior.LogDensity(components[k].LogDeterminant, trace) : 0;
            sum += Prior.LogDensityOfMean(components[k].LogDeterminant, square);
        }
        return sum;
    }

    /// <summary>The nearest components that obey the structure.</summary>
    internal DiagonalGaussian[] Project(IReadOnlyList<DiagonalGaussian> components) => WithVariances(
        [.. components.Select(component => component.Mean.ToArray())],
        [.. components.Select(_ => 1.0)],
        [.. components.Select(component => component.Variances.ToArray())],
        [.. components],
        guarded: false);

    /// <inheritdoc/>
    public DiagonalGaussian Reference(ColumnSummary summary)
    {
        DiagonalGaussian reference = _single.Reference(summary);
        return Structure.Shape == CovarianceSharing.Identity ? Project([reference])[0] : reference;
    }

    /// <inheritdoc/>
    public DiagonalGaussian MoveTo(DiagonalGaussian component, ReadOnlySpan<double> mean) => _single.MoveTo(component, mean);

    /// <inheritdoc/>
    public double CollapsePenalty(DiagonalGaussian component, DiagonalGaussian pooled) => _single.CollapsePenalty(component, pooled);

    /// <inheritdoc/>
    public void Sample(DiagonalGaussian component, RandomGenerator random, Span<double> row) => _single.Sample(component, random, row);

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(DiagonalGaussian parameters) => _single.Degeneracies(parameters);

    /// <summary>The bounds of variances.</summary>
    private double[] Least() =>
        [.. Enumerable.Range(0, Columns).Select(j => Structure.Shape == CovarianceSharing.Identity ? Floor.LeastCommon() : Floor.Least(j))];

    /// <summary>The new mean and the scatter about it, with the prior of the mean; returns N with the prior's part.</summary>
    private double Centre(ReadOnlySpan<double> own, DiagonalGaussian current, double[] spread, out double[] mean)
    {
        double n = own[0];
        double[] average = new double[Columns];
        double[] centre = new double[Columns];
        for (int j = 0; j < Columns && n > 0; j++)
        {
            average[j] = own[1 + j] / n;
            spread[j] = own[1 + Columns + j] - n * average[j] * average[j];
        }
        if (Prior is { Shrinkage: > 0 } prior)
        {
            for (int j = 0; j < Columns; j++)
            {
                centre[j] = prior.Mean[j] - current.Mean[j];
            }
            double[] offset = new double[Columns];
            double weight = prior.Shrink(n, average, centre, offset);
            for (int j = 0; j < Columns; j++)
            {
                spread[j] += weight * offset[j] * offset[j];
            }
            n++;
        }
        mean = GaussianConstants.Moved(current.Mean, average);
        return n;
    }

    /// <summary>Under bounds an iteration over shared shapes may end above where it began: the current variances, which obey the structure, then stay.</summary>
    private DiagonalGaussian[] WithVariances(double[][] means, double[] counts, double[][] spread, ReadOnlySpan<DiagonalGaussian> current, bool guarded)
    {
        int[] live = [.. Enumerable.Range(0, counts.Length).Where(k => counts[k] > 0)];
        if (live.Length == 0)
        {
            return current.ToArray();
        }
        double[] least = Least();
        double[][] values = EigenvalueFit.Solve(Structure, Array.ConvertAll(live, k => counts[k]), Array.ConvertAll(live, k => spread[k]), least, out bool held);
        if (held && guarded)
        {
            DiagonalGaussian[] before = current.ToArray();
            double[][] kept = Array.ConvertAll(live, k => before[k].Variances.ToArray());
            values = EigenvalueFit.Cost(counts, spread, live, values) <= EigenvalueFit.Cost(counts, spread, live, kept) ? values : kept;
        }
        DiagonalGaussian[] result = new DiagonalGaussian[counts.Length];
        for (int k = 0; k < result.Length; k++)
        {
            int place = Array.IndexOf(live, k);
            result[k] = place >= 0
                ? new DiagonalGaussian(means[k], values[place], IsHeld(values[place], least))
                : Structure.Name == "VVI" ? current[k] : new DiagonalGaussian(means[k], values[0], IsHeld(values[0], least));
        }
        return result;
    }

    private static bool IsHeld(double[] values, double[] least)
    {
        bool held = false;
        for (int j = 0; j < values.Length; j++)
        {
            held |= least[j] > 0 && values[j] <= least[j] * (1 + 1e-12);
        }
        return held;
    }
}
