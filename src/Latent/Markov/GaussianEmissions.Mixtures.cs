using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.Markov;

/// <content>States whose emission is a mixture of Gaussians.</content>
public abstract partial class GaussianEmissions
{
    /// <summary>The structure and the mixtures of Gaussians of a model, one per state; null where its emissions are others.</summary>
    public static (CovarianceStructure Structure, ImmutableArray<Mixture<Gaussian>> States)? MixturesIn(FittedHiddenMarkov model) => model switch
    {
        FittedHiddenMarkov<Mixture<SphericalGaussian>> own => (CovarianceStructure.Spherical, Widen(own.Emissions, part => part.ToGaussian())),
        FittedHiddenMarkov<Mixture<DiagonalGaussian>> own => (CovarianceStructure.Diagonal, Widen(own.Emissions, part => part.ToGaussian())),
        FittedHiddenMarkov<Mixture<Gaussian>> own => (CovarianceStructure.Full, own.Emissions),
        _ => null,
    };

    /// <summary>A model from mixtures of plain Gaussians, each state with as many; what the structure does not have is ignored.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <exception cref="ArgumentException">States have mixtures of different numbers of parts, or the structure shares parameters between parts.</exception>
    public abstract FittedHiddenMarkov BuildMixtures(HiddenMarkov<Mixture<Gaussian>> parameters, IReadOnlyList<string> columns);

    internal abstract HiddenMarkovFit FitMixtures(
        SequenceSource sequences, int states, int parts, GaussianHiddenMarkovOptions options, HiddenMarkov<Mixture<Gaussian>>? start, CancellationToken cancellation);

    private static ImmutableArray<Mixture<Gaussian>> Widen<T>(ImmutableArray<Mixture<T>> states, Func<T, Gaussian> widen) =>
        [.. states.Select(state => new Mixture<Gaussian>(state.Weights.AsSpan(), [.. state.Components.Select(widen)]))];
}

internal sealed partial class GaussianEmissions<TComponent>
{
    public override FittedHiddenMarkov BuildMixtures(HiddenMarkov<Mixture<Gaussian>> parameters, IReadOnlyList<string> columns)
    {
        MixtureFamily<TComponent> mixtures = new(family(columns.Count, CovarianceFloor.None, null), parameters.Emissions[0].Count);
        return new FittedHiddenMarkov<Mixture<TComponent>>(
            new HiddenMarkovModel<Mixture<TComponent>>(mixtures, parameters.States, columns.Count), NarrowMixtures(parameters), columns);
    }

    internal override HiddenMarkovFit FitMixtures(
        SequenceSource sequences, int states, int parts, GaussianHiddenMarkovOptions options, HiddenMarkov<Mixture<Gaussian>>? start, CancellationToken cancellation)
    {
        options.Checked();
        if (options.Start is not null)
        {
            throw new ArgumentException("Expected a start of mixtures, found one of plain Gaussians. Give it as mixtures of one part each, or leave it out.", nameof(options));
        }
        int columns = sequences.Schema.Count;
        MixtureFamily<TComponent> plain = new(family(columns, CovarianceFloor.None, null), parts);
        RowSource observed = SequenceChecks.Check(sequences, new HiddenMarkovModel<Mixture<TComponent>>(plain, states, columns));
        RowChecks.RequireDistinct(observed, states, "states");
        ColumnSummary summary = ColumnMoments.Summarize(observed, options);
        RowChecks.RequireResolved(summary);
        CovarianceFloor floor = options.CovarianceFloor > 0 ? CovarianceFloor.RelativeTo(summary, options.CovarianceFloor) : CovarianceFloor.None;
        GaussianMixtureOptions mixture = new() { Covariance = Structure, Prior = options.Prior, Threads = options.Threads, Communicator = options.Communicator };
        GaussianPrior? prior = PriorFromData.Of(observed, summary, states * parts, mixture, cancellation);
        HiddenMarkovModel<Mixture<TComponent>> model = new(
            new MixtureFamily<TComponent>(family(columns, floor, prior), parts), states, columns, options.Structure, options.ChainPrior, options.Responsibilities);
        HiddenMarkovOptions<Mixture<TComponent>> own = options.For(start is null ? null : NarrowMixtures(start));
        return new HiddenMarkovFitter<Mixture<TComponent>>(model, sequences, observed, summary, own, given: options).Fit(cancellation);
    }

    private HiddenMarkov<Mixture<TComponent>> NarrowMixtures(HiddenMarkov<Mixture<Gaussian>> parameters) => new(
        parameters.Initial.AsSpan(),
        parameters.Transition.AsSpan(),
        [.. parameters.Emissions.Select(state => new Mixture<TComponent>(state.Weights.AsSpan(), narrow(state.Components)))]);
}
