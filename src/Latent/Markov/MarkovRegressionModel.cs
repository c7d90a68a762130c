using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Regression;

namespace Latent.Markov;

/// <summary>Regressions that change with a hidden Markov chain. Immutable and safe for many threads.</summary>
public class MarkovRegressionModel
{
    /// <summary>Joins parameters with the formula that they are of.</summary>
    /// <param name="design">The formula.</param>
    /// <param name="parameters">The chain, and the regression of each state on the terms as they are in the data.</param>
    /// <exception cref="ArgumentException">Another number of coefficients than terms.</exception>
    public MarkovRegressionModel(MarkovRegressionDesign design, HiddenMarkov<RegressionComponent> parameters)
        : this(design, parameters, null)
    {
    }

    internal MarkovRegressionModel(MarkovRegressionDesign design, HiddenMarkov<RegressionComponent> parameters, HiddenMarkovModel<RegressionComponent>? like)
    {
        ArgumentNullException.ThrowIfNull(design);
        ArgumentNullException.ThrowIfNull(parameters);
        int terms = design.Design.TermNames.Count;
        if (parameters.Emissions.FirstOrDefault(regression => regression.Coefficients.Length != terms) is { } other)
        {
            throw new ArgumentException($"Expected {terms} coefficients ({string.Join(", ", design.Design.TermNames)}), found {other.Coefficients.Length}.", nameof(parameters));
        }
        Design = design;
        RegressionFamily family = new(design.Design, Standardization.None(terms), new double[terms], 0);
        string[] columns = [.. design.Design.DesignSchema().Names];
        Model = new FittedHiddenMarkov<RegressionComponent>(
            new HiddenMarkovModel<RegressionComponent>(family, parameters.States, columns.Length, like?.Structure, like?.Prior, like?.Responsibilities)
            {
                Durations = parameters.Durations.IsEmpty ? null : parameters.Durations[0].Family,
                EmissionOf = like?.EmissionOf ?? [],
                Covariates = parameters.Logits?.Covariates,
            },
            parameters,
            columns);
    }

    /// <summary>The formula.</summary>
    public MarkovRegressionDesign Design { get; }

    /// <summary>The regression of each state: coefficients of the design's terms, and a dispersion.</summary>
    public ImmutableArray<RegressionComponent> Regressions => Model.Emissions;

    /// <summary>The model over steps of the design, as <see cref="Steps"/> makes them: decodes, scores, and knows initial and transition probabilities.</summary>
    public FittedHiddenMarkov<RegressionComponent> Model { get; }

    /// <summary>The steps of the design, for <see cref="Model"/>, of sequences that have the formula's columns.</summary>
    /// <exception cref="ArgumentException">A column is missing, a response impossible, or a term not finite.</exception>
    public SequenceSource Steps(SequenceSource sequences) => Design.Of(sequences);

    /// <summary>The most probable states of every sequence.</summary>
    public StatePath[] Viterbi(SequenceSource sequences, int threads = 0) => Model.Viterbi(Steps(sequences), threads);

    /// <summary>Posterior probabilities of the states, row-major, steps × states.</summary>
    public double[] Posteriors(SequenceSource sequences, int threads = 0) => Model.Posteriors(Steps(sequences), threads);

    /// <summary>Σₖ γₜ(k)·E(y | xₜᵀβₖ): the response that the regressions of a step's states give, each by the state's posterior. NaN at steps without a response or its lags.</summary>
    /// <param name="sequences">Sequences with the formula's columns.</param>
    /// <param name="threads">Threads to use; 0 for all processors.</param>
    /// <exception cref="ArgumentException">A column is missing, a response impossible, or a term not finite.</exception>
    public double[] Expected(SequenceSource sequences, int threads = 0)
    {
        SequenceSource steps = Steps(sequences);
        double[] posteriors = Model.Posteriors(steps, threads);
        double[] expected = new double[steps.Steps];
        RegressionDesign design = Design.Design;
        Sweep.ForEach<RowChunk>(steps.Rows, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            for (int row = 0; row < chunk.Rows; row++)
            {
                long step = chunk.FirstRow + row;
                double trials = design.Columns.Trials >= 0 ? chunk[row, design.Columns.Trials] : 1;
                for (int state = 0; state < Model.States; state++)
                {
                    expected[step] += posteriors[step * Model.States + state] * design.Response.Mean(design.Predictor(Regressions[state].Coefficients.AsSpan(), chunk, row), trials);
                }
            }
        });
        return expected;
    }
}
