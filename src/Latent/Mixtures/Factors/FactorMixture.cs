using Latent.Data;
using Latent.Engine;
using Latent.Factors;
using Latent.Families;

namespace Latent.Mixtures;

/// <summary>
/// Mixtures of factor analysers: Gaussian mixtures with covariances Λₖ·Λₖᵀ + Ψₖ of q factors, for data too wide for a free covariance of each component [GhahramaniHinton1996].
/// </summary>
public static class FactorMixture
{
    private const int ReferenceRows = 2000;

    /// <summary>Fits a mixture to rows by maximum likelihood. Of rows with missing cells (NaN) it is the likelihood of the observed cells; rows with nothing observed have no part.</summary>
    /// <param name="rows">Rows: arrays, matrices and tensors convert by themselves.</param>
    /// <param name="components">K, the number of components.</param>
    /// <param name="factors">q, the factors of each component: fewer than columns, and unless columns share one uniqueness (d − q)² ≥ d + q.</param>
    /// <param name="options">How; null for the defaults: uniquenesses of each component's own.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">No rows, infinite cells, a column with nothing observed, fewer distinct rows than components, too many factors, or options out of range.</exception>
    /// <exception cref="NumericalException">The data overflow, or every start broke down.</exception>
    public static MixtureFit<FactorGaussian> Fit(RowSource rows, int components, int factors, FactorMixtureOptions? options = null, CancellationToken cancellation = default) =>
        Fit((IRowSource)rows, components, factors, options, cancellation);

    /// <inheritdoc cref="Fit(RowSource, int, int, FactorMixtureOptions?, CancellationToken)"/>
    public static MixtureFit<FactorGaussian> Fit(IRowSource rows, int components, int factors, FactorMixtureOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new FactorMixtureOptions();
        options.Checked();
        RowChecks.RequireValues(rows, "a mixture of factor analysers");
        RowChecks.RequireDistinct(rows, components, "components");
        int d = rows.Columns;
        options.Check(d, factors);
        IncompleteRows prepared = rows.MissingCells > 0 ? IncompleteRows.Of(rows) : new IncompleteRows(rows, null, 0);
        ColumnSummary summary = ColumnMoments.Summarize(prepared.Rows, options);
        RowChecks.RequireResolved(summary);
        CovarianceFloor floor = options.UniquenessFloor > 0 ? CovarianceFloor.RelativeTo(summary, options.UniquenessFloor) : CovarianceFloor.None;
        FactorGaussianFamily blank = new(d, factors, options.Uniquenesses, floor);
        FactorGaussian reference = PrincipalFactors.Reference(blank, prepared.Rows, summary, ReferenceRows, options.Seed);
        FactorGaussianFamily family = new(d, factors, options.Uniquenesses, floor, reference);
        MixtureModel<FactorGaussian> model = new(family, components, d) { ColumnNames = rows.Schema.Names, WeightPrior = options.WeightPrior };
        FactorMixtureOptions moved = options with
        {
            Initializers = Initializers(options, prepared.Rows),
            Contenders = [.. options.Contained.Select(contained => new Contender<FactorGaussian>("contained", WidenedInitializer.Widened(family, contained)))],
            StartLabels = prepared.Of(options.StartLabels),
        };
        MixtureFit<FactorGaussian> fit = Turned(new MixtureFitter<FactorGaussian>(model, prepared.Rows, summary, moved, given: options).Fit(cancellation));
        return fit.Trimmed.Weight > 0 ? fit.In(prepared.Places) : fit;
    }

    /// <summary>A mixture from its parameters.</summary>
    /// <param name="sharing">What the uniquenesses may be.</param>
    /// <param name="weights">Mixing weights.</param>
    /// <param name="components">As many components, of one number of columns and of factors.</param>
    /// <param name="columnNames">Names of the columns; null: x1, x2, …</param>
    /// <param name="noiseWeight">The weight of the noise; 0 where there is none.</param>
    /// <param name="noise">The noise; null for none.</param>
    /// <param name="equalWeights">Whether the weights are held equal.</param>
    /// <exception cref="ArgumentException">Counts or dimensions do not fit, or a weight is not valid.</exception>
    public static FittedMixture<FactorGaussian> Create(
        UniquenessSharing sharing, ReadOnlySpan<double> weights, IReadOnlyList<FactorParameters> components, IReadOnlyList<string>? columnNames = null, double noiseWeight = 0, UniformNoise? noise = null,
        bool equalWeights = false)
    {
        ArgumentNullException.ThrowIfNull(components);
        if (components.Count == 0 || components.Any(component => component.Columns != components[0].Columns || component.Factors != components[0].Factors))
        {
            throw new ArgumentException("Expected at least one component, all of one number of columns and of factors, found none or several such numbers.", nameof(components));
        }
        int d = components[0].Columns;
        FactorGaussianFamily family = new(d, components[0].Factors, sharing);
        return new FittedMixture<FactorGaussian>(
            new MixtureModel<FactorGaussian>(family, components.Count, d) { Noise = noise, EqualWeights = equalWeights },
            new Mixture<FactorGaussian>(weights, [.. components.Select(component => new FactorGaussian(component))], noiseWeight),
            columnNames ?? Schema.Numbered(d).Names);
    }

    /// <summary>What makes the starts, with factors along the principal axes of each partition; null for what trimming has.</summary>
    private static IReadOnlyList<MixtureInitializer>? Initializers(FactorMixtureOptions options, IRowSource rows)
    {
        if (options.Initializers is null && options.Trim > 0)
        {
            return null;
        }
        IReadOnlyList<MixtureInitializer> partitions = options.Initializers ?? [.. rows.Known.IsEmpty ? (MixtureInitializer[])[] : [new LabelInitializer()], .. MixtureInitializer.Default];
        return
        [
            // A smaller mixture has its factors already.
            .. options.Initializers is null && options.Smaller is not null ? (MixtureInitializer[])[new SplitInitializer()] : [],
            .. options.Contained.Select(contained => new FactorInitializer(new WidenedInitializer(contained))),
            .. partitions.Select(initializer => new FactorInitializer(initializer)),
        ];
    }

    /// <summary>The same fit with ΛᵀΨ⁻¹Λ diagonal in every component, largest first.</summary>
    private static MixtureFit<FactorGaussian> Turned(MixtureFit<FactorGaussian> fit)
    {
        Mixture<FactorGaussian> parameters = new(
            fit.Weights.AsSpan(),
            [.. fit.Components.Select(component => component.Canonical)],
            fit.NoiseWeight);
        return new MixtureFit<FactorGaussian>(fit.Model, parameters, fit.Result with { Parameters = parameters }, fit.Data, fit.Entropy) { Annihilation = fit.Annihilation, Trimmed = fit.Trimmed };
    }
}
