using System.Globalization;
using Latent.Tests.Mixtures;

namespace Latent.Bench.Soak;

/// <summary>Thousands of random fits over all models: how many were made, refused by name, and broke a promise.</summary>
internal static class SoakStudy
{
    public static int Run(int count, int first)
    {
        RandomFitOutcome[] outcomes = new RandomFitOutcome[count];
        Parallel.For(0, count, index => outcomes[index] = RandomFit.Run((ulong)(first + index)));
        foreach (IGrouping<string, RandomFitOutcome> kind in outcomes.GroupBy(outcome => outcome.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{kind.Key,-18} {kind.Count(),6} fits {kind.Count(outcome => outcome.Refusal is not null),6} refused by name {kind.Count(outcome => outcome.Fault is not null),4} faults"));
        }
        foreach ((int index, RandomFitOutcome outcome) in outcomes.Index().Where(pair => pair.Item.Fault is not null))
        {
            Console.WriteLine($"{first + index}: {outcome.Kind}, {outcome.Settings}: {outcome.Fault}");
        }
        foreach (IGrouping<string, RandomFitOutcome> refusal in outcomes.Where(outcome => outcome.Refusal is not null).GroupBy(outcome => outcome.Refusal![..Math.Min(60, outcome.Refusal!.Length)]).OrderByDescending(group => group.Count()).Take(12))
        {
            Console.WriteLine($"{refusal.Count(),6} × {refusal.Key}…");
        }
        int faults = outcomes.Count(outcome => outcome.Fault is not null);
        Console.WriteLine($"{count} fits, {faults} faults");
        return faults == 0 ? 0 : 1;
    }
}
