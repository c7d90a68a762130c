using Latent.Data;
using Latent.Families;

namespace Latent.Mixtures;

/// <summary>A covariance structure at work: its family, and the way between its own components and plain Gaussians.</summary>
internal abstract class GaussianStructure
{
    /// <summary>The structure, for complete rows alone or for rows with missing cells.</summary>
    public static GaussianStructure Of(CovarianceStructure structure, bool incomplete) => structure switch
    {
        _ when incomplete => OfIncomplete(structure.Decomposition()),
        CovarianceStructure.Spherical => new GaussianStructure<SphericalGaussian>(
            (columns, _, floor, prior) => new SphericalGaussianFamily(columns, floor, prior),
            component => component.ToGaussian(),
            gaussians => [.. gaussians.Select(gaussian => new SphericalGaussian(gaussian.Mean, gaussian.Covariance.Matrix[0]))]),
        CovarianceStructure.Diagonal => new GaussianStructure<DiagonalGaussian>(
            (columns, _, floor, prior) => new DiagonalGaussianFamily(columns, floor, prior),
            component => component.ToGaussian(),
            WithoutCorrelations),
        CovarianceStructure.Tied => new GaussianStructure<TiedGaussian>(
            (columns, _, floor, prior) => new TiedGaussianFamily(columns, floor, prior),
            component => component.ToGaussian(),
            gaussians => TiedGaussian.Create([.. gaussians.Select(gaussian => gaussian.Mean.ToArray())], gaussians[0].Covariance)),
        CovarianceStructure.Full => new GaussianStructure<Gaussian>(
            (columns, _, floor, prior) => new FullGaussianFamily(columns, floor, prior),
            component => component,
            gaussians => [.. gaussians]),
        _ => OfDecomposition(structure.Decomposition()),
    };

    /// <summary>Shows what the structure's own components are.</summary>
    public abstract TResult Show<TResult>(IGaussianStructureVisitor<TResult> visitor);

    private static GaussianStructure OfDecomposition(CovarianceDecomposition structure) => structure.IsDiagonal
        ? Aligned((columns, _, floor, prior) => new AlignedGaussianFamily(structure, columns, floor, prior))
        : Turned((columns, _, floor, prior) => new StructuredGaussianFamily(structure, columns, floor, prior));

    private static GaussianStructure OfIncomplete(CovarianceDecomposition structure) => structure.IsDiagonal
        ? Aligned((columns, _, floor, prior) => new IncompleteAlignedFamily(structure, columns, floor, prior))
        : Turned((columns, fill, floor, prior) => new IncompleteGaussianFamily(structure, columns, fill, floor, prior));

    private static GaussianStructure<DiagonalGaussian> Aligned(FamilyFactory<DiagonalGaussian> family) => new(
        family,
        component => component.ToGaussian(),
        WithoutCorrelations,
        (own, components) => ((AlignedGaussianFamily)own).Project(components));

    private static GaussianStructure<Gaussian> Turned(FamilyFactory<Gaussian> family) => new(
        family,
        component => component,
        gaussians => [.. gaussians],
        (own, components) => ((StructuredGaussianFamily)own).Project(components));

    /// <summary>A density from plain Gaussians; what the structure does not have (correlations of a diagonal one) is ignored.</summary>
    public abstract IFittedMixture Build(ReadOnlySpan<double> weights, IReadOnlyList<Gaussian> components, IReadOnlyList<string> columns, double noiseWeight, UniformNoise? noise, bool equalWeights);

    /// <summary>The E-step of part of the rows.</summary>
    public abstract PartialStatistic Accumulate(GaussianMixture mixture, IRowSource rows, int part, int parts, int threads, CancellationToken cancellation);

    /// <summary>The M-step of a whole statistic, under a floor.</summary>
    public abstract GaussianMixture Maximize(GaussianMixture current, ReadOnlySpan<double> statistic, ColumnSummary summary, double relativeFloor);

    /// <summary>Fits the structure.</summary>
    /// <param name="rows">Rows that have been checked.</param>
    /// <param name="summary">Their means and variances.</param>
    /// <param name="components">K.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Stops early.</param>
    /// <param name="emptyRows">Rows that were left out, because nothing of them is observed.</param>
    public abstract GaussianMixtureFit Fit(IRowSource rows, ColumnSummary summary, int components, GaussianMixtureOptions options, CancellationToken cancellation, long emptyRows);

