using Latent.Families;

namespace Latent.Tests.Mixtures;

/// <summary>Six random fits of every family; <c>Latent.Bench fuzz</c> runs as many as one likes.</summary>
public sealed class RandomFamilyFitTests
{
    public static TheoryData<string> Names => [.. FamilyCatalog.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryFitEndsInNumbersOrANamedError(string family)
    {
        RandomFamilyFits.Outcome[] outcomes = [.. Enumerable.Range(1, 6).Select(seed => RandomFamilyFits.Run(family, (ulong)seed))];

        Assert.All(outcomes, outcome => Assert.Null(outcome.Fault));
        Assert.Contains(outcomes, outcome => outcome.Refused is null);
    }
}
