using Latent.Clustering;
using Latent.Data;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Snippets;

/// <summary>The examples of the guide for beginners, in its order.</summary>
public static class GettingStarted
{
    private sealed record Eruption(double Minutes, double Wait);

    /// <summary>Rows from whatever one has.</summary>
    public static RowSource[] Rows()
    {
        IEnumerable<Eruption> eruptions = [new(3.6, 79), new(1.8, 54), new(3.333, 74)];

        #region rows
        RowSource fromArray = new double[,] { { 3.6, 79 }, { 1.8, 54 }, { 3.333, 74 } };
        RowSource fromFlat = RowSource.From([3.6, 79, 1.8, 54, 3.333, 74], columns: 2);
        RowSource fromObjects = RowSource.From(eruptions, ("eruptions", e => e.Minutes), ("waiting", e => e.Wait));
        RowSource weighted = fromArray.WithWeights(new double[] { 1, 2, 1 });
        #endregion
        return [fromArray, fromFlat, fromObjects, weighted];
    }

    /// <summary>A fit with options.</summary>
    public static GaussianMixtureFit Fit(RowSource rows, CancellationToken cancellation)
    {
        #region options
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, components: 3, new GaussianMixtureOptions
        {
            Covariance = CovarianceStructure.Tied,
            Starts = 30,
            Seed = 7,
            TimeLimit = TimeSpan.FromSeconds(30),
        }, cancellation);
        #endregion
        return fit;
    }

    /// <summary>What to look at before believing a fit.</summary>
    public static List<string> Trust(GaussianMixtureFit fit)
    {
        List<string> doubts = [];

        #region trust
        EmResult report = fit.Result;
        if (!report.Converged)
        {
            doubts.Add($"stopped by {report.StopReason}; about {report.RemainingGain:E1} nats are still to gain");
        }
        if (report.Agreement < 0.5)
        {
            doubts.Add($"only {report.Agreement:P0} of the starts that ran to the end found this optimum: try more");
        }
        foreach (Degeneracy found in report.Degeneracies)
        {
            doubts.Add($"component {found.Component}: {found.Message}");
        }
        #endregion
        return doubts;
    }

    /// <summary>Use of a fit.</summary>
    public static double Use(GaussianMixtureFit fit, RowSource rows)
    {
        #region use
        int[] labels = fit.Predict(rows);                    // the most probable component of each row
        double[] posterior = fit.Responsibilities(rows);     // rows × K, each row sums to one
        double[] density = fit.LogDensity(rows);             // log p(x): low values are outliers
        (double[] drawn, int[] from) = fit.Sample(1_000, seed: 1);
        GaussianMixture waiting = fit.Conditional([0], [4.0]); // waiting time after an eruption of four minutes
        #endregion
        return labels.Length + posterior.Length + density.Length + drawn.Length + from.Length + waiting.Components[0].Mean[0];
    }

    /// <summary>k-means.</summary>
    public static KMeansFit Cluster(RowSource rows)
    {
        #region kmeans
        KMeansFit clusters = KMeans.Fit(rows, clusters: 2);
        Console.WriteLine($"inertia {clusters.Inertia:F1}, centers {string.Join("; ", clusters.Centers[0].ToArray())}");
        #endregion
        return clusters;
    }

    /// <summary>How many components.</summary>
    public static int Choose(RowSource rows)
    {
        #region choose
        GaussianMixtureFit best = Enumerable.Range(1, 6)
            .Select(k => GaussianMixture.Fit(rows, k))
            .MinBy(fit => fit.Bic)!;
        #endregion
        return best.Components.Length;
    }

    /// <summary>A table from files.</summary>
    public static long Files(string path)
    {
        #region files
        using RowTable table = DataFiles.Read(path, new DataOptions { Columns = ["eruptions", "waiting"], Missing = ["NA"] });
        Console.WriteLine($"{table.RowCount} rows of {string.Join(", ", table.Rows.Schema.Names)}");
        #endregion
        return table.RowCount;
    }
}
