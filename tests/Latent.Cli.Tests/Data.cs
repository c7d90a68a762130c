using System.Globalization;
using System.Text;
using Latent.Numerics;

namespace Latent.Cli.Tests;

/// <summary>Data that tests write to files.</summary>
internal static class Data
{
    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = FindRoot();

    /// <summary>The eruptions of Old Faithful, as the samples have them.</summary>
    public static string Faithful { get; } = Path.Join(Repository, "samples", "faithful.csv");

    /// <summary>CSV of <paramref name="rows"/> rows around <paramref name="groups"/> places 10 apart, columns a, b, …</summary>
    public static string Groups(int rows, int columns, int groups = 2, ulong seed = 1)
    {
        RandomGenerator random = new(seed);
        StringBuilder text = new();
        text.AppendJoin(',', Enumerable.Range(0, columns).Select(column => (char)('a' + column))).Append('\n');
        for (int row = 0; row < rows; row++)
        {
            double center = row % groups * 10;
            text.AppendJoin(',', Enumerable.Range(0, columns).Select(_ => (center + random.NextDouble() + random.NextDouble()).ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }
        return text.ToString();
    }

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(folder, "Latent.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Expected tests below the repository's root.");
        }
        return folder;
    }
}
