using System.Globalization;
using System.Text;
using System.Text.Json;
using Latent.Numerics;

namespace Latent.Cli.Tests;

/// <summary>Mixtures of factor analysers at the command line.</summary>
public sealed class FactorMixtureTests : TempFolder
{
    [Theory]
    [InlineData("own", 47)]
    [InlineData("common", 41)]
    [InlineData("isotropic", 37)]
    public void Mixtures_are_fitted_saved_and_used(string uniquenesses, int freeParameters)
    {
        string data = Write("rows.csv", Rows());
        JsonElement fit = Cli.Run("fit", "mfa", data, "-k", "2", "--factors", "2", "--uniquenesses", uniquenesses, "--starts", "4", "-o", At("m.json"), "--json").Ok().Json;
        Assert.Equal(freeParameters, fit.GetProperty("freeParameters").GetInt32());
        JsonElement parameters = fit.GetProperty("parameters");
        Assert.Equal((2, 6, 2), (parameters.GetProperty("loadings").GetArrayLength(), parameters.GetProperty("loadings")[0].GetArrayLength(), parameters.GetProperty("loadings")[0][0].GetArrayLength()));

        JsonElement score = Cli.Run("score", At("m.json"), data, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-7);
        string[] predicted = Cli.Run("predict", At("m.json"), data).Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] labels = [.. predicted.Skip(1).Select(line => line.Split(',')[0])];
        Assert.Equal(300, labels.Length);
        Assert.InRange(labels.Select((label, row) => (label == "1") == (row % 3 > 0)).Count(right => right), 295, 300);
        string shown = Cli.Run("show", At("m.json")).Ok().Out;
        Assert.Contains("2 factors", shown, StringComparison.Ordinal);
        Assert.Contains("What the factors explain", shown, StringComparison.Ordinal);
        Assert.Equal(6, Cli.Run("sample", At("m.json"), "-n", "5").Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        JsonElement again = Cli.Run("fit", "mfa", data, "--start", At("m.json"), "--uniquenesses", uniquenesses, "--max-iterations", "0", "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), again.GetProperty("logLikelihood").GetDouble(), 1e-7);
    }

    [Fact]
    public void Impossible_requests_are_refused()
    {
        string data = Write("rows.csv", Rows());
        Assert.Contains("--factors Q", Cli.Run("fit", "mfa", data, "-k", "2").Refused(ExitCode.Usage), StringComparison.Ordinal);
        Assert.Contains("fewer factors", Cli.Run("fit", "mfa", data, "-k", "2", "--factors", "4").Refused(ExitCode.Usage), StringComparison.Ordinal);
        string gaps = Write("gaps.csv", "a,b,c,d\n1,2,3,4\n2,,3,5\n3,1,4,4\n");
        Assert.Contains("missing", Cli.Run("fit", "mfa", gaps, "-k", "1", "--factors", "1").Refused(ExitCode.Data), StringComparison.Ordinal);
    }

    // Two components of two factors, one row in three of the second.
    private static string Rows()
    {
        RandomGenerator random = new(3);
        StringBuilder text = new("a,b,c,d,e,f\n");
        for (int row = 0; row < 300; row++)
        {
            double[] factors = [random.NextGaussian(), random.NextGaussian()];
            int place = row % 3;
            text.AppendJoin(',', Enumerable.Range(0, 6).Select(column =>
                ((place > 0 ? 5 : 0) + factors[place > 0 ? column / 3 : column % 2] + 0.5 * random.NextGaussian()).ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }
        return text.ToString();
    }
}
