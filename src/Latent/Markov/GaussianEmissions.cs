using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.Markov;

/// <summary>Gaussian emissions of one covariance structure: its family, and the way between its own components and plain Gaussians.</summary>
public abstract partial class GaussianEmissions
{
    private protected GaussianEmissions(CovarianceStructure structure) => Structure = structure;

    /// <summary>What the covariances are.</summary>
    public CovarianceStructure Structure { get; }

    /// <summary>The emissions of a structure.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such structure.</exception>
    public static GaussianEmissions Of(CovarianceStructure structure) => structure switch
    {
        CovarianceStructure.Spherical => new GaussianEmissions<SphericalGaussian>(
            structure,
            (columns, floor, prior) => new SphericalGaussianFamily(columns, floor, prior),
            gaussians => [.. gaussians.Select(gaussian => new SphericalGaussian(gaussian.Mean, gaussian.Covariance.Matrix[0]))]),
        CovarianceStructure.Diagonal => new GaussianEmissions<DiagonalGaussian>(
            structure,
            (columns, floor, prior) => new DiagonalGaussianFamily(columns, floor, prior),
            gaussians => [.. gaussians.Select(gaussian => new DiagonalGaussian(gaussian.Mean, Diagonal(gaussian)))]),
        CovarianceStructure.Tied => new GaussianEmissions<TiedGaussian>(
            structure,
            (columns, floor, prior) => new TiedGaussianFamily(columns, floor, prior),
            gaussians => TiedGaussian.Create([.. gaussians.Select(gaussian => gaussian.Mean.ToArray())], gaussians[0].Covariance)),
        CovarianceStructure.Full => new GaussianEmissions<Gaussian>(
            structure,
            (columns, floor, prior) => new FullGaussianFamily(columns, floor, prior),
            gaussians => [.. gaussians]),
        _ => throw new ArgumentOutOfRangeException(nameof(structure), structure, "Expected a covariance structure."),
    };

    /// <summary>The structure and the Gaussians of a model, one per state; null where its emissions are others.</summary>
    public static (CovarianceStructure Structure, ImmutableArray<Gaussian> Components)? In(FittedHiddenMarkov model) => model switch
    {
        FittedHiddenMarkov<SphericalGaussian> own => (CovarianceStructure.Spherical, [.. own.Emissions.Select(component => component.ToGaussian())]),
        FittedHiddenMarkov<DiagonalGaussian> own => (CovarianceStructure.Diagonal, [.. own.Emissions.Select(component => component.ToGaussian())]),
        FittedHiddenMarkov<TiedGaussian> own => (CovarianceStructure.Tied, [.. own.Emissions.Select(component => component.ToGaussian())]),
        FittedHiddenMarkov<Gaussian> own => (CovarianceStructure.Full, own.Emissions),
        _ => null,
    };

    /// <summary>A model from plain Gaussians; what the structure does not have (correlations of a diagonal one) is ignored.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="columns">The names of the columns.</param>
    public abstract FittedHiddenMarkov Build(HiddenMarkov<Gaussian> parameters, IReadOnlyList<string> columns);

    internal abstract HiddenMarkovFit Fit(SequenceSource sequences, int states, GaussianHiddenMarkovOptions options, CancellationToken cancellation);

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

/// <inheritdoc/>
internal sealed partial class GaussianEmissions<TComponent>(
    CovarianceStructure structure,
    Func<int, CovarianceFloor, GaussianPrior?, IFamily<TComponent, RowTile>> family,
    Func<IReadOnlyList<Gaussian>, TComponent[]> narrow) : GaussianEmissions(structure)
{
    public override FittedHiddenMarkov Build(HiddenMarkov<Gaussian> parameters, IReadOnlyList<string> columns) => new FittedHiddenMarkov<TComponent>(
        new HiddenMarkovModel<TComponent>(family(columns.Count, CovarianceFloor.None, null), parameters.States, columns.Count), Narrow(parameters), columns);

    internal override HiddenMarkovFit Fit(SequenceSource sequences, int states, GaussianHiddenMarkovOptions options, CancellationToken cancellation)
    {
        options.Checked();
        int columns = sequences.Schema.Count;
        HiddenMarkovModel<TComponent> plain = new(family(columns, CovarianceFloor.None, null), states, columns);
        RowSource observed = SequenceChecks.Check(sequences, plain);
        RowChecks.RequireDistinct(observed, states, "states");
        ColumnSummary summary = ColumnMoments.Summarize(observed, options);
        RowChecks.RequireResolved(summary);
        CovarianceFloor floor = options.CovarianceFloor > 0 ? CovarianceFloor.RelativeTo(summary, options.CovarianceFloor) : CovarianceFloor.None;
        GaussianMixtureOptions mixture = new() { Covariance = Structure, Prior = options.Prior, Threads = options.Threads, Communicator = options.Communicator };
        GaussianPrior? prior = PriorFromData.Of(observed, summary, states, mixture, cancellation);
        HiddenMarkovModel<TComponent> model = new(family(columns, floor, prior), states, columns, options.Structure, options.ChainPrior, options.Responsibilities);
        HiddenMarkovOptions<TComponent> own = options.For(options.Start is { } start ? Narrow(start) : null);
        return new HiddenMarkovFitter<TComponent>(model, sequences, observed, summary, own, given: options).Fit(cancellation);
    }

    private HiddenMarkov<TComponent> Narrow(HiddenMarkov<Gaussian> parameters) =>
        new(parameters.Initial.AsSpan(), parameters.Transition.AsSpan(), narrow(parameters.Emissions));
}
