using System.Collections.Immutable;
using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>A hidden Markov model as the command uses it.</summary>
internal sealed class FittedHiddenMarkovModel(HiddenMarkovKind kind, FittedHiddenMarkov model, IReadOnlyList<FamilyChoice>? choices, Schema? schema, CovariateDesign? transitions) : FittedChain(kind, model, transitions)
{
    protected override string Emission => $"{(choices is null ? $"{Covariance} {(IsMixture ? "gaussian mixtures as" : "gaussian")}" : Family == FamilyColumns.Mixed ? "assorted" : Family)} emissions";

    protected override IReadOnlyList<string> Emitted => Chain.ColumnNames;

    protected override IReadOnlyDictionary<string, string> EmissionSettings => choices is null
        ? new Dictionary<string, string> { [HiddenMarkovFile.EmissionSetting] = Word, [GaussianMixtureFile.CovarianceSetting] = Covariance }
        : new Dictionary<string, string> { [HiddenMarkovFile.EmissionSetting] = Family, [FamilyMixtureFile.TypesSetting] = string.Join(',', choices) };

    private bool IsMixture => GaussianEmissions.MixturesIn(Chain) is not null;

    private string Covariance => GaussianMixtureFile.NameOf(GaussianEmissions.In(Chain)?.Structure ?? GaussianEmissions.MixturesIn(Chain)!.Value.Structure);

    private string Word => choices is not null ? Family : IsMixture ? HiddenMarkovFile.GaussianMixtures : HiddenMarkovFile.Gaussian;

    private string Family => choices!.All(choice => choice.Name == choices![0].Name) ? choices![0].Name : FamilyColumns.Mixed;

    public override JsonElement Parameters() => choices is null
        ? IsMixture ? HiddenMarkovFile.MixtureParametersOf(Chain, Transitions) : HiddenMarkovFile.ParametersOf(Chain, Transitions)
        : HiddenMarkovFile.ParametersOf((FittedHiddenMarkov<Product>)Chain, choices, schema!, Transitions);

    public override DataOptions Prepare(DataOptions options) => schema is { HasCategories: true }
        ? options with { TextCells = Transitions is null && schema.All(column => column.Kind == ColumnKind.Categorical) ? TextCells.AllCategories : TextCells.Categories }
        : base.Prepare(options);

    public override IReadOnlyList<string>? Levels(int column) => column < schema?.Count && schema[column] is { Kind: ColumnKind.Categorical } found ? found.Levels : null;

    /// <summary>The parameters with plain Gaussians, to start from.</summary>
    /// <exception cref="UsageException">The emissions are others.</exception>
    public HiddenMarkov<Gaussian> Gaussians() => GaussianEmissions.In(Chain) is { } gaussians
        ? new HiddenMarkov<Gaussian>(Chain.Initial.AsSpan(), Chain.Transition.AsSpan(), gaussians.Components.AsSpan(), Chain.Durations.AsSpan()) { Logits = Chain.Logits }
        : throw new UsageException($"Expected a start with gaussian emissions, found {Word}. Give --emission {Word}.");

    /// <summary>The parameters with mixtures of plain Gaussians, to start from.</summary>
    /// <exception cref="UsageException">The emissions are others, or mixtures of another number of parts.</exception>
    public HiddenMarkov<Mixture<Gaussian>> Mixtures(int parts) => GaussianEmissions.MixturesIn(Chain) is { } mixtures && mixtures.States[0].Count == parts
        ? new HiddenMarkov<Mixture<Gaussian>>(Chain.Initial.AsSpan(), Chain.Transition.AsSpan(), mixtures.States.AsSpan(), Chain.Durations.AsSpan()) { Logits = Chain.Logits }
        : throw new UsageException($"Expected a start whose emissions are mixtures of {parts} gaussians, found {Word}. Give its --emission and --parts.");

