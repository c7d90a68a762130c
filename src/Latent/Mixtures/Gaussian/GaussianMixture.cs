using System.Collections.Immutable;
using Latent.Data;
using Latent.Families;

namespace Latent.Mixtures;

/// <summary>
/// A mixture of normal distributions, p(x) = Σₖ πₖ·N(x; μₖ, Σₖ): a density to evaluate, classify with, draw from, marginalise and
/// condition. Immutable and safe for many threads.
/// </summary>
public partial class GaussianMixture : IFittedMixture
{
    private readonly IFittedMixture _density;
    private readonly Lazy<IFittedMixture> _incomplete;

    /// <summary>Creates a mixture from its parameters.</summary>
    /// <param name="structure">What the covariances are; what the structure does not have is ignored.</param>
    /// <param name="weights">Mixing weights.</param>
    /// <param name="components">As many components, of one dimension.</param>
    /// <param name="columnNames">Names of the columns; null: x1, x2, …</param>
    /// <param name="noiseWeight">The weight of the noise; 0 where there is none.</param>
    /// <param name="noise">The noise; null for none.</param>
    /// <param name="equalWeights">Whether the weights are held equal: a further M-step leaves them so, and they have no standard errors.</param>
    /// <exception cref="ArgumentException">Counts or dimensions do not fit, or a weight is not valid.</exception>
    public GaussianMixture(
        CovarianceStructure structure, ReadOnlySpan<double> weights, IReadOnlyList<Gaussian> components, IReadOnlyList<string>? columnNames = null, double noiseWeight = 0, UniformNoise? noise = null,
        bool equalWeights = false)
    {
        ArgumentNullException.ThrowIfNull(components);
        int dimension = components.Count > 0 ? components[0].Dimension : 0;
        if (dimension == 0 || components.Any(component => component.Dimension != dimension))
        {
            throw new ArgumentException($"Expected at least one component, all of one dimension, found dimensions {string.Join(", ", components.Select(component => component.Dimension))}.", nameof(components));
        }
        if (noise is null ? noiseWeight != 0 : noise.Lower.Length != dimension)
        {
            throw new ArgumentException($"Expected a noise component of {dimension} columns, or no weight for it, found {noise?.Lower.Length ?? 0} columns and the weight {noiseWeight:R}.", nameof(noise));
        }
        Structure = structure;
        Components = [.. components];
        double[] shares = weights.ToArray();
        IReadOnlyList<string> names = columnNames ?? Schema.Numbered(dimension).Names;
        _density = GaussianStructure.Of(structure, incomplete: false).Build(shares, components, names, noiseWeight, noise, equalWeights);
        _incomplete = new Lazy<IFittedMixture>(() => GaussianStructure.Of(structure, incomplete: true).Build(shares, Components, names, noiseWeight, noise, equalWeights));
    }

    /// <summary>What the covariances are.</summary>
    public CovarianceStructure Structure { get; }

    /// <summary>The components.</summary>
    public ImmutableArray<Gaussian> Components { get; }

    /// <inheritdoc/>
    public ImmutableArray<double> Weights => _density.Weights;

    /// <inheritdoc/>
    public double NoiseWeight => _density.NoiseWeight;

    /// <inheritdoc/>
    public UniformNoise? Noise => _density.Noise;

    /// <inheritdoc/>
    public bool EqualWeights => _density.EqualWeights;

    /// <inheritdoc/>
    public ImmutableArray<string> ColumnNames => _density.ColumnNames;

    /// <summary>
    /// Fits a mixture to rows by maximum likelihood. Of rows with missing cells (NaN) it is the likelihood of the observed cells, exact where cells are missing at random; rows
    /// with nothing observed have no part (see <see cref="GaussianMixtureFit.EmptyRows"/>).
    /// </summary>
    /// <param name="rows">Rows: arrays, matrices and tensors convert by themselves.</param>
    /// <param name="components">K, the number of components.</param>
    /// <param name="options">How; null for the defaults: full covariances, a race of several starts, until 1e-6 nats remain.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">No rows, infinite cells, a column with nothing observed, fewer distinct rows than components, or options out of range.</exception>
    /// <exception cref="NumericalException">The data overflow, or every start broke down.</exception>
    public static GaussianMixtureFit Fit(RowSource rows, int components, GaussianMixtureOptions? options = null, CancellationToken cancellation = default) =>
        Fit((IRowSource)rows, components, options, cancellation);

    /// <inheritdoc cref="Fit(RowSource, int, GaussianMixtureOptions?, CancellationToken)"/>
    public static GaussianMixtureFit Fit(IRowSource rows, int components, GaussianMixtureOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new GaussianMixtureOptions();
        options.Checked();
        return new GaussianRows(rows, options).Fit(components, options, cancellation);
    }

