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

    /// <summary>Fits a mixture to complete rows by maximum likelihood.</summary>
    /// <param name="rows">Rows: arrays, matrices and tensors convert by themselves.</param>
    /// <param name="components">K, the number of components.</param>
    /// <param name="factors">q, the factors of each component: fewer than columns, and unless columns share one uniqueness (d − q)² ≥ d + q.</param>
    /// <param name="options">How; null for the defaults: uniquenesses of each component's own.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">No rows, missing or infinite cells, fewer distinct rows than components, too many factors, or options out of range.</exception>
    /// <exception cref="NumericalException">The data overflow, or every start broke down.</exception>
    public static MixtureFit<FactorGaussian> Fit(RowSource rows, int components, int factors, FactorMixtureOptions? options = null, CancellationToken cancellation = default) =>
        Fit((IRowSource)rows, components, factors, options, cancellation);

    /// <inheritdoc cref="Fit(RowSource, int, int, FactorMixtureOptions?, CancellationToken)"/>
    public static MixtureFit<FactorGaussian> Fit(IRowSource rows, int components, int factors, FactorMixtureOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new FactorMixtureOptions();
        options.Checked();
        RowChecks.RequireComplete(rows, "a mixture of factor analysers");
        RowChecks.RequireDistinct(rows, components, "components");
        int d = rows.Columns;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factors);
        if (factors >= d || (options.Uniquenesses != UniquenessSharing.Isotropic && (d - factors) * (d - factors) < d + factors))
        {
            throw new ArgumentOutOfRangeException(nameof(factors), factors, $"Expected fewer factors for {d} columns: the loadings and uniquenesses would outnumber the covariances.");
        }
        if (!(options.UniquenessFloor >= 0 && options.UniquenessFloor < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.UniquenessFloor, "Expected a uniqueness floor of at least 0 and below 1.");
        }
        ColumnSummary summary = ColumnMoments.Summarize(rows, options);
        RowChecks.RequireResolved(summary);
        CovarianceFloor floor = options.UniquenessFloor > 0 ? CovarianceFloor.RelativeTo(summary, options.UniquenessFloor) : CovarianceFloor.None;
        FactorGaussianFamily blank = new(d, factors, options.Uniquenesses, floor);
        FactorGaussian reference = PrincipalFactors.Reference(blank, rows, summary, ReferenceRows, options.Seed);
        FactorGaussianFamily family = new(d, factors, options.Uniquenesses, floor, reference);
        MixtureModel<FactorGaussian> model = new(family, components, d) { ColumnNames = rows.Schema.Names, WeightPrior = options.WeightPrior };
        IReadOnlyList<MixtureInitializer>? initializers = options.Initializers ?? (options.Trim > 0 || options.Smaller is not null
            ? null
            : [.. rows.Known.IsEmpty ? (MixtureInitializer[])[] : [new LabelInitializer()], .. MixtureInitializer.Default]);
        FactorMixtureOptions moved = options with { Initializers = initializers is null ? null : [.. initializers.Select(initializer => new FactorInitializer(initializer))] };
        MixtureFit<FactorGaussian> fit = new MixtureFitter<FactorGaussian>(model, rows, summary, moved, given: options).Fit(cancellation);
        return Turned(fit);
    }

    /// <summary>A mixture from its parameters.</summary>
    /// <param name="sharing">What the uniquenesses may be.</param>
    /// <param name="weights">Mixing weights.</param>
    /// <param name="components">As many components, of one number of columns and of factors.</param>
    /// <param name="columnNames">Names of the columns; null: x1, x2, …</param>
    /// <param name="noiseWeight">The weight of the noise; 0 where there is none.</param>
    /// <param name="noise">The noise; null for none.</param>
    /// <exception cref="ArgumentException">Counts or dimensions do not fit, or a weight is not valid.</exception>
    public static FittedMixture<FactorGaussian> Create(
        UniquenessSharing sharing, ReadOnlySpan<double> weights, IReadOnlyList<FactorParameters> components, IReadOnlyList<string>? columnNames = null, double noiseWeight = 0, UniformNoise? noise = null)
    {
        ArgumentNullException.ThrowIfNull(components);
        if (components.Count == 0 || components.Any(component => component.Columns != components[0].Columns || component.Factors != components[0].Factors))
        {
            throw new ArgumentException("Expected at least one component, all of one number of columns and of factors, found none or several such numbers.", nameof(components));
        }
        int d = components[0].Columns;
        FactorGaussianFamily family = new(d, components[0].Factors, sharing);
        return new FittedMixture<FactorGaussian>(
            new MixtureModel<FactorGaussian>(family, components.Count, d) { Noise = noise },
            new Mixture<FactorGaussian>(weights, [.. components.Select(component => new FactorGaussian(component))], noiseWeight),
            columnNames ?? Schema.Numbered(d).Names);
    }

    /// <summary>The same fit with ΛᵀΨ⁻¹Λ diagonal in every component, largest first.</summary>
    private static MixtureFit<FactorGaussian> Turned(MixtureFit<FactorGaussian> fit)
    {
        Mixture<FactorGaussian> parameters = new(
            fit.Weights.AsSpan(),
            [.. fit.Components.Select(component => new FactorGaussian(Rotation.Apply(component.Parameters, FactorRotation.None), component.FloorActive))],
            fit.NoiseWeight);
        return new MixtureFit<FactorGaussian>(fit.Model, parameters, fit.Result with { Parameters = parameters }, fit.Data, fit.Entropy) { Annihilation = fit.Annihilation, Trimmed = fit.Trimmed };
    }
}
