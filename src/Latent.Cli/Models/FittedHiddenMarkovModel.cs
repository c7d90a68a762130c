using System.Collections.Immutable;
using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Markov;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>A hidden Markov model as the command uses it.</summary>
internal sealed class FittedHiddenMarkovModel(HiddenMarkovKind kind, FittedHiddenMarkov model, IReadOnlyList<FamilyChoice>? choices, Schema? schema) : FittedModel
{
    /// <summary>Each state's share of the steps of the fit, where there was one.</summary>
    public ImmutableArray<double>? Occupancy { get; init; }

    public override ModelKind Kind => kind;

    public override string Title => $"Hidden {(model.Durations.IsEmpty ? "Markov model with" : $"semi-Markov model with {model.Durations[0].Family.Name} durations and")} {(choices is null ? $"{Covariance} {(IsMixture ? "gaussian mixtures as" : "gaussian")}" : Emission == FamilyColumns.Mixed ? "assorted" : Emission)} emissions";

    public override string Unknown => "not knowing the steps' states";

    public override IReadOnlyList<string> Columns => model.ColumnNames;

    public override int Components => model.States;

    public override string ComponentWord => "state";

    public override IReadOnlyDictionary<string, string> Settings => choices is null
        ? new Dictionary<string, string> { [HiddenMarkovFile.EmissionSetting] = IsMixture ? HiddenMarkovFile.GaussianMixtures : HiddenMarkovFile.Gaussian, [GaussianMixtureFile.CovarianceSetting] = Covariance }
        : new Dictionary<string, string> { [HiddenMarkovFile.EmissionSetting] = Emission, [FamilyMixtureFile.TypesSetting] = string.Join(',', choices) };

    private bool IsMixture => GaussianEmissions.MixturesIn(model) is not null;

    private string Covariance => GaussianMixtureFile.NameOf(GaussianEmissions.In(model)?.Structure ?? GaussianEmissions.MixturesIn(model)!.Value.Structure);

    private string Word => choices is not null ? Emission : IsMixture ? HiddenMarkovFile.GaussianMixtures : HiddenMarkovFile.Gaussian;

    private string Emission => choices!.All(choice => choice.Name == choices![0].Name) ? choices![0].Name : FamilyColumns.Mixed;

    public override JsonElement Parameters() => choices is null
        ? IsMixture ? HiddenMarkovFile.MixtureParametersOf(model) : HiddenMarkovFile.ParametersOf(model)
        : HiddenMarkovFile.ParametersOf((FittedHiddenMarkov<Product>)model, choices, schema!);

    public override DataOptions Prepare(DataOptions options) => schema is { HasCategories: true }
        ? options with { TextCells = schema.All(column => column.Kind == ColumnKind.Categorical) ? TextCells.AllCategories : TextCells.Categories }
        : options;

    public override IReadOnlyList<string>? Levels(int column) => schema?[column] is { Kind: ColumnKind.Categorical } found ? found.Levels : null;

    /// <summary>The parameters with plain Gaussians, to start from.</summary>
    /// <exception cref="UsageException">The emissions are others.</exception>
    public HiddenMarkov<Gaussian> Gaussians() => GaussianEmissions.In(model) is { } gaussians
        ? new HiddenMarkov<Gaussian>(model.Initial.AsSpan(), model.Transition.AsSpan(), gaussians.Components.AsSpan(), model.Durations.AsSpan())
        : throw new UsageException($"Expected a start with gaussian emissions, found {Word}. Give --emission {Word}.");

    /// <summary>The parameters with mixtures of plain Gaussians, to start from.</summary>
    /// <exception cref="UsageException">The emissions are others, or mixtures of another number of parts.</exception>
    public HiddenMarkov<Mixture<Gaussian>> Mixtures(int parts) => GaussianEmissions.MixturesIn(model) is { } mixtures && mixtures.States[0].Count == parts
        ? new HiddenMarkov<Mixture<Gaussian>>(model.Initial.AsSpan(), model.Transition.AsSpan(), mixtures.States.AsSpan(), model.Durations.AsSpan())
        : throw new UsageException($"Expected a start whose emissions are mixtures of {parts} gaussians, found {Word}. Give its --emission and --parts.");

    /// <summary>The parameters with emissions of other families, to start from.</summary>
    /// <exception cref="UsageException">The emissions are Gaussian.</exception>
    public HiddenMarkov<Product> Products() => model is FittedHiddenMarkov<Product> products
        ? products.Parameters
        : throw new UsageException($"Expected a start with the emissions of --emission, found {Word}. Start from a model of the same emissions.");

    public override Prediction Predict(IRowSource rows, int threads) => Predict(rows, null, threads);

    /// <summary>The best path and the posteriors, row by row in the order of the table.</summary>
    public override Prediction Predict(IRowSource rows, RowTable? table, int threads)
    {
        SequenceSource sequences = Sequences(rows, table, out int[]? order);
        int[] path = [.. model.Viterbi(sequences, threads).SelectMany(each => each.States)];
        double[] posteriors = model.Posteriors(sequences, threads);
        return new Prediction(ByRow(path, 1, order), [.. Enumerable.Range(1, Components).Select(k => $"p{k}")], ByRow(posteriors, Components, order));
    }