    /// <summary>A fit from what its checkpoint holds.</summary>
    internal static GaussianMixtureFit Restored(IRowSource rows, EmResult result, double entropy, GaussianMixtureOptions options, CancellationToken cancellation) =>
        new GaussianRows(rows, options).Restore(result, entropy, options, cancellation);

    /// <summary>Runs <see cref="Fit(RowSource, int, GaussianMixtureOptions?, CancellationToken)"/> on the thread pool.</summary>
    /// <inheritdoc cref="Fit(RowSource, int, GaussianMixtureOptions?, CancellationToken)"/>
    public static Task<GaussianMixtureFit> FitAsync(IRowSource rows, int components, GaussianMixtureOptions? options = null, CancellationToken cancellation = default) =>
        Task.Run(() => Fit(rows, components, options, cancellation), CancellationToken.None);

    /// <inheritdoc/>
    public int[] Predict(IRowSource rows, int threads = 0) => For(rows).Predict(rows, threads);

    /// <inheritdoc/>
    public double[] Responsibilities(IRowSource rows, int threads = 0) => For(rows).Responsibilities(rows, threads);

    /// <inheritdoc/>
    public double[] LogDensity(IRowSource rows, int threads = 0) => For(rows).LogDensity(rows, threads);

    /// <inheritdoc/>
    public double Score(IRowSource rows, int threads = 0) => For(rows).Score(rows, threads);

    /// <inheritdoc/>
    public (double[] Values, int[] Labels) Sample(int count, ulong seed = 1) => _density.Sample(count, seed);

    /// <inheritdoc/>
    public virtual ParameterEstimates StandardErrors(IRowSource rows, StandardErrorOptions? options = null, CancellationToken cancellation = default) =>
        For(rows).StandardErrors(rows, options, cancellation);

    /// <inheritdoc/>
    public virtual BootstrapResult Bootstrap(IRowSource rows, BootstrapOptions? options = null, CancellationToken cancellation = default) =>
        For(rows).Bootstrap(rows, options, cancellation);

    /// <summary>The mixture of some columns alone, in the order given.</summary>
    /// <exception cref="ArgumentException">No column, one twice, or one out of range.</exception>
    public GaussianMixture Marginal(params ReadOnlySpan<int> columns)
    {
        Gaussian[] marginals = new Gaussian[Components.Length];
        for (int k = 0; k < marginals.Length; k++)
        {
            marginals[k] = Components[k].Marginal(columns);
        }
        return new GaussianMixture(Structure, Weights.AsSpan(), marginals, Names(columns), NoiseWeight, Noise?.Marginal(columns), EqualWeights);
    }

    /// <summary>
    /// The mixture of the other columns given the values of some: weights πₖ·N(x_b; μ_b, Σ_bb), components conditioned one by one.
    /// </summary>
    /// <exception cref="ArgumentException">Columns or values do not fit, or the values have density zero under every component.</exception>
    public GaussianMixture Conditional(ReadOnlySpan<int> columns, ReadOnlySpan<double> values)
    {
        double[] logWeights = new double[Components.Length + 1];
        Gaussian[] conditionals = new Gaussian[Components.Length];
        for (int k = 0; k < conditionals.Length; k++)
        {
            logWeights[k] = Math.Log(Weights[k]) + Components[k].Marginal(columns).LogDensity(values);
            conditionals[k] = Components[k].Conditional(columns, values);
        }
        logWeights[^1] = Noise is null ? double.NegativeInfinity : Math.Log(NoiseWeight) - Noise.Marginal(columns).LogVolume;
        double largest = logWeights.Max();
        if (!double.IsFinite(largest))
        {
            throw new ArgumentException("Expected values of positive density under some component, found none: the conditional does not exist in double precision.", nameof(values));
        }
        int[] given = columns.ToArray();
        int[] rest = [.. Enumerable.Range(0, Components[0].Dimension).Where(column => !given.Contains(column))];
        double[] shares = [.. logWeights.Select(weight => Math.Exp(weight - largest))];
        return new GaussianMixture(Structure, shares.AsSpan(0, conditionals.Length), conditionals, Names(rest), shares[^1], Noise?.Marginal(rest));
    }

    /// <summary>The density that rows call for: the faster one where they are complete.</summary>
    private IFittedMixture For(IRowSource rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Columns == Components[0].Dimension && rows.MissingCells > 0 ? _incomplete.Value : _density;
    }

    private string[] Names(ReadOnlySpan<int> columns)
    {
        string[] names = new string[columns.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = ColumnNames[columns[i]];
        }
        return names;
    }
}
