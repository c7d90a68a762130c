using System.Diagnostics;
using System.Globalization;
using Latent.Clustering;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Bench.Large;

/// <summary>Passes that batch EM, and epochs of stepwise or incremental EM before it, need to come within 1e-6·n nats of the optimum.</summary>
internal static class OnlineStudy
{
    private const int Columns = 16;
    private const int Components = 32;

    public static int Run(int rows)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:n0} rows of {Columns}, {Components} components, full covariances; until 1e-6·n nats are left"));
        Console.WriteLine("| separation | start | algorithm | passes | seconds | short of the best, nats |");
        Console.WriteLine("|---|---|---|--:|--:|--:|");
        foreach (double separation in (double[])[1, 2])
        {
            RowSource data = Simulate(rows, separation);
            MixtureModel<Gaussian> model = new(new FullGaussianFamily(Columns, CovarianceFloor.RelativeTo(Summary(data))), Components, Columns);
            foreach ((string name, Mixture<Gaussian> start) in Starts(data))
            {
                Compare(data, model, start, name, separation);
            }
        }
        return 0;
    }

    private static void Compare(RowSource data, MixtureModel<Gaussian> model, Mixture<Gaussian> start, string name, double separation)
    {
        EmOptions options = new() { Stopping = StoppingRule.RemainingGain(1e-6 * data.Rows), MaxIterations = 1000 };
        (string Name, EmOptions Options)[] algorithms =
        [
            ("batch EM", options),
            ("one online epoch, then batch", options with { Algorithm = new StepwiseEm() }),
            ("two online epochs, then batch", options with { Algorithm = new StepwiseEm { Epochs = 2 } }),
            ("two incremental epochs, then batch", options with { Algorithm = new IncrementalEm { Memory = 2_000_000_000 } }),
            ("five incremental epochs, then batch", options with { Algorithm = new IncrementalEm { Memory = 2_000_000_000, Epochs = 5 } }),
        ];
        List<(string Name, EmResult<Mixture<Gaussian>> Result, double Seconds)> results = [];
        foreach ((string algorithm, EmOptions chosen) in algorithms)
        {
            long begin = Stopwatch.GetTimestamp();
            EmResult<Mixture<Gaussian>> result = Em.Fit(model, data, start, chosen);
            results.Add((algorithm, result, Stopwatch.GetElapsedTime(begin).TotalSeconds));
        }
        double best = results.Max(entry => entry.Result.Objective);
        foreach ((string algorithm, EmResult<Mixture<Gaussian>> result, double seconds) in results)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {separation} | {name} | {algorithm} | {result.Evaluations} | {seconds:f1} | {best - result.Objective:f2} |"));
        }
    }

    /// <summary>Centers of k-means on a sample with equal covariances, and the fit of that sample.</summary>
    private static IEnumerable<(string, Mixture<Gaussian>)> Starts(RowSource data)
    {
        RowSource sample = RowSource.From(data.GetRows(0, 50_000).Values.ToArray(), Columns);
        KMeansFit centers = KMeans.Fit(sample, Components, new KMeansOptions { Starts = 3 });
        GaussianMixtureFit fit = GaussianMixture.Fit(sample, Components, new GaussianMixtureOptions { Starts = 1, StartMeans = [.. Enumerable.Range(0, Components).Select(k => centers.Centers[k].ToArray())], Stopping = StoppingRule.RemainingGain(1) });
        double[] equal = new double[Components];
        Array.Fill(equal, 1.0);
        Covariance pooled = GaussianMixture.Fit(sample, 1).Components[0].Covariance;
        yield return ("centers of k-means", new Mixture<Gaussian>(equal, [.. Enumerable.Range(0, Components).Select(k => new Gaussian(centers.Centers[k], pooled))]));
        yield return ("fit of 50,000 rows", new Mixture<Gaussian>(fit.Weights.AsSpan(), fit.Components.AsSpan()));
    }

    private static ColumnSummary Summary(RowSource data) => GaussianMixture.Fit(RowSource.From(data.GetRows(0, 4096).Values.ToArray(), Columns), 1).Data;

    private static RowSource Simulate(int rows, double separation)
    {
        RandomGenerator random = new(17);
        double[][] means = [.. Enumerable.Range(0, Components).Select(_ => (double[])[.. Enumerable.Range(0, Columns).Select(_ => separation * random.NextGaussian())])];
        double[][] maps = [.. Enumerable.Range(0, Components).Select(_ => (double[])[.. Enumerable.Range(0, Columns * Columns).Select(_ => 0.4 * random.NextGaussian())])];
        double[] values = new double[rows * Columns];
        double[] normal = new double[Columns];
        for (int row = 0; row < rows; row++)
        {
            int k = (int)random.NextInt64(Components);
            for (int j = 0; j < Columns; j++)
            {
                normal[j] = random.NextGaussian();
            }
            for (int j = 0; j < Columns; j++)
            {
                double value = means[k][j] + normal[j];
                for (int l = 0; l < j; l++)
                {
                    value += maps[k][j * Columns + l] * normal[l];
                }
                values[row * Columns + j] = value;
            }
        }
        return RowSource.From(values, Columns);
    }
}
