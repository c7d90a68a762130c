using System.Globalization;
using System.Text.Json;
using Latent.Clustering;
using Latent.Data;

namespace Latent.Cases;

/// <summary>k-means: proved and best known optima by restarts, and Lloyd's iterations from given rows.</summary>
public class KMeansCases
{
    private const string Iris = "km_iris_k2_10";
    private const string Xclara = "km_xclara_k3";
    private const string Digits = "km_digits_k10";
    private const string Waiting = "km_faithful_waiting_1d_exact";

    public static IEnumerable<string> Ids => [Iris, Xclara, Digits, Waiting];

    /// <summary>Case, starts, and how far above the optimum the best start may end, as the case allows.</summary>
    [CaseTheory]
    [InlineData(Iris, 400, 1.002)]
    [InlineData(Xclara, 20, 1.0001)]
    [InlineData(Waiting, 200, 1 + 1e-9)]
    public void RestartsReachTheOptimum(string id, int starts, double allowed)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        RowSource rows = Rows(found);
        foreach (JsonProperty optimum in found.Expected.GetProperty("optimal").EnumerateObject())
        {
            int clusters = int.Parse(optimum.Name, CultureInfo.InvariantCulture);
            double least = optimum.Value.Number("sse");
            KMeansFit fit = KMeans.Fit(rows, clusters, new KMeansOptions { Starts = starts });
            double most = id == Xclara && clusters == 3 ? 1 + 1e-6 : allowed;
            Assert.InRange(fit.Inertia, least * (1 - 1e-9), least * most);
            Assert.Equal(StopReason.Stationary, fit.StopReason);
            if (Math.Abs(fit.Inertia - least) <= 1e-9 * least && id != Waiting)
            {
                int[] sizes = [.. optimum.Value.GetProperty("sizes").Vector().Select(size => (int)size).OrderDescending()];
                Assert.Equal(sizes, fit.Centers.Weights.Select(weight => (int)weight));
            }
        }
    }

    [CaseFact]
    public void IrisFromThreeRowsFollowsTheTrace()
    {
        ReferenceCase found = ReferenceCases.Get(Iris);
        JsonElement expected = found.Expected.GetProperty("lloyd_from_rows_0_50_100");
        KMeansFit fit = FromRows(Rows(found), [0, 50, 100]);
        Assert.Equal((int)expected.Number("iterations_until_unchanged"), fit.Iterations);
        AssertRelative(expected.GetProperty("sse_trace").Vector(), fit.Trace);
        double[][] centers = expected.GetProperty("centers").Matrix();
        for (int center = 0; center < 3; center++)
        {
            AssertRelative(centers[center], fit.Centers[center].ToArray());
        }
    }

    [CaseFact]
    public void DigitsFromTheFirstTenRowsFollowTheTrace()
    {
        ReferenceCase found = ReferenceCases.Get(Digits);
        JsonElement expected = found.Expected.GetProperty("lloyd_from_first_10_rows");
        KMeansFit fit = FromRows(Rows(found), [.. Enumerable.Range(0, 10)]);
        Assert.Equal((int)expected.Number("iterations_until_unchanged"), fit.Iterations);
        AssertRelative(expected.GetProperty("sse_trace_first5").Vector(), [.. fit.Trace.Take(5)]);
        AssertRelative([expected.Number("sse")], [fit.Inertia]);
    }

    [CaseFact]
    public void ThirtyStartsOnDigitsReachTheBestKnown()
    {
        ReferenceCase found = ReferenceCases.Get(Digits);
        double best = found.Expected.Number("best_known_sse");
        // Best known, not proved: less is possible, and a little less (1165161.31) is found.
        Assert.InRange(KMeans.Fit(Rows(found), 10, new KMeansOptions { Starts = 30 }).Inertia, best * 0.999, best * 1.0005);
    }

    private static KMeansFit FromRows(RowSource rows, int[] starts)
    {
        double[] values = new double[starts.Length * rows.Columns];
        for (int center = 0; center < starts.Length; center++)
        {
            rows.CopyRow(starts[center], values.AsSpan(center * rows.Columns, rows.Columns));
        }
        KMeansFit fit = KMeans.Fit(rows, starts.Length, new KMeansOptions { StartCenters = new KMeansCenters(values, rows.Columns) });
        Assert.Equal(StopReason.Stationary, fit.StopReason);
        return fit;
    }

    private static RowSource Rows(ReferenceCase found)
    {
        double[][] columns = [.. found.Columns().Where(column => column.Key != "label").Select(column => column.Value)];
        return RowSource.From([.. Enumerable.Range(0, columns[0].Length).Select(row => columns.Select(column => column[row]).ToArray())]);
    }

    private static void AssertRelative(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int index = 0; index < expected.Count; index++)
        {
            Assert.Equal(expected[index], actual[index], 1e-9 * Math.Abs(expected[index]));
        }
    }
}
