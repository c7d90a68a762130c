using System.Collections.Immutable;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;
using Latent.Markov;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>What the command makes of a hidden Markov chain, whatever its states emit.</summary>
/// <param name="kind">The kind of model.</param>
/// <param name="model">The chain, and what it emits.</param>
/// <param name="transitions">What its transitions depend on; null: nothing.</param>
internal abstract class FittedChain(HiddenMarkovKind kind, FittedHiddenMarkov model, CovariateDesign? transitions) : FittedModel
{
    /// <summary>Each state's share of the steps of the fit, where there was one.</summary>
    public ImmutableArray<double>? Occupancy { get; init; }

    public override HiddenMarkovKind Kind => kind;

    public override string Title => $"Hidden {(model.Durations.IsEmpty ? "Markov model with" : $"semi-Markov model with {model.Durations[0].Family.Name} durations and")} {Emission}{(transitions is null ? "" : $", transitions {transitions.Formula}")}";

    public override string Unknown => "not knowing the steps' states";

    public override IReadOnlyList<string> Columns => ColumnsOf(Emitted, transitions);

    public override int Components => model.States;

    public override string ComponentWord => "state";

    public override IReadOnlyDictionary<string, string> Settings => transitions is null
        ? EmissionSettings
        : new Dictionary<string, string>(EmissionSettings) { [HiddenMarkovFile.TransitionFormulaSetting] = transitions.Formula.Text };

    /// <summary>What states emit, in a few words.</summary>
    protected abstract string Emission { get; }

    /// <summary>The columns that the emissions read.</summary>
    protected abstract IReadOnlyList<string> Emitted { get; }

    /// <summary>The settings of the emissions.</summary>
    protected abstract IReadOnlyDictionary<string, string> EmissionSettings { get; }

    /// <summary>The chain, and what it emits.</summary>
    protected FittedHiddenMarkov Chain => model;

    /// <summary>What transitions depend on; null: nothing.</summary>
    protected CovariateDesign? Transitions => transitions;

    /// <summary>The columns of the emissions, then what else the transitions read.</summary>
    public static string[] ColumnsOf(IEnumerable<string> emitted, CovariateDesign? transitions) => [.. emitted.Union(transitions?.Variables.Names ?? [], StringComparer.Ordinal)];

    /// <summary>The rows of a table as sequences, with the terms that transitions depend on.</summary>
    /// <param name="table">The table, which knows the sequences and all columns.</param>
    /// <param name="rows">What of its rows is emitted.</param>
    /// <param name="transitions">What transitions depend on; null: nothing.</param>
    /// <param name="order">For each step the row it came from; null where they are the rows in order.</param>
    /// <exception cref="DataFormatException">A covariate is missing.</exception>
    public static SequenceSource Sequences(RowTable table, RowSource rows, CovariateDesign? transitions, out int[]? order)
    {
        SequenceSource sequences = table.WithRows(rows).ToSequences(out order);
        if (transitions is null)
        {
            return sequences;
        }
        Completeness.Require(table, transitions.Variables.Names, "transitions depend on it");
        return sequences.WithCovariates(table.WithRows(transitions.Of(table.Rows)).ToSequences(out _).Rows);
    }

    public override DataOptions Prepare(DataOptions options) => transitions is { Variables.HasCategories: true } ? options with { TextCells = TextCells.Categories } : options;

    public override bool IsEffect(string parameter) => parameter.StartsWith("logit ", StringComparison.Ordinal) && !parameter.StartsWith("logit (Intercept)", StringComparison.Ordinal);

    public override Prediction Predict(IRowSource rows, int threads) => Predict(rows, null, threads);

    public override RowScores Score(IRowSource rows, int threads) => Score(rows, null, threads);

