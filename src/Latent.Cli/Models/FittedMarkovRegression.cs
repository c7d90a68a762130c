using System.Collections.Immutable;
using System.Text.Json;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;
using Latent.Markov;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>Regressions that change with a hidden Markov chain as the command uses them.</summary>
internal sealed class FittedMarkovRegression(HiddenMarkovKind kind, MarkovRegressionModel model, CovariateDesign? transitions) : FittedChain(kind, model.Model, transitions)
{
    private readonly RegressionDesign _design = model.Design.Design;

    protected override string Emission => $"{_design.Response.Name} regressions, {model.Design.Formula}{(model.Design.Lags > 0 ? $" with {Numbers.Count(model.Design.Lags, "lag")}" : "")}";

    protected override IReadOnlyList<string> Emitted => model.Design.Variables.Names;

    protected override IReadOnlyDictionary<string, string> EmissionSettings => HiddenMarkovFile.SettingsOf(model.Design);

    public override JsonElement Parameters() => HiddenMarkovFile.ParametersOf(model, Transitions);

    public override DataOptions Prepare(DataOptions options) => options with { TextCells = TextCells.Categories };

    public override bool IsEffect(string parameter) => base.IsEffect(parameter) || parameter.StartsWith("coefficient[", StringComparison.Ordinal);

    /// <summary>The parameters, to start from.</summary>
    public HiddenMarkov<RegressionComponent> Regressions() => model.Model.Parameters;

    /// <summary>Nothing where every row with a response has the columns of the terms.</summary>
    /// <exception cref="DataFormatException">A value is missing; the message says where.</exception>
    public static void Check(RowTable table, MarkovRegressionDesign design) => Completeness.Require(table, design.Variables.Names, "the response depends on it", design.Responses);

    public override Prediction Predict(IRowSource rows, RowTable? table, int threads)
    {
        SequenceSource raw = Raw(rows, table, out int[]? order);
        RowColumns expected = new(["expected"], ByRow(model.Expected(raw, threads), 1, order));
        return Predict(model.Steps(raw), order, threads, expected);
    }

    public override Prediction Residuals(IRowSource rows, RowTable table, string kind, int threads) =>
        throw new UsageException("Expected emissions of whole rows for --residuals, found regressions. Use score for the log-density of every step.");

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) =>
        throw new UsageException("Expected a model of whole rows to draw from, found regressions, which model the response alone.");

    protected override SequenceSource Sequences(IRowSource rows, RowTable? table, out int[]? order) => model.Steps(Raw(rows, table, out order));

    protected override IEnumerable<Section> Emissions(ImmutableArray<double> shares, int width, bool full)
    {
        TextTable table = new(["<term", .. Enumerable.Range(1, Components).Select(k => $"{ComponentWord} {k}")]);
        if (Occupancy is { } occupancy)
        {
            table.Add(["(weight)", .. occupancy.Select(Numbers.Percent)]);
        }
        FittedResponse.AddTerms(table, _design, model.Regressions);
        yield return Section.Of("Coefficients", table);
    }

    private SequenceSource Raw(IRowSource rows, RowTable? table, out int[]? order)
    {
        order = null;
        RowSource own = (RowSource)rows;
        if (table is null)
        {
            return SequenceSource.From(own);
        }
        table = table.WithRows(own);
        Check(table, model.Design);
        return Sequences(table, own, Transitions, out order);
    }
}
