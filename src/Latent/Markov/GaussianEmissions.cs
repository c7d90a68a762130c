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

    /// <summary>The emissions of a structure, for steps that have all their cells or none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such structure.</exception>
    public static GaussianEmissions Of(CovarianceStructure structure) => Of(structure, incomplete: false);

    /// <summary>The emissions of a structure.</summary>
    /// <param name="structure">What the covariances are.</param>
    /// <param name="incomplete">Whether single cells of a step may be missing (NaN): the density is then that of the observed ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such structure.</exception>
    public static GaussianEmissions Of(CovarianceStructure structure, bool incomplete) => GaussianStructure.Of(structure, incomplete).Show(new Maker(structure));

    /// <summary>The structure and the Gaussians of a model, one per state; null where its emissions are others.</summary>
    public static (CovarianceStructure Structure, ImmutableArray<Gaussian> Components)? In(FittedHiddenMarkov model) => model switch
    {
        FittedHiddenMarkov<SphericalGaussian> own => (CovarianceStructure.Spherical, [.. own.Emissions.Select(component => component.ToGaussian())]),
        FittedHiddenMarkov<DiagonalGaussian> own => (StructureOf(own.Model.Family), [.. own.Emissions.Select(component => component.ToGaussian())]),
        FittedHiddenMarkov<TiedGaussian> own => (CovarianceStructure.Tied, [.. own.Emissions.Select(component => component.ToGaussian())]),
        FittedHiddenMarkov<Gaussian> own => (StructureOf(own.Model.Family), own.Emissions),
        _ => null,
    };

    /// <summary>A model from plain Gaussians; what the structure does not have (correlations of a diagonal one) is ignored.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="columns">The names of the columns.</param>
    public abstract FittedHiddenMarkov Build(HiddenMarkov<Gaussian> parameters, IReadOnlyList<string> columns);

    internal abstract HiddenMarkovFit Fit(SequenceSource sequences, int states, GaussianHiddenMarkovOptions options, CancellationToken cancellation);

    /// <summary>The same model for steps of which single cells are missing; null where the emissions are not Gaussian, or mixtures with correlations.</summary>
    internal static FittedHiddenMarkov? Incomplete(FittedHiddenMarkov model)
    {
        if (In(model) is { } found)
        {
            return Of(found.Structure, incomplete: true).Build(
                new HiddenMarkov<Gaussian>(model.Initial.AsSpan(), model.Transition.AsSpan(), found.Components.AsSpan(), model.Durations.AsSpan()) { Logits = model.Logits }, model.ColumnNames);
        }
        return MixturesIn(model) is { } mixtures && mixtures.Structure.Decomposition().IsDiagonal
            ? Of(mixtures.Structure, incomplete: true).BuildMixtures(
                new HiddenMarkov<Mixture<Gaussian>>(model.Initial.AsSpan(), model.Transition.AsSpan(), mixtures.States.AsSpan(), model.Durations.AsSpan()) { Logits = model.Logits }, model.ColumnNames)
            : null;
    }

    private static CovarianceStructure StructureOf(object family) => family switch
    {
        AlignedGaussianFamily own => CovarianceStructures.Named(own.Structure.Name),
        StructuredGaussianFamily own => CovarianceStructures.Named(own.Structure.Name),
        DiagonalGaussianFamily => CovarianceStructure.Diagonal,
        _ => CovarianceStructure.Full,
    };

    private sealed class Maker(CovarianceStructure structure) : IGaussianStructureVisitor<GaussianEmissions>
    {
        public GaussianEmissions Visit<TComponent>(GaussianStructure<TComponent> own) => new GaussianEmissions<TComponent>(structure, own);
    }
}

/// <inheritdoc/>
internal sealed partial class GaussianEmissions<TComponent>(CovarianceStructure structure, GaussianStructure<TComponent> own) : GaussianEmissions(structure)
{
    public override FittedHiddenMarkov Build(HiddenMarkov<Gaussian> parameters, IReadOnlyList<string> columns)
    {
        IFamily<TComponent, RowTile> family = own.Family(columns.Count, parameters.Emissions[0].Mean.ToArray(), CovarianceFloor.None, null);
        HiddenMarkov<TComponent> narrow = new(parameters.Initial.AsSpan(), parameters.Transition.AsSpan(), own.Narrow(parameters.Emissions), parameters.Durations.AsSpan()) { Logits = parameters.Logits };
        return new FittedHiddenMarkov<TComponent>(new HiddenMarkovModel<TComponent>(family, parameters.States, columns.Count) { Durations = DurationsOf(parameters), Covariates = parameters.Logits?.Covariates }, narrow, columns);
    }

    internal override HiddenMarkovFit Fit(SequenceSource sequences, int states, GaussianHiddenMarkovOptions options, CancellationToken cancellation)
    {
        options.Checked();
        int columns = sequences.Schema.Count;
        IFamily<TComponent, RowTile> plain = own.Family(columns, new double[columns], CovarianceFloor.None, null);
        RowSource observed = SequenceChecks.Check(sequences, new HiddenMarkovModel<TComponent>(plain, states, columns));
        (ColumnSummary summary, CovarianceFloor floor, GaussianPrior? prior) = Scale(observed, states, states, options, cancellation);
        IFamily<TComponent, RowTile> family = own.Family(columns, [.. summary.Means], floor, prior);
        HiddenMarkovModel<TComponent> model = new(family, states, columns, options.Structure, options.ChainPrior, options.Responsibilities)
        {
            Durations = options.Durations?.For(sequences),
            EmissionOf = options.EmissionOf,
            Covariates = HiddenMarkovModel.CovariatesOf(sequences),
        };
        HiddenMarkovOptions<TComponent> narrowed = options.For(options.Start is { } start
            ? new HiddenMarkov<TComponent>(start.Initial.AsSpan(), start.Transition.AsSpan(), own.Project(family, start.Emissions), start.Durations.AsSpan()) { Logits = start.Logits }
            : null);
        return new HiddenMarkovFitter<TComponent>(model, sequences, observed, summary, narrowed, asked: options).Fit(cancellation);
    }

    /// <summary>What the observed steps say of the range of the parameters.</summary>
    private (ColumnSummary Summary, CovarianceFloor Floor, GaussianPrior? Prior) Scale(
        RowSource observed, int states, int components, GaussianHiddenMarkovOptions options, CancellationToken cancellation)
    {
        RowChecks.RequireValues(observed, "these emissions");
        RowChecks.RequireDistinct(observed, states, "states");
        ColumnSummary summary = ColumnMoments.Summarize(observed, options);
        RowChecks.RequireResolved(summary);
        CovarianceFloor floor = options.CovarianceFloor > 0 ? CovarianceFloor.RelativeTo(summary, options.CovarianceFloor) : CovarianceFloor.None;
        GaussianMixtureOptions mixture = new() { Covariance = Structure, Prior = options.Prior, Threads = options.Threads, Communicator = options.Communicator };
        return (summary, floor, PriorFromData.Of(observed, summary, components, mixture, cancellation));
    }

    private static DurationFamily? DurationsOf<T>(HiddenMarkov<T> parameters) => parameters.Durations.IsEmpty ? null : parameters.Durations[0].Family;
}
