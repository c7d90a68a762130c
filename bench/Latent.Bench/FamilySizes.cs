using Latent.Tests.Architecture;

namespace Latent.Bench;

/// <summary>How many lines a family takes, its component type included: neither documentation nor empty lines.</summary>
internal static class FamilySizes
{
    /// <summary><c>families</c>.</summary>
    public static int Run()
    {
        (string Name, int Lines)[] families = [.. SourceLines.OfFamilies().OrderBy(family => family.Lines)];
        Console.WriteLine("| family | lines |");
        Console.WriteLine("|---|---|");
        foreach ((string name, int lines) in families)
        {
            Console.WriteLine($"| {name[..^"Family".Length]} | {lines} |");
        }
        Console.WriteLine($"| median of {families.Length} | {families[families.Length / 2].Lines} |");
        return 0;
    }
}