    private static DiagonalGaussian[] WithoutCorrelations(IReadOnlyList<Gaussian> gaussians) =>
        [.. gaussians.Select(gaussian => new DiagonalGaussian(gaussian.Mean, Diagonal(gaussian)))];

    /// <summary>A fit from its own report, as it was.</summary>
    public abstract GaussianMixtureFit Restore(IRowSource rows, ColumnSummary summary, EmResult result, double entropy, GaussianMixtureOptions options, CancellationToken cancellation, long emptyRows);

    private static double[] Diagonal(Gaussian gaussian)
    {
        double[] variances = new double[gaussian.Dimension];
        for (int i = 0; i < variances.Length; i++)
        {
            variances[i] = gaussian.Covariance.Matrix[i * gaussian.Dimension + i];
        }
        return variances;
    }
}

/// <summary>Someone who builds on the components of a structure, whichever they are.</summary>
internal interface IGaussianStructureVisitor<out TResult>
{
    /// <summary>Visits a structure.</summary>
    TResult Visit<TComponent>(GaussianStructure<TComponent> structure);
}

/// <summary>Makes a family.</summary>
/// <param name="columns">d.</param>
/// <param name="fill">A value of each column in the range of the data.</param>
/// <param name="floor">The bound.</param>
/// <param name="prior">The prior, or null.</param>
internal delegate IFamily<TComponent, RowTile> FamilyFactory<TComponent>(int columns, double[] fill, CovarianceFloor floor, GaussianPrior? prior);

