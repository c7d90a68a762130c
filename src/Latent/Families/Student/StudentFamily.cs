using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>How the degrees of freedom of Student-t components are had.</summary>
public enum FreedomSharing
{
    /// <summary>Each component's are estimated.</summary>
    Variable,

    /// <summary>One number is estimated for all.</summary>
    Equal,

    /// <summary>They stay as they are.</summary>
    Fixed,
}

/// <summary>
/// Student-t components with scale matrices in any of the fourteen structures: mixtures that outliers do not bend [PeelMcLachlan2000]. Cells may be missing (NaN); then the density is that
/// of the observed ones [LiuRubin1995].
/// </summary>
/// <remarks>
/// A row x is normal with covariance Σ/τ, τ gamma with mean one: given x its expectation is u = (ν+p)/(ν+δ), p the observed cells and δ their squared distance. The statistic is
/// [N | Σ r(E log τ − u) | Σ ru | Σ ru·y | lower triangle of Σ ru·yyᵀ] of whitened deviations y, completed as in <see cref="IncompleteGaussianFamily"/>. The M-step of μ and Σ is weighted
/// normal; ν solves log(ν/2) − ψ(ν/2) + 1 + Σ r(E log τ − u)/N = 0. Both maximise the same expectation, so that the likelihood never falls.
/// </remarks>
public sealed partial class StudentFamily :
    IFamily<StudentT, RowTile>, ITileTransform<StudentT>, IJointFamily<StudentT>, IStartingFamily<StudentT>, ISamplingFamily<StudentT>, ILocationFamily<StudentT>,
    ICollapsePenalty<StudentT>, IDegeneracyReport<StudentT>, IPriorFamily<StudentT>
{
    /// <summary>The most degrees of freedom that are estimated: beyond, the distribution is normal for all that data can say.</summary>
    public const double MostFreedom = 1000;

    /// <summary>The fewest that are estimated: below, the likelihood grows without bound at any row [LiuRubin1995].</summary>
    public const double LeastFreedom = 0.5;

    private const int Head = 3;

    private readonly IncompleteGaussianFamily _normal;

    /// <summary>The family over rows of <paramref name="columns"/> values.</summary>
    /// <param name="structure">What the scale matrices share.</param>
    /// <param name="columns">d.</param>
    /// <param name="fill">Finite values in the range of the data, one per column, such as the means.</param>
    /// <param name="sharing">How the degrees of freedom are had.</param>
    /// <param name="freedom">The degrees of freedom to begin with, or to stay with.</param>
    /// <param name="floor">The bound on scale matrices; null: <see cref="CovarianceFloor.None"/>.</param>
    /// <param name="prior">The prior of locations and scale matrices; null: none, and the M-step is maximum likelihood.</param>
    public StudentFamily(
        CovarianceDecomposition structure,
        int columns,
        ReadOnlySpan<double> fill,
        FreedomSharing sharing = FreedomSharing.Variable,
        double freedom = 10,
        CovarianceFloor? floor = null,
        GaussianPrior? prior = null)
    {
        _normal = new IncompleteGaussianFamily(structure, columns, fill, floor, prior);
        Sharing = sharing;
        StartingFreedom = freedom > 0 && double.IsFinite(freedom)
            ? freedom
            : throw new ArgumentOutOfRangeException(nameof(freedom), freedom, "Expected finite degrees of freedom above 0.");
    }

    /// <summary>What the scale matrices share.</summary>
    public CovarianceDecomposition Structure => _normal.Structure;

    /// <summary>d.</summary>
    public int Columns => _normal.Columns;

    /// <summary>How the degrees of freedom are had.</summary>
    public FreedomSharing Sharing { get; }

    /// <summary>The degrees of freedom of a start.</summary>
    public double StartingFreedom { get; }

    /// <summary>The bound on scale matrices.</summary>
    public CovarianceFloor Floor => _normal.Floor;

    /// <summary>The prior of locations and scale matrices; null for none.</summary>
    public GaussianPrior? Prior => _normal.Prior;

    /// <inheritdoc/>
    public bool HasPrior => _normal.HasPrior;

    /// <inheritdoc/>
    public double LogPrior(ReadOnlySpan<StudentT> components) => _normal.HasPrior ? _normal.LogPrior(Locations(components)) : 0;

    /// <inheritdoc/>
    public int StatisticLength => Head + ScatterKernel.Length(Columns);

    /// <summary>The free parameters of a component by itself.</summary>
    public int FreeParameters => FreeParametersOf(1);

    /// <inheritdoc/>
    public int FreeParametersOf(int components) => _normal.FreeParametersOf(components) + Freedoms(components);

    /// <inheritdoc/>
    public int ScratchLength(int rows) => (Columns + 1) * rows;

    /// <inheritdoc/>
    public void Transform(ReadOnlySpan<StudentT> components, RowTile source, RowTile target) => _normal.Transform([], source, target);

    /// <inheritdoc/>
    public void LogDensity(StudentT component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        // The normal log-density of the observed cells, from which their distance follows.
        _normal.LogDensity(component.Location, tile, scratch, logDensity);
        Span<double> squares = scratch.Slice(Columns * RowTile.Capacity, tile.PaddedRows);
        ProjectionKernel.Squares(scratch, Columns, squares);
        MissingRuns runs = tile.Missing;
        for (int run = 0; run < runs.Count; run++)
        {
            int observed = Columns - runs.Pattern(run).Columns.Length;
            double constant = StudentT.LogNormalizer(component.Freedom, observed) + 0.5 * observed * GaussianConstants.LogTwoPi;
            double power = -0.5 * (component.Freedom + observed);
            for (int row = runs.Start(run); row < runs.Start(run + 1); row++)
            {
                double normal = Math.FusedMultiplyAdd(0.5, squares[row], logDensity[row]);
                logDensity[row] = observed == 0 ? 0 : normal + constant + power * Elementary.Log(1 + squares[row] / component.Freedom);
            }
        }
    }

    /// <inheritdoc/>
    public void Accumulate(StudentT current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        ReadOnlySpan<double> squares = scratch.Slice(Columns * RowTile.Capacity, tile.PaddedRows);
        Span<double> scaled = stackalloc double[RowTile.Capacity];
        Span<double> excess = stackalloc double[RowTile.Capacity];
        scaled = scaled[..weights.Length];
        excess = excess[..weights.Length];
        MissingRuns runs = tile.Missing;
        for (int run = 0; run < runs.Count; run++)
        {
            double shape = 0.5 * (current.Freedom + Columns - runs.Pattern(run).Columns.Length);
            double digamma = GammaFunctions.Digamma(shape);
            for (int row = runs.Start(run); row < runs.Start(run + 1); row++)
            {
                double rate = 0.5 * (current.Freedom + squares[row]);
                double expected = shape / rate;
                scaled[row] = weights[row] * expected;
                excess[row] = weights[row] > 0 ? weights[row] * (digamma - Elementary.Log(rate) - expected) : 0;
            }
        }
        statistic[0] += LaneSum.Of(weights);
        statistic[1] += LaneSum.Of(excess);
        statistic[2] += LaneSum.Of(scaled);
        ScatterKernel.Accumulate(scratch, Columns, scaled, statistic[Head..], Simd.Level);
        IncompleteGaussianFamily.AddConditional(current.Scale, runs, weights, statistic[(Head + Columns)..]);
    }

    /// <summary>The component by itself: what it would share is its own.</summary>
    /// <inheritdoc/>
    public StudentT Estimate(ReadOnlySpan<double> statistic, StudentT current) => Estimate(statistic, [current])[0];

    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite, or a scale matrix is singular and there is no floor.</exception>
    public StudentT[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<StudentT> current)
    {
        int count = current.Length;
        double[] counts = new double[count];
        double[][] means = new double[count][];
        double[][] factors = new double[count][];
        double[] freedoms = new double[count];
        (double allRows, double allExcess) = (0, 0);
        for (int k = 0; k < count; k++)
        {
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            (double prior, means[k], factors[k]) = _normal.Centre(k, own[Head..], own[2], current[k].Location);
            counts[k] = own[0] + prior;
            freedoms[k] = Sharing == FreedomSharing.Variable && own[0] > 0 ? Freedom(own[1] / own[0], current[k].Freedom) : current[k].Freedom;
            allRows += own[0];
            allExcess += own[1];
        }
        if (Sharing == FreedomSharing.Equal && allRows > 0)
        {
            Array.Fill(freedoms, Freedom(allExcess / allRows, current[0].Freedom));
        }
        Covariance[] scales = StructuredCovariance.Estimate(Structure, counts, factors, [.. current.ToArray().Select(component => component.Scale)], Floor);
        return [.. means.Select((mean, k) => new StudentT(new Gaussian(mean, scales[k]), freedoms[k]))];
    }

    /// <summary>The nearest components that obey the structure; with equal degrees of freedom, their geometric mean.</summary>
    internal StudentT[] Project(IReadOnlyList<StudentT> components)
    {
        Gaussian[] normal = _normal.Project([.. components.Select(component => component.Location)]);
        double equal = Elementary.Exp(components.Sum(component => Elementary.Log(component.Freedom)) / components.Count);
        return [.. normal.Select((own, k) => new StudentT(own, Bounded(Sharing == FreedomSharing.Equal ? equal : components[k].Freedom)))];
    }

    /// <inheritdoc/>
    public StudentT Reference(ColumnSummary summary) => new(_normal.Reference(summary), StartingFreedom);

    /// <inheritdoc/>
    public StudentT MoveTo(StudentT component, ReadOnlySpan<double> mean) => new(_normal.MoveTo(component.Location, mean), component.Freedom);

    /// <inheritdoc/>
    public double CollapsePenalty(StudentT component, StudentT pooled) => _normal.CollapsePenalty(component.Location, pooled.Location);

    /// <inheritdoc/>
    public void Sample(StudentT component, RandomGenerator random, Span<double> row) => component.Sample(random, row);

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(StudentT parameters) => _normal.Degeneracies(parameters.Location);

    private int Freedoms(int components) => Sharing switch
    {
        FreedomSharing.Variable => components,
        FreedomSharing.Equal => 1,
        _ => 0,
    };

    private double Bounded(double freedom) => Sharing == FreedomSharing.Fixed ? freedom : Math.Clamp(freedom, LeastFreedom, MostFreedom);

    /// <summary>Where log(ν/2) − ψ(ν/2) + 1 + excess = 0, its left side falling from ∞ to 1 + excess; within the bounds, by halving the logarithm.</summary>
    private static double Freedom(double excess, double current)
    {
        double Slope(double freedom) => Elementary.Log(0.5 * freedom) - GammaFunctions.Digamma(0.5 * freedom) + 1 + excess;
        if (!double.IsFinite(excess))
        {
            return current;
        }
        (double low, double high) = (LeastFreedom, MostFreedom);
        if (Slope(high) >= 0)
        {
            return high;
        }
        if (Slope(low) <= 0)
        {
            return low;
        }
        for (int step = 0; step < 80 && high - low > 1e-14 * high; step++)
        {
            double middle = Math.Sqrt(low * high);
            (low, high) = Slope(middle) > 0 ? (middle, high) : (low, middle);
        }
        return 0.5 * (low + high);
    }
}