    /// <summary>The parameters with emissions of other families, to start from.</summary>
    /// <exception cref="UsageException">The emissions are Gaussian.</exception>
    public HiddenMarkov<Product> Products() => Chain is FittedHiddenMarkov<Product> products
        ? products.Parameters
        : throw new UsageException($"Expected a start with the emissions of --emission, found {Word}. Start from a model of the same emissions.");

    public override Prediction Predict(IRowSource rows, RowTable? table, int threads)
    {
        SequenceSource sequences = Sequences(rows, table, out int[]? order);
        return Predict(sequences, order, threads);
    }

    /// <summary>Pseudo-residuals of every column, and of discrete ones the ends of their segments.</summary>
    public override Prediction Residuals(IRowSource rows, RowTable table, string kind, int threads)
    {
        SequenceSource sequences = Sequences(rows, table, out int[]? order);
        PseudoResiduals found;
        try
        {
            found = Chain.PseudoResiduals(sequences, kind == "forecast" ? PseudoResidualKind.Forecast : PseudoResidualKind.Ordinary, threads);
        }
        catch (NotSupportedException)
        {
            throw new UsageException($"Expected emissions with a distribution function in every column for --residuals, found {Word}. Use score for the log-density of every step.");
        }
        List<string> names = [];
        List<Func<int, double>> values = [];
        for (int column = 0; column < Emitted.Count; column++)
        {
            int own = column;
            if (found.IsDiscrete(column))
            {
                names.AddRange([$"lower {Emitted[column]}", $"residual {Emitted[column]}", $"upper {Emitted[column]}"]);
                values.AddRange([step => found.Lower[step * Emitted.Count + own], step => found.Values[step * Emitted.Count + own], step => found.Upper[step * Emitted.Count + own]]);
            }
            else
            {
                names.Add($"residual {Emitted[column]}");
                values.Add(step => found.Values[step * Emitted.Count + own]);
            }
        }
        double[] all = [.. Enumerable.Range(0, (int)sequences.Steps).SelectMany(step => values.Select(value => value(step)))];
        return new Prediction(null, names, ByRow(all, names.Count, order));
    }

    protected override IEnumerable<Section> Emissions(ImmutableArray<double> shares, int width, bool full)
    {
        if (GaussianEmissions.In(Chain) is { } gaussians)
        {
            GaussianMixture mixture = new(gaussians.Structure, shares.AsSpan(), gaussians.Components, Chain.ColumnNames);
            return new FittedGaussianMixture((GaussianMixtureKind)ModelRegistry.Find(GaussianMixtureFile.ModelName)!, mixture) { Word = ComponentWord }.Describe(width, full);
        }
        if (GaussianEmissions.MixturesIn(Chain) is { } mixtures)
        {
            return mixtures.States.SelectMany((state, index) =>
                new FittedGaussianMixture(
                    (GaussianMixtureKind)ModelRegistry.Find(GaussianMixtureFile.ModelName)!, new GaussianMixture(mixtures.Structure, state.Weights.AsSpan(), state.Components, Chain.ColumnNames))
                { Word = $"state {index + 1}, part" }.Describe(width, full));
        }
        FittedHiddenMarkov<Product> products = (FittedHiddenMarkov<Product>)Chain;
        MixtureModel<Product> family = new(products.Model.Family, Components, products.Model.Columns);
        FittedMixture<Product> fitted = new(family, new Mixture<Product>(shares.AsSpan(), products.Emissions.AsSpan()), Chain.ColumnNames);
        return new FittedFamilyMixture(Kind, fitted, choices!, schema!).Describe(width, full);
    }

    protected override SequenceSource Sequences(IRowSource rows, RowTable? table, out int[]? order)
    {
        order = null;
        RowSource own = (RowSource)rows;
        RowSource coded = CategoryCodes.Of(Transitions is null ? own : own.Select([.. Chain.ColumnNames]), schema);
        return table is null ? SequenceSource.From(coded) : Sequences(table.WithRows(own), coded, Transitions, out order);
    }
}