/// <inheritdoc/>
internal sealed class GaussianStructure<TComponent>(
    FamilyFactory<TComponent> family,
    Func<TComponent, Gaussian> widen,
    Func<IReadOnlyList<Gaussian>, TComponent[]> narrow,
    Func<IFamily<TComponent, RowTile>, TComponent[], TComponent[]>? project = null) : GaussianStructure
{
    public override TResult Show<TResult>(IGaussianStructureVisitor<TResult> visitor) => visitor.Visit(this);

    /// <summary>The family over rows of so many columns, with a value of each in the range of the data.</summary>
    public IFamily<TComponent, RowTile> Family(int columns, double[] fill, CovarianceFloor floor, GaussianPrior? prior) => family(columns, fill, floor, prior);

    /// <summary>A component as a plain Gaussian.</summary>
    public Gaussian Widen(TComponent component) => widen(component);

    /// <summary>Plain Gaussians as components, without what the structure does not have.</summary>
    public TComponent[] Narrow(IReadOnlyList<Gaussian> gaussians) => narrow(gaussians);

    /// <summary>Plain Gaussians as the nearest components that obey the structure.</summary>
    public TComponent[] Project(IFamily<TComponent, RowTile> own, IReadOnlyList<Gaussian> gaussians) =>
        project is null ? narrow(gaussians) : project(own, narrow(gaussians));

    public override IFittedMixture Build(ReadOnlySpan<double> weights, IReadOnlyList<Gaussian> components, IReadOnlyList<string> columns, double noiseWeight, UniformNoise? noise, bool equalWeights) =>
        new FittedMixture<TComponent>(
            new MixtureModel<TComponent>(family(columns.Count, components[0].Mean.ToArray(), CovarianceFloor.None, null), components.Count, columns.Count) { Noise = noise, EqualWeights = equalWeights },
            new Mixture<TComponent>(weights, narrow(components), noiseWeight),
            columns);

    public override GaussianMixtureFit Fit(IRowSource rows, ColumnSummary summary, int components, GaussianMixtureOptions options, CancellationToken cancellation, long emptyRows)
    {
        MixtureModel<TComponent> model = Model(rows, summary, components, options, cancellation);
        MixtureOptions<TComponent> own = options.For<TComponent>(
            Narrow(model.Family, options.Start),
            Narrow(model.Family, options.Smaller),
            [.. options.Contenders.Select(contender => new Contender<TComponent>(contender.Name, Narrow(model.Family, contender.Start)!))]);
        return Widened(options, new MixtureFitter<TComponent>(model, rows, summary, own, given: options).Fit(cancellation), emptyRows);
    }

    public override GaussianMixtureFit Restore(IRowSource rows, ColumnSummary summary, EmResult result, double entropy, GaussianMixtureOptions options, CancellationToken cancellation, long emptyRows)
    {
        EmResult<Mixture<TComponent>> found = (EmResult<Mixture<TComponent>>)result;
        MixtureModel<TComponent> model = Model(rows, summary, found.Parameters.Count, options, cancellation);
        return Widened(options, new MixtureFit<TComponent>(model, found.Parameters, found, summary, entropy), emptyRows);
    }

    public override PartialStatistic Accumulate(GaussianMixture mixture, IRowSource rows, int part, int parts, int threads, CancellationToken cancellation)
    {
        MixtureModel<TComponent> model = Plain(mixture, CovarianceFloor.None);
        return PartialStatistic.Collect(model, rows, Own(model, mixture), part, parts, threads, cancellation);
    }

    public override GaussianMixture Maximize(GaussianMixture current, ReadOnlySpan<double> statistic, ColumnSummary summary, double relativeFloor)
    {
        MixtureModel<TComponent> model = Plain(current, relativeFloor > 0 ? CovarianceFloor.RelativeTo(summary, relativeFloor) : CovarianceFloor.None);
        if (statistic.Length != model.StatisticLength)
        {
            throw new ArgumentException($"Expected a statistic of {model.StatisticLength} numbers, found {statistic.Length}. Maximise it under the mixture it was accumulated under.", nameof(statistic));
        }
        Mixture<TComponent> next = model.Maximize(statistic, Own(model, current));
        return new GaussianMixture(current.Structure, next.Weights.AsSpan(), [.. next.Components.Select(widen).Select(component => new Gaussian(component.Mean, component.Covariance.Matrix))], current.ColumnNames, next.NoiseWeight, current.Noise, current.EqualWeights);
    }

    private MixtureModel<TComponent> Plain(GaussianMixture mixture, CovarianceFloor floor) =>
        new(family(mixture.ColumnNames.Length, mixture.Components[0].Mean.ToArray(), floor, null), mixture.Components.Length, mixture.ColumnNames.Length) { Noise = mixture.Noise, EqualWeights = mixture.EqualWeights };

    private Mixture<TComponent> Own(MixtureModel<TComponent> model, GaussianMixture mixture) =>
        Narrow(model.Family, new Mixture<Gaussian>(mixture.Weights.AsSpan(), mixture.Components.AsSpan(), mixture.NoiseWeight))!;

    private MixtureModel<TComponent> Model(IRowSource rows, ColumnSummary summary, int components, GaussianMixtureOptions options, CancellationToken cancellation)
    {
        RowChecks.RequireResolved(summary);
        CovarianceDecomposition structure = options.Covariance.Decomposition();
        if (structure.HasTurnedAxes)
        {
            RowChecks.RequireLikeUnits(summary, structure.Name);
        }
        CovarianceFloor floor = options.CovarianceFloor > 0 ? CovarianceFloor.RelativeTo(summary, options.CovarianceFloor) : CovarianceFloor.None;
        GaussianPrior? prior = PriorFromData.Of(rows, summary, components, options, cancellation);
        return new MixtureModel<TComponent>(Bounded(family(rows.Columns, [.. summary.Means], floor, prior), options), components, rows.Columns)
        {
            WeightPrior = options.WeightPrior,
            EqualWeights = options.EqualWeights,
            Noise = options.Noise?.Of(rows),
        };
    }

    private GaussianMixtureFit Widened(GaussianMixtureOptions options, MixtureFit<TComponent> fit, long emptyRows) =>
        new(options.Covariance, fit, [.. fit.Components.Select(widen)], emptyRows);

    /// <summary>A start in the form of the structure, which it need not obey as it is given.</summary>
    private Mixture<TComponent>? Narrow(IFamily<TComponent, RowTile> family, Mixture<Gaussian>? mixture) =>
        mixture is null ? null : new Mixture<TComponent>(mixture.Weights.AsSpan(), Project(family, mixture.Components), mixture.NoiseWeight);

    private static IFamily<TComponent, RowTile> Bounded(IFamily<TComponent, RowTile> family, GaussianMixtureOptions options) =>
        double.IsPositiveInfinity(options.EigenvalueRatio) ? family
        : family is IRatioFamily<TComponent> bounded ? bounded.WithEigenvalueRatio(options.EigenvalueRatio)
        : throw new ArgumentException($"Expected full, diagonal or spherical covariances for a bound on the ratio of eigenvalues, found {options.Covariance}. Leave EigenvalueRatio out.", nameof(options));
}
