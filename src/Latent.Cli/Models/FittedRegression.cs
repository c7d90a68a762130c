using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;
using Latent.Mixtures;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>A mixture of regressions as the command uses it.</summary>
internal sealed class FittedRegression(RegressionKind kind, RegressionMixture mixture) : FittedResponse(kind, mixture.Design)
{
    private readonly RegressionDesign _design = mixture.Design;

    public override string Title => $"Mixture of {_design.Response.Name} regressions, {_design.Formula}{(_design.Concomitant is { } concomitant ? $", weights {concomitant}" : "")}";

    public override int Components => mixture.Components.Length;

    public override IReadOnlyDictionary<string, string> Settings => RegressionFile.SettingsOf(mixture);

    public override JsonElement Parameters() => RegressionFile.ParametersOf(mixture);

    public override bool IsEffect(string parameter) =>
        parameter.StartsWith("coefficient[", StringComparison.Ordinal) || parameter.StartsWith("concomitant[", StringComparison.Ordinal);

    public override Prediction Predict(IRowSource rows, int threads)
    {
        (double[] posteriors, _, double[] expected) = mixture.Visit(rows, threads);
        RowColumns columns = RowColumns.Of(("expected", expected)).After([.. Enumerable.Range(1, Components).Select(k => $"p{k}")], posteriors);
        return new Prediction(Posterior.Labels(posteriors, Components), columns.Names, columns.Values);
    }

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        TextTable table = new(["<term", .. Enumerable.Range(1, Components).Select(k => $"component {k}")]);
        if (mixture.Weights is { } weights)
        {
            table.Add(["(weight)", .. weights.Select(Numbers.Percent)]);
        }
        AddTerms(table, _design, mixture.Components);
        yield return Section.Of("Coefficients", table);
        if (_design.Concomitant is null)
        {
            yield break;
        }
        TextTable gate = new(["<term", .. Enumerable.Range(2, Components - 1).Select(k => $"component {k}")]);
        int terms = _design.ConcomitantNames.Count;
        for (int term = 0; term < terms; term++)
        {
            int place = term;
            gate.Add([_design.ConcomitantNames[term], .. Enumerable.Range(1, Components - 1).Select(k => Numbers.Short(mixture.Gate[k * terms + place], 5))]);
        }
        yield return Section.Of("Weights: log-odds against component 1", gate);
    }

    protected override double[] LogDensity(IRowSource rows, int threads) => mixture.LogDensity(rows, threads);

    protected override (double[] Responses, int[] Labels) Draw(IRowSource rows, ulong seed) => mixture.Sample(rows, seed);
}
