using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Latent.Data;
using Latent.Mixtures;
using Latent.Tests.Architecture;

namespace Latent.Tests.Mixtures;

/// <summary>The code of docs/guide/standard-errors.md is code of this file, and its output what the code prints.</summary>
public sealed partial class StandardErrorsGuideTests
{
    private static readonly string _guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guide", "standard-errors.md"));

    [Fact]
    public void TheGuidesCodeIsCompiled()
    {
        string[] source = Lines(File.ReadAllText(ThisFile()));
        string[][] blocks = [.. Block("csharp")];
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(string.Join('\n', block), string.Join('\n', source), StringComparison.Ordinal));
    }

    [Fact]
    public void TheGuidesOutputIsWhatTheCodePrints()
    {
        RowSource rows = Faithful();
        StringWriter output = new(CultureInfo.InvariantCulture);
        TextWriter Console = output;

        GaussianMixtureFit fit = GaussianMixture.Fit(rows, components: 2);
        ParameterEstimates estimates = fit.StandardErrors(rows);
        Console.Write(estimates);

        string[] shown = [.. Block("text").SelectMany(block => block)];
        Assert.NotEmpty(shown);
        Assert.True(Agree(string.Join(' ', shown), output.ToString()), $"Expected the text block of the guide to be:\n{output}");

        BootstrapResult bootstrap = fit.Bootstrap(rows, new() { Kind = BootstrapKind.WeightedLikelihood, Replicates = 200, Seed = 1 });
        double error = bootstrap.Estimates["mean[1, waiting]"].StandardError;
        Assert.Equal(1, error / estimates["mean[1, waiting]"].StandardError, 0.25);
    }

    /// <summary>The same words, and numbers that agree to a thousandth: more would depend on where the fit stops.</summary>
    private static bool Agree(string first, string second)
    {
        string[] left = first.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string[] right = second.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return left.Length == right.Length && left.Zip(right).All(pair => pair.First == pair.Second
            || (double.TryParse(pair.First.TrimEnd('%'), CultureInfo.InvariantCulture, out double a)
                && double.TryParse(pair.Second.TrimEnd('%'), CultureInfo.InvariantCulture, out double b)
                && Math.Abs(a - b) <= Math.Max(pair.First.EndsWith('%') ? 0.11 : 0, 1e-3 * Math.Abs(a))));
    }

    private static RowSource Faithful()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, "samples", "faithful.csv"));
        double[] values = [.. lines.Skip(1).SelectMany(line => line.Split(',')).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
        return RowSource.From(values, 2).WithNames(lines[0].Split(','));
    }

    private static IEnumerable<string[]> Block(string kind) => Blocks().Matches(_guide).Where(block => block.Groups["kind"].Value == kind).Select(block => Lines(block.Groups["body"].Value));

    private static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("```(?<kind>csharp|text)\n(?<body>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