    /// <summary>Pseudo-residuals of every column, and of discrete ones the ends of their segments.</summary>
    public override Prediction Residuals(IRowSource rows, RowTable table, string kind, int threads)
    {
        SequenceSource sequences = Sequences(rows, table, out int[]? order);
        PseudoResiduals found;
        try
        {
            found = model.PseudoResiduals(sequences, kind == "forecast" ? PseudoResidualKind.Forecast : PseudoResidualKind.Ordinary, threads);
        }
        catch (NotSupportedException)
        {
            throw new UsageException($"Expected emissions with a distribution function in every column for --residuals, found {Word}. Use score for the log-density of every step.");
        }
        List<string> names = [];
        List<Func<int, double>> values = [];
        for (int column = 0; column < Columns.Count; column++)
        {
            int own = column;
            if (found.IsDiscrete(column))
            {
                names.AddRange([$"lower {Columns[column]}", $"residual {Columns[column]}", $"upper {Columns[column]}"]);
                values.AddRange([step => found.Lower[step * Columns.Count + own], step => found.Values[step * Columns.Count + own], step => found.Upper[step * Columns.Count + own]]);
            }
            else
            {
                names.Add($"residual {Columns[column]}");
                values.Add(step => found.Values[step * Columns.Count + own]);
            }
        }
        double[] all = [.. Enumerable.Range(0, (int)sequences.Steps).SelectMany(step => values.Select(value => value(step)))];
        return new Prediction(null, names, ByRow(all, names.Count, order));
    }

    public override RowScores Score(IRowSource rows, int threads) => Score(rows, null, threads);

    /// <summary>The log-likelihood of all, and of every row given those before it in its sequence.</summary>
    public override RowScores Score(IRowSource rows, RowTable? table, int threads)
    {
        SequenceSource sequences = Sequences(rows, table, out int[]? order);
        return new RowScores("logLikelihood", model.Score(sequences, threads), ByRow(model.LogDensity(sequences, threads), 1, order));
    }

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) => model.Sample([count], seed);

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        ImmutableArray<double>? shares = Occupancy ?? model.Stationary;
        string[] states = [.. Enumerable.Range(1, Components).Select(k => k.ToString())];
        TextTable chain = new(["state", "initial", .. states.Select(to => $"to {to}")]) { ByComponent = true };
        for (int from = 0; from < Components; from++)
        {
            int row = from;
            chain.Add([states[from], Numbers.Short(model.Initial[from], 4), .. Enumerable.Range(0, Components).Select(to => Numbers.Short(model.Transition[row * Components + to], 4))]);
        }
        yield return new Section("Initial and transition probabilities", chain);
        if (!model.Durations.IsEmpty)
        {
            yield return Durations();
        }
        foreach (Section section in Emissions(shares ?? [.. Enumerable.Repeat(1.0 / Components, Components)], width, full))
        {
            yield return section;
        }
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

    private IEnumerable<Section> Emissions(ImmutableArray<double> shares, int width, bool full)
    {
        if (GaussianEmissions.In(model) is { } gaussians)
        {
            GaussianMixture mixture = new(gaussians.Structure, shares.AsSpan(), gaussians.Components, model.ColumnNames);
            return new FittedGaussianMixture((GaussianMixtureKind)ModelRegistry.Find(GaussianMixtureFile.ModelName)!, mixture) { Word = ComponentWord }.Describe(width, full);
        }
        if (GaussianEmissions.MixturesIn(model) is { } mixtures)
        {
            return mixtures.States.SelectMany((state, index) =>
                new FittedGaussianMixture(
                    (GaussianMixtureKind)ModelRegistry.Find(GaussianMixtureFile.ModelName)!, new GaussianMixture(mixtures.Structure, state.Weights.AsSpan(), state.Components, model.ColumnNames))
                { Word = $"state {index + 1}, part" }.Describe(width, full));
        }
        FittedHiddenMarkov<Product> products = (FittedHiddenMarkov<Product>)model;
        MixtureModel<Product> family = new(products.Model.Family, Components, products.Model.Columns);
        FittedMixture<Product> fitted = new(family, new Mixture<Product>(shares.AsSpan(), products.Emissions.AsSpan()), model.ColumnNames);
        return new FittedFamilyMixture(kind, fitted, choices!, schema!).Describe(width, full);
    }

    private SequenceSource Sequences(IRowSource rows, RowTable? table, out int[]? order)
    {
        order = null;
        RowSource coded = CategoryCodes.Of((RowSource)rows, schema);
        return table is null ? SequenceSource.From(coded) : table.WithRows(coded).ToSequences(out order);
    }

    private static T[] ByRow<T>(T[] bySteps, int width, int[]? order)
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
}
