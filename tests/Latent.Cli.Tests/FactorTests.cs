using System.Globalization;
using System.Text;
using System.Text.Json;
using Latent.Numerics;

namespace Latent.Cli.Tests;

/// <summary>Factor models at the command line.</summary>
public sealed class FactorTests : TempFolder
{
    [Theory]
    [InlineData("fa")]
    [InlineData("ppca")]
    public void Factors_are_fitted_saved_and_used(string kind)
    {
        string data = Write("tests.csv", Scores());
        JsonElement fit = Cli.Run("fit", kind, data, "-k", "2", "--rotation", "varimax", "-o", At("m.json"), "--json").Ok().Json;
        JsonElement parameters = fit.GetProperty("parameters");
        Assert.Equal((6, 2), (parameters.GetProperty("loadings").GetArrayLength(), parameters.GetProperty("loadings")[0].GetArrayLength()));
        Assert.Equal(kind == "fa", parameters.TryGetProperty("uniquenesses", out _));
        Assert.Equal(kind == "ppca", parameters.TryGetProperty("noiseVariance", out _));
        Assert.Equal(kind == "fa" ? 23 : 18, fit.GetProperty("freeParameters").GetInt32());

        JsonElement score = Cli.Run("score", At("m.json"), data, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-8);
        string[] predicted = Cli.Run("predict", At("m.json"), data).Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("f1,f2", predicted[0]);
        double[] first = [.. predicted.Skip(1).Select(line => double.Parse(line.Split(',')[0], CultureInfo.InvariantCulture))];
        Assert.Equal(200, first.Length);
        Assert.InRange(first.Average(value => value * value), 0.5, 1.2);
        string shown = Cli.Run("show", At("m.json")).Ok().Out;
        Assert.Contains("2 factors", shown, StringComparison.Ordinal);
        Assert.Contains("Loadings", shown, StringComparison.Ordinal);
        Assert.Equal(6, Cli.Run("sample", At("m.json"), "-n", "5").Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        JsonElement again = Cli.Run("fit", kind, data, "--start", At("m.json"), "--max-iterations", "0", "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), again.GetProperty("logLikelihood").GetDouble(), 1e-8);
        Assert.Contains("factors", Cli.Run("fit", kind, data, "-k", "6").Refused(ExitCode.Usage), StringComparison.Ordinal);
    }

    // Two factors, three columns each, every seventh cell missing.
    private static string Scores()
    {
        RandomGenerator random = new(3);
        StringBuilder text = new("a,b,c,d,e,f\n");
        for (int row = 0; row < 200; row++)
        {
            double[] factors = [random.NextGaussian(), random.NextGaussian()];
            text.AppendJoin(',', Enumerable.Range(0, 6).Select(column =>
            {
                double value = 5 + (1 + 0.2 * column) * factors[column / 3] + 0.5 * random.NextGaussian();
                return (6 * row + column) % 7 == 3 ? "" : value.ToString("R", CultureInfo.InvariantCulture);
            })).Append('\n');
        }
        return text.ToString();
    }
}
