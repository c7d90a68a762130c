using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Interval-censored events on the command line.</summary>
public sealed class TurnbullTests : TempFolder
{
    [Fact]
    public void Checkpoints_of_mixing_distributions_are_refused() => Assert.Contains(
        "no --checkpoint", Cli.Run("fit", "npmle", Data.Faithful, "--columns", "waiting", "--family", "normal:5", "--checkpoint", Path.Join(Path.GetTempPath(), "unused.checkpoint")).Refused(2));

    [Fact]
    public void Masses_are_saved_scored_and_shown()
    {
        // Kaplan-Meier: 1/5 at 1, then 4/5·1/3 at 3, then 4/5·2/3·1/2 at 4, and as much beyond.
        string data = Write("events.csv", "from,to\n1,1\n2,\n3,3\n4,4\n4,\n");
        JsonElement fit = Cli.Run("fit", "npmle", data, "--left", "from", "--right", "to", "-o", At("m.json"), "--json").Ok().Json;
        double[] masses = [.. fit.GetProperty("parameters").GetProperty("masses").EnumerateArray().Select(mass => mass.GetDouble())];
        double[] expected = [0.2, 0.8 / 3, 0.8 / 3, 0.8 / 3];
        Assert.All(expected.Zip(masses), pair => Assert.Equal(pair.First, pair.Second, 5));
        Assert.Equal(JsonValueKind.Null, fit.GetProperty("parameters").GetProperty("intervals")[3][1].ValueKind);
        JsonElement score = Cli.Run("score", At("m.json"), data, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-6);
        Assert.Contains("survival beyond", Cli.Run("show", At("m.json")).Ok().Out);
        Assert.Contains("probability", Cli.Run("predict", At("m.json"), data).Ok().Out);
    }

    [Theory]
    [InlineData("found no --right", "--left", "from")]
    [InlineData("found 3 and 1", "--left", "to", "--right", "from")]
    [InlineData("called 'until'", "--left", "from", "--right", "until")]
    public void What_is_wrong_is_said(string expected, params string[] arguments)
    {
        CliResult result = Cli.Run(["fit", "npmle", Write("events.csv", "from,to\n1,3\n2,4\n"), .. arguments]);
        Assert.NotEqual(0, result.Code);
        Assert.Contains(expected, result.Error);
    }

    /// <summary>Four points for the episodes of illness of 602 children, saved as the mixture that they are.</summary>
    [Fact]
    public void A_mixing_distribution_is_a_mixture()
    {
        double[] children = [120, 64, 69, 72, 54, 35, 36, 25, 25, 19, 18, 18, 13, 4, 3, 6, 6, 5, 1, 3, 1, 2, 0, 1, 2];
        string data = Write("episodes.csv", "count,frequency\n" + string.Join('\n', children.Select((frequency, count) => FormattableString.Invariant($"{count},{frequency}"))) + "\n");
        JsonElement fit = Cli.Run("fit", "npmle", data, "--family", "poisson", "--weights", "frequency", "-o", At("g.json"), "--json").Ok().Json;

        Assert.Equal("mixture", fit.GetProperty("model").GetString());
        Assert.Equal(-1553.8101773, fit.GetProperty("logLikelihood").GetDouble(), 1e-5);
        Assert.Equal(4, fit.GetProperty("parameters").GetProperty("weights").GetArrayLength());
        Assert.Equal("Converged", fit.GetProperty("stopReason").GetString());
        Assert.Equal(-1553.8101773, Cli.Run("score", At("g.json"), data, "--weights", "frequency", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-5);
        Assert.Contains("normal:DEVIATION", Cli.Run("fit", "npmle", data, "--family", "gamma", "--weights", "frequency").Error);
    }
}
