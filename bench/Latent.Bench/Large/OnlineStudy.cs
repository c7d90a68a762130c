using System.Diagnostics;
using System.Globalization;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Bench.Large;

/// <summary>Passes that batch EM, and epochs of stepwise EM before it, need to come within 1e-6·n nats of the optimum and to say so.</summary>
internal static class OnlineStudy
{
    private const int SampleRows = 50_000;

    /// <summary>
    /// A table of problems and algorithms: files of rows (FILE.npy:K:full or :diag), or simulated rows (ROWS:K:KIND:SEPARATION[:COLUMNS], KIND full, diag, poisson or items; 16 columns).
    /// </summary>
    public static int Run(string[] problems)
    {
        Console.WriteLine("| problem | algorithm | passes of the race | passes | seconds | short of the best, nats | stopped |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|---|");
        foreach (string problem in problems.Length > 0 ? problems : ["1000000:32:full:1", "1000000:32:full:2", "1000000:32:diag:1"])
        {
            string[] parts = problem.Split(':');
            int components = int.Parse(parts[1], CultureInfo.InvariantCulture);
            (string kind, bool counts) = (parts[2], parts[2] == "poisson");
            using RowTable? table = parts.Length == 3 ? DataFiles.Read(parts[0]) : null;
            RowSource rows = table?.Rows ?? Simulate(parts, components);
            string name = table is null ? $"{rows.Rows:n0} × {rows.Columns}, K = {components}, {kind}, {parts[3]}" : $"{Path.GetFileName(parts[0])}, {rows.Rows:n0} × {rows.Columns}, K = {components}, {kind}";
            switch (kind)
            {
                case "full":
                    Compare(name, rows, components, sample => new FullGaussianFamily(rows.Columns, FloorOf(sample)));
                    break;
                case "diag":
                    Compare(name, rows, components, sample => new DiagonalGaussianFamily(rows.Columns, FloorOf(sample)));
                    break;
                default:
                    Compare(name, rows, components, _ => Simulated.Family(rows.Columns, counts));
                    break;
            }
        }
        return 0;
    }

    private static RowSource Simulate(string[] parts, int components)
    {
        int rows = int.Parse(parts[0], CultureInfo.InvariantCulture);
        double separation = double.Parse(parts[3], CultureInfo.InvariantCulture);
        int columns = parts.Length > 4 ? int.Parse(parts[4], CultureInfo.InvariantCulture) : Simulated.Columns;
        return parts[2] is "full" or "diag"
            ? Simulated.Rows(rows, components, parts[2] == "full", separation, columns)
            : Simulated.Rows(rows, columns, components, parts[2] == "poisson", separation);
    }

    private static CovarianceFloor FloorOf(RowSource sample) => CovarianceFloor.RelativeTo(GaussianMixture.Fit(sample, 1).Data);

    private static void Compare<TComponent>(string problem, RowSource rows, int components, Func<RowSource, IFamily<TComponent, RowTile>> familyOf)
    {
        // The start is what a race of ten on a sample finds, as in a fit of all rows; its sweeps count by their share of the rows.
        double[] values = [.. Enumerable.Range(0, (int)Math.Min(rows.Rows, SampleRows)).SelectMany(row => rows.GetRows(row, 1).Values.ToArray())];
        RowSource sample = RowSource.From(values, rows.Columns);
        IFamily<TComponent, RowTile> family = familyOf(sample);
        MixtureFit<TComponent> raced = Mixture.Fit(family, sample, components, new MixtureOptions<TComponent> { Starts = 10, Stopping = StoppingRule.RemainingGain(5) });
        double before = raced.Result.Evaluations * (double)sample.Rows / rows.Rows;
        MixtureModel<TComponent> model = new(family, components, rows.Columns);
        Mixture<TComponent> start = new(raced.Weights.AsSpan(), raced.Components.AsSpan());
        EmOptions options = new() { Stopping = StoppingRule.RemainingGain(1e-6 * rows.Rows), MaxIterations = 2000 };
        (string Name, EmOptions Options)[] algorithms =
        [
            ("batch EM, accelerated", options),
            ("one online epoch, then batch", options with { Algorithm = new StepwiseEm { Polish = false } }),
            ("one online epoch, polish, batch", options with { Algorithm = new StepwiseEm() }),
        ];
        List<(string Name, EmResult<Mixture<TComponent>> Result, double Seconds)> results = [];
        foreach ((string algorithm, EmOptions chosen) in algorithms)
        {
            long begin = Stopwatch.GetTimestamp();
            EmResult<Mixture<TComponent>> result = Em.Fit(model, rows, start, chosen);
            results.Add((algorithm, result, Stopwatch.GetElapsedTime(begin).TotalSeconds));
        }
        double best = results.Max(entry => entry.Result.Objective);
        foreach ((string algorithm, EmResult<Mixture<TComponent>> result, double seconds) in results)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {problem} | {algorithm} | {before:f1} | {result.Evaluations} | {seconds:f1} | {best - result.Objective:f2} | {result.StopReason} |"));
        }
    }
}
