using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Factors;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>A factor model as the command uses it.</summary>
internal sealed class FittedFactors(FactorKind kind, FactorAnalysis model, bool isotropic) : FittedModel
{
    /// <summary>The model.</summary>
    public FactorAnalysis Model => model;

    public override ModelKind Kind => kind;

    public override IReadOnlyList<string> Columns => model.ColumnNames;

    public override int Components => model.Parameters.Factors;

    public override string ComponentWord => "factor";

    public override IReadOnlyDictionary<string, double> Figures => model is FactorAnalysisFit { DegreesOfFreedom: > 0 } fit
        ? new Dictionary<string, double> { ["chiSquared"] = fit.ChiSquared, ["degreesOfFreedom"] = fit.DegreesOfFreedom, ["pValue"] = fit.PValue }
        : new Dictionary<string, double>();

    public override JsonElement Parameters() => FactorFile.ParametersOf(model, isotropic);

    public override Prediction Predict(IRowSource rows, int threads) =>
        new(null, [.. Enumerable.Range(1, Components).Select(factor => $"f{factor}")], model.Scores(rows, threads));

    public override RowScores Score(IRowSource rows, int threads) =>
        new("logLikelihood", model.Distribution.Score(rows, threads), model.Distribution.LogDensity(rows, threads));

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) => (model.Distribution.Sample(count, seed), new int[count]);

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        FactorParameters parameters = model.Parameters;
        int q = Components;
        ReadOnlySpan<double> covariance = model.Distribution.Distribution.Covariance.Matrix;
        TextTable table = new(["<column", .. Enumerable.Range(1, q).Select(factor => $"factor {factor}"), "unique", "mean"]);
        double[] explained = new double[q];
        for (int j = 0; j < parameters.Columns; j++)
        {
            double variance = covariance[j * parameters.Columns + j];
            double deviation = Math.Sqrt(variance);
            string[] cells = new string[q];
            for (int k = 0; k < q; k++)
            {
                double loading = parameters.Row(j)[k] / deviation;
                cells[k] = Numbers.Fixed(loading, 2);
                explained[k] += loading * loading / parameters.Columns;
            }
            table.Add([Columns[j], .. cells, Numbers.Percent(parameters.Uniquenesses[j] / variance), Numbers.Short(parameters.Mean[j])]);
        }
        table.Add(["(explained)", .. explained.Select(Numbers.Percent), Numbers.Percent(Math.Max(0, 1 - explained.Sum())), ""]);
        yield return Section.Of("Loadings of standardised columns", table) with
        {
            Footer = isotropic ? $"noise variance {Numbers.Short(parameters.Uniquenesses[0], 6)}, the same for all columns" : null,
        };
    }
}
