using System.Diagnostics;
using Latent.Incomplete;
using Latent.Testing;

namespace Latent.Bench.Incomplete;

/// <summary>Coverage of 95 % intervals pooled over imputations, and of those that take conditional means for data.</summary>
internal static class ImputationStudy
{
    public static void Run(int replicates)
    {
        Console.WriteLine($"| method | {string.Join(" | ", CoverageOfImputation.Quantities)} | seconds |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("--:|", CoverageOfImputation.Quantities.Count + 1))}");
        foreach (ImputationMethod? method in (ImputationMethod?[])[ImputationMethod.Bootstrap, ImputationMethod.PosteriorDraws, null])
        {
            long start = Stopwatch.GetTimestamp();
            double[] coverage = CoverageOfImputation.Run(replicates, method, seed: 1);
            Console.WriteLine($"| {method?.ToString() ?? "conditional means"} | {string.Join(" | ", coverage.Select(share => $"{100 * share:F1} %"))} | {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} |");
        }
    }
}
