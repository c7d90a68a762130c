using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Interval-censored events on the command line.</summary>
public sealed class TurnbullTests : TempFolder
{
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
}
