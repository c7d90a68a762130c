namespace Latent.Tests.Architecture;

/// <summary>Families stay short, which is what shows that their contract is right. <c>Latent.Bench families</c> prints the table.</summary>
public sealed class FamilySizeTests
{
    private const int MostLines = 120;
    private const int MostMedian = 60;

    [Fact]
    public void FamiliesAreShort()
    {
        (string Name, int Lines)[] families = [.. SourceLines.OfFamilies()];
        Assert.InRange(families.Length, 20, 40);
        Assert.All(families, family => Assert.True(family.Lines <= MostLines, $"Expected at most {MostLines} lines, found {family.Lines} in {family.Name}."));
        int median = families.Select(family => family.Lines).Order().ElementAt(families.Length / 2);
        Assert.True(median <= MostMedian, $"Expected a median of at most {MostMedian} lines, found {median}.");
    }

    /// <summary>Documentation, comments and empty lines do not count, braces do.</summary>
    [Fact]
    public void OnlyCodeCounts() => Assert.Equal(3, SourceLines.Count(["/// <summary>", "public int A()", "", "    // because", "{", "}"]));
}
