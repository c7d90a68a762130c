using Latent.Tests.Mixtures;

namespace Latent.Bench;

/// <summary>Random fits over all families: how many, how many were refused by name, and everything that must not be.</summary>
internal static class FuzzRun
{
    /// <summary><c>fuzz [FITS] [FAMILY,…]</c>: the fits are divided evenly among the families, all of the catalog unless some are named.</summary>
    public static int Run(int fits, IReadOnlyList<string> families)
    {
        int faults = 0;
        foreach (string family in families)
        {
            int each = fits / families.Count + 1;
            RandomFamilyFits.Outcome[] outcomes = new RandomFamilyFits.Outcome[each];
            Parallel.For(0, each, index => outcomes[index] = RandomFamilyFits.Run(family, (ulong)index + 1));
            Console.WriteLine($"{family,-24} {each,6} fits, {outcomes.Count(outcome => outcome.Refused is not null),5} refused by name, {outcomes.Count(outcome => outcome.Fault is not null),3} faults");
            for (int index = 0; index < each; index++)
            {
                if (outcomes[index].Fault is { } fault)
                {
                    faults++;
                    Console.WriteLine($"  seed {index + 1}: {fault}");
                }
            }
            foreach (IGrouping<string, RandomFamilyFits.Outcome> refused in outcomes.Where(outcome => outcome.Refused is not null).GroupBy(outcome => outcome.Refused!.Split(',')[0]).OrderByDescending(group => group.Count()).Take(3))
            {
                Console.WriteLine($"    {refused.Count(),5} × {refused.First().Refused}");
            }
        }
        return faults == 0 ? 0 : 1;
    }
}
