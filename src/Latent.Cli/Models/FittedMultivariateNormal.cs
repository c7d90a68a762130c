using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Incomplete;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>A multivariate normal distribution as the command uses it.</summary>
internal sealed class FittedMultivariateNormal(MultivariateNormalKind kind, MultivariateNormal normal, ColumnSummary? data = null) : FittedModel
{
    private const string DistanceColumn = "squaredDistance";

    /// <summary>The distribution.</summary>
    public MultivariateNormal Normal => normal;

    public override ModelKind Kind => kind;

    public override string Heading => Title;

    public override string Unknown => "cells that are missing";

    public override IReadOnlyList<string> Columns => normal.ColumnNames;

    public override int Components => 1;

    public override JsonElement Parameters() => MultivariateNormalFile.ParametersOf(normal);

    public override Prediction Predict(IRowSource rows, int threads)
    {
        int d = Columns.Count;
        double[] completed = normal.Complete(rows, threads);
        double[] distances = normal.SquaredDistances(rows, threads);
        double[] values = new double[completed.Length + distances.Length];
        for (int row = 0; row < distances.Length; row++)
        {
            completed.AsSpan(row * d, d).CopyTo(values.AsSpan(row * (d + 1)));
            values[row * (d + 1) + d] = distances[row];
        }
        return new Prediction(null, [.. Columns, DistanceColumn], values);
    }

    public override RowScores Score(IRowSource rows, int threads) =>
        new("logLikelihood", normal.Score(rows, threads), normal.LogDensity(rows, threads));

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) => (normal.Sample(count, seed), new int[count]);

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        int d = Columns.Count;
        double[] deviations = [.. Enumerable.Range(0, d).Select(i => Math.Sqrt(normal.Distribution.Covariance.Matrix[i * d + i]))];
        TextTable table = new(["<column", "mean", "std. deviation", .. data is null ? (string[])[] : ["missing"]]);
        for (int i = 0; i < d; i++)
        {
            int decimals = Numbers.Decimals(deviations[i], Math.Abs(normal.Distribution.Mean[i]));
            string[] cells = [Columns[i], Numbers.Fixed(normal.Distribution.Mean[i], decimals), Numbers.Fixed(deviations[i], decimals)];
            table.Add(data is null ? cells : [.. cells, Numbers.Percent((double)data.Missing[i] / data.Rows)]);
        }
        yield return Section.Of(null, table);
        if (d == 1)
        {
            yield break;
        }
        double[,] correlations = new double[d, d];
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
            {
                correlations[i, j] = normal.Distribution.Covariance.Matrix[i * d + j] / deviations[i] / deviations[j];
            }
        }
        foreach (Section section in CorrelationTables.One("Correlations", Columns, correlations, width, full))
        {
            yield return section;
        }
    }
}