    /// <summary>The log-likelihood of all, and of every row given those before it in its sequence.</summary>
    public override RowScores Score(IRowSource rows, RowTable? table, int threads)
    {
        SequenceSource sequences = Sequences(rows, table, out int[]? order);
        return new RowScores("logLikelihood", model.Score(sequences, threads), ByRow(model.LogDensity(sequences, threads), 1, order));
    }

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) => transitions is null
        ? model.Sample([count], seed)
        : throw new UsageException($"Expected transitions that depend on nothing to draw from, found {transitions.Formula}. Use FittedHiddenMarkov.Sample in the library with rows of covariates.");

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        string[] states = [.. Enumerable.Range(1, Components).Select(k => $"{k}")];
        TextTable chain = new(["state", "initial", .. states.Select(to => $"to {to}")]) { ByComponent = true };
        for (int from = 0; from < Components; from++)
        {
            int row = from;
            chain.Add([states[from], Numbers.Short(model.Initial[from], 4), .. Enumerable.Range(0, Components).Select(to => Numbers.Short(model.Transition[row * Components + to], 4))]);
        }
        yield return new Section($"Initial and transition probabilities{(transitions is null ? "" : ", at the means of the covariates")}", chain);
        if (model.Logits is { } logits && Components > 1)
        {
            yield return Moves(logits);
        }
        if (!model.Durations.IsEmpty)
        {
            yield return Durations();
        }
        foreach (Section section in Emissions(Occupancy ?? model.Stationary ?? [.. Enumerable.Repeat(1.0 / Components, Components)], width, full))
        {
            yield return section;
        }
    }

    /// <summary>The sequences of new rows.</summary>
    protected abstract SequenceSource Sequences(IRowSource rows, RowTable? table, out int[]? order);

    /// <summary>The emissions as tables.</summary>
    protected abstract IEnumerable<Section> Emissions(ImmutableArray<double> shares, int width, bool full);

    /// <summary>The best path and the posteriors, row by row in the order of the table, and what else there is of each.</summary>
    protected Prediction Predict(SequenceSource sequences, int[]? order, int threads, RowColumns? more = null)
    {
        int[] path = [.. model.Viterbi(sequences, threads).SelectMany(each => each.States)];
        double[] posteriors = ByRow(model.Posteriors(sequences, threads), Components, order);
        string[] names = [.. Enumerable.Range(1, Components).Select(k => $"p{k}")];
        int[] labels = ByRow(path, 1, order);
        return more?.After(names, posteriors) is { } wider ? new Prediction(labels, wider.Names, wider.Values) : new Prediction(labels, names, posteriors);
    }

    /// <summary>Values of steps in the order of the rows.</summary>
    protected static T[] ByRow<T>(T[] bySteps, int width, int[]? order)
    {
        if (order is null)
        {
            return bySteps;
        }
        T[] rows = new T[bySteps.Length];
        for (int step = 0; step < order.Length; step++)
        {
            Array.Copy(bySteps, step * width, rows, order[step] * width, width);
        }
        return rows;
    }

    /// <summary>How the odds of each possible move depend on the covariates.</summary>
    private Section Moves(TransitionLogits logits)
    {
        (int From, int To)[] moves =
        [
            .. from origin in Enumerable.Range(0, Components)
               from target in Enumerable.Range(0, Components)
               where origin != target && model.Transition[origin * Components + target] > 0
               select (origin, target),
        ];
        TextTable table = new(["<move", "(Intercept)", .. logits.Covariates.Names]);
        foreach ((int from, int to) in moves)
        {
            table.Add([$"{from + 1} to {to + 1}", .. Enumerable.Range(0, logits.Covariates.Terms).Select(term => Numbers.Short(logits[from, to, term], 5))]);
        }
        return Section.Of("Moves: log-odds against staying", table);
    }

    /// <summary>How long states last, in steps.</summary>
    private Section Durations()
    {
        IReadOnlyList<string> names = model.Durations[0].Family.ParameterNames;
        bool table = names.Count > 2;
        TextTable durations = new(["state", "mean", "median", .. table ? [] : names]) { ByComponent = true };
        for (int state = 0; state < Components; state++)
        {
            Duration own = model.Durations[state];
            bool stays = model.Transition[state * Components + state] == 1;
            durations.Add(
            [
                $"{state + 1}",
                stays ? "always" : Numbers.Short(own.Mean, 4),
                stays ? "always" : $"{own.Quantile(0.5)}",
                .. table ? Enumerable.Empty<string>() : own.Parameters.Select(value => stays ? "" : Numbers.Short(value, 4)),
            ]);
        }
        return new Section($"Durations, in steps: {model.Durations[0].Family.Name}", durations);
    }
}
