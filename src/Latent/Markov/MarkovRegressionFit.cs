using System.Collections.Immutable;
using Latent.Data;
using Latent.Regression;

namespace Latent.Markov;

/// <summary>Regressions that change with a hidden Markov chain, as they were fitted. Immutable and safe for many threads.</summary>
public sealed class MarkovRegressionFit
{
    internal MarkovRegressionFit(RegressionDesign design, HiddenMarkovFit<RegressionComponent> fit, RegressionComponent[] regressions)
    {
        Design = design;
        Fit = fit;
        Regressions = [.. regressions];
        HiddenMarkov<RegressionComponent> found = fit.Parameters;
        HiddenMarkovModel<RegressionComponent> model = fit.Model.Model;
        RegressionFamily family = new(design, Standardization.None(design.TermNames.Count), new double[design.TermNames.Count], 0);
        Model = new FittedHiddenMarkov<RegressionComponent>(
            new HiddenMarkovModel<RegressionComponent>(family, model.States, model.Columns, model.Structure, model.Prior, model.Responsibilities)
            {
                Durations = model.Durations,
                EmissionOf = model.EmissionOf,
                Covariates = model.Covariates,
            },
            new HiddenMarkov<RegressionComponent>(found.Initial.AsSpan(), found.Transition.AsSpan(), regressions, found.Durations.AsSpan()) { Logits = found.Logits },
            [.. design.DesignSchema().Names]);
    }

    /// <summary>The formula.</summary>
    public RegressionDesign Design { get; }

    /// <summary>The fit: log-likelihood, criteria, why it stopped. Its emissions have the coefficients of terms in standard units; those of the terms themselves are in <see cref="Regressions"/>.</summary>
    public HiddenMarkovFit<RegressionComponent> Fit { get; }

    /// <summary>The regression of each state: coefficients of <see cref="RegressionDesign.TermNames"/>, and a dispersion.</summary>
    public ImmutableArray<RegressionComponent> Regressions { get; }

    /// <summary>The model over steps of the design, as <see cref="Steps"/> makes them: decodes, scores, and knows initial and transition probabilities.</summary>
    public FittedHiddenMarkov<RegressionComponent> Model { get; }

    /// <summary>The steps of the design, for <see cref="Model"/>, of sequences that have the formula's columns.</summary>
    /// <exception cref="ArgumentException">A column is missing, a response impossible, or a term not finite.</exception>
    public SequenceSource Steps(SequenceSource sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return Like(sequences, Design.Of(sequences.Rows).ToRows(Design.DesignSchema()));
    }

    /// <summary>The most probable states of every sequence.</summary>
    public StatePath[] Viterbi(SequenceSource sequences, int threads = 0) => Model.Viterbi(Steps(sequences), threads);

    /// <summary>Posterior probabilities of the states, row-major, steps × states.</summary>
    public double[] Posteriors(SequenceSource sequences, int threads = 0) => Model.Posteriors(Steps(sequences), threads);

    internal static SequenceSource Like(SequenceSource sequences, RowSource rows)
    {
        SequenceSource steps = SequenceSource.From(rows, sequences.Lengths);
        steps = sequences.Labels.IsEmpty ? steps : steps.WithLabels(sequences.Labels);
        return sequences.Covariates is { } covariates ? steps.WithCovariates(covariates) : steps;
    }
}
