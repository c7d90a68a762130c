using System.Collections.Immutable;
using Latent.Data;
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
        FittedHiddenMarkov<Mixture<DiagonalGaussian>> own => (StructureOf(PartsOf(own)), Widen(own.Emissions, part => part.ToGaussian())),
        FittedHiddenMarkov<Mixture<Gaussian>> own => (StructureOf(PartsOf(own)), own.Emissions),
        _ => null,
    };

    /// <summary>A model from mixtures of plain Gaussians, each state with as many; what the structure does not have is ignored.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <exception cref="ArgumentException">States have mixtures of different numbers of parts, or the structure shares parameters between parts.</exception>
    public abstract FittedHiddenMarkov BuildMixtures(HiddenMarkov<Mixture<Gaussian>> parameters, IReadOnlyList<string> columns);

    internal abstract HiddenMarkovFit FitMixtures(
        SequenceSource sequences, int states, int parts, GaussianHiddenMarkovOptions options, HiddenMarkov<Mixture<Gaussian>>? start, CancellationToken cancellation);

    private static object PartsOf<T>(FittedHiddenMarkov<Mixture<T>> model) => ((MixtureFamily<T>)model.Model.Family).Family;

    private static ImmutableArray<Mixture<Gaussian>> Widen<T>(ImmutableArray<Mixture<T>> states, Func<T, Gaussian> widen) =>
        [.. states.Select(state => new Mixture<Gaussian>(state.Weights.AsSpan(), [.. state.Components.Select(widen)]))];
}

internal sealed partial class GaussianEmissions<TComponent>
{
    public override FittedHiddenMarkov BuildMixtures(HiddenMarkov<Mixture<Gaussian>> parameters, IReadOnlyList<string> columns)
    {
        double[] fill = parameters.Emissions[0].Components[0].Mean.ToArray();
        MixtureFamily<TComponent> mixtures = new(own.Family(columns.Count, fill, CovarianceFloor.None, null), parameters.Emissions[0].Count);
        return new FittedHiddenMarkov<Mixture<TComponent>>(
            new HiddenMarkovModel<Mixture<TComponent>>(mixtures, parameters.States, columns.Count) { Durations = DurationsOf(parameters), Covariates = parameters.Logits?.Covariates }, NarrowMixtures(parameters, own.Narrow), columns);
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
        MixtureFamily<TComponent> plain = new(own.Family(columns, new double[columns], CovarianceFloor.None, null), parts);
        RowSource observed = SequenceChecks.Check(sequences, new HiddenMarkovModel<Mixture<TComponent>>(plain, states, columns));
        (ColumnSummary summary, CovarianceFloor floor, GaussianPrior? prior) = Scale(observed, states, states * parts, options, cancellation);
        IFamily<TComponent, RowTile> family = own.Family(columns, [.. summary.Means], floor, prior);
        HiddenMarkovModel<Mixture<TComponent>> model = new(
            new MixtureFamily<TComponent>(family, parts), states, columns, options.Structure, options.ChainPrior, options.Responsibilities)
        {
            Durations = options.Durations?.For(sequences),
            EmissionOf = options.EmissionOf,
            Covariates = HiddenMarkovModel.CovariatesOf(sequences),
        };
        HiddenMarkovOptions<Mixture<TComponent>> narrowed = options.For(start is null ? null : NarrowMixtures(start, components => own.Project(family, components)));
        return new HiddenMarkovFitter<Mixture<TComponent>>(model, sequences, observed, summary, narrowed, asked: options).Fit(cancellation);
    }

    private static HiddenMarkov<Mixture<TComponent>> NarrowMixtures(HiddenMarkov<Mixture<Gaussian>> parameters, Func<IReadOnlyList<Gaussian>, TComponent[]> narrow) => new(
        parameters.Initial.AsSpan(),
        parameters.Transition.AsSpan(),
        [.. parameters.Emissions.Select(state => new Mixture<TComponent>(state.Weights.AsSpan(), narrow(state.Components)))],
        parameters.Durations.AsSpan())
    {
        Logits = parameters.Logits,
    };
}
