using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>A mixture of regressions as the command uses it.</summary>
internal sealed class FittedRegression(RegressionKind kind, RegressionMixture mixture) : FittedModel
{
    private readonly RegressionDesign _design = mixture.Design;

    public override ModelKind Kind => kind;

    public override string Title => $"Mixture of {_design.Response.Name} regressions, {_design.Formula}{(_design.Concomitant is { } concomitant ? $", weights {concomitant}" : "")}";

    public override IReadOnlyList<string> Columns => _design.Variables.Names;

    public override int Components => mixture.Components.Length;

    public override IReadOnlyDictionary<string, string> Settings => RegressionFile.SettingsOf(_design);

    public override JsonElement Parameters() => RegressionFile.ParametersOf(mixture);

    public override DataOptions Prepare(DataOptions options) => options with { TextCells = TextCells.Categories };

    public override bool IsEffect(string parameter) =>
        parameter.StartsWith("coefficient[", StringComparison.Ordinal) || parameter.StartsWith("concomitant[", StringComparison.Ordinal);

    public override Prediction Predict(IRowSource rows, int threads)
    {
        (double[] posteriors, _, double[] expected) = mixture.Visit(rows, threads);
        int[] labels = new int[expected.Length];
        double[] values = new double[expected.Length * (Components + 1)];
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<double> own = posteriors.AsSpan(row * Components, Components);
            for (int k = 1; k < Components; k++)
            {
                labels[row] = own[k] > own[labels[row]] ? k : labels[row];
            }
            own.CopyTo(values.AsSpan(row * (Components + 1)));
            values[row * (Components + 1) + Components] = expected[row];
        }
        return new Prediction(labels, [.. Enumerable.Range(1, Components).Select(k => $"p{k}"), "expected"], values);
    }

    public override RowScores Score(IRowSource rows, int threads)
    {
        double[] density = mixture.LogDensity(rows, threads);
        double total = 0;
        for (int row = 0; row < density.Length; row++)
        {
            total += rows.Weight(row) * density[row];
        }
        return new RowScores("logLikelihood", total, density);
    }

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) =>
        throw new UsageException("Expected a model of whole rows to draw from, found mixreg, which models the response alone. Use RegressionMixture.Sample in the library with the rows of terms.");

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        string? dispersion = _design.Response.DispersionName;
        TextTable table = new(["<term", .. Enumerable.Range(1, Components).Select(k => $"component {k}")]);
        if (mixture.Weights is { } weights)
        {
            table.Add(["(weight)", .. weights.Select(Numbers.Percent)]);
        }
        for (int term = 0; term < _design.TermNames.Count; term++)
        {
            int place = term;
            table.Add([_design.TermNames[term], .. mixture.Components.Select(component => Numbers.Short(component.Coefficients[place], 5))]);
        }
        if (dispersion is not null)
        {
            bool gaussian = _design.Response == ResponseFamily.Gaussian;
            table.Add([gaussian ? "(sigma)" : $"({dispersion})", .. mixture.Components.Select(component => Numbers.Short(gaussian ? Math.Sqrt(component.Dispersion) : component.Dispersion, 5))]);
        }
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
}
